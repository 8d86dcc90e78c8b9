//! How a body of a Program goes on, step after step, in every shape that is a future.
//!
//! Owns the order of steps and the ops that are done alike everywhere; each shape does the others in its own way
//! ([`Runner::step`]).

use std::future::Future;
use std::pin::Pin;

use super::ast::{Op, Program};
use super::at::At;
use super::shared::{self, Failure, Outcome, Shared, fail};
use crate::code::{block, mark};
use crate::executor::JoinHandle;
use crate::executor::spawn::offload;
use crate::instant::SimDuration;
use crate::machine::sim;
use crate::machine::threads::Ask;
use crate::trace::event::Mode;

/// Steps that go on, each polled to its end before the next.
pub(super) type Body = Pin<Box<dyn Future<Output = Outcome>>>;

/// Who goes through the steps, in one shape: a task, a thread, a chain of callbacks, a goroutine, an actor.
pub(super) trait Runner: Clone + 'static {
    /// What it shares with all others.
    fn shared(&self) -> &Shared;

    /// Does one step; those that are done alike in every shape by [`alike`].
    fn step(&self, op: &Op, at: &At) -> impl Future<Output = Outcome>;

    /// Between two steps, and between two rounds: where a runtime that counts them lets others go first.
    async fn between(&self) {}

    /// Does not go on: the run's steps are used up, and the driver ends it.
    async fn stop(&self) {
        sim::with(|sim| sim.suspend(Ask::Work(SimDuration::ZERO)));
    }
}

/// All steps of a body, one after another.
pub(super) async fn steps(me: impl Runner, program: Program, mut at: At) -> Outcome {
    for (i, op) in program.iter().enumerate() {
        if i > 0 {
            me.between().await;
        }
        at.begin();
        me.step(op, &at).await?;
        at.pass(op);
    }
    Ok(())
}

/// A body inside a step.
pub(super) fn body(me: &impl Runner, program: &Program, at: At) -> Body {
    Box::pin(steps(me.clone(), program.clone(), at))
}

/// A body that goes on beside others, or by itself.
pub(super) fn branch(me: &impl Runner, program: &Program, at: At) -> Body {
    let (me, program) = (me.clone(), program.clone());
    Box::pin(async move {
        let _branch = at.branch(&program);
        steps(me, program, at).await
    })
}

/// Does a step that is the same in every shape.
pub(super) async fn alike(me: &impl Runner, op: &Op, at: &At) -> Outcome {
    match op {
        Op::Notify(name) => me.shared().notify(name).notify_one(),
        Op::NotifyAll(name) => me.shared().notify(name).notify_waiters(),
        Op::Repeat(times, program) => {
            let inside = at.body(op, 0);
            for round in 0..*times {
                if shared::round_is_too_much() {
                    me.stop().await;
                }
                body(me, program, inside.round(round, *times)).await?;
                me.between().await;
            }
        }
        Op::Try(first, second) => {
            if body(me, first, at.body(op, 0)).await.is_err() {
                return body(me, second, at.body(op, 1)).await;
            }
        }
        Op::Mark(text) => mark(text),
        Op::Fail(text) => return fail(text),
        own => unreachable!("each shape has its own way to do {}", own.name()),
    }
    Ok(())
}

/// How a step holds what it takes.
pub(super) fn mode(op: &Op) -> Mode {
    match op {
        Op::Lock(..) | Op::Write(..) => Mode::Exclusive,
        Op::Read(..) | Op::Acquire(..) => Mode::Shared,
        other => unreachable!("{} holds nothing", other.name()),
    }
}

/// A blocking call on another thread.
pub(super) async fn offloaded(d: SimDuration) -> Outcome {
    match offload(move || block(d)).await {
        Ok(()) => Ok(()),
        Err(_) => fail("the blocking call was cut off"),
    }
}

/// Waits for all instances of the task of this name, in order.
pub(super) async fn all_ended(handles: Vec<JoinHandle<Outcome>>, name: &str) -> Outcome {
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
