//! When a change of a file is told: when it has been quiet for a moment, but not never; and what is done while the file
//! cannot be watched.
//!
//! Knows no clock and no file system: both are handed in.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// A change is told when nothing more has happened for so long.
const QUIET: Duration = Duration::from_millis(100);
/// A file that changes all the time is told so often.
const LONGEST: Duration = Duration::from_secs(1);
/// What cannot be watched is tried again, and looked at, so often.
const RETRY: Duration = Duration::from_secs(1);

/// What the file system says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Heard {
    /// Something happened to this file.
    Touched(PathBuf),
    /// This directory cannot be listened to any more, or something was missed.
    Lost(PathBuf),
}

/// What tells one state of a file from another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stand {
    /// When it was changed.
    pub changed: SystemTime,
    /// How long it is.
    pub length: u64,
}

/// The file system.
pub trait Disk {
    /// Listens to this directory, and to no other any more; answers whether that can be done.
    fn watch(&mut self, directory: &Path) -> bool;

    /// Listens to nothing.
    fn stop(&mut self);

    /// How the file stands; none: it is not there.
    fn stand(&self, file: &Path) -> Option<Stand>;
}

/// Keeps an eye on one file at a time.
pub struct Keeper<D> {
    disk: D,
    file: Option<PathBuf>,
    /// How the file stood when it was looked at last.
    known: Option<Stand>,
    /// When to try again to watch it; none: it is watched.
    retry: Option<Instant>,
    burst: Option<Burst>,
}

/// Changes that are told as one.
#[derive(Clone, Copy)]
struct Burst {
    first: Instant,
    last: Instant,
}

impl Burst {
    fn due(self) -> Instant {
        (self.last + QUIET).min(self.first + LONGEST)
    }
}

impl<D: Disk> Keeper<D> {
    /// Looks at nothing yet.
    pub fn new(disk: D) -> Keeper<D> {
        Keeper { disk, file: None, known: None, retry: None, burst: None }
    }

    /// Looks at this file from now on. `known` is how it stood when a person began to look at it.
    pub fn follow(&mut self, file: Option<PathBuf>, known: Option<Stand>, now: Instant) {
        (self.file, self.known, self.retry, self.burst) = (file, known, None, None);
        match self.file.clone() {
            Some(file) => {
                self.watch(&file, now);
                self.look(&file, now);
            }
            None => self.disk.stop(),
        }
    }

    /// The file system says something.
    pub fn hear(&mut self, heard: &Heard, now: Instant) {
        let Some(file) = self.file.clone() else { return };
        match heard {
            // One directory is listened to: in it, a name is a file.
            Heard::Touched(path) if path.file_name() == file.file_name() => self.touched(now),
            Heard::Touched(_) => {}
            Heard::Lost(directory) if *directory == directory_of(&file) => {
                self.disk.stop();
                self.watch(&file, now);
                self.look(&file, now);
            }
            // Of a file that was looked at before.
            Heard::Lost(_) => {}
        }
    }

    /// When there will be something to do, if nothing is heard before.
    pub fn due(&self) -> Option<Instant> {
        self.burst.map(Burst::due).into_iter().chain(self.retry).min()
    }

    /// The file, if it is time to tell that it has changed.
    pub fn tell(&mut self, now: Instant) -> Option<PathBuf> {
        let file = self.file.clone()?;
        if self.retry.is_some_and(|at| at <= now) {
            self.watch(&file, now);
            self.look(&file, now);
        }
        self.burst.filter(|burst| burst.due() <= now)?;
        self.burst = None;
        self.known = self.disk.stand(&file);
        Some(file)
    }

    fn watch(&mut self, file: &Path, now: Instant) {
        self.retry = (!self.disk.watch(&directory_of(file))).then_some(now + RETRY);
    }

    /// What was not heard may be seen.
    fn look(&mut self, file: &Path, now: Instant) {
        let stand = self.disk.stand(file);
        if stand != self.known {
            self.known = stand;
            self.touched(now);
        }
    }

    fn touched(&mut self, now: Instant) {
        let first = self.burst.map_or(now, |burst| burst.first);
        self.burst = Some(Burst { first, last: now });
    }
}

fn directory_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        Some(_) | None => PathBuf::from("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::rc::Rc;

    /// A disk whose state the test sets.
    #[derive(Clone, Default)]
    struct Fake {
        can_watch: Rc<Cell<bool>>,
        length: Rc<Cell<Option<u64>>>,
    }

    impl Disk for Fake {
        fn watch(&mut self, _: &Path) -> bool {
            self.can_watch.get()
        }
        fn stop(&mut self) {}
        fn stand(&self, _: &Path) -> Option<Stand> {
            self.length.get().map(|length| Stand { changed: SystemTime::UNIX_EPOCH, length })
        }
    }

    struct Bench {
        keeper: Keeper<Fake>,
        disk: Fake,
        begin: Instant,
    }

    impl Bench {
        fn new(can_watch: bool) -> Bench {
            let disk = Fake::default();
            disk.can_watch.set(can_watch);
            disk.length.set(Some(1));
            let (mut keeper, begin) = (Keeper::new(disk.clone()), Instant::now());
            keeper.follow(Some("/x/a.ron".into()), disk.stand(Path::new("")), begin);
            Bench { keeper, disk, begin }
        }

        fn at(&self, ms: u64) -> Instant {
            self.begin + Duration::from_millis(ms)
        }

        fn touch(&mut self, ms: u64, path: &str) {
            let now = self.at(ms);
            self.keeper.hear(&Heard::Touched(path.into()), now);
        }

        fn tells(&mut self, ms: u64) -> bool {
            let now = self.at(ms);
            self.keeper.tell(now).is_some()
        }
    }

    #[test]
    fn a_burst_is_told_once_when_it_has_been_quiet() {
        let mut bench = Bench::new(true);
        for ms in [0, 60, 120] {
            bench.touch(ms, "/x/a.ron");
            assert!(!bench.tells(ms));
        }
        assert_eq!(bench.keeper.due(), Some(bench.at(220)));
        assert_eq!([219, 220, 400].map(|ms| bench.tells(ms)), [false, true, false]);
        assert_eq!(bench.keeper.due(), None);
    }

    #[test]
    fn a_file_that_changes_all_the_time_is_told_all_the_same() {
        let mut bench = Bench::new(true);
        let told: Vec<u64> = (0..300)
            .map(|n| n * 10)
            .filter(|ms| {
                bench.touch(*ms, "/x/a.ron");
                bench.tells(*ms)
            })
            .collect();
        assert_eq!(told, [1000, 2010], "once a second");
    }

    #[test]
    fn another_file_of_the_directory_is_no_news() {
        let mut bench = Bench::new(true);
        bench.touch(0, "/x/b.ron");
        assert!(!bench.tells(5_000));
    }

    #[test]
    fn what_cannot_be_watched_is_looked_at_and_tried_again() {
        let mut bench = Bench::new(false);
        assert!(!bench.tells(999));
        bench.disk.length.set(Some(2));
        assert!(!bench.tells(1_000), "it may still be written");
        assert_eq!([1_099, 1_100, 2_500].map(|ms| bench.tells(ms)), [false, true, false]);
        bench.disk.can_watch.set(true);
        assert!(!bench.tells(4_000));
        assert_eq!(bench.keeper.due(), None, "it is watched now");
        bench.touch(5_000, "/x/a.ron");
        assert!(bench.tells(5_100));
    }

    #[test]
    fn a_directory_that_is_replaced_is_watched_again_and_what_changed_meanwhile_is_told() {
        let mut bench = Bench::new(true);
        bench.disk.can_watch.set(false);
        let now = bench.at(0);
        bench.keeper.hear(&Heard::Lost("/y".into()), now);
        assert_eq!(bench.keeper.due(), None, "that was another file's");
        bench.disk.length.set(None);
        bench.keeper.hear(&Heard::Lost("/x".into()), now);
        assert!(bench.tells(100), "it is gone");
        bench.disk.can_watch.set(true);
        bench.disk.length.set(Some(7));
        assert!(!bench.tells(1_000));
        assert!(bench.tells(1_100), "it is there again");
    }

    #[test]
    fn what_changes_before_the_watching_begins_is_told() {
        let mut bench = Bench::new(true);
        let (known, now) = (Some(Stand { changed: SystemTime::UNIX_EPOCH, length: 9 }), bench.at(0));
        bench.keeper.follow(Some("/x/a.ron".into()), known, now);
        assert!(bench.tells(100));
    }

    #[test]
    fn who_looks_at_another_file_hears_no_more_of_the_first() {
        let mut bench = Bench::new(true);
        bench.touch(0, "/x/a.ron");
        let now = bench.at(10);
        bench.keeper.follow(None, None, now);
        assert!(!bench.tells(5_000));
        assert_eq!(bench.keeper.due(), None);
    }
}
