//! What a run holds in memory, and what more workers cost: `cargo bench -p sim-core --bench memory`.
//!
//! Bytes are counted by this binary's own allocator: exact, and the same each time. The goals stand beside each figure.

use std::alloc::{GlobalAlloc, Layout, System};
use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use sim_core::trace::Record;
use sim_core::{Costs, Executor, Limits, Machine, SimDuration, SimTime, Trace, io, spawn, time, yield_now};

/// Counts the bytes that are alive.
struct Counting;

static ALIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

fn grow(bytes: usize) {
    let alive = ALIVE.fetch_add(bytes, Ordering::Relaxed) + bytes;
    PEAK.fetch_max(alive, Ordering::Relaxed);
}

// SAFETY: every call goes to the system's allocator with the same layout; counting touches no memory of theirs.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        // SAFETY: as the caller promised.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        ALIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller promised.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        grow(size);
        // SAFETY: as the caller promised.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn alive() -> usize {
    ALIVE.load(Ordering::Relaxed)
}

fn machine(cores: u32) -> Machine {
    let limits = Limits { steps: u64::MAX, time: SimTime::MAX };
    Machine::new().cores(cores).costs(Costs::zero()).limits(limits)
}

fn line(what: &str, figure: f64, goal: f64) {
    let met = if figure <= goal { "met" } else { "MISSED" };
    println!("  {what:<46}{figure:>8.1} B   goal ≤ {goal:>5.0} B  {met}");
}

/// Bytes of trace, side tables included, that each of the second run's additional polls took.
fn per_poll(short: (&Trace, usize), long: (&Trace, usize)) -> f64 {
    let bytes = |trace: &Trace| (trace.len() * size_of::<Record>() + trace.tables().memory_bytes()) as f64;
    (bytes(long.0) - bytes(short.0)) / (long.1 - short.1) as f64
}

fn self_wakes() {
    const TASKS: usize = 1_000;
    let run = |count: usize| {
        let outcome = machine(1).run_async(Executor::fifo(1), move || async move {
            let tasks: Vec<_> = (0..TASKS).map(|_| spawn(wakes(count))).collect();
            for task in tasks {
                task.await.expect("a task that only yields completes");
            }
        });
        outcome.trace
    };
    let (short, long) = (run(100), run(1_000));
    let bytes = per_poll((&short, TASKS * 101), (&long, TASKS * 1_001));
    line("trace, a poll of a task that wakes itself", bytes, 48.0);
}

async fn wakes(count: usize) {
    for _ in 0..count {
        yield_now().await;
    }
}

/// `apart`: whether each answer comes at a moment of its own, so that the worker parks before it; if not, a thousand
/// answers come together.
fn io_polls(apart: bool) -> f64 {
    const TASKS: usize = 1_000;
    let run = |count: usize| {
        let outcome = machine(1).run_async(Executor::fifo(1), move || async move {
            let requests = |n: u64| async move {
                let spread = if apart { n * 50 } else { 0 };
                for _ in 0..count {
                    io(SimDuration::from_nanos(100_000 + spread)).await;
                }
            };
            let tasks: Vec<_> = (0..TASKS as u64).map(|n| spawn(requests(n))).collect();
            for task in tasks {
                task.await.expect("a task that only waits completes");
            }
        });
        outcome.trace
    };
    let (short, long) = (run(128), run(256));
    per_poll((&short, TASKS * 129), (&long, TASKS * 257))
}

/// Pending, and nobody will wake it: what is left is the task itself.
struct Idle;

impl Future for Idle {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

/// Peak bytes that a task costs besides its future, over so many tasks that all wait at the same time.
fn idle_tasks(recording: bool) -> f64 {
    const TASKS: usize = 1_000_000;
    let run = |tasks: usize| {
        let machine = if recording { machine(1) } else { machine(1).without_recording() };
        let before = alive();
        PEAK.store(before, Ordering::Relaxed);
        let outcome = machine.run_async(Executor::fifo(1), move || async move {
            for _ in 0..tasks {
                drop(spawn(Idle));
            }
            time::sleep(SimDuration::from_millis(1)).await;
        });
        black_box(&outcome.trace);
        (PEAK.load(Ordering::Relaxed) - before) as f64
    };
    (run(TASKS) - run(1)) / TASKS as f64 - size_of::<Idle>() as f64
}

/// One million polls, spread over so many workers on as many cores.
fn workers() {
    println!("\n1,000 tasks × 1,000 self-wakes, recording, by workers (each on a core of its own; best of 5)");
    let mut first = None;
    for workers in [1, 2, 4, 8] {
        let run = || {
            let started = Instant::now();
            let outcome = machine(workers).run_async(Executor::stealing(workers), || async {
                let tasks: Vec<_> = (0..1_000).map(|_| spawn(wakes(1_000))).collect();
                for task in tasks {
                    task.await.expect("a task that only yields completes");
                }
            });
            black_box(outcome.trace.len());
            started.elapsed()
        };
        let best = (0..5).map(|_| run()).min().unwrap_or(Duration::MAX);
        let per_poll = best.as_nanos() as f64 / 1_001_000.0;
        let one = *first.get_or_insert(per_poll);
        println!("  {workers:>2} workers{per_poll:>10.1} ns a poll{:>8.2} × one worker", per_poll / one);
    }
}

fn main() {
    println!("\nmemory");
    self_wakes();
    line("trace, a poll after I/O with all its events", io_polls(false), 192.0);
    println!("  {:<46}{:>8.1} B", "the same, its worker parking and unparking", io_polls(true));
    line("an idle task besides its future, of 1,000,000", idle_tasks(false), 300.0);
    println!("  {:<46}{:>8.1} B   trace included", "the same, recording", idle_tasks(true));
    workers();
}
