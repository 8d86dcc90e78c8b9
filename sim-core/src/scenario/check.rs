//! Whether the names and numbers of a scenario fit together: what its types cannot say.
//!
//! Owns the checks of what is run: machine, runs, knobs, variants; those of its tasks are in `check_workload`,
//! those of what is told and expected of it in `check_told`. Everything that is wrong is found at once. Each
//! error stands where the wrong thing is written, which the file's outline knows, and names the nearest thing there is.

use std::collections::BTreeSet;

use super::error::{Located, Source, advice};
use super::outline::Node;
use super::spec::{KnobValues, PolicySpec, SCHEMA, Scenario};
use super::{check_told, check_workload, set};
use crate::machine::kernel::MOST_QUEUES;
use crate::machine::spec::MAX_CORES;

/// The most workers a run can have.
pub const MAX_WORKERS: u32 = 1_024;

/// More errors than a person can read are not collected: to find the place of each takes time.
const MOST_ERRORS: usize = 50;

/// What is said of a file of another version of the format.
pub(super) fn other_schema(schema: u32) -> String {
    format!("this file is of schema {schema}; this program reads schema {SCHEMA}")
}

/// Collects what is wrong.
pub(super) struct Checker<'s> {
    pub scenario: &'s Scenario,
    source: &'s Source,
    outline: Option<Node>,
    pub errors: Vec<Located>,
    /// What the variants make of the scenario, those that can be read.
    variants: Vec<(&'s str, Scenario)>,
}

/// Everything that is wrong with a scenario that could be read.
pub fn check(scenario: &Scenario, source: &Source) -> Vec<Located> {
    let mut checker = Checker::new(scenario, source);
    checker.parts();
    checker.knobs();
    if checker.errors.is_empty() {
        checker.variants();
    }
    check_told::told(&mut checker);
    checker.errors
}

/// Everything that is wrong with what is run. What is told of it is left aside: of a variant it may no longer be true.
pub(super) fn check_parts(scenario: &Scenario, source: &Source) -> Vec<Located> {
    let mut checker = Checker::new(scenario, source);
    checker.parts();
    checker.errors
}

impl<'s> Checker<'s> {
    fn new(scenario: &'s Scenario, source: &'s Source) -> Checker<'s> {
        let outline = Node::of(source.inner());
        Checker { scenario, source, outline, errors: Vec::new(), variants: Vec::new() }
    }

    fn parts(&mut self) {
        self.head();
        self.machine();
        check_workload::workload(self);
        self.runs();
    }

    /// The scenario as this variant has it; as written for none, and for one that is not there or cannot be read.
    pub fn scenario_of(&self, variant: Option<&str>) -> Scenario {
        let found = self.variants.iter().find(|(id, _)| Some(*id) == variant);
        found.map_or_else(|| self.scenario.clone(), |(_, scenario)| scenario.clone())
    }

    /// Notes an error at the value of this path.
    pub fn wrong(&mut self, path: &str, message: impl Into<String>, help: impl Into<String>) {
        if self.errors.len() >= MOST_ERRORS {
            return;
        }
        let span = self.outline.as_ref().map_or(0..0, |outline| outline.span_of(path));
        self.errors.push(Located::at(self.source, span, message).help(help));
    }

    /// Notes an error at a name that is nothing: `what` it should be, and what there is.
    pub fn unknown<'n>(&mut self, path: &str, what: &str, name: &str, names: impl IntoIterator<Item = &'n str>) {
        let help = advice(name, names, what);
        self.wrong(path, format!("there is no {what} called `{name}`"), help);
    }

    /// Names are for paths and commands: letters, digits, `-` and `_`.
    pub fn name(&mut self, path: &str, name: &str) {
        let good = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let number = name.chars().all(|c| c.is_ascii_digit());
        if number || name.len() > 64 || !name.chars().all(good) {
            let message = format!("`{name}` cannot be a name");
            self.wrong(path, message, "use letters, digits, `-` and `_`, at most 64, and not digits alone");
        }
    }

    fn head(&mut self) {
        let scenario = self.scenario;
        if scenario.schema != SCHEMA {
            self.wrong("schema", other_schema(scenario.schema), "another version of the program wrote this file");
        }
        self.name("id", &scenario.id);
        self.profile("costs", &scenario.costs);
    }

    /// A profile's name, or a file with one.
    pub fn profile(&mut self, path: &str, name: &str) {
        if let Some(problem) = self.scenario.profiles.problem(name) {
            self.wrong(path, problem.says, problem.help);
        }
    }

    fn machine(&mut self) {
        let machine = &self.scenario.machine;
        if !(1..=MAX_CORES).contains(&machine.cores) {
            let message = format!("a machine with {} cores cannot be simulated", machine.cores);
            self.wrong("machine.cores", message, format!("write 1 to {MAX_CORES}"));
        }
        self.policy("machine.policy", Some(machine.policy));
        for (name, device) in machine.devices.iter() {
            let path = format!("machine.devices.{name}");
            self.name(&path, name);
            if device.in_flight == Some(0) {
                let path = format!("{path}.in_flight");
                self.wrong(&path, format!("{name} would never work on a request"), "write 1 or more, or leave it out");
            }
        }
    }

    fn policy(&mut self, path: &str, policy: Option<PolicySpec>) {
        if let Some(PolicySpec::RoundRobin { quantum }) = policy
            && quantum.is_zero()
        {
            self.wrong(path, "a quantum of no time lets nobody run", "write for example \"4ms\"");
        }
    }

    fn unique<'n>(&mut self, list: &str, what: &str, ids: impl Iterator<Item = &'n str>) {
        let mut seen = BTreeSet::new();
        for (i, id) in ids.enumerate() {
            let path = format!("{list}.{i}.id");
            self.name(&path, id);
            if !seen.insert(id) {
                self.wrong(&path, format!("two {what}s are called `{id}`"), "give one of them another id");
            }
        }
    }

    fn runs(&mut self) {
        let runs = &self.scenario.runs;
        self.unique("runs", "run", runs.iter().map(|r| r.id.as_str()));
        if runs.len() < 2 {
            self.wrong("runs", "a scenario compares: it needs two runs or more", "add a run with another model");
        }
        for (i, run) in runs.iter().enumerate() {
            let path = format!("runs.{i}");
            self.policy(&format!("{path}.policy"), run.policy);
            match run.workers {
                Some(_) if !run.model.has_workers() => {
                    let message = format!("a run of model {} has no workers", run.model.id);
                    self.wrong(&format!("{path}.workers"), message, "leave `workers` out here");
                }
                Some(n) if !(1..=MAX_WORKERS).contains(&n) => {
                    let message = format!("an executor with {n} workers cannot be simulated");
                    self.wrong(&format!("{path}.workers"), message, format!("write 1 to {MAX_WORKERS}"));
                }
                Some(_) | None => {
                    let workers = self.scenario.workers(run);
                    let queues = run.model.queues(workers, &self.scenario.workload);
                    if queues > MOST_QUEUES {
                        let message =
                            format!("{workers} workers would have {queues} queues, of all shares on each core");
                        let help = format!("a run has at most {MOST_QUEUES}: fewer workers, or fewer different shares");
                        self.wrong(&path, message, help);
                    }
                }
            }
        }
    }

    fn knobs(&mut self) {
        let scenario = self.scenario;
        for (i, knob) in scenario.knobs.iter().enumerate() {
            let (value, many) = match &knob.values {
                KnobValues::OneOf(values) => (values.first().cloned(), !values.is_empty()),
                KnobValues::Range(from, to) => (Some(from.to_string()), from < to),
            };
            if !many {
                self.wrong(&format!("knobs.{i}.values"), "a knob needs values to choose from", "add some");
            }
            let assignment = format!("{}={}", knob.path, value.unwrap_or("0".to_owned()));
            let help = "a path leads to a value of this file: \"machine.cores\"";
            if let Err(why) = set::set(&scenario.text, &assignment) {
                self.wrong(&format!("knobs.{i}.path"), why, help);
            } else if self.errors.is_empty()
                && let Err(errors) = scenario.with(&[assignment])
            {
                // A field that was left out can be set; whether there is such a field, only reading shows.
                let first = &errors.errors()[0];
                let message = format!("the knob `{}` sets nothing that can be read: {}", knob.label, first.message);
                self.wrong(&format!("knobs.{i}.path"), message, first.help.as_deref().unwrap_or(help));
            }
        }
    }

    /// A variant must be a scenario as good as this one.
    fn variants(&mut self) {
        let scenario = self.scenario;
        self.unique("variants", "variant", scenario.variants.iter().map(|v| v.id.as_str()));
        for (i, variant) in scenario.variants.iter().enumerate() {
            match scenario.with(&variant.set) {
                Ok(changed) => self.variants.push((&variant.id, changed)),
                Err(errors) => {
                    let first = &errors.errors()[0];
                    let help = first.help.clone().unwrap_or_else(|| "write \"PATH=VALUE\"".to_owned());
                    let message = format!("the variant `{}` is no scenario: {}", variant.id, first.message);
                    self.wrong(&format!("variants.{i}.set"), message, help);
                }
            }
        }
    }
}
