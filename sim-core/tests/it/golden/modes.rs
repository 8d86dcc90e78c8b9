//! Which runtime of ours stands beside which real one.

use sim_core::Executor;

use super::real_futures::{async_executor, local_pool};
use super::real_tokio::{RootIs, Time, current_thread, local_set, multi_thread};
use super::rt::Root;
use super::{ours, recorded};

/// A way to run a workload, by its name in the file.
pub struct Mode {
    pub name: &'static str,
    /// The real runtime; none where only the file speaks for it.
    pub real: Option<fn(&Root) -> String>,
    /// Our model of it.
    pub ours: Option<fn(&Root) -> String>,
}

pub static MODES: [Mode; 12] = [
    Mode { name: "tokio_ct_main", real: Some(|root| current_thread(root, RootIs::Main, Time::Paused)), ours: None },
    Mode { name: "tokio_ct_task", real: Some(|root| current_thread(root, RootIs::Task, Time::Paused)), ours: None },
    Mode {
        name: "tokio_ct_main_realclock",
        real: Some(|root| current_thread(root, RootIs::Main, Time::Real)),
        ours: None,
    },
    Mode {
        name: "tokio_ct_task_realclock",
        real: Some(|root| current_thread(root, RootIs::Task, Time::Real)),
        ours: None,
    },
    Mode { name: "tokio_localset_task", real: Some(local_set), ours: None },
    Mode { name: "tokio_mt1_task", real: Some(|root| multi_thread(root, 1_000_000)), ours: None },
    Mode { name: "tokio_mt1_task_gqi61", real: Some(|root| multi_thread(root, 61)), ours: None },
    Mode { name: "localpool_main", real: Some(|root| local_pool(root, RootIs::Main)), ours: None },
    Mode { name: "localpool_task", real: Some(|root| local_pool(root, RootIs::Task)), ours: None },
    Mode { name: "asyncexec_main", real: Some(|root| async_executor(root, RootIs::Main)), ours: None },
    Mode {
        name: "asyncexec_task",
        real: Some(|root| async_executor(root, RootIs::Task)),
        ours: Some(|root| ours::run(Executor::fifo(1), root, RootIs::Task)),
    },
    Mode { name: "monoio_task", real: None, ours: None },
];

/// Runs the workload in every mode of which the file holds its order: the real runtime, and our model, give that order.
#[track_caller]
pub fn check(workload: &str, root: &Root) {
    let orders = recorded::orders(workload);
    let unknown = orders.keys().find(|name| MODES.iter().all(|mode| mode.name != **name));
    assert_eq!(unknown, None, "{workload} was recorded in a mode that nothing runs");
    for mode in &MODES {
        let Some(expected) = orders.get(mode.name) else { continue };
        for (who, run) in [("the real runtime", mode.real), ("our model", mode.ours)] {
            if let Some(run) = run {
                assert_eq!(run(root), *expected, "{workload}, {}: {who} against the file", mode.name);
            }
        }
    }
}
