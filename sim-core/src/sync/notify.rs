//! A notifier, for tasks and threads: one waiter or all, and one permit kept if nobody waits.

use super::permits;
use crate::machine::blocking::{Grant, How, on_stack};
use crate::machine::home::Home;
use crate::machine::resource::WaitFor;
use crate::machine::sim;
use crate::trace::ids::ResourceId;
use crate::trace::tables::ResourceKind;

/// Wakes one waiter or all. `notify_one` with nobody waiting is kept for the next that waits, once (as tokio's).
///
/// ```
/// use sim_core::sync::Notify;
/// use sim_core::{EndReason, Executor, Machine};
///
/// let outcome = Machine::new().run_async(Executor::fifo(1), || async {
///     let notify = Notify::new();
///     notify.notify_one();
///     notify.notified().await; // goes on at once
///     notify.notified().await; // nobody will ever notify again
/// });
/// assert_eq!(outcome.end, EndReason::Stuck);
/// ```
#[derive(Debug)]
pub struct Notify {
    resource: Home<ResourceId>,
}

impl Default for Notify {
    fn default() -> Notify {
        Notify::new()
    }
}

impl Notify {
    /// A notifier. Panics outside a run.
    pub fn new() -> Notify {
        Notify::named("notify")
    }

    /// As [`Notify::new`], with a name for people.
    pub fn named(name: impl AsRef<str>) -> Notify {
        Notify { resource: permits::create(ResourceKind::Notify, name.as_ref(), None) }
    }

    /// Waits to be notified.
    pub async fn notified(&self) {
        self.wait(How::Task).await;
    }

    /// Blocks the thread until it is notified.
    pub fn wait_blocking(&self) {
        on_stack(self.wait(How::Thread));
    }

    pub(crate) async fn wait(&self, how: How) {
        let resource = self.resource.get();
        let mut waited = None;
        if !sim::with(|sim| sim.kernel.borrow_mut().take_permit(resource)) {
            waited = Grant::new(self.resource, WaitFor::Notification, how).await;
        }
        sim::with(|sim| sim.kernel.borrow_mut().notified(resource, sim.actor.get(), waited));
    }

    /// Wakes the one that waits longest; with nobody waiting, the next that waits goes on at once.
    pub fn notify_one(&self) {
        self.notify(false);
    }

    /// Wakes all that wait now. Nothing is kept.
    pub fn notify_waiters(&self) {
        self.notify(true);
    }

    fn notify(&self, all: bool) {
        sim::with(|sim| {
            let told = sim.kernel.borrow_mut().notify(self.resource.get(), sim.actor.get(), all);
            sim.tell(told);
        });
    }
}
