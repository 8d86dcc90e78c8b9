//! A sweep: one value of a scenario turned from one end to the other, and what each run comes to at each value. With the
//! number of tasks as that value, the curve of the ten thousand connections.
//!
//! Owns the spreading of the runs over the computer's cores, and the figures; `over` reads what is turned, `figures` says
//! what is measured, `room` keeps the recordings of many runs within limits. The figures are the same however many cores
//! there are and whichever run ends first: each run is a simulation of its own.

mod figures;
mod over;
mod room;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};

pub use figures::{Figure, Figures};
pub use over::{Between, MOST_POINTS, Over, Quantity, Scale};

use super::error::{Located, ScenarioErrors};
use super::run::RunOptions;
use super::spec::Scenario;
use crate::trace::event::Record;
use crate::trace::store::CHUNK_RECORDS;
use room::{Room, Share};

/// Recordings that grow side by side may take so much: 2 GiB.
const ROOM: usize = 2 << 30;

/// A part of a recording is so large.
const PART: usize = CHUNK_RECORDS * size_of::<Record>();

/// A sweep that can be run: every value makes a scenario that fits together.
#[derive(Debug)]
pub struct Sweep {
    over: Over,
    runs: Vec<SweptRun>,
    /// One a value.
    scenarios: Vec<Scenario>,
    options: RunOptions,
}

/// A run that is swept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SweptRun {
    /// Its id in the scenario.
    pub id: String,
    /// Its title at the first value.
    pub title: String,
    /// Its model.
    pub model: &'static str,
}

/// One run at one value: by its place among the runs, and the value's among the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// The value.
    pub point: usize,
    /// The run.
    pub run: usize,
}

/// What a sweep has found: complete, or as far as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Curves {
    /// What was turned.
    pub over: Over,
    /// The runs.
    pub runs: Vec<SweptRun>,
    /// By value, then by run; none where it did not come so far.
    figures: Vec<Vec<Option<Figures>>>,
}

impl Sweep {
    /// A sweep of these runs of a scenario, its variant already applied. The error says which value cannot be set, and why.
    pub fn new(scenario: &Scenario, options: RunOptions, over: Over, runs: &[&str]) -> Result<Sweep, ScenarioErrors> {
        let at = |value: &u64| scenario.with(&[over.assignment(*value)]);
        let scenarios = over.points.iter().map(at).collect::<Result<Vec<_>, _>>()?;
        let first = scenarios.first().unwrap_or(scenario);
        let run = |id: &&str| {
            let nobody = || ScenarioErrors::from(Located::in_file(&scenario.file, format!("there is no run `{id}`")));
            let run = first.run(id).ok_or_else(nobody)?;
            Ok(SweptRun { id: run.id.clone(), title: first.run_title(run), model: run.model.id })
        };
        let runs = runs.iter().map(run).collect::<Result<Vec<_>, ScenarioErrors>>()?;
        Ok(Sweep { over, runs, scenarios, options })
    }

    /// What is turned, and the values.
    pub fn over(&self) -> &Over {
        &self.over
    }

    /// How many runs it takes.
    pub fn len(&self) -> usize {
        self.runs.len() * self.scenarios.len()
    }

    /// Whether there is nothing to run.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The curves before anything has run.
    pub fn curves(&self) -> Curves {
        let figures = vec![vec![None; self.runs.len()]; self.scenarios.len()];
        Curves { over: self.over.clone(), runs: self.runs.clone(), figures }
    }

    /// Runs all of it on so many threads. Each run's figures go to `each` when they are there, in no order. Once
    /// `cancelled` is set it ends soon, with what it has.
    pub fn run(&self, threads: usize, cancelled: &Arc<AtomicBool>, mut each: impl FnMut(At, &Figures)) -> Curves {
        let (points, runs) = (0..self.scenarios.len(), self.runs.len());
        let all = points.flat_map(|point| (0..runs).map(move |run| At { point, run })).collect::<VecDeque<_>>();
        let left = &Mutex::new(all);
        let room = &Room::new(ROOM, Arc::clone(cancelled));
        let mut curves = self.curves();
        // Nothing is kept for whoever takes it: to cancel ends all but what is under way.
        let (sender, found) = mpsc::sync_channel(0);
        std::thread::scope(|scope| {
            for thread in 0..threads.clamp(1, self.len().max(1)) {
                let sender = sender.clone();
                // Half of the threads begin with the longest runs, or these would be left over at the end.
                let end = if thread % 2 == 0 { End::Small } else { End::Large };
                let work = move || {
                    while let Some(at) = next(left, end).filter(|_| !cancelled.load(Ordering::Relaxed)) {
                        let Some(figures) = self.measure(at, room) else { return };
                        if sender.send((at, figures)).is_err() {
                            return;
                        }
                    }
                };
                let named = std::thread::Builder::new().name(format!("sweep {thread}"));
                named.spawn_scoped(scope, work).expect("the operating system refuses a thread");
            }
            drop(sender);
            for (at, figures) in found {
                each(at, &figures);
                curves.set(at, figures);
            }
        });
        curves
    }

    /// Runs one of them; none if it was cancelled on the way.
    fn measure(&self, at: At, room: &Arc<Room>) -> Option<Figures> {
        let share: Arc<Share> = room.enter();
        let growing = Arc::clone(&share);
        let sink = Box::new(move |_| growing.grow(PART));
        let trace = self.scenarios[at.point].execute(&self.runs[at.run].id, &self.options, Some(sink));
        let going = !room.is_cancelled();
        going.then(|| Figures::of(&trace))
    }
}

/// Which of the runs that are left comes next.
#[derive(Clone, Copy)]
enum End {
    /// That of the smallest value.
    Small,
    /// That of the largest.
    Large,
}

fn next(left: &Mutex<VecDeque<At>>, end: End) -> Option<At> {
    let mut left = left.lock().unwrap_or_else(PoisonError::into_inner);
    match end {
        End::Small => left.pop_front(),
        End::Large => left.pop_back(),
    }
}

impl Curves {
    /// What a run comes to at a value; none if it did not come so far.
    pub fn get(&self, at: At) -> Option<&Figures> {
        self.figures.get(at.point)?.get(at.run)?.as_ref()
    }

    /// Takes in what a run comes to. Panics outside the sweep.
    pub fn set(&mut self, at: At, figures: Figures) {
        self.figures[at.point][at.run] = Some(figures);
    }

    /// How many runs have been measured.
    pub fn done(&self) -> usize {
        self.figures.iter().flatten().flatten().count()
    }

    /// How many there are.
    pub fn all(&self) -> usize {
        self.runs.len() * self.over.points.len()
    }

    /// A run's curve: the values at which it has this figure, each with it.
    pub fn curve(&self, run: usize, figure: Figure) -> Vec<(usize, u64)> {
        let points = 0..self.over.points.len();
        points.filter_map(|point| Some((point, self.get(At { point, run })?.get(figure)?))).collect()
    }
}
