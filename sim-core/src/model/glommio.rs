//! glommio: thread per core, and on each core queues that share it by weight.

use super::{Family, Model, Workers, refuses_moves};
use crate::executor::Executor;

pub(super) static MODEL: Model = Model {
    id: "glommio",
    title: "glommio",
    line: "Thread per core; the tasks of a core share it by the weight that the workload gives them.",
    stands_for: "glommio 0.9",
    family: Family::Async,
    workers: Workers::PerCore,
    run: |machine, setup, workload| {
        let workers = MODEL.workers_for(setup.workers, machine.cores);
        let shares = workload.tasks.iter().filter_map(|(_, task)| task.shares);
        machine.run_workload_async(Executor::glommio(workers, shares), workload)
    },
    refuses: refuses_moves,
};
