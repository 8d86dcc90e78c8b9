//! tokio's `LocalSet` on a current_thread runtime: for tasks that cannot move to another thread.

use super::{Family, Model, Workers, refuses_in_place};
use crate::executor::Executor;

pub(super) static MODEL: Model = Model {
    id: "tokio_local_set",
    title: "tokio, LocalSet",
    line: "A set of tasks that stay on their thread: 61 of them at a time are one poll of the runtime's.",
    stands_for: "tokio 1.54.1, task/local.rs on runtime/scheduler/current_thread",
    family: Family::Async,
    workers: Workers::One,
    run: |machine, _, workload| machine.run_workload_async(Executor::tokio_local_set(), workload),
    // `maybe_move_runtime` in runtime/scheduler/multi_thread/worker.rs.
    refuses: |op| refuses_in_place(op, "`block_in_place` panics on this runtime: only the multi-threaded one can go on on another thread"),
};
