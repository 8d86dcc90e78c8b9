//! Many tasks or threads as one picture: a cell is some of them, over one pixel of time.
//!
//! Owns the sums of each cell and how they are gathered: a bounded number of steps a frame, so that a window over a
//! hundred million polls stays as quick as one over ten. A gathering that has begun is finished before the next one
//! begins: while somebody pans, the picture follows in leaps, and the window does not wait for it.

use std::ops::Range;

use sim_core::analysis::index::Spans;
use sim_core::analysis::track::{Class, Track, TrackEnd, TrackKind};

use super::axis::Axis;
use super::walk::{Crowd, Step, walk};

/// A task with at most so many spans is gone through span by span.
const FEW: usize = 24;
/// A poll of no length counts as so much of a pixel, so that it is seen.
const LEAST: f32 = 1e-6;

/// What lies in one cell, in tasks × pixels.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Cell {
    /// Ready, Runnable.
    pub ready: f32,
    /// Polling, Running; off the core, too.
    pub running: f32,
    /// Pending, Blocked.
    pub waiting: f32,
    /// Completed, Exited.
    pub finished: f32,
}

/// What a picture shows.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Frame {
    /// The time at the left edge, in nanoseconds.
    pub start: f64,
    /// How much time there is between the edges.
    pub length: f64,
    /// Cells from left to right.
    pub columns: usize,
    /// Cells from top to bottom, at most.
    pub rows: usize,
    /// Which order of the tasks.
    pub revision: u64,
    /// How many events of the run are known.
    pub events: usize,
}

/// How much of a cell each state takes, in 255ths; what is there at all is at least one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Shares {
    /// Ready, Runnable.
    pub ready: u8,
    /// Polling, Running; off the core, too.
    pub running: u8,
    /// Pending, Blocked.
    pub waiting: u8,
    /// Completed, Exited.
    pub finished: u8,
}

/// A finished picture.
#[derive(Clone, Debug)]
pub struct Picture {
    /// What it shows.
    pub frame: Frame,
    /// Cells from top to bottom: no more than there are tasks.
    pub rows: usize,
    /// How many tasks it shows.
    pub tasks: usize,
    /// The cells, row by row.
    pub cells: Vec<Shares>,
    /// All tasks together, by column.
    pub totals: Vec<Cell>,
    /// How busy the cores are, by column, 0 to 1.
    pub busy: Vec<f32>,
}

impl Picture {
    /// What lies in the cell in a column and row: reckoned anew, for a picture keeps shares only.
    pub fn cell(&self, column: usize, row: usize, tracks: &[Track], order: &[u32]) -> Option<Cell> {
        if column >= self.frame.columns || row >= self.rows {
            return None;
        }
        let start = self.frame.start + column as f64 * self.column_length();
        let axis = Axis { left: 0.0, right: 1.0, start, length: self.column_length() };
        let mut line = Line::new(1);
        for task in self.tasks_of(row) {
            if let Some(track) = order.get(task).and_then(|n| tracks.get(*n as usize)) {
                line.add(track, &axis);
            }
        }
        let mut found = Cell::default();
        line.settle(|_, cell| found = cell);
        Some(found)
    }

    /// Which tasks, by their places in the order, a row shows.
    pub fn tasks_of(&self, row: usize) -> Range<usize> {
        first_of(row, self.rows, self.tasks)..first_of(row + 1, self.rows, self.tasks)
    }

    /// The row in which a task lies.
    pub fn row_of(&self, task: usize) -> usize {
        row_of(task, self.rows, self.tasks)
    }

    /// How much time a column is, in nanoseconds.
    pub fn column_length(&self) -> f64 {
        self.frame.length / self.frame.columns.max(1) as f64
    }
}

fn row_of(task: usize, rows: usize, tasks: usize) -> usize {
    task * rows / tasks.max(1)
}

/// The first task of a row: the first whose `row_of` is that row.
fn first_of(row: usize, rows: usize, tasks: usize) -> usize {
    (row * tasks).div_ceil(rows.max(1))
}

/// A picture being gathered.
#[derive(Clone, Debug)]
pub struct Gathering {
    picture: Picture,
    axis: Axis,
    next: usize,
    line: Line,
}

impl Gathering {
    /// Begins a picture of so many tasks, in the memory of one that is not needed any more.
    pub fn new(frame: Frame, tasks: usize, spare: Option<Picture>) -> Gathering {
        let rows = frame.rows.min(tasks);
        let (mut cells, mut totals) = spare.map_or_else(Default::default, |spare| (spare.cells, spare.totals));
        cells.clear();
        totals.clear();
        totals.resize(frame.columns, Cell::default());
        let picture = Picture { frame, rows, tasks, cells, totals, busy: Vec::new() };
        let axis = Axis { left: 0.0, right: frame.columns as f32, start: frame.start, length: frame.length };
        Gathering { picture, axis, next: 0, line: Line::new(frame.columns) }
    }

    /// What it will show.
    pub fn frame(&self) -> Frame {
        self.picture.frame
    }

    /// Goes on for about so many steps. Answers whether it is done. `order` are the places of the tasks among `tracks`.
    pub fn go_on(&mut self, tracks: &[Track], order: &[u32], steps: usize) -> bool {
        let mut left = steps;
        while self.next < self.picture.tasks {
            if left == 0 {
                return false;
            }
            if let Some(track) = order.get(self.next).and_then(|n| tracks.get(*n as usize)) {
                left = left.saturating_sub(self.line.add(track, &self.axis));
            }
            let row = self.picture.row_of(self.next);
            self.next += 1;
            if self.next >= self.picture.tasks || self.picture.row_of(self.next) != row {
                left = left.saturating_sub(self.picture.frame.columns / 32);
                self.settle_row(row);
            }
        }
        if self.picture.busy.is_empty() {
            self.picture.busy = busy(tracks, &self.axis);
        }
        true
    }

    fn settle_row(&mut self, row: usize) {
        let scale = 255.0 / self.picture.tasks_of(row).len().max(1) as f32;
        let (cells, totals) = (&mut self.picture.cells, &mut self.picture.totals);
        self.line.settle(|columns, cell| {
            cells.resize(cells.len() + columns.len(), Shares::of(cell, scale));
            if cell != Cell::default() {
                totals[columns].iter_mut().for_each(|total| total.add(cell));
            }
        });
    }

    /// The picture, when it is done.
    pub fn finish(self) -> Picture {
        self.picture
    }
}

/// Less than this of a state is the rounding of its edges.
const ROUNDING: f32 = 1e-4;

impl Cell {
    fn add(&mut self, other: Cell) {
        self.ready += other.ready;
        self.running += other.running;
        self.waiting += other.waiting;
        self.finished += other.finished;
    }
}

impl Shares {
    /// A cell of which so much is one 255th.
    fn of(cell: Cell, scale: f32) -> Shares {
        let share = |sum: f32| if sum > 0.0 { rounded_up(sum * scale) } else { 0 };
        // Less than this is rounding, not a state; what ran counts however short.
        let lasting = |sum: f32| if sum > ROUNDING { share(sum) } else { 0 };
        Shares {
            ready: lasting(cell.ready),
            running: share(cell.running),
            waiting: lasting(cell.waiting),
            finished: lasting(cell.finished),
        }
    }
}

/// The whole number that is not less, at most 255: without a call, for there are a million cells.
#[inline]
fn rounded_up(n: f32) -> u8 {
    let below = n as u8;
    below.saturating_add(u8::from(f32::from(below) < n))
}

/// One line of cells while it is filled: what begins and ends within a pixel is added there; of what goes on through
/// many, only the first and the last pixel are noted. Pixels in which nothing begins or ends are never looked at.
#[derive(Clone, Debug)]
struct Line {
    cells: Vec<Cell>,
    /// From this pixel on so many more, or fewer, are in the state all through.
    wholly: Vec<[i32; CLASSES]>,
    /// A bit for each pixel in which something begins or ends.
    touched: Vec<u64>,
}

const READY: usize = 0;
const RUNNING: usize = 1;
const WAITING: usize = 2;
const FINISHED: usize = 3;
const CLASSES: usize = 4;

impl Line {
    fn new(columns: usize) -> Line {
        Line {
            cells: vec![Cell::default(); columns],
            wholly: vec![[0; CLASSES]; columns],
            touched: vec![0; columns.div_ceil(64)],
        }
    }

    fn touch(&mut self, column: usize) {
        self.touched[column / 64] |= 1 << (column % 64);
    }

    /// Adds a task. Answers how many steps that took.
    fn add(&mut self, track: &Track, axis: &Axis) -> usize {
        let mut steps = 2;
        if track.spans.len() <= FEW {
            for (start, end, class) in track.spans.stretches() {
                steps += 1;
                self.class(class, axis.x(start), axis.x(end));
            }
        } else {
            for step in walk(&track.spans, axis) {
                steps += 4;
                match step {
                    Step::One(span) => self.class(span.state.class(), axis.x(span.start), axis.x(span.end)),
                    Step::Crowd(crowd) => {
                        steps += 4;
                        self.crowd(&crowd, axis);
                    }
                }
            }
        }
        if let Some((end, TrackEnd::Finished, _)) = track.end {
            self.interval(FINISHED, axis.x(end), axis.right);
        }
        steps
    }

    fn crowd(&mut self, crowd: &Crowd, axis: &Axis) {
        let column = axis.x(crowd.start).max(0.0) as usize;
        let Some(cell) = self.cells.get_mut(column) else { return };
        let share = |class: Class| (crowd.sums.nanos[class as usize] as f64 * axis.pixels_per_ns()) as f32;
        let count = |class: Class| crowd.sums.count[class as usize];
        cell.ready += share(Class::Ready);
        cell.waiting += share(Class::Waiting);
        if count(Class::Running) + count(Class::OffCore) > 0 {
            cell.running += (share(Class::Running) + share(Class::OffCore)).max(LEAST);
        }
        self.touch(column);
    }

    fn class(&mut self, class: Option<Class>, x0: f32, x1: f32) {
        match class {
            Some(Class::Ready) => self.interval(READY, x0, x1),
            Some(Class::Running | Class::OffCore) => self.interval(RUNNING, x0, x1),
            Some(Class::Waiting) => self.interval(WAITING, x0, x1),
            None => {}
        }
    }

    fn interval(&mut self, class: usize, x0: f32, x1: f32) {
        let width = self.cells.len() as f32;
        if x1 < 0.0 || x0 >= width || (x1 <= x0 && class != RUNNING) {
            return;
        }
        let (x0, x1) = (x0.max(0.0), x1.min(width));
        let (first, last) = (x0 as usize, (x1 as usize).min(self.cells.len() - 1));
        self.touch(first);
        if first >= last {
            let length = if class == RUNNING { (x1 - x0).max(LEAST) } else { x1 - x0 };
            *part(&mut self.cells[first], class) += length;
            return;
        }
        *part(&mut self.cells[first], class) += first as f32 + 1.0 - x0;
        *part(&mut self.cells[last], class) += x1 - last as f32;
        self.wholly[first + 1][class] += 1;
        self.wholly[last][class] -= 1;
        self.touch(first + 1);
        self.touch(last);
    }

    /// Tells from left to right what lies in its cells, in stretches that are alike. With that the line is empty again.
    fn settle(&mut self, mut tell: impl FnMut(Range<usize>, Cell)) {
        let mut now = [0i32; CLASSES];
        let of = |now: &[i32; CLASSES]| Cell {
            ready: now[READY] as f32,
            running: now[RUNNING] as f32,
            waiting: now[WAITING] as f32,
            finished: now[FINISHED] as f32,
        };
        let mut told = 0;
        for word in 0..self.touched.len() {
            let mut bits = std::mem::take(&mut self.touched[word]);
            while bits != 0 {
                let column = word * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                if told < column {
                    tell(told..column, of(&now));
                }
                let wholly = std::mem::take(&mut self.wholly[column]);
                now.iter_mut().zip(wholly).for_each(|(now, more)| *now += more);
                let mut cell = std::mem::take(&mut self.cells[column]);
                cell.add(of(&now));
                tell(column..column + 1, cell);
                told = column + 1;
            }
        }
        if told < self.cells.len() {
            tell(told..self.cells.len(), of(&now));
        }
    }
}

fn part(cell: &mut Cell, class: usize) -> &mut f32 {
    match class {
        READY => &mut cell.ready,
        RUNNING => &mut cell.running,
        WAITING => &mut cell.waiting,
        _ => &mut cell.finished,
    }
}

/// How busy the cores are in each pixel, 0 to 1; without cores, the workers.
fn busy(tracks: &[Track], axis: &Axis) -> Vec<f32> {
    let cores = |t: &&Track| matches!(t.kind, TrackKind::Core(_));
    let workers = |t: &&Track| matches!(t.kind, TrackKind::Worker(_));
    let mut rows: Vec<&Track> = tracks.iter().filter(cores).collect();
    if rows.is_empty() {
        rows = tracks.iter().filter(workers).collect();
    }
    let columns = axis.right as usize;
    let mut line = Line::new(columns);
    rows.iter().for_each(|track| {
        line.add(track, axis);
    });
    let mut busy = Vec::with_capacity(columns);
    let share = |cell: Cell| (cell.running / rows.len().max(1) as f32).min(1.0);
    line.settle(|columns, cell| busy.resize(columns.end, share(cell)));
    busy
}

/// The share of a stretch of time, in nanoseconds, in which a core or worker is busy.
pub fn busy_share(spans: &Spans, from: f64, to: f64) -> f32 {
    let axis = Axis { left: 0.0, right: 1.0, start: from, length: (to - from).max(1.0) };
    let mut nanos = 0.0;
    for step in walk(spans, &axis) {
        match step {
            Step::One(span) if matches!(span.state.class(), Some(Class::Running | Class::OffCore)) => {
                let (start, end) = (span.start.as_nanos() as f64, span.end.as_nanos() as f64);
                nanos += (end.min(axis.end()) - start.max(axis.start)).max(0.0);
            }
            Step::One(_) => {}
            Step::Crowd(crowd) => {
                let sums = crowd.sums.nanos;
                nanos += (sums[Class::Running as usize] + sums[Class::OffCore as usize]) as f64;
            }
        }
    }
    (nanos / axis.length).min(1.0) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim_core::analysis::track::{Span, SpanState};
    use sim_core::instant::SimTime;
    use sim_core::trace::{TaskId, WorkerId};

    const POLL: SpanState = SpanState::Polling(WorkerId(0));

    fn task(id: u32, spans: &[(u64, u64, SpanState)]) -> Track {
        let at = SimTime::from_nanos;
        let mut track = Track::new(TrackKind::Task(TaskId(id)), format!("task.{id}"));
        track.spans =
            spans.iter().map(|&(from, to, state)| Span { start: at(from), end: at(to), state, event: 0 }).collect();
        track
    }

    fn frame(columns: usize, rows: usize) -> Frame {
        Frame { start: 0.0, length: 100.0 * columns as f64, columns, rows, revision: 0, events: 0 }
    }

    fn picture(frame: Frame, tracks: &[Track]) -> Picture {
        let order: Vec<u32> = (0..tracks.len() as u32).collect();
        let mut gathering = Gathering::new(frame, tracks.len(), None);
        while !gathering.go_on(tracks, &order, 10) {}
        gathering.finish()
    }

    #[test]
    fn a_cell_is_what_its_tasks_do_in_its_time() {
        let tracks = [
            task(0, &[(0, 150, SpanState::Ready), (150, 200, POLL), (200, 1_000, SpanState::Pending(None))]),
            task(1, &[(0, 400, SpanState::Ready)]),
        ];
        let picture = picture(frame(10, 1), &tracks);
        let near = |a: f32, b: f32| (a - b).abs() < 1e-4;
        let at = |column| picture.cell(column, 0, &tracks, &[0, 1]).expect("there is such a cell");
        assert!(near(at(0).ready, 2.0) && at(0).running == 0.0);
        assert!(near(at(1).ready, 1.5) && near(at(1).running, 0.5), "{:?}", at(1));
        assert!(near(at(2).ready, 1.0) && near(at(2).waiting, 1.0));
        assert!(near(at(9).waiting, 1.0) && near(at(9).ready, 0.0));
        assert!((0..10).all(|column| near(picture.totals[column].ready, at(column).ready)));
        assert_eq!(picture.cells[1], Shares { ready: 192, running: 64, waiting: 0, finished: 0 });
        assert_eq!(picture.cell(10, 0, &tracks, &[0, 1]), None);
    }

    #[test]
    fn a_poll_of_no_length_is_in_its_cell() {
        let picture = picture(frame(10, 1), &[task(0, &[(250, 250, POLL)]), task(1, &[(300, 300, POLL)])]);
        let with_polls: Vec<usize> = (0..10).filter(|c| picture.cells[*c].running > 0).collect();
        assert_eq!(with_polls, [2, 3]);
    }

    #[test]
    fn many_spans_add_up_to_what_few_do() {
        let span = |n: u64| [(n * 7, n * 7 + 3, POLL), (n * 7 + 3, n * 7 + 7, SpanState::Ready)];
        let spans: Vec<_> = (0..1_000).flat_map(span).collect();
        let whole = picture(frame(70, 1), &[task(0, &spans)]);
        let parts: Vec<Track> = spans.chunks(20).map(|part| task(0, part)).collect();
        let parts = picture(frame(70, 1), &parts);
        for (one, other) in whole.totals.iter().zip(&parts.totals) {
            assert!((one.running - other.running).abs() < 0.01 && (one.ready - other.ready).abs() < 0.01);
        }
    }

    #[test]
    fn every_task_lies_in_one_row_and_no_row_is_without_one() {
        for (tasks, rows) in [(10_000, 112), (41, 112), (113, 112), (224, 112)] {
            let picture = Gathering::new(frame(1, rows), tasks, None).finish();
            let counted: Vec<usize> = (0..picture.rows).flat_map(|row| picture.tasks_of(row)).collect();
            assert_eq!(counted, (0..tasks).collect::<Vec<_>>());
            assert!((0..picture.rows).all(|row| !picture.tasks_of(row).is_empty()));
            assert!((0..tasks).all(|task| picture.tasks_of(picture.row_of(task)).contains(&task)));
        }
    }

    #[test]
    fn the_work_of_a_frame_is_bounded() {
        let tracks: Vec<Track> = (0..1_000).map(|n| task(n, &[(0, 10, POLL)])).collect();
        let order: Vec<u32> = (0..1_000).collect();
        let mut gathering = Gathering::new(frame(10, 100), 1_000, None);
        assert!(!gathering.go_on(&tracks, &order, 300));
        assert!(gathering.next <= 101, "three steps a task");
    }

    #[test]
    fn a_busy_share_counts_what_is_in_the_stretch_only() {
        let spans: Spans = task(0, &[(0, 100, POLL), (150, 250, POLL)]).spans;
        assert_eq!(busy_share(&spans, 50.0, 150.0), 0.5);
        assert_eq!(busy_share(&spans, 100.0, 300.0), 0.5);
        assert_eq!(busy_share(&spans, 500.0, 600.0), 0.0);
    }
}
