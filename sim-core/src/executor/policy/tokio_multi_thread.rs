//! tokio 1.54.1, multi_thread (`runtime/scheduler/multi_thread/worker.rs` where no other file is named).

mod idle;
mod stats;

use idle::{Idle, Searched};
use stats::Stats;

use super::tokio_current_thread::BUDGET;
use super::{Came, Driver, Move, Next, QueueSpec, Ready, Reason, Root, Rules, TaskPolicy, Yields};
use crate::executor::Executor;
use crate::instant::SimDuration;
use crate::trace::event::End;
use crate::trace::ids::{Actor, WorkerId};

/// Every so many ticks the driver is turned (`runtime/builder.rs`, `event_interval: 61`).
const EVENT_INTERVAL: u32 = 61;
/// `queue.rs`, `LOCAL_QUEUE_CAPACITY`.
const LOCAL_CAPACITY: usize = 256;
/// `MAX_LIFO_POLLS_PER_TICK`, 270.
const LIFO_POLLS: u32 = 3;

const INJECT: usize = 0;

fn lifo(worker: usize) -> usize {
    1 + 2 * worker
}

fn local(worker: usize) -> usize {
    2 + 2 * worker
}

/// After the workers' own.
fn root(workers: usize) -> usize {
    1 + 2 * workers
}

/// Workers with a LIFO slot and a queue of 256 each, which steal from each other, and an inject queue for what comes
/// from elsewhere. The root is polled by the thread that called `block_on`.
///
/// ```
/// use sim_core::executor::policy::TokioMultiThread;
/// use sim_core::{Costs, Executor, Machine, mark, spawn};
///
/// // The task spawned last is in the LIFO slot, and goes first; the inject queue is hardly ever looked at in between.
/// let policy = TokioMultiThread::default().global_queue_interval(1_000_000);
/// let executor = Executor::with_policy(1, Box::new(policy));
/// let outcome = Machine::new().costs(Costs::zero()).run_async(executor, || async {
///     let parent = spawn(async {
///         let tasks = ["A", "B", "C"].map(|name| spawn(async move { mark(name) }));
///         for task in tasks {
///             task.await.unwrap();
///         }
///     });
///     parent.await.unwrap();
/// });
/// assert!(outcome.trace.markers().map(|m| m.text).eq(["C", "A", "B"]));
/// ```
#[derive(Debug)]
pub struct TokioMultiThread {
    /// None: tuned by how long polls take.
    interval: Option<u32>,
    lifo_polls: u32,
    idle: Idle,
    workers: Vec<Worker>,
    /// Who parks in the driver, or has not left it yet (`park.rs`, `Shared::driver`).
    driver: Option<WorkerId>,
    /// Whom the task that was placed last unparks.
    unparks: Option<WorkerId>,
}

impl Default for TokioMultiThread {
    fn default() -> TokioMultiThread {
        TokioMultiThread {
            interval: None,
            lifo_polls: LIFO_POLLS,
            idle: Idle::default(),
            workers: Vec::new(),
            driver: None,
            unparks: None,
        }
    }
}

/// What tokio keeps in a worker's `Core`.
#[derive(Debug)]
struct Worker {
    id: WorkerId,
    tick: u32,
    interval: u32,
    is_lifo_enabled: bool,
    is_searching: bool,
    /// Whether it is inside the driver: then what comes unparks nobody until it is done (`core.park` is taken).
    is_inside_driver: bool,
    /// Polls out of the LIFO slot since the last other one.
    lifo_polls: u32,
    stats: Stats,
    stage: Stage,
    /// What it does after it has unparked someone, or moved something.
    then: Option<Next>,
}

impl Worker {
    /// `tune_global_queue_interval`: small changes are jitter.
    fn tune(&mut self, fixed: Option<u32>) {
        let tuned = fixed.unwrap_or_else(|| self.stats.interval());
        if self.interval.abs_diff(tuned) > 2 {
            self.interval = tuned;
        }
    }
}

type Draw<'a> = &'a mut dyn FnMut(u64) -> u64;

/// Where in its loop a worker is (`Context::run`, 571).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    /// Its thread begins, or whoever yielded was woken: a batch of polls begins.
    Begin,
    /// At the top.
    Top,
    /// The driver was turned because it was time.
    Maintained,
    /// To take the next task.
    Choose,
    /// Tasks were moved to poll this one: at this end of this queue.
    Run(usize, End),
    /// A task was polled.
    Polled,
    /// The driver was turned because someone yielded, and there was nothing else to do.
    Yielded,
    /// Asleep on a condition variable.
    Asleep,
    /// Asleep in the driver.
    InDriver,
    /// The driver was turned after a sleep in it.
    Seen,
}

impl TokioMultiThread {
    /// Takes from the inject queue first at every so manieth tick, whatever polls take: as tokio's builder says it.
    /// Panics at zero.
    pub fn global_queue_interval(self, interval: u32) -> TokioMultiThread {
        assert!(interval > 0, "an interval is at least 1");
        TokioMultiThread { interval: Some(interval), ..self }
    }

    /// Breaks a rule, for a test that must see the order differ: the LIFO slot is never disabled.
    #[doc(hidden)]
    pub fn without_lifo_cap(self) -> TokioMultiThread {
        TokioMultiThread { lifo_polls: u32::MAX, ..self }
    }

    /// Notifies a sleeper if there is reason to; it has nothing to be unparked from if the driver woke it already.
    fn notify(&mut self, ready: &Ready<'_>) -> Option<WorkerId> {
        self.idle.notify().filter(|sleeper| ready.is_parked(*sleeper))
    }

    /// Polls the task at this end of this queue. Who found it by searching searches no more, and the last to do so
    /// unparks another (`run_task`, 638, and `transition_worker_from_searching`, 1497).
    #[inline(always)]
    fn run(&mut self, w: usize, ready: &Ready<'_>, queue: usize, end: End) -> Next {
        let worker = &mut self.workers[w];
        worker.stats.poll();
        worker.lifo_polls = 0;
        worker.stage = Stage::Polled;
        if worker.is_searching {
            return self.run_found(w, ready, Next::Poll { queue, end });
        }
        Next::Poll { queue, end }
    }

    #[cold]
    fn run_found(&mut self, w: usize, ready: &Ready<'_>, poll: Next) -> Next {
        self.workers[w].is_searching = false;
        let unparked = if self.idle.found() { self.notify(ready) } else { None };
        self.first(w, unparked.map(Next::Unpark), poll)
    }

    /// `first`, if there is any, and then the other.
    fn first(&mut self, w: usize, first: Option<Next>, then: Next) -> Next {
        let Some(first) = first else { return then };
        self.workers[w].then = Some(then);
        first
    }

    /// After a poll: what the LIFO slot got meanwhile runs on what is left of the budget, up to three times; the third
    /// time the slot stays closed (`run_task`, 700–775).
    fn after_lifo(&mut self, w: usize, ready: &Ready<'_>) -> Next {
        let worker = &mut self.workers[w];
        if ready.is_budget_spent() {
            worker.stage = Stage::Top;
            return self.empty_lifo_slot(w, ready);
        }
        worker.lifo_polls += 1;
        if worker.lifo_polls >= self.lifo_polls {
            worker.is_lifo_enabled = false;
        }
        Next::PollOnBudgetLeft { queue: lifo(w), end: End::Front }
    }

    /// The slot's task goes to the back of the queue (`push_back_or_overflow`).
    fn empty_lifo_slot(&mut self, w: usize, ready: &Ready<'_>) -> Next {
        let slot = |to| Next::Move(Move { from: (lifo(w), End::Front), to: (to, End::Back), count: 1, stolen: false });
        if ready.len(local(w)) < LOCAL_CAPACITY {
            return slot(local(w));
        }
        self.first(w, Some(Next::Move(overflow(w))), slot(INJECT))
    }

    /// The top of the loop (`Context::run`, 571): at some ticks the driver is turned, then the next task is taken.
    #[inline(always)]
    fn top(&mut self, w: usize, ready: &Ready<'_>, draw: Draw<'_>) -> Next {
        let worker = &mut self.workers[w];
        worker.tick = worker.tick.wrapping_add(1);
        if worker.tick.is_multiple_of(EVENT_INTERVAL) {
            worker.stats.end(ready.now());
            if let Some(turn) = self.turn(w, ready, Stage::Maintained) {
                return turn;
            }
            return self.maintained(w, ready, draw);
        }
        self.choose(w, ready, draw)
    }

    /// `maintenance`, 830: the driver was turned because it was time.
    #[cold]
    fn maintained(&mut self, w: usize, ready: &Ready<'_>, draw: Draw<'_>) -> Next {
        let worker = &mut self.workers[w];
        worker.stage = Stage::Choose;
        worker.stats.begin(ready.now());
        match self.leave_driver(w, ready) {
            Some(unpark) => unpark,
            None => self.choose(w, ready, draw),
        }
    }

    /// The next task at hand: at some ticks the inject queue's, otherwise the LIFO slot's, the local queue's, or a batch
    /// from the inject queue (`next_task`, 1091). If there is none, another's; if there is none, to sleep.
    #[inline(always)]
    fn choose(&mut self, w: usize, ready: &Ready<'_>, draw: Draw<'_>) -> Next {
        let worker = &mut self.workers[w];
        let takes_inject_first = worker.tick.is_multiple_of(worker.interval);
        if takes_inject_first {
            worker.tune(self.interval);
            if ready.len(INJECT) > 0 {
                return self.run(w, ready, INJECT, End::Front);
            }
        }
        for queue in [lifo(w), local(w)] {
            if ready.len(queue) > 0 {
                return self.run(w, ready, queue, End::Front);
            }
        }
        if !takes_inject_first && ready.len(INJECT) > 0 { self.batch(w, ready) } else { self.search(w, ready, draw) }
    }

    /// Some of the inject queue, so that the other workers get some, too; the first of them is polled.
    fn batch(&mut self, w: usize, ready: &Ready<'_>) -> Next {
        let inject = ready.len(INJECT);
        let count = (inject / self.workers.len() + 1).min(LOCAL_CAPACITY / 2).min(inject);
        if count == 1 {
            return self.run(w, ready, INJECT, End::Front);
        }
        self.workers[w].stage = Stage::Run(local(w), End::Front);
        Next::Move(Move { from: (INJECT, End::Front), to: (local(w), End::Back), count, stolen: false })
    }

    /// Nothing is at hand: steals, or waits for the driver to wake who yielded, or sleeps.
    #[inline(never)]
    fn search(&mut self, w: usize, ready: &Ready<'_>, draw: Draw<'_>) -> Next {
        self.workers[w].stats.end(ready.now());
        if let Some(stolen) = self.steal(w, ready, draw) {
            return stolen;
        }
        if ready.deferred(self.workers[w].id) == 0 {
            return self.park(w, ready, draw);
        }
        match self.turn(w, ready, Stage::Yielded) {
            Some(turn) => turn,
            None => unreachable!("who yielded is woken, whoever is in the driver"),
        }
    }

    /// Half (rounded up) of the first victim's queue that holds something, from one drawn by decision; the last of them
    /// is polled. Never its LIFO slot. If there is none, the inject queue (`steal_work`, 1161).
    fn steal(&mut self, w: usize, ready: &Ready<'_>, draw: Draw<'_>) -> Option<Next> {
        let worker = &mut self.workers[w];
        if !worker.is_searching {
            worker.is_searching = self.idle.search();
            if !worker.is_searching {
                return None;
            }
        }
        let count = self.workers.len();
        let first = if count == 1 { 0 } else { draw(count as u64) as usize };
        let mut victims = (first..first + count).map(|v| v % count).filter(|v| *v != w);
        let found = victims.find(|v| ready.len(local(*v)) > 0);
        if found.is_none() && ready.len(INJECT) == 0 {
            return None;
        }
        self.workers[w].stats.begin(ready.now());
        let Some(victim) = found else { return Some(self.run(w, ready, INJECT, End::Front)) };
        let count = ready.len(local(victim)).div_ceil(2);
        self.workers[w].stage = Stage::Run(local(w), End::Back);
        Some(Next::Move(Move { from: (local(victim), End::Front), to: (local(w), End::Back), count, stolen: true }))
    }

    /// `park_yield`: the driver is turned if nobody else is in it, and whoever yielded here is woken. None: neither.
    fn turn(&mut self, w: usize, ready: &Ready<'_>, stage: Stage) -> Option<Next> {
        let worker = &mut self.workers[w];
        worker.stage = stage;
        worker.is_inside_driver = true;
        if self.driver.is_none() {
            self.driver = Some(worker.id);
            return Some(Next::Turn);
        }
        (ready.deferred(worker.id) > 0).then_some(Next::WakeDeferred)
    }

    /// The end of `park_internal` (893): the driver is free again, and someone is unparked if there is more than this
    /// worker can do at once.
    fn leave_driver(&mut self, w: usize, ready: &Ready<'_>) -> Option<Next> {
        let worker = &mut self.workers[w];
        worker.is_inside_driver = false;
        self.driver = self.driver.filter(|inside| *inside != worker.id);
        if !worker.is_searching && ready.len(lifo(w)) + ready.len(local(w)) > 1 {
            return self.notify(ready).map(Next::Unpark);
        }
        None
    }

    /// To sleep: on top of the stack of sleepers. The last that searched looks once more, and notifies someone, maybe
    /// itself (`transition_to_parked`, 1227).
    fn park(&mut self, w: usize, ready: &Ready<'_>, draw: Draw<'_>) -> Next {
        let worker = &mut self.workers[w];
        let id = worker.id;
        let searched = if std::mem::take(&mut worker.is_searching) { Searched::Yes } else { Searched::No };
        let is_last = self.idle.sleep(id, searched);
        let mut queues = (0..self.workers.len()).map(local).chain([INJECT]);
        if !is_last || queues.all(|queue| ready.len(queue) == 0) {
            return self.sleep(w);
        }
        let notified = self.idle.notify();
        if notified == Some(id) {
            return self.wake_up(w, ready, draw, Searched::Yes);
        }
        let sleep = self.sleep(w);
        let unpark = notified.filter(|other| ready.is_parked(*other)).map(Next::Unpark);
        self.first(w, unpark, sleep)
    }

    /// Who finds the driver free parks in it, the others on a condition variable (`park.rs`, `Inner::park`).
    fn sleep(&mut self, w: usize) -> Next {
        let worker = &mut self.workers[w];
        if self.driver.is_none() {
            self.driver = Some(worker.id);
            worker.stage = Stage::InDriver;
            return Next::ParkInDriver;
        }
        worker.stage = Stage::Asleep;
        Next::Park
    }

    /// Back from a sleep: with tasks of its own it goes on; notified, it searches; otherwise it sleeps on
    /// (`transition_from_parked`, 1258).
    fn after_sleep(&mut self, w: usize, ready: &Ready<'_>, draw: Draw<'_>) -> Next {
        let id = self.workers[w].id;
        let searches = if ready.len(lifo(w)) + ready.len(local(w)) > 0 {
            if self.idle.rise(id) { Searched::No } else { Searched::Yes }
        } else if self.idle.sleeps(id) {
            return self.sleep(w);
        } else {
            Searched::Yes
        };
        self.wake_up(w, ready, draw, searches)
    }

    fn wake_up(&mut self, w: usize, ready: &Ready<'_>, draw: Draw<'_>, searches: Searched) -> Next {
        self.workers[w].is_searching = searches == Searched::Yes;
        self.begin_again(w, ready, draw)
    }

    /// A batch of polls begins. Who searched in vain and did not sleep searches still.
    fn begin_again(&mut self, w: usize, ready: &Ready<'_>, draw: Draw<'_>) -> Next {
        self.workers[w].stats.begin(ready.now());
        self.top(w, ready, draw)
    }

    /// Goes on where it stands, unless a poll has just ended.
    #[inline(never)]
    fn go_on(&mut self, w: usize, ready: &Ready<'_>, draw: Draw<'_>) -> Next {
        match self.workers[w].stage {
            Stage::Begin => self.begin_again(w, ready, draw),
            Stage::Polled | Stage::Top => self.top(w, ready, draw),
            Stage::Maintained => self.maintained(w, ready, draw),
            Stage::Choose => self.choose(w, ready, draw),
            Stage::Run(queue, end) => self.run(w, ready, queue, end),
            Stage::Yielded => {
                self.workers[w].stage = Stage::Begin;
                match self.leave_driver(w, ready) {
                    Some(unpark) => unpark,
                    None => self.begin_again(w, ready, draw),
                }
            }
            Stage::InDriver => {
                self.workers[w].is_inside_driver = true;
                self.workers[w].stage = Stage::Seen;
                Next::Turn
            }
            Stage::Seen => {
                self.workers[w].stage = Stage::Asleep;
                match self.leave_driver(w, ready) {
                    Some(unpark) => unpark,
                    None => self.after_sleep(w, ready, draw),
                }
            }
            Stage::Asleep => self.after_sleep(w, ready, draw),
        }
    }
}

/// The second half of a full local queue goes to the inject queue (`queue.rs`, `push_overflow`, 295).
fn overflow(worker: usize) -> Move {
    Move { from: (local(worker), End::Back), to: (INJECT, End::Back), count: LOCAL_CAPACITY / 2, stolen: false }
}

impl Executor {
    /// tokio's multi_thread runtime (1.54.1): the root is the future that `block_on` is given, and is polled on a thread
    /// besides the workers. For a fixed interval of its global queue, see [`TokioMultiThread`]. Panics outside 1 to
    /// [`MAX_WORKERS`](crate::executor::MAX_WORKERS) workers.
    pub fn tokio_multi_thread(workers: u32) -> Executor {
        Executor::with_policy(workers, Box::new(TokioMultiThread::default()))
    }
}

impl TaskPolicy for TokioMultiThread {
    fn name(&self) -> &'static str {
        "tokio_multi_thread"
    }

    fn describe(&self) -> String {
        "tokio's multi_thread: LIFO slot, queue of 256 a worker, stealing".to_owned()
    }

    fn queues(&self, workers: u32) -> Vec<QueueSpec> {
        let shared = |name: &str| QueueSpec { name: name.to_owned(), owner: None };
        let owned = (0..workers).map(WorkerId).flat_map(|worker| {
            ["LIFO slot", "queue"].map(|what| QueueSpec { name: format!("{what} of {worker}"), owner: Some(worker) })
        });
        std::iter::once(shared("inject queue")).chain(owned).chain([shared("block_on")]).collect()
    }

    fn begin(&mut self, workers: u32) {
        let interval = self.interval.unwrap_or_else(|| Stats::default().interval());
        let worker = |id| Worker {
            id,
            tick: 0,
            interval,
            is_lifo_enabled: true,
            is_searching: false,
            is_inside_driver: false,
            lifo_polls: 0,
            stats: Stats::default(),
            stage: Stage::Begin,
            then: None,
        };
        self.workers = (0..workers).map(WorkerId).map(worker).collect();
        self.idle = Idle::new(workers as usize);
    }

    fn worker_name(&self, worker: WorkerId) -> String {
        if worker.index() == self.workers.len() { "main".to_owned() } else { worker.to_string() }
    }

    fn rules(&self) -> Rules {
        Rules {
            driver: Driver::Turned,
            // `runtime/time/source.rs`, `deadline_to_tick`.
            timer_step: SimDuration::from_millis(1),
            budget: Some(BUDGET),
            yields: Yields::Deferred,
            root: Root::OnItsCaller,
            ..Rules::default()
        }
    }

    /// From a worker into its LIFO slot, whose task goes to the back of its queue; who woke itself, and anyone while the
    /// slot is disabled, to that back at once. From elsewhere to the inject queue (`schedule_task` and `schedule_local`,
    /// 1386).
    fn place(&mut self, came: &Came, ready: &Ready<'_>, room: &mut Vec<Move>) -> (usize, End) {
        if came.main {
            let caller = WorkerId::from_index(self.workers.len());
            self.unparks = Some(caller).filter(|caller| ready.is_parked(*caller));
            return (root(self.workers.len()), End::Back);
        }
        let on = came.on.map(WorkerId::index).filter(|w| *w < self.workers.len() && came.by != Actor::Foreign);
        let Some(w) = on else {
            self.unparks = self.notify(ready);
            return (INJECT, End::Back);
        };
        let worker = &self.workers[w];
        let is_full = ready.len(local(w)) == LOCAL_CAPACITY;
        let goes_back = came.why == Reason::WokenInPoll || !worker.is_lifo_enabled;
        let displaces = !goes_back && ready.len(lifo(w)) > 0;
        // The first in the slot unparks nobody: this worker will come to it soon.
        let tells = (goes_back || displaces) && !worker.is_inside_driver;
        self.unparks = if tells { self.notify(ready) } else { None };
        let back = if is_full { INJECT } else { local(w) };
        if is_full && (goes_back || displaces) {
            room.push(overflow(w));
        }
        if goes_back {
            return (back, End::Back);
        }
        if displaces {
            room.push(Move { from: (lifo(w), End::Front), to: (back, End::Back), count: 1, stolen: false });
        }
        (lifo(w), End::Back)
    }

    fn unpark(&mut self, _: usize, _: &Came, _: &Ready<'_>) -> Option<WorkerId> {
        self.unparks
    }

    fn next(&mut self, worker: WorkerId, ready: &Ready<'_>, draw: &mut dyn FnMut(u64) -> u64) -> Next {
        let w = worker.index();
        if w == self.workers.len() {
            let root = root(w);
            return if ready.len(root) == 0 { Next::Park } else { Next::Poll { queue: root, end: End::Front } };
        }
        let worker = &mut self.workers[w];
        if worker.stage != Stage::Polled || worker.then.is_some() {
            return match worker.then.take() {
                Some(next) => next,
                None => self.go_on(w, ready, draw),
            };
        }
        if ready.len(lifo(w)) > 0 {
            return self.after_lifo(w, ready);
        }
        worker.is_lifo_enabled = true;
        self.top(w, ready, draw)
    }
}
