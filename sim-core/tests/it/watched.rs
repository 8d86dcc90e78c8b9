//! Whoever watches a run has it go step by step, and changes nothing of it: not even where it is cut short.

use sim_core::trace::digest::digest;
use sim_core::trace::event::EndReason;
use sim_core::{
    Executor, Limits, Machine, Scheduler, SimDuration, SimTime, block, spawn, spawn_blocking, time, work, yield_now,
};

use crate::support::millis;

fn micros(n: u64) -> SimDuration {
    SimDuration::from_micros(n)
}

async fn busy() {
    let tasks: Vec<_> = (0..4u64)
        .map(|n| {
            spawn(async move {
                for round in 0..20 {
                    work(micros(100 * n + round));
                    yield_now().await;
                    if round % 5 == n {
                        spawn_blocking(move || block(micros(70 * n))).await.unwrap();
                        time::sleep(micros(30)).await;
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

/// How the run ends, and the digest of its trace.
fn run(watched: bool, limits: Limits, scheduler: Scheduler, workers: u32) -> (EndReason, String) {
    let machine = Machine::new().cores(2).scheduler(scheduler).limits(limits);
    let machine = if watched { machine.watch(Box::new(|_, _| ())) } else { machine };
    let outcome = machine.run_async(Executor::tokio_multi_thread(workers), busy);
    (outcome.end, digest(&outcome.trace).to_string())
}

#[test]
fn a_limit_cuts_a_watched_run_where_it_cuts_one_that_is_left_alone() {
    let schedulers = [Scheduler::RoundRobin(millis(1)), Scheduler::FifoPriority, Scheduler::Fair(millis(1))];
    let mut ends = Vec::new();
    for scheduler in schedulers {
        for workers in [1, 3] {
            for nth in 1..40 {
                let steps = Limits { steps: nth * 17, ..Limits::default() };
                let span = Limits { time: SimTime::from_nanos(nth * 200_000), ..Limits::default() };
                for limits in [steps, span] {
                    let alone = run(false, limits, scheduler, workers);
                    assert_eq!(run(true, limits, scheduler, workers), alone, "{limits:?}, {workers} workers");
                    ends.push(alone.0);
                }
            }
        }
    }
    for end in [EndReason::StepLimit, EndReason::TimeLimit, EndReason::Finished] {
        assert!(ends.contains(&end), "{end:?}");
    }
}
