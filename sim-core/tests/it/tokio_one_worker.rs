//! tokio's multi_thread with one worker: what its trace tells besides the order of its tasks, which `golden` compares with
//! the real runtime's.

use sim_core::executor::policy::TokioMultiThread;
use sim_core::trace::event::Event;
use sim_core::{Costs, Executor, JoinHandle, Machine, Outcome, mark, spawn};
use tokio::sync::mpsc;

use crate::support::{legal, marks};

fn run<Fut>(policy: TokioMultiThread, root: fn() -> Fut) -> Outcome<()>
where
    Fut: Future<Output = ()> + Send + 'static,
{
    let executor = Executor::with_policy(1, Box::new(policy));
    let machine = Machine::new().cores(2).costs(Costs::zero());
    // As `block_on(async { spawn(root).await })`: the workload is a task on the worker.
    legal(machine.run_async(executor, move || async move { spawn(root()).await.unwrap() }))
}

async fn all<const N: usize>(tasks: [JoinHandle<()>; N]) {
    for task in tasks {
        task.await.unwrap();
    }
}

/// As a task that wakes itself within its own poll.
async fn yield_self() {
    let mut yielded = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut yielded, true) {
            return std::task::Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

/// Two tasks that wake each other again and again, each through the LIFO slot, beside one that waits in the queue.
async fn rallies() {
    let (there, mut from_there) = mpsc::unbounded_channel();
    let (back, mut from_back) = mpsc::unbounded_channel();
    let other = spawn(async {
        mark("other");
        yield_self().await;
        mark("other");
    });
    let left = spawn(async move {
        for _ in 0..6 {
            there.send(()).unwrap();
            from_back.recv().await.unwrap();
            mark("left");
        }
    });
    let right = spawn(async move {
        for _ in 0..6 {
            from_there.recv().await.unwrap();
            mark("right");
            back.send(()).unwrap();
        }
    });
    all([other, left, right]).await;
}

#[test]
fn the_lifo_slot_closes_after_three_polls_and_a_test_can_see_that() {
    let fixed = || TokioMultiThread::default().global_queue_interval(1_000_000);
    let capped = marks(&run(fixed(), rallies).trace);
    let uncapped = marks(&run(fixed().without_lifo_cap(), rallies).trace);
    assert_ne!(capped, uncapped);
    let rally = |order: &str| order.split(" other").map(|part| part.split(' ').count()).max().unwrap();
    assert!(rally(&capped) < rally(&uncapped), "{capped}\n{uncapped}");
}

#[test]
fn a_full_queue_gives_its_second_half_and_the_newcomer_to_the_inject_queue() {
    let policy = TokioMultiThread::default().global_queue_interval(1_000_000);
    let outcome = run(policy, || async {
        let tasks: Vec<_> = (0..258).map(|n| spawn(async move { mark(n.to_string()) })).collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    let told: Vec<usize> = outcome.trace.markers().map(|m| m.text.parse().unwrap()).collect();
    // 257 is in the slot; 256 was pushed out of it into a queue that was full with 0 to 255.
    let expected: Vec<usize> = std::iter::once(257).chain(0..128).chain(128..257).collect();
    assert_eq!(told, expected);
    let moved = |count: u32| {
        let such = |event: &Event| matches!(event, Event::Moved { count: n, .. } if *n == count);
        outcome.trace.events_from(0).filter(|(_, _, event)| such(event)).count()
    };
    // 129 tasks stood in the inject queue: a batch of 128 at most comes back, and the last by itself.
    assert_eq!(moved(128), 2, "128 to the inject queue, and 128 back");
}

#[test]
fn the_root_is_polled_on_its_callers_thread() {
    let outcome = run(TokioMultiThread::default(), || async {});
    let tables = outcome.trace.tables();
    assert_eq!((tables.workers.len(), tables.run.workers), (2, 1));
    let on: Vec<(String, String)> = outcome
        .trace
        .events_from(0)
        .filter_map(|(_, _, event)| match event {
            Event::PollStarted { task, at, .. } => {
                Some((tables.task_name(task), tables.thread_name(tables.workers[at.worker.index()])))
            }
            _ => None,
        })
        .collect();
    let on: Vec<(&str, &str)> = on.iter().map(|(task, thread)| (task.as_str(), thread.as_str())).collect();
    assert_eq!(on, [("main", "main"), ("task 1", "worker 0"), ("main", "main")]);
}
