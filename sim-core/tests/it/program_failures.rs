//! Repeat, Try and Fail: how a program goes round, and how it ends early.

use crate::lesson::*;

fn same_in_both(workload: &str, expected: &str) {
    assert_eq!(marks(workload), (expected.to_owned(), expected.to_owned()));
}

#[test]
fn a_body_is_repeated_as_often_as_it_says() {
    same_in_both(
        r#"tasks: {"t": (ops: [Repeat(3, [Mark("a"), Repeat(2, [Mark("b")])]), Repeat(0, [Mark("c")])])}"#,
        "a b b a b b a b b",
    );
}

#[test]
fn a_failure_ends_its_task_and_no_other() {
    let workload = r#"tasks: {
        "bad": (ops: [Io("1ms"), Fail("disk full"), Mark("never")]),
        "good": (ops: [Io("2ms"), Mark("fine")]),
    }"#;
    let (tasks, threads) = both(workload);
    for run in [tasks, threads] {
        assert_eq!((run.marks().as_str(), told(&run, "Failed").len(), run.metrics.unfinished), ("fine", 1, 0));
        assert!(told(&run, "Failed")[0].contains("disk full"));
    }
}

#[test]
fn a_failure_gives_back_the_locks_on_its_way_out() {
    let workload = r#"tasks: {"t": (ops: [
        Try([Lock("m", [Fail("no")])], [Mark("caught")]), Lock("m", [Mark("free")]),
    ])}, resources: {"m": mutex}"#;
    same_in_both(workload, "caught free");
}

#[test]
fn the_second_steps_of_a_try_run_only_after_a_failure() {
    same_in_both(r#"tasks: {"t": (ops: [Try([Mark("a")], [Mark("b")]), Try([Fail("x")], [Mark("c")])])}"#, "a c");
}

#[test]
fn an_await_of_a_future_that_is_gone_fails() {
    let workload = r#"tasks: {"t": (ops: [
        Let("f", [Mark("f")]), Await("f"), Try([Await("f"), Mark("again")], [Mark("gone")]),
    ])}"#;
    same_in_both(workload, "f gone");
}
