//! What the shapes in Rust write alike: the same calls, with `.await` after those that wait, or without.

use super::Words;
use super::text::{latency, length};
use super::writer::Writer;
use crate::program::ast::{Op, ResourceSpec};
use crate::trace::ids::StepId;

/// What a shape in Rust has words of its own for.
pub(super) trait Rust {
    /// What begins a function.
    const FN: &'static str = "fn";
    /// What stands after a call that waits.
    const WAITS: &'static str = "";
    /// What begins code that is kept for later.
    const KEPT: &'static str = "||";
    /// Bodies of which all are waited for.
    const JOIN: Beside;
    /// Bodies of which the first to end counts.
    const SELECT: Beside;

    /// A body that has so long.
    fn timeout(length: &str) -> Around;

    /// A step that is one line: those that all shapes write alike by [`leaf`].
    fn own_leaf(&self, w: &Writer, op: &Op) -> Option<String>;
}

/// How bodies that go on beside each other are written: all between `open` and `close`, each between `start` and `end`.
pub(super) struct Beside {
    pub open: &'static str,
    pub start: &'static str,
    pub end: &'static str,
    pub close: &'static str,
}

impl Beside {
    /// What is called with them.
    fn name(&self) -> &'static str {
        self.open.split('(').next().unwrap_or(self.open)
    }
}

/// The lines before and after a body, and what to call the step.
pub(super) struct Around {
    pub name: String,
    pub open: String,
    pub close: String,
}

impl<R: Rust> Words for R {
    fn head(&self, name: &str) -> String {
        format!("{} {name}() {{", R::FN)
    }

    fn leaf(&self, w: &Writer, op: &Op) -> Option<String> {
        self.own_leaf(w, op)
    }

    fn block(&self, w: &mut Writer, op: &Op, step: StepId) {
        let beside = |w: &mut Writer, how: Beside, bodies| {
            w.open(how.open, Some(step));
            w.branches(how.start, how.end, bodies);
            w.close(how.close);
        };
        match op {
            Op::Join(bodies) => beside(w, R::JOIN, bodies),
            Op::Select(bodies) => beside(w, R::SELECT, bodies),
            Op::Timeout(d, body) => {
                let Around { open, close, .. } = R::timeout(&length(*d));
                w.around(&open, body, &close, step);
            }
            Op::Let(name, body) => {
                w.open(&format!("let {name} = {} {{", R::KEPT), Some(step));
                w.branch(body);
                w.close("};");
            }
            alike => block(w, alike, step, R::WAITS),
        }
    }

    fn block_name(&self, w: &Writer, op: &Op) -> String {
        match op {
            Op::Join(_) => R::JOIN.name().to_owned(),
            Op::Select(_) => R::SELECT.name().to_owned(),
            Op::Timeout(d, _) => R::timeout(&length(*d)).name,
            alike => block_name(w, alike, R::WAITS),
        }
    }
}

/// A step that is one line; `waits` is what stands after a call that waits.
pub(super) fn leaf(op: &Op, waits: &str) -> Option<String> {
    Some(match op {
        Op::Work(d) => format!("work({});", length(*d)),
        Op::Io(taking) => format!("io({}){waits};", latency(taking)),
        Op::IoOn(device) => format!("io_on({device:?}){waits};"),
        Op::Sleep(d) => format!("sleep({}){waits};", length(*d)),
        Op::Block(d) | Op::BlockInPlace(d) | Op::Offload(d) => format!("block({});", length(*d)),
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

/// A step with others inside it, which all shapes write alike.
fn block(w: &mut Writer, op: &Op, step: StepId, waits: &str) {
    match op {
        Op::Lock(name, body) | Op::Read(name, body) | Op::Write(name, body) | Op::Acquire(name, body) => {
            w.held(name, &take(w, op, waits), body, step);
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
fn block_name(w: &Writer, op: &Op, waits: &str) -> String {
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
