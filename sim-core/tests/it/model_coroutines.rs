//! Goroutines run in the order in which Go 1.19.8 ran them, and wait, hand over and are preempted as there.
//!
//! The expected orders were printed by Go itself with GOMAXPROCS 1, 20 identical repeats each.

use crate::lesson::{assert_legal, millis};
use sim_core::scenario::{Measured, RunOptions, Scenario};
use sim_core::trace::event::Event;

/// A scenario whose only run is of this model: `machine` and `run` as in a file.
fn lesson_of(model: &str, machine: &str, run: &str, workload: &str) -> Scenario {
    let text = format!(
        r#"(
    schema: 1, id: "lesson", number: 1, part: A, title: "A lesson", idea: "An idea.", costs: "zero",
    machine: ({machine}), workload: ({workload}), 
    runs: [(id: "run", model: {model}, {run}), (id: "beside", model: async_fifo)],
)"#
    );
    Scenario::parse("lesson.ron", &text, &[]).unwrap_or_else(|errors| panic!("{errors}\n{text}"))
}

fn measured(scenario: &Scenario) -> Measured {
    let options = RunOptions::default();
    let measured = Measured::of(scenario.execute("run", &options, None), scenario.costs_of(&options));
    assert_legal(&measured.trace, "a run of goroutines");
    measured
}

/// The workload under one P.
fn one(workload: &str) -> Measured {
    measured(&lesson_of("coroutines", "cores: 1", "workers: 1", workload))
}

#[track_caller]
fn check(expected: &str, workload: &str) {
    assert_eq!(one(workload).marks(), expected);
}

const SPAWN_FIFO: &str = r#"tasks: {
    "root": (ops: [Mark("R0"), Spawn("A"), Spawn("B"), Spawn("C"), Mark("R1"),
        JoinTask("A"), JoinTask("B"), JoinTask("C"), Mark("R2")]),
    "A": (ops: [Mark("A")]), "B": (ops: [Mark("B")]), "C": (ops: [Mark("C")]),
}"#;

#[test]
fn the_goroutine_started_last_runs_first() {
    check("R0 R1 C A B R2", SPAWN_FIFO);
}

fn rounds(name: &str) -> String {
    format!(
        r#""{name}": (ops: [Mark("{name}1"), Yield, Mark("{name}2"), Yield, Mark("{name}3"), Yield, Mark("{name}4")])"#
    )
}

#[test]
fn goroutines_that_yield_take_turns_in_the_order_in_which_they_began() {
    let (a, b, c) = (rounds("A"), rounds("B"), rounds("C"));
    let root = r#"Spawn("A"), Spawn("B"), Spawn("C"), JoinTask("A"), JoinTask("B"), JoinTask("C"), Mark("R")"#;
    let workload = format!(r#"tasks: {{ "root": (ops: [{root}]), {a}, {b}, {c} }}"#);
    check("C1 A1 B1 C2 A2 B2 C3 A3 B3 C4 A4 B4 R", &workload);
}

const NESTED: &str = r#"tasks: {
    "root": (ops: [Spawn("A"), Spawn("B"), JoinTask("A"), JoinTask("B"), Mark("R")]),
    "A": (ops: [Mark("A1"), Spawn("a"), Mark("A2"), Yield, Mark("A3"), JoinTask("a"), Mark("A4")]),
    "B": (ops: [Mark("B1"), Spawn("b"), Mark("B2"), Yield, Mark("B3"), JoinTask("b"), Mark("B4")]),
    "a": (ops: [Mark("a1"), Yield, Mark("a2")]),
    "b": (ops: [Mark("b1"), Yield, Mark("b2")]),
}"#;

#[test]
fn a_child_runs_as_soon_as_its_parent_lets_others_go_first() {
    check("B1 B2 b1 A1 A2 a1 B3 b2 B4 A3 a2 A4 R", NESTED);
}

const CHANNEL: &str = r#"tasks: {
    "root": (ops: [Spawn("P"), Spawn("C"), JoinTask("P"), JoinTask("C"), Mark("R")]),
    "P": (ops: [Mark("s1"), Send("c"), Mark("d1"), Mark("s2"), Send("c"), Mark("d2"),
        Mark("s3"), Send("c"), Mark("d3"), Mark("s4"), Send("c"), Mark("d4"), Mark("Px")]),
    "C": (ops: [Recv("c"), Mark("r1"), Recv("c"), Mark("r2"), Recv("c"), Mark("r3"), Recv("c"), Mark("r4"),
        Mark("Cx")]),
}, resources: {"c": channel(capacity: 1)}"#;

#[test]
fn a_channel_hands_over_to_a_receiver_and_takes_from_a_sender_that_waits() {
    check("s1 d1 s2 d2 s3 r1 r2 r3 d3 s4 d4 Px r4 Cx R", CHANNEL);
}

#[test]
fn what_was_handed_over_before_the_channel_closed_is_received() {
    // As above, without the root, which would hold the channel open.
    let workload = r#"tasks: {
        "P": (ops: [Mark("s1"), Send("c"), Mark("d1"), Mark("s2"), Send("c"), Mark("d2"),
            Mark("s3"), Send("c"), Mark("d3"), Mark("s4"), Send("c"), Mark("d4"), Mark("Px")]),
        "C": (ops: [Recv("c"), Mark("r1"), Recv("c"), Mark("r2"), Recv("c"), Mark("r3"), Recv("c"), Mark("r4"),
            Try([Recv("c")], [Mark("Cx")])]),
    }, resources: {"c": channel(capacity: 1)}"#;
    check("s1 d1 s2 d2 s3 r1 r2 r3 d3 s4 d4 Px r4 Cx", workload);
}

#[test]
fn those_who_wait_for_a_broadcast_are_made_ready_in_line_and_the_last_runs_first() {
    let waits = |name: &str| format!(r#""{name}": (ops: [Wait("n"), Mark("{name}")])"#);
    let (a, b, c) = (waits("A"), waits("B"), waits("C"));
    let root = r#"Spawn("A"), Spawn("B"), Spawn("C"), Yield, Mark("B!"), NotifyAll("n"), Mark("Bx"),
        JoinTask("A"), JoinTask("B"), JoinTask("C"), Mark("R")"#;
    check("B! Bx B C A R", &format!(r#"tasks: {{ "root": (ops: [{root}]), {a}, {b}, {c} }}, resources: {{"n": notify}}"#));
}
