//! A task as an `async fn`.

use super::rust::{self, Around, Beside, Rust};
use super::text::length;
use super::writer::Writer;
use crate::program::ast::Op;

/// Rust with `.await`.
pub(super) struct RustAsync;

impl Rust for RustAsync {
    const FN: &'static str = "async fn";
    const WAITS: &'static str = ".await";
    const KEPT: &'static str = "async";
    const JOIN: Beside = Beside { open: "join!(", start: "async", end: ",", close: ");" };
    const SELECT: Beside = Beside { open: "select!(", start: "async", end: ",", close: "); // the others are dropped" };

    fn timeout(length: &str) -> Around {
        Around {
            name: format!("timeout({length})"),
            open: format!("timeout({length}, async {{"),
            close: "}).await?;".to_owned(),
        }
    }

    fn own_leaf(&self, w: &Writer, op: &Op) -> Option<String> {
        Some(match op {
            Op::BlockInPlace(d) => format!("block_in_place(|| block({}));", length(*d)),
            Op::Offload(d) => format!("spawn_blocking(|| block({})).await;", length(*d)),
            Op::Wait(name) => format!("{name}.notified().await;"),
            Op::Spawn(task) => match w.count(task) {
                1 => format!("let {task} = spawn({task}());"),
                count => format!("let {task} = [(); {count}].map(|_| spawn({task}()));"),
            },
            Op::JoinTask(task) if w.is_many(task) => format!("for task in {task} {{ task.await?; }}"),
            Op::JoinTask(task) => format!("{task}.await?;"),
            Op::Cancel(task) if w.is_many(task) => format!("for task in &{task} {{ task.abort(); }}"),
            Op::Await(name) => format!("{name}.await;"),
            alike => return rust::leaf(alike, Self::WAITS),
        })
    }
}
