//! What a person may turn: knobs, seed, costs, and the model of each run, all as "PATH=VALUE".
//!
//! Owns which values are in force and how they are told from those that the file has. What a value does is the
//! scenario's: each is set as `wakeline run --set` would set it.

use std::sync::Arc;

use sim_core::model::Model;
use sim_core::scenario::outline::{Found, Node};
use sim_core::scenario::{KnobValues, PolicySpec, RunOptions, RunSpec, Scenario};

use super::Session;
use super::document::{Document, Origin};
use super::settings::CostsChoice;

/// A lesson has at most so many runs side by side.
pub const MOST_RUNS: usize = 6;

/// What is asked for: a document, and what is changed about it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Wanted {
    /// Where it comes from.
    pub origin: Origin,
    /// The variant; none: the lesson as written.
    pub variant: Option<String>,
    /// What is set besides: "PATH=VALUE", in order.
    pub sets: Vec<String>,
}

impl Wanted {
    /// The thing as it is written.
    pub fn plain(origin: Origin, variant: Option<String>) -> Wanted {
        Wanted { origin, variant, sets: Vec::new() }
    }
}

/// A knob as it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dial {
    /// Which value of the file it sets.
    pub path: String,
    /// Its name.
    pub label: String,
    /// The values it can have.
    pub values: KnobValues,
    /// Its value in the lesson as written; empty if the file leaves it out.
    pub written: String,
    /// Its value in the runs that are shown.
    pub now: String,
}

impl Dial {
    /// Whether it stands elsewhere than in the lesson.
    pub fn is_turned(&self) -> bool {
        self.written != self.now
    }
}

/// The scenario's own knobs.
pub fn dials(written: &Scenario, shown: &Scenario) -> Vec<Dial> {
    let dial = |knob: &sim_core::scenario::Knob| Dial {
        path: knob.path.clone(),
        label: knob.label.clone(),
        values: knob.values.clone(),
        written: value_at(written, &knob.path),
        now: value_at(shown, &knob.path),
    };
    written.knobs.iter().map(dial).collect()
}

/// The value that a scenario's text has at a path; empty where it leaves it out.
pub fn value_at(scenario: &Scenario, path: &str) -> String {
    match Node::of(&scenario.text).as_ref().map(|outline| outline.find(path)) {
        Some(Found::Value(node)) => scenario.text[node.span.clone()].trim_matches('"').to_owned(),
        Some(Found::Missing { .. }) | None => String::new(),
    }
}

/// The sets with one more. What was set of the same value, or of a part of it, has no effect any more and goes.
pub fn with_set(sets: &[String], path: &str, value: &str) -> Vec<String> {
    let mut sets = without(sets, path);
    sets.push(format!("{path}={value}"));
    sets
}

/// The sets without those of this value and of its parts.
pub fn without(sets: &[String], path: &str) -> Vec<String> {
    let own = |set: &&String| {
        let of = set.split('=').next().unwrap_or(set).trim();
        of != path && !of.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'))
    };
    sets.iter().filter(own).cloned().collect()
}

/// The list of runs as a file writes it.
pub fn write_runs(runs: &[RunSpec]) -> String {
    let runs: Vec<String> = runs.iter().map(write_run).collect();
    format!("[{}]", runs.join(", "))
}

fn write_run(run: &RunSpec) -> String {
    let mut text = format!("(id: {:?}, model: {}", run.id, run.model.id);
    if let Some(title) = &run.title {
        text.push_str(&format!(", title: {title:?}"));
    }
    if let Some(workers) = run.workers.filter(|_| run.model.has_workers()) {
        text.push_str(&format!(", workers: {workers}"));
    }
    match run.policy {
        Some(PolicySpec::RoundRobin { quantum }) => {
            text.push_str(&format!(", policy: round_robin(quantum: \"{}ns\")", quantum.as_nanos()));
        }
        Some(PolicySpec::Fifo) => text.push_str(", policy: fifo"),
        Some(PolicySpec::Fair) => text.push_str(", policy: fair"),
        None => {}
    }
    if let Some(inherits) = run.priority_inheritance {
        text.push_str(&format!(", priority_inheritance: {inherits}"));
    }
    text.push(')');
    text
}

/// The runs of a scenario with one more, of this model. Its id is the model's, with a number if that is taken.
pub fn with_run(shown: &Scenario, model: &'static Model) -> Vec<RunSpec> {
    let base = model.id.replace('_', "-");
    let free = |id: &String| shown.run(id).is_none();
    let ids = std::iter::once(base.clone()).chain((2..).map(|n| format!("{base}-{n}")));
    let id = ids.into_iter().find(free).expect("there is always another number");
    let mut runs = shown.runs.clone();
    runs.push(shown.run_of_model(id, model));
    runs
}

/// The runs of a scenario, one of them under another model, with as many workers as before where that takes several.
pub fn with_model(shown: &Scenario, run: usize, model: &'static Model) -> Vec<RunSpec> {
    let mut runs = shown.runs.clone();
    let spec = &mut runs[run];
    spec.workers = shown.workers_kept(spec, model);
    spec.model = model;
    // A title that the file gave it may not fit any more: the one that is made from model and workers does.
    spec.title = None;
    runs
}

impl Session {
    /// What is asked for now: what is shown, unless something else is being run.
    pub fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// How many things are other than in the lesson as written: knobs, seed, costs, the number of runs.
    pub fn turned(&self) -> usize {
        let (Some(written), Some(shown), Some(document)) = (self.written(), self.shown(), self.document()) else {
            return 0;
        };
        let others = [written.seed != shown.seed, self.are_costs_turned(), written.runs.len() != shown.runs.len()];
        document.dials.iter().map(Dial::is_turned).chain(others).filter(|turned| *turned).count()
    }

    /// The value that is asked for at a path, if it is set by itself: it may still be on its way.
    pub fn wanted_value(&self, path: &str) -> Option<String> {
        let value = |set: &String| set.strip_prefix(path)?.strip_prefix('=').map(|v| v.trim_matches('"').to_owned());
        self.wanted.sets.iter().rev().find_map(value)
    }

    /// The scenario as its file has it; none for a recording.
    pub fn written(&self) -> Option<&Arc<Scenario>> {
        self.document()?.written.as_ref()
    }

    /// The scenario that the runs shown are of, with what was set in it.
    pub fn shown(&self) -> Option<&Arc<Scenario>> {
        self.document()?.shown.as_ref()
    }

    /// The variant that the lesson's step speaks of.
    pub fn told_variant(&self) -> Option<&str> {
        self.document()?.steps.get(self.step())?.says.variant.as_deref()
    }

    /// Whether what is shown is other than what the lesson's step speaks of.
    pub fn is_changed(&self) -> bool {
        let set = |d: &Document| !d.sets.is_empty() || d.variant.as_deref() != self.told_variant();
        self.document().is_some_and(set) || self.are_costs_of_settings()
    }

    /// Whether the step's text speaks of other runs than those shown; none of it while the step's own are on their way.
    pub fn is_told_of_another(&self) -> bool {
        let has_text = self.document().is_some_and(|d| !d.steps.is_empty());
        has_text && self.step_wanted.is_none() && self.is_changed()
    }

    /// Whether chance has a say in the runs shown: only then another seed is another world.
    pub fn is_left_to_chance(&self) -> bool {
        let drawn = |run: &super::Run| run.trace.tables().decisions.iter().any(|decision| decision.among != 1);
        self.runs().iter().any(drawn)
    }

    /// Whether another seed is set than in the lesson.
    pub fn is_another_world(&self) -> bool {
        self.written().zip(self.shown()).is_some_and(|(written, shown)| written.seed != shown.seed)
    }

    /// Runs it again with one value set.
    pub(super) fn turn(&mut self, path: &str, value: &str) {
        let mut ask = self.wanted.clone();
        let written = self.written().map(|w| value_at(w, path));
        ask.sets = without(&ask.sets, path);
        // Back at what the file has it is not turned, unless a variant, the whole around it or the settings say otherwise.
        let is_around = |set: &String| path.starts_with(&format!("{}.", set.split('=').next().unwrap_or(set)));
        let settings = path == "costs" && self.settings().costs != CostsChoice::Scenario;
        if settings || written.as_deref() != Some(value) || ask.variant.is_some() || ask.sets.iter().any(is_around) {
            ask.sets = with_set(&ask.sets, path, value);
        }
        self.run_again(ask);
    }

    /// Runs it again with this value as the file has it.
    pub(super) fn turn_back(&mut self, path: &str) {
        let mut ask = self.wanted.clone();
        ask.sets = without(&ask.sets, path);
        self.run_again(ask);
    }

    /// Runs it again with the next seed.
    pub(super) fn another_world(&mut self) {
        if let Some(shown) = self.shown() {
            let next = shown.seed.wrapping_add(1);
            self.turn("seed", &next.to_string());
        }
    }

    /// Runs it again as this variant, with what is set.
    pub(super) fn try_variant(&mut self, variant: Option<String>) {
        self.run_again(Wanted { variant, ..self.wanted.clone() });
    }

    /// Runs it again as the lesson's step has it. Runs that were added stay: each is removed by itself.
    pub(super) fn as_in_lesson(&mut self) {
        let told = self.as_told(&self.wanted.origin);
        if self.are_costs_of_settings() {
            self.settings.costs = CostsChoice::Scenario;
            self.notice("Costs are the scenario's own again, in Settings, too.".to_owned());
            self.step_wanted = None;
            return self.load_wanted(told);
        }
        self.run_again(told);
    }

    /// Whether anything can be brought back to what the lesson's step has.
    pub fn can_reset(&self) -> bool {
        self.are_costs_of_settings() || self.document().is_some_and(|d| d.wanted() != self.as_told(&d.origin))
    }

    /// Whether a person has set something, or tries another variant than the step's: another step takes that back.
    pub(super) fn can_drop_changes(&self) -> bool {
        !self.wanted.sets.is_empty() || self.wanted.variant.as_deref() != self.told_variant()
    }

    /// What the lesson's step speaks of, with the runs that were added.
    fn as_told(&self, origin: &Origin) -> Wanted {
        let told = Wanted::plain(origin.clone(), self.told_variant().map(str::to_owned));
        let (Some(written), Some(shown)) = (self.written(), self.shown()) else { return told };
        let added: Vec<RunSpec> = shown.runs.iter().filter(|r| written.run(&r.id).is_none()).cloned().collect();
        if added.is_empty() {
            return told;
        }
        let options = RunOptions { variant: told.variant.clone(), ..RunOptions::default() };
        let mut runs = written.as_asked(&options).map_or_else(|_| written.runs.clone(), |asked| asked.runs);
        runs.extend(added);
        runs.truncate(MOST_RUNS);
        Wanted { sets: with_set(&[], "runs", &write_runs(&runs)), ..told }
    }

    /// Runs it again with other runs.
    pub(super) fn set_runs(&mut self, runs: &[RunSpec]) {
        if (2..=MOST_RUNS).contains(&runs.len()) {
            let sets = with_set(&self.wanted.sets, "runs", &write_runs(runs));
            self.run_again(Wanted { sets, ..self.wanted.clone() });
        }
    }

    fn run_again(&mut self, ask: Wanted) {
        if self.written().is_some() && ask != self.wanted {
            // The person has gone on from the step that was still to be shown.
            self.step_wanted = None;
            self.load_wanted(ask);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim_core::instant::SimDuration;

    #[test]
    fn a_value_that_is_set_again_replaces_the_first_and_its_parts() {
        let sets = with_set(&[], "runs.async.workers", "2");
        let sets = with_set(&sets, "seed", "9");
        assert_eq!(with_set(&sets, "runs.async.workers", "3"), ["seed=9", "runs.async.workers=3"]);
        assert_eq!(with_set(&sets, "runs", "[]"), ["seed=9", "runs=[]"]);
        assert_eq!(without(&sets, "runs.async"), ["seed=9"]);
        assert_eq!(without(&["seeds=1".to_owned()], "seed"), ["seeds=1"], "a name that begins alike is another");
    }

    #[test]
    fn runs_are_written_so_that_they_read_as_they_were() {
        let text = include_str!("../../../scenarios/blocked-executor.ron");
        let written = Scenario::parse("x.ron", text, &[]).unwrap();
        let mut runs = with_run(&written, Model::find("async_stealing").unwrap());
        runs[1].policy = Some(PolicySpec::RoundRobin { quantum: SimDuration::from_millis(2) });
        runs[2].workers = Some(3);
        let set = format!("runs={}", write_runs(&runs));
        let shown = Scenario::parse("x.ron", text, &[set]).unwrap();
        assert_eq!(shown.runs, runs);
        let workers = &dials(&written, &shown)[0];
        assert_eq!((workers.written.as_str(), workers.now.as_str()), ("1", "1"));
    }

    #[test]
    fn a_run_that_is_added_has_an_id_of_its_own() {
        let text = include_str!("../../../scenarios/work-stealing.ron");
        let written = Scenario::parse("x.ron", text, &[]).unwrap();
        let threads = Model::find("thread_per_task").unwrap();
        let one = with_run(&written, threads);
        let two = with_run(&Scenario { runs: one.clone(), ..written }, threads);
        assert_eq!([one[3].id.as_str(), two[4].id.as_str()], ["thread-per-task", "thread-per-task-2"]);
        assert_eq!(one[3].workers, None, "threads have no workers");
    }

    #[test]
    fn a_run_keeps_its_workers_under_another_model_that_takes_several() {
        let text = include_str!("../../../scenarios/work-stealing.ron");
        let written = Scenario::parse("x.ron", text, &[]).unwrap();
        let swapped = |from: &Scenario, model| {
            let runs = with_model(from, 0, Model::find(model).unwrap());
            let from = Scenario { runs, ..from.clone() };
            (from.workers(&from.runs[0]), from)
        };
        let (workers, smol) = swapped(&written, "smol");
        assert_eq!((written.workers(&written.runs[0]), workers), (4, 4), "as many as tokio had, not smol's usual one");
        assert_eq!(swapped(&smol, "tokio_multi_thread").0, 4, "and back");
        assert_eq!(swapped(&written, "event_loop").0, 1, "an event loop has no more than one");
        let added = with_run(&written, Model::find("smol").unwrap());
        assert_eq!(added[3].workers, Some(4), "and a run that is added has as many as the async run beside it");
    }

    #[test]
    fn a_dial_knows_that_it_is_turned() {
        let text = include_str!("../../../scenarios/blocked-executor.ron");
        let written = Scenario::parse("x.ron", text, &[]).unwrap();
        let shown = written.with(&["workload.tasks.hog.ops.1.0=50ms".to_owned()]).unwrap();
        let dials = dials(&written, &shown);
        assert!(!dials[0].is_turned());
        assert_eq!((dials[1].written.as_str(), dials[1].now.as_str()), ("100ms", "50ms"));
    }
}
