//! glommio 0.9.0 (`glommio/src/executor/mod.rs`): on each core a queue for every group of tasks, which share the core by
//! weight, and rings and timers of its own.

use super::thread_per_core::Homes;
use super::{Aborted, Came, Driver, Dropped, Move, Next, QueueSpec, Ready, Reason, Rules, Sees, TaskPolicy};
use crate::executor::Executor;
use crate::instant::{SimDuration, SimTime};
use crate::trace::event::End;
use crate::trace::ids::{Actor, WorkerId};

/// How long tasks run at most before the reactor is looked at (`DEFAULT_PREEMPT_TIMER`, 73), where no queue has asked for
/// less by a `Latency`.
const PREEMPT: SimDuration = SimDuration::from_millis(100);
/// What a queue has by itself (`src/shares.rs`, `Shares::default`).
const USUAL_SHARES: u32 = 1000;

/// The queue with the smallest virtual run time goes first, and keeps the core until it is empty or the tasks are to be
/// preempted; its virtual run time grows by its run time × 1024 / shares (`TaskQueue::account_vruntime`). One that was empty
/// begins just behind the one that is to run next (`maybe_activate`, `default_vruntime`).
///
/// Before the queues run the reactor is looked at (`LocalExecutor::run`, 1508): timers that are due, then wakes of other
/// threads, then answers (`reactor.rs`, `react`), and the preempt timer begins: 100 ms, which all queues of the core have
/// together. They run until none holds a task, or until something lies in the latency ring (`need_preempt`, looked at
/// before each task, `run_one_task_queue`, 1406): the preempt timer, or an answer. Neither a timer that is due nor a wake of
/// another thread ends that time: while others have tasks they can wait for 100 ms. With nothing to run it looks once more
/// (`spin_poll_io`: answers, timers, wakes) and parks; whatever comes then ends the sleep, a wake of another core by its
/// eventfd (`sys/mod.rs`, `SleepNotifier::notify`, only to one that sleeps).
///
/// Requests are taken for those of sockets, which go to the latency ring. Left out: those of files, whose answers in the
/// main and poll rings preempt nobody (`sys/uring.rs`, `ring_for_source`), and queues with a `Latency`, whose foreign wakes
/// come at once.
#[derive(Debug)]
pub struct Glommio {
    /// The shares of each group.
    groups: Vec<u32>,
    homes: Homes,
    /// The group of each task.
    group_of: Vec<usize>,
    cores: Vec<Core>,
}

#[derive(Clone, Debug)]
struct Core {
    stage: Stage,
    /// When the preempt timer began.
    armed: SimTime,
    queues: Vec<Queue>,
    /// The queue that runs, and since when.
    running: Option<(usize, SimTime)>,
    /// Where one begins that was empty: the smallest of those that hold tasks, as the last to run left them.
    default_vruntime: u64,
}

/// What a worker does next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    /// Look at the reactor: timers first.
    React,
    /// Then wakes of other threads, then answers.
    Wakes,
    /// Begin the time that the queues have.
    Arm,
    Run,
    /// Nothing was to run, and it has looked once more.
    Spun,
    /// It slept.
    Slept,
    /// And has looked what there is.
    Awake,
}

#[derive(Clone, Copy, Debug, Default)]
struct Queue {
    vruntime: u64,
    is_active: bool,
}

impl Glommio {
    /// A queue on each core for tasks of each of these shares, and for the usual 1,000.
    fn new(workers: u32, shares: impl IntoIterator<Item = u32>) -> Glommio {
        let groups = groups(shares);
        let core = Core {
            stage: Stage::React,
            armed: SimTime::ZERO,
            queues: vec![Queue::default(); groups.len()],
            running: None,
            default_vruntime: 0,
        };
        Glommio { groups, homes: Homes::default(), group_of: Vec::new(), cores: vec![core; workers as usize] }
    }

    /// Each worker has as many queues as there are groups, and as many for wakes of other threads.
    fn first_of(&self, worker: WorkerId) -> usize {
        2 * worker.index() * self.groups.len()
    }

    /// Where wakes of other threads lie until the worker looks.
    fn inbox(&self, worker: WorkerId, group: usize) -> usize {
        self.first_of(worker) + self.groups.len() + group
    }

    /// A task comes to a queue (`maybe_activate`).
    fn activate(&mut self, worker: WorkerId, group: usize) {
        let core = &mut self.cores[worker.index()];
        let queue = &mut core.queues[group];
        if !std::mem::replace(&mut queue.is_active, true) {
            queue.vruntime = core.default_vruntime + 1;
        }
    }

    /// Wakes of other threads are taken in, group by group. None: there are none left.
    fn take_in(&mut self, worker: WorkerId, ready: &Ready<'_>) -> Option<Next> {
        let group = (0..self.groups.len()).find(|group| ready.len(self.inbox(worker, *group)) > 0)?;
        self.activate(worker, group);
        let inbox = self.inbox(worker, group);
        let to = (self.first_of(worker) + group, End::Back);
        Some(Next::Move(Move { from: (inbox, End::Front), to, count: ready.len(inbox), stolen: false }))
    }

    /// The queues run: the next task, if one may. None: it is time to look at the reactor, or there is none.
    fn run(&mut self, worker: WorkerId, ready: &Ready<'_>) -> Option<Next> {
        let first = self.first_of(worker);
        let holds = |group: usize| ready.len(first + group) > 0;
        let is_over = ready.now() - self.cores[worker.index()].armed >= PREEMPT || ready.answers(worker) > 0;
        let running = self.cores[worker.index()].running.map(|(group, _)| group);
        if let Some(group) = running.filter(|group| holds(*group) && !is_over) {
            return Some(Next::Poll { queue: first + group, end: End::Front });
        }
        self.account(worker, ready.now(), holds);
        let core = &mut self.cores[worker.index()];
        if is_over {
            core.stage = Stage::React;
            return None;
        }
        let ready_groups = (0..self.groups.len()).filter(|group| holds(*group));
        let Some(group) = ready_groups.min_by_key(|group| core.queues[*group].vruntime) else {
            core.stage = Stage::Spun;
            return Some(Next::Turn);
        };
        core.running = Some((group, ready.now()));
        Some(Next::Poll { queue: first + group, end: End::Front })
    }

    /// The queue that ran is charged for its time.
    fn account(&mut self, worker: WorkerId, now: SimTime, still_ready: impl Fn(usize) -> bool) {
        let core = &mut self.cores[worker.index()];
        let Some((group, since)) = core.running.take() else { return };
        let queue = &mut core.queues[group];
        queue.vruntime += (now - since).as_nanos() * 1024 / u64::from(self.groups[group].max(1));
        queue.is_active = still_ready(group);
        let own = queue.vruntime;
        core.default_vruntime = core.queues.iter().filter(|q| q.is_active).map(|q| q.vruntime).min().unwrap_or(own);
    }
}

/// The different shares that tasks have, the largest first; those that have none of their own have the usual.
fn groups(shares: impl IntoIterator<Item = u32>) -> Vec<u32> {
    let mut groups: Vec<u32> = shares.into_iter().chain([USUAL_SHARES]).collect();
    groups.sort_unstable();
    groups.dedup();
    groups.reverse();
    groups
}

/// How many queues so many workers have for tasks of these shares.
pub(crate) fn count_queues(workers: u32, shares: impl IntoIterator<Item = u32>) -> usize {
    2 * groups(shares).len() * workers as usize
}

impl Executor {
    /// glommio 0.9: on each worker a queue for the tasks of each of these shares (1 to 1,000) and one for the usual 1,000;
    /// no stealing. Panics outside 1 to [`MAX_WORKERS`](crate::executor::MAX_WORKERS) workers.
    pub fn glommio(workers: u32, shares: impl IntoIterator<Item = u32>) -> Executor {
        Executor::with_policy(workers, Box::new(Glommio::new(workers, shares)))
    }
}

impl TaskPolicy for Glommio {
    fn name(&self) -> &'static str {
        "glommio"
    }

    fn describe(&self) -> String {
        "a driver a core, a queue a share by virtual run time, no stealing".to_owned()
    }

    fn queues(&self, workers: u32) -> Vec<QueueSpec> {
        let of = |w: WorkerId, name: String| QueueSpec::kept(name, w);
        let own = |w: WorkerId| self.groups.iter().map(move |shares| of(w, format!("{shares} shares of {w}")));
        let inboxes = |w: WorkerId| {
            self.groups.iter().map(move |shares| of(w, format!("wakes from elsewhere for {shares} shares of {w}")))
        };
        (0..workers).map(WorkerId).flat_map(|w| own(w).chain(inboxes(w))).collect()
    }

    /// A task that is let go of is cancelled (`src/executor/multitask.rs`, `Task`): it is scheduled, and its future dropped
    /// where it would be polled (`src/task/join_handle.rs`, `cancel`).
    fn rules(&self) -> Rules {
        Rules {
            driver: Driver::OfEachWorker,
            dropped: Dropped::Cancels,
            aborted: Aborted::InItsTurn,
            ..Rules::default()
        }
    }

    fn place(&mut self, came: &Came, _: &Ready<'_>, _: &mut Vec<Move>) -> (usize, End) {
        let home = self.homes.of(came, self.cores.len() as u32);
        if came.why == Reason::Spawned {
            let shares = came.wishes.shares.unwrap_or(USUAL_SHARES);
            self.group_of.resize(came.task.index() + 1, 0);
            self.group_of[came.task.index()] = self.groups.iter().position(|group| *group == shares).unwrap_or(0);
        }
        let group = self.group_of[came.task.index()];
        let is_foreign = came.on != Some(home) && came.by != Actor::Run;
        match came.why {
            Reason::Spawned | Reason::Woken if is_foreign => return (self.inbox(home, group), End::Back),
            Reason::Spawned | Reason::Woken | Reason::WokenInPoll | Reason::Yielded | Reason::Preempted => {}
        }
        self.activate(home, group);
        (self.first_of(home) + group, End::Back)
    }

    fn unpark(&mut self, queue: usize, _: &Came, ready: &Ready<'_>) -> Option<WorkerId> {
        Some(WorkerId::from_index(queue / (2 * self.groups.len()))).filter(|home| ready.is_parked(*home))
    }

    fn next(&mut self, worker: WorkerId, ready: &Ready<'_>, _: &mut dyn FnMut(u64) -> u64) -> Next {
        loop {
            match self.cores[worker.index()].stage {
                Stage::React => {
                    self.cores[worker.index()].stage = Stage::Wakes;
                    return Next::See(Sees::Timers);
                }
                Stage::Wakes => {
                    if let Some(taken_in) = self.take_in(worker, ready) {
                        return taken_in;
                    }
                    self.cores[worker.index()].stage = Stage::Arm;
                    return Next::See(Sees::Answers);
                }
                Stage::Arm => {
                    let core = &mut self.cores[worker.index()];
                    (core.stage, core.armed) = (Stage::Run, ready.now());
                }
                Stage::Run => {
                    if let Some(next) = self.run(worker, ready) {
                        return next;
                    }
                }
                Stage::Spun => {
                    if let Some(taken_in) = self.take_in(worker, ready) {
                        return taken_in;
                    }
                    let first = self.first_of(worker);
                    if (0..self.groups.len()).all(|group| ready.len(first + group) == 0) {
                        self.cores[worker.index()].stage = Stage::Slept;
                        return Next::ParkInDriver;
                    }
                    self.cores[worker.index()].stage = Stage::React;
                }
                Stage::Slept => {
                    self.cores[worker.index()].stage = Stage::Awake;
                    return Next::Turn;
                }
                Stage::Awake => {
                    if let Some(taken_in) = self.take_in(worker, ready) {
                        return taken_in;
                    }
                    self.cores[worker.index()].stage = Stage::React;
                }
            }
        }
    }
}
