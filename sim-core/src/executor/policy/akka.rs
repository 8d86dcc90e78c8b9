//! Akka 2.6's default dispatcher: actors that have letters, on a pool of threads.

use super::{Came, Move, Next, QueueSpec, Ready, TaskPolicy};
use crate::executor::Executor;
use crate::trace::event::End;
use crate::trace::ids::WorkerId;

/// One queue for all threads: an actor is submitted to the pool when it has letters, and again after five of them
/// (`Mailbox.processMailbox`, `throughput`). Akka's pool is a ForkJoinPool in FIFO mode, whose threads steal from each
/// other; here they share their queue.
#[derive(Debug, Default)]
pub struct Akka;

impl Executor {
    /// Akka's default dispatcher (2.6), with so many threads. Panics outside 1 to [`MAX_WORKERS`](crate::executor::MAX_WORKERS)
    /// workers.
    pub fn akka(workers: u32) -> Executor {
        Executor::with_policy(workers, Box::new(Akka))
    }
}

impl TaskPolicy for Akka {
    fn name(&self) -> &'static str {
        "akka"
    }

    fn describe(&self) -> String {
        "FIFO queue of actors, 5 letters a turn".to_owned()
    }

    fn lane(&self) -> Option<usize> {
        Some(0)
    }

    fn queues(&self, _: u32) -> Vec<QueueSpec> {
        vec![QueueSpec { name: "dispatcher's queue".to_owned(), owner: None }]
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
