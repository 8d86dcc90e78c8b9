//! A run under an async executor, from the machine's first moment to its trace.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;

use super::core::{self, EndsWith, Exec};
use super::handle::JoinHandle;
use super::policy::{Driver, Root, SelfWakes, TaskPolicy, TimerOrder};
use super::ready::Core;
use super::spawn::TaskBuilder;
use super::task::Task;
use super::worker::{self, Left};
use super::{budget, pool};
use crate::instant::SimTime;
use crate::machine::capture::captured;
use crate::machine::kernel::Kernel;
use crate::machine::panics;
use crate::machine::sim::Sim;
use crate::machine::spec::Machine;
use crate::machine::threads::{Body, NewThread};
use crate::machine::timer_lists::TimerLists;
use crate::trace::Trace;
use crate::trace::event::{EndReason, Event};
use crate::trace::family::Family;
use crate::trace::ids::*;
use crate::trace::snapshot::TaskState;
use crate::trace::tables::{Drivers, TaskKind, ThreadKind};

/// What a run gives.
///
/// ```
/// use sim_core::{EndReason, Executor, Machine, spawn};
///
/// let outcome = Machine::new().run_async(Executor::fifo(1), || async { spawn(async { 6 * 7 }).await.unwrap() });
/// assert_eq!((outcome.output, outcome.end), (Some(42), EndReason::Finished));
///
/// // Nothing will ever wake this root: the run says so, and ends, instead of hanging.
/// let outcome = Machine::new().run_async(Executor::fifo(1), std::future::pending::<()>);
/// assert_eq!((outcome.output, outcome.end), (None, EndReason::Stuck));
/// ```
#[derive(Debug)]
pub struct Outcome<T> {
    /// Everything that happened.
    pub trace: Trace,
    /// What the root returned; none if the run ended before, or the root panicked.
    pub output: Option<T>,
    /// Why the run ended.
    pub end: EndReason,
}

/// An async executor: a policy and so many workers.
///
/// ```
/// use sim_core::{Costs, Executor, Machine, SimDuration, spawn, work};
///
/// // Two computations of 5 ms on two cores: two workers do them at the same time, one does them in turn.
/// let milliseconds = |executor| {
///     let machine = Machine::new().cores(2).costs(Costs::zero());
///     let outcome = machine.run_async(executor, || async {
///         let tasks = [0; 2].map(|_| spawn(async { work(SimDuration::from_millis(5)) }));
///         for task in tasks {
///             task.await.unwrap();
///         }
///     });
///     outcome.trace.end().as_millis()
/// };
/// assert_eq!(milliseconds(Executor::fifo(2)), 5);
/// assert_eq!(milliseconds(Executor::fifo(1)), 10);
/// ```
pub struct Executor {
    pub(crate) policy: Box<dyn TaskPolicy>,
    pub(crate) workers: u32,
}

/// The most workers an executor can have.
pub const MAX_WORKERS: u32 = 1_024;

impl Executor {
    /// A policy of your own. Panics outside 1 to [`MAX_WORKERS`] workers.
    pub fn with_policy(workers: u32, policy: Box<dyn TaskPolicy>) -> Executor {
        assert!((1..=MAX_WORKERS).contains(&workers), "an executor has 1 to {MAX_WORKERS} workers, not {workers}");
        Executor { policy, workers }
    }
}

impl Machine {
    /// Runs a root under an async executor, until the root has completed. Tasks that are left are dropped then, as a
    /// runtime's shutdown does. The root is called once a run; as a `Fn` it can be run again.
    ///
    /// Panics of the program under study stay in the run: see [`Outcome::output`].
    pub fn run_async<F, Fut>(self, executor: Executor, root: F) -> Outcome<Fut::Output>
    where
        F: Fn() -> Fut + 'static,
        Fut: Future + Send + 'static,
        Fut::Output: Send + 'static,
    {
        self.run_root(executor, root)
    }

    /// As [`Machine::run_async`], for futures that must stay on one thread. Panics if the executor has several workers.
    pub fn run_local<F, Fut>(self, executor: Executor, root: F) -> Outcome<Fut::Output>
    where
        F: Fn() -> Fut + 'static,
        Fut: Future + 'static,
    {
        assert!(
            executor.workers == 1,
            "run_local takes an executor with one worker: futures that are not Send stay there"
        );
        self.run_root(executor, root)
    }

    fn run_root<F, Fut>(self, executor: Executor, root: F) -> Outcome<Fut::Output>
    where
        F: Fn() -> Fut + 'static,
        Fut: Future + 'static,
    {
        let handle: RefCell<Option<JoinHandle<Fut::Output>>> = RefCell::new(None);
        let start = || {
            // Called inside the task's first poll: what it does, and how it panics, is the task's.
            let main = TaskBuilder::new("main").kind(TaskKind::Main).spawn_code(async move { root().await });
            handle.replace(Some(main));
        };
        let (trace, end) = self.run_tasks(executor, EndsWith::Root, start);
        let output = handle.into_inner().and_then(|handle| handle.take()).and_then(Result::ok);
        Outcome { trace, output, end }
    }

    /// Runs the tasks that `start` spawns.
    pub(crate) fn run_tasks(mut self, executor: Executor, ends: EndsWith, start: impl FnOnce()) -> (Trace, EndReason) {
        // A scenario has named its model: two models can share a policy.
        if self.info.model.is_empty() {
            self.info.model = executor.policy.name().to_owned();
        }
        // Said wherever the run is named: a real runtime turns its driver only between polls.
        let rules = executor.policy.rules();
        self.info.policy = match (self.info.family, rules.driver) {
            // Their threads block for their I/O: there is no reactor.
            (Family::Pool | Family::Sequential, _)
            | (_, Driver::Turned | Driver::OfEachWorker | Driver::ParkedOrThread) => executor.policy.describe(),
            (_, Driver::AlwaysOn) => format!("{}, always-on reactor", executor.policy.describe()),
        };
        self.info.drivers = match rules.driver {
            Driver::AlwaysOn | Driver::Turned | Driver::ParkedOrThread => Drivers::Common,
            Driver::OfEachWorker => Drivers::OfWorkers,
        };
        let drivers = self.info.drivers;
        self.info.workers = executor.workers;
        self.info.threads = false;
        if self.info.title.is_empty() {
            let plural = if executor.workers == 1 { "" } else { "s" };
            self.info.title = format!("async, {} worker{plural}", executor.workers);
        }
        let stack_bytes = self.stack_bytes;
        let recording = Cell::new(self.recording);
        let mut kernel = Kernel::new(self);
        let (poll_cost, wake_cost) = (kernel.costs.poll, kernel.costs.wake);
        kernel.turned = matches!(rules.driver, Driver::Turned | Driver::OfEachWorker);
        kernel.unseen.split(drivers, ThreadId::from_index(kernel.threads.len()), executor.workers);
        kernel.timer_step = rules.timer_step;
        kernel.timer_lists = (rules.timers == TimerOrder::ByLength).then(TimerLists::default);
        let workers = executor.workers;
        let caller = (ends == EndsWith::Root && rules.root == Root::OnItsCaller).then_some(WorkerId(workers));
        let core = Core::new(executor, &mut kernel);
        let sim = Rc::new(Sim::new(kernel, stack_bytes));
        let exec = Exec {
            sim: Rc::clone(&sim),
            link: Arc::default(),
            state: RefCell::new(core),
            over: Cell::new(false),
            ends,
            poll_cost,
            wake_cost,
            self_wakes_at_once: rules.self_wakes == SelfWakes::AtOnce,
            recording,
            asks: Cell::default(),
            pool: RefCell::default(),
            panic: RefCell::default(),
            budget: budget::Left::new(rules.budget),
            workers_move: Cell::default(),
            changed_worker: Cell::default(),
            deferred: RefCell::default(),
        };
        panics::hush();
        // With this held, a nested block_on of `futures` panics with a message instead of hanging.
        let guard = futures::executor::enter();
        let end = sim.enter(|| core::enter(&exec, || captured(|| exec.run(workers, caller, start))));
        drop(guard);
        drop(exec);
        let sim = Rc::into_inner(sim).expect("nothing keeps the simulation beyond its run");
        (sim.kernel.into_inner().recorder.finish(), end)
    }
}

impl Exec {
    fn run(&self, workers: u32, caller: Option<WorkerId>, start: impl FnOnce()) -> EndReason {
        for worker in (0..workers).map(WorkerId) {
            self.create_worker(worker);
        }
        if let Some(caller) = caller {
            self.create_worker(caller);
            self.state.borrow_mut().caller = Some(caller);
        }
        start();
        if self.ends == EndsWith::All && self.state.borrow().live == 0 {
            self.stop_workers(&mut self.sim.kernel.borrow_mut());
        }
        let between = || {
            self.take_foreign();
            self.look_at_calls();
            self.look_into_driver();
            self.sim.show(|kernel| self.shown(kernel));
        };
        let end = self.sim.drive(between, || self.over.get(), || !self.link.calls());
        self.finish(end);
        end
    }

    /// Every task's state, in the words of a trace, and the thread that each worker runs on.
    fn shown(&self, kernel: &Kernel) -> (Vec<TaskState>, Vec<Option<ThreadId>>) {
        let state = self.state.borrow();
        let speaks = |thread: &ThreadId| kernel.threads[thread.index()].actor;
        let of_worker = |(i, thread)| (speaks(thread), TaskState::Polling(WorkerId::from_index(i)));
        let alone = state.in_place.alone(&state.workers);
        let alone = alone.map(|poll| (Actor::Task(poll.task), TaskState::WithoutWorker(poll.thread)));
        let inside: BTreeMap<Actor, TaskState> = state.workers.iter().enumerate().map(of_worker).chain(alone).collect();
        let task = |(i, task): (usize, &Task)| task.shown(inside.get(&Actor::Task(TaskId::from_index(i))).copied());
        (state.tasks.iter().enumerate().map(task).collect(), state.workers.iter().copied().map(Some).collect())
    }

    fn create_worker(&self, worker: WorkerId) {
        let mut kernel = self.sim.kernel.borrow_mut();
        let body = Body::Closure(Box::new(move || match core::with(|exec| worker::run(exec, worker)) {
            Left::Over => {}
            // Without its worker it is a thread of the blocking pool like any other.
            Left::WithoutWorker => pool::join(),
        }));
        let name = self.state.borrow().worker_name(worker);
        let new = NewThread { path: name.clone(), name, kind: ThreadKind::Worker(worker), priority: 0, nice: 0, body };
        let thread = kernel.create_thread(new, Actor::Run);
        kernel.recorder.tables_mut().workers.push(thread);
        let mut state = self.state.borrow_mut();
        state.workers.push(thread);
        state.set_worker_on(thread, Some(worker));
        state.parked.push(false);
        state.calling.push(None);
        state.leaving.push(None);
        state.slices.push(SimTime::ZERO);
        state.deferred.push(0);
        self.deferred.borrow_mut().push(Vec::new());
    }

    /// After the root's end the rest is dropped, and that is a part of the story. A run that ended otherwise ends there:
    /// its trace keeps everything as it stood.
    fn finish(&self, end: EndReason) {
        let record_end = || self.sim.kernel.borrow_mut().record(Event::RunEnded { reason: end });
        if end != EndReason::Finished {
            record_end();
            self.sim.kernel.borrow_mut().recording = false;
            self.recording.set(false);
        }
        self.sim.unwind_threads();
        self.forget_deferred();
        self.cancel_all();
        if end == EndReason::Finished {
            record_end();
        }
    }
}
