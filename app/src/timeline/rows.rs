//! The stack of rows: every run's head, then its tracks.
//!
//! Owns heights, order and which tracks get a row at all. Rows are found by y with a search, so that ten thousand cost
//! no more than ten.

use sim_core::analysis::track::{CounterKind, Track, TrackKind};
use sim_core::trace::Tables;
use sim_core::trace::tables::ThreadKind;

/// What a row shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RowKind {
    /// The name of a run.
    Head,
    /// A track.
    Track {
        /// Its place among the run's tracks.
        index: usize,
        /// What it shows.
        kind: TrackKind,
    },
}

/// A row and where it is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Row {
    /// The run it belongs to, from 0.
    pub run: usize,
    /// What it shows.
    pub kind: RowKind,
    /// Its top, from the top of the first row.
    pub top: f32,
    /// Its height.
    pub height: f32,
}

impl Row {
    /// Its bottom edge.
    pub fn bottom(&self) -> f32 {
        self.top + self.height
    }

    /// The track it shows.
    pub fn track(&self) -> Option<TrackKind> {
        match self.kind {
            RowKind::Track { kind, .. } => Some(kind),
            RowKind::Head => None,
        }
    }
}

/// All rows, top to bottom.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Rows {
    list: Vec<Row>,
}

/// A run, as far as its rows are concerned.
#[derive(Clone, Copy, Debug)]
pub struct RunRows<'a> {
    /// Its tracks.
    pub tracks: &'a [Track],
    /// Names and kinds.
    pub tables: &'a Tables,
}

impl Rows {
    /// The rows of these runs.
    pub fn new(runs: &[RunRows<'_>]) -> Rows {
        let mut rows = Rows::default();
        for (run, of) in runs.iter().enumerate() {
            rows.push(run, RowKind::Head, HEAD_HEIGHT);
            for (index, track) in of.tracks.iter().enumerate().filter(|(_, t)| has_row(t.kind, of.tables)) {
                rows.push(run, RowKind::Track { index, kind: track.kind }, height(track.kind));
            }
        }
        rows
    }

    /// The same, closer together if they then all fit into `room`; as they were if they do not fit anyway.
    pub fn fitted(mut self, room: f32) -> Rows {
        let whole = self.height();
        if whole <= room || whole * TIGHTEST > room {
            return self;
        }
        let share = room / whole;
        let list = std::mem::take(&mut self.list);
        for row in list {
            self.push(row.run, row.kind, (row.height * share).floor());
        }
        self
    }

    fn push(&mut self, run: usize, kind: RowKind, height: f32) {
        let top = self.height();
        self.list.push(Row { run, kind, top, height });
    }

    /// The height of all rows.
    pub fn height(&self) -> f32 {
        self.list.last().map_or(0.0, Row::bottom)
    }

    /// Every row.
    pub fn all(&self) -> &[Row] {
        &self.list
    }

    /// The rows that have a part between two heights.
    pub fn between(&self, top: f32, bottom: f32) -> &[Row] {
        let first = self.list.partition_point(|r| r.bottom() <= top);
        let last = self.list.partition_point(|r| r.top < bottom);
        &self.list[first..last.max(first)]
    }

    /// The row at a height.
    pub fn at(&self, y: f32) -> Option<&Row> {
        self.list.get(self.list.partition_point(|r| r.bottom() <= y)).filter(|r| r.top <= y)
    }

    /// The row of a run's track, by the track's place in the run's index.
    pub fn of_track(&self, run: usize, track: usize) -> Option<&Row> {
        let place = |r: &Row| match r.kind {
            RowKind::Head => (r.run, 0),
            RowKind::Track { index, .. } => (r.run, index + 1),
        };
        let found = self.list.binary_search_by_key(&(run, track + 1), place).ok()?;
        self.list.get(found)
    }
}

/// Rows may shrink to this share of their height where that makes all of them fit.
const TIGHTEST: f32 = 0.62;
/// The height of a run's head.
pub const HEAD_HEIGHT: f32 = 28.0;

/// The height of a track's row.
pub const fn height(track: TrackKind) -> f32 {
    match track {
        TrackKind::Core(_) => 26.0,
        TrackKind::Worker(_) => 30.0,
        TrackKind::Device(_) => 20.0,
        TrackKind::Task(_) | TrackKind::Thread(_) => 32.0,
        TrackKind::Counter(_) => 28.0,
    }
}

/// Workers' threads have no row of their own: the worker's row and the core's say all. The queue that matters is the
/// tasks' in an async run and the threads' in a thread run.
fn has_row(track: TrackKind, tables: &Tables) -> bool {
    match track {
        TrackKind::Core(_) | TrackKind::Worker(_) | TrackKind::Device(_) | TrackKind::Task(_) => true,
        TrackKind::Thread(id) => {
            !tables.threads.get(id.index()).is_some_and(|t| matches!(t.kind, ThreadKind::Worker(_)))
        }
        TrackKind::Counter(CounterKind::ReadyQueue) => !tables.run.threads,
        TrackKind::Counter(CounterKind::RunQueue) => tables.run.threads,
        TrackKind::Counter(CounterKind::Channel(_)) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim_core::trace::{CoreId, TaskId};

    fn track(kind: TrackKind) -> Track {
        Track::new(kind, String::new())
    }

    fn many(tasks: u32) -> Vec<Track> {
        let core = std::iter::once(track(TrackKind::Core(CoreId(0))));
        core.chain((0..tasks).map(|t| track(TrackKind::Task(TaskId(t))))).collect()
    }

    #[test]
    fn rows_stand_under_each_other_without_gaps() {
        let (tracks, tables) = (many(3), Tables::default());
        let run = RunRows { tracks: &tracks, tables: &tables };
        let rows = Rows::new(&[run, run]);
        assert_eq!(rows.all().len(), 10);
        assert!(rows.all().windows(2).all(|w| w[0].bottom() == w[1].top));
        assert_eq!(rows.height(), 2.0 * (28.0 + 26.0 + 3.0 * 32.0));
    }

    #[test]
    fn a_few_rows_draw_closer_to_fit_and_many_stay_readable() {
        let (tracks, tables) = (many(3), Tables::default());
        let run = RunRows { tracks: &tracks, tables: &tables };
        let rows = || Rows::new(&[run, run]);
        let whole = rows().height();
        let tight = rows().fitted(whole * 0.75);
        assert!(tight.height() <= whole * 0.75 && tight.height() > whole * 0.65);
        assert!(tight.all().windows(2).all(|w| w[0].bottom() == w[1].top));
        assert_eq!(rows().fitted(whole * 0.5), rows());
        assert_eq!(rows().fitted(whole * 2.0), rows());
    }

    #[test]
    fn a_row_is_found_by_height_and_by_track() {
        let (tracks, tables) = (many(10_000), Tables::default());
        let run = RunRows { tracks: &tracks, tables: &tables };
        let rows = Rows::new(&[run, run]);
        for row in rows.all() {
            assert_eq!(rows.at(row.top + 1.0), Some(row));
            assert_eq!(rows.at(row.top), Some(row));
            if let RowKind::Track { index, .. } = row.kind {
                assert_eq!(rows.of_track(row.run, index), Some(row));
            }
        }
        assert_eq!(rows.at(-1.0), None);
        assert_eq!(rows.at(rows.height() + 1.0), None);
        assert_eq!(rows.of_track(2, 0), None);
        assert_eq!(rows.between(100.0, 200.0).len(), 4);
    }
}
