//! A lock for many readers or one writer: for tasks and threads.

use std::cell::UnsafeCell;
use std::ops::{Deref, DerefMut};

use super::permits::{self, Held, Want};
use crate::machine::blocking::How;
use crate::machine::home::Home;
use crate::machine::resource::READERS;
use crate::trace::event::Mode;
use crate::trace::ids::ResourceId;
use crate::trace::tables::ResourceKind;

/// Many readers or one writer. A writer takes the permits of all readers; tasks wait in line, so that readers who come
/// after a waiting writer wait behind it.
///
/// ```
/// use std::sync::Arc;
///
/// use sim_core::sync::RwLock;
/// use sim_core::{Costs, Executor, Machine, SimDuration, io, spawn};
///
/// let outcome = Machine::new().costs(Costs::zero()).run_async(Executor::fifo(1), || async {
///     let table = Arc::new(RwLock::new(7));
///     let readers = [0; 3].map(|_| {
///         let table = Arc::clone(&table);
///         spawn(async move {
///             let seven = table.read().await;
///             io(SimDuration::from_millis(10)).await; // all three at the same time
///             assert_eq!(*seven, 7);
///         })
///     });
///     for reader in readers {
///         reader.await.unwrap();
///     }
///     *table.write().await += 1;
/// });
/// assert_eq!(outcome.trace.end().as_millis(), 10);
/// ```
#[derive(Debug)]
pub struct RwLock<T> {
    resource: Home<ResourceId>,
    value: UnsafeCell<T>,
}

// SAFETY: the value is reached only through guards; the kernel gives out one writer's or any number of readers'.
unsafe impl<T: Send + Sync> Sync for RwLock<T> {}

/// Holds an [`RwLock`] for reading; released when dropped.
#[derive(Debug)]
pub struct ReadGuard<'a, T> {
    lock: &'a RwLock<T>,
    _held: Held,
}

/// Holds an [`RwLock`] for writing; released when dropped.
#[derive(Debug)]
pub struct WriteGuard<'a, T> {
    lock: &'a RwLock<T>,
    _held: Held,
}

// SAFETY: a read guard gives no more than `&T`.
unsafe impl<T: Sync> Send for ReadGuard<'_, T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for ReadGuard<'_, T> {}
// SAFETY: a write guard gives `&mut T` and is the only guard.
unsafe impl<T: Send> Send for WriteGuard<'_, T> {}
// SAFETY: `&guard` gives no more than `&T`.
unsafe impl<T: Sync> Sync for WriteGuard<'_, T> {}

impl<T> RwLock<T> {
    /// A free lock around `value`. Panics outside a run.
    pub fn new(value: T) -> RwLock<T> {
        RwLock::named("rwlock", value)
    }

    /// As [`RwLock::new`], with a name for people.
    pub fn named(name: impl AsRef<str>, value: T) -> RwLock<T> {
        let resource = permits::create(ResourceKind::RwLock, name.as_ref(), None);
        RwLock { resource, value: UnsafeCell::new(value) }
    }

    fn want(&self, mode: Mode, how: How) -> Want {
        let count = match mode {
            Mode::Shared => 1,
            Mode::Exclusive => READERS,
        };
        Want { resource: self.resource, count, mode, how }
    }

    /// Waits in line to read.
    pub async fn read(&self) -> ReadGuard<'_, T> {
        ReadGuard { lock: self, _held: self.want(Mode::Shared, How::Task).take().await }
    }

    /// Waits in line to write.
    pub async fn write(&self) -> WriteGuard<'_, T> {
        WriteGuard { lock: self, _held: self.want(Mode::Exclusive, How::Task).take().await }
    }

    /// Blocks the thread until it may read.
    pub fn read_blocking(&self) -> ReadGuard<'_, T> {
        ReadGuard { lock: self, _held: self.want(Mode::Shared, How::Thread).take_blocking() }
    }

    /// Blocks the thread until it may write.
    pub fn write_blocking(&self) -> WriteGuard<'_, T> {
        WriteGuard { lock: self, _held: self.want(Mode::Exclusive, How::Thread).take_blocking() }
    }
}

impl<T> Deref for ReadGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: while a reader holds a permit, no writer can have all of them.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> Deref for WriteGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: a writer holds every permit.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for WriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above.
        unsafe { &mut *self.lock.value.get() }
    }
}
