//! Several futures in one task.

use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use futures::stream::FuturesUnordered;
use futures::{FutureExt as _, StreamExt as _};

use super::*;

pub const WORKLOADS: &[Workload] = &[
    ("w15_join_macro_rotation", |rt| Box::pin(join_macros(rt))),
    ("w21_futures_unordered", |rt| Box::pin(futures_unordered(rt))),
    ("w22_join_all_small_big", |rt| Box::pin(join_all(rt))),
];

async fn join_macros(rt: Rt) {
    let steps = |name: &'static str| steps(rt.clone(), name, 3);
    tokio::join!(steps("a"), steps("b"), steps("c"));
    rt.mark("|");
    tokio::join!(biased; steps("d"), steps("e"), steps("g"));
    rt.mark("|");
    futures::join!(steps("h"), steps("i"), steps("j"));
}

#[test]
fn joins_poll_their_branches_in_each_librarys_order() {
    check("w15_join_macro_rotation");
}

async fn futures_unordered(rt: Rt) {
    let child = |name: &'static str, count| steps(rt.clone(), name, count).map(move |()| name);
    let mut children: FuturesUnordered<_> =
        [child("a", 3), child("b", 1), child("c", 3), child("d", 2), child("e", 3)].into_iter().collect();
    while let Some(name) = children.next().await {
        rt.mark(format!("={name}"));
    }
}

#[test]
fn futures_unordered_yields_after_two_children_that_woke_themselves() {
    check("w21_futures_unordered");
}

/// Whether the gate is open, and who waits for it.
type Gate = Arc<Mutex<(bool, Option<Waker>)>>;

async fn opens(rt: Rt, gate: Gate) {
    steps(rt, "s", 3).await;
    let waker = {
        let mut gate = gate.lock().unwrap();
        gate.0 = true;
        gate.1.take()
    };
    waker.into_iter().for_each(Waker::wake);
}

async fn waits(rt: Rt, gate: Gate) {
    std::future::poll_fn(move |cx| {
        rt.mark("g");
        let mut gate = gate.lock().unwrap();
        if gate.0 {
            return Poll::Ready(());
        }
        gate.1 = Some(cx.waker().clone());
        Poll::Pending
    })
    .await;
}

async fn join_all(rt: Rt) {
    for children in [30, 31] {
        let gate = Gate::default();
        let child = |n: usize| -> Boxed {
            match n {
                2 => Box::pin(opens(rt.clone(), Arc::clone(&gate))),
                5 => Box::pin(waits(rt.clone(), Arc::clone(&gate))),
                _ => Box::pin(async {}),
            }
        };
        futures::future::join_all((0..children).map(child)).await;
        rt.mark("|");
    }
}

#[test]
fn join_all_polls_every_child_of_a_few_and_only_the_woken_of_many() {
    check("w22_join_all_small_big");
}
