//! monoio: thread per core, self-wakes to the front.

use super::{Family, Model, Workers, refuses_moves};
use crate::executor::Executor;

pub(super) static MODEL: Model = Model {
    id: "monoio",
    title: "monoio",
    line: "Thread per core; a task that wakes itself goes on at once.",
    stands_for: "monoio 0.2.4",
    family: Family::Async,
    workers: Workers::PerCore,
    run: |machine, setup, workload| {
        let executor = Executor::monoio(MODEL.workers_for(setup.workers, machine.cores));
        machine.run_workload_async(executor, workload)
    },
    refuses: refuses_moves,
};
