//! What has completed and nobody has looked at yet, by the driver that it lies in.
//!
//! Owns those lists. Who looks, and when, is the executor's affair.

use crate::instant::SimTime;
use crate::trace::ids::*;
use crate::trace::tables::Drivers;

/// Something that has completed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kept {
    Timer(TimerId),
    Answer(RequestId),
}

/// What is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sees {
    /// Answers of devices, then timers.
    All,
    /// Answers of devices alone.
    Answers,
    /// Timers alone.
    Timers,
}

#[derive(Debug)]
pub(crate) struct Unseen {
    drivers: Drivers,
    /// The first worker's thread; the others' follow it.
    first: ThreadId,
    workers: usize,
    /// By driver.
    lists: Vec<Vec<Kept>>,
    len: usize,
}

impl Default for Unseen {
    fn default() -> Unseen {
        Unseen { drivers: Drivers::Common, first: ThreadId(0), workers: 0, lists: vec![Vec::new()], len: 0 }
    }
}

impl Unseen {
    /// Whose the drivers are; the first worker's thread is the next that is created.
    pub fn split(&mut self, drivers: Drivers, first: ThreadId, workers: u32) {
        (self.drivers, self.first, self.workers) = (drivers, first, workers as usize);
        let lists = match drivers {
            Drivers::Common => 1,
            Drivers::OfWorkers => self.workers,
        };
        self.lists = vec![Vec::new(); lists];
    }

    /// The driver in which whatever is asked for on this thread lies until it is seen.
    pub fn driver_of(&self, on: ThreadId) -> usize {
        match self.drivers {
            Drivers::Common => 0,
            Drivers::OfWorkers => self.worker_of(on),
        }
    }

    /// What no worker armed is the first one's.
    fn worker_of(&self, on: ThreadId) -> usize {
        let place = on.index().checked_sub(self.first.index());
        place.filter(|place| *place < self.workers).unwrap_or(0)
    }

    pub fn push(&mut self, driver: usize, kept: Kept) {
        self.lists[driver].push(kept);
        self.len += 1;
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The driver that this worker turns.
    fn place_of(&self, worker: WorkerId) -> usize {
        match self.drivers {
            Drivers::Common => 0,
            Drivers::OfWorkers => worker.index(),
        }
    }

    fn of_worker(&self, worker: WorkerId) -> &[Kept] {
        self.lists.get(self.place_of(worker)).map_or(&[], Vec::as_slice)
    }

    /// What came first of what lies in the driver that this worker turns.
    pub fn first_for(&self, worker: WorkerId) -> Option<Kept> {
        self.of_worker(worker).first().copied()
    }

    /// What came first of all.
    pub fn first(&self) -> Option<Kept> {
        self.lists.iter().find_map(|list| list.first().copied())
    }

    /// How many answers this worker would see.
    pub fn answers(&self, worker: WorkerId) -> usize {
        if self.len == 0 {
            return 0;
        }
        self.of_worker(worker).iter().filter(|kept| matches!(kept, Kept::Answer(_))).count()
    }

    /// Takes what this worker sees: answers of devices in order, then timers by deadline, those of one deadline as they
    /// were set.
    pub fn take(&mut self, worker: WorkerId, sees: Sees, deadlines: &[SimTime]) -> Vec<Kept> {
        let place = self.place_of(worker);
        let seen = |kept: &mut Kept| match (sees, kept) {
            (Sees::All, _) | (Sees::Answers, Kept::Answer(_)) | (Sees::Timers, Kept::Timer(_)) => true,
            (Sees::Answers, Kept::Timer(_)) | (Sees::Timers, Kept::Answer(_)) => false,
        };
        let mut taken: Vec<Kept> =
            self.lists.get_mut(place).map_or_else(Vec::new, |list| list.extract_if(.., seen).collect());
        taken.sort_by_key(|kept| match kept {
            Kept::Answer(_) => (0, SimTime::ZERO, 0),
            Kept::Timer(timer) => (1, deadlines[timer.index()], timer.index()),
        });
        self.len -= taken.len();
        taken
    }
}
