//! Each task's and thread's own figures, and how long they waited to run.
//!
//! A unit is a task, or a thread that is no worker. On an async run the waits of tasks are counted, on a thread run
//! those of threads.

use super::collect::{is_plain_task, is_plain_thread};
use super::{SimTime, TaskMetrics};
use crate::trace::event::Event;
use crate::trace::ids::*;
use crate::trace::snapshot::{Snapshot, TaskState, ThreadState};
use crate::trace::tables::{Tables, ThreadKind};

pub(super) struct Units {
    threads_run: bool,
    units: Vec<State>,
    tasks: Vec<Option<u32>>,
    threads: Vec<Option<u32>>,
    /// Of the unit that the event is about, before it: what it did, and since when.
    before: Option<(Phase, SimTime)>,
    /// Every wait to run.
    pub waits: Vec<u64>,
    /// Those that began with a wake or unblock.
    pub wake_waits: Vec<u64>,
}

struct State {
    metrics: TaskMetrics,
    unit: Unit,
    /// What it waited for was there since then; a wake may come later.
    able_since: Option<SimTime>,
    /// It was waiting before it became able to run.
    waited: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unit {
    Task(TaskId),
    Thread(ThreadId),
}

/// What a unit's time is spent on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    Ready,
    Running,
    Waiting,
    Ended,
}

impl Units {
    pub(super) fn new(tables: &Tables) -> Units {
        Units {
            threads_run: tables.run.threads,
            units: Vec::new(),
            tasks: vec![None; tables.tasks.len()],
            threads: vec![None; tables.threads.len()],
            before: None,
            waits: Vec::new(),
            wake_waits: Vec::new(),
        }
    }

    /// Takes in what the event is about to change.
    pub(super) fn before(&mut self, tables: &Tables, snapshot: &Snapshot, time: SimTime, event: Event) {
        match event {
            Event::TaskSpawned { task, .. } => self.create(tables, Unit::Task(task), time),
            Event::ThreadCreated { thread, .. } => self.create(tables, Unit::Thread(thread), time),
            Event::IoCompleted { request, .. } => {
                if let Some(request) = snapshot.requests.get(&request) {
                    self.becomes_able(snapshot, request.owner, time);
                }
            }
            Event::TimerFired { timer } => {
                let deadline = tables.timers.get(timer.index()).copied().unwrap_or(time);
                if let Some(armed) = snapshot.timers.get(&(deadline, timer)) {
                    self.becomes_able(snapshot, armed.owner, deadline.min(time));
                }
            }
            // The rest makes nobody able to run.
            _ => {}
        }
        self.before = unit_of(event).and_then(|unit| phase(snapshot, unit));
    }

    /// Takes in what the event has changed.
    pub(super) fn after(&mut self, snapshot: &Snapshot, time: SimTime, event: Event) {
        let Some(unit) = unit_of(event) else { return };
        let (before, after) = (self.before, phase(snapshot, unit));
        let Some(state) = self.state(unit) else { return };
        state.metrics.wakes += u64::from(matches!(event, Event::Woken { .. }));
        if before == after {
            return;
        }
        if let Some((phase, since)) = before {
            state.spent(phase, since, time);
        }
        let Some((after, _)) = after else { return };
        match after {
            Phase::Ready => state.waited = before.is_some_and(|(phase, _)| phase == Phase::Waiting),
            Phase::Running => self.runs(unit, before, time),
            Phase::Waiting => state.able_since = None,
            Phase::Ended => {
                state.metrics.finish.get_or_insert(time);
            }
        }
    }

    /// The figures, those that are still running up to the end included.
    pub(super) fn finish(mut self, snapshot: &Snapshot) -> Vec<TaskMetrics> {
        for state in &mut self.units {
            if let Some((phase, since)) = phase(snapshot, state.unit) {
                state.spent(phase, since, snapshot.time);
            }
        }
        self.units.into_iter().map(|state| state.metrics).collect()
    }

    fn state(&mut self, unit: Unit) -> Option<&mut State> {
        let place = match unit {
            Unit::Task(id) => self.tasks.get(id.index()),
            Unit::Thread(id) => self.threads.get(id.index()),
        };
        place.copied().flatten().map(|place| &mut self.units[place as usize])
    }

    fn create(&mut self, tables: &Tables, unit: Unit, time: SimTime) {
        if self.state(unit).is_some() {
            return;
        }
        let (name, path, plain) = match unit {
            Unit::Task(id) => {
                let Some(info) = tables.tasks.get(id.index()) else { return };
                (tables.task_name(id), info.path, is_plain_task(tables, id))
            }
            Unit::Thread(id) => {
                let Some(info) = tables.threads.get(id.index()) else { return };
                if matches!(info.kind, ThreadKind::Worker(_)) {
                    return;
                }
                (tables.thread_name(id), info.path, is_plain_thread(tables, id))
            }
        };
        let place = Some(u32::try_from(self.units.len()).expect("a run has fewer than 2^32 tasks and threads"));
        match unit {
            Unit::Task(id) => self.tasks[id.index()] = place,
            Unit::Thread(id) => self.threads[id.index()] = place,
        }
        let path = tables.text(path).to_owned();
        let metrics = TaskMetrics { name, path, plain, spawned: time, ..TaskMetrics::default() };
        self.units.push(State { metrics, unit, able_since: None, waited: false });
    }

    // An answer that nobody has seen: its owner could run, and does not know.
    fn becomes_able(&mut self, snapshot: &Snapshot, owner: Actor, time: SimTime) {
        let Actor::Task(id) = owner else { return };
        if snapshot.task(id).is_some_and(|t| t.state == TaskState::Pending)
            && let Some(state) = self.state(Unit::Task(id))
        {
            state.able_since.get_or_insert(time);
        }
    }

    fn runs(&mut self, unit: Unit, before: Option<(Phase, SimTime)>, time: SimTime) {
        let counted = matches!(unit, Unit::Thread(_)) == self.threads_run;
        let Some(state) = self.state(unit) else { return };
        state.metrics.first_run.get_or_insert(time);
        state.metrics.polls += 1;
        let able = state.able_since.take();
        let waited = std::mem::take(&mut state.waited);
        let Some((_, since)) = before.filter(|(phase, _)| *phase == Phase::Ready && counted) else { return };
        let wait = time.since(able.map_or(since, |able| able.min(since))).as_nanos();
        self.waits.push(wait);
        if waited {
            self.wake_waits.push(wait);
        }
    }
}

impl State {
    fn spent(&mut self, phase: Phase, since: SimTime, until: SimTime) {
        let length = until.since(since);
        match phase {
            Phase::Ready => self.metrics.ready += length,
            Phase::Running => {
                self.metrics.running += length;
                self.metrics.longest_poll = self.metrics.longest_poll.max(length);
            }
            Phase::Waiting => self.metrics.waiting += length,
            Phase::Ended => {}
        }
    }
}

/// The task or thread whose state an event may change.
fn unit_of(event: Event) -> Option<Unit> {
    match event {
        Event::TaskSpawned { task, .. } | Event::Queued { task, .. } | Event::Woken { task, .. } => {
            Some(Unit::Task(task))
        }
        Event::PollStarted { task, .. } | Event::PollEnded { task, .. } => Some(Unit::Task(task)),
        Event::TaskCompleted { task, .. } | Event::TaskCancelled { task, .. } => Some(Unit::Task(task)),
        Event::ThreadCreated { thread, .. } | Event::ThreadRunnable { thread, .. } => Some(Unit::Thread(thread)),
        Event::Dispatched { thread, .. } | Event::SwitchedOut { thread, .. } => Some(Unit::Thread(thread)),
        Event::ThreadBlocked { thread, .. } | Event::ThreadUnblocked { thread, .. } => Some(Unit::Thread(thread)),
        Event::ThreadExited { thread, .. } => Some(Unit::Thread(thread)),
        // The rest leaves states as they are.
        _ => None,
    }
}

fn phase(snapshot: &Snapshot, unit: Unit) -> Option<(Phase, SimTime)> {
    match unit {
        Unit::Task(id) => {
            let task = snapshot.task(id)?;
            let phase = match task.state {
                TaskState::NotSpawned => return None,
                TaskState::Ready => Phase::Ready,
                TaskState::Polling(_) | TaskState::WithoutWorker(_) => Phase::Running,
                TaskState::Pending => Phase::Waiting,
                TaskState::Completed | TaskState::Cancelled | TaskState::Panicked => Phase::Ended,
            };
            Some((phase, task.since))
        }
        Unit::Thread(id) => {
            let thread = snapshot.thread(id)?;
            let phase = match thread.state {
                ThreadState::NotCreated => return None,
                ThreadState::Runnable => Phase::Ready,
                ThreadState::Running(_) => Phase::Running,
                ThreadState::Blocked(_) => Phase::Waiting,
                ThreadState::Exited { .. } => Phase::Ended,
            };
            Some((phase, thread.since))
        }
    }
}
