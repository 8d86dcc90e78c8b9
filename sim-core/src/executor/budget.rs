//! The budget of a poll: after so many operations that could go on, a task yields.
//!
//! As tokio's (1.54.1, `task/coop/mod.rs`): each operation of a lock, a channel, a timer or a join handle uses up one,
//! and gives it back if it has to wait. Where tokio was lent the poll ([`foreign_budget`](super::foreign_budget)) it counts
//! our operations, too: there is one count. Without a budget this costs a look.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker, ready};

use tokio::task::coop::{self, RestoreOnPending};

use super::core;
use crate::machine::blocking::How;
use crate::trace::ids::{Actor, ThreadId};

/// The operations that tokio lets a poll complete (`Budget::initial`).
const TOKIOS: u32 = 128;

/// What is left of the budget of the poll that each thread is in.
#[derive(Default)]
pub(crate) struct Left {
    /// Whether polls have any.
    is_given: bool,
    /// By [`ThreadId`].
    of: RefCell<Vec<OfThread>>,
}

#[derive(Default)]
struct OfThread {
    /// None: there is no end to it.
    left: Cell<Option<u32>>,
    /// Whether tokio counts instead: it was lent this poll.
    is_tokios: Cell<bool>,
    /// What tokio had left at the end of the last poll that it was lent.
    kept: Cell<Option<Kept>>,
}

/// A budget that nobody uses up until it is given back.
pub(crate) struct Stopped {
    left: Option<u32>,
    tokios: Tokios,
}

enum Tokios {
    /// tokio did not count.
    Not,
    /// It had so much left; none: nothing.
    Had(Option<Kept>),
}

impl Left {
    pub fn new(budget: Option<u32>) -> Left {
        Left { is_given: budget.is_some(), of: RefCell::default() }
    }

    /// What is done on this thread from now on is counted so.
    pub fn set(&self, thread: ThreadId, budget: Option<u32>) {
        let mut of = self.of.borrow_mut();
        if thread.index() >= of.len() {
            of.resize_with(thread.index() + 1, OfThread::default);
        }
        let thread = &of[thread.index()];
        thread.left.set(budget);
        thread.kept.take();
    }

    /// Whether nothing is left of the last poll on this thread.
    #[inline(always)]
    pub fn is_spent(&self, thread: ThreadId) -> bool {
        self.is_given && self.of.borrow().get(thread.index()).is_some_and(|thread| thread.left.get() == Some(0))
    }

    /// Lends the poll of the thread that runs to tokio, which counts from here on: from what the poll before has left, if
    /// it goes on with that. Inside a scope of tokio's budget that has just begun.
    pub fn lend(&self, exec: &core::Exec) {
        self.here(exec, |here| {
            here.is_tokios.set(true);
            match here.kept.take() {
                Some(kept) => kept.restore(),
                None => (here.left.get().unwrap_or(TOKIOS)..TOKIOS).for_each(|_| use_one()),
            }
        });
    }

    /// The poll that was lent has ended, inside its scope.
    pub fn take_back(&self, exec: &core::Exec) {
        self.here(exec, |here| {
            here.is_tokios.set(false);
            match tokios_rest() {
                Some(rest) => here.kept.set(Some(rest)),
                None => here.left.set(Some(0)),
            }
        });
    }

    /// What the thread that runs does is counted by nobody until [`Left::give_back`].
    pub fn stop(&self, exec: &core::Exec) -> Option<Stopped> {
        self.here(exec, |here| {
            let tokios = if here.is_tokios.take() { Tokios::Had(tokios_rest()) } else { Tokios::Not };
            Stopped { left: here.left.take(), tokios }
        })
    }

    /// It is counted again, from where it was.
    pub fn give_back(&self, exec: &core::Exec, stopped: Stopped) {
        self.here(exec, |here| {
            here.left.set(stopped.left);
            match stopped.tokios {
                Tokios::Not => {}
                Tokios::Had(rest) => {
                    here.is_tokios.set(true);
                    match rest {
                        Some(rest) => rest.restore(),
                        None => (0..TOKIOS).for_each(|_| use_one()),
                    }
                }
            }
        });
    }

    /// What is left to the thread that runs; none: nobody ever counted there.
    #[inline(always)]
    fn here<R>(&self, exec: &core::Exec, f: impl FnOnce(&OfThread) -> R) -> Option<R> {
        if !self.is_given {
            return None;
        }
        let thread = exec.sim.running()?;
        self.of.borrow().get(thread.index()).map(f)
    }
}

/// What tokio has left; none: nothing. Uses up one operation of it.
fn tokios_rest() -> Option<Kept> {
    match coop::poll_proceed(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(rest) => Some(Kept(Some(rest))),
        Poll::Pending => None,
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
            core::try_with(|exec| exec.budget.here(exec, |here| here.left.set(Some(before))));
        }
    }
}

/// Takes one operation's part. Pending if nothing is left: the task yields, and asks again in its next poll.
#[inline]
pub(crate) fn proceed(cx: &mut Context<'_>) -> Poll<Part> {
    core::try_with(|exec| {
        let part = exec.budget.here(exec, |here| match here.is_tokios.get() {
            true => tokios_part(),
            false => our_part(&here.left),
        });
        let Some(part) = part else { return Poll::Ready(Part::Free) };
        if part.is_pending() {
            exhausted(exec, cx);
        }
        part
    })
    .unwrap_or(Poll::Ready(Part::Free))
}

fn our_part(left: &Cell<Option<u32>>) -> Poll<Part> {
    match left.get() {
        None => Poll::Ready(Part::Free),
        Some(0) => Poll::Pending,
        Some(before) => {
            left.set(Some(before - 1));
            Poll::Ready(Part::Ours(before))
        }
    }
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
