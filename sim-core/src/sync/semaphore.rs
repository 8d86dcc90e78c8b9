//! So many permits, for tasks and threads.

use super::permits::{self, Held, Want};
use crate::machine::blocking::How;
use crate::machine::home::Home;
use crate::trace::event::Mode;
use crate::trace::ids::ResourceId;
use crate::trace::tables::ResourceKind;

/// So many permits. Tasks get them in line; of threads, whoever comes first.
///
/// ```
/// use std::sync::Arc;
///
/// use sim_core::sync::Semaphore;
/// use sim_core::{Costs, Machine, SimDuration, io_blocking, thread};
///
/// let outcome = Machine::new().costs(Costs::zero()).run_threads(|| {
///     let gate = Arc::new(Semaphore::new(2));
///     let threads = [0; 4].map(|_| {
///         let gate = Arc::clone(&gate);
///         thread::spawn(move || {
///             let _permit = gate.acquire_blocking();
///             io_blocking(SimDuration::from_millis(10)); // two at a time
///         })
///     });
///     threads.into_iter().for_each(|thread| thread.join().unwrap());
/// });
/// assert_eq!(outcome.trace.end().as_millis(), 20);
/// ```
#[derive(Debug)]
pub struct Semaphore {
    resource: Home<ResourceId>,
}

/// One permit; given back when dropped.
#[derive(Debug)]
pub struct Permit {
    _held: Held,
}

impl Semaphore {
    /// A semaphore with so many permits. Panics outside a run.
    pub fn new(permits: u32) -> Semaphore {
        Semaphore::named("semaphore", permits)
    }

    /// As [`Semaphore::new`], with a name for people.
    pub fn named(name: impl AsRef<str>, permits: u32) -> Semaphore {
        Semaphore { resource: permits::create(ResourceKind::Semaphore, name.as_ref(), Some(permits)) }
    }

    fn want(&self, how: How) -> Want {
        Want { resource: self.resource, count: 1, mode: Mode::Shared, how }
    }

    /// Waits in line for a permit.
    pub async fn acquire(&self) -> Permit {
        Permit { _held: self.want(How::Task).take().await }
    }

    /// Blocks the thread until it has a permit.
    pub fn acquire_blocking(&self) -> Permit {
        Permit { _held: self.want(How::Thread).take_blocking() }
    }
}
