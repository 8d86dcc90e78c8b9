//! Spawning, yielding, joining.

use super::*;

pub const WORKLOADS: &[Workload] = &[
    ("w01_spawn_fifo", |rt| Box::pin(spawn_fifo(rt))),
    ("w02_yield_native_rounds", |rt| Box::pin(yield_native_rounds(rt))),
    ("w03_yield_self_rounds", |rt| Box::pin(yield_self_rounds(rt))),
    ("w05_nested_spawn", |rt| Box::pin(nested_spawn(rt))),
];

async fn spawn_fifo(rt: Rt) {
    rt.mark("R0");
    let tasks = ["A", "B", "C"].map(|name| rt.spawn(|rt| async move { rt.mark(name) }));
    rt.mark("R1");
    all(tasks).await;
    rt.mark("R2");
}

#[test]
fn spawned_tasks_run_in_each_runtimes_order() {
    check("w01_spawn_fifo");
}

async fn yield_native_rounds(rt: Rt) {
    let rounds = |rt: Rt, name: &'static str| async move {
        rt.mark(format!("{name}1"));
        for round in 2..=4 {
            rt.yield_native().await;
            rt.mark(format!("{name}{round}"));
        }
    };
    let tasks = ["A", "B", "C"].map(|name| (name, rt.spawn(|rt| rounds(rt, name))));
    for (name, task) in tasks {
        task.await;
        rt.mark(format!("R{name}"));
    }
}

#[test]
fn tasks_that_yield_take_turns_as_their_runtime_has_it() {
    check("w02_yield_native_rounds");
}

async fn yield_self_rounds(rt: Rt) {
    let tasks = ["A", "B", "C"].map(|name| (name, rt.spawn(|rt| steps(rt, name, 4))));
    for (name, task) in tasks {
        task.await;
        rt.mark(format!("R{name}"));
    }
}

#[test]
fn tasks_that_wake_themselves_are_requeued_where_their_runtime_has_it() {
    check("w03_yield_self_rounds");
}

async fn nested_spawn(rt: Rt) {
    let parent = |rt: Rt, name: &'static str, child: &'static str| async move {
        rt.mark(format!("{name}1"));
        let child = rt.spawn(|rt| steps(rt, child, 2));
        rt.mark(format!("{name}2"));
        yield_self().await;
        rt.mark(format!("{name}3"));
        child.await;
        rt.mark(format!("{name}4"));
    };
    all([rt.spawn(|rt| parent(rt, "A", "a")), rt.spawn(|rt| parent(rt, "B", "b"))]).await;
    rt.mark("R");
}

#[test]
fn a_child_runs_when_its_runtime_lets_it() {
    check("w05_nested_spawn");
}
