//! tokio's multi_thread runtime.

use super::{Family, Model, Workers, refuses_nothing};
use crate::executor::Executor;

pub(super) static MODEL: Model = Model {
    id: "tokio_multi_thread",
    title: "tokio, multi-thread",
    line: "Workers, each with a LIFO slot and a queue, steal from each other; one waits for timers and I/O.",
    stands_for: "tokio 1.54.1, runtime/scheduler/multi_thread",
    family: Family::Async,
    workers: Workers::PerCore,
    run: |machine, setup, workload| {
        let workers = MODEL.workers_for(setup.workers, machine.cores);
        machine.run_workload_async(Executor::tokio_multi_thread(workers), workload)
    },
    refuses: refuses_nothing,
};
