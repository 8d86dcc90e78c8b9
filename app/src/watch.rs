//! A file that is looked at: whoever shows it is told when it has changed on the disk.
//!
//! Owns the thread that listens to the file system. An editor writes a file in several steps, or writes another and
//! renames it: so the directory is watched, and what has changed is told when it has been quiet for a moment.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use crate::session::loader::Wake;

/// A change is told when nothing more has happened for so long.
const QUIET: Duration = Duration::from_millis(100);

/// Tells when the file that is looked at has changed.
pub trait Watch {
    /// Looks at this file from now on; at none, if there is none.
    fn follow(&mut self, file: Option<&Path>);

    /// The file, if it has changed since it was asked for last.
    fn changed(&mut self) -> Option<PathBuf>;
}

/// Watches by the means of the operating system. Where they fail, nothing is ever told: the file can still be read again
/// by hand.
pub struct FileWatch {
    file: Option<PathBuf>,
    watcher: Option<RecommendedWatcher>,
    changes: Receiver<PathBuf>,
    tell: Sender<PathBuf>,
    wake: Wake,
}

impl FileWatch {
    /// Looks at nothing yet. `wake` is called from the background when there is something to ask for.
    pub fn new(wake: Wake) -> FileWatch {
        let (tell, changes) = unbounded();
        FileWatch { file: None, watcher: None, changes, tell, wake }
    }

    fn start(&self, file: &Path) -> Option<RecommendedWatcher> {
        let name = file.file_name()?.to_owned();
        let directory = match file.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            Some(_) | None => PathBuf::from("."),
        };
        let (noticed, notices) = unbounded();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.is_ok_and(|event| concerns(&event, &name)) {
                // Nobody listens any more when another file is looked at.
                let _ = noticed.send(());
            }
        })
        .ok()?;
        watcher.watch(&directory, RecursiveMode::NonRecursive).ok()?;
        let (file, tell, wake) = (file.to_owned(), self.tell.clone(), self.wake.clone());
        let quieten = move || {
            while settle(&notices) {
                if tell.send(file.clone()).is_err() {
                    return;
                }
                wake();
            }
        };
        std::thread::Builder::new().name("watch".to_owned()).spawn(quieten).ok()?;
        Some(watcher)
    }
}

impl Watch for FileWatch {
    fn follow(&mut self, file: Option<&Path>) {
        if self.file.as_deref() != file {
            self.file = file.map(Path::to_owned);
            self.watcher = file.and_then(|file| self.start(file));
        }
    }

    fn changed(&mut self) -> Option<PathBuf> {
        let last = self.changes.try_iter().last();
        last.filter(|path| Some(path) == self.file.as_ref())
    }
}

/// Whether something happened to the file of this name that may have changed what is in it. That it was read is no news.
fn concerns(event: &notify::Event, name: &OsString) -> bool {
    !event.kind.is_access() && event.paths.iter().any(|path| path.file_name() == Some(name))
}

/// Waits for a notice, and then until there has been none for a while. Answers false when there will be no more.
fn settle(notices: &Receiver<()>) -> bool {
    if notices.recv().is_err() {
        return false;
    }
    let mut until = Instant::now() + QUIET;
    loop {
        match notices.recv_deadline(until) {
            Ok(()) => until = Instant::now() + QUIET,
            // Of the last notices, too, somebody wants to know.
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::EventKind;
    use notify::event::{AccessKind, CreateKind, ModifyKind};

    #[test]
    fn a_burst_of_notices_is_one_change() {
        let (noticed, notices) = unbounded();
        for _ in 0..5 {
            noticed.send(()).expect("there is room");
        }
        drop(noticed);
        assert!(settle(&notices), "something has changed");
        assert!(!settle(&notices), "and then nothing more comes");
    }

    #[test]
    fn only_what_changes_the_file_itself_is_news() {
        let name = OsString::from("a.ron");
        let event = |kind, path: &str| notify::Event::new(kind).add_path(PathBuf::from(path));
        let (made, read) = (EventKind::Create(CreateKind::File), EventKind::Access(AccessKind::Read));
        assert!(concerns(&event(made, "/x/a.ron"), &name));
        assert!(concerns(&event(EventKind::Modify(ModifyKind::Any), "/x/a.ron"), &name));
        assert!(!concerns(&event(made, "/x/b.ron"), &name));
        assert!(!concerns(&event(read, "/x/a.ron"), &name), "that somebody read it is no news");
    }

    #[test]
    fn a_file_that_is_written_is_told_and_another_is_not() {
        let directory = std::env::temp_dir().join(format!("wakeline-watch-{}", std::process::id()));
        std::fs::create_dir_all(&directory).expect("there is room for files");
        let (file, other) = (directory.join("a.ron"), directory.join("b.ron"));
        let (woken, has_woken) = unbounded();
        let mut watch = FileWatch::new(std::sync::Arc::new(move || woken.send(()).expect("the test is there")));
        watch.follow(Some(&file));
        std::fs::write(&other, "2").expect("it can be written");
        std::fs::write(&file, "1").expect("it can be written");
        has_woken.recv_timeout(Duration::from_secs(60)).expect("it is told");
        assert_eq!(watch.changed(), Some(file.clone()));
        assert_eq!(watch.changed(), None, "once");
        watch.follow(None);
        std::fs::remove_dir_all(&directory).expect("the directory is ours");
    }
}
