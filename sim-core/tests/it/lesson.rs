//! Small lessons made of a workload alone, each run in both models under textbook costs, and every run checked for
//! legality before anything is asserted of it.

use sim_core::analysis::findings::FindingKind;
use sim_core::scenario::{Measured, RunOptions, Scenario};
use sim_core::trace::legal;
use sim_core::{SimDuration, Trace};

/// A scenario of one core, one worker and this workload: the inside of `workload: ( … )`.
pub fn lesson(workload: &str) -> Scenario {
    lesson_with("cores: 1", "workers: 1", workload)
}

/// A scenario with this machine, this async run and this workload.
pub fn lesson_with(machine: &str, run: &str, workload: &str) -> Scenario {
    let text = text_with(machine, run, workload);
    Scenario::parse("lesson.ron", &text, &[]).unwrap_or_else(|errors| panic!("{errors}\n{text}"))
}

/// The text of such a scenario.
pub fn text_with(machine: &str, run: &str, workload: &str) -> String {
    format!(
        r#"(
    schema: 1, id: "lesson", number: 1, part: A, title: "A lesson", idea: "An idea.", costs: "zero",
    machine: ({machine}),
    workload: ({workload}),
    runs: [(id: "async", model: async_fifo, {run}), (id: "threads", model: thread_per_task)],
)"#
    )
}

/// A run of the scenario, legal.
pub fn run(scenario: &Scenario, id: &str) -> Measured {
    run_as(scenario, id, &RunOptions::default())
}

/// The same, with options.
pub fn run_as(scenario: &Scenario, id: &str, options: &RunOptions) -> Measured {
    let measured = Measured::of(scenario.execute(id, options, None), scenario.costs_of(options));
    assert_legal(&measured.trace, &format!("{} {id}", scenario.id));
    measured
}

/// Panics with the first event that cannot have happened.
pub fn assert_legal(trace: &Trace, what: &str) {
    legal::check(trace).unwrap_or_else(|illegal| panic!("{what}: {}", illegal[0]));
}

/// Both runs of a workload on one core: async on one worker, and a thread a task.
pub fn both(workload: &str) -> (Measured, Measured) {
    let scenario = lesson(workload);
    (run(&scenario, "async"), run(&scenario, "threads"))
}

/// Milliseconds to the microsecond: under textbook costs a poll takes a nanosecond, which is not what is asserted.
pub fn millis(length: SimDuration) -> f64 {
    (length.as_nanos() / 1_000) as f64 / 1_000.0
}

/// The makespans of both runs of a workload, in ms.
pub fn makespans(workload: &str) -> (f64, f64) {
    let (a, t) = both(workload);
    (millis(a.metrics.makespan), millis(t.metrics.makespan))
}

/// The markers of both runs of a workload.
pub fn marks(workload: &str) -> (String, String) {
    let (a, t) = both(workload);
    (a.marks(), t.marks())
}

/// When the marker was set, in ms.
pub fn mark_at(run: &Measured, text: &str) -> f64 {
    let mark = run.metrics.marks.iter().find(|mark| mark.text == text);
    let at = mark.unwrap_or_else(|| panic!("no marker {text} in {}", run.marks())).at;
    millis(SimDuration::from_nanos(at.as_nanos()))
}

/// The kinds of what was found.
pub fn kinds(run: &Measured) -> Vec<FindingKind> {
    run.findings.iter().map(|finding| finding.kind).collect()
}

/// How many events of this name there are.
pub fn count(run: &Measured, name: &str) -> usize {
    run.trace.events_from(0).filter(|(_, _, event)| event.name() == name).count()
}

/// The texts of a run's events of this name, in order.
pub fn told(run: &Measured, name: &str) -> Vec<String> {
    let tables = run.trace.tables();
    let rows = run.trace.events_from(0).filter(|(_, _, event)| event.name() == name);
    rows.map(|(_, _, event)| crate::support::detail(tables, &event)).collect()
}
