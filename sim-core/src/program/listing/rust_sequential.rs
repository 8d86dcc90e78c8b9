//! A task as a function that is called.

use super::text::length;
use super::writer::Writer;
use super::{Words, rust};
use crate::program::ast::Op;
use crate::trace::ids::StepId;

/// Rust without any concurrency.
pub(super) struct RustSequential;

const WAITS: &str = "";

impl Words for RustSequential {
    fn head(&self, name: &str) -> String {
        format!("fn {name}() {{")
    }

    fn leaf(&self, w: &Writer, op: &Op) -> Option<String> {
        Some(match op {
            Op::Offload(d) | Op::BlockInPlace(d) => format!("block({}); // there is no other thread", length(*d)),
            Op::Spawn(task) => match w.count(task) {
                1 => format!("let {task} = {task}();"),
                count => format!("let {task} = [(); {count}].map(|_| {task}());"),
            },
            Op::JoinTask(task) if w.is_many(task) => format!("for done in {task} {{ done?; }}"),
            Op::JoinTask(task) => format!("{task}?;"),
            Op::Cancel(task) => format!("// {task} has returned: there is nothing to stop"),
            Op::Detach(task) => format!("drop({task}); // it has returned"),
            alike => return rust::leaf(alike, WAITS),
        })
    }

    fn block(&self, w: &mut Writer, op: &Op, step: StepId) {
        match op {
            Op::Join(bodies) => {
                w.open("in_turn([", Some(step));
                w.branches("||", ",", bodies);
                w.close("]);");
            }
            Op::Select(bodies) => {
                w.open("first_of([", Some(step));
                w.branches("||", ",", bodies);
                w.close("]); // one thread does the first, and only that");
            }
            Op::Timeout(d, body) => {
                let open = format!("timed({}, || {{", length(*d));
                w.around(&open, body, "})?; // nobody can interrupt it", step);
            }
            alike => rust::block(w, alike, step, WAITS),
        }
    }

    fn block_name(&self, w: &Writer, op: &Op) -> String {
        match op {
            Op::Join(_) => "in_turn".to_owned(),
            Op::Select(_) => "first_of".to_owned(),
            Op::Timeout(d, _) => format!("timed({})", length(*d)),
            alike => rust::block_name(w, alike, WAITS),
        }
    }
}
