//! smol: async-executor on a few threads, one unless said otherwise (`SMOL_THREADS`, smol 2.0.2 `src/spawn.rs`).

use super::{Family, Model, Workers, refuses_in_place};
use crate::executor::Executor;

pub(super) static MODEL: Model = Model {
    id: "smol",
    title: "smol",
    line: "A global queue, and a local one a thread that others steal from; dropping a handle cancels.",
    stands_for: "smol 2.0.2 with async-executor 1.14.1",
    family: Family::Async,
    workers: Workers::Any { usual: 1 },
    run: |machine, setup, workload| {
        let executor = Executor::smol(MODEL.workers_for(setup.workers, machine.cores));
        machine.run_workload_async(executor, workload)
    },
    refuses: |op| refuses_in_place(op, "smol has no such call: its `unblock` hands the work to another thread, which is Offload"),
};
