//! Findings on the rows of those whom they are about: a line above the span, a sign before it.

use sim_core::analysis::findings::{Finding as Found, FindingKind};

use super::axis::Axis;
use super::rows::Rows;
use super::scene::{Finding, Scene};
use sim_core::analysis::index::Index;
use sim_core::analysis::track::TrackKind;
use sim_core::trace::{Event, Trace};

/// A sign stands so far before its span.
const BEFORE: f32 = 10.0;
/// A finding of no length is this wide.
const LEAST: f32 = 8.0;

/// What findings are laid out with.
#[derive(Clone, Copy)]
pub struct FindingInput<'a> {
    /// The run, from 0.
    pub run: usize,
    /// What is wrong with it.
    pub findings: &'a [Found],
    /// Its rows' tracks.
    pub index: &'a Index,
    /// Its trace: who was it that polled?
    pub trace: &'a Trace,
    /// All rows.
    pub rows: &'a Rows,
    /// The first row's top, on the surface.
    pub origin: f32,
    /// The time axis.
    pub axis: Axis,
    /// From where to where rows can be seen.
    pub sight: (f32, f32),
}

impl FindingInput<'_> {
    /// Adds the findings that are in sight.
    pub fn lay_out(self, scene: &mut Scene) {
        for (place, found) in self.findings.iter().enumerate() {
            // A circle is everyone's; any other problem is the first's, the others only suffer from it.
            let most = if found.kind == FindingKind::WaitCycle { found.subjects.len() } else { 1 };
            for subject in self.places(found).into_iter().take(most) {
                let row = self.index.row(subject).and_then(|track| self.rows.of_track(self.run, track));
                if let Some(row) = row {
                    self.on_row(place, found, self.origin + row.top, row.height, scene);
                }
            }
        }
    }

    /// The rows it stands on. A long poll is the worker's trouble: its row is the one that others wait for.
    fn places(&self, found: &Found) -> Vec<TrackKind> {
        let first = found.proof.first().filter(|n| **n < self.trace.len()).and_then(|n| self.trace.event(*n));
        match first {
            Some(Event::PollStarted { at, .. }) if found.kind == FindingKind::LongPoll => {
                vec![TrackKind::Worker(at.worker)]
            }
            _ => found.subjects.clone(),
        }
    }

    fn on_row(self, place: usize, found: &Found, top: f32, height: f32, scene: &mut Scene) {
        let axis = self.axis;
        let (from, to) = (axis.x(found.span.0), axis.x(found.span.1).max(axis.x(found.span.0) + LEAST));
        let (x0, x1) = (from.max(axis.left), to.min(axis.right));
        if x1 <= x0 || top + height < self.sight.0 || top > self.sight.1 {
            return;
        }
        // Without room before the span, the sign stands at its beginning.
        let x = (from - BEFORE).max(axis.left + 7.0);
        let sign = (x, top + (height / 2.0).min(8.0));
        scene.findings.push(Finding { x0, x1, top, sign, severity: found.severity, run: self.run, place });
    }
}
