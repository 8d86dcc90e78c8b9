//! The kernel: everything the simulated computer knows, and the one place where it changes.
//!
//! Owns clock, cores, threads, run queue, pending timers and requests, and the recorder. Every change is recorded as
//! it is made. [`super::next`] says what happens next. Runs no user code and holds no future: [`super::sim`] resumes bodies,
//! with the kernel not borrowed.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::panic::Location;

use super::costs::Costs;
use super::decide::{Choice, Decider};
use super::devices::{DeviceState, Request, TimerState};
use super::next::Scheduled;
use super::origins::Origins;
use super::panics::Place;
use super::place::OpPlace;
use super::policy::{ThreadPolicy, ThreadView};
use super::resource::{Granted, Resource};
use super::spec::{Limits, Machine, Watcher};
use super::threads::Thread;
use super::timer_lists::TimerLists;
use super::timer_step::TimerStep;
use super::unseen::Unseen;
use super::waits::Shown;
use crate::instant::SimTime;
use crate::trace::event::{DecisionKind, Event};
use crate::trace::ids::*;
use crate::trace::store::Recorder;
use crate::trace::tables::{Decision, DeviceInfo, QueueInfo, QueueKind, SourcePlace, Tables, Takers};

/// The run queue's id: the first queue of every run.
pub(crate) const RUN_QUEUE: QueueId = QueueId(0);

/// How many such things at once end a run: a bug in the program under study, not a use.
pub(crate) const MOST_THREADS: usize = 1 << 20;

/// So many queues of tasks, beside the run queue: an event names them with 16 bits.
pub(crate) const MOST_QUEUES: usize = (1 << 16) - 1;

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
    /// Whether a thread left its core, and nobody has been picked since.
    pub freed: bool,
    /// Tasks that are Ready, by queue; the run queue's place stays empty.
    pub queues: Vec<VecDeque<u32>>,
    pub policy: Box<dyn ThreadPolicy>,
    pub devices: Vec<DeviceState>,
    pub requests: BTreeMap<RequestId, Request>,
    pub timers: BTreeMap<TimerId, TimerState>,
    /// The timers of tasks by length, where that is their order.
    pub timer_lists: Option<TimerLists>,
    /// Whether what completes for a task lies unseen until a worker turns the driver.
    pub turned: bool,
    /// What has completed and nobody has seen, by driver.
    pub unseen: Unseen,
    /// The thread that was resumed last: the one whose code runs, if any does.
    pub running: ThreadId,
    /// When timers of tasks are due.
    pub timer_step: TimerStep,
    pub resources: Vec<Resource>,
    pub agenda: BinaryHeap<Reverse<Scheduled>>,
    /// Until when threads sleep that end then if nobody calls them: what alone is left does not keep a run up.
    pub alarms: BTreeMap<ThreadId, SimTime>,
    /// When somebody looks at the workers in system calls next, and whether that moment has come.
    pub look: Option<SimTime>,
    pub looks: bool,
    /// Whether a timer was given up since the agenda was looked through.
    pub given_up: bool,
    pub submissions: u64,
    pub waiters: u64,
    /// The waits that the trace shows: for what, whose, and by key.
    pub shown: BTreeMap<(ResourceId, Actor, u64), Shown>,
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
        recorder.tables_mut().queues.push(QueueInfo { name, kind: QueueKind::Run, takers: Takers::Unknown });
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
            freed: false,
            queues: vec![VecDeque::new()],
            policy,
            devices: machine.devices.into_iter().map(DeviceState::new).collect(),
            requests: BTreeMap::new(),
            timers: BTreeMap::new(),
            timer_lists: None,
            turned: false,
            unseen: Unseen::default(),
            running: ThreadId(0),
            timer_step: TimerStep::None,
            resources: Vec::new(),
            agenda: BinaryHeap::new(),
            alarms: BTreeMap::new(),
            look: None,
            looks: false,
            given_up: false,
            submissions: 0,
            waiters: 0,
            shown: BTreeMap::new(),
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
    pub fn add_queue(&mut self, name: &str, owner: Option<WorkerId>, takers: Takers) -> QueueId {
        let name = self.intern(name);
        self.recorder.tables_mut().queues.push(QueueInfo { name, kind: QueueKind::Ready { owner }, takers });
        self.queues.push(VecDeque::new());
        assert!(self.queues.len() <= 1 + MOST_QUEUES, "a run has at most 65,535 queues");
        QueueId::from_index(self.queues.len() - 1)
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
}
