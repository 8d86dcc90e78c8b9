//! Spawning: a task in the making, and closures for the blocking pool.
//!
//! What is spawned is waited for by its [`JoinHandle`].

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::task::Poll;

use super::core;
use super::foreign_budget::Budgeted;
use super::handle::{JoinError, JoinHandle, Joined, Shared};
use super::policy::{Root, Wishes};
use super::task::{NewTask, TaskFuture};
use crate::machine::sim;
use crate::trace::ids::Actor;
use crate::trace::tables::TaskKind;

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
        let joined = Joined::new(future, Arc::clone(&shared));
        let task = core::with(|exec| exec.add(new, boxed(joined)));
        JoinHandle::new(Actor::Task(task), shared)
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
    JoinHandle::new(Actor::Thread(thread), shared)
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
