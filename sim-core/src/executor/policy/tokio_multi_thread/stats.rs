//! How long polls take, and how often the inject queue is looked at because of that (`multi_thread/stats.rs`).

use crate::instant::SimTime;

/// The weight of one poll (`TASK_POLL_TIME_EWMA_ALPHA`).
const ALPHA: f64 = 0.1;
/// Between two looks at the inject queue, in ns (`TARGET_GLOBAL_QUEUE_INTERVAL`).
const TARGET: f64 = 200_000.0;
/// The most polls between two looks (`MAX_TASKS_POLLED_PER_GLOBAL_QUEUE_INTERVAL`).
const MOST: u32 = 127;
/// The polls between two looks that it hopes for (`TARGET_TASKS_POLLED_PER_GLOBAL_QUEUE_INTERVAL`).
const HOPED: u32 = 61;

/// A worker's average time of a poll, in ns, smoothed over batches.
#[derive(Debug)]
pub(super) struct Stats {
    batch_began: SimTime,
    polls: u32,
    average: f64,
}

impl Default for Stats {
    fn default() -> Stats {
        Stats { batch_began: SimTime::ZERO, polls: 0, average: TARGET / f64::from(HOPED) }
    }
}

impl Stats {
    /// The interval at which it takes from the inject queue first (`tuned_global_queue_interval`).
    pub fn interval(&self) -> u32 {
        ((TARGET / self.average) as u32).clamp(2, MOST)
    }

    /// A batch of polls begins (`start_processing_scheduled_tasks`).
    pub fn begin(&mut self, now: SimTime) {
        self.batch_began = now;
        self.polls = 0;
    }

    /// A poll begins. One out of the LIFO slot after another counts as a part of that (`start_poll`).
    #[inline]
    pub fn poll(&mut self) {
        self.polls += 1;
    }

    /// The batch is over (`end_processing_scheduled_tasks`).
    pub fn end(&mut self, now: SimTime) {
        if self.polls == 0 {
            return;
        }
        let mean = (now - self.batch_began).as_nanos() as f64 / f64::from(self.polls);
        // Multiplied step by step: `powf` may differ from platform to platform.
        let kept = (0..self.polls).fold(1.0, |kept, _| kept * (1.0 - ALPHA));
        self.average = (1.0 - kept) * mean + kept * self.average;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instant::SimDuration;

    fn after(polls: u32, each: SimDuration) -> u32 {
        let mut stats = Stats::default();
        let mut now = SimTime::ZERO;
        stats.begin(now);
        for _ in 0..polls {
            stats.poll();
            now += each;
        }
        stats.end(now);
        stats.interval()
    }

    #[test]
    fn the_interval_starts_at_what_it_hopes_for() {
        assert_eq!(Stats::default().interval(), 61);
    }

    #[test]
    fn long_polls_make_it_look_more_often_and_short_ones_less_within_bounds() {
        assert_eq!(after(61, SimDuration::from_micros(20)), 10);
        assert_eq!(after(61, SimDuration::from_millis(1)), 2);
        assert_eq!(after(61, SimDuration::from_nanos(60)), 127);
    }
}
