//! monoio: thread per core, self-wakes to the front.

use super::{Family, Model, Workers, refuses_in_place};
use crate::executor::Executor;
use crate::program::Op;

pub(super) static MODEL: Model = Model {
    id: "monoio",
    title: "monoio",
    line: "Thread per core; a task that wakes itself goes on at once.",
    stands_for: "monoio 0.2.4",
    family: Family::Async,
    workers: Workers::PerCore,
    run: |machine, setup, workload| {
        let executor = Executor::monoio(MODEL.workers_for(setup.workers, machine.cores));
        machine.run_workload_async(executor, workload)
    },
    refuses,
};

const IN_PLACE: &str = "monoio has no such call: its tasks cannot leave their thread, and `spawn_blocking` is Offload";

// Its `JoinHandle` can be awaited and dropped, no more (`src/task/join.rs`); a dropped one detaches.
fn refuses(op: &Op) -> Option<&'static str> {
    let cancels = matches!(op, Op::Cancel(_));
    refuses_in_place(op, IN_PLACE).or(cancels.then_some("its `JoinHandle` has no `abort`: nobody can drop a task from outside"))
}
