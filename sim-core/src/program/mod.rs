//! A task told as data: its steps, without naming a concurrency model; and how each model runs them.
//!
//! [`ast`] owns the ops and what they mean. `as_future` and `as_thread` are the interpreters: the first an `async fn`
//! over sim-core's own primitives, the second the body of a thread. Nothing here knows scenario files.

mod as_callbacks;
mod as_future;
mod as_thread;
pub mod ast;
mod at;
pub mod durations;
pub mod listing;
pub mod named;
pub mod run;
mod shared;
mod slots;
mod way;

pub use ast::{Op, Program, ResourceSpec, TaskSpec, Workload};
pub use named::Named;
