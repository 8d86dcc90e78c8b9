//! What a workload asks of the runtime that runs it, the same of a real one and of ours.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use futures::stream::BoxStream;

/// A future of any kind: a box polls what is in it, and changes no order.
pub type Boxed<T = ()> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A task that was spawned: awaited it gives its end. Whoever lets go of it says how.
pub trait Join: Future<Output = ()> + Send {
    /// Lets the task run on, with nobody to wait for it.
    fn detach(self: Pin<Box<Self>>);
}

/// Tasks of which one awaits whichever ends next.
pub trait JoinSet: Send {
    fn spawn(&mut self, task: Boxed<usize>);
    fn join_next(&mut self) -> Boxed<Option<usize>>;
}

/// What the workloads need of a runtime. One value a run.
pub trait Runtime: Send + Sync {
    fn spawn(&self, task: Boxed) -> Pin<Box<dyn Join>>;

    /// The runtime's own yield.
    fn yield_native(&self) -> Boxed;

    /// Runs `code` on another thread, which this one waits for: what it spawns and wakes comes from outside.
    fn elsewhere(&self, code: Box<dyn FnOnce() + Send>);

    /// Runs `code` on another thread as soon as the runtime has parked for want of anything to do, so many times from
    /// now on.
    fn once_parked(&self, parks: u64, code: Box<dyn FnOnce() + Send>);

    /// Computes for so long, at least.
    fn compute(&self, micros: u64) {
        let began = std::time::Instant::now();
        while began.elapsed() < std::time::Duration::from_micros(micros) {}
    }

    /// Blocks in the middle of a poll, while another thread goes on with the worker where the runtime knows such a thing.
    fn block_in_place(&self, code: Box<dyn FnOnce() + Send>) {
        code();
    }

    /// Runs `code` on a thread for code that blocks, where there are such.
    fn spawn_blocking(&self, _: Box<dyn FnOnce() + Send>) {
        unreachable!("asked only where there is a blocking pool");
    }

    /// What a thread can block for.
    fn gate(&self) -> Arc<dyn Gate> {
        unreachable!("asked only where threads can block");
    }

    /// Its clock, if it has one.
    fn clock(&self) -> Option<&dyn Clock>;

    /// Its set of tasks, if it has such a thing.
    fn join_set(&self) -> Option<Box<dyn JoinSet>>;

    /// Told of every marker, besides the log.
    fn marked(&self, _: &str) {}
}

/// Opens once: whoever waits blocks its thread until then.
pub trait Gate: Send + Sync {
    fn open(&self);
    fn wait(&self);
}

/// Time in whole milliseconds since the run began.
pub trait Clock {
    fn now(&self) -> u64;
    fn sleep_until(&self, ms: u64) -> Boxed;
    fn sleep(&self, ms: u64) -> Boxed;
    /// Whether the future was ready in time.
    fn timeout(&self, ms: u64, future: Boxed) -> Boxed<bool>;
    /// A beat every so often, the first at once.
    fn interval(&self, ms: u64) -> BoxStream<'static, ()>;
}

/// The runtime as a workload holds it, and the log of its markers.
#[derive(Clone)]
pub struct Rt {
    runtime: Arc<dyn Runtime>,
    log: Log,
}

/// Markers in order of execution.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    /// The markers so far, joined by spaces.
    pub fn text(&self) -> String {
        self.0.lock().unwrap().join(" ")
    }
}

/// A workload's root, or a task of it.
pub type Root = Arc<dyn Fn(Rt) -> Boxed + Send + Sync>;

impl Rt {
    pub fn new(runtime: impl Runtime + 'static, log: &Log) -> Rt {
        Rt { runtime: Arc::new(runtime), log: log.clone() }
    }

    pub fn mark(&self, text: impl Into<String>) {
        let text = text.into();
        self.runtime.marked(&text);
        self.log.0.lock().unwrap().push(text);
    }

    /// Spawns a task, which gets the runtime too.
    pub fn spawn<Fut: Future<Output = ()> + Send + 'static>(&self, task: impl FnOnce(Rt) -> Fut) -> Handle {
        Handle(self.runtime.spawn(Box::pin(task(self.clone()))))
    }

    pub fn yield_native(&self) -> Boxed {
        self.runtime.yield_native()
    }

    pub fn elsewhere(&self, code: impl FnOnce(Rt) + Send + 'static) {
        let rt = self.clone();
        self.runtime.elsewhere(Box::new(move || code(rt)));
    }

    pub fn compute(&self, micros: u64) {
        self.runtime.compute(micros);
    }

    pub fn once_parked(&self, parks: u64, code: impl FnOnce() + Send + 'static) {
        self.runtime.once_parked(parks, Box::new(code));
    }

    pub fn block_in_place(&self, code: impl FnOnce() + Send + 'static) {
        self.runtime.block_in_place(Box::new(code));
    }

    pub fn spawn_blocking(&self, code: impl FnOnce() + Send + 'static) {
        self.runtime.spawn_blocking(Box::new(code));
    }

    pub fn gate(&self) -> Arc<dyn Gate> {
        self.runtime.gate()
    }

    pub fn clock(&self) -> &dyn Clock {
        self.runtime.clock().expect("a workload that sleeps runs where there is a clock")
    }

    pub fn join_set(&self) -> Box<dyn JoinSet> {
        self.runtime.join_set().expect("a workload that joins a set runs where there is one")
    }
}

/// A task, to be awaited.
pub struct Handle(Pin<Box<dyn Join>>);

impl Handle {
    pub fn detach(self) {
        self.0.detach();
    }
}

impl Future for Handle {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.as_mut().poll(cx)
    }
}

/// Wakes itself and is Pending once, on every runtime.
pub fn yield_self() -> impl Future<Output = ()> + Send {
    let mut yielded = false;
    std::future::poll_fn(move |cx| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
}
