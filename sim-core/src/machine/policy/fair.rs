//! Linux's two classes together: real-time threads first, by [`FifoPriority`]; below them all others, by [`Eevdf`].
//!
//! Source: sched(7). A priority above 0 is a real-time one (SCHED_FIFO); at 0 the nice value says how large a share a
//! thread gets (SCHED_OTHER). A fair thread that is lent a real-time priority is a real-time thread meanwhile
//! (`rt_mutex_setprio` of kernel/sched/core.c, Linux 6.18), and keeps its lag until it is fair again.

use std::collections::VecDeque;

use super::{Arrival, Eevdf, FifoPriority, Stands, ThreadPolicy, ThreadView};
use crate::instant::SimDuration;
use crate::trace::event::End;

/// Fair shares by nice value, below real-time priorities.
pub struct Fair {
    real_time: FifoPriority,
    fair: Eevdf,
}

impl Fair {
    /// `slice` is the time a fair thread runs before others are considered.
    pub fn new(slice: SimDuration) -> Fair {
        Fair { real_time: FifoPriority::default(), fair: Eevdf::new(slice) }
    }

    fn class(&mut self, thread: ThreadView) -> &mut dyn ThreadPolicy {
        if is_real_time(thread) { &mut self.real_time } else { &mut self.fair }
    }
}

fn is_real_time(thread: ThreadView) -> bool {
    thread.priority > 0
}

impl ThreadPolicy for Fair {
    fn describe(&self) -> String {
        self.fair.describe()
    }

    fn arrives(&mut self, thread: ThreadView, why: Arrival) -> End {
        self.class(thread).arrives(thread, why)
    }

    fn pick(&mut self, queue: &VecDeque<ThreadView>) -> Option<usize> {
        self.real_time.pick(queue).or_else(|| self.fair.pick(queue))
    }

    fn quantum(&mut self, thread: ThreadView) -> Option<SimDuration> {
        self.class(thread).quantum(thread)
    }

    fn preempts(&mut self, newcomer: ThreadView, running: ThreadView) -> bool {
        match (is_real_time(newcomer), is_real_time(running)) {
            (true, _) => self.real_time.preempts(newcomer, running),
            (false, true) => false,
            (false, false) => self.fair.preempts(newcomer, running),
        }
    }

    fn ran(&mut self, thread: ThreadView, length: SimDuration) {
        self.class(thread).ran(thread, length);
    }

    fn departs(&mut self, thread: ThreadView) {
        self.class(thread).departs(thread);
    }

    fn exits(&mut self, thread: ThreadView) {
        self.fair.exits(thread);
    }

    fn reprioritized(&mut self, before: ThreadView, now: ThreadView, stands: Stands) {
        match (is_real_time(before), is_real_time(now)) {
            (true, true) => self.real_time.reprioritized(before, now, stands),
            // Nice values are lent to nobody.
            (false, false) => {}
            (false, true) => {
                self.fair.switches_away(before, stands);
                if stands == Stands::Waiting {
                    self.real_time.arrives(now, Arrival::Unblocked);
                }
            }
            (true, false) => {
                if stands == Stands::Waiting {
                    self.real_time.leaves(before);
                }
                self.fair.switches_back(now, stands);
            }
        }
    }
}
