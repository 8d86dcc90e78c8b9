//! The timeline as data: time ↔ x, rows, and what is to be painted in them.
//!
//! Owns where everything goes and which text fits. Knows no toolkit and no colours: it is handed tracks, a view and a
//! way to measure text, and answers with a [`scene::Scene`] that a painter can put on any surface.
//!
//! The plan: [`view`] is the stretch of time that is looked at; [`axis`] maps time to x; [`rows`] stacks the tracks of all runs and finds those in sight; [`layout`] turns
//! one row's spans into bars, rails, ticks and labels, with [`density`] for what is too thin to draw; [`links`] routes
//! causal arrows between rows; [`findings`] puts
//! problems on the rows of those whom they are about; [`hit`] finds what is under the pointer. [`minimap`] has the whole run in one strip. [`words`] says states in words.

pub mod axis;
pub mod density;
pub mod findings;
pub mod fold;
pub mod hit;
pub mod layout;
pub mod links;
pub mod minimap;
pub mod regions;
pub mod rows;
pub mod scene;
pub mod view;
pub mod walk;
pub mod words;

#[cfg(test)]
mod tests;

pub use axis::Axis;
pub use rows::{Row, RowKind, Rows};
pub use scene::Scene;
pub use view::View;
