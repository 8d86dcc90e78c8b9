//! What a person has seen of the lessons, which files they had open, and what was open last: plain data that is kept
//! between two starts of the program.
//!
//! Owns the data and its text form. Knows no clock (whoever calls says when), no files and no window. What it reads back
//! may have been written by another version, or by hand: whatever is missing is as if nobody had been there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::document::{Document, DocumentKind, Origin};

/// So many recent files are remembered.
const MOST_RECENT: usize = 6;

/// A moment of the person's own time, in whole seconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug, Serialize, Deserialize)]
pub struct Stamp(pub u64);

impl Stamp {
    /// The moment of a system's clock; one before 1970 counts as 1970.
    pub fn of(time: std::time::SystemTime) -> Stamp {
        Stamp(time.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs()))
    }

    /// How long ago this was, in words: "just now", "2 hours ago". Needs no time zone.
    pub fn ago(self, now: Stamp) -> String {
        const MINUTE: u64 = 60;
        const HOUR: u64 = 60 * MINUTE;
        const DAY: u64 = 24 * HOUR;
        let (n, what) = match now.0.saturating_sub(self.0) {
            0..MINUTE => return "just now".to_owned(),
            s @ MINUTE..HOUR => (s / MINUTE, "minute"),
            s @ HOUR..DAY => (s / HOUR, "hour"),
            s => (s / DAY, "day"),
        };
        format!("{n} {what}{} ago", if n == 1 { "" } else { "s" })
    }
}

/// Everything that is remembered of a person's way through the lessons.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    lessons: BTreeMap<String, LessonProgress>,
    recent: Vec<RecentFile>,
    last: Option<Last>,
}

/// How far a person is in a lesson.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct LessonProgress {
    /// The steps that were shown, from 0.
    pub seen: BTreeSet<usize>,
    /// The step that was shown last, from 0.
    pub at: usize,
    /// How many steps there were.
    pub steps: usize,
    /// When it was opened last.
    pub opened: Stamp,
    /// When its last unseen step was shown. It stays, should the lesson gain steps later.
    pub finished: Option<Stamp>,
}

/// A file that was open.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RecentFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it is.
    pub kind: RecentKind,
    /// When it was opened last.
    pub opened: Stamp,
}

/// What a recent file is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum RecentKind {
    /// A scenario.
    Scenario,
    /// A recorded run.
    Recording {
        /// How many events it has; none while it was not read to its end.
        events: Option<u64>,
    },
}

/// What was open last, and where the person was in it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Last {
    /// Where it came from.
    pub origin: Origin,
    /// Its title, as it was.
    pub title: String,
    /// Its idea, as it was; may be empty.
    pub idea: String,
    /// The step that was shown last, from 0.
    pub at: usize,
    /// How many steps it has; 0 for a recording without a lesson.
    pub steps: usize,
    /// When it was opened.
    pub opened: Stamp,
}

/// What a card says of a lesson.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// Never opened.
    New,
    /// Opened, and not seen to its end.
    At {
        /// The step that was shown last, from 1.
        step: usize,
        /// Of so many.
        of: usize,
    },
    /// Every step was seen.
    Done,
}

impl Progress {
    /// How far a person is in the lesson of this id.
    pub fn status(&self, id: &str) -> Status {
        match self.lessons.get(id) {
            None => Status::New,
            Some(lesson) if lesson.finished.is_some() => Status::Done,
            Some(lesson) => Status::At { step: lesson.at + 1, of: lesson.steps },
        }
    }

    /// What is known of the lesson of this id.
    pub fn lesson(&self, id: &str) -> Option<&LessonProgress> {
        self.lessons.get(id)
    }

    /// What was open last.
    pub fn last(&self) -> Option<&Last> {
        self.last.as_ref()
    }

    /// Files that were open, the latest first.
    pub fn recent(&self) -> &[RecentFile] {
        &self.recent
    }

    /// The step to go on with, from 0: where the person was, or the first one of what is done or new.
    pub fn step_to_resume(&self, origin: &Origin) -> usize {
        let unfinished = |lesson: &LessonProgress| lesson.finished.is_none().then_some(lesson.at);
        match origin {
            Origin::Library(id) => self.lessons.get(id).and_then(unfinished).unwrap_or(0),
            Origin::File(_) => {
                let same = self.last.as_ref().filter(|last| last.origin == *origin);
                same.filter(|last| last.at + 1 < last.steps).map_or(0, |last| last.at)
            }
        }
    }

    /// A document was opened.
    pub(super) fn opened(&mut self, document: &Document, now: Stamp) {
        // A path that is no text cannot be kept.
        if matches!(&document.origin, Origin::File(path) if path.to_str().is_none()) {
            return;
        }
        let (origin, steps) = (document.origin.clone(), document.steps.len());
        let at = self.step_to_resume(&origin).min(steps.saturating_sub(1));
        match &origin {
            Origin::Library(id) => self.lessons.entry(id.clone()).or_default().opened = now,
            Origin::File(path) => self.note_file(path, document.kind, now),
        }
        self.last =
            Some(Last { origin, title: document.title.clone(), idea: document.idea.clone(), at, steps, opened: now });
        self.saw(document, at, now);
    }

    /// A step of what is open was shown.
    pub(super) fn saw(&mut self, document: &Document, step: usize, now: Stamp) {
        if let Some(last) = self.last.as_mut().filter(|last| last.origin == document.origin) {
            last.at = step;
        }
        let (Origin::Library(id), steps) = (&document.origin, document.steps.len()) else { return };
        let lesson = self.lessons.entry(id.clone()).or_default();
        lesson.steps = steps;
        lesson.at = step;
        if step < steps {
            lesson.seen.insert(step);
        }
        // A lesson that has lost steps since has fewer to be seen.
        if lesson.finished.is_none() && lesson.seen.range(..steps).count() == steps {
            lesson.finished = Some(now);
        }
    }

    /// A recording was read to its end.
    pub(super) fn counted(&mut self, path: &Path, count: u64) {
        let of_path = self.recent.iter_mut().find(|file| file.path == path);
        if let Some(RecentKind::Recording { events }) = of_path.map(|file| &mut file.kind) {
            *events = Some(count);
        }
    }

    /// A file is no longer to be offered.
    pub(super) fn forget_file(&mut self, path: &Path) {
        self.recent.retain(|file| file.path != path);
        if self.last.as_ref().is_some_and(|last| last.origin == Origin::File(path.to_owned())) {
            self.last = None;
        }
    }

    fn note_file(&mut self, path: &Path, kind: DocumentKind, now: Stamp) {
        let known = self.recent.iter().position(|file| file.path == path).map(|i| self.recent.remove(i));
        let kind = match (kind, known.map(|file| file.kind)) {
            (DocumentKind::Scenario, _) => RecentKind::Scenario,
            (DocumentKind::Recording, Some(kind @ RecentKind::Recording { .. })) => kind,
            (DocumentKind::Recording, _) => RecentKind::Recording { events: None },
        };
        self.recent.insert(0, RecentFile { path: path.to_owned(), kind, opened: now });
        self.recent.truncate(MOST_RECENT);
    }

    /// As text, to be kept.
    pub fn to_text(&self) -> String {
        ron::ser::to_string(self).expect("plain data has a text form")
    }

    /// From what was kept. The error says what is wrong with the text.
    pub fn from_text(text: &str) -> Result<Progress, String> {
        ron::from_str(text).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::document::Step;

    const NOW: Stamp = Stamp(1_000_000);

    fn lesson(id: &str, steps: usize) -> Document {
        let step = Step {
            run: 0,
            says: sim_core::scenario::Step {
                title: String::new(),
                text: String::new(),
                at: None,
                select: None,
                view: None,
                variant: None,
                question: None,
            },
        };
        Document { origin: Origin::Library(id.into()), steps: vec![step; steps], ..Document::default() }
    }

    fn file(path: &str, kind: DocumentKind) -> Document {
        Document { origin: Origin::File(path.into()), kind, ..lesson("", 3) }
    }

    #[test]
    fn a_lesson_is_done_when_every_step_was_seen_and_stays_done() {
        let (mut progress, three) = (Progress::default(), lesson("x", 3));
        assert_eq!(progress.status("x"), Status::New);
        progress.opened(&three, NOW);
        assert_eq!(progress.status("x"), Status::At { step: 1, of: 3 });
        progress.saw(&three, 2, NOW);
        assert_eq!(progress.status("x"), Status::At { step: 3, of: 3 }, "the second step was left out");
        progress.saw(&three, 1, NOW);
        assert_eq!(progress.status("x"), Status::Done);
        progress.saw(&three, 0, NOW);
        progress.opened(&lesson("x", 5), NOW);
        assert_eq!(progress.status("x"), Status::Done, "new steps do not take back what was done");
    }

    #[test]
    fn opening_a_lesson_again_goes_on_where_one_was_and_a_done_one_begins_anew() {
        let (mut progress, three) = (Progress::default(), lesson("x", 3));
        progress.opened(&three, NOW);
        progress.saw(&three, 1, NOW);
        progress.opened(&lesson("y", 2), NOW);
        assert_eq!(progress.step_to_resume(&three.origin), 1);
        progress.opened(&three, NOW);
        assert_eq!(progress.last().map(|last| (last.at, last.steps)), Some((1, 3)));
        progress.saw(&three, 2, NOW);
        assert_eq!(progress.step_to_resume(&three.origin), 0);
    }

    #[test]
    fn a_lesson_that_has_lost_steps_is_resumed_at_one_that_is_there() {
        let mut progress = Progress::default();
        progress.opened(&lesson("x", 9), NOW);
        progress.saw(&lesson("x", 9), 7, NOW);
        progress.opened(&lesson("x", 3), NOW);
        assert_eq!(progress.last().map(|last| last.at), Some(2));
    }

    #[test]
    fn recent_files_are_listed_once_the_latest_first() {
        let mut progress = Progress::default();
        for name in ["a.ron", "b.wkl", "a.ron"] {
            let kind = if name == "b.wkl" { DocumentKind::Recording } else { DocumentKind::Scenario };
            progress.opened(&file(name, kind), NOW);
        }
        progress.counted(Path::new("b.wkl"), 81_000);
        progress.counted(Path::new("a.ron"), 5);
        let kinds: Vec<_> = progress.recent().iter().map(|f| (f.path.to_str().unwrap(), f.kind.clone())).collect();
        let events = Some(81_000);
        assert_eq!(kinds, [("a.ron", RecentKind::Scenario), ("b.wkl", RecentKind::Recording { events })]);
        progress.opened(&file("b.wkl", DocumentKind::Recording), NOW);
        assert_eq!(progress.recent()[0].kind, RecentKind::Recording { events }, "the count is kept while it loads");
        for i in 0..20 {
            progress.opened(&file(&format!("{i}.ron"), DocumentKind::Scenario), NOW);
        }
        assert_eq!(progress.recent().len(), MOST_RECENT);
    }

    #[test]
    fn a_file_that_is_forgotten_is_offered_nowhere() {
        let mut progress = Progress::default();
        progress.opened(&file("a.ron", DocumentKind::Scenario), NOW);
        progress.forget_file(Path::new("a.ron"));
        assert_eq!((progress.recent().len(), progress.last()), (0, None));
    }

    #[test]
    fn what_is_written_is_read_back_and_what_is_damaged_says_so() {
        let mut progress = Progress::default();
        progress.opened(&lesson("x", 3), NOW);
        progress.opened(&file("with \"quotes\" and spaces.wkl", DocumentKind::Recording), NOW);
        assert_eq!(Progress::from_text(&progress.to_text()), Ok(progress));
        assert_eq!(
            Progress::from_text("()"),
            Ok(Progress::default()),
            "what is missing is as if nobody had been there"
        );
        assert!(Progress::from_text("(lessons: 3)").is_err());
        assert!(Progress::from_text("\u{0}").is_err());
    }

    #[test]
    fn ages_are_told_in_words() {
        let words = |seconds: u64| Stamp(1_000_000 - seconds).ago(NOW);
        assert_eq!(words(0), "just now");
        assert_eq!(words(61), "1 minute ago");
        assert_eq!(words(7_300), "2 hours ago");
        assert_eq!(words(200_000), "2 days ago");
        assert_eq!(Stamp(2_000_000).ago(NOW), "just now", "a clock that was set back is no age");
    }
}
