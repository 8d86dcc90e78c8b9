//! Round robin by priority: as Linux's SCHED_RR; among equals, everyone gets the same quantum.
//!
//! Source: sched(7), and `task_tick_rt` of kernel/sched/rt.c, Linux 6.18, whose quantum is 100 ms. A higher priority
//! preempts; whoever was preempted so goes on later with what is left of its quantum, before its equals. Other than in
//! Linux, which hands a thread its rest also after a wait, one that waited gets a whole quantum, as textbooks have it.

use std::collections::VecDeque;

use super::levels::Levels;
use super::{Arrival, Stands, ThreadPolicy, ThreadView};
use crate::instant::SimDuration;
use crate::trace::event::End;

/// First come, first served among the highest priority, for at most a quantum at a time.
pub struct RoundRobin {
    quantum: SimDuration,
    waiting: Levels,
    /// What each has used of its quantum, by thread.
    used: Vec<SimDuration>,
}

impl RoundRobin {
    /// A turn lasts `quantum`; zero is refused where the scenario is read.
    pub fn new(quantum: SimDuration) -> RoundRobin {
        RoundRobin { quantum, waiting: Levels::default(), used: Vec::new() }
    }

    fn used(&mut self, thread: ThreadView) -> &mut SimDuration {
        let place = thread.id.index();
        if self.used.len() <= place {
            self.used.resize(place + 1, SimDuration::ZERO);
        }
        &mut self.used[place]
    }
}

impl ThreadPolicy for RoundRobin {
    fn describe(&self) -> String {
        format!("round robin, quantum {}", self.quantum)
    }

    fn arrives(&mut self, thread: ThreadView, why: Arrival) -> End {
        self.waiting.joins(thread);
        let quantum = self.quantum;
        let used = self.used(thread);
        if why == Arrival::Preempted && *used < quantum {
            return End::Front;
        }
        *used = SimDuration::ZERO;
        End::Back
    }

    fn pick(&mut self, queue: &VecDeque<ThreadView>) -> Option<usize> {
        self.waiting.take(queue)
    }

    fn quantum(&mut self, thread: ThreadView) -> Option<SimDuration> {
        let quantum = self.quantum;
        let used = self.used(thread);
        if *used >= quantum {
            *used = SimDuration::ZERO;
        }
        Some(quantum.saturating_sub(*used))
    }

    fn gives_way(&mut self, thread: ThreadView) -> bool {
        self.waiting.highest().is_some_and(|highest| highest >= thread.priority)
    }

    fn preempts(&mut self, newcomer: ThreadView, running: ThreadView) -> bool {
        newcomer.priority > running.priority
    }

    fn ran(&mut self, thread: ThreadView, length: SimDuration) {
        *self.used(thread) += length;
    }

    fn departs(&mut self, _: ThreadView) {}

    fn reprioritized(&mut self, before: ThreadView, now: ThreadView, stands: Stands) {
        if stands == Stands::Waiting {
            self.waiting.leaves(before);
            self.waiting.joins(now);
        }
    }
}
