//! Actors under Akka's default dispatcher.

use super::{Family, Model, Workers, refuses_in_place};
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
    // `AkkaForkJoinWorkerThread::blockOn` (dispatch/ThreadPoolBuilder.scala) calls `ForkJoinPool.managedBlock`.
    refuses: |op| refuses_in_place(op, "that Akka starts a thread beside one in `blocking { … }` is not modelled"),
};
