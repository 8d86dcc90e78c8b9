//! Akka 2.6's default dispatcher: actors that have letters, on a pool of threads.
//!
//! One queue for all threads: an actor is submitted to the pool when it has letters, and again after five of them
//! (`Mailbox.processMailbox`, `throughput`). Akka's pool is a ForkJoinPool in FIFO mode, whose threads steal from each
//! other; here they share their queue.

use super::Fifo;
use crate::executor::Executor;

impl Executor {
    /// Akka's default dispatcher (2.6), with so many threads. Panics outside 1 to [`MAX_WORKERS`](crate::executor::MAX_WORKERS)
    /// workers.
    pub fn akka(workers: u32) -> Executor {
        let dispatcher = Fifo::called("akka", "FIFO queue of actors, 5 letters a turn", "dispatcher's queue");
        Executor::with_policy(workers, Box::new(dispatcher))
    }
}
