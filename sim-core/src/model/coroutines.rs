//! Goroutines under Go's scheduler.

use super::{Family, Model, Workers, refuses_nothing};
use crate::executor::Executor;

pub(super) static MODEL: Model = Model {
    id: "coroutines",
    title: "goroutines",
    line: "Goroutines: stackful coroutines on a few threads, preempted after 10 ms.",
    stands_for: "Go 1.19.8, runtime/proc.go",
    family: Family::Coroutines,
    workers: Workers::PerCore,
    run: |machine, setup, workload| {
        let workers = MODEL.workers_for(setup.workers, machine.cores);
        machine.run_workload_goroutines(Executor::go(workers), workload)
    },
    refuses: refuses_nothing,
};
