//! A Program as the body of a thread: the same steps, each blocking the thread it runs on.
//!
//! Owns what each op is under threads. The body is a future without a stack: its leaves block the simulated thread.
//! Join, Select and Timeout need helper threads, as in life; nobody can stop a helper that lost, so it runs on.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use super::ast::{Op, Program};
use super::at::At;
use super::shared::{self, Ends, Failure, Outcome, Shared, fail};
use crate::code::{block_step, mark, note, work_step};
use crate::instant::SimDuration;
use crate::io::Request;
use crate::machine::blocking::{self, How};
use crate::machine::devices::Progress;
use crate::machine::place::OpPlace;
use crate::machine::sim;
use crate::machine::threads::Ask;
use crate::machine::waiting::Wake;
use crate::thread::{ThreadBuilder, join_step, sleep_step};
use crate::trace::event::{BlockReason, Mode};
use crate::trace::ids::{Actor, ProgramId, ThreadId, TimerId};
use crate::trace::tables::ThreadKind;

type Body = Pin<Box<dyn Future<Output = Outcome>>>;

/// How many threads of a run have not ended.
pub(super) type Live = Rc<Cell<usize>>;

/// A spawned thread and what became of it.
struct Child {
    thread: ThreadId,
    result: Rc<Cell<Option<Outcome>>>,
}

/// One running task: what its steps share.
struct Env {
    shared: Rc<Shared>,
    live: Live,
    name: String,
    /// What its helper threads inherit, as pthread's do.
    priority: i32,
    nice: i32,
    /// Its program's row in the trace.
    row: ProgramId,
    ends: Ends,
    children: RefCell<BTreeMap<String, Vec<Child>>>,
    /// Steps kept by Let: a closure is as inert as a future.
    lets: RefCell<BTreeMap<String, (Program, At)>>,
}

/// Creates the threads of all instances of a task. `ends` must hold every end of a channel that it needs.
pub(super) fn spawn(shared: &Rc<Shared>, live: &Live, task: &str, ends: &Ends) {
    create(shared, live, task, ends, None);
}

fn create(shared: &Rc<Shared>, live: &Live, task: &str, ends: &Ends, from: Option<&OpPlace>) -> Vec<Child> {
    let spec = shared.spec(task);
    let (program, priority, nice) = (spec.ops.clone(), spec.priority, spec.nice);
    let (row, first) = shared.code(task);
    (0..spec.count)
        .map(|nth| {
            let name = shared.next_name(task);
            let at = At::start(shared::place_of(&name, task, nth, from), first);
            let env = Rc::new(Env {
                shared: Rc::clone(shared),
                live: Rc::clone(live),
                name: name.clone(),
                priority,
                nice,
                row,
                ends: shared.ends_of(task, ends),
                children: RefCell::default(),
                lets: RefCell::default(),
            });
            let program = program.clone();
            start(live, ThreadBuilder::new(name).priority(priority).nice(nice), row, async move {
                env.ends.note_held();
                steps(env, program, at).await
            })
        })
        .collect()
}

fn start(live: &Live, builder: ThreadBuilder, row: ProgramId, code: impl Future<Output = Outcome> + 'static) -> Child {
    let result: Rc<Cell<Option<Outcome>>> = Rc::default();
    let (place, live) = (Rc::clone(&result), Rc::clone(live));
    live.set(live.get() + 1);
    let thread = builder.spawn_steps(async move {
        place.set(Some(code.await));
        live.set(live.get() - 1);
    });
    shared::goes_through(Actor::Thread(thread), row);
    Child { thread, result }
}

async fn steps(env: Rc<Env>, program: Program, mut at: At) -> Outcome {
    for op in program.iter() {
        at.begin();
        step(&env, op, &at).await?;
        at.pass(op);
    }
    Ok(())
}

fn body(env: &Rc<Env>, program: &Program, at: At) -> Body {
    Box::pin(steps(Rc::clone(env), program.clone(), at))
}

async fn step(env: &Rc<Env>, op: &Op, at: &At) -> Outcome {
    match op {
        Op::Work(d) => work_step(*d).await,
        Op::Io(latency) => Request::new().taking(*latency).placed(at.place()).submit_step().await,
        Op::IoOn(device) => Request::new().to(device).placed(at.place()).submit_step().await,
        Op::Sleep(d) => sleep_step(*d).await,
        Op::Block(d) | Op::Offload(d) => block_step(*d).await,
        Op::Yield => blocking::give_up(Ask::Yield).await,
        Op::Lock(name, program) => return hold(env, name, Mode::Exclusive, program, at.body(op, 0)).await,
        Op::Write(name, program) => return hold(env, name, Mode::Exclusive, program, at.body(op, 0)).await,
        Op::Read(name, program) => return hold(env, name, Mode::Shared, program, at.body(op, 0)).await,
        Op::Acquire(name, program) => return hold(env, name, Mode::Shared, program, at.body(op, 0)).await,
        Op::Send(name) => return env.ends.send(name, How::Thread).await,
        Op::Recv(name) => return env.ends.recv(name, How::Thread).await,
        Op::Notify(name) => env.shared.notify(name).notify_one(),
        Op::NotifyAll(name) => env.shared.notify(name).notify_waiters(),
        Op::Wait(name) => env.shared.notify(name).wait(How::Thread).await,
        Op::Barrier(name) => {
            env.shared.barrier(name).pass(How::Thread).await;
        }
        Op::Spawn(name) => {
            let children = create(&env.shared, &env.live, name, &env.ends, Some(&at.place()));
            env.children.borrow_mut().entry(name.clone()).or_default().extend(children);
        }
        Op::JoinTask(name) => {
            let children = env.children.borrow_mut().remove(name).unwrap_or_default();
            return join(children).await;
        }
        Op::Cancel(name) => note(&format!("nobody can stop a thread from outside: {name} runs on to its end")),
        Op::Detach(name) => {
            env.children.borrow_mut().remove(name);
        }
        Op::Join(bodies) => {
            let start = |(i, program)| helper(env, "join", i, program, at.body(op, i), None);
            let helpers = bodies.iter().enumerate().map(start).collect();
            return join(helpers).await;
        }
        Op::Select(bodies) => return first_of(env, op, bodies, at).await,
        Op::Timeout(d, program) => return within(env, *d, program, at.body(op, 0)).await,
        Op::Repeat(times, program) => {
            let inside = at.body(op, 0);
            for round in 0..*times {
                if shared::round_is_too_much() {
                    // The driver ends the run: this thread does not go on.
                    blocking::give_up(Ask::Work(SimDuration::ZERO)).await;
                }
                body(env, program, inside.round(round, *times)).await?;
            }
        }
        Op::Try(first, second) => {
            if body(env, first, at.body(op, 0)).await.is_err() {
                return body(env, second, at.body(op, 1)).await;
            }
        }
        Op::Let(name, program) => {
            env.lets.borrow_mut().insert(name.clone(), (program.clone(), at.body(op, 0)));
        }
        Op::Await(name) => {
            let Some((program, at)) = env.lets.borrow_mut().remove(name) else {
                return fail(&format!("there is nothing called {name}"));
            };
            let _branch = at.branch(&program);
            return body(env, &program, at).await;
        }
        Op::Drop(name) => {
            env.lets.borrow_mut().remove(name);
        }
        Op::Mark(text) => mark(text),
        Op::Fail(text) => return fail(text),
    }
    Ok(())
}

async fn hold(env: &Rc<Env>, name: &str, mode: Mode, program: &Program, at: At) -> Outcome {
    let (want, _) = env.shared.want(name, mode);
    let held = want.take().await;
    let result = body(env, program, at).await;
    drop(held);
    result
}

async fn join(children: Vec<Child>) -> Outcome {
    let mut outcome = Ok(());
    for child in children {
        join_step(child.thread).await;
        if child.result.take() == Some(Err(Failure)) {
            outcome = fail("a thread that was joined had failed");
        }
    }
    outcome
}

/// The first of several to end, and the thread that waits for it.
struct Race {
    waiter: ThreadId,
    won: Cell<Option<Outcome>>,
    over: Cell<bool>,
}

impl Race {
    fn new() -> Rc<Race> {
        Rc::new(Race { waiter: sim::with(|sim| sim.thread()), won: Cell::new(None), over: Cell::new(false) })
    }

    fn finish(&self, outcome: Outcome) {
        if !self.over.replace(true) {
            self.won.set(Some(outcome));
            sim::with(|sim| sim.tell([Wake::Thread(self.waiter)]));
        }
    }
}

/// A helper thread for one body. It meets the same world as its task, so it has its task's path.
fn helper(env: &Rc<Env>, what: &str, nth: usize, program: &Program, at: At, race: Option<&Rc<Race>>) -> Child {
    let builder = ThreadBuilder::new(format!("{} {what} {nth}", env.name)).path(&env.name).kind(ThreadKind::Helper);
    let builder = builder.priority(env.priority).nice(env.nice);
    let (code, race) = (body(env, program, at), race.cloned());
    start(&env.live, builder, env.row, async move {
        let outcome = code.await;
        if let Some(race) = race {
            race.finish(outcome.clone());
        }
        outcome
    })
}

async fn first_of(env: &Rc<Env>, op: &Op, bodies: &[Program], at: &At) -> Outcome {
    let race = Race::new();
    let start = |(i, program)| helper(env, "select", i, program, at.body(op, i), Some(&race));
    let helpers: Vec<Child> = bodies.iter().enumerate().map(start).collect();
    let Some(first) = helpers.first() else { return Ok(()) };
    while !race.over.get() {
        blocking::block(BlockReason::Join, first.thread.0).await;
    }
    race.won.take().unwrap_or(Ok(()))
}

async fn within(env: &Rc<Env>, limit: SimDuration, program: &Program, at: At) -> Outcome {
    let race = Race::new();
    let timer = set_timer(limit, race.waiter);
    helper(env, "timeout", 0, program, at, Some(&race));
    loop {
        if race.over.get() {
            sim::with(|sim| drop(sim.kernel.borrow_mut().cancel_timer(timer, sim.actor.get())));
            return race.won.take().unwrap_or(Ok(()));
        }
        let progress = sim::with(|sim| sim.kernel.borrow_mut().poll_timer(timer, None));
        if progress == Progress::Done {
            race.over.set(true);
            return fail("the time was up");
        }
        blocking::block(BlockReason::Timer, timer.0).await;
    }
}

fn set_timer(after: SimDuration, waiter: ThreadId) -> TimerId {
    sim::with(|sim| {
        let by = sim.actor.get();
        let mut kernel = sim.kernel.borrow_mut();
        let deadline = kernel.now + after;
        kernel.set_timer(deadline, by, Some(Wake::Thread(waiter)))
    })
}
