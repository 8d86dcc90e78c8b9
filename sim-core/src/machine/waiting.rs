//! How to tell one that waits: a task by its waker, a thread by unblocking it.

use std::task::Waker;

use crate::trace::ids::ThreadId;

/// One that waits, and how to tell it.
#[derive(Debug)]
pub(crate) enum Wake {
    /// A task, wherever it runs.
    Task(Waker),
    /// A blocked thread.
    Thread(ThreadId),
}

impl Wake {
    /// Whether telling this one wakes the task that `waker` wakes.
    pub fn is(&self, waker: &Waker) -> bool {
        matches!(self, Wake::Task(own) if own.will_wake(waker))
    }
}
