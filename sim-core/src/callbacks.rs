//! Callbacks of an event loop: what code asks the loop to call, and when.
//!
//! A callback is a task that one poll runs to its end; an `async fn` of JavaScript is one of several callbacks, one from
//! each await to the next. Where each goes is the policy's affair: [`Executor::event_loop`](crate::Executor::event_loop)
//! has the queues that are named here, any other executor treats all of them as ready tasks.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use crate::executor::core;
use crate::executor::policy::Asks;
use crate::executor::{JoinHandle, TaskBuilder};
use crate::instant::SimDuration;
use crate::time::{Sleep, sleep};

/// Has `callback` called in the loop's next check phase: Node's `setImmediate`. One that is asked for in that phase
/// waits for the next.
#[track_caller]
pub fn set_immediate<F: Future + 'static>(callback: F) -> JoinHandle<F::Output> {
    spawn_as(Asks::Immediate, callback)
}

/// Has `callback` called before the loop goes on, and before microtasks: Node's `process.nextTick`.
#[track_caller]
pub fn next_tick<F: Future + 'static>(callback: F) -> JoinHandle<F::Output> {
    spawn_as(Asks::Tick, callback)
}

/// Has `callback` called as soon as the running one has returned, and those before it: `queueMicrotask`, and what a
/// resolved promise's `then` does.
#[track_caller]
pub fn queue_microtask<F: Future + 'static>(callback: F) -> JoinHandle<F::Output> {
    spawn_as(Asks::Microtask, callback)
}

/// Has `callback` called in the loop's timer phase, when `after` has passed: `setTimeout`, which counts
/// whole milliseconds and at least one. The timer is set now, however long the running callback goes on.
#[track_caller]
pub fn set_timeout<F: Future + 'static>(after: impl Into<SimDuration>, callback: F) -> JoinHandle<F::Output> {
    let timer: Rc<Cell<Option<Sleep>>> = Rc::default();
    let own = Rc::clone(&timer);
    let handle = spawn_as(Asks::Call, async move {
        if let Some(timer) = own.take() {
            timer.await;
        }
        callback.await
    });
    let mut sleep = sleep(timeout_takes(after.into()));
    let waker = handle.id().map(core::waker_of).expect("a callback is a task");
    let armed = pin!(&mut sleep).poll(&mut Context::from_waker(&waker));
    debug_assert!(armed.is_pending(), "a timer takes a millisecond, at least");
    timer.set(Some(sleep));
    handle
}

/// Calls an `async fn` as JavaScript does: its part up to the first await runs now, before the caller goes on.
pub async fn call<F: Future + 'static>(function: F) -> JoinHandle<F::Output> {
    let handle = spawn_as(Asks::Call, function);
    returned().await;
    handle
}

/// Goes on as a microtask: what `await` does with a value, or with a promise that is resolved already.
pub fn microtask() -> impl Future<Output = ()> {
    wake_self_as(Asks::Microtask)
}

/// Goes on in the loop's next check phase: `await` of a promise that a `setImmediate` resolves, without that
/// promise's own microtask.
pub fn immediate() -> impl Future<Output = ()> {
    wake_self_as(Asks::Immediate)
}

/// What `spawn` creates in `f` is called before whoever runs now goes on, once that one awaits [`returned`].
pub(crate) fn called<R>(f: impl FnOnce() -> R) -> R {
    core::with(|exec| exec.asking(Asks::Call, f))
}

/// Goes on when what was called has returned.
pub(crate) fn returned() -> impl Future<Output = ()> {
    wake_self_as(Asks::Return)
}

/// Wakes a task as a plain call would: it runs when the running callback returns, before any other.
pub(crate) fn wake_as_call(waker: Waker) {
    called(|| waker.wake());
}

/// How long a `setTimeout` of this length takes: whole milliseconds, the rest cut off, and at least one (Node 20.20.2,
/// `lib/internal/timers.js`, `Timeout` and `insert`).
pub(crate) fn timeout_takes(d: SimDuration) -> SimDuration {
    SimDuration::from_millis((d.as_nanos() / 1_000_000).max(1))
}

#[track_caller]
fn spawn_as<F: Future + 'static>(asks: Asks, callback: F) -> JoinHandle<F::Output> {
    let builder = TaskBuilder::new("");
    core::with(|exec| exec.asking(asks, || builder.spawn_local(callback)))
}

fn wake_self_as(asks: Asks) -> impl Future<Output = ()> {
    let mut asked = false;
    poll_fn(move |cx| {
        if std::mem::replace(&mut asked, true) {
            return Poll::Ready(());
        }
        core::with(|exec| exec.state.borrow_mut().asks_of_poll = asks);
        cx.waker().wake_by_ref();
        Poll::Pending
    })
}
