//! A Program as an actor: a process with a mailbox, which shares nothing.
//!
//! Owns what each op is among actors. An actor is simulated by a future; order, times and memory are those of Erlang's
//! processes (OTP 25) or Akka's actors (2.6).
//!
//! - A channel is a mailbox that many know: sending never waits in Erlang; in Akka, whose mailboxes may be bounded, a
//!   sender to a full one waits.
//! - A lock, permits and a named device each have an owner: an actor that is asked by message, gives, and is told when it
//!   gets them back. So a lock costs three messages, and a device does one thing at a time.
//! - The answer of the plain I/O device is a message to oneself. Sleep is a `receive` that nothing matches, `after` so long.
//! - Timeout gives every `receive` of its steps the time that is left. What was asked for is not called back: its answer
//!   comes late, and stays in the mailbox.
//! - Join is a child a body, and their answers. Select is one `receive` if each body is one; otherwise a child a body, and
//!   the others are killed when the first has answered.
//! - Cancel is an exit signal: the process is gone as soon as it waits, or has used up its reductions.
//! - Block holds the scheduler's thread, as native code does; Offload is a dirty scheduler's.
//! - A notification and a barrier are as under async: whoever waits has subscribed.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::rc::Rc;

use futures::future::select_all;

use super::actor::{Asked, Letter, Mailbox, Tag, before, serve_device, serve_lock};
use super::ast::{Op, Program, ResourceSpec, visit};
use super::at::At;
use super::lets::Futures;
use super::shared::{self, Ends, Outcome, Shared, fail};
use super::steps::{Runner, alike, body, branch, mode, offloaded, steps};
use crate::code::{block, now};
use crate::executor::policy::Reason;
use crate::executor::slices::{Steps, requeue, work_in_slices};
use crate::executor::spawn::IsFuture;
use crate::executor::{JoinHandle, TaskBuilder, core, yield_now};
use crate::instant::SimTime;
use crate::io::Request;
use crate::machine::place::OpPlace;
use crate::machine::sim;
use crate::time::sleep;
use crate::trace::event::Mode;
use crate::trace::ids::{Actor, TaskId};
use crate::trace::tables::TaskKind;

mod children;
mod start;
mod supervisor;
mod world;

use children::{first_of, helpers, join, spawn_child};
use start::{Child, Report, Start, Told, starts};
use supervisor::Supervisor;
pub(super) use world::World;

/// Akka hands an actor so many letters before another has its turn (`akka.actor.default-dispatcher.throughput`).
const THROUGHPUT: u32 = 5;

/// The reductions of an Erlang process's turn (`CONTEXT_REDS`). A step that computes nothing is one, at least: a call.
const REDUCTIONS: u32 = 4_000;

/// Whose actors they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Erlang's processes.
    Erlang,
    /// Akka's.
    Akka,
}

/// One running actor: what its steps share.
struct Env {
    world: Rc<World>,
    name: String,
    mailbox: Mailbox,
    ends: Ends,
    children: RefCell<BTreeMap<String, Vec<Child>>>,
    lets: Futures,
    /// Letters taken since it has waited last.
    letters: Cell<u32>,
    steps: Steps,
}

/// Who goes through steps: an actor, which has until then for every `receive`.
#[derive(Clone)]
struct Turn {
    env: Rc<Env>,
    deadline: Option<SimTime>,
}

/// The futures of Let hold their actor, which holds them: the end of the actor takes them apart.
struct Scope(Rc<Env>);

impl Drop for Scope {
    fn drop(&mut self) {
        self.0.lets.clear();
        let children = self.0.children.take();
        drop(children);
    }
}

impl Env {
    fn new(world: &Rc<World>, name: &str, ends: Ends) -> Rc<Env> {
        Rc::new(Env {
            world: Rc::clone(world),
            name: name.to_owned(),
            mailbox: Mailbox::of(name),
            ends,
            children: RefCell::default(),
            lets: Futures::default(),
            letters: Cell::new(0),
            steps: Steps::default(),
        })
    }

    /// A letter was taken: in Akka it is another's turn after five that came without a wait.
    async fn count_letter(&self) {
        if self.world.kind == Kind::Erlang {
            return;
        }
        self.letters.set(self.letters.get() + 1);
        if self.letters.get() >= THROUGHPUT {
            self.letters.set(0);
            requeue(Reason::WokenInPoll).await;
        }
    }

    /// Waits, for at most as long as there is; counts what came as a letter.
    async fn receive<T>(&self, deadline: Option<SimTime>, wait: impl Future<Output = T>) -> Result<T, shared::Failure> {
        let mut wait = std::pin::pin!(before(deadline, wait));
        let came = std::future::poll_fn(|cx| {
            let polled = wait.as_mut().poll(cx);
            if polled.is_pending() {
                self.letters.set(0);
            }
            polled
        });
        let came = came.await;
        self.count_letter().await;
        came
    }
}

/// Spawns all instances of a task that exists from the start. `ends` must hold every end of a channel that it needs.
pub(super) fn spawn(world: &Rc<World>, task: &str, ends: &Ends) -> Vec<JoinHandle<()>> {
    starts(world, task, ends, None).into_iter().map(Start::now).collect()
}

impl Runner for Turn {
    fn shared(&self) -> &Shared {
        &self.env.world.shared
    }

    async fn between(&self) {
        self.env.steps.next(REDUCTIONS).await;
    }

    async fn step(&self, op: &Op, at: &At) -> Outcome {
        let (env, deadline) = (&self.env, self.deadline);
        let shared = &env.world.shared;
        match op {
            Op::Work(d) => work_in_slices(*d).await,
            Op::Io(latency) => {
                let tag = env.world.tag();
                env.mailbox.ask_device(Request::new().taking(*latency).placed(at.place()), tag);
                env.receive(deadline, env.mailbox.answer(tag)).await?;
            }
            Op::IoOn(device) => {
                let (tag, owner) = (env.world.tag(), env.world.owners.get(device).expect("each device has its owner"));
                owner.put(Letter::Read { tag, from: env.mailbox.clone(), place: at.place() });
                env.receive(deadline, env.mailbox.answer(tag)).await?;
            }
            Op::Sleep(d) => before(deadline, sleep(*d)).await?,
            // Refused where the workload is read.
            Op::Block(d) | Op::BlockInPlace(d) => block(*d),
            Op::Yield => yield_now().await,
            Op::Offload(d) => return offloaded(*d).await,
            Op::Lock(name, program)
            | Op::Write(name, program)
            | Op::Read(name, program)
            | Op::Acquire(name, program) => {
                return hold(self, name, mode(op), program, at.body(op, 0)).await;
            }
            Op::Send(name) => return before(deadline, env.ends.send(name, shared.how)).await?,
            Op::Recv(name) => return env.receive(deadline, env.ends.recv(name, shared.how)).await?,
            Op::Wait(name) => env.receive(deadline, shared.notify(name).notified()).await?,
            Op::Barrier(name) => {
                env.receive(deadline, shared.barrier(name).wait()).await?;
            }
            Op::Spawn(name) => spawn_child(env, name, at),
            Op::JoinTask(name) => {
                let children = env.children.borrow_mut().remove(name).unwrap_or_default();
                return join(self, &children, name).await;
            }
            Op::Cancel(name) => {
                let children = env.children.borrow_mut().remove(name).unwrap_or_default();
                children.iter().for_each(|child| child.handle.abort());
                // Kept, so that to cancel is not to detach.
                env.children.borrow_mut().insert(name.clone(), children);
            }
            Op::Detach(name) => {
                let children = env.children.borrow_mut().remove(name);
                drop(children);
            }
            Op::Join(bodies) => {
                let children = helpers(self, "join", op, bodies, at);
                return join(self, &children, "a child").await;
            }
            Op::Select(bodies) if bodies.iter().all(is_receive) => return receive_one(self, op, bodies, at).await,
            Op::Select(bodies) => return first_of(self, op, bodies, at).await,
            Op::Timeout(d, program) => {
                let own = now() + *d;
                let sooner = deadline.map_or(own, |outer| outer.min(own));
                let me = Turn { env: Rc::clone(env), deadline: Some(sooner) };
                return body(&me, program, at.body(op, 0)).await;
            }
            Op::Let(name, program) => env.lets.keep(name, branch(self, program, at.body(op, 0))),
            Op::Await(name) => return before(deadline, env.lets.wait(name)).await?,
            Op::Drop(name) => env.lets.give_up(name),
            Op::Notify(_) | Op::NotifyAll(_) | Op::Repeat(..) | Op::Try(..) | Op::Mark(_) | Op::Fail(_) => {
                return alike(self, op, at).await;
            }
        }
        Ok(())
    }
}

async fn hold(me: &Turn, name: &str, mode: Mode, program: &Program, at: At) -> Outcome {
    let (env, deadline) = (&me.env, me.deadline);
    let (want, _) = env.world.shared.want(name, mode);
    let (tag, owner) = (env.world.tag(), env.world.owners.get(name).expect("each lock has its owner"));
    let asked = Asked::send(owner, &env.mailbox, want.resource, tag, want.count, mode);
    env.receive(deadline, env.mailbox.answer(tag)).await?;
    let held = asked.given();
    let result = body(me, program, at).await;
    drop(held);
    result
}

/// Whether the body is one step that a clause of a `receive` can be.
fn is_receive(body: &Program) -> bool {
    body.len() == 1 && matches!(body[0], Op::Recv(_) | Op::Sleep(_) | Op::Wait(_) | Op::Await(_))
}

/// One `receive` with a clause a body; of several that match, the first in the order of the file.
async fn receive_one(me: &Turn, op: &Op, bodies: &[Program], at: &At) -> Outcome {
    let clauses = bodies.iter().enumerate().map(|(i, program)| body(me, program, at.body(op, i)));
    let (result, _, losers) = select_all(clauses).await;
    drop(losers);
    result
}
