//! tokio's current_thread runtime.

use super::{Family, Model, Workers, refuses_in_place};
use crate::executor::Executor;

pub(super) static MODEL: Model = Model {
    id: "tokio_current_thread",
    title: "tokio, current thread",
    line: "One thread polls all tasks, first in, first out, and looks for timers and I/O in between.",
    stands_for: "tokio 1.54.1, runtime/scheduler/current_thread",
    family: Family::Async,
    workers: Workers::One,
    run: |machine, _, workload| machine.run_workload_async(Executor::tokio_current_thread(), workload),
    // `maybe_move_runtime` in runtime/scheduler/multi_thread/worker.rs.
    refuses: |op| refuses_in_place(op, "`block_in_place` panics on this runtime: only the multi-threaded one can go on on another thread"),
};
