//! The whole run in one strip: where something runs, where something waits for its turn, and which part is in view.
//!
//! Owns what each pixel of a run's line says, and what dragging in the strip means. A line is made once for a width and
//! a number of events: painting it does not look at spans again.

use sim_core::analysis::index::Index;
use sim_core::analysis::track::{Class, CounterKind, SpanState, Track, TrackKind};

use super::axis::Axis;
use super::view::View;
use super::walk::{Step, walk};

/// The whole run over a stretch of pixels.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Map {
    /// The x of the run's start.
    pub left: f32,
    /// The x of `total`.
    pub right: f32,
    /// How much time there is, in nanoseconds; more than zero.
    pub total: f64,
}

impl Map {
    /// The x of a time, held at the edges.
    pub fn x_from_time(&self, time: f64) -> f32 {
        let share = (time / self.total).clamp(0.0, 1.0);
        self.left + share as f32 * (self.right - self.left)
    }

    /// The time at an x, held at the edges.
    pub fn time_from_x(&self, x: f32) -> f64 {
        let share = f64::from(x - self.left) / f64::from((self.right - self.left).max(1.0));
        share.clamp(0.0, 1.0) * self.total
    }

    /// What is under an x: an edge of the frame can be taken from a little outside of it.
    pub fn part_at(&self, view: View, x: f32) -> Part {
        let (from, to) = (self.x_from_time(view.start), self.x_from_time(view.end()));
        let inside = INSIDE.min((to - from) / 4.0);
        if (from - OUTSIDE..=from + inside).contains(&x) {
            Part::Start
        } else if (to - inside..=to + OUTSIDE).contains(&x) {
            Part::End
        } else if (from..=to).contains(&x) && to - from < self.right - self.left - 1.0 {
            Part::Window
        } else {
            // A frame around everything cannot be moved: in it, a new one is drawn.
            Part::Outside
        }
    }

    /// The view that has `time` in its middle, and stays within the run.
    pub fn view_around(&self, view: View, time: f64) -> View {
        let latest = (self.total - view.length).max(0.0);
        View { start: (time - view.length / 2.0).clamp(0.0, latest), ..view }
    }
}

/// From so far outside an edge is taken.
const OUTSIDE: f32 = 6.0;
/// And from so far inside.
const INSIDE: f32 = 5.0;

/// What can be taken in the strip.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// The frame: it moves.
    Window,
    /// Its left edge.
    Start,
    /// Its right edge.
    End,
    /// What is not in view: a new frame is drawn.
    Outside,
}

/// A part that is being dragged.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Drag {
    /// The frame, taken so many nanoseconds after its start.
    Window(f64),
    /// An edge; the other one stays at this time.
    Edge(f64),
}

impl Drag {
    /// Takes hold of what is at a time.
    pub fn of(part: Part, view: View, time: f64) -> Drag {
        match part {
            Part::Window => Drag::Window(time - view.start),
            Part::Start => Drag::Edge(view.end()),
            Part::End => Drag::Edge(view.start),
            Part::Outside => Drag::Edge(time),
        }
    }

    /// What is in view when the pointer is at a time.
    pub fn to(self, view: View, time: f64) -> View {
        match self {
            Drag::Window(after_start) => View { start: time - after_start, ..view },
            Drag::Edge(other) => View::of(other.min(time), other.max(time)),
        }
    }
}

/// A run's line, a cell a pixel.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Line {
    /// From the run's start to `total`.
    pub cells: Vec<Cell>,
    /// The time at the end of the last cell, in nanoseconds.
    pub total: f64,
}

/// What happens in one pixel.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Cell {
    /// How much of what can run does: 0 to 1.
    pub runs: f32,
    /// Whether anything begins to run in it, however short.
    pub begins: bool,
    /// The share of time in which something wants to run and does not.
    pub wants: f32,
}

/// What covers fewer cells than this is thin.
const THIN: usize = 2;

impl Line {
    /// The line of a run: its workers' polls, or its cores if there are no workers; and its queue.
    pub fn of(index: &Index, threads: bool, total: f64, width: f32) -> Line {
        let mut line = Line { cells: vec![Cell::default(); width.ceil().max(1.0) as usize], total: total.max(1.0) };
        let of_kind = |such: fn(TrackKind) -> bool| index.tracks.iter().filter(move |t| such(t.kind));
        let workers = of_kind(|k| matches!(k, TrackKind::Worker(_))).count();
        let such: fn(TrackKind) -> bool =
            if workers > 0 { |k| matches!(k, TrackKind::Worker(_)) } else { |k| matches!(k, TrackKind::Core(_)) };
        let share = 1.0 / of_kind(such).count().max(1) as f32;
        for track in of_kind(such) {
            line.add_running(track, share);
        }
        let queue = if threads { CounterKind::RunQueue } else { CounterKind::ReadyQueue };
        if let Some(track) = index.track(queue.into()) {
            line.add_wanting(track);
        }
        line
    }

    /// How many cells are covered by what begins in this one, if that is thin and nothing stands near it: it is drawn
    /// in full height, for its share would tell nothing.
    pub fn alone(&self, cell: usize) -> Option<usize> {
        let last = self.cells.len() - 1;
        let near = cell.saturating_sub(2)..=(cell + 2).min(last);
        let other = near.clone().any(|n| n != cell && self.cells[n].begins);
        let tail = self.cells[(cell + 1).min(last)..].iter().take_while(|c| c.runs > 0.0).take(THIN).count();
        let before = cell > 0 && self.cells[cell - 1].runs > 0.0;
        (self.cells[cell].begins && !other && !before && tail < THIN).then_some(tail + 1)
    }

    fn add_running(&mut self, track: &Track, share: f32) {
        for step in walk(&track.spans, &self.axis()) {
            match step {
                Step::One(span) => {
                    let (from, to) = (self.place(span.start.as_nanos()), self.place(span.end.as_nanos()));
                    let cell = self.cell_of(from);
                    self.cells[cell].begins = true;
                    self.cover(from, to, |cell, part| cell.runs = (cell.runs + part * share).min(1.0));
                }
                Step::Crowd(crowd) => {
                    let cell = self.cell_of(self.place(crowd.start.as_nanos()));
                    let nanos = crowd.sums.nanos[Class::Running as usize] + crowd.sums.nanos[Class::OffCore as usize];
                    let part = self.place(nanos) as f32;
                    let cell = &mut self.cells[cell];
                    cell.begins = true;
                    cell.runs = (cell.runs + part * share).min(1.0);
                }
            }
        }
    }

    fn add_wanting(&mut self, track: &Track) {
        for span in track.spans.iter() {
            if !matches!(span.state, SpanState::Level(0)) {
                let (from, to) = (self.place(span.start.as_nanos()), self.place(span.end.as_nanos()));
                self.cover(from, to, |cell, part| cell.wants = (cell.wants + part).min(1.0));
            }
        }
    }

    /// A cell a point.
    fn axis(&self) -> Axis {
        Axis { left: 0.0, right: self.cells.len() as f32, start: 0.0, length: self.total }
    }

    /// Where a time is, in cells.
    fn place(&self, nanos: u64) -> f64 {
        nanos as f64 / self.total * self.cells.len() as f64
    }

    fn cell_of(&self, place: f64) -> usize {
        (place as usize).min(self.cells.len() - 1)
    }

    fn cover(&mut self, from: f64, to: f64, mut add: impl FnMut(&mut Cell, f32)) {
        let (first, last) = (self.cell_of(from), self.cell_of(to));
        for n in first..=last {
            let part = to.min((n + 1) as f64) - from.max(n as f64);
            add(&mut self.cells[n], part.clamp(0.0, 1.0) as f32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::fixture;

    const MAP: Map = Map { left: 100.0, right: 1_100.0, total: 1e6 };

    fn view(start: f64, length: f64) -> View {
        View { start, length }
    }

    #[test]
    fn the_frame_is_moved_by_its_middle_and_resized_by_its_edges() {
        let shown = view(2e5, 2e5);
        assert_eq!(MAP.part_at(shown, 400.0), Part::Window);
        assert_eq!(MAP.part_at(shown, 297.0), Part::Start);
        assert_eq!(MAP.part_at(shown, 503.0), Part::End);
        assert_eq!(MAP.part_at(shown, 700.0), Part::Outside);
        let moved = Drag::of(Part::Window, shown, 3e5).to(shown, 5e5);
        assert_eq!(moved, view(4e5, 2e5));
        let longer = Drag::of(Part::End, shown, 4e5).to(shown, 9e5);
        assert_eq!(longer, view(2e5, 7e5));
        let turned = Drag::of(Part::Start, shown, 2e5).to(shown, 6e5);
        assert_eq!(turned, view(4e5, 2e5), "an edge may be pulled over the other");
        assert_eq!(Drag::of(Part::Outside, shown, 8e5).to(shown, 7e5), view(7e5, 1e5));
    }

    #[test]
    fn around_everything_a_new_frame_is_drawn_and_the_edges_stay() {
        let whole = view(0.0, 1.2e6);
        assert_eq!(MAP.part_at(whole, 500.0), Part::Outside);
        assert_eq!(MAP.part_at(whole, 101.0), Part::Start);
        assert_eq!(MAP.part_at(whole, 1_099.0), Part::End);
    }

    #[test]
    fn a_jump_stays_within_the_run() {
        assert_eq!(MAP.view_around(view(0.0, 2e5), 5e5), view(4e5, 2e5));
        assert_eq!(MAP.view_around(view(3e5, 2e5), 9.9e5), view(8e5, 2e5));
        assert_eq!(MAP.view_around(view(3e5, 2e6), 9.9e5).start, 0.0);
    }

    #[test]
    fn a_tiny_frame_can_still_be_taken_at_each_edge_and_in_the_middle() {
        let tiny = view(5e5, 8e3);
        assert_eq!(MAP.part_at(tiny, 598.0), Part::Start);
        assert_eq!(MAP.part_at(tiny, 604.0), Part::Window);
        assert_eq!(MAP.part_at(tiny, 610.0), Part::End);
    }

    #[test]
    fn a_blocked_worker_is_seen_with_the_task_that_waits_for_it() {
        let session = fixture::session();
        let line = Line::of(&session.runs()[0].index, false, 200e6, 400.0);
        let at = |ms: f64| line.cells[(ms * 2.0) as usize];
        assert_eq!((at(60.0).runs, at(60.0).wants), (1.0, 1.0), "hog's poll holds the worker, hb waits");
        assert_eq!((at(17.0).runs, at(17.0).wants), (1.0, 0.0));
        assert_eq!(at(12.0), Cell::default());
        let beat = line.cells.iter().skip(240).position(|c| c.begins).map(|n| n + 240).expect("hb beats on");
        assert!(line.alone(beat).is_some() && line.alone(30).is_none());
        let threads = Line::of(&session.runs()[1].index, true, 200e6, 400.0);
        assert!(threads.cells[120].runs < 0.5 && threads.cells[399] == Cell::default());
    }

    #[test]
    fn no_poll_is_lost_however_thin() {
        let session = fixture::session();
        let run = &session.runs()[0];
        let line = Line::of(&run.index, false, 200e9, 10.0);
        assert!(line.cells[0].begins && line.cells[1..].iter().all(|c| !c.begins));
    }
}
