//! A task as a function that a thread of a pool runs: with the words of Java's `ExecutorService`, in Rust's dress.

use super::rust::{self, Around, Beside, Rust};
use super::text::length;
use super::writer::Writer;
use crate::program::ast::Op;

/// Rust with a pool whose calls are `submit`, `get`, `invoke_all` and `invoke_any`.
pub(super) struct RustPool;

impl Rust for RustPool {
    const JOIN: Beside = Beside { open: "pool.invoke_all([", start: "||", end: ",", close: "]);" };
    const SELECT: Beside =
        Beside { open: "pool.invoke_any([", start: "||", end: ",", close: "]); // those that have begun run on" };

    fn timeout(length: &str) -> Around {
        Around {
            name: format!("get_within({length})"),
            open: "pool.submit(|| {".to_owned(),
            close: format!("}}).get_within({length})?; // if late, it runs on"),
        }
    }

    fn own_leaf(&self, w: &Writer, op: &Op) -> Option<String> {
        Some(match op {
            Op::Offload(d) | Op::BlockInPlace(d) => {
                format!("block({}); // the thread of the pool makes the call itself", length(*d))
            }
            Op::Spawn(task) => match w.count(task) {
                1 => format!("let {task} = pool.submit({task});"),
                count => format!("let {task} = [(); {count}].map(|_| pool.submit({task}));"),
            },
            Op::JoinTask(task) if w.is_many(task) => format!("for task in {task} {{ task.get()?; }}"),
            Op::JoinTask(task) => format!("{task}.get()?;"),
            Op::Cancel(task) if w.is_many(task) => {
                format!("for task in &{task} {{ task.cancel(); }} // those not begun")
            }
            Op::Cancel(task) => format!("{task}.cancel(); // if it has not begun"),
            alike => return rust::leaf(alike, Self::WAITS),
        })
    }
}
