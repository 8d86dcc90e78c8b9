//! embassy-executor (`src/raw/run_queue.rs`): one core, no heap, batches.

use super::{Came, Move, Next, QueueSpec, Ready, TaskPolicy};
use crate::executor::Executor;
use crate::trace::event::End;
use crate::trace::ids::WorkerId;

const STACK: usize = 0;
const BATCH: usize = 1;

/// Who is woken is pushed onto a stack. The executor takes the whole stack as a batch, the last pushed first, and polls
/// each of it; who is woken meanwhile stands in the next batch (`RunQueue::enqueue`, `dequeue_all`).
#[derive(Debug, Default)]
pub struct Embassy;

impl Executor {
    /// embassy's executor: one core, tasks in batches, the last woken first. Where its tasks live is the program's affair.
    pub fn embassy() -> Executor {
        Executor::with_policy(1, Box::new(Embassy))
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
        ["run queue", "batch"].map(|name| QueueSpec { name: name.to_owned(), owner: Some(WorkerId(0)) }).into()
    }

    fn place(&mut self, _: &Came, _: &Ready<'_>, _: &mut Vec<Move>) -> (usize, End) {
        (STACK, End::Front)
    }

    fn unpark(&mut self, _: usize, _: &Came, ready: &Ready<'_>) -> Option<WorkerId> {
        ready.first_parked()
    }

    fn next(&mut self, _: WorkerId, ready: &Ready<'_>, _: &mut dyn FnMut(u64) -> u64) -> Next {
        if ready.len(BATCH) > 0 {
            return Next::Poll { queue: BATCH, end: End::Front };
        }
        match ready.len(STACK) {
            0 => Next::Park,
            count => Next::Move(Move { from: (STACK, End::Front), to: (BATCH, End::Back), count, stolen: false }),
        }
    }
}
