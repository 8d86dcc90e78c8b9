//! What the cores did: busy time, computing, and context switches by reason.
//!
//! Owns the account of each thread's time on a core. A stretch of computing counts while its thread is on a core, from
//! when the switch onto it is paid; all is clipped to the makespan.

use super::{SimDuration, SimTime, Switches};
use crate::trace::event::{Event, SwitchReason};
use crate::trace::ids::*;
use crate::trace::snapshot::{MAX_CORES, Snapshot};
use crate::trace::tables::Tables;

pub(super) struct Cores {
    makespan: SimTime,
    threads: Vec<OnCore>,
    left_for: Vec<Option<SwitchReason>>,
    pub busy: SimDuration,
    pub work: SimDuration,
    pub switches: Switches,
}

/// What a thread's time on a core is spent on.
#[derive(Clone, Copy, Default)]
struct OnCore {
    since: Option<SimTime>,
    working: bool,
    work_from: SimTime,
}

impl Cores {
    pub(super) fn new(tables: &Tables, makespan: SimTime) -> Cores {
        Cores {
            makespan,
            threads: vec![OnCore::default(); tables.threads.len()],
            left_for: vec![None; MAX_CORES],
            busy: SimDuration::ZERO,
            work: SimDuration::ZERO,
            switches: Switches::default(),
        }
    }

    /// Takes in an event; `before` is the state that it has yet to change.
    pub(super) fn note(&mut self, tables: &Tables, before: &Snapshot, time: SimTime, event: Event) {
        match event {
            Event::Dispatched { thread, cost, onto } => {
                if let Some(state) = self.threads.get_mut(thread.index()) {
                    state.since = Some(time);
                    state.work_from = time + cost;
                }
                self.switches.cost += cost;
                if onto.switch {
                    self.switched(onto.core);
                }
            }
            Event::SwitchedOut { thread, core, reason } => {
                self.leaves(thread, time);
                if let Some(left) = self.left_for.get_mut(core.index()) {
                    *left = Some(reason);
                }
            }
            Event::WorkBegan { by, .. } => {
                if let Some(state) = thread_of(tables, before, by).and_then(|t| self.threads.get_mut(t.index())) {
                    state.working = true;
                    state.work_from = state.work_from.max(time);
                }
            }
            Event::WorkEnded { by } => self.work_ends(thread_of(tables, before, by), time),
            // A poll that is cut off or panics in the middle of computing ends that, too.
            Event::PollEnded { task, .. } => self.work_ends(thread_of(tables, before, Actor::Task(task)), time),
            // The rest takes no core and leaves none.
            _ => {}
        }
    }

    /// The run is over: who is on a core still leaves it.
    pub(super) fn end(&mut self, time: SimTime) {
        for thread in (0..self.threads.len()).map(ThreadId::from_index) {
            self.leaves(thread, time);
        }
    }

    fn switched(&mut self, core: CoreId) {
        self.switches.all += 1;
        match self.left_for.get(core.index()).copied().flatten() {
            Some(SwitchReason::Blocked) => self.switches.blocked += 1,
            Some(SwitchReason::Preempted) => self.switches.preempted += 1,
            Some(SwitchReason::Yielded) => self.switches.yielded += 1,
            Some(SwitchReason::Exited) => self.switches.exited += 1,
            None => {}
        }
    }

    fn leaves(&mut self, thread: ThreadId, time: SimTime) {
        let end = time.min(self.makespan);
        let Some(state) = self.threads.get_mut(thread.index()) else { return };
        let Some(since) = state.since.take() else { return };
        self.busy += end.since(since);
        if state.working {
            self.work += end.since(state.work_from);
        }
    }

    fn work_ends(&mut self, thread: Option<ThreadId>, time: SimTime) {
        let end = time.min(self.makespan);
        let Some(state) = thread.and_then(|t| self.threads.get_mut(t.index())) else { return };
        if std::mem::take(&mut state.working) && state.since.is_some() {
            self.work += end.since(state.work_from);
        }
    }
}

/// The thread whose core an actor uses.
fn thread_of(tables: &Tables, state: &Snapshot, actor: Actor) -> Option<ThreadId> {
    match actor {
        Actor::Thread(id) => Some(id),
        Actor::Worker(id) => state.thread_of(tables, id),
        Actor::Task(id) => state.polled_on(tables, id),
        Actor::Run | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => None,
    }
}
