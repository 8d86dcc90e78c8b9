//! How tasks end: by themselves, aborted, or with the run.
//!
//! A future is dropped with nothing borrowed, and its destructors speak for its task.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::core::{EndsWith, Exec};
use super::policy::{Aborted, LeftOver};
use super::ready::Core;
use super::task::TaskFuture;
use super::waker::{self, TaskState};
use crate::machine::kernel::Kernel;
use crate::trace::event::{End, Event, PollResult};
use crate::trace::ids::*;

impl Exec {
    /// Takes an ending task's future out of its slot, to be dropped.
    pub fn take_future(&self, task: TaskId) -> Option<TaskFuture> {
        self.state.borrow_mut().tasks[task.index()].future.take()
    }

    /// Drops the task that was aborted during the poll that has now ended.
    pub fn cancel_aborted(&self, task: TaskId) {
        let by = self.state.borrow_mut().aborts.remove(&task).expect("an aborted task has someone who asked");
        if let Some(future) = self.take_future(task) {
            self.cancel(task, future, by);
        }
    }

    /// Drops the task that was aborted before its turn came, which it now has, instead of a poll. Its queue has let go of it.
    pub fn drop_aborted(&self, task: TaskId, worker: WorkerId) {
        let by = self.state.borrow_mut().aborts.remove(&task).expect("an aborted task has someone who asked");
        if let Some(future) = self.take_future(task) {
            self.drop_future(task, future, by);
        }
        self.sim.charge(self.poll_cost);
        self.state.borrow_mut().polled(worker, task, PollResult::Ready);
    }

    /// The poll was the task's last: it returned Ready or panicked.
    pub fn end_poll(&self, task: TaskId, at: WorkerQueue, result: PollResult) {
        let mut state = self.state.borrow_mut();
        let mut kernel = self.sim.kernel.borrow_mut();
        kernel.record(Event::PollEnded { task, at, result });
        if state.worker_on(self.sim.running()).is_some() {
            state.polled(at.worker, task, result);
        }
        let how = if result == PollResult::Ready {
            kernel.record(Event::TaskCompleted { task, by: at.worker });
            TaskState::Completed
        } else {
            TaskState::Panicked
        };
        self.end(&mut state, &mut kernel, task, how);
        drop((state, kernel));
        self.forget(task);
    }

    /// The run ended inside the task's poll.
    pub fn cut_poll(&self, task: TaskId, at: WorkerQueue) {
        self.state.borrow().tasks[task.index()].cell().set(TaskState::Pending);
        self.sim.kernel.borrow_mut().record(Event::PollEnded { task, at, result: PollResult::Cut });
    }

    /// Asks for the task's end. One that is being polled ends when the poll does; any other is dropped at its await, now or
    /// in its turn, as the runtime does it.
    pub fn abort(&self, task: TaskId) {
        let by = self.sim.actor.get();
        let future = {
            let mut state = self.state.borrow_mut();
            let mut kernel = self.sim.kernel.borrow_mut();
            let slot = &state.tasks[task.index()];
            let now = slot.state();
            let is_over = now.is_end() || now == TaskState::Aborted || (slot.future.is_none() && !now.is_polling());
            if is_over || state.aborts.contains_key(&task) {
                return;
            }
            kernel.record(Event::AbortRequested { task, by });
            if now.is_polling() {
                state.tasks[task.index()].cell().set(TaskState::Aborted);
                state.aborts.insert(task, by);
                return;
            }
            if state.rules.aborted == Aborted::InItsTurn && !self.over.get() {
                state.aborts.insert(task, by);
                drop((state, kernel));
                return self.wake_task(task);
            }
            state.tasks[task.index()].future.take()
        };
        if let Some(future) = future {
            self.cancel(task, future, by);
        }
    }

    /// Drops the task's future before it was ready: guards run, speaking for the task.
    pub fn cancel(&self, task: TaskId, future: TaskFuture, by: Actor) {
        self.leave_queue(task);
        self.drop_future(task, future, by);
    }

    fn drop_future(&self, task: TaskId, future: TaskFuture, by: Actor) {
        {
            // A wake that comes while its destructors compute must not bring it back.
            let slot = &mut self.state.borrow_mut().tasks[task.index()];
            slot.fixed = Some(slot.state());
            slot.cell().set(TaskState::Dropping);
        }
        let before = self.sim.actor.replace(Actor::Task(task));
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(future)));
        if let Err(payload) = dropped {
            self.sim.note_panic(&*payload);
        }
        self.sim.actor.set(before);
        let mut state = self.state.borrow_mut();
        let mut kernel = self.sim.kernel.borrow_mut();
        kernel.record(Event::TaskCancelled { task, by });
        self.end(&mut state, &mut kernel, task, TaskState::Cancelled);
        drop((state, kernel));
        self.forget(task);
    }

    fn leave_queue(&self, task: TaskId) {
        let state = self.state.borrow();
        if state.tasks[task.index()].state() != TaskState::Ready {
            return;
        }
        let mut kernel = self.sim.kernel.borrow_mut();
        for queue in (state.first_queue..kernel.queues.len()).map(QueueId::from_index) {
            let list = &mut kernel.queues[queue.index()];
            if let Some(place) = list.iter().position(|t| *t == task.0) {
                let end = if place == 0 { End::Front } else { End::Back };
                list.remove(place);
                kernel.record(Event::Dequeued { task, queue, end });
                return;
            }
        }
    }

    fn end(&self, state: &mut Core, kernel: &mut Kernel, task: TaskId, how: TaskState) {
        let slot = &mut state.tasks[task.index()];
        slot.cell().set(how);
        slot.fixed = Some(how);
        state.live -= 1;
        let over = match self.ends {
            EndsWith::Root => task == TaskId(0),
            EndsWith::All => state.live == 0,
        };
        if over {
            self.stop_workers(kernel);
        }
    }

    /// The run is over: workers return before their next poll, and no time passes any more.
    pub fn stop_workers(&self, kernel: &mut Kernel) {
        self.over.set(true);
        self.link.call();
        kernel.horizon = kernel.now;
    }

    /// The executor gives up its own reference to an ended task.
    fn forget(&self, task: TaskId) {
        let cell = self.state.borrow_mut().tasks[task.index()].cell.take();
        if let Some(cell) = cell.filter(|cell| waker::alive(cell) == 0) {
            let by = self.sim.actor.get();
            self.sim.kernel.borrow_mut().record(Event::TaskFreed { task: cell.task, by });
        }
    }

    /// Drops every task that is left, in the runtime's order; what is spawned meanwhile after that.
    pub fn cancel_all(&self) {
        loop {
            let left = self.left_over();
            if left.is_empty() {
                return;
            }
            for task in left {
                if let Some(future) = self.take_future(task) {
                    self.cancel(task, future, Actor::Run);
                }
            }
        }
    }

    /// The tasks that have not ended, in the order in which they are dropped now.
    fn left_over(&self) -> Vec<TaskId> {
        let state = self.state.borrow();
        let has_future = |task: &TaskId| state.tasks[task.index()].future.is_some();
        let mut left: Vec<TaskId> = (0..state.tasks.len()).map(TaskId::from_index).filter(has_future).collect();
        match state.rules.left_over {
            LeftOver::OldestFirst => {}
            LeftOver::NewestFirst => left.reverse(),
            LeftOver::QueuedFirst => {
                let kernel = self.sim.kernel.borrow();
                let queued = kernel.queues[state.first_queue..].iter().flatten().copied();
                let places: BTreeMap<TaskId, usize> = queued.map(TaskId).zip(0..).collect();
                left.sort_by_key(|task| places.get(task).copied().unwrap_or(usize::MAX));
            }
            LeftOver::Lists(lists) => left.sort_by_key(|task| task.0 % lists),
        }
        left
    }
}
