//! Spawning tasks, and the handles to wait for them.

use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::foreign_budget::Budgeted;
use super::policy::{Dropped, Root, Wishes};
use super::task::{NewTask, TaskFuture};
use super::waker::TaskState;
use super::{budget, core};
use crate::machine::blocking;
use crate::machine::home::Home;
use crate::machine::sim;
use crate::machine::waiting::Wake;
use crate::trace::event::{BlockReason, Event};
use crate::trace::ids::{Actor, TaskId};
use crate::trace::snapshot::Wait;
use crate::trace::tables::TaskKind;

/// Why a task has no result.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum JoinError {
    /// It was dropped before it was ready.
    Cancelled,
    /// It panicked, with this message.
    Panicked(String),
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JoinError::Cancelled => f.write_str("the task was cancelled"),
            JoinError::Panicked(message) => write!(f, "the task panicked: {message}"),
        }
    }
}

impl std::error::Error for JoinError {}

/// Waits for a task's, or an offloaded closure's, result when awaited. Dropping it detaches the task, which runs on; under
/// a runtime that cancels then, as smol does, [`JoinHandle::detach`] lets it run on.
///
/// ```
/// use sim_core::{Executor, JoinError, Machine, SimDuration, io, spawn};
///
/// Machine::new().run_async(Executor::fifo(1), || async {
///     let slow = spawn(async { io(SimDuration::from_secs(60)).await });
///     io(SimDuration::from_millis(1)).await;
///     slow.abort(); // dropped where it waits, at this moment
///     assert_eq!(slow.await, Err(JoinError::Cancelled));
///
///     let failed = spawn(async { panic!("no luck") }).await;
///     assert!(matches!(failed, Err(JoinError::Panicked(message)) if message.starts_with("no luck")));
/// });
/// ```
///
/// Polling it again after it has given its result panics, as for any future.
pub struct JoinHandle<T> {
    target: Home<Actor>,
    shared: Arc<Shared<T>>,
    waiting: bool,
    detached: bool,
}

pub(crate) struct Shared<T>(Mutex<JoinState<T>>);

struct JoinState<T> {
    result: Option<Result<T, JoinError>>,
    ended: bool,
    waiter: Option<Wake>,
}

impl<T> Shared<T> {
    fn new() -> Arc<Shared<T>> {
        Arc::new(Shared(Mutex::new(JoinState { result: None, ended: false, waiter: None })))
    }

    fn lock(&self) -> MutexGuard<'_, JoinState<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, result: Result<T, JoinError>) {
        let waiter = {
            let mut state = self.lock();
            if state.ended {
                return;
            }
            state.ended = true;
            state.result = Some(result);
            state.waiter.take()
        };
        match waiter {
            // Outside the run too: then it does nothing.
            Some(Wake::Task(waker)) => waker.wake(),
            Some(wake @ Wake::Thread(_)) => {
                sim::try_with(|sim| sim.tell([wake]));
            }
            None => {}
        }
    }
}

impl<T> JoinHandle<T> {
    /// Asks for the task's end: it is dropped at the await where it stands, at once or in its turn
    /// ([`Aborted`](super::policy::Aborted)), or when its running poll ends.
    /// A closure on the blocking pool cannot be aborted.
    pub fn abort(&self) {
        if let Actor::Task(task) = self.target.get() {
            core::with(|exec| exec.abort(task));
        }
    }

    /// Gives the handle away without a word: it is the simulation's, and nobody's in the program under study.
    pub(crate) fn leave(self) {
        self.shared.lock().ended = true;
    }

    /// Whether the task has ended.
    pub fn is_finished(&self) -> bool {
        self.shared.lock().ended
    }

    /// The task's id in the trace; none for a closure on the blocking pool.
    pub fn id(&self) -> Option<TaskId> {
        match self.target.name() {
            Actor::Task(task) => Some(task),
            Actor::Run | Actor::Thread(_) | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => {
                None
            }
        }
    }

    /// Drops a task that no worker has come to yet. Answers whether it was one.
    pub(crate) fn abort_unpolled(&self) -> bool {
        let Actor::Task(task) = self.target.get() else { return false };
        let waits = core::with(|exec| exec.state.borrow().tasks[task.index()].state() == TaskState::Ready);
        if waits {
            self.abort();
        }
        waits
    }

    /// Blocks the running thread until the task has ended.
    pub(crate) async fn join_step(mut self) -> Result<T, JoinError> {
        let target = self.target.get();
        while !self.is_finished() && blocking::may_wait() {
            let (by, thread) = sim::with(|sim| (sim.actor.get(), sim.thread()));
            self.shared.lock().waiter = Some(Wake::Thread(thread));
            if !std::mem::replace(&mut self.waiting, true) {
                sim::with(|sim| sim.kernel.borrow_mut().record(Event::JoinWaiting { target, by }));
            }
            blocking::block(BlockReason::Join, Wait::join_on(target)).await;
        }
        if std::mem::take(&mut self.waiting) {
            let by = sim::with(|sim| sim.actor.get());
            sim::with(|sim| sim.kernel.borrow_mut().record(Event::Joined { target, by }));
        }
        self.take().unwrap_or(Err(JoinError::Cancelled))
    }

    /// The result, if the task has ended and nobody took it.
    pub(crate) fn take(&self) -> Option<Result<T, JoinError>> {
        self.shared.lock().result.take()
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        budget::spend(cx, |cx| self.look(cx))
    }
}

impl<T> JoinHandle<T> {
    fn look(&mut self, cx: &mut Context<'_>) -> Poll<Result<T, JoinError>> {
        let by = sim::with(|sim| sim.actor.get());
        let target = self.target.get();
        let mut state = self.shared.lock();
        if let Some(result) = state.result.take() {
            drop(state);
            if std::mem::take(&mut self.waiting) {
                sim::with(|sim| sim.kernel.borrow_mut().record(Event::Joined { target, by }));
            }
            return Poll::Ready(result);
        }
        assert!(!state.ended, "a JoinHandle was polled after it had given its result");
        if state.waiter.as_ref().is_none_or(|waiter| !waiter.is(cx.waker())) {
            state.waiter = Some(Wake::Task(cx.waker().clone()));
        }
        drop(state);
        if !std::mem::replace(&mut self.waiting, true) {
            sim::with(|sim| sim.kernel.borrow_mut().record(Event::JoinWaiting { target, by }));
        }
        Poll::Pending
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        let dropped = self.becomes();
        match dropped {
            Dropped::Detaches => {}
            Dropped::Wakes => {
                if let Actor::Task(task) = self.target.get() {
                    core::with(|exec| exec.wake_task(task));
                }
            }
            Dropped::Cancels if self.detached => {}
            Dropped::Cancels => self.abort(),
        }
        self.let_go();
    }
}

impl<T> JoinHandle<T> {
    /// Lets the task run on, whatever its runtime does with tasks whose handle is dropped.
    pub fn detach(mut self) {
        self.detached = true;
    }

    /// What becomes of the task when this is dropped: smol cancels it (async-task 4.7, `Task::drop`), LocalPool wakes it
    /// (futures-util 0.3.34, `future/remote_handle.rs`: the sender that the task polls is closed).
    fn becomes(&self) -> Dropped {
        let is_ours = self.target.here().is_some() && !self.shared.lock().ended;
        is_ours.then(|| core::try_with(core::Exec::dropped)).flatten().unwrap_or(Dropped::Detaches)
    }

    fn let_go(&mut self) {
        let waiter = {
            let mut state = self.shared.lock();
            state.waiter.take()
        };
        let ended = self.shared.lock().ended;
        drop(waiter);
        let Some(target) = self.target.here() else { return };
        sim::with(|sim| {
            let by = sim.actor.get();
            let mut kernel = sim.kernel.borrow_mut();
            if self.waiting {
                kernel.record(Event::JoinCancelled { target, by });
            }
            if let (Actor::Task(task), false) = (target, ended) {
                kernel.record(Event::TaskDetached { task, by });
            }
        });
    }
}

pin_project! {
    /// A task's future together with the place for its result. Dropped early, it says why.
    struct Joined<F: Future> {
        #[pin]
        future: F,
        shared: Arc<Shared<F::Output>>,
    }

    impl<F: Future> PinnedDrop for Joined<F> {
        fn drop(this: Pin<&mut Self>) {
            let panic = core::try_with(|exec| exec.panic.borrow_mut().take()).flatten();
            this.shared.set(Err(panic.map_or(JoinError::Cancelled, JoinError::Panicked)));
        }
    }
}

impl<F: Future> Future for Joined<F> {
    type Output = ();

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        let Poll::Ready(value) = this.future.poll(cx) else { return Poll::Pending };
        this.shared.set(Ok(value));
        Poll::Ready(())
    }
}

/// A task in the making, with a name.
#[derive(Clone, Debug)]
pub struct TaskBuilder {
    name: String,
    path: Option<String>,
    kind: TaskKind,
    is_future: IsFuture,
    priority: i32,
    wishes: Wishes,
}

/// Whether the task is a future to the program under study, too, and its bytes are worth telling.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum IsFuture {
    Yes,
    /// Only to the simulation: the task has a stack, or a mailbox.
    No,
}

impl TaskBuilder {
    /// A task of this name. By its name, its spawner and how manieth of that name it is the world decides how long
    /// its I/O takes: the same for a thread in the same place.
    pub fn new(name: impl Into<String>) -> TaskBuilder {
        TaskBuilder {
            name: name.into(),
            path: None,
            kind: TaskKind::Plain,
            is_future: IsFuture::Yes,
            priority: 0,
            wishes: Wishes::default(),
        }
    }

    /// Known to the world by this path, and not by its name.
    pub(crate) fn path(mut self, path: impl Into<String>) -> TaskBuilder {
        self.path = Some(path.into());
        self
    }

    /// The task with this priority: larger goes first, where the executor looks at priorities. 0 if nothing is said.
    pub fn priority(mut self, priority: i32) -> TaskBuilder {
        self.priority = priority;
        self
    }

    /// The task with these wishes, where the runtime knows them.
    pub fn wishes(mut self, wishes: Wishes) -> TaskBuilder {
        self.wishes = wishes;
        self
    }

    pub(crate) fn kind(mut self, kind: TaskKind) -> TaskBuilder {
        self.kind = kind;
        self
    }

    pub(crate) fn future(mut self, is_future: IsFuture) -> TaskBuilder {
        self.is_future = is_future;
        self
    }

    /// Spawns the future under any number of workers.
    #[track_caller]
    pub fn spawn<F>(self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.spawn_code(future)
    }

    /// Spawns the future where there is only one worker. Panics under several.
    #[track_caller]
    pub fn spawn_local<F: Future + 'static>(self, future: F) -> JoinHandle<F::Output> {
        let workers = core::with(|exec| exec.state.borrow().count_workers());
        assert!(workers <= 1, "spawn_local needs an executor with one worker, and this one has {workers}: use spawn");
        self.spawn_code(future)
    }

    /// Spawns a future that may await what is not ours: where the runtime has a budget, tokio's own apply it. Not with
    /// several threads that poll: two polls that are suspended in the middle would share one budget.
    #[track_caller]
    pub(crate) fn spawn_code<F: Future + 'static>(self, future: F) -> JoinHandle<F::Output> {
        let has_budget = core::with(|exec| {
            let state = exec.state.borrow();
            let on_caller = self.kind == TaskKind::Main && state.rules.root == Root::OnItsCaller;
            state.rules.budget.is_some() && state.count_workers() == 1 && !on_caller
        });
        self.spawn_boxed(future, |joined| if has_budget { Box::pin(Budgeted::new(joined)) } else { Box::pin(joined) })
    }

    /// Spawns the future, which the caller knows to be safe wherever it is polled: all workers share one OS thread.
    #[track_caller]
    pub(crate) fn spawn_any<F: Future + 'static>(self, future: F) -> JoinHandle<F::Output> {
        self.spawn_boxed(future, |joined| Box::pin(joined))
    }

    #[track_caller]
    fn spawn_boxed<F: Future + 'static>(
        self,
        future: F,
        boxed: impl FnOnce(Joined<F>) -> TaskFuture,
    ) -> JoinHandle<F::Output> {
        let shared = Shared::new();
        let new = NewTask {
            path: self.path.unwrap_or_else(|| self.name.clone()),
            name: self.name,
            kind: self.kind,
            future_bytes: match self.is_future {
                IsFuture::Yes => size_of::<F>(),
                IsFuture::No => 0,
            },
            priority: self.priority,
            wishes: self.wishes,
            place: Some(std::panic::Location::caller()),
        };
        let joined = Joined { future, shared: Arc::clone(&shared) };
        let task = core::with(|exec| exec.add(new, boxed(joined)));
        JoinHandle { target: Home::of(Actor::Task(task)), shared, waiting: false, detached: false }
    }
}

/// Spawns a task: it is Ready at once, and polled when a worker comes to it. Panics outside an async run.
///
/// ```
/// use sim_core::{Executor, Machine, mark, spawn};
///
/// let outcome = Machine::new().run_async(Executor::fifo(1), || async {
///     let task = spawn(async { mark("task") });
///     mark("root"); // first: a spawned task runs when its turn comes
///     task.await.unwrap();
/// });
/// assert!(outcome.trace.markers().map(|m| m.text).eq(["root", "task"]));
/// ```
#[track_caller]
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    TaskBuilder::new("").spawn(future)
}

/// As [`spawn`], for a future that must stay on its thread. Panics where there are several workers.
#[track_caller]
pub fn spawn_local<F: Future + 'static>(future: F) -> JoinHandle<F::Output> {
    TaskBuilder::new("").spawn_local(future)
}

/// Runs a closure that blocks on a thread of the blocking pool: at most 512, first come, first served, as tokio's
/// (1.54.1). Panics outside an async run.
///
/// ```
/// use sim_core::{Costs, Executor, Machine, SimDuration, block, mark, spawn_blocking, time};
///
/// let ms = SimDuration::from_millis;
/// let outcome = Machine::new().costs(Costs::zero()).run_async(Executor::fifo(1), move || async move {
///     let read = spawn_blocking(move || block(ms(10)));
///     time::sleep(ms(2)).await; // the worker is free meanwhile
///     mark("on time");
///     read.await.unwrap();
/// });
/// let on_time = outcome.trace.markers().next().unwrap();
/// assert_eq!((on_time.time.as_millis(), outcome.trace.end().as_millis()), (2, 10));
/// ```
pub fn spawn_blocking<T, F>(code: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    offload(code)
}

pub(crate) fn offload<T: 'static>(code: impl FnOnce() -> T + 'static) -> JoinHandle<T> {
    let shared = Shared::new();
    let result = Arc::clone(&shared);
    let thread = core::with(|exec| {
        exec.offload(Box::new(move || {
            let value = catch_unwind(AssertUnwindSafe(code));
            if sim::with(|sim| sim.is_ending()) {
                // The stack is being unwound: its thread must not go on to the next closure.
                return drop(value.map_err(|payload| resume_unwind(payload)));
            }
            result.set(value.map_err(|payload| JoinError::Panicked(sim::with(|sim| sim.note_panic(&*payload)))));
        }))
    });
    JoinHandle { target: Home::of(Actor::Thread(thread)), shared, waiting: false, detached: false }
}

/// Lets the others that are Ready go first: is Pending once, and wakes itself, or is woken as the runtime does it
/// ([`Yields`](super::policy::Yields)).
pub fn yield_now() -> impl Future<Output = ()> {
    let mut yielded = false;
    std::future::poll_fn(move |cx| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        if core::try_with(|exec| exec.yields(cx.waker())).is_none() {
            cx.waker().wake_by_ref();
        }
        Poll::Pending
    })
}
