//! What has completed and nobody has looked at yet, by the driver that it lies in.
//!
//! Owns those lists and how many waits they can still get. Who looks, and when, is the executor's affair.

use super::kernel::Due;
use crate::instant::SimTime;
use crate::trace::ids::*;
use crate::trace::tables::Drivers;

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

/// The most answers that one look at Go's netpoller brings (Go 1.19.8, `runtime/netpoll_epoll.go`, `netpoll`:
/// `var events [128]epollevent`).
const MOST_EVENTS: usize = 128;

#[derive(Debug)]
pub(crate) struct Unseen {
    drivers: Drivers,
    /// The first worker's thread; the others' follow it.
    first: ThreadId,
    workers: usize,
    /// By driver. Of workers: one for each; where only timers are theirs, one more after those for the answers.
    lists: Vec<Vec<Due>>,
    len: usize,
    /// How many timers and requests of tasks are waited for, seen ones not counted.
    awaited: usize,
}

impl Default for Unseen {
    fn default() -> Unseen {
        Unseen {
            drivers: Drivers::Common,
            first: ThreadId(0),
            workers: 0,
            lists: vec![Vec::new()],
            len: 0,
            awaited: 0,
        }
    }
}

impl Unseen {
    /// Whose the drivers are; the first worker's thread is the next that is created.
    pub fn split(&mut self, drivers: Drivers, first: ThreadId, workers: u32) {
        (self.drivers, self.first, self.workers) = (drivers, first, workers as usize);
        let lists = match drivers {
            Drivers::Common => 1,
            Drivers::OfWorkers => self.workers,
            Drivers::TimersOfWorkers => self.workers + 1,
        };
        self.lists = vec![Vec::new(); lists];
    }

    /// The driver that whoever runs on this thread arms its timers in.
    pub fn of_timer(&self, on: ThreadId) -> usize {
        match self.drivers {
            Drivers::Common => 0,
            Drivers::OfWorkers | Drivers::TimersOfWorkers => self.worker_of(on),
        }
    }

    /// The same for requests.
    pub fn of_request(&self, on: ThreadId) -> usize {
        match self.drivers {
            Drivers::Common => 0,
            Drivers::OfWorkers => self.worker_of(on),
            Drivers::TimersOfWorkers => self.workers,
        }
    }

    /// What no worker armed is the first one's.
    fn worker_of(&self, on: ThreadId) -> usize {
        let place = on.index().checked_sub(self.first.index());
        place.filter(|place| *place < self.workers).unwrap_or(0)
    }

    pub fn push(&mut self, driver: usize, due: Due) {
        self.lists[driver].push(due);
        self.len += 1;
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Somebody waits for one thing more.
    pub fn begins(&mut self) {
        self.awaited += 1;
    }

    /// It was seen, or given up.
    pub fn ends(&mut self) {
        self.awaited -= 1;
    }

    /// Whether any task waits for a timer or an answer.
    pub fn is_anything_awaited(&self) -> bool {
        self.awaited > 0
    }

    fn of_worker(&self, worker: WorkerId) -> &[Due] {
        let place = match self.drivers {
            Drivers::Common => 0,
            Drivers::OfWorkers | Drivers::TimersOfWorkers => worker.index(),
        };
        self.lists.get(place).map_or(&[], Vec::as_slice)
    }

    /// What came first of what lies in the driver that this worker turns.
    pub fn first_for(&self, worker: WorkerId) -> Option<Due> {
        self.of_worker(worker).first().copied()
    }

    /// What came first of all.
    pub fn first(&self) -> Option<Due> {
        self.lists.iter().rev().find_map(|list| list.first().copied())
    }

    /// Whether a timer of this worker's driver is due.
    pub fn has_timer(&self, worker: WorkerId) -> bool {
        self.len > 0 && self.of_worker(worker).iter().any(|due| matches!(due, Due::Timer(_)))
    }

    /// How many answers this worker would see.
    pub fn answers(&self, worker: WorkerId) -> usize {
        if self.len == 0 {
            return 0;
        }
        match self.drivers {
            Drivers::TimersOfWorkers => self.lists[self.workers].len(),
            Drivers::Common | Drivers::OfWorkers => {
                self.of_worker(worker).iter().filter(|due| matches!(due, Due::Completion(_))).count()
            }
        }
    }

    /// Takes what this worker sees: answers of devices in order, then timers by deadline, those of one deadline as they
    /// were set. Where the answers are the network poller's they come as it hands them out: the last of so many first
    /// (Go 1.19.8, `runtime/netpoll.go`, `netpollready` pushes to the front of a list).
    pub fn take(&mut self, worker: WorkerId, sees: Sees, deadlines: &[SimTime]) -> Vec<Due> {
        let mut taken = Vec::new();
        if sees != Sees::Timers && self.drivers == Drivers::TimersOfWorkers {
            let answers = &mut self.lists[self.workers];
            taken.extend(answers.drain(..answers.len().min(MOST_EVENTS)).rev());
        }
        let place = match self.drivers {
            Drivers::Common => 0,
            Drivers::OfWorkers | Drivers::TimersOfWorkers => worker.index(),
        };
        if let Some(list) = self.lists.get_mut(place) {
            let seen = |due: &mut Due| match (sees, due) {
                (Sees::All, _) | (Sees::Answers, Due::Completion(_)) | (Sees::Timers, Due::Timer(_)) => true,
                (Sees::Answers, Due::Timer(_)) | (Sees::Timers, Due::Completion(_)) | (_, Due::Look) => false,
            };
            let mut rest: Vec<Due> = list.extract_if(.., seen).collect();
            rest.sort_by_key(|due| match due {
                Due::Completion(_) | Due::Look => (0, SimTime::ZERO, 0),
                Due::Timer(timer) => (1, deadlines[timer.index()], timer.index()),
            });
            taken.extend(rest);
        }
        self.len -= taken.len();
        taken
    }
}
