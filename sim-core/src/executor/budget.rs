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
use crate::trace::ids::{Actor, WorkerId};

/// What is left of the budget of each worker's poll; empty where there is none.
#[derive(Default)]
pub(crate) struct Left(Vec<Cell<u32>>);

impl Left {
    /// For so many workers, whose threads are the first of the run.
    pub fn new(workers: u32, budget: Option<u32>) -> Left {
        Left(budget.map_or_else(Vec::new, |budget| vec![Cell::new(budget); workers as usize]))
    }

    /// A fresh poll begins.
    #[inline(always)]
    pub fn refill(&self, worker: WorkerId, budget: Option<u32>) {
        if let Some(budget) = budget {
            self.0[worker.index()].set(budget);
        }
    }

    /// Whether nothing is left of the worker's last poll.
    #[inline(always)]
    pub fn is_spent(&self, worker: WorkerId) -> bool {
        self.0.get(worker.index()).is_some_and(|left| left.get() == 0)
    }

    /// What the poll of the thread that runs has left; none: there is no end to it.
    pub fn left(&self, exec: &core::Exec) -> Option<u32> {
        self.here(exec).map(Cell::get)
    }

    /// Another's operations have used up so much of it, too.
    pub fn spend_besides(&self, exec: &core::Exec, used: u32) {
        if let Some(left) = self.here(exec) {
            left.set(left.get().saturating_sub(used));
        }
    }

    /// What is left to the thread that runs; none: there is no end to it.
    #[inline(always)]
    fn here(&self, exec: &core::Exec) -> Option<&Cell<u32>> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(exec.sim.running()?.index())
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
            let before = self.before;
            core::try_with(|exec| exec.budget.here(exec).zip(before).into_iter().for_each(|(left, n)| left.set(n)));
        }
    }
}

/// Takes one operation's part. Pending if nothing is left: the task yields, and asks again in its next poll.
#[inline]
pub(crate) fn proceed(cx: &mut Context<'_>) -> Poll<Part> {
    let left = core::try_with(|exec| exec.budget.here(exec).map(Cell::get)).flatten();
    match left {
        None => Poll::Ready(Part { before: None, went_on: false }),
        Some(0) => {
            core::with(|exec| exhausted(exec, cx));
            Poll::Pending
        }
        Some(n) => {
            core::with(|exec| exec.budget.here(exec).into_iter().for_each(|left| left.set(n - 1)));
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
