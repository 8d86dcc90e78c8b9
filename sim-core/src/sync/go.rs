//! How goroutines wait for channels and locks: Go's `chan` and `sync.Mutex` (1.19.8), for units.
//!
//! Owns the waiting; what is decided stands in [`crate::machine::go`].

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::instant::{SimDuration, SimTime};
use crate::machine::go::{Passed, Served};
use crate::machine::home::Home;
use crate::machine::resource::{WaitFor, WaitKey};
use crate::machine::sim;
use crate::machine::waiting::Wake;
use crate::trace::event::Mode;
use crate::trace::ids::{Actor, ResourceId};

/// A waiter that fails to get the lock for longer starves (`sync/mutex.go`, `starvationThresholdNs`).
const STARVES_AFTER: SimDuration = SimDuration::from_millis(1);

/// The other side of the channel is gone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Closed;

/// A send (for room) or a receive (for a message).
pub(crate) struct ChannelOp {
    channel: Home<ResourceId>,
    what: WaitFor,
    served: Option<Served>,
    key: Option<WaitKey>,
}

impl ChannelOp {
    pub fn send(channel: Home<ResourceId>) -> ChannelOp {
        ChannelOp { channel, what: WaitFor::Room, served: None, key: None }
    }

    pub fn receive(channel: Home<ResourceId>) -> ChannelOp {
        ChannelOp { channel, what: WaitFor::Message, served: None, key: None }
    }

    /// The operation as a case of a select: it is not served if another of its cases was.
    pub fn case(mut self, served: &Served) -> ChannelOp {
        self.served = Some(Served::clone(served));
        self
    }

    fn begin(&mut self, cx: &Context<'_>) -> Poll<Result<(), Closed>> {
        let channel = self.channel.get();
        sim::with(|sim| {
            let by = sim.actor.get();
            let mut kernel = sim.kernel.borrow_mut();
            sim.owe(kernel.costs.sync_op);
            let passed =
                if self.what == WaitFor::Room { kernel.go_send(channel, by) } else { kernel.go_recv(channel, by) };
            match passed {
                Passed::Done(told) => {
                    drop(kernel);
                    sim.tell(told);
                    Poll::Ready(Ok(()))
                }
                Passed::Closed => Poll::Ready(Err(Closed)),
                Passed::Wait => {
                    drop(kernel);
                    let wake = Wake::Task(cx.waker().clone());
                    self.key = Some(sim.kernel.borrow_mut().go_wait(channel, by, self.what, wake, self.served.take()));
                    Poll::Pending
                }
            }
        })
    }
}

impl Future for ChannelOp {
    type Output = Result<(), Closed>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(key) = self.key else { return self.begin(cx) };
        let Some(handed) = sim::with(|sim| sim.kernel.borrow_mut().go_handed(key)) else { return Poll::Pending };
        self.key = None;
        Poll::Ready(if handed { Ok(()) } else { Err(Closed) })
    }
}

impl Drop for ChannelOp {
    fn drop(&mut self) {
        let (Some(key), Some(channel)) = (self.key, self.channel.here()) else { return };
        sim::with(|sim| {
            let (old, told) = sim.kernel.borrow_mut().give_up(channel, key, self.what);
            drop(old);
            sim.tell(told);
        });
    }
}

/// A held `sync.Mutex`; given back when dropped.
pub(crate) struct MutexHeld {
    lock: Home<ResourceId>,
    by: Actor,
    given_back: bool,
}

impl MutexHeld {
    /// Gives the lock back. Whether it was handed to one that starved, who is to run at once.
    pub fn unlock(mut self) -> bool {
        self.give_back()
    }

    fn give_back(&mut self) -> bool {
        if std::mem::replace(&mut self.given_back, true) {
            return false;
        }
        let Some(lock) = self.lock.here() else { return false };
        sim::with(|sim| {
            let (told, handed) = sim.kernel.borrow_mut().go_unlock(lock, self.by);
            sim.tell(told);
            handed
        })
    }
}

impl Drop for MutexHeld {
    fn drop(&mut self) {
        self.give_back();
    }
}

/// Takes a `sync.Mutex`. Its spinning is left out: with one P it does not happen, and it takes well under 1 µs.
pub(crate) async fn lock(lock: Home<ResourceId>) -> MutexHeld {
    let id = lock.get();
    let by = sim::with(|sim| sim.actor.get());
    let mut woken = None;
    let mut since = None;
    loop {
        let taken = sim::with(|sim| {
            let mut kernel = sim.kernel.borrow_mut();
            sim.owe(kernel.costs.sync_op);
            kernel.go_try_lock(id, by, woken)
        });
        if taken {
            return MutexHeld { lock, by, given_back: false };
        }
        let since = *since.get_or_insert_with(crate::code::now);
        if woken.is_some() && starves(since) {
            sim::with(|sim| sim.kernel.borrow_mut().go_starve(id));
        }
        let told = LockWait { lock, by, since, key: woken, in_line: false }.await;
        match told {
            Told::Own => return MutexHeld { lock, by, given_back: false },
            Told::Try(key) => woken = Some(key),
        }
    }
}

fn starves(since: SimTime) -> bool {
    crate::code::now() - since > STARVES_AFTER
}

enum Told {
    /// The lock was handed over.
    Own,
    /// The lock may be free.
    Try(WaitKey),
}

/// A wait in a lock's line.
struct LockWait {
    lock: Home<ResourceId>,
    by: Actor,
    since: SimTime,
    /// Its key; it had one before if it was told to try and came too late.
    key: Option<WaitKey>,
    in_line: bool,
}

impl Future for LockWait {
    type Output = Told;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Told> {
        let lock = self.lock.get();
        if !std::mem::replace(&mut self.in_line, true) {
            let wake = Wake::Task(cx.waker().clone());
            sim::with(|sim| {
                let mut kernel = sim.kernel.borrow_mut();
                match self.key {
                    Some(key) => kernel.go_wait_on(lock, self.by, key, wake),
                    None => {
                        let what = WaitFor::Permits(1, Mode::Exclusive);
                        self.key = Some(kernel.go_wait(lock, self.by, what, wake, None));
                    }
                }
            });
            return Poll::Pending;
        }
        let key = self.key.expect("one that waits has a key");
        let long = starves(self.since);
        let own = sim::with(|sim| sim.kernel.borrow_mut().go_told(lock, key, long));
        let Some(own) = own else { return Poll::Pending };
        self.in_line = false;
        Poll::Ready(if own { Told::Own } else { Told::Try(key) })
    }
}

impl Drop for LockWait {
    fn drop(&mut self) {
        let (Some(key), true, Some(lock)) = (self.key, self.in_line, self.lock.here()) else { return };
        sim::with(|sim| {
            let what = WaitFor::Permits(1, Mode::Exclusive);
            let (old, told) = sim.kernel.borrow_mut().give_up(lock, key, what);
            drop(old);
            sim.tell(told);
        });
    }
}
