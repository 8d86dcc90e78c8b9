//! The figures of a run, each with its definition.
//!
//! Owns what every figure means and how it is named; computes them from the trace alone, and knows no model.

use serde::Serialize;

use crate::instant::SimDuration;

/// A figure.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub enum Value {
    /// A length of time, or a moment as the time since the start.
    Duration(SimDuration),
    /// A number of things.
    Count(u64),
    /// A share, 1 being all.
    Ratio(f64),
    /// An amount of memory.
    Bytes(u64),
}

/// In what a figure is measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// A length of time.
    Duration,
    /// A number of things.
    Count,
    /// A share.
    Ratio,
    /// An amount of memory.
    Bytes,
}

/// What a figure is called and means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Definition {
    /// Its name in scenario files and reports: "makespan"; with a parameter, "finish(task)".
    pub id: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What exactly is counted.
    pub definition: &'static str,
    /// In what it is measured.
    pub unit: Unit,
}
