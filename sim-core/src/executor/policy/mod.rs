//! How an executor chooses the next task: one small file a policy.
//!
//! A policy chooses and the executor acts: it is handed the lengths of the queues and says what to take, what to move
//! and where a task that was woken goes. The queues belong to the machine, and each answer becomes an event.

mod fifo;
mod stealing;

pub use fifo::Fifo;
pub use stealing::Stealing;

use std::collections::VecDeque;

use crate::trace::event::End;
use crate::trace::ids::WorkerId;

/// A queue that a policy wants.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QueueSpec {
    /// Its name, for people.
    pub name: String,
    /// The worker whose own it is; none for one that all serve.
    pub owner: Option<WorkerId>,
}

/// Why a task comes to a queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// It was just spawned.
    Spawned,
    /// Someone woke it.
    Woken,
    /// It was woken during its own poll, which has now ended.
    WokenInPoll,
}

/// Where the code that makes a task Ready asks it to go. Only an event loop listens.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Asks {
    /// Nowhere: where such a task goes by itself.
    #[default]
    Nothing,
    /// It is called: it runs before whoever calls goes on.
    Call,
    /// It goes on when what it called has returned.
    Return,
    /// Node's `process.nextTick`.
    Tick,
    /// A microtask.
    Microtask,
    /// `setImmediate`.
    Immediate,
}

/// What the policy sees of the queues and workers.
pub struct Ready<'a> {
    lists: &'a [VecDeque<u32>],
    parked: &'a [bool],
}

impl<'a> Ready<'a> {
    pub(crate) fn new(lists: &'a [VecDeque<u32>], parked: &'a [bool]) -> Ready<'a> {
        Ready { lists, parked }
    }

    /// How many tasks stand in a queue, named by its place in [`TaskPolicy::queues`].
    #[inline]
    pub fn len(&self, queue: usize) -> usize {
        self.lists[queue].len()
    }

    /// The workers.
    pub fn workers(&self) -> impl Iterator<Item = WorkerId> + Clone + use<> {
        (0..self.parked.len() as u32).map(WorkerId)
    }

    /// The first worker that is parked.
    pub fn first_parked(&self) -> Option<WorkerId> {
        self.parked.iter().position(|parked| *parked).map(WorkerId::from_index)
    }

    /// Whether the worker is parked.
    pub fn is_parked(&self, worker: WorkerId) -> bool {
        self.parked[worker.index()]
    }
}

/// What a worker does next. Queues are named by their place in [`TaskPolicy::queues`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// Poll the task at this end of this queue.
    Poll {
        /// The queue.
        queue: usize,
        /// Which end of it.
        end: End,
    },
    /// Move so many tasks, then ask again.
    Move {
        /// From the front of this queue.
        from: usize,
        /// To the back of this one.
        to: usize,
        /// How many.
        count: usize,
        /// Whether the queue they come from is another worker's.
        stolen: bool,
    },
    /// There is nothing to poll.
    Park,
}

/// Chooses which task a worker polls. Call order: `queues` once; `place` for each task that becomes Ready, followed by
/// `unpark`; `next` by each worker between polls, again after each move, until it says poll or park.
pub trait TaskPolicy {
    /// The policy's name in scenario files and traces.
    fn name(&self) -> &'static str;

    /// A few words for people: "FIFO ready queue".
    fn describe(&self) -> String;

    /// The queues it wants, for so many workers.
    fn queues(&self, workers: u32) -> Vec<QueueSpec>;

    /// Where a task that became Ready goes; `on` is the worker on which that happened, if it was one.
    fn place(&mut self, why: Reason, on: Option<WorkerId>) -> (usize, End);

    /// The worker to unpark for a task that was just put into `queue`.
    fn unpark(&mut self, queue: usize, ready: &Ready<'_>) -> Option<WorkerId>;

    /// The one queue, if there is one, to whose back every task goes and from whose front every worker polls: the
    /// executor then does so without asking, which costs less than a poll. Asked once, after `queues`.
    fn lane(&self) -> Option<usize> {
        None
    }

    /// What `worker` does next. `draw(n)` gives a number below n, by a decision.
    fn next(&mut self, worker: WorkerId, ready: &Ready<'_>, draw: &mut dyn FnMut(u64) -> u64) -> Next;
}
