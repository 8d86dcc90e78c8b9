//! The start screen's part of the session: what is remembered of a person, and what was asked of the start screen.
//!
//! Owns [`Progress`] and when it changes; creating a scenario from the template. Knows no toolkit.

use std::path::PathBuf;

use super::document::{DocumentKind, Origin, Problem};
use super::progress::{Progress, Stamp};
use super::{Place, Session, run, template};

/// What a key or the palette can ask of the start screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ask {
    /// To look for a scenario.
    Search,
    /// To choose a file.
    ChooseFile,
    /// To begin a scenario of one's own.
    NewScenario,
}

/// What was asked, and the how manieth time something was: asked twice is not asked once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Asked {
    /// What.
    pub what: Ask,
    /// The how manieth time, from 1.
    pub nth: u32,
}

/// What the session keeps for the start screen.
#[derive(Debug, Default)]
pub struct Home {
    progress: Progress,
    now: Stamp,
    asked: Option<Asked>,
    not_created: Option<Box<Problem>>,
    /// What is open has to be read and run again when the person comes back to it.
    pub(super) stale: bool,
}

impl Session {
    /// What a person has seen so far.
    pub fn progress(&self) -> &Progress {
        &self.home.progress
    }

    /// Goes on from what was remembered.
    pub fn set_progress(&mut self, progress: Progress) {
        self.home.progress = progress;
    }

    /// What time it is for the person.
    pub fn now(&self) -> Stamp {
        self.home.now
    }

    /// Whoever owns the window says what time it is.
    pub fn set_now(&mut self, now: Stamp) {
        self.home.now = now;
    }

    /// What was asked of the start screen last.
    pub fn asked(&self) -> Option<Asked> {
        self.home.asked
    }

    /// Why the scenario that was to be created is not there.
    pub fn not_created(&self) -> Option<&Problem> {
        self.home.not_created.as_deref()
    }

    /// The recent file that could not be opened, if that is why nothing is shown.
    pub fn recent_that_failed(&self) -> Option<&std::path::Path> {
        let (Place::Failed(_), Origin::File(path)) = (&self.place, &self.wanted.origin) else { return None };
        self.home.progress.recent().iter().any(|file| file.path == *path).then_some(path)
    }

    pub(super) fn ask(&mut self, what: Ask) {
        self.playback.pause();
        self.place = Place::Library;
        let nth = self.home.asked.map_or(1, |asked| asked.nth + 1);
        self.home.asked = Some(Asked { what, nth });
        self.home.not_created = None;
    }

    /// Writes the starter scenario to a path where nothing is yet, and opens it.
    pub(super) fn create_scenario(&mut self, path: PathBuf) {
        self.home.not_created = template::create(&path).err();
        if self.home.not_created.is_none() {
            self.open_file(path);
        }
    }

    pub(super) fn forget_file(&mut self, path: &std::path::Path) {
        self.home.progress.forget_file(path);
        self.place = Place::Library;
    }

    /// Back to what is open, or to what was open when the program ended.
    pub(super) fn resume(&mut self) {
        if !self.runs.is_empty() {
            self.place = Place::Open;
            // What was asked for meanwhile, or could not be opened, is not wanted any more.
            if self.document.as_ref().is_some_and(|d| d.origin != self.wanted.origin) {
                self.loader = None;
                self.pending.take().into_iter().for_each(|pending| run::forget(pending.runs));
                self.give_up();
                // Its file was not watched.
                self.home.stale |= self.file().is_some();
            }
            if self.home.stale {
                self.load_wanted(self.wanted.clone());
            }
        } else if let Some(last) = self.home.progress.last() {
            self.load(last.origin.clone(), None);
        }
    }

    /// Opens a file; it is remembered by a path that holds wherever the program is started next.
    pub(super) fn open_file(&mut self, path: PathBuf) {
        let whole = std::path::absolute(&path).unwrap_or(path);
        let origin = Origin::File(whole);
        if self.is_shown(&origin) {
            self.place = Place::Open;
        }
        self.load(origin, None);
    }

    /// Opens a scenario of the library; the one that is open is shown as it was left.
    pub(super) fn open_scenario(&mut self, id: String) {
        let origin = Origin::Library(id);
        if self.is_shown(&origin) {
            return self.resume();
        }
        self.load(origin, None);
    }

    /// After a document has been opened: it is what was open last. Answers the step to begin with.
    pub(super) fn note_opened(&mut self) -> usize {
        let Some(document) = self.document.clone() else { return 0 };
        self.home.progress.opened(&document, self.home.now);
        self.home.progress.last().filter(|last| last.origin == document.origin).map_or(0, |last| last.at)
    }

    /// After a step of the lesson has been shown.
    pub(super) fn note_step(&mut self) {
        if let Some(document) = self.document.clone() {
            self.home.progress.saw(&document, self.step, self.home.now);
        }
    }

    /// After a run has been read to its end.
    pub(super) fn note_run_ended(&mut self) {
        let Some(document) = &self.document else { return };
        if let (DocumentKind::Recording, Origin::File(path)) = (document.kind, &document.origin) {
            let events = self.runs.iter().map(|run| run.trace.len() as u64).sum();
            self.home.progress.counted(path, events);
        }
    }
}
