//! A barrier, for tasks and threads: all wait until so many have come.

use std::sync::atomic::{AtomicU32, Ordering};

use super::permits;
use crate::machine::blocking::{Grant, How, on_stack};
use crate::machine::home::Home;
use crate::machine::resource::WaitFor;
use crate::machine::sim;
use crate::trace::ids::ResourceId;
use crate::trace::tables::ResourceKind;

/// Lets nobody pass until so many have come; then it is ready for the next round.
///
/// ```
/// use std::sync::Arc;
///
/// use sim_core::sync::Barrier;
/// use sim_core::{Costs, Executor, Machine, SimDuration, io, mark, spawn};
///
/// let outcome = Machine::new().costs(Costs::zero()).run_async(Executor::fifo(1), || async {
///     let barrier = Arc::new(Barrier::new(2));
///     let other = Arc::clone(&barrier);
///     let task = spawn(async move {
///         io(SimDuration::from_millis(10)).await;
///         assert!(other.wait().await, "this one comes last");
///     });
///     assert!(!barrier.wait().await);
///     mark("passed");
///     task.await.unwrap();
/// });
/// assert_eq!(outcome.trace.markers().next().unwrap().time.as_millis(), 10);
/// ```
#[derive(Debug)]
pub struct Barrier {
    resource: Home<ResourceId>,
    parties: u32,
    come: AtomicU32,
}

impl Barrier {
    /// A barrier for so many. Panics for none, and outside a run.
    pub fn new(parties: u32) -> Barrier {
        Barrier::named("barrier", parties)
    }

    /// As [`Barrier::new`], with a name for people.
    pub fn named(name: impl AsRef<str>, parties: u32) -> Barrier {
        assert!(parties > 0, "a barrier is for at least one");
        let resource = permits::create(ResourceKind::Barrier, name.as_ref(), Some(parties));
        Barrier { resource, parties, come: AtomicU32::new(0) }
    }

    /// Waits for the others. Answers whether this one came last.
    pub async fn wait(&self) -> bool {
        self.pass(How::Task).await
    }

    /// Blocks the thread until the others have come. Answers whether this one came last.
    pub fn wait_blocking(&self) -> bool {
        on_stack(self.pass(How::Thread))
    }

    pub(crate) async fn pass(&self, how: How) -> bool {
        let come = self.come.fetch_add(1, Ordering::Relaxed) + 1;
        let last = come == self.parties;
        let mut waited = None;
        if last {
            self.come.store(0, Ordering::Relaxed);
            sim::with(|sim| {
                let told = sim.kernel.borrow_mut().notify(self.resource.get(), sim.actor.get(), true);
                sim.tell(told);
            });
        } else {
            waited = Grant::new(self.resource, WaitFor::Notification, how).await;
        }
        sim::with(|sim| sim.kernel.borrow_mut().notified(self.resource.get(), sim.actor.get(), waited));
        last
    }
}
