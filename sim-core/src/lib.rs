//! Wakeline's simulator: real Rust futures and ordinary blocking code on one simulated computer, in virtual time,
//! every step recorded.
//!
//! ```
//! use sim_core::{Costs, Executor, Machine, SimDuration, io, spawn, work};
//!
//! let outcome = Machine::new().costs(Costs::zero()).run_async(Executor::fifo(1), || async {
//!     let fetch = spawn(async {
//!         io(SimDuration::from_millis(10)).await;
//!         "answer"
//!     });
//!     work(SimDuration::from_millis(3)); // the task above is not polled before this is done
//!     fetch.await.unwrap()
//! });
//! assert_eq!(outcome.output, Some("answer"));
//! assert_eq!(outcome.trace.end().as_nanos() / 1_000_000, 13);
//! ```
//!
//! The layers, each of which knows only those named before it:
//!
//! 1. [`instant`]: virtual time; [`clock`]: how people read it. [`trace`]: what happened, and nothing about how it was produced. [`analysis`]: tracks,
//!    links, metrics and findings, read from a trace alone.
//! 2. [`machine`]: cores, kernel threads, clock, devices, costs, decisions.
//! 3. [`sync`], [`time`], [`io`](mod@io), [`thread`], [`callbacks`], [`observe`](mod@observe) and the plain calls [`work`],
//!    [`block`] and [`mark`]: what user code computes with, awaits and blocks on. [`executor`]: polls real futures on the machine's
//!    threads.
//! 4. [`program`]: tasks told as data, and their shapes as code. [`model`]: the ways to run them, by name. [`scenario`]:
//!    lessons from files, with located errors; runs them and compares.
//!
//! # What real code can and cannot do here
//!
//! Any future that needs no runtime of its own runs unchanged: everything in `futures`, `tokio::sync`, `async-lock`,
//! `async-channel`, `event-listener`. Real time does not pass in a run: a real `std::thread::sleep` only delays whoever
//! watches, a real endless loop cannot be cancelled, and a real `std::sync::Mutex` held across [`work`] hangs the process
//! when another task locks it. Use [`block`], the limits of [`Limits`] and [`sync::BlockingMutex`] instead.
//!
//! While code unwinds, from a panic or from the end of the run, nothing waits: blocking calls in destructors return at
//! once. A destructor that panics then, or asks for a lock that another holds, ends the process, as a second panic does
//! in any Rust program.
#![warn(missing_docs)]

pub mod analysis;
pub mod callbacks;
pub mod clock;
mod code;
pub mod executor;
pub mod instant;
pub mod io;
pub mod machine;
pub mod model;
pub mod observe;
pub mod program;
pub mod scenario;
pub mod sync;
pub mod thread;
pub mod time;
pub mod trace;

pub use code::{block, draw, mark, now, work};
pub use executor::{
    Executor, JoinError, JoinHandle, Outcome, TaskBuilder, block_in_place, spawn, spawn_blocking, spawn_local,
    yield_now,
};
pub use instant::{SimDuration, SimTime};
pub use io::{io, io_blocking};
pub use machine::costs::Costs;
pub use machine::spec::{Device, Latency, Limits, Machine, Scheduler};
pub use observe::observe;
pub use trace::Trace;
pub use trace::event::EndReason;

/// The example of the README is compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
