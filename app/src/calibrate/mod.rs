//! What things cost on this computer: measured with tokio and `std`'s threads, and turned into a cost profile.
//!
//! - [`meter`] repeats a measurement until its time is over, and takes the median,
//! - `tasks`, `threads` and `memory` measure,
//! - [`figures`] is the list of what is measured, with what is cited of the same,
//! - [`profile`] subtracts what is in a figure besides the step that it is for,
//! - [`host`] says which computer this is.
//!
//! Here, and nowhere else in the program, real clocks are read and real threads raced: nothing of it is part of a
//! simulation. Knows no terminal and no window.

pub mod figures;
pub mod host;
mod memory;
pub mod meter;
pub mod profile;
mod tasks;
mod threads;
