//! tokio 1.54.1, a `LocalSet` that a current_thread runtime runs until the root is ready (`task/local.rs`).

use super::tokio_one_thread::{self as one_thread, MAIN};
use super::{Came, Move, Next, QueueSpec, Ready, Rules, TaskPolicy};
use crate::executor::Executor;
use crate::trace::event::End;
use crate::trace::ids::WorkerId;

/// How many tasks of the set are polled in a row (`MAX_TASKS_PER_TICK`).
const TASKS_PER_TICK: u32 = 61;

/// The set is the runtime's main future. When it was woken, it polls the root, woken or not, then up to 61 of its tasks
/// (`RunUntil::poll`, `LocalSet::tick`); then the driver is turned, and whoever yielded is woken, the last first.
#[derive(Debug)]
pub struct TokioLocalSet {
    /// Wraps after 255, so that the remote queue's turns are not always 31 apart.
    tick: u8,
    stage: Stage,
    has_main: bool,
    /// The set is to be polled again.
    is_woken: bool,
    /// Another thread unparked the runtime since the driver was last turned: the next park returns at once.
    is_notified: bool,
    most: u32,
    looks_remotely: LooksRemotely,
}

/// When the set looks at its remote queue first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum LooksRemotely {
    InTime,
    /// Only when there is nothing else.
    Last,
}

impl Default for TokioLocalSet {
    fn default() -> TokioLocalSet {
        TokioLocalSet {
            tick: 0,
            stage: Stage::default(),
            has_main: false,
            is_woken: false,
            is_notified: false,
            most: TASKS_PER_TICK,
            looks_remotely: LooksRemotely::InTime,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Stage {
    /// Between two polls of the set.
    #[default]
    Outside,
    /// In the set, which has polled so many tasks.
    Inside(u32),
    /// In the driver, or about to be.
    Parking,
    /// Parked in the driver.
    Parked,
}

impl Executor {
    /// tokio's `LocalSet` (1.54.1) on a current_thread runtime: the root is what `run_until` is given, and tasks are
    /// spawned into the set.
    pub fn tokio_local_set() -> Executor {
        Executor::with_policy(1, Box::new(TokioLocalSet::default()))
    }
}

impl TokioLocalSet {
    /// Breaks a rule, for a test that must see the order differ: the set goes on while it has tasks.
    #[doc(hidden)]
    pub fn without_end_of_tick() -> TokioLocalSet {
        TokioLocalSet { most: u32::MAX, ..TokioLocalSet::default() }
    }

    /// Breaks a rule, for a test that must see the order differ: what another thread has woken waits for all others.
    #[doc(hidden)]
    pub fn without_remote_interval() -> TokioLocalSet {
        TokioLocalSet { looks_remotely: LooksRemotely::Last, ..TokioLocalSet::default() }
    }

    /// `LocalSet::next_task`.
    fn next_task(&mut self, ready: &Ready<'_>) -> Option<usize> {
        let tick = self.tick;
        self.tick = tick.wrapping_add(1);
        match self.looks_remotely {
            LooksRemotely::InTime => one_thread::next_queue(u32::from(tick), ready),
            LooksRemotely::Last => one_thread::next_queue(1, ready),
        }
    }

    fn step(&mut self, worker: WorkerId, ready: &Ready<'_>) -> Option<Next> {
        match self.stage {
            Stage::Outside if std::mem::take(&mut self.is_woken) => {
                self.stage = Stage::Inside(0);
                let in_queue = ready.len(MAIN) > 0;
                let main =
                    if in_queue { Next::Poll { queue: MAIN, end: End::Front } } else { Next::PollMain { queue: MAIN } };
                self.has_main.then_some(main)
            }
            Stage::Outside => {
                self.stage = Stage::Parking;
                None
            }
            Stage::Inside(polled) if polled == self.most => {
                // `tick` answers that there may be more.
                (self.stage, self.is_woken) = (Stage::Parking, true);
                None
            }
            Stage::Inside(polled) => match self.next_task(ready) {
                Some(queue) => {
                    self.stage = Stage::Inside(polled + 1);
                    Some(Next::Poll { queue, end: End::Front })
                }
                None => {
                    self.stage = Stage::Parking;
                    None
                }
            },
            Stage::Parking if ready.deferred(worker) == 0 && !self.is_woken && !self.is_notified => {
                self.stage = Stage::Parked;
                Some(Next::ParkInDriver)
            }
            Stage::Parking | Stage::Parked => {
                (self.stage, self.is_notified) = (Stage::Outside, false);
                Some(Next::Turn)
            }
        }
    }
}

impl TaskPolicy for TokioLocalSet {
    fn name(&self) -> &'static str {
        "tokio_local_set"
    }

    fn describe(&self) -> String {
        format!("tokio's LocalSet: FIFO, {TASKS_PER_TICK} tasks between two turns of the driver")
    }

    fn queues(&self, _: u32) -> Vec<QueueSpec> {
        one_thread::queues("run_until", "remote queue")
    }

    fn rules(&self) -> Rules {
        one_thread::rules()
    }

    /// `Shared::schedule`: a task of a set that is being polled only joins its queue; otherwise the set is woken, too.
    fn place(&mut self, came: &Came, _: &Ready<'_>, _: &mut Vec<Move>) -> (usize, End) {
        let inside = one_thread::is_inside(came);
        self.has_main |= came.main;
        self.is_notified |= !inside;
        self.is_woken |= came.main || !inside || !matches!(self.stage, Stage::Inside(_));
        (one_thread::queue_of(came), End::Back)
    }

    fn unpark(&mut self, _: usize, _: &Came, ready: &Ready<'_>) -> Option<WorkerId> {
        ready.first_parked()
    }

    fn next(&mut self, worker: WorkerId, ready: &Ready<'_>, _: &mut dyn FnMut(u64) -> u64) -> Next {
        loop {
            if let Some(next) = self.step(worker, ready) {
                return next;
            }
        }
    }
}
