//! From woken to polled: the queues, through the policy, and who is parked.
//!
//! Owns every task's slot and which worker is parked; the lists themselves are the machine's. Runs no user code.

mod look_ahead;
mod on_threads;

use std::collections::BTreeMap;

use look_ahead::FEW;

use super::core::{Exec, Polled};
use super::in_place::InPlace;
use super::policy::{Asks, Came, Driver, Move, Next, Ready, Reason, Rules, Sees, TaskPolicy, Wishes, Yields};
use super::run::Executor;
use super::task::Task;
use super::waker::TaskState;
use crate::instant::{SimDuration, SimTime};
use crate::machine::kernel::Kernel;
use crate::trace::event::{DecisionKind, End, Ends, Event, PollResult};
use crate::trace::ids::*;

pub(crate) struct Core {
    pub tasks: Vec<Task>,
    /// By [`WorkerId`]: the thread it runs on, and whether it is parked.
    pub workers: Vec<ThreadId>,
    /// By [`ThreadId`]: the worker that it may act for.
    pub on: Vec<Option<WorkerId>>,
    /// The polls whose threads have offered their workers to others.
    pub in_place: InPlace,
    pub parked: Vec<bool>,
    /// By [`WorkerId`]: why the task that it polls is about to end its poll, if not for a wait, and when the slice that
    /// this task is on began.
    pub leaving: Vec<Option<Reason>>,
    pub slices: Vec<SimTime>,
    pub any_parked: bool,
    /// By [`WorkerId`]: the task in whose system call its thread is. It may be parked: then whoever unparks it finds it a
    /// thread.
    pub calling: Vec<Option<TaskId>>,
    /// Workers that were unparked and have no thread yet.
    pub to_start: Vec<WorkerId>,
    /// The worker that is parked in the driver.
    pub in_driver: Option<WorkerId>,
    /// By worker: how many wakers wait for its next turn of the driver.
    pub deferred: Vec<usize>,
    /// The thread that called `block_on`, where the root is polled there: one after the last worker.
    pub caller: Option<WorkerId>,
    /// Of the task that is being spawned.
    pub wishes: Wishes,
    /// The root, where there is one.
    pub main: Option<TaskId>,
    /// Tasks that have not ended.
    pub live: usize,
    pub rules: Rules,
    /// Whether it is counted what a poll has used of its budget, of its slice, or why it ends.
    pub has_accounts: bool,
    /// Where a poll that wakes its own task asks it to go when the poll has ended.
    pub asks_of_poll: Asks,
    pub(super) policy: Box<dyn TaskPolicy>,
    /// Emptied and filled again: what has to be moved to make room.
    room: Vec<Move>,
    /// The policy's lane, as the machine's queue.
    lane: Option<QueueId>,
    pub aborts: BTreeMap<TaskId, Actor>,
    /// The place of the policy's first queue among the machine's.
    pub first_queue: usize,
}

/// What a worker does next, its task taken out of its queue.
pub(crate) enum Chosen {
    /// Poll this task.
    Poll { task: TaskId, queue: QueueId, end: End, budget: Budget },
    /// Poll the root, which stands in no queue.
    Main { task: TaskId, queue: QueueId },
    /// Pay for having unparked another worker, and ask again.
    Unparked,
    /// Turn the driver.
    Turn,
    /// Look at a part of it.
    See(Sees),
    /// Let so much time pass.
    Spin(SimDuration),
    /// Wake whoever was deferred.
    WakeDeferred,
    /// Stop until unparked.
    Park,
}

/// What has become of a task whose poll returned Pending.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Settled {
    /// It waits, or is in its queue.
    Kept,
    /// It is in its queue, and a worker may have been unparked for it.
    KeptAndUnparked,
    /// Someone aborted it meanwhile.
    Aborted,
}

/// What a poll may use up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Budget {
    /// All of it.
    Fresh,
    /// What the worker's last poll has left.
    Left,
}

impl Core {
    pub fn new(executor: Executor, kernel: &mut Kernel) -> Core {
        let Executor { mut policy, workers } = executor;
        policy.begin(workers);
        let rules = policy.rules();
        let first_queue = kernel.queues.len();
        for queue in policy.queues(workers) {
            kernel.add_queue(&queue.name, queue.owner, queue.takers);
        }
        Core {
            tasks: Vec::new(),
            workers: Vec::new(),
            on: Vec::new(),
            in_place: InPlace::default(),
            parked: Vec::new(),
            leaving: Vec::new(),
            slices: Vec::new(),
            any_parked: false,
            calling: Vec::new(),
            to_start: Vec::new(),
            in_driver: None,
            deferred: Vec::new(),
            caller: None,
            wishes: Wishes::default(),
            main: None,
            live: 0,
            has_accounts: rules.budget.is_some() || rules.slice.is_some() || rules.yields == Yields::WakeAndSay,
            rules,
            asks_of_poll: Asks::Nothing,
            lane: policy.lane().map(|place| QueueId::from_index(first_queue + place)),
            policy,
            room: Vec::new(),
            aborts: BTreeMap::new(),
            first_queue,
        }
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
    pub fn enqueue(&mut self, kernel: &mut Kernel, came: &Came) -> (QueueId, End) {
        self.tasks[came.task.index()].cell().set(TaskState::Ready);
        let ready =
            Ready::new(&kernel.queues[self.first_queue..], &self.parked, &self.deferred, &kernel.unseen, kernel.now);
        let (place, end) = self.policy.place(came, &ready, &mut self.room);
        if !self.room.is_empty() {
            let room = std::mem::take(&mut self.room);
            room.iter().for_each(|m| self.move_tasks(kernel, m));
            self.room = room;
            self.room.clear();
        }
        let queue = self.queue_id(place);
        let list = &mut kernel.queues[queue.index()];
        match end {
            End::Front => list.push_front(came.task.0),
            End::Back => list.push_back(came.task.0),
        }
        (queue, end)
    }

    /// A task that became Ready because of `by`, on this worker if on any.
    pub fn came(&self, task: TaskId, why: Reason, on: Option<WorkerId>, by: Actor) -> Came {
        let priority = self.tasks[task.index()].priority;
        Came { task, why, on, by, asks: Asks::Nothing, priority, wishes: self.wishes, main: self.main == Some(task) }
    }

    /// Unparks whom the policy says for a task that was just put into `queue`. Answers whether there was one.
    #[inline]
    pub fn unpark_for(&mut self, kernel: &mut Kernel, queue: QueueId, came: &Came) -> bool {
        self.any_parked && self.unpark_one(kernel, queue, came)
    }

    #[inline(never)]
    fn unpark_one(&mut self, kernel: &mut Kernel, queue: QueueId, came: &Came) -> bool {
        let ready =
            Ready::new(&kernel.queues[self.first_queue..], &self.parked, &self.deferred, &kernel.unseen, kernel.now);
        let place = queue.index() - self.first_queue;
        let Some(worker) = self.policy.unpark(place, came, &ready) else { return false };
        self.unpark(kernel, worker, came.by);
        true
    }

    /// Whether what completes now lies unseen until a worker turns the driver.
    pub fn is_turned(&self) -> bool {
        match self.rules.driver {
            Driver::AlwaysOn => false,
            Driver::Turned | Driver::OfEachWorker => true,
            Driver::ParkedOrThread => self.in_driver.is_some(),
        }
    }

    /// Unparks the worker.
    pub fn unpark(&mut self, kernel: &mut Kernel, worker: WorkerId, by: Actor) {
        assert!(self.parked[worker.index()], "a policy unparks a worker that is parked");
        self.parked[worker.index()] = false;
        self.any_parked = self.parked.contains(&true);
        self.in_driver = self.in_driver.filter(|inside| *inside != worker);
        kernel.turned = self.is_turned();
        if self.calling[worker.index()].is_some() {
            self.to_start.push(worker);
            return;
        }
        kernel.record(Event::WorkerUnparked { worker, by });
        kernel.unblock(self.workers[worker.index()], by);
    }

    /// Tells the policy that the task that is being polled woke itself.
    pub fn woke_itself(&mut self, task: TaskId) {
        self.policy.woke_itself(task);
    }

    /// The workers, without the thread that called `block_on`.
    pub fn count_workers(&self) -> usize {
        self.workers.len() - usize::from(self.caller.is_some())
    }

    /// Tells the policy how a poll ended, if it chooses the next one.
    #[inline(always)]
    pub fn polled(&mut self, worker: WorkerId, task: TaskId, result: PollResult) {
        if self.lane.is_none() {
            self.policy.polled(worker, task, result);
        }
    }

    /// What the worker does next.
    #[inline(always)]
    pub fn next(&mut self, kernel: &mut Kernel, worker: WorkerId, exec: &Exec) -> Chosen {
        match self.lane {
            Some(lane) => {
                let list = &mut kernel.queues[lane.index()];
                if list.len() >= FEW {
                    self.look_ahead(list);
                }
                match list.pop_front() {
                    Some(task) => {
                        Chosen::Poll { task: TaskId(task), queue: lane, end: End::Front, budget: Budget::Fresh }
                    }
                    None => Chosen::Park,
                }
            }
            None => self.ask_next(kernel, worker, exec),
        }
    }

    #[inline(never)]
    fn ask_next(&mut self, kernel: &mut Kernel, worker: WorkerId, exec: &Exec) -> Chosen {
        let mut choices = Vec::new();
        loop {
            let Kernel { queues, decider, now, unseen, .. } = kernel;
            let ready = Ready::new(&queues[self.first_queue..], &self.parked, &self.deferred, unseen, *now)
                .budget_spent(exec.budget.is_spent(self.workers[worker.index()]));
            let next = self.policy.next(worker, &ready, &mut |below| {
                let choice = decider.of_scheduling(DecisionKind::Victim, below);
                let taken = choice.taken;
                choices.push((choice, below));
                taken
            });
            for (choice, below) in choices.drain(..) {
                kernel.record(Event::WorkerSearching { worker });
                kernel.record_choice(DecisionKind::Victim, StrId(0), &choice, below);
            }
            match next {
                Next::Poll { queue, end } => return self.taken(kernel, queue, end, Budget::Fresh),
                Next::PollOnBudgetLeft { queue, end } => return self.taken(kernel, queue, end, Budget::Left),
                Next::PollMain { queue } => {
                    let task = self.main.expect("a policy polls the root where there is one");
                    return Chosen::Main { task, queue: self.queue_id(queue) };
                }
                Next::Move(moved) => self.move_tasks(kernel, &moved),
                Next::Unpark(other) => {
                    if self.parked[other.index()] {
                        self.unpark(kernel, other, Actor::Worker(worker));
                        return Chosen::Unparked;
                    }
                }
                Next::Turn => return Chosen::Turn,
                Next::See(sees) => return Chosen::See(sees),
                Next::Spin(d) => {
                    kernel.record(Event::WorkerSearching { worker });
                    return Chosen::Spin(d);
                }
                Next::WakeDeferred => return Chosen::WakeDeferred,
                Next::Park => return Chosen::Park,
                // What is there already is seen at once: the policy turns the driver as after any park.
                Next::ParkInDriver if kernel.unseen.first_for(worker).is_some() => {}
                Next::ParkInDriver if self.rules.driver == Driver::OfEachWorker => return Chosen::Park,
                Next::ParkInDriver => {
                    assert!(self.in_driver.is_none(), "two workers parked in the one driver");
                    self.in_driver = Some(worker);
                    return Chosen::Park;
                }
            }
        }
    }

    fn taken(&mut self, kernel: &mut Kernel, place: usize, end: End, budget: Budget) -> Chosen {
        let queue = self.queue_id(place);
        let list = &mut kernel.queues[queue.index()];
        let task = match end {
            End::Front => list.pop_front(),
            End::Back => list.pop_back(),
        };
        let task = TaskId(task.expect("a policy polls from a queue that holds a task"));
        self.asks_of_poll = Asks::Nothing;
        Chosen::Poll { task, queue, end, budget }
    }

    fn move_tasks(&self, kernel: &mut Kernel, m: &Move) {
        let Move { from: (from, from_end), to: (to, to_end), count, stolen } = *m;
        assert!(count > 0, "a policy that moves nothing would be asked for ever");
        let (from, to) = (self.queue_id(from), self.queue_id(to));
        let list = &mut kernel.queues[from.index()];
        let block = match from_end {
            End::Front => 0..count,
            End::Back => list.len() - count..list.len(),
        };
        let moved: Vec<u32> = list.drain(block).collect();
        let list = &mut kernel.queues[to.index()];
        match to_end {
            End::Front => moved.into_iter().rev().for_each(|task| list.push_front(task)),
            End::Back => list.extend(moved),
        }
        let ends = Ends { from: from_end, to: to_end, stolen };
        let count = u32::try_from(count).expect("a queue holds fewer than 2^32 tasks");
        kernel.record(Event::Moved { queues: QueuePair { from, to }, count, ends });
    }

    /// Puts a task whose poll returned Pending where it belongs.
    #[inline(always)]
    pub fn settle(&mut self, kernel: &mut Kernel, polled: Polled) -> Settled {
        let Polled { task, at, cell, .. } = polled;
        // SAFETY: the slot of a task that has not ended keeps its cell.
        let cell = unsafe { &*cell };
        if !cell.is(TaskState::Woken) {
            let is_aborted = cell.is(TaskState::Aborted);
            cell.set(TaskState::Pending);
            kernel.record(Event::PollEnded { task, at, result: PollResult::Pending });
            self.polled(at.worker, task, PollResult::Pending);
            return if is_aborted { Settled::Aborted } else { Settled::Kept };
        }
        let (queue, result) = match self.lane {
            Some(lane) => {
                cell.set(TaskState::Ready);
                kernel.queues[lane.index()].push_back(task.0);
                (lane, PollResult::RequeuedBack)
            }
            None => self.set_back(kernel, at.worker, task),
        };
        kernel.record(Event::PollEnded { task, at: WorkerQueue { worker: at.worker, queue }, result });
        self.polled(at.worker, task, result);
        if self.any_parked {
            let came = self.came(task, self.why_again(at.worker), Some(at.worker), Actor::Worker(at.worker));
            self.unpark_one(kernel, queue, &came);
            return Settled::KeptAndUnparked;
        }
        Settled::Kept
    }
}

impl Core {
    /// Puts a task that did not wait where the policy says. Answers how its poll ended.
    #[inline(never)]
    fn set_back(&mut self, kernel: &mut Kernel, worker: WorkerId, task: TaskId) -> (QueueId, PollResult) {
        let why = self.why_again(worker);
        let came = self.came(task, why, Some(worker), Actor::Worker(worker));
        let came = Came { asks: self.asks_of_poll, ..came };
        let (queue, end) = self.enqueue(kernel, &came);
        let result = match (why, end) {
            (Reason::Preempted, End::Front) => PollResult::PreemptedFront,
            (Reason::Preempted, End::Back) => PollResult::PreemptedBack,
            (Reason::Spawned | Reason::Woken | Reason::WokenInPoll | Reason::Yielded, End::Front) => {
                PollResult::RequeuedFront
            }
            (Reason::Spawned | Reason::Woken | Reason::WokenInPoll | Reason::Yielded, End::Back) => {
                PollResult::RequeuedBack
            }
        };
        (queue, result)
    }

    fn why_again(&self, worker: WorkerId) -> Reason {
        self.leaving[worker.index()].unwrap_or(Reason::WokenInPoll)
    }

    /// A poll begins on this worker.
    pub fn begin_poll(&mut self, now: SimTime, worker: WorkerId, budget: Budget) {
        // Only where there are slices does anybody ask.
        if self.rules.slice.is_some() || self.rules.yields == Yields::WakeAndSay {
            self.leaving[worker.index()] = None;
            if budget == Budget::Fresh {
                self.slices[worker.index()] = now;
            }
        }
    }

    /// How much of the slice of the task that this worker polls is left at this time. None: there are no slices.
    pub fn slice_left(&self, now: SimTime, worker: WorkerId) -> Option<SimDuration> {
        let ends = self.slices[worker.index()] + self.rules.slice?;
        Some(if ends > now { ends - now } else { SimDuration::ZERO })
    }
}
