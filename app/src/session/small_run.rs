//! What a small picture holds of a run: its rows in shares of its time, or many rows folded into bands.
//!
//! Owns the data and how it is drawn from a recording. Knows no toolkit; what it looks like is the painter's.

use sim_core::analysis::index::Index;
use sim_core::analysis::track::{Track, TrackKind};
use sim_core::instant::SimTime;
use sim_core::trace::{Event, Trace};

use crate::timeline::layout::fill_of;
use crate::timeline::scene::Fill;

/// More rows than this are folded into a picture of shares.
const MOST_ROWS: usize = 12;
/// What is thinner than this share of a run, and nearer to the next, is one with it.
const FINEST: f32 = 1.0 / 500.0;
/// Rows and columns of a folded picture.
const BANDS: usize = 16;
const COLUMNS: usize = 96;

/// A scenario in small.
#[derive(Clone, PartialEq, Debug)]
pub struct Thumbnail {
    /// Its runs, A, B, …; never none.
    pub runs: Vec<SmallRun>,
}

/// A run in small. All its places are shares of the longest run's time, from 0 to 1.
#[derive(Clone, PartialEq, Debug)]
pub struct SmallRun {
    /// "async", "threads".
    pub id: String,
    /// Where it ends.
    pub end: f32,
    /// Its tasks or threads.
    pub rows: SmallRows,
}

/// A run's tasks or threads in small.
#[derive(Clone, PartialEq, Debug)]
pub enum SmallRows {
    /// A few: each has its row.
    Each(Vec<SmallRow>),
    /// Many, folded.
    Folded(Folded),
}

/// A task or thread in small: it is there from `from` to `to`, and waits where it has no piece.
#[derive(Clone, PartialEq, Debug)]
pub struct SmallRow {
    /// Where it comes to be.
    pub from: f32,
    /// Where it ends.
    pub to: f32,
    /// Where it runs or wants to, in order of start.
    pub pieces: Vec<Piece>,
}

/// A stretch in one state.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Piece {
    /// The state.
    pub fill: Fill,
    /// Its start.
    pub from: f32,
    /// Its end.
    pub to: f32,
}

/// Many rows as a grid: in each cell, how much of its time and tasks is in which state.
#[derive(Clone, PartialEq, Debug)]
pub struct Folded {
    /// Cells in a line; the lines follow each other.
    pub columns: usize,
    /// The cells.
    pub cells: Vec<Cell>,
}

/// A cell of a grid: shares from 0 to 1.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub struct Cell {
    /// In a poll, or on a core.
    pub running: f32,
    /// Wants to.
    pub ready: f32,
    /// Waits.
    pub waiting: f32,
}

impl Thumbnail {
    pub(super) fn of(mut runs: Vec<(u64, SmallRun)>) -> Option<Thumbnail> {
        let longest = runs.iter().map(|(end, _)| *end).max().filter(|end| *end > 0)?;
        for (end, run) in &mut runs {
            run.scale(*end as f32 / longest as f32);
        }
        Some(Thumbnail { runs: runs.into_iter().map(|(_, run)| run).collect() })
    }
}

impl SmallRun {
    /// A run, its places as shares of its own time.
    pub fn of(id: &str, trace: &Trace) -> SmallRun {
        let index = Index::build(trace);
        // Helpers, too: where a join makes threads, they do the work.
        let is_row = |t: &&Track| matches!(t.kind, TrackKind::Task(_) | TrackKind::Thread(_));
        let tracks: Vec<&Track> = index.tracks.iter().filter(is_row).collect();
        let rows = if tracks.len() > MOST_ROWS {
            SmallRows::Folded(Folded::of(&tracks, index.end))
        } else {
            let mut rows: Vec<SmallRow> = tracks.iter().map(|track| SmallRow::of(track, index.end)).collect();
            add_instants(&mut rows, &tracks, trace);
            SmallRows::Each(rows)
        };
        SmallRun { id: id.to_owned(), end: 1.0, rows }
    }

    fn scale(&mut self, by: f32) {
        self.end *= by;
        if let SmallRows::Each(rows) = &mut self.rows {
            for row in rows {
                row.from *= by;
                row.to *= by;
                for piece in &mut row.pieces {
                    piece.from *= by;
                    piece.to *= by;
                }
            }
        }
    }
}

fn share(time: SimTime, end: SimTime) -> f32 {
    (time.as_nanos() as f64 / end.as_nanos().max(1) as f64) as f32
}

impl SmallRow {
    fn of(track: &Track, end: SimTime) -> SmallRow {
        let mut pieces: Vec<Piece> = Vec::new();
        for span in &track.spans {
            let Some(fill) = fill_of(span.state) else { continue };
            let piece = Piece { fill, from: share(span.start, end), to: share(span.end, end) };
            match pieces.last_mut() {
                // What is too thin to be seen alone is one with what comes right after.
                Some(last) if last.fill == fill && piece.from - last.to < FINEST && piece.to - piece.from < FINEST => {
                    last.to = piece.to;
                }
                _ => pieces.push(piece),
            }
        }
        let from = track.created.map_or(0.0, |(time, _)| share(time, end));
        let to = track.end.map_or(1.0, |(time, _, _)| share(time, end));
        SmallRow { from, to, pieces }
    }
}

/// A thread that is put on a core and takes no time there has no span; it ran all the same.
fn add_instants(rows: &mut [SmallRow], tracks: &[&Track], trace: &Trace) {
    let end = trace.end();
    for (_, time, event) in trace.events_from(0) {
        let Event::Dispatched { thread, .. } = event else { continue };
        let Some(row) = tracks.iter().position(|t| t.kind == TrackKind::Thread(thread)) else { continue };
        let (at, pieces) = (share(time, end), &mut rows[row].pieces);
        let place = pieces.partition_point(|p| p.from < at);
        let near = |p: &Piece| p.fill == Fill::Running && p.from - FINEST <= at && at <= p.to + FINEST;
        if !pieces[place.saturating_sub(1)..pieces.len().min(place + 1)].iter().any(near) {
            pieces.insert(place, Piece { fill: Fill::Running, from: at, to: at });
        }
    }
}

impl Folded {
    fn of(tracks: &[&Track], end: SimTime) -> Folded {
        let mut cells = vec![Cell::default(); BANDS * COLUMNS];
        let total = end.as_nanos().max(1) as f64;
        for (n, track) in tracks.iter().enumerate() {
            let band = n * BANDS / tracks.len();
            // How many rows share the band.
            let rows = ((band + 1) * tracks.len()).div_ceil(BANDS) - (band * tracks.len()).div_ceil(BANDS);
            let weight = 1.0 / rows.max(1) as f32;
            for span in &track.spans {
                let column = |t: SimTime| t.as_nanos() as f64 / total * COLUMNS as f64;
                let (from, to) = (column(span.start), column(span.end));
                for c in (from as usize).min(COLUMNS - 1)..=(to as usize).min(COLUMNS - 1) {
                    let covered = (to.min((c + 1) as f64) - from.max(c as f64)).max(0.0) as f32;
                    let cell = &mut cells[band * COLUMNS + c];
                    match fill_of(span.state) {
                        Some(Fill::Running | Fill::OffCore) => cell.running += covered * weight,
                        Some(Fill::Ready) => cell.ready += covered * weight,
                        None => cell.waiting += covered * weight,
                    }
                }
            }
        }
        Folded { columns: COLUMNS, cells }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::fixture;

    #[test]
    fn a_picture_shows_who_runs_who_wants_to_and_who_is_inside_a_poll_off_the_core() {
        let run = SmallRun::of("async", &fixture::async_run());
        let SmallRows::Each(rows) = run.rows else { panic!("two tasks have a row each") };
        assert_eq!(rows.len(), 2);
        let at = |row: &SmallRow, time: f32| row.pieces.iter().find(|p| p.from <= time && time < p.to).map(|p| p.fill);
        // The run ends at 195.9 ms; at 82.1 ms the hog blocks inside its poll, and the heartbeat is Ready.
        assert_eq!(at(&rows[0], 82.1 / 195.9), Some(Fill::Ready));
        assert_eq!(at(&rows[1], 82.1 / 195.9), Some(Fill::OffCore));
        assert_eq!(at(&rows[0], 15.0 / 195.9), None, "a wait is no piece");
        assert!((rows[1].to - 115.0 / 195.9).abs() < 0.01, "the hog's row ends with it");
    }

    #[test]
    fn many_rows_are_folded_and_no_time_is_lost() {
        let tracks: Vec<Track> = (0..100)
            .map(|n| {
                let mut track = Track::new(TrackKind::Task(sim_core::trace::TaskId(n)), String::new());
                let at = |ns| SimTime::from_nanos(ns);
                let state = sim_core::analysis::track::SpanState::Ready;
                track.spans =
                    std::iter::once(sim_core::analysis::track::Span { start: at(0), end: at(1000), state, event: 0 })
                        .collect();
                track
            })
            .collect();
        let folded = Folded::of(&tracks.iter().collect::<Vec<_>>(), SimTime::from_nanos(1000));
        assert_eq!(folded.cells.len(), BANDS * COLUMNS);
        assert!(folded.cells.iter().all(|cell| (cell.ready - 1.0).abs() < 1e-3), "{:?}", folded.cells[0]);
    }
}
