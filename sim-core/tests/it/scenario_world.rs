//! Seeds: the world of a scenario is the same for all its runs, and another with another seed.

use std::collections::BTreeMap;

use crate::lesson::*;
use sim_core::scenario::{Measured, RunOptions, Scenario};
use sim_core::trace::{Actor, Event};

fn chancy() -> Scenario {
    let workload = r#"tasks: {"t": (count: 8, ops: [Repeat(3, [Io("5ms..15ms"), Work("1ms")]), Io("10ms±2ms")])}"#;
    lesson_with("cores: 2", "workers: 2", workload)
}

fn with_seed(id: &str, seed: u64) -> Measured {
    run_as(&chancy(), id, &RunOptions { seed: Some(seed), ..RunOptions::default() })
}

/// Each task's latencies, in order.
fn world(run: &Measured) -> BTreeMap<String, Vec<u64>> {
    let tables = run.trace.tables();
    let mut asked_by = BTreeMap::new();
    let mut world: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for (_, _, event) in run.trace.events_from(0) {
        match event {
            Event::IoSubmitted { request, by } => {
                let (Actor::Task(_) | Actor::Thread(_)) = by else { panic!("{by:?} asks for nothing") };
                asked_by.insert(request, tables.actor_name(by));
            }
            Event::IoStarted { request, latency } => {
                world.entry(asked_by[&request].clone()).or_default().push(latency.as_nanos());
            }
            _ => {}
        }
    }
    world
}

#[test]
fn both_runs_meet_the_same_world() {
    let (tasks, threads) = (world(&with_seed("async", 1)), world(&with_seed("threads", 1)));
    assert_eq!(tasks.len(), 8);
    assert!(tasks.values().all(|latencies| latencies.len() == 4), "{tasks:?}");
    assert_eq!(tasks, threads);
}

#[test]
fn the_world_does_not_depend_on_who_comes_first() {
    let scenario = chancy();
    let alone = scenario.with(&["machine.cores=1".to_owned(), "runs.async.workers=1".to_owned()]).unwrap();
    assert_eq!(world(&run(&scenario, "async")), world(&run(&alone, "async")));
}

#[test]
fn two_seeds_differ_where_there_is_a_choice() {
    for id in ["async", "threads"] {
        assert_ne!(with_seed(id, 1).trace.digest(), with_seed(id, 2).trace.digest());
        assert_ne!(world(&with_seed(id, 1)), world(&with_seed(id, 2)));
    }
}

#[test]
fn a_seed_says_the_same_every_time() {
    for id in ["async", "threads"] {
        assert_eq!(with_seed(id, 7).trace.digest(), with_seed(id, 7).trace.digest());
    }
}

#[test]
fn drawn_latencies_keep_within_what_is_written() {
    let ms = 1_000_000;
    for latencies in world(&with_seed("async", 3)).values() {
        assert!(latencies[..3].iter().all(|l| (5 * ms..=15 * ms).contains(l)), "{latencies:?}");
        assert!((8 * ms..=12 * ms).contains(&latencies[3]), "{latencies:?}");
    }
}
