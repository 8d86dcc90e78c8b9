//! How an executor chooses the next task: one small file a policy.
//!
//! A policy chooses and the executor acts: it is handed the lengths of the queues and says what to take, what to move
//! and where a task that was woken goes. The queues belong to the machine, and each answer becomes an event.

mod akka;
mod beam;
mod fifo;
mod go;
mod may;
mod stealing;
mod tokio_current_thread;

pub use akka::Akka;
pub use beam::Beam;
pub use fifo::Fifo;
pub use go::Go;
pub use may::May;
pub use stealing::Stealing;
pub use tokio_current_thread::TokioCurrentThread;

use std::collections::VecDeque;

use crate::instant::SimDuration;
use crate::trace::event::End;
use crate::trace::ids::{Actor, TaskId, WorkerId};

/// A queue that a policy wants.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QueueSpec {
    /// Its name, for people.
    pub name: String,
    /// The worker whose own it is; none for one that all serve.
    pub owner: Option<WorkerId>,
}

/// A task that became Ready.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Came {
    /// Which one.
    pub task: TaskId,
    /// Why it comes to a queue.
    pub why: Reason,
    /// The worker on which that happened, if it was one.
    pub on: Option<WorkerId>,
    /// Who spawned or woke it.
    pub by: Actor,
    /// Whether it is the root: the future that `block_on` was given, where the runtime has such a thing.
    pub main: bool,
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
    /// It let others go first: its poll ended for that.
    Yielded,
    /// It had used up its slice ([`Rules::slice`]): its poll ended for that.
    Preempted,
}

/// What a runtime's rules ask of the executor besides its queues.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rules {
    /// Who sees that a timer is due, or that a device has answered.
    pub driver: Driver,
    /// To what timers of tasks are rounded up; zero: not at all.
    pub timer_step: SimDuration,
    /// How many operations of locks, channels and timers one poll may complete before it has to yield. None: any.
    pub budget: Option<u32>,
    /// What becomes of a task that yields.
    pub yields: Yields,
    /// How long a worker may be with one task before that one is preempted; a task that is polled on the budget left
    /// shares the slice of the one before. Only tasks that compute in steps of the executor's can be: goroutines,
    /// processes. None: never.
    pub slice: Option<SimDuration>,
    /// The most threads of its blocking pool.
    pub blocking_threads: u32,
}

impl Default for Rules {
    /// The always-on reactor, exact timers, no budget, a yield that wakes, no slice, and a blocking pool of 512.
    fn default() -> Rules {
        Rules {
            driver: Driver::AlwaysOn,
            timer_step: SimDuration::ZERO,
            budget: None,
            yields: Yields::Wake,
            slice: None,
            blocking_threads: 512,
        }
    }
}

/// Who sees that a timer is due, or that a device has answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Driver {
    /// A reactor beside the cores, at the very moment.
    AlwaysOn,
    /// A worker, when it turns the driver ([`Next::Turn`]) or is parked in it ([`Next::ParkInDriver`]). Until then a
    /// completion lies unseen.
    Turned,
}

/// What becomes of a task that yields, or has used up its budget.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Yields {
    /// It wakes itself.
    Wake,
    /// It is Pending, and woken after the next turn of the driver, the last to yield first.
    Deferred,
}

/// What the policy sees of the queues and workers.
pub struct Ready<'a> {
    lists: &'a [VecDeque<u32>],
    parked: &'a [bool],
    deferred: usize,
}

impl<'a> Ready<'a> {
    pub(crate) fn new(lists: &'a [VecDeque<u32>], parked: &'a [bool], deferred: usize) -> Ready<'a> {
        Ready { lists, parked, deferred }
    }

    /// How many tasks stand in a queue, named by its place in [`TaskPolicy::queues`].
    #[inline]
    pub fn len(&self, queue: usize) -> usize {
        self.lists[queue].len()
    }

    /// How many wakers wait for the next turn of the driver.
    pub fn deferred(&self) -> usize {
        self.deferred
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

/// Tasks that go from one queue to another, as a block: they keep their order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Move {
    /// From this end of this queue.
    pub from: (usize, End),
    /// To this end of this one.
    pub to: (usize, End),
    /// How many; never none.
    pub count: usize,
    /// Whether the queue they come from is another worker's.
    pub stolen: bool,
}

/// What a worker does next. Queues are named by their place in [`TaskPolicy::queues`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// Poll the task at this end of this queue, with a fresh budget.
    Poll {
        /// The queue.
        queue: usize,
        /// Which end of it.
        end: End,
    },
    /// The same with what is left of the budget of the poll before.
    PollOnBudgetLeft {
        /// The queue.
        queue: usize,
        /// Which end of it.
        end: End,
    },
    /// Move tasks, then ask again.
    Move(Move),
    /// Turn the driver without waiting, and wake whoever was deferred; then ask again.
    Turn,
    /// Unpark this worker, which is parked; then ask again.
    Unpark(WorkerId),
    /// Look for work for so long, on the core; then ask again.
    Spin(SimDuration),
    /// There is nothing to poll: stop until unparked, then ask again.
    Park,
    /// The same inside the driver: stop until unparked or until there is something to see. Turns nothing by itself.
    ParkInDriver,
}

/// Chooses which task a worker polls. Call order: `queues` and `rules` once; `place` for each task that becomes Ready,
/// followed by `unpark`; `next` by each worker between polls, again after each move and turn, until it says poll or
/// park.
pub trait TaskPolicy {
    /// The policy's name in scenario files and traces.
    fn name(&self) -> &'static str;

    /// A few words for people: "FIFO ready queue".
    fn describe(&self) -> String;

    /// The queues it wants, for so many workers.
    fn queues(&self, workers: u32) -> Vec<QueueSpec>;

    /// What it asks of the executor besides.
    fn rules(&self) -> Rules {
        Rules::default()
    }

    /// Where a task that became Ready goes, and to which end. What has to be moved to make room for it is pushed into
    /// `room`, and is done first, in order.
    fn place(&mut self, came: &Came, ready: &Ready<'_>, room: &mut Vec<Move>) -> (usize, End);

    /// The worker to unpark for a task that was just put into `queue`. Asked only while one is parked.
    fn unpark(&mut self, queue: usize, came: &Came, ready: &Ready<'_>) -> Option<WorkerId>;

    /// The one queue, if there is one, to whose back every task goes and from whose front every worker polls: the
    /// executor then does so without asking, which costs less than a poll. Asked once, after `queues`.
    fn lane(&self) -> Option<usize> {
        None
    }

    /// What `worker` does next. `draw(n)` gives a number below n, by a decision.
    fn next(&mut self, worker: WorkerId, ready: &Ready<'_>, draw: &mut dyn FnMut(u64) -> u64) -> Next;
}
