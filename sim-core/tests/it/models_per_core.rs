//! A queue a core and no stealing: homes, shards, wakes from another core; what monoio and glommio do otherwise.

use sim_core::SimDuration;
use sim_core::scenario::{Measured, Scenario};
use sim_core::trace::Event;

use crate::lesson;

/// The workload on a model with so many workers, a core each, legal.
pub fn cores(model: &str, workers: u32, workload: &str) -> Measured {
    let text = lesson::text_with(&format!("cores: {workers}"), "workers: 1", workload);
    let text = text.replace("async_fifo, workers: 1", &format!("{model}, workers: {workers}"));
    let scenario = Scenario::parse("lesson.ron", &text, &[]).unwrap_or_else(|errors| panic!("{errors}\n{text}"));
    lesson::run(&scenario, "async")
}

pub const MODELS: [&str; 3] = ["thread_per_core", "monoio", "glommio"];

/// Each poll: the task, and the number of the worker.
fn polls(run: &Measured) -> Vec<(String, u32)> {
    let tables = run.trace.tables();
    let polls = run.trace.events_from(0).filter_map(|(_, _, event)| match event {
        Event::PollStarted { task, at, .. } => Some((tables.task_name(task), at.worker.0)),
        _ => None,
    });
    polls.collect()
}

/// On which workers the task was polled, each once.
fn homes(run: &Measured, task: &str) -> Vec<u32> {
    let mut homes: Vec<u32> = polls(run).into_iter().filter(|(name, _)| name == task).map(|(_, w)| w).collect();
    homes.sort_unstable();
    homes.dedup();
    homes
}

#[test]
fn tasks_that_are_there_from_the_start_are_dealt_out_in_turn_and_stay() {
    for model in MODELS {
        let run = cores(model, 2, r#"tasks: {"t": (count: 4, ops: [Repeat(3, [Work("1ms"), Sleep("1ms")])])}"#);
        let all = ["t.0", "t.1", "t.2", "t.3"].map(|task| homes(&run, task));
        assert_eq!(all, [[0], [1], [0], [1]], "{model}");
    }
}

#[test]
fn a_task_goes_to_the_core_that_it_names() {
    for model in MODELS {
        let workload =
            r#"tasks: {"a": (shard: 2, ops: [Work("1ms"), Sleep("1ms"), Work("1ms")]), "b": (shard: 2, ops: [])}"#;
        let run = cores(model, 4, workload);
        assert_eq!(["a", "b"].map(|task| homes(&run, task)), [[2], [2]], "{model}");
    }
}

#[test]
fn a_core_that_a_run_has_not_is_an_error_where_it_is_named() {
    let text = |run: &str, shard: u32| {
        let workload = format!(r#"tasks: {{"t": (shard: {shard}, ops: [Yield])}}"#);
        lesson::text_with("cores: 4", "workers: 1", &workload).replace("async_fifo, workers: 1", run)
    };
    let parse = |run: &str, shard| Scenario::parse("lesson.ron", &text(run, shard), &[]);
    for model in MODELS {
        assert!(parse(model, 3).is_ok(), "{model}");
        let errors = parse(model, 4).unwrap_err();
        let first = &errors.errors()[0];
        assert_eq!(first.message, "there is no worker 4 in the run `async`: it has 4, from 0 on", "{model}");
        let line = text(model, 4).lines().nth(first.line - 1).unwrap().to_owned();
        assert!(line[first.column - 1..].starts_with('4'), "{model}: column {} of {line}", first.column);
        let errors = parse(&format!("{model}, workers: 1"), 1).unwrap_err().to_string();
        assert!(errors.contains("its only one is worker 0"), "{model}: {errors}");
    }
    // A run in which no task lives on a core has nothing to say of it.
    assert!(parse("tokio_multi_thread, workers: 2", 9).is_ok());
}

#[test]
fn a_child_lives_where_its_parent_is() {
    for model in MODELS {
        let workload = r#"tasks: {"parent": (shard: 1, ops: [Spawn("child"), JoinTask("child")]),
            "child": (count: 3, ops: [Work("1ms"), Sleep("1ms"), Work("1ms")])}"#;
        let run = cores(model, 4, workload);
        assert_eq!(["child.0", "child.1", "child.2"].map(|task| homes(&run, task)), [[1], [1], [1]], "{model}");
    }
}

#[test]
fn nobody_steals_from_a_core_that_has_too_much() {
    for model in MODELS {
        let run = cores(model, 4, r#"tasks: {"t": (count: 8, shard: 0, ops: [Work("10ms")])}"#);
        assert_eq!(lesson::millis(run.metrics.makespan), 80.0, "{model}: three cores stand idle");
    }
}

#[test]
fn a_wake_from_another_core_brings_the_task_home_and_unparks_its_worker() {
    for model in MODELS {
        let workload = r#"tasks: {"waits": (shard: 0, ops: [Wait("bell"), Mark("rung")]),
            "rings": (shard: 1, ops: [Work("5ms"), Notify("bell"), Work("5ms")])}, resources: {"bell": notify}"#;
        let run = cores(model, 2, workload);
        assert_eq!((homes(&run, "waits"), homes(&run, "rings")), (vec![0], vec![1]), "{model}");
        assert_eq!(lesson::mark_at(&run, "rung"), 5.0, "{model}: not when rings has done");
        let unparked = run.trace.events_from(0).any(|(_, time, event)| {
            matches!(event, Event::WorkerUnparked { worker, .. } if worker.0 == 0) && time.as_millis() == 5
        });
        assert!(unparked, "{model}");
    }
}

#[test]
fn every_run_is_legal_with_one_two_and_four_workers() {
    let workload = r#"tasks: {
        "req": (count: 6, ops: [Work("1ms"), Io("3ms"), Lock("table", [Work("500us"), Sleep("1ms")]), Yield, Send("out")]),
        "sink": (shard: 3, shares: 200, ops: [Repeat(6, [Recv("out"), Work("200us")]), Mark("all")]),
        "parent": (ops: [Offload("2ms"), Spawn("child"), Cancel("child"), Mark("cancelled")]),
        "child": (ops: [Sleep("1s")]),
    }, resources: {"table": mutex, "out": channel(capacity: 2)}"#;
    for model in MODELS {
        for workers in [1, 2, 4] {
            // Checked for legality before it comes back.
            let workload = workload.replace("shard: 3", &format!("shard: {}", workers - 1));
            // monoio has no `abort`.
            let workload = if model == "monoio" { workload.replace("Cancel", "Detach") } else { workload };
            let workload = workload.replace("1s", "10ms");
            let run = cores(model, workers, &workload);
            let marks = run.marks();
            assert!(marks.contains("all") && marks.contains("cancelled"), "{model}, {workers} workers: {marks}");
            assert_eq!(run.metrics.unfinished, 0, "{model}, {workers} workers");
        }
    }
}

const YIELDS: &str =
    r#"tasks: {"a": (ops: [Repeat(3, [Mark("a"), Yield])]), "b": (ops: [Repeat(3, [Mark("b"), Yield])])}"#;

#[test]
fn under_monoio_a_task_that_wakes_itself_goes_on_at_once() {
    assert_eq!(cores("monoio", 1, YIELDS).marks(), "a a a b b b");
    assert_eq!(cores("thread_per_core", 1, YIELDS).marks(), "a b a b a b");
}

/// How long each of two groups of tasks computed until `until`, in ms.
fn computed_until(run: &Measured, until: SimDuration) -> (f64, f64) {
    let tables = run.trace.tables();
    let mut sums = [0.0; 2];
    for (_, time, event) in run.trace.events_from(0) {
        let Event::WorkBegan { by, length } = event else { continue };
        if time.as_nanos() < until.as_nanos() {
            let group = usize::from(tables.actor_name(by).starts_with("low"));
            sums[group] += lesson::millis(length);
        }
    }
    (sums[0], sums[1])
}

#[test]
fn under_monoio_nobody_can_cancel_a_task_and_elsewhere_one_can() {
    let workload = r#"tasks: {"a": (ops: [Spawn("b"), Cancel("b")]), "b": (ops: [Sleep("1ms")])}"#;
    let read = |model: &str| {
        let text = lesson::text_with("cores: 1", "workers: 1", workload).replace("async_fifo", model);
        Scenario::parse("lesson.ron", &text, &[])
    };
    let errors = read("monoio").expect_err("it cannot be run").to_string();
    assert!(errors.contains("monoio has no Cancel, because its `JoinHandle` has no `abort`"), "{errors}");
    assert!(read("thread_per_core").is_ok() && read("glommio").is_ok());
}

#[test]
fn under_glommio_two_to_one_shares_are_two_to_one_time() {
    // Enough to keep both groups busy for 6 s: each queue keeps its core for 100 ms at a time.
    let workload = r#"tasks: {
        "high": (shares: 1000, ops: [Repeat(3000, [Work("1ms"), Yield])]),
        "low": (shares: 500, ops: [Repeat(3000, [Work("1ms"), Yield])]),
    }"#;
    let run = cores("glommio", 1, workload);
    let (high, low) = computed_until(&run, SimDuration::from_millis(3000));
    // To a turn of 100 ms.
    assert!((high - 2000.0).abs() <= 100.0 && (low - 1000.0).abs() <= 100.0, "{high} and {low} ms");
    // With one group no shares count.
    let equal = workload.replace("shares: 500", "shares: 1000");
    let (high, low) = computed_until(&cores("glommio", 1, &equal), SimDuration::from_millis(3000));
    assert!((high - low).abs() <= 1.0, "{high} and {low} ms");
}

#[test]
fn under_glommio_a_group_that_comes_late_does_not_catch_up() {
    let workload = r#"tasks: {
        "high": (shares: 1000, ops: [Repeat(3000, [Work("1ms"), Yield])]),
        "low": (shares: 500, ops: [Sleep("1s"), Repeat(3000, [Work("1ms"), Yield])]),
    }"#;
    let run = cores("glommio", 1, workload);
    let (high, low) = computed_until(&run, SimDuration::from_millis(2500));
    assert!((high - 2000.0).abs() <= 100.0 && (low - 500.0).abs() <= 100.0, "{high} and {low} ms");
}
