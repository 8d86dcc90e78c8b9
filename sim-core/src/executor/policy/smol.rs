//! async-executor 1.14.1 (`src/lib.rs`), as smol 2.0.2 and async-std 1.13.2 use it.

use super::{Aborted, BlockingPool, Came, Driver, Dropped, LeftOver, Move, Next, QueueSpec, Ready, Rules, TaskPolicy};
use crate::executor::Executor;
use crate::trace::event::End;
use crate::trace::ids::WorkerId;

const GLOBAL: usize = 0;
const MAIN: usize = 1;

fn local(worker: WorkerId) -> usize {
    worker.index() + 2
}

/// The most tasks of a local queue (`Runner::new`).
const LOCAL_MOST: usize = 512;
/// After so many tasks a runner steals from the global queue (`Runner::runnable`).
const STEAL_INTERVAL: u32 = 64;
/// After so many tasks a runner lets the root go first (`State::run`).
const BURST: u32 = 200;

/// Whatever is spawned or woken goes to the global queue. A runner takes from its own queue, then one from the global
/// queue with half of the rest, then half of another runner's. The root, on the first runner's thread, is polled whenever
/// that thread was woken, by whomever, and after 200 tasks.
///
/// That is what `Executor::run` does with its future. The `block_on` of smol and of async-std polls its own on the calling
/// thread, which runs no tasks, beside the runners' (smol 2.0.2, `src/spawn.rs`; async-global-executor 2.4.1,
/// `src/executor.rs`).
///
/// The reactor is turned by a runner that is parked, and by a thread of its own if none is (async-io 2.6.0,
/// `src/driver.rs`); that thread's delay, up to 10 ms, is left out.
#[derive(Debug)]
pub struct Smol {
    name: &'static str,
    dropped: Dropped,
    runners: Vec<Runner>,
    /// Runners that sleep and were told of nothing, the last to fall asleep at the end (`Sleepers::wakers`).
    sleepers: Vec<WorkerId>,
    /// Runners that sleep in all (`Sleepers::count`).
    sleeping: usize,
    /// The runner to go on for the task that was placed last.
    notified: Option<WorkerId>,
    in_driver: Option<WorkerId>,
    has_main: bool,
    burst: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Runner {
    ticks: u32,
    /// Tasks since the root had its turn.
    burst: u32,
    /// Its thread was woken: it does not park, and the root comes first.
    is_woken: bool,
    /// It stands among the sleepers.
    is_asleep: bool,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Stage {
    /// The root comes next.
    #[default]
    Root,
    /// Look for a task.
    Search,
    /// A task was found and stands at the front of its own queue: others are told, and it is polled.
    Found,
    /// The 64th: it takes from the global queue as well.
    Steal,
    Poll,
    /// Nothing was found, or the burst is over.
    Pending,
}

impl Smol {
    /// As smol runs it.
    pub fn new(workers: u32) -> Smol {
        Smol::named("smol", Dropped::Cancels, workers)
    }

    /// As async-std ran it.
    pub fn async_std(workers: u32) -> Smol {
        Smol::named("async_std", Dropped::Detaches, workers)
    }

    fn named(name: &'static str, dropped: Dropped, workers: u32) -> Smol {
        Smol {
            name,
            dropped,
            runners: vec![Runner::default(); workers as usize],
            sleepers: Vec::new(),
            sleeping: 0,
            notified: None,
            in_driver: None,
            has_main: false,
            burst: BURST,
        }
    }

    /// Breaks a rule, for a test that must see the order differ: no burst is too long for the root.
    #[doc(hidden)]
    pub fn without_burst(self) -> Smol {
        Smol { burst: u32::MAX, ..self }
    }

    /// Chooses the sleeper that fell asleep last, unless one was told already and has not looked yet
    /// (`State::notify`, `Sleepers::notify`).
    fn notify(&mut self) -> Option<WorkerId> {
        if self.sleeping == 0 || self.sleepers.len() < self.sleeping {
            return None;
        }
        let told = self.sleepers.pop()?;
        self.runners[told.index()].is_woken = true;
        Some(told)
    }

    /// `Ticker::wake`.
    fn wake_up(&mut self, worker: WorkerId) {
        if std::mem::take(&mut self.runners[worker.index()].is_asleep) {
            self.sleeping -= 1;
            self.sleepers.retain(|sleeper| *sleeper != worker);
        }
    }

    /// `Ticker::sleep`.
    fn fall_asleep(&mut self, worker: WorkerId) {
        let runner = &mut self.runners[worker.index()];
        if !std::mem::replace(&mut runner.is_asleep, true) {
            self.sleeping += 1;
        }
        if !self.sleepers.contains(&worker) {
            self.sleepers.push(worker);
        }
    }

    /// `Runner::runnable`: what has to be moved so that the task that is found stands at its own queue's front. None: it
    /// does already, or there is none.
    fn search(&mut self, worker: WorkerId, ready: &Ready<'_>, draw: &mut dyn FnMut(u64) -> u64) -> Option<Next> {
        let own = local(worker);
        let stage = &mut self.runners[worker.index()].stage;
        *stage = Stage::Found;
        if ready.len(own) > 0 {
            return None;
        }
        if ready.len(GLOBAL) > 0 {
            // The one that is polled, and half of the rest: as a block they keep their order.
            let rest = ready.len(GLOBAL) - 1;
            return Some(take(GLOBAL, own, 1 + rest.div_ceil(2).min(LOCAL_MOST)));
        }
        let others = ready.workers().filter(|other| *other != worker && ready.len(local(*other)) > 0);
        if others.count() == 0 {
            *stage = Stage::Pending;
            self.fall_asleep(worker);
            return None;
        }
        let count = self.runners.len() as u64;
        let start = draw(count) as usize;
        let mut victims = ready.workers().cycle().skip(start).take(count as usize);
        let victim = victims.find(|v| *v != worker && ready.len(local(*v)) > 0).expect("one was seen to hold tasks");
        let count = ready.len(local(victim)).div_ceil(2);
        Some(Next::Move(Move { from: (local(victim), End::Front), to: (own, End::Back), count, stolen: true }))
    }

    fn step(&mut self, worker: WorkerId, ready: &Ready<'_>, draw: &mut dyn FnMut(u64) -> u64) -> Option<Next> {
        let own = local(worker);
        let runner = &mut self.runners[worker.index()];
        match runner.stage {
            Stage::Root => {
                runner.stage = Stage::Search;
                runner.is_woken = false;
                if worker.0 > 0 || !self.has_main {
                    return None;
                }
                let in_queue = ready.len(MAIN) > 0;
                Some(if in_queue {
                    Next::Poll { queue: MAIN, end: End::Front }
                } else {
                    Next::PollMain { queue: MAIN }
                })
            }
            Stage::Search => self.search(worker, ready, draw),
            Stage::Found => {
                runner.stage = Stage::Steal;
                self.wake_up(worker);
                self.notify().map(Next::Unpark)
            }
            Stage::Steal => {
                runner.stage = Stage::Poll;
                runner.ticks = runner.ticks.wrapping_add(1);
                let room = LOCAL_MOST - (ready.len(own) - 1).min(LOCAL_MOST);
                let count = ready.len(GLOBAL).div_ceil(2).min(room);
                (runner.ticks.is_multiple_of(STEAL_INTERVAL) && count > 0).then(|| take(GLOBAL, own, count))
            }
            Stage::Poll => {
                runner.burst += 1;
                runner.stage = Stage::Search;
                if runner.burst == self.burst {
                    // `yield_now`: the thread wakes itself.
                    (runner.burst, runner.stage, runner.is_woken) = (0, Stage::Pending, true);
                }
                Some(Next::Poll { queue: own, end: End::Front })
            }
            Stage::Pending => {
                runner.stage = Stage::Root;
                if runner.is_woken || (worker.0 == 0 && ready.len(MAIN) > 0) {
                    // `async_io::block_on`: notified, so the reactor is only looked at.
                    return Some(Next::Turn);
                }
                if self.in_driver.is_some() {
                    return Some(Next::Park);
                }
                self.in_driver = Some(worker);
                Some(Next::ParkInDriver)
            }
        }
    }
}

fn take(from: usize, to: usize, count: usize) -> Next {
    Next::Move(Move { from: (from, End::Front), to: (to, End::Back), count, stolen: false })
}

impl Executor {
    /// smol 2.0.2: async-executor on so many threads, the root on the first. Panics outside 1 to [`MAX_WORKERS`](crate::executor::MAX_WORKERS).
    pub fn smol(workers: u32) -> Executor {
        Executor::with_policy(workers, Box::new(Smol::new(workers)))
    }

    /// async-std 1.13.2, discontinued in favour of smol: the same executor. Panics outside 1 to [`MAX_WORKERS`](crate::executor::MAX_WORKERS) workers.
    pub fn async_std(workers: u32) -> Executor {
        Executor::with_policy(workers, Box::new(Smol::async_std(workers)))
    }
}

impl TaskPolicy for Smol {
    fn name(&self) -> &'static str {
        self.name
    }

    fn describe(&self) -> String {
        "async-executor: a global queue, a local one a thread, stealing half".to_owned()
    }

    fn queues(&self, workers: u32) -> Vec<QueueSpec> {
        let shared = ["global queue", "block_on"].map(QueueSpec::shared);
        let owned = (0..workers).map(WorkerId);
        let owned = owned.map(|w| QueueSpec::stolen_from(format!("local queue of {w}"), w));
        shared.into_iter().chain(owned).collect()
    }

    fn rules(&self) -> Rules {
        Rules {
            driver: Driver::ParkedOrThread,
            // async-std's handle detaches when dropped (1.13.2, `src/task/join_handle.rs`), async-executor's cancels.
            dropped: self.dropped,
            // async-task 4.7.1, `src/task.rs`, `set_canceled`: it is scheduled, and the executor drops its future.
            aborted: Aborted::InItsTurn,
            // `Executor::drop` schedules whoever waits, and empties the queue.
            left_over: LeftOver::QueuedFirst,
            blocking: BlockingPool::smol(),
            ..Rules::default()
        }
    }

    fn place(&mut self, came: &Came, _: &Ready<'_>, _: &mut Vec<Move>) -> (usize, End) {
        if came.main {
            self.has_main = true;
            self.runners[0].is_woken = true;
            self.notified = Some(WorkerId(0));
            return (MAIN, End::Back);
        }
        self.notified = self.notify();
        (GLOBAL, End::Back)
    }

    fn unpark(&mut self, _: usize, _: &Came, ready: &Ready<'_>) -> Option<WorkerId> {
        self.notified.take().filter(|worker| ready.is_parked(*worker))
    }

    fn next(&mut self, worker: WorkerId, ready: &Ready<'_>, draw: &mut dyn FnMut(u64) -> u64) -> Next {
        if self.in_driver == Some(worker) {
            self.in_driver = None;
            return Next::Turn;
        }
        loop {
            if let Some(next) = self.step(worker, ready, draw) {
                return next;
            }
        }
    }
}
