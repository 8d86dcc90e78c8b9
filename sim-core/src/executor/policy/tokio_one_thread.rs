//! tokio 1.54.1 on one thread: the queues of its current_thread runtime, and of a `LocalSet` on it.

use super::{Came, QueueSpec, Ready};
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

/// The queues, with the names that the root's and the remote one have.
pub(super) fn queues(main: &str, remote: &str) -> Vec<QueueSpec> {
    let queue = |name: &str, owner| QueueSpec { name: name.to_owned(), owner };
    let own = Some(WorkerId(0));
    vec![queue(main, own), queue("local queue", own), queue(remote, None)]
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
