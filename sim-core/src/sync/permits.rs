//! The one way to hold something for a while: permits of a resource, taken and given back.

use crate::executor::budget;
use crate::machine::blocking::{Grant, How, on_stack};
use crate::machine::home::Home;
use crate::machine::resource::WaitFor;
use crate::machine::sim;
use crate::machine::waits::Waited;
use crate::trace::event::Mode;
use crate::trace::ids::{Actor, ResourceId};
use crate::trace::tables::ResourceKind;

/// A new resource of the current run.
#[track_caller]
pub(crate) fn create(kind: ResourceKind, name: &str, capacity: Option<u32>) -> Home<ResourceId> {
    Home::of(sim::with(|sim| sim.kernel.borrow_mut().create_resource(kind, name, capacity, sim.actor.get())))
}

/// So many permits of a resource, held in this way until dropped.
#[derive(Debug)]
pub(crate) struct Held {
    resource: Home<ResourceId>,
    by: Actor,
    count: u32,
    mode: Mode,
}

/// What to take, and how to wait for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Want {
    pub resource: Home<ResourceId>,
    pub count: u32,
    pub mode: Mode,
    pub how: How,
}

impl Want {
    /// Takes the permits now, or not at all. A task must not pass those in line; a thread may.
    pub fn try_take(self) -> Option<Held> {
        self.try_when_told(None)
    }

    fn try_when_told(self, told: Option<Waited>) -> Option<Held> {
        let resource = self.resource.get();
        let by = sim::with(|sim| sim.actor.get());
        let taken = sim::with(|sim| {
            let mut kernel = sim.kernel.borrow_mut();
            sim.owe(kernel.costs.sync_op);
            kernel.try_acquire(resource, by, (self.count, self.mode), self.how == How::Thread, told)
        });
        // Made only where permits were taken: dropping it gives them back.
        taken.then(|| self.held(by))
    }

    fn held(self, by: Actor) -> Held {
        Held { resource: self.resource, by, count: self.count, mode: self.mode }
    }

    /// Waits for the permits: a task in line, a thread until it is the first to try when they are free.
    pub async fn take(self) -> Held {
        budget::within(self.how, self.wait()).await
    }

    async fn wait(self) -> Held {
        let mut told = None;
        loop {
            if let Some(held) = self.try_when_told(told) {
                return held;
            }
            if let Some(waited) = told {
                sim::with(|sim| sim.kernel.borrow_mut().tried_in_vain(self.resource.get(), waited));
            }
            let by = sim::with(|sim| sim.actor.get());
            told = Grant::new(self.resource, WaitFor::Permits(self.count, self.mode), self.how).await;
            if self.how == How::Task || told.is_none() {
                return self.held(by);
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
        let Some(resource) = self.resource.here() else { return };
        sim::with(|sim| {
            let told = sim.kernel.borrow_mut().release(resource, self.by, self.count, self.mode);
            sim.tell(told);
        });
    }
}
