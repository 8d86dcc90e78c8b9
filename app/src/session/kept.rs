//! Where a person was when they closed the window, so that it opens there again.
//!
//! Owns the shape of that, taking it and going there. Knows no file: where it is kept is [`crate::settings`]'s.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sim_core::instant::SimTime;

use super::step::Cursor;
use super::{Origin, Place, Selection, Session, Tab, View};

/// What was open, and where in it the person was.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Kept {
    /// What was open.
    pub source: Source,
    /// With which variant.
    #[serde(default)]
    pub variant: Option<String>,
    /// The step of the lesson, from 0.
    #[serde(default)]
    pub step: usize,
    /// The run that was focused, from 0.
    #[serde(default)]
    pub run: usize,
    /// The cursor's time, in nanoseconds.
    #[serde(default)]
    pub time: u64,
    /// How many events of the focused run had happened.
    #[serde(default)]
    pub events: usize,
    /// The stretch in view, from and to, in nanoseconds; none: the whole.
    #[serde(default)]
    pub view: Option<(f64, f64)>,
    /// The row that was selected: its run, from 0, and its name.
    #[serde(default)]
    pub selected: Option<(usize, String)>,
    /// The title of the tab that was open.
    #[serde(default)]
    pub tab: String,
}

/// Where a document came from, as it is kept.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Source {
    /// The library.
    Library(String),
    /// A file.
    File(PathBuf),
}

impl Session {
    /// Where the person is, to be kept; none while nothing is open.
    pub fn keep(&self) -> Option<Kept> {
        if self.returning.is_some() {
            return self.returning.clone();
        }
        if self.place != Place::Open {
            return None;
        }
        let document = self.document()?;
        let source = match &document.origin {
            Origin::Library(id) => Source::Library(id.clone()),
            Origin::File(path) => Source::File(std::path::absolute(path).unwrap_or_else(|_| path.clone())),
        };
        Some(Kept {
            source,
            variant: document.variant.clone(),
            step: self.step,
            run: self.focus,
            time: self.cursor.time.as_nanos(),
            events: self.cursor.events,
            view: (!self.fitted).then(|| (self.view.start, self.view.end())),
            selected: self.selected_track().map(|(run, track)| (run, track.name.clone())),
            tab: self.tab().title().to_owned(),
        })
    }

    /// Opens what was open, and goes there when all of it has come. What is not there any more is told.
    pub fn return_to(&mut self, kept: Kept) {
        let origin = match &kept.source {
            Source::Library(id) if self.library.iter().any(|e| e.id == *id) => Origin::Library(id.clone()),
            Source::Library(id) => {
                return self.notice(format!("The scenario {id}, open when you left, is not in this version."));
            }
            Source::File(path) if path.exists() => Origin::File(path.clone()),
            Source::File(path) => {
                return self.notice(format!("{}, open when you left, is not there any more.", path.display()));
            }
        };
        self.load(origin, kept.variant.clone());
        self.returning = Some(kept);
    }

    /// All of what was open has come: goes to where the person was.
    pub(super) fn arrive(&mut self, kept: Kept) {
        self.step = kept.step.min(self.document().map_or(0, |d| d.steps.len().saturating_sub(1)));
        self.focus = kept.run.min(self.runs.len().saturating_sub(1));
        let any = |run: usize, name: &str| self.runs.get(run)?.index.tracks.iter().find(|t| t.name == name);
        let row = |run, name: &str| self.track_named(run, name).or_else(|| Some(any(run, name)?.kind));
        let selected = kept.selected.and_then(|(run, name)| Some((run, row(run, &name)?)));
        self.selection = selected.map_or(Selection::Nothing, |(run, track)| Selection::Track { run, track });
        if let Some(run) = self.focused() {
            let cursor = Cursor { time: SimTime::from_nanos(kept.time), events: kept.events };
            let known = cursor.events <= run.trace.events_until(cursor.time);
            // Another version may have simulated it otherwise: then the time counts.
            self.cursor = if known { cursor } else { Cursor::at(&run.trace, cursor.time) };
        }
        if let Some((from, to)) = kept.view.filter(|(from, to)| from.is_finite() && to.is_finite() && from < to) {
            self.view = View::of(from, to);
            self.fitted = false;
        }
        if let Some(tab) = Tab::ALL.into_iter().find(|t| t.title() == kept.tab) {
            self.tabs.open(tab);
        }
        self.note_covered();
    }
}
