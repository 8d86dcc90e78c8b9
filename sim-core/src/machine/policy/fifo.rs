//! First in, first out, by priority: as Linux's SCHED_FIFO.
//!
//! Source: sched(7). A thread runs until it blocks or yields; a higher priority preempts it, and it then goes to the
//! head of its priority; a yield sends it to the tail (`requeue_task_rt` of kernel/sched/rt.c, Linux 6.18). So does a
//! higher priority that is lent to it while it waits (`rt_mutex_setprio` of kernel/sched/core.c).

use std::collections::VecDeque;

use super::levels::Levels;
use super::{Arrival, Stands, ThreadPolicy, ThreadView};
use crate::instant::SimDuration;
use crate::trace::event::End;

/// The highest priority first; within one priority first come, first served.
#[derive(Default)]
pub struct FifoPriority {
    waiting: Levels,
}

impl FifoPriority {
    /// The thread waits here no more: it is of another class now.
    pub(super) fn leaves(&mut self, thread: ThreadView) {
        self.waiting.leaves(thread);
    }
}

impl ThreadPolicy for FifoPriority {
    fn describe(&self) -> String {
        "FIFO by priority".to_owned()
    }

    fn arrives(&mut self, thread: ThreadView, why: Arrival) -> End {
        self.waiting.joins(thread);
        match why {
            Arrival::Preempted => End::Front,
            Arrival::Created | Arrival::Unblocked | Arrival::Yielded => End::Back,
        }
    }

    fn pick(&mut self, queue: &VecDeque<ThreadView>) -> Option<usize> {
        self.waiting.take(queue)
    }

    fn quantum(&mut self, _: ThreadView) -> Option<SimDuration> {
        None
    }

    fn preempts(&mut self, newcomer: ThreadView, running: ThreadView) -> bool {
        newcomer.priority > running.priority
    }

    fn ran(&mut self, _: ThreadView, _: SimDuration) {}

    fn departs(&mut self, _: ThreadView) {}

    fn reprioritized(&mut self, before: ThreadView, now: ThreadView, stands: Stands) {
        if stands == Stands::Waiting {
            self.waiting.leaves(before);
            self.waiting.joins(now);
        }
    }
}
