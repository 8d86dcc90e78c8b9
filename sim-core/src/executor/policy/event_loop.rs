//! The event loop of Node 20, which is libuv's: libuv 1.46 to 1.52 (`src/unix/core.c`, `uv_run`, 427) and Node 20.20.2
//! (`lib/internal/process/task_queues.js`, `lib/internal/timers.js`, `src/api/callback.cc`).

use super::{
    Asks, BlockingPool, Calls, Came, Driver, Grows, Move, Next, QueueSpec, Ready, Rules, TaskPolicy, TimerOrder,
};
use crate::executor::Executor;
use crate::trace::event::End;
use crate::trace::ids::{Actor, WorkerId};

// The queue where the loop waits first: people see it where all are empty.
const POLL: usize = 0;
const CHECK: usize = 1;
const TIMERS: usize = 2;
const TICKS: usize = 3;
const MICROTASKS: usize = 4;
const SCRIPT: usize = 5;
const CALLED: usize = 6;
const CALLERS: usize = 7;

const NAMES: [&str; 8] =
    ["poll (I/O)", "check", "timers", "nextTick", "microtasks", "main script", "called", "callers"];

/// Threads of libuv's pool (`src/threadpool.c`, `default_threads[4]`). The first call creates them all (`init_threads`); that
/// the loop waits there until each has begun is left out.
const POOL: u32 = 4;

/// One thread goes round the phases: timers, poll (waits there for I/O, the pool and the next timer), check. After each
/// callback the `nextTick` queue is emptied, then the microtasks, until both are empty (`processTicksAndRejections`).
///
/// A phase runs what stood in its queue when it began: an immediate asked for by an immediate waits for the next round
/// (`processImmediate` takes the list away first), as does I/O that comes meanwhile. Timers whose time came in a round run
/// at its end, before the loop waits again: all that are due of one length, then those of another (`processTimers`).
///
/// Of `uv_run`, the phases idle, prepare, pending and close are left out: nothing in a workload asks for them. A plain call
/// of one chain from another is a queue here (`called`, and `callers` that go on after it), because a trace knows one poll
/// at a time; both are emptied before anything else, so nothing comes between.
#[derive(Debug, Default)]
pub struct EventLoop {
    phase: Phase,
    drains: Drains,
}

/// Where the loop is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Phase {
    /// Looks at the clock, then goes on with timers: at the loop's start and at the end of each round.
    #[default]
    Clock,
    /// So many timers of this phase are left; none: it begins.
    Timers(Option<usize>),
    /// Before poll: waits unless something else is to do.
    Wait,
    /// Asks the operating system what has come.
    See,
    /// So many callbacks of I/O are left; none: it begins.
    Poll(Option<usize>),
    /// So many immediates are left; none: it begins.
    Check(Option<usize>),
}

/// Which of the two queues between callbacks is being emptied.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Drains {
    #[default]
    Ticks,
    Microtasks,
}

impl EventLoop {
    /// The next of what must run before the loop goes on: plain calls, then ticks and microtasks. Each of the latter two
    /// is emptied before the other has its turn; a tick that is there when a callback returns goes first.
    fn before_the_loop(&mut self, ready: &Ready<'_>) -> Option<usize> {
        if let Some(queue) = [CALLED, CALLERS, SCRIPT].into_iter().find(|queue| ready.len(*queue) > 0) {
            return Some(queue);
        }
        let order = match self.drains {
            Drains::Ticks => [(TICKS, Drains::Ticks), (MICROTASKS, Drains::Microtasks)],
            Drains::Microtasks => [(MICROTASKS, Drains::Microtasks), (TICKS, Drains::Ticks)],
        };
        let Some((queue, drains)) = order.into_iter().find(|(queue, _)| ready.len(*queue) > 0) else {
            self.drains = Drains::Ticks;
            return None;
        };
        self.drains = drains;
        Some(queue)
    }

    /// One step of the loop; none: the phase was over, ask again.
    fn step(&mut self, ready: &Ready<'_>) -> Option<Next> {
        let of_phase = |left: Option<usize>, queue: usize| left.unwrap_or_else(|| ready.len(queue)).checked_sub(1);
        match self.phase {
            Phase::Clock => {
                self.phase = Phase::Timers(None);
                return Some(Next::Turn);
            }
            Phase::Timers(left) => match of_phase(left, TIMERS) {
                Some(left) => {
                    self.phase = Phase::Timers(Some(left));
                    return Some(poll(TIMERS));
                }
                None => self.phase = Phase::Wait,
            },
            Phase::Wait => {
                self.phase = Phase::See;
                // `uv__backend_timeout`: no waiting while anything is due.
                if [TIMERS, POLL, CHECK].into_iter().all(|queue| ready.len(queue) == 0) {
                    return Some(Next::ParkInDriver);
                }
            }
            Phase::See => {
                self.phase = Phase::Poll(None);
                return Some(Next::Turn);
            }
            Phase::Poll(left) => match of_phase(left, POLL) {
                Some(left) => {
                    self.phase = Phase::Poll(Some(left));
                    return Some(poll(POLL));
                }
                None => self.phase = Phase::Check(None),
            },
            Phase::Check(left) => match of_phase(left, CHECK) {
                Some(left) => {
                    self.phase = Phase::Check(Some(left));
                    return Some(poll(CHECK));
                }
                None => self.phase = Phase::Clock,
            },
        }
        None
    }
}

fn poll(queue: usize) -> Next {
    Next::Poll { queue, end: End::Front }
}

impl Executor {
    /// One thread that calls callbacks, in the phases of libuv's event loop (1.46 to 1.52) with Node's ticks and
    /// microtasks (20.20.2): see [`callbacks`](crate::callbacks).
    pub fn event_loop() -> Executor {
        Executor::with_policy(1, Box::new(EventLoop::default()))
    }
}

impl TaskPolicy for EventLoop {
    fn name(&self) -> &'static str {
        "event_loop"
    }

    fn describe(&self) -> String {
        "libuv's loop: timers, poll, check; ticks and microtasks after each callback".to_owned()
    }

    fn worker_name(&self, _: WorkerId) -> String {
        "event loop".to_owned()
    }

    fn queues(&self, _: u32) -> Vec<QueueSpec> {
        NAMES.map(|name| QueueSpec::kept(name, WorkerId(0))).into()
    }

    fn rules(&self) -> Rules {
        Rules {
            driver: Driver::Turned,
            timers: TimerOrder::ByLength,
            blocking: BlockingPool {
                grows: Grows::AllAtFirstUse,
                calls: Calls::Longest,
                ..BlockingPool::that_stays(POOL)
            },
            ..Rules::default()
        }
    }

    /// Where the code asks, or by who made it ready: a timer, the operating system or a thread of the pool, another
    /// callback (what a promise does).
    fn place(&mut self, came: &Came, _: &Ready<'_>, _: &mut Vec<Move>) -> (usize, End) {
        let queue = match came.asks {
            // The main script calls what exists from the start.
            Asks::Call if came.by == Actor::Run => SCRIPT,
            Asks::Call => CALLED,
            // The one that called last goes on first.
            Asks::Return => return (CALLERS, End::Front),
            Asks::Tick => TICKS,
            Asks::Microtask => MICROTASKS,
            Asks::Immediate => CHECK,
            Asks::Nothing => match came.by {
                Actor::Run => SCRIPT,
                Actor::Timer(_) => TIMERS,
                Actor::Device(_) | Actor::Thread(_) | Actor::Foreign => POLL,
                Actor::Task(_) | Actor::Worker(_) => MICROTASKS,
            },
        };
        (queue, End::Back)
    }

    fn unpark(&mut self, _: usize, _: &Came, ready: &Ready<'_>) -> Option<WorkerId> {
        ready.first_parked()
    }

    fn next(&mut self, _: WorkerId, ready: &Ready<'_>, _: &mut dyn FnMut(u64) -> u64) -> Next {
        if let Some(queue) = self.before_the_loop(ready) {
            return poll(queue);
        }
        loop {
            if let Some(next) = self.step(ready) {
                return next;
            }
        }
    }
}
