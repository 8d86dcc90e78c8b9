//! `context.Context`: how a goroutine is asked to stop. It sees the request at its next wait that looks for it.
//!
//! Follows Go 1.19.8, `context/context.go` (`cancelCtx`, `timerCtx`).

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Poll, Wake as WakeSelf, Waker};

use crate::instant::SimDuration;
use crate::machine::home::Home;
use crate::machine::sim;
use crate::machine::waiting::Wake;
use crate::program::shared::{Failure, fail};
use crate::trace::ids::TimerId;

/// A context; every one but `context.Background()`, which is none.
#[derive(Clone)]
pub(in crate::program) struct Context(Arc<Inner>);

/// Why a context is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Why {
    Cancelled,
    DeadlineExceeded,
}

#[derive(Default)]
struct Inner(Mutex<State>);

#[derive(Default)]
struct State {
    done: Option<Why>,
    /// Who waits for it, in order: wakers may be called anywhere, so this may be sent.
    waiting: BTreeMap<u64, Waker>,
    next: u64,
    children: Vec<Weak<Inner>>,
}

impl Context {
    /// `context.WithCancel(parent)`.
    pub fn with_cancel(parent: Option<&Context>) -> Context {
        let child = Context(Arc::default());
        if let Some(parent) = parent {
            let mut state = parent.0.lock();
            state.children.retain(|child| child.strong_count() > 0);
            state.children.push(Arc::downgrade(&child.0));
            let done = state.done;
            drop(state);
            child.0.lock().done = done;
        }
        child
    }

    /// `cancel()`: it is done, and so are those made from it. Whoever waits is told.
    pub fn cancel(&self) {
        self.0.end(Why::Cancelled);
    }

    fn failed(&self) -> Option<Failure> {
        let why = self.0.lock().done?;
        let text = match why {
            Why::Cancelled => "context canceled",
            Why::DeadlineExceeded => "context deadline exceeded",
        };
        fail(text).err()
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, why: Why) {
        let (waiting, children) = {
            let mut state = self.lock();
            if state.done.is_some() {
                return;
            }
            state.done = Some(why);
            (std::mem::take(&mut state.waiting), std::mem::take(&mut state.children))
        };
        waiting.into_values().for_each(Waker::wake);
        children.iter().filter_map(Weak::upgrade).for_each(|child| child.end(why));
    }
}

/// The timer of a context with a deadline.
impl WakeSelf for Inner {
    fn wake(self: Arc<Inner>) {
        self.end(Why::DeadlineExceeded);
    }
}

/// `context.WithTimeout(parent, d)`; dropped, its timer is stopped, as by `defer cancel()`.
pub(in crate::program) struct WithTimeout {
    pub context: Context,
    timer: Home<TimerId>,
}

impl WithTimeout {
    pub fn new(parent: Option<&Context>, d: SimDuration) -> WithTimeout {
        let context = Context::with_cancel(parent);
        let ends = Wake::Task(Waker::from(Arc::clone(&context.0)));
        let timer = sim::with(|sim| {
            let by = sim.actor.get();
            let mut kernel = sim.kernel.borrow_mut();
            sim.owe(kernel.costs.timer);
            let deadline = kernel.now + d;
            kernel.set_timer(deadline, by, Some(ends))
        });
        WithTimeout { context, timer: Home::of(timer) }
    }
}

impl Drop for WithTimeout {
    fn drop(&mut self) {
        self.context.cancel();
        let Some(timer) = self.timer.here() else { return };
        let ends = sim::with(|sim| sim.kernel.borrow_mut().cancel_timer(timer, sim.actor.get()));
        drop(ends);
    }
}

/// Leaves the line of those who wait for a context.
struct Waits<'c> {
    context: &'c Context,
    key: Option<u64>,
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        let waker = self.key.and_then(|key| self.context.0.lock().waiting.remove(&key));
        drop(waker);
    }
}

/// `select { case <-wait: case <-ctx.Done(): return ctx.Err() }`. Begun under a context that is done, it fails at once; of
/// two that are ready the wait wins (Go draws), so that what was handed over is not lost.
pub(in crate::program) async fn wait<T>(
    context: Option<&Context>,
    wait: impl Future<Output = T>,
) -> Result<T, Failure> {
    let Some(context) = context else { return Ok(wait.await) };
    if let Some(failure) = context.failed() {
        return Err(failure);
    }
    let mut wait = pin!(wait);
    let mut waits = Waits { context, key: None };
    std::future::poll_fn(move |cx| {
        if let Poll::Ready(value) = wait.as_mut().poll(cx) {
            return Poll::Ready(Ok(value));
        }
        if let Some(failure) = context.failed() {
            return Poll::Ready(Err(failure));
        }
        if waits.key.is_none() {
            let waker = cx.waker().clone();
            let mut state = context.0.lock();
            let key = state.next;
            state.next += 1;
            state.waiting.insert(key, waker);
            waits.key = Some(key);
        }
        Poll::Pending
    })
    .await
}
