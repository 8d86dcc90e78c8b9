//! A system call in the middle of a poll: the worker stays with its thread until somebody takes it away.
//!
//! As Go 1.19.8, `runtime/proc.go`: a worker is a P, a thread an M. Owns the moves of workers between threads; when a worker is
//! taken and which one a returning call gets is the policy's to say. A worker is always shown on a thread: one that became
//! idle while its thread is in a call stays there until somebody needs it.

use super::core::Exec;
use super::in_place::InPoll;
use super::policy::{BlocksInPlace, Ready, Retaken};
use super::ready::Core;
use super::worker::{self, Left};
use crate::instant::SimDuration;
use crate::machine::kernel::Kernel;
use crate::trace::event::Event;
use crate::trace::ids::*;

/// With no thread to be had, the next look comes after so long.
const WHILE_EXHAUSTED: SimDuration = SimDuration::from_millis(10);

/// How a system call ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Returned {
    /// Its task goes on.
    WithWorker,
    /// Its poll is to end: no worker is free.
    WithoutWorker,
}

impl Exec {
    /// Whether a system call leaves the worker on its thread until it is retaken.
    pub fn retakes(&self) -> bool {
        self.state.borrow().rules.in_place == BlocksInPlace::UntilRetaken
    }

    /// The task that is being polled enters a system call (`entersyscall`): all that it owes is paid.
    pub fn enter_call(&self) {
        let thread = self.sim.thread();
        let mut state = self.state.borrow_mut();
        let mut kernel = self.sim.kernel.borrow_mut();
        let (Some(worker), Actor::Task(task)) = (state.worker_on(Some(thread)), self.sim.actor.get()) else { return };
        state.calling[worker.index()] = Some(task);
        self.workers_move.set(true);
        let look = state.ask(&kernel, |policy, ready| policy.enters_call(worker, ready));
        kernel.set_look(Some(look));
    }

    /// The call has returned (`exitsyscall`): its thread keeps its worker, gets one that is free, or has none.
    pub fn exit_call(&self) -> Returned {
        let thread = self.sim.thread();
        let mut state = self.state.borrow_mut();
        let mut kernel = self.sim.kernel.borrow_mut();
        let entered_on = state.in_place.on(thread).map(|poll| poll.worker).or(state.worker_on(Some(thread)));
        let Some(entered_on) = entered_on else { return Returned::WithWorker };
        let Some(worker) = state.ask(&kernel, |policy, ready| policy.leaves_call(entered_on, ready)) else {
            return Returned::WithoutWorker;
        };
        if state.workers[worker.index()] == thread {
            state.calling[worker.index()] = None;
            state.is_not_parked(worker);
        } else {
            self.take_worker(&mut state, &mut kernel, worker, thread);
        }
        let in_call = |(i, task): (usize, &Option<TaskId>)| task.is_some() && !state.parked[i];
        if !state.calling.iter().enumerate().any(in_call) {
            kernel.set_look(None);
        }
        Returned::WithWorker
    }

    /// The thread, whose task has come back from a call, goes on with a worker that is parked or in another's call.
    fn take_worker(&self, state: &mut Core, kernel: &mut Kernel, worker: WorkerId, thread: ThreadId) {
        let from = state.workers[worker.index()];
        if state.calling[worker.index()].is_some() {
            self.loses_worker(state, worker);
        } else {
            // Its thread sleeps on, as one of those that have nothing to do (`mput`).
            kernel.record(Event::WorkerUnparked { worker, by: self.sim.actor.get() });
            state.set_worker_on(from, None);
            self.pool.borrow_mut().asleep.push_back(from);
        }
        state.is_not_parked(worker);
        state.slices[worker.index()] = kernel.now;
        state.move_worker(kernel, worker, thread);
        self.changed_worker.set(true);
        self.workers_move.set(true);
        state.in_place.forget(thread);
    }

    /// The thread that is in a call loses its worker.
    fn loses_worker(&self, state: &mut Core, worker: WorkerId) {
        let thread = state.workers[worker.index()];
        let task = state.calling[worker.index()].take().expect("a worker is taken from a thread in a call");
        state.set_worker_on(thread, None);
        state.in_place.polls.push(InPoll { thread, task, worker });
    }

    /// Somebody looks at the workers in calls, if that moment has come (`sysmon`).
    pub fn look_at_calls(&self) {
        let mut kernel = self.sim.kernel.borrow_mut();
        if !std::mem::take(&mut kernel.looks) {
            return;
        }
        let mut state = self.state.borrow_mut();
        if self.pool.borrow().is_exhausted(state.rules.blocking.most as usize) {
            let again = kernel.now + WHILE_EXHAUSTED;
            return kernel.set_look(Some(again));
        }
        let mut retaken = Vec::new();
        let next = state.ask(&kernel, |policy, ready| policy.looks(ready, &mut retaken));
        for retaken in retaken {
            match retaken {
                Retaken::Starts(worker) => self.start_thread(&mut state, &mut kernel, worker),
                Retaken::Idles(worker) => {
                    state.parked[worker.index()] = true;
                    state.any_parked = true;
                }
            }
        }
        kernel.set_look(next);
    }

    /// Finds a thread for each worker that was unparked and whose own is in a call (`startm`).
    #[cold]
    #[inline(never)]
    pub fn start_unparked(&self, state: &mut Core, kernel: &mut Kernel) {
        while let Some(worker) = state.to_start.pop() {
            self.start_thread(state, kernel, worker);
        }
    }

    /// The thread that fell asleep last goes on with the worker, or a new one (`mget`, `newm`).
    fn start_thread(&self, state: &mut Core, kernel: &mut Kernel, worker: WorkerId) {
        let mut pool = self.pool.borrow_mut();
        let thread = match pool.asleep.pop_back() {
            Some(thread) => {
                kernel.unblock(thread, self.sim.actor.get());
                thread
            }
            None => self.new_pool_thread(&mut pool, kernel),
        };
        self.loses_worker(state, worker);
        state.move_worker(kernel, worker, thread);
        state.begin_anew(worker);
        self.changed_worker.set(true);
        self.workers_move.set(true);
    }

    /// The worker of the thread that runs, which had this one.
    #[cold]
    pub fn worker_here(&self, had: WorkerId) -> WorkerId {
        self.state.borrow().worker_on(self.sim.running()).unwrap_or(had)
    }

    /// Whether the thread that runs, which was parked with this worker, has it no more.
    #[cold]
    pub fn lost_worker_asleep(&self, worker: WorkerId) -> bool {
        let thread = self.sim.thread();
        let lost = self.state.borrow().worker_on(Some(thread)) != Some(worker);
        if lost {
            self.sim.actor.set(Actor::Thread(thread));
        }
        lost
    }

    /// The worker that this thread of the pool was given.
    pub fn worker_given(&self) -> Option<WorkerId> {
        self.changed_worker.get().then(|| self.state.borrow().worker_on(self.sim.running())).flatten()
    }

    /// Runs it.
    pub fn run_given(&self, worker: WorkerId) -> Left {
        self.sim.actor.set(Actor::Worker(worker));
        let left = worker::run(self, worker);
        self.sim.actor.set(Actor::Thread(self.sim.thread()));
        left
    }
}

impl Core {
    fn ask<R>(&mut self, kernel: &Kernel, ask: impl FnOnce(&mut dyn super::policy::TaskPolicy, &Ready<'_>) -> R) -> R {
        let Kernel { queues, unseen, now, .. } = kernel;
        let ready = Ready::new(&queues[self.first_queue..], &self.parked, &self.deferred, unseen, *now);
        ask(&mut *self.policy, &ready)
    }

    fn is_not_parked(&mut self, worker: WorkerId) {
        self.parked[worker.index()] = false;
        self.any_parked = self.parked.contains(&true);
    }
}
