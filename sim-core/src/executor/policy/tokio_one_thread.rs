//! tokio 1.54.1 on one thread: what its current_thread runtime and a `LocalSet` on it have alike.

use super::{Aborted, BlocksInPlace, Came, Driver, QueueSpec, Ready, Rules, TimerStep, Yields};
use crate::instant::SimDuration;
use crate::trace::ids::{Actor, WorkerId};

/// The root alone.
pub(super) const MAIN: usize = 0;
/// What was spawned or woken on the thread.
pub(super) const LOCAL: usize = 1;
/// What another thread has woken.
pub(super) const REMOTE: usize = 2;

/// Every so manieth task is taken from the remote queue first (`runtime/builder.rs`: 31 for current_thread;
/// `task/local.rs`, `REMOTE_FIRST_INTERVAL`).
const REMOTE_INTERVAL: u32 = 31;

/// Operations a poll may complete (`task/coop/mod.rs`, `Budget::initial`).
pub(super) const BUDGET: u32 = 128;

/// What tokio asks of its executor where there is one thread.
pub(super) fn rules() -> Rules {
    Rules {
        driver: Driver::Turned,
        // `runtime/time/source.rs`, `deadline_to_tick`.
        timer_step: TimerStep::RoundUp(SimDuration::from_millis(1)),
        budget: Some(BUDGET),
        yields: Yields::Deferred,
        // `runtime/task/harness.rs`, `remote_abort`: it is scheduled, and cancelled where it would be polled.
        aborted: Aborted::InItsTurn,
        in_place: BlocksInPlace::Panics,
        ..Rules::default()
    }
}

/// The queues, with the names that the root's and the remote one have.
pub(super) fn queues(main: &str, remote: &str) -> Vec<QueueSpec> {
    let own = |name: &str| QueueSpec::kept(name, WorkerId(0));
    vec![own(main), own("local queue"), QueueSpec::shared(remote)]
}

/// Whether it became Ready on the thread itself. What exists from the start was spawned by the root.
pub(super) fn is_inside(came: &Came) -> bool {
    came.on.is_some() || came.by == Actor::Run
}

/// The queue to whose back a task goes.
pub(super) fn queue_of(came: &Came) -> usize {
    match (came.main, is_inside(came)) {
        (true, _) => MAIN,
        (false, true) => LOCAL,
        (false, false) => REMOTE,
    }
}

/// The queue of the next task, by tick (`Core::next_task`, 335; `LocalSet::next_task`).
pub(super) fn next_queue(tick: u32, ready: &Ready<'_>) -> Option<usize> {
    let order = if tick.is_multiple_of(REMOTE_INTERVAL) { [REMOTE, LOCAL] } else { [LOCAL, REMOTE] };
    order.into_iter().find(|queue| ready.len(*queue) > 0)
}
