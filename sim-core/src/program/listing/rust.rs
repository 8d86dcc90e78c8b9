//! What the shapes in Rust write alike: the same calls, with `.await` after those that wait, or without.

use super::text::{latency, length};
use super::writer::Writer;
use crate::program::ast::{Op, ResourceSpec};
use crate::trace::ids::StepId;

/// A step that is one line; `waits` is what stands after a call that waits.
pub(super) fn leaf(op: &Op, waits: &str) -> Option<String> {
    Some(match op {
        Op::Work(d) => format!("work({});", length(*d)),
        Op::Io(taking) => format!("io({}){waits};", latency(taking)),
        Op::IoOn(device) => format!("io_on({device:?}){waits};"),
        Op::Sleep(d) => format!("sleep({}){waits};", length(*d)),
        Op::Block(d) | Op::Offload(d) => format!("block({});", length(*d)),
        Op::Yield => format!("yield_now(){waits};"),
        Op::Send(channel) => format!("{channel}.send(()){waits}?;"),
        Op::Recv(channel) => format!("{channel}.recv(){waits}?;"),
        Op::Notify(name) => format!("{name}.notify_one();"),
        Op::NotifyAll(name) => format!("{name}.notify_waiters();"),
        Op::Wait(name) => format!("{name}.wait(){waits};"),
        Op::Barrier(name) => format!("{name}.wait(){waits};"),
        Op::Spawn(task) => format!("let {task} = spawn({task}());"),
        Op::JoinTask(task) => format!("{task}.join(){waits}?;"),
        Op::Cancel(task) => format!("{task}.abort();"),
        Op::Detach(task) => format!("drop({task}); // runs on"),
        Op::Await(name) => format!("{name}(){waits};"),
        Op::Drop(name) => format!("drop({name});"),
        Op::Mark(text) => format!("mark({text:?});"),
        Op::Fail(text) => format!("return Err({text:?});"),
        Op::Lock(..) | Op::Read(..) | Op::Write(..) | Op::Acquire(..) => return None,
        Op::Join(_) | Op::Select(_) | Op::Timeout(..) | Op::Repeat(..) | Op::Try(..) | Op::Let(..) => return None,
    })
}

/// A step with others inside it, which several shapes write alike. What Let keeps is a closure where there are no
/// futures.
pub(super) fn block(w: &mut Writer, op: &Op, step: StepId, waits: &str) {
    match op {
        Op::Lock(name, body) | Op::Read(name, body) | Op::Write(name, body) | Op::Acquire(name, body) => {
            w.held(name, &take(w, op, waits), body, step);
        }
        Op::Let(name, body) => {
            w.open(&format!("let {name} = || {{"), Some(step));
            w.branch(body);
            w.close("};");
        }
        Op::Repeat(times, body) => w.repeated(*times, &format!("for _ in 0..{times} {{"), body, "}", step),
        Op::Try(first, second) => {
            // What fails in there leaves the block, and not the function: try blocks are not stable.
            let (open, close) = if waits.is_empty() { ("(|| {", "})();") } else { ("async {", "}.await;") };
            w.around(&format!("let tried = {open}"), first, close, step);
            w.open("if tried.is_err() {", Some(step));
            w.body(second);
            w.close("}");
        }
        own => unreachable!("each shape has its own words for {}", own.name()),
    }
}

/// What to call such a step.
pub(super) fn block_name(w: &Writer, op: &Op, waits: &str) -> String {
    match op {
        Op::Repeat(times, _) => format!("for _ in 0..{times}"),
        Op::Try(..) => "try".to_owned(),
        Op::Let(name, _) => format!("let {name}"),
        held => take(w, held, waits).trim_end_matches(';').to_owned(),
    }
}

/// How a lock or permit is taken.
fn take(w: &Writer, op: &Op, waits: &str) -> String {
    match op {
        Op::Lock(name, _) => match w.workload.resources.get(name) {
            // std's lock blocks the thread, in a task too.
            Some(ResourceSpec::StdMutex) => format!("{name}.lock();"),
            Some(_) | None => format!("{name}.lock(){waits};"),
        },
        Op::Read(name, _) => format!("{name}.read(){waits};"),
        Op::Write(name, _) => format!("{name}.write(){waits};"),
        Op::Acquire(name, _) => format!("{name}.acquire(){waits};"),
        other => unreachable!("{} holds nothing", other.name()),
    }
}
