//! An async runtime whose workers have queues of their own and steal from each other.

use super::{Family, Model, Workers, refuses_in_place};
use crate::executor::Executor;

pub(super) static MODEL: Model = Model {
    id: "async_stealing",
    title: "async, stealing",
    line: "An async runtime: a queue a worker, and one with nothing to do steals half of another's.",
    stands_for: "no one runtime",
    family: Family::Async,
    workers: Workers::Any { usual: 1 },
    run: |machine, setup, workload| {
        let workers = MODEL.workers_for(setup.workers, machine.cores);
        machine.run_workload_async(Executor::stealing(workers), workload)
    },
    refuses: |op| refuses_in_place(op, "this runtime has no call by which a worker goes on on another thread"),
};
