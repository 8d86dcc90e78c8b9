//! Who gets a lock next, who waits for it how, and how many may hold it.

use crate::lesson::*;
use sim_core::analysis::findings::FindingKind;

/// Two tasks that take a lock twice and hold it across a wait.
fn two_that_lock(kind: &str) -> String {
    let task = |name| format!(r#""{name}": (ops: [Repeat(2, [Lock("m", [Io("1ms"), Mark("{name}")])])])"#);
    format!(r#"tasks: {{{}, {}}}, resources: {{"m": {kind}}}"#, task("a"), task("b"))
}

#[test]
fn an_async_lock_is_handed_over_in_line_and_a_threads_lock_can_be_snatched() {
    assert_eq!(marks(&two_that_lock("mutex")), ("a b a b".to_owned(), "a a b b".to_owned()));
}

#[test]
fn a_blocking_lock_across_an_await_hangs_tasks_and_not_threads() {
    let (tasks, threads) = both(&two_that_lock("std_mutex"));
    assert_eq!((tasks.marks().as_str(), kinds(&tasks)), ("", vec![FindingKind::WaitCycle]));
    assert_eq!((threads.marks().as_str(), kinds(&threads)), ("a a b b", vec![]));
}

#[test]
fn readers_share_and_a_writer_is_alone() {
    let of = |op: &str| {
        let resources = r#"resources: {"book": rw_lock}"#;
        makespans(&format!(r#"tasks: {{"t": (count: 3, ops: [{op}("book", [Io("10ms")])])}}, {resources}"#))
    };
    assert_eq!(of("Read"), (10.0, 10.0));
    assert_eq!(of("Write"), (30.0, 30.0));
}

#[test]
fn a_semaphore_lets_as_many_through_as_it_has_permits() {
    let tasks = r#"tasks: {"t": (count: 20, ops: [Acquire("gate", [Io("10ms")])])}"#;
    assert_eq!(makespans(&format!(r#"{tasks}, resources: {{"gate": semaphore(permits: 4)}}"#)), (50.0, 50.0));
    assert_eq!(makespans(&format!(r#"{tasks}, resources: {{"gate": semaphore(permits: 20)}}"#)), (10.0, 10.0));
}

#[test]
fn a_lock_of_a_dropped_branch_is_given_back() {
    let workload = r#"tasks: {"t": (ops: [
        Try([Timeout("5ms", [Lock("m", [Io("50ms")])])], []),
        Lock("m", [Mark("mine")]),
    ])}, resources: {"m": mutex}"#;
    let (tasks, threads) = both(workload);
    // The helper thread that lost holds the lock to its end.
    assert_eq!((mark_at(&tasks, "mine"), mark_at(&threads, "mine")), (5.0, 50.0));
}
