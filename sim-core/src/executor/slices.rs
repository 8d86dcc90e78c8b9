//! How a task gives up its worker without waiting for anything: its slice is used up, or another is to run at once.

use std::cell::Cell;
use std::future::Future;
use std::task::Poll;

use super::core;
use super::policy::Reason;
use crate::code::work;
use crate::instant::{SimDuration, SimTime};

/// Ends the poll, and has the task queued for this reason.
pub(crate) fn requeue(why: Reason) -> impl Future<Output = ()> {
    let mut left = false;
    std::future::poll_fn(move |cx| {
        if std::mem::replace(&mut left, true) {
            return Poll::Ready(());
        }
        core::with(|exec| exec.requeue(cx.waker(), why));
        Poll::Pending
    })
}

/// Computes for `d`, preempted whenever the slice of the task is used up: as code is that its runtime interrupts.
pub(crate) async fn work_in_slices(d: SimDuration) {
    let mut left = d;
    loop {
        let slice = core::with(|exec| exec.slice_left()).unwrap_or(left);
        if left <= slice {
            return work(left);
        }
        if !slice.is_zero() {
            work(slice);
        }
        left = SimDuration::from_nanos(left.as_nanos() - slice.as_nanos());
        requeue(Reason::Preempted).await;
    }
}

/// The steps of a program, which use up its slice even where they compute nothing.
#[derive(Default)]
pub(crate) struct Steps {
    /// When the slice began that they are counted in, and how many there were.
    counted: Cell<(SimTime, u32)>,
}

impl Steps {
    /// Between two steps: the task is preempted if its slice is used up, by time or by so many steps.
    pub async fn next(&self, most: u32) {
        let Some((began, left)) = core::with(|exec| exec.slice_of_poll()) else { return };
        let (counted, steps) = self.counted.get();
        let steps = if counted == began { steps + 1 } else { 1 };
        self.counted.set((began, steps));
        if left.is_zero() || steps >= most {
            requeue(Reason::Preempted).await;
        }
    }
}
