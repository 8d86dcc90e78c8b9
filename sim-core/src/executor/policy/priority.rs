//! A queue a priority, for all workers: the highest that holds a task goes first.
//!
//! As the example `priority.rs` of async-executor 1.14.1 does with three executors: "tasks with lower priorities only get
//! polled when there are no tasks with higher priorities". A poll that goes on is not interrupted.

use super::{Came, Move, Next, QueueSpec, Ready, TaskPolicy};
use crate::executor::Executor;
use crate::trace::event::End;
use crate::trace::ids::WorkerId;

/// First come, first served within a priority.
pub struct Priority {
    /// The highest first.
    levels: Vec<i32>,
}

impl Priority {
    /// A queue for each of these priorities, and for 0. A task of another goes to the next lower one there is, or to
    /// the lowest.
    pub fn new(levels: impl IntoIterator<Item = i32>) -> Priority {
        let mut levels: Vec<i32> = levels.into_iter().chain([0]).collect();
        levels.sort_unstable();
        levels.dedup();
        levels.reverse();
        Priority { levels }
    }

    fn level(&self, priority: i32) -> usize {
        self.levels.partition_point(|level| *level > priority).min(self.levels.len() - 1)
    }
}

impl Executor {
    /// A queue for each of these priorities and for 0, served by so many workers: the highest that holds a task goes
    /// first. Panics outside 1 to [`MAX_WORKERS`](crate::executor::MAX_WORKERS) workers.
    ///
    /// ```
    /// use sim_core::{Executor, Machine, TaskBuilder, mark};
    ///
    /// let outcome = Machine::new().run_async(Executor::by_priority(1, [1]), || async {
    ///     let usual = TaskBuilder::new("usual").spawn(async { mark("usual") });
    ///     let urgent = TaskBuilder::new("urgent").priority(1).spawn(async { mark("urgent") });
    ///     usual.await.unwrap();
    ///     urgent.await.unwrap();
    /// });
    /// assert!(outcome.trace.markers().map(|m| m.text).eq(["urgent", "usual"]));
    /// ```
    pub fn by_priority(workers: u32, levels: impl IntoIterator<Item = i32>) -> Executor {
        Executor::with_policy(workers, Box::new(Priority::new(levels)))
    }
}

impl TaskPolicy for Priority {
    fn name(&self) -> &'static str {
        "async_priority"
    }

    fn describe(&self) -> String {
        "a FIFO ready queue a priority".to_owned()
    }

    fn queues(&self, _: u32) -> Vec<QueueSpec> {
        let name = |level| format!("queue of priority {level}");
        self.levels.iter().map(|level| QueueSpec::shared(name(level))).collect()
    }

    fn place(&mut self, came: &Came, _: &Ready<'_>, _: &mut Vec<Move>) -> (usize, End) {
        (self.level(came.priority), End::Back)
    }

    fn unpark(&mut self, _: usize, _: &Came, ready: &Ready<'_>) -> Option<WorkerId> {
        ready.first_parked()
    }

    fn next(&mut self, _: WorkerId, ready: &Ready<'_>, _: &mut dyn FnMut(u64) -> u64) -> Next {
        let highest = (0..self.levels.len()).find(|queue| ready.len(*queue) > 0);
        highest.map_or(Next::Park, |queue| Next::Poll { queue, end: End::Front })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_priority_without_a_queue_of_its_own_goes_to_the_next_lower_one() {
        let policy = Priority::new([5, -3, 5]);
        assert_eq!(policy.levels, [5, 0, -3]);
        assert_eq!([9, 5, 4, 0, -1, -3, -9].map(|priority| policy.level(priority)), [0, 0, 1, 1, 2, 2, 2]);
    }
}
