//! The figures of a run, each with its definition.
//!
//! Owns what every figure means and how it is named; computes them from the trace alone, and knows no model.
//!
//! This file holds the figures; `define.rs` names them; `collect.rs` folds them out of a trace, with the cores' account
//! in `cores.rs` and that of each task and thread in `units.rs`; `polls.rs` times polls.

mod collect;
mod cores;
mod define;
mod polls;
mod units;

use serde::Serialize;

pub use define::{DEFINITIONS, Definition, Unit, Value, definition};
pub use polls::longest_poll;

use crate::instant::{SimDuration, SimTime};
use crate::trace::Trace;

/// The figures of a run. Lengths of time are nanoseconds when serialised.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Metrics {
    /// End of the last task or thread of the workload; helpers and pool threads do not count. The end of the run if
    /// none of them ended.
    pub makespan: SimDuration,
    /// When the run ended.
    pub run_end: SimDuration,
    /// Tasks and threads of the workload that had not ended when the run did.
    pub unfinished: u64,
    /// Mean of the moments at which the workload's tasks and threads ended.
    pub mean_finish: SimDuration,
    /// When the last of the workload's tasks and threads was polled or dispatched for the first time.
    pub last_first_run: SimDuration,
    /// What the cores did until the makespan.
    pub cores: CoreUse,
    /// Calls of poll.
    pub polls: u64,
    /// Calls of wakers, by effect.
    pub wakes: Wakes,
    /// Context switches, by the reason for which the thread before left the core.
    pub switches: Switches,
    /// Tasks spawned, the main future included.
    pub tasks_spawned: u64,
    /// Threads created, workers and pool threads included.
    pub threads_created: u64,
    /// The most memory of each kind that was held at a time.
    pub memory: Memory,
    /// From being able to run to running: of tasks on an async run, of threads on a thread run. From spawn to the first
    /// poll or dispatch, and from being preempted or requeued to going on, included. An answer that lay unseen counts
    /// from its completion.
    pub wait: Percentiles,
    /// The same from a wake to its poll, or from an unblock to its dispatch, alone.
    pub wake_wait: Percentiles,
    /// Tasks that were Ready at a time, until the makespan.
    pub ready: Depth,
    /// Threads that were Runnable at a time, until the makespan.
    pub runnable: Depth,
    /// Each channel's longest queue.
    pub channels: Vec<ChannelMetrics>,
    /// Each task's or thread's own figures, in order of creation; workers are left out.
    pub tasks: Vec<TaskMetrics>,
    /// The markers in order.
    pub marks: Vec<Mark>,
}

/// What the cores did until the makespan.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize)]
pub struct CoreUse {
    /// How many cores the machine has.
    pub count: u64,
    /// Time with a thread on a core, summed over the cores.
    pub busy: SimDuration,
    /// The part of it in which the workload computed.
    pub work: SimDuration,
    /// The rest of it: switching, polling, spawning.
    pub overhead: SimDuration,
    /// `busy / (cores × makespan)`.
    pub utilisation: f64,
    /// `work / (cores × makespan)`.
    pub utilisation_work: f64,
    /// `overhead / (cores × makespan)`.
    pub utilisation_overhead: f64,
}

/// Calls of wakers, by effect.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Wakes {
    /// All of them.
    pub all: u64,
    /// The task was Ready already.
    pub redundant: u64,
    /// By the task itself, in its own poll.
    pub own: u64,
    /// The task had ended.
    pub stale: u64,
}

/// Context switches: dispatches onto a core that had run before, if another thread was on it last or it stood empty in
/// between (an idle thread comes and goes, as in Linux).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Switches {
    /// All of them.
    pub all: u64,
    /// The thread before had blocked.
    pub blocked: u64,
    /// The thread before was preempted.
    pub preempted: u64,
    /// The thread before had yielded.
    pub yielded: u64,
    /// The thread before had ended.
    pub exited: u64,
    /// What all dispatches cost together.
    pub cost: SimDuration,
}

/// The most memory of each kind that was held at a time, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Memory {
    /// Tasks, by the cost model.
    pub tasks: u64,
    /// Addresses reserved for stacks.
    pub stack_reserved: u64,
    /// Stacks, resident.
    pub stack_resident: u64,
    /// Futures of the live tasks, as this compiler laid them out: a side fact, different elsewhere.
    pub futures: u64,
}

/// How a set of lengths of time is spread, by nearest rank.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Percentiles {
    /// How many there are.
    pub count: u64,
    /// Half are at most this long.
    pub p50: SimDuration,
    /// 90 % are at most this long.
    pub p90: SimDuration,
    /// 99 % are at most this long.
    pub p99: SimDuration,
    /// The longest.
    pub max: SimDuration,
}

/// How many wait at a time.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize)]
pub struct Depth {
    /// The most at any moment, moments of no length included.
    pub peak: u64,
    /// The mean over time.
    pub mean: f64,
}

/// A channel's figures.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct ChannelMetrics {
    /// Its name.
    pub name: String,
    /// The most messages that were in it at a time.
    pub peak: u64,
}

/// A task's or thread's figures.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct TaskMetrics {
    /// Its name.
    pub name: String,
    /// Its path in the workload; empty if it is none of it.
    pub path: String,
    /// Whether it is a part of the workload, not a helper or pool thread.
    pub plain: bool,
    /// When it was spawned.
    pub spawned: SimTime,
    /// When it was first polled or dispatched.
    pub first_run: Option<SimTime>,
    /// When it ended.
    pub finish: Option<SimTime>,
    /// How often it was polled, or put on a core.
    pub polls: u64,
    /// Its longest poll, or stretch on a core.
    pub longest_poll: SimDuration,
    /// How long it was Ready, or Runnable.
    pub ready: SimDuration,
    /// How long it was Polling (off the core too), or Running.
    pub running: SimDuration,
    /// How long it was Pending, or Blocked.
    pub waiting: SimDuration,
    /// Calls of its waker.
    pub wakes: u64,
}

/// A named marker.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Mark {
    /// When.
    pub at: SimTime,
    /// The name of the task or thread that set it.
    pub by: String,
    /// Its text.
    pub text: String,
    /// The number of its event.
    pub event: usize,
}

impl Metrics {
    /// The figures of a whole trace.
    pub fn of(trace: &Trace) -> Metrics {
        collect::collect(trace)
    }

    /// How late a beat came at worst: the greatest of marker − (the marker before + `period`) among the markers that
    /// the task or thread `who` set, or else those with the text `who`. Zero if none was late; none if fewer than two.
    pub fn lateness(&self, who: &str, period: SimDuration) -> Option<SimDuration> {
        let of_task: Vec<&Mark> = self.marks.iter().filter(|m| m.by == who).collect();
        let of_text: Vec<&Mark> = self.marks.iter().filter(|m| m.text == who).collect();
        let marks = if of_task.is_empty() { of_text } else { of_task };
        marks.windows(2).map(|pair| pair[1].at.since(pair[0].at).saturating_sub(period)).max()
    }

    /// The tasks and threads of that path or name; helpers only if nothing else is called so.
    pub fn tasks_named(&self, who: &str) -> Vec<&TaskMetrics> {
        let called = |t: &&TaskMetrics| t.path == who || t.name == who;
        let plain: Vec<&TaskMetrics> = self.tasks.iter().filter(called).filter(|t| t.plain).collect();
        if plain.is_empty() { self.tasks.iter().filter(called).collect() } else { plain }
    }
}
