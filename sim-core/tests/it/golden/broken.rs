//! The comparison can fail: where a model breaks one rule of its runtime, the order of markers differs, in the recorded
//! workloads and in random ones.

use sim_core::Executor;
use sim_core::executor::policy::{
    Came, Dropped, LocalPool, Move, Next, QueueSpec, Ready, Reason, Rules, Smol, TaskPolicy, TokioCurrentThread,
    TokioLocalSet, TokioMultiThread, Yields,
};
use sim_core::trace::event::{End, PollResult};
use sim_core::trace::{TaskId, WorkerId};

use super::modes::{TUNED, mode};
use super::{ours, random, workloads};

/// A model in which one rule is another.
struct Broken {
    model: Box<dyn TaskPolicy>,
    rule: Rule,
}

/// The queue of current_thread for what comes from inside.
const INSIDE: usize = 1;

/// What is broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Rule {
    /// A task that woke itself goes to the front of the queue.
    SelfWakeToFront,
    /// A task that was spawned goes to the front of the queue.
    SpawnToFront,
    /// A yield is a wake of oneself.
    NoDeferring,
    /// A task that has no operation left goes on.
    NoBudget,
    /// What another thread spawns or wakes stands in line with the rest.
    NoInjectQueue,
    /// The driver is not turned between polls.
    NoTurn,
    /// A task whose handle is dropped runs on.
    NoCancel,
}

impl Broken {
    fn executor(model: impl TaskPolicy + 'static, rule: Rule) -> Executor {
        Executor::with_policy(1, Box::new(Broken { model: Box::new(model), rule }))
    }
}

impl TaskPolicy for Broken {
    fn name(&self) -> &'static str {
        self.model.name()
    }

    fn describe(&self) -> String {
        format!("{}, but {:?}", self.model.describe(), self.rule)
    }

    fn queues(&self, workers: u32) -> Vec<QueueSpec> {
        self.model.queues(workers)
    }

    fn rules(&self) -> Rules {
        let rules = self.model.rules();
        match self.rule {
            Rule::NoDeferring => Rules { yields: Yields::Wake, ..rules },
            Rule::NoBudget => Rules { budget: None, ..rules },
            Rule::NoCancel => Rules { dropped: Dropped::Detaches, ..rules },
            Rule::SelfWakeToFront | Rule::SpawnToFront | Rule::NoInjectQueue | Rule::NoTurn => rules,
        }
    }

    fn place(&mut self, came: &Came, ready: &Ready<'_>, room: &mut Vec<Move>) -> (usize, End) {
        let (queue, end) = self.model.place(came, ready, room);
        let front = match self.rule {
            Rule::SelfWakeToFront => came.why == Reason::WokenInPoll,
            Rule::SpawnToFront => came.why == Reason::Spawned,
            Rule::NoDeferring | Rule::NoBudget | Rule::NoInjectQueue | Rule::NoTurn | Rule::NoCancel => false,
        };
        let queue = if self.rule == Rule::NoInjectQueue && came.on.is_none() { INSIDE } else { queue };
        (queue, if front { End::Front } else { end })
    }

    fn unpark(&mut self, queue: usize, came: &Came, ready: &Ready<'_>) -> Option<WorkerId> {
        self.model.unpark(queue, came, ready)
    }

    fn polled(&mut self, worker: WorkerId, task: TaskId, result: PollResult) {
        self.model.polled(worker, task, result);
    }

    fn next(&mut self, worker: WorkerId, ready: &Ready<'_>, draw: &mut dyn FnMut(u64) -> u64) -> Next {
        loop {
            let next = self.model.next(worker, ready, draw);
            let tasks = (0..self.model.queues(1).len()).any(|queue| ready.len(queue) > 0);
            if next != Next::Turn || self.rule != Rule::NoTurn || !tasks {
                return next;
            }
        }
    }
}

/// The wrong executor gives another order than the real one in this workload, and random workloads find that out, too.
#[track_caller]
fn is_noticed(name: &str, workload: &str, executor: fn() -> Executor) {
    let mode = mode(name);
    let root = workloads::root(workload);
    let real = mode.real.expect("a runtime that runs here")(&root, mode.root);
    let given = ours::run(executor(), &root, mode.root);
    assert_ne!(given, real, "{workload} does not notice that {name} breaks a rule");
    let found = random::first_difference(mode, executor);
    assert!(found.is_some(), "no random workload notices that {name} breaks a rule");
}

#[test]
fn a_self_wake_that_keeps_the_turn_is_noticed() {
    is_noticed("asyncexec_task", "w03_yield_self_rounds", || Broken::executor(Smol::new(1), Rule::SelfWakeToFront));
}

#[test]
fn a_spawned_task_that_jumps_the_queue_is_noticed() {
    is_noticed("asyncexec_task", "w01_spawn_fifo", || Broken::executor(Smol::new(1), Rule::SpawnToFront));
}

#[test]
fn a_yield_that_is_not_deferred_is_noticed() {
    is_noticed("tokio_ct_main", "w02_yield_native_rounds", || {
        Broken::executor(TokioCurrentThread::default(), Rule::NoDeferring)
    });
}

#[test]
fn a_budget_that_nobody_keeps_is_noticed() {
    is_noticed("tokio_ct_task", "w16_coop_budget", || Broken::executor(TokioCurrentThread::default(), Rule::NoBudget));
}

#[test]
fn a_driver_that_is_turned_only_at_rest_is_noticed() {
    is_noticed("tokio_ct_main", "w17_event_interval", || Broken::executor(TokioCurrentThread::default(), Rule::NoTurn));
}

#[test]
fn a_spawn_from_another_thread_that_stands_in_line_is_noticed() {
    is_noticed("tokio_ct_task_realclock", "w19_inject_interval", || {
        Broken::executor(TokioCurrentThread::default(), Rule::NoInjectQueue)
    });
}

#[test]
fn a_lifo_slot_without_its_cap_is_noticed() {
    is_noticed("tokio_mt1_task", "r01_lifo_cap", || {
        let policy = TokioMultiThread::default().global_queue_interval(1_000_000).without_lifo_cap();
        Executor::with_policy(1, Box::new(policy))
    });
}

#[test]
fn a_dropped_handle_that_cancels_nothing_is_noticed() {
    is_noticed("asyncexec_task", "r05_dropped_handle", || Broken::executor(Smol::new(1), Rule::NoCancel));
    is_noticed("localpool_task", "r05_dropped_handle", || Broken::executor(LocalPool::default(), Rule::NoCancel));
}

#[test]
fn a_burst_of_async_executor_that_does_not_end_is_noticed() {
    is_noticed("asyncexec_main", "r04_long_burst", || Executor::with_policy(1, Box::new(Smol::new(1).without_burst())));
}

#[test]
fn a_local_pool_that_polls_at_once_what_is_spawned_is_noticed() {
    is_noticed("localpool_task", "w05_nested_spawn", || {
        Executor::with_policy(1, Box::new(LocalPool::without_incoming_list()))
    });
}

#[test]
fn a_local_pool_that_does_not_yield_is_noticed() {
    is_noticed("localpool_main", "r05_dropped_handle", || {
        Executor::with_policy(1, Box::new(LocalPool::without_yielding()))
    });
}

#[test]
fn a_local_set_whose_tick_does_not_end_is_noticed() {
    is_noticed("tokio_localset_task", "r07_yield_among_many", || {
        Executor::with_policy(1, Box::new(TokioLocalSet::without_end_of_tick()))
    });
}

#[test]
fn a_local_set_that_looks_at_its_remote_queue_last_is_noticed() {
    is_noticed("tokio_localset_task_realclock", "r06_remote_wake", || {
        Executor::with_policy(1, Box::new(TokioLocalSet::without_remote_interval()))
    });
}

#[test]
fn an_interval_of_the_inject_queue_that_is_not_tuned_is_noticed() {
    let root = workloads::root("r03_tuned_interval");
    let fixed = TokioMultiThread::default().global_queue_interval(61);
    let given = ours::run(Executor::with_policy(1, Box::new(fixed)), &root, TUNED.root);
    assert_ne!(given, TUNED.real.expect("tokio runs here")(&root, TUNED.root));
}

#[test]
fn what_notices_a_broken_rule_is_made_as_small_as_it_gets() {
    let text = random::smallest_text(mode("asyncexec_task"), || Broken::executor(Smol::new(1), Rule::SelfWakeToFront));
    assert_eq!(text, "(channels:[],locks:0,notifies:1,root:[Spawn([])])");
}
