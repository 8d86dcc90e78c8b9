//! Actors under Akka's default dispatcher.

use super::{Family, Model, Workers, refuses_moves};
use crate::executor::Executor;

pub(super) static MODEL: Model = Model {
    id: "akka",
    title: "actors, Akka",
    line: "Actors on a pool of threads, five letters a turn; nobody is preempted.",
    stands_for: "Akka 2.6, its default dispatcher",
    family: Family::Actors,
    // `akka.actor.default-dispatcher.fork-join-executor`: parallelism-min and -max (`reference.conf`).
    workers: Workers::PerCoreWithin { least: 8, most: 64 },
    run: |machine, setup, workload| {
        let workers = MODEL.workers_for(setup.workers, machine.cores);
        machine.run_workload_akka(Executor::akka(workers), workload)
    },
    refuses: refuses_moves,
};
