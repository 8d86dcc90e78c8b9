//! A Program as a goroutine: the same steps, each call waiting where it stands, on a stack of its own.
//!
//! Owns what each op is in Go (1.19.8). A goroutine is simulated by a future, which needs no stack while it waits: order,
//! times and memory are Go's.
//!
//! - Nobody can stop a goroutine. What Go programs do instead is done here: a context is passed on, and each wait that
//!   can look for its end does (I/O, sleep, channels, notifications, permits), and then fails. A lock, a barrier, a group
//!   that is waited for, a system call and computing do not look.
//! - Timeout is `context.WithTimeout`: the steps go on in the same goroutine, and their waits fail once the time is up.
//! - Join is a goroutine a body, and a group that is waited for.
//! - Select is a `select` if each body is one step that it can have as a case; otherwise a goroutine a body. The first to
//!   end has their context cancelled; the others run on until they see that.
//! - Block is a system call: the thread makes it with its P, which `sysmon` takes away and hands to another thread if it
//!   lasts (`runtime/proc.go`, `retake`). Under may, which knows no such thing, a call longer than 20 µs is made on another
//!   thread from its beginning.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::rc::Rc;

use futures::FutureExt as _;
use futures::future::select_all;

use super::ast::{Op, Program, visit};
use super::at::At;
use super::go::{Context, Group, WithTimeout, is_select, wait};
use super::lets::Closures;
use super::shared::{self, Ends, Outcome, Shared, fail};
use super::steps::{Body, Runner, alike, body, mode, steps};
use crate::code::{block, now};
use crate::executor::calls::Returned;
use crate::executor::core::{self, Exec};
use crate::executor::policy::Reason;
use crate::executor::slices::{Steps, requeue, work_in_slices};
use crate::executor::spawn::{IsFuture, offload};
use crate::executor::{JoinHandle, TaskBuilder, yield_now};
use crate::instant::SimDuration;
use crate::io::Request;
use crate::machine::go::Served;
use crate::machine::place::OpPlace;
use crate::sync::go::{ChannelOp, Closed, lock};
use crate::time::sleep;
use crate::trace::event::Mode;
use crate::trace::ids::{Actor, ProgramId};
use crate::trace::tables::TaskKind;

/// Where no P is taken away, a call that is shorter is made where it stands.
const SHORT_CALL: SimDuration = SimDuration::from_micros(20);

/// One running task: what its steps share.
struct Env {
    shared: Rc<Shared>,
    /// The task of the workload, and its own name.
    task: String,
    name: String,
    /// Its program's row in the trace.
    row: ProgramId,
    ends: Ends,
    /// What it was started with; none: nobody can cancel it.
    context: Option<Context>,
    groups: RefCell<BTreeMap<String, Group>>,
    lets: Closures,
    steps: Steps,
}

/// Who goes through steps: a goroutine, and the context that they have been given.
#[derive(Clone)]
struct Goroutine {
    env: Rc<Env>,
    context: Option<Context>,
}

/// Starts all instances of a task that exist from the start. `ends` must hold every end of a channel that it needs.
pub(super) fn spawn(shared: &Rc<Shared>, task: &str, ends: &Ends) -> Vec<JoinHandle<()>> {
    go(shared, task, ends, None, None, None)
}

/// Starts all instances of a task.
fn go(
    shared: &Rc<Shared>,
    task: &str,
    ends: &Ends,
    from: Option<&OpPlace>,
    context: Option<&Context>,
    group: Option<&Group>,
) -> Vec<JoinHandle<()>> {
    let spec = shared.spec(task);
    let program = spec.ops.clone();
    let (row, first) = shared.code(task);
    let one = |nth| {
        let name = shared.next_name(task);
        let at = At::start(shared::place_of(&name, task, nth, from), first);
        let env = Rc::new(Env {
            shared: Rc::clone(shared),
            task: task.to_owned(),
            name: name.clone(),
            row,
            ends: shared.ends_of(task, ends),
            context: context.cloned(),
            groups: RefCell::default(),
            lets: Closures::default(),
            steps: Steps::default(),
        });
        let program = program.clone();
        start(TaskBuilder::new(name), row, group.cloned(), async move {
            env.ends.note_held();
            let context = env.context.clone();
            steps(Goroutine { env, context }, program, at).await
        })
    };
    (0..spec.count).map(one).collect()
}

fn start(
    builder: TaskBuilder,
    row: ProgramId,
    group: Option<Group>,
    code: impl Future<Output = Outcome> + 'static,
) -> JoinHandle<()> {
    let handle = builder.future(IsFuture::No).spawn_any(async move {
        let outcome = code.await;
        if let Some(group) = group {
            group.done(&outcome);
        }
    });
    let task = handle.id().expect("a goroutine is a task");
    shared::goes_through(Actor::Task(task), row);
    handle
}

impl Runner for Goroutine {
    fn shared(&self) -> &Shared {
        &self.env.shared
    }

    /// Only time preempts a goroutine, however many steps it makes.
    async fn between(&self) {
        self.env.steps.next(u32::MAX).await;
    }

    async fn step(&self, op: &Op, at: &At) -> Outcome {
        let Goroutine { env, context } = self;
        let context = context.as_ref();
        match op {
            Op::Work(d) => work_in_slices(*d).await,
            Op::Io(latency) => wait(context, Request::new().taking(*latency).placed(at.place()).submit()).await?,
            Op::IoOn(device) => wait(context, Request::new().to(device).placed(at.place()).submit()).await?,
            Op::Sleep(d) => wait(context, sleep(*d)).await?,
            Op::Block(d) | Op::BlockInPlace(d) | Op::Offload(d) => system_call(*d).await,
            Op::Yield => yield_now().await,
            Op::Lock(name, program) => return hold_mutex(self, name, program, at.body(op, 0)).await,
            Op::Write(name, program) | Op::Read(name, program) => {
                return hold(self, name, mode(op), program, at.body(op, 0)).await;
            }
            Op::Acquire(name, program) => return hold_permit(self, name, program, at.body(op, 0)).await,
            Op::Send(name) => return sent(name, wait(context, ChannelOp::send(env.ends.sending(name))).await?),
            Op::Recv(name) => {
                return received(name, wait(context, ChannelOp::receive(env.ends.receiving(name))).await?);
            }
            Op::Wait(name) => wait(context, env.shared.notify(name).notified()).await?,
            Op::Barrier(name) => {
                env.shared.barrier(name).wait().await;
            }
            Op::Spawn(name) => spawn_from(env, name, at),
            Op::JoinTask(name) => {
                let group = env.groups.borrow_mut().remove(name).unwrap_or_default();
                if group.wait().await {
                    return fail(&format!("{name} had failed"));
                }
            }
            Op::Cancel(name) => {
                // Kept, so that to cancel is not to detach.
                let group = env.groups.borrow().get(name).cloned();
                group.iter().for_each(Group::cancel);
            }
            Op::Detach(name) => {
                let group = env.groups.borrow_mut().remove(name);
                drop(group);
            }
            Op::Join(bodies) => {
                let group = Group::default();
                for (i, program) in bodies.iter().enumerate() {
                    let code = body(self, program, at.body(op, i));
                    group.add(helper(env, "join", i, Some(group.clone()), code), None);
                }
                if group.wait().await {
                    return fail("a goroutine that was waited for had failed");
                }
            }
            Op::Select(bodies) if is_select(bodies) => return select(self, op, bodies, at).await,
            Op::Select(bodies) => return first_of(self, op, bodies, at).await,
            Op::Timeout(d, program) => {
                let limit = WithTimeout::new(context, *d);
                return body(&self.under(&limit.context), program, at.body(op, 0)).await;
            }
            Op::Let(name, program) => env.lets.keep(name, program, at.body(op, 0)),
            Op::Await(name) => return env.lets.call(self, name).await,
            Op::Drop(name) => env.lets.give_up(name),
            Op::Notify(_) | Op::NotifyAll(_) | Op::Repeat(..) | Op::Try(..) | Op::Mark(_) | Op::Fail(_) => {
                return alike(self, op, at).await;
            }
        }
        Ok(())
    }
}

impl Goroutine {
    /// The same with another context.
    fn under(&self, context: &Context) -> Goroutine {
        Goroutine { env: Rc::clone(&self.env), context: Some(context.clone()) }
    }
}

fn sent(name: &str, result: Result<(), Closed>) -> Outcome {
    result.or_else(|Closed| fail(&format!("{name}: every receiver is gone")))
}

fn received(name: &str, result: Result<(), Closed>) -> Outcome {
    result.or_else(|Closed| fail(&format!("{name}: every sender is gone")))
}

/// The thread makes the call with its worker, which is taken from it while it is away. If it comes back and none is free,
/// the goroutine goes to the global queue (`exitsyscall0`).
async fn system_call(d: SimDuration) {
    if !core::with(Exec::retakes) {
        return call_elsewhere(d).await;
    }
    core::with(Exec::enter_call);
    block(d);
    if core::with(Exec::exit_call) == Returned::WithoutWorker {
        requeue(Reason::Preempted).await;
    }
}

/// The thread that makes a long call is not the worker's: that one goes on with the next goroutine.
async fn call_elsewhere(d: SimDuration) {
    if d <= SHORT_CALL {
        return block(d);
    }
    // The goroutine enters the kernel now, however late the other thread comes onto a core.
    let ends = now() + d;
    let rest = move || block(if ends > now() { ends - now() } else { SimDuration::ZERO });
    // It cannot fail: a call of a Program does not panic.
    let _ = offload(rest).await;
}

/// Starts the tasks of this name, with a context if this task may cancel them.
fn spawn_from(env: &Rc<Env>, name: &str, at: &At) {
    let mut cancels = env.context.is_some();
    visit(&env.shared.spec(&env.task).ops, &mut |op| cancels |= matches!(op, Op::Cancel(task) if task == name));
    let context = cancels.then(|| Context::with_cancel(env.context.as_ref()));
    let group = env.groups.borrow_mut().entry(name.to_owned()).or_default().clone();
    for handle in go(&env.shared, name, &env.ends, Some(&at.place()), context.as_ref(), Some(&group)) {
        group.add(handle, context.clone());
    }
}

async fn hold_mutex(me: &Goroutine, name: &str, program: &Program, at: At) -> Outcome {
    let (want, _) = me.env.shared.want(name, Mode::Exclusive);
    let held = lock(want.resource).await;
    let result = body(me, program, at).await;
    if held.unlock() {
        // `runtime/sema.go`, `semrelease1`: the one that starved runs now, this goroutine is queued behind (`goyield`).
        requeue(Reason::WokenInPoll).await;
    }
    result
}

async fn hold(me: &Goroutine, name: &str, mode: Mode, program: &Program, at: At) -> Outcome {
    let (want, _) = me.env.shared.want(name, mode);
    let held = want.take().await;
    let result = body(me, program, at).await;
    drop(held);
    result
}

/// `golang.org/x/sync/semaphore`: first in, first out, and it looks at the context.
async fn hold_permit(me: &Goroutine, name: &str, program: &Program, at: At) -> Outcome {
    let (want, _) = me.env.shared.want(name, Mode::Shared);
    let held = wait(me.context.as_ref(), want.take()).await?;
    let result = body(me, program, at).await;
    drop(held);
    result
}

/// A goroutine for one body. It meets the same world as its task, so it has its task's path.
fn helper(env: &Rc<Env>, what: &str, nth: usize, group: Option<Group>, code: Body) -> JoinHandle<()> {
    let builder = TaskBuilder::new(format!("{} {what} {nth}", env.name)).path(&env.name).kind(TaskKind::Helper);
    start(builder, env.row, group, code)
}

/// A `select`. Of several cases that are ready the first wins, where Go draws; a channel's before the others, so that what
/// was handed over is not lost.
async fn select(me: &Goroutine, op: &Op, bodies: &[Program], at: &At) -> Outcome {
    let Goroutine { env, context } = me;
    let served = Served::default();
    let (mut channels, mut others) = (Vec::new(), Vec::new());
    for (i, program) in bodies.iter().enumerate() {
        at.body(op, i).begin();
        match &program[0] {
            Op::Send(name) => {
                let case = ChannelOp::send(env.ends.sending(name)).case(&served);
                channels.push(case.map(|result| sent(name, result)).boxed_local());
            }
            Op::Recv(name) => {
                let case = ChannelOp::receive(env.ends.receiving(name)).case(&served);
                channels.push(case.map(|result| received(name, result)).boxed_local());
            }
            Op::Sleep(d) => others.push(sleep(*d).map(Ok).boxed_local()),
            Op::Wait(name) => others.push(env.shared.notify(name).notified().map(Ok).boxed_local()),
            other => unreachable!("{} is no case of a select", other.name()),
        }
    }
    channels.append(&mut others);
    let (result, _, losers) = wait(context.as_ref(), select_all(channels)).await?;
    drop(losers);
    result
}

/// A goroutine a body, each of which sends its result; the first has the context of all cancelled.
async fn first_of(me: &Goroutine, op: &Op, bodies: &[Program], at: &At) -> Outcome {
    if bodies.is_empty() {
        return Ok(());
    }
    let context = me.context.as_ref();
    let (shared, results) = (Context::with_cancel(context), Group::default());
    for (i, program) in bodies.iter().enumerate() {
        let code = body(&me.under(&shared), program, at.body(op, i));
        results.add(helper(&me.env, "select", i, Some(results.clone()), code), None);
    }
    let outcome = wait(context, results.first()).await;
    shared.cancel();
    outcome?
}
