//! The executor's state: every task, and the way from woken to polled.
//!
//! Owns the tasks' states; the queues are the machine's. Never borrowed while user code runs: futures are taken out
//! of their slot to be polled, and dropped outside.

use std::cell::{Cell as StdCell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::ptr;
use std::sync::Arc;

use super::policy::{Next, Ready, Reason, TaskPolicy};
use super::run::Executor;
use super::waker::{self, Cell, Link, TaskState};
use crate::instant::SimDuration;
use crate::machine::kernel::Kernel;
use crate::machine::sim::Sim;
use crate::trace::event::{BlockReason, DecisionKind, End, Ends, Event, PollFrom, PollResult, WakeEffect};
use crate::trace::ids::*;
use crate::trace::tables::{SourcePlace, TaskInfo, TaskKind};

pub(crate) type TaskFuture = Pin<Box<dyn Future<Output = ()>>>;

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
    /// As the kernel's, where a wake finds it at once.
    pub recording: StdCell<bool>,
    pub pool: RefCell<super::pool::Pool>,
    /// With what the task that is being dropped panicked.
    pub panic: RefCell<Option<String>>,
}

/// What ends the run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum EndsWith {
    /// The end of the first task: the root.
    Root,
    /// The end of every task.
    All,
}

/// 32 bytes: two tasks to a cache line, which is what a poll of many tasks costs.
pub(crate) struct Task {
    /// Absent after the task has ended. Neither moved nor dropped while it is polled.
    future: Option<TaskFuture>,
    cell: Option<Arc<Cell>>,
    /// Whether the task itself pays for its creation, and has not yet.
    unpaid: bool,
}

impl Task {
    pub fn state(&self) -> TaskState {
        self.cell.as_ref().map_or(TaskState::Ended, |cell| cell.state())
    }

    #[inline(always)]
    fn cell(&self) -> &Cell {
        self.cell.as_ref().expect("a task that has not ended has its cell")
    }
}

pub(crate) struct Core {
    pub tasks: Vec<Task>,
    /// By [`WorkerId`]: the thread it runs on, and whether it is parked.
    pub workers: Vec<ThreadId>,
    pub parked: Vec<bool>,
    any_parked: bool,
    /// Tasks that have not ended, not counting helpers.
    pub live: usize,
    policy: Box<dyn TaskPolicy>,
    /// The policy's lane, as the machine's queue.
    lane: Option<QueueId>,
    aborts: BTreeMap<TaskId, Actor>,
    /// The place of the policy's first queue among the machine's.
    first_queue: usize,
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
    /// Take in the wakes that real OS threads asked for, and ask again.
    Foreign,
    /// Stop until unparked: there is nothing to poll.
    Park,
    /// Return: the run is over.
    Over,
}

/// What to know of a task before it exists.
pub(crate) struct NewTask {
    pub name: String,
    pub path: String,
    pub kind: TaskKind,
    pub future_bytes: usize,
    pub place: Option<&'static std::panic::Location<'static>>,
}

/// Makes `exec` the current executor of this OS thread while `f` runs.
pub(crate) fn enter<R>(exec: &Exec, f: impl FnOnce() -> R) -> R {
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
        exec.wake(cell, exec.sim.actor.get());
        true
    })
    .unwrap_or(false)
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

impl Core {
    pub fn new(executor: Executor, kernel: &mut Kernel) -> Core {
        let Executor { policy, workers } = executor;
        let first_queue = kernel.queues.len();
        for queue in policy.queues(workers) {
            kernel.add_queue(&queue.name, queue.owner);
        }
        let (tasks, workers, parked) = (Vec::new(), Vec::new(), Vec::new());
        let lane = policy.lane().map(|place| QueueId::from_index(first_queue + place));
        Core { tasks, workers, parked, any_parked: false, live: 0, policy, lane, aborts: BTreeMap::new(), first_queue }
    }

    fn queue_id(&self, place: usize) -> QueueId {
        QueueId::from_index(self.first_queue + place)
    }

    /// Puts the task into the queue that the policy names.
    #[inline(never)]
    fn enqueue(&mut self, kernel: &mut Kernel, task: TaskId, why: Reason, on: Option<WorkerId>) -> (QueueId, End) {
        self.tasks[task.index()].cell().set(TaskState::Ready);
        let (place, end) = self.policy.place(why, on);
        let queue = self.queue_id(place);
        let list = &mut kernel.queues[queue.index()];
        match end {
            End::Front => list.push_front(task.0),
            End::Back => list.push_back(task.0),
        }
        (queue, end)
    }

    /// Unparks whom the policy says for a task that was just put into `queue`.
    #[inline]
    fn unpark_for(&mut self, kernel: &mut Kernel, queue: QueueId, by: Actor) {
        if self.any_parked {
            self.unpark_one(kernel, queue, by);
        }
    }

    #[inline(never)]
    fn unpark_one(&mut self, kernel: &mut Kernel, queue: QueueId, by: Actor) {
        let ready = Ready::new(&kernel.queues[self.first_queue..], &self.parked);
        let place = queue.index() - self.first_queue;
        let Some(worker) = self.policy.unpark(place, &ready) else { return };
        self.parked[worker.index()] = false;
        self.any_parked = self.parked.contains(&true);
        kernel.record(Event::WorkerUnparked { worker, by });
        kernel.unblock(self.workers[worker.index()], by);
    }

    /// The worker whose thread runs now: the one that polls whoever acts.
    fn worker_on(&self, thread: Option<ThreadId>) -> Option<WorkerId> {
        let first = self.workers.first()?;
        let place = thread?.0.checked_sub(first.0)?;
        (place < self.workers.len() as u32).then_some(WorkerId(place))
    }

    /// What the worker polls next; none: there is nothing.
    #[inline(always)]
    fn next(&mut self, kernel: &mut Kernel, worker: WorkerId) -> Option<(TaskId, QueueId, End)> {
        match self.lane {
            Some(lane) => kernel.queues[lane.index()].pop_front().map(|task| (TaskId(task), lane, End::Front)),
            None => self.ask_next(kernel, worker),
        }
    }

    #[inline(never)]
    fn ask_next(&mut self, kernel: &mut Kernel, worker: WorkerId) -> Option<(TaskId, QueueId, End)> {
        loop {
            let Kernel { queues, decider, .. } = kernel;
            let mut choices = Vec::new();
            let ready = Ready::new(&queues[self.first_queue..], &self.parked);
            let next = self.policy.next(worker, &ready, &mut |below| {
                let choice = decider.of_scheduling(DecisionKind::Victim, below);
                let taken = choice.taken;
                choices.push((choice, below));
                taken
            });
            for (choice, below) in choices {
                kernel.record(Event::WorkerSearching { worker });
                kernel.record_choice(DecisionKind::Victim, StrId(0), &choice, below);
            }
            match next {
                Next::Poll { queue, end } => {
                    let queue = self.queue_id(queue);
                    let list = &mut kernel.queues[queue.index()];
                    let task = match end {
                        End::Front => list.pop_front(),
                        End::Back => list.pop_back(),
                    };
                    return Some((TaskId(task.expect("a policy polls from a queue that holds a task")), queue, end));
                }
                Next::Move { from, to, count, stolen } => {
                    move_tasks(kernel, self.queue_id(from), self.queue_id(to), count, stolen);
                }
                Next::Park => return None,
            }
        }
    }

    /// With many tasks a poll costs what fetching the task from memory does: the slot of the third in line and the future
    /// and cell of the second are asked for while the first is polled.
    #[inline(always)]
    fn look_ahead(&self, kernel: &Kernel) {
        let Some(lane) = self.lane else { return };
        let list = &kernel.queues[lane.index()];
        if list.len() < FEW {
            return;
        }
        if let Some(third) = list.get(2) {
            prefetch(&raw const self.tasks[*third as usize]);
        }
        if let Some(second) = list.get(1) {
            let slot = &self.tasks[*second as usize];
            if let (Some(future), Some(cell)) = (&slot.future, &slot.cell) {
                prefetch(&raw const **future);
                prefetch(Arc::as_ptr(cell));
            }
        }
    }

    /// Puts a task whose poll returned Pending where it belongs. Answers false if someone aborted it meanwhile.
    #[inline(always)]
    fn settle(&mut self, kernel: &mut Kernel, polled: Polled) -> bool {
        let Polled { task, at, cell, .. } = polled;
        // SAFETY: the slot of a task that has not ended keeps its cell.
        let cell = unsafe { &*cell };
        if !cell.is(TaskState::Woken) {
            let kept = !cell.is(TaskState::Aborted);
            cell.set(TaskState::Pending);
            kernel.record(Event::PollEnded { task, at, result: PollResult::Pending });
            return kept;
        }
        let (queue, end) = match self.lane {
            Some(lane) => {
                cell.set(TaskState::Ready);
                kernel.queues[lane.index()].push_back(task.0);
                (lane, End::Back)
            }
            None => self.enqueue(kernel, task, Reason::WokenInPoll, Some(at.worker)),
        };
        let result = match end {
            End::Front => PollResult::RequeuedFront,
            End::Back => PollResult::RequeuedBack,
        };
        kernel.record(Event::PollEnded { task, at: WorkerQueue { worker: at.worker, queue }, result });
        self.unpark_for(kernel, queue, Actor::Worker(at.worker));
        true
    }
}

/// So many tasks stay in the cache by themselves.
const FEW: usize = 256;

/// Asks for a line of memory that will be needed soon. Changes nothing but the time it takes.
#[inline(always)]
fn prefetch<T: ?Sized>(what: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch reads nothing that the program can see, and may be given any address.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(what.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = what;
}

fn move_tasks(kernel: &mut Kernel, from: QueueId, to: QueueId, count: usize, stolen: bool) {
    assert!(count > 0, "a policy that moves nothing would be asked for ever");
    let moved: Vec<u32> = kernel.queues[from.index()].drain(..count).collect();
    kernel.queues[to.index()].extend(moved);
    let ends = Ends { from: End::Front, to: End::Back, stolen };
    let count = u32::try_from(count).expect("a queue holds fewer than 2^32 tasks");
    kernel.record(Event::Moved { queues: QueuePair { from, to }, count, ends });
}

impl Exec {
    /// A new task, Ready. `with_future` gets its cell; what it answers is polled later.
    pub fn add(&self, new: NewTask, future: TaskFuture) -> TaskId {
        let by = self.sim.actor.get();
        let mut state = self.state.borrow_mut();
        let mut kernel = self.sim.kernel.borrow_mut();
        let id = TaskId::from_index(state.tasks.len());
        let (name, path) = (kernel.intern(&new.name), kernel.intern(&new.path));
        let place = new.place.map(|at| kernel.place(at));
        let future_bytes = u32::try_from(new.future_bytes).unwrap_or(u32::MAX);
        kernel.recorder.tables_mut().tasks.push(TaskInfo { name, kind: new.kind, path, future_bytes, place });
        let cell = Arc::new(Cell::new(id, Arc::clone(&self.link)));
        let task = Task {
            future: Some(future),
            cell: Some(cell),
            unpaid: by == Actor::Run,
        };
        state.tasks.push(task);
        state.live += usize::from(new.kind != TaskKind::Helper);
        if by != Actor::Run {
            self.sim.owe(kernel.costs.task_spawn);
        }
        kernel.record(Event::TaskSpawned { task: id, by });
        let bytes = kernel.costs.task_bytes;
        kernel.record(Event::TaskAllocated { task: id, bytes });
        let on = state.worker_on(self.sim.running());
        let (queue, end) = state.enqueue(&mut kernel, id, Reason::Spawned, on);
        kernel.record(Event::Queued { task: id, queue, end });
        state.unpark_for(&mut kernel, queue, by);
        id
    }

    /// Wakes the cell's task. The common case, a task that wakes itself, touches nothing but its cell.
    #[inline(always)]
    pub fn wake(&self, cell: &Cell, by: Actor) {
        if !cell.is(TaskState::Polling) {
            return self.wake_other(cell, by);
        }
        cell.set(TaskState::Woken);
        self.sim.owe(self.wake_cost);
        if self.recording.get() {
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
            TaskState::Ended => WakeEffect::Stale,
        };
        self.sim.owe(self.wake_cost);
        kernel.record(Event::Woken { task, by, effect });
        if effect == WakeEffect::Queued {
            self.ready(&mut state, &mut kernel, task, by);
        }
    }

    fn ready(&self, state: &mut Core, kernel: &mut Kernel, task: TaskId, by: Actor) {
        let on = state.worker_on(self.sim.running());
        let (queue, end) = state.enqueue(kernel, task, Reason::Woken, on);
        kernel.record(Event::Queued { task, queue, end });
        state.unpark_for(kernel, queue, by);
    }

    /// Wakes that real OS threads asked for.
    pub fn take_foreign(&self) {
        if !self.link.calls() {
            return;
        }
        for task in self.link.take_foreign() {
            let cell = self.state.borrow().tasks[task.index()].cell.clone();
            cell.into_iter().for_each(|cell| self.wake(&cell, Actor::Foreign));
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
            if !state.settle(&mut kernel, polled) {
                return Turn::Cancel;
            }
        }
        if self.link.calls() {
            return if self.over.get() { Turn::Over } else { Turn::Foreign };
        }
        kernel.count_step();
        state.look_ahead(&kernel);
        let Some((task, queue, end)) = state.next(&mut kernel, worker) else {
            self.park(&mut state, &mut kernel, worker);
            return Turn::Park;
        };
        let at = WorkerQueue { worker, queue };
        let from = match end {
            End::Front => PollFrom::Front,
            End::Back => PollFrom::Back,
        };
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

    #[cold]
    fn park(&self, state: &mut Core, kernel: &mut Kernel, worker: WorkerId) {
        state.parked[worker.index()] = true;
        state.any_parked = true;
        let thread = state.workers[worker.index()];
        kernel.record(Event::WorkerParked { worker, thread });
        kernel.block(thread, BlockReason::Park, worker.0);
        self.sim.owe(kernel.costs.syscall);
        self.sim.actor.set(Actor::Worker(worker));
    }

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

    /// The poll was the task's last: it returned Ready or panicked.
    pub fn end_poll(&self, task: TaskId, at: WorkerQueue, result: PollResult) {
        let mut state = self.state.borrow_mut();
        let mut kernel = self.sim.kernel.borrow_mut();
        kernel.record(Event::PollEnded { task, at, result });
        if result == PollResult::Ready {
            kernel.record(Event::TaskCompleted { task, by: at.worker });
        }
        self.end(&mut state, task, &kernel);
        drop((state, kernel));
        self.forget(task);
    }

    /// The run ended inside the task's poll.
    pub fn cut_poll(&self, task: TaskId, at: WorkerQueue) {
        self.state.borrow().tasks[task.index()].cell().set(TaskState::Pending);
        self.sim.kernel.borrow_mut().record(Event::PollEnded { task, at, result: PollResult::Cut });
    }

    /// Asks for the task's end. One that is being polled ends when the poll does; any other is dropped now, at its await.
    pub fn abort(&self, task: TaskId) {
        let by = self.sim.actor.get();
        let future = {
            let mut state = self.state.borrow_mut();
            let mut kernel = self.sim.kernel.borrow_mut();
            let slot = &mut state.tasks[task.index()];
            let now = slot.state();
            if matches!(now, TaskState::Ended | TaskState::Aborted) || slot.future.is_none() {
                return;
            }
            kernel.record(Event::AbortRequested { task, by });
            if now.is_polling() {
                slot.cell().set(TaskState::Aborted);
                state.aborts.insert(task, by);
                return;
            }
            slot.future.take()
        };
        if let Some(future) = future {
            self.cancel(task, future, by);
        }
    }

    /// Drops the task's future before it was ready: guards run, speaking for the task.
    pub fn cancel(&self, task: TaskId, future: TaskFuture, by: Actor) {
        self.leave_queue(task);
        let before = self.sim.actor.replace(Actor::Task(task));
        let dropped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(future)));
        if let Err(payload) = dropped {
            self.sim.note_panic(&*payload);
        }
        self.sim.actor.set(before);
        let mut state = self.state.borrow_mut();
        let mut kernel = self.sim.kernel.borrow_mut();
        kernel.record(Event::TaskCancelled { task, by });
        self.end(&mut state, task, &kernel);
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

    fn end(&self, state: &mut Core, task: TaskId, kernel: &Kernel) {
        state.tasks[task.index()].cell().set(TaskState::Ended);
        let helper = kernel.recorder.tables().tasks[task.index()].kind == TaskKind::Helper;
        state.live -= usize::from(!helper);
        let over = match self.ends {
            EndsWith::Root => task == TaskId(0),
            EndsWith::All => state.live == 0,
        };
        if over {
            self.over.set(true);
            self.link.call();
        }
    }

    /// The executor gives up its own reference to an ended task.
    fn forget(&self, task: TaskId) {
        let cell = self.state.borrow_mut().tasks[task.index()].cell.take();
        if let Some(cell) = cell.filter(|cell| waker::alive(cell) == 0) {
            let by = self.sim.actor.get();
            self.sim.kernel.borrow_mut().record(Event::TaskFreed { task: cell.task, by });
        }
    }

    /// Drops every task that is left, the oldest first.
    pub fn cancel_all(&self) {
        let mut index = 0;
        loop {
            let future = {
                let mut state = self.state.borrow_mut();
                let Some(slot) = state.tasks.get_mut(index) else { return };
                slot.future.take()
            };
            if let Some(future) = future {
                self.cancel(TaskId::from_index(index), future, Actor::Run);
            }
            index += 1;
        }
    }
}

/// Kept here so that the tables' place type is made in one spot.
impl Kernel {
    pub fn place(&mut self, at: &std::panic::Location<'_>) -> SourcePlace {
        SourcePlace { file: at.file().to_owned(), line: at.line(), column: at.column() }
    }
}
