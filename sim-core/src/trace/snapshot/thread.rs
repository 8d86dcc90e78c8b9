//! Threads, the cores they are on, and the workers that some of them run.
//!
//! ```text
//!              ThreadCreated            Dispatched           ThreadBlocked
//! NotCreated ──────────────▶ Runnable ────────────▶ Running ──────────────▶ Blocked
//!                               ▲ ▲    SwitchedOut    │ │                      │
//!                               │ └───────────────────┘ └─ ThreadExited ▶ Exited
//!                               └────────────── ThreadUnblocked ───────────────┘
//! ```

use super::{Activity, MAX_CORES, Snapshot, Standings, TaskState, Wait, grown};
use crate::instant::{SimDuration, SimTime};
use crate::trace::event::{End, Onto, SwitchReason};
use crate::trace::ids::*;
use crate::trace::tables::{Tables, ThreadKind};

/// The state of a thread.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum ThreadState {
    /// It does not exist yet.
    #[default]
    NotCreated,
    /// It wants a core.
    Runnable,
    /// It is on this core.
    Running(CoreId),
    /// It waits, and needs no core.
    Blocked(Wait),
    /// It has ended.
    Exited {
        /// Whether by a panic.
        panicked: bool,
    },
}

impl ThreadState {
    /// Whether nothing can happen to it any more.
    pub fn is_end(self) -> bool {
        match self {
            ThreadState::Exited { .. } => true,
            ThreadState::NotCreated | ThreadState::Runnable => false,
            ThreadState::Running(_) | ThreadState::Blocked(_) => false,
        }
    }

    /// The state in a word.
    pub const fn text(self) -> &'static str {
        match self {
            ThreadState::NotCreated => "Not created",
            ThreadState::Runnable => "Runnable",
            ThreadState::Running(_) => "Running",
            ThreadState::Blocked(_) => "Blocked",
            ThreadState::Exited { .. } => "Exited",
        }
    }
}

/// A thread after some event.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Thread {
    /// Its state.
    pub state: ThreadState,
    /// Since when it is in that state. While Runnable: since when it wants a core.
    pub since: SimTime,
    /// The run queue it stands in.
    pub queue: Option<QueueId>,
    /// The priority it goes by: its own, or the one that is lent to it.
    pub priority: i32,
    /// Who lends it its priority, while it holds what that one waits for.
    pub lender: Option<ThreadId>,
    /// How often it was put on a core.
    pub dispatches: u32,
    /// The core it was on last.
    pub last_core: Option<CoreId>,
    /// Bytes of addresses reserved for its stack.
    pub stack_reserved: u64,
    /// Bytes of it that are resident.
    pub stack_resident: u64,
    /// The number of the last event that changed it.
    pub last_event: usize,
    /// The worker that runs on it.
    pub worker: Option<WorkerId>,
    /// The task in whose poll it is while the worker that began that poll has gone on on another thread.
    pub without_worker: Option<TaskId>,
    /// What it does, in its own code.
    pub activity: Option<Activity>,
    /// The steps of its program that it stands at; one that panicked keeps the last.
    pub stands: Standings,
}

/// A core after some event.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Core {
    /// The thread on it.
    pub thread: Option<ThreadId>,
    /// Since when.
    pub since: SimTime,
}

/// What a worker does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum WorkerState {
    /// Between polls.
    #[default]
    Idle,
    /// It polls this task.
    Polling(TaskId),
    /// It looks into the other workers' queues.
    Searching,
    /// Nothing to poll: its thread sleeps.
    Parked,
}

/// A worker after some event.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Worker {
    /// What it does.
    pub state: WorkerState,
    /// Since when.
    pub since: SimTime,
    /// How many polls it has begun.
    pub polls: u64,
    /// The thread that it runs on; none: no event has told of it yet. [`Snapshot::thread_of`] knows the first one.
    pub thread: Option<ThreadId>,
}

impl Snapshot {
    pub(super) fn change_thread(&mut self, id: ThreadId, change: impl FnOnce(&mut Thread)) {
        if let Some(thread) = self.threads.get_mut(id.index()) {
            thread.last_event = self.events;
            change(thread);
        }
    }

    pub(super) fn set_thread(&mut self, id: ThreadId, state: ThreadState) {
        let Some(thread) = self.threads.get_mut(id.index()) else { return };
        if thread.state == ThreadState::NotCreated {
            return;
        }
        thread.last_event = self.events;
        if thread.state == state || thread.state.is_end() {
            return;
        }
        self.totals.runnable -= u32::from(thread.state == ThreadState::Runnable);
        self.totals.runnable += u32::from(state == ThreadState::Runnable);
        thread.state = state;
        thread.since = self.time;
    }

    pub(super) fn thread_created(&mut self, tables: &Tables, id: ThreadId) {
        let Some(thread) = grown(&mut self.threads, id.index(), tables.threads.len()) else { return };
        if thread.state == ThreadState::NotCreated {
            thread.state = ThreadState::Runnable;
            thread.since = self.time;
            thread.last_event = self.events;
            thread.priority = tables.threads.get(id.index()).map_or(0, |info| info.priority);
            self.totals.threads_created += 1;
            self.totals.runnable += 1;
            if let Some(ThreadKind::Worker(worker)) = tables.threads.get(id.index()).map(|info| info.kind) {
                self.runs_on(tables, worker, id);
            }
        }
    }

    pub(super) fn thread_runnable(&mut self, tables: &Tables, id: ThreadId, queue: QueueId, end: End) {
        let Some(thread) = self.threads.get(id.index()) else { return };
        if thread.state == ThreadState::NotCreated || thread.state.is_end() {
            return;
        }
        self.leave_run_queue(id);
        self.set_thread(id, ThreadState::Runnable);
        self.change_thread(id, |t| t.queue = Some(queue));
        self.join_queue(tables, queue, id.0, end);
    }

    fn leave_run_queue(&mut self, id: ThreadId) {
        let Some(thread) = self.threads.get_mut(id.index()) else { return };
        if let Some(queue) = thread.queue.take() {
            self.leave_queue(queue, id.0, End::Front);
        }
    }

    pub(super) fn dispatched(&mut self, id: ThreadId, cost: SimDuration, onto: Onto) {
        if self.threads.get(id.index()).is_none_or(|t| t.state == ThreadState::NotCreated || t.state.is_end()) {
            return;
        }
        self.leave_run_queue(id);
        self.set_thread(id, ThreadState::Running(onto.core));
        self.change_thread(id, |t| {
            t.dispatches = t.dispatches.saturating_add(1);
            t.last_core = Some(onto.core);
        });
        if let Some(core) = grown(&mut self.cores, onto.core.index(), MAX_CORES) {
            *core = Core { thread: Some(id), since: self.time };
        }
        self.totals.dispatches += 1;
        self.totals.switches += u64::from(onto.switch);
        self.totals.switch_cost += cost;
    }

    pub(super) fn switched_out(&mut self, id: ThreadId, core: CoreId, reason: SwitchReason) {
        if let Some(core) = self.cores.get_mut(core.index())
            && core.thread == Some(id)
        {
            *core = Core { thread: None, since: self.time };
        }
        let running = self.threads.get(id.index()).is_some_and(|t| matches!(t.state, ThreadState::Running(_)));
        match reason {
            SwitchReason::Preempted | SwitchReason::Yielded if running => self.set_thread(id, ThreadState::Runnable),
            // What it waits for, or that it ended, is an event of its own.
            SwitchReason::Preempted | SwitchReason::Yielded | SwitchReason::Blocked | SwitchReason::Exited => {
                self.change_thread(id, |_| ());
            }
        }
    }

    pub(super) fn thread_unblocked(&mut self, id: ThreadId) {
        if self.threads.get(id.index()).is_some_and(|t| matches!(t.state, ThreadState::Blocked(_))) {
            self.set_thread(id, ThreadState::Runnable);
        }
    }

    pub(super) fn priority_lent(&mut self, tables: &Tables, id: ThreadId, by: ThreadId) {
        if let Some(lent) = self.threads.get(by.index()).map(|lender| lender.priority) {
            self.set_priority(tables, id, lent, Some(by));
        }
    }

    pub(super) fn priority_returned(&mut self, tables: &Tables, id: ThreadId) {
        let own = tables.threads.get(id.index()).map_or(0, |info| info.priority);
        self.set_priority(tables, id, own, None);
    }

    fn set_priority(&mut self, tables: &Tables, id: ThreadId, priority: i32, lender: Option<ThreadId>) {
        let queue = self.threads.get(id.index()).and_then(|thread| thread.queue);
        self.change_thread(id, |t| (t.priority, t.lender) = (priority, lender));
        if let Some(queue) = queue {
            self.leave_queue(queue, id.0, End::Front);
            self.join_queue(tables, queue, id.0, End::Back);
        }
    }

    pub(super) fn thread_exited(&mut self, id: ThreadId, panicked: bool) {
        if self.threads.get(id.index()).is_none_or(|t| t.state.is_end() || t.state == ThreadState::NotCreated) {
            return;
        }
        self.leave_run_queue(id);
        self.set_thread(id, ThreadState::Exited { panicked });
        self.stack_reserved(id, 0);
        self.stack_touched(id, 0);
        self.change_thread(id, |t| {
            t.activity = None;
            if !panicked {
                t.stands = Standings::default();
            }
        });
    }

    pub(super) fn stack_reserved(&mut self, id: ThreadId, bytes: u64) {
        let Some(thread) = self.threads.get_mut(id.index()) else { return };
        let before = std::mem::replace(&mut thread.stack_reserved, bytes);
        self.totals.stack_reserved = self.totals.stack_reserved.saturating_sub(before).saturating_add(bytes);
    }

    pub(super) fn stack_touched(&mut self, id: ThreadId, bytes: u64) {
        let Some(thread) = self.threads.get_mut(id.index()) else { return };
        let before = std::mem::replace(&mut thread.stack_resident, bytes);
        self.totals.stack_resident = self.totals.stack_resident.saturating_sub(before).saturating_add(bytes);
    }

    pub(super) fn set_worker(&mut self, tables: &Tables, id: WorkerId, state: WorkerState) {
        let Some(worker) = grown(&mut self.workers, id.index(), tables.workers.len()) else { return };
        match state {
            WorkerState::Polling(_) => worker.polls += 1,
            WorkerState::Idle | WorkerState::Searching | WorkerState::Parked => {}
        }
        worker.state = state;
        worker.since = self.time;
    }

    fn runs_on(&mut self, tables: &Tables, id: WorkerId, thread: ThreadId) {
        if let Some(worker) = grown(&mut self.workers, id.index(), tables.workers.len()) {
            worker.thread = Some(thread);
            self.change_thread(thread, |t| t.worker = Some(id));
        }
    }

    pub(super) fn worker_moved(&mut self, tables: &Tables, id: WorkerId, thread: ThreadId) {
        if thread.index() >= self.threads.len() || id.index() >= self.workers.len() {
            return;
        }
        let left = self.polled_by(id);
        if let Some(from) = self.thread_of(tables, id) {
            self.change_thread(from, |t| (t.worker, t.without_worker) = (None, left.or(t.without_worker)));
            left.into_iter().for_each(|task| self.change_task(task, |t| t.state = TaskState::WithoutWorker(from)));
        }
        self.set_worker(tables, id, WorkerState::Idle);
        self.runs_on(tables, id, thread);
        if let Some(task) = self.threads[thread.index()].without_worker.take() {
            self.change_task(task, |t| t.state = TaskState::Polling(id));
            self.workers[id.index()].state = WorkerState::Polling(task);
        }
    }

    pub(super) fn worker_unparked(&mut self, tables: &Tables, id: WorkerId) {
        // A worker that is told to go on before it slept is polling or searching still.
        if self.workers.get(id.index()).is_some_and(|w| w.state == WorkerState::Parked) {
            self.set_worker(tables, id, WorkerState::Idle);
        }
    }
}
