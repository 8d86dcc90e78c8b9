//! From woken to polled: the queues, through the policy, and who is parked.
//!
//! Owns every task's slot and which worker is parked; the lists themselves are the machine's. Runs no user code.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::core::Polled;
use super::policy::{Next, Ready, Reason, TaskPolicy};
use super::run::Executor;
use super::task::Task;
use super::waker::TaskState;
use crate::machine::kernel::Kernel;
use crate::trace::event::{DecisionKind, End, Ends, Event, PollResult};
use crate::trace::ids::*;

pub(crate) struct Core {
    pub tasks: Vec<Task>,
    /// By [`WorkerId`]: the thread it runs on, and whether it is parked.
    pub workers: Vec<ThreadId>,
    pub parked: Vec<bool>,
    pub any_parked: bool,
    /// Tasks that have not ended.
    pub live: usize,
    policy: Box<dyn TaskPolicy>,
    /// The policy's lane, as the machine's queue.
    lane: Option<QueueId>,
    pub aborts: BTreeMap<TaskId, Actor>,
    /// The place of the policy's first queue among the machine's.
    pub first_queue: usize,
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

    /// What people call the worker.
    pub fn worker_name(&self, worker: WorkerId) -> String {
        self.policy.worker_name(worker)
    }

    fn queue_id(&self, place: usize) -> QueueId {
        QueueId::from_index(self.first_queue + place)
    }

    /// Puts the task into the queue that the policy names.
    #[inline(never)]
    pub fn enqueue(&mut self, kernel: &mut Kernel, task: TaskId, why: Reason, on: Option<WorkerId>) -> (QueueId, End) {
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

    /// Unparks whom the policy says for a task that was just put into `queue`. Answers whether there was one.
    #[inline]
    pub fn unpark_for(&mut self, kernel: &mut Kernel, queue: QueueId, by: Actor) -> bool {
        self.any_parked && self.unpark_one(kernel, queue, by)
    }

    #[inline(never)]
    fn unpark_one(&mut self, kernel: &mut Kernel, queue: QueueId, by: Actor) -> bool {
        let ready = Ready::new(&kernel.queues[self.first_queue..], &self.parked);
        let place = queue.index() - self.first_queue;
        let Some(worker) = self.policy.unpark(place, &ready) else { return false };
        self.parked[worker.index()] = false;
        self.any_parked = self.parked.contains(&true);
        kernel.record(Event::WorkerUnparked { worker, by });
        kernel.unblock(self.workers[worker.index()], by);
        true
    }

    /// The worker whose thread runs now: the one that polls whoever acts.
    pub fn worker_on(&self, thread: Option<ThreadId>) -> Option<WorkerId> {
        let first = self.workers.first()?;
        let place = thread?.0.checked_sub(first.0)?;
        (place < self.workers.len() as u32).then_some(WorkerId(place))
    }

    /// What the worker polls next; none: there is nothing.
    #[inline(always)]
    pub fn next(&mut self, kernel: &mut Kernel, worker: WorkerId) -> Option<(TaskId, QueueId, End)> {
        match self.lane {
            Some(lane) => {
                let list = &mut kernel.queues[lane.index()];
                if list.len() >= FEW {
                    self.look_ahead(list);
                }
                list.pop_front().map(|task| (TaskId(task), lane, End::Front))
            }
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
    fn look_ahead(&self, list: &VecDeque<u32>) {
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
    pub fn settle(&mut self, kernel: &mut Kernel, polled: Polled) -> bool {
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
const FEW: usize = 16_384;

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
