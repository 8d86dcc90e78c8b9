//! The driver that workers turn: what has completed lies unseen until then.
//!
//! Owns the turn itself, and each worker's list of those that yielded until its next one. When it is turned is the policy's to
//! say.

use std::task::Waker;

use super::core::Exec;
use super::policy::{Driver, Dropped, Reason, Sees, Yields};
use super::waker::TaskState;
use crate::instant::{SimDuration, SimTime};
use crate::machine::unseen::Kept;
use crate::trace::event::Event;
use crate::trace::ids::*;

impl Exec {
    /// Sees what has completed, answers of devices before timers, and wakes whoever waits for it; then whoever was
    /// deferred on this worker, the last to yield first. As tokio 1.54.1: `runtime/time/mod.rs` (`park_internal` parks the I/O driver and
    /// processes timers after it) and `runtime/scheduler/defer.rs` (`wake` pops from the end).
    pub fn turn_driver(&self, worker: WorkerId) {
        self.see(worker, Sees::All);
        self.wake_deferred(worker);
    }

    /// Sees this part of what lies in the worker's driver, and wakes whoever waits for it.
    pub fn see(&self, worker: WorkerId, sees: Sees) {
        let unseen = {
            let mut kernel = self.sim.kernel.borrow_mut();
            match sees {
                Sees::All | Sees::Answers => self.sim.owe(kernel.costs.driver_turn),
                Sees::Timers => {}
            }
            kernel.take_unseen(worker, sees)
        };
        for kept in unseen {
            let (actor, wake) = {
                let mut kernel = self.sim.kernel.borrow_mut();
                match kept {
                    Kept::Timer(timer) => (Actor::Timer(timer), kernel.fire_timer(timer)),
                    Kept::Answer(request) => kernel.deliver(request, Actor::Worker(worker)),
                }
            };
            self.sim.actor.set(actor);
            self.sim.tell(wake);
        }
        self.sim.actor.set(Actor::Worker(worker));
    }

    /// Wakes whoever was deferred on this worker, the last to yield first.
    pub fn wake_deferred(&self, worker: WorkerId) {
        self.sim.actor.set(Actor::Worker(worker));
        while let Some(waker) = self.next_deferred(worker) {
            waker.wake();
        }
    }

    fn next_deferred(&self, worker: WorkerId) -> Option<Waker> {
        let mut deferred = self.deferred.borrow_mut();
        let waker = deferred.get_mut(worker.index())?.pop();
        self.state.borrow_mut().deferred[worker.index()] = deferred[worker.index()].len();
        waker
    }

    /// Wakes the task of this waker at once, or after its worker's next turn of the driver: as the runtime treats whoever
    /// yields. Who yields on no worker is woken at once (tokio 1.54.1, `runtime/context.rs`, `defer`).
    pub fn yields(&self, waker: &Waker) {
        if self.state.borrow().rules.yields == Yields::WakeAndSay {
            return self.requeue(waker, Reason::Yielded);
        }
        let worker = {
            let state = self.state.borrow();
            match state.rules.yields {
                Yields::Wake | Yields::WakeAndSay => None,
                Yields::Deferred => state.worker_on(self.sim.running()).filter(|worker| state.caller != Some(*worker)),
            }
        };
        let Some(worker) = worker else { return waker.wake_by_ref() };
        // The same task again and again is kept once (tokio 1.54.1, `Defer::defer`).
        if self.deferred.borrow()[worker.index()].last().is_some_and(|last| last.will_wake(waker)) {
            return;
        }
        let waker = waker.clone();
        self.deferred.borrow_mut()[worker.index()].push(waker);
        self.state.borrow_mut().deferred[worker.index()] += 1;
    }

    /// Has the task that is being polled queued again for this reason, as soon as its poll has ended. One that is
    /// preempted does not wake itself: it was never to wait.
    pub fn requeue(&self, waker: &Waker, why: Reason) {
        let mut state = self.state.borrow_mut();
        if let Some(worker) = state.worker_on(self.sim.running()) {
            state.leaving[worker.index()] = Some(why);
        }
        if let (Actor::Task(task), Reason::Preempted) = (self.sim.actor.get(), why) {
            let cell = state.tasks[task.index()].cell();
            if cell.is(TaskState::Polling) {
                cell.set(TaskState::Woken);
            }
            return;
        }
        drop(state);
        waker.wake_by_ref();
    }

    /// How much of its slice the task that is being polled has left. None: there are no slices.
    pub fn slice_left(&self) -> Option<SimDuration> {
        let state = self.state.borrow();
        let worker = state.worker_on(self.sim.running())?;
        state.slice_left(self.sim.kernel.borrow().now, worker)
    }

    /// When the slice of the task that is being polled began, and how much of it is left when all that is owed is paid.
    /// None: there are no slices.
    pub fn slice_of_poll(&self) -> Option<(SimTime, SimDuration)> {
        let state = self.state.borrow();
        let worker = state.worker_on(self.sim.running())?;
        let now = self.sim.kernel.borrow().now + self.sim.owed();
        Some((state.slices[worker.index()], state.slice_left(now, worker)?))
    }

    /// As [`Exec::yields`] for the task that is being polled, which has just woken itself instead.
    pub fn defer_own_wake(&self, waker: &Waker) {
        let Actor::Task(task) = self.sim.actor.get() else { return };
        let was_woken = {
            let state = self.state.borrow();
            let cell = state.tasks[task.index()].cell();
            let was_woken = cell.is(TaskState::Woken);
            if was_woken && state.rules.yields == Yields::Deferred {
                cell.set(TaskState::Polling);
            }
            was_woken
        };
        if was_woken {
            self.note_exhausted(task);
            self.yields(waker);
        }
    }

    /// Records that the task's budget is used up.
    pub fn note_exhausted(&self, task: TaskId) {
        let worker = {
            let state = self.state.borrow();
            let running = self.sim.running();
            state.worker_on(running).or_else(|| Some(state.in_place.on(running?)?.worker))
        };
        if let Some(worker) = worker {
            self.sim.kernel.borrow_mut().record(Event::BudgetExhausted { task, worker });
        }
    }

    /// What becomes of a task whose handle is dropped now. Nothing while the run is being taken apart.
    pub fn dropped(&self) -> Dropped {
        let is_over = self.over.get() || self.sim.is_ending();
        if is_over { Dropped::Detaches } else { self.state.borrow().rules.dropped }
    }

    /// Wakes a task whose handle is gone, if it waits.
    pub fn wake_task(&self, task: TaskId) {
        let cell = self.state.borrow().tasks[task.index()].cell.clone();
        if let Some(cell) = cell.filter(|cell| cell.is(TaskState::Pending)) {
            self.wake(&cell);
        }
    }

    /// Unparks whoever is parked in a driver in which something lies that nobody has seen.
    pub fn look_into_driver(&self) {
        let mut state = self.state.borrow_mut();
        let mut kernel = self.sim.kernel.borrow_mut();
        if kernel.unseen.is_empty() || !state.any_parked {
            return;
        }
        match state.rules.driver {
            Driver::AlwaysOn => {}
            Driver::Turned | Driver::ParkedOrThread => {
                let Some((worker, due)) = state.in_driver.zip(kernel.unseen.first()) else { return };
                let by = kernel.actor_of(due);
                state.unpark(&mut kernel, worker, by);
            }
            Driver::OfEachWorker => {
                for worker in (0..state.count_workers()).map(WorkerId::from_index) {
                    let first = kernel.unseen.first_for(worker).filter(|_| state.parked[worker.index()]);
                    let Some(due) = first else { continue };
                    let by = kernel.actor_of(due);
                    state.unpark(&mut kernel, worker, by);
                }
            }
        }
    }

    /// Drops the wakers of whoever waits for a turn that does not come: the run is over.
    pub fn forget_deferred(&self) {
        let wakers = self.deferred.take();
        drop(wakers);
        self.state.borrow_mut().deferred.fill(0);
    }
}
