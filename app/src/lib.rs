//! The window and the command line.

pub mod cli;
pub mod library;
