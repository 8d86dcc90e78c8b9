//! A task as a function that a process runs.

use super::Words;
use super::text::{latency, length};
use super::writer::Writer;
use crate::program::ast::{Op, Program};
use crate::trace::ids::StepId;

/// Erlang; for Akka's actors, too, whose own code would scatter each `receive` over a class.
pub(super) struct Erlang;

impl Words for Erlang {
    fn head(&self, name: &str) -> String {
        format!("{name}() ->")
    }

    fn tail(&self) -> &'static str {
        "ok."
    }

    fn leaf(&self, w: &Writer, op: &Op) -> Option<String> {
        Some(match op {
            Op::Work(d) => format!("work({}),", length(*d)),
            Op::Io(taking) => format!("io ! {{self(), {}}}, receive {{io, _}} -> ok end,", latency(taking)),
            Op::IoOn(device) => format!("{device} ! {{self(), read}}, receive {{{device}, _}} -> ok end,"),
            Op::Sleep(d) => format!("receive after {} -> ok end,", length(*d)),
            Op::Block(d) | Op::BlockInPlace(d) => format!("nif({}), % holds the scheduler's thread", length(*d)),
            Op::Offload(d) => format!("dirty_nif({}),", length(*d)),
            Op::Yield => "erlang:yield(),".to_owned(),
            Op::Send(channel) => format!("{channel} ! message,"),
            Op::Recv(channel) => format!("receive {{{channel}, _}} -> ok end,"),
            Op::Notify(name) => format!("{name} ! notify_one,"),
            Op::NotifyAll(name) => format!("{name} ! notify_all,"),
            Op::Wait(name) => format!("receive {{{name}, _}} -> ok end,"),
            Op::Barrier(name) => format!("{name} ! {{self(), here}}, receive {{{name}, all}} -> ok end,"),
            Op::Spawn(task) => match w.count(task) {
                1 => format!("{} = spawn_monitor(fun {task}/0),", variable(task)),
                count => format!("{} = [spawn_monitor(fun {task}/0) || _ <- seq(1, {count})],", variable(task)),
            },
            Op::JoinTask(task) if w.is_many(task) => {
                format!("[receive {{'DOWN', One, ok}} -> ok end || One <- {}],", variable(task))
            }
            Op::JoinTask(task) => format!("receive {{'DOWN', {}, ok}} -> ok end,", variable(task)),
            Op::Cancel(task) => format!("exit({}, kill),", variable(task)),
            Op::Detach(task) => format!("demonitor({}), % runs on", variable(task)),
            Op::Await(name) => format!("receive {{{}, _}} -> ok end,", variable(name)),
            Op::Drop(name) => format!("forget({}),", variable(name)),
            Op::Mark(text) => format!("mark({text:?}),"),
            Op::Fail(text) => format!("exit({text:?}),"),
            Op::Lock(..) | Op::Read(..) | Op::Write(..) | Op::Acquire(..) => return None,
            Op::Join(_) | Op::Select(_) | Op::Timeout(..) | Op::Repeat(..) | Op::Try(..) | Op::Let(..) => return None,
        })
    }

    fn block(&self, w: &mut Writer, op: &Op, step: StepId) {
        match op {
            Op::Lock(name, body) | Op::Read(name, body) | Op::Write(name, body) | Op::Acquire(name, body) => {
                w.line(&take(op, name), Some(step));
                w.body(body);
                w.line(&format!("{name} ! {{self(), give_back}},"), None);
            }
            Op::Join(bodies) => {
                children(w, bodies);
                w.line("[receive {'DOWN', One, ok} -> ok end || One <- Children],", Some(step));
            }
            Op::Select(bodies) if bodies.iter().all(is_clause) => {
                w.open("receive", Some(step));
                for body in bodies {
                    w.only(&body[0], &clause(&body[0]));
                }
                w.close("end,");
            }
            Op::Select(bodies) => {
                children(w, bodies);
                w.line(
                    "receive {'DOWN', First, ok} -> [exit(One, kill) || One <- Children, One /= First] end,",
                    Some(step),
                );
            }
            Op::Timeout(d, body) => {
                w.open(&format!("before({}, fun() -> % for each receive", length(*d)), Some(step));
                w.body(body);
                w.close("end), % a late answer stays in the mailbox");
            }
            Op::Repeat(times, body) => w.repeated(*times, &format!("repeat({times}, fun() ->"), body, "end),", step),
            Op::Try(first, second) => {
                w.around("try", first, "catch _ ->", step);
                w.deeper();
                w.body(second);
                w.close("end,");
            }
            Op::Let(name, body) => {
                w.open(&format!("{} = request(fun() ->", variable(name)), Some(step));
                w.branch(body);
                w.close("end),");
            }
            leaf => unreachable!("{} is one line", leaf.name()),
        }
    }

    fn block_name(&self, _: &Writer, op: &Op) -> String {
        match op {
            Op::Lock(name, _) | Op::Read(name, _) | Op::Write(name, _) | Op::Acquire(name, _) => {
                take(op, name).trim_end_matches(',').to_owned()
            }
            Op::Join(_) => "receive 'DOWN' of all children".to_owned(),
            Op::Select(_) => "receive".to_owned(),
            Op::Timeout(d, _) => format!("after {}", length(*d)),
            Op::Repeat(times, _) => format!("repeat({times})"),
            Op::Try(..) => "try".to_owned(),
            Op::Let(name, _) => format!("{} = request", variable(name)),
            leaf => unreachable!("{} is one line", leaf.name()),
        }
    }
}

/// How its owner is asked for something.
fn take(op: &Op, name: &str) -> String {
    let what = match op {
        Op::Read(..) => "read",
        Op::Write(..) => "write",
        Op::Lock(..) | Op::Acquire(..) => "take",
        other => unreachable!("{} holds nothing", other.name()),
    };
    format!("{name} ! {{self(), {what}}}, receive {{{name}, yours}} -> ok end,")
}

/// A child a body.
fn children(w: &mut Writer, bodies: &[Program]) {
    for body in bodies {
        w.open("spawn_monitor(fun() ->", None);
        w.branch(body);
        w.close("end),");
    }
}

fn is_clause(body: &Program) -> bool {
    body.len() == 1 && matches!(body[0], Op::Recv(_) | Op::Sleep(_) | Op::Wait(_) | Op::Await(_))
}

/// A step as a clause of a `receive`.
fn clause(op: &Op) -> String {
    match op {
        Op::Recv(name) | Op::Wait(name) => format!("{{{name}, _}} -> ok;"),
        Op::Await(name) => format!("{{{}, _}} -> ok;", variable(name)),
        Op::Sleep(d) => format!("after {} -> ok", length(*d)),
        other => unreachable!("{} is no clause of a receive", other.name()),
    }
}

/// A name as Erlang writes variables.
fn variable(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
