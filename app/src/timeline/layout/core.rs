//! What a core's row says besides who is on it: context switches, and long idle stretches.

use sim_core::analysis::track::TrackKind;
use sim_core::clock::write_length;
use sim_core::instant::SimTime;
use sim_core::trace::{Event, Trace};

use super::{LOW, Layout, RowInput};
use crate::timeline::scene::*;
use crate::timeline::walk::{Step, walk};

/// An idle stretch is named if so much of it stays free.
const IDLE_KEEPS: f32 = 160.0;
/// Signs of context switches stand at least so far apart.
const SWITCH_GAP: f32 = 5.0;
/// Of the spans within a pixel, so many are asked whether a switch began them.
const MOST_ASKED: usize = 8;

impl Layout<'_> {
    /// A sign above the row where another thread came onto the core; a core that is idle for long says so.
    pub(super) fn core(&self, row: RowInput<'_>, scene: &mut Scene) {
        debug_assert!(matches!(row.track.kind, TrackKind::Core(_)), "only a core has switches");
        let mut marked = f32::NEG_INFINITY;
        let mut busy_until = None;
        for step in walk(&row.track.spans, &self.axis) {
            let (start, end, events) = match step {
                Step::One(span) => (span.start, span.end, span.event..span.event + 1),
                Step::Crowd(crowd) => {
                    let places = crowd.places.start..crowd.places.end.min(crowd.places.start + MOST_ASKED);
                    let switch = row.track.spans.range(places).find(|s| is_switch(row.trace, s.event));
                    (crowd.start, crowd.end, switch.map_or(0..0, |s| s.event..s.event + 1))
                }
            };
            if let Some(from) = busy_until {
                self.idle(row, from, start, scene);
            }
            busy_until = Some(end);
            let x = self.axis.x(start);
            let room = row.height >= LOW && x - marked >= SWITCH_GAP && x >= self.axis.left;
            if room && events.into_iter().any(|event| is_switch(row.trace, event)) {
                marked = x;
                scene.marks.push(Mark { x: x + 1.25, y: row.top + 1.0, sign: Sign::Switch });
            }
        }
    }

    fn idle(&self, row: RowInput<'_>, from: SimTime, to: SimTime, scene: &mut Scene) {
        let to = to.min(self.known);
        let (x0, x1) = (self.axis.x(from).max(self.axis.left), self.axis.x(to).min(self.axis.right));
        if to <= from || x1 - x0 < IDLE_KEEPS || row.height < LOW {
            return;
        }
        let text = format!("core idle for {}", write_length(to.since(from)));
        let width = self.measure.width(&text);
        if x1 - x0 > width + IDLE_KEEPS {
            let x = (x0 + x1 - width) / 2.0;
            scene.labels.push(Label { x, y: row.top + row.height / 2.0, text, ground: Ground::Empty });
        }
    }
}

fn is_switch(trace: &Trace, event: usize) -> bool {
    event < trace.len() && matches!(trace.event(event), Some(Event::Dispatched { onto, .. }) if onto.switch)
}
