//! Small pictures of scenarios, drawn from real runs: simulated on a thread of their own, kept as shares of time.
//!
//! Owns the thread. A trace is dropped as soon as its picture is there; what is kept of it is `super::small_run`'s.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Receiver, Sender, unbounded};
use sim_core::scenario::{RunOptions, Scenario};
use sim_core::trace::Trace;

use super::Origin;
use super::loader::Wake;
use crate::library::find;

pub use super::small_run::{Cell, Folded, Piece, SmallRow, SmallRows, SmallRun, Thumbnail};

/// So many runs are drawn.
const MOST_RUNS: usize = 3;
/// A file whose runs are longer is shown without a picture: nobody asked for it yet.
const MOST_EVENTS: usize = 2_000_000;
const MOST_BYTES: u64 = 16 << 20;

/// The pictures that are there, and those under way.
#[derive(Default)]
pub struct Thumbnails {
    done: BTreeMap<Origin, Thumbnail>,
    incoming: Option<Receiver<(Origin, Option<Thumbnail>)>>,
    cancelled: Arc<AtomicBool>,
}

impl Thumbnails {
    /// Draws these in the background, in this order but for large ones, which come last. `wake` is called when there is
    /// one more.
    pub fn start(&mut self, origins: Vec<Origin>, wake: Wake) {
        self.cancelled.store(true, Ordering::Relaxed);
        self.cancelled = Arc::new(AtomicBool::new(false));
        let cancelled = Arc::clone(&self.cancelled);
        let wanted: Vec<_> = origins.into_iter().filter(|origin| !self.done.contains_key(origin)).collect();
        let (outlet, incoming) = unbounded();
        let drawing = std::thread::Builder::new().name("thumbnails".to_owned());
        // Without a thread there are no pictures: everything else works.
        self.incoming = drawing.spawn(move || draw_all(wanted, &outlet, &cancelled, &wake)).ok().map(|_| incoming);
    }

    /// Pictures of files are drawn anew when they are wanted next.
    pub fn forget_files(&mut self) {
        self.done.retain(|origin, _| matches!(origin, Origin::Library(_)));
    }

    /// The picture of a scenario, if it is there.
    pub fn of(&self, origin: &Origin) -> Option<&Thumbnail> {
        self.done.get(origin)
    }

    /// Takes in what has been drawn since.
    pub fn pump(&mut self) {
        let Some(incoming) = &self.incoming else { return };
        self.done.extend(incoming.try_iter().filter_map(|(origin, picture)| Some((origin, picture?))));
    }

    /// Waits for all of them: for pictures of the window, never for the window.
    pub fn finish(&mut self) {
        if let Some(incoming) = self.incoming.take() {
            self.done.extend(incoming.iter().filter_map(|(origin, picture)| Some((origin, picture?))));
        }
    }
}

impl Drop for Thumbnails {
    fn drop(&mut self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }
}

fn draw_all(
    origins: Vec<Origin>,
    outlet: &Sender<(Origin, Option<Thumbnail>)>,
    cancelled: &Arc<AtomicBool>,
    wake: &Wake,
) {
    let mut waiting: VecDeque<Origin> = origins.into();
    let mut large = Vec::new();
    while let Some(origin) = waiting.pop_front().or_else(|| large.pop()) {
        if cancelled.load(Ordering::Relaxed) {
            return;
        }
        let is_small_turn = !waiting.is_empty();
        if is_small_turn && is_large(&origin) {
            large.push(origin);
            continue;
        }
        let picture = draw(&origin, cancelled);
        if outlet.send((origin, picture)).is_err() {
            return;
        }
        wake();
    }
}

/// Whether a scenario has so many tasks that others should not wait for it.
fn is_large(origin: &Origin) -> bool {
    let Origin::Library(id) = origin else { return false };
    let tasks = |s: &Scenario| s.workload.tasks.iter().map(|(_, task)| u64::from(task.count)).sum::<u64>();
    find(id, &[]).is_ok_and(|scenario| tasks(&scenario) > 500)
}

/// Draws one; none if it cannot be read, is too large for something that nobody opened yet, or nobody wants it any more.
pub fn draw(origin: &Origin, cancelled: &Arc<AtomicBool>) -> Option<Thumbnail> {
    let scenario = match origin {
        Origin::Library(id) => find(id, &[]).ok()?,
        Origin::File(path) if super::jobs::is_trace(path) => return draw_recording(path),
        Origin::File(path) => Scenario::read(path, &[]).ok()?,
    };
    let options = RunOptions::default();
    let mut runs = Vec::new();
    for run in scenario.runs.iter().take(MOST_RUNS) {
        let (stop, mut room) = (Arc::clone(cancelled), MOST_EVENTS);
        let trace = scenario.execute(
            &run.id,
            &options,
            Some(Box::new(move |part| {
                room = room.saturating_sub(part.chunk.records().len());
                room > 0 && !stop.load(Ordering::Relaxed)
            })),
        );
        if cancelled.load(Ordering::Relaxed) {
            return None;
        }
        runs.push((trace.end().as_nanos(), SmallRun::of(&run.id, &trace)));
    }
    Thumbnail::of(runs)
}

fn draw_recording(path: &Path) -> Option<Thumbnail> {
    let small = std::fs::metadata(path).is_ok_and(|about| about.len() <= MOST_BYTES);
    let (trace, _) = small.then(|| Trace::load(path).ok())??;
    let id = trace.tables().run.run.clone();
    Thumbnail::of(vec![(trace.end().as_nanos(), SmallRun::of(&id, &trace))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::scene::Fill;

    fn library(id: &str) -> Origin {
        Origin::Library(id.to_owned())
    }

    #[test]
    fn the_runs_of_a_picture_share_one_axis() {
        let origin = library("blocked-executor");
        let picture = draw(&origin, &Arc::new(AtomicBool::new(false))).expect("it can be simulated");
        let ends: Vec<_> = picture.runs.iter().map(|run| (run.id.as_str(), run.end)).collect();
        assert_eq!(ends[0], ("async", 1.0));
        assert!(ends[1].0 == "threads" && (ends[1].1 - 115.0 / 195.9).abs() < 0.01, "{ends:?}");
    }

    #[test]
    fn helpers_that_do_the_work_are_in_the_picture() {
        let picture =
            draw(&library("join-not-parallel"), &Arc::new(AtomicBool::new(false))).expect("it can be simulated");
        let SmallRows::Each(rows) = &picture.runs[1].rows else { panic!("a few threads have a row each") };
        let busy =
            |row: &SmallRow| row.pieces.iter().filter(|p| p.fill == Fill::Running).map(|p| p.to - p.from).sum::<f32>();
        assert!(rows.iter().map(busy).sum::<f32>() > 0.9, "two cores compute for half of the time: {rows:?}");
    }

    #[test]
    fn pictures_come_from_the_background_and_large_ones_last() {
        let mut thumbnails = Thumbnails::default();
        let wanted = vec![library("no-such-scenario"), library("poll-wake-poll"), library("wait-vs-work")];
        thumbnails.start(wanted.clone(), Arc::new(|| ()));
        thumbnails.finish();
        let there: Vec<_> = wanted.iter().map(|origin| thumbnails.of(origin).is_some()).collect();
        assert_eq!(there, [false, true, true]);
        assert!(is_large(&library("c10k")) && !is_large(&library("poll-wake-poll")));
    }

    #[test]
    fn a_picture_that_nobody_wants_any_more_is_not_drawn() {
        assert_eq!(draw(&library("blocked-executor"), &Arc::new(AtomicBool::new(true))), None);
    }
}
