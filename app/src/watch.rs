//! A file that is looked at: whoever shows it is told when it has changed on the disk.
//!
//! Owns the thread that listens to the file system; when what it hears is told is `settle`'s. An editor writes a file in
//! several steps, or writes another and renames it: so the directory is watched, and not the file.

mod settle;

use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use crossbeam_channel::{Receiver, Sender, never, unbounded};
use notify::event::ModifyKind;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::session::loader::Wake;
use settle::{Disk, Heard, Keeper, Stand};

/// Tells when the file that is looked at has changed.
pub trait Watch {
    /// Looks at this file from now on; at none, if there is none.
    fn follow(&mut self, file: Option<&Path>);

    /// The file, if it has changed since it was asked for last.
    fn changed(&mut self) -> Option<PathBuf>;
}

/// A file to look at, and how it stood when a person began to; none: nothing is looked at.
type Followed = Option<(PathBuf, Option<Stand>)>;

/// Watches by the means of the operating system. Where they fail, the file is looked at now and then, until they do not.
pub struct FileWatch {
    file: Option<PathBuf>,
    changes: Receiver<PathBuf>,
    /// Which file to look at, and how it stands; none: there is no thread to tell.
    follow: Option<Sender<Followed>>,
}

impl FileWatch {
    /// Looks at nothing yet. `wake` is called from the background when there is something to ask for.
    pub fn new(wake: Wake) -> FileWatch {
        let (tell, changes) = unbounded();
        let (follow, files) = unbounded();
        let listen = move || listen(&files, &tell, &wake);
        let thread = std::thread::Builder::new().name("watch".to_owned()).spawn(listen);
        FileWatch { file: None, changes, follow: thread.ok().map(|_| follow) }
    }
}

impl Watch for FileWatch {
    fn follow(&mut self, file: Option<&Path>) {
        if self.file.as_deref() != file {
            self.file = file.map(Path::to_owned);
            if let Some(follow) = &self.follow {
                // It ends only when this is gone.
                let _ = follow.send(self.file.clone().map(|file| (file.clone(), stand(&file))));
            }
        }
    }

    fn changed(&mut self) -> Option<PathBuf> {
        self.changes.try_iter().filter(|path| Some(path) == self.file.as_ref()).last()
    }
}

/// The thread: until nobody says any more which file to look at.
fn listen(files: &Receiver<Followed>, tell: &Sender<PathBuf>, wake: &Wake) {
    let (noticed, notices) = unbounded();
    let mut keeper = Keeper::new(System { watcher: None, noticed });
    loop {
        let timer = keeper.due().map_or_else(never, crossbeam_channel::at);
        crossbeam_channel::select! {
            recv(files) -> file => match file {
                Ok(file) => {
                    let (file, known) = file.unzip();
                    keeper.follow(file, known.flatten(), Instant::now());
                }
                Err(_) => return,
            },
            recv(notices) -> event => {
                if let Ok(event) = event {
                    keeper.hear(&event, Instant::now());
                }
            },
            recv(timer) -> _ => {}
        }
        if let Some(file) = keeper.tell(Instant::now()) {
            if tell.send(file).is_err() {
                return;
            }
            wake();
        }
    }
}

/// The real file system.
struct System {
    watcher: Option<RecommendedWatcher>,
    noticed: Sender<Heard>,
}

impl Disk for System {
    fn watch(&mut self, directory: &Path) -> bool {
        let (noticed, own) = (self.noticed.clone(), directory.to_owned());
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            for heard in heard(event, &own) {
                // Nobody listens any more when the window is gone.
                let _ = noticed.send(heard);
            }
        });
        let watching = |mut watcher: RecommendedWatcher| {
            watcher.watch(directory, RecursiveMode::NonRecursive).ok()?;
            Some(watcher)
        };
        self.watcher = watcher.ok().and_then(watching);
        self.watcher.is_some()
    }

    fn stop(&mut self) {
        self.watcher = None;
    }

    fn stand(&self, file: &Path) -> Option<Stand> {
        stand(file)
    }
}

fn stand(file: &Path) -> Option<Stand> {
    let about = std::fs::metadata(file).ok()?;
    Some(Stand { changed: about.modified().unwrap_or(SystemTime::UNIX_EPOCH), length: about.len() })
}

/// What an event of the file system says of the files of a directory. That one was read is no news.
fn heard(event: notify::Result<notify::Event>, directory: &Path) -> Vec<Heard> {
    let lost = || vec![Heard::Lost(directory.to_owned())];
    let Ok(event) = event else { return lost() };
    if event.kind.is_access() {
        return Vec::new();
    }
    let is_away = event.kind.is_remove() || matches!(event.kind, EventKind::Modify(ModifyKind::Name(_)));
    // When more happened than could be told, anything may have.
    if event.need_rescan() || is_away && event.paths.iter().any(|path| path == directory) {
        return lost();
    }
    event.paths.into_iter().map(Heard::Touched).collect()
}

/// How long the tests wait for the operating system.
#[cfg(test)]
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use super::*;
    use notify::event::{AccessKind, CreateKind, Flag, RemoveKind, RenameMode};

    #[test]
    fn reading_is_no_news_and_a_directory_that_goes_away_is() {
        let directory = Path::new("/x");
        let says = |kind, path: &str| heard(Ok(notify::Event::new(kind).add_path(PathBuf::from(path))), directory);
        let touched = [Heard::Touched("/x/a.ron".into())];
        assert_eq!(says(EventKind::Create(CreateKind::File), "/x/a.ron"), touched);
        assert_eq!(says(EventKind::Modify(ModifyKind::Name(RenameMode::To)), "/x/a.ron"), touched);
        assert_eq!(says(EventKind::Remove(RemoveKind::File), "/x/a.ron"), touched);
        assert_eq!(says(EventKind::Access(AccessKind::Read), "/x/a.ron"), []);
        let lost = [Heard::Lost("/x".into())];
        assert_eq!(says(EventKind::Remove(RemoveKind::Folder), "/x"), lost);
        assert_eq!(says(EventKind::Modify(ModifyKind::Name(RenameMode::From)), "/x"), lost);
        assert_eq!(heard(Ok(notify::Event::new(EventKind::Other).set_flag(Flag::Rescan)), directory), lost);
        assert_eq!(heard(Err(notify::Error::generic("no more room")), directory), lost);
    }

    struct Watched {
        watch: FileWatch,
        woken: Receiver<()>,
    }

    impl Watched {
        fn follow(file: &Path) -> Watched {
            let (wake, woken) = unbounded();
            let mut watch = FileWatch::new(std::sync::Arc::new(move || {
                let _ = wake.send(());
            }));
            watch.follow(Some(file));
            Watched { watch, woken }
        }

        /// Waits until the file is told to have changed.
        fn changed(&mut self) -> PathBuf {
            loop {
                self.woken.recv_timeout(PATIENCE).expect("it is told");
                if let Some(file) = self.watch.changed() {
                    return file;
                }
            }
        }
    }

    #[test]
    fn a_file_that_is_written_replaced_or_made_anew_is_told() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let (file, other) = (folder.path().join("a.ron"), folder.path().join("b.ron"));
        std::fs::write(&file, "1").expect("it can be written");
        let mut watched = Watched::follow(&file);
        let act: [&dyn Fn() -> std::io::Result<()>; 3] = [
            &|| std::fs::write(&file, "22"),
            &|| std::fs::write(&other, "333").and_then(|()| std::fs::rename(&other, &file)),
            &|| std::fs::remove_file(&file).and_then(|()| std::fs::write(&file, "4444")),
        ];
        for act in act {
            act().expect("it can be done");
            assert_eq!(watched.changed(), file);
        }
        watched.watch.follow(None);
        std::fs::write(&file, "5").expect("it can be written");
        assert_eq!(watched.watch.changed(), None);
    }

    #[test]
    fn a_folder_that_is_not_there_yet_is_waited_for() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let file = folder.path().join("later").join("a.ron");
        let mut watched = Watched::follow(&file);
        std::fs::create_dir(folder.path().join("later")).expect("it can be made");
        std::fs::write(&file, "1").expect("it can be written");
        assert_eq!(watched.changed(), file);
    }
}
