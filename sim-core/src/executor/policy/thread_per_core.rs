//! A queue a core, and nobody steals: a task stays on the core where it began.

use super::{Came, Move, Next, QueueSpec, Ready, Reason, TaskPolicy};
use crate::executor::Executor;
use crate::trace::event::End;
use crate::trace::ids::WorkerId;

/// Where a task goes that wakes itself during its own poll.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum SelfWoken {
    /// Behind the others.
    Back,
    /// Before them: it keeps the core (monoio 0.2.4, `src/scheduler.rs`, `yield_now`).
    Front,
}

/// A task's home is the core that it names, or the one it was spawned on; those that exist from the start and name none
/// are dealt out in turn. A wake from another core goes to its home and unparks that.
///
/// Left out of monoio: it sees what has completed only when its queue is empty (0.2.4, `src/runtime.rs`, `block_on`); here
/// that wakes at once.
#[derive(Debug)]
pub struct ThreadPerCore {
    name: &'static str,
    self_woken: SelfWoken,
    homes: Homes,
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

impl ThreadPerCore {
    fn new(name: &'static str, self_woken: SelfWoken) -> ThreadPerCore {
        ThreadPerCore { name, self_woken, homes: Homes::default() }
    }
}

impl Executor {
    /// A queue a worker, first come, first served, and no stealing. Panics outside 1 to
    /// [`MAX_WORKERS`](crate::executor::MAX_WORKERS) workers.
    pub fn thread_per_core(workers: u32) -> Executor {
        Executor::with_policy(workers, Box::new(ThreadPerCore::new("thread_per_core", SelfWoken::Back)))
    }

    /// monoio 0.2.4: as [`Executor::thread_per_core`], but a task that wakes itself goes on at once. Panics outside 1 to
    /// [`MAX_WORKERS`](crate::executor::MAX_WORKERS) workers.
    pub fn monoio(workers: u32) -> Executor {
        Executor::with_policy(workers, Box::new(ThreadPerCore::new("monoio", SelfWoken::Front)))
    }
}

impl TaskPolicy for ThreadPerCore {
    fn name(&self) -> &'static str {
        self.name
    }

    fn describe(&self) -> String {
        match self.self_woken {
            SelfWoken::Back => "a queue a core, no stealing".to_owned(),
            SelfWoken::Front => "a queue a core, no stealing, self-wakes to the front".to_owned(),
        }
    }

    fn queues(&self, workers: u32) -> Vec<QueueSpec> {
        let owned = (0..workers).map(WorkerId);
        owned.map(|w| QueueSpec { name: format!("queue of {w}"), owner: Some(w) }).collect()
    }

    fn place(&mut self, came: &Came, ready: &Ready<'_>, _: &mut Vec<Move>) -> (usize, End) {
        let home = self.homes.of(came, ready.workers().count() as u32);
        let end = match (came.why, self.self_woken) {
            (Reason::WokenInPoll | Reason::Yielded, SelfWoken::Front) => End::Front,
            (Reason::WokenInPoll | Reason::Yielded, SelfWoken::Back)
            | (Reason::Spawned | Reason::Woken | Reason::Preempted, _) => End::Back,
        };
        (home.index(), end)
    }

    fn unpark(&mut self, queue: usize, _: &Came, ready: &Ready<'_>) -> Option<WorkerId> {
        Some(WorkerId::from_index(queue)).filter(|home| ready.is_parked(*home))
    }

    fn next(&mut self, worker: WorkerId, ready: &Ready<'_>, _: &mut dyn FnMut(u64) -> u64) -> Next {
        let queue = worker.index();
        if ready.len(queue) == 0 { Next::Park } else { Next::Poll { queue, end: End::Front } }
    }
}
