//! The same document once more: run with something turned, or read again because its file has changed.
//!
//! Owns what is coming while the person still looks at what was: the old picture stays until the new one is complete,
//! and then the person is where they were. What fails leaves the old picture, and says why. What they have set up goes
//! along by [`super::take_along`].

use std::sync::Arc;

use super::change::Change;
use super::document::{Document, Origin, Problem};
use super::found_again::FoundAgain;
use super::span_of_time::SpanOfTime;
use super::standing::Trail;
use super::told::Told;
use super::{Cursor, Growth, Place, Run, Session, run};

/// What is coming.
#[derive(Debug)]
pub(super) struct Pending {
    /// What it is.
    pub document: Arc<Document>,
    /// Its runs, as far as they are there.
    pub runs: Vec<Run>,
    /// What they say to the lesson.
    pub told: Option<Told>,
}

/// How far it is with running again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// The run that is being run, from 0.
    pub run: usize,
    /// How many runs there will be; 0 while that is not known.
    pub runs: usize,
    /// How many events there are.
    pub events: usize,
}

impl Session {
    /// How far it is with running again what is open; none if that is not under way.
    pub fn running_again(&self) -> Option<Progress> {
        if !self.is_loading() || self.place != Place::Open {
            return None;
        }
        match &self.pending {
            Some(pending) => {
                let run = pending.runs.iter().position(Run::may_grow).unwrap_or(pending.runs.len());
                let events = pending.runs.iter().map(|r| r.trace.len()).sum();
                Some(Progress { run, runs: pending.runs.len(), events })
            }
            // Nothing has been reported yet, and what is shown is complete.
            None if !self.runs.iter().any(Run::may_grow) && self.told.is_some() => {
                Some(Progress { run: 0, runs: 0, events: 0 })
            }
            None => None,
        }
    }

    /// Why what was asked for last could not be shown; empty if it is.
    pub fn mishap(&self) -> &[Problem] {
        &self.mishap
    }

    /// What differs from the lesson as written.
    pub fn changes(&self) -> &[Change] {
        self.told.as_ref().map_or(&[], |told| &told.changes)
    }

    /// The runs that are being run: those that will take the place of what is shown, or what is shown itself.
    pub fn coming_runs(&self) -> &[Run] {
        self.pending.as_ref().map_or(&self.runs, |pending| &pending.runs)
    }

    /// The run that a report speaks of.
    pub(super) fn coming_run(&mut self, run: usize) -> Option<&mut Run> {
        match &mut self.pending {
            Some(pending) => pending.runs.get_mut(run),
            None => self.runs.get_mut(run),
        }
    }

    /// Takes over what has come, if it is complete; if not, what was shown stays.
    pub(super) fn adopt(&mut self) {
        let Some(pending) = self.pending.take() else {
            // It ended before anything came of it, or was the first.
            if self.place == Place::Open || self.document.as_ref().is_some_and(|d| d.origin == self.wanted.origin) {
                self.give_up();
            }
            return;
        };
        // Of a scenario it must be known, too, what the runs say to the lesson: without it, it was stopped before its end.
        let unsaid = pending.told.is_none() && pending.document.written.is_some();
        if unsaid || pending.runs.iter().any(|run| run.growth != Growth::Complete) {
            self.give_up();
            return;
        }
        let at_moment = self.step_moment() == Some(self.cursor);
        let mut before = std::mem::replace(&mut self.runs, pending.runs);
        let again = FoundAgain::new(&before, &self.runs, &self.lasting(&before));
        // A step that is about to be shown has let them go.
        if self.step_wanted.is_none() {
            self.pass_notices();
        }
        self.opened += 1;
        self.events.reset();
        self.wanted = pending.document.wanted();
        self.say_costs_problem(&pending.document);
        self.document = Some(pending.document);
        self.told = pending.told;
        self.mishap.clear();
        self.take_along(&mut before, &again);
        run::forget(before);
        self.trail = Trail::default();
        if self.cursor != Cursor::default() {
            let time = self.cursor.time;
            self.cursor = self.focused().map_or(self.cursor, |run| Cursor::at(&run.trace, time));
        }
        let steps = self.document.as_ref().map_or(0, |d| d.steps.len());
        self.step = self.step.min(steps.saturating_sub(1));
        // Among the events of one instant, who stood at the lesson's moment stands at it again.
        if let Some(moment) = self.step_moment().filter(|moment| at_moment && moment.time == self.cursor.time) {
            self.cursor = moment;
        }
        let end = self.end();
        self.selected_time =
            self.selected_time.and_then(|span| SpanOfTime::between(span.from.min(end), span.to.min(end)));
        self.view = self.view.held(self.total());
        self.note_covered();
        self.grown();
    }

    /// Where the moment is that the step speaks of, in the run that is looked at.
    fn step_moment(&self) -> Option<Cursor> {
        let step = self.document.as_ref()?.steps.get(self.step)?;
        if step.run == self.focus { self.moment_of(step) } else { None }
    }

    /// What was asked for does not come: what is shown is what counts.
    pub(super) fn give_up(&mut self) {
        if self.step_wanted.take().is_some() {
            // What was said of the way there has not come true.
            self.pass_notices();
        }
        if let Some(document) = &self.document {
            self.wanted = document.wanted();
        }
    }

    /// What was asked for cannot be shown.
    pub(super) fn fail(&mut self, problems: Vec<Problem>) {
        if self.is_shown(&self.wanted.origin) {
            self.mishap = problems;
            self.give_up();
        } else {
            self.place = Place::Failed(problems);
        }
    }

    /// A file has changed: if it is what is open, or what could not be opened, it is read again; while the start screen
    /// is shown, when the person comes back to it.
    pub(super) fn file_changed(&mut self, path: &std::path::Path) {
        if self.file() == Some(path) {
            match self.place {
                Place::Library => self.home.stale |= self.is_shown(&self.wanted.origin),
                Place::Open | Place::Failed(_) => self.load_wanted(self.wanted.clone()),
            }
        }
    }

    /// Other costs are other runs of a scenario: of what is shown, or, while the start screen is shown, of what the person
    /// comes back to; and of what is still coming. A recording is what it is.
    pub(super) fn costs_changed(&mut self) {
        let is_scenario = self.written().is_some();
        let shown = self.is_shown(&self.wanted.origin);
        let reload =
            if shown { is_scenario && (self.place == Place::Open || self.is_loading()) } else { self.is_loading() };
        if reload {
            self.load_wanted(self.wanted.clone());
        }
        self.home.stale |= is_scenario && !(reload && shown);
    }

    /// Whether what is open comes from there.
    pub(super) fn is_shown(&self, origin: &Origin) -> bool {
        self.document.as_ref().is_some_and(|d| d.origin == *origin) && !self.runs.is_empty()
    }

    /// The file that is open, or could not be opened; none if it is no file.
    pub fn file(&self) -> Option<&std::path::Path> {
        match &self.wanted.origin {
            Origin::File(path) => Some(path),
            Origin::Library(_) => None,
        }
    }
}
