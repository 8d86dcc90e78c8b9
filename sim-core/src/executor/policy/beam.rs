//! Erlang's scheduler, ERTS 13 of OTP 25 (`erts/emulator/beam/erl_process.c`).

use super::{BlockingPool, Came, Move, Next, QueueSpec, Ready, Reason, Rules, TaskPolicy};
use crate::executor::Executor;
use crate::instant::SimDuration;
use crate::trace::event::{End, PollResult};
use crate::trace::ids::{TaskId, WorkerId};

/// `CONTEXT_REDS`: 4,000 reductions. How long they take is not exact, "but can usually be approximated to about 1
/// millisecond" (`erl_nif`, `enif_consume_timeslice`): 250 ns a reduction here.
const SLICE: SimDuration = SimDuration::from_millis(1);

/// Dirty schedulers for calls that block (`erl +SDio`: 10).
const DIRTY_SCHEDULERS: u32 = 10;

/// So often a process of low priority lets the one behind it go first (`erl_process.h`, `RESCHEDULE_LOW`).
const RESCHEDULE_LOW: u8 = 8;

/// A run queue a scheduler, first in, first out. What is spawned goes to the back of its parent's; who is woken, or has used
/// up its reductions, to the back of the queue that it is in ever since, whoever woke it (`select_enqueue_run_queue`). One
/// without work steals the first process of another's queue, which is in its own from then on
/// (`try_steal_task_from_victim`).
///
/// A task's priority above 0 is `process_flag(priority, high)`: those have a queue of their own, and go before all others
/// (`schedule`, by the lowest bit of `ERTS_RUNQ_FLGS_PROCS_QMASK`). Below 0 is `low`: those stand among the normal ones, but
/// at the front let the next go first, seven times, unless nobody stands behind them (`enqueue_process`,
/// `check_requeue_process`). `max` is for the runtime itself. What a process spawns is normal, as with `spawn`.
///
/// That ERTS evens out the queues' lengths now and then (`check_balance`, and the migration paths that it sets up) is left
/// out: it goes by what every scheduler counted over the last 2,000 × 4,000 reductions (`ERTS_RUNQ_CALL_CHECK_BALANCE_REDS`),
/// longer than a lesson lasts. So is that one that sleeps is woken for another's queue only when that has been long for a
/// while (`wakeup_other_check`): here it is at once.
#[derive(Debug, Default)]
pub struct Beam {
    /// By process.
    processes: Vec<Process>,
    /// Whether there are queues for those of high priority.
    has_high: bool,
    workers: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Process {
    /// In whose queue it is (`erts_get_runq_proc`).
    home: WorkerId,
    level: Level,
    /// How often it comes to the front until it runs (`schedule_count`).
    count: u8,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Level {
    High,
    #[default]
    Normal,
    Low,
}

impl Level {
    fn count(self) -> u8 {
        match self {
            Level::High | Level::Normal => 1,
            Level::Low => RESCHEDULE_LOW,
        }
    }
}

impl Beam {
    /// The process, known from when it is spawned on.
    fn process(&mut self, task: TaskId) -> &mut Process {
        if self.processes.len() <= task.index() {
            self.processes.resize(task.index() + 1, Process::default());
        }
        &mut self.processes[task.index()]
    }

    fn level(&self, priority: i32) -> Level {
        match priority {
            ..0 => Level::Low,
            1.. if self.has_high => Level::High,
            0.. => Level::Normal,
        }
    }

    /// A scheduler's queues, those of high priority first.
    fn queues_of(&self, worker: usize) -> impl Iterator<Item = usize> + use<> {
        self.has_high.then_some(self.workers + worker).into_iter().chain([worker])
    }

    /// `check_requeue_process`: whether the first in this queue lets the next go first.
    fn lets_pass(&mut self, queue: usize, ready: &Ready<'_>) -> bool {
        let first = ready.front(queue).expect("the queue is not empty");
        let process = self.process(first);
        process.count = process.count.saturating_sub(1);
        process.count > 0 && ready.len(queue) > 1
    }
}

impl Executor {
    /// Erlang's scheduler (OTP 25), so many of them, for processes of normal and low priority. Panics outside 1 to
    /// [`MAX_WORKERS`](crate::executor::MAX_WORKERS) workers.
    pub fn beam(workers: u32) -> Executor {
        Executor::with_policy(workers, Box::<Beam>::default())
    }

    /// The same with a queue more for each scheduler: that of processes of high priority. Panics outside 1 to
    /// [`MAX_WORKERS`](crate::executor::MAX_WORKERS) workers.
    pub fn beam_with_high_priority(workers: u32) -> Executor {
        Executor::with_policy(workers, Box::new(Beam { has_high: true, ..Beam::default() }))
    }
}

impl TaskPolicy for Beam {
    fn name(&self) -> &'static str {
        "actors"
    }

    fn describe(&self) -> String {
        let queues =
            if self.has_high { "FIFO run queues for high and for other priorities" } else { "FIFO run queues" };
        format!("{queues}, 4,000 reductions a turn")
    }

    fn begin(&mut self, workers: u32) {
        self.workers = workers as usize;
    }

    fn queues(&self, workers: u32) -> Vec<QueueSpec> {
        let own = |worker: WorkerId| QueueSpec::stolen_from(format!("run queue of {worker}"), worker);
        let high = |worker: WorkerId| QueueSpec::stolen_from(format!("high priority at {worker}"), worker);
        let all = (0..workers).map(WorkerId);
        let highs = if self.has_high { all.clone().map(high).collect() } else { Vec::new() };
        all.map(own).chain(highs).collect()
    }

    fn rules(&self) -> Rules {
        Rules { slice: Some(SLICE), blocking: BlockingPool::that_stays(DIRTY_SCHEDULERS), ..Rules::default() }
    }

    fn place(&mut self, came: &Came, _: &Ready<'_>, _: &mut Vec<Move>) -> (usize, End) {
        let level = self.level(came.priority);
        let process = self.process(came.task);
        if came.why == Reason::Spawned {
            process.home = came.on.unwrap_or(WorkerId(0));
        }
        (process.level, process.count) = (level, level.count());
        let home = process.home.index();
        (if level == Level::High { self.workers + home } else { home }, End::Back)
    }

    fn polled(&mut self, worker: WorkerId, task: TaskId, _: PollResult) {
        self.process(task).home = worker;
    }

    fn unpark(&mut self, queue: usize, _: &Came, ready: &Ready<'_>) -> Option<WorkerId> {
        let owner = WorkerId::from_index(queue % self.workers);
        if ready.is_parked(owner) { Some(owner) } else { ready.first_parked() }
    }

    fn next(&mut self, worker: WorkerId, ready: &Ready<'_>, _: &mut dyn FnMut(u64) -> u64) -> Next {
        let me = worker.index();
        if let Some(queue) = self.queues_of(me).find(|queue| ready.len(*queue) > 0) {
            if self.lets_pass(queue, ready) {
                let (from, to) = ((queue, End::Front), (queue, End::Back));
                return Next::Move(Move { from, to, count: 1, stolen: false });
            }
            return Next::Poll { queue, end: End::Front };
        }
        // From the next scheduler on, in their order (`try_steal_task`).
        let others = (1..self.workers).map(|after| (me + after) % self.workers);
        let full = others.flat_map(|victim| self.queues_of(victim)).find(|queue| ready.len(*queue) > 0);
        let Some(victim) = full else { return Next::Park };
        let stolen = ready.front(victim).expect("the queue is not empty");
        let process = self.process(stolen);
        process.count = process.level.count();
        let own = if process.level == Level::High { self.workers + me } else { me };
        Next::Move(Move { from: (victim, End::Front), to: (own, End::Back), count: 1, stolen: true })
    }
}
