//! Where a blocking body has other code run: on a thread of its own, on the pool that it runs on itself, or here.
//!
//! Owns what Spawn, Join, Select and Timeout are in each of the three, and how the one that asked waits. A pool is used as
//! users of `java.util.concurrent` use theirs (OpenJDK 21.0): `submit` and `get` for Spawn and JoinTask, `invokeAll` for
//! Join, `invokeAny` for Select, `get(timeout)` for Timeout, all on the one pool. So who waits holds a thread of
//! the pool while what it waits for may stand in the queue behind it: a pool can lock itself up.
//! `AbstractExecutorService.doInvokeAny` and `invokeAll` submit to the executor they are called on.

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;

use super::shared::{self, Failure, Outcome, fail};
use crate::executor::{JoinHandle, TaskBuilder};
use crate::machine::blocking;
use crate::machine::sim;
use crate::machine::waiting::Wake;
use crate::thread::{ThreadBuilder, join_step};
use crate::trace::ids::{Actor, ProgramId, ThreadId};
use crate::trace::tables::{TaskKind, ThreadKind};

/// How many threads of a run have not ended.
pub(super) type Live = Rc<Cell<usize>>;

/// Where other code runs.
#[derive(Clone)]
pub(super) enum Way {
    /// Each on a thread of its own.
    Threads(Live),
    /// On the pool's threads, one after another as they come free.
    Pool,
    /// Here, by a call, to its end: there is no other thread. In so many calls that have not returned.
    Calls(u32),
}

/// So many calls fit into each other on the stack.
pub(super) const MOST_CALLS: u32 = 300;

/// What the operating system's scheduler goes by.
#[derive(Clone, Copy)]
pub(super) struct Rank {
    pub priority: i32,
    pub nice: i32,
}

/// What to know of code that is to run beside.
pub(super) struct NewChild {
    pub name: String,
    pub rank: Rank,
    /// Its program's row in the trace.
    pub row: ProgramId,
    /// The path of the task that it is a helper of; none for a task of the workload.
    pub helps: Option<String>,
}

/// Code that runs beside, or has run, and what became of it.
pub(super) enum Child {
    Thread {
        thread: ThreadId,
        result: Rc<Cell<Option<Outcome>>>,
    },
    Task(JoinHandle<Outcome>),
    /// It was called, and has returned.
    Called(Outcome),
}

impl Way {
    /// Of what a task starts.
    pub fn inside(&self) -> Way {
        match self {
            Way::Threads(_) | Way::Pool => self.clone(),
            Way::Calls(depth) => Way::Calls(depth + 1),
        }
    }
}

/// Starts `code` on a thread of its own.
pub(super) fn on_thread(live: &Live, new: NewChild, code: impl Future<Output = Outcome> + 'static) -> Child {
    let result: Rc<Cell<Option<Outcome>>> = Rc::default();
    let (place, live) = (Rc::clone(&result), Rc::clone(live));
    live.set(live.get() + 1);
    let mut builder = ThreadBuilder::new(new.name).priority(new.rank.priority).nice(new.rank.nice);
    if let Some(path) = new.helps {
        builder = builder.path(path).kind(ThreadKind::Helper);
    }
    let thread = builder.spawn_steps(async move {
        place.set(Some(code.await));
        live.set(live.get() - 1);
    });
    shared::goes_through(Actor::Thread(thread), new.row);
    Child::Thread { thread, result }
}

/// Puts `code` into the pool's queue. Its one poll runs it to its end, on the stack of a thread of the pool.
pub(super) fn on_pool(new: NewChild, code: impl Future<Output = Outcome> + 'static) -> Child {
    let mut builder = TaskBuilder::new(new.name);
    if let Some(path) = new.helps {
        builder = builder.path(path).kind(TaskKind::Helper);
    }
    let handle = builder.spawn_any(async move { blocking::on_stack(code) });
    let task = handle.id().expect("a spawned task is a task");
    shared::goes_through(Actor::Task(task), new.row);
    Child::Task(handle)
}

impl Child {
    /// Who runs it: a wait for it is a wait for this one. None for what has returned.
    pub fn actor(&self) -> Option<Actor> {
        match self {
            Child::Thread { thread, .. } => Some(Actor::Thread(*thread)),
            Child::Task(handle) => handle.id().map(Actor::Task),
            Child::Called(_) => None,
        }
    }

    /// Blocks the running thread until it has ended.
    async fn join(self) -> Outcome {
        match self {
            Child::Thread { thread, result } => {
                join_step(thread).await;
                match result.take() {
                    Some(Err(Failure)) => fail("a thread that was joined had failed"),
                    Some(Ok(())) | None => Ok(()),
                }
            }
            Child::Task(handle) => match handle.join_step().await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(Failure)) => fail("a task that was waited for had failed"),
                Err(error) => fail(&error.to_string()),
            },
            Child::Called(outcome) => outcome,
        }
    }

    /// Has it not run, if it stands in the pool's queue still. Answers whether it had begun. The queue of
    /// `java.util.concurrent` keeps a cancelled `FutureTask`, whose `run` returns at once.
    pub fn cancel(&self) -> bool {
        match self {
            Child::Thread { .. } | Child::Called(_) => true,
            Child::Task(handle) => !handle.abort_unpolled(),
        }
    }
}

/// Waits for all of them, in order.
pub(super) async fn join_all(children: Vec<Child>) -> Outcome {
    let mut outcome = Ok(());
    for child in children {
        if child.join().await.is_err() {
            outcome = Err(Failure);
        }
    }
    outcome
}

/// The first of several to end, and the thread that waits for it.
pub(super) struct Race {
    pub waiter: ThreadId,
    pub won: Cell<Option<Outcome>>,
    pub over: Cell<bool>,
}

impl Race {
    pub fn new() -> Rc<Race> {
        Rc::new(Race { waiter: sim::with(|sim| sim.thread()), won: Cell::new(None), over: Cell::new(false) })
    }

    /// One has ended.
    pub fn finish(&self, outcome: Outcome) {
        if !self.over.replace(true) {
            self.won.set(Some(outcome));
            sim::with(|sim| sim.tell([Wake::Thread(self.waiter)]));
        }
    }
}
