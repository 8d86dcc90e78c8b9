//! The executor of the current run: what its parts share, and the way in for wakers.
//!
//! Never borrowed while user code runs: futures are polled in place with nothing borrowed, and dropped outside.

use std::cell::{Cell as StdCell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::ptr;
use std::sync::Arc;
use std::task::Waker;

use super::policy::{Asks, Came, Reason, Sees, Wishes};
use super::ready::{Budget, Chosen, Core, Settled};
use super::task::{NewTask, Task, TaskFuture};
use super::waker::{Cell, Link, TaskState, lend};
use crate::instant::{SimDuration, SimTime};
use crate::machine::kernel::Kernel;
use crate::machine::sim::Sim;
use crate::trace::event::{BlockReason, End, Event, PollFrom, WakeEffect};
use crate::trace::ids::*;
use crate::trace::tables::{TaskInfo, TaskKind};

thread_local! {
    static CURRENT: StdCell<*const Exec> = const { StdCell::new(ptr::null()) };
}

/// The executor of the current run.
pub(crate) struct Exec {
    pub sim: std::rc::Rc<Sim>,
    pub link: Arc<Link>,
    pub state: RefCell<Core>,
    /// Whether the root has completed, or no task is left, and workers are to stop.
    pub over: StdCell<bool>,
    pub ends: EndsWith,
    pub poll_cost: SimDuration,
    pub wake_cost: SimDuration,
    pub self_wakes_at_once: bool,
    /// As the kernel's, where a wake finds it at once.
    pub recording: StdCell<bool>,
    pub pool: RefCell<super::pool::Pool>,
    /// Where the code that now spawns or wakes asks it to go.
    pub asks: StdCell<Asks>,
    /// With what the task that is being dropped panicked.
    pub panic: RefCell<Option<String>>,
    pub budget: super::budget::Left,
    /// Whether a poll has ever offered its worker to others, or was in a system call: before that nobody looks who has it.
    pub workers_move: StdCell<bool>,
    /// Whether a thread has ever lost its worker while it was in a call, or parked.
    pub changed_worker: StdCell<bool>,
    /// By worker: whoever waits for its next turn of the driver, the last to yield last.
    pub deferred: RefCell<Vec<Vec<Waker>>>,
}

/// What ends the run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum EndsWith {
    /// The end of the first task: the root.
    Root,
    /// The end of every task.
    All,
}

/// A task taken from its queue, to be polled.
#[derive(Clone, Copy)]
pub(crate) struct Taken {
    pub task: TaskId,
    /// In its slot's box, which nobody moves or drops while the task is being polled.
    pub future: *mut dyn Future<Output = ()>,
    /// Its slot keeps the cell alive while it is polled.
    pub cell: *const Cell,
    pub at: WorkerQueue,
}

/// A task whose poll returned Pending, to be put where it belongs.
#[derive(Clone, Copy)]
pub(crate) struct Polled {
    pub task: TaskId,
    pub at: WorkerQueue,
    /// Its slot keeps the cell alive.
    pub cell: *const Cell,
    /// Whether the poll's cost was paid.
    pub paid: bool,
}

/// What a worker does next.
pub(crate) enum Turn {
    /// Poll this task.
    Poll(Taken),
    /// Let virtual time pass, until the poll that ended is paid, and ask again.
    Wait,
    /// Drop the task that was polled: someone aborted it meanwhile.
    Cancel,
    /// Drop this task, which someone aborted before its turn came.
    Drop(TaskId),
    /// Take in the wakes that real OS threads asked for, and ask again.
    Foreign,
    /// See what has completed, and wake whoever waits for it.
    Driver,
    /// See a part of it.
    See(Sees),
    /// Look for work for so long, and ask again.
    Spin(SimDuration),
    /// Wake whoever was deferred.
    Deferred,
    /// Stop until unparked: there is nothing to poll.
    Park,
    /// Return: the run is over.
    Over,
}

/// Makes `exec` the current executor of this OS thread while `f` runs.
pub(crate) fn enter<R>(exec: &Exec, f: impl FnOnce() -> R) -> R {
    with_current(exec, f)
}

/// Runs `f` under no executor.
pub(crate) fn outside<R>(f: impl FnOnce() -> R) -> R {
    with_current(ptr::null(), f)
}

fn with_current<R>(exec: *const Exec, f: impl FnOnce() -> R) -> R {
    struct Back(*const Exec);
    impl Drop for Back {
        fn drop(&mut self) {
            CURRENT.set(self.0);
        }
    }
    let _back = Back(CURRENT.replace(exec));
    f()
}

/// The current executor, if this code runs under one.
#[inline]
pub(crate) fn try_with<R>(f: impl FnOnce(&Exec) -> R) -> Option<R> {
    let current = CURRENT.get();
    if current.is_null() {
        return None;
    }
    // SAFETY: `enter` set the pointer from a reference and takes it back before that reference ends.
    Some(f(unsafe { &*current }))
}

/// The current executor. Panics where there is none.
#[track_caller]
pub(crate) fn with<R>(f: impl FnOnce(&Exec) -> R) -> R {
    try_with(f).unwrap_or_else(|| {
        panic!("this needs an async executor, and there is none here: run the root with Machine::run_async")
    })
}

/// Wakes the cell's task, if it belongs to the current run.
#[inline]
pub(crate) fn wake(cell: &Cell) -> bool {
    try_with(|exec| {
        if !ptr::eq(&raw const *exec.link, &raw const *cell.link) {
            return false;
        }
        exec.wake(cell);
        true
    })
    .unwrap_or(false)
}

/// A waker of the task, as one that is polled clones it from its context.
pub(crate) fn waker_of(task: TaskId) -> Waker {
    let cell = with(|exec| exec.state.borrow().tasks[task.index()].shared_cell());
    let lent = lend(Arc::as_ptr(&cell));
    Waker::clone(&lent)
}

pub(crate) fn waker_cloned(cell: &Cell) {
    own_run(cell, |exec, kernel| {
        exec.sim.owe(kernel.costs.waker_clone);
        kernel.record(Event::WakerCloned { task: cell.task, by: exec.sim.actor.get() });
    });
}

pub(crate) fn waker_dropped(cell: &Arc<Cell>) {
    own_run(cell, |exec, kernel| {
        exec.sim.owe(kernel.costs.waker_drop);
        let by = exec.sim.actor.get();
        kernel.record(Event::WakerDropped { task: cell.task, by });
        if Arc::strong_count(cell) == 1 {
            kernel.record(Event::TaskFreed { task: cell.task, by });
        }
    });
}

fn own_run(cell: &Cell, f: impl FnOnce(&Exec, &mut Kernel)) {
    try_with(|exec| {
        if ptr::eq(&raw const *exec.link, &raw const *cell.link) {
            f(exec, &mut exec.sim.kernel.borrow_mut());
        }
    });
}

/// Whether a task that leaves its queue was aborted there.
#[cold]
#[inline(never)]
fn leaves_aborted(state: &Core, kernel: &mut Kernel, (task, queue, end): (TaskId, QueueId, End)) -> bool {
    let is_aborted = state.aborts.contains_key(&task);
    if is_aborted {
        kernel.record(Event::Dequeued { task, queue, end });
    }
    is_aborted
}

impl Exec {
    /// Runs `f`: what it spawns and wakes is asked to go there.
    pub fn asking<R>(&self, asks: Asks, f: impl FnOnce() -> R) -> R {
        struct Back<'a>(&'a StdCell<Asks>, Asks);
        impl Drop for Back<'_> {
            fn drop(&mut self) {
                self.0.set(self.1);
            }
        }
        let _back = Back(&self.asks, self.asks.replace(asks));
        f()
    }

    /// A new task, Ready. `with_future` gets its cell; what it answers is polled later.
    pub fn add(&self, new: NewTask, future: TaskFuture) -> TaskId {
        let by = self.sim.actor.get();
        let mut state = self.state.borrow_mut();
        let mut kernel = self.sim.kernel.borrow_mut();
        let id = TaskId::from_index(state.tasks.len());
        let (name, path) = (kernel.intern(&new.name), kernel.intern(&new.path));
        kernel.origins.add_task(by, path);
        let place = new.place.map(|at| kernel.place(at));
        let future_bytes = u32::try_from(new.future_bytes).unwrap_or(u32::MAX);
        kernel.recorder.tables_mut().tasks.push(TaskInfo { name, kind: new.kind, path, future_bytes, place });
        let cell = Arc::new(Cell::new(id, Arc::clone(&self.link)));
        let (unpaid, priority) = (by == Actor::Run, new.priority);
        let task = Task { future: Some(future), cell: Some(cell), unpaid, priority, fixed: None };
        state.tasks.push(task);
        state.live += 1;
        if by != Actor::Run {
            self.sim.owe(kernel.costs.task_spawn);
        }
        kernel.record(Event::TaskSpawned { task: id, by });
        let bytes = kernel.costs.task_bytes;
        // Where tasks live in static slots nothing is allocated.
        if bytes > 0 {
            kernel.record(Event::TaskAllocated { task: id, bytes });
        }
        if new.kind == TaskKind::Main {
            state.main = Some(id);
        }
        state.wishes = new.wishes;
        self.ready(&mut state, &mut kernel, id, Reason::Spawned, by);
        state.wishes = Wishes::default();
        id
    }

    /// Wakes the cell's task. The common case, a task that wakes itself, touches nothing but its cell.
    #[inline(always)]
    pub fn wake(&self, cell: &Cell) {
        if !cell.is(TaskState::Polling) {
            return self.wake_other(cell, self.sim.actor.get());
        }
        cell.set(TaskState::Woken);
        if self.self_wakes_at_once {
            self.state.borrow_mut().woke_itself(cell.task);
        }
        self.sim.owe(self.wake_cost);
        if self.recording.get() {
            let by = self.sim.actor.get();
            let effect = if by == Actor::Task(cell.task) { WakeEffect::OwnPoll } else { WakeEffect::DuringPoll };
            self.sim.kernel.borrow_mut().record(Event::Woken { task: cell.task, by, effect });
        }
    }

    #[inline(never)]
    fn wake_other(&self, cell: &Cell, by: Actor) {
        let mut state = self.state.borrow_mut();
        let mut kernel = self.sim.kernel.borrow_mut();
        let task = cell.task;
        let effect = match cell.state() {
            TaskState::Pending => WakeEffect::Queued,
            TaskState::Polling | TaskState::Woken | TaskState::Aborted | TaskState::Ready => WakeEffect::Redundant,
            TaskState::Dropping | TaskState::Completed | TaskState::Cancelled | TaskState::Panicked => {
                WakeEffect::Stale
            }
        };
        self.sim.owe(self.wake_cost);
        kernel.record(Event::Woken { task, by, effect });
        if effect == WakeEffect::Queued {
            self.ready(&mut state, &mut kernel, task, Reason::Woken, by);
        }
    }

    fn ready(&self, state: &mut Core, kernel: &mut Kernel, task: TaskId, why: Reason, by: Actor) {
        let on = state.worker_on(self.sim.running());
        let came = Came { asks: self.asks.get(), ..state.came(task, why, on, by) };
        let (queue, end) = state.enqueue(kernel, &came);
        kernel.record(Event::Queued { task, queue, end });
        if state.unpark_for(kernel, queue, &came) {
            self.sim.owe(kernel.costs.syscall);
            self.start_unparked(state, kernel);
        }
    }

    /// Wakes that real OS threads asked for.
    pub fn take_foreign(&self) {
        if !self.link.calls() {
            return;
        }
        for task in self.link.take_foreign() {
            let cell = self.state.borrow().tasks[task.index()].cell.clone();
            if let Some(cell) = cell {
                let before = self.sim.actor.replace(Actor::Foreign);
                self.wake(&cell);
                self.sim.actor.set(before);
            }
        }
        if self.over.get() {
            self.link.call();
        }
    }

    /// What `worker` does after `polled`: puts it where it belongs and takes the next task out of its queue, in one go.
    #[inline(always)]
    pub fn turn(&self, worker: WorkerId, polled: Option<Polled>) -> Turn {
        let mut state = self.state.borrow_mut();
        let mut kernel = self.sim.kernel.borrow_mut();
        if let Some(polled) = polled {
            if !polled.paid && !self.sim.pay(&mut kernel, self.poll_cost) {
                return Turn::Wait;
            }
            match state.settle(&mut kernel, polled) {
                Settled::Kept => {}
                Settled::KeptAndUnparked => self.start_unparked(&mut state, &mut kernel),
                Settled::Aborted => return Turn::Cancel,
            }
        }
        if self.link.calls() {
            return if self.over.get() { Turn::Over } else { Turn::Foreign };
        }
        kernel.count_step();
        let (task, queue, from) = loop {
            match state.next(&mut kernel, worker, self) {
                Chosen::Poll { task, queue, end, budget } => {
                    if state.has_accounts {
                        self.begin_account(&mut state, kernel.now, worker, budget);
                    }
                    if !state.aborts.is_empty() && leaves_aborted(&state, &mut kernel, (task, queue, end)) {
                        return Turn::Drop(task);
                    }
                    let from = match end {
                        End::Front => PollFrom::Front,
                        End::Back => PollFrom::Back,
                    };
                    break (task, queue, from);
                }
                Chosen::Main { task, queue } => {
                    self.begin_account(&mut state, kernel.now, worker, Budget::Fresh);
                    break (task, queue, PollFrom::Direct);
                }
                Chosen::Unparked => {
                    self.sim.owe(kernel.costs.syscall);
                    self.start_unparked(&mut state, &mut kernel);
                }
                Chosen::Turn => return Turn::Driver,
                Chosen::See(sees) => return Turn::See(sees),
                Chosen::Spin(d) => return Turn::Spin(d),
                Chosen::WakeDeferred => return Turn::Deferred,
                Chosen::Park => {
                    self.park(&mut state, &mut kernel, worker);
                    return Turn::Park;
                }
            }
        };
        let at = WorkerQueue { worker, queue };
        kernel.record(Event::PollStarted { task, at, from });
        let slot = &mut state.tasks[task.index()];
        if slot.unpaid {
            slot.unpaid = false;
            self.sim.owe(kernel.costs.task_spawn);
        }
        let future = slot.future.as_mut().expect("a Ready task has its future");
        // SAFETY: nothing is moved out of the pinned box; the pointer is used to poll it in place, pinned again.
        let future: *mut dyn Future<Output = ()> = unsafe { Pin::get_unchecked_mut(future.as_mut()) };
        let cell = slot.cell();
        cell.set(TaskState::Polling);
        let cell: *const Cell = cell;
        self.sim.actor.set(Actor::Task(task));
        Turn::Poll(Taken { task, future, cell, at })
    }

    /// The worker's next poll begins: on a budget and a slice of its own, where polls have any and it does not go on with
    /// what the last one has left.
    #[inline(never)]
    fn begin_account(&self, state: &mut Core, now: SimTime, worker: WorkerId, budget: Budget) {
        if state.rules.budget.is_some() && budget == Budget::Fresh {
            self.budget.set(state.workers[worker.index()], state.rules.budget);
        }
        state.begin_poll(now, worker, budget);
    }

    #[cold]
    fn park(&self, state: &mut Core, kernel: &mut Kernel, worker: WorkerId) {
        state.parked[worker.index()] = true;
        state.any_parked = true;
        let thread = state.workers[worker.index()];
        kernel.record(Event::WorkerParked { worker, thread });
        kernel.block(thread, BlockReason::Park, worker.0);
        kernel.turned = state.is_turned();
        self.sim.owe(kernel.costs.syscall);
        self.sim.actor.set(Actor::Worker(worker));
    }
}
