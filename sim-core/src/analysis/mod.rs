//! What a trace adds up to: tracks and spans for drawing, links, metrics and findings.
//!
//! Reads traces only: a trace that was saved, or imported, is analysed as one that was just recorded.

pub mod findings;
pub mod index;
pub mod inspect;
mod links;
pub mod metrics;
mod packed;
mod places;
mod spans;
pub mod stands;
pub mod sums;
pub mod track;
