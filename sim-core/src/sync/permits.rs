//! The one way to hold something for a while: permits of a resource, taken and given back.

use crate::machine::blocking::{Grant, How, on_stack};
use crate::machine::resource::WaitFor;
use crate::machine::sim;
use crate::trace::event::Mode;
use crate::trace::ids::{Actor, ResourceId};
use crate::trace::tables::ResourceKind;

/// A new resource of the current run.
pub(crate) fn create(kind: ResourceKind, name: &str, capacity: Option<u32>) -> ResourceId {
    sim::with(|sim| sim.kernel.borrow_mut().create_resource(kind, name, capacity, sim.actor.get()))
}

/// So many permits of a resource, held in this way until dropped.
#[derive(Debug)]
pub(crate) struct Held {
    resource: ResourceId,
    by: Actor,
    count: u32,
    mode: Mode,
    barging: bool,
}

/// What to take, and how to wait for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Want {
    pub resource: ResourceId,
    pub count: u32,
    pub mode: Mode,
    pub how: How,
}

impl Want {
    /// Takes the permits now, or not at all.
    pub fn try_take(self) -> Option<Held> {
        let barging = self.how == How::Thread;
        let by = sim::with(|sim| sim.actor.get());
        let taken = sim::with(|sim| {
            let mut kernel = sim.kernel.borrow_mut();
            sim.owe(kernel.costs.sync_op);
            kernel.try_acquire(self.resource, by, self.count, self.mode, barging)
        });
        // Made only where permits were taken: dropping it gives them back.
        taken.then(|| Held { resource: self.resource, by, count: self.count, mode: self.mode, barging })
    }

    /// Waits for the permits: a task in line, a thread until it is the first to try when they are free.
    pub async fn take(self) -> Held {
        loop {
            if let Some(held) = self.try_take() {
                return held;
            }
            let barging = self.how == How::Thread;
            let by = sim::with(|sim| sim.actor.get());
            Grant::new(self.resource, WaitFor::Permits(self.count, self.mode), self.how, barging).await;
            if !barging {
                return Held { resource: self.resource, by, count: self.count, mode: self.mode, barging };
            }
        }
    }

    /// As [`Want::take`], on the stack of a thread's code.
    pub fn take_blocking(self) -> Held {
        on_stack(self.take())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        sim::try_with(|sim| {
            let Held { resource, by, count, mode, barging } = *self;
            let told = sim.kernel.borrow_mut().release(resource, by, count, mode, barging);
            sim.tell(told);
        });
    }
}
