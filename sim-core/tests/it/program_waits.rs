//! What an op holds while it takes its time: the worker, the core, or nothing.

use crate::lesson::*;

/// Two tasks that each do this once.
fn two(op: &str) -> (f64, f64) {
    makespans(&format!(r#"tasks: {{"a": (ops: [{op}]), "b": (ops: [{op}])}}"#))
}

#[test]
fn work_holds_the_core_in_both_models() {
    assert_eq!(two(r#"Work("3ms")"#), (6.0, 6.0));
}

#[test]
fn io_and_sleep_hold_nothing() {
    assert_eq!(two(r#"Io("3ms")"#), (3.0, 3.0));
    assert_eq!(two(r#"Sleep("3ms")"#), (3.0, 3.0));
}

#[test]
fn a_blocking_call_holds_the_worker_but_only_the_thread_that_made_it() {
    assert_eq!(two(r#"Block("3ms")"#), (6.0, 3.0));
}

#[test]
fn an_offloaded_call_holds_neither_worker_nor_core() {
    assert_eq!(two(r#"Offload("3ms")"#), (3.0, 3.0));
}

#[test]
fn a_blocked_worker_leaves_its_core_to_another_worker() {
    let workload = r#"tasks: {"a": (ops: [Block("3ms")]), "b": (ops: [Work("3ms")])}"#;
    let on = |workers| millis(run(&lesson_with("cores: 1", workers, workload), "async").metrics.makespan);
    assert_eq!((on("workers: 1"), on("workers: 2")), (6.0, 3.0));
}

#[test]
fn a_yield_lets_the_other_go_on() {
    let task = |name| format!(r#""{name}": (ops: [Mark("{name}1"), Yield, Mark("{name}2")])"#);
    let workload = format!("tasks: {{{}, {}}}", task("a"), task("b"));
    let expected = "a1 b1 a2 b2".to_owned();
    assert_eq!(marks(&workload), (expected.clone(), expected));
}

#[test]
fn without_a_yield_a_task_runs_to_its_await_and_a_thread_to_the_end_of_its_quantum() {
    let task = |name| format!(r#""{name}": (ops: [Work("3ms"), Mark("{name}1"), Work("3ms"), Mark("{name}2")])"#);
    let workload = format!("tasks: {{{}, {}}}", task("a"), task("b"));
    // A quantum of 4 ms: a works 4, b works 4, a its last 2, b its last 2.
    assert_eq!(marks(&workload), ("a1 a2 b1 b2".to_owned(), "a1 b1 a2 b2".to_owned()));
}

#[test]
fn a_device_works_on_no_more_requests_than_it_can() {
    let workload = r#"tasks: {"t": (count: 6, ops: [IoOn("disk")])}"#;
    let on = |machine| {
        let scenario = lesson_with(machine, "workers: 1", workload);
        ["async", "threads"].map(|id| millis(run(&scenario, id).metrics.makespan))
    };
    assert_eq!(on(r#"devices: {"disk": (latency: "10ms")}"#), [10.0, 10.0]);
    assert_eq!(on(r#"devices: {"disk": (latency: "10ms", in_flight: 2)}"#), [30.0, 30.0]);
}
