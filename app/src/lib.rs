//! The window and the command line.

pub mod session;
pub mod timeline;
