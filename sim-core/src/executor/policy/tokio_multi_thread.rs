//! tokio 1.54.1, multi_thread (`runtime/scheduler/multi_thread/worker.rs` where no other file is named).

mod idle;
mod rounds;
mod stats;
mod worker;

use idle::Idle;
use worker::{Stage, Worker};

use super::tokio_one_thread::BUDGET;
use super::{
    Aborted, BlockingPool, BlocksInPlace, Came, Driver, LeftOver, Move, Next, QueueSpec, Ready, Reason, Root, Rules,
    TaskPolicy, TimerStep, Yields,
};
use crate::executor::Executor;
use crate::instant::SimDuration;
use crate::trace::event::End;
use crate::trace::ids::{Actor, WorkerId};

/// Every so many ticks the driver is turned (`runtime/builder.rs`, `event_interval: 61`).
const EVENT_INTERVAL: u32 = 61;
/// `queue.rs`, `LOCAL_QUEUE_CAPACITY`.
const LOCAL_CAPACITY: usize = 256;
/// `runtime/builder.rs`, `max_blocking_threads: 512`.
const BLOCKING_THREADS: u32 = 512;
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
    blocking_threads: u32,
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
            blocking_threads: BLOCKING_THREADS,
            idle: Idle::default(),
            workers: Vec::new(),
            driver: None,
            unparks: None,
        }
    }
}

impl TokioMultiThread {
    /// Takes from the inject queue first at every so manieth tick, whatever polls take: as tokio's builder says it.
    /// Panics at zero.
    pub fn global_queue_interval(self, interval: u32) -> TokioMultiThread {
        assert!(interval > 0, "an interval is at least 1");
        TokioMultiThread { interval: Some(interval), ..self }
    }

    /// So many threads for code that blocks, as tokio's builder says it. Panics at zero.
    pub fn max_blocking_threads(self, threads: u32) -> TokioMultiThread {
        assert!(threads > 0, "a pool has at least 1 thread");
        TokioMultiThread { blocking_threads: threads, ..self }
    }

    /// Breaks a rule, for a test that must see the order differ: the LIFO slot is never disabled.
    #[doc(hidden)]
    pub fn without_lifo_cap(self) -> TokioMultiThread {
        TokioMultiThread { lifo_polls: u32::MAX, ..self }
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
        "LIFO slot, queue of 256 a worker, stealing".to_owned()
    }

    fn queues(&self, workers: u32) -> Vec<QueueSpec> {
        // Nobody steals from a LIFO slot (`queue.rs`).
        let owned = (0..workers).map(WorkerId).flat_map(|worker| {
            let slot = QueueSpec::kept(format!("LIFO slot of {worker}"), worker);
            [slot, QueueSpec::stolen_from(format!("queue of {worker}"), worker)]
        });
        let (inject, root) = (QueueSpec::shared("inject queue"), QueueSpec::shared("block_on"));
        std::iter::once(inject).chain(owned).chain([root]).collect()
    }

    fn begin(&mut self, workers: u32) {
        self.workers = (0..workers).map(|w| Worker::new(WorkerId(w), self.interval)).collect();
        self.idle = Idle::new(workers as usize);
    }

    fn worker_name(&self, worker: WorkerId) -> String {
        if worker.index() == self.workers.len() { "main".to_owned() } else { worker.to_string() }
    }

    fn rules(&self) -> Rules {
        Rules {
            driver: Driver::Turned,
            // `runtime/time/source.rs`, `deadline_to_tick`.
            timer_step: TimerStep::RoundUp(SimDuration::from_millis(1)),
            budget: Some(BUDGET),
            yields: Yields::Deferred,
            root: Root::OnItsCaller,
            blocking: BlockingPool { most: self.blocking_threads, ..BlockingPool::tokio() },
            in_place: BlocksInPlace::MovesWorker,
            // `runtime/task/harness.rs`, `remote_abort`: it is scheduled, and cancelled where it would be polled.
            aborted: Aborted::InItsTurn,
            // `runtime/task/list.rs`, `gen_sharded_list_size`. Each worker begins with a random list; here the first.
            left_over: LeftOver::Lists(4 * (self.workers.len() as u32).next_power_of_two()),
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

    /// The LIFO slot's task goes to where others can steal it (`maybe_move_runtime`, `push_back_or_overflow`).
    fn leaves_thread(&mut self, worker: WorkerId, ready: &Ready<'_>, room: &mut Vec<Move>) {
        let w = worker.index();
        if ready.len(lifo(w)) == 0 {
            return;
        }
        let is_full = ready.len(local(w)) == LOCAL_CAPACITY;
        if is_full {
            room.push(overflow(w));
        }
        let to = if is_full { INJECT } else { local(w) };
        room.push(Move { from: (lifo(w), End::Front), to: (to, End::Back), count: 1, stolen: false });
    }

    /// `Context::run` from its top: the tick goes on, the LIFO slot is open again, a batch of polls begins.
    fn begins_anew(&mut self, worker: WorkerId) {
        let worker = &mut self.workers[worker.index()];
        worker.stage = Stage::Begin;
        worker.is_lifo_enabled = true;
    }

    fn next(&mut self, worker: WorkerId, ready: &Ready<'_>, draw: &mut dyn FnMut(u64) -> u64) -> Next {
        let w = worker.index();
        if w == self.workers.len() {
            let root = root(w);
            return if ready.len(root) == 0 { Next::Park } else { Next::Poll { queue: root, end: End::Front } };
        }
        self.next_of(w, ready, draw)
    }
}
