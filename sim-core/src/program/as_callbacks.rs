//! A Program as callbacks of an event loop: each step that waits returns to the loop, and its callback goes on later.
//!
//! Owns what each op is under callbacks. A task is a chain of callbacks on the one loop thread, and a poll of it is one
//! callback, run to its end. A step that waits hands the loop the rest of the chain and returns; one that need not wait
//! hands it over all the same, as a microtask, so that a callback is never called before the call that it was given to has
//! returned. Nothing of this can be dropped in the middle: a branch that lost runs on to its end, where it finds the
//! flag `done` set. A branch is a chain of its own, a row of its own.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use super::ast::{Op, Program};
use super::at::At;
use super::lets::Closures;
use super::shared::{self, Ends, Failure, Outcome, Shared, fail};
use super::steps::{Runner, alike, all_ended, body, mode, offloaded, steps};
use crate::callbacks::{called, immediate, microtask, returned, timeout_takes, wake_as_call};
use crate::code::{block, note, work};
use crate::executor::{JoinHandle, TaskBuilder};
use crate::instant::SimDuration;
use crate::io::Request;
use crate::machine::place::OpPlace;
use crate::machine::sim;
use crate::time::sleep;
use crate::trace::event::{Event, Mode};
use crate::trace::ids::{Actor, ProgramId, TaskId};
use crate::trace::tables::TaskKind;

/// One running chain: what its callbacks close over.
struct Env {
    shared: Rc<Shared>,
    name: String,
    /// Its program's row in the trace.
    row: ProgramId,
    ends: Ends,
    handles: RefCell<BTreeMap<String, Vec<JoinHandle<Outcome>>>>,
    lets: Closures,
}

/// Creates the chains of all instances of a task, from this step of another if any. `ends` must hold every end of a
/// channel that it needs.
pub(super) fn spawn(shared: &Rc<Shared>, task: &str, ends: &Ends, from: Option<&OpPlace>) -> Vec<JoinHandle<Outcome>> {
    let count = shared.spec(task).count;
    (0..count).map(|nth| spawn_one(shared, task, nth, ends, from)).collect()
}

fn spawn_one(shared: &Rc<Shared>, task: &str, nth: u32, ends: &Ends, from: Option<&OpPlace>) -> JoinHandle<Outcome> {
    let program = shared.spec(task).ops.clone();
    let (row, first) = shared.code(task);
    let name = shared.next_name(task);
    let at = At::start(shared::place_of(&name, task, nth, from), first);
    let env = Rc::new(Env {
        shared: Rc::clone(shared),
        name: name.clone(),
        row,
        ends: shared.ends_of(task, ends),
        handles: RefCell::default(),
        lets: Closures::default(),
    });
    start(TaskBuilder::new(name), row, async move {
        env.ends.note_held();
        steps(env, program, at).await
    })
}

fn start(builder: TaskBuilder, row: ProgramId, chain: impl Future<Output = Outcome> + 'static) -> JoinHandle<Outcome> {
    let handle = called(|| builder.spawn_any(chain));
    shared::goes_through(Actor::Task(id(&handle)), row);
    handle
}

fn id(handle: &JoinHandle<Outcome>) -> TaskId {
    handle.id().expect("a chain is a task")
}

impl Runner for Rc<Env> {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    async fn step(&self, op: &Op, at: &At) -> Outcome {
        let env = self;
        match op {
            Op::Work(d) => work(*d),
            Op::Io(latency) => Request::new().taking(*latency).placed(at.place()).submit().await,
            Op::IoOn(device) => Request::new().to(device).placed(at.place()).submit().await,
            Op::Sleep(d) => sleep(timeout_takes(*d)).await,
            // Refused where the workload is read.
            Op::Block(d) | Op::BlockInPlace(d) => block(*d),
            Op::Yield => immediate().await,
            Op::Offload(d) => return offloaded(*d).await,
            Op::Lock(name, program)
            | Op::Write(name, program)
            | Op::Read(name, program)
            | Op::Acquire(name, program) => {
                return hold(env, name, mode(op), program, at.body(op, 0)).await;
            }
            Op::Send(name) => return later(env.ends.send(name, env.shared.how)).await,
            Op::Recv(name) => return later(env.ends.recv(name, env.shared.how)).await,
            Op::Wait(name) => later(env.shared.notify(name).notified()).await,
            Op::Barrier(name) => {
                later(env.shared.barrier(name).wait()).await;
            }
            Op::Spawn(name) => call(env, name, at).await,
            Op::JoinTask(name) => {
                let handles = env.handles.borrow_mut().remove(name).unwrap_or_default();
                return later(all_ended(handles, name)).await;
            }
            Op::Cancel(name) => note(&format!("nobody can stop callbacks from outside: {name} runs on to its end")),
            Op::Detach(name) => {
                let handles = env.handles.borrow_mut().remove(name);
                drop(handles);
            }
            Op::Join(bodies) => return join(env, op, bodies, at).await,
            Op::Select(bodies) => return first_of(env, op, bodies, at).await,
            Op::Timeout(d, program) => return within(env, *d, program, at.body(op, 0)).await,
            Op::Let(name, program) => env.lets.keep(name, program, at.body(op, 0)),
            Op::Await(name) => return env.lets.call(env, name).await,
            Op::Drop(name) => env.lets.give_up(name),
            Op::Notify(_) | Op::NotifyAll(_) | Op::Repeat(..) | Op::Try(..) | Op::Mark(_) | Op::Fail(_) => {
                return alike(env, op, at).await;
            }
        }
        Ok(())
    }
}

/// The value of `wait`, given to a callback: never in the call itself. One that is there already comes as a microtask.
async fn later<F: Future>(wait: F) -> F::Output {
    let mut wait = pin!(wait);
    match poll_fn(|cx| Poll::Ready(wait.as_mut().poll(cx))).await {
        Poll::Ready(value) => {
            microtask().await;
            value
        }
        Poll::Pending => wait.await,
    }
}

async fn hold(env: &Rc<Env>, name: &str, mode: Mode, program: &Program, at: At) -> Outcome {
    let (want, blocking) = env.shared.want(name, mode);
    let held = if blocking { want.take_blocking() } else { later(want.take()).await };
    let result = body(env, program, at).await;
    drop(held);
    result
}

/// A function that starts a chain is a plain call: the chain's first callback runs inside it, before the caller goes on.
async fn call(env: &Rc<Env>, name: &str, at: &At) {
    for nth in 0..env.shared.spec(name).count {
        let handle = spawn_one(&env.shared, name, nth, &env.ends, Some(&at.place()));
        env.handles.borrow_mut().entry(name.to_owned()).or_default().push(handle);
        returned().await;
    }
}

/// What the branches of a Join, Select or Timeout close over: how many are to end before the rest of the chain is
/// called, and what came of them.
#[derive(Default)]
struct Tally {
    left: Cell<usize>,
    outcome: RefCell<Option<Outcome>>,
    then: Cell<Option<Waker>>,
    /// Whether the trace says that the branches are waited for.
    waits: Cell<bool>,
    /// Kept, so that nobody detaches them.
    branches: RefCell<Vec<JoinHandle<Outcome>>>,
}

impl Tally {
    fn of(left: usize) -> Rc<Tally> {
        Rc::new(Tally { left: Cell::new(left), ..Tally::default() })
    }

    /// A branch has ended. The last one that was waited for calls the rest of the chain, a plain call; what comes after
    /// it finds that it is done.
    fn count(&self, outcome: Outcome) {
        if self.left.get() == 0 {
            return;
        }
        self.left.set(self.left.get() - 1);
        let mut all = self.outcome.borrow_mut();
        if !matches!(*all, Some(Err(_))) {
            *all = Some(outcome);
        }
        drop(all);
        if self.left.get() == 0 {
            self.then.take().into_iter().for_each(wake_as_call);
        }
    }

    /// Starts one branch, a chain of its own, whose end counts. It meets the same world as its task, so it has its
    /// task's path.
    async fn start(self: &Rc<Tally>, env: &Rc<Env>, what: &str, nth: usize, program: &Program, at: At) {
        let builder = TaskBuilder::new(format!("{} {what} {nth}", env.name)).path(&env.name).kind(TaskKind::Helper);
        let (code, tally) = (body(env, program, at), Rc::clone(self));
        let handle = start(builder, env.row, async move {
            let outcome = code.await;
            tally.count(outcome.clone());
            outcome
        });
        self.branches.borrow_mut().push(handle);
        returned().await;
    }

    /// The outcome of all, when so many have ended.
    async fn over(&self) -> Outcome {
        poll_fn(|cx| {
            if self.left.get() == 0 {
                return Poll::Ready(());
            }
            self.then.set(Some(cx.waker().clone()));
            if !self.waits.replace(true) {
                self.each(|_, target, by| Event::JoinWaiting { target, by });
            }
            Poll::Pending
        })
        .await;
        self.leave();
        self.outcome.take().unwrap_or(Ok(()))
    }

    fn each(&self, event: impl Fn(&JoinHandle<Outcome>, Actor, Actor) -> Event) {
        sim::with(|sim| {
            let by = sim.actor.get();
            let mut kernel = sim.kernel.borrow_mut();
            for branch in self.branches.borrow().iter() {
                kernel.record(event(branch, Actor::Task(id(branch)), by));
            }
        });
    }

    /// Nobody waits for the branches any more. Those that have not ended run on.
    fn leave(&self) {
        if self.waits.get() {
            self.each(|branch, target, by| match branch.is_finished() {
                true => Event::Joined { target, by },
                false => Event::JoinCancelled { target, by },
            });
        }
        let branches = self.branches.take();
        drop(branches);
    }
}

async fn join(env: &Rc<Env>, op: &Op, bodies: &[Program], at: &At) -> Outcome {
    let tally = Tally::of(bodies.len());
    for (nth, program) in bodies.iter().enumerate() {
        tally.start(env, "join", nth, program, at.body(op, nth)).await;
    }
    match tally.over().await {
        Ok(()) => Ok(()),
        Err(Failure) => fail("a branch had failed"),
    }
}

async fn first_of(env: &Rc<Env>, op: &Op, bodies: &[Program], at: &At) -> Outcome {
    let tally = Tally::of(bodies.len().min(1));
    for (nth, program) in bodies.iter().enumerate() {
        tally.start(env, "select", nth, program, at.body(op, nth)).await;
    }
    tally.over().await
}

/// The body, or the timer, whichever is first.
async fn within(env: &Rc<Env>, limit: SimDuration, program: &Program, at: At) -> Outcome {
    let tally = Tally::of(1);
    let mut timer = pin!(sleep(timeout_takes(limit)));
    // Set before the body is called: its time counts from here.
    poll_fn(|cx| Poll::Ready(timer.as_mut().poll(cx).is_ready())).await;
    tally.start(env, "timeout", 0, program, at).await;
    let mut over = pin!(tally.over());
    poll_fn(|cx| {
        if let Poll::Ready(outcome) = over.as_mut().poll(cx) {
            return Poll::Ready(outcome);
        }
        timer.as_mut().poll(cx).map(|()| {
            tally.left.set(0);
            tally.leave();
            fail("the time was up")
        })
    })
    .await
}
