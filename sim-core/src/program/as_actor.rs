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
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use futures::future::select_all;

use super::actor::{Asked, Letter, Mailbox, Tag, before, serve_device, serve_lock};
use super::ast::{Op, Program, ResourceSpec, visit};
use super::at::At;
use super::shared::{self, Ends, Outcome, Shared, fail};
use crate::code::{block, mark, now};
use crate::executor::handle::{IsFuture, JoinHandle, TaskBuilder, offload, requeue, work_in_slices, yield_now};
use crate::executor::policy::Reason;
use crate::instant::{SimDuration, SimTime};
use crate::io::Request;
use crate::machine::place::OpPlace;
use crate::machine::sim;
use crate::machine::threads::Ask;
use crate::time::sleep;
use crate::trace::event::Mode;
use crate::trace::ids::Actor;
use crate::trace::tables::TaskKind;

type Body = Pin<Box<dyn Future<Output = Outcome>>>;

/// Akka hands an actor so many letters before another has its turn (`akka.actor.default-dispatcher.throughput`).
const THROUGHPUT: u32 = 5;

/// Whose actors they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Erlang's processes.
    Erlang,
    /// Akka's.
    Akka,
}

/// What all actors of a run know. Dropped with the last of them: then the owners have nobody to serve.
pub(super) struct World {
    shared: Rc<Shared>,
    kind: Kind,
    /// By the name of the lock or device.
    owners: BTreeMap<String, Mailbox>,
    supervisor: Mailbox,
    crashed: Crashed,
    tags: Cell<u64>,
}

/// What the supervisor will start again.
type Crashed = Rc<RefCell<BTreeMap<Tag, Start>>>;

impl World {
    /// Starts the owners, and the supervisor if any task has one.
    pub fn new(shared: &Rc<Shared>, kind: Kind) -> Rc<World> {
        let mut owners = BTreeMap::new();
        for (name, spec) in shared.workload.resources.iter() {
            if !is_owned(spec) {
                continue;
            }
            let mailbox = Mailbox::of(&format!("{name}'s owner"));
            let (want, _) = shared.want(name, Mode::Shared);
            owner(&format!("{name}'s owner"), serve_lock(mailbox.clone(), want.resource));
            owners.insert(name.to_owned(), mailbox);
        }
        for device in devices(shared) {
            let mailbox = Mailbox::of(&format!("{device}'s owner"));
            owner(&format!("{device}'s owner"), serve_device(mailbox.clone(), device.clone()));
            owners.insert(device, mailbox);
        }
        let (supervisor, crashed) = (Mailbox::of("supervisor"), Crashed::default());
        if shared.workload.tasks.iter().any(|(_, task)| task.restart > 0) {
            owner("supervisor", supervise(supervisor.clone(), Rc::clone(&crashed)));
        }
        Rc::new(World { shared: Rc::clone(shared), kind, owners, supervisor, crashed, tags: Cell::new(0) })
    }

    fn tag(&self) -> Tag {
        self.tags.set(self.tags.get() + 1);
        Tag(self.tags.get())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if sim::try_with(|sim| !sim.is_ending()).unwrap_or(false) {
            self.owners.values().for_each(Mailbox::close);
            self.supervisor.close();
        }
    }
}

fn is_owned(spec: &ResourceSpec) -> bool {
    match spec {
        ResourceSpec::Mutex | ResourceSpec::StdMutex | ResourceSpec::RwLock | ResourceSpec::Semaphore { .. } => true,
        ResourceSpec::Channel { .. } | ResourceSpec::UnboundedChannel => false,
        ResourceSpec::Notify | ResourceSpec::Barrier { .. } => false,
    }
}

/// The named devices that any task uses, in the order of the file.
fn devices(shared: &Shared) -> Vec<String> {
    let mut devices: Vec<String> = Vec::new();
    for (_, task) in shared.workload.tasks.iter() {
        visit(&task.ops, &mut |op| match op {
            Op::IoOn(device) if !devices.contains(device) => devices.push(device.clone()),
            // The rest speaks to no named device.
            _ => {}
        });
    }
    devices
}

/// An actor that the model needs. It ends when nobody can write to it any more.
fn owner(name: &str, code: impl Future<Output = ()> + 'static) {
    let handle = TaskBuilder::new(name).kind(TaskKind::Helper).of_kind(IsFuture::No).spawn_any(code);
    handle.leave();
}

/// `supervisor`, one for one: starts whoever has crashed again.
async fn supervise(mailbox: Mailbox, crashed: Crashed) {
    while let Some(letter) = mailbox.next().await {
        let Letter::Crashed(tag) = letter else { unreachable!("only crashes are told to the supervisor") };
        let again = crashed.borrow_mut().remove(&tag);
        again.into_iter().for_each(|start| start.now().leave());
    }
}

/// One running actor: what its steps share.
struct Env {
    world: Rc<World>,
    name: String,
    mailbox: Mailbox,
    ends: Ends,
    children: RefCell<BTreeMap<String, Vec<Child>>>,
    /// Futures made by Let; none while one is being polled.
    lets: RefCell<BTreeMap<String, Option<Body>>>,
    /// Letters taken since it has waited last.
    letters: Cell<u32>,
}

/// The futures of Let hold their actor, which holds them: the end of the actor takes them apart.
struct Scope(Rc<Env>);

impl Drop for Scope {
    fn drop(&mut self) {
        let lets = self.0.lets.take();
        drop(lets);
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
            lets: RefCell::default(),
            letters: Cell::new(0),
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

/// Whom an actor tells of its end.
#[derive(Clone)]
struct Report {
    to: Mailbox,
    tag: Tag,
    /// What it came to; none: it was killed.
    outcome: Rc<Cell<Option<Outcome>>>,
}

/// A spawned actor, as the one that spawned it knows it.
struct Child {
    handle: JoinHandle<()>,
    report: Report,
}

/// An actor of the workload that is to be started.
struct Start {
    world: Rc<World>,
    task: String,
    name: String,
    at: At,
    ends: Ends,
    report: Option<Report>,
    restarts: u32,
}

impl Start {
    /// `spawn`.
    fn now(self) -> JoinHandle<()> {
        let shared = &self.world.shared;
        let (row, _) = shared.code(&self.task);
        let program = shared.spec(&self.task).ops.clone();
        let builder = TaskBuilder::new(self.name.clone());
        let handle = builder.of_kind(IsFuture::No).spawn_any(async move {
            let told = Told { report: self.report.clone() };
            let scope = Scope(Env::new(&self.world, &self.name, self.ends.clone()));
            scope.0.ends.note_held();
            let outcome = steps(Rc::clone(&scope.0), None, program, self.at.clone()).await;
            drop(scope);
            if outcome.is_err() && self.restarts > 0 {
                told.hand_on();
                let (world, tag) = (Rc::clone(&self.world), self.world.tag());
                world.crashed.borrow_mut().insert(tag, Start { restarts: self.restarts - 1, ..self });
                world.supervisor.put(Letter::Crashed(tag));
            } else {
                told.ends(outcome);
            }
        });
        let task = handle.id().expect("an actor is a task");
        shared::goes_through(Actor::Task(task), row);
        handle
    }
}

/// Tells of the end of an actor, however it ends.
struct Told {
    report: Option<Report>,
}

impl Told {
    fn ends(self, outcome: Outcome) {
        self.report.iter().for_each(|report| report.outcome.set(Some(outcome.clone())));
    }

    /// Another will tell: it is started again.
    fn hand_on(mut self) {
        self.report = None;
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.report.iter().for_each(|report| report.to.put(Letter::Answer(report.tag)));
    }
}

/// Spawns all instances of a task that exists from the start. `ends` must hold every end of a channel that it needs.
pub(super) fn spawn(world: &Rc<World>, task: &str, ends: &Ends) -> Vec<JoinHandle<()>> {
    starts(world, task, ends, None).into_iter().map(Start::now).collect()
}

fn starts(world: &Rc<World>, task: &str, ends: &Ends, from: Option<&OpPlace>) -> Vec<Start> {
    let shared = &world.shared;
    let spec = shared.spec(task);
    let (_, first) = shared.code(task);
    let one = |nth| {
        let name = shared.next_name(task);
        let at = At::start(shared::place_of(&name, task, nth, from), first);
        let ends = shared.ends_of(task, ends);
        let restarts = spec.restart;
        Start { world: Rc::clone(world), task: task.to_owned(), name, at, ends, report: None, restarts }
    };
    (0..spec.count).map(one).collect()
}

async fn steps(env: Rc<Env>, deadline: Option<SimTime>, program: Program, mut at: At) -> Outcome {
    for op in program.iter() {
        at.begin();
        step(&env, deadline, op, &at).await?;
        at.pass(op);
    }
    Ok(())
}

fn body(env: &Rc<Env>, deadline: Option<SimTime>, program: &Program, at: At) -> Body {
    Box::pin(steps(Rc::clone(env), deadline, program.clone(), at))
}

async fn step(env: &Rc<Env>, deadline: Option<SimTime>, op: &Op, at: &At) -> Outcome {
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
        Op::Block(d) => block(*d),
        Op::Yield => yield_now().await,
        Op::Offload(d) => {
            let d = *d;
            if offload(move || block(d)).await.is_err() {
                return fail("the blocking call was cut off");
            }
        }
        Op::Lock(name, program) | Op::Write(name, program) => {
            return hold(env, deadline, name, Mode::Exclusive, program, at.body(op, 0)).await;
        }
        Op::Read(name, program) | Op::Acquire(name, program) => {
            return hold(env, deadline, name, Mode::Shared, program, at.body(op, 0)).await;
        }
        Op::Send(name) => return before(deadline, env.ends.send(name, shared.how)).await?,
        Op::Recv(name) => return env.receive(deadline, env.ends.recv(name, shared.how)).await?,
        Op::Notify(name) => shared.notify(name).notify_one(),
        Op::NotifyAll(name) => shared.notify(name).notify_waiters(),
        Op::Wait(name) => env.receive(deadline, shared.notify(name).notified()).await?,
        Op::Barrier(name) => {
            env.receive(deadline, shared.barrier(name).wait()).await?;
        }
        Op::Spawn(name) => spawn_child(env, name, at),
        Op::JoinTask(name) => {
            let children = env.children.borrow_mut().remove(name).unwrap_or_default();
            return join(env, deadline, &children, name).await;
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
            let children = helpers(env, "join", deadline, op, bodies, at);
            return join(env, deadline, &children, "a child").await;
        }
        Op::Select(bodies) if bodies.iter().all(is_receive) => return receive_one(env, deadline, op, bodies, at).await,
        Op::Select(bodies) => return first_of(env, deadline, op, bodies, at).await,
        Op::Timeout(d, program) => {
            let own = now() + *d;
            let sooner = deadline.map_or(own, |outer| outer.min(own));
            return body(env, Some(sooner), program, at.body(op, 0)).await;
        }
        Op::Repeat(times, program) => {
            let inside = at.body(op, 0);
            for round in 0..*times {
                if shared::round_is_too_much() {
                    // The driver ends the run: this turn does not go on.
                    sim::with(|sim| sim.suspend(Ask::Work(SimDuration::ZERO)));
                }
                body(env, deadline, program, inside.round(round, *times)).await?;
            }
        }
        Op::Try(first, second) => {
            if body(env, deadline, first, at.body(op, 0)).await.is_err() {
                return body(env, deadline, second, at.body(op, 1)).await;
            }
        }
        Op::Let(name, program) => {
            let (steps, at) = (body(env, deadline, program, at.body(op, 0)), at.body(op, 0));
            let program = program.clone();
            let future: Body = Box::pin(async move {
                let _branch = at.branch(&program);
                steps.await
            });
            let old = env.lets.borrow_mut().insert(name.clone(), Some(future));
            drop(old);
        }
        Op::Await(name) => return before(deadline, await_let(env, name)).await?,
        Op::Drop(name) => {
            let future = env.lets.borrow_mut().remove(name);
            drop(future);
        }
        Op::Mark(text) => mark(text),
        Op::Fail(text) => return fail(text),
    }
    Ok(())
}

async fn hold(env: &Rc<Env>, deadline: Option<SimTime>, name: &str, mode: Mode, program: &Program, at: At) -> Outcome {
    let (want, _) = env.world.shared.want(name, mode);
    let (tag, owner) = (env.world.tag(), env.world.owners.get(name).expect("each lock has its owner"));
    let asked = Asked::send(owner, &env.mailbox, want.resource, tag, want.count, mode);
    env.receive(deadline, env.mailbox.answer(tag)).await?;
    let held = asked.given();
    let result = body(env, deadline, program, at).await;
    drop(held);
    result
}

fn spawn_child(env: &Rc<Env>, name: &str, at: &At) {
    let starts = starts(&env.world, name, &env.ends, Some(&at.place()));
    let children = starts.into_iter().map(|start| {
        let report = env.report();
        let handle = Start { report: Some(report.clone()), ..start }.now();
        Child { handle, report }
    });
    let children: Vec<Child> = children.collect();
    env.children.borrow_mut().entry(name.to_owned()).or_default().extend(children);
}

impl Env {
    fn report(&self) -> Report {
        Report { to: self.mailbox.clone(), tag: self.world.tag(), outcome: Rc::default() }
    }
}

/// Waits for the answer of each, in turn.
async fn join(env: &Rc<Env>, deadline: Option<SimTime>, children: &[Child], name: &str) -> Outcome {
    let mut outcome = Ok(());
    for child in children {
        env.receive(deadline, env.mailbox.answer(child.report.tag)).await?;
        match child.report.outcome.take() {
            Some(Ok(())) => {}
            Some(Err(shared::Failure)) => outcome = fail(&format!("{name} had failed")),
            None => outcome = fail(&format!("{name} was killed")),
        }
    }
    outcome
}

/// A child for each body. It meets the same world as its parent, so it has its parent's path.
fn helpers(env: &Rc<Env>, what: &str, deadline: Option<SimTime>, op: &Op, bodies: &[Program], at: &At) -> Vec<Child> {
    let one = |(i, program): (usize, &Program)| {
        let (name, report) = (format!("{} {what} {i}", env.name), env.report());
        let (child, told) = (Env::new(&env.world, &name, env.ends.clone()), Told { report: Some(report.clone()) });
        let code = body(&child, deadline, program, at.body(op, i));
        let builder = TaskBuilder::new(name).path(&env.name).kind(TaskKind::Helper).of_kind(IsFuture::No);
        let handle = builder.spawn_any(async move {
            let scope = Scope(child);
            let outcome = code.await;
            drop(scope);
            told.ends(outcome);
        });
        let task = handle.id().expect("an actor is a task");
        let row = sim::with(|sim| sim.kernel.borrow().recorder.tables().program_of(sim.actor.get()));
        row.into_iter().for_each(|row| shared::goes_through(Actor::Task(task), row));
        Child { handle, report }
    };
    bodies.iter().enumerate().map(one).collect()
}

/// The first answer counts; the others are killed.
async fn first_of(env: &Rc<Env>, deadline: Option<SimTime>, op: &Op, bodies: &[Program], at: &At) -> Outcome {
    let children = helpers(env, "select", deadline, op, bodies, at);
    if children.is_empty() {
        return Ok(());
    }
    let tags: Vec<Tag> = children.iter().map(|child| child.report.tag).collect();
    let first = env.receive(deadline, env.mailbox.answer_of(&tags)).await;
    children.iter().for_each(|child| child.handle.abort());
    let first = first?;
    let child = children.iter().find(|child| child.report.tag == first).expect("one of them has answered");
    child.report.outcome.take().unwrap_or_else(|| fail("a child was killed"))
}

/// Whether the body is one step that a clause of a `receive` can be.
fn is_receive(body: &Program) -> bool {
    body.len() == 1 && matches!(body[0], Op::Recv(_) | Op::Sleep(_) | Op::Wait(_) | Op::Await(_))
}

/// One `receive` with a clause a body; of several that match, the first in the order of the file.
async fn receive_one(env: &Rc<Env>, deadline: Option<SimTime>, op: &Op, bodies: &[Program], at: &At) -> Outcome {
    let clauses = bodies.iter().enumerate().map(|(i, program)| body(env, deadline, program, at.body(op, i)));
    let (result, _, losers) = select_all(clauses).await;
    drop(losers);
    result
}

/// Polls the future where it is kept: whoever stops awaiting it leaves it there.
async fn await_let(env: &Rc<Env>, name: &str) -> Outcome {
    std::future::poll_fn(|cx| {
        // Taken out while it is polled: the poll may suspend, and may look into the same map.
        let Some(mut future) = env.lets.borrow_mut().get_mut(name).and_then(Option::take) else {
            return Poll::Ready(fail(&format!("there is no future called {name}")));
        };
        let poll = future.as_mut().poll(cx);
        match poll {
            Poll::Pending => {
                env.lets.borrow_mut().insert(name.to_owned(), Some(future));
            }
            Poll::Ready(_) => {
                env.lets.borrow_mut().remove(name);
                drop(future);
            }
        }
        poll
    })
    .await
}
