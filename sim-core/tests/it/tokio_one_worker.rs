//! tokio's multi_thread with one worker, rule by rule. The expected orders are what the real runtime gave (tokio 1.54.1,
//! `worker_threads(1)`, an inject queue that is hardly ever looked at first; 20 identical repeats each).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sim_core::executor::policy::TokioMultiThread;
use sim_core::trace::event::Event;
use sim_core::{Costs, Executor, JoinHandle, Machine, Outcome, SimDuration, mark, spawn, time, yield_now};
use tokio::sync::{Notify, broadcast, mpsc, oneshot};

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

#[track_caller]
fn check<Fut>(expected: &str, root: fn() -> Fut)
where
    Fut: Future<Output = ()> + Send + 'static,
{
    let policy = TokioMultiThread::default().global_queue_interval(1_000_000);
    assert_eq!(marks(&run(policy, root).trace), expected);
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

#[test]
fn the_task_spawned_last_is_in_the_lifo_slot_and_goes_first() {
    check("R0 R1 C A B R2", || async {
        mark("R0");
        let tasks = ["A", "B", "C"].map(|name| spawn(async move { mark(name) }));
        mark("R1");
        all(tasks).await;
        mark("R2");
    });
}

#[test]
fn whoever_yields_is_woken_through_the_lifo_slot() {
    check("C1 A1 B1 C2 B2 A2 C3 A3 B3 C4 B4 A4 RA RB RC", || async {
        let tasks = ["A", "B", "C"].map(|name| {
            spawn(async move {
                for step in 1..=4 {
                    if step > 1 {
                        yield_now().await;
                    }
                    mark(format!("{name}{step}"));
                }
            })
        });
        for (task, name) in tasks.into_iter().zip(["A", "B", "C"]) {
            task.await.unwrap();
            mark(format!("R{name}"));
        }
    });
}

#[test]
fn whoever_wakes_itself_goes_to_the_back_of_the_queue() {
    check("C1 A1 B1 C2 A2 B2 C3 A3 B3 C4 A4 RA B4 RB RC", || async {
        let tasks = ["A", "B", "C"].map(|name| {
            spawn(async move {
                for step in 1..=4 {
                    if step > 1 {
                        yield_self().await;
                    }
                    mark(format!("{name}{step}"));
                }
            })
        });
        for (task, name) in tasks.into_iter().zip(["A", "B", "C"]) {
            task.await.unwrap();
            mark(format!("R{name}"));
        }
    });
}

#[test]
fn a_child_runs_right_after_its_parent() {
    check("B1 B2 b1 A1 A2 a1 B3 b2 B4 A3 a2 A4 R", || async {
        let parent = |name: &'static str, child: &'static str| {
            spawn(async move {
                mark(format!("{name}1"));
                let inner = spawn(async move {
                    mark(format!("{child}1"));
                    yield_self().await;
                    mark(format!("{child}2"));
                });
                mark(format!("{name}2"));
                yield_self().await;
                mark(format!("{name}3"));
                inner.await.unwrap();
                mark(format!("{name}4"));
            })
        };
        all([parent("A", "a"), parent("B", "b")]).await;
        mark("R");
    });
}

/// w06 of the recorded workloads.
async fn ping_pong() {
    let (sender, mut receiver) = mpsc::channel(1);
    let producer = spawn(async move {
        for i in 1..=4 {
            mark(format!("s{i}"));
            sender.send(i).await.unwrap();
            mark(format!("d{i}"));
        }
        drop(sender);
        mark("Px");
    });
    let consumer = spawn(async move {
        while let Some(i) = receiver.recv().await {
            mark(format!("r{i}"));
        }
        mark("Cx");
    });
    all([producer, consumer]).await;
    mark("R");
}

#[test]
fn a_channel_of_one_goes_back_and_forth() {
    check("s1 d1 s2 r1 d2 s3 r2 d3 s4 r3 d4 Px r4 Cx R", ping_pong);
}

#[test]
fn a_burst_of_messages_is_received_in_one_go() {
    check("D1 P r1 r2 r3 D2 Px r4 r5 Cx D3 R", || async {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let consumer = spawn(async move {
            while let Some(i) = receiver.recv().await {
                mark(format!("r{i}"));
            }
            mark("Cx");
        });
        let producer = spawn(async move {
            mark("P");
            (1..=3).for_each(|i| sender.send(i).unwrap());
            yield_self().await;
            (4..=5).for_each(|i| sender.send(i).unwrap());
            drop(sender);
            mark("Px");
        });
        let other = spawn(async move {
            mark("D1");
            yield_self().await;
            mark("D2");
            yield_self().await;
            mark("D3");
        });
        all([consumer, producer, other]).await;
        mark("R");
    });
}

#[test]
fn of_several_woken_at_once_the_last_goes_first() {
    check("S Sx W3 W2 W1 R", || async {
        let (one, first) = oneshot::channel::<()>();
        let (two, second) = oneshot::channel::<()>();
        let (three, third) = oneshot::channel::<()>();
        let waits = |name: &'static str, receiver: oneshot::Receiver<()>| {
            spawn(async move {
                receiver.await.unwrap();
                mark(name);
            })
        };
        let tasks = [waits("W1", first), waits("W2", second), waits("W3", third)];
        let sender = spawn(async move {
            mark("S");
            yield_self().await;
            two.send(()).unwrap();
            one.send(()).unwrap();
            three.send(()).unwrap();
            mark("Sx");
        });
        all(tasks).await;
        sender.await.unwrap();
        mark("R");
    });
}

#[test]
fn a_notify_wakes_its_waiters_in_line_through_the_lifo_slot() {
    check("N0 N1 B1 A1 N2 N3 A2 C1 B2 C2 N4 R", || async {
        let notify = Arc::new(Notify::new());
        let done = Arc::new(AtomicUsize::new(0));
        let waiters = ["A", "B", "C"].map(|name| {
            let (notify, done) = (Arc::clone(&notify), Arc::clone(&done));
            spawn(async move {
                for step in 1..=2 {
                    notify.notified().await;
                    mark(format!("{name}{step}"));
                }
                done.fetch_add(1, Ordering::Relaxed);
            })
        });
        let notifier = spawn(async move {
            yield_self().await;
            mark("N0");
            notify.notify_one();
            notify.notify_one();
            mark("N1");
            yield_self().await;
            mark("N2");
            notify.notify_waiters();
            mark("N3");
            while done.load(Ordering::Relaxed) < 3 {
                yield_self().await;
                notify.notify_one();
            }
            mark("N4");
        });
        notifier.await.unwrap();
        all(waiters).await;
        mark("R");
    });
}

#[test]
fn a_broadcast_wakes_its_receivers_through_the_lifo_slot() {
    check("S S2 C1 C2 A1 A2 B1 B2 S3 B3 C3 A3 R", || async {
        let (sender, _) = broadcast::channel(16);
        let receivers = ["A", "B", "C"].map(|name| (name, sender.subscribe()));
        let tasks = receivers.map(|(name, mut receiver)| {
            spawn(async move {
                for _ in 0..3 {
                    mark(format!("{name}{}", receiver.recv().await.unwrap()));
                }
            })
        });
        let sender = spawn(async move {
            mark("S");
            yield_self().await;
            sender.send(1).unwrap();
            sender.send(2).unwrap();
            mark("S2");
            yield_self().await;
            sender.send(3).unwrap();
            mark("S3");
        });
        all(tasks).await;
        sender.await.unwrap();
        mark("R");
    });
}

#[test]
fn after_128_operations_a_task_yields_and_the_others_go_on() {
    check("D@0 D@128 D@128 D@128 D@128 C@300 R", || async {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        (0..300).for_each(|n| sender.send(n).unwrap());
        drop(sender);
        let taken = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&taken);
        let drain = spawn(async move {
            while receiver.recv().await.is_some() {
                taken.fetch_add(1, Ordering::Relaxed);
            }
            mark(format!("C@{}", taken.load(Ordering::Relaxed)));
        });
        let other = spawn(async move {
            for _ in 0..5 {
                mark(format!("D@{}", seen.load(Ordering::Relaxed)));
                yield_self().await;
            }
        });
        all([drain, other]).await;
        mark("R");
    });
}

#[test]
fn tasks_without_budget_left_yield_as_yield_now_does() {
    check("C1 A@64 A@128 B@64 B@128 C2 B@192 B A@192 A C3 R", || async {
        let drain = |name: &'static str| {
            let (sender, mut receiver) = mpsc::unbounded_channel();
            (0..200).for_each(|n| sender.send(n).unwrap());
            drop(sender);
            spawn(async move {
                let mut taken = 0;
                while receiver.recv().await.is_some() {
                    taken += 1;
                    if taken % 64 == 0 {
                        mark(format!("{name}@{taken}"));
                    }
                }
                mark(name);
            })
        };
        let (a, b) = (drain("A"), drain("B"));
        let c = spawn(async {
            mark("C1");
            yield_now().await;
            mark("C2");
            yield_now().await;
            mark("C3");
        });
        all([a, b, c]).await;
        mark("R");
    });
}

#[test]
fn timers_that_are_due_together_wake_through_the_lifo_slot() {
    check("B C A R", || async {
        let due = sim_core::now() + SimDuration::from_millis(20);
        let tasks = ["A", "B", "C"].map(|name| {
            spawn(async move {
                time::sleep_until(due).await;
                mark(name);
            })
        });
        all(tasks).await;
        mark("R");
    });
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
