//! One row's spans become bars, rails, columns, signs and labels.
//!
//! Owns the rules of what is drawn at which size. A span wide enough gets a body of its own; thinner ones are gathered
//! by [`Columns`]. What runs covers what is Ready, which covers what waits.

use sim_core::analysis::track::{Span, SpanState, Track, TrackEnd, TrackKind};
use sim_core::instant::SimTime;
use sim_core::trace::{Event, Trace};

use super::axis::{Axis, write_length};
use super::density::{Columns, LEAST_WIDTH, Piece};
use super::dispatch::Dispatch;
use super::scene::*;
use super::words::{end_word, sign_of, span_labels, wait_words};

/// Bars keep this distance from their row's edges.
const INSET: f32 = 2.0;
/// Text keeps this distance from its bar's edges.
const PADDING: f32 = 6.0;
/// A rail keeps so much of itself in sight beside its text.
const RAIL_KEEPS: f32 = 40.0;
/// A sign on a rail takes so much.
const SIGN_WIDTH: f32 = 14.0;
/// An idle stretch is named if so much of it stays free.
const IDLE_KEEPS: f32 = 160.0;
/// Requests that overlap stand on so many lines at most.
const MOST_LINES: usize = 3;

/// What rows are laid out with.
pub struct Layout<'a> {
    axis: Axis,
    measure: &'a dyn Measure,
    ready: Columns,
    running: Columns,
    off_core: Columns,
}

/// A row to lay out.
#[derive(Clone, Copy)]
pub struct RowInput<'a> {
    /// Its track.
    pub track: &'a Track,
    /// The run's trace, for names and reasons.
    pub trace: &'a Trace,
    /// Its top, on the surface.
    pub top: f32,
    /// Its height.
    pub height: f32,
    /// The dispatches in view, if they can be told one by one.
    pub dispatches: &'a [Dispatch],
    /// Whether the run ended with something left that nothing will ever wake.
    pub stuck: bool,
}

impl<'a> Layout<'a> {
    /// Lays out rows along `axis`.
    pub fn new(axis: Axis, measure: &'a dyn Measure) -> Layout<'a> {
        let columns = Columns::new(axis.left, axis.right);
        Layout { axis, measure, ready: columns.clone(), running: columns.clone(), off_core: columns }
    }

    /// Adds a row's items to the scene.
    pub fn row(&mut self, row: RowInput<'_>, scene: &mut Scene) {
        let spans = self.visible(&row.track.spans);
        match row.track.kind {
            TrackKind::Device(_) => self.device(row, spans, scene),
            TrackKind::Counter(_) => self.counter(row, scene),
            TrackKind::Core(_) => {
                self.states(row, spans, scene);
                self.switches(row, spans, scene);
                self.idle(row, spans, scene);
            }
            TrackKind::Worker(_) | TrackKind::Task(_) | TrackKind::Thread(_) => {
                self.states(row, spans, scene);
                self.end(row, scene);
                self.for_ever(row, scene);
            }
        }
    }

    /// The spans with a part in view; they do not overlap, but for a device's.
    fn visible<'s>(&self, spans: &'s [Span]) -> &'s [Span] {
        let (start, end) = (self.axis.start, self.axis.end());
        let first = spans.partition_point(|s| (s.end.as_nanos() as f64) < start);
        let last = spans.partition_point(|s| (s.start.as_nanos() as f64) <= end);
        &spans[first.min(last)..last]
    }

    fn states(&mut self, row: RowInput<'_>, spans: &[Span], scene: &mut Scene) {
        for columns in [&mut self.ready, &mut self.running, &mut self.off_core] {
            columns.clear();
        }
        let mut rail = None;
        for span in spans {
            let (x0, x1) = (self.axis.x(span.start), self.axis.x(span.end));
            match fill_of(span.state) {
                Some(fill) if x1 - x0 >= LEAST_WIDTH => self.bar(row, span, fill, scene),
                Some(fill) => self.thin(fill).add(x0, x1),
                None => self.wait(row, span, &mut rail, scene),
            }
        }
        if let Some(rail) = rail.take() {
            scene.rails.push(rail);
        }
        for time in instants(row) {
            let x = self.axis.x(time);
            self.running.add(x, x);
        }
        self.thin_pieces(row, scene);
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
        let area = Area {
            x0: x0.max(self.axis.left),
            y0: body_top(row),
            x1: x1.min(self.axis.right),
            y1: row.top + row.height - INSET,
        };
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
        if room < 12.0 {
            return None;
        }
        span_labels(row.trace, span).into_iter().find(|t| !t.is_empty() && self.measure.width(t) <= room)
    }

    /// A wait is a rail, with a sign and a text in a gap in its middle where they fit. Short waits in a row join.
    fn wait(&self, row: RowInput<'_>, span: &Span, joined: &mut Option<Rail>, scene: &mut Scene) {
        let (SpanState::Pending(_) | SpanState::Blocked(_)) = span.state else { return };
        let anchor = self.axis.x(span.start);
        let (x0, x1) = (anchor.max(self.axis.left), self.axis.x(span.end).min(self.axis.right));
        let y = row.top + row.height / 2.0;
        let (text, taken) = self.rail_text(row, span, x1 - x0);
        if taken == 0.0 {
            match joined {
                Some(rail) if x0 - rail.x1 < 4.0 => rail.x1 = x1.max(rail.x1),
                _ => {
                    if let Some(rail) = joined.replace(Rail { x0, x1, y, anchor }) {
                        scene.rails.push(rail);
                    }
                }
            }
            return;
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

    /// The text in a rail's gap, and how wide the gap is; 0 for no gap at all.
    fn rail_text(&self, row: RowInput<'_>, span: &Span, width: f32) -> (Option<String>, f32) {
        if width < SIGN_WIDTH + 24.0 {
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
        let (top, bottom) = (body_top(row), row.top + row.height - INSET);
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

    /// After its end a row has one sign, its word where there is room, and then nothing.
    fn end(&self, row: RowInput<'_>, scene: &mut Scene) {
        let Some((time, end, _)) = row.track.end else { return };
        let x = self.axis.x(time);
        if x < self.axis.left - 40.0 || x > self.axis.right {
            return;
        }
        let (sign, ground) = match end {
            TrackEnd::Finished => (Sign::Finished, Ground::Finished),
            TrackEnd::Cancelled => (Sign::Cancelled, Ground::Ended),
            TrackEnd::Panicked => (Sign::Panicked, Ground::Ended),
        };
        let y = row.top + row.height / 2.0;
        scene.marks.push(Mark { x: x + 10.0, y, sign });
        let word = end_word(row.track.kind, end);
        let left = x + 22.0;
        if left >= self.axis.left && left + self.measure.width(word) <= self.axis.right {
            scene.labels.push(Label { x: left, y, text: word.to_owned(), ground });
        }
    }

    /// What waits when its run is stuck goes on waiting: to the edge of the view, and says so.
    fn for_ever(&self, row: RowInput<'_>, scene: &mut Scene) {
        let last = row.track.spans.last().filter(|s| row.stuck && row.track.open && says_for_ever(s.state));
        let Some(last) = last else { return };
        let (x0, x1, y) = (self.axis.x(last.end).max(self.axis.left), self.axis.right, row.top + row.height / 2.0);
        if x1 - x0 < SIGN_WIDTH {
            return;
        }
        let sign = x0 + 12.0 + SIGN_WIDTH / 2.0;
        let left = sign + SIGN_WIDTH / 2.0 + 4.0;
        let text = match last.state {
            SpanState::Ready => "is never polled again".to_owned(),
            SpanState::Runnable => "never gets a core again".to_owned(),
            SpanState::PollingOffCore(_) | SpanState::PollsOffCore(_) => "never returns".to_owned(),
            state => format!("{}, for ever", wait_words(row.trace.tables(), wait_of(state))),
        };
        let fits = left + self.measure.width(&text) <= x1;
        let after = if fits { left + self.measure.width(&text) + 4.0 } else { left };
        scene.rails.push(Rail { x0, x1: sign - SIGN_WIDTH / 2.0 - 2.0, y, anchor: x0 });
        scene.rails.push(Rail { x0: after, x1, y, anchor: x0 });
        scene.marks.push(Mark { x: sign, y, sign: sign_of(wait_of(last.state)) });
        if fits {
            scene.labels.push(Label { x: left, y, text, ground: Ground::Rail });
        }
    }

    /// Requests that overlap stand on lines above each other; more than fit share the last line.
    fn device(&self, row: RowInput<'_>, spans: &[Span], scene: &mut Scene) {
        let mut free_from = [f32::NEG_INFINITY; MOST_LINES];
        let gap = row.height / (MOST_LINES + 1) as f32;
        for span in spans {
            let (x0, x1) = (self.axis.x(span.start), self.axis.x(span.end));
            let free = free_from.iter().position(|f| *f <= x0);
            let line = free.unwrap_or(MOST_LINES - 1);
            // A line that is full and drawn over grows by what sticks out.
            let from = if free.is_some() { x0 } else { free_from[line].max(x0) };
            free_from[line] = free_from[line].max(x1);
            let (left, right) = (from.max(self.axis.left), x1.max(from + 1.0).min(self.axis.right));
            if right > left && x1 >= from {
                let y = (row.top + gap * (line + 1) as f32).round() + 0.5;
                let (starts, ends) = (x0 >= self.axis.left && free.is_some(), x1 <= self.axis.right);
                scene.requests.push(Request { x0: left, x1: right, y, starts, ends });
            }
        }
    }

    /// A counter is a stepped area: the largest figure of each pixel.
    fn counter(&self, row: RowInput<'_>, scene: &mut Scene) {
        let levels = self.visible(&row.track.spans);
        let largest = row.track.spans.iter().map(|s| level_of(s.state)).max().unwrap_or(0).max(1) as f32;
        let (bottom, room) = (row.top + row.height - INSET, row.height - 10.0);
        let mut pixel: Option<Level> = None;
        for span in levels.iter().filter(|s| level_of(s.state) > 0) {
            let height = (level_of(span.state) as f32 / largest * room).max(2.0);
            let x0 = self.axis.x(span.start).max(self.axis.left).floor();
            let x1 = self.axis.x(span.end).min(self.axis.right).ceil().max(x0 + 1.0);
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
    }

    /// A core that is idle for long says so.
    fn idle(&self, row: RowInput<'_>, spans: &[Span], scene: &mut Scene) {
        let runs = spans.iter().map(|s| (s.start, s.end));
        let mut runs: Vec<_> = runs.chain(instants(row).map(|t| (t, t))).collect();
        runs.sort_unstable();
        for pair in runs.windows(2) {
            let (from, to) = (pair[0].1, pair[1].0);
            if to <= from {
                continue;
            }
            let (x0, x1) = (self.axis.x(from).max(self.axis.left), self.axis.x(to).min(self.axis.right));
            let text = format!("core idle for {}", write_length(to.since(from).as_nanos()));
            let width = self.measure.width(&text);
            if x1 - x0 > width + IDLE_KEEPS {
                let x = (x0 + x1 - width) / 2.0;
                scene.labels.push(Label { x, y: row.top + row.height / 2.0, text, ground: Ground::Empty });
            }
        }
    }

    /// A sign above the core's row where another thread came onto it.
    fn switches(&self, row: RowInput<'_>, spans: &[Span], scene: &mut Scene) {
        let mut last = f32::NEG_INFINITY;
        let told = row.dispatches.iter().filter(|d| TrackKind::Core(d.core) == row.track.kind && d.switch);
        let told = told.map(|d| d.time);
        let drawn = spans.iter().filter(|s| row.dispatches.is_empty() && is_switch(row.trace, s.event));
        for time in told.chain(drawn.map(|s| s.start)) {
            let x = self.axis.x(time);
            if x - last < 5.0 || x < self.axis.left {
                continue;
            }
            last = x;
            scene.marks.push(Mark { x: x + 1.25, y: row.top + 1.0, sign: Sign::Switch });
        }
    }
}

/// When a core or thread ran without any time passing: such a run has no span, and must be seen.
fn instants(row: RowInput<'_>) -> impl Iterator<Item = SimTime> {
    let of_row =
        move |d: &&Dispatch| row.track.kind == TrackKind::Core(d.core) || row.track.kind == TrackKind::Thread(d.thread);
    let spans = &row.track.spans;
    let spanned = |t: SimTime| {
        let begun = spans.partition_point(|s| s.start <= t);
        // Several spans may begin at one instant: a wait that begins where the run ended.
        spans[begun.saturating_sub(3)..begun].iter().any(|s| s.end > t && s.start <= t && fill_of(s.state).is_some())
    };
    row.dispatches.iter().filter(of_row).map(|d| d.time).filter(move |t| !spanned(*t))
}

/// Above a core's bars there is room for the signs of context switches.
fn body_top(row: RowInput<'_>) -> f32 {
    match row.track.kind {
        TrackKind::Core(_) => row.top + 6.0,
        _ => row.top + INSET,
    }
}

/// What goes on without an end when nothing more happens; who runs would not let the run end.
fn says_for_ever(state: SpanState) -> bool {
    fill_of(state) != Some(Fill::Running)
}

fn is_switch(trace: &Trace, event: usize) -> bool {
    event < trace.len() && matches!(trace.event(event), Some(Event::Dispatched { onto, .. }) if onto.switch)
}

fn level_of(state: SpanState) -> u32 {
    match state {
        SpanState::Level(n) => n,
        _ => 0,
    }
}

/// What a state's bar says; none for a wait, which has no bar.
pub fn fill_of(state: SpanState) -> Option<Fill> {
    match state {
        SpanState::Polling(_) | SpanState::Running(_) | SpanState::Occupied(_) | SpanState::Polls(_) => {
            Some(Fill::Running)
        }
        SpanState::PollingOffCore(_) | SpanState::PollsOffCore(_) => Some(Fill::OffCore),
        SpanState::Ready | SpanState::Runnable => Some(Fill::Ready),
        SpanState::Pending(_) | SpanState::Blocked(_) | SpanState::Serves(_) | SpanState::Level(_) => None,
    }
}

fn wait_of(state: SpanState) -> Option<sim_core::analysis::track::Wait> {
    match state {
        SpanState::Pending(wait) => wait,
        SpanState::Blocked(wait) => Some(wait),
        _ => None,
    }
}
