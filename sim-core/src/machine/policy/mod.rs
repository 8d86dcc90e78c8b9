//! How the simulated operating system chooses the next thread: one small file a policy.
//!
//! A policy chooses and the machine acts: it is handed what it may see and has no access to the machine.

mod eevdf;
mod fair;
mod fifo;
mod levels;
mod round_robin;

use std::collections::VecDeque;

pub use eevdf::Eevdf;
pub use fair::Fair;
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
    /// Its priority, its own or one that is lent to it: larger goes first. Under fair shares one above 0 is a
    /// real-time priority, and comes before all that have none.
    pub priority: i32,
    /// Its nice value, −20 to 19: the larger, the smaller its share among fair threads.
    pub nice: i32,
}

/// Where a thread is, seen from the run queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stands {
    /// In the run queue.
    Waiting,
    /// On a core.
    Running,
    /// It wants no core.
    Away,
}

/// Chooses which thread runs. Call order: `arrives` when a thread joins the run queue, `preempts` right after it, once
/// for each core; `pick` when a core is free; `quantum` right after the pick. `ran` comes before `arrives`, `departs` and
/// `exits`, and where a quantum ends: for every thread on a core that has run since it was told last.
/// `departs` when a thread blocks and `exits` when it ends.
pub trait ThreadPolicy {
    /// A few words for people: "round robin, quantum 4ms".
    fn describe(&self) -> String;

    /// Where the thread joins the run queue.
    fn arrives(&mut self, thread: ThreadView, why: Arrival) -> End;

    /// The place in the queue of the thread that runs next, which leaves the queue. None only if the queue is empty.
    fn pick(&mut self, queue: &VecDeque<ThreadView>) -> Option<usize>;

    /// How long the thread may run before others get their turn; none: until it blocks.
    fn quantum(&mut self, thread: ThreadView) -> Option<SimDuration>;

    /// Whether the thread, its quantum over, leaves its core for one in the queue: asked while some wait there.
    fn gives_way(&mut self, _: ThreadView) -> bool {
        true
    }

    /// Whether the newcomer, which stands in the queue, takes the core from the thread that runs on it.
    fn preempts(&mut self, newcomer: ThreadView, running: ThreadView) -> bool;

    /// The thread ran this long, since this was said last.
    fn ran(&mut self, thread: ThreadView, length: SimDuration);

    /// The thread wants no core now.
    fn departs(&mut self, thread: ThreadView);

    /// The thread has ended, and never comes again.
    fn exits(&mut self, thread: ThreadView) {
        self.departs(thread);
    }

    /// The thread's priority is another now: it was lent a higher one, or gives it back. One in the run queue has moved
    /// to its back.
    fn reprioritized(&mut self, _before: ThreadView, _now: ThreadView, _stands: Stands) {}
}
