//! No executor: a program that makes futures and has nobody to poll them.

use super::{Family, Model, Workers, refuses_nothing};

pub(super) static MODEL: Model = Model {
    id: "no_executor",
    title: "no executor",
    line: "main makes the future of each task, and nobody polls them: nothing happens.",
    stands_for: "Rust without a runtime: the standard library brings futures, and nothing that polls them",
    family: Family::Threads,
    workers: Workers::None,
    run: |machine, _, workload| machine.run_workload_unpolled(workload),
    refuses: refuses_nothing,
};
