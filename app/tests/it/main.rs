//! The window and the command line, used as a person uses them.

mod monkey;
mod support;
mod window_experiment;
mod window_findings;
mod window_keys;
mod window_panels;
mod window_pictures;
