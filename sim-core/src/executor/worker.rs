//! The loop that a worker's thread runs: take a task, poll it, put it back; park when there is nothing to poll.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::task::{Context, Poll};

use super::core::{Exec, Taken};
use super::waker;
use crate::machine::threads::Ask;
use crate::trace::event::{BlockReason, PollResult};
use crate::trace::ids::*;

/// The code of a worker's thread. Returns when the run is over.
pub(crate) fn run(exec: &Exec, worker: WorkerId) {
    while !exec.over.get() {
        exec.take_foreign();
        match exec.take_next(worker) {
            Some(taken) => poll(exec, worker, taken),
            None => park(exec, worker),
        }
    }
}

fn park(exec: &Exec, worker: WorkerId) {
    {
        let mut kernel = exec.sim.kernel.borrow_mut();
        let cost = kernel.costs.syscall;
        kernel.block(exec.sim.thread(), BlockReason::Park, worker.0);
        exec.sim.owe(cost);
    }
    exec.sim.suspend(Ask::Block);
}

fn poll(exec: &Exec, worker: WorkerId, taken: Taken) {
    let sim = &*exec.sim;
    let Taken { task, mut future, cell, at, unpaid } = taken;
    sim.actor.set(Actor::Task(task));
    sim.owe(unpaid);
    let waker = waker::lend(cell);
    let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(&mut Context::from_waker(&waker))));
    match polled {
        Ok(Poll::Pending) => {
            sim.charge(exec.poll_cost);
            let aborted = exec.put_back(task, future, at);
            sim.actor.set(Actor::Worker(worker));
            if let Some((future, by)) = aborted {
                exec.cancel(task, future, by);
            }
            return;
        }
        Ok(Poll::Ready(())) => {
            drop_quietly(exec, future);
            sim.charge(exec.poll_cost);
            exec.end_poll(task, at, PollResult::Ready);
        }
        Err(payload) if sim.is_ending() => {
            exec.cut_poll(task, at);
            exec.cancel(task, future, Actor::Run);
            resume_unwind(payload);
        }
        Err(payload) => {
            let text = sim.note_panic(&*payload);
            exec.panic.replace(Some(text));
            drop_quietly(exec, future);
            exec.panic.replace(None);
            sim.charge(exec.poll_cost);
            exec.end_poll(task, at, PollResult::Panicked);
        }
    }
    sim.actor.set(Actor::Worker(worker));
}

/// A panic in a destructor is the task's last word; its worker goes on.
fn drop_quietly(exec: &Exec, future: super::core::TaskFuture) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(future))) {
        exec.sim.note_panic(&*payload);
    }
}
