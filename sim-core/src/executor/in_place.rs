//! Blocking in the middle of a poll while another thread goes on with the worker.
//!
//! As tokio 1.54.1, `runtime/scheduler/multi_thread/worker.rs` (`block_in_place` and `maybe_move_runtime`, 355–490). Owns who has
//! offered its worker, and what becomes of a poll whose thread has lost it: what it wakes and spawns comes from elsewhere,
//! and when it ends, its thread is one of the blocking pool.

use super::budget::Stopped;
use super::core::{self, Exec, Polled};
use super::policy::{BlocksInPlace, Reason};
use super::waker::TaskState;
use super::worker;
use crate::trace::event::{End, Event, PollResult};
use crate::trace::ids::*;

/// The polls whose threads have offered their workers to others.
#[derive(Default)]
pub(crate) struct InPlace {
    pub(super) polls: Vec<InPoll>,
    /// The workers that no thread has now: `Worker::core`, in tokio.
    offered: Vec<WorkerId>,
    /// The threads that are inside such a call: what it calls may block as it likes.
    inside: Vec<ThreadId>,
}

/// A poll whose thread has offered its worker.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct InPoll {
    pub thread: ThreadId,
    pub task: TaskId,
    /// The worker that began the poll.
    pub worker: WorkerId,
}

impl InPlace {
    /// The poll that goes on on this thread, if it has offered its worker.
    pub fn on(&self, thread: ThreadId) -> Option<InPoll> {
        self.polls.iter().copied().find(|poll| poll.thread == thread)
    }

    /// The polls whose worker has gone on on another thread; `workers` are the threads that they run on.
    pub fn alone<'a>(&'a self, workers: &'a [ThreadId]) -> impl Iterator<Item = InPoll> + 'a {
        self.polls.iter().copied().filter(|poll| workers[poll.worker.index()] != poll.thread)
    }

    /// Takes a worker that no thread has. Answers whether it was one.
    fn take(&mut self, worker: WorkerId) -> bool {
        let place = self.offered.iter().position(|offered| *offered == worker);
        place.map(|place| self.offered.swap_remove(place)).is_some()
    }

    /// The poll on this thread has its worker again, or is over.
    pub(super) fn forget(&mut self, thread: ThreadId) {
        self.polls.retain(|poll| poll.thread != thread);
    }
}

/// Runs a closure that blocks, in the middle of a poll, while another thread goes on with the worker: as tokio's
/// `block_in_place` (1.54.1) under its multi_thread runtime.
///
/// - What would have been polled on this worker can be stolen or is polled by a thread of the blocking pool, which takes
///   the worker over. If no thread has come to it before the closure returns, the worker stays where it is.
/// - Otherwise the task's poll goes on without a worker: whom it wakes or spawns goes to the runtime's inject queue. When the
///   poll ends, its thread becomes an idle one of the pool.
/// - Inside the closure, and on threads of the blocking pool, another `block_in_place` is a plain call; so is one under an
///   executor that has no such thing, on a thread that is no worker's, in a destructor outside a poll or during a panic, and
///   outside a run: the closure then blocks whatever thread it is on.
///
/// ```
/// use sim_core::{Costs, Executor, Machine, SimDuration, block, block_in_place, mark, spawn};
///
/// let ms = SimDuration::from_millis;
/// let blocking = |in_place: bool| {
///     Machine::new().costs(Costs::zero()).run_async(Executor::tokio_multi_thread(1), move || async move {
///         let read = spawn(async move {
///             if in_place { block_in_place(|| block(ms(30))) } else { block(ms(30)) }
///         });
///         let other = spawn(async { mark("other") });
///         read.await.unwrap();
///         other.await.unwrap();
///     })
/// };
/// let other = |in_place| blocking(in_place).trace.markers().next().unwrap().time.as_millis();
/// // The one worker goes on on another thread; a plain blocking call keeps it.
/// assert_eq!((other(true), other(false)), (0, 30));
/// ```
///
/// # Panics
/// Under tokio's current_thread runtime and its `LocalSet`, as there: one thread cannot hand itself over.
///
/// ```should_panic
/// use sim_core::{Executor, Machine, block_in_place};
///
/// let outcome = Machine::new().run_async(Executor::tokio_current_thread(), || async { block_in_place(|| ()) });
/// outcome.output.expect("can call blocking only when running on the multi-threaded runtime");
/// ```
#[track_caller]
pub fn block_in_place<T>(code: impl FnOnce() -> T) -> T {
    match core::try_with(Exec::begin_in_place) {
        None | Some(Begun::Plain) => code(),
        Some(Begun::Refused) => panic!("can call blocking only when running on the multi-threaded runtime"),
        Some(Begun::Inside(inside)) => {
            let _back = Back(Some(inside));
            code()
        }
    }
}

/// How a call of [`block_in_place`] begins.
enum Begun {
    /// As any call.
    Plain,
    /// Not at all.
    Refused,
    /// Its thread is inside one from now on.
    Inside(Inside),
}

/// What is put back when the closure has returned or panicked.
struct Inside {
    thread: ThreadId,
    /// The worker that it offered.
    offered: Option<WorkerId>,
    /// What the poll may use up afterwards; none: whatever it likes. tokio gives it back only on a worker's thread
    /// (`Reset::drop` looks for its context).
    budget: Option<Stopped>,
}

struct Back(Option<Inside>);

impl Drop for Back {
    fn drop(&mut self) {
        core::try_with(|exec| self.0.take().into_iter().for_each(|inside| exec.end_in_place(inside)));
    }
}

impl Exec {
    fn begin_in_place(&self) -> Begun {
        let Some(thread) = self.sim.running().filter(|_| !std::thread::panicking() && !self.sim.is_ending()) else {
            return Begun::Plain;
        };
        let (worker, alone, in_place) = {
            let state = self.state.borrow();
            if state.in_place.inside.contains(&thread) {
                return Begun::Plain;
            }
            (state.worker_on(Some(thread)), state.in_place.on(thread), state.rules.in_place)
        };
        let polled = match self.sim.actor.get() {
            Actor::Task(task) if self.state.borrow().tasks[task.index()].state().is_polling() => Some(task),
            _ => None,
        };
        match (in_place, worker, polled) {
            (BlocksInPlace::Calls | BlocksInPlace::UntilRetaken, _, _) | (_, _, None) => Begun::Plain,
            (BlocksInPlace::Panics, Some(_), Some(_)) => Begun::Refused,
            (BlocksInPlace::Panics, None, Some(_)) => Begun::Plain,
            (BlocksInPlace::MovesWorker, Some(worker), Some(task)) => Begun::Inside(self.leave(thread, worker, task)),
            (BlocksInPlace::MovesWorker, None, Some(_)) if alone.is_some() => {
                self.state.borrow_mut().in_place.inside.push(thread);
                Begun::Inside(Inside { thread, offered: None, budget: self.budget.stop(self) })
            }
            (BlocksInPlace::MovesWorker, None, Some(_)) => Begun::Plain,
        }
    }

    /// The thread stops acting for its worker, which the pool is asked to go on with.
    fn leave(&self, thread: ThreadId, worker: WorkerId, task: TaskId) -> Inside {
        if self.state.borrow().caller == Some(worker) {
            // It has no worker to give away, and blocks itself alone.
            self.state.borrow_mut().in_place.inside.push(thread);
            drop(self.budget.stop(self));
            return Inside { thread, offered: None, budget: None };
        }
        let actor = self.sim.actor.get();
        self.wake_deferred(worker);
        self.sim.actor.set(actor);
        {
            let mut state = self.state.borrow_mut();
            state.leave_thread(&mut self.sim.kernel.borrow_mut(), worker);
            state.set_worker_on(thread, None);
            state.in_place.offered.push(worker);
            state.in_place.inside.push(thread);
            state.in_place.polls.push(InPoll { thread, task, worker });
        }
        self.workers_move.set(true);
        self.give_to_pool(Box::new(move || core::with(|exec| exec.take_over(worker))));
        Inside { thread, offered: Some(worker), budget: self.budget.stop(self) }
    }

    /// The closure has returned: the worker is taken back if no thread has it. It may be one that another poll, on the
    /// thread that it went to, has offered meanwhile.
    fn end_in_place(&self, inside: Inside) {
        let Inside { thread, offered, budget } = inside;
        if let Some(budget) = budget {
            self.budget.give_back(self, budget);
        }
        let mut state = self.state.borrow_mut();
        state.in_place.inside.retain(|inside| *inside != thread);
        let Some(worker) = offered.filter(|_| !self.sim.is_ending()) else { return };
        if !state.in_place.take(worker) {
            return;
        }
        if state.workers[worker.index()] == thread {
            state.set_worker_on(thread, Some(worker));
        } else {
            state.move_worker(&mut self.sim.kernel.borrow_mut(), worker, thread);
        }
        state.in_place.forget(thread);
    }

    /// The code of a pool thread that comes to an offered worker: nothing if it is offered no more.
    fn take_over(&self, worker: WorkerId) {
        let thread = self.sim.thread();
        {
            let mut state = self.state.borrow_mut();
            if !state.in_place.take(worker) {
                return;
            }
            state.move_worker(&mut self.sim.kernel.borrow_mut(), worker, thread);
            state.begin_anew(worker);
        }
        self.sim.actor.set(Actor::Worker(worker));
        worker::run(self, worker);
        self.sim.actor.set(Actor::Thread(thread));
    }

    /// Whether the poll that has returned on the thread that runs has lost its worker.
    #[cold]
    pub fn has_lost_worker(&self) -> bool {
        self.state.borrow().in_place.on(self.sim.thread()).is_some()
    }

    /// The end of a poll that has lost its worker: `polled` is it if it returned Pending. Its thread is nobody's from now on.
    pub fn end_alone(&self, polled: Option<Polled>) {
        let thread = self.sim.thread();
        if let Some(polled) = polled {
            self.sim.charge(self.poll_cost);
            self.settle_alone(polled, thread);
        }
        self.sim.actor.set(Actor::Thread(thread));
        self.budget.set(thread, None);
        self.state.borrow_mut().in_place.forget(thread);
    }

    /// Puts the task of such a poll where it belongs: what was woken meanwhile comes from no worker (`schedule_task`).
    fn settle_alone(&self, polled: Polled, thread: ThreadId) {
        let Polled { task, at, .. } = polled;
        let by = Actor::Thread(thread);
        let (was, to_unpark) = {
            let mut state = self.state.borrow_mut();
            let mut kernel = self.sim.kernel.borrow_mut();
            let was = state.tasks[task.index()].state();
            if was != TaskState::Woken {
                state.tasks[task.index()].cell().set(TaskState::Pending);
                kernel.record(Event::PollEnded { task, at, result: PollResult::Pending });
                (was, false)
            } else {
                let came = state.came(task, Reason::WokenInPoll, None, by);
                let (queue, end) = state.enqueue(&mut kernel, &came);
                let result = match end {
                    End::Front => PollResult::RequeuedFront,
                    End::Back => PollResult::RequeuedBack,
                };
                kernel.record(Event::PollEnded { task, at: WorkerQueue { worker: at.worker, queue }, result });
                let unparked = state.unpark_for(&mut kernel, queue, &came);
                self.start_unparked(&mut state, &mut kernel);
                (was, unparked)
            }
        };
        if to_unpark {
            let call = self.sim.kernel.borrow().costs.syscall;
            self.sim.owe(call);
        }
        if was == TaskState::Aborted {
            self.sim.actor.set(by);
            self.cancel_aborted(task);
        }
    }
}
