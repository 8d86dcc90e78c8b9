//! A task as a goroutine's function.

use super::Words;
use super::text::{latency, length};
use super::writer::Writer;
use crate::program::ast::{Op, Program};
use crate::program::go::is_select;
use crate::trace::ids::StepId;

/// Go.
pub(super) struct Go;

impl Words for Go {
    fn head(&self, name: &str) -> String {
        format!("func {name}(ctx context.Context) error {{")
    }

    fn leaf(&self, w: &Writer, op: &Op) -> Option<String> {
        Some(match op {
            Op::Work(d) => format!("work({})", length(*d)),
            Op::Io(taking) => format!("read(ctx, {})", latency(taking)),
            Op::IoOn(device) => format!("read(ctx, {device:?})"),
            Op::Sleep(d) => format!("sleep(ctx, {})", length(*d)),
            Op::Block(d) | Op::BlockInPlace(d) | Op::Offload(d) => format!("syscall({})", length(*d)),
            Op::Yield => "runtime.Gosched()".to_owned(),
            Op::Send(channel) => format!("{channel} <- struct{{}}{{}}"),
            Op::Recv(channel) => format!("<-{channel}"),
            Op::Notify(name) => format!("{name}.Signal()"),
            Op::NotifyAll(name) => format!("{name}.Broadcast()"),
            Op::Wait(name) => format!("{name}.Wait(ctx)"),
            Op::Barrier(name) => format!("{name}.Wait()"),
            Op::Spawn(task) => match w.count(task) {
                1 => format!("go {task}(ctx) // {task}Wg.Add(1)"),
                count => format!("for range {count} {{ go {task}(ctx) }} // {task}Wg.Add({count})"),
            },
            Op::JoinTask(task) => format!("{task}Wg.Wait()"),
            Op::Cancel(task) => format!("cancel{}()", capital(task)),
            Op::Detach(task) => format!("// nobody waits for {task}: it runs on"),
            Op::Await(name) => format!("{name}()"),
            Op::Drop(name) => format!("{name} = nil"),
            Op::Mark(text) => format!("mark({text:?})"),
            Op::Fail(text) => format!("return errors.New({text:?})"),
            Op::Lock(..) | Op::Read(..) | Op::Write(..) | Op::Acquire(..) => return None,
            Op::Join(_) | Op::Select(_) | Op::Timeout(..) | Op::Repeat(..) | Op::Try(..) | Op::Let(..) => return None,
        })
    }

    fn block(&self, w: &mut Writer, op: &Op, step: StepId) {
        match op {
            Op::Lock(name, body) | Op::Read(name, body) | Op::Write(name, body) | Op::Acquire(name, body) => {
                let (take, give_back) = taken(op, name);
                w.line(&take, Some(step));
                w.body(body);
                w.line(&give_back, None);
            }
            Op::Join(bodies) => {
                go(w, "go func() {", "}()", bodies);
                w.line("wg.Wait()", Some(step));
            }
            Op::Select(bodies) if is_select(bodies) => {
                w.open("select {", Some(step));
                for body in bodies {
                    w.only(&body[0], &format!("case {}:", case(w, &body[0])));
                }
                w.close("}");
            }
            Op::Select(bodies) => {
                w.line("ctx, cancel := context.WithCancel(ctx)", None);
                go(w, "go func() {", "results <- nil }()", bodies);
                w.line("<-results // the first; the others run on", Some(step));
                w.line("cancel() // until they look", None);
            }
            Op::Timeout(d, body) => {
                w.line(&format!("ctx, cancel := context.WithTimeout(ctx, {})", length(*d)), Some(step));
                w.body(body);
                w.line("cancel()", None);
            }
            Op::Repeat(times, body) => w.repeated(*times, &format!("for range {times} {{"), body, "}", step),
            Op::Try(first, second) => {
                w.around("err := func() error {", first, "}()", step);
                w.open("if err != nil {", Some(step));
                w.body(second);
                w.close("}");
            }
            Op::Let(name, body) => {
                w.open(&format!("{name} := func() error {{"), Some(step));
                w.branch(body);
                w.close("}");
            }
            leaf => unreachable!("{} is one line", leaf.name()),
        }
    }

    fn block_name(&self, _: &Writer, op: &Op) -> String {
        match op {
            Op::Lock(name, _) | Op::Read(name, _) | Op::Write(name, _) | Op::Acquire(name, _) => taken(op, name).0,
            Op::Join(_) => "wg.Wait()".to_owned(),
            Op::Select(_) => "select".to_owned(),
            Op::Timeout(d, _) => format!("context.WithTimeout({})", length(*d)),
            Op::Repeat(times, _) => format!("for range {times}"),
            Op::Try(..) => "func() error".to_owned(),
            Op::Let(name, _) => format!("{name} := func"),
            leaf => unreachable!("{} is one line", leaf.name()),
        }
    }
}

/// How something is taken and given back.
fn taken(op: &Op, name: &str) -> (String, String) {
    match op {
        Op::Read(..) => (format!("{name}.RLock()"), format!("{name}.RUnlock()")),
        Op::Acquire(..) => (format!("{name}.Acquire(ctx, 1)"), format!("{name}.Release(1)")),
        Op::Lock(..) | Op::Write(..) => (format!("{name}.Lock()"), format!("{name}.Unlock()")),
        other => unreachable!("{} holds nothing", other.name()),
    }
}

/// A goroutine a body.
fn go(w: &mut Writer, open: &str, close: &str, bodies: &[Program]) {
    for body in bodies {
        w.open(open, None);
        w.branch(body);
        w.close(close);
    }
}

/// A step as a case of a `select`.
fn case(w: &Writer, op: &Op) -> String {
    match op {
        Op::Sleep(d) => format!("<-time.After({})", length(*d)),
        Op::Wait(name) => format!("<-{name}"),
        other => w.leaf(other),
    }
}

fn capital(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
