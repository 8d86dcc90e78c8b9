//! A condition variable, for threads.

use std::future::Future;

use super::mutex::BlockingMutexGuard;
use super::permits;
use crate::machine::blocking::{Grant, How, on_stack};
use crate::machine::home::Home;
use crate::machine::resource::WaitFor;
use crate::machine::sim;
use crate::trace::ids::ResourceId;
use crate::trace::tables::ResourceKind;

/// Lets threads wait, without the lock, until another notifies them. A notification that nobody waits for is lost.
/// Whoever waits longest goes first, as with glibc.
///
/// ```
/// use std::sync::Arc;
///
/// use sim_core::sync::{BlockingMutex, Condvar};
/// use sim_core::{Costs, Machine, SimDuration, thread, work};
///
/// let outcome = Machine::new().costs(Costs::zero()).run_threads(|| {
///     let shared = Arc::new((BlockingMutex::new(false), Condvar::new()));
///     let other = Arc::clone(&shared);
///     let worker = thread::spawn(move || {
///         work(SimDuration::from_millis(5));
///         *other.0.lock() = true;
///         other.1.notify_one();
///     });
///     let (ready, changed) = &*shared;
///     let mut guard = ready.lock();
///     while !*guard {
///         guard = changed.wait(guard);
///     }
///     worker.join().unwrap();
/// });
/// assert_eq!(outcome.trace.end().as_millis(), 5);
/// ```
#[derive(Debug)]
pub struct Condvar {
    resource: Home<ResourceId>,
}

impl Default for Condvar {
    fn default() -> Condvar {
        Condvar::new()
    }
}

impl Condvar {
    /// A condition variable. Panics outside a run.
    pub fn new() -> Condvar {
        Condvar::named("condvar")
    }

    /// As [`Condvar::new`], with a name for people.
    pub fn named(name: impl AsRef<str>) -> Condvar {
        Condvar { resource: permits::create(ResourceKind::Condvar, name.as_ref(), None) }
    }

    /// Releases the lock, waits to be notified, and takes the lock again: one step, so that no notification between is
    /// missed. Check the condition again after: another may have been faster.
    pub fn wait<'a, T>(&self, guard: BlockingMutexGuard<'a, T>) -> BlockingMutexGuard<'a, T> {
        let mutex = guard.mutex();
        let mut guard = Some(guard);
        let mut grant = Box::pin(Grant::new(self.resource, WaitFor::Notification, How::Thread));
        let waited = on_stack(std::future::poll_fn(move |cx| {
            let polled = grant.as_mut().poll(cx);
            // It stands in the queue now, and nothing else has run since.
            drop(guard.take());
            polled
        }));
        sim::with(|sim| sim.kernel.borrow_mut().notified(self.resource.get(), sim.actor.get(), waited));
        mutex.lock()
    }

    /// Lets the thread that waits longest go on.
    pub fn notify_one(&self) {
        self.notify(false);
    }

    /// Lets every thread that waits go on.
    pub fn notify_all(&self) {
        self.notify(true);
    }

    fn notify(&self, all: bool) {
        sim::with(|sim| {
            let told = sim.kernel.borrow_mut().notify(self.resource.get(), sim.actor.get(), all);
            sim.tell(told);
        });
    }
}
