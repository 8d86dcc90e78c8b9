//! Notify, Wait and Barrier: who goes on, and when.

use crate::lesson::*;

#[test]
fn a_notification_before_the_wait_is_kept() {
    let workload = r#"tasks: {
        "early": (ops: [Notify("bell")]),
        "late": (ops: [Io("5ms"), Wait("bell"), Mark("heard")]),
    }, resources: {"bell": notify}"#;
    let (tasks, threads) = both(workload);
    assert_eq!((mark_at(&tasks, "heard"), mark_at(&threads, "heard")), (5.0, 5.0));
}

#[test]
fn one_notification_wakes_one_and_notify_all_wakes_everyone() {
    let waiters = |ops: &str| {
        format!(
            r#"tasks: {{"w": (count: 3, ops: [Wait("bell"), Mark("up")]), "ringer": (ops: [Io("5ms"), {ops}])}},
            resources: {{"bell": notify}}"#
        )
    };
    let (tasks, threads) = both(&waiters(r#"Notify("bell")"#));
    assert_eq!((tasks.marks().as_str(), threads.marks().as_str()), ("up", "up"));
    assert_eq!((tasks.metrics.unfinished, threads.metrics.unfinished), (2, 2));
    let (tasks, threads) = both(&waiters(r#"NotifyAll("bell")"#));
    assert_eq!((tasks.marks().as_str(), threads.marks().as_str()), ("up up up", "up up up"));
}

#[test]
fn a_barrier_lets_nobody_through_before_the_last_has_come() {
    let workload = r#"tasks: {
        "fast": (count: 2, ops: [Io("1ms"), Barrier("line"), Mark("go")]),
        "slow": (ops: [Io("9ms"), Barrier("line"), Mark("go")]),
    }, resources: {"line": barrier(parties: 3)}"#;
    let (tasks, threads) = both(workload);
    for run in [tasks, threads] {
        assert_eq!((run.marks().as_str(), mark_at(&run, "go")), ("go go go", 9.0));
    }
}
