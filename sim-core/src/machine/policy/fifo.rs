//! First in, first out, by priority: as Linux's SCHED_FIFO.
//!
//! Source: sched(7). A thread runs until it blocks or yields; a higher priority preempts it, and it then goes to the
//! head of its priority; a yield sends it to the tail.

use std::collections::VecDeque;

use super::{Arrival, ThreadPolicy, ThreadView};
use crate::instant::SimDuration;
use crate::trace::event::End;

/// The highest priority first; within one priority first come, first served.
#[derive(Default)]
pub struct FifoPriority;

impl ThreadPolicy for FifoPriority {
    fn describe(&self) -> String {
        "FIFO by priority".to_owned()
    }

    fn arrives(&mut self, _: ThreadView, why: Arrival) -> End {
        match why {
            Arrival::Preempted => End::Front,
            Arrival::Created | Arrival::Unblocked | Arrival::Yielded => End::Back,
        }
    }

    fn pick(&mut self, queue: &VecDeque<ThreadView>) -> Option<usize> {
        let highest = queue.iter().map(|t| t.priority).max()?;
        queue.iter().position(|t| t.priority == highest)
    }

    fn quantum(&mut self, _: ThreadView) -> Option<SimDuration> {
        None
    }

    fn preempts(&mut self, newcomer: ThreadView, running: ThreadView, _: SimDuration) -> bool {
        newcomer.priority > running.priority
    }

    fn ran(&mut self, _: ThreadView, _: SimDuration) {}

    fn departs(&mut self, _: ThreadView) {}
}
