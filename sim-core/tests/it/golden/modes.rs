//! Which runtime of ours stands beside which real one.

use sim_core::Executor;
use sim_core::executor::policy::TokioMultiThread;

use super::random::{Can, Elsewhere};
use super::real_futures::{async_executor, local_pool};
use super::real_tokio::{RootIs, Time, current_thread, local_set, multi_thread, multi_thread_pool_of_one};
use super::rt::Root;
use super::{ours, recorded};

/// A way to run a workload, by its name in the file.
pub struct Mode {
    pub name: &'static str,
    /// Whose mode it is; the modes of one stand together in [`MODES`].
    pub runtime: &'static str,
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
const NO_THREADS: Can = Can { sleep: true, elsewhere: Elsewhere::Nothing };
const NO_CLOCK: Can = Can { sleep: false, elsewhere: Elsewhere::SpawnAndWake };
const NEITHER: Can = Can { sleep: false, elsewhere: Elsewhere::Nothing };
/// Into a LocalSet nobody spawns from another thread.
const WAKES: Can = Can { sleep: false, elsewhere: Elsewhere::Wake };

/// Runs the root on a real runtime; gives its markers.
type Real = fn(&Root, RootIs) -> String;

const PAUSED: Real = |root, root_is| current_thread(root, root_is, Time::Paused);
const REAL_CLOCK: Real = |root, root_is| current_thread(root, root_is, Time::Real);
const CURRENT_THREAD: &[fn() -> Executor] = &[Executor::tokio_current_thread];

const CT: &str = "tokio's current_thread";
const LOCAL: &str = "its LocalSet";
const MT1: &str = "its multi_thread with one worker";
const POOL: &str = "futures' LocalPool";
const SMOL: &str = "async-executor";

const SET: Real = |root, _| local_set(root, Time::Paused);
const SET_REAL_CLOCK: Real = |root, _| local_set(root, Time::Real);
const LOCAL_SET: &[fn() -> Executor] = &[Executor::tokio_local_set];
const MT_RARELY: Real = |root, _| multi_thread(root, Some(1_000_000));
const MT_61: Real = |root, _| multi_thread(root, Some(61));
const MT_7: Real = |root, _| multi_thread(root, Some(7));
const MT_POOL_OF_ONE: Real = |root, _| multi_thread_pool_of_one(root);
const LOCAL_POOL: &[fn() -> Executor] = &[Executor::local_pool];
const ASYNC_EXECUTOR: &[fn() -> Executor] = &[|| Executor::smol(1)];

pub static MODES: [Mode; 15] = [
    mode_of("tokio_ct_main", CT, Some(PAUSED), RootIs::Main, CURRENT_THREAD, NO_THREADS),
    mode_of("tokio_ct_task", CT, Some(PAUSED), RootIs::Task, CURRENT_THREAD, NO_THREADS),
    mode_of("tokio_ct_main_realclock", CT, Some(REAL_CLOCK), RootIs::Main, CURRENT_THREAD, NO_CLOCK),
    mode_of("tokio_ct_task_realclock", CT, Some(REAL_CLOCK), RootIs::Task, CURRENT_THREAD, NO_CLOCK),
    mode_of("tokio_localset_task", LOCAL, Some(SET), RootIs::Task, LOCAL_SET, NO_THREADS),
    mode_of("tokio_localset_task_realclock", LOCAL, Some(SET_REAL_CLOCK), RootIs::Task, LOCAL_SET, WAKES),
    mode_of("tokio_mt1_task", MT1, Some(MT_RARELY), RootIs::Task, &[|| mt(1_000_000)], NO_CLOCK),
    mode_of("tokio_mt1_task_gqi61", MT1, Some(MT_61), RootIs::Task, &[|| mt(61)], NO_CLOCK),
    mode_of("tokio_mt1_task_gqi7", MT1, Some(MT_7), RootIs::Task, &[|| mt(7)], NO_CLOCK),
    mode_of("tokio_mt1_task_pool1", MT1, Some(MT_POOL_OF_ONE), RootIs::Task, &[mt_pool_of_one], NO_CLOCK),
    mode_of("localpool_main", POOL, Some(local_pool), RootIs::Main, LOCAL_POOL, NEITHER),
    mode_of("localpool_task", POOL, Some(local_pool), RootIs::Task, LOCAL_POOL, NEITHER),
    mode_of("asyncexec_main", SMOL, Some(async_executor), RootIs::Main, ASYNC_EXECUTOR, NO_CLOCK),
    mode_of("asyncexec_task", SMOL, Some(async_executor), RootIs::Task, ASYNC_EXECUTOR, NO_CLOCK),
    mode_of("monoio_task", "monoio", None, RootIs::Task, &[|| Executor::monoio(1)], NO_THREADS),
];

/// The interval that tokio tunes itself, by the time that polls take on a real computer: nothing for random workloads.
pub static TUNED: Mode = mode_of(
    "tokio_mt1_task_tuned",
    MT1,
    Some(|root, _| multi_thread(root, None)),
    RootIs::Task,
    &[|| Executor::tokio_multi_thread(1)],
    NO_CLOCK,
);

const fn mode_of(
    name: &'static str,
    runtime: &'static str,
    real: Option<Real>,
    root: RootIs,
    ours: &'static [fn() -> Executor],
    can: Can,
) -> Mode {
    Mode { name, runtime, real, root, ours, can }
}

/// The modes of each real runtime that runs here.
pub fn runtimes() -> impl Iterator<Item = &'static [Mode]> {
    MODES.chunk_by(|one, next| one.runtime == next.runtime).filter(|modes| modes[0].real.is_some())
}

/// The marker of a task that a busy computer let begin only when the time for which it was to wait had come, on a real
/// clock: such a run says nothing of the order of timers, and is run again.
pub const LATE: &str = "late";

/// So often a real run may be late.
const RUNS: usize = 200;

/// tokio's multi_thread with one worker and this interval of its global queue.
fn mt(global_queue_interval: u32) -> Executor {
    Executor::with_policy(1, Box::new(mt_policy(global_queue_interval)))
}

/// The same with one thread in its blocking pool.
fn mt_pool_of_one() -> Executor {
    Executor::with_policy(1, Box::new(mt_policy(1_000_000).max_blocking_threads(1)))
}

fn mt_policy(global_queue_interval: u32) -> TokioMultiThread {
    TokioMultiThread::default().global_queue_interval(global_queue_interval)
}

/// The mode of this name.
pub fn mode(name: &str) -> &'static Mode {
    MODES.iter().chain([&TUNED]).find(|mode| mode.name == name).unwrap_or_else(|| panic!("no mode is called {name}"))
}

/// Runs the workload in every mode of which the file holds its order: the real runtime, and our models, give that order.
#[track_caller]
pub fn check(workload: &str, root: &Root) {
    let orders = recorded::orders(workload);
    for (name, expected) in orders {
        let mode = mode(name);
        if let Some(real) = mode.real {
            let mut runs = std::iter::repeat_with(|| real(root, mode.root)).take(RUNS);
            let in_time = runs.find(|markers| !markers.contains(LATE));
            let in_time =
                in_time.unwrap_or_else(|| panic!("{workload}, {name}: this computer was too busy, {RUNS} times"));
            assert_eq!(in_time, *expected, "{workload}, {name}: the real runtime against the file");
        }
        for executor in mode.ours {
            let ours = ours::run(executor(), root, mode.root);
            assert_eq!(ours, *expected, "{workload}, {name}: our model against the file");
        }
    }
}
