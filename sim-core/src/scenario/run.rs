//! A scenario's run: scenario × run × variant × seed × what is set × costs → a trace.
//!
//! Owns the way from a checked scenario to a machine, and the facts in a trace's head. Knows no window and no terminal.

use std::rc::Rc;

use super::error::ScenarioErrors;
use super::spec::{DeviceSpec, PolicySpec, RunSpec, Scenario};
use crate::instant::{SimDuration, SimTime};
use crate::machine::costs::Costs;
use crate::machine::spec::{Device, Limits, Machine, Scheduler};
use crate::trace::Trace;
use crate::trace::store::Sink;
use crate::trace::tables::RunInfo;

/// The slice of the fair scheduler: one tick at 250 Hz, on any number of cores. Linux 6.18's base slice is 0.7 ms on one CPU
/// and grows with them to 2.8 ms on eight and more (`sysctl_sched_base_slice`, `get_update_sysctl_factor` of
/// kernel/sched/fair.c), but who computes is looked at only at a tick (`task_tick_fair`; the `HRTICK` feature is off), and
/// each of these ends within the first.
const FAIR_SLICE: SimDuration = SimDuration::from_millis(4);

/// What a run is asked besides the scenario.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// The variant; none: the lesson as written.
    pub variant: Option<String>,
    /// The seed; none: the scenario's own.
    pub seed: Option<u64>,
    /// The costs; none: the scenario's own profile.
    pub costs: Option<Costs>,
}

/// Answers whether to go on: asked whenever a run has recorded another part.
pub type Going = Rc<dyn Fn() -> bool>;

impl Scenario {
    /// The scenario as the options change it: its variant applied.
    pub fn as_asked(&self, options: &RunOptions) -> Result<Scenario, ScenarioErrors> {
        match &options.variant {
            Some(variant) => self.with_variant(variant),
            None => Ok(self.clone()),
        }
    }

    /// The costs of a run with these options.
    pub fn costs_of(&self, options: &RunOptions) -> Costs {
        let own = || self.profiles.find(&self.costs).expect("a profile's name was checked with the scenario");
        options.costs.clone().unwrap_or_else(own)
    }

    /// Runs one of the scenario's runs, a variant already applied ([`Scenario::as_asked`]). Panics if there is no run of
    /// that id: ask [`Scenario::run`] first. Each part of the trace goes to `sink` as it is recorded.
    pub fn execute(&self, run: &str, options: &RunOptions, sink: Option<Sink>) -> Trace {
        let run = self.run(run).expect("a run of this scenario");
        let mut machine = self.machine(run, options);
        if let Some(sink) = sink {
            machine = machine.stream(sink);
        }
        (run.model.run)(machine, run.setup(), &self.workload)
    }

    /// The same, for nobody but who asks: it ends early when `going` answers that it need not go on. What it has recorded
    /// until then is not the run.
    pub fn execute_while(&self, run: &str, options: &RunOptions, going: &Going) -> Trace {
        let going = Rc::clone(going);
        self.execute(run, options, Some(Box::new(move |_| going())))
    }

    fn machine(&self, run: &RunSpec, options: &RunOptions) -> Machine {
        let usual = Limits::default();
        let limits = Limits {
            steps: self.machine.max_steps.unwrap_or(usual.steps),
            time: self.machine.max_time.map_or(usual.time, |d| SimTime::ZERO + d),
        };
        let plain = Device::new("I/O", SimDuration::from_millis(1));
        let inherits = self.inherits_priorities(run);
        let named = self.machine.devices.iter().map(|(name, spec)| device(name, spec));
        let machine = if inherits { Machine::new().inheriting_priorities() } else { Machine::new() };
        machine
            .cores(self.machine.cores)
            .scheduler(scheduler(self.policy(run)))
            .devices(std::iter::once(plain).chain(named).collect())
            .costs(self.costs_of(options))
            .seed(options.seed.unwrap_or(self.seed))
            .limits(limits)
            .info(self.info(run, options))
    }

    fn info(&self, run: &RunSpec, options: &RunOptions) -> RunInfo {
        RunInfo {
            scenario: self.id.clone(),
            run: run.id.clone(),
            title: self.run_title(run),
            family: run.model.family,
            model: run.model.id.to_owned(),
            variant: options.variant.clone().unwrap_or_default(),
            knobs: self.knob_values(),
            source: self.text.clone(),
            ..RunInfo::default()
        }
    }

    /// Each knob's path and its value as the text has it; empty where the text leaves it out.
    pub fn knob_values(&self) -> Vec<(String, String)> {
        let outline = super::outline::Node::of(&self.text);
        let value = |path: &str| match outline.as_ref().map(|o| o.find(path)) {
            Some(super::outline::Found::Value(node)) => self.text[node.span.clone()].trim_matches('"').to_owned(),
            Some(super::outline::Found::Missing { .. }) | None => String::new(),
        };
        self.knobs.iter().map(|knob| (knob.path.clone(), value(&knob.path))).collect()
    }
}

fn scheduler(policy: PolicySpec) -> Scheduler {
    match policy {
        PolicySpec::RoundRobin { quantum } => Scheduler::RoundRobin(quantum),
        PolicySpec::Fifo => Scheduler::FifoPriority,
        PolicySpec::Fair => Scheduler::Fair(FAIR_SLICE),
    }
}

fn device(name: &str, spec: &DeviceSpec) -> Device {
    let device = Device::new(name, spec.latency);
    match spec.in_flight {
        Some(n) => device.at_most(n),
        None => device,
    }
}
