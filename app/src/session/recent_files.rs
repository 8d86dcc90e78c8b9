//! What is known of recent files without opening them: whether they are there, and when they were changed.
//!
//! Owns asking the file system, on a thread of its own: a disk that sleeps must not hold up the window.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crossbeam_channel::{Receiver, bounded};

use super::loader::Wake;
use super::progress::{RecentFile, RecentKind, Stamp};

/// What is known of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileState {
    /// It is there, changed then.
    There(Stamp),
    /// It is not.
    Missing,
}

/// What is known of files, as far as it has been asked.
#[derive(Default)]
pub struct FileStates {
    known: BTreeMap<PathBuf, FileState>,
    asked: Vec<PathBuf>,
    incoming: Option<Receiver<Vec<(PathBuf, FileState)>>>,
}

impl FileStates {
    /// What is known of a file; none while it has not been asked.
    pub fn of(&self, path: &Path) -> Option<FileState> {
        self.known.get(path).copied()
    }

    /// Asks of these files, unless they are what was asked last; `wake` is called when the answer is there.
    pub fn ask(&mut self, files: &[RecentFile], wake: Wake) {
        let paths: Vec<PathBuf> = files.iter().map(|file| file.path.clone()).collect();
        if self.asked == paths {
            return;
        }
        self.asked.clone_from(&paths);
        let (outlet, incoming) = bounded(1);
        let asking = std::thread::Builder::new().name("recent files".to_owned()).spawn(move || {
            let states = paths.into_iter().map(|path| (state_of(&path), path)).map(|(state, path)| (path, state));
            let _ = outlet.send(states.collect());
            wake();
        });
        self.incoming = asking.ok().map(|_| incoming);
    }

    /// The next question is asked even of the same files: they may have changed.
    pub fn forget_question(&mut self) {
        self.asked.clear();
    }

    /// Takes in an answer that is there.
    pub fn pump(&mut self) {
        let answers = self.incoming.as_ref().and_then(|incoming| incoming.try_recv().ok());
        self.known.extend(answers.into_iter().flatten());
    }
}

fn state_of(path: &Path) -> FileState {
    match std::fs::metadata(path) {
        Ok(about) => FileState::There(about.modified().map(Stamp::of).unwrap_or_default()),
        Err(_) => FileState::Missing,
    }
}

/// A recent file in a line: what it is, and whether it is still there.
pub fn in_a_line(file: &RecentFile, state: Option<FileState>, now: Stamp) -> String {
    match (&file.kind, state) {
        (_, Some(FileState::Missing)) => "not there any more".to_owned(),
        (RecentKind::Scenario, Some(FileState::There(changed))) if changed > Stamp::default() => {
            format!("scenario, edited {}", changed.ago(now))
        }
        (RecentKind::Scenario, _) => "scenario".to_owned(),
        (RecentKind::Recording { events: Some(n) }, _) => format!("recorded run, {} events", with_commas(*n)),
        (RecentKind::Recording { events: None }, _) => "recorded run".to_owned(),
    }
}

/// 81000 as "81,000".
pub fn with_commas(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn file(kind: RecentKind) -> RecentFile {
        RecentFile { path: "x".into(), kind, opened: Stamp(0) }
    }

    #[test]
    fn a_recent_file_says_what_it_is_in_a_line() {
        let line = |kind, state| in_a_line(&file(kind), state, Stamp(10_000));
        let there = Some(FileState::There(Stamp(9_000)));
        assert_eq!(line(RecentKind::Recording { events: Some(81_000) }, there), "recorded run, 81,000 events");
        assert_eq!(line(RecentKind::Recording { events: None }, None), "recorded run");
        assert_eq!(line(RecentKind::Scenario, there), "scenario, edited 16 minutes ago");
        assert_eq!(line(RecentKind::Scenario, None), "scenario");
        assert_eq!(line(RecentKind::Scenario, Some(FileState::Missing)), "not there any more");
        assert_eq!(["1", "999", "1,000", "2,100,000"], [1, 999, 1000, 2_100_000].map(with_commas));
    }

    #[test]
    fn a_file_that_is_gone_is_known_to_be() {
        let mut states = FileStates::default();
        let gone = RecentFile { path: "no/such/file.ron".into(), kind: RecentKind::Scenario, opened: Stamp(0) };
        let (said, heard) = bounded(1);
        states.ask(std::slice::from_ref(&gone), Arc::new(move || said.send(()).expect("the test is there")));
        heard.recv().expect("the answer comes");
        states.pump();
        assert_eq!(states.of(&gone.path), Some(FileState::Missing));
    }
}
