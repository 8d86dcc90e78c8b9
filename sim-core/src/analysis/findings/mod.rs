//! Problems that a trace shows, each explained to a beginner, with the events that prove it.
//!
//! One file a finding, listed once in `watches`. A diagnosis reads the trace and nothing else, and says nothing
//! where it is not sure: a false alarm costs more trust than a missed hint.

mod cpu_on_runtime;
mod imbalance;
mod limit_reached;
mod long_poll;
mod lost_waker;
mod never_polled;
mod pool_saturated;
mod priority_inversion;
mod retry_storm;
mod self_wake;
mod wait_cycle;

use super::track::TrackKind;
use crate::instant::{SimDuration, SimTime};
use crate::trace::{Event, Snapshot, Tables, Trace};

/// A diagnosed problem.
#[derive(Clone, PartialEq, Debug)]
pub struct Finding {
    /// Which problem it is.
    pub kind: FindingKind,
    /// How bad it is.
    pub severity: Severity,
    /// One line: who and what.
    pub title: String,
    /// What happened, why it matters, and what to do about it, for a person who has not met it before.
    pub explanation: String,
    /// Whom it is about.
    pub subjects: Vec<TrackKind>,
    /// From when to when it shows.
    pub span: (SimTime, SimTime),
    /// The numbers of the events that prove it, in order.
    pub proof: Vec<usize>,
}

/// Every problem that can be diagnosed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FindingKind {
    /// A future or task that was created and never polled.
    NeverPolled,
    /// A poll so long that others had to wait.
    LongPoll,
    /// A pending task that nothing can wake.
    LostWaker,
    /// A task that mostly wakes itself.
    SelfWake,
    /// Tasks or threads that wait for each other.
    WaitCycle,
    /// A thread waited for one of lower priority, because of a lock that a third one held.
    PriorityInversion,
    /// Every thread of a pool was blocked while tasks waited for one.
    PoolSaturated,
    /// Tasks stood in one worker's own queue for long, while other workers had nothing to do.
    Imbalance,
    /// Tasks of an async runtime that only compute.
    CpuOnRuntime,
    /// Most answers came when nobody waited for them any more.
    RetryStorm,
    /// The run was cut off by a limit.
    LimitReached,
}

impl FindingKind {
    /// Every kind, in order.
    pub const ALL: &'static [FindingKind] = &[
        FindingKind::NeverPolled,
        FindingKind::LongPoll,
        FindingKind::LostWaker,
        FindingKind::SelfWake,
        FindingKind::WaitCycle,
        FindingKind::PriorityInversion,
        FindingKind::PoolSaturated,
        FindingKind::Imbalance,
        FindingKind::CpuOnRuntime,
        FindingKind::RetryStorm,
        FindingKind::LimitReached,
    ];

    /// The kind's name, as scenario files and reports write it.
    pub const fn id(self) -> &'static str {
        match self {
            FindingKind::NeverPolled => "NeverPolled",
            FindingKind::LongPoll => "LongPoll",
            FindingKind::LostWaker => "LostWaker",
            FindingKind::SelfWake => "SelfWake",
            FindingKind::WaitCycle => "WaitCycle",
            FindingKind::PriorityInversion => "PriorityInversion",
            FindingKind::PoolSaturated => "PoolSaturated",
            FindingKind::Imbalance => "Imbalance",
            FindingKind::CpuOnRuntime => "CpuOnRuntime",
            FindingKind::RetryStorm => "RetryStorm",
            FindingKind::LimitReached => "LimitReached",
        }
    }
}

/// How bad a problem is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// The program does not do what it was written for.
    Error,
    /// It does, at a cost that its writer did not mean to pay.
    Warning,
    /// It may be as it was meant.
    Hint,
}

impl Severity {
    /// The glyph that says it without colour.
    pub const fn glyph(self) -> char {
        match self {
            Severity::Error => '▲',
            Severity::Warning => '△',
            Severity::Hint => '○',
        }
    }

    /// The severity in a word.
    pub const fn text(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "hint",
        }
    }
}

/// From where on something counts as a problem.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Thresholds {
    /// A poll of this length that kept another task waiting is a `LongPoll`.
    pub long_poll: SimDuration,
    /// A task with fewer wakes by itself is no `SelfWake`.
    pub self_wakes: u64,
    /// A task with a smaller share of wakes by itself is no `SelfWake`.
    pub self_wake_share: f64,
    /// Less time that middle priorities kept the holder of a lock off its core is no `PriorityInversion`.
    pub inversion: SimDuration,
    /// At most so many findings of one kind are listed; the worst of them.
    pub most_of_a_kind: usize,
}

impl Default for Thresholds {
    fn default() -> Thresholds {
        Thresholds {
            long_poll: SimDuration::from_millis(10),
            self_wakes: 10,
            self_wake_share: 0.5,
            inversion: SimDuration::from_millis(1),
            most_of_a_kind: 20,
        }
    }
}

/// What one diagnosis sees of an event.
struct Seen<'a> {
    tables: &'a Tables,
    thresholds: &'a Thresholds,
    n: usize,
    time: SimTime,
    event: Event,
    /// The state with this event folded.
    state: &'a Snapshot,
}

/// One diagnosis. It is shown every event in order, and asked at the end.
trait Watch {
    /// Takes note of an event.
    fn note(&mut self, seen: &Seen<'_>);
    /// What was found. `last` is the state after the last event.
    fn finish(self: Box<Self>, last: &Snapshot, tables: &Tables, thresholds: &Thresholds) -> Vec<Finding>;
}

/// The list of all diagnoses.
fn watches() -> Vec<Box<dyn Watch>> {
    vec![
        Box::<never_polled::NeverPolled>::default(),
        Box::<long_poll::LongPoll>::default(),
        Box::<lost_waker::LostWaker>::default(),
        Box::<self_wake::SelfWake>::default(),
        Box::<wait_cycle::WaitCycle>::default(),
        Box::<priority_inversion::PriorityInversion>::default(),
        Box::<pool_saturated::PoolSaturated>::default(),
        Box::<imbalance::Imbalance>::default(),
        Box::<cpu_on_runtime::CpuOnRuntime>::default(),
        Box::<retry_storm::RetryStorm>::default(),
        Box::<limit_reached::LimitReached>::default(),
    ]
}

/// Every problem in the trace, by severity and then by time; of each kind at most as many as the thresholds say.
pub fn diagnose(trace: &Trace, thresholds: &Thresholds) -> Vec<Finding> {
    let tables = trace.tables();
    let mut state = Snapshot::initial(tables);
    let mut watches = watches();
    for (n, time, event) in trace.events_from(0) {
        // Events of an unknown kind are left out: numbers follow the trace.
        state.events = n;
        state.apply_event(tables, time, event);
        let seen = Seen { tables, thresholds, n, time, event, state: &state };
        watches.iter_mut().for_each(|watch| watch.note(&seen));
    }
    let mut findings = Vec::new();
    for watch in watches {
        let mut found = watch.finish(&state, tables, thresholds);
        found.truncate(thresholds.most_of_a_kind);
        findings.append(&mut found);
    }
    findings.sort_by_key(|f| (f.severity, f.span.0, f.kind));
    findings
}

/// "hb", "hb and ui", "hb, ui and 3 others".
fn names_of(names: &[String]) -> String {
    match names {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [first, second] => format!("{first} and {second}"),
        [first, second, third] => format!("{first}, {second} and {third}"),
        [first, second, rest @ ..] => format!("{first}, {second} and {} others", rest.len()),
    }
}
