//! The kernel: everything the simulated computer knows, and the one place where it changes.
//!
//! Owns clock, cores, threads, run queue, pending timers and requests, and the recorder. Every change is recorded as
//! it is made. Runs no user code and holds no future: [`super::sim`] resumes bodies, with the kernel not borrowed.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::panic::Location;

use super::costs::Costs;
use super::decide::{Choice, Decider};
use super::devices::{DeviceState, Request, TimerState};
use super::origins::Origins;
use super::panics::Place;
use super::place::OpPlace;
use super::policy::{ThreadPolicy, ThreadView};
use super::resource::{Granted, Resource};
use super::spec::{Limits, Machine, Watcher};
use super::threads::Thread;
use super::unseen::Unseen;
use crate::instant::{SimDuration, SimTime};
use crate::trace::event::{DecisionKind, EndReason, Event};
use crate::trace::ids::*;
use crate::trace::store::Recorder;
use crate::trace::tables::{Decision, DeviceInfo, QueueInfo, QueueKind, SourcePlace, Tables};

/// The run queue's id: the first queue of every run.
pub(crate) const RUN_QUEUE: QueueId = QueueId(0);

/// How many such things at once end a run: a bug in the program under study, not a use.
pub(crate) const MOST_THREADS: usize = 1 << 20;

pub(crate) struct Kernel {
    pub now: SimTime,
    /// A running body may move the clock by itself to any moment before this one: nothing else happens until then.
    pub horizon: SimTime,
    pub recording: bool,
    pub recorder: Recorder,
    pub interrupted: bool,
    pub costs: Costs,
    pub limits: Limits,
    pub steps: u64,
    pub cores: Vec<Core>,
    pub threads: Vec<Thread>,
    pub run_queue: VecDeque<ThreadView>,
    /// Tasks that are Ready, by queue; the run queue's place stays empty.
    pub queues: Vec<VecDeque<u32>>,
    pub policy: Box<dyn ThreadPolicy>,
    pub devices: Vec<DeviceState>,
    pub requests: BTreeMap<RequestId, Request>,
    pub timers: BTreeMap<TimerId, TimerState>,
    /// Whether what completes for a task lies unseen until a worker turns the driver.
    pub turned: bool,
    /// What has completed and nobody has seen, by driver.
    pub unseen: Unseen,
    /// The thread that was resumed last: the one whose code runs, if any does.
    pub running: ThreadId,
    /// To what the timers of tasks are rounded up; zero: not at all.
    pub timer_step: SimDuration,
    pub resources: Vec<Resource>,
    pub agenda: BinaryHeap<Reverse<Scheduled>>,
    /// Whether a timer was given up since the agenda was looked through.
    pub given_up: bool,
    pub submissions: u64,
    pub waiters: u64,
    /// Whether whoever holds a lock inherits the priority of those that wait for it.
    pub inherits: bool,
    /// Waiters that were granted what they wait for and have not looked yet, by key.
    pub granted: BTreeMap<u64, Granted>,
    /// Is shown the machine's own view after every step.
    pub watcher: Option<Watcher>,
    pub decider: Decider,
    pub origins: Origins,
}

/// A simulated CPU.
pub(crate) struct Core {
    pub thread: Option<ThreadId>,
    /// The thread that was on it last.
    pub last: Option<ThreadId>,
    /// Since when nothing is on it.
    pub free_since: SimTime,
    /// When the thread on it is to be resumed.
    pub segment_end: SimTime,
    /// When others get their turn.
    pub quantum_end: SimTime,
    /// Until when the policy knows how long the thread on it has run.
    pub settled_at: SimTime,
}

/// What the future holds. At one moment: in order of submission.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Scheduled {
    pub time: SimTime,
    pub submission: u64,
    pub what: Due,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Due {
    Timer(TimerId),
    Completion(RequestId),
    /// Nothing but a moment at which the executor is asked.
    Look,
}

/// A core whose thread goes on next, before anything else happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NextWork {
    pub core: CoreId,
    time: SimTime,
    horizon: SimTime,
}

/// What the driver does next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    Due(Due),
    Resume(CoreId),
    QuantumOver(CoreId),
    End(EndReason),
}

impl Kernel {
    pub fn new(machine: Machine) -> Kernel {
        let policy = machine.scheduler.policy();
        let mut info = machine.info;
        let costs = machine.costs.for_model(&info.model);
        info.costs.clone_from(&costs.name);
        info.seed = machine.seed;
        info.cores = machine.cores;
        info.thread_bytes = (costs.stack_reserved, costs.stack_resident);
        info.switch_cost = costs.thread_switch;
        let mut recorder = Recorder::new(Tables { run: info, ..Tables::default() }, machine.sink);
        let name = recorder.intern("run queue");
        recorder.tables_mut().queues.push(QueueInfo { name, kind: QueueKind::Run });
        for device in &machine.devices {
            let name = recorder.intern(&device.name);
            recorder.tables_mut().devices.push(DeviceInfo { name, in_flight: device.in_flight });
        }
        let core = || Core {
            thread: None,
            last: None,
            free_since: SimTime::ZERO,
            segment_end: SimTime::ZERO,
            quantum_end: SimTime::MAX,
            settled_at: SimTime::ZERO,
        };
        Kernel {
            now: SimTime::ZERO,
            horizon: SimTime::ZERO,
            recording: machine.recording,
            recorder,
            interrupted: false,
            costs,
            limits: machine.limits,
            steps: 0,
            cores: (0..machine.cores).map(|_| core()).collect(),
            threads: Vec::new(),
            run_queue: VecDeque::new(),
            queues: vec![VecDeque::new()],
            policy,
            devices: machine.devices.into_iter().map(DeviceState::new).collect(),
            requests: BTreeMap::new(),
            timers: BTreeMap::new(),
            turned: false,
            unseen: Unseen::default(),
            running: ThreadId(0),
            timer_step: SimDuration::ZERO,
            resources: Vec::new(),
            agenda: BinaryHeap::new(),
            given_up: false,
            submissions: 0,
            waiters: 0,
            inherits: machine.inherits,
            granted: BTreeMap::new(),
            watcher: machine.watcher,
            decider: Decider::new(machine.seed, machine.replay),
            origins: Origins::default(),
        }
    }

    /// Writes an event as of now.
    #[inline(always)]
    pub fn record(&mut self, event: Event) {
        if self.recording {
            // One look at the room for both: after it the recorder's own is known to find some.
            if self.recorder.is_full() {
                self.next_chunk();
                return self.recorder.record(self.now, event);
            }
            self.recorder.record(self.now, event);
        }
    }

    #[cold]
    fn next_chunk(&mut self) {
        if !self.recorder.next_chunk() {
            self.interrupted = true;
            self.horizon = self.now;
        }
    }

    pub fn intern(&mut self, text: &str) -> StrId {
        if text.is_empty() { StrId(0) } else { self.recorder.intern(text) }
    }

    /// A place in the source, its file named once.
    pub fn place(&mut self, at: &'static Location<'static>) -> SourcePlace {
        self.place_in(at.file(), at.line(), at.column())
    }

    /// Where a panic with this message was raised; the first place is kept.
    pub fn panic_place(&mut self, text: StrId, place: &Place) {
        let at = self.place_in(&place.file, place.line, place.column);
        let panics = &mut self.recorder.tables_mut().panics;
        if panics.iter().all(|(known, _)| *known != text) {
            panics.push((text, at));
        }
    }

    fn place_in(&mut self, path: &str, line: u32, column: u32) -> SourcePlace {
        let tables = self.recorder.tables_mut();
        // Places name few files, and mostly the one named last.
        let file = tables.files.iter().rposition(|file| file == path).unwrap_or_else(|| {
            tables.files.push(path.to_owned());
            tables.files.len() - 1
        });
        SourcePlace { file: u32::try_from(file).unwrap_or(u32::MAX), line, column }
    }

    /// Adds a named list of tasks.
    pub fn add_queue(&mut self, name: &str, owner: Option<WorkerId>) -> QueueId {
        let name = self.intern(name);
        self.recorder.tables_mut().queues.push(QueueInfo { name, kind: QueueKind::Ready { owner } });
        self.queues.push(VecDeque::new());
        assert!(self.queues.len() <= 1 << 16, "a run has at most 65,535 queues");
        QueueId::from_index(self.queues.len() - 1)
    }

    /// Puts a thing on the agenda.
    pub fn schedule(&mut self, time: SimTime, submission: u64, what: Due) {
        self.horizon = self.horizon.min(time);
        self.agenda.push(Reverse(Scheduled { time, submission, what }));
    }

    pub fn next_submission(&mut self) -> u64 {
        self.submissions += 1;
        self.submissions
    }

    /// A choice of the world for `by`; in a Program, for this place of it.
    pub fn decide_world(&mut self, kind: DecisionKind, by: Actor, place: Option<&OpPlace>, below: u64) -> u64 {
        let (path, choice) = match place {
            Some(place) => (place.path.to_string(), self.decider.of_place(kind, &place.path, place.round, below)),
            None => {
                let path = self.origins.path(self.recorder.tables(), by);
                let choice = self.decider.of_world(kind, &path, below);
                (path, choice)
            }
        };
        let path = self.intern(&path);
        self.record_choice(kind, path, &choice, below);
        choice.taken
    }

    /// A choice of scheduling.
    pub fn decide_scheduling(&mut self, kind: DecisionKind, below: u64) -> u64 {
        let choice = self.decider.of_scheduling(kind, below);
        self.record_choice(kind, StrId(0), &choice, below);
        choice.taken
    }

    pub fn record_choice(&mut self, kind: DecisionKind, path: StrId, choice: &Choice, among: u64) {
        if !self.recording {
            return;
        }
        let decisions = &mut self.recorder.tables_mut().decisions;
        decisions.push(Decision { kind, path, nth: choice.nth, taken: choice.taken, among });
        let decision = u32::try_from(decisions.len() - 1).expect("a run makes fewer than 2^32 decisions");
        self.record(Event::Decided { decision, kind });
    }

    /// Counts a step of a body that runs on without the driver; at the limit the driver is asked before time passes.
    #[inline]
    pub fn count_step(&mut self) {
        self.steps += 1;
        if self.steps >= self.limits.steps {
            self.horizon = self.now;
        }
    }

    /// What happens next. Moves the clock if nothing is left to do at this moment.
    pub fn next_step(&mut self) -> Step {
        self.steps += 1;
        if self.steps > self.limits.steps {
            return Step::End(EndReason::StepLimit);
        }
        if self.interrupted {
            return Step::End(EndReason::Interrupted);
        }
        loop {
            self.forget_cancelled();
            if let Some(step) = self.step_now() {
                return step;
            }
            if self.dispatch() {
                continue;
            }
            let Some(next) = self.next_time() else { return Step::End(EndReason::Stuck) };
            // What would come later than a trace can say is held at its last moment, and never happens.
            if next > self.limits.time || next == SimTime::MAX {
                self.now = self.limits.time;
                return Step::End(EndReason::TimeLimit);
            }
            self.now = next;
        }
    }

    /// The next core whose thread goes on because its work has ended. None: something else is to be looked at before.
    #[inline]
    pub fn next_work(&self) -> Option<NextWork> {
        if self.given_up || self.interrupted || self.watcher.is_some() || self.steps >= self.limits.steps {
            return None;
        }
        let (mut first, mut second, mut place) = (SimTime::MAX, SimTime::MAX, None);
        for (index, core) in self.cores.iter().enumerate() {
            if core.thread.is_none() {
                if !self.run_queue.is_empty() {
                    return None;
                }
                continue;
            }
            // At one moment the first core goes first.
            let ends = core.segment_end.min(core.quantum_end);
            if ends < first {
                (second, first, place) = (first, ends, Some(index));
            } else {
                second = second.min(ends);
            }
        }
        let place = place?;
        let Core { segment_end, quantum_end, .. } = self.cores[place];
        if segment_end > first || first > self.limits.time || first == SimTime::MAX {
            return None;
        }
        let mut horizon = second.min(quantum_end).min(self.limits.time.saturating_add(SimDuration::from_nanos(1)));
        if let Some(Reverse(due)) = self.agenda.peek() {
            if due.time <= first {
                return None;
            }
            horizon = horizon.min(due.time);
        }
        Some(NextWork { core: CoreId::from_index(place), time: first, horizon })
    }

    /// Moves the clock to the end of that core's work: a step as any other.
    #[inline]
    pub fn go_to(&mut self, next: NextWork) {
        self.steps += 1;
        self.now = self.now.max(next.time);
        self.horizon = next.horizon;
    }

    /// A timer that was given up must not move the clock.
    fn forget_cancelled(&mut self) {
        self.given_up = false;
        while let Some(Reverse(Scheduled { what: Due::Timer(timer), .. })) = self.agenda.peek() {
            if self.timers.contains_key(timer) {
                return;
            }
            self.agenda.pop();
        }
    }

    /// At one moment: completions and timers in order of submission, then ends of work and quanta by core.
    fn step_now(&mut self) -> Option<Step> {
        if self.agenda.peek().is_some_and(|Reverse(due)| due.time <= self.now) {
            return self.agenda.pop().map(|Reverse(due)| Step::Due(due.what));
        }
        for (index, core) in self.cores.iter().enumerate() {
            if core.thread.is_none() {
                continue;
            }
            if core.segment_end <= self.now {
                return Some(Step::Resume(CoreId::from_index(index)));
            }
            if core.quantum_end <= self.now {
                return Some(Step::QuantumOver(CoreId::from_index(index)));
            }
        }
        None
    }

    fn next_time(&self) -> Option<SimTime> {
        let agenda = self.agenda.peek().map(|Reverse(due)| due.time);
        let busy = self.cores.iter().filter(|core| core.thread.is_some());
        busy.map(|core| core.segment_end.min(core.quantum_end)).chain(agenda).min()
    }

    /// How far the body on `core` may move the clock by itself: before anything else happens.
    pub fn set_horizon(&mut self, core: CoreId) {
        let mut horizon = self.limits.time.saturating_add(SimDuration::from_nanos(1));
        if let Some(Reverse(due)) = self.agenda.peek() {
            horizon = horizon.min(due.time);
        }
        let mut idle = false;
        for (index, other) in self.cores.iter().enumerate() {
            idle |= other.thread.is_none();
            if index == core.index() {
                horizon = horizon.min(other.quantum_end);
            } else if other.thread.is_some() {
                horizon = horizon.min(other.segment_end).min(other.quantum_end);
            }
        }
        if (idle && !self.run_queue.is_empty()) || self.watcher.is_some() {
            horizon = self.now;
        }
        self.horizon = horizon;
    }
}
