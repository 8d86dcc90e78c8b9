//! Timers.

use futures::StreamExt as _;

use super::super::modes::LATE;
use super::*;

pub const WORKLOADS: &[Workload] = &[
    ("w24_timer_wheel_fifo", |rt| Box::pin(timer_wheel(rt))),
    ("w25_timeout_interval", |rt| Box::pin(timeout_and_interval(rt))),
    ("w29_real_sleep_lifo", |rt| Box::pin(same_instant(rt))),
];

fn mark_at(rt: &Rt, name: &str) {
    rt.mark(format!("{name}@{}ms", rt.clock().now()));
}

async fn timer_wheel(rt: Rt) {
    let sleeper = |name: &'static str, deadlines: &'static [u64]| {
        rt.spawn(move |rt| async move {
            for (deadline, k) in deadlines.iter().zip(1..) {
                rt.clock().sleep_until(*deadline).await;
                mark_at(&rt, &format!("{name}{k}"));
            }
        })
    };
    let tasks = [
        sleeper("A", &[70]),
        sleeper("B", &[3, 70]),
        sleeper("C", &[65, 70]),
        sleeper("D", &[4200]),
        sleeper("E", &[100, 4200]),
    ];
    all(tasks).await;
    rt.mark("R");
}

#[test]
fn timers_of_one_tick_fire_in_the_order_in_which_they_were_set() {
    check("w24_timer_wheel_fifo");
}

async fn timeout_and_interval(rt: Rt) {
    let interval = rt.spawn(|rt| async move {
        let mut beats = rt.clock().interval(2);
        for _ in 0..4 {
            beats.next().await;
            mark_at(&rt, "i");
        }
    });
    let times_out = rt.spawn(|rt| async move {
        let ready = rt.clock().timeout(5, Box::pin(std::future::pending())).await;
        assert!(!ready, "what is never ready is not ready in time");
        mark_at(&rt, "t");
    });
    let sleeps = rt.spawn(|rt| async move {
        rt.clock().sleep(4).await;
        mark_at(&rt, "s");
    });
    let just_in_time = rt.spawn(|rt| async move {
        let sleep = rt.clock().sleep(4);
        let ready = rt.clock().timeout(4, sleep).await;
        mark_at(&rt, if ready { "u-ok" } else { "u-to" });
    });
    all([interval, times_out, sleeps, just_in_time]).await;
    rt.mark("R");
}

#[test]
fn a_timeout_prefers_its_future_and_an_interval_keeps_its_beat() {
    check("w25_timeout_interval");
}

async fn same_instant(rt: Rt) {
    let tasks = ["A", "B", "C"].map(|name| {
        rt.spawn(|rt| async move {
            if rt.clock().now() >= 20 {
                rt.mark(LATE);
            }
            rt.clock().sleep_until(20).await;
            rt.mark(name);
        })
    });
    all(tasks).await;
    rt.mark("R");
}

#[test]
fn timers_that_fire_in_one_turn_wake_in_each_schedulers_order() {
    check("w29_real_sleep_lifo");
}
