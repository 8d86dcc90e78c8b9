//! The real tokio.

use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::BoxStream;
use tokio::runtime::{Builder, Handle};
use tokio::time::Instant;

use super::rt::*;

/// Which of its schedulers.
#[derive(Clone, Copy)]
pub enum Kind {
    /// `spawn`, on one thread or on workers.
    Plain,
    /// `spawn_local`, into the LocalSet that is being polled.
    Local,
}

struct Tokio {
    start: Instant,
    kind: Kind,
}

impl Tokio {
    /// Inside a runtime: its clock's now is the beginning.
    fn new(kind: Kind) -> Tokio {
        Tokio { start: Instant::now(), kind }
    }
}

struct Task(tokio::task::JoinHandle<()>);

impl Future for Task {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx).map(|ended| ended.expect("no task of a workload panics"))
    }
}

impl Join for Task {
    fn detach(self: Pin<Box<Self>>) {}
}

struct Set(Arc<tokio::sync::Mutex<tokio::task::JoinSet<usize>>>);

impl JoinSet for Set {
    fn spawn(&mut self, task: Boxed<usize>) {
        self.0.try_lock().expect("nobody awaits the set while it grows").spawn(task);
    }

    fn join_next(&mut self) -> Boxed<Option<usize>> {
        let set = Arc::clone(&self.0);
        Box::pin(async move {
            let mut set = set.try_lock().expect("one at a time awaits the set");
            set.join_next().await.map(|ended| ended.expect("no task of a workload panics"))
        })
    }
}

impl Runtime for Tokio {
    fn spawn(&self, task: Boxed) -> Pin<Box<dyn Join>> {
        Box::pin(Task(match self.kind {
            Kind::Plain => tokio::spawn(task),
            Kind::Local => tokio::task::spawn_local(task),
        }))
    }

    fn yield_native(&self) -> Boxed {
        Box::pin(tokio::task::yield_now())
    }

    fn elsewhere(&self, code: Box<dyn FnOnce() + Send>) {
        let handle = Handle::current();
        let code = move || {
            let _entered = handle.enter();
            code();
        };
        std::thread::spawn(code).join().expect("code elsewhere does not panic");
    }

    fn once_parked(&self, parks: u64, code: Box<dyn FnOnce() + Send>) {
        let metrics = Handle::current().metrics();
        let then = metrics.worker_park_count(0) + parks;
        std::thread::spawn(move || {
            while metrics.worker_park_count(0) < then {
                std::thread::yield_now();
            }
            code();
        });
    }

    fn block_in_place(&self, code: Box<dyn FnOnce() + Send>) {
        tokio::task::block_in_place(code);
    }

    fn spawn_blocking(&self, code: Box<dyn FnOnce() + Send>) {
        drop(tokio::task::spawn_blocking(code));
    }

    fn gate(&self) -> Arc<dyn Gate> {
        Arc::new(Door::default())
    }

    fn clock(&self) -> Option<&dyn Clock> {
        Some(self)
    }

    fn join_set(&self) -> Option<Box<dyn JoinSet>> {
        Some(Box::new(Set(Arc::default())))
    }
}

/// One that real threads wait at.
#[derive(Default)]
struct Door {
    is_open: Mutex<bool>,
    opened: Condvar,
}

impl Gate for Door {
    fn open(&self) {
        *self.is_open.lock().unwrap() = true;
        self.opened.notify_all();
    }

    fn wait(&self) {
        drop(self.opened.wait_while(self.is_open.lock().unwrap(), |is_open| !*is_open).unwrap());
    }
}

impl Clock for Tokio {
    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).expect("a workload is short")
    }

    fn sleep_until(&self, ms: u64) -> Boxed {
        Box::pin(tokio::time::sleep_until(self.start + Duration::from_millis(ms)))
    }

    fn sleep(&self, ms: u64) -> Boxed {
        Box::pin(tokio::time::sleep(Duration::from_millis(ms)))
    }

    fn timeout(&self, ms: u64, future: Boxed) -> Boxed<bool> {
        let timeout = tokio::time::timeout(Duration::from_millis(ms), future);
        Box::pin(async move { timeout.await.is_ok() })
    }

    fn interval(&self, ms: u64) -> BoxStream<'static, ()> {
        let interval = tokio::time::interval(Duration::from_millis(ms));
        let beats = futures::stream::unfold(interval, |mut interval| async move {
            interval.tick().await;
            Some(((), interval))
        });
        beats.boxed()
    }
}

/// Where a workload's root is polled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RootIs {
    /// The future that `block_on` and its like poll.
    Main,
    /// A task that the main future spawns and awaits.
    Task,
}

/// Which time passes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Time {
    Paused,
    Real,
}

async fn run(root: &Root, root_is: RootIs, kind: Kind, log: &Log) {
    let rt = Rt::new(Tokio::new(kind), log);
    match root_is {
        RootIs::Main => root(rt).await,
        RootIs::Task => rt.spawn(|rt| root(rt)).await,
    }
}

pub fn current_thread(root: &Root, root_is: RootIs, time: Time) -> String {
    let log = Log::default();
    let runtime = Builder::new_current_thread().enable_time().start_paused(time == Time::Paused).build().unwrap();
    runtime.block_on(run(root, root_is, Kind::Plain, &log));
    log.text()
}

pub fn local_set(root: &Root, time: Time) -> String {
    let log = Log::default();
    let runtime = Builder::new_current_thread().enable_time().start_paused(time == Time::Paused).build().unwrap();
    let set = tokio::task::LocalSet::new();
    let entered = runtime.enter();
    let rt = Rt::new(Tokio::new(Kind::Local), &log);
    drop(entered);
    let task = set.spawn_local(root(rt));
    runtime.block_on(set.run_until(task)).expect("no task of a workload panics");
    log.text()
}

/// One worker, which looks first at the queue of what comes from outside every so many polls, or as often as tokio finds
/// right. The root comes when the worker has
/// parked: so many polls before have been counted as in every other run.
pub fn multi_thread(root: &Root, global_queue_interval: Option<u32>) -> String {
    let mut builder = Builder::new_multi_thread();
    if let Some(interval) = global_queue_interval {
        builder.global_queue_interval(interval);
    }
    on_one_worker(root, &mut builder)
}

/// The same with a blocking pool of one thread: once that is busy, what is given to the pool waits.
pub fn multi_thread_pool_of_one(root: &Root) -> String {
    on_one_worker(root, Builder::new_multi_thread().global_queue_interval(1_000_000).max_blocking_threads(1))
}

fn on_one_worker(root: &Root, builder: &mut Builder) -> String {
    let log = Log::default();
    let runtime = builder.worker_threads(1).enable_time().build().unwrap();
    while runtime.metrics().worker_park_count(0) == 0 {
        std::thread::yield_now();
    }
    runtime.block_on(run(root, RootIs::Task, Kind::Plain, &log));
    log.text()
}
