//! One queue for all workers: first come, first served.

use super::{Came, Move, Next, QueueSpec, Ready, Rules, TaskPolicy, TimerStep};
use crate::executor::Executor;
use crate::trace::event::End;
use crate::trace::ids::WorkerId;

/// Every wake goes to the back of the one queue, a self-wake too: it must not starve the others.
#[derive(Debug)]
pub struct Fifo {
    name: &'static str,
    describes: &'static str,
    queue: &'static str,
    timers: TimerStep,
}

impl Fifo {
    /// With these names: its own, in a few words, and its queue's.
    pub(super) fn called(name: &'static str, describes: &'static str, queue: &'static str) -> Fifo {
        Fifo { name, describes, queue, timers: TimerStep::None }
    }

    /// With timers that are due in these steps.
    pub(super) fn timers(self, timers: TimerStep) -> Fifo {
        Fifo { timers, ..self }
    }
}

impl Default for Fifo {
    fn default() -> Fifo {
        Fifo::called("async_fifo", "FIFO ready queue", "ready queue")
    }
}

impl Executor {
    /// One FIFO queue, served by so many workers. With one, the order is async-executor's (1.14.1, one thread). Panics
    /// outside 1 to [`MAX_WORKERS`](crate::executor::MAX_WORKERS) workers.
    pub fn fifo(workers: u32) -> Executor {
        Executor::with_policy(workers, Box::new(Fifo::default()))
    }
}

impl TaskPolicy for Fifo {
    fn name(&self) -> &'static str {
        self.name
    }

    fn describe(&self) -> String {
        self.describes.to_owned()
    }

    fn lane(&self) -> Option<usize> {
        Some(0)
    }

    fn queues(&self, _: u32) -> Vec<QueueSpec> {
        vec![QueueSpec::shared(self.queue)]
    }

    fn rules(&self) -> Rules {
        Rules { timer_step: self.timers, ..Rules::default() }
    }

    fn place(&mut self, _: &Came, _: &Ready<'_>, _: &mut Vec<Move>) -> (usize, End) {
        (0, End::Back)
    }

    fn unpark(&mut self, _: usize, _: &Came, ready: &Ready<'_>) -> Option<WorkerId> {
        ready.first_parked()
    }

    fn next(&mut self, _: WorkerId, ready: &Ready<'_>, _: &mut dyn FnMut(u64) -> u64) -> Next {
        if ready.len(0) == 0 { Next::Park } else { Next::Poll { queue: 0, end: End::Front } }
    }
}
