//! Erlang's scheduler, ERTS 13 of OTP 25 (`erts/emulator/beam/erl_process.c`).

use super::{BlockingPool, Came, Move, Next, QueueSpec, Ready, Reason, Rules, TaskPolicy};
use crate::executor::Executor;
use crate::instant::SimDuration;
use crate::trace::event::{End, PollResult};
use crate::trace::ids::{TaskId, WorkerId};

/// `CONTEXT_REDS`: 4,000 reductions. How long they take is not exact, "but can usually be approximated to about 1
/// millisecond" (`erl_nif`, `enif_consume_timeslice`): 250 ns a reduction here.
const SLICE: SimDuration = SimDuration::from_millis(1);

/// Dirty schedulers for calls that block (`erl +SDio`: 10).
const DIRTY_SCHEDULERS: u32 = 10;

/// A run queue a scheduler, first in, first out. What is spawned goes to the back of its parent's; who is woken, or has used
/// up its reductions, to the back of the queue that it is in ever since, whoever woke it (`select_enqueue_run_queue`). One
/// without work steals the first process of another's queue, which is in its own from then on
/// (`try_steal_task_from_victim`).
///
/// That ERTS evens out the queues' lengths now and then (`check_balance`) is left out, as are priorities, and that
/// one that sleeps is woken for another's queue only when that has been long for a while (`wakeup_other_check`): here it
/// is at once.
#[derive(Debug, Default)]
pub struct Beam {
    /// In whose queue each process is (`erts_get_runq_proc`).
    homes: Vec<WorkerId>,
}

impl Beam {
    fn set_home(&mut self, task: TaskId, home: WorkerId) {
        if self.homes.len() <= task.index() {
            self.homes.resize(task.index() + 1, WorkerId(0));
        }
        self.homes[task.index()] = home;
    }
}

impl Executor {
    /// Erlang's scheduler (OTP 25), so many of them. Panics outside 1 to [`MAX_WORKERS`](crate::executor::MAX_WORKERS)
    /// workers.
    pub fn beam(workers: u32) -> Executor {
        Executor::with_policy(workers, Box::<Beam>::default())
    }
}

impl TaskPolicy for Beam {
    fn name(&self) -> &'static str {
        "actors"
    }

    fn describe(&self) -> String {
        "FIFO run queues, 4,000 reductions a turn".to_owned()
    }

    fn queues(&self, workers: u32) -> Vec<QueueSpec> {
        let own = |worker: WorkerId| QueueSpec { name: format!("run queue of {worker}"), owner: Some(worker) };
        (0..workers).map(WorkerId).map(own).collect()
    }

    fn rules(&self) -> Rules {
        Rules { slice: Some(SLICE), blocking: BlockingPool::that_stays(DIRTY_SCHEDULERS), ..Rules::default() }
    }

    fn place(&mut self, came: &Came, _: &Ready<'_>, _: &mut Vec<Move>) -> (usize, End) {
        if came.why == Reason::Spawned {
            self.set_home(came.task, came.on.unwrap_or(WorkerId(0)));
        }
        (self.homes[came.task.index()].index(), End::Back)
    }

    fn polled(&mut self, worker: WorkerId, task: TaskId, _: PollResult) {
        self.set_home(task, worker);
    }

    fn unpark(&mut self, queue: usize, _: &Came, ready: &Ready<'_>) -> Option<WorkerId> {
        let owner = WorkerId::from_index(queue);
        if ready.is_parked(owner) { Some(owner) } else { ready.first_parked() }
    }

    fn next(&mut self, worker: WorkerId, ready: &Ready<'_>, _: &mut dyn FnMut(u64) -> u64) -> Next {
        if ready.len(worker.index()) > 0 {
            return Next::Poll { queue: worker.index(), end: End::Front };
        }
        // From the next scheduler on, in their order (`try_steal_task`).
        let count = ready.workers().count();
        let mut others = (1..count).map(|after| (worker.index() + after) % count);
        match others.find(|victim| ready.len(*victim) > 0) {
            None => Next::Park,
            Some(victim) => {
                Next::Move(Move { from: (victim, End::Front), to: (worker.index(), End::Back), count: 1, stolen: true })
            }
        }
    }
}
