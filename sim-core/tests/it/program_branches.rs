//! Join, Select and Timeout: side by side within one task; with helper threads where there are only threads.

use crate::lesson::*;
use sim_core::trace::tables::ThreadKind;

#[test]
fn joined_waits_overlap_and_joined_work_does_not() {
    assert_eq!(makespans(r#"tasks: {"t": (ops: [Join([[Io("10ms")], [Io("4ms")]])])}"#), (10.0, 10.0));
    assert_eq!(makespans(r#"tasks: {"t": (ops: [Join([[Work("10ms")], [Work("10ms")]])])}"#), (20.0, 20.0));
}

#[test]
fn joined_work_uses_the_cores_only_as_threads() {
    let scenario =
        lesson_with("cores: 2", "workers: 2", r#"tasks: {"t": (ops: [Join([[Work("10ms")], [Work("10ms")]])])}"#);
    assert_eq!(millis(run(&scenario, "async").metrics.makespan), 20.0);
    assert_eq!(millis(run(&scenario, "threads").metrics.makespan), 10.0);
}

#[test]
fn the_branch_that_loses_is_dropped_and_its_helper_thread_runs_on() {
    let workload = r#"tasks: {"t": (ops: [
        Select([[Io("5ms"), Mark("fast")], [Io("20ms"), Mark("slow")]]), Mark("on"),
    ])}"#;
    let (tasks, threads) = both(workload);
    assert_eq!((tasks.marks().as_str(), millis(tasks.metrics.run_end)), ("fast on", 5.0));
    assert_eq!(threads.marks(), "fast on slow");
    // The leak is beside the makespan: the task is done at 5 ms, the run at 20 ms.
    assert_eq!((millis(threads.metrics.makespan), millis(threads.metrics.run_end)), (5.0, 20.0));
    let helpers = threads.trace.tables().threads.iter().filter(|thread| thread.kind == ThreadKind::Helper);
    assert_eq!(helpers.count(), 2);
}

#[test]
fn of_two_branches_that_are_ready_the_first_wins() {
    let workload = r#"tasks: {"t": (ops: [Select([[Mark("first")], [Mark("second")]])])}"#;
    assert_eq!(run(&lesson(workload), "async").marks(), "first");
}

#[test]
fn a_timeout_ends_a_wait_and_fails() {
    let workload = r#"tasks: {"t": (ops: [
        Try([Timeout("15ms", [Io("30ms"), Mark("answer")]), Mark("in time")], [Mark("too late")]),
    ])}"#;
    let (tasks, threads) = both(workload);
    assert_eq!((tasks.marks().as_str(), mark_at(&tasks, "too late")), ("too late", 15.0));
    assert_eq!((threads.marks().as_str(), mark_at(&threads, "too late")), ("too late answer", 15.0));
    assert_eq!((millis(threads.metrics.makespan), millis(threads.metrics.run_end)), (15.0, 30.0));
}

#[test]
fn a_timeout_cannot_end_work_of_a_task() {
    // A poll that is done in the end has its result, however late.
    let workload = r#"tasks: {"t": (ops: [
        Try([Timeout("15ms", [Work("30ms")]), Mark("fine")], [Mark("too late")]),
    ])}"#;
    let tasks = run(&lesson(workload), "async");
    assert_eq!((tasks.marks().as_str(), mark_at(&tasks, "fine")), ("fine", 30.0));
}

#[test]
fn what_is_done_in_time_is_not_touched_by_its_timeout() {
    let workload = r#"tasks: {"t": (ops: [Timeout("15ms", [Io("10ms")]), Mark("fine"), Io("10ms")])}"#;
    let (tasks, threads) = both(workload);
    for run in [tasks, threads] {
        assert_eq!((mark_at(&run, "fine"), millis(run.metrics.run_end)), (10.0, 20.0));
    }
}

#[test]
fn a_failure_in_a_branch_fails_the_join() {
    let workload = r#"tasks: {"t": (ops: [
        Try([Join([[Fail("no")], [Io("5ms"), Mark("other")]]), Mark("fine")], [Mark("failed")]),
    ])}"#;
    assert_eq!(marks(workload), ("other failed".to_owned(), "other failed".to_owned()));
}
