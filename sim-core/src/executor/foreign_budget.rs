//! tokio's own budget for tokio's own futures: a task whose runtime has one is polled through a `LocalSet` of one task.
//!
//! `tokio::sync` counts its operations in a thread-local that only tokio's schedulers set (1.54.1, `task/coop/mod.rs`).
//! A `LocalSet` is such a scheduler (`LocalSet::tick`), and needs no runtime. The future itself gets the waker of our
//! task, so that the set only lends its budget and schedules nothing.
//!
//! For one worker only: two polls that are suspended in the middle share one thread-local.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::ptr;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use tokio::task::{LocalSet, coop};

use super::core;

/// A future that is polled with tokio's budget.
pub(crate) struct Budgeted {
    set: LocalSet,
    lent: Rc<Lent>,
}

/// What the poll around the set lends to the one inside, and what it gets back.
struct Lent {
    /// Our task's waker, while it is being polled.
    waker: Cell<*const Waker>,
    /// Makes the set poll its task again.
    again: RefCell<Option<Waker>>,
    is_done: Cell<bool>,
    panic: RefCell<Option<Box<dyn Any + Send>>>,
}

impl Budgeted {
    pub fn new(future: impl Future<Output = ()> + 'static) -> Budgeted {
        let set = LocalSet::new();
        let lent = Rc::new(Lent {
            waker: Cell::new(ptr::null()),
            again: RefCell::default(),
            is_done: Cell::new(false),
            panic: RefCell::default(),
        });
        // Its handle is dropped: the set keeps the task.
        drop(set.spawn_local(inside(future, Rc::clone(&lent))));
        Budgeted { set, lent }
    }
}

impl Future for Budgeted {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.lent.waker.set(cx.waker());
        if let Some(again) = self.lent.again.take() {
            again.wake();
        }
        let _ = Pin::new(&mut self.set).poll(&mut Context::from_waker(Waker::noop()));
        self.lent.waker.set(ptr::null());
        if let Some(payload) = self.lent.panic.take() {
            resume_unwind(payload);
        }
        if self.lent.is_done.get() { Poll::Ready(()) } else { Poll::Pending }
    }
}

async fn inside(future: impl Future<Output = ()>, lent: Rc<Lent>) {
    let mut future = pin!(future);
    std::future::poll_fn(|cx| {
        // SAFETY: set by `Budgeted::poll` from the reference that it was called with, and taken back before it returns.
        let waker = unsafe { &*lent.waker.get() };
        core::with(|exec| exec.budget.lend(exec));
        let poll = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(&mut Context::from_waker(waker))));
        let is_spent = !coop::has_budget_remaining();
        core::with(|exec| exec.budget.take_back(exec));
        // Caught here: the set would keep a panic to itself. The future is dropped by whoever polls us, who then says why.
        let poll = match poll {
            Ok(poll) => poll,
            Err(payload) => {
                lent.panic.replace(Some(payload));
                return Poll::Pending;
            }
        };
        if poll.is_pending() {
            lent.again.replace(Some(cx.waker().clone()));
            if is_spent {
                // Outside its runtimes tokio wakes whoever has used up its budget at once, as if it woke itself.
                core::with(|exec| exec.defer_own_wake(waker));
            }
        }
        poll
    })
    .await;
    lent.is_done.set(true);
}
