//! Processes under Erlang's scheduler.

use super::{Family, Model, Workers, refuses_in_place};
use crate::executor::Executor;

pub(super) static MODEL: Model = Model {
    id: "actors",
    title: "actors",
    line: "A process with a mailbox for each task; locks and devices have owners.",
    stands_for: "Erlang/OTP 25, erl_process.c",
    family: Family::Actors,
    workers: Workers::PerCore,
    run: |machine, setup, workload| {
        let workers = MODEL.workers_for(setup.workers, machine.cores);
        let has_high = workload.tasks.iter().any(|(_, task)| task.priority > 0);
        let executor = if has_high { Executor::beam_with_high_priority } else { Executor::beam };
        machine.run_workload_erlang(executor(workers), workload)
    },
    refuses: |op| refuses_in_place(op, "Erlang has no such call: native code that blocks runs on a dirty scheduler, which is Offload"),
};
