//! One OS thread that does one thing after another.
//!
//! The tasks of the file run in its order, each to its end. Spawn and the bodies of Join are plain calls; JoinTask finds
//! what was called done, and Cancel too. Select does its first body and never comes to the others; Timeout cannot
//! interrupt, and only notes that it took too long. A lock, message or notification that only a later task would give
//! never comes: the run hangs, and says who waits. A barrier is refused: it is a meeting of several.

use super::{Family, Model, Workers};
use crate::program::Op;

pub(super) static MODEL: Model = Model {
    id: "sequential",
    title: "sequential",
    line: "One thread, one thing after another; whatever it waits for, it waits.",
    stands_for: "a program without concurrency",
    family: Family::Sequential,
    workers: Workers::One,
    run: |machine, _, workload| machine.run_workload_sequential(workload),
    refuses,
};

fn refuses(op: &Op) -> Option<&'static str> {
    matches!(op, Op::Barrier(_)).then_some("the one thread would wait there for others, and there are no others")
}
