//! Wakeline's simulator: real Rust futures and ordinary blocking code on one simulated computer,
//! in virtual time, every step recorded.
//!
//! The layers, each of which knows only those named before it:
//!
//! 1. [`instant`]: virtual time. [`trace`]: what happened, and nothing about how it was produced.
//! 2. [`analysis`]: tracks, links, metrics and findings, read from a trace alone.
//! 3. [`program`]: tasks told as data. [`scenario`]: lessons from files, with located errors.
#![warn(missing_docs)]

pub mod analysis;
pub mod instant;
pub mod program;
pub mod scenario;
pub mod trace;
