//! A task told as data: its steps, without naming a concurrency model; and how each model runs them.
//!
//! [`ast`] owns the ops and what they mean. `as_future`, `as_thread`, `as_callbacks`, `as_coroutine` and `as_actor` are
//! the interpreters: an `async fn` over sim-core's own primitives, the body of a thread, callbacks, a goroutine, an actor;
//! `steps` is what they do alike. Nothing here knows scenario files.

mod actor;
mod as_actor;
mod as_callbacks;
mod as_coroutine;
mod as_future;
mod as_thread;
pub mod ast;
mod at;
pub mod durations;
mod go;
mod lets;
pub mod listing;
pub mod named;
pub mod run;
mod shared;
mod slots;
mod steps;
mod way;

pub use ast::{Op, OpKind, Program, ResourceSpec, TaskSpec, Workload};
pub use named::Named;
