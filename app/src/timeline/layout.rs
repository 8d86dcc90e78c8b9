//! One row's spans become bars, rails, columns, signs and labels.
//!
//! Owns the rules of what is drawn at which size. A span wide enough gets a body of its own; thinner ones are gathered
//! by [`Columns`]. What runs covers what is Ready, which covers what waits.

mod core;
mod counter;
mod device;
mod ends;
mod latency;

use sim_core::analysis::track::{Class, Span, SpanState, Track, TrackKind, Wait};
use sim_core::instant::SimTime;
use sim_core::trace::{Moves, Trace};

use super::axis::Axis;
use super::density::{Columns, LEAST_WIDTH, Piece};
use super::scene::*;
use super::walk::{Crowd, Step, walk};
use super::words::{sign_of, span_labels};

pub use counter::{LOG_FROM, counter_height};

/// Bars keep this distance from their row's edges.
const INSET: f32 = 2.0;
/// Text keeps this distance from its bar's edges.
const PADDING: f32 = 6.0;
/// A rail keeps so much of itself in sight beside its text.
const RAIL_KEEPS: f32 = 40.0;
/// A sign on a rail takes so much.
const SIGN_WIDTH: f32 = 14.0;
/// Rows lower than this keep less from their edges.
const LOW: f32 = 22.0;
/// In rows lower than this there is no room for letters and signs: bars and rails alone.
const LETTERS: f32 = 14.0;
/// Rows lower than this stand so close that half a point between their bars is enough.
const LOWEST: f32 = 7.0;

/// What rows are laid out with.
pub struct Layout<'a> {
    axis: Axis,
    measure: &'a dyn Measure,
    ready: Columns,
    running: Columns,
    off_core: Columns,
    known: SimTime,
}

/// A row to lay out.
#[derive(Clone, Copy)]
pub struct RowInput<'a> {
    /// Its track.
    pub track: &'a Track,
    /// The run's trace, for names and reasons.
    pub trace: &'a Trace,
    /// Where its workers went, for names.
    pub moves: &'a Moves,
    /// Its top, on the surface.
    pub top: f32,
    /// Its height.
    pub height: f32,
    /// Whether the run ended with something left that nothing will ever wake.
    pub stuck: bool,
}

impl<'a> Layout<'a> {
    /// Lays out rows along `axis`.
    pub fn new(axis: Axis, measure: &'a dyn Measure) -> Layout<'a> {
        let columns = Columns::new(axis.left, axis.right);
        Layout {
            axis,
            measure,
            ready: columns.clone(),
            running: columns.clone(),
            off_core: columns,
            known: SimTime::MAX,
        }
    }

    /// The same, telling of nothing after `known`: what is going on then is told as far as it has come.
    pub fn known_until(self, known: SimTime) -> Layout<'a> {
        Layout { known, ..self }
    }

    /// Adds a row's items to the scene.
    pub fn row(&mut self, row: RowInput<'_>, scene: &mut Scene) {
        match row.track.kind {
            TrackKind::Device(_) => self.device(row, scene),
            TrackKind::Counter(_) => self.counter(row, scene),
            TrackKind::Core(_) => {
                self.states(row, scene);
                self.core(row, scene);
            }
            TrackKind::Worker(_) | TrackKind::Task(_) | TrackKind::Thread(_) => {
                self.states(row, scene);
                if has_letters(row) {
                    self.end(row, scene);
                    self.for_ever(row, scene);
                }
            }
        }
    }

    fn states(&mut self, row: RowInput<'_>, scene: &mut Scene) {
        for columns in [&mut self.ready, &mut self.running, &mut self.off_core] {
            columns.clear();
        }
        let mut rail = None;
        for step in walk(&row.track.spans, &self.axis) {
            match step {
                Step::One(span) => {
                    let span = Span { end: span.end.min(self.known.max(span.start)), ..span };
                    let (x0, x1) = (self.axis.x(span.start), self.axis.x(span.end));
                    match fill_of(span.state) {
                        Some(fill) if x1 - x0 >= LEAST_WIDTH => self.bar(row, &span, fill, scene),
                        Some(fill) => self.thin(fill).add(x0, x1),
                        None => self.wait(row, &span, &mut rail, scene),
                    }
                }
                Step::Crowd(crowd) => self.crowd(row, &crowd, &mut rail, scene),
            }
        }
        if let Some(rail) = rail.take() {
            scene.rails.push(rail);
        }
        self.thin_pieces(row, scene);
    }

    /// Several spans within one pixel.
    fn crowd(&mut self, row: RowInput<'_>, crowd: &Crowd, joined: &mut Option<Rail>, scene: &mut Scene) {
        let (x, scale) = (self.axis.x(crowd.start), self.axis.pixels_per_ns());
        for (class, fill) in
            [(Class::Ready, Fill::Ready), (Class::Running, Fill::Running), (Class::OffCore, Fill::OffCore)]
        {
            let (nanos, count) = (crowd.sums.nanos[class as usize], crowd.sums.count[class as usize]);
            if count > 0 {
                self.thin(fill).add_many(x, count, (nanos as f64 * scale) as f32);
            }
        }
        if crowd.sums.count[Class::Waiting as usize] > 0 {
            self.join_rail(row, x.max(self.axis.left), self.axis.x(crowd.end), x, joined, scene);
        }
    }

    fn thin(&mut self, fill: Fill) -> &mut Columns {
        match fill {
            Fill::Ready => &mut self.ready,
            Fill::Running => &mut self.running,
            Fill::OffCore => &mut self.off_core,
        }
    }

    fn bar(&self, row: RowInput<'_>, span: &Span, fill: Fill, scene: &mut Scene) {
        let (x0, x1) = (self.axis.x(span.start), self.axis.x(span.end));
        let area =
            Area { x0: x0.max(self.axis.left), y0: body_top(row), x1: x1.min(self.axis.right), y1: body_bottom(row) };
        if area.width() <= 0.0 {
            return;
        }
        scene.bars.push(Bar { area, fill, anchor: x0 });
        // The label follows its bar: it starts at the edge of the view when the bar's start is out of sight.
        let room = area.width() - 2.0 * PADDING;
        if let Some(text) = self.longest_fitting(row, span, room) {
            scene.labels.push(Label { x: area.x0 + PADDING, y: area.middle(), text, ground: Ground::Bar(fill) });
        }
    }

    fn longest_fitting(&self, row: RowInput<'_>, span: &Span, room: f32) -> Option<String> {
        if room < 12.0 || !has_letters(row) {
            return None;
        }
        span_labels(row.trace, row.moves, span).into_iter().find(|t| !t.is_empty() && self.measure.width(t) <= room)
    }

    /// A wait is a rail, with a sign and a text in a gap in its middle where they fit. Short waits in a row join.
    fn wait(&self, row: RowInput<'_>, span: &Span, joined: &mut Option<Rail>, scene: &mut Scene) {
        let (SpanState::Pending(_) | SpanState::Blocked(_)) = span.state else { return };
        let anchor = self.axis.x(span.start);
        let (x0, x1) = (anchor.max(self.axis.left), self.axis.x(span.end).min(self.axis.right));
        let y = row.top + row.height / 2.0;
        let (text, taken) = self.rail_text(row, span, x1 - x0);
        if taken == 0.0 {
            return self.join_rail(row, x0, x1, anchor, joined, scene);
        }
        if let Some(rail) = joined.take() {
            scene.rails.push(rail);
        }
        let left = ((x0 + x1 - taken) / 2.0).round();
        scene.rails.push(Rail { x0, x1: left - 2.0, y, anchor });
        scene.rails.push(Rail { x0: left + taken + 2.0, x1, y, anchor });
        scene.marks.push(Mark { x: left + SIGN_WIDTH / 2.0, y, sign: sign_of(wait_of(span.state)) });
        if let Some(text) = text {
            scene.labels.push(Label { x: left + SIGN_WIDTH + 4.0, y, text, ground: Ground::Rail });
        }
    }

    /// A short wait goes on the rail of the one before it, if they are near each other.
    fn join_rail(
        &self,
        row: RowInput<'_>,
        x0: f32,
        x1: f32,
        anchor: f32,
        joined: &mut Option<Rail>,
        scene: &mut Scene,
    ) {
        match joined {
            Some(rail) if x0 - rail.x1 < 4.0 => rail.x1 = x1.max(rail.x1),
            _ => {
                let y = row.top + row.height / 2.0;
                if let Some(rail) = joined.replace(Rail { x0, x1, y, anchor }) {
                    scene.rails.push(rail);
                }
            }
        }
    }

    /// The text in a rail's gap, and how wide the gap is; 0 for no gap at all.
    fn rail_text(&self, row: RowInput<'_>, span: &Span, width: f32) -> (Option<String>, f32) {
        if width < SIGN_WIDTH + 24.0 || !has_letters(row) {
            return (None, 0.0);
        }
        let room = width - RAIL_KEEPS - SIGN_WIDTH - 8.0;
        match self.longest_fitting(row, span, room) {
            Some(text) => {
                let taken = SIGN_WIDTH + 4.0 + self.measure.width(&text);
                (Some(text), taken)
            }
            None => (None, SIGN_WIDTH),
        }
    }

    fn thin_pieces(&self, row: RowInput<'_>, scene: &mut Scene) {
        let (top, bottom) = (body_top(row), body_bottom(row));
        for (columns, fill) in
            [(&self.ready, Fill::Ready), (&self.running, Fill::Running), (&self.off_core, Fill::OffCore)]
        {
            for piece in columns.pieces() {
                let area = match piece {
                    Piece::Tick { x } => Area { x0: x, y0: top, x1: x + LEAST_WIDTH, y1: bottom },
                    Piece::Column { x, width, share } => {
                        let height = ((bottom - top) * share).max(3.0);
                        Area { x0: x, y0: bottom - height, x1: x + width, y1: bottom }
                    }
                };
                scene.columns.push(Column { area, fill });
            }
        }
    }
}

/// Above a core's bars there is room for the signs of context switches.
fn body_top(row: RowInput<'_>) -> f32 {
    match row.track.kind {
        TrackKind::Core(_) if row.height >= LOW => row.top + 6.0,
        _ => row.top + inset(row),
    }
}

fn body_bottom(row: RowInput<'_>) -> f32 {
    row.top + row.height - inset(row)
}

fn inset(row: RowInput<'_>) -> f32 {
    match row.height {
        ..LOWEST => 0.5,
        ..LOW => 1.0,
        _ => INSET,
    }
}

fn has_letters(row: RowInput<'_>) -> bool {
    row.height >= LETTERS
}

/// What a state's bar says; none for a wait, which has no bar.
pub fn fill_of(state: SpanState) -> Option<Fill> {
    match state {
        SpanState::Polling(_) | SpanState::Running(_) | SpanState::Occupied(_) | SpanState::Polls(_) => {
            Some(Fill::Running)
        }
        SpanState::WithoutWorker(_) => Some(Fill::Running),
        SpanState::PollingOffCore(_) | SpanState::PollsOffCore(_) => Some(Fill::OffCore),
        SpanState::WithoutWorkerOffCore(_) => Some(Fill::OffCore),
        SpanState::Ready | SpanState::Runnable => Some(Fill::Ready),
        SpanState::Pending(_) | SpanState::Blocked(_) | SpanState::Serves(_) | SpanState::Level(_) => None,
    }
}

fn wait_of(state: SpanState) -> Option<Wait> {
    match state {
        SpanState::Pending(wait) => wait,
        SpanState::Blocked(wait) => Some(wait),
        _ => None,
    }
}
