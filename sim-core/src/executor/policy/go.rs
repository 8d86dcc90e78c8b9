//! Go 1.19.8 (`runtime/proc.go`).

mod calls;
mod sysmon;

use calls::Call;
use sysmon::Sysmon;

use super::{
    BlockingPool, BlocksInPlace, Came, Move, Next, QueueSpec, Ready, Reason, Retaken, Rules, TaskPolicy, Yields,
};
use crate::executor::Executor;
use crate::instant::{SimDuration, SimTime};
use crate::trace::event::{End, PollResult};
use crate::trace::ids::{Actor, TaskId, WorkerId};

const GLOBAL: usize = 0;

/// A P's ring (`p.runq [256]guintptr`, `runtime/runtime2.go`).
const RING: usize = 256;
/// Every so manieth goroutine comes from the global queue first (`findRunnable`: `schedtick%61 == 0`).
const GLOBAL_INTERVAL: u32 = 61;
/// `forcePreemptNS`.
const SLICE: SimDuration = SimDuration::from_millis(10);

fn runnext(worker: WorkerId) -> usize {
    1 + 2 * worker.index()
}

fn ring(worker: WorkerId) -> usize {
    2 + 2 * worker.index()
}

/// How long a thief waits before it takes what another P is about to run next (`runqgrab`: `usleep(3)`).
const BEFORE_RUNNEXT: SimDuration = SimDuration::from_micros(3);

/// A P a worker: a slot for the goroutine made ready last, a ring, and one global queue for all.
///
/// Simplified: `sysmon` looks for slices that are over only now and then, every 10 ms at worst, so that one may last
/// for almost 20; here each lasts 10. A thief goes through the others in one of several orders (`stealOrder`); here upwards
/// from the one it drew.
///
/// A system call (`entersyscall`) leaves the P with its thread; `sysmon` takes it away. A call that returns gets its P
/// back if that is in a call still, be it another's, or an idle one (`exitsyscallfast`); otherwise its goroutine goes to the global
/// queue and its thread sleeps (`exitsyscall0`, `stopm`). Simplified: an idle P keeps the thread that parked with it; of several
/// idle Ps a call that returns gets its own first; one of the idle threads is taken to wait in the netpoller (`handoffp`);
/// Go ends a program that needs more than 10,000 threads (`checkmcount`), and here no P is taken until one sleeps.
#[derive(Debug)]
pub struct Go {
    procs: Vec<Proc>,
    /// Ps without work, the last to become so last (`sched.pidle`).
    idle: Vec<WorkerId>,
    /// On which P each goroutine ran last: that P has its timer (`p.timers`).
    ran_on: Vec<WorkerId>,
    sysmon: Sysmon,
}

/// What the policy keeps of a P.
#[derive(Clone, Copy, Debug, Default)]
struct Proc {
    /// `p.schedtick`: goroutines begun, without those that inherited a slice.
    tick: u32,
    /// When the last of them began, and at which look `sysmon` saw that tick first (`sysmontick.schedwhen`).
    tick_at: SimTime,
    tick_seen: Option<SimTime>,
    /// Whether its thread is in a call, and when `sysmon` saw one first (`sysmontick.syscallwhen`).
    call: Option<Call>,
    call_seen: SimTime,
    /// Whether it is idle while the thread that it was taken from is in its call.
    is_away: bool,
    /// `m.spinning`: it looks for work of others.
    spinning: bool,
    /// Whether it was idle: a slice from before is not inherited.
    was_idle: bool,
    /// Whether the last of what it stole comes next (`runqsteal`).
    stole: bool,
    /// The last of its rounds through the others: now they lose their runnext, too.
    last_try: Option<LastTry>,
    /// What it does after it has woken another.
    held: Option<Next>,
}

#[derive(Clone, Copy, Debug)]
struct LastTry {
    first: usize,
    /// How many were looked at.
    seen: usize,
    /// Whose runnext it takes if it is there still.
    victim: usize,
}

impl Go {
    /// So many Ps: GOMAXPROCS.
    pub fn new(procs: u32) -> Go {
        // A program's own goroutines are not the first: the runtime has started some, so that the tick is not at 0.
        Go {
            procs: vec![Proc { tick: 1, ..Proc::default() }; procs as usize],
            idle: Vec::new(),
            ran_on: Vec::new(),
            sysmon: Sysmon::new(),
        }
    }

    fn front(queue: usize) -> Next {
        Next::Poll { queue, end: End::Front }
    }

    /// What makes room in a full ring: its first half goes to the global queue (`runqputslow`). Answers whether it was.
    fn overflows(worker: WorkerId, ready: &Ready<'_>, room: &mut Vec<Move>) -> bool {
        let full = ready.len(ring(worker)) >= RING;
        if full {
            room.push(tail_move(ring(worker), GLOBAL, RING / 2));
        }
        full
    }

    /// `findRunnable`, as far as a goroutine of its own is there for this P.
    fn own(&mut self, worker: WorkerId, ready: &Ready<'_>) -> Option<Next> {
        let proc = &mut self.procs[worker.index()];
        if std::mem::take(&mut proc.stole) {
            return Some(Next::Poll { queue: ring(worker), end: End::Back });
        }
        if proc.tick.is_multiple_of(GLOBAL_INTERVAL) && ready.len(GLOBAL) > 0 {
            return Some(Go::front(GLOBAL));
        }
        if ready.len(runnext(worker)) > 0 {
            return Some(Next::PollOnBudgetLeft { queue: runnext(worker), end: End::Front });
        }
        if ready.len(ring(worker)) > 0 {
            return Some(Go::front(ring(worker)));
        }
        let share = self.global_share(ready);
        match share {
            0 => None,
            1 => Some(Go::front(GLOBAL)),
            // Into its empty ring, from whose front it takes the first at once.
            more => Some(Next::Move(tail_move(GLOBAL, ring(worker), more))),
        }
    }

    /// `globrunqget`.
    fn global_share(&self, ready: &Ready<'_>) -> usize {
        let len = ready.len(GLOBAL);
        (len / self.procs.len() + 1).min(len).min(RING / 2)
    }

    /// `findRunnable`: at most half of the busy Ps look for work of others.
    fn may_spin(&self, worker: WorkerId, ready: &Ready<'_>) -> bool {
        let spinning = self.procs.iter().filter(|p| p.spinning).count();
        let busy = ready.workers().filter(|w| !ready.is_parked(*w)).count();
        self.procs[worker.index()].spinning || 2 * spinning < busy
    }

    /// `stealWork`: half of another's ring, and only in the last round its runnext.
    fn steal(&mut self, me: WorkerId, ready: &Ready<'_>, draw: &mut dyn FnMut(u64) -> u64) -> Option<Next> {
        let count = self.procs.len();
        let has = |queue: fn(WorkerId) -> usize, at: usize| {
            let other = WorkerId::from_index(at % count);
            (other != me && ready.len(queue(other)) > 0).then_some(other)
        };
        if (0..count).any(|at| has(ring, at).is_some()) {
            let first = draw(count as u64) as usize;
            let victim = (first..first + count).find_map(|at| has(ring, at)).expect("a ring was seen to hold some");
            return Some(self.stolen(ring(victim), me, ready.len(ring(victim)).div_ceil(2)));
        }
        let mut round = match self.procs[me.index()].last_try.take() {
            Some(round) if has(runnext, round.victim).is_some() => {
                return Some(self.stolen(runnext(WorkerId::from_index(round.victim % count)), me, 1));
            }
            Some(round) => round,
            None if (0..count).any(|at| has(runnext, at).is_some()) => {
                LastTry { first: draw(count as u64) as usize, seen: 0, victim: 0 }
            }
            None => return None,
        };
        let victim = (round.first + round.seen..round.first + count).find(|at| has(runnext, *at).is_some())?;
        (round.seen, round.victim) = (victim + 1 - round.first, victim);
        self.procs[me.index()].last_try = Some(round);
        Some(Next::Spin(BEFORE_RUNNEXT))
    }

    fn stolen(&mut self, from: usize, me: WorkerId, count: usize) -> Next {
        self.procs[me.index()].stole = true;
        Next::Move(Move { stolen: true, ..tail_move(from, ring(me), count) })
    }

    /// `wakep`: an idle P is to look for work, unless one looks already.
    fn wake_one(&mut self, now: SimTime) -> Option<WorkerId> {
        if self.procs.iter().any(|p| p.spinning) {
            return None;
        }
        let worker = self.take_idle(now)?;
        self.procs[worker.index()].spinning = true;
        Some(worker)
    }

    /// Where a goroutine comes to be ready: the P that readies it, and its own where a timer does, because a P runs its
    /// timers itself (`checkTimers`, `goroutineReady`). What exists from the start was started by `main`, on the first.
    fn readied_on(&self, came: &Came) -> Option<WorkerId> {
        came.on.or(match came.by {
            Actor::Run => Some(WorkerId(0)),
            Actor::Timer(_) => self.ran_on.get(came.task.index()).copied(),
            Actor::Task(_) | Actor::Thread(_) | Actor::Worker(_) | Actor::Device(_) | Actor::Foreign => None,
        })
    }

    /// `execute`: a goroutine begins. One that looked for work and found it has another look (`resetspinning`).
    fn begin(&mut self, worker: WorkerId, next: Next, now: SimTime) -> Next {
        let proc = &mut self.procs[worker.index()];
        let inherits = matches!(next, Next::PollOnBudgetLeft { .. });
        if !inherits {
            proc.tick = proc.tick.wrapping_add(1);
            (proc.tick_at, proc.tick_seen) = (now, None);
        }
        proc.last_try = None;
        let next = match next {
            Next::PollOnBudgetLeft { queue, end } if proc.was_idle => Next::Poll { queue, end },
            as_it_is => as_it_is,
        };
        proc.was_idle = false;
        if !std::mem::take(&mut proc.spinning) {
            return next;
        }
        let Some(other) = self.wake_one(now) else { return next };
        self.procs[worker.index()].held = Some(next);
        Next::Unpark(other)
    }
}

/// From the front of one queue to the back of another.
fn tail_move(from: usize, to: usize, count: usize) -> Move {
    Move { from: (from, End::Front), to: (to, End::Back), count, stolen: false }
}

impl Executor {
    /// Go's scheduler (1.19.8), GOMAXPROCS being so many. Panics outside 1 to
    /// [`MAX_WORKERS`](crate::executor::MAX_WORKERS) workers.
    pub fn go(workers: u32) -> Executor {
        Executor::with_policy(workers, Box::new(Go::new(workers)))
    }
}

impl TaskPolicy for Go {
    fn name(&self) -> &'static str {
        "coroutines"
    }

    fn describe(&self) -> String {
        "runnext, ring of 256, preempted after 10 ms".to_owned()
    }

    fn queues(&self, workers: u32) -> Vec<QueueSpec> {
        let global = QueueSpec::shared("global queue");
        let own = |worker: WorkerId| {
            ["runnext", "ring"].map(|what| QueueSpec::stolen_from(format!("{what} of {worker}"), worker))
        };
        std::iter::once(global).chain((0..workers).map(WorkerId).flat_map(own)).collect()
    }

    fn rules(&self) -> Rules {
        // No bound but that on all threads, 10,000 (`sched.maxmcount`). One without work stays, and comes last to a list
        // from which the last goes first (`mput`, `mget`).
        let blocking = BlockingPool::that_stays(10_000);
        Rules {
            slice: Some(SLICE),
            yields: Yields::WakeAndSay,
            blocking,
            in_place: BlocksInPlace::UntilRetaken,
            ..Rules::default()
        }
    }

    /// `go` and `ready` fill runnext and kick out who was there (`runqput`); a yield and a preemption go to the global
    /// queue (`goschedImpl`), as does whoever comes back from a long call and finds no P (`exitsyscall0`).
    fn place(&mut self, came: &Came, ready: &Ready<'_>, room: &mut Vec<Move>) -> (usize, End) {
        if let Actor::Timer(_) = came.by {
            self.sysmon_until(ready.now());
            self.sysmon.wakes_for_timer(ready.now());
        }
        let Some(worker) = self.readied_on(came) else { return (GLOBAL, End::Back) };
        match came.why {
            Reason::Yielded | Reason::Preempted => (GLOBAL, End::Back),
            // `goyield`: only a lock that is handed over.
            Reason::WokenInPoll if Go::overflows(worker, ready, room) => (GLOBAL, End::Back),
            Reason::WokenInPoll => (ring(worker), End::Back),
            Reason::Spawned | Reason::Woken => {
                if ready.len(runnext(worker)) > 0 {
                    let to = if Go::overflows(worker, ready, room) { GLOBAL } else { ring(worker) };
                    room.push(tail_move(runnext(worker), to, 1));
                }
                (runnext(worker), End::Back)
            }
        }
    }

    /// `wakep` after `go` and `ready`; who comes back from a long call takes an idle P (`exitsyscallfast`). An idle P whose
    /// timer's time has come goes on itself.
    fn unpark(&mut self, _: usize, came: &Came, ready: &Ready<'_>) -> Option<WorkerId> {
        let now = ready.now();
        match came.why {
            // One may have become idle since its call returned (`exitsyscall0` looks again).
            Reason::WokenInPoll if came.on.is_none() => self.take_idle(now),
            Reason::Yielded | Reason::Preempted | Reason::WokenInPoll => None,
            Reason::Spawned | Reason::Woken if matches!(came.by, Actor::Timer(_)) => {
                let home = self.readied_on(came);
                match self.idle.iter().position(|idle| Some(*idle) == home) {
                    Some(place) if self.procs[self.idle[place].index()].is_away => self.take_idle(now),
                    Some(place) => {
                        self.sysmon_until(now);
                        Some(self.idle.remove(place))
                    }
                    None => self.wake_one(now),
                }
            }
            Reason::Spawned | Reason::Woken if came.on.is_none() => self.take_idle(now),
            Reason::Spawned | Reason::Woken => self.wake_one(now),
        }
    }

    fn polled(&mut self, worker: WorkerId, task: TaskId, _: PollResult) {
        if self.ran_on.len() <= task.index() {
            self.ran_on.resize(task.index() + 1, WorkerId(0));
        }
        self.ran_on[task.index()] = worker;
    }

    fn next(&mut self, worker: WorkerId, ready: &Ready<'_>, draw: &mut dyn FnMut(u64) -> u64) -> Next {
        if let Some(held) = self.procs[worker.index()].held.take() {
            return held;
        }
        let mut found = self.own(worker, ready);
        if found.is_none() && self.may_spin(worker, ready) {
            self.procs[worker.index()].spinning = true;
            found = self.steal(worker, ready, draw);
        }
        match found {
            Some(poll @ (Next::Poll { .. } | Next::PollOnBudgetLeft { .. })) => self.begin(worker, poll, ready.now()),
            Some(other) => other,
            None => {
                self.idles(worker, ready.now());
                Next::Park
            }
        }
    }

    fn enters_call(&mut self, worker: WorkerId, ready: &Ready<'_>) -> SimTime {
        self.call_begins(worker, ready.now())
    }

    fn looks(&mut self, ready: &Ready<'_>, retaken: &mut Vec<Retaken>) -> Option<SimTime> {
        self.retake(ready, retaken)
    }

    fn leaves_call(&mut self, worker: WorkerId, ready: &Ready<'_>) -> Option<WorkerId> {
        self.call_ends(worker, ready.now())
    }
}
