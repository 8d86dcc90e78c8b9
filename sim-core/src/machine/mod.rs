//! The simulated computer: cores, kernel threads, one virtual clock, timers, devices, costs, decisions.
//!
//! - [`spec`] what a person orders, [`costs`] its prices, [`policy`] how it schedules threads.
//! - `kernel` everything it knows and the one place where that changes; `threads`, `devices`, `resource` are its parts,
//!   `next` what of it happens next.
//! - `sim` resumes threads' code as virtual time passes; `stack` is where that code can stop; `blocking` how it waits.
//!
//! Knows threads, and nothing of tasks, executors or programs: whoever waits is a waker or a thread to it.

pub(crate) mod blocking;
pub(crate) mod capture;
pub mod costs;
pub(crate) mod decide;
pub(crate) mod devices;
pub(crate) mod go;
pub(crate) mod home;
pub(crate) mod inherit;
pub(crate) mod kernel;
pub(crate) mod next;
pub(crate) mod origins;
pub(crate) mod owner;
pub(crate) mod panics;
pub(crate) mod place;
pub mod policy;
pub(crate) mod resource;
pub(crate) mod sim;
pub mod spec;
pub(crate) mod stack;
pub(crate) mod threads;
pub(crate) mod timer_lists;
pub(crate) mod timer_step;
pub(crate) mod unseen;
mod view;
pub(crate) mod waiting;
pub(crate) mod waits;
