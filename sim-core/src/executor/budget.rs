//! The budget of a poll: after so many operations that could go on, a task yields.
//!
//! As tokio's (1.54.1, `task/coop/mod.rs`): each operation of a lock, a channel, a timer or a join handle uses up one,
//! and gives it back if it has to wait. Without a budget this costs a look.

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, ready};

use super::core;
use crate::machine::blocking::How;
use crate::trace::ids::{Actor, ThreadId};

/// What is left of the budget of the poll that each thread is in.
#[derive(Default)]
pub(crate) struct Left {
    /// Whether polls have any.
    is_given: bool,
    /// By [`ThreadId`]; none: there is no end to it.
    of: RefCell<Vec<Option<u32>>>,
}

impl Left {
    pub fn new(budget: Option<u32>) -> Left {
        Left { is_given: budget.is_some(), of: RefCell::default() }
    }

    /// A fresh poll begins on this thread.
    #[inline(always)]
    pub fn refill(&self, thread: ThreadId, budget: Option<u32>) {
        if budget.is_some() {
            self.set(thread, budget);
        }
    }

    /// Whether nothing is left of the last poll on this thread.
    #[inline(always)]
    pub fn is_spent(&self, thread: ThreadId) -> bool {
        self.is_given && self.of(thread) == Some(0)
    }

    /// What the poll of the thread that runs has left; none: there is no end to it.
    #[inline(always)]
    pub fn left(&self, exec: &core::Exec) -> Option<u32> {
        if !self.is_given {
            return None;
        }
        self.of(exec.sim.running()?)
    }

    /// Another's operations have used up so much of it, too.
    pub fn spend_besides(&self, exec: &core::Exec, used: u32) {
        if let Some(left) = self.left(exec) {
            self.set_here(exec, left.saturating_sub(used));
        }
    }

    /// What happens on this thread is without end, until it is told otherwise. Answers what was left.
    pub fn stop(&self, thread: ThreadId) -> Option<u32> {
        let left = self.of(thread);
        self.set(thread, None);
        left
    }

    /// So much is left on this thread.
    pub fn set(&self, thread: ThreadId, left: Option<u32>) {
        let mut of = self.of.borrow_mut();
        if thread.index() >= of.len() {
            of.resize(thread.index() + 1, None);
        }
        of[thread.index()] = left;
    }

    #[inline(always)]
    fn set_here(&self, exec: &core::Exec, left: u32) {
        if let Some(thread) = exec.sim.running() {
            self.set(thread, Some(left));
        }
    }

    #[inline(always)]
    fn of(&self, thread: ThreadId) -> Option<u32> {
        self.of.borrow().get(thread.index()).copied().flatten()
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
        if let Some(before) = self.before
            && !self.went_on
        {
            core::try_with(|exec| exec.budget.set_here(exec, before));
        }
    }
}

/// Takes one operation's part. Pending if nothing is left: the task yields, and asks again in its next poll.
#[inline]
pub(crate) fn proceed(cx: &mut Context<'_>) -> Poll<Part> {
    let left = core::try_with(|exec| exec.budget.left(exec)).flatten();
    match left {
        None => Poll::Ready(Part { before: None, went_on: false }),
        Some(0) => {
            core::with(|exec| exhausted(exec, cx));
            Poll::Pending
        }
        Some(n) => {
            core::with(|exec| exec.budget.set_here(exec, n - 1));
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
