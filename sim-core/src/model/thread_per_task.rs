//! One OS thread a task, scheduled as the run's policy says.

use super::{Family, Model, Workers, refuses_nothing};

pub(super) static MODEL: Model = Model {
    id: "thread_per_task",
    title: "threads",
    line: "One OS thread a task; waiting blocks the thread and frees its core.",
    stands_for: "std::thread and pthreads on Linux 6.18",
    family: Family::Threads,
    workers: Workers::None,
    run: |machine, _, workload| machine.run_workload_threads(workload),
    refuses: refuses_nothing,
};
