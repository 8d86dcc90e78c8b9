//! A queue a worker, and a shared one for what comes from outside; a worker with nothing to do steals half of
//! another's.

use super::{Came, Move, Next, QueueSpec, Ready, TaskPolicy};
use crate::executor::Executor;
use crate::trace::event::End;
use crate::trace::ids::WorkerId;

const SHARED: usize = 0;

fn own(worker: WorkerId) -> usize {
    worker.index() + 1
}

/// A wake on a worker goes to that worker's queue, any other to the shared one. A worker takes from its own queue, then
/// from the shared one, then half (rounded up) of a victim's, tried in order from one drawn by decision.
pub struct Stealing {
    /// Whether workers steal at all: without, a queue that got all tasks keeps them.
    pub steals: bool,
}

impl Executor {
    /// A queue a worker; one with nothing to do steals half of another's. Panics outside 1 to [`MAX_WORKERS`](crate::executor::MAX_WORKERS) workers.
    pub fn stealing(workers: u32) -> Executor {
        Executor::with_policy(workers, Box::new(Stealing { steals: true }))
    }
}

impl TaskPolicy for Stealing {
    fn name(&self) -> &'static str {
        "async_stealing"
    }

    fn describe(&self) -> String {
        let steals = if self.steals { "work stealing" } else { "no stealing" };
        format!("a queue a worker, {steals}")
    }

    fn queues(&self, workers: u32) -> Vec<QueueSpec> {
        let shared = QueueSpec::shared("shared queue");
        let owned = (0..workers).map(WorkerId);
        let own = if self.steals { QueueSpec::stolen_from } else { QueueSpec::kept };
        let owned = owned.map(|w| own(format!("queue of {w}"), w));
        std::iter::once(shared).chain(owned).collect()
    }

    fn place(&mut self, came: &Came, _: &Ready<'_>, _: &mut Vec<Move>) -> (usize, End) {
        (came.on.map_or(SHARED, own), End::Back)
    }

    fn unpark(&mut self, queue: usize, _: &Came, ready: &Ready<'_>) -> Option<WorkerId> {
        let owner = queue.checked_sub(1).map(WorkerId::from_index);
        if let Some(owner) = owner.filter(|w| ready.is_parked(*w)) {
            return Some(owner);
        }
        if queue == SHARED || self.steals { ready.first_parked() } else { None }
    }

    fn next(&mut self, worker: WorkerId, ready: &Ready<'_>, draw: &mut dyn FnMut(u64) -> u64) -> Next {
        for queue in [own(worker), SHARED] {
            if ready.len(queue) > 0 {
                return Next::Poll { queue, end: End::Front };
            }
        }
        if !self.steals || ready.workers().all(|w| ready.len(own(w)) == 0) {
            return Next::Park;
        }
        let count = ready.workers().count() as u64;
        let first = draw(count) as usize;
        let mut victims = ready.workers().cycle().skip(first).take(count as usize);
        let victim = victims.find(|v| ready.len(own(*v)) > 0).expect("one queue was seen to hold tasks");
        let count = ready.len(own(victim)).div_ceil(2);
        Next::Move(Move { from: (own(victim), End::Front), to: (own(worker), End::Back), count, stolen: true })
    }
}
