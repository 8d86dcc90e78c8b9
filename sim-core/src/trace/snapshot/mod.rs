//! The state of everything after the first n events: a fold of the trace.
//!
//! Owns what each event changes. Knows the trace alone: no machine, no drawing. An event that makes no sense, from a
//! damaged file, changes nothing and never panics: [`super::legal`] says what is wrong with it.
//!
//! One file an idea: [`task`], [`thread`] (with cores and workers), [`resource`], [`time`] (timers and requests), and
//! [`view`], the part of it that a machine knows of itself.

pub mod resource;
pub mod stand;
pub mod task;
pub mod thread;
pub mod time;
pub mod view;
pub mod wait;

use std::collections::{BTreeMap, VecDeque};

pub(crate) use resource::waits_once;
pub use resource::{Holder, Resource, WaitFor, Waiter};
pub use stand::{Standing, Standings};
pub use task::{FutureState, NamedFuture, Task, TaskState};
pub use thread::{Core, Thread, ThreadState, Worker, WorkerState};
pub use time::{Armed, Request, RequestStage, Unseen};
pub use view::{ResourceView, SnapshotView};
pub use wait::{Wait, Waiting};

use super::event::{EndReason, Event, Record};
use super::ids::*;
use super::tables::Tables;
use crate::instant::{SimDuration, SimTime};

/// The most cores a machine can have.
pub const MAX_CORES: usize = 64;

/// The state of everything after `events` events.
///
/// Vectors are indexed by id and as long as what the trace has spoken of so far.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Snapshot {
    /// How many events are folded: the number of the next one.
    pub events: usize,
    /// When the last folded event happened.
    pub time: SimTime,
    /// By [`TaskId`].
    pub tasks: Vec<Task>,
    /// By [`ThreadId`].
    pub threads: Vec<Thread>,
    /// By [`CoreId`].
    pub cores: Vec<Core>,
    /// By [`WorkerId`].
    pub workers: Vec<Worker>,
    /// By [`QueueId`]: the ids of the tasks or threads in it, front first.
    pub queues: Vec<VecDeque<u32>>,
    /// By [`ResourceId`].
    pub resources: Vec<Resource>,
    /// The armed timers, by deadline.
    pub timers: BTreeMap<(SimTime, TimerId), Armed>,
    /// The requests that were submitted and neither delivered nor given up.
    pub requests: BTreeMap<RequestId, Request>,
    /// By [`FutureId`].
    pub futures: Vec<NamedFuture>,
    /// The `tracing` spans each has entered and not left, outermost first; none is empty.
    pub spans: BTreeMap<Actor, Vec<StrId>>,
    /// Counts since the start, and how much there is now.
    pub totals: Totals,
    /// Why the run ended, if it has.
    pub ended: Option<EndReason>,
    /// The last `WaitNamed`: its number, and which wait it named.
    named: Option<(usize, u32)>,
}

/// Counts since the start of the run, and present amounts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Totals {
    /// Calls of poll so far.
    pub polls: u64,
    /// Wakes so far, of every effect.
    pub wakes: u64,
    /// Wakes of a task that was Ready already.
    pub redundant_wakes: u64,
    /// Wakes of a task by itself, in its own poll.
    pub self_wakes: u64,
    /// Wakes of a task that had ended.
    pub stale_wakes: u64,
    /// Tasks spawned so far.
    pub tasks_spawned: u64,
    /// Threads created so far.
    pub threads_created: u64,
    /// Threads put on a core so far.
    pub dispatches: u64,
    /// Those of them that were context switches.
    pub switches: u64,
    /// What all dispatches cost together.
    pub switch_cost: SimDuration,
    /// Tasks that one worker took from another.
    pub stolen: u64,
    /// Tasks that are Ready now.
    pub ready: u32,
    /// Threads that are Runnable now.
    pub runnable: u32,
    /// Tasks that were spawned and have not ended.
    pub live_tasks: u32,
    /// Bytes of tasks now, by the cost model.
    pub task_bytes: u64,
    /// Bytes of addresses reserved for stacks now.
    pub stack_reserved: u64,
    /// Bytes of stacks resident now.
    pub stack_resident: u64,
}

impl Snapshot {
    /// The state before the first event.
    pub fn initial(tables: &Tables) -> Snapshot {
        let cores = (tables.run.cores as usize).min(MAX_CORES);
        Snapshot {
            cores: vec![Core::default(); cores],
            workers: vec![Worker::default(); tables.workers.len()],
            queues: vec![VecDeque::new(); tables.queues.len()],
            ..Snapshot::default()
        }
    }

    /// Folds the next event, as it is stored. A kind that this version does not know only counts.
    #[inline]
    pub fn apply(&mut self, tables: &Tables, record: Record) {
        self.time = record.time();
        if let Some(event) = Event::decode(record, &tables.wide) {
            self.fold(tables, event);
        }
        self.events += 1;
    }

    /// Folds the next event.
    #[inline]
    pub fn apply_event(&mut self, tables: &Tables, time: SimTime, event: Event) {
        self.time = time;
        self.fold(tables, event);
        self.events += 1;
    }

    /// How many things it speaks of: what a copy of it costs.
    pub fn entities(&self) -> usize {
        self.tasks.len()
            + self.threads.len()
            + self.resources.len()
            + self.timers.len()
            + self.requests.len()
            + self.futures.len()
    }

    /// The state of a task; None before it is spawned.
    pub fn task(&self, id: TaskId) -> Option<&Task> {
        self.tasks.get(id.index()).filter(|t| t.state != TaskState::NotSpawned)
    }

    /// The state of a thread; None before it is created.
    pub fn thread(&self, id: ThreadId) -> Option<&Thread> {
        self.threads.get(id.index()).filter(|t| t.state != ThreadState::NotCreated)
    }

    /// The task that the worker is polling, if any.
    pub fn polled_by(&self, worker: WorkerId) -> Option<TaskId> {
        match self.workers.get(worker.index())?.state {
            WorkerState::Polling(task) => Some(task),
            WorkerState::Idle | WorkerState::Searching | WorkerState::Parked => None,
        }
    }

    /// The thread that the worker runs on now.
    pub fn thread_of(&self, tables: &Tables, worker: WorkerId) -> Option<ThreadId> {
        let moved = self.workers.get(worker.index()).and_then(|w| w.thread);
        moved.or_else(|| tables.workers.get(worker.index()).copied())
    }

    /// The worker that runs on this thread now.
    pub fn worker_on(&self, thread: ThreadId) -> Option<WorkerId> {
        self.threads.get(thread.index())?.worker
    }

    /// The thread on which the task is being polled.
    pub fn polled_on(&self, tables: &Tables, task: TaskId) -> Option<ThreadId> {
        match self.task(task)?.state {
            TaskState::Polling(worker) => self.thread_of(tables, worker),
            TaskState::WithoutWorker(thread) => Some(thread),
            TaskState::NotSpawned | TaskState::Ready | TaskState::Pending => None,
            TaskState::Completed | TaskState::Cancelled | TaskState::Panicked => None,
        }
    }

    /// The task in whose poll this thread is, with a worker or without.
    pub fn polled_by_thread(&self, thread: ThreadId) -> Option<TaskId> {
        let thread = self.threads.get(thread.index())?;
        thread.without_worker.or_else(|| self.polled_by(thread.worker?))
    }

    /// Whether the task or thread has ended. Others never do.
    pub fn has_ended(&self, actor: Actor) -> bool {
        match actor {
            Actor::Task(id) => self.task(id).is_some_and(|t| t.state.is_end()),
            Actor::Thread(id) => self.thread(id).is_some_and(|t| t.state.is_end()),
            Actor::Run | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => false,
        }
    }

    // One line an event, so that what an event changes is found at a glance.
    #[rustfmt::skip]
    fn fold(&mut self, tables: &Tables, event: Event) {
        use Event as E;
        match event {
            E::TaskSpawned { task, by: _ } => self.task_spawned(tables, task),
            E::Queued { task, queue, end } => self.queued(tables, task, queue, end),
            E::Dequeued { task, queue, end } => self.leave_queue(queue, task.0, end),
            E::PollStarted { task, at, from } => self.poll_started(tables, task, at, from),
            E::PollEnded { task, at, result } => self.poll_ended(tables, task, at, result),
            E::Woken { task, by: _, effect } => self.woken(task, effect),
            E::WakerCloned { task, by: _ } => self.change_task(task, |t| t.wakers = t.wakers.saturating_add(1)),
            E::WakerDropped { task, by: _ } => self.change_task(task, |t| t.wakers = t.wakers.saturating_sub(1)),
            E::Moved { queues, count, ends } => self.moved(tables, queues, count, ends),
            E::BudgetExhausted { task, worker: _ } => self.change_task(task, |_| ()),
            E::TaskCompleted { task, by: _ } => self.end_task(task, TaskState::Completed),
            E::TaskCancelled { task, by: _ } => self.end_task(task, TaskState::Cancelled),
            E::TaskFreed { task, by: _ } => self.task_freed(task),
            E::TaskDetached { task, by: _ } => self.change_task(task, |t| t.detached = true),
            E::AbortRequested { task, by: _ } => self.change_task(task, |t| t.abort_requested = true),
            E::FutureCreated { future, by } => self.future_created(tables, future, by),
            E::FuturePolled { future, by: _ } => self.future_goes(future, FutureState::Polled),
            E::FutureCompleted { future, by: _ } => self.future_goes(future, FutureState::Completed),
            E::FutureDropped { future, by: _ } => self.future_goes(future, FutureState::Dropped),
            E::WorkerParked { worker, thread: _ } => self.set_worker(tables, worker, WorkerState::Parked),
            E::WorkerUnparked { worker, by: _ } => self.worker_unparked(tables, worker),
            E::WorkerSearching { worker } => self.set_worker(tables, worker, WorkerState::Searching),
            E::WorkerMoved { worker, thread } => self.worker_moved(tables, worker, thread),
            E::ThreadCreated { thread, by: _ } => self.thread_created(tables, thread),
            E::ThreadRunnable { thread, queue, end } => self.thread_runnable(tables, thread, queue, end),
            E::Dispatched { thread, cost, onto } => self.dispatched(thread, cost, onto),
            E::SwitchedOut { thread, core, reason } => self.switched_out(thread, core, reason),
            E::Migrated { thread, cores: _ } => self.change_thread(thread, |_| ()),
            E::ThreadBlocked { thread, on, reason } => self.set_thread(thread, ThreadState::Blocked(Wait::new(reason, on))),
            E::ThreadUnblocked { thread, by: _ } => self.thread_unblocked(thread),
            E::ThreadExited { thread, panicked } => self.thread_exited(thread, panicked),
            E::ResourceCreated { resource, by: _ } => self.change_resource(tables, resource, |_| ()),
            E::Acquired { resource, by, mode } => self.acquired(tables, resource, by, mode),
            E::AcquireWaiting { resource, by, mode } => self.resource_wait(tables, resource, by, WaitFor::Acquire(mode)),
            E::Released { resource, by, mode } => self.released(tables, resource, by, mode),
            E::WaitCancelled { resource, by } => self.resource_wait_over(tables, resource, by, None),
            E::SendWaiting { resource, by } => self.resource_wait(tables, resource, by, WaitFor::Send),
            E::Sent { resource, by } => self.sent(tables, resource, by),
            E::RecvWaiting { resource, by } => self.resource_wait(tables, resource, by, WaitFor::Receive),
            E::Received { resource, by } => self.received(tables, resource, by),
            E::ChannelClosed { resource, by: _ } => self.channel_closed(tables, resource),
            E::NotifyWaiting { resource, by } => self.resource_wait(tables, resource, by, WaitFor::Notify),
            E::Notified { resource, by: _, all: _ } => self.change_resource(tables, resource, |_| ()),
            E::NotifyReceived { resource, by } => self.resource_wait_over(tables, resource, by, Some(WaitFor::Notify)),
            E::WaitNamed { nth, by: _ } => self.named = Some((self.events, nth)),
            E::EndHeld { resource, by, end } => self.end_held(tables, resource, by, end),
            E::JoinWaiting { target, by } => self.wait_begins(by, Wait::Join(target)),
            E::Joined { target, by } | E::JoinCancelled { target, by } => self.join_over(by, target),
            E::TimerSet { timer, by } => self.timer_set(tables, timer, by),
            E::TimerFired { timer } | E::TimerCancelled { timer, by: _ } => self.timer_over(tables, timer),
            E::IoSubmitted { request, by } => self.io_submitted(tables, request, by),
            E::IoStarted { request, latency } => self.io_goes(request, RequestStage::Started { latency }),
            E::IoCompleted { request, device: _ } => self.io_goes(request, RequestStage::Unseen),
            E::IoDelivered { request, to: _ } | E::IoCancelled { request, by: _ } => self.io_over(request),
            E::WorkBegan { by, length } => self.set_activity(by, Some(Busy::Working), length),
            E::BlockBegan { by, length } => self.set_activity(by, Some(Busy::Blocking), length),
            E::WorkEnded { by } | E::BlockEnded { by } => self.set_activity(by, None, SimDuration::ZERO),
            E::Offloaded { by: _, to: _ } => {}
            E::TaskAllocated { task, bytes } => self.task_allocated(task, bytes),
            E::PriorityLent { thread, by } => self.priority_lent(tables, thread, by),
            E::PriorityReturned { thread, to: _ } => self.priority_returned(tables, thread),
            E::StackReserved { thread, bytes } => self.stack_reserved(thread, bytes),
            E::StackTouched { thread, bytes } => self.stack_touched(thread, bytes),
            E::SpanEntered { by, name } => self.spans.entry(by).or_default().push(name),
            E::SpanExited { by, name } => self.span_exited(by, name),
            E::Marked { .. } | E::Traced { .. } | E::Decided { .. } => {}
            E::Panicked { .. } | E::Noted { .. } | E::Failed { .. } => {}
            E::RunEnded { reason } => self.ended = Some(reason),
            E::StepBegan { by, at } => self.step_began(tables, by, at),
            E::BranchEnded { by, first } => self.branch_ended(tables, by, first),
        }
    }

    fn span_exited(&mut self, by: Actor, name: StrId) {
        let Some(stack) = self.spans.get_mut(&by) else { return };
        // Spans may be left out of order: the innermost of that name goes.
        if let Some(at) = stack.iter().rposition(|n| *n == name) {
            stack.remove(at);
        }
        if stack.is_empty() {
            self.spans.remove(&by);
        }
    }

    fn set_activity(&mut self, by: Actor, kind: Option<Busy>, length: SimDuration) {
        let activity = kind.map(|kind| Activity { kind, since: self.time, length });
        match by {
            Actor::Task(id) => self.change_task(id, |t| t.activity = activity),
            Actor::Thread(id) => self.change_thread(id, |t| t.activity = activity),
            Actor::Run | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => {}
        }
    }
}

/// What a running task or thread does with its time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Activity {
    /// Which of the two.
    pub kind: Busy,
    /// Since when.
    pub since: SimTime,
    /// How long it takes if nothing interrupts it.
    pub length: SimDuration,
}

/// The two ways to be busy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Busy {
    /// It computes.
    Working,
    /// It is in a blocking call.
    Blocking,
}

/// The entry at `index`, the vector grown to it if the tables know so many.
fn grown<T: Default>(entries: &mut Vec<T>, index: usize, known: usize) -> Option<&mut T> {
    if index >= entries.len() {
        if index >= known {
            return None;
        }
        entries.resize_with(index + 1, T::default);
    }
    entries.get_mut(index)
}
