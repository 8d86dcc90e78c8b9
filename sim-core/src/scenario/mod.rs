//! Scenarios: RON file → [`Scenario`], with located errors.
//!
//! A file goes through four hands: [`set`] edits its text, [`read`] turns text into types, [`check`] asks whether the
//! names fit together, and only then is there a [`Scenario`]. [`outline`] knows where everything stands.

pub mod anchor;
pub mod answer;
pub mod assert;
mod brackets;
pub mod check;
mod check_told;
mod check_workload;
pub mod error;
pub mod expect;
pub mod figures;
pub mod measure;
mod missing;
pub mod narration;
pub mod outline;
pub mod profile;
pub mod read;
pub mod run;
pub mod set;
pub mod spec;
pub mod sweep;
mod words;

pub use answer::Answer;
pub use assert::{Measured, Verdict};
pub use error::{Located, ScenarioErrors};
pub use expect::{Amount, Bound, Expectation};
pub use measure::{Measure, Unit};
pub use narration::{Anchor, Edge, Step};
pub use run::{Going, RunOptions};
pub use spec::{DeviceSpec, Knob, KnobValues, MachineSpec, Part, PolicySpec, RunSpec, Scenario, Variant};
