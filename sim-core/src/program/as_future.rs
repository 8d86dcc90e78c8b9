//! A Program as a real future: an `async fn` over sim-core's own primitives and `futures`' combinators.
//!
//! Owns what each op is under async. Nested bodies are boxed futures of the same `async fn`; a branch that loses is
//! dropped at its await, and the guards it holds are Rust guards, so that they give back what they held.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::rc::Rc;

use futures::future::{join_all, select_all};

use super::ast::{Op, Program};
use super::at::At;
use super::lets::Futures;
use super::shared::{self, Ends, Outcome, Shared, fail};
use super::slots::Slot;
use super::steps::{Body, Runner, alike, all_ended, body, branch, mode, offloaded, steps};
use crate::code::{block, work};
use crate::executor::{JoinHandle, TaskBuilder, block_in_place, yield_now};
use crate::io::Request;
use crate::machine::place::OpPlace;
use crate::observe::observe;
use crate::time::{sleep, timeout};
use crate::trace::event::Mode;
use crate::trace::ids::Actor;

/// One running task: what its steps share.
struct Env {
    shared: Rc<Shared>,
    ends: Ends,
    handles: RefCell<BTreeMap<String, Vec<JoinHandle<Outcome>>>>,
    lets: Futures,
    /// In use until the task has ended.
    _slot: Slot,
}

/// The futures of Let hold their task, which holds them: the end of the task takes them apart.
struct Scope(Rc<Env>);

impl Drop for Scope {
    fn drop(&mut self) {
        self.0.lets.clear();
        let handles = self.0.handles.take();
        drop(handles);
    }
}

/// Spawns all instances of a task, from this step of another if any. `ends` must hold every end of a channel that it
/// needs.
pub(super) fn spawn(shared: &Rc<Shared>, task: &str, ends: &Ends, from: Option<&OpPlace>) -> Vec<JoinHandle<Outcome>> {
    spawn_some(shared, task, ends, from, shared.spec(task).count)
}

/// The same, of so many instances.
fn spawn_some(
    shared: &Rc<Shared>,
    task: &str,
    ends: &Ends,
    from: Option<&OpPlace>,
    count: u32,
) -> Vec<JoinHandle<Outcome>> {
    let spec = shared.spec(task);
    let (priority, wishes, row) = (spec.priority, spec.wishes(), shared.code(task).0);
    (0..count)
        .map(|nth| {
            let (name, future) = instance(shared, task, ends, from, nth);
            let handle = TaskBuilder::new(name).priority(priority).wishes(wishes).spawn_any(future);
            let task = handle.id().expect("a spawned task is a task");
            shared::goes_through(Actor::Task(task), row);
            handle
        })
        .collect()
}

/// One more instance of a task: its name, and its future, which nobody has.
pub(super) fn instance(
    shared: &Rc<Shared>,
    task: &str,
    ends: &Ends,
    from: Option<&OpPlace>,
    nth: u32,
) -> (String, impl Future<Output = Outcome> + 'static + use<>) {
    let name = shared.next_name(task);
    let at = At::start(shared::place_of(&name, task, nth, from), shared.code(task).1);
    let env = Env {
        shared: Rc::clone(shared),
        ends: shared.ends_of(task, ends),
        handles: RefCell::default(),
        lets: Futures::default(),
        _slot: shared.slots.take(task),
    };
    (name, run(env, shared.spec(task).ops.clone(), at))
}

async fn run(env: Env, program: Program, at: At) -> Outcome {
    let scope = Scope(Rc::new(env));
    scope.0.ends.note_held();
    steps(Rc::clone(&scope.0), program, at).await
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
            Op::Sleep(d) => sleep(*d).await,
            Op::Block(d) => block(*d),
            Op::BlockInPlace(d) => block_in_place(|| block(*d)),
            Op::Yield => yield_now().await,
            Op::Offload(d) => return offloaded(*d).await,
            Op::Lock(name, program)
            | Op::Write(name, program)
            | Op::Read(name, program)
            | Op::Acquire(name, program) => {
                return hold(env, name, mode(op), program, at.body(op, 0)).await;
            }
            Op::Send(name) => return env.ends.send(name, env.shared.how).await,
            Op::Recv(name) => return env.ends.recv(name, env.shared.how).await,
            Op::Wait(name) => env.shared.notify(name).notified().await,
            Op::Barrier(name) => {
                env.shared.barrier(name).wait().await;
            }
            Op::Spawn(name) => return spawn_here(env, name, at),
            Op::JoinTask(name) => {
                let handles = env.handles.borrow_mut().remove(name).unwrap_or_default();
                return all_ended(handles, name).await;
            }
            Op::Cancel(name) => {
                let handles = env.handles.borrow_mut().remove(name).unwrap_or_default();
                handles.iter().for_each(JoinHandle::abort);
                // Kept, so that to cancel is not to detach.
                env.handles.borrow_mut().insert(name.clone(), handles);
            }
            Op::Detach(name) => {
                let handles = env.handles.borrow_mut().remove(name).unwrap_or_default();
                handles.into_iter().for_each(JoinHandle::detach);
            }
            Op::Join(bodies) => {
                let results = join_all(branches(env, op, bodies, at)).await;
                return results.into_iter().collect();
            }
            Op::Select(bodies) => {
                let (result, _, losers) = select_all(branches(env, op, bodies, at)).await;
                drop(losers);
                return result;
            }
            Op::Timeout(d, program) => {
                return match timeout(*d, body(env, program, at.body(op, 0))).await {
                    Ok(result) => result,
                    Err(_) => fail("the time was up"),
                };
            }
            Op::Let(name, program) => {
                let future = observe(name, branch(env, program, at.body(op, 0)));
                env.lets.keep(name, Box::pin(future));
            }
            Op::Await(name) => return env.lets.wait(name).await,
            Op::Drop(name) => env.lets.give_up(name),
            Op::Notify(_) | Op::NotifyAll(_) | Op::Repeat(..) | Op::Try(..) | Op::Mark(_) | Op::Fail(_) => {
                return alike(env, op, at).await;
            }
        }
        Ok(())
    }
}

/// A step starts a task: as many instances as find a slot each.
fn spawn_here(env: &Rc<Env>, name: &str, at: &At) -> Outcome {
    let count = env.shared.spec(name).count;
    let free = env.shared.slots.free(name, count);
    let handles = spawn_some(&env.shared, name, &env.ends, Some(&at.place()), free);
    env.handles.borrow_mut().entry(name.to_owned()).or_default().extend(handles);
    if free < count {
        return fail(&format!("{name}: every slot of it is in use, and there is no heap to make another"));
    }
    Ok(())
}

fn branches(env: &Rc<Env>, op: &Op, bodies: &[Program], at: &At) -> Vec<Body> {
    bodies.iter().enumerate().map(|(index, program)| branch(env, program, at.body(op, index))).collect()
}

async fn hold(env: &Rc<Env>, name: &str, mode: Mode, program: &Program, at: At) -> Outcome {
    let (want, blocking) = env.shared.want(name, mode);
    let held = if blocking { want.take_blocking() } else { want.take().await };
    let result = body(env, program, at).await;
    drop(held);
    result
}
