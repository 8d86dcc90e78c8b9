//! Blocking in place: who goes on with the worker, and what comes of a poll that has lost it.
//!
//! On a real runtime a thread of the pool comes to the worker when the operating system lets it. Gates make the order certain:
//! a closure waits until a task that only that thread can poll has opened its gate, and that task keeps the worker blocked
//! while the poll without one goes on.

use std::sync::Mutex;

use tokio::sync::oneshot;

use super::*;

pub const WORKLOADS: &[Workload] = &[
    ("b01_in_place_empties_lifo", |rt| Box::pin(empties_lifo(rt))),
    ("b02_in_place_wakes_deferred", |rt| Box::pin(wakes_deferred(rt))),
    ("b03_in_place_taken_back", |rt| Box::pin(taken_back(rt))),
    ("b04_in_place_without_worker", |rt| Box::pin(without_worker(rt))),
    ("b05_in_place_nested_and_again", |rt| Box::pin(nested_and_again(rt))),
    ("b06_in_place_worker_comes_back", |rt| Box::pin(comes_back(rt))),
];

/// A task that marks its name.
fn marks(rt: &Rt, name: &'static str) -> Handle {
    rt.spawn(move |rt| async move { rt.mark(name) })
}

/// Tasks that are spawned where nobody can await them at once.
#[derive(Clone, Default)]
struct Left(Arc<Mutex<Vec<Handle>>>);

impl Left {
    fn marks(&self, rt: &Rt, name: &'static str) {
        self.0.lock().unwrap().push(marks(rt, name));
    }

    async fn all(&self) {
        let tasks = std::mem::take(&mut *self.0.lock().unwrap());
        all(tasks).await;
    }
}

async fn empties_lifo(rt: Rt) {
    let gate = rt.gate();
    let opens = Arc::clone(&gate);
    let [a, b] = ["A", "B"].map(|name| marks(&rt, name));
    let c = rt.spawn(|rt| async move {
        rt.mark("C");
        opens.open();
    });
    rt.block_in_place(move || gate.wait());
    rt.mark("R");
    all([a, b, c]).await;
}

#[test]
fn who_blocks_in_place_puts_the_lifo_slots_task_where_others_find_it() {
    check("b01_in_place_empties_lifo");
}

async fn wakes_deferred(rt: Rt) {
    let gate = rt.gate();
    let yields = |name: &'static str, opens: Option<Arc<dyn Gate>>| {
        rt.spawn(move |rt| async move {
            rt.mark(format!("{name}1"));
            rt.yield_native().await;
            rt.mark(format!("{name}2"));
            if let Some(gate) = opens {
                gate.open();
            }
        })
    };
    let (p, q) = (yields("P", Some(Arc::clone(&gate))), yields("Q", None));
    let x = rt.spawn(|rt| async move {
        rt.mark("X1");
        rt.block_in_place(move || gate.wait());
        rt.mark("X2");
    });
    let s = marks(&rt, "S");
    all([p, q, s, x]).await;
    rt.mark("R");
}

#[test]
fn whoever_yielded_is_woken_before_a_task_blocks_in_place() {
    check("b02_in_place_wakes_deferred");
}

/// The pool's one thread is busy, so that nobody comes to the worker.
async fn taken_back(rt: Rt) {
    let (gate, left) = (rt.gate(), Left::default());
    let opens = Arc::clone(&gate);
    rt.spawn_blocking(move || gate.wait());
    let tasks = ["A", "B", "C"].map(|name| marks(&rt, name));
    for name in ["D", "E"] {
        let (inside, spawned) = (rt.clone(), left.clone());
        rt.block_in_place(move || {
            inside.mark(format!("in {name}"));
            spawned.marks(&inside, if name == "D" { "I" } else { "J" });
        });
        rt.mark(format!("after {name}"));
        left.marks(&rt, name);
    }
    yield_self().await;
    rt.mark("R1");
    opens.open();
    all(tasks).await;
    left.all().await;
    rt.mark("R2");
}

#[test]
fn a_worker_that_nobody_came_to_is_taken_back() {
    check("b03_in_place_taken_back");
}

/// A task that only the thread that goes on with the worker can poll: it lets the closure return, and keeps the worker
/// until the poll that has lost it says so.
fn keeps_worker(rt: &Rt, returns: Arc<dyn Gate>, goes_on: Arc<dyn Gate>) -> Handle {
    rt.spawn(|rt| async move {
        rt.mark("Y1");
        let tasks = ["L", "M"].map(|name| marks(&rt, name));
        returns.open();
        goes_on.wait();
        rt.mark("Y2");
        all(tasks).await;
        rt.mark("Y3");
    })
}

async fn without_worker(rt: Rt) {
    let (woken, wakes) = oneshot::channel();
    let waits = rt.spawn(|rt| async move {
        wakes.await.unwrap();
        rt.mark("W");
    });
    yield_self().await;
    let (returns, goes_on) = (rt.gate(), rt.gate());
    let y = keeps_worker(&rt, Arc::clone(&returns), Arc::clone(&goes_on));
    let x = rt.spawn(|rt| async move {
        rt.block_in_place(move || returns.wait());
        rt.mark("X1");
        let tasks = ["I", "J"].map(|name| marks(&rt, name));
        woken.send(()).unwrap();
        goes_on.open();
        rt.yield_native().await;
        rt.mark("X2");
        all(tasks).await;
    });
    all([y, waits, x]).await;
    rt.mark("R");
}

#[test]
fn what_a_poll_without_a_worker_wakes_and_spawns_comes_from_elsewhere() {
    check("b04_in_place_without_worker");
}

async fn nested_and_again(rt: Rt) {
    let (returns, goes_on, left) = (rt.gate(), rt.gate(), Left::default());
    let y = keeps_worker(&rt, Arc::clone(&returns), Arc::clone(&goes_on));
    let spawned = left.clone();
    let x = rt.spawn(|rt| async move {
        let (inside, spawns) = (rt.clone(), spawned.clone());
        rt.block_in_place(move || {
            spawns.marks(&inside, "I");
            returns.wait();
        });
        rt.mark("X1");
        let (inside, spawns) = (rt.clone(), spawned.clone());
        rt.block_in_place(move || {
            spawns.marks(&inside, "J");
            inside.clone().block_in_place(move || inside.mark("N"));
        });
        spawned.marks(&rt, "K");
        rt.mark("X2");
        goes_on.open();
    });
    all([y, x]).await;
    left.all().await;
    rt.mark("R");
}

#[test]
fn blocking_in_place_again_without_a_worker_or_inside_itself_is_a_plain_call() {
    check("b05_in_place_nested_and_again");
}

/// The pool's one thread goes on with the worker. When the task that it polls there blocks in place too, nobody is left to
/// come to it, and the first closure takes it back.
async fn comes_back(rt: Rt) {
    let (first, second) = (rt.gate(), rt.gate());
    let (opens_first, opens_second) = (Arc::clone(&first), Arc::clone(&second));
    let y = rt.spawn(|rt| async move {
        rt.mark("Y1");
        let l = marks(&rt, "L");
        rt.block_in_place(move || {
            opens_first.open();
            second.wait();
        });
        rt.mark("Y2");
        l.await;
    });
    let x = rt.spawn(|rt| async move {
        rt.block_in_place(move || first.wait());
        rt.mark("X1");
        let m = marks(&rt, "M");
        yield_self().await;
        rt.mark("X2");
        m.await;
        opens_second.open();
    });
    all([y, x]).await;
    rt.mark("R");
}

#[test]
fn a_worker_that_is_offered_again_comes_back_to_the_first_closure_that_returns() {
    check("b06_in_place_worker_comes_back");
}
