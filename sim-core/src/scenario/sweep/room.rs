//! How much memory recordings may take that grow side by side.
//!
//! A figure is taken from a whole recording, so each is kept until its run has ended. On a machine with many cores that
//! would be many: beyond the limit only the run that began first goes on, and the others wait for its end.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often whoever waits looks whether all is cancelled.
const LOOK: Duration = Duration::from_millis(50);

/// The room that recordings share.
#[derive(Debug)]
pub(super) struct Room {
    limit: usize,
    cancelled: Arc<AtomicBool>,
    taken: Mutex<Taken>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct Taken {
    next: u64,
    bytes: usize,
    /// What each run holds, by when it began.
    runs: BTreeMap<u64, usize>,
}

/// One run's part of the room, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Share {
    room: Arc<Room>,
    run: u64,
}

impl Room {
    pub fn new(limit: usize, cancelled: Arc<AtomicBool>) -> Arc<Room> {
        Arc::new(Room { limit, cancelled, taken: Mutex::default(), freed: Condvar::new() })
    }

    /// Room for a run that begins.
    pub fn enter(self: &Arc<Room>) -> Arc<Share> {
        let mut taken = self.taken();
        let run = taken.next;
        taken.next += 1;
        taken.runs.insert(run, 0);
        drop(taken);
        Arc::new(Share { room: Arc::clone(self), run })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nobody wants more.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

impl Share {
    /// Takes so many bytes more, and waits where there is no room. Answers whether to go on.
    pub fn grow(&self, bytes: usize) -> bool {
        let mut taken = self.room.taken();
        taken.bytes += bytes;
        *taken.runs.entry(self.run).or_default() += bytes;
        while !self.room.is_cancelled() && taken.bytes > self.room.limit && !taken.is_first(self.run) {
            let waited = self.room.freed.wait_timeout(taken, LOOK);
            taken = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        !self.room.is_cancelled()
    }
}

impl Taken {
    fn is_first(&self, run: u64) -> bool {
        self.runs.first_key_value().is_none_or(|(first, _)| *first == run)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = self.room.taken();
        let held = taken.runs.remove(&self.run).unwrap_or(0);
        taken.bytes -= held;
        drop(taken);
        self.room.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn beyond_the_limit_only_the_run_that_began_first_goes_on() {
        let room = Room::new(100, Arc::default());
        let (first, second) = (room.enter(), room.enter());
        let (sender, told) = mpsc::channel();
        assert!(first.grow(90));
        let waiting = std::thread::spawn(move || sender.send(second.grow(90)).expect("the test is there"));
        while room.taken().bytes < 180 {
            std::thread::yield_now();
        }
        assert!(first.grow(90), "the first never waits");
        assert_eq!(told.try_recv(), Err(mpsc::TryRecvError::Empty), "the second does");
        drop(first);
        assert_eq!(told.recv(), Ok(true));
        waiting.join().expect("it has ended");
        assert_eq!(room.taken().bytes, 0);
    }

    #[test]
    fn who_waits_for_room_stops_when_all_is_cancelled() {
        let cancelled = Arc::new(AtomicBool::new(false));
        let room = Room::new(10, Arc::clone(&cancelled));
        let (_first, second) = (room.enter(), room.enter());
        let waiting = std::thread::spawn(move || second.grow(90));
        cancelled.store(true, Ordering::Relaxed);
        assert!(!waiting.join().expect("it has ended"));
    }
}
