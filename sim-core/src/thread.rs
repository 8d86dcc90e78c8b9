//! Threads of the simulated machine: ordinary closures with ordinary blocking calls.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use crate::executor::core;
use crate::executor::{JoinError, Outcome};
use crate::instant::SimDuration;
use crate::machine::blocking;
use crate::machine::capture::captured;
use crate::machine::home::Home;
use crate::machine::kernel::Kernel;
use crate::machine::panics;
use crate::machine::sim::{self, Sim};
use crate::machine::spec::Machine;
use crate::machine::threads::{Ask, Body, NewThread, ThreadState};
use crate::machine::waiting::Wake;
use crate::trace::Trace;
use crate::trace::event::{BlockReason, EndReason, Event};
use crate::trace::family::Family;
use crate::trace::ids::{Actor, ThreadId};
use crate::trace::tables::ThreadKind;

/// A thread in the making, with a name and a priority.
#[derive(Clone, Debug)]
pub struct ThreadBuilder {
    name: String,
    path: Option<String>,
    kind: ThreadKind,
    priority: i32,
    nice: i32,
}

impl ThreadBuilder {
    /// A thread of this name. By its name, its spawner and how manieth of that name it is the world decides how long
    /// its I/O takes: the same for a task in the same place.
    pub fn new(name: impl Into<String>) -> ThreadBuilder {
        ThreadBuilder { name: name.into(), path: None, kind: ThreadKind::Plain, priority: 0, nice: 0 }
    }

    /// The thread with this priority: larger goes first. Under a fair scheduler one above 0 is a real-time priority, and
    /// comes before all threads that have none.
    pub fn priority(mut self, priority: i32) -> ThreadBuilder {
        self.priority = priority;
        self
    }

    /// The thread with this nice value, −20 to 19: under a fair scheduler, the larger it is, the smaller its share.
    pub fn nice(mut self, nice: i32) -> ThreadBuilder {
        self.nice = nice;
        self
    }

    pub(crate) fn path(mut self, path: impl Into<String>) -> ThreadBuilder {
        self.path = Some(path.into());
        self
    }

    pub(crate) fn kind(mut self, kind: ThreadKind) -> ThreadBuilder {
        self.kind = kind;
        self
    }

    /// Creates the thread. It is Runnable at once.
    pub fn spawn<T, F>(self, code: F) -> JoinHandle<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.spawn_any(code)
    }

    fn spawn_any<T: 'static>(self, code: impl FnOnce() -> T + 'static) -> JoinHandle<T> {
        let result: Arc<Mutex<Option<Result<T, JoinError>>>> = Arc::default();
        let place = Arc::clone(&result);
        let body = move || {
            let value = catch_unwind(AssertUnwindSafe(code));
            if sim::with(|sim| sim.is_ending()) {
                return drop(value.map_err(|payload| resume_unwind(payload)));
            }
            let value = value.map_err(|payload| JoinError::Panicked(sim::with(|sim| sim.note_panic(&*payload))));
            *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
        };
        JoinHandle { thread: Home::of(self.create(Body::Closure(Box::new(body)))), result }
    }

    /// Creates a thread whose code is a future of blocking steps: it holds no stack while it waits.
    pub(crate) fn spawn_steps(self, steps: impl Future<Output = ()> + 'static) -> ThreadId {
        self.create(Body::Steps(Box::pin(steps)))
    }

    fn create(self, body: Body) -> ThreadId {
        sim::with(|sim| {
            let by = sim.actor.get();
            let mut kernel = sim.kernel.borrow_mut();
            if by != Actor::Run {
                sim.owe(kernel.costs.thread_spawn);
            }
            let path = self.path.unwrap_or_else(|| self.name.clone());
            let (kind, priority, nice) = (self.kind, self.priority, self.nice);
            kernel.create_thread(NewThread { name: self.name, path, kind, priority, nice, body }, by)
        })
    }
}

/// Creates a thread of the simulated machine that runs `code`. Panics outside a run.
///
/// ```
/// use std::sync::Arc;
///
/// use sim_core::sync::BlockingMutex;
/// use sim_core::{Costs, Machine, SimDuration, io_blocking, thread};
///
/// let outcome = Machine::new().costs(Costs::zero()).run_threads(|| {
///     let count = Arc::new(BlockingMutex::new(0));
///     let threads = [10, 20, 30].map(|length| {
///         let count = Arc::clone(&count);
///         thread::spawn(move || {
///             io_blocking(SimDuration::from_millis(length));
///             *count.lock() += 1;
///         })
///     });
///     threads.into_iter().for_each(|thread| thread.join().unwrap());
///     let count = *count.lock();
///     count
/// });
/// assert_eq!((outcome.output, outcome.trace.end().as_millis()), (Some(3), 30));
/// ```
pub fn spawn<T, F>(code: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    ThreadBuilder::new("").spawn(code)
}

/// Waits for a thread's end. Dropping it lets the thread run on.
pub struct JoinHandle<T> {
    thread: Home<ThreadId>,
    result: Arc<Mutex<Option<Result<T, JoinError>>>>,
}

impl<T> JoinHandle<T> {
    /// The thread's id in the trace.
    pub fn id(&self) -> ThreadId {
        self.thread.name()
    }

    /// Blocks until the thread has ended; answers its result, or how it panicked.
    pub fn join(self) -> Result<T, JoinError> {
        blocking::on_stack(join_step(self.thread.get()));
        self.result.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or(Err(JoinError::Cancelled))
    }
}

/// Waits for the thread's end.
pub(crate) async fn join_step(thread: ThreadId) {
    let target = Actor::Thread(thread);
    let waits = blocking::may_wait()
        && sim::with(|sim| {
            let me = sim.thread();
            let by = sim.actor.get();
            let mut kernel = sim.kernel.borrow_mut();
            if kernel.threads[thread.index()].state == ThreadState::Exited {
                return false;
            }
            kernel.threads[thread.index()].joiners.push(Wake::Thread(me));
            kernel.record(Event::JoinWaiting { target, by });
            true
        });
    if waits {
        blocking::block(BlockReason::Join, thread.0).await;
        sim::with(|sim| sim.kernel.borrow_mut().record(Event::Joined { target, by: sim.actor.get() }));
    }
}

/// Blocks the thread for `d`, frees its core. Takes virtual and `std` durations alike; panics outside a run.
pub fn sleep(d: impl Into<SimDuration>) {
    if blocking::may_wait() {
        blocking::on_stack(sleep_step(d.into()));
    }
}

pub(crate) async fn sleep_step(d: SimDuration) {
    let timer = sim::with(|sim| {
        let (by, thread) = (sim.actor.get(), sim.thread());
        let mut kernel = sim.kernel.borrow_mut();
        sim.owe(kernel.costs.syscall);
        let deadline = kernel.now + d;
        let timer = kernel.set_timer(deadline, by, Some(Wake::Thread(thread)));
        kernel.block(thread, BlockReason::Timer, timer.0);
        timer
    });
    blocking::give_up(Ask::Block).await;
    sim::with(|sim| sim.kernel.borrow_mut().poll_timer(timer, None));
}

/// Lets other threads go first.
pub fn yield_now() {
    if blocking::may_wait() {
        blocking::on_stack(blocking::give_up(Ask::Yield));
    }
}

impl Machine {
    /// Runs a closure as the first thread of the machine, until it returns. Threads that are left end then, as a
    /// process's threads do. The root is called once a run; as a `Fn` it can be run again.
    pub fn run_threads<T, F>(self, root: F) -> Outcome<T>
    where
        F: Fn() -> T + 'static,
        T: 'static,
    {
        let handle: RefCell<Option<JoinHandle<T>>> = RefCell::new(None);
        let over = Rc::new(Cell::new(false));
        let done = Rc::clone(&over);
        let start = || {
            let main = ThreadBuilder::new("main").spawn_any(move || {
                let value = root();
                done.set(true);
                value
            });
            handle.replace(Some(main));
        };
        let (trace, end) =
            self.run_thread_bodies(start, |kernel| over.get() && kernel.threads[0].state == ThreadState::Exited);
        let result = handle.into_inner().and_then(|h| h.result.lock().unwrap_or_else(PoisonError::into_inner).take());
        Outcome { trace, output: result.and_then(Result::ok), end }
    }

    /// Runs the threads that `start` creates, until `finished`.
    pub(crate) fn run_thread_bodies(
        mut self,
        start: impl FnOnce(),
        finished: impl Fn(&Kernel) -> bool,
    ) -> (Trace, EndReason) {
        if self.info.model.is_empty() {
            self.info.model = "thread_per_task".to_owned();
        }
        self.info.policy = self.scheduler.policy().describe();
        if self.inherits {
            self.info.policy.push_str(", priority inheritance");
        }
        self.info.threads = true;
        self.info.family = Family::Threads;
        if self.info.title.is_empty() {
            let plural = if self.cores == 1 { "" } else { "s" };
            self.info.title = format!("threads, {} core{plural}", self.cores);
        }
        let stack_bytes = self.stack_bytes;
        let sim = Rc::new(Sim::new(Kernel::new(self), stack_bytes));
        panics::hush();
        let guard = futures::executor::enter();
        // Under no executor, even if one runs this: the tasks of a run outside are not this one's.
        let run = || {
            start();
            let end = sim.drive(|| sim.show(|_| Default::default()), || finished(&sim.kernel.borrow()), || false);
            sim.finish(end);
            end
        };
        let end = sim.enter(|| core::outside(|| captured(run)));
        drop(guard);
        let sim = Rc::into_inner(sim).expect("nothing keeps the simulation beyond its run");
        (sim.kernel.into_inner().recorder.finish(), end)
    }
}
