//! A fixed number of OS threads that take tasks from one queue.
//!
//! A task keeps its thread to its end, also while it waits: then the thread is blocked, its core is free, and the tasks in
//! the queue wait on. Spawn, Join, Select and Timeout submit to the same pool, as users of `java.util.concurrent` do
//! ([`crate::program`]'s `way` says how), and who waits for what it submitted holds a thread meanwhile: a pool can lock
//! itself up. A task that is cancelled in the queue is never begun; one that has begun runs on. All threads are there from
//! the start.

use super::{Family, Model, Workers, refuses_nothing};

pub(super) static MODEL: Model = Model {
    id: "thread_pool",
    title: "thread pool",
    line: "A fixed number of OS threads that take tasks from one queue; a task that waits keeps its thread.",
    stands_for: "a fixed java.util.concurrent.ThreadPoolExecutor, OpenJDK 21",
    family: Family::Pool,
    workers: Workers::PerCore,
    run: |machine, setup, workload| {
        let threads = MODEL.workers_for(setup.workers, machine.cores);
        machine.run_workload_pool(threads, workload)
    },
    refuses: refuses_nothing,
};
