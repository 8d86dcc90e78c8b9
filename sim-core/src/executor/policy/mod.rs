//! How an executor chooses the next task: one small file a policy.
//!
//! A policy chooses and the executor acts: it is handed the lengths of the queues and says what to take, what to move
//! and where a task that was woken goes. The queues belong to the machine, and each answer becomes an event.

mod akka;
mod beam;
mod blocking_pool;
mod choices;
mod embassy;
mod event_loop;
mod fifo;
pub(crate) mod glommio;
mod go;
mod local_pool;
mod may;
mod monoio;
mod pool;
mod priority;
mod queue_spec;
mod smol;
mod stealing;
mod thread_per_core;
mod tokio_current_thread;
mod tokio_local_set;
mod tokio_multi_thread;
mod tokio_one_thread;

pub use beam::Beam;
pub use blocking_pool::{Asleep, BlockingPool, Calls, Grows};
pub use choices::{Aborted, BlocksInPlace, Driver, Dropped, LeftOver, Retaken, Root, SelfWakes, TimerOrder, Yields};
pub use embassy::Embassy;
pub use event_loop::EventLoop;
pub use fifo::Fifo;
pub use glommio::Glommio;
pub use go::Go;
pub use local_pool::LocalPool;
pub use may::May;
pub use monoio::Monoio;
pub use pool::Pool;
pub use priority::Priority;
pub use queue_spec::QueueSpec;
pub use smol::Smol;
pub use stealing::Stealing;
pub use thread_per_core::ThreadPerCore;
pub use tokio_current_thread::TokioCurrentThread;
pub use tokio_local_set::TokioLocalSet;
pub use tokio_multi_thread::TokioMultiThread;

pub use crate::machine::timer_step::TimerStep;
pub use crate::machine::unseen::Sees;

use std::collections::VecDeque;

use crate::instant::{SimDuration, SimTime};
use crate::machine::unseen::Unseen;
use crate::trace::event::{End, PollResult};
use crate::trace::ids::{Actor, TaskId, WorkerId};

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
    /// Where the code that spawned or woke it asks it to go.
    pub asks: Asks,
    /// Its priority: larger goes first, where the policy looks at it.
    pub priority: i32,
    /// What its spawner wishes for it.
    pub wishes: Wishes,
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

/// What the spawner of a task wishes for it, where the runtime knows such a thing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Wishes {
    /// The core that it lives on, counted from 0.
    pub shard: Option<u32>,
    /// Its part of its core, beside other groups'.
    pub shares: Option<u32>,
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

/// What a runtime's rules ask of the executor besides its queues.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rules {
    /// Who sees that a timer is due, or that a device has answered.
    pub driver: Driver,
    /// When timers of tasks are due.
    pub timer_step: TimerStep,
    /// In which order timers are seen that are due together.
    pub timers: TimerOrder,
    /// How many operations of locks, channels and timers one poll may complete before it has to yield, with those after it
    /// that go on with what it has left ([`Next::PollOnBudgetLeft`]). None: any. tokio's own operations keep it, too, as
    /// far as tokio lets them: up to 128.
    pub budget: Option<u32>,
    /// What becomes of a task that yields.
    pub yields: Yields,
    /// How long a worker may be with one task before that one is preempted; a task that is polled on the budget left
    /// shares the slice of the one before. Only tasks that compute in steps of the executor's can be: goroutines,
    /// processes. None: never.
    pub slice: Option<SimDuration>,
    /// What becomes of a task whose handle is dropped.
    pub dropped: Dropped,
    /// When a task is dropped whose end is asked for while nobody polls it.
    pub aborted: Aborted,
    /// In which order the tasks are dropped that the end of the root leaves over.
    pub left_over: LeftOver,
    /// Where a task that wakes itself in its poll stands among those that come meanwhile.
    pub self_wakes: SelfWakes,
    /// The threads of its blocking pool.
    pub blocking: BlockingPool,
    /// Where the root is polled.
    pub root: Root,
    /// What [`block_in_place`](crate::block_in_place) does in a poll.
    pub in_place: BlocksInPlace,
}

impl Default for Rules {
    /// The always-on reactor, exact timers, no budget, a yield that wakes, no slice, and tokio's blocking pool.
    fn default() -> Rules {
        Rules {
            driver: Driver::AlwaysOn,
            timer_step: TimerStep::None,
            timers: TimerOrder::ByDeadline,
            budget: None,
            yields: Yields::Wake,
            slice: None,
            dropped: Dropped::Detaches,
            aborted: Aborted::AtOnce,
            left_over: LeftOver::OldestFirst,
            self_wakes: SelfWakes::AfterPoll,
            blocking: BlockingPool::tokio(),
            root: Root::OnWorkers,
            in_place: BlocksInPlace::Calls,
        }
    }
}

/// What the policy sees of the queues and workers.
pub struct Ready<'a> {
    lists: &'a [VecDeque<u32>],
    parked: &'a [bool],
    deferred: &'a [usize],
    unseen: &'a Unseen,
    now: SimTime,
    is_budget_spent: bool,
}

impl<'a> Ready<'a> {
    #[inline]
    pub(crate) fn new(
        lists: &'a [VecDeque<u32>],
        parked: &'a [bool],
        deferred: &'a [usize],
        unseen: &'a Unseen,
        now: SimTime,
    ) -> Ready<'a> {
        Ready { lists, parked, deferred, unseen, now, is_budget_spent: false }
    }

    #[inline]
    pub(crate) fn budget_spent(self, is_budget_spent: bool) -> Ready<'a> {
        Ready { is_budget_spent, ..self }
    }

    /// What time it is.
    #[inline]
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// In [`TaskPolicy::next`]: whether the worker's last poll has left nothing of its budget.
    #[inline]
    pub fn is_budget_spent(&self) -> bool {
        self.is_budget_spent
    }

    /// How many tasks stand in a queue, named by its place in [`TaskPolicy::queues`].
    #[inline]
    pub fn len(&self, queue: usize) -> usize {
        self.lists[queue].len()
    }

    /// The task at the front of a queue.
    pub fn front(&self, queue: usize) -> Option<TaskId> {
        self.lists[queue].front().map(|task| TaskId(*task))
    }

    /// How many wakers of those that yielded on this worker wait for it to turn the driver.
    pub fn deferred(&self, worker: WorkerId) -> usize {
        self.deferred[worker.index()]
    }

    /// How many answers lie unseen in the driver that this worker turns.
    pub fn answers(&self, worker: WorkerId) -> usize {
        self.unseen.answers(worker)
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
    /// Poll the root, which stands in no queue, whether it was woken or not. `queue` is the one it would be woken into.
    PollMain {
        /// The queue.
        queue: usize,
    },
    /// Move tasks, then ask again.
    Move(Move),
    /// Unpark this worker, if it is parked, then ask again.
    Unpark(WorkerId),
    /// Turn the driver without waiting, and wake whoever was deferred on this worker; then ask again.
    Turn,
    /// As [`Next::Turn`] for a part of what has completed, and nobody is woken besides. A look at the timers alone costs
    /// nothing.
    See(Sees),
    /// Look for work for so long, on the core; then ask again.
    Spin(SimDuration),
    /// Wake whoever was deferred on this worker, without a look at what has completed; then ask again.
    WakeDeferred,
    /// There is nothing to poll: stop until unparked, then ask again.
    Park,
    /// The same inside the driver: stop until unparked or until there is something to see. Turns nothing by itself.
    ParkInDriver,
}

/// Chooses which task a worker polls. Call order: `begin`, `queues` and `rules` once; `place` for each task that becomes
/// Ready, followed by `unpark`; `next` by each worker between polls, again after each move and turn, until it says poll
/// or park; `polled` when that poll has ended.
pub trait TaskPolicy {
    /// The policy's name in scenario files and traces.
    fn name(&self) -> &'static str;

    /// A few words for people: "FIFO ready queue".
    fn describe(&self) -> String;

    /// A run begins, with so many workers.
    fn begin(&mut self, _workers: u32) {}

    /// What people call a worker: the name of its thread.
    fn worker_name(&self, worker: WorkerId) -> String {
        worker.to_string()
    }

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

    /// The task that is being polled woke itself for the first time in this poll: a runtime that queues it at once keeps its
    /// place, and has it placed there when the poll has ended.
    fn woke_itself(&mut self, task: TaskId) {
        let _ = task;
    }

    /// The worker's poll of this task has ended. A task that was woken in it has been placed before.
    fn polled(&mut self, worker: WorkerId, task: TaskId, result: PollResult) {
        let _ = (worker, task, result);
    }

    /// The task that `worker` polls blocks in place: another thread may go on with the worker ([`Rules::in_place`]). What
    /// has to be moved before is pushed into `room`.
    fn leaves_thread(&mut self, worker: WorkerId, ready: &Ready<'_>, room: &mut Vec<Move>) {
        let _ = (worker, ready, room);
    }

    /// Another thread has the worker, in the middle of a poll, and begins its loop anew.
    fn begins_anew(&mut self, worker: WorkerId) {
        let _ = worker;
    }

    /// The task that `worker` polls enters a system call, where that leaves the worker on its thread
    /// ([`BlocksInPlace::UntilRetaken`]). Answers when the next look comes.
    fn enters_call(&mut self, worker: WorkerId, ready: &Ready<'_>) -> SimTime {
        let _ = worker;
        ready.now()
    }

    /// A look at the workers in calls: those to be taken from their threads are pushed into `retaken`. Answers when the
    /// next look comes; none: there is no such worker left.
    fn looks(&mut self, ready: &Ready<'_>, retaken: &mut Vec<Retaken>) -> Option<SimTime> {
        let _ = (ready, retaken);
        None
    }

    /// A call has returned that was entered on `worker`. Answers the worker that goes on with its task, on its thread: one
    /// that is in a call or parked. None: the thread is left without.
    fn leaves_call(&mut self, worker: WorkerId, ready: &Ready<'_>) -> Option<WorkerId> {
        let _ = ready;
        Some(worker)
    }

    /// What `worker` does next. `draw(n)` gives a number below n, by a decision.
    fn next(&mut self, worker: WorkerId, ready: &Ready<'_>, draw: &mut dyn FnMut(u64) -> u64) -> Next;
}
