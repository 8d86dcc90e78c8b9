//! A counter's row: a stepped area, the largest figure of each pixel.

use sim_core::analysis::index::Spans;
use sim_core::analysis::track::SpanState;

use super::{INSET, Layout, RowInput};
use crate::timeline::axis::with_thousands;
use crate::timeline::scene::*;
use crate::timeline::walk::{Step, walk};

/// From a largest figure of more than this on, heights are logarithmic: ten and ten thousand are both seen.
pub const LOG_FROM: u32 = 200;
/// From this on, the largest figure is named.
const NAMED_FROM: u32 = 40;

impl Layout<'_> {
    pub(super) fn counter(&self, row: RowInput<'_>, scene: &mut Scene) {
        let spans = &row.track.spans;
        let largest = spans.peak(0..spans.len()).max(1);
        let (bottom, room) = (row.top + row.height - INSET, row.height - 10.0);
        let mut pixel: Option<Level> = None;
        for step in walk(spans, &self.axis) {
            let (start, end, figure) = match step {
                Step::One(span) => (span.start, span.end, level_of(span.state)),
                Step::Crowd(crowd) => (crowd.start, crowd.end, spans.peak(crowd.places)),
            };
            if figure == 0 {
                continue;
            }
            let height = (counter_height(figure, largest) * room).max(2.0);
            let x0 = self.axis.x(start).max(self.axis.left).floor();
            let x1 = self.axis.x(end).min(self.axis.right).ceil().max(x0 + 1.0);
            let area = Area { x0, y0: bottom - height, x1, y1: bottom };
            match &mut pixel {
                Some(last) if last.area.x1 > x0 && x1 - x0 <= 1.0 => last.area.y0 = last.area.y0.min(area.y0),
                _ => {
                    let x0 = pixel.as_ref().map_or(x0, |last| x0.max(last.area.x1.min(x1 - 1.0)));
                    scene.levels.extend(pixel.replace(Level { area: Area { x0, ..area } }));
                }
            }
        }
        scene.levels.extend(pixel);
        self.name_largest(row, spans, largest, scene);
    }

    /// The largest figure of a crowd is named after the stretch that shows it.
    fn name_largest(&self, row: RowInput<'_>, spans: &Spans, largest: u32, scene: &mut Scene) {
        if largest < NAMED_FROM {
            return;
        }
        let Some(at) = spans.place_of_peak().and_then(|place| spans.get(place)) else { return };
        let text = format!("max {}", with_thousands(&largest.to_string()));
        let (width, x) = (self.measure.width(&text), self.axis.x(at.start));
        if x < self.axis.left || x > self.axis.right {
            return;
        }
        // Beside the hill, where it has come down to half its height or the row's end is reached.
        let free = scene.levels.iter().filter(|l| l.area.y1 == row.top + row.height - INSET);
        let top = row.top + row.height * 0.75;
        let after = free.filter(|l| l.area.x0 >= x - 1.0 && l.area.y0 < top).scan(x, |edge, level| {
            (level.area.x0 <= *edge + 2.0).then(|| {
                *edge = edge.max(level.area.x1);
                *edge
            })
        });
        let left = after.last().unwrap_or(x) + 6.0;
        if left + width <= self.axis.right {
            scene.labels.push(Label { x: left, y: row.top + row.height / 2.0, text, ground: Ground::Empty });
        }
    }
}

/// How high a figure is drawn, as a share of the largest.
pub fn counter_height(figure: u32, largest: u32) -> f32 {
    if largest > LOG_FROM {
        ((1.0 + figure as f32).ln() / (1.0 + largest as f32).ln()).min(1.0)
    } else {
        figure as f32 / largest.max(1) as f32
    }
}

fn level_of(state: SpanState) -> u32 {
    match state {
        SpanState::Level(n) => n,
        _ => 0,
    }
}
