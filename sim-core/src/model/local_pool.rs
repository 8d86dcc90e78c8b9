//! futures' `LocalPool`.

use super::{Family, Model, Workers, refuses_in_place};
use crate::executor::Executor;

pub(super) static MODEL: Model = Model {
    id: "local_pool",
    title: "futures LocalPool",
    line: "One thread; a new task waits until the pool has gone round once.",
    stands_for: "futures 0.3.34, LocalPool",
    family: Family::Async,
    workers: Workers::One,
    run: |machine, _, workload| machine.run_workload_async(Executor::local_pool(), workload),
    refuses: |op| refuses_in_place(op, "the pool is one thread, and nobody else can go on with its tasks"),
};
