//! A device's row: its requests as lines, or, where they are too many, how many there are at a time.

use std::ops::Range;

use sim_core::analysis::track::SpanState;

use super::{Layout, RowInput};
use crate::timeline::scene::*;
use crate::timeline::walk::{Step, nanos, walk};

/// Requests that overlap stand on so many lines at most.
const MOST_LINES: usize = 3;
/// More requests than this are not told one by one.
const MOST_TOLD: usize = 3_000;

impl Layout<'_> {
    pub(super) fn device(&self, row: RowInput<'_>, scene: &mut Scene) {
        match self.requests_in_view(row) {
            Some(places) => self.each_request(row, places, scene),
            None => self.many_requests(row, scene),
        }
    }

    /// The places of the requests that may have a part in view; none where there are too many to tell apart.
    fn requests_in_view(&self, row: RowInput<'_>) -> Option<Range<usize>> {
        let spans = &row.track.spans;
        let from = nanos(self.axis.start);
        let (first, last) = (spans.begun_before(from), spans.begun_before(nanos(self.axis.end() + 1.0)));
        // Those that began before the view and go on into it: the load tells how many there are.
        let begun = row.track.load.begun_before(from).checked_sub(1).and_then(|place| row.track.load.get(place));
        let mut open = begun.map_or(0, |load| figure(load.state));
        let mut start = first;
        while open > 0 {
            start = start.checked_sub(1)?;
            if spans.get(start).is_some_and(|s| s.end >= from) {
                open -= 1;
            }
            if last - start > MOST_TOLD {
                return None;
            }
        }
        (last - start <= MOST_TOLD).then_some(start..last)
    }

    /// Requests that overlap stand on lines above each other; more than fit share the last line.
    fn each_request(&self, row: RowInput<'_>, places: Range<usize>, scene: &mut Scene) {
        let mut free_from = [f32::NEG_INFINITY; MOST_LINES];
        for span in row.track.spans.range(places) {
            let (x0, x1) = (self.axis.x(span.start), self.axis.x(span.end));
            if x1 < self.axis.left {
                continue;
            }
            let free = free_from.iter().position(|f| *f <= x0);
            let line = free.unwrap_or(MOST_LINES - 1);
            // A line that is full and drawn over grows by what sticks out.
            let from = if free.is_some() { x0 } else { free_from[line].max(x0) };
            free_from[line] = free_from[line].max(x1);
            let (left, right) = (from.max(self.axis.left), x1.max(from + 1.0).min(self.axis.right));
            if right > left && x1 >= from {
                let (starts, ends) = (x0 >= self.axis.left && free.is_some(), x1 <= self.axis.right);
                scene.requests.push(Request { x0: left, x1: right, y: line_y(row, line), starts, ends });
            }
        }
    }

    /// As many lines as there are requests at a time, up to three.
    fn many_requests(&self, row: RowInput<'_>, scene: &mut Scene) {
        let load = &row.track.load;
        let mut lines: [Option<(f32, f32)>; MOST_LINES] = [None; MOST_LINES];
        let mut draw = |line: usize, (x0, x1): (f32, f32)| {
            scene.requests.push(Request { x0, x1, y: line_y(row, line), starts: false, ends: false });
        };
        for step in walk(load, &self.axis) {
            let (start, end, figure) = match step {
                Step::One(span) => (span.start, span.end, figure(span.state)),
                Step::Crowd(crowd) => (crowd.start, crowd.end, load.peak(crowd.places)),
            };
            let x0 = self.axis.x(start).max(self.axis.left);
            let x1 = self.axis.x(end).max(x0 + 1.0).min(self.axis.right);
            for (line, open) in lines.iter_mut().enumerate().take(figure as usize) {
                match open {
                    Some((_, to)) if x0 <= *to + 0.5 => *to = to.max(x1),
                    _ => {
                        if let Some(done) = open.replace((x0, x1)) {
                            draw(line, done);
                        }
                    }
                }
            }
        }
        for (line, open) in lines.into_iter().enumerate() {
            if let Some(open) = open {
                draw(line, open);
            }
        }
    }
}

fn line_y(row: RowInput<'_>, line: usize) -> f32 {
    let gap = row.height / (MOST_LINES + 1) as f32;
    (row.top + gap * (line + 1) as f32).round() + 0.5
}

fn figure(state: SpanState) -> u32 {
    match state {
        SpanState::Level(n) => n,
        _ => 0,
    }
}
