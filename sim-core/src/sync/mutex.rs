//! Locks: one for tasks, handed to the first in line, and one for threads, for whoever is first to take it.

use std::cell::UnsafeCell;
use std::ops::{Deref, DerefMut};

use super::permits::{self, Held, Want};
use crate::machine::blocking::How;
use crate::machine::home::Home;
use crate::trace::event::Mode;
use crate::trace::ids::ResourceId;
use crate::trace::tables::ResourceKind;

macro_rules! mutex {
    ($(#[$doc:meta])* $name:ident, $(#[$guard_doc:meta])* $guard:ident, $kind:expr, $how:expr, $auto:literal) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name<T> {
            resource: Home<ResourceId>,
            value: UnsafeCell<T>,
        }

        // SAFETY: the value is reached only through a guard, and the run's kernel gives out one guard at a time.
        unsafe impl<T: Send> Sync for $name<T> {}

        $(#[$guard_doc])*
        #[derive(Debug)]
        pub struct $guard<'a, T> {
            mutex: &'a $name<T>,
            _held: Held,
        }

        // SAFETY: a guard gives `&mut T`, and the kernel gives out one at a time: it may go wherever T may, and `&guard`
        // gives no more than `&T`.
        unsafe impl<T: Send> Send for $guard<'_, T> {}
        // SAFETY: as above.
        unsafe impl<T: Sync> Sync for $guard<'_, T> {}

        impl<T> $name<T> {
            /// A free lock around `value`. Panics outside a run.
            pub fn new(value: T) -> $name<T> {
                $name::named($auto, value)
            }

            /// As `new`, with a name for people.
            pub fn named(name: impl AsRef<str>, value: T) -> $name<T> {
                $name { resource: permits::create($kind, name.as_ref(), Some(1)), value: UnsafeCell::new(value) }
            }

            fn want(&self) -> Want {
                Want { resource: self.resource, count: 1, mode: Mode::Exclusive, how: $how }
            }

            /// Takes the lock if it is free and nobody stands in line.
            pub fn try_lock(&self) -> Option<$guard<'_, T>> {
                Some($guard { mutex: self, _held: self.want().try_take()? })
            }

            /// The value, without locking: `&mut self` proves that nobody else has it.
            pub fn get_mut(&mut self) -> &mut T {
                self.value.get_mut()
            }
        }

        impl<T> Deref for $guard<'_, T> {
            type Target = T;
            fn deref(&self) -> &T {
                // SAFETY: this guard is the only one, by the kernel's count of permits.
                unsafe { &*self.mutex.value.get() }
            }
        }

        impl<T> DerefMut for $guard<'_, T> {
            fn deref_mut(&mut self) -> &mut T {
                // SAFETY: as in `deref`.
                unsafe { &mut *self.mutex.value.get() }
            }
        }
    };
}

mutex! {
    /// A lock for tasks: `lock().await`. Released, it is handed to the first in line, who holds it from that moment,
    /// polled or not.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use sim_core::sync::Mutex;
    /// use sim_core::{Costs, Executor, Machine, SimDuration, io, spawn};
    ///
    /// let outcome = Machine::new().costs(Costs::zero()).run_async(Executor::fifo(1), || async {
    ///     let count = Arc::new(Mutex::new(0));
    ///     let other = Arc::clone(&count);
    ///     let task = spawn(async move {
    ///         let mut count = other.lock().await;
    ///         io(SimDuration::from_millis(10)).await; // the lock is held, the worker is free
    ///         *count += 1;
    ///     });
    ///     io(SimDuration::from_millis(1)).await;
    ///     assert!(count.try_lock().is_none());
    ///     task.await.unwrap();
    ///     *count.lock().await
    /// });
    /// assert_eq!(outcome.output, Some(1));
    /// ```
    Mutex,
    /// Holds a [`Mutex`]; released when dropped. May be held across an await.
    MutexGuard, ResourceKind::Mutex, How::Task, "mutex"
}

mutex! {
    /// A lock for threads, as `std::sync::Mutex`: `lock()` blocks the thread (inside a poll, the worker's). Released, it
    /// is free, and the first waiter is told to try: whoever comes first takes it, as with a futex.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use sim_core::sync::BlockingMutex;
    /// use sim_core::{Costs, Machine, SimDuration, thread, work};
    ///
    /// let outcome = Machine::new().cores(2).costs(Costs::zero()).run_threads(|| {
    ///     let count = Arc::new(BlockingMutex::new(0));
    ///     let threads = [0; 2].map(|_| {
    ///         let count = Arc::clone(&count);
    ///         thread::spawn(move || {
    ///             let mut count = count.lock();
    ///             work(SimDuration::from_millis(5)); // one after the other, in spite of two cores
    ///             *count += 1;
    ///         })
    ///     });
    ///     threads.into_iter().for_each(|thread| thread.join().unwrap());
    /// });
    /// assert_eq!(outcome.trace.end().as_millis(), 10);
    /// ```
    BlockingMutex,
    /// Holds a [`BlockingMutex`]; released when dropped.
    BlockingMutexGuard, ResourceKind::BlockingMutex, How::Thread, "blocking mutex"
}

impl<T> Mutex<T> {
    /// Waits in line for the lock.
    pub async fn lock(&self) -> MutexGuard<'_, T> {
        MutexGuard { mutex: self, _held: self.want().take().await }
    }
}

impl<T> BlockingMutex<T> {
    /// Blocks the thread until it has the lock.
    pub fn lock(&self) -> BlockingMutexGuard<'_, T> {
        BlockingMutexGuard { mutex: self, _held: self.want().take_blocking() }
    }
}

impl<'a, T> BlockingMutexGuard<'a, T> {
    /// The lock that this guard holds.
    pub(crate) fn mutex(&self) -> &'a BlockingMutex<T> {
        self.mutex
    }
}
