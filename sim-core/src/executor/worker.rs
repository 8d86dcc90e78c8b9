//! The loop that a worker's thread runs: take a task, poll it, put it back; park when there is nothing to poll.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::task::{Context, Poll};

use super::core::{Exec, Polled, Taken, TaskFuture, Turn};
use super::waker;
use crate::machine::threads::Ask;
use crate::trace::event::PollResult;
use crate::trace::ids::*;

/// The code of a worker's thread. Returns when the run is over.
pub(crate) fn run(exec: &Exec, worker: WorkerId) {
    let mut polled = None;
    loop {
        match exec.turn(worker, &mut polled) {
            Turn::Poll(taken) => polled = poll(exec, worker, taken),
            Turn::Wait => {
                exec.sim.suspend(Ask::Work(exec.poll_cost));
                polled.iter_mut().for_each(|p| p.paid = true);
            }
            Turn::Cancel(by) => {
                exec.sim.actor.set(Actor::Worker(worker));
                let Some(Polled { task, future: Some(future), .. }) = polled.take() else { continue };
                exec.cancel(task, future, by);
            }
            Turn::Foreign => exec.take_foreign(),
            Turn::Park => exec.sim.suspend(Ask::Block),
            Turn::Over => return,
        }
    }
}

/// Polls the task. Answers it if it is Pending: its poll is not over before it is paid.
#[inline]
fn poll(exec: &Exec, worker: WorkerId, taken: Taken) -> Option<Polled> {
    let Taken { task, mut future, cell, at } = taken;
    let waker = waker::lend(cell);
    let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(&mut Context::from_waker(&waker))));
    match polled {
        Ok(Poll::Pending) => return Some(Polled { task, future: Some(future), at, paid: false }),
        Ok(Poll::Ready(())) => {
            drop_quietly(exec, future);
            exec.sim.charge(exec.poll_cost);
            exec.end_poll(task, at, PollResult::Ready);
        }
        Err(payload) => panicked(exec, task, future, at, payload),
    }
    exec.sim.actor.set(Actor::Worker(worker));
    None
}

#[cold]
fn panicked(exec: &Exec, task: TaskId, future: TaskFuture, at: WorkerQueue, payload: Box<dyn Any + Send>) {
    if exec.sim.is_ending() {
        exec.cut_poll(task, at);
        exec.cancel(task, future, Actor::Run);
        resume_unwind(payload);
    }
    let text = exec.sim.note_panic(&*payload);
    exec.panic.replace(Some(text));
    drop_quietly(exec, future);
    exec.panic.replace(None);
    exec.sim.charge(exec.poll_cost);
    exec.end_poll(task, at, PollResult::Panicked);
}

/// A panic in a destructor is the task's last word; its worker goes on.
fn drop_quietly(exec: &Exec, future: TaskFuture) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(future))) {
        exec.sim.note_panic(&*payload);
    }
}
