//! Who sleeps and how many search (`multi_thread/idle.rs`).

use crate::trace::ids::WorkerId;

/// As tokio's `Idle`: counts of searching and unparked workers, and the stack of sleepers.
#[derive(Debug, Default)]
pub(super) struct Idle {
    workers: usize,
    searching: usize,
    sleepers: Vec<WorkerId>,
}

impl Idle {
    pub fn new(workers: usize) -> Idle {
        Idle { workers, searching: 0, sleepers: Vec::with_capacity(workers) }
    }

    /// The sleeper to notify, the last to have gone to sleep: only while nobody searches, since who searches will find
    /// the work, and notify another (`worker_to_notify`, 78). It searches from now on.
    #[inline]
    pub fn notify(&mut self) -> Option<WorkerId> {
        if self.searching > 0 {
            return None;
        }
        let worker = self.sleepers.pop()?;
        self.searching = 1;
        Some(worker)
    }

    /// A worker asks to search. No more than half of them do (`transition_worker_to_searching`, 109).
    pub fn search(&mut self) -> bool {
        let may = 2 * self.searching < self.workers;
        self.searching += usize::from(may);
        may
    }

    /// A worker that searched found something. Answers whether it was the last that searched
    /// (`transition_worker_from_searching`, 127).
    pub fn found(&mut self) -> bool {
        self.searching -= 1;
        self.searching == 0
    }

    /// A worker goes to sleep. Answers whether it was the last that searched (`transition_worker_to_parked`, 90).
    pub fn sleep(&mut self, worker: WorkerId, searched: Searched) -> bool {
        self.sleepers.push(worker);
        match searched {
            Searched::No => false,
            Searched::Yes => self.found(),
        }
    }

    /// A sleeper got up by itself. Answers false if it was notified before (`unpark_worker_by_id`, 135).
    pub fn rise(&mut self, worker: WorkerId) -> bool {
        let place = self.sleepers.iter().position(|sleeper| *sleeper == worker);
        place.map(|place| self.sleepers.swap_remove(place)).is_some()
    }

    pub fn sleeps(&self, worker: WorkerId) -> bool {
        self.sleepers.contains(&worker)
    }
}

/// Whether a worker that goes to sleep searched before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Searched {
    No,
    Yes,
}
