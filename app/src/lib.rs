//! The window and the command line.

pub mod calibrate;
pub mod cli;
pub mod library;
pub mod plot;
pub mod session;
pub mod settings;
pub mod shot;
pub mod timeline;
pub mod ui;
pub mod watch;
pub mod window;
