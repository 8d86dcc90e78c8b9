//! Which runtime of ours stands beside which real one.

use sim_core::Executor;

use super::random::Can;
use super::real_futures::{async_executor, local_pool};
use super::real_tokio::{RootIs, Time, current_thread, local_set, multi_thread};
use super::rt::Root;
use super::{ours, recorded};

/// A way to run a workload, by its name in the file.
pub struct Mode {
    pub name: &'static str,
    /// The real runtime; none where only the file speaks for it.
    pub real: Option<fn(&Root) -> String>,
    /// Our model of it, and what its root is.
    pub ours: Option<(fn() -> Executor, RootIs)>,
    /// What a workload may ask of both.
    pub can: Can,
}

/// A clock that stands still while there is something to do. No other threads beside it: a wake from one keeps tokio's
/// paused clock, which no program has outside of a test, from moving at its next park (`runtime/time/mod.rs`,
/// `did_wake`), and that counts as a tick.
const NO_THREADS: Can = Can { sleep: true, elsewhere: false };
const NO_CLOCK: Can = Can { sleep: false, elsewhere: true };
const NEITHER: Can = Can { sleep: false, elsewhere: false };

pub static MODES: [Mode; 12] = [
    Mode {
        name: "tokio_ct_main",
        real: Some(|root| current_thread(root, RootIs::Main, Time::Paused)),
        ours: Some((Executor::tokio_current_thread, RootIs::Main)),
        can: NO_THREADS,
    },
    Mode {
        name: "tokio_ct_task",
        real: Some(|root| current_thread(root, RootIs::Task, Time::Paused)),
        ours: Some((Executor::tokio_current_thread, RootIs::Task)),
        can: NO_THREADS,
    },
    Mode {
        name: "tokio_ct_main_realclock",
        real: Some(|root| current_thread(root, RootIs::Main, Time::Real)),
        ours: Some((Executor::tokio_current_thread, RootIs::Main)),
        can: NO_CLOCK,
    },
    Mode {
        name: "tokio_ct_task_realclock",
        real: Some(|root| current_thread(root, RootIs::Task, Time::Real)),
        ours: Some((Executor::tokio_current_thread, RootIs::Task)),
        can: NO_CLOCK,
    },
    Mode { name: "tokio_localset_task", real: Some(local_set), ours: None, can: NO_THREADS },
    Mode { name: "tokio_mt1_task", real: Some(|root| multi_thread(root, 1_000_000)), ours: None, can: NO_CLOCK },
    Mode { name: "tokio_mt1_task_gqi61", real: Some(|root| multi_thread(root, 61)), ours: None, can: NO_CLOCK },
    Mode {
        name: "localpool_main",
        real: Some(|root| local_pool(root, RootIs::Main)),
        ours: Some((|| Executor::local_pool(), RootIs::Main)),
        can: NEITHER,
    },
    Mode {
        name: "localpool_task",
        real: Some(|root| local_pool(root, RootIs::Task)),
        ours: Some((|| Executor::local_pool(), RootIs::Task)),
        can: NEITHER,
    },
    Mode {
        name: "asyncexec_main",
        real: Some(|root| async_executor(root, RootIs::Main)),
        ours: Some((|| Executor::smol(1), RootIs::Main)),
        can: NO_CLOCK,
    },
    Mode {
        name: "asyncexec_task",
        real: Some(|root| async_executor(root, RootIs::Task)),
        ours: Some((|| Executor::smol(1), RootIs::Task)),
        can: NO_CLOCK,
    },
    Mode { name: "monoio_task", real: None, ours: None, can: NO_THREADS },
];

/// The mode of this name.
pub fn mode(name: &str) -> &'static Mode {
    MODES.iter().find(|mode| mode.name == name).unwrap_or_else(|| panic!("no mode is called {name}"))
}

/// Runs the workload in every mode of which the file holds its order: the real runtime, and our model, give that order.
#[track_caller]
pub fn check(workload: &str, root: &Root) {
    let orders = recorded::orders(workload);
    for (name, expected) in orders {
        let mode = mode(name);
        if let Some(real) = mode.real {
            assert_eq!(real(root), *expected, "{workload}, {name}: the real runtime against the file");
        }
        if let Some((executor, root_is)) = mode.ours {
            let ours = ours::run(executor(), root, root_is);
            assert_eq!(ours, *expected, "{workload}, {name}: our model against the file");
        }
    }
}
