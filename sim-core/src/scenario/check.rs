//! Whether the names and numbers of a scenario fit together: what its types cannot say.
//!
//! Owns every such check, and finds everything that is wrong at once. Each error stands where the wrong thing is
//! written, which the file's outline knows, and names the nearest thing that exists.

use std::collections::BTreeSet;

use super::error::{Located, Source, advice};
use super::measure::Measure;
use super::narration::{Choice, Piece, Step, pieces};
use super::outline::Node;
use super::spec::{KnobValues, PolicySpec, Scenario};
use super::{check_workload, set};
use crate::analysis::findings::FindingKind;
use crate::machine::costs::Costs;
use crate::machine::spec::MAX_CORES;
use crate::trace::Event;

/// The most workers a run can have.
pub const MAX_WORKERS: u32 = 1_024;

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
    checker.expectations();
    checker.narration();
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
    fn scenario_of(&self, variant: Option<&str>) -> Scenario {
        let found = self.variants.iter().find(|(id, _)| Some(*id) == variant);
        found.map_or_else(|| self.scenario.clone(), |(_, scenario)| scenario.clone())
    }

    /// Notes an error at the value of this path.
    pub fn wrong(&mut self, path: &str, message: impl Into<String>, help: impl Into<String>) {
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
        self.name("id", &scenario.id);
        if Costs::by_name(&scenario.costs).is_none() {
            self.unknown("costs", "cost profile", &scenario.costs, Costs::NAMES);
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
                    let message = format!("a run of model {} has no workers", run.model.id());
                    self.wrong(&format!("{path}.workers"), message, "leave `workers` out here");
                }
                Some(n) if !(1..=MAX_WORKERS).contains(&n) => {
                    let message = format!("an executor with {n} workers cannot be simulated");
                    self.wrong(&format!("{path}.workers"), message, format!("write 1 to {MAX_WORKERS}"));
                }
                Some(_) | None => {}
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
            if let Err(why) = set::set(&scenario.text, &assignment) {
                self.wrong(&format!("knobs.{i}.path"), why, "a path leads to a value of this file: \"machine.cores\"");
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

    fn run_and_variant(&mut self, path: &str, run: Option<&str>, variant: Option<&str>) {
        let scenario = self.scenario;
        if let Some(run) = run.filter(|run| scenario.run(run).is_none()) {
            let runs: Vec<&str> = scenario.runs.iter().map(|r| r.id.as_str()).collect();
            self.unknown(&format!("{path}.run"), "run", run, runs);
        }
        if let Some(variant) = variant.filter(|variant| scenario.variant(variant).is_none()) {
            let variants: Vec<&str> = scenario.variants.iter().map(|v| v.id.as_str()).collect();
            self.unknown(&format!("{path}.variant"), "variant", variant, variants);
        }
    }

    fn expectations(&mut self) {
        let scenario = self.scenario;
        for (i, expectation) in scenario.expectations.iter().enumerate() {
            let path = format!("expectations.{i}");
            self.run_and_variant(&path, Some(&expectation.run), expectation.variant.as_deref());
            if Costs::by_name(&expectation.costs).is_none() {
                self.unknown(&format!("{path}.costs"), "cost profile", &expectation.costs, Costs::NAMES);
            }
            if expectation.bounds().next().is_none() {
                self.wrong(&path, "this expects nothing", "add `equals`, `at_least` or `at_most`");
            }
            match Measure::parse(&expectation.metric) {
                Err(why) => self.wrong(&format!("{path}.metric"), why, "a figure of the run, such as \"makespan\""),
                Ok(measure) => {
                    for (bound, amount) in expectation.bounds() {
                        if let Err(why) = amount.in_unit(measure.unit()) {
                            self.wrong(&format!("{path}.{}", bound.id()), why, "as the figure's unit asks");
                        }
                    }
                    let told = self.scenario_of(expectation.variant.as_deref());
                    self.measure(&format!("{path}.metric"), &told, &measure);
                }
            }
        }
    }

    fn measure(&mut self, path: &str, told: &Scenario, measure: &Measure) {
        let workload = &told.workload;
        match measure {
            Measure::Findings(Some(kind)) => {
                if !FindingKind::ALL.iter().any(|k| k.id() == kind) {
                    self.unknown(path, "finding", kind, FindingKind::ALL.iter().map(|k| k.id()));
                }
            }
            Measure::Events(name) => {
                if !Event::CATALOGUE.iter().any(|(known, _, _)| known == name) {
                    self.unknown(path, "event", name, Event::CATALOGUE.iter().map(|(known, _, _)| *known));
                }
            }
            Measure::Metric(..) => match measure.subject() {
                Some(("peak", who)) if workload.resources.get(who).is_none() => {
                    let names: Vec<&str> = workload.resources.names().collect();
                    self.unknown(path, "resource", who, names);
                }
                // A marker is known only when the run meets it.
                Some(("peak" | "mark" | "marks", _)) | None => {}
                Some((_, who)) => self.task(path, told, who),
            },
            Measure::Findings(None)
            | Measure::Ended
            | Measure::Marks
            | Measure::BlockedAtEnd
            | Measure::SpawnBill
            | Measure::PollBill => {}
        }
    }

    /// A task's name, or one of many: "conn.17".
    fn task(&mut self, path: &str, told: &Scenario, who: &str) {
        let tasks = &told.workload.tasks;
        let (name, nth) = who.split_once('.').map_or((who, None), |(name, nth)| (name, Some(nth)));
        match (tasks.get(name), nth) {
            (None, _) => {
                let names: Vec<&str> = tasks.names().collect();
                self.unknown(path, "task", name, names);
            }
            (Some(task), Some(nth)) if nth.parse::<u32>().map_or(true, |nth| task.count > 1 && nth >= task.count) => {
                let help = format!("they are counted from 0; `{name}` is there {} times", task.count);
                self.wrong(path, format!("there is no task called `{who}`"), help);
            }
            (Some(_), _) => {}
        }
    }

    fn narration(&mut self) {
        for (i, step) in self.scenario.narration.iter().enumerate() {
            self.step(&format!("narration.{i}"), step);
        }
    }

    fn step(&mut self, path: &str, step: &Step) {
        self.run_and_variant(path, None, step.variant.as_deref());
        let told = self.scenario_of(step.variant.as_deref());
        if let Some(task) = &step.select {
            self.task(&format!("{path}.select"), &told, task);
        }
        if let Some(anchor) = &step.at {
            let path = format!("{path}.at");
            self.run_and_variant(&path, anchor.run.as_deref(), None);
            self.task(&format!("{path}.task"), &told, &anchor.task);
            let (op, mark) = (anchor.op.as_deref(), anchor.mark.as_deref());
            check_workload::anchor(self, &path, &told, (&anchor.task, op, mark));
            if anchor.nth == 0 {
                self.wrong(&format!("{path}.nth"), "the first time is 1", "count from 1");
            }
        }
        let mut texts = vec![("text", step.text.as_str())];
        if let Some(question) = &step.question {
            let right = question.choices.iter().filter(|c| matches!(c, Choice::Right(_))).count();
            if right != 1 || question.choices.len() < 2 {
                let message = format!("{right} of {} answers are right", question.choices.len());
                self.wrong(&format!("{path}.question.choices"), message, "give two answers or more, one of them right");
            }
            texts.extend([("question.ask", question.ask.as_str()), ("question.because", question.because.as_str())]);
        }
        for (field, text) in texts {
            for piece in pieces(text) {
                if let Piece::Name(name) = piece {
                    self.told_name(&format!("{path}.{field}"), &told, name);
                }
            }
        }
    }

    fn told_name(&mut self, path: &str, told: &Scenario, name: &str) {
        let task = name.split('.').next().unwrap_or(name);
        let mut names: Vec<&str> = told.workload.tasks.names().collect();
        names.extend(told.workload.resources.names());
        names.extend(told.machine.devices.names());
        names.extend(told.runs.iter().map(|r| r.id.as_str()));
        names.extend(check_workload::futures(told));
        if !names.contains(&task) {
            self.unknown(path, "task, resource, device, run or future", name, names);
        }
    }
}
