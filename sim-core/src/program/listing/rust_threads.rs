//! A task as a function that a thread of its own runs.

use super::text::length;
use super::writer::Writer;
use super::{Words, rust};
use crate::program::ast::Op;
use crate::trace::ids::StepId;

/// Rust with `std::thread`.
pub(super) struct RustThreads;

/// A call that waits blocks its thread: nothing more to write.
const WAITS: &str = "";

impl Words for RustThreads {
    fn head(&self, name: &str) -> String {
        format!("fn {name}() {{")
    }

    fn leaf(&self, w: &Writer, op: &Op) -> Option<String> {
        Some(match op {
            Op::Offload(d) | Op::BlockInPlace(d) => format!("block({}); // a thread makes the call itself", length(*d)),
            Op::Spawn(task) => match w.count(task) {
                1 => format!("let {task} = thread::spawn({task});"),
                count => format!("let {task} = [(); {count}].map(|_| thread::spawn({task}));"),
            },
            Op::JoinTask(task) if w.is_many(task) => format!("for thread in {task} {{ thread.join()?; }}"),
            Op::Cancel(task) => format!("// nobody can stop a thread from outside: {task} runs on"),
            alike => return rust::leaf(alike, WAITS),
        })
    }

    fn block(&self, w: &mut Writer, op: &Op, step: StepId) {
        match op {
            Op::Join(bodies) => {
                w.open("thread::scope(|s| {", Some(step));
                w.branches("s.spawn(||", ");", bodies);
                w.close("});");
            }
            Op::Select(bodies) => {
                w.open("first_of(|s| {", Some(step));
                w.branches("s.spawn(||", ");", bodies);
                w.close("}); // the others run on");
            }
            Op::Timeout(d, body) => {
                let open = format!("first_within({}, thread::spawn(|| {{", length(*d));
                w.around(&open, body, "}))?; // if late, it runs on", step);
            }
            alike => rust::block(w, alike, step, WAITS),
        }
    }

    fn block_name(&self, w: &Writer, op: &Op) -> String {
        match op {
            Op::Join(_) => "thread::scope".to_owned(),
            Op::Select(_) => "first_of".to_owned(),
            Op::Timeout(d, _) => format!("first_within({})", length(*d)),
            alike => rust::block_name(w, alike, WAITS),
        }
    }
}
