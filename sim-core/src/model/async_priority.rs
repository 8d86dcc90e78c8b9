//! An async runtime whose workers share a ready queue a priority. A poll is never interrupted, whoever wakes meanwhile.

use super::{Family, Model, Workers, refuses_in_place};
use crate::executor::Executor;

pub(super) static MODEL: Model = Model {
    id: "async_priority",
    title: "async, priorities",
    line: "An async runtime with a ready queue a priority: the highest that holds a task goes first.",
    stands_for: "no one runtime; the example priority.rs of async-executor 1.14.1, with the workload's priorities",
    family: Family::Async,
    workers: Workers::Any { usual: 1 },
    run: |machine, setup, workload| {
        let workers = MODEL.workers_for(setup.workers, machine.cores);
        let levels = workload.tasks.iter().map(|(_, task)| task.priority);
        machine.run_workload_async(Executor::by_priority(workers, levels), workload)
    },
    refuses: |op| refuses_in_place(op, "this runtime has no call by which a worker goes on on another thread"),
};
