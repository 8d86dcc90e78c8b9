//! Small cases, worked out by hand: if one of these fails, the simulator counts wrongly.

use crate::lesson::*;
use sim_core::Costs;
use sim_core::scenario::{Measure, Measured, RunOptions};

fn figure(run: &Measured, name: &str) -> String {
    run.take(&Measure::parse(name).unwrap()).unwrap().to_string()
}

#[test]
fn eight_tasks_of_work_wait_work_scale_with_workers() {
    // 8 x (5 work, 5 wait, 5 work): 80 ms of work, which no wait can hide on one core; half and a quarter on 2 and 4.
    let workload = r#"tasks: {"t": (count: 8, ops: [Work("5ms"), Io("5ms"), Work("5ms")])}"#;
    for (n, expected) in [(1, 80.0), (2, 40.0), (4, 20.0)] {
        let run = run(&lesson_with(&format!("cores: {n}"), &format!("workers: {n}"), workload), "async");
        assert_eq!((millis(run.metrics.makespan), run.metrics.polls), (expected, 16), "{n} workers");
    }
}

#[test]
fn sixty_four_requests_of_one_and_fifty() {
    // 64 x (1 work, 50 wait): the last begins to wait at 64 ms on one core, at 16 ms on four.
    let workload = r#"tasks: {"t": (count: 64, ops: [Work("1ms"), Io("50ms")])}"#;
    for (n, expected) in [(1, 114.0), (4, 66.0)] {
        let scenario = lesson_with(&format!("cores: {n}"), &format!("workers: {n}"), workload);
        assert_eq!(millis(run(&scenario, "async").metrics.makespan), expected);
        assert_eq!(millis(run(&scenario, "threads").metrics.makespan), expected);
    }
}

#[test]
fn a_quantum_is_paid_in_switches_and_buys_early_answers() {
    // 2 x 6 ms in turns of 2: a b a b a b, five switches; the ends at 10 and 12.
    let workload = r#"tasks: {"t": (count: 2, ops: [Work("6ms")])}"#;
    let scenario = lesson_with(r#"cores: 1, policy: round_robin(quantum: "2ms")"#, "workers: 1", workload);
    let (tasks, threads) = (run(&scenario, "async"), run(&scenario, "threads"));
    assert_eq!((threads.metrics.switches.all, threads.metrics.switches.preempted), (5, 4));
    assert_eq!((millis(threads.metrics.mean_finish), millis(tasks.metrics.mean_finish)), (11.0, 9.0));
    assert_eq!((millis(threads.metrics.last_first_run), millis(tasks.metrics.last_first_run)), (2.0, 6.0));
}

#[test]
fn a_thread_that_goes_on_alone_after_its_quantum_is_no_switch() {
    let scenario = lesson(r#"tasks: {"t": (ops: [Work("50ms")])}"#);
    assert_eq!(run(&scenario, "threads").metrics.switches.all, 0);
}

#[test]
fn utilisation_is_work_by_cores_and_makespan() {
    // 2 work, 8 wait on one core: 20%; the same on two cores: 10%.
    let workload = r#"tasks: {"t": (ops: [Work("2ms"), Io("8ms")])}"#;
    assert_eq!(figure(&run(&lesson(workload), "threads"), "utilisation_work"), "20%");
    let two = lesson_with("cores: 2", "workers: 2", workload);
    assert_eq!(figure(&run(&two, "threads"), "utilisation_work"), "10%");
}

#[test]
fn a_bill_is_its_price_times_its_count() {
    let scenario = lesson(r#"tasks: {"t": (count: 10, ops: [Io("10ms")])}"#);
    let options = RunOptions { costs: Some(Costs::jimblandy()), ..RunOptions::default() };
    let (tasks, threads) = (run_as(&scenario, "async", &options), run_as(&scenario, "threads", &options));
    assert_eq!((figure(&tasks, "spawn_bill"), figure(&threads, "spawn_bill")), ("0.003 ms".into(), "0.170 ms".into()));
    assert_eq!((tasks.metrics.polls, figure(&tasks, "poll_bill")), (20, "0.004 ms".into()));
    let switches = threads.metrics.switches;
    assert_eq!(switches.cost, Costs::jimblandy().thread_switch * switches.all);
}
