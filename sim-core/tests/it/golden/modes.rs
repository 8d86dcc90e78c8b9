//! Which runtime of ours stands beside which real one.

use sim_core::Executor;
use sim_core::executor::policy::TokioMultiThread;

use super::random::Can;
use super::real_futures::{async_executor, local_pool};
use super::real_tokio::{RootIs, Time, current_thread, local_set, multi_thread, multi_thread_pool_of_one};
use super::rt::Root;
use super::{ours, recorded};

/// A way to run a workload, by its name in the file.
pub struct Mode {
    pub name: &'static str,
    /// The real runtime; none where only the file speaks for it.
    pub real: Option<Real>,
    /// Where the workload's root is polled.
    pub root: RootIs,
    /// Our models of it.
    pub ours: &'static [fn() -> Executor],
    /// What a workload may ask of both.
    pub can: Can,
}

/// A clock that stands still while there is something to do. No other threads beside it: a wake from one keeps tokio's
/// paused clock, which no program has outside of a test, from moving at its next park (`runtime/time/mod.rs`,
/// `did_wake`), and that counts as a tick.
const NO_THREADS: Can = Can { sleep: true, elsewhere: false };
const NO_CLOCK: Can = Can { sleep: false, elsewhere: true };
const NEITHER: Can = Can { sleep: false, elsewhere: false };

/// Runs the root on a real runtime; gives its markers.
type Real = fn(&Root, RootIs) -> String;

const PAUSED: Real = |root, root_is| current_thread(root, root_is, Time::Paused);
const REAL_CLOCK: Real = |root, root_is| current_thread(root, root_is, Time::Real);
const CURRENT_THREAD: &[fn() -> Executor] = &[Executor::tokio_current_thread];

pub static MODES: [Mode; 14] = [
    mode_of("tokio_ct_main", Some(PAUSED), RootIs::Main, CURRENT_THREAD, NO_THREADS),
    mode_of("tokio_ct_task", Some(PAUSED), RootIs::Task, CURRENT_THREAD, NO_THREADS),
    mode_of("tokio_ct_main_realclock", Some(REAL_CLOCK), RootIs::Main, CURRENT_THREAD, NO_CLOCK),
    mode_of("tokio_ct_task_realclock", Some(REAL_CLOCK), RootIs::Task, CURRENT_THREAD, NO_CLOCK),
    mode_of(
        "tokio_localset_task",
        Some(|root, _| local_set(root)),
        RootIs::Task,
        &[Executor::tokio_local_set],
        NO_THREADS,
    ),
    mode_of(
        "tokio_mt1_task",
        Some(|root, _| multi_thread(root, 1_000_000)),
        RootIs::Task,
        &[|| mt(1_000_000)],
        NO_CLOCK,
    ),
    mode_of("tokio_mt1_task_gqi61", Some(|root, _| multi_thread(root, 61)), RootIs::Task, &[|| mt(61)], NO_CLOCK),
    mode_of("tokio_mt1_task_gqi7", Some(|root, _| multi_thread(root, 7)), RootIs::Task, &[|| mt(7)], NO_CLOCK),
    mode_of(
        "tokio_mt1_task_pool1",
        Some(|root, _| multi_thread_pool_of_one(root)),
        RootIs::Task,
        &[|| Executor::with_policy(1, Box::new(mt_policy(1_000_000).max_blocking_threads(1)))],
        NO_CLOCK,
    ),
    mode_of("localpool_main", Some(local_pool), RootIs::Main, &[Executor::local_pool], NEITHER),
    mode_of("localpool_task", Some(local_pool), RootIs::Task, &[Executor::local_pool], NEITHER),
    mode_of(
        "asyncexec_main",
        Some(async_executor),
        RootIs::Main,
        &[|| Executor::smol(1), || Executor::async_std(1)],
        NO_CLOCK,
    ),
    mode_of(
        "asyncexec_task",
        Some(async_executor),
        RootIs::Task,
        &[|| Executor::smol(1), || Executor::async_std(1), || Executor::fifo(1)],
        NO_CLOCK,
    ),
    mode_of("monoio_task", None, RootIs::Task, &[|| Executor::monoio(1)], NO_THREADS),
];

const fn mode_of(
    name: &'static str,
    real: Option<Real>,
    root: RootIs,
    ours: &'static [fn() -> Executor],
    can: Can,
) -> Mode {
    Mode { name, real, root, ours, can }
}

/// The marker of a task that a busy computer let begin only when the time for which it was to wait had come, on a real
/// clock: such a run says nothing of the order of timers, and is run again.
pub const LATE: &str = "late";

/// tokio's multi_thread with one worker and this interval of its global queue.
fn mt(global_queue_interval: u32) -> Executor {
    Executor::with_policy(1, Box::new(mt_policy(global_queue_interval)))
}

fn mt_policy(global_queue_interval: u32) -> TokioMultiThread {
    TokioMultiThread::default().global_queue_interval(global_queue_interval)
}

/// The mode of this name.
pub fn mode(name: &str) -> &'static Mode {
    MODES.iter().find(|mode| mode.name == name).unwrap_or_else(|| panic!("no mode is called {name}"))
}

/// Runs the workload in every mode of which the file holds its order: the real runtime, and our models, give that order.
#[track_caller]
pub fn check(workload: &str, root: &Root) {
    let orders = recorded::orders(workload);
    for (name, expected) in orders {
        let mode = mode(name);
        if let Some(real) = mode.real {
            let in_time = std::iter::repeat_with(|| real(root, mode.root)).find(|markers| !markers.contains(LATE));
            assert_eq!(in_time.as_ref(), Some(expected), "{workload}, {name}: the real runtime against the file");
        }
        for executor in mode.ours {
            let ours = ours::run(executor(), root, mode.root);
            assert_eq!(ours, *expected, "{workload}, {name}: our model against the file");
        }
    }
}
