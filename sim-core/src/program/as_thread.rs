//! A Program as code that blocks: the same steps, each blocking the thread it runs on.
//!
//! Owns what each op is to such code. The body is a future whose leaves block the simulated thread: polled by the
//! driver on a thread of its own, without a stack; on a pool or in a sequential run, on the stack of the thread that took
//! it. Join, Select and Timeout have their bodies run as [`super::way`] says; nobody can stop one that lost, so it runs on.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::ast::{Op, Program};
use super::at::At;
use super::lets::Closures;
use super::shared::{self, Ends, Failure, Outcome, Shared, fail};
use super::steps::{Runner, alike, body, branch, mode, steps};
use super::way::{Child, Live, MOST_CALLS, NewChild, Race, Rank, Way, join_all, on_pool, on_thread};
use crate::code::{block_step, note, now, work_step};
use crate::instant::SimDuration;
use crate::io::Request;
use crate::machine::blocking::{self, How};
use crate::machine::devices::Progress;
use crate::machine::place::OpPlace;
use crate::machine::sim;
use crate::machine::threads::Ask;
use crate::machine::waiting::Wake;
use crate::thread::sleep_step;
use crate::trace::event::{BlockReason, Mode};
use crate::trace::ids::{ProgramId, ThreadId, TimerId};
use crate::trace::snapshot::Wait;

/// One running task: what its steps share.
struct Env {
    shared: Rc<Shared>,
    way: Way,
    name: String,
    /// Its helper threads have it too, as pthread's inherit theirs.
    rank: Rank,
    /// Its program's row in the trace.
    row: ProgramId,
    ends: Ends,
    children: RefCell<BTreeMap<String, Vec<Child>>>,
    lets: Closures,
}

/// Starts all instances of a task of the workload. `ends` must hold every end of a channel that it needs.
pub(super) fn spawn(shared: &Rc<Shared>, way: &Way, task: &str, ends: &Ends) -> Vec<Child> {
    let instances = instances(shared, way, task, ends, None);
    let start = |instance: Instance| match way {
        Way::Threads(live) => instance.on_thread(live),
        // A task that the scenario lists is what the one thread goes through.
        Way::Pool | Way::Calls(_) => instance.on_pool(),
    };
    instances.map(start).collect()
}

/// One of a task's instances, before it starts.
struct Instance {
    env: Rc<Env>,
    program: Program,
    at: At,
}

impl Instance {
    fn child(&self) -> NewChild {
        NewChild { name: self.env.name.clone(), rank: self.env.rank, row: self.env.row, helps: None }
    }

    fn on_thread(self, live: &Live) -> Child {
        let new = self.child();
        let Instance { env, program, at, .. } = self;
        on_thread(live, new, async move {
            env.ends.note_held();
            steps(env, program, at).await
        })
    }

    /// It holds its ends of channels while it stands in the queue.
    fn on_pool(self) -> Child {
        let new = self.child();
        let Instance { env, program, at, .. } = self;
        let child = on_pool(new, steps(Rc::clone(&env), program, at));
        env.ends.note_held_by(child.actor().expect("a task that was submitted is a task"));
        child
    }
}

fn instances(
    shared: &Rc<Shared>,
    way: &Way,
    task: &str,
    ends: &Ends,
    from: Option<&OpPlace>,
) -> impl Iterator<Item = Instance> {
    let spec = shared.spec(task);
    let (program, rank) = (spec.ops.clone(), Rank { priority: spec.priority, nice: spec.nice });
    let (row, first) = shared.code(task);
    (0..spec.count).map(move |nth| {
        let name = shared.next_name(task);
        let at = At::start(shared::place_of(&name, task, nth, from), first);
        let env = Rc::new(Env {
            shared: Rc::clone(shared),
            way: way.clone(),
            name,
            rank,
            row,
            ends: shared.ends_of(task, ends),
            children: RefCell::default(),
            lets: Closures::default(),
        });
        Instance { env, program: program.clone(), at }
    })
}

/// A step starts a task: all its instances.
async fn spawn_here(env: &Rc<Env>, task: &str, at: &At) {
    let place = at.place();
    let mut children = Vec::new();
    let way = env.way.inside();
    for instance in instances(&env.shared, &way, task, &env.ends, Some(&place)) {
        children.push(match &way {
            Way::Threads(live) => instance.on_thread(live),
            Way::Pool => instance.on_pool(),
            Way::Calls(depth) if *depth > MOST_CALLS => Child::Called(fail("calls in calls: the stack overflows")),
            Way::Calls(_) => Child::Called(branch(&instance.env, &instance.program, instance.at).await),
        });
    }
    env.children.borrow_mut().entry(task.to_owned()).or_default().extend(children);
}

impl Runner for Rc<Env> {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    async fn step(&self, op: &Op, at: &At) -> Outcome {
        let env = self;
        match op {
            Op::Work(d) => work_step(*d).await,
            Op::Io(latency) => Request::new().taking(*latency).placed(at.place()).submit_step().await,
            Op::IoOn(device) => Request::new().to(device).placed(at.place()).submit_step().await,
            Op::Sleep(d) => sleep_step(*d).await,
            Op::Block(d) | Op::BlockInPlace(d) | Op::Offload(d) => block_step(*d).await,
            Op::Yield => blocking::give_up(Ask::Yield).await,
            Op::Lock(name, program)
            | Op::Write(name, program)
            | Op::Read(name, program)
            | Op::Acquire(name, program) => {
                return hold(env, name, mode(op), program, at.body(op, 0)).await;
            }
            Op::Send(name) => return env.ends.send(name, How::Thread).await,
            Op::Recv(name) => return env.ends.recv(name, How::Thread).await,
            Op::Wait(name) => env.shared.notify(name).wait(How::Thread).await,
            Op::Barrier(name) => {
                env.shared.barrier(name).pass(How::Thread).await;
            }
            Op::Spawn(name) => spawn_here(env, name, at).await,
            Op::JoinTask(name) => {
                let children = env.children.borrow_mut().remove(name).unwrap_or_default();
                return join_all(children).await;
            }
            Op::Cancel(name) => cancel(env, name),
            Op::Detach(name) => {
                env.children.borrow_mut().remove(name);
            }
            Op::Join(bodies) => return all_of(env, op, bodies, at).await,
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

    async fn stop(&self) {
        blocking::give_up(Ask::Work(SimDuration::ZERO)).await;
    }
}

async fn hold(env: &Rc<Env>, name: &str, mode: Mode, program: &Program, at: At) -> Outcome {
    let (want, _) = env.shared.want(name, mode);
    let held = want.take().await;
    let result = body(env, program, at).await;
    drop(held);
    result
}

fn cancel(env: &Rc<Env>, name: &str) {
    let begun = env.children.borrow().get(name).is_some_and(|children| {
        // Each is asked: not one must be left in the queue.
        children.iter().filter(|child| child.cancel()).count() > 0
    });
    match env.way {
        Way::Threads(_) => note(&format!("nobody can stop a thread from outside: {name} runs on to its end")),
        Way::Pool if begun => note(&format!("nobody can stop a thread from outside: {name} has begun, and runs on")),
        Way::Pool => {}
        Way::Calls(_) => note(&format!("there is nothing to stop: {name} was called, and has returned")),
    }
}

/// Runs a body beside, for this task: it meets the same world as its task, so it has its task's path.
fn helper(env: &Rc<Env>, what: &str, nth: usize, program: &Program, at: At, race: Option<&Rc<Race>>) -> Child {
    let name = format!("{} {what} {nth}", env.name);
    let new = NewChild { name, rank: env.rank, row: env.row, helps: Some(env.name.clone()) };
    let (code, race) = (body(env, program, at), race.cloned());
    let code = async move {
        let outcome = code.await;
        if let Some(race) = race {
            race.finish(outcome.clone());
        }
        outcome
    };
    match &env.way {
        Way::Threads(live) => on_thread(live, new, code),
        Way::Pool => on_pool(new, code),
        Way::Calls(_) => unreachable!("where there is one thread, a body is called"),
    }
}

async fn all_of(env: &Rc<Env>, op: &Op, bodies: &[Program], at: &At) -> Outcome {
    if matches!(env.way, Way::Calls(_)) {
        let mut outcome = Ok(());
        for (i, program) in bodies.iter().enumerate() {
            if branch(env, program, at.body(op, i)).await.is_err() {
                outcome = Err(Failure);
            }
        }
        return outcome;
    }
    let start = |(i, program)| helper(env, "join", i, program, at.body(op, i), None);
    let helpers = bodies.iter().enumerate().map(start).collect();
    join_all(helpers).await
}

async fn first_of(env: &Rc<Env>, op: &Op, bodies: &[Program], at: &At) -> Outcome {
    let Some(first) = bodies.first() else { return Ok(()) };
    if matches!(env.way, Way::Calls(_)) {
        if bodies.len() > 1 {
            note("one thread can wait for one thing: it does the first and never comes to the others");
        }
        return branch(env, first, at.body(op, 0)).await;
    }
    let race = Race::new();
    let start = |(i, program)| helper(env, "select", i, program, at.body(op, i), Some(&race));
    let helpers: Vec<Child> = bodies.iter().enumerate().map(start).collect();
    let first = helpers.first().and_then(Child::actor);
    while !race.over.get() {
        blocking::block(BlockReason::Join, first.map_or(0, Wait::join_on)).await;
    }
    helpers.iter().for_each(|helper| {
        helper.cancel();
    });
    race.won.take().unwrap_or(Ok(()))
}

async fn within(env: &Rc<Env>, limit: SimDuration, program: &Program, at: At) -> Outcome {
    if matches!(env.way, Way::Calls(_)) {
        let begun = now();
        let outcome = body(env, program, at).await;
        let took = now().since(begun);
        if took > limit {
            note(&format!("nobody could interrupt it: it took {took} where {limit} was the limit"));
        }
        return outcome;
    }
    let race = Race::new();
    let timer = set_timer(limit, race.waiter);
    let helper = helper(env, "timeout", 0, program, at, Some(&race));
    loop {
        if race.over.get() {
            sim::with(|sim| drop(sim.kernel.borrow_mut().cancel_timer(timer, sim.actor.get())));
            return race.won.take().unwrap_or(Ok(()));
        }
        let progress = sim::with(|sim| sim.kernel.borrow_mut().poll_timer(timer, None));
        if progress == Progress::Done {
            race.over.set(true);
            helper.cancel();
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
