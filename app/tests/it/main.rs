//! The window and the command line, used as a person uses them.

mod again;
mod monkey;
mod states;
mod support;
mod window_access;
mod window_choices;
mod window_commands;
mod window_experiment;
mod window_findings;
mod window_hover;
mod window_inspector;
mod window_keys;
mod window_library;
mod window_models;
mod window_panels;
mod window_pictures;
mod window_pointing;
mod window_program;
mod window_rows;
mod window_sizes;
mod window_stage;
mod window_sweep;
mod window_words;
