//! Akka 2.6's default dispatcher: actors that have letters, on a pool of threads.
//!
//! One queue for all threads: an actor is submitted to the pool when it has letters, and again after five of them
//! (`Mailbox.processMailbox`, `throughput`). Akka's pool is a ForkJoinPool in FIFO mode, whose threads steal from each
//! other; here they share their queue.
//!
//! Its timers are on a wheel that a thread turns every 10 ms (`LightArrayRevolverScheduler`; `reference.conf`,
//! `akka.scheduler.tick-duration`). `scheduleOnce` rounds its delay up to whole ticks (`roundUp`); the thread looks at what
//! was scheduled only when it has served a tick (`nextTick`, `checkQueue`), a little after it, and counts from there,
//! rounded up again: so an actor that sleeps 10 ms again and again wakes every 30 ms, as users of 2.6 measured
//! (akka/akka-core issue 29663).

use super::{Fifo, TimerStep};
use crate::executor::Executor;
use crate::instant::SimDuration;

/// How often its wheel of timers turns.
const TICK: SimDuration = SimDuration::from_millis(10);

impl Executor {
    /// Akka's default dispatcher (2.6), with so many threads. Panics outside 1 to [`MAX_WORKERS`](crate::executor::MAX_WORKERS)
    /// workers.
    pub fn akka(workers: u32) -> Executor {
        let dispatcher = Fifo::called("akka", "FIFO queue of actors, 5 letters a turn", "dispatcher's queue")
            .timers(TimerStep::Wheel(TICK));
        Executor::with_policy(workers, Box::new(dispatcher))
    }
}
