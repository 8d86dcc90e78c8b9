//! The budget of a poll: after so many operations that could go on, a task yields.
//!
//! As tokio's (1.54.1, `task/coop/mod.rs`): each operation of a lock, a channel, a timer or a join handle uses up one,
//! and gives it back if it has to wait. Where tokio was lent the poll ([`foreign_budget`](super::foreign_budget)) it counts
//! our operations, too: there is one count. Without a budget this costs a look.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker, ready};

use tokio::task::coop::{self, RestoreOnPending};

use super::core;
use crate::machine::blocking::How;
use crate::trace::ids::{Actor, WorkerId};

/// The operations that tokio lets a poll complete (`Budget::initial`).
const TOKIOS: u32 = 128;

/// What is left of the budget of each worker's poll; empty where there is none.
#[derive(Default)]
pub(crate) struct Left(Vec<OfWorker>);

#[derive(Default)]
struct OfWorker {
    left: Cell<u32>,
    /// Whether tokio counts instead: it was lent this poll.
    is_tokios: Cell<bool>,
    /// What tokio had left at the end of the last poll that it was lent.
    kept: Cell<Option<Kept>>,
}

impl Left {
    /// For so many workers, whose threads are the first of the run.
    pub fn new(workers: u32, budget: Option<u32>) -> Left {
        Left(budget.map_or_else(Vec::new, |_| (0..workers).map(|_| OfWorker::default()).collect()))
    }

    /// A fresh poll begins.
    #[inline(always)]
    pub fn refill(&self, worker: WorkerId, budget: Option<u32>) {
        if let Some(budget) = budget {
            let worker = &self.0[worker.index()];
            worker.left.set(budget);
            worker.kept.take();
        }
    }

    /// Whether nothing is left of the worker's last poll.
    #[inline(always)]
    pub fn is_spent(&self, worker: WorkerId) -> bool {
        self.0.get(worker.index()).is_some_and(|worker| worker.left.get() == 0)
    }

    /// Lends the poll of the thread that runs to tokio, which counts from here on: from what the poll before has left, if
    /// it goes on with that. Inside a scope of tokio's budget that has just begun.
    pub fn lend(&self, exec: &core::Exec) {
        let Some(here) = self.here(exec) else { return };
        here.is_tokios.set(true);
        match here.kept.take() {
            Some(kept) => kept.restore(),
            None => (here.left.get()..TOKIOS).for_each(|_| use_one()),
        }
    }

    /// The poll that was lent has ended, inside its scope.
    pub fn take_back(&self, exec: &core::Exec) {
        let Some(here) = self.here(exec) else { return };
        here.is_tokios.set(false);
        match coop::poll_proceed(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(rest) => here.kept.set(Some(Kept(Some(rest)))),
            Poll::Pending => here.left.set(0),
        }
    }

    /// What is left to the thread that runs; none: there is no end to it.
    #[inline(always)]
    fn here(&self, exec: &core::Exec) -> Option<&OfWorker> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(exec.sim.running()?.index())
    }
}

/// What was left of tokio's budget at some moment. tokio tells nobody how much that is, but puts it back.
struct Kept(Option<RestoreOnPending>);

impl Kept {
    /// Sets tokio's budget to it.
    fn restore(mut self) {
        drop(self.0.take());
    }
}

impl Drop for Kept {
    /// Outside its scope it must not be put back.
    fn drop(&mut self) {
        if let Some(rest) = &self.0 {
            rest.made_progress();
        }
    }
}

/// One operation's part of the budget. Given back when dropped, unless the operation went on.
#[must_use]
pub(crate) enum Part {
    /// Nobody counts.
    Free,
    /// We count: so much was left before.
    Ours(u32),
    /// tokio counts.
    Tokios(RestoreOnPending),
}

impl Part {
    /// The operation went on: its part is used up.
    pub fn went_on(self) {
        match &self {
            Part::Free => {}
            // Nothing is given back.
            Part::Ours(_) => std::mem::forget(self),
            Part::Tokios(part) => part.made_progress(),
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if let Part::Ours(before) = *self {
            core::try_with(|exec| exec.budget.here(exec).into_iter().for_each(|here| here.left.set(before)));
        }
    }
}

/// Takes one operation's part. Pending if nothing is left: the task yields, and asks again in its next poll.
#[inline]
pub(crate) fn proceed(cx: &mut Context<'_>) -> Poll<Part> {
    core::try_with(|exec| {
        let Some(here) = exec.budget.here(exec) else { return Poll::Ready(Part::Free) };
        let part = if here.is_tokios.get() { tokios_part() } else { our_part(&here.left) };
        if part.is_pending() {
            exhausted(exec, cx);
        }
        part
    })
    .unwrap_or(Poll::Ready(Part::Free))
}

fn our_part(left: &Cell<u32>) -> Poll<Part> {
    let before = left.get();
    if before == 0 {
        return Poll::Pending;
    }
    left.set(before - 1);
    Poll::Ready(Part::Ours(before))
}

/// Uses up one operation of tokio's budget.
fn use_one() {
    if let Poll::Ready(part) = tokios_part() {
        part.went_on();
    }
}

/// Whoever finds nothing left is woken by us, not by tokio.
fn tokios_part() -> Poll<Part> {
    coop::poll_proceed(&mut Context::from_waker(Waker::noop())).map(Part::Tokios)
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
