//! The async executor: real futures, polled with real wakers, on the machine's threads.
//!
//! A worker is a thread of the machine whose code is the loop in `worker`. The life of a task:
//!
//! 1. `spawn::spawn` boxes the future and `core::Exec::add` gives it an id: **Ready**, in a queue that the policy
//!    names.
//! 2. `worker::run` takes it from there and calls `Future::poll`: **Polling**. `work` inside the poll lets virtual time
//!    pass; the worker can be preempted there like any thread.
//! 3. The poll returned Pending: **Pending**, until `waker` is called: Ready again. Woken during the poll: requeued.
//! 4. The poll returned Ready: **Completed**. Dropped before (`JoinHandle::abort`, the run's end): **Cancelled**.
//!
//! Knows the machine's threads and queues; knows no program and no scenario.

pub(crate) mod budget;
pub(crate) mod calls;
pub(crate) mod core;
mod driver;
mod ending;
mod foreign_budget;
mod handle;
mod in_place;
pub mod policy;
mod pool;
mod ready;
mod run;
pub(crate) mod slices;
pub(crate) mod spawn;
mod task;
mod waker;
mod worker;

pub use handle::{JoinError, JoinHandle};
pub use in_place::block_in_place;
pub use run::{Executor, MAX_WORKERS, Outcome};
pub use spawn::{TaskBuilder, spawn, spawn_blocking, spawn_local, yield_now};
