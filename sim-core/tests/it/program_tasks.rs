//! Spawn, JoinTask, Cancel and Detach: what the owner of a task can do, and what the owner of a thread cannot.

use crate::lesson::*;

/// A main task that does this with a child of 20 ms, which would charge at its end.
fn with_child(ops: &str) -> String {
    format!(
        r#"tasks: {{
            "main": (ops: [Spawn("child"), {ops}, Mark("main")]),
            "child": (ops: [Io("20ms"), Mark("charge")]),
        }}"#
    )
}

#[test]
fn a_spawned_task_runs_beside_its_owner_who_waits_only_at_the_join() {
    let (tasks, threads) = both(&with_child(r#"Io("20ms"), JoinTask("child")"#));
    for run in [tasks, threads] {
        assert_eq!((millis(run.metrics.makespan), run.marks().as_str()), (20.0, "charge main"));
    }
}

#[test]
fn a_cancelled_task_ends_at_its_await() {
    let tasks = run(&lesson(&with_child(r#"Io("5ms"), Cancel("child")"#)), "async");
    assert_eq!((tasks.marks().as_str(), count(&tasks, "TaskCancelled")), ("main", 1));
    assert_eq!(millis(tasks.metrics.makespan), 5.0);
}

#[test]
fn nobody_can_cancel_a_thread_and_the_run_notes_it() {
    let threads = run(&lesson(&with_child(r#"Io("5ms"), Cancel("child")"#)), "threads");
    assert_eq!((threads.marks().as_str(), millis(threads.metrics.makespan)), ("main charge", 20.0));
    let notes = threads.trace.tables();
    let told = sim_core::trace::text::text(&threads.trace);
    assert!(told.contains("nobody can stop a thread from outside: child runs on"), "{told}\n{notes:?}");
}

#[test]
fn a_cancelled_task_gives_back_its_lock() {
    let workload = r#"tasks: {
        "main": (ops: [Spawn("child"), Io("5ms"), Cancel("child"), Lock("m", [Mark("mine")])]),
        "child": (ops: [Lock("m", [Io("20ms")])]),
    }, resources: {"m": mutex}"#;
    let (tasks, threads) = both(workload);
    assert_eq!((mark_at(&tasks, "mine"), mark_at(&threads, "mine")), (5.0, 20.0));
}

#[test]
fn a_detached_task_runs_to_its_end_and_nobody_waits_for_it() {
    let (tasks, threads) = both(&with_child(r#"Detach("child")"#));
    for run in [tasks, threads] {
        assert_eq!((run.marks().as_str(), mark_at(&run, "main"), mark_at(&run, "charge")), ("main charge", 0.0, 20.0));
    }
}

#[test]
fn a_task_that_is_there_many_times_is_joined_as_a_whole() {
    let workload = r#"tasks: {
        "main": (ops: [Spawn("child"), JoinTask("child"), Mark("all")]),
        "child": (count: 3, ops: [Io("10ms"), Work("1ms")]),
    }"#;
    let (tasks, threads) = both(workload);
    assert_eq!((mark_at(&tasks, "all"), mark_at(&threads, "all")), (13.0, 13.0));
}

#[test]
fn a_failed_child_fails_whoever_joins_it() {
    let workload = r#"tasks: {
        "main": (ops: [Spawn("child"), Try([JoinTask("child"), Mark("fine")], [Mark("failed")])]),
        "child": (ops: [Io("1ms"), Fail("disk full")]),
    }"#;
    assert_eq!(marks(workload), ("failed".to_owned(), "failed".to_owned()));
}
