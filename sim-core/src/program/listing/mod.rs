//! A workload as code: what its tasks look like in the shape that a model gives them.
//!
//! Owns the words: a file a shape, beside what all of them need to write lines (`writer`). They are code in its
//! keywords and its order, and no more exact than a person needs: a length is written with its unit, a lock by its name.
//! Which step a line stands for is a row of the trace's own table, so that a recording shows its programs without this
//! module.
//!
//! Steps are numbered through all programs, each before those inside it: `first_steps` is where each begins. The
//! numbers are the same in every shape.
//!
//! A new shape is a file with a `Words` (one in Rust: a `Rust`), and three lines here: its `mod`, its variant, its arm in `Shape::words`.

mod callbacks;
mod erlang;
mod go;
mod rust;
mod rust_async;
mod rust_pool;
mod rust_sequential;
mod rust_threads;
mod text;
mod writer;

use crate::trace::code::{ProgramInfo, StepInfo};
use crate::trace::ids::{ProgramId, StepId};

use super::ast::{Op, Program, Workload};
use writer::Writer;

/// What a task is, in the model that runs it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// An `async fn`, awaited.
    Async,
    /// A function that a thread of its own runs.
    Threads,
    /// A function that a thread of a pool runs.
    Pool,
    /// A function that is called.
    Sequential,
    /// Callbacks that an event loop calls.
    Callbacks,
    /// A function that a goroutine runs.
    Goroutines,
    /// A function that an Erlang process runs.
    Erlang,
    /// The same, for an actor of Akka's.
    Akka,
}

impl Shape {
    fn words(self) -> &'static dyn Words {
        match self {
            Shape::Async => &rust_async::RustAsync,
            Shape::Threads => &rust_threads::RustThreads,
            Shape::Pool => &rust_pool::RustPool,
            Shape::Sequential => &rust_sequential::RustSequential,
            Shape::Callbacks => &callbacks::Callbacks,
            Shape::Goroutines => &go::Go,
            Shape::Erlang | Shape::Akka => &erlang::Erlang,
        }
    }
}

/// How a shape writes its code. Each step is a line ([`Words::leaf`]) or lines with others inside ([`Words::block`]).
trait Words {
    /// The line that begins a task's program, up to its opening brace.
    fn head(&self, name: &str) -> String;

    /// The line that ends it.
    fn tail(&self) -> &'static str {
        "}"
    }

    /// A step that is one line; none for one that `block` writes.
    fn leaf(&self, w: &Writer, op: &Op) -> Option<String>;

    /// Writes a step with others inside it: opens and closes lines, and has the bodies written by [`Writer::body`]
    /// (steps that go on in the same branch) or [`Writer::branch`] (a branch of their own), in the order of the op.
    fn block(&self, w: &mut Writer, op: &Op, step: StepId);

    /// What to call a step that `block` writes, in a sentence: "join!".
    fn block_name(&self, w: &Writer, op: &Op) -> String;

    /// Writes steps that go on one after another. A shape that nests what comes after a step writes its own.
    fn body(&self, w: &mut Writer, program: &Program) {
        for op in program.iter() {
            let step = w.next_step(op);
            w.step(op, step);
        }
    }
}

/// The programs of a workload, in the order of the file, and all their steps.
pub fn listings(workload: &Workload, shape: Shape) -> (Vec<ProgramInfo>, Vec<StepInfo>) {
    let spawned = workload.spawned();
    let (mut programs, mut steps) = (Vec::new(), Vec::new());
    for (name, task) in workload.tasks.iter() {
        let mut writer = Writer::new(workload, shape.words(), ProgramId::from_index(programs.len()), steps);
        writer.function(name, &task.ops);
        let (lines, written) = writer.finish();
        steps = written;
        let from_start = !spawned.contains(&name);
        programs.push(ProgramInfo { name: name.to_owned(), count: task.count, from_start, lines });
    }
    (programs, steps)
}

/// The first step of each task's program, in the order of the file.
pub(super) fn first_steps(workload: &Workload) -> Vec<(&str, StepId)> {
    let mut next = 0;
    let first = |(name, task): (_, &super::TaskSpec)| {
        let first = StepId::from_index(next);
        next += task.ops.iter().map(Op::steps).sum::<usize>();
        (name, first)
    };
    workload.tasks.iter().map(first).collect()
}

#[cfg(test)]
use {crate::instant::SimDuration, text::length};

#[cfg(test)]
#[path = "go_erlang_tests.rs"]
mod go_erlang_tests;

#[cfg(test)]
#[path = "pool_tests.rs"]
mod pool_tests;

#[cfg(test)]
#[path = "listing_tests.rs"]
mod tests;
