//! The window's panels: they read a [`crate::session::Session`], paint it, and emit commands. They change nothing else.
//!
//! The plan: [`shell`] divides the window and hands each panel its place; every panel is a file with one `…_ui`
//! function that takes the session and a list of commands to add to. [`theme`] owns every colour, [`fonts`] every type
//! size. [`paint`] puts a [`crate::timeline::Scene`] on the surface as a few meshes. [`raster`] draws a whole window
//! without a display.

pub mod axis;
pub mod canvas;
pub mod changes;
pub mod compare;
mod crowd;
mod crowd_labels;
pub mod dock;
pub mod event_tools;
pub mod events;
pub mod failed;
pub mod findings;
pub mod fonts;
pub mod hover;
pub mod icons;
pub mod inspector;
pub mod keys;
pub mod knobs;
mod lanes;
pub mod lesson;
pub mod library;
pub mod long_list;
pub mod measures;
pub mod minimap;
pub mod mishap;
pub mod notices;
pub mod paint;
pub mod palette;
pub mod patterns;
pub mod plots;
pub mod presenter;
pub mod program;
pub mod program_lines;
pub mod program_pages;
pub mod question;
pub mod raster;
mod room;
pub mod row_breakpoint;
pub mod row_labels;
mod row_menu;
mod row_room;
pub mod run_chips;
mod run_menu;
pub mod selected_time;
pub mod settings;
mod settings_costs;
pub mod shell;
pub mod spotlight;
pub mod stage;
pub mod status;
pub mod sweep;
pub mod sweep_setup;
pub mod tab_order;
pub mod theme;
mod time_band;
mod timeline_hover;
pub mod timeline_panel;
mod timeline_point;
mod tip;
pub mod told_text;
pub mod top;
mod veil;
pub mod widgets;

pub use shell::Shell;
