//! Whether what is told and expected of a scenario speaks of things that it has.

use super::check::Checker;
use super::check_workload;
use super::measure::Measure;
use super::narration::{Anchor, Piece, Question, Step, When, pieces};
use super::spec::Scenario;
use crate::analysis::findings::FindingKind;
use crate::trace::Event;
use crate::trace::Family;

/// Checks every expectation and every step of the narration.
pub(super) fn told(checker: &mut Checker<'_>) {
    checker.expectations();
    checker.narration();
}

impl Checker<'_> {
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
            self.profile(&format!("{path}.costs"), &expectation.costs);
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
            Measure::Metric(..) | Measure::PolledBy(..) => match measure.subject() {
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
            self.anchor(&format!("{path}.at"), anchor, &told);
        }
        if step.view.is_some_and(|view| view.from >= view.to) {
            self.wrong(&format!("{path}.view"), "this stretch of time has no length", "`from` must be before `to`");
        }
        let mut texts = vec![("text", step.text.as_str())];
        if let Some(question) = &step.question {
            self.question(&format!("{path}.question"), question, &told);
            texts.extend([("question.ask", question.ask.as_str()), ("question.because", question.because.as_str())]);
            texts.extend(question.choices.iter().map(|choice| ("question.choices", choice.says.as_str())));
        }
        for (field, text) in texts {
            for piece in pieces(text) {
                if let Piece::Name(name) = piece {
                    self.told_name(&format!("{path}.{field}"), &told, name);
                }
            }
        }
    }

    fn anchor(&mut self, path: &str, anchor: &Anchor, told: &Scenario) {
        self.run_and_variant(path, anchor.run.as_deref(), None);
        self.task(&format!("{path}.task"), told, &anchor.task);
        let (op, mark) = (anchor.op.as_deref(), anchor.mark.as_deref());
        check_workload::anchor(self, path, told, (&anchor.task, op, mark));
        if anchor.nth == 0 {
            self.wrong(&format!("{path}.nth"), "the first time is 1", "count from 1");
        }
    }

    /// Whether a question can be answered; what the answer is, only the runs say.
    fn question(&mut self, path: &str, question: &Question, told: &Scenario) {
        match (&question.figure, &question.moment) {
            (Some(figure), None) => {
                let place = format!("{path}.figure");
                self.run_and_variant(&place, figure.run.as_deref(), figure.variant.as_deref());
                let asked = figure.variant.as_ref().map(|variant| self.scenario_of(Some(variant)));
                match Measure::parse(&figure.metric) {
                    Err(why) => {
                        self.wrong(&format!("{place}.metric"), why, "a figure of the run, such as \"makespan\"");
                        return;
                    }
                    Ok(measure) => self.measure(&format!("{place}.metric"), asked.as_ref().unwrap_or(told), &measure),
                }
            }
            (None, Some(anchor)) => self.anchor(&format!("{path}.moment"), anchor, told),
            (None, None) | (Some(_), Some(_)) => {
                let help = "add `figure: (run: …, metric: …)` or `moment: (run: …, task: …)`";
                return self.wrong(path, "a question needs a figure or a moment that answers it", help);
            }
        }
        if question.choices.len() < 2 {
            self.wrong(&format!("{path}.choices"), "there is nothing to choose from", "give two answers or more");
        }
        for (n, choice) in question.choices.iter().enumerate() {
            self.when(&format!("{path}.choices.{n}.when"), &choice.when, question);
        }
    }

    fn when(&mut self, path: &str, when: &When, question: &Question) {
        let (mut runs, mut amounts) = (Vec::new(), Vec::new());
        match when {
            When::Is(amount) | When::AtLeast(amount) | When::AtMost(amount) => amounts.push(amount),
            When::Between(low, high) => amounts.extend([low, high]),
            When::Never | When::Same => {}
            When::Least(run) => runs.push(run.as_str()),
            When::Each(each) => {
                runs.extend(each.names());
                amounts.extend(each.iter().map(|(_, amount)| amount));
            }
        }
        for run in runs.into_iter().filter(|run| self.scenario.run(run).is_none()) {
            let known: Vec<&str> = self.scenario.runs.iter().map(|r| r.id.as_str()).collect();
            self.unknown(path, "run", run, known);
        }
        for amount in amounts {
            if let Err(why) = amount.in_unit(question.unit()) {
                self.wrong(path, why, "as the figure's unit asks");
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
        if !names.contains(&task) && !is_thread_of_runtime(told, name) {
            self.unknown(path, "task, resource, device, run or future", name, names);
        }
    }
}

/// Whether a runtime may have a thread of this name: "worker 1", "pool 7", "blocking 0", "event loop".
fn is_thread_of_runtime(told: &Scenario, name: &str) -> bool {
    if name == "event loop" {
        return told.runs.iter().any(|run| run.model.family == Family::Callbacks);
    }
    let Some((kind, nth)) = name.split_once(' ') else { return false };
    let Ok(nth) = nth.parse::<u32>() else { return false };
    let mut runtimes = told.runs.iter().filter(|run| !run.model.is_thread_a_task());
    let has_runtime = runtimes.clone().next().is_some();
    match kind {
        "worker" => runtimes.any(|run| nth < told.workers(run)),
        "pool" => runtimes.any(|run| run.model.family == Family::Pool && nth < told.workers(run)),
        "blocking" => match check_workload::offloads(told) {
            0 => false,
            calls => {
                // Node's pool has four threads from its first call on.
                let least = if runtimes.any(|run| run.model.family == Family::Callbacks) { 4 } else { 0 };
                has_runtime && u64::from(nth) < calls.max(least)
            }
        },
        _ => false,
    }
}
