//! Erlang's scheduler, ERTS 13 of OTP 25 (`erts/emulator/beam/erl_process.c`).

use super::{BlockingPool, Came, Move, Next, QueueSpec, Ready, Rules, TaskPolicy};
use crate::executor::Executor;
use crate::instant::SimDuration;
use crate::trace::event::End;
use crate::trace::ids::WorkerId;

/// `CONTEXT_REDS`: 4,000 reductions. How long they take is not exact, "but can usually be approximated to about 1
/// millisecond" (`erl_nif`, `enif_consume_timeslice`): 250 ns a reduction here.
const SLICE: SimDuration = SimDuration::from_millis(1);

/// Dirty schedulers for calls that block (`erl +SDio`: 10).
const DIRTY_SCHEDULERS: u32 = 10;

/// A run queue a scheduler, first in, first out. What is spawned, woken or has used up its reductions goes to the back;
/// one without work steals a process from the end of another's queue (`try_steal_task_from_victim`). That ERTS evens out
/// the queues' lengths now and then (`check_balance`) is left out, as are priorities.
#[derive(Debug, Default)]
pub struct Beam;

impl Executor {
    /// Erlang's scheduler (OTP 25), so many of them. Panics outside 1 to [`MAX_WORKERS`](crate::executor::MAX_WORKERS)
    /// workers.
    pub fn beam(workers: u32) -> Executor {
        Executor::with_policy(workers, Box::new(Beam))
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
        (came.on.map_or(0, WorkerId::index), End::Back)
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
                Next::Move(Move { from: (victim, End::Back), to: (worker.index(), End::Back), count: 1, stolen: true })
            }
        }
    }
}
