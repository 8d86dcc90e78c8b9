//! Let, Await and Drop: a future is inert until it is polled, and gone when it is dropped.

use crate::lesson::*;
use sim_core::analysis::findings::FindingKind;

#[test]
fn a_future_begins_when_it_is_awaited() {
    let workload = r#"tasks: {"t": (ops: [Let("f", [Mark("begun"), Io("10ms")]), Io("20ms"), Await("f")])}"#;
    let (tasks, threads) = both(workload);
    for run in [tasks, threads] {
        assert_eq!((mark_at(&run, "begun"), millis(run.metrics.makespan)), (20.0, 30.0));
    }
}

#[test]
fn a_future_that_is_never_awaited_never_runs_and_is_told_of() {
    let (tasks, threads) = both(r#"tasks: {"t": (ops: [Let("f", [Mark("begun")]), Io("5ms")])}"#);
    assert_eq!((tasks.marks().as_str(), kinds(&tasks)), ("", vec![FindingKind::NeverPolled]));
    assert_eq!(threads.marks(), "");
}

#[test]
fn a_select_around_an_await_leaves_the_future_where_it_stands() {
    let workload = r#"tasks: {"t": (ops: [
        Let("f", [Io("10ms"), Mark("half"), Io("10ms"), Mark("whole")]),
        Select([[Await("f")], [Io("15ms"), Mark("impatient")]]),
        Await("f"),
        Mark("end"),
    ])}"#;
    let tasks = run(&lesson(workload), "async");
    assert_eq!(tasks.marks(), "half impatient whole end");
    assert_eq!(mark_at(&tasks, "end"), 20.0);
}

#[test]
fn a_dropped_future_gives_back_what_it_held_and_never_completes() {
    let workload = r#"tasks: {"t": (ops: [
        Let("f", [Lock("m", [Io("20ms"), Mark("never")])]),
        Select([[Await("f")], [Io("5ms")]]),
        Drop("f"),
        Lock("m", [Mark("mine")]),
    ])}, resources: {"m": mutex}"#;
    let tasks = run(&lesson(workload), "async");
    assert_eq!((tasks.marks().as_str(), mark_at(&tasks, "mine")), ("mine", 5.0));
    assert_eq!((count(&tasks, "FutureDropped"), count(&tasks, "FutureCompleted")), (1, 0));
}

#[test]
fn a_future_that_is_kept_and_not_polled_keeps_its_lock() {
    // The trap called futurelock: the lock is granted to a future that nobody polls.
    let workload = r#"tasks: {
        "t": (ops: [
            Let("f", [Lock("m", [Mark("never")])]),
            Select([[Await("f")], [Io("5ms")]]),
            Lock("m", [Mark("nor this")]),
        ]),
        "holder": (ops: [Lock("m", [Io("10ms")])]),
    }, resources: {"m": mutex}"#;
    let swapped = workload.replacen("\"t\": (ops: [", "\"t\": (ops: [Io(\"1ms\"), ", 1);
    let tasks = run(&lesson(&swapped), "async");
    assert_eq!((tasks.marks().as_str(), tasks.metrics.unfinished), ("", 1));
}

#[test]
fn a_future_that_is_dropped_unawaited_does_nothing_in_any_model() {
    let workload = r#"tasks: {"t": (ops: [Let("f", [Mark("f")]), Drop("f"), Mark("end")])}"#;
    assert_eq!(marks(workload), ("end".to_owned(), "end".to_owned()));
}
