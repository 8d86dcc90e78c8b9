//! The budget of a poll: after so many operations that could go on, a task yields.
//!
//! As tokio's (1.54.1, `task/coop/mod.rs`): each operation of a lock, a channel, a timer or a join handle uses up one,
//! and gives it back if it has to wait. Without a budget this costs a look.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, ready};

use super::core;
use crate::machine::blocking::How;
use crate::trace::ids::Actor;

/// What is left of the budget of the poll that runs; none: there is no end to it.
#[derive(Default)]
pub(crate) struct Left(Cell<Option<u32>>);

impl Left {
    /// A fresh poll begins.
    #[inline(always)]
    pub fn refill(&self, budget: Option<u32>) {
        self.0.set(budget);
    }
}

/// One operation's part of the budget. Given back when dropped, unless the operation went on.
#[must_use]
pub(crate) struct Part {
    before: Option<u32>,
    went_on: bool,
}

impl Part {
    /// The operation went on: its part is used up.
    pub fn went_on(mut self) {
        self.went_on = true;
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.went_on && self.before.is_some() {
            core::try_with(|exec| exec.budget.0.set(self.before));
        }
    }
}

/// Takes one operation's part. Pending if nothing is left: the task yields, and asks again in its next poll.
#[inline]
pub(crate) fn proceed(cx: &mut Context<'_>) -> Poll<Part> {
    let left = core::try_with(|exec| exec.budget.0.get()).flatten();
    match left {
        None => Poll::Ready(Part { before: None, went_on: false }),
        Some(0) => {
            core::with(|exec| exhausted(exec, cx));
            Poll::Pending
        }
        Some(n) => {
            core::with(|exec| exec.budget.0.set(Some(n - 1)));
            Poll::Ready(Part { before: Some(n), went_on: false })
        }
    }
}

/// Polls an operation on its part of the budget.
#[inline]
pub(crate) fn spend<T>(cx: &mut Context<'_>, poll: impl FnOnce(&mut Context<'_>) -> Poll<T>) -> Poll<T> {
    let part = ready!(proceed(cx));
    let value = ready!(poll(cx));
    part.went_on();
    Poll::Ready(value)
}

/// An operation, each poll of it on its part of the budget; a thread has none.
pub(crate) async fn within<T>(how: How, operation: impl Future<Output = T>) -> T {
    let mut operation = pin!(operation);
    std::future::poll_fn(|cx| match how {
        How::Task => spend(cx, |cx| operation.as_mut().poll(cx)),
        How::Thread => operation.as_mut().poll(cx),
    })
    .await
}

#[cold]
fn exhausted(exec: &core::Exec, cx: &Context<'_>) {
    if let Actor::Task(task) = exec.sim.actor.get() {
        exec.note_exhausted(task);
    }
    exec.yields(cx.waker());
}
