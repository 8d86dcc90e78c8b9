//! A task as a function that is called.

use super::rust::{self, Around, Beside, Rust};
use super::text::length;
use super::writer::Writer;
use crate::program::ast::Op;

/// Rust without any concurrency.
pub(super) struct RustSequential;

impl Rust for RustSequential {
    const JOIN: Beside = Beside { open: "in_turn([", start: "||", end: ",", close: "]);" };
    const SELECT: Beside =
        Beside { open: "first_of([", start: "||", end: ",", close: "]); // one thread does the first, and only that" };

    fn timeout(length: &str) -> Around {
        Around {
            name: format!("timed({length})"),
            open: format!("timed({length}, || {{"),
            close: "})?; // nobody can interrupt it".to_owned(),
        }
    }

    fn own_leaf(&self, w: &Writer, op: &Op) -> Option<String> {
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
            alike => return rust::leaf(alike, Self::WAITS),
        })
    }
}
