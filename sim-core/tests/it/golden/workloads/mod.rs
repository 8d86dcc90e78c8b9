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

use super::rt::*;
use super::{modes, recorded};

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
