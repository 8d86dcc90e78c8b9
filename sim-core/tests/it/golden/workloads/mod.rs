//! The recorded workloads, each as `async_runtimes.json` describes it.

mod channels;
mod combinators;
mod in_place;
mod runtimes;
mod tasks;
mod time;
mod waiters;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::real_tokio::RootIs;
use sim_core::Executor;

use super::rt::*;
use super::{modes, ours, recorded};

/// A workload: its name in the file, and its root.
type Workload = (&'static str, fn(Rt) -> Boxed);

/// Every workload of the file that runs here.
const WORKLOADS: [&[Workload]; 7] = [
    channels::WORKLOADS,
    combinators::WORKLOADS,
    in_place::WORKLOADS,
    runtimes::WORKLOADS,
    tasks::WORKLOADS,
    time::WORKLOADS,
    waiters::WORKLOADS,
];

/// The root of the workload of this name.
pub fn root(name: &str) -> Root {
    let mut workloads = WORKLOADS.iter().copied().flatten();
    let (_, root) = workloads.find(|(other, _)| *other == name).unwrap_or_else(|| panic!("nothing runs {name}"));
    Arc::new(*root)
}

#[track_caller]
fn check(name: &str) {
    modes::check(name, &root(name));
}

/// Awaits the tasks in turn.
async fn all(tasks: impl IntoIterator<Item = Handle>) {
    for task in tasks {
        task.await;
    }
}

/// Marks `name1`, `name2` … with a yield of its own making between two.
async fn steps(rt: Rt, name: &str, count: usize) {
    for step in 1..=count {
        if step > 1 {
            yield_self().await;
        }
        rt.mark(format!("{name}{step}"));
    }
}

#[test]
fn every_recorded_workload_is_run() {
    let run: BTreeSet<&str> = WORKLOADS.iter().copied().flatten().map(|(name, _)| *name).collect();
    let recorded: BTreeSet<&str> = recorded::all().keys().map(String::as_str).collect();
    assert_eq!(run, recorded);
}

/// Both let a task run on whose handle is dropped.
#[test]
fn async_std_and_one_fifo_queue_give_async_executors_order() {
    for (name, orders) in recorded::all().iter().filter(|(name, _)| *name != "r05_dropped_handle") {
        for (mode, order) in orders.iter().filter(|(mode, _)| mode.starts_with("asyncexec")) {
            let async_std = ours::run(Executor::async_std(1), &root(name), modes::mode(mode).root);
            assert_eq!(async_std, *order, "{name}, {mode}");
        }
        if let Some(order) = orders.get("asyncexec_task") {
            assert_eq!(ours::run(Executor::fifo(1), &root(name), RootIs::Task), *order, "{name}");
        }
    }
}
