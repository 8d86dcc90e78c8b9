//! Tasks, the queues they stand in, and named futures.
//!
//! ```text
//!             TaskSpawned        PollStarted            PollEnded{Ready}
//! NotSpawned ────────────▶ Ready ──────────▶ Polling ──────────────────▶ Completed
//!                            ▲                 │  │ PollEnded{Panicked}
//!                            │      requeued   │  └────────────────────▶ Panicked
//!                            ├◀────────────────┤
//!                            │ Woken           │ PollEnded{Pending}
//!                            └────── Pending ◀─┘
//! Polling ── WorkerMoved, away from its thread ──▶ WithoutWorker ── PollEnded, as above; WorkerMoved, to it ──▶ Polling
//!                     (Ready, Polling, Pending) ── TaskCancelled ──────▶ Cancelled
//! ```

use super::{Activity, Snapshot, Standings, Wait, Waiting, WorkerState, grown};
use crate::instant::SimTime;
use crate::trace::event::{End, Ends, PollFrom, PollResult, WakeEffect};
use crate::trace::ids::*;
use crate::trace::tables::Tables;

/// The state of a task.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum TaskState {
    /// It does not exist yet.
    #[default]
    NotSpawned,
    /// It wants to be polled.
    Ready,
    /// This worker is polling it.
    Polling(WorkerId),
    /// Its poll goes on on this thread, whose worker has gone on on another.
    WithoutWorker(ThreadId),
    /// It waits to be woken.
    Pending,
    /// It has its result.
    Completed,
    /// It was dropped before it had one.
    Cancelled,
    /// It panicked.
    Panicked,
}

impl TaskState {
    /// Whether nothing can happen to it any more.
    pub fn is_end(self) -> bool {
        match self {
            TaskState::Completed | TaskState::Cancelled | TaskState::Panicked => true,
            TaskState::NotSpawned | TaskState::Ready | TaskState::Pending => false,
            TaskState::Polling(_) | TaskState::WithoutWorker(_) => false,
        }
    }

    /// The state in a word.
    pub const fn text(self) -> &'static str {
        match self {
            TaskState::NotSpawned => "Not spawned",
            TaskState::Ready => "Ready",
            TaskState::Polling(_) | TaskState::WithoutWorker(_) => "Polling",
            TaskState::Pending => "Pending",
            TaskState::Completed => "Completed",
            TaskState::Cancelled => "Cancelled",
            TaskState::Panicked => "Panicked",
        }
    }
}

/// A task after some event.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Task {
    /// Its state.
    pub state: TaskState,
    /// Since when it is in that state. While Ready: since when it wants to be polled. While it is polled: since its poll
    /// began, with its worker or without.
    pub since: SimTime,
    /// How often it was polled.
    pub polls: u32,
    /// How many clones of its waker are alive.
    pub wakers: u32,
    /// It is being polled and was woken since: it will be requeued.
    pub wake_pending: bool,
    /// Its poll took it from no queue (a main future): a requeue puts it into none.
    pub direct: bool,
    /// Its handle was dropped.
    pub detached: bool,
    /// Someone asked for its end.
    pub abort_requested: bool,
    /// Its memory is free again.
    pub freed: bool,
    /// Bytes it holds by the cost model.
    pub bytes: u64,
    /// The number of the last event that changed it.
    pub last_event: usize,
    /// What it waits for, oldest first. It may be Ready or Polling at the same time: waits of a join's other branches.
    pub waits: Vec<Waiting>,
    /// What it does in its poll.
    pub activity: Option<Activity>,
    /// The steps of its program that it stands at; one that was dropped or panicked keeps the last.
    pub stands: Standings,
}

/// How far a named future has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum FutureState {
    /// It does not exist yet.
    #[default]
    NotCreated,
    /// It exists, and nobody has polled it: it does nothing.
    Created,
    /// It was polled.
    Polled,
    /// It has its value.
    Completed,
    /// It was dropped without one.
    Dropped,
}

/// A named future after some event.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct NamedFuture {
    /// How far it has come.
    pub state: FutureState,
    /// Since when.
    pub since: SimTime,
    /// Who created it.
    pub owner: Option<Actor>,
    /// The number of the last event that changed it.
    pub last_event: usize,
}

impl Snapshot {
    pub(super) fn change_task(&mut self, id: TaskId, change: impl FnOnce(&mut Task)) {
        if let Some(task) = self.tasks.get_mut(id.index()) {
            task.last_event = self.events;
            change(task);
        }
    }

    fn set_task(&mut self, id: TaskId, state: TaskState) {
        let Some(task) = self.tasks.get_mut(id.index()) else { return };
        if task.state == TaskState::NotSpawned {
            return;
        }
        task.last_event = self.events;
        if task.state == state {
            return;
        }
        self.totals.ready -= u32::from(task.state == TaskState::Ready);
        self.totals.ready += u32::from(state == TaskState::Ready);
        task.state = state;
        task.since = self.time;
    }

    pub(super) fn task_spawned(&mut self, tables: &Tables, id: TaskId) {
        let Some(task) = grown(&mut self.tasks, id.index(), tables.tasks.len()) else { return };
        if task.state != TaskState::NotSpawned {
            return;
        }
        *task = Task { state: TaskState::Ready, since: self.time, last_event: self.events, ..Task::default() };
        self.totals.tasks_spawned += 1;
        self.totals.live_tasks += 1;
        self.totals.ready += 1;
    }

    pub(super) fn queued(&mut self, tables: &Tables, id: TaskId, queue: QueueId, end: End) {
        if self.is_alive(id) {
            self.set_task(id, TaskState::Ready);
            self.join_queue(tables, queue, id.0, end);
        }
    }

    pub(super) fn poll_started(&mut self, tables: &Tables, id: TaskId, at: WorkerQueue, from: PollFrom) {
        match from {
            PollFrom::Front => self.leave_queue(at.queue, id.0, End::Front),
            PollFrom::Back => self.leave_queue(at.queue, id.0, End::Back),
            PollFrom::Direct => {}
        }
        if !self.is_alive(id) {
            return;
        }
        self.set_task(id, TaskState::Polling(at.worker));
        self.change_task(id, |task| {
            task.polls = task.polls.saturating_add(1);
            task.wake_pending = false;
            task.direct = from == PollFrom::Direct;
        });
        self.set_worker(tables, at.worker, WorkerState::Polling(id));
        self.totals.polls += 1;
    }

    pub(super) fn poll_ended(&mut self, tables: &Tables, id: TaskId, at: WorkerQueue, result: PollResult) {
        let Some(task) = self.tasks.get_mut(id.index()) else { return };
        task.activity = None;
        task.wake_pending = false;
        let (direct, state) = (task.direct, task.state);
        if let TaskState::WithoutWorker(thread) = state {
            self.change_thread(thread, |t| t.without_worker = None);
        }
        let queued = !direct && self.is_alive(id);
        if self.polled_by(at.worker) == Some(id) {
            self.set_worker(tables, at.worker, WorkerState::Idle);
        }
        match result {
            PollResult::Pending | PollResult::Cut => self.leave_poll(id, TaskState::Pending),
            PollResult::RequeuedBack | PollResult::PreemptedBack => self.leave_poll(id, TaskState::Ready),
            PollResult::RequeuedFront | PollResult::PreemptedFront => self.leave_poll(id, TaskState::Ready),
            PollResult::Ready => self.end_task(id, TaskState::Completed),
            PollResult::Panicked => self.end_task(id, TaskState::Panicked),
        }
        match result {
            PollResult::RequeuedBack | PollResult::PreemptedBack if queued => {
                self.join_queue(tables, at.queue, id.0, End::Back);
            }
            PollResult::RequeuedFront | PollResult::PreemptedFront if queued => {
                self.join_queue(tables, at.queue, id.0, End::Front);
            }
            PollResult::PreemptedBack | PollResult::PreemptedFront => {}
            PollResult::RequeuedBack | PollResult::RequeuedFront | PollResult::Pending => {}
            PollResult::Ready | PollResult::Panicked | PollResult::Cut => {}
        }
    }

    // A task that ended inside its poll stays ended.
    fn leave_poll(&mut self, id: TaskId, state: TaskState) {
        if self.is_alive(id) {
            self.set_task(id, state);
        }
    }

    // Spawned, and not ended.
    fn is_alive(&self, id: TaskId) -> bool {
        self.tasks.get(id.index()).is_some_and(|t| t.state != TaskState::NotSpawned && !t.state.is_end())
    }

    pub(super) fn woken(&mut self, id: TaskId, effect: WakeEffect) {
        self.totals.wakes += 1;
        match effect {
            WakeEffect::Queued => self.leave_poll(id, TaskState::Ready),
            WakeEffect::Redundant => self.totals.redundant_wakes += 1,
            WakeEffect::Stale => self.totals.stale_wakes += 1,
            WakeEffect::OwnPoll => {
                self.totals.self_wakes += 1;
                self.change_task(id, |t| t.wake_pending = true);
            }
            WakeEffect::DuringPoll => self.change_task(id, |t| t.wake_pending = true),
        }
    }

    pub(super) fn end_task(&mut self, id: TaskId, state: TaskState) {
        let Some(task) = self.tasks.get_mut(id.index()) else { return };
        if task.state.is_end() || task.state == TaskState::NotSpawned {
            task.last_event = self.events;
            return;
        }
        task.activity = None;
        task.wake_pending = false;
        if state == TaskState::Completed {
            task.stands = Standings::default();
        }
        let waits = std::mem::take(&mut task.waits);
        self.set_task(id, state);
        self.totals.live_tasks -= 1;
        for waiting in waits {
            if let Some(resource) = waiting.wait.resource() {
                self.forget_waiter(resource, Actor::Task(id));
            }
        }
    }

    pub(super) fn task_allocated(&mut self, id: TaskId, bytes: u64) {
        let before = self.tasks.get(id.index()).map_or(0, |t| t.bytes);
        if id.index() < self.tasks.len() {
            self.totals.task_bytes = self.totals.task_bytes.saturating_sub(before).saturating_add(bytes);
        }
        self.change_task(id, |t| t.bytes = bytes);
    }

    pub(super) fn task_freed(&mut self, id: TaskId) {
        self.task_allocated(id, 0);
        self.change_task(id, |t| t.freed = true);
    }

    pub(super) fn future_created(&mut self, tables: &Tables, id: FutureId, by: Actor) {
        if let Some(future) = grown(&mut self.futures, id.index(), tables.futures.len()) {
            future.owner = Some(by);
            self.future_goes(id, FutureState::Created);
        }
    }

    pub(super) fn future_goes(&mut self, id: FutureId, state: FutureState) {
        if let Some(future) = self.futures.get_mut(id.index()) {
            future.state = state;
            future.since = self.time;
            future.last_event = self.events;
        }
    }

    pub(super) fn wait_begins(&mut self, by: Actor, wait: Wait) {
        let waiting = Waiting { wait, since: self.time, event: self.events };
        match by {
            Actor::Task(id) => self.change_task(id, |t| t.waits.push(waiting)),
            // A thread's wait is its Blocked state.
            Actor::Thread(_) => {}
            Actor::Run | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => {}
        }
    }

    /// The wait that the event of this number began is over.
    pub(super) fn wait_over(&mut self, by: Actor, event: usize) {
        self.forget_wait(by, |wait| wait.event == event);
    }

    pub(super) fn join_over(&mut self, by: Actor, target: Actor) {
        self.forget_wait(by, |waiting| waiting.wait == Wait::Join(target));
    }

    pub(super) fn forget_wait(&mut self, by: Actor, such: impl Fn(&Waiting) -> bool) {
        let Actor::Task(id) = by else { return };
        self.change_task(id, |task| {
            if let Some(at) = task.waits.iter().position(such) {
                task.waits.remove(at);
            }
        });
    }

    pub(super) fn join_queue(&mut self, tables: &Tables, queue: QueueId, entry: u32, end: End) {
        let Some(queue) = grown(&mut self.queues, queue.index(), tables.queues.len()) else { return };
        match end {
            End::Front => queue.push_front(entry),
            End::Back => queue.push_back(entry),
        }
    }

    /// Takes the entry out, from `end` where it stands there, as it always does in a whole trace.
    pub(super) fn leave_queue(&mut self, queue: QueueId, entry: u32, end: End) {
        let Some(queue) = self.queues.get_mut(queue.index()) else { return };
        match end {
            End::Front if queue.front() == Some(&entry) => queue.pop_front(),
            End::Back if queue.back() == Some(&entry) => queue.pop_back(),
            End::Front | End::Back => {
                queue.iter().position(|e| *e == entry).and_then(|position| queue.remove(position))
            }
        };
    }

    pub(super) fn moved(&mut self, tables: &Tables, queues: QueuePair, count: u32, ends: Ends) {
        let waiting = self.queues.get(queues.from.index()).map_or(0, |q| q.len());
        if queues.to.index() >= tables.queues.len() {
            return;
        }
        let mut block = Vec::new();
        for _ in 0..waiting.min(count as usize) {
            let Some(from) = self.queues.get_mut(queues.from.index()) else { return };
            let entry = match ends.from {
                End::Front => from.pop_front(),
                End::Back => from.pop_back(),
            };
            block.extend(entry);
        }
        // They keep their order: what was taken last joins first where that end asks for it.
        if ends.from == ends.to {
            block.reverse();
        }
        for entry in block {
            self.join_queue(tables, queues.to, entry, ends.to);
            self.totals.stolen += u64::from(ends.stolen);
        }
    }
}
