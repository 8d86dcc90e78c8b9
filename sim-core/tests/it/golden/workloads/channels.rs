//! Channels of tokio and of futures.

use futures::{SinkExt as _, StreamExt as _};
use tokio::sync::{broadcast, mpsc};

use super::*;

pub const WORKLOADS: &[Workload] = &[
    ("w06_mpsc_cap1", |rt| Box::pin(mpsc_of_one(rt))),
    ("w07_mpsc_burst", |rt| Box::pin(mpsc_burst(rt))),
    ("w14_select_biased", |rt| Box::pin(select_biased(rt))),
    ("w28_broadcast", |rt| Box::pin(broadcasts(rt))),
    ("n01_futures_mpsc1", |rt| Box::pin(futures_mpsc_of_one(rt))),
];

async fn mpsc_of_one(rt: Rt) {
    let (sender, mut receiver) = mpsc::channel(1);
    let producer = rt.spawn(|rt| async move {
        for i in 1..=4 {
            rt.mark(format!("s{i}"));
            sender.send(i).await.unwrap();
            rt.mark(format!("d{i}"));
        }
        drop(sender);
        rt.mark("Px");
    });
    let consumer = rt.spawn(|rt| async move {
        while let Some(i) = receiver.recv().await {
            rt.mark(format!("r{i}"));
        }
        rt.mark("Cx");
    });
    all([producer, consumer]).await;
    rt.mark("R");
}

#[test]
fn a_tokio_channel_of_one_passes_the_turn_to_and_fro() {
    check("w06_mpsc_cap1");
}

async fn mpsc_burst(rt: Rt) {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let consumer = rt.spawn(|rt| async move {
        while let Some(i) = receiver.recv().await {
            rt.mark(format!("r{i}"));
        }
        rt.mark("Cx");
    });
    let producer = rt.spawn(|rt| async move {
        rt.mark("P");
        (1..=3).for_each(|i| sender.send(i).unwrap());
        yield_self().await;
        (4..=5).for_each(|i| sender.send(i).unwrap());
        drop(sender);
        rt.mark("Px");
    });
    all([consumer, producer, rt.spawn(|rt| steps(rt, "D", 3))]).await;
    rt.mark("R");
}

#[test]
fn a_burst_into_an_unbounded_tokio_channel_wakes_once() {
    check("w07_mpsc_burst");
}

async fn select_biased(rt: Rt) {
    let (x, mut from_x) = mpsc::unbounded_channel();
    let (y, mut from_y) = mpsc::unbounded_channel();
    let select = rt.spawn(|rt| async move {
        loop {
            tokio::select! {
                biased;
                Some(i) = from_x.recv() => rt.mark(format!("x{i}")),
                Some(i) = from_y.recv() => rt.mark(format!("y{i}")),
                else => break,
            }
        }
        rt.mark("Tx");
    });
    let _x = rt.spawn(|_| async move {
        x.send(1).unwrap();
        yield_self().await;
        x.send(2).unwrap();
        yield_self().await;
        x.send(3).unwrap();
    });
    let _y = rt.spawn(|_| async move {
        y.send(1).unwrap();
        y.send(2).unwrap();
        yield_self().await;
        y.send(3).unwrap();
    });
    select.await;
    rt.mark("R");
}

#[test]
fn a_biased_tokio_select_prefers_its_first_branch() {
    check("w14_select_biased");
}

async fn broadcasts(rt: Rt) {
    let (sender, _) = broadcast::channel(16);
    let receivers = ["A", "B", "C"].map(|name| (name, sender.subscribe()));
    let tasks = receivers.map(|(name, mut receiver)| {
        rt.spawn(|rt| async move {
            for _ in 0..3 {
                rt.mark(format!("{name}{}", receiver.recv().await.unwrap()));
            }
        })
    });
    let sender = rt.spawn(|rt| async move {
        rt.mark("S");
        yield_self().await;
        sender.send(1).unwrap();
        sender.send(2).unwrap();
        rt.mark("S2");
        yield_self().await;
        sender.send(3).unwrap();
        rt.mark("S3");
    });
    all(tasks).await;
    sender.await;
    rt.mark("R");
}

#[test]
fn a_tokio_broadcast_wakes_its_receivers_in_order() {
    check("w28_broadcast");
}

async fn futures_mpsc_of_one(rt: Rt) {
    let (mut sender, mut receiver) = futures::channel::mpsc::channel(1);
    let producer = rt.spawn(|rt| async move {
        for i in 1..=5 {
            rt.mark(format!("s{i}"));
            sender.send(i).await.unwrap();
            rt.mark(format!("d{i}"));
        }
        drop(sender);
        rt.mark("Px");
    });
    let consumer = rt.spawn(|rt| async move {
        while let Some(i) = receiver.next().await {
            rt.mark(format!("r{i}"));
        }
        rt.mark("Cx");
    });
    all([producer, consumer]).await;
    rt.mark("R");
}

#[test]
fn a_futures_channel_of_one_holds_two() {
    check("n01_futures_mpsc1");
}
