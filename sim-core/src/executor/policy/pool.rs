//! A pool of threads and its queue: first in, first out, and who has waited longest for something to do gets it.

use std::collections::VecDeque;

use super::{Came, Move, Next, QueueSpec, Ready, TaskPolicy};
use crate::trace::event::End;
use crate::trace::ids::WorkerId;

/// As `java.util.concurrent`'s fixed pool (OpenJDK 21.0): a `LinkedBlockingQueue` without a bound, to whose end
/// `ThreadPoolExecutor.execute` puts a task once all threads are there, and from whose head `getTask` takes one.
/// Threads with nothing to do wait in `take` for the queue's `notEmpty`, a condition that signals the first that came.
/// Every thread is there from the start, as after `prestartAllCoreThreads`. One thread alone has no pool: it goes through
/// its list.
pub struct Pool {
    /// Threads with nothing to do, the first that came first.
    idle: VecDeque<WorkerId>,
    alone: bool,
}

impl Pool {
    /// A pool.
    pub fn of_threads() -> Pool {
        Pool { idle: VecDeque::new(), alone: false }
    }

    /// The one thread of a program without a pool, which does one thing after another.
    pub fn one_thread() -> Pool {
        Pool { idle: VecDeque::new(), alone: true }
    }
}

impl TaskPolicy for Pool {
    fn name(&self) -> &'static str {
        if self.alone { "sequential" } else { "thread_pool" }
    }

    fn describe(&self) -> String {
        if self.alone { "in order" } else { "FIFO queue" }.to_owned()
    }

    fn worker_name(&self, worker: WorkerId) -> String {
        if self.alone { "main".to_owned() } else { format!("pool {}", worker.0) }
    }

    fn queues(&self, _: u32) -> Vec<QueueSpec> {
        let name = if self.alone { "still to do" } else { "queue" };
        vec![QueueSpec::shared(name)]
    }

    fn place(&mut self, _: &Came, _: &Ready<'_>, _: &mut Vec<Move>) -> (usize, End) {
        (0, End::Back)
    }

    fn unpark(&mut self, _: usize, _: &Came, _: &Ready<'_>) -> Option<WorkerId> {
        self.idle.pop_front()
    }

    fn next(&mut self, worker: WorkerId, ready: &Ready<'_>, _: &mut dyn FnMut(u64) -> u64) -> Next {
        if ready.len(0) > 0 {
            return Next::Poll { queue: 0, end: End::Front };
        }
        self.idle.push_back(worker);
        Next::Park
    }
}
