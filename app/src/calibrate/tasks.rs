//! What tokio's steps take: each on one thread, so that nothing but the step is in the figure.

use std::future::poll_fn;
use std::hint::black_box;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;

use super::meter::{Meter, Sample};

/// How many tasks take turns.
const AMONG: u32 = 100;
/// How often each is polled in a batch.
const ROUNDS: u32 = 300;
/// How many single steps a batch has.
const STEPS: u32 = 1_000;

fn current_thread() -> Option<Runtime> {
    Builder::new_current_thread().enable_time().build().ok()
}

fn one_worker() -> Option<Runtime> {
    Builder::new_multi_thread().worker_threads(1).build().ok()
}

/// Wakes its own task and is pending, so often: each time the task goes through the queue.
async fn wake_myself(times: u32) {
    let mut left = times;
    poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

async fn take_turns() -> (Duration, u32) {
    let start = Instant::now();
    let tasks: Vec<_> = (0..AMONG).map(|_| tokio::spawn(wake_myself(ROUNDS))).collect();
    for task in tasks {
        // A task that only wakes itself does not fail.
        let _ = task.await;
    }
    (start.elapsed(), AMONG * ROUNDS)
}

async fn spawn_and_join() -> (Duration, u32) {
    let start = Instant::now();
    for _ in 0..STEPS {
        let _ = tokio::spawn(async {}).await;
    }
    (start.elapsed(), STEPS)
}

/// A self-wake and the poll that it causes, among a hundred tasks, on current_thread.
pub fn yields(meter: &mut Meter<'_>) -> Option<Sample> {
    let runtime = current_thread()?;
    meter.batches(|| as_task(&runtime, take_turns()))
}

/// The same on multi_thread with one worker.
pub fn yields_of_worker(meter: &mut Meter<'_>) -> Option<Sample> {
    let runtime = one_worker()?;
    meter.batches(|| as_task(&runtime, take_turns()))
}

/// Spawning an empty task and awaiting its end, on current_thread.
pub fn spawns(meter: &mut Meter<'_>) -> Option<Sample> {
    let runtime = current_thread()?;
    meter.batches(|| as_task(&runtime, spawn_and_join()))
}

/// The same on multi_thread with one worker.
pub fn spawns_of_worker(meter: &mut Meter<'_>) -> Option<Sample> {
    let runtime = one_worker()?;
    meter.batches(|| as_task(&runtime, spawn_and_join()))
}

/// `block_on` runs its future on the caller's thread, and it is no task: a worker has it only once it is spawned.
fn as_task(runtime: &Runtime, what: impl Future<Output = (Duration, u32)> + Send + 'static) -> (Duration, u32) {
    runtime.block_on(async { tokio::spawn(what).await }).unwrap_or((Duration::ZERO, 1))
}

/// Runs `step` with the waker of a task, so often.
fn with_waker(meter: &mut Meter<'_>, step: fn(&Waker)) -> Option<Sample> {
    let runtime = current_thread()?;
    let batch = || {
        poll_fn(move |cx| {
            cx.waker().wake_by_ref();
            let start = Instant::now();
            (0..STEPS).for_each(|_| step(black_box(cx.waker())));
            Poll::Ready((start.elapsed(), STEPS))
        })
    };
    meter.batches(|| as_task(&runtime, batch()))
}

/// Waking a task that has been woken already.
pub fn wakes_of_woken(meter: &mut Meter<'_>) -> Option<Sample> {
    with_waker(meter, Waker::wake_by_ref)
}

/// Cloning a task's waker and dropping the clone.
pub fn wakers(meter: &mut Meter<'_>) -> Option<Sample> {
    with_waker(meter, |waker| drop(black_box(waker.clone())))
}

/// Waking a task that waits, up to its place in the queue.
pub fn wakes(meter: &mut Meter<'_>) -> Option<Sample> {
    let runtime = current_thread()?;
    let batch = || async {
        let kept: Arc<Mutex<Vec<Waker>>> = Arc::default();
        let wait = |kept: Arc<Mutex<Vec<Waker>>>| {
            let mut polled = false;
            poll_fn(move |cx| {
                if std::mem::replace(&mut polled, true) {
                    return Poll::Ready(());
                }
                kept.lock().expect("nobody panics with it").push(cx.waker().clone());
                Poll::Pending
            })
        };
        let tasks: Vec<_> = (0..STEPS).map(|_| tokio::spawn(wait(Arc::clone(&kept)))).collect();
        while kept.lock().expect("nobody panics with it").len() < STEPS as usize {
            tokio::task::yield_now().await;
        }
        let wakers = std::mem::take(&mut *kept.lock().expect("nobody panics with it"));
        let start = Instant::now();
        wakers.iter().for_each(Waker::wake_by_ref);
        let took = start.elapsed();
        for task in tasks {
            let _ = task.await;
        }
        (took, STEPS)
    };
    meter.batches(|| runtime.block_on(batch()))
}

/// A message from one task to another through a channel, and the poll that takes it.
pub fn channel_hops(meter: &mut Meter<'_>) -> Option<Sample> {
    let runtime = current_thread()?;
    let batch = || async {
        let (there, mut from_here) = mpsc::channel::<u32>(16);
        let (back, mut from_there) = mpsc::channel::<u32>(16);
        let echo = tokio::spawn(async move {
            while let Some(n) = from_here.recv().await {
                if back.send(n).await.is_err() {
                    break;
                }
            }
        });
        let start = Instant::now();
        for n in 0..STEPS {
            let _ = there.send(n).await;
            black_box(from_there.recv().await);
        }
        let took = start.elapsed();
        drop(there);
        let _ = echo.await;
        (took, 2 * STEPS)
    };
    meter.batches(|| as_task(&runtime, batch()))
}

/// Making a `Sleep`, registering it with the timer wheel in a poll, and dropping it.
pub fn sleeps(meter: &mut Meter<'_>) -> Option<Sample> {
    let runtime = current_thread()?;
    let batch = || async {
        let start = Instant::now();
        for _ in 0..STEPS {
            let mut sleep = pin!(tokio::time::sleep(Duration::from_secs(3_600)));
            let _ = poll_fn(|cx| Poll::Ready(black_box(sleep.as_mut().poll(cx)))).await;
        }
        (start.elapsed(), STEPS)
    };
    meter.batches(|| runtime.block_on(async { tokio::task::unconstrained(batch()).await }))
}
