//! What happened: the append-only truth of a run, and everything that can be said from it alone.
//!
//! Owns the event catalogue, its records and side tables, the state after any event, the text and file forms, and
//! the table of legal transitions. Knows no machine: whatever produces a trace, this and [`crate::analysis`] read it.

pub mod code;
pub mod digest;
pub mod event;
pub mod family;
pub mod file;
pub mod ids;
pub mod keyframes;
pub mod legal;
pub mod names;
mod pack;
pub mod snapshot;
pub mod store;
pub mod tables;
pub mod text;

pub use event::{Event, Level, Record};
pub use family::Family;
pub use ids::*;
pub use keyframes::Keyframes;
pub use names::{Moves, Names};
pub use snapshot::{Snapshot, Wait};
pub use store::{Marker, Recorder, Trace, TracePart};
pub use tables::Tables;
