//! futures 0.3.34, `LocalPool::run_until` (`futures-executor/src/local_pool.rs`, its pool a `FuturesUnordered`).

use super::{Aborted, Came, Dropped, LeftOver, Move, Next, QueueSpec, Ready, Reason, Rules, SelfWakes, TaskPolicy};
use crate::executor::Executor;
use crate::trace::event::{End, PollResult};
use crate::trace::ids::{TaskId, WorkerId};

const MAIN: usize = 0;
const INCOMING: usize = 1;
const POOL: usize = 2;
/// Children that were woken after the one that is being polled had woken itself.
const AFTER: usize = 3;

/// In turn: the root, woken or not; then the pool, until it yields or nothing in it is ready; again at once if anything
/// was woken meanwhile. What is spawned stands in a list of its own that is emptied into the pool only when the pool has
/// returned (`poll_pool`).
///
/// The pool yields after two children that woke themselves, or after so many polls as it has children
/// (`futures-util/src/stream/futures_unordered/mod.rs`, `poll_next`); it begins anew after each child that completes.
#[derive(Debug, Default)]
pub struct LocalPool {
    stage: Stage,
    /// Whether the thread was unparked since it began the last turn.
    is_unparked: bool,
    has_main: bool,
    /// Children in the pool: all that were taken out of the list and have not completed.
    children: usize,
    /// Of the pool's turn: its children at the beginning, and since then polls and children that woke themselves.
    len: usize,
    polled: usize,
    yielded: usize,
    ended: Option<PollResult>,
    /// The child that is being polled has woken itself, and has its place.
    has_place: bool,
    broken: Broken,
}

/// A rule that is broken, for a test that must see the order differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Broken {
    #[default]
    Nothing,
    /// What is spawned goes into the pool at once.
    IncomingList,
    /// The pool goes on while there is something ready in it.
    Yielding,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Stage {
    /// The root comes next.
    #[default]
    Root,
    /// The list is emptied into the pool, whose turn begins.
    Drain,
    /// The pool's turn goes on.
    Pool,
    /// The root and the pool have had their turns.
    Done,
}

impl LocalPool {
    /// Breaks a rule, for a test that must see the order differ: what is spawned goes into the pool at once.
    #[doc(hidden)]
    pub fn without_incoming_list() -> LocalPool {
        LocalPool { broken: Broken::IncomingList, ..LocalPool::default() }
    }

    /// Breaks a rule, for a test that must see the order differ: the pool goes on while there is something ready in it.
    #[doc(hidden)]
    pub fn without_yielding() -> LocalPool {
        LocalPool { broken: Broken::Yielding, ..LocalPool::default() }
    }

    /// The pool's `poll_next` goes on: what it does after the poll before.
    fn pool(&mut self, ready: &Ready<'_>) -> Option<Next> {
        match self.ended.take() {
            // `Ready(Some(()))`: `poll_pool` goes on with an emptied list and a new turn.
            Some(PollResult::Ready | PollResult::Panicked) => {
                self.stage = Stage::Drain;
                return None;
            }
            Some(result) => {
                self.polled += 1;
                self.yielded += usize::from(result != PollResult::Pending);
                let yields = self.yielded >= 2 || self.polled == self.len;
                if yields && self.broken != Broken::Yielding {
                    self.is_unparked = true;
                    return self.pending(ready);
                }
            }
            None => {}
        }
        if ready.len(POOL) > 0 {
            return Some(Next::Poll { queue: POOL, end: End::Front });
        }
        self.pending(ready)
    }

    /// The pool has returned, and not with a child that completed.
    fn pending(&mut self, ready: &Ready<'_>) -> Option<Next> {
        self.stage = if ready.len(INCOMING) > 0 { Stage::Drain } else { Stage::Done };
        None
    }

    fn step(&mut self, ready: &Ready<'_>) -> Option<Next> {
        self.has_place = false;
        if ready.len(AFTER) > 0 {
            let (from, to) = ((AFTER, End::Front), (POOL, End::Back));
            return Some(Next::Move(Move { from, to, count: ready.len(AFTER), stolen: false }));
        }
        match self.stage {
            Stage::Root => {
                self.stage = Stage::Drain;
                if ready.len(MAIN) > 0 {
                    return Some(Next::Poll { queue: MAIN, end: End::Front });
                }
                self.has_main.then_some(Next::PollMain { queue: MAIN })
            }
            Stage::Drain => {
                self.ended = None;
                let count = ready.len(INCOMING);
                if count > 0 {
                    self.children += count;
                    let (from, to) = ((INCOMING, End::Front), (POOL, End::Back));
                    return Some(Next::Move(Move { from, to, count, stolen: false }));
                }
                (self.len, self.polled, self.yielded) = (self.children, 0, 0);
                self.stage = Stage::Pool;
                None
            }
            Stage::Pool => self.pool(ready),
            Stage::Done => {
                self.stage = Stage::Root;
                // `run_executor`: the thread parks unless it was unparked meanwhile.
                (!std::mem::take(&mut self.is_unparked)).then_some(Next::Park)
            }
        }
    }
}

impl Executor {
    /// futures' `LocalPool` (0.3.34), running until the root completes.
    pub fn local_pool() -> Executor {
        Executor::with_policy(1, Box::new(LocalPool::default()))
    }
}

impl TaskPolicy for LocalPool {
    fn name(&self) -> &'static str {
        "local_pool"
    }

    fn describe(&self) -> String {
        "futures' LocalPool: FIFO, what is spawned waits in a list of its own".to_owned()
    }

    fn queues(&self, _: u32) -> Vec<QueueSpec> {
        ["run_until", "incoming", "pool", "woken since"].map(|name| QueueSpec::kept(name, WorkerId(0))).into()
    }

    fn rules(&self) -> Rules {
        // A child that wakes itself is linked into the ready list at once (`Task::wake_by_ref`).
        // `AbortHandle::abort` wakes it, and its next poll ends it (`futures-util/src/abortable.rs`).
        let aborted = Aborted::InItsTurn;
        // `FuturesUnordered` drops what it holds from the head of its list, which is the last that came.
        let left_over = LeftOver::NewestFirst;
        Rules {
            dropped: Dropped::CancelsOrWakes,
            self_wakes: SelfWakes::AtOnce,
            aborted,
            left_over,
            ..Rules::default()
        }
    }

    fn woke_itself(&mut self, _: TaskId) {
        self.has_place = self.stage == Stage::Pool;
    }

    fn place(&mut self, came: &Came, _: &Ready<'_>, _: &mut Vec<Move>) -> (usize, End) {
        self.has_main |= came.main;
        // To spawn unparks nobody, to wake does.
        self.is_unparked |= came.why != Reason::Spawned;
        let queue = match (came.main, came.why) {
            (true, _) => MAIN,
            (false, Reason::Spawned) if self.broken == Broken::IncomingList => {
                self.children += 1;
                POOL
            }
            (false, Reason::Spawned) => INCOMING,
            (false, Reason::Woken) if self.has_place => AFTER,
            (false, Reason::Woken | Reason::WokenInPoll | Reason::Yielded | Reason::Preempted) => POOL,
        };
        (queue, End::Back)
    }

    fn unpark(&mut self, _: usize, _: &Came, ready: &Ready<'_>) -> Option<WorkerId> {
        self.is_unparked = false;
        ready.first_parked()
    }

    fn polled(&mut self, _: WorkerId, _: TaskId, result: PollResult) {
        if self.stage == Stage::Pool {
            self.ended = Some(result);
            self.children -= usize::from(matches!(result, PollResult::Ready | PollResult::Panicked));
        }
    }

    fn next(&mut self, _: WorkerId, ready: &Ready<'_>, _: &mut dyn FnMut(u64) -> u64) -> Next {
        loop {
            if let Some(next) = self.step(ready) {
                return next;
            }
        }
    }
}
