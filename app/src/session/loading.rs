//! Opening something: the job in the background, and what comes of each of its reports.
//!
//! Owns the order of things: what was open stays until something of the new is there. The same document once more is
//! [`super::again`]'s.

use std::sync::Arc;

use super::again::Pending;
use super::document::RunTitle;
use super::knobs::Wanted;
use super::loader::{Job, Loader, Report, Taken};
use super::standing::Trail;
use super::{
    Cursor, Document, Growth, Origin, Place, Run, Selection, Session, View, follow::Follow, jobs, looked::Looked,
    playback::Playback, run,
};
use crate::timeline::view::ViewHistory;

impl Session {
    /// Opens what comes from `origin`; what was open stays until it is there.
    pub fn load(&mut self, origin: Origin, variant: Option<String>) {
        self.load_wanted(Wanted::plain(origin, variant));
    }

    /// Opens what is wanted, with what is set in it. What was wanted before is given up.
    pub(super) fn load_wanted(&mut self, wanted: Wanted) {
        let same = self.wanted.origin == wanted.origin;
        self.home.stale &= !self.is_shown(&wanted.origin);
        self.wanted = wanted.clone();
        let base = self.told.as_ref().map(|told| Arc::clone(&told.base));
        // Read again on the way, it is still that to which the person returns.
        let returning = self.returning.take().filter(|_| same);
        self.start(jobs::job(wanted, base, self.costs_from()));
        self.returning = returning;
    }

    /// Starts a job; what was open stays until it reports.
    pub fn start(&mut self, job: Job) {
        self.playback.pause();
        self.returning = None;
        self.pending.take().into_iter().for_each(|pending| run::forget(pending.runs));
        self.loader = Some(Loader::start(job, Arc::clone(&self.wake)));
    }

    /// Takes one report of the loader, if there is one. Answers whether there may be more.
    pub fn pump(&mut self) -> bool {
        self.pump_sweep();
        let Some(loader) = &self.loader else { return false };
        match loader.take() {
            Taken::Nothing => false,
            Taken::Ended => {
                self.loader = None;
                self.adopt();
                self.stop_runs();
                false
            }
            Taken::Report(report) => {
                self.receive(report);
                true
            }
        }
    }

    /// Takes everything until the job has ended, waiting for it: for tests and pictures, never for the window.
    pub fn finish_loading(&mut self) {
        while let Some(report) = self.loader.as_ref().and_then(Loader::wait) {
            self.receive(report);
        }
        self.pump();
    }

    fn receive(&mut self, report: Report) {
        match report {
            Report::Opened(document, titles) => self.open(document, titles),
            Report::Part { run, part } => {
                if let Some(run) = self.coming_run(run) {
                    run.append(*part);
                }
                self.grown();
            }
            Report::RunEnded { run, notice } => {
                if let Some(run) = self.coming_run(run) {
                    run.growth = Growth::Complete;
                    run.notice = notice;
                }
                self.note_run_ended();
                self.grown();
            }
            Report::Diagnosed { run, findings } => {
                if let Some(run) = self.coming_run(run) {
                    run.diagnosed(findings);
                }
            }
            Report::Measured { run, figures } => {
                if let Some(run) = self.coming_run(run) {
                    run.figures = Some(figures);
                }
            }
            Report::Told(told) => match &mut self.pending {
                Some(pending) => pending.told = Some(*told),
                None => self.told = Some(*told),
            },
            Report::Failed(problems) => {
                self.returning = None;
                self.fail(problems);
            }
        }
    }

    fn open(&mut self, document: Arc<Document>, titles: Vec<RunTitle>) {
        let runs = titles.into_iter().map(|t| Run::new(t.title, t.threads)).collect();
        if self.is_shown(&document.origin) {
            // Run again: the person keeps the picture, until the new one is complete.
            self.pending = Some(Pending { document, runs, told: None });
            return;
        }
        self.place = Place::Open;
        self.pass_notices();
        self.home.stale = false;
        run::forget(std::mem::replace(&mut self.runs, runs));
        self.say_costs_problem(&document);
        self.document = Some(document);
        self.opened += 1;
        self.finding = None;
        self.events.reset();
        self.told = None;
        self.mishap.clear();
        self.focus = 0;
        self.cursor = Cursor::default();
        self.trail = Trail::default();
        self.selection = Selection::Nothing;
        self.looked = Looked::default();
        self.selected_time = None;
        self.history = ViewHistory::default();
        self.view = View::whole(0.0);
        self.fitted = true;
        self.playback = Playback::default();
        self.follow = Follow::default();
        self.breakpoints.clear();
        let last = self.document().map_or(0, |d| d.steps.len().saturating_sub(1));
        self.step = self.note_opened();
        self.step = self.returning.as_ref().map_or(self.step, |kept| kept.step.min(last));
        self.cover_what_comes();
        self.present_from_text();
        self.step_wanted = Some(self.step);
        self.finding = None;
        self.tabs = super::tab::Tabs::default();
        self.sweep = super::sweep::SweepState::default();
    }

    /// After a run has grown: the whole stays in view while nobody has zoomed, and the cursor counts anew.
    pub(super) fn grown(&mut self) {
        if self.pending.is_some() {
            return;
        }
        if self.fitted {
            self.view = self.whole();
            self.playback.suit(self.total());
        }
        self.follow_end();
        if self.runs.iter().all(|r| !r.may_grow())
            && let Some(kept) = self.returning.take()
        {
            self.step_wanted = None;
            self.arrive(kept);
        }
        if self.runs.iter().all(|r| !r.may_grow())
            && let Some(step) = self.step_wanted.take()
        {
            self.go_to_step(step);
        }
        self.settle();
    }

    fn stop_runs(&mut self) {
        if self.runs.iter().any(Run::may_grow) {
            self.runs.iter_mut().filter(|r| r.may_grow()).for_each(|run| run.growth = Growth::Stopped);
            // More does not come: what has come must tell from when on the question covers it.
            self.note_covered();
        }
        if self.runs.is_empty() && self.place == Place::Open {
            self.place = Place::Library;
        }
    }
}
