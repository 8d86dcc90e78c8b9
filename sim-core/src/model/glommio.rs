//! glommio: thread per core, and on each core queues that share it by weight.

use super::{Family, Model, Workers, refuses_in_place};
use crate::executor::Executor;
use crate::executor::policy::glommio::count_queues;
use crate::program::Workload;

pub(super) static MODEL: Model = Model {
    id: "glommio",
    title: "glommio",
    line: "Thread per core; the tasks of a core share it by the weight that the workload gives them.",
    stands_for: "glommio 0.9",
    family: Family::Async,
    workers: Workers::PerCore,
    run: |machine, setup, workload| {
        let workers = MODEL.workers_for(setup.workers, machine.cores);
        machine.run_workload_async(Executor::glommio(workers, shares(workload)), workload)
    },
    refuses: |op| refuses_in_place(op, "glommio has no such call: its tasks cannot leave their thread, and `spawn_blocking` is Offload"),
};

/// How many queues so many workers have for this workload.
pub(super) fn queues(workers: u32, workload: &Workload) -> usize {
    count_queues(workers, shares(workload))
}

fn shares(workload: &Workload) -> impl Iterator<Item = u32> {
    workload.tasks.iter().filter_map(|(_, task)| task.shares)
}
