//! A task told as data: its steps, without naming a concurrency model.
//!
//! [`ast`] owns the ops and what they mean; [`draw`] owns how long a request takes when that is not fixed.
//! Nothing here knows scenario files, or which model will run a program.

pub mod ast;
pub mod draw;
pub mod named;

pub use ast::{Op, Program, ResourceSpec, TaskSpec, Workload};
pub use draw::Latency;
pub use named::Named;
