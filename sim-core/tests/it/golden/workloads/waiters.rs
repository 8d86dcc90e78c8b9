//! Locks, and those who wait for a word.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Notify, oneshot};

use super::*;

pub const WORKLOADS: &[Workload] = &[
    ("w09_wake_many", |rt| Box::pin(wake_many(rt))),
    ("w10_tokio_mutex", |rt| Box::pin(tokio_mutex(rt))),
    ("w11_notify", |rt| Box::pin(notify(rt))),
    ("n04_futures_mutex", |rt| Box::pin(futures_mutex(rt))),
    ("n05_event_listener", |rt| Box::pin(event_listener(rt))),
];

async fn wake_many(rt: Rt) {
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..3).map(|_| oneshot::channel::<()>()).unzip();
    let waiter = |(receiver, n): (oneshot::Receiver<()>, usize)| {
        rt.spawn(|rt| async move {
            receiver.await.unwrap();
            rt.mark(format!("W{n}"));
        })
    };
    let waiters: Vec<_> = receivers.into_iter().zip(1..).map(waiter).collect();
    let sender = rt.spawn(|rt| async move {
        rt.mark("S");
        yield_self().await;
        let mut senders: Vec<_> = senders.into_iter().map(Some).collect();
        for n in [2, 1, 3] {
            senders[n - 1].take().unwrap().send(()).unwrap();
        }
        rt.mark("Sx");
    });
    all(waiters).await;
    sender.await;
    rt.mark("R");
}

#[test]
fn those_who_are_woken_at_once_run_in_each_runtimes_order() {
    check("w09_wake_many");
}

async fn tokio_mutex(rt: Rt) {
    let lock = Arc::new(tokio::sync::Mutex::new(()));
    let tasks = ["A", "B", "C"].map(|name| {
        let lock = Arc::clone(&lock);
        rt.spawn(|rt| async move {
            for _ in 0..2 {
                let guard = lock.lock().await;
                rt.mark(format!("{name}+"));
                yield_self().await;
                rt.mark(format!("{name}-"));
                drop(guard);
            }
        })
    });
    all(tasks).await;
    rt.mark("R");
}

#[test]
fn a_tokio_mutex_is_handed_to_whoever_has_waited_longest() {
    check("w10_tokio_mutex");
}

async fn futures_mutex(rt: Rt) {
    let lock = Arc::new(futures::lock::Mutex::new(()));
    let tasks = ["A", "B", "C"].map(|name| {
        let lock = Arc::clone(&lock);
        rt.spawn(|rt| async move {
            for _ in 0..2 {
                let guard = lock.lock().await;
                rt.mark(format!("{name}+"));
                yield_self().await;
                rt.mark(format!("{name}-"));
                drop(guard);
            }
        })
    });
    all(tasks).await;
    rt.mark("R");
}

#[test]
fn a_futures_mutex_lets_its_holder_take_it_again() {
    check("n04_futures_mutex");
}

async fn notify(rt: Rt) {
    let notify = Arc::new(Notify::new());
    let done = Arc::new(AtomicUsize::new(0));
    let waiters = ["A", "B", "C"].map(|name| {
        let (notify, done) = (Arc::clone(&notify), Arc::clone(&done));
        rt.spawn(|rt| async move {
            notify.notified().await;
            rt.mark(format!("{name}1"));
            notify.notified().await;
            rt.mark(format!("{name}2"));
            done.fetch_add(1, Ordering::Relaxed);
        })
    });
    let notifier = rt.spawn(|rt| async move {
        yield_self().await;
        rt.mark("N0");
        notify.notify_one();
        notify.notify_one();
        rt.mark("N1");
        yield_self().await;
        rt.mark("N2");
        notify.notify_waiters();
        rt.mark("N3");
        while done.load(Ordering::Relaxed) < 3 {
            yield_self().await;
            notify.notify_one();
        }
        rt.mark("N4");
    });
    notifier.await;
    all(waiters).await;
    rt.mark("R");
}

#[test]
fn tokio_notify_wakes_in_line_and_keeps_one_permit() {
    check("w11_notify");
}

async fn event_listener(rt: Rt) {
    let event = Arc::new(::event_listener::Event::new());
    let done = Arc::new(AtomicUsize::new(0));
    let listeners = ["A", "B", "C"].map(|name| {
        let (event, done) = (Arc::clone(&event), Arc::clone(&done));
        rt.spawn(|rt| async move {
            event.listen().await;
            rt.mark(name);
            done.fetch_add(1, Ordering::Relaxed);
        })
    });
    let notifier = rt.spawn(|rt| async move {
        yield_self().await;
        rt.mark("N");
        event.notify(2);
        rt.mark("N1");
        while done.load(Ordering::Relaxed) < 3 {
            yield_self().await;
            event.notify(1);
        }
        rt.mark("N2");
    });
    notifier.await;
    all(listeners).await;
    rt.mark("R");
}

#[test]
fn an_event_notifies_its_listeners_in_line() {
    check("n05_event_listener");
}
