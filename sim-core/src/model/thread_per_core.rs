//! A thread a core, a queue a thread, and nobody steals.

use super::{Family, Model, Workers, refuses_in_place};
use crate::executor::Executor;

pub(super) static MODEL: Model = Model {
    id: "thread_per_core",
    title: "thread per core",
    line: "A queue a core and no stealing: a task stays on the core where it began.",
    stands_for: "no one runtime; monoio, glommio and seastar are of this kind",
    family: Family::Async,
    workers: Workers::PerCore,
    run: |machine, setup, workload| {
        let executor = Executor::thread_per_core(MODEL.workers_for(setup.workers, machine.cores));
        machine.run_workload_async(executor, workload)
    },
    refuses: |op| refuses_in_place(op, "its tasks cannot leave their thread: no other can go on with its queue"),
};
