//! Rules of one runtime: budgets, intervals, sets.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::{mpsc, oneshot};

use super::*;

pub const WORKLOADS: &[Workload] = &[
    ("w13_joinset", |rt| Box::pin(join_set(rt))),
    ("w16_coop_budget", |rt| Box::pin(coop_budget(rt))),
    ("w17_event_interval", |rt| Box::pin(event_interval(rt, 200))),
    ("w19_inject_interval", |rt| Box::pin(inject_interval(rt))),
    ("r01_lifo_cap", |rt| Box::pin(ping_pong(rt))),
    ("r02_unparked_while_running", |rt| Box::pin(unparked_while_running(rt))),
    ("r03_tuned_interval", |rt| Box::pin(tuned_interval(rt))),
    ("r04_long_burst", |rt| Box::pin(event_interval(rt, 450))),
    ("r05_dropped_handle", |rt| Box::pin(dropped_handle(rt))),
    ("r06_remote_wake", |rt| Box::pin(remote_wake(rt))),
    ("r07_yield_among_many", |rt| Box::pin(yield_among_many(rt))),
    ("w30_tokio_budget_yield_order", |rt| Box::pin(budget_and_yield(rt))),
];

async fn join_set(rt: Rt) {
    let mut set = rt.join_set();
    for (k, yields) in [3, 1, 2, 0].into_iter().enumerate() {
        let rt = rt.clone();
        set.spawn(Box::pin(async move {
            for _ in 0..yields {
                yield_self().await;
            }
            rt.mark(format!("e{k}"));
            k
        }));
    }
    while let Some(k) = set.join_next().await {
        rt.mark(format!("J{k}"));
    }
    rt.mark("R");
}

#[test]
fn a_join_set_gives_tasks_in_the_order_of_their_ends() {
    check("w13_joinset");
}

/// A channel that holds so many messages and gets no more.
fn filled(messages: usize) -> mpsc::UnboundedReceiver<usize> {
    let (sender, receiver) = mpsc::unbounded_channel();
    (0..messages).for_each(|i| sender.send(i).unwrap());
    receiver
}

/// A count that several tasks see.
#[derive(Clone, Default)]
struct Count(Arc<AtomicUsize>);

impl Count {
    fn add_one(&self) -> usize {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn mark(&self, rt: &Rt, name: &str) {
        rt.mark(format!("{name}@{}", self.get()));
    }
}

async fn coop_budget(rt: Rt) {
    let mut receiver = filled(300);
    let consumed = Count::default();
    let seen = consumed.clone();
    let consumer = rt.spawn(|rt| async move {
        while receiver.recv().await.is_some() {
            consumed.add_one();
        }
        consumed.mark(&rt, "C");
    });
    let observer = rt.spawn(|rt| async move {
        for _ in 0..5 {
            seen.mark(&rt, "D");
            yield_self().await;
        }
    });
    all([consumer, observer]).await;
    rt.mark("R");
}

#[test]
fn tokios_budget_holds_in_tokio_and_nowhere_else() {
    check("w16_coop_budget");
}

async fn event_interval(rt: Rt, tasks: usize) {
    let ended = Count::default();
    let (sender, receiver) = oneshot::channel();
    let mut sender = Some(sender);
    let tasks = (0..tasks).map(|_| {
        let (ended, sender) = (ended.clone(), sender.take());
        rt.spawn(|_| async move {
            ended.add_one();
            if let Some(sender) = sender {
                sender.send(()).unwrap();
            }
        })
    });
    let tasks: Vec<_> = tasks.collect();
    receiver.await.unwrap();
    ended.mark(&rt, "R");
    rt.yield_native().await;
    ended.mark(&rt, "S");
    yield_self().await;
    ended.mark(&rt, "T");
    all(tasks).await;
    ended.mark(&rt, "E");
}

#[test]
fn the_main_future_is_polled_when_its_runtime_comes_to_it() {
    check("w17_event_interval");
}

async fn inject_interval(rt: Rt) {
    let ended = Count::default();
    let injected: Arc<Mutex<Option<Handle>>> = Arc::default();
    let task = |n: usize| {
        let (ended, injected) = (ended.clone(), Arc::clone(&injected));
        rt.spawn(move |rt| async move {
            let seen = ended.clone();
            ended.add_one();
            if n == 5 {
                rt.elsewhere(move |rt| {
                    let task = rt.spawn(|rt| async move { seen.mark(&rt, "X") });
                    *injected.lock().unwrap() = Some(task);
                });
            }
        })
    };
    let tasks: Vec<_> = (1..=150).map(task).collect();
    all(tasks).await;
    let injected = injected.lock().unwrap().take().expect("the fifth task has run");
    injected.await;
    ended.mark(&rt, "E");
}

#[test]
fn what_comes_from_outside_is_taken_in_at_the_runtimes_interval() {
    check("w19_inject_interval");
}

async fn ping_pong(rt: Rt) {
    let (ping, mut pinged) = mpsc::unbounded_channel();
    let (pong, mut ponged) = mpsc::unbounded_channel();
    let other = rt.spawn(|rt| steps(rt, "B", 4));
    let first = rt.spawn(|rt| async move {
        for i in 1..=6 {
            ping.send(i).unwrap();
            rt.mark(format!("p{i}"));
            ponged.recv().await.unwrap();
        }
    });
    let second = rt.spawn(|rt| async move {
        while let Some(i) = pinged.recv().await {
            rt.mark(format!("c{i}"));
            pong.send(i).unwrap();
        }
    });
    all([other, first, second]).await;
    rt.mark("R");
}

#[test]
fn two_tasks_that_wake_each_other_let_others_run() {
    check("r01_lifo_cap");
}

async fn unparked_while_running(rt: Rt) {
    for parks in [1, 2] {
        if parks == 2 {
            rt.elsewhere(|rt| rt.spawn(|rt| async move { rt.mark("|") }).detach());
        }
        let (sender, receiver) = oneshot::channel();
        rt.once_parked(parks, || sender.send(()).unwrap());
        receiver.await.unwrap();
        let ended = Count::default();
        let task = |_| {
            let ended = ended.clone();
            rt.spawn(|_| async move {
                ended.add_one();
            })
        };
        let tasks: Vec<_> = (0..70).map(task).collect();
        rt.elsewhere(move |rt| rt.spawn(|rt| async move { ended.mark(&rt, "X") }).detach());
        all(tasks).await;
    }
    rt.mark("R");
}

#[test]
fn a_runtime_that_was_unparked_while_it_ran_returns_at_once_from_its_next_park() {
    check("r02_unparked_while_running");
}

async fn budget_and_yield(rt: Rt) {
    let reader = |name: &'static str| {
        let mut receiver = filled(200);
        rt.spawn(move |rt| async move {
            let mut count = 0;
            while receiver.recv().await.is_some() {
                count += 1;
                if count % 64 == 0 {
                    rt.mark(format!("{name}@{count}"));
                }
            }
            rt.mark(name);
        })
    };
    let [a, b] = ["A", "B"].map(reader);
    let yields = rt.spawn(|rt| async move {
        rt.mark("C1");
        rt.yield_native().await;
        rt.mark("C2");
        rt.yield_native().await;
        rt.mark("C3");
    });
    all([a, b, yields]).await;
    rt.mark("R");
}

#[test]
fn a_task_that_used_up_its_budget_waits_with_those_that_yielded() {
    check("w30_tokio_budget_yield_order");
}

/// Polls that take long make tokio look at the inject queue at every second one.
async fn tuned_interval(rt: Rt) {
    const NAMES: [&str; 3] = ["X", "Y", "Z"];
    let (ended, come) = (Count::default(), Count::default());
    let task = |n: usize| {
        let (ended, come) = (ended.clone(), come.clone());
        rt.spawn(move |rt| async move {
            // tokio wants a look every 200 µs, and never at each poll.
            rt.compute(400);
            ended.add_one();
            if n == 5 {
                rt.elsewhere(move |rt| {
                    for name in NAMES {
                        let (ended, come) = (ended.clone(), come.clone());
                        let task = rt.spawn(move |rt| async move {
                            ended.mark(&rt, name);
                            come.add_one();
                        });
                        task.detach();
                    }
                });
            }
        })
    };
    let tasks: Vec<_> = (1..=100).map(task).collect();
    all(tasks).await;
    while come.get() < NAMES.len() {
        yield_self().await;
    }
    ended.mark(&rt, "E");
}

#[test]
fn long_polls_make_tokio_look_at_what_comes_from_outside_at_every_second_one() {
    check("r03_tuned_interval");
}

#[test]
fn the_main_future_does_not_wait_for_the_end_of_a_long_burst() {
    check("r04_long_burst");
}

async fn dropped_handle(rt: Rt) {
    let task = rt.spawn(|rt| steps(rt, "A", 6));
    let other = rt.spawn(|rt| steps(rt, "B", 6));
    yield_self().await;
    yield_self().await;
    rt.mark("drop");
    drop(task);
    other.await;
    for _ in 0..8 {
        yield_self().await;
    }
    rt.mark("R");
}

#[test]
fn a_task_whose_handle_is_dropped_does_as_its_runtime_has_it() {
    check("r05_dropped_handle");
}

async fn remote_wake(rt: Rt) {
    let ended = Count::default();
    let (sender, receiver) = oneshot::channel();
    let seen = ended.clone();
    let waits = rt.spawn(|rt| async move {
        receiver.await.unwrap();
        seen.mark(&rt, "W");
    });
    let mut sender = Some(sender);
    let task = |n: usize| {
        let (ended, sender) = (ended.clone(), if n == 5 { sender.take() } else { None });
        rt.spawn(move |rt| async move {
            ended.add_one();
            if let Some(sender) = sender {
                rt.elsewhere(|_| sender.send(()).unwrap());
            }
        })
    };
    let tasks: Vec<_> = (1..=150).map(task).collect();
    all(tasks).await;
    waits.await;
    ended.mark(&rt, "E");
}

#[test]
fn what_another_thread_wakes_is_polled_at_the_runtimes_interval() {
    check("r06_remote_wake");
}

async fn yield_among_many(rt: Rt) {
    let yields = |name: &'static str| {
        rt.spawn(|rt| async move {
            rt.yield_native().await;
            rt.mark(name);
        })
    };
    let first = yields("first");
    let others: Vec<_> = (0..100).map(|_| rt.spawn(|_| async {})).collect();
    let last = yields("last");
    all([first, last]).await;
    all(others).await;
    rt.mark("R");
}

#[test]
fn whoever_yields_goes_on_when_its_runtime_comes_to_it() {
    check("r07_yield_among_many");
}
