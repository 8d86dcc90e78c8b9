//! A task as a function that a thread of its own runs.

use super::rust::{self, Around, Beside, Rust};
use super::text::length;
use super::writer::Writer;
use crate::program::ast::Op;

/// Rust with `std::thread`.
pub(super) struct RustThreads;

impl Rust for RustThreads {
    const JOIN: Beside = Beside { open: "thread::scope(|s| {", start: "s.spawn(||", end: ");", close: "});" };
    const SELECT: Beside =
        Beside { open: "first_of(|s| {", start: "s.spawn(||", end: ");", close: "}); // the others run on" };

    fn timeout(length: &str) -> Around {
        Around {
            name: format!("first_within({length})"),
            open: format!("first_within({length}, thread::spawn(|| {{"),
            close: "}))?; // if late, it runs on".to_owned(),
        }
    }

    fn own_leaf(&self, w: &Writer, op: &Op) -> Option<String> {
        Some(match op {
            Op::Offload(d) | Op::BlockInPlace(d) => format!("block({}); // a thread makes the call itself", length(*d)),
            Op::Spawn(task) => match w.count(task) {
                1 => format!("let {task} = thread::spawn({task});"),
                count => format!("let {task} = [(); {count}].map(|_| thread::spawn({task}));"),
            },
            Op::JoinTask(task) if w.is_many(task) => format!("for thread in {task} {{ thread.join()?; }}"),
            Op::Cancel(task) => format!("// nobody can stop a thread from outside: {task} runs on"),
            alike => return rust::leaf(alike, Self::WAITS),
        })
    }
}
