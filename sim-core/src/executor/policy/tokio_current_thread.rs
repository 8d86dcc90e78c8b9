//! tokio 1.54.1, current_thread (`runtime/scheduler/current_thread/mod.rs`).

use super::tokio_one_thread::{self as one_thread, MAIN};
use super::{Came, LeftOver, Move, Next, QueueSpec, Ready, Rules, TaskPolicy};
use crate::executor::Executor;
use crate::trace::event::End;
use crate::trace::ids::WorkerId;

/// How many tasks are polled between two turns of the driver (`runtime/builder.rs`, `event_interval: 61`).
const EVENT_INTERVAL: u32 = 61;

/// The future given to `block_on` is polled whenever it was woken, between rounds; a round is up to 61 tasks, then the
/// driver is turned and whoever yielded is woken, the last first (`CoreGuard::block_on`, 818–892).
#[derive(Debug, Default)]
pub struct TokioCurrentThread {
    tick: u32,
    /// Tasks of this round so far; none: the round has not begun, and the main future comes first.
    round: Option<u32>,
    after: After,
    /// Another thread unparked it since the driver was last turned: the next park returns at once, and has counted a
    /// tick (`runtime/park.rs`, `NOTIFIED`).
    notified: bool,
}

/// What the worker did last that has a sequel.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum After {
    #[default]
    Nothing,
    /// Parked in the driver: it is turned before anything else (`park_internal`).
    Park,
}

impl TokioCurrentThread {
    fn turn(&mut self) -> Next {
        self.notified = false;
        Next::Turn
    }

    fn poll(queue: usize) -> Next {
        Next::Poll { queue, end: End::Front }
    }
}

impl Executor {
    /// tokio's current_thread runtime (1.54.1): the root is the future that `block_on` is given.
    pub fn tokio_current_thread() -> Executor {
        Executor::with_policy(1, Box::new(TokioCurrentThread::default()))
    }
}

impl TaskPolicy for TokioCurrentThread {
    fn name(&self) -> &'static str {
        "tokio_current_thread"
    }

    fn describe(&self) -> String {
        format!("FIFO, driver turned every {EVENT_INTERVAL} polls and at park")
    }

    fn queues(&self, _: u32) -> Vec<QueueSpec> {
        one_thread::queues("block_on", "inject queue")
    }

    /// Four lists hold the tasks by number (`runtime/task/list.rs`, `gen_sharded_list_size`), which in a program of its own counts
    /// from 1, and are emptied in turn (`close_and_shutdown_all`).
    fn rules(&self) -> Rules {
        Rules { left_over: LeftOver::Lists(4), ..one_thread::rules() }
    }

    /// From inside to the back of the local queue, from another thread to the inject queue (`schedule`, 711).
    fn place(&mut self, came: &Came, _: &Ready<'_>, _: &mut Vec<Move>) -> (usize, End) {
        self.notified |= !one_thread::is_inside(came);
        (one_thread::queue_of(came), End::Back)
    }

    fn unpark(&mut self, _: usize, _: &Came, ready: &Ready<'_>) -> Option<WorkerId> {
        ready.first_parked()
    }

    fn next(&mut self, worker: WorkerId, ready: &Ready<'_>, _: &mut dyn FnMut(u64) -> u64) -> Next {
        if std::mem::take(&mut self.after) == After::Park {
            return self.turn();
        }
        let polled = match self.round {
            Some(polled) => polled,
            None => {
                self.round = Some(0);
                if ready.len(MAIN) > 0 {
                    return Self::poll(MAIN);
                }
                0
            }
        };
        if polled == EVENT_INTERVAL {
            self.round = None;
            return self.turn();
        }
        self.tick = self.tick.wrapping_add(1);
        if let Some(queue) = one_thread::next_queue(self.tick, ready) {
            self.round = Some(polled + 1);
            return Self::poll(queue);
        }
        self.round = None;
        // `has_pending_work`: whoever yielded, and a main future that was woken, must not wait for an event.
        if ready.deferred(worker) > 0 || ready.len(MAIN) > 0 || self.notified {
            return self.turn();
        }
        self.after = After::Park;
        Next::ParkInDriver
    }
}
