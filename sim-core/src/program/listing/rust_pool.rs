//! A task as a function that a thread of a pool runs: with the words of Java's `ExecutorService`, in Rust's dress.

use super::text::length;
use super::writer::Writer;
use super::{Words, rust};
use crate::program::ast::Op;
use crate::trace::ids::StepId;

/// Rust with a pool whose calls are `submit`, `get`, `invoke_all` and `invoke_any`.
pub(super) struct RustPool;

/// A call that waits blocks the thread of the pool: nothing more to write.
const WAITS: &str = "";

impl Words for RustPool {
    fn head(&self, name: &str) -> String {
        format!("fn {name}() {{")
    }

    fn leaf(&self, w: &Writer, op: &Op) -> Option<String> {
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
            alike => return rust::leaf(alike, WAITS),
        })
    }

    fn block(&self, w: &mut Writer, op: &Op, step: StepId) {
        match op {
            Op::Join(bodies) => {
                w.open("pool.invoke_all([", Some(step));
                w.branches("||", ",", bodies);
                w.close("]);");
            }
            Op::Select(bodies) => {
                w.open("pool.invoke_any([", Some(step));
                w.branches("||", ",", bodies);
                w.close("]); // those that have begun run on");
            }
            Op::Timeout(d, body) => {
                let close = format!("}}).get_within({})?; // if late, it runs on", length(*d));
                w.around("pool.submit(|| {", body, &close, step);
            }
            alike => rust::block(w, alike, step, WAITS),
        }
    }

    fn block_name(&self, w: &Writer, op: &Op) -> String {
        match op {
            Op::Join(_) => "pool.invoke_all".to_owned(),
            Op::Select(_) => "pool.invoke_any".to_owned(),
            Op::Timeout(d, _) => format!("get_within({})", length(*d)),
            alike => rust::block_name(w, alike, WAITS),
        }
    }
}
