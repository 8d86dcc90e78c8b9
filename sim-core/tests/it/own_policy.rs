//! A policy of a library user's own: one small type, handed what it may see. And a run inside a run.

use sim_core::executor::policy::{Came, Move, Next, QueueSpec, Ready, Reason, TaskPolicy};
use sim_core::trace::WorkerId;
use sim_core::trace::event::End;
use sim_core::{Executor, mark, spawn, yield_now};

use crate::support::{legal, marks, run_one, textbook};

/// The task that became Ready last is polled first.
struct LastComeFirstServed;

impl TaskPolicy for LastComeFirstServed {
    fn name(&self) -> &'static str {
        "lifo"
    }

    fn describe(&self) -> String {
        "last come, first served".to_owned()
    }

    fn queues(&self, _: u32) -> Vec<QueueSpec> {
        vec![QueueSpec::shared("stack")]
    }

    fn place(&mut self, came: &Came, _: &Ready<'_>, _: &mut Vec<Move>) -> (usize, End) {
        match came.why {
            Reason::Spawned | Reason::Woken => (0, End::Front),
            Reason::WokenInPoll | Reason::Yielded | Reason::Preempted => (0, End::Back),
        }
    }

    fn unpark(&mut self, _: usize, _: &Came, ready: &Ready<'_>) -> Option<WorkerId> {
        ready.first_parked()
    }

    fn next(&mut self, _: WorkerId, ready: &Ready<'_>, _: &mut dyn FnMut(u64) -> u64) -> Next {
        if ready.len(0) == 0 { Next::Park } else { Next::Poll { queue: 0, end: End::Front } }
    }
}

async fn three_tasks() {
    let tasks = ["a", "b", "c"].map(|name| {
        spawn(async move {
            mark(name);
            yield_now().await;
            mark(name);
        })
    });
    for task in tasks {
        task.await.unwrap();
    }
}

#[test]
fn a_policy_of_ones_own_decides_the_order() {
    let executor = Executor::with_policy(1, Box::new(LastComeFirstServed));
    let outcome = legal(textbook(1).run_async(executor, three_tasks));
    assert_eq!(marks(&outcome.trace), "c b a c b a");
    assert!(outcome.trace.tables().run.policy.starts_with("last come, first served"));
}

#[test]
fn a_run_inside_a_run_is_a_world_of_its_own() {
    let outcome = run_one(|| async {
        mark("before");
        let inner = run_one(three_tasks);
        mark("after");
        marks(&inner.trace)
    });
    assert_eq!(outcome.output.as_deref(), Some("a b c a b c"));
    assert_eq!(marks(&outcome.trace), "before after");
}
