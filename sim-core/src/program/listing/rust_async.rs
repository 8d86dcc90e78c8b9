//! A task as an `async fn`.

use super::text::length;
use super::writer::Writer;
use super::{Words, rust};
use crate::program::ast::Op;
use crate::trace::ids::StepId;

/// Rust with `.await`.
pub(super) struct RustAsync;

const WAITS: &str = ".await";

impl Words for RustAsync {
    fn head(&self, name: &str) -> String {
        format!("async fn {name}() {{")
    }

    fn leaf(&self, w: &Writer, op: &Op) -> Option<String> {
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
            alike => return rust::leaf(alike, WAITS),
        })
    }

    fn block(&self, w: &mut Writer, op: &Op, step: StepId) {
        match op {
            Op::Join(bodies) => {
                w.open("join!(", Some(step));
                w.branches("async", ",", bodies);
                w.close(");");
            }
            Op::Select(bodies) => {
                w.open("select!(", Some(step));
                w.branches("async", ",", bodies);
                w.close("); // the others are dropped");
            }
            Op::Timeout(d, body) => {
                w.around(&format!("timeout({}, async {{", length(*d)), body, "}).await?;", step);
            }
            Op::Let(name, body) => {
                w.open(&format!("let {name} = async {{"), Some(step));
                w.branch(body);
                w.close("};");
            }
            alike => rust::block(w, alike, step, WAITS),
        }
    }

    fn block_name(&self, w: &Writer, op: &Op) -> String {
        match op {
            Op::Join(_) => "join!".to_owned(),
            Op::Select(_) => "select!".to_owned(),
            Op::Timeout(d, _) => format!("timeout({})", length(*d)),
            alike => rust::block_name(w, alike, WAITS),
        }
    }
}
