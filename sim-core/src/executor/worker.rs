//! The loop that a worker's thread runs: take a task, poll it, put it back; park when there is nothing to poll.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use super::core::{Exec, Polled, Taken, Turn};
use super::waker::{self, Cell};
use crate::machine::threads::Ask;
use crate::trace::event::PollResult;
use crate::trace::ids::*;

/// Why a thread no longer runs a worker.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Left {
    /// The run is over.
    Over,
    /// Another thread has the worker.
    WithoutWorker,
}

/// The loop of a worker, on the thread that runs it now.
pub(crate) fn run(exec: &Exec, worker: WorkerId) -> Left {
    // A system call may return with another.
    let mut worker = worker;
    let mut polled: Option<Polled> = None;
    loop {
        match exec.turn(worker, polled) {
            Turn::Poll(taken) => {
                let Taken { task, cell, at, .. } = taken;
                let end = poll(exec, taken);
                if exec.workers_move.get() {
                    match after_moves(exec, worker, task, at.queue, cell, end) {
                        Some(here) => worker = here,
                        None => return Left::WithoutWorker,
                    }
                }
                polled = pending(worker, task, at.queue, cell, end);
            }
            Turn::Wait => {
                exec.sim.suspend(Ask::Work(exec.poll_cost));
                if let Some(polled) = &mut polled {
                    polled.paid = true;
                }
            }
            Turn::Cancel => {
                exec.sim.actor.set(Actor::Worker(worker));
                if let Some(polled) = polled.take() {
                    exec.cancel_aborted(polled.task);
                }
            }
            Turn::Drop(task) => {
                exec.sim.actor.set(Actor::Worker(worker));
                exec.drop_aborted(task, worker);
                polled = None;
            }
            Turn::Foreign => {
                exec.take_foreign();
                polled = None;
            }
            Turn::Driver => {
                exec.turn_driver(worker);
                polled = None;
            }
            Turn::See(sees) => {
                exec.see(worker, sees);
                polled = None;
            }
            Turn::Spin(d) => {
                exec.sim.actor.set(Actor::Worker(worker));
                exec.sim.charge(d);
                polled = None;
            }
            Turn::Deferred => {
                exec.wake_deferred(worker);
                polled = None;
            }
            Turn::Park => {
                exec.sim.suspend(Ask::Block);
                polled = None;
                if exec.changed_worker.get() && exec.lost_worker_asleep(worker) {
                    return Left::WithoutWorker;
                }
            }
            Turn::Over => return Left::Over,
        }
    }
}

/// Whether what was polled is to be put where it belongs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PollEnd {
    /// It returned Pending.
    Pending,
    /// It is over: the task has ended.
    Over,
}

/// A poll that is not over before it is paid: one that returned Pending.
#[inline(always)]
fn pending(worker: WorkerId, task: TaskId, queue: QueueId, cell: *const Cell, end: PollEnd) -> Option<Polled> {
    (end == PollEnd::Pending).then_some(Polled { task, at: WorkerQueue { worker, queue }, cell, paid: false })
}

/// The worker of this thread after a poll, where workers change their threads; none: another thread has it. Takes its
/// poll in parts, which stay in registers where nothing moves.
#[cold]
#[inline(never)]
fn after_moves(
    exec: &Exec,
    worker: WorkerId,
    task: TaskId,
    queue: QueueId,
    cell: *const Cell,
    end: PollEnd,
) -> Option<WorkerId> {
    if exec.has_lost_worker() {
        exec.end_alone(pending(worker, task, queue, cell, end));
        return None;
    }
    Some(if exec.changed_worker.get() { exec.worker_here(worker) } else { worker })
}

/// Where a poll ends that began at `at`: a system call may have returned with another worker.
fn ends_at(exec: &Exec, at: WorkerQueue) -> WorkerQueue {
    if exec.changed_worker.get() { WorkerQueue { worker: exec.worker_here(at.worker), ..at } } else { at }
}

/// Polls the task.
#[inline(always)]
fn poll(exec: &Exec, taken: Taken) -> PollEnd {
    let Taken { task, future, cell, at } = taken;
    let waker = waker::lend(cell);
    // SAFETY: the future is in its slot's box, pinned; while its state is Polling nobody else touches it (`Exec::turn`).
    let future = unsafe { Pin::new_unchecked(&mut *future) };
    match catch_unwind(AssertUnwindSafe(|| future.poll(&mut Context::from_waker(&waker)))) {
        Ok(Poll::Pending) => return PollEnd::Pending,
        Ok(Poll::Ready(())) => completed(exec, task, ends_at(exec, at)),
        Err(payload) => panicked(exec, task, ends_at(exec, at), payload),
    }
    PollEnd::Over
}

#[inline(never)]
fn completed(exec: &Exec, task: TaskId, at: WorkerQueue) {
    drop_quietly(exec, task);
    exec.sim.charge(exec.poll_cost);
    exec.end_poll(task, at, PollResult::Ready);
    exec.sim.actor.set(Actor::Worker(at.worker));
}

#[cold]
fn panicked(exec: &Exec, task: TaskId, at: WorkerQueue, payload: Box<dyn Any + Send>) {
    if exec.sim.is_ending() {
        exec.cut_poll(task, at);
        if let Some(future) = exec.take_future(task) {
            exec.cancel(task, future, Actor::Run);
        }
        resume_unwind(payload);
    }
    let text = exec.sim.note_panic(&*payload);
    exec.panic.replace(Some(text));
    drop_quietly(exec, task);
    exec.panic.replace(None);
    exec.sim.charge(exec.poll_cost);
    exec.end_poll(task, at, PollResult::Panicked);
    exec.sim.actor.set(Actor::Worker(at.worker));
}

/// A panic in a destructor is the task's last word; its worker goes on.
fn drop_quietly(exec: &Exec, task: TaskId) {
    let future = exec.take_future(task);
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(future))) {
        exec.sim.note_panic(&*payload);
    }
}
