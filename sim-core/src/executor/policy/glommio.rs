//! glommio 0.9 (`src/executor/mod.rs`): on each core a queue for every group of tasks, which share the core by weight.

use super::thread_per_core::Homes;
use super::{Aborted, Came, Dropped, Move, Next, QueueSpec, Ready, Reason, Rules, TaskPolicy};
use crate::executor::Executor;
use crate::instant::{SimDuration, SimTime};
use crate::trace::event::End;
use crate::trace::ids::WorkerId;

/// How long a queue keeps its core while others hold tasks (`preempt_timer_duration` where no latency matters).
const PREEMPT: SimDuration = SimDuration::from_millis(100);
/// What a queue has by itself (`src/shares.rs`, `Shares::default`).
const USUAL_SHARES: u32 = 1000;

/// The queue with the smallest virtual run time goes first, and keeps the core until it is empty or 100 ms are over; its
/// virtual run time grows by its run time × 1024 / shares (`TaskQueue::account_vruntime`). One that was empty begins just
/// behind the one that is to run next (`maybe_activate`, `default_vruntime`).
///
/// Left out: the reactor is looked at only when nothing is to run or the 100 ms are over, which all queues have together;
/// here what has completed wakes at once, and each queue has its own 100 ms.
#[derive(Debug)]
pub struct Glommio {
    /// The shares of each group.
    groups: Vec<u32>,
    homes: Homes,
    /// The group of each task.
    group_of: Vec<usize>,
    cores: Vec<Core>,
}

#[derive(Clone, Debug)]
struct Core {
    queues: Vec<Queue>,
    /// The queue that runs, and since when.
    running: Option<(usize, SimTime)>,
    /// Where one begins that was empty: the smallest of those that hold tasks, as the last to run left them.
    default_vruntime: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Queue {
    vruntime: u64,
    is_active: bool,
}

impl Glommio {
    /// A queue on each core for tasks of each of these shares, and for the usual 1,000.
    fn new(workers: u32, shares: impl IntoIterator<Item = u32>) -> Glommio {
        let mut groups: Vec<u32> = shares.into_iter().chain([USUAL_SHARES]).collect();
        groups.sort_unstable();
        groups.dedup();
        groups.reverse();
        let core = Core { queues: vec![Queue::default(); groups.len()], running: None, default_vruntime: 0 };
        Glommio { groups, homes: Homes::default(), group_of: Vec::new(), cores: vec![core; workers as usize] }
    }

    fn first_of(&self, worker: WorkerId) -> usize {
        worker.index() * self.groups.len()
    }

    /// The queue that ran is charged for its time.
    fn account(&mut self, worker: WorkerId, now: SimTime, still_ready: impl Fn(usize) -> bool) {
        let core = &mut self.cores[worker.index()];
        let Some((group, since)) = core.running.take() else { return };
        let queue = &mut core.queues[group];
        queue.vruntime += (now - since).as_nanos() * 1024 / u64::from(self.groups[group].max(1));
        queue.is_active = still_ready(group);
        let own = queue.vruntime;
        core.default_vruntime = core.queues.iter().filter(|q| q.is_active).map(|q| q.vruntime).min().unwrap_or(own);
    }
}

impl Executor {
    /// glommio 0.9: on each worker a queue for the tasks of each of these shares (1 to 1,000) and one for the usual 1,000;
    /// no stealing. Panics outside 1 to [`MAX_WORKERS`](crate::executor::MAX_WORKERS) workers.
    pub fn glommio(workers: u32, shares: impl IntoIterator<Item = u32>) -> Executor {
        Executor::with_policy(workers, Box::new(Glommio::new(workers, shares)))
    }
}

impl TaskPolicy for Glommio {
    fn name(&self) -> &'static str {
        "glommio"
    }

    fn describe(&self) -> String {
        "a queue a core and share, by virtual run time, no stealing".to_owned()
    }

    fn queues(&self, workers: u32) -> Vec<QueueSpec> {
        let of = |w: WorkerId, shares: &u32| QueueSpec { name: format!("{shares} shares of {w}"), owner: Some(w) };
        (0..workers).map(WorkerId).flat_map(|w| self.groups.iter().map(move |shares| of(w, shares))).collect()
    }

    /// A task that is let go of is cancelled (`src/executor/multitask.rs`, `Task`): it is scheduled, and its future dropped
    /// where it would be polled (`src/task/join_handle.rs`, `cancel`).
    fn rules(&self) -> Rules {
        Rules { dropped: Dropped::Cancels, aborted: Aborted::InItsTurn, ..Rules::default() }
    }

    fn place(&mut self, came: &Came, _: &Ready<'_>, _: &mut Vec<Move>) -> (usize, End) {
        let home = self.homes.of(came, self.cores.len() as u32);
        if came.why == Reason::Spawned {
            let shares = came.wishes.shares.unwrap_or(USUAL_SHARES);
            self.group_of.resize(came.task.index() + 1, 0);
            self.group_of[came.task.index()] = self.groups.iter().position(|group| *group == shares).unwrap_or(0);
        }
        let group = self.group_of[came.task.index()];
        let core = &mut self.cores[home.index()];
        let queue = &mut core.queues[group];
        if !std::mem::replace(&mut queue.is_active, true) {
            queue.vruntime = core.default_vruntime + 1;
        }
        (self.first_of(home) + group, End::Back)
    }

    fn unpark(&mut self, queue: usize, _: &Came, ready: &Ready<'_>) -> Option<WorkerId> {
        Some(WorkerId::from_index(queue / self.groups.len())).filter(|home| ready.is_parked(*home))
    }

    fn next(&mut self, worker: WorkerId, ready: &Ready<'_>, _: &mut dyn FnMut(u64) -> u64) -> Next {
        let first = self.first_of(worker);
        let holds = |group: usize| ready.len(first + group) > 0;
        if let Some((group, since)) = self.cores[worker.index()].running {
            if holds(group) && ready.now() - since < PREEMPT {
                return Next::Poll { queue: first + group, end: End::Front };
            }
            self.account(worker, ready.now(), holds);
        }
        let core = &mut self.cores[worker.index()];
        let ready_groups = (0..self.groups.len()).filter(|group| holds(*group));
        let Some(group) = ready_groups.min_by_key(|group| core.queues[*group].vruntime) else { return Next::Park };
        core.running = Some((group, ready.now()));
        Next::Poll { queue: first + group, end: End::Front }
    }
}
