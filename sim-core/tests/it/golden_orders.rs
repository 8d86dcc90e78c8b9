//! Our FIFO executor runs the same code in the same order as a real one: async-executor 1.14.1 on one thread, whose
//! queue is plain FIFO too.
//!
//! The expected orders were printed by async-executor itself, 20 identical repeats each, with tokio 1.54.1, futures
//! 0.3.34, event-listener and async-lock 3.5.0. The libraries are unchanged here as there.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use futures::stream::FuturesUnordered;
use futures::{FutureExt as _, SinkExt as _, StreamExt as _};
use sim_core::{JoinHandle, mark, spawn, yield_now};
use tokio::sync::{broadcast, mpsc, oneshot};

use crate::support::{marks, run_one};

/// Runs the root as the only task of the run's beginning, and compares the order of its markers.
#[track_caller]
fn check<Fut: Future<Output = ()> + Send + 'static>(expected: &str, root: fn() -> Fut) {
    let outcome = run_one(root);
    assert_eq!(marks(&outcome.trace), expected);
}

async fn all<const N: usize>(tasks: [JoinHandle<()>; N]) {
    for task in tasks {
        task.await.unwrap();
    }
}

/// Marks `name1`, `name2` … with a yield between two.
async fn steps(name: &str, count: usize) {
    for step in 1..=count {
        if step > 1 {
            yield_now().await;
        }
        mark(format!("{name}{step}"));
    }
}

#[test]
fn spawned_tasks_run_in_order_of_spawning() {
    check("R0 R1 A B C R2", || async {
        mark("R0");
        let tasks = ["A", "B", "C"].map(|name| spawn(async move { mark(name) }));
        mark("R1");
        all(tasks).await;
        mark("R2");
    });
}

#[test]
fn tasks_that_yield_take_turns() {
    check("A1 B1 C1 A2 B2 C2 A3 B3 C3 A4 B4 C4 RA RB RC", || async {
        let tasks = ["A", "B", "C"].map(|name| (name, spawn(steps(name, 4))));
        for (name, task) in tasks {
            task.await.unwrap();
            mark(format!("R{name}"));
        }
    });
}

#[test]
fn a_child_runs_after_those_that_were_ready_before_it() {
    check("A1 A2 B1 B2 a1 A3 b1 B3 a2 b2 A4 B4 R", || async {
        let parent = |name: &'static str, child: &'static str| async move {
            mark(format!("{name}1"));
            let child = spawn(steps(child, 2));
            mark(format!("{name}2"));
            yield_now().await;
            mark(format!("{name}3"));
            child.await.unwrap();
            mark(format!("{name}4"));
        };
        all([spawn(parent("A", "a")), spawn(parent("B", "b"))]).await;
        mark("R");
    });
}

#[test]
fn a_tokio_channel_of_one_passes_the_turn_to_and_fro() {
    check("s1 d1 s2 r1 d2 s3 r2 d3 s4 r3 d4 Px r4 Cx R", || async {
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
    });
}

#[test]
fn a_burst_into_an_unbounded_tokio_channel_wakes_once() {
    check("P D1 r1 r2 r3 Px D2 r4 r5 Cx D3 R", || async {
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
            yield_now().await;
            (4..=5).for_each(|i| sender.send(i).unwrap());
            drop(sender);
            mark("Px");
        });
        all([consumer, producer, spawn(steps("D", 3))]).await;
        mark("R");
    });
}

#[test]
fn those_who_wait_run_in_the_order_in_which_they_are_woken() {
    check("S Sx W2 W1 W3 R", || async {
        let (senders, receivers): (Vec<_>, Vec<_>) = (0..3).map(|_| oneshot::channel::<()>()).unzip();
        let waiters = receivers.into_iter().zip(1..).map(|(receiver, n)| {
            spawn(async move {
                receiver.await.unwrap();
                mark(format!("W{n}"));
            })
        });
        let waiters: Vec<_> = waiters.collect();
        let sender = spawn(async move {
            mark("S");
            yield_now().await;
            let mut senders: Vec<_> = senders.into_iter().map(Some).collect();
            for n in [2, 1, 3] {
                senders[n - 1].take().unwrap().send(()).unwrap();
            }
            mark("Sx");
        });
        for task in waiters {
            task.await.unwrap();
        }
        sender.await.unwrap();
        mark("R");
    });
}

#[test]
fn tokio_notify_wakes_in_line_and_keeps_one_permit() {
    check("N0 N1 A1 B1 N2 N3 C1 A2 B2 C2 N4 R", || async {
        let notify = Arc::new(tokio::sync::Notify::new());
        let done = Arc::new(AtomicUsize::new(0));
        let waiters = ["A", "B", "C"].map(|name| {
            let (notify, done) = (Arc::clone(&notify), Arc::clone(&done));
            spawn(async move {
                notify.notified().await;
                mark(format!("{name}1"));
                notify.notified().await;
                mark(format!("{name}2"));
                done.fetch_add(1, Ordering::Relaxed);
            })
        });
        let notifier = spawn(async move {
            yield_now().await;
            mark("N0");
            notify.notify_one();
            notify.notify_one();
            mark("N1");
            yield_now().await;
            mark("N2");
            notify.notify_waiters();
            mark("N3");
            while done.load(Ordering::Relaxed) < 3 {
                yield_now().await;
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
fn a_biased_tokio_select_prefers_its_first_branch() {
    check("x1 y1 y2 x2 y3 x3 Tx R", || async {
        let (x, mut from_x) = mpsc::unbounded_channel();
        let (y, mut from_y) = mpsc::unbounded_channel();
        let select = spawn(async move {
            loop {
                tokio::select! {
                    biased;
                    Some(i) = from_x.recv() => mark(format!("x{i}")),
                    Some(i) = from_y.recv() => mark(format!("y{i}")),
                    else => break,
                }
            }
            mark("Tx");
        });
        let x = spawn(async move {
            x.send(1).unwrap();
            yield_now().await;
            x.send(2).unwrap();
            yield_now().await;
            x.send(3).unwrap();
        });
        let y = spawn(async move {
            y.send(1).unwrap();
            y.send(2).unwrap();
            yield_now().await;
            y.send(3).unwrap();
        });
        all([select, x, y]).await;
        mark("R");
    });
}

#[test]
fn joins_poll_their_branches_in_each_libraries_order() {
    let expected = "a1 b1 c1 b2 c2 a2 c3 a3 b3 | d1 e1 g1 d2 e2 g2 d3 e3 g3 | h1 i1 j1 h2 i2 j2 h3 i3 j3";
    check(expected, || async {
        tokio::join!(steps("a", 3), steps("b", 3), steps("c", 3));
        mark("|");
        tokio::join!(biased; steps("d", 3), steps("e", 3), steps("g", 3));
        mark("|");
        futures::join!(steps("h", 3), steps("i", 3), steps("j", 3));
    });
}

#[test]
fn tokios_budget_does_not_hold_outside_of_tokio() {
    check("C@300 D@300 D@300 D@300 D@300 D@300 R", || async {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        (0..300).for_each(|i| sender.send(i).unwrap());
        drop(sender);
        let count = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&count);
        let consumer = spawn(async move {
            while receiver.recv().await.is_some() {
                count.fetch_add(1, Ordering::Relaxed);
            }
            mark(format!("C@{}", count.load(Ordering::Relaxed)));
        });
        let observer = spawn(async move {
            for _ in 0..5 {
                mark(format!("D@{}", seen.load(Ordering::Relaxed)));
                yield_now().await;
            }
        });
        all([consumer, observer]).await;
        mark("R");
    });
}

#[test]
fn futures_unordered_yields_after_two_children_that_woke_themselves() {
    check("a1 b1 =b c1 d1 e1 a2 c2 d2 =d e2 a3 =a c3 =c e3 =e", || async {
        let child = |name: &'static str, count| steps(name, count).map(move |()| name);
        let mut children: FuturesUnordered<_> =
            [child("a", 3), child("b", 1), child("c", 3), child("d", 2), child("e", 3)].into_iter().collect();
        while let Some(name) = children.next().await {
            mark(format!("={name}"));
        }
    });
}

#[test]
fn join_all_polls_every_child_of_a_few_and_only_the_woken_of_many() {
    check("s1 g s2 g s3 g | s1 g s2 s3 g |", || async {
        for children in [30, 31] {
            let gate = Arc::new(Mutex::new((false, None::<Waker>)));
            let child = |n: usize| -> Pin<Box<dyn Future<Output = ()> + Send>> {
                let gate = Arc::clone(&gate);
                match n {
                    2 => Box::pin(async move {
                        steps("s", 3).await;
                        let waker = {
                            let mut gate = gate.lock().unwrap();
                            gate.0 = true;
                            gate.1.take()
                        };
                        waker.into_iter().for_each(Waker::wake);
                    }),
                    5 => Box::pin(std::future::poll_fn(move |cx| {
                        mark("g");
                        let mut gate = gate.lock().unwrap();
                        if gate.0 {
                            return Poll::Ready(());
                        }
                        gate.1 = Some(cx.waker().clone());
                        Poll::Pending
                    })),
                    _ => Box::pin(async {}),
                }
            };
            futures::future::join_all((0..children).map(child)).await;
            mark("|");
        }
    });
}

#[test]
fn a_tokio_broadcast_wakes_its_receivers_in_order() {
    check("S S2 A1 A2 B1 B2 C1 C2 S3 A3 B3 C3 R", || async {
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
            yield_now().await;
            sender.send(1).unwrap();
            sender.send(2).unwrap();
            mark("S2");
            yield_now().await;
            sender.send(3).unwrap();
            mark("S3");
        });
        all(tasks).await;
        sender.await.unwrap();
        mark("R");
    });
}

#[test]
fn a_futures_channel_of_one_holds_two() {
    check("s1 d1 s2 r1 r2 d2 s3 d3 s4 r3 r4 d4 s5 d5 Px r5 Cx R", || async {
        let (mut sender, mut receiver) = futures::channel::mpsc::channel(1);
        let producer = spawn(async move {
            for i in 1..=5 {
                mark(format!("s{i}"));
                sender.send(i).await.unwrap();
                mark(format!("d{i}"));
            }
            drop(sender);
            mark("Px");
        });
        let consumer = spawn(async move {
            while let Some(i) = receiver.next().await {
                mark(format!("r{i}"));
            }
            mark("Cx");
        });
        all([producer, consumer]).await;
        mark("R");
    });
}

#[test]
fn a_futures_mutex_lets_its_holder_take_it_again() {
    check("A+ A- A+ A- B+ B- B+ B- C+ C- C+ C- R", || async {
        let lock = Arc::new(futures::lock::Mutex::new(()));
        let tasks = ["A", "B", "C"].map(|name| {
            let lock = Arc::clone(&lock);
            spawn(async move {
                for _ in 0..2 {
                    let guard = lock.lock().await;
                    mark(format!("{name}+"));
                    yield_now().await;
                    mark(format!("{name}-"));
                    drop(guard);
                }
            })
        });
        all(tasks).await;
        mark("R");
    });
}

#[test]
fn an_event_notifies_its_listeners_in_line() {
    check("N N1 A B C N2 R", || async {
        let event = Arc::new(event_listener::Event::new());
        let done = Arc::new([const { AtomicBool::new(false) }; 3]);
        let listeners = [("A", 0), ("B", 1), ("C", 2)].map(|(name, place)| {
            let (event, done) = (Arc::clone(&event), Arc::clone(&done));
            spawn(async move {
                event.listen().await;
                mark(name);
                done[place].store(true, Ordering::Relaxed);
            })
        });
        let notifier = spawn(async move {
            yield_now().await;
            mark("N");
            event.notify(2);
            mark("N1");
            while !done.iter().all(|done| done.load(Ordering::Relaxed)) {
                yield_now().await;
                event.notify(1);
            }
            mark("N2");
        });
        notifier.await.unwrap();
        all(listeners).await;
        mark("R");
    });
}
