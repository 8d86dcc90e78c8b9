//! embassy-executor 0.10.0 (`src/raw/run_queue.rs`) with the timer queue of embassy-time-queue-utils 0.3.2
//! (`src/queue_integrated.rs`): one core, no heap, batches.

use super::{Came, Move, Next, QueueSpec, Ready, Reason, Rules, SelfWakes, TaskPolicy};
use crate::executor::Executor;
use crate::instant::SimTime;
use crate::trace::event::End;
use crate::trace::ids::{Actor, TaskId, WorkerId};

const STACK: usize = 0;
const BATCH: usize = 1;
/// Tasks that were woken after the one that is being polled had woken itself: they come onto the stack after it.
const AFTER: usize = 2;
/// Tasks whose timers were due at one moment, the first set first: as a block they come onto the stack.
const TIMERS: usize = 3;

/// Who is woken is pushed onto a stack. The executor takes the whole stack as a batch, the last pushed first, and polls
/// each of it; who is woken meanwhile stands in the next batch (`RunQueue::enqueue`, `dequeue_all`). A task that wakes itself
/// is pushed at once, in the middle of its poll: its flag was cleared before it (`State::run_dequeue`).
///
/// A timer's interrupt goes through the list of armed timers from the one that was set last (`Queue::schedule_wake_queue_item`,
/// `next_expiration`), and pushes whoever is due: of those of one moment the first set ends on top, and is polled first. It
/// comes at that moment, in the middle of a poll too. Left out: the features `scheduler-priority` and `scheduler-deadline`,
/// the queue of embassy-time's feature `generic-queue`, and that a tick of the clock is longer than a nanosecond.
#[derive(Debug, Default)]
pub struct Embassy {
    /// When those came that stand in [`TIMERS`], and how many they are.
    due: (SimTime, usize),
    /// How many of them were there when the task that is being polled woke itself.
    due_before: usize,
    /// The task that is being polled has woken itself, and has its place on the stack.
    has_place: bool,
}

impl Embassy {
    /// Brings those whose timers were due to where the next to be woken goes, above whoever is there. Those that came before
    /// the task that is being polled woke itself lie below it.
    fn push_due(&mut self, room: &mut Vec<Move>) {
        let before = std::mem::take(&mut self.due_before);
        let since = std::mem::take(&mut self.due.1) - before;
        let to = if self.has_place { AFTER } else { STACK };
        room.extend(block(TIMERS, STACK, before));
        room.extend(block(TIMERS, to, since));
    }
}

/// So many from the front of one queue, in their order, onto the front of another.
fn block(from: usize, to: usize, count: usize) -> Option<Move> {
    (count > 0).then_some(Move { from: (from, End::Front), to: (to, End::Front), count, stolen: false })
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
        ["run queue", "batch", "woken since", "timers due"].map(|name| QueueSpec::kept(name, WorkerId(0))).into()
    }

    fn rules(&self) -> Rules {
        Rules { self_wakes: SelfWakes::AtOnce, ..Rules::default() }
    }

    fn woke_itself(&mut self, _: TaskId) {
        self.has_place = true;
        self.due_before = self.due.1;
    }

    fn place(&mut self, came: &Came, ready: &Ready<'_>, room: &mut Vec<Move>) -> (usize, End) {
        if matches!((came.why, came.by), (Reason::Woken, Actor::Timer(_))) {
            if self.due.0 != ready.now() {
                self.push_due(room);
            }
            self.due = (ready.now(), self.due.1 + 1);
            return (TIMERS, End::Back);
        }
        match came.why {
            Reason::Spawned | Reason::Woken => self.push_due(room),
            // Its place is above those that were there when it woke itself, and below those that came since.
            Reason::WokenInPoll | Reason::Yielded | Reason::Preempted => {
                let before = std::mem::take(&mut self.due_before);
                self.due.1 -= before;
                room.extend(block(TIMERS, STACK, before));
            }
        }
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
        (self.has_place, self.due_before) = (false, 0);
        if let Some(since) = block(AFTER, STACK, ready.len(AFTER)) {
            return Next::Move(since);
        }
        if let Some(due) = block(TIMERS, STACK, std::mem::take(&mut self.due.1)) {
            return Next::Move(due);
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
