//! How simulated code waits.
//!
//! Every wait is a future of one of two kinds. A task's leaf leaves its waker and is Pending. A thread's leaf blocks
//! the thread it runs on: a closure drives it on its stack with [`on_stack`], a Program's thread is polled by the
//! driver and holds no stack while it waits. So each blocking primitive is written once, as an `async fn`.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use super::home::Home;
use super::resource::{WaitFor, WaitKey};
use super::sim;
use super::threads::Ask;
use super::waiting::Wake;
use super::waits::Waited;
use crate::instant::SimDuration;
use crate::trace::event::BlockReason;
use crate::trace::ids::*;

/// Who waits: the task that is polled, or the thread that runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum How {
    Task,
    Thread,
}

/// Whether code may wait here. A stack is not switched while it unwinds from a panic: waits end at once then. Does not
/// return if the run is over: code that caught its unwinding is unwound again.
pub(crate) fn may_wait() -> bool {
    !std::thread::panicking() && sim::try_with(|sim| sim.may_wait()).unwrap_or(true)
}

/// A thread that unwinds wants what another holds. It can neither wait nor have it, and a second panic says nothing.
fn die() -> ! {
    eprintln!(
        "a destructor asked for a lock that another holds, while it unwinds from a panic or from the end of the run: \
         nothing can wait there. Use try_lock in destructors."
    );
    std::process::abort()
}

/// Runs a thread's wait to its end on the stack of the code that calls this.
pub(crate) fn on_stack<T>(wait: impl Future<Output = T>) -> T {
    let mut wait = pin!(wait);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = wait.as_mut().poll(&mut context) {
            return value;
        }
        sim::with(|sim| {
            assert!(sim.has_stack(), "a blocking call was made where nothing can block");
            let ask = sim.take_ask();
            sim.suspend(ask);
        });
    }
}

/// Gives up the core once, asking for this.
pub(crate) fn give_up(ask: Ask) -> impl Future<Output = ()> {
    let mut asked = false;
    std::future::poll_fn(move |_| {
        if std::mem::replace(&mut asked, true) || !may_wait() {
            return Poll::Ready(());
        }
        sim::with(|sim| sim.ask(ask));
        Poll::Pending
    })
}

/// Computes for `d` and pays what is owed.
pub(crate) async fn compute(d: SimDuration) {
    give_up(Ask::Work(d)).await;
}

/// Blocks the running thread until it is unblocked.
pub(crate) async fn block(reason: BlockReason, on: u32) {
    if !may_wait() {
        return;
    }
    sim::with(|sim| {
        let thread = sim.thread();
        sim.kernel.borrow_mut().block(thread, reason, on);
    });
    give_up(Ask::Block).await;
}

/// A wait in a resource's line, until granted. Dropped early, it leaves the line, and what it was granted unseen goes on
/// to the next.
pub(crate) struct Grant {
    resource: Home<ResourceId>,
    what: WaitFor,
    how: How,
    key: Option<WaitKey>,
}

impl Grant {
    pub fn new(resource: Home<ResourceId>, what: WaitFor, how: How) -> Grant {
        Grant { resource, what, how, key: None }
    }

    fn join(&mut self, cx: &Context<'_>) {
        let wake = self.wake(cx);
        let resource = self.resource.get();
        self.key = Some(sim::with(|sim| {
            sim.kernel.borrow_mut().wait_on(resource, sim.actor.get(), self.what, self.how, wake)
        }));
    }

    fn wake(&self, cx: &Context<'_>) -> Wake {
        match self.how {
            How::Task => Wake::Task(cx.waker().clone()),
            How::Thread => Wake::Thread(sim::with(|sim| sim.thread())),
        }
    }

    fn wait(&self) {
        if self.how == How::Task {
            return;
        }
        let reason = match self.what {
            WaitFor::Permits(..) => BlockReason::Lock,
            WaitFor::Room => BlockReason::Send,
            WaitFor::Message => BlockReason::Receive,
            WaitFor::Notification => BlockReason::Notify,
        };
        let resource = self.resource.get();
        sim::with(|sim| {
            sim.kernel.borrow_mut().block(sim.thread(), reason, resource.0);
            sim.ask(Ask::Block);
        });
    }
}

/// Gives the wait if the trace still shows it: what is done next must end it.
impl Future for Grant {
    type Output = Option<Waited>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Waited>> {
        let Some(key) = self.key else {
            if self.how == How::Thread && !may_wait() {
                if let WaitFor::Permits(..) = self.what {
                    die();
                }
                return Poll::Ready(None);
            }
            self.join(cx);
            self.wait();
            return Poll::Pending;
        };
        let resource = self.resource.get();
        if let Some(shown) = sim::with(|sim| sim.kernel.borrow_mut().poll_grant(key)) {
            self.key = None;
            return Poll::Ready(shown);
        }
        let wake = self.wake(cx);
        let old = sim::with(|sim| sim.kernel.borrow_mut().move_waiter(resource, key, wake));
        drop(old);
        self.wait();
        Poll::Pending
    }
}

impl Drop for Grant {
    fn drop(&mut self) {
        let (Some(key), Some(resource)) = (self.key, self.resource.here()) else { return };
        sim::with(|sim| {
            let (old, told) = sim.kernel.borrow_mut().give_up(resource, key, self.what);
            drop(old);
            sim.tell(told);
        });
    }
}
