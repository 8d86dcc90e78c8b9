//! A Program as a real future: an `async fn` over sim-core's own primitives and `futures`' combinators.
//!
//! Owns what each op is under async. Nested bodies are boxed futures of the same `async fn`; a branch that loses is
//! dropped at its await, and the guards it holds are Rust guards, so that they give back what they held.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use futures::future::{join_all, select_all};

use super::ast::{Op, Program};
use super::at::At;
use super::shared::{self, Ends, Failure, Outcome, Shared, fail};
use super::slots::Slot;
use crate::code::{block, mark, work};
use crate::executor::spawn::offload;
use crate::executor::{JoinHandle, TaskBuilder, yield_now};
use crate::instant::SimDuration;
use crate::io::Request;
use crate::machine::place::OpPlace;
use crate::machine::sim;
use crate::machine::threads::Ask;
use crate::observe::observe;
use crate::time::{sleep, timeout};
use crate::trace::event::Mode;
use crate::trace::ids::Actor;

type Body = Pin<Box<dyn Future<Output = Outcome>>>;

/// One running task: what its steps share.
struct Env {
    shared: Rc<Shared>,
    ends: Ends,
    handles: RefCell<BTreeMap<String, Vec<JoinHandle<Outcome>>>>,
    /// Futures made by Let; none while one is being polled.
    lets: RefCell<BTreeMap<String, Option<Body>>>,
    /// In use until the task has ended.
    _slot: Slot,
}

/// The futures of Let hold their task, which holds them: the end of the task takes them apart.
struct Scope(Rc<Env>);

impl Drop for Scope {
    fn drop(&mut self) {
        let lets = self.0.lets.take();
        drop(lets);
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
        lets: RefCell::default(),
        _slot: shared.slots.take(task),
    };
    (name, run(env, shared.spec(task).ops.clone(), at))
}

async fn run(env: Env, program: Program, at: At) -> Outcome {
    let scope = Scope(Rc::new(env));
    scope.0.ends.note_held();
    steps(Rc::clone(&scope.0), program, at).await
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

/// A body that goes on beside others, or by itself.
fn branch(env: &Rc<Env>, program: &Program, at: At) -> Body {
    let (env, program) = (Rc::clone(env), program.clone());
    Box::pin(async move {
        let _branch = at.branch(&program);
        steps(env, program, at).await
    })
}

fn branches(env: &Rc<Env>, op: &Op, bodies: &[Program], at: &At) -> Vec<Body> {
    bodies.iter().enumerate().map(|(index, program)| branch(env, program, at.body(op, index))).collect()
}

async fn step(env: &Rc<Env>, op: &Op, at: &At) -> Outcome {
    match op {
        Op::Work(d) => work(*d),
        Op::Io(latency) => Request::new().taking(*latency).placed(at.place()).submit().await,
        Op::IoOn(device) => Request::new().to(device).placed(at.place()).submit().await,
        Op::Sleep(d) => sleep(*d).await,
        Op::Block(d) => block(*d),
        Op::Yield => yield_now().await,
        Op::Offload(d) => {
            let d = *d;
            if offload(move || block(d)).await.is_err() {
                return fail("the blocking call was cut off");
            }
        }
        Op::Lock(name, program) => return hold(env, name, Mode::Exclusive, program, at.body(op, 0)).await,
        Op::Write(name, program) => return hold(env, name, Mode::Exclusive, program, at.body(op, 0)).await,
        Op::Read(name, program) => return hold(env, name, Mode::Shared, program, at.body(op, 0)).await,
        Op::Acquire(name, program) => return hold(env, name, Mode::Shared, program, at.body(op, 0)).await,
        Op::Send(name) => return env.ends.send(name, env.shared.how).await,
        Op::Recv(name) => return env.ends.recv(name, env.shared.how).await,
        Op::Notify(name) => env.shared.notify(name).notify_one(),
        Op::NotifyAll(name) => env.shared.notify(name).notify_waiters(),
        Op::Wait(name) => env.shared.notify(name).notified().await,
        Op::Barrier(name) => {
            env.shared.barrier(name).wait().await;
        }
        Op::Spawn(name) => {
            let count = env.shared.spec(name).count;
            let free = env.shared.slots.free(name, count);
            let handles = spawn_some(&env.shared, name, &env.ends, Some(&at.place()), free);
            env.handles.borrow_mut().entry(name.clone()).or_default().extend(handles);
            if free < count {
                return fail(&format!("{name}: every slot of it is in use, and there is no heap to make another"));
            }
        }
        Op::JoinTask(name) => return join_task(env, name).await,
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
        Op::Repeat(times, program) => {
            let inside = at.body(op, 0);
            for round in 0..*times {
                if shared::round_is_too_much() {
                    // The driver ends the run: this poll does not go on.
                    sim::with(|sim| sim.suspend(Ask::Work(SimDuration::ZERO)));
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
            let future = Box::pin(observe(name, branch(env, program, at.body(op, 0))));
            let old = env.lets.borrow_mut().insert(name.clone(), Some(future));
            drop(old);
        }
        Op::Await(name) => return await_let(env, name).await,
        Op::Drop(name) => {
            let future = env.lets.borrow_mut().remove(name);
            drop(future);
        }
        Op::Mark(text) => mark(text),
        Op::Fail(text) => return fail(text),
    }
    Ok(())
}

async fn hold(env: &Rc<Env>, name: &str, mode: Mode, program: &Program, at: At) -> Outcome {
    let (want, blocking) = env.shared.want(name, mode);
    let held = if blocking { want.take_blocking() } else { want.take().await };
    let result = body(env, program, at).await;
    drop(held);
    result
}

async fn join_task(env: &Rc<Env>, name: &str) -> Outcome {
    let handles = env.handles.borrow_mut().remove(name).unwrap_or_default();
    let mut result = Ok(());
    for handle in handles {
        match handle.await {
            Ok(Ok(())) => {}
            Ok(Err(Failure)) => result = fail(&format!("{name} had failed")),
            Err(error) => result = fail(&format!("{name}: {error}")),
        }
    }
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
