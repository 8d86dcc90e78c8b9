//! async-std ran smol's executor on a thread per CPU. It is discontinued (its changelog, at 1.13.1, 2025-02-21), and
//! points to smol: what is written today should use that. Other than smol's, its handle lets the task run on when dropped.

use super::{Family, Model, Workers, refuses_in_place};
use crate::executor::Executor;

pub(super) static MODEL: Model = Model {
    id: "async_std",
    title: "async-std",
    line: "smol's executor with a thread per CPU. Discontinued: use smol.",
    stands_for: "async-std 1.13.2, discontinued 2025-02-21: its changelog points to smol",
    family: Family::Async,
    workers: Workers::PerCore,
    run: |machine, setup, workload| {
        let executor = Executor::async_std(MODEL.workers_for(setup.workers, machine.cores));
        machine.run_workload_async(executor, workload)
    },
    refuses: |op| refuses_in_place(op, "async-std has no such call: its `spawn_blocking` hands the work to another thread, which is Offload"),
};
