//! How the simulated operating system chooses the next thread: one small file a policy.
//!
//! A policy chooses and the machine acts: it is handed what it may see and has no access to the machine.

mod eevdf;
mod fifo;
mod round_robin;

use std::collections::VecDeque;

pub use eevdf::Eevdf;
pub use fifo::FifoPriority;
pub use round_robin::RoundRobin;

use crate::instant::SimDuration;
use crate::trace::event::End;
use crate::trace::ids::ThreadId;

/// Why a thread comes to the run queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arrival {
    /// It was just created.
    Created,
    /// What it waited for has come.
    Unblocked,
    /// Its quantum ended, or one with the right to go first came.
    Preempted,
    /// It yielded.
    Yielded,
}

/// What a policy sees of a thread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ThreadView {
    /// Which one.
    pub id: ThreadId,
    /// Its priority; for a real-time policy larger goes first, for a fair one it is the nice value negated.
    pub priority: i32,
}

/// Chooses which thread runs. Call order: `arrives` when a thread joins the run queue, `preempts` right after it, once
/// for each core; `pick` when a core is free; `quantum` right after the pick; `ran` whenever a thread leaves its core
/// or its quantum ends, before it arrives again; `departs` when it blocks and
/// `exits` when it ends.
pub trait ThreadPolicy {
    /// A few words for people: "round robin, quantum 4ms".
    fn describe(&self) -> String;

    /// Where the thread joins the run queue.
    fn arrives(&mut self, thread: ThreadView, why: Arrival) -> End;

    /// The place in the queue of the thread that runs next. None only if the queue is empty.
    fn pick(&mut self, queue: &VecDeque<ThreadView>) -> Option<usize>;

    /// How long the thread may run before others get their turn; none: until it blocks.
    fn quantum(&mut self, thread: ThreadView) -> Option<SimDuration>;

    /// Whether the newcomer takes the core from the thread that runs on it and has run for `ran` so far.
    fn preempts(&mut self, newcomer: ThreadView, running: ThreadView, ran: SimDuration) -> bool;

    /// The thread ran this long.
    fn ran(&mut self, thread: ThreadView, length: SimDuration);

    /// The thread wants no core now.
    fn departs(&mut self, thread: ThreadView);

    /// The thread has ended, and never comes again.
    fn exits(&mut self, thread: ThreadView) {
        self.departs(thread);
    }
}
