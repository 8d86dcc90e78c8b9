//! The comparison can fail: where a model breaks one rule of its runtime, the order of markers differs, in the recorded
//! workloads and in random ones.

use sim_core::Executor;
use sim_core::executor::policy::{Came, Move, Next, QueueSpec, Ready, Reason, TaskPolicy};
use sim_core::trace::WorkerId;
use sim_core::trace::event::End;

use super::modes::{Mode, mode};
use super::{ours, random, recorded, workloads};

/// FIFO, but for tasks that wake themselves: they keep the turn.
struct SelfWakeFirst;

impl TaskPolicy for SelfWakeFirst {
    fn name(&self) -> &'static str {
        "self_wake_first"
    }

    fn describe(&self) -> String {
        "FIFO, self-wakes to the front".to_owned()
    }

    fn queues(&self, _: u32) -> Vec<QueueSpec> {
        vec![QueueSpec { name: "ready queue".to_owned(), owner: None }]
    }

    fn place(&mut self, came: &Came, _: &Ready<'_>, _: &mut Vec<Move>) -> (usize, End) {
        match came.why {
            Reason::Spawned | Reason::Woken => (0, End::Back),
            Reason::WokenInPoll | Reason::Yielded | Reason::Preempted => (0, End::Front),
        }
    }

    fn unpark(&mut self, _: usize, _: &Came, ready: &Ready<'_>) -> Option<WorkerId> {
        ready.first_parked()
    }

    fn next(&mut self, _: WorkerId, ready: &Ready<'_>, _: &mut dyn FnMut(u64) -> u64) -> Next {
        if ready.len(0) == 0 { Next::Park } else { Next::Poll { queue: 0, end: End::Front } }
    }
}

/// The mode with this executor in place of its model.
fn instead(name: &str, executor: fn() -> Executor) -> Mode {
    let right = mode(name);
    let (_, root_is) = right.ours.expect("only a mode with a model can have a wrong one");
    Mode { ours: Some((executor, root_is)), ..*right }
}

/// The wrong executor gives another order than the recorded one, and random workloads find that out, too.
#[track_caller]
fn is_noticed(name: &str, workload: &str, executor: fn() -> Executor) {
    let wrong = instead(name, executor);
    let recorded = &recorded::orders(workload)[name];
    let given = ours::run(executor(), &workloads::root(workload), wrong.ours.unwrap().1);
    assert_ne!(given, *recorded, "{workload} does not notice that {name} breaks a rule");
    let found = random::first_difference(&wrong, 2_000).expect("one of 2,000 random workloads notices it");
    assert!(found.lines().nth(1).unwrap().len() < 200, "not shrunk much: {found}");
}

#[test]
fn a_self_wake_that_keeps_the_turn_is_noticed() {
    is_noticed("asyncexec_task", "w03_yield_self_rounds", || Executor::with_policy(1, Box::new(SelfWakeFirst)));
}
