//! The world is met by place in the program, not by order of arrival.

use sim_core::io::Request;
use sim_core::program::Workload;
use sim_core::trace::event::Event;
use sim_core::{Executor, Latency, TaskBuilder, Trace, now, thread, time};

use crate::support::{legal, millis, textbook};

/// The latencies of all requests, sorted. Where a place in the program has a range of its own, they say who got which.
fn world(trace: &Trace) -> Vec<u64> {
    let mut latencies: Vec<u64> = trace
        .events_from(0)
        .filter_map(|(_, _, event)| match event {
            Event::IoStarted { latency, .. } => Some(latency.as_nanos()),
            _ => None,
        })
        .collect();
    latencies.sort_unstable();
    latencies
}

#[track_caller]
fn same_world(ops: &str, decisions: usize) {
    let workload: Workload = ron::from_str(&format!(r#"(tasks: {ops})"#)).unwrap();
    let tasks = world(&textbook(2).run_workload_async(Executor::fifo(1), &workload));
    let threads = world(&textbook(2).run_workload_threads(&workload));
    assert_eq!(tasks.len(), decisions, "{tasks:?}");
    assert_eq!(tasks, threads);
}

#[test]
fn branches_of_a_join_meet_the_same_world_under_every_model() {
    same_world(r#"{"a": (ops: [Join([[Work("5ms"), Io("1ms..100ms")], [Io("101ms..200ms")]])])}"#, 2);
}

#[test]
fn every_round_of_every_branch_meets_the_same_world_under_every_model() {
    let branch = |work, io| format!(r#"[Repeat(3, [Work("{work}ms"), Repeat(2, [Io("{io}")])])]"#);
    same_world(&format!(r#"{{"a": (ops: [Join([{}, {}])])}}"#, branch(5, "1ms..100ms"), branch(1, "101ms..200ms")), 12);
}

#[test]
fn what_two_tasks_spawn_meets_the_same_world_under_every_model() {
    let spawner = |work| format!(r#"(ops: [Repeat(2, [Work("{work}ms"), Spawn("c")])])"#);
    let tasks = format!(r#"{{"a": {}, "b": {}, "c": (ops: [Io("1ms..100ms")])}}"#, spawner(5), spawner(3));
    same_world(&tasks, 4);
}

#[test]
fn nested_steps_each_have_a_place_of_their_own() {
    let io = r#"Io("1ms..100ms")"#;
    let ops = format!(
        r#"{{"a": (ops: [{io}, Try([{io}, Fail("x")], [{io}]), Timeout("1s", [{io}]), Let("f", [{io}]), Await("f")])}}"#
    );
    same_world(&ops, 5);
}

#[test]
fn a_loser_that_runs_on_takes_no_answer_from_the_next_round() {
    // As threads, both helpers ask in every round; as a task, the slower one is dropped. The quick one's answers count.
    let quick = |trace: &Trace| world(trace).into_iter().filter(|l| *l <= 1_000_000).collect::<Vec<_>>();
    let text = r#"(tasks: {"a": (ops: [Repeat(4, [Select([[Io("1us..1ms")], [Sleep("10us"), Sleep("5ms"), Io("1us..1ms")]])])])})"#;
    let workload: Workload = ron::from_str(text).unwrap();
    let tasks = quick(&textbook(2).run_workload_async(Executor::fifo(1), &workload));
    let threads = quick(&textbook(2).run_workload_threads(&workload));
    assert_eq!(tasks.len(), 4);
    assert!(tasks.iter().all(|latency| threads.contains(latency)), "{tasks:?} {threads:?}");
}

fn answer() -> u64 {
    Request::new().taking(Latency::Uniform(millis(1), millis(100))).submit_blocking();
    now().as_nanos()
}

#[test]
fn two_tasks_of_one_name_meet_their_own_world_whoever_comes_first() {
    let run = |first: u64| {
        let outcome = legal(textbook(2).run_async(Executor::fifo(1), move || async move {
            let conn = |delay: u64| {
                TaskBuilder::new("conn").spawn(async move {
                    time::sleep(millis(delay)).await;
                    let asked = now();
                    Request::new().taking(Latency::Uniform(millis(1), millis(100))).submit().await;
                    (now() - asked).as_millis()
                })
            };
            let (a, b) = (conn(first), conn(3 - first));
            (a.await.unwrap(), b.await.unwrap())
        }));
        outcome.output.unwrap()
    };
    assert_eq!(run(1), run(2));
    assert_ne!(run(1).0, run(1).1);
}

#[test]
fn threads_of_one_name_meet_their_own_world_whoever_comes_first() {
    let run = |first: u64| {
        let outcome = legal(textbook(2).run_threads(move || {
            let conn = |delay: u64| {
                thread::spawn(move || {
                    thread::sleep(millis(delay));
                    let asked = now().as_nanos();
                    (answer() - asked) / 1_000_000
                })
            };
            let (a, b) = (conn(first), conn(3 - first));
            (a.join().unwrap(), b.join().unwrap())
        }));
        outcome.output.unwrap()
    };
    assert_eq!(run(1), run(2));
}
