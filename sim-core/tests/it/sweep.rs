//! A sweep's figures: those of each run by itself, whoever ran it and in which order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sim_core::analysis::metrics::Metrics;
use sim_core::scenario::sweep::{At, Curves, Figure, Over, Sweep};
use sim_core::scenario::{RunOptions, Scenario};

fn c10k() -> Scenario {
    let text = include_str!("../../../scenarios/c10k.ron");
    Scenario::parse("c10k.ron", text, &["costs=\"jimblandy\"".to_owned()]).expect("it comes with the program")
}

fn sweep_of(over: &str) -> Sweep {
    let over = Over::parse(over, None).expect("a sweep");
    Sweep::new(&c10k(), RunOptions::default(), over, &["async", "threads"]).expect("it fits together")
}

fn run(sweep: &Sweep, threads: usize) -> Curves {
    sweep.run(threads, &Arc::default(), |_, _| ())
}

#[test]
fn the_curves_are_the_same_on_one_core_and_on_many() {
    let sweep = sweep_of("workload.tasks.conn.count=1..200:log");
    let one = run(&sweep, 1);
    assert_eq!((one.done(), one.all(), sweep.len()), (16, 16, 16));
    for threads in [2, 3, 8] {
        assert_eq!(run(&sweep, threads), one, "with {threads} threads");
    }
}

#[test]
fn a_point_is_what_the_run_alone_comes_to() {
    let curves = run(&sweep_of("workload.tasks.conn.count=1..100:log"), 2);
    for (point, count) in curves.over.points.iter().enumerate() {
        let scenario = c10k().with(&[format!("workload.tasks.conn.count={count}")]).expect("a number of tasks");
        for (run, id) in ["async", "threads"].into_iter().enumerate() {
            let metrics = Metrics::of(&scenario.execute(id, &RunOptions::default(), None));
            let figures = curves.get(At { point, run }).expect("it has run");
            let memory = metrics.memory.tasks + metrics.memory.stack_resident;
            let expected = [metrics.makespan.as_nanos(), metrics.switches.all, memory, metrics.wait.p99.as_nanos()];
            assert_eq!(Figure::ALL.map(|figure| figures.get(figure)), expected.map(Some), "{count} of {id}");
        }
    }
}

#[test]
fn more_connections_take_more_of_everything() {
    let curves = run(&sweep_of("workload.tasks.conn.count=10..2000:log"), 4);
    for run in 0..2 {
        for figure in [Figure::Makespan, Figure::Switches, Figure::Memory, Figure::Latency] {
            let curve = curves.curve(run, figure);
            assert!(curve.is_sorted_by_key(|(_, value)| *value), "{figure:?} of run {run}: {curve:?}");
        }
    }
    let last = curves.over.points.len() - 1;
    let memory = |run| curves.get(At { point: last, run }).and_then(|f| f.get(Figure::Memory)).expect("it has run");
    assert!(memory(1) > 20 * memory(0), "a stack is more than a task");
}

#[test]
fn every_figure_is_told_once_and_as_it_is_kept() {
    let sweep = sweep_of("machine.cores=1..4");
    let mut told = Vec::new();
    let curves = sweep.run(3, &Arc::default(), |at, figures| told.push((at, *figures)));
    told.sort_by_key(|(at, _)| *at);
    let kept = (0..4).flat_map(|point| (0..2).map(move |run| At { point, run }));
    assert_eq!(told, kept.map(|at| (at, *curves.get(at).expect("it has run"))).collect::<Vec<_>>());
}

#[test]
fn a_sweep_that_is_cancelled_ends_with_what_it_has() {
    let sweep = sweep_of("workload.tasks.conn.count=1..2000:log");
    let cancelled = Arc::new(AtomicBool::new(false));
    let mut told = 0;
    let curves = sweep.run(1, &cancelled, |_, _| {
        told += 1;
        cancelled.store(true, Ordering::Relaxed);
    });
    assert_eq!(curves.done(), told);
    assert!((1..=2).contains(&told), "the run that was under way may be told yet: {told}");
}

#[test]
fn what_cannot_be_set_is_said_before_anything_runs() {
    let wrong = |over: &str| {
        let over = Over::parse(over, None).expect("a sweep");
        Sweep::new(&c10k(), RunOptions::default(), over, &["async"]).expect_err("it cannot be set").to_string()
    };
    assert!(
        wrong("machine.cores=1..100").contains("100 cores cannot be simulated"),
        "{}",
        wrong("machine.cores=1..100")
    );
    assert!(wrong("workload.tasks.con.count=1..10").contains("no `con`"));
    assert!(wrong("machine.cores=1ms..100ms").contains("machine.cores"));
    let over = Over::parse("machine.cores=1..2", None).expect("a sweep");
    let nobody = Sweep::new(&c10k(), RunOptions::default(), over, &["nobody"]);
    assert!(nobody.expect_err("no such run").to_string().contains("no run `nobody`"));
}

#[test]
fn where_something_waits_for_ever_there_is_no_makespan() {
    let text = include_str!("../../../scenarios/two-deadlocks.ron");
    let scenario = Scenario::parse("two-deadlocks.ron", text, &[]).expect("it comes with the program");
    let over = Over::parse("machine.cores=1..2", None).expect("a sweep");
    let sweep = Sweep::new(&scenario, RunOptions::default(), over, &["threads"]).expect("it fits together");
    let curves = run(&sweep, 2);
    let figures = curves.get(At { point: 0, run: 0 }).expect("it has run");
    assert!(figures.unfinished > 0 && figures.get(Figure::Makespan).is_none());
    assert!(curves.curve(0, Figure::Makespan).is_empty() && curves.curve(0, Figure::Memory).len() == 2);
}
