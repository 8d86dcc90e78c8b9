//! The stack of rows: every run's head, then its tracks.
//!
//! Owns heights, groups and which tracks get a row at all; it is handed how a person has arranged them. Rows are found by y with a search, so that ten thousand cost
//! no more than ten.

mod fit;

use sim_core::analysis::track::{CounterKind, Track, TrackKind};
use sim_core::trace::Tables;

/// A part of a run's rows that can be folded away.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RowGroup {
    /// Cores, workers and devices.
    Machine,
    /// Tasks and threads.
    Workload,
    /// Figures over time.
    Counters,
}

impl RowGroup {
    /// Every group, from top to bottom.
    pub const ALL: [RowGroup; 3] = [RowGroup::Machine, RowGroup::Workload, RowGroup::Counters];

    /// The group of a track.
    pub const fn of(track: TrackKind) -> RowGroup {
        match track {
            TrackKind::Core(_) | TrackKind::Worker(_) | TrackKind::Device(_) => RowGroup::Machine,
            TrackKind::Task(_) | TrackKind::Thread(_) => RowGroup::Workload,
            TrackKind::Counter(_) => RowGroup::Counters,
        }
    }

    /// Its name.
    pub const fn title(self) -> &'static str {
        match self {
            RowGroup::Machine => "cores and workers",
            RowGroup::Workload => "tasks and threads",
            RowGroup::Counters => "counters",
        }
    }
}

/// Why a track of the workload stands where it does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// It is one of all.
    Listed,
    /// Somebody pinned it.
    Pinned,
    /// Of a crowd, it waited longest from a wake to its poll.
    Slowest,
    /// Of a crowd, it is selected.
    Selected,
}

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
    /// A group that is folded away.
    Group(RowGroup),
    /// Many tasks or threads as one picture.
    Crowd,
    /// How many of them are in which state.
    States,
    /// How busy the cores are.
    Use,
}

/// How a row is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Face {
    /// With its name, and with texts where they fit.
    Named,
    /// As a low strip of colours: its neighbours and it share one name.
    Lane,
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
    /// Why it stands there.
    pub why: Why,
    /// How it is drawn.
    pub face: Face,
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
            RowKind::Head | RowKind::Group(_) | RowKind::Crowd | RowKind::States | RowKind::Use => None,
        }
    }
}

/// All rows, top to bottom.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Rows {
    list: Vec<Row>,
    /// For each run and each of its tracks, one more than the place of its row; 0: it has none.
    places: Vec<Vec<u32>>,
}

/// How a run's rows are arranged.
#[derive(Clone, Copy, Debug, Default)]
pub struct Arranged<'a> {
    /// Whether only the run's head is there.
    pub collapsed: bool,
    /// The groups that are folded away.
    pub hidden: &'a [RowGroup],
    /// The tracks of the workload that are listed, in their order; none: all of them, as they stand in the index.
    pub order: Option<&'a [u32]>,
    /// Those that stand above the others, or beside the crowd's picture.
    pub pinned: &'a [(u32, Why)],
    /// Whether the listed ones are one picture.
    pub folded: bool,
}

/// A run, as far as its rows are concerned.
#[derive(Clone, Copy, Debug)]
pub struct RunRows<'a> {
    /// Its tracks.
    pub tracks: &'a [Track],
    /// Names and kinds.
    pub tables: &'a Tables,
    /// How they are arranged.
    pub arranged: Arranged<'a>,
}

impl Rows {
    /// The rows of these runs.
    pub fn new(runs: &[RunRows<'_>]) -> Rows {
        let mut rows = Rows::default();
        for (run, of) in runs.iter().enumerate() {
            rows.places.push(vec![0; of.tracks.len()]);
            rows.push(run, RowKind::Head, HEAD_HEIGHT, Why::Listed);
            if !of.arranged.collapsed {
                RowGroup::ALL.into_iter().for_each(|group| rows.add_group(run, of, group));
            }
        }
        rows
    }

    fn add_group(&mut self, run: usize, of: &RunRows<'_>, group: RowGroup) {
        let in_group = |t: &Track| RowGroup::of(t.kind) == group && has_row(t.kind, of.tables);
        if of.arranged.hidden.contains(&group) {
            if of.tracks.iter().any(in_group) {
                self.push(run, RowKind::Group(group), GROUP_HEIGHT, Why::Listed);
            }
            return;
        }
        if group == RowGroup::Workload {
            return self.add_workload(run, of);
        }
        // Beside a crowd the workers say who runs; how busy the cores are is a row of its own.
        let workers = of.arranged.folded && of.tracks.iter().any(|t| matches!(t.kind, TrackKind::Worker(_)));
        for (index, track) in of.tracks.iter().enumerate().filter(|(_, t)| in_group(t)) {
            let spare = workers && matches!(track.kind, TrackKind::Core(_));
            if !spare {
                let height = if of.arranged.folded { crowded_height(track.kind) } else { height(track.kind) };
                self.push(run, RowKind::Track { index, kind: track.kind }, height, Why::Listed);
            }
        }
        if group == RowGroup::Counters && of.arranged.folded {
            self.push(run, RowKind::Use, USE_HEIGHT, Why::Listed);
        }
    }

    fn add_workload(&mut self, run: usize, of: &RunRows<'_>) {
        let arranged = of.arranged;
        if arranged.folded {
            self.push(run, RowKind::Crowd, CROWD_HEIGHT, Why::Listed);
        }
        for (index, why) in arranged.pinned {
            self.add_track(run, of, *index as usize, *why);
        }
        if arranged.folded {
            return self.push(run, RowKind::States, STATES_HEIGHT, Why::Listed);
        }
        let listed = |index: &usize| {
            let is_workload = |t: &Track| RowGroup::of(t.kind) == RowGroup::Workload;
            let pinned = arranged.pinned.iter().any(|(pin, _)| *pin as usize == *index);
            !pinned && of.tracks.get(*index).is_some_and(is_workload)
        };
        match arranged.order {
            Some(order) => {
                let order = order.iter().map(|index| *index as usize).filter(listed);
                order.for_each(|index| self.add_track(run, of, index, Why::Listed));
            }
            None => (0..of.tracks.len()).filter(listed).for_each(|index| self.add_track(run, of, index, Why::Listed)),
        }
    }

    fn add_track(&mut self, run: usize, of: &RunRows<'_>, index: usize, why: Why) {
        if let Some(track) = of.tracks.get(index).filter(|t| has_row(t.kind, of.tables)) {
            self.push(run, RowKind::Track { index, kind: track.kind }, height(track.kind), why);
        }
    }

    /// Only the rows that are wanted, as high as they were.
    pub fn keeping(&self, wanted: impl Fn(&Row) -> bool) -> Rows {
        let places = self.places.iter().map(|places| vec![0; places.len()]).collect();
        let mut kept = Rows { list: Vec::new(), places };
        self.list.iter().filter(|row| wanted(row)).for_each(|row| kept.put(*row));
        kept
    }

    fn push(&mut self, run: usize, kind: RowKind, height: f32, why: Why) {
        self.put(Row { run, kind, top: 0.0, height, why, face: Face::Named });
    }

    /// Adds a row below the others.
    fn put(&mut self, row: Row) {
        self.list.push(Row { top: self.height(), ..row });
        if let RowKind::Track { index, .. } = row.kind {
            self.places[row.run][index] = self.list.len() as u32;
        }
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
        let place = *self.places.get(run)?.get(track)?;
        self.list.get((place as usize).checked_sub(1)?)
    }

    /// Whether some of the run's rows are lanes.
    pub fn has_lanes(&self, run: usize) -> bool {
        let first = self.list.partition_point(|r| r.run < run);
        // Its head says so.
        self.list.get(first).is_some_and(|r| r.run == run && r.face == Face::Lane)
    }

    /// The lanes that stand together with this row and share a name, from the first to the last: their place among all
    /// rows.
    pub fn lanes_around(&self, row: &Row) -> Option<(&Row, &Row)> {
        let is_lane = |r: &&Row| r.run == row.run && r.face == Face::Lane && r.kind != RowKind::Head;
        let place = self.list.partition_point(|r| r.top < row.top);
        let first = self.list[..=place.min(self.list.len().checked_sub(1)?)].iter().rev().take_while(is_lane).last()?;
        let last = self.list[place..].iter().take_while(is_lane).last()?;
        Some((first, last))
    }

    /// The run's row of many tasks or threads as one picture.
    pub fn crowd_of(&self, run: usize) -> Option<&Row> {
        let first = self.list.partition_point(|r| r.run < run);
        let of_run = self.list[first..].iter().take_while(|r| r.run == run);
        // It stands before any track of the workload.
        let before = of_run.take_while(|r| r.track().is_none_or(|t| RowGroup::of(t) == RowGroup::Machine));
        before.into_iter().find(|r| r.kind == RowKind::Crowd)
    }
}

/// The height of a run's head.
pub const HEAD_HEIGHT: f32 = 28.0;

/// The height of a folded group's line.
pub const GROUP_HEIGHT: f32 = 22.0;
/// The height of many tasks or threads as one picture.
pub const CROWD_HEIGHT: f32 = 114.0;
/// The height of their number by state.
pub const STATES_HEIGHT: f32 = 54.0;
/// The height of the row that says how busy the cores are.
pub const USE_HEIGHT: f32 = 30.0;

/// The height of a track's row beside a crowd.
const fn crowded_height(track: TrackKind) -> f32 {
    match track {
        TrackKind::Core(_) | TrackKind::Worker(_) => 18.0,
        TrackKind::Device(_) => 18.0,
        TrackKind::Counter(_) => 36.0,
        TrackKind::Task(_) | TrackKind::Thread(_) => height(track),
    }
}

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

/// A worker's thread has a row of its own only once its worker has left it: before, the worker's row and the core's say
/// all. The queue that matters is the
/// tasks' in an async run and the threads' in a thread run.
fn has_row(track: TrackKind, tables: &Tables) -> bool {
    match track {
        TrackKind::Core(_) | TrackKind::Worker(_) | TrackKind::Device(_) => true,
        TrackKind::Task(_) | TrackKind::Thread(_) => true,
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

    pub(super) fn many(tasks: u32) -> Vec<Track> {
        let core = std::iter::once(track(TrackKind::Core(CoreId(0))));
        core.chain((0..tasks).map(|t| track(TrackKind::Task(TaskId(t))))).collect()
    }

    #[test]
    fn rows_stand_under_each_other_without_gaps() {
        let (tracks, tables) = (many(3), Tables::default());
        let run = RunRows { tracks: &tracks, tables: &tables, arranged: Arranged::default() };
        let rows = Rows::new(&[run, run]);
        assert_eq!(rows.all().len(), 10);
        assert!(rows.all().windows(2).all(|w| w[0].bottom() == w[1].top));
        assert_eq!(rows.height(), 2.0 * (28.0 + 26.0 + 3.0 * 32.0));
    }

    #[test]
    fn a_crowd_is_one_picture_with_its_pinned_rows_beside_it() {
        let (tracks, tables) = (many(10_000), Tables::default());
        let pinned = [(7_211, Why::Slowest)];
        let arranged = Arranged { pinned: &pinned, folded: true, ..Arranged::default() };
        let rows = Rows::new(&[RunRows { tracks: &tracks, tables: &tables, arranged }]);
        let kinds: Vec<RowKind> = rows.all().iter().map(|r| r.kind).collect();
        let track = |index| RowKind::Track { index, kind: tracks[index].kind };
        let expected = [RowKind::Head, track(0), RowKind::Crowd, track(7_211), RowKind::States, RowKind::Use];
        assert_eq!(kinds, expected);
        assert_eq!(rows.of_track(0, 7_211).map(|r| r.why), Some(Why::Slowest));
        assert_eq!(rows.of_track(0, 5), None);
        assert_eq!(rows.crowd_of(0).map(|r| r.kind), Some(RowKind::Crowd));
    }

    #[test]
    fn rows_stand_in_the_order_that_was_asked_for_and_pinned_ones_above() {
        let (tracks, tables) = (many(4), Tables::default());
        let pinned = [(3, Why::Pinned)];
        let arranged = Arranged { order: Some(&[4, 3, 1]), pinned: &pinned, ..Arranged::default() };
        let rows = Rows::new(&[RunRows { tracks: &tracks, tables: &tables, arranged }]);
        let shown: Vec<_> = rows.all().iter().filter_map(|r| r.track()).collect();
        let task = |id| TrackKind::Task(TaskId(id));
        assert_eq!(shown, [TrackKind::Core(CoreId(0)), task(2), task(3), task(0)]);
        assert_eq!(rows.of_track(0, 2), None, "filtered away");
    }

    #[test]
    fn a_group_folds_to_a_line_and_a_run_to_its_head() {
        let (tracks, tables) = (many(3), Tables::default());
        let rows = |collapsed, hidden: &[RowGroup]| {
            let arranged = Arranged { collapsed, hidden, ..Arranged::default() };
            Rows::new(&[RunRows { tracks: &tracks, tables: &tables, arranged }]).all().len()
        };
        assert_eq!(rows(false, &[RowGroup::Workload]), 3, "head, core, the group's line");
        assert_eq!(rows(false, &[RowGroup::Counters]), 5, "there are no counters to fold");
        assert_eq!(rows(true, &[]), 1);
    }

    #[test]
    fn a_row_is_found_by_height_and_by_track() {
        let (tracks, tables) = (many(10_000), Tables::default());
        let run = RunRows { tracks: &tracks, tables: &tables, arranged: Arranged::default() };
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
