//! What a poll costs here and elsewhere, side by side: `cargo bench -p sim-core`.
//!
//! Contenders take turns, round after round, so that a slow moment of the computer strikes all alike. Printed are the
//! minima over all rounds, in ns a poll, and their ratio to tokio's current_thread. `-- workers`: only what more workers
//! cost.

use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use sim_core::program::Workload;
use sim_core::{Costs, Executor, Limits, Machine, SimTime, spawn};

/// Wakes itself so many times, then is done.
struct SelfWake(u32);

impl Future for SelfWake {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.0 == 0 {
            return Poll::Ready(());
        }
        self.0 -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

#[derive(Clone, Copy)]
struct Load {
    tasks: u32,
    wakes: u32,
}

impl Load {
    fn polls(self) -> u64 {
        u64::from(self.tasks) * u64::from(self.wakes + 1)
    }
}

fn machine() -> Machine {
    Machine::new().costs(Costs::zero()).limits(Limits { steps: u64::MAX, time: SimTime::MAX })
}

async fn root(load: Load) {
    let tasks: Vec<_> = (0..load.tasks).map(|_| spawn(SelfWake(load.wakes))).collect();
    for task in tasks {
        task.await.expect("a task that only wakes itself completes");
    }
}

fn ours(load: Load) {
    black_box(machine().without_recording().run_async(Executor::fifo(1), move || root(load)).end);
}

fn ours_recording(load: Load) {
    black_box(machine().run_async(Executor::fifo(1), move || root(load)).trace.len());
}

fn tokio_current_thread(load: Load) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime without drivers");
    runtime.block_on(async move {
        let tasks: Vec<_> = (0..load.tasks).map(|_| tokio::spawn(SelfWake(load.wakes))).collect();
        for task in tasks {
            task.await.expect("a task that only wakes itself completes");
        }
    });
}

fn local_pool(load: Load) {
    use futures::task::LocalSpawnExt as _;
    let mut pool = futures::executor::LocalPool::new();
    let spawner = pool.spawner();
    let spawn = |_| spawner.spawn_local_with_handle(SelfWake(load.wakes)).expect("a pool that runs accepts tasks");
    let tasks: Vec<_> = (0..load.tasks).map(spawn).collect();
    pool.run_until(async {
        for task in tasks {
            task.await;
        }
    });
}

fn async_executor(load: Load) {
    let executor = async_executor::LocalExecutor::new();
    let tasks: Vec<_> = (0..load.tasks).map(|_| executor.spawn(SelfWake(load.wakes))).collect();
    futures_lite::future::block_on(executor.run(async {
        for task in tasks {
            task.await;
        }
    }));
}

type Contender = (&'static str, fn(Load));

const CONTENDERS: [Contender; 5] = [
    ("tokio current_thread", tokio_current_thread),
    ("futures LocalPool", local_pool),
    ("async-executor", async_executor),
    ("wakeline, not recording", ours),
    ("wakeline, recording", ours_recording),
];

fn self_wakes(load: Load, rounds: u32) {
    let mut best = [Duration::MAX; CONTENDERS.len()];
    for round in 0..=rounds {
        for ((_, run), best) in CONTENDERS.iter().zip(&mut best) {
            let started = Instant::now();
            run(load);
            // The first round warms caches and pools up.
            if round > 0 {
                *best = started.elapsed().min(*best);
            }
        }
    }
    println!("\n{} tasks × {} self-wakes (best of {rounds}, taking turns)", load.tasks, load.wakes);
    for ((name, _), time) in CONTENDERS.iter().zip(best) {
        let per_poll = time.as_nanos() as f64 / load.polls() as f64;
        let ratio = time.as_secs_f64() / best[0].as_secs_f64();
        println!("  {name:<26}{per_poll:>8.1} ns a poll{ratio:>8.2} × tokio");
    }
}

fn workers_futures(workers: u32, load: Load) {
    let executor = Executor::tokio_multi_thread(workers);
    black_box(machine().cores(4).run_async(executor, move || root(load)).trace.len());
}

fn workers_steps(workers: u32, load: Load) {
    let Load { tasks, wakes } = load;
    let steps = format!("(tasks: {{\"t\": (count: {tasks}, ops: [Repeat({wakes}, [Yield])])}})");
    let workload: Workload = ron::from_str(&steps).expect("a workload of tasks that yield");
    let executor = Executor::tokio_multi_thread(workers);
    black_box(machine().cores(4).run_workload_async(executor, &workload).len());
}

/// What a run costs under tokio's multi_thread with several workers beside one: each poll ends while the others' go on.
fn by_workers(what: &str, run: fn(u32, Load), load: Load, rounds: u32) {
    const COUNTS: [u32; 3] = [1, 2, 4];
    let mut best = [Duration::MAX; COUNTS.len()];
    for round in 0..=rounds {
        for (workers, best) in COUNTS.into_iter().zip(&mut best) {
            let started = Instant::now();
            run(workers, load);
            if round > 0 {
                *best = started.elapsed().min(*best);
            }
        }
    }
    println!(
        "\ntokio_multi_thread on 4 cores, recording: {} tasks × {} {what} (best of {rounds})",
        load.tasks, load.wakes
    );
    for (workers, time) in COUNTS.into_iter().zip(best) {
        let per_poll = time.as_nanos() as f64 / load.polls() as f64;
        let ratio = time.as_secs_f64() / best[0].as_secs_f64();
        let plural = if workers == 1 { "worker " } else { "workers" };
        println!("  {workers} {plural}{per_poll:>24.1} ns a poll{ratio:>8.2} × one worker");
    }
}

fn main() {
    // With one worker a future is polled inside tokio, for its budget, which costs a third more; a Program is not.
    let load = Load { tasks: 1_000, wakes: 100 };
    by_workers("self-wakes of futures", workers_futures, load, 60);
    by_workers("yields of a Program", workers_steps, load, 60);
    if std::env::args().any(|arg| arg == "workers") {
        return;
    }
    for (tasks, wakes, rounds) in
        [(10, 100_000, 15), (1_000, 1_000, 15), (100, 10_000, 15), (10_000, 100, 15), (100_000, 20, 9)]
    {
        self_wakes(Load { tasks, wakes }, rounds);
    }
}
