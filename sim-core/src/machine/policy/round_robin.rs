//! Round robin: one queue, everyone gets the same quantum.

use std::collections::VecDeque;

use super::{Arrival, ThreadPolicy, ThreadView};
use crate::instant::SimDuration;
use crate::trace::event::End;

/// First come, first served, for at most a quantum at a time.
pub struct RoundRobin {
    quantum: SimDuration,
}

impl RoundRobin {
    /// A turn lasts `quantum`; zero is refused where the scenario is read.
    pub fn new(quantum: SimDuration) -> RoundRobin {
        RoundRobin { quantum }
    }
}

impl ThreadPolicy for RoundRobin {
    fn describe(&self) -> String {
        format!("round robin, quantum {}", self.quantum)
    }

    fn arrives(&mut self, _: ThreadView, _: Arrival) -> End {
        End::Back
    }

    fn pick(&mut self, queue: &VecDeque<ThreadView>) -> Option<usize> {
        (!queue.is_empty()).then_some(0)
    }

    fn quantum(&mut self, _: ThreadView) -> Option<SimDuration> {
        Some(self.quantum)
    }

    fn preempts(&mut self, _: ThreadView, _: ThreadView, _: SimDuration) -> bool {
        false
    }

    fn ran(&mut self, _: ThreadView, _: SimDuration) {}

    fn departs(&mut self, _: ThreadView) {}
}
