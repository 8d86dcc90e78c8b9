//! What a worker keeps, and where in its loop it is.

use super::stats::Stats;
use crate::executor::policy::Next;
use crate::trace::event::End;
use crate::trace::ids::WorkerId;

/// What tokio keeps in a worker's `Core`.
#[derive(Debug)]
pub(super) struct Worker {
    pub id: WorkerId,
    pub tick: u32,
    pub interval: u32,
    pub is_lifo_enabled: bool,
    pub is_searching: bool,
    /// Whether it is inside the driver: then what comes unparks nobody until it is done (`core.park` is taken).
    pub is_inside_driver: bool,
    /// Polls out of the LIFO slot since the last other one.
    pub lifo_polls: u32,
    pub stats: Stats,
    pub stage: Stage,
    /// What it does after it has unparked someone, or moved something.
    pub then: Option<Next>,
}

impl Worker {
    pub fn new(id: WorkerId, fixed_interval: Option<u32>) -> Worker {
        let stats = Stats::default();
        Worker {
            id,
            tick: 0,
            interval: fixed_interval.unwrap_or_else(|| stats.interval()),
            is_lifo_enabled: true,
            is_searching: false,
            is_inside_driver: false,
            lifo_polls: 0,
            stats,
            stage: Stage::Begin,
            then: None,
        }
    }

    /// `tune_global_queue_interval`: small changes are jitter.
    pub fn tune(&mut self, fixed: Option<u32>) {
        let tuned = fixed.unwrap_or_else(|| self.stats.interval());
        if self.interval.abs_diff(tuned) > 2 {
            self.interval = tuned;
        }
    }
}

/// Where in its loop a worker is (`Context::run`, 571).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stage {
    /// Its thread begins, or whoever yielded was woken: a batch of polls begins.
    Begin,
    /// At the top.
    Top,
    /// The driver was turned because it was time.
    Maintained,
    /// To take the next task.
    Choose,
    /// Tasks were moved to poll this one: at this end of this queue.
    Run(usize, End),
    /// A task was polled.
    Polled,
    /// The driver was turned because someone yielded, and there was nothing else to do.
    Yielded,
    /// Asleep on a condition variable.
    Asleep,
    /// Asleep in the driver.
    InDriver,
    /// The driver was turned after a sleep in it.
    Seen,
}
