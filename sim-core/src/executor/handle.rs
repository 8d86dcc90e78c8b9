//! The handle of a task: waits for its result, and asks for its end.
//!
//! Owns the place where a task's future leaves its result. Knows no spawning: see [`super::spawn`].

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::policy::Dropped;
use super::waker::TaskState;
use super::{budget, core};
use crate::machine::blocking;
use crate::machine::home::Home;
use crate::machine::sim;
use crate::machine::waiting::Wake;
use crate::trace::event::{BlockReason, Event};
use crate::trace::ids::{Actor, TaskId};
use crate::trace::snapshot::Wait;

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
    pub fn new() -> Arc<Shared<T>> {
        Arc::new(Shared(Mutex::new(JoinState { result: None, ended: false, waiter: None })))
    }

    fn lock(&self) -> MutexGuard<'_, JoinState<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set(&self, result: Result<T, JoinError>) {
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
    /// Of what `target` runs, which leaves its result in `shared`.
    pub(super) fn new(target: Actor, shared: Arc<Shared<T>>) -> JoinHandle<T> {
        JoinHandle { target: Home::of(target), shared, waiting: false, detached: false }
    }

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
        let dropped = match self.becomes() {
            Dropped::Cancels if self.detached => Dropped::Detaches,
            Dropped::CancelsOrWakes if !self.detached => Dropped::Cancels,
            other => other,
        };
        match dropped {
            Dropped::Detaches => {}
            Dropped::CancelsOrWakes => {
                if let Actor::Task(task) = self.target.get() {
                    core::with(|exec| exec.wake_task(task));
                }
            }
            Dropped::Cancels => self.abort(),
        }
        self.let_go(dropped);
    }
}

impl<T> JoinHandle<T> {
    /// Lets the task run on, whatever its runtime does with tasks whose handle is dropped.
    pub fn detach(mut self) {
        self.detached = true;
    }

    /// What becomes of the task when this is dropped: smol cancels it (async-task 4.7, `Task::drop`), LocalPool wakes it,
    /// and its next poll ends it unless it was detached (futures-util 0.3.34, `future/future/remote_handle.rs`, `Remote`).
    fn becomes(&self) -> Dropped {
        let is_ours = self.target.here().is_some() && !self.shared.lock().ended;
        is_ours.then(|| core::try_with(core::Exec::dropped)).flatten().unwrap_or(Dropped::Detaches)
    }

    fn let_go(&mut self, dropped: Dropped) {
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
            // Nobody lets go of a task that is to end.
            if let (Actor::Task(task), false) = (target, ended || dropped == Dropped::Cancels) {
                kernel.record(Event::TaskDetached { task, by });
            }
        });
    }
}

pin_project! {
    /// A task's future together with the place for its result. Dropped early, it says why.
    pub(super) struct Joined<F: Future> {
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

impl<F: Future> Joined<F> {
    pub fn new(future: F, shared: Arc<Shared<F::Output>>) -> Joined<F> {
        Joined { future, shared }
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
