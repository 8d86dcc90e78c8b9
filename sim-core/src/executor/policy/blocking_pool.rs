//! What a runtime's rules say of its blocking pool: when a thread comes, who of those that sleep is called, and what
//! becomes of one that sleeps long.

use crate::instant::SimDuration;

/// The threads of a blocking pool.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BlockingPool {
    /// The most threads it has at a time.
    pub most: u32,
    /// When one more comes.
    pub grows: Grows,
    /// Which of those that sleep is called.
    pub calls: Calls,
    /// What one does that has slept long.
    pub asleep: Asleep,
}

/// When a blocking pool gets one more thread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Grows {
    /// Something comes, and no thread sleeps.
    WhenNoneSleeps,
    /// Never, but that all come together with the first thing.
    AllAtFirstUse,
    /// More waits in the queue than so many times the threads that are not at work, looked at whenever something comes
    /// and whenever a thread takes something. One that was created or called and has not run yet is not at work.
    WhenQueueExceeds(u32),
}

/// Which sleeping thread is called when something comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Calls {
    /// Whoever has slept longest, as a condition variable does it.
    Longest,
    /// Whoever fell asleep last.
    Last,
}

/// What a thread does that has slept long.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asleep {
    /// It sleeps on.
    Stays,
    /// After so long it ends.
    Ends(SimDuration),
}

impl BlockingPool {
    /// tokio 1.54.1 (`runtime/blocking/pool.rs`): 512 (`Builder::new`); a thread more where none sleeps (`spawn_task`); who
    /// sleeps is called through a condition variable; 10 s asleep end a thread (`KEEP_ALIVE`).
    pub fn tokio() -> BlockingPool {
        BlockingPool {
            most: 512,
            grows: Grows::WhenNoneSleeps,
            calls: Calls::Longest,
            asleep: Asleep::Ends(SimDuration::from_secs(10)),
        }
    }

    /// blocking 1.7.0 (`src/lib.rs`), under smol and async-std: 500 (`DEFAULT_MAX_THREADS`); a thread more where the queue
    /// exceeds five times the idle (`grow_pool`). One that sleeps ends only where the limit was lowered below what there is
    /// (`main_loop`), which nobody does here; up to 1.6.2 it ended after 500 ms. Left out: that it looks around every
    /// 500 ms, finds nothing and sleeps again, which would fill the recording of a day's sleep.
    pub fn smol() -> BlockingPool {
        BlockingPool { most: 500, grows: Grows::WhenQueueExceeds(5), calls: Calls::Longest, asleep: Asleep::Stays }
    }

    /// Threads that stay once they are there, the last to fall asleep called first.
    pub fn that_stays(most: u32) -> BlockingPool {
        BlockingPool { most, grows: Grows::WhenNoneSleeps, calls: Calls::Last, asleep: Asleep::Stays }
    }
}
