//! What a trace says of its things besides events: names, kinds, capacities, deadlines.
//!
//! Owns the side tables. Rows are only ever added, in order of id, before the first event that names them.

mod rows;

pub use rows::RowCounts;

use super::code::{ProgramInfo, StepInfo};
use super::event::DecisionKind;
use super::family::Family;
use super::ids::*;
use crate::instant::{SimDuration, SimTime};

/// A place in the source of a program.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct SourcePlace {
    /// The file: its place in [`Tables::files`].
    pub file: u32,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

/// What a task is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub enum TaskKind {
    /// A part of the workload.
    Plain,
    /// The main future of a runtime's `block_on`.
    Main,
    /// A closure on the blocking pool.
    Blocking,
    /// Made by the model to express an op; not counted in the makespan.
    Helper,
}

/// A row of the table of tasks.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct TaskInfo {
    /// The name people read.
    pub name: StrId,
    /// What it is.
    pub kind: TaskKind,
    /// The task it is a run of in the workload, by its path ("conn.17"); empty if none.
    pub path: StrId,
    /// Bytes of its future. Depends on the compiler: a side fact, outside the digest.
    pub future_bytes: u32,
    /// Where it was spawned. A side fact, outside the digest.
    pub place: Option<SourcePlace>,
}

/// What a thread is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub enum ThreadKind {
    /// A part of the workload, or the root closure.
    Plain,
    /// Runs an executor.
    Worker(WorkerId),
    /// Runs closures that block, for an executor.
    Blocking,
    /// Made by the model to express an op (join, select); not counted in the makespan.
    Helper,
}

/// A row of the table of threads.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct ThreadInfo {
    /// The name people read.
    pub name: StrId,
    /// What it is.
    pub kind: ThreadKind,
    /// The task it is a run of in the workload, by its path; empty if none.
    pub path: StrId,
    /// The scheduler's weight or priority: larger goes first. 0 is usual.
    pub priority: i32,
    /// Its nice value, for fair shares: smaller gets more, 0 is usual. In a file it has a section of its own: older files
    /// have none.
    #[serde(skip)]
    pub nice: i32,
}

/// What waits in a queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub enum QueueKind {
    /// Tasks, served by one worker, or by every worker.
    Ready {
        /// The worker whose own queue this is; none for a shared one.
        owner: Option<WorkerId>,
    },
    /// Threads.
    Run,
}

/// A row of the table of queues.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct QueueInfo {
    /// The name people read: "ready queue", "worker 1's queue".
    pub name: StrId,
    /// What waits in it.
    pub kind: QueueKind,
    /// Who takes tasks from it. In a file it has a section of its own: older files have none.
    #[serde(skip)]
    pub takers: Takers,
}

/// Who takes tasks from a queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub enum Takers {
    /// The trace does not say.
    #[default]
    Unknown,
    /// Its owner alone.
    Owner,
    /// Any worker: one that all serve, or one from which others steal.
    AnyWorker,
}

/// A row of the table of devices.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct DeviceInfo {
    /// The name people read.
    pub name: StrId,
    /// How many requests it works on at a time; none: all of them.
    pub in_flight: Option<u32>,
}

/// What a resource is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub enum ResourceKind {
    /// A lock that is handed to the first in line (async).
    Mutex,
    /// A lock for threads: whoever comes first takes it (barging).
    BlockingMutex,
    /// Many readers or one writer.
    RwLock,
    /// So many permits.
    Semaphore,
    /// A channel; capacity none: unbounded.
    Channel,
    /// A condition variable.
    Condvar,
    /// A notifier: one waiter or all, with at most one stored permit.
    Notify,
    /// A barrier for so many.
    Barrier,
}

/// A row of the table of resources.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct ResourceInfo {
    /// The name people read.
    pub name: StrId,
    /// What it is.
    pub kind: ResourceKind,
    /// Permits, messages or parties; none: without limit.
    pub capacity: Option<u32>,
}

/// A row of the table of decisions.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct Decision {
    /// Which choice.
    pub kind: DecisionKind,
    /// Of the world: the path of the task it was made for. Of scheduling: empty.
    pub path: StrId,
    /// Of the world: the how manieth such choice of that task. Of scheduling: of the run.
    pub nth: u32,
    /// What was taken.
    pub taken: u64,
    /// Among how many, for a choice by number; 0 for a drawn length of time in ns.
    pub among: u64,
}

/// A row of the table of requests.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct RequestInfo {
    /// The device it went to.
    pub device: DeviceId,
}

/// A row of the table of named futures.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct FutureInfo {
    /// The name people read.
    pub name: StrId,
    /// Who created it.
    pub owner: Actor,
    /// Where. A side fact, outside the digest.
    pub place: Option<SourcePlace>,
}

/// Whose the drivers are that workers turn: who has to look before a task is told of an answer, or that its timer is due.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub enum Drivers {
    /// One for all: any worker may look. Or none: a reactor beside the cores looks at once.
    #[default]
    Common,
    /// One for each worker: for what was asked for on it.
    OfWorkers,
}

/// The facts of a run as a whole: what its title and figures need.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct RunInfo {
    /// The scenario's id; empty for a run from Rust.
    pub scenario: String,
    /// The run's id within the scenario: "async", "threads".
    pub run: String,
    /// The run's name, for people: "async, 1 worker".
    pub title: String,
    /// The model: "async_fifo", "thread_per_task".
    pub model: String,
    /// A few words on how it schedules: "FIFO ready queue".
    pub policy: String,
    /// The cost profile: "zero", "jimblandy", "cited", or a file's name.
    pub costs: String,
    /// The seed of every decision.
    pub seed: u64,
    /// Cores of the machine.
    pub cores: u32,
    /// Workers of the executor; 0 on a thread run.
    pub workers: u32,
    /// Whether the run is of threads: its tasks are threads, its steps context switches.
    pub threads: bool,
    /// What its tasks are: [`RunInfo::family`]. In a file it has a section of its own: the first files have none.
    #[serde(skip)]
    pub family: Family,
    /// Whose its drivers are. In a file it has a section of its own.
    #[serde(skip)]
    pub drivers: Drivers,
    /// The variant's id; empty for the scenario as written.
    pub variant: String,
    /// Each knob's value, as text.
    pub knobs: Vec<(String, String)>,
    /// The whole scenario file, so that a trace opened alone shows its lesson; empty for a run from Rust.
    pub source: String,
    /// How threads' stacks count: bytes reserved and bytes resident for one.
    pub thread_bytes: (u64, u64),
    /// How long one context switch takes on this cost profile.
    pub switch_cost: SimDuration,
}

impl RunInfo {
    /// What its tasks are, and so which words tell of them. The first files say no more than whether they are threads.
    pub const fn family(&self) -> Family {
        if self.threads { Family::Threads } else { self.family }
    }
}

/// All side tables of a trace.
#[derive(Clone, Default, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Tables {
    /// The run as a whole.
    pub run: RunInfo,
    /// Every text, by [`StrId`]; the first is empty.
    pub strings: Vec<String>,
    /// Values too large for a record's field.
    pub wide: Vec<u64>,
    /// By [`TaskId`].
    pub tasks: Vec<TaskInfo>,
    /// By [`ThreadId`].
    pub threads: Vec<ThreadInfo>,
    /// By [`WorkerId`]: the thread each worker begins on; where it is now is the state's affair.
    pub workers: Vec<ThreadId>,
    /// By [`QueueId`].
    pub queues: Vec<QueueInfo>,
    /// By [`DeviceId`].
    pub devices: Vec<DeviceInfo>,
    /// By [`ResourceId`].
    pub resources: Vec<ResourceInfo>,
    /// By [`TimerId`]: each timer's deadline.
    pub timers: Vec<SimTime>,
    /// By [`RequestId`].
    pub requests: Vec<RequestInfo>,
    /// By [`FutureId`].
    pub futures: Vec<FutureInfo>,
    /// In order of the `Decided` events.
    pub decisions: Vec<Decision>,
    /// Source files, as the compiler named them. Side facts, outside the digest.
    pub files: Vec<String>,
    /// Where a panic with this message was raised first. Side facts, outside the digest.
    pub panics: Vec<(StrId, SourcePlace)>,
    /// By [`ProgramId`]. In a file these last three have a section of their own: the first files have none.
    #[serde(skip)]
    pub programs: Vec<ProgramInfo>,
    /// By [`StepId`].
    #[serde(skip)]
    pub steps: Vec<StepInfo>,
    /// Which task or thread goes through which program, in order of id.
    #[serde(skip)]
    pub runners: Vec<(Actor, ProgramId)>,
}

impl Tables {
    /// The text of `id`; empty if there is none.
    pub fn text(&self, id: StrId) -> &str {
        self.strings.get(id.index()).map_or("", String::as_str)
    }

    /// The name of a task; "task 7" where it has none.
    pub fn task_name(&self, id: TaskId) -> String {
        self.name_or(self.tasks.get(id.index()).map(|t| t.name), id)
    }

    /// The name of a thread.
    pub fn thread_name(&self, id: ThreadId) -> String {
        self.name_or(self.threads.get(id.index()).map(|t| t.name), id)
    }

    /// The name of a thread by itself: a worker's bears the worker's, which may have left it.
    pub fn thread_title(&self, id: ThreadId) -> String {
        match self.threads.get(id.index()).map(|t| t.kind) {
            Some(ThreadKind::Worker(_)) => id.to_string(),
            Some(ThreadKind::Plain | ThreadKind::Blocking | ThreadKind::Helper) | None => self.thread_name(id),
        }
    }

    /// The name of a worker: its first thread's.
    pub fn worker_name(&self, id: WorkerId) -> String {
        self.workers.get(id.index()).map_or_else(|| id.to_string(), |thread| self.thread_name(*thread))
    }

    /// The name of a queue.
    pub fn queue_name(&self, id: QueueId) -> String {
        self.name_or(self.queues.get(id.index()).map(|q| q.name), id)
    }

    /// Who takes tasks from a queue.
    pub fn takers(&self, id: QueueId) -> Takers {
        self.queues.get(id.index()).map_or(Takers::Unknown, |queue| queue.takers)
    }

    /// The name of a device.
    pub fn device_name(&self, id: DeviceId) -> String {
        self.name_or(self.devices.get(id.index()).map(|d| d.name), id)
    }

    /// The name of a resource.
    pub fn resource_name(&self, id: ResourceId) -> String {
        self.name_or(self.resources.get(id.index()).map(|r| r.name), id)
    }

    /// The name of a named future.
    pub fn future_name(&self, id: FutureId) -> String {
        self.name_or(self.futures.get(id.index()).map(|f| f.name), id)
    }

    /// The name of whoever did a thing, for people.
    pub fn actor_name(&self, actor: Actor) -> String {
        match actor {
            Actor::Run => "the run".to_owned(),
            Actor::Task(t) => self.task_name(t),
            Actor::Thread(t) => self.thread_name(t),
            Actor::Worker(w) => self.worker_name(w),
            Actor::Timer(t) => t.to_string(),
            Actor::Device(d) => self.device_name(d),
            Actor::Foreign => "a real OS thread".to_owned(),
        }
    }

    fn name_or(&self, name: Option<StrId>, id: impl std::fmt::Display) -> String {
        match name.map(|n| self.text(n)) {
            Some(name) if !name.is_empty() => name.to_owned(),
            _ => id.to_string(),
        }
    }
}
