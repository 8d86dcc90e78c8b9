//! embassy-executor 0.10.0 (`src/raw/run_queue.rs`): one core, no heap, batches.

use super::{Came, Move, Next, QueueSpec, Ready, Reason, Rules, SelfWakes, TaskPolicy};
use crate::executor::Executor;
use crate::trace::event::End;
use crate::trace::ids::{TaskId, WorkerId};

const STACK: usize = 0;
const BATCH: usize = 1;
/// Tasks that were woken after the one that is being polled had woken itself: they come onto the stack after it.
const AFTER: usize = 2;

/// Who is woken is pushed onto a stack. The executor takes the whole stack as a batch, the last pushed first, and polls
/// each of it; who is woken meanwhile stands in the next batch (`RunQueue::enqueue`, `dequeue_all`). A task that wakes itself
/// is pushed at once, in the middle of its poll: its flag was cleared before it (`State::run_dequeue`).
#[derive(Debug, Default)]
pub struct Embassy {
    /// The task that is being polled has woken itself, and has its place on the stack.
    has_place: bool,
}

impl Executor {
    /// embassy's executor: one core, tasks in batches, the last woken first. Where its tasks live is the program's affair.
    pub fn embassy() -> Executor {
        Executor::with_policy(1, Box::<Embassy>::default())
    }
}

impl TaskPolicy for Embassy {
    fn name(&self) -> &'static str {
        "static_executor"
    }

    fn describe(&self) -> String {
        "no heap: batches of whoever was woken, the last first".to_owned()
    }

    fn queues(&self, _: u32) -> Vec<QueueSpec> {
        ["run queue", "batch", "woken since"]
            .map(|name| QueueSpec { name: name.to_owned(), owner: Some(WorkerId(0)) })
            .into()
    }

    fn rules(&self) -> Rules {
        Rules { self_wakes: SelfWakes::AtOnce, ..Rules::default() }
    }

    fn woke_itself(&mut self, _: TaskId) {
        self.has_place = true;
    }

    fn place(&mut self, came: &Came, _: &Ready<'_>, _: &mut Vec<Move>) -> (usize, End) {
        let queue = match came.why {
            Reason::Spawned | Reason::Woken if self.has_place => AFTER,
            Reason::Spawned | Reason::Woken => STACK,
            Reason::WokenInPoll | Reason::Yielded | Reason::Preempted => STACK,
        };
        (queue, End::Front)
    }

    fn unpark(&mut self, _: usize, _: &Came, ready: &Ready<'_>) -> Option<WorkerId> {
        ready.first_parked()
    }

    fn next(&mut self, _: WorkerId, ready: &Ready<'_>, _: &mut dyn FnMut(u64) -> u64) -> Next {
        self.has_place = false;
        if ready.len(AFTER) > 0 {
            // The oldest of them first, so that the newest ends on top.
            return Next::Move(Move {
                from: (AFTER, End::Back),
                to: (STACK, End::Front),
                count: ready.len(AFTER),
                stolen: false,
            });
        }
        if ready.len(BATCH) > 0 {
            return Next::Poll { queue: BATCH, end: End::Front };
        }
        match ready.len(STACK) {
            0 => Next::Park,
            count => Next::Move(Move { from: (STACK, End::Front), to: (BATCH, End::Back), count, stolen: false }),
        }
    }
}
