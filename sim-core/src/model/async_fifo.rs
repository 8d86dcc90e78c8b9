//! An async runtime whose workers share one first-in, first-out ready queue.

use super::{Family, Model, Workers, refuses_in_place};
use crate::executor::Executor;

pub(super) static MODEL: Model = Model {
    id: "async_fifo",
    title: "async",
    line: "An async runtime: its workers share one first-in, first-out ready queue.",
    stands_for: "no one runtime; with one worker the order of async-executor 1.14.1",
    family: Family::Async,
    workers: Workers::Any { usual: 1 },
    run: |machine, setup, workload| {
        let workers = MODEL.workers_for(setup.workers, machine.cores);
        machine.run_workload_async(Executor::fifo(workers), workload)
    },
    refuses: |op| refuses_in_place(op, "this runtime has no call by which a worker goes on on another thread"),
};
