//! A circle of waits in a run that went on without its members, or was cut off.

use std::sync::Arc;

use sim_core::analysis::findings::{Finding, FindingKind, Thresholds, diagnose};
use sim_core::sync::Mutex;
use sim_core::trace::Trace;
use sim_core::{Executor, Limits, SimTime, spawn, time};

use crate::support::{legal, millis, textbook};

fn found(trace: &Trace) -> Vec<Finding> {
    let thresholds = Thresholds::default();
    diagnose(trace, &thresholds).into_iter().filter(|f| f.kind == FindingKind::WaitCycle).collect()
}

async fn two_that_cross(sleep: u64) {
    let (a, b) = (Arc::new(Mutex::new(0)), Arc::new(Mutex::new(0)));
    for (first, second) in [(Arc::clone(&a), Arc::clone(&b)), (b, a)] {
        drop(spawn(async move {
            let _first = first.lock().await;
            time::sleep(millis(1)).await;
            let _second = second.lock().await;
        }));
    }
    time::sleep(millis(sleep)).await;
}

#[test]
fn a_circle_is_found_where_the_rest_of_the_run_went_on_to_its_end() {
    let outcome = legal(textbook(1).run_async(Executor::fifo(1), || two_that_cross(100)));
    let findings = found(&outcome.trace);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].title.ends_with("wait for each other"), "{}", findings[0].title);
}

#[test]
fn a_circle_is_found_where_a_limit_cut_the_run_off() {
    let limits = Limits { time: SimTime::ZERO + millis(50), ..Limits::default() };
    let outcome = legal(textbook(1).limits(limits).run_async(Executor::fifo(1), || two_that_cross(100)));
    assert_eq!(found(&outcome.trace).len(), 1);
}

#[test]
fn a_circle_that_a_timeout_would_have_broken_is_none() {
    let outcome = legal(textbook(1).run_async(Executor::fifo(1), || async {
        let (a, b) = (Arc::new(Mutex::new(0)), Arc::new(Mutex::new(0)));
        for (first, second) in [(Arc::clone(&a), Arc::clone(&b)), (b, a)] {
            drop(spawn(async move {
                let _first = first.lock().await;
                time::sleep(millis(1)).await;
                let _ = time::timeout(millis(50), second.lock()).await;
            }));
        }
        time::sleep(millis(10)).await;
    }));
    assert_eq!(found(&outcome.trace), []);
}

#[test]
fn one_that_waits_for_a_task_that_goes_on_is_in_no_circle() {
    let outcome = legal(textbook(1).run_async(Executor::fifo(1), || async {
        let lock = Arc::new(Mutex::new(0));
        let other = Arc::clone(&lock);
        drop(spawn(async move {
            let _held = other.lock().await;
            time::sleep(millis(50)).await;
        }));
        drop(spawn(async move { drop(lock.lock().await) }));
        time::sleep(millis(10)).await;
    }));
    assert_eq!(found(&outcome.trace), []);
}
