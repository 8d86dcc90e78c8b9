//! A queue a core, and nobody steals: a task stays on the core where it began.

use super::{Came, Driver, Move, Next, QueueSpec, Ready, Reason, Rules, TaskPolicy};
use crate::executor::Executor;
use crate::trace::event::End;
use crate::trace::ids::WorkerId;

/// After so many polls in a row a worker turns its driver, as tokio's do (1.54.1, `runtime/builder.rs`, `event_interval`).
const TURN_INTERVAL: u32 = 61;

/// A task's home is the core that it names, or the one it was spawned on; those that exist from the start and name none
/// are dealt out in turn. A wake from another core goes to its home's queue and unparks that.
///
/// Each worker has a driver of its own: it turns it after 61 polls, and when its queue is empty, before and after it parks
/// there. It is no one runtime; monoio and glommio have their own rules for that.
#[derive(Debug)]
pub struct ThreadPerCore {
    homes: Homes,
    cores: Vec<Turns>,
}

/// What the policy keeps of a worker.
#[derive(Clone, Copy, Debug, Default)]
struct Turns {
    /// Polls since its last turn.
    polls: u32,
    /// It is about to park, or has.
    parks: bool,
}

/// On which core each task lives.
#[derive(Debug, Default)]
pub(super) struct Homes {
    cores: Vec<WorkerId>,
    dealt: u32,
}

impl Homes {
    /// The core of a task that became Ready, among so many.
    pub fn of(&mut self, came: &Came, workers: u32) -> WorkerId {
        if came.why != Reason::Spawned {
            return self.cores[came.task.index()];
        }
        // A scenario that names a core that is not there is refused when it is loaded.
        let named = came.wishes.shard.map(|shard| WorkerId(shard % workers));
        let home = named.or(came.on).unwrap_or_else(|| {
            self.dealt += 1;
            WorkerId((self.dealt - 1) % workers)
        });
        self.cores.resize(came.task.index() + 1, WorkerId(0));
        self.cores[came.task.index()] = home;
        home
    }
}

impl Executor {
    /// A queue and a driver a worker, first come, first served, and no stealing. Panics outside 1 to
    /// [`MAX_WORKERS`](crate::executor::MAX_WORKERS) workers.
    pub fn thread_per_core(workers: u32) -> Executor {
        let cores = vec![Turns::default(); workers as usize];
        Executor::with_policy(workers, Box::new(ThreadPerCore { homes: Homes::default(), cores }))
    }
}

impl TaskPolicy for ThreadPerCore {
    fn name(&self) -> &'static str {
        "thread_per_core"
    }

    fn describe(&self) -> String {
        "a queue and a driver a core, no stealing".to_owned()
    }

    fn queues(&self, workers: u32) -> Vec<QueueSpec> {
        let owned = (0..workers).map(WorkerId);
        owned.map(|w| QueueSpec::kept(format!("queue of {w}"), w)).collect()
    }

    fn rules(&self) -> Rules {
        Rules { driver: Driver::OfEachWorker, ..Rules::default() }
    }

    fn place(&mut self, came: &Came, _: &Ready<'_>, _: &mut Vec<Move>) -> (usize, End) {
        (self.homes.of(came, self.cores.len() as u32).index(), End::Back)
    }

    fn unpark(&mut self, queue: usize, _: &Came, ready: &Ready<'_>) -> Option<WorkerId> {
        Some(WorkerId::from_index(queue)).filter(|home| ready.is_parked(*home))
    }

    fn next(&mut self, worker: WorkerId, ready: &Ready<'_>, _: &mut dyn FnMut(u64) -> u64) -> Next {
        let queue = worker.index();
        let own = &mut self.cores[queue];
        if std::mem::take(&mut own.parks) || own.polls == TURN_INTERVAL {
            own.polls = 0;
            return Next::Turn;
        }
        if ready.len(queue) == 0 {
            own.parks = true;
            return Next::ParkInDriver;
        }
        own.polls += 1;
        Next::Poll { queue, end: End::Front }
    }
}
