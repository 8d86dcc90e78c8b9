//! A background thread that simulates or reads, and streams what it has over a bounded channel.
//!
//! Owns the thread, the channel and cancelling. Knows nothing of what is loaded: that is a [`Job`]'s, in
//! [`super::jobs`]. The window takes reports without waiting; when it is slow, the thread waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded};
use sim_core::analysis::findings::Finding;
use sim_core::trace::TracePart;

use super::document::{Document, Problem, RunTitle};
use super::figures::RunFigures;
use super::told::Told;

/// So many reports may lie in the channel: parts are a megabyte each.
const CHANNEL_ROOM: usize = 8;

/// What a job reports, in this order: opened, then for each run its parts, its end and its diagnosis.
#[derive(Debug)]
pub enum Report {
    /// What it is, and which runs will come.
    Opened(Arc<Document>, Vec<RunTitle>),
    /// The next part of a run's trace.
    Part {
        /// The run, from 0.
        run: usize,
        /// What it has gained.
        part: Box<TracePart>,
    },
    /// A run is complete.
    RunEnded {
        /// The run, from 0.
        run: usize,
        /// What should be said about it: a trace file that is damaged, a run that was cut off.
        notice: Option<String>,
    },
    /// What is wrong with a run that has ended.
    Diagnosed {
        /// The run, from 0.
        run: usize,
        /// The problems, the worst first.
        findings: Vec<Finding>,
    },
    /// What the runs say to the lesson: the last report of a scenario.
    Told(Box<Told>),
    /// What a run that has ended adds up to.
    Measured {
        /// The run, from 0.
        run: usize,
        /// Its figures.
        figures: RunFigures,
    },
    /// It cannot be loaded.
    Failed(Vec<Problem>),
}

/// What is done in the background.
pub type Job = Box<dyn FnOnce(&Outlet) + Send>;

/// Called from the background whenever there is something to take.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Where a job puts its reports.
#[derive(Clone)]
pub struct Outlet {
    reports: Sender<Report>,
    cancelled: Arc<AtomicBool>,
    wake: Wake,
}

impl Outlet {
    /// Hands over a report; waits while the window has not taken those before. Answers false when nobody wants more.
    pub fn send(&self, report: Report) -> bool {
        let taken = !self.is_cancelled() && self.reports.send(report).is_ok();
        (self.wake)();
        taken
    }

    /// Whether the job should stop.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// A job under way.
pub struct Loader {
    reports: Receiver<Report>,
    cancelled: Arc<AtomicBool>,
}

/// What there is to take.
#[derive(Debug)]
pub enum Taken {
    /// A report.
    Report(Report),
    /// Nothing yet.
    Nothing,
    /// The job has ended, and everything is taken.
    Ended,
}

impl Loader {
    /// Starts a job.
    pub fn start(job: Job, wake: Wake) -> Loader {
        let (sender, reports) = bounded(CHANNEL_ROOM);
        let cancelled = Arc::new(AtomicBool::new(false));
        let outlet = Outlet { reports: sender, cancelled: Arc::clone(&cancelled), wake: Arc::clone(&wake) };
        std::thread::Builder::new()
            .name("loader".to_owned())
            .spawn(move || {
                job(&outlet);
                drop(outlet);
                // The end of the channel is news, too.
                wake();
            })
            .expect("the operating system refuses a thread");
        Loader { reports, cancelled }
    }

    /// What there is, without waiting.
    pub fn take(&self) -> Taken {
        match self.reports.try_recv() {
            Ok(report) => Taken::Report(report),
            Err(TryRecvError::Empty) => Taken::Nothing,
            Err(TryRecvError::Disconnected) => Taken::Ended,
        }
    }

    /// What comes next, waiting for it: for the command line and tests, never for the window.
    pub fn wait(&self) -> Option<Report> {
        self.reports.recv().ok()
    }

    /// Tells the job to stop. What it has reported already can still be taken.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        self.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nobody() -> Wake {
        Arc::new(|| ())
    }

    #[test]
    fn a_cancelled_job_is_told_so_and_ends() {
        let (started, has_started) = bounded(1);
        let loader = Loader::start(
            Box::new(move |outlet| {
                started.send(()).expect("the test is there");
                while outlet.send(Report::RunEnded { run: 0, notice: None }) {}
            }),
            nobody(),
        );
        has_started.recv().expect("the job runs");
        loader.cancel();
        while loader.wait().is_some() {}
        assert!(matches!(loader.take(), Taken::Ended));
    }

    #[test]
    fn dropping_the_loader_frees_a_job_that_waits_for_room() {
        let (ended, has_ended) = bounded(1);
        let loader = Loader::start(
            Box::new(move |outlet| {
                while outlet.send(Report::RunEnded { run: 0, notice: None }) {}
                ended.send(()).expect("the test is there");
            }),
            nobody(),
        );
        assert!(loader.wait().is_some());
        drop(loader);
        has_ended.recv().expect("the job has ended");
    }
}
