//! What a person reads who made a slip in a scenario file: place, sentence, the words right there, and what to do.
//! Set `WAKELINE_BLESS=1` to write the texts anew, and review the difference.

use std::fmt::Write;
use std::path::Path;

use sim_core::scenario::{Scenario, ScenarioErrors};

/// A lesson without a slip: each case changes one thing in it.
const GOOD: &str = r#"(
    schema: 1,
    id: "small",
    number: 1,
    part: A,
    title: "A lesson",
    idea: "An idea.",
    machine: (cores: 1, policy: round_robin(quantum: "4ms"), devices: {"disk": (latency: "10ms")}),
    workload: (
        tasks: {
            "hb": (ops: [Repeat(3, [Io("10ms"), Work("100us"), Mark("beat")])]),
            "hog": (count: 2, ops: [IoOn("disk"), Lock("m", [Block("100ms")])]),
        },
        resources: {"m": mutex},
    ),
    runs: [
        (id: "async", model: async_fifo, workers: 1),
        (id: "threads", model: thread_per_task),
    ],
    knobs: [(path: "machine.cores", label: "cores", values: range(1, 4))],
    variants: [(id: "two", title: "2 workers", set: ["runs.async.workers=2"])],
    expectations: [(run: "async", metric: "makespan", at_least: "1ms")],
    narration: [(title: "Step", text: "See {hb}.", at: (run: "async", task: "hb", op: "Work"))],
)"#;

/// Slips: what it is, what is replaced, and by what.
const SLIPS: &[(&str, &str, &str)] = &[
    ("a step that does not exist", "Work(", "Wrok("),
    ("a step that is like no other", "Work(", "Compute("),
    ("a field that does not exist", "cores: 1", "coers: 1"),
    ("a field that is missing", "title: \"A lesson\",", ""),
    ("two fields that are missing", "title: \"A lesson\",\n    idea: \"An idea.\",", ""),
    ("two fields of a run that are missing", "(id: \"async\", model: async_fifo, workers: 1)", "(workers: 1)"),
    ("a field that is there twice", "number: 1,", "number: 1, number: 2,"),
    ("a number without a unit", "Io(\"10ms\")", "Io(10)"),
    ("a text without a unit", "Work(\"100us\")", "Work(\"100\")"),
    ("a unit that does not exist", "Work(\"100us\")", "Work(\"100parsecs\")"),
    ("a latency the wrong way round", "latency: \"10ms\"", "latency: \"10ms..5ms\""),
    ("a word where a number belongs", "cores: 1", "cores: one"),
    ("a number below zero", "cores: 1", "cores: -1"),
    ("a number that is too large", "cores: 1", "cores: 99999999999999"),
    ("too many cores", "cores: 1", "cores: 65"),
    ("a quantum of nothing", "quantum: \"4ms\"", "quantum: \"0ms\""),
    ("a model that does not exist", "async_fifo", "async_fofi"),
    ("a resource of no kind", "\"m\": mutex", "\"m\": mutx"),
    ("a lock that does not exist", "Lock(\"m\"", "Lock(\"n\""),
    ("a device that does not exist", "IoOn(\"disk\")", "IoOn(\"disc\")"),
    ("a lock that is none", "\"m\": mutex", "\"m\": notify"),
    ("a task named twice", "\"hog\": (", "\"hb\": ("),
    ("two runs of one id", "id: \"threads\"", "id: \"async\""),
    ("workers of a model that has none", "thread_per_task)", "thread_per_task, workers: 2)"),
    ("a task that spawns itself", "Mark(\"beat\")", "Spawn(\"hb\")"),
    ("a nice value that Linux does not know", "count: 2", "nice: 20"),
    ("no tasks of a name", "count: 2", "count: 0"),
    ("a figure that does not exist", "\"makespan\"", "\"makspan\""),
    ("a figure in another unit", "at_least: \"1ms\"", "at_least: 1"),
    ("an expectation of nothing", ", at_least: \"1ms\"", ""),
    ("a run that does not exist", "run: \"async\", metric", "run: \"asink\", metric"),
    ("a name in the narration", "{hb}", "{heartbeat}"),
    ("a worker that the run has not", "{hb}", "{worker 1}"),
    ("a moment at a step that never comes", "op: \"Work\"", "op: \"Send\""),
    ("a variant that sets nothing there is", "runs.async.workers=2", "runs.asynk.workers=2"),
    ("a knob that leads nowhere", "path: \"machine.cores\"", "path: \"machine.colour\""),
    ("a file of another schema", "schema: 1", "schema: 2"),
    ("a comma that is missing", "number: 1,", "number: 1"),
    ("a colon that is missing", "number: 1,", "number 1,"),
    ("a list that is not closed", "Mark(\"beat\")])]),", "Mark(\"beat\")]),"),
    ("a bracket of another kind", "Mark(\"beat\")])]),", "Mark(\"beat\"))]),"),
    ("a bracket too many", "\"m\": mutex},", "\"m\": mutex}},"),
    ("a quote that is missing", "title: \"A lesson\",", "title: \"A lesson,"),
    ("a name without quotes", "id: \"small\"", "id: small"),
    ("a list that is a struct", "runs: [", "runs: (["),
    ("something after the end", "op: \"Work\"))],\n)", "op: \"Work\"))],\n) and more"),
    ("an escape that is none", "An idea.", "An \\idea."),
    ("a comment that never ends", "number: 1,", "number: 1, /* why"),
    ("two slips at once", "Work(\"100us\"), Mark", "Notify(\"m\"), Lock(\"q\", []), Mark"),
    ("a slip before a bracket that is missing", "title: \"A lesson\",", "titel: \"A lesson\", x: [,"),
];

/// As a terminal shows it, without colour: the line with what is said below the place.
fn shown(errors: &ScenarioErrors, text: &str) -> String {
    let mut shown = String::new();
    for error in errors.errors() {
        let _ = writeln!(shown, "  {}:{}:{}: {}", errors.file(), error.line, error.column, error.message);
        let line = text.lines().nth(error.line - 1).unwrap_or("");
        let blanks: String = line.chars().take(error.column - 1).map(|_| ' ').collect();
        let _ = writeln!(shown, "    | {}\n    | {blanks}^ {}", line, error.label);
        if let Some(help) = &error.help {
            let _ = writeln!(shown, "    = {help}");
        }
    }
    shown
}

#[test]
fn the_lesson_without_a_slip_is_fine() {
    Scenario::parse("small.ron", GOOD, &[]).unwrap_or_else(|errors| panic!("{errors}"));
}

#[test]
fn a_file_of_ones_own_has_no_place_in_the_curriculum() {
    let place = |text: &str| Scenario::parse("small.ron", text, &[]).unwrap().place();
    assert_eq!(place(GOOD).as_deref(), Some("1 · Why concurrency"));
    assert_eq!(place(&GOOD.replacen("number: 1,", "", 1).replacen("part: A,", "", 1)), None);
    assert_eq!(place(&GOOD.replacen("number: 1,", "number: 0,", 1)), None);
}

#[test]
fn every_slip_is_answered_with_place_reason_and_advice() {
    let mut story = String::new();
    for (what, from, to) in SLIPS {
        let text = GOOD.replacen(from, to, 1);
        assert_ne!(text, GOOD, "{what}: nothing was replaced");
        let Err(errors) = Scenario::parse("small.ron", &text, &[]) else {
            let _ = writeln!(story, "{what}\n  is accepted\n");
            continue;
        };
        let _ = writeln!(story, "{what}\n{}", shown(&errors, &text));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden/scenario_errors.txt");
    if std::env::var_os("WAKELINE_BLESS").is_some() {
        std::fs::write(&path, &story).expect("the golden file is writable");
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    // A checkout may have turned line ends into those of its platform.
    assert_eq!(story, golden.replace("\r\n", "\n"));
}

#[test]
fn what_is_wrong_is_told_all_at_once_in_order_of_place() {
    let text = GOOD
        .replacen("cores: 1", "cores: 0", 1)
        .replacen("Lock(\"m\"", "Lock(\"n\"", 1)
        .replacen("IoOn(\"disk\")", "IoOn(\"disc\")", 1)
        .replacen("\"makespan\"", "\"makspan\"", 1)
        .replacen("{hb}", "{hug}", 1);
    let errors = Scenario::parse("small.ron", &text, &[]).unwrap_err();
    let places: Vec<(usize, usize)> = errors.errors().iter().map(|error| (error.line, error.column)).collect();
    assert_eq!(places.len(), 5, "{errors}");
    assert!(places.is_sorted(), "{errors}");
}
