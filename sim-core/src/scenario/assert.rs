//! Expectations, asserted: a figure taken from a run's trace, and compared with what the file says.
//!
//! Owns the taking and the comparing. Every expectation of a scenario is checked; each gives a [`Verdict`].

use super::error::ScenarioErrors;
use super::expect::{Amount, Expectation};
use super::measure::{Measure, Unit};
use super::run::RunOptions;
use super::spec::Scenario;
use crate::analysis::findings::{Finding, Thresholds, diagnose};
use crate::analysis::metrics::{Metrics, Value};
use crate::instant::SimDuration;
use crate::machine::costs::Costs;
use crate::trace::event::{EndReason, Event};
use crate::trace::snapshot::{ThreadState, Wait};
use crate::trace::tables::{TaskKind, ThreadKind};
use crate::trace::{Snapshot, TaskId, ThreadId, Trace};

/// A run with what it adds up to.
pub struct Measured {
    /// The run itself.
    pub trace: Trace,
    /// Its figures.
    pub metrics: Metrics,
    /// Its problems.
    pub findings: Vec<Finding>,
    costs: Costs,
}

/// What became of one expectation.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Its place among the scenario's expectations.
    pub expectation: usize,
    /// The figure; none if the run has no such figure.
    pub actual: Option<Amount>,
    /// Whether the figure is as expected.
    pub met: bool,
    /// The whole in a sentence.
    pub says: String,
}

impl Measured {
    /// Takes the figures of a run that had the prices that this profile has for its model.
    pub fn of(trace: Trace, costs: Costs) -> Measured {
        let costs = costs.for_model(&trace.tables().run.model);
        let metrics = Metrics::of(&trace);
        let findings = diagnose(&trace, &Thresholds::default());
        Measured { trace, metrics, findings, costs }
    }

    /// A figure of the run; none if nothing that it speaks of happened.
    pub fn take(&self, measure: &Measure) -> Option<Amount> {
        match measure {
            Measure::Metric(id, _) => self.metrics.get(id).map(Amount::from),
            Measure::Findings(kind) => {
                let of_kind = |f: &&Finding| kind.as_deref().is_none_or(|kind| f.kind.id() == kind);
                Some(Amount::Count(self.findings.iter().filter(of_kind).count() as u64))
            }
            Measure::Events(name) => {
                let named = self.trace.events_from(0).filter(|(_, _, event)| event.name() == name);
                Some(Amount::Count(named.count() as u64))
            }
            Measure::Ended => self.ended().map(|reason| Amount::Text(short(reason).to_owned())),
            Measure::Marks => Some(Amount::Text(self.marks())),
            Measure::PolledBy(who, nth) => self.polled_by(who, *nth).map(Amount::Text),
            Measure::BlockedAtEnd => Some(Amount::Count(self.blocked_at_end())),
            Measure::SpawnBill => Some(Amount::Time(self.spawn_bill())),
            Measure::PollBill => Some(Amount::Time(self.costs.poll * self.metrics.polls)),
        }
    }

    /// A figure by its name in a file; none if there is no such figure, or if it speaks of an end that does not come.
    pub fn figure(&self, metric: &str) -> Option<Amount> {
        // Where something is left undone for ever, the end of the last task is no end of the work.
        if matches!(metric, "makespan" | "mean_finish") && self.metrics.unfinished > 0 {
            return None;
        }
        self.take(&Measure::parse(metric).ok()?)
    }

    /// Why the run ended.
    pub fn ended(&self) -> Option<EndReason> {
        let last = self.trace.len().checked_sub(1).and_then(|n| self.trace.event(n));
        match last {
            Some(Event::RunEnded { reason }) => Some(reason),
            _ => None,
        }
    }

    /// All markers in order, blank-separated.
    pub fn marks(&self) -> String {
        let texts: Vec<&str> = self.metrics.marks.iter().map(|mark| mark.text.as_str()).collect();
        texts.join(" ")
    }

    /// Who called poll on a task for the nth time, from 1: "worker 0".
    fn polled_by(&self, who: &str, nth: u32) -> Option<String> {
        let tables = self.trace.tables();
        let is_its = |task: TaskId| tables.tasks.get(task.index()).is_some_and(|t| tables.text(t.path) == who);
        let mut polls = self.trace.events_from(0).filter_map(|(_, _, event)| match event {
            Event::PollStarted { task, at, .. } if is_its(task) => Some(at.worker),
            _ => None,
        });
        polls.nth(nth.checked_sub(1)? as usize).map(|worker| self.trace.tables().worker_name(worker))
    }

    /// A worker that has nothing to poll is parked: it is not held up by anything.
    fn blocked_at_end(&self) -> u64 {
        let tables = self.trace.tables();
        let mut last = Snapshot::initial(tables);
        self.trace.events_from(0).for_each(|(_, time, event)| last.apply_event(tables, time, event));
        let threads = (0..tables.threads.len()).filter_map(|id| last.thread(ThreadId::from_index(id)));
        let is_held_up = |state| matches!(state, ThreadState::Blocked(wait) if !matches!(wait, Wait::Park(_)));
        threads.filter(|thread| is_held_up(thread.state)).count() as u64
    }

    fn spawn_bill(&self) -> SimDuration {
        let tables = self.trace.tables();
        let tasks = tables.tasks.iter().filter(|t| t.kind == TaskKind::Plain).count() as u64;
        let threads = tables.threads.iter().filter(|t| t.kind == ThreadKind::Plain).count() as u64;
        self.costs.task_spawn * tasks + self.costs.thread_spawn * threads
    }

    /// Two times are equal within 1 µs and 1 ns a poll: what a poll costs under `zero`.
    pub(super) fn slack(&self) -> SimDuration {
        SimDuration::from_micros(1) + SimDuration::from_nanos(self.metrics.polls)
    }

    fn verdict(&self, place: usize, expectation: &Expectation) -> Verdict {
        let measure = Measure::parse(&expectation.metric).expect("a figure was checked with its scenario");
        let actual = self.take(&measure);
        let mut met = true;
        let mut wanted = Vec::new();
        for (bound, amount) in expectation.bounds() {
            let amount = amount.in_unit(measure.unit()).expect("an amount was checked with its scenario");
            met &= actual.as_ref().is_some_and(|a| a.meets(bound, &amount, self.slack()));
            wanted.push(format!("{}{amount}", bound.words()));
        }
        let found = actual.as_ref().map_or("nothing".to_owned(), Amount::to_string);
        let variant = expectation.variant.as_ref().map_or(String::new(), |v| format!(", variant {v}"));
        let says = format!(
            "{}{variant}, {} costs: {} is {found}, expected {}",
            expectation.run,
            self.trace.tables().run.costs,
            expectation.metric,
            wanted.join(" and ")
        );
        Verdict { expectation: place, actual, met, says }
    }
}

impl Scenario {
    /// Runs every run of every variant once a cost profile that an expectation names (at least once), and asserts every
    /// expectation. `seen` is shown each run before it is dropped.
    pub fn assert(&self, seen: impl FnMut(&Measured)) -> Result<Vec<Verdict>, ScenarioErrors> {
        self.assert_at(None, seen)
    }

    /// The same, at these costs whatever profile an expectation names: what still holds on another computer.
    pub fn assert_at(
        &self,
        instead: Option<&Costs>,
        mut seen: impl FnMut(&Measured),
    ) -> Result<Vec<Verdict>, ScenarioErrors> {
        let mut verdicts = Vec::new();
        let variants = std::iter::once(None).chain(self.variants.iter().map(|v| Some(v.id.clone())));
        for variant in variants {
            let options = RunOptions { variant: variant.clone(), ..RunOptions::default() };
            let scenario = self.as_asked(&options)?;
            for run in &self.runs {
                let mut profiles = self.profiles_of(&run.id, variant.as_deref());
                if instead.is_some() {
                    profiles.truncate(1);
                }
                for costs in profiles {
                    let costs_asked = instead.cloned().or_else(|| self.profiles.find(costs));
                    let options = RunOptions { costs: costs_asked, ..options.clone() };
                    let trace = scenario.execute(&run.id, &options, None);
                    let measured = Measured::of(trace, scenario.costs_of(&options));
                    let is_its = |e: &Expectation| instead.is_some() || e.costs == costs;
                    let about = |e: &Expectation| e.run == run.id && e.variant == variant && is_its(e);
                    let expectations = self.expectations.iter().enumerate().filter(|(_, e)| about(e));
                    verdicts.extend(expectations.map(|(place, e)| measured.verdict(place, e)));
                    seen(&measured);
                }
            }
        }
        verdicts.sort_by_key(|v| v.expectation);
        Ok(verdicts)
    }

    /// The profiles under which expectations look at this run; the scenario's own if none does.
    fn profiles_of(&self, run: &str, variant: Option<&str>) -> Vec<&str> {
        let mut profiles: Vec<&str> = Vec::new();
        for e in self.expectations.iter().filter(|e| e.run == run && e.variant.as_deref() == variant) {
            if !profiles.contains(&e.costs.as_str()) {
                profiles.push(&e.costs);
            }
        }
        if profiles.is_empty() { vec![&self.costs] } else { profiles }
    }
}

impl From<Value> for Amount {
    fn from(value: Value) -> Amount {
        match value {
            Value::Duration(d) => Amount::Time(d),
            Value::Count(n) => Amount::Count(n),
            Value::Ratio(share) => Amount::Share(share),
            Value::Bytes(n) => Amount::Bytes(n),
        }
    }
}

impl Amount {
    /// The amount in the unit of its figure.
    pub fn in_unit(&self, unit: Unit) -> Result<Amount, String> {
        match self {
            Amount::Text(text) => Amount::read(text, unit),
            other if other.unit() == unit => Ok(other.clone()),
            other => Err(format!("{other} is a bare number: {}", unit.example())),
        }
    }
}

impl Unit {
    const fn example(self) -> &'static str {
        match self {
            Unit::Count => "write a whole number",
            Unit::Time => "write a time with its unit, such as \"10ms\"",
            Unit::Share => "write a share, such as \"21%\"",
            Unit::Bytes => "write a size, such as \"4 MiB\"",
            Unit::Text => "write a text in quotes",
        }
    }
}

/// The reason in the word that a file writes.
const fn short(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Finished => "finished",
        EndReason::Stuck => "stuck",
        EndReason::StepLimit => "step limit",
        EndReason::TimeLimit => "time limit",
        EndReason::Interrupted => "interrupted",
    }
}
