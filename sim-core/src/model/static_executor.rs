//! embassy's executor: one core, no heap, and a fixed slot for each task.

use super::{Family, Model, Workers};
use crate::program::Op;

pub(super) static MODEL: Model = Model {
    id: "static_executor",
    title: "static, no heap",
    line: "embassy: one core and no heap; each task has a fixed slot, as many as the workload has of it.",
    stands_for: "embassy-executor 0.10.0, src/raw/run_queue.rs",
    family: Family::Async,
    workers: Workers::One,
    run: |machine, _, workload| machine.run_workload_static(workload),
    refuses,
};

// A handle that is joined stands for a `Signal` that the task gives at its end: `Spawner::spawn` answers none.
fn refuses(op: &Op) -> Option<&'static str> {
    match op {
        Op::Offload(_) => Some("there is no other thread to give a blocking call to"),
        Op::BlockInPlace(_) => Some("there is no other thread to go on with the worker"),
        Op::Cancel(_) => Some("a task in its slot runs to its end: nobody can drop it from outside"),
        Op::Work(_)
        | Op::Io(_)
        | Op::IoOn(_)
        | Op::Sleep(_)
        | Op::Block(_)
        | Op::Yield
        | Op::Lock(..)
        | Op::Read(..)
        | Op::Write(..)
        | Op::Acquire(..)
        | Op::Send(_)
        | Op::Recv(_)
        | Op::Notify(_)
        | Op::NotifyAll(_)
        | Op::Wait(_)
        | Op::Barrier(_)
        | Op::Spawn(_)
        | Op::JoinTask(_)
        | Op::Detach(_)
        | Op::Join(_)
        | Op::Select(_)
        | Op::Timeout(..)
        | Op::Repeat(..)
        | Op::Try(..)
        | Op::Let(..)
        | Op::Await(_)
        | Op::Drop(_)
        | Op::Mark(_)
        | Op::Fail(_) => None,
    }
}
