//! When a task whose end was asked for is dropped: what the real runtimes do, and our models of them, side by side.

use std::future::pending;
use std::sync::{Arc, Mutex};

use sim_core::{Executor, JoinHandle, mark, spawn, yield_now};

use crate::lesson;
use crate::support::{legal, marks, textbook};

/// What happened, in order, in a real runtime.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<&'static str>>>);

impl Log {
    fn mark(&self, what: &'static str) {
        self.0.lock().unwrap().push(what);
    }

    fn guard(&self, what: &'static str) -> RealGuard {
        RealGuard(self.clone(), what)
    }

    fn text(&self) -> String {
        self.0.lock().unwrap().join(" ")
    }
}

struct RealGuard(Log, &'static str);

impl Drop for RealGuard {
    fn drop(&mut self) {
        self.0.mark(self.1);
    }
}

struct Guard(&'static str);

impl Drop for Guard {
    fn drop(&mut self) {
        mark(self.0);
    }
}

/// The root aborts a task that waits, with another in line before it; then it waits for its end.
fn ours(executor: Executor, lets_go: fn(JoinHandle<()>) -> Option<JoinHandle<()>>) -> String {
    let outcome = legal(textbook(1).run_async(executor, move || async move {
        let waits = spawn(async {
            let _guard = Guard("dropped");
            pending::<()>().await;
        });
        for _ in 0..3 {
            yield_now().await;
        }
        spawn(async { mark("other") }).detach();
        let left = lets_go(waits);
        mark("asked");
        match left {
            Some(handle) => assert!(handle.await.is_err()),
            None => {
                for _ in 0..3 {
                    yield_now().await;
                }
            }
        }
        mark("end");
    }));
    marks(&outcome.trace)
}

fn aborts(handle: JoinHandle<()>) -> Option<JoinHandle<()>> {
    handle.abort();
    Some(handle)
}

fn lets_it_go(handle: JoinHandle<()>) -> Option<JoinHandle<()>> {
    drop(handle);
    None
}

async fn real_tokio(log: Log) {
    let of_task = log.clone();
    let waits = tokio::spawn(async move {
        let _guard = of_task.guard("dropped");
        pending::<()>().await;
    });
    for _ in 0..3 {
        tokio::task::yield_now().await;
    }
    let of_task = log.clone();
    let other = tokio::spawn(async move { of_task.mark("other") });
    waits.abort();
    log.mark("asked");
    assert!(waits.await.is_err());
    other.await.unwrap();
    log.mark("end");
}

#[test]
fn tokio_drops_an_aborted_task_where_it_would_be_polled() {
    let log = Log::default();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(real_tokio(log.clone()));
    assert_eq!(log.text(), "asked other dropped end");
    assert_eq!(ours(Executor::tokio_current_thread(), aborts), log.text());
    assert_eq!(ours(Executor::tokio_local_set(), aborts), log.text());
}

#[test]
fn tokio_workers_come_to_an_aborted_task_by_the_lifo_slot() {
    let log = Log::default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    let inside = log.clone();
    runtime.block_on(async move { tokio::spawn(real_tokio(inside)).await.unwrap() });
    let root = || async {
        let inside = spawn(async {
            let waits = spawn(async {
                let _guard = Guard("dropped");
                pending::<()>().await;
            });
            for _ in 0..3 {
                yield_now().await;
            }
            let other = spawn(async { mark("other") });
            waits.abort();
            mark("asked");
            assert!(waits.await.is_err());
            other.await.unwrap();
            mark("end");
        });
        inside.await.unwrap();
    };
    let outcome = legal(textbook(1).run_async(Executor::tokio_multi_thread(1), root));
    assert_eq!(log.text(), "asked dropped other end");
    assert_eq!(marks(&outcome.trace), log.text());
}

#[test]
fn async_executor_drops_a_task_whose_handle_is_gone_where_it_would_be_polled() {
    let log = Log::default();
    let executor = async_executor::Executor::new();
    let root = async {
        let of_task = log.clone();
        let waits = executor.spawn(async move {
            let _guard = of_task.guard("dropped");
            pending::<()>().await;
        });
        for _ in 0..3 {
            futures_lite::future::yield_now().await;
        }
        let of_task = log.clone();
        executor.spawn(async move { of_task.mark("other") }).detach();
        drop(waits);
        log.mark("asked");
        for _ in 0..3 {
            futures_lite::future::yield_now().await;
        }
        log.mark("end");
    };
    futures_lite::future::block_on(executor.run(root));
    assert_eq!(log.text(), "asked other dropped end");
    assert_eq!(ours(Executor::smol(1), lets_it_go), log.text());
    assert_eq!(ours(Executor::glommio(1, []), lets_it_go), log.text());
}

#[test]
fn async_std_lets_a_task_run_on_whose_handle_is_gone() {
    assert_eq!(ours(Executor::async_std(1), lets_it_go), "asked other end dropped");
}

#[test]
fn local_pool_ends_an_aborted_task_in_its_turn() {
    assert_eq!(ours(Executor::local_pool(), aborts), "asked dropped other end");
}

#[test]
fn guards_of_a_cancelled_task_run_when_its_worker_comes_to_it() {
    let workload = r#"tasks: {
        "main": (ops: [Spawn("waits"), Sleep("5ms"), Cancel("waits"), Work("10ms"), Try([JoinTask("waits")], [Mark("gone")])]),
        "waits": (ops: [Sleep("1s")]),
    }"#;
    let ends = |model: &str| {
        let text = lesson::text_with("cores: 1", "workers: 1", workload).replace("async_fifo, workers: 1", model);
        let scenario = sim_core::scenario::Scenario::parse("lesson.ron", &text, &[]).unwrap_or_else(|e| panic!("{e}"));
        let run = lesson::run(&scenario, "async");
        let cancelled = run.trace.events_from(0).find_map(|(_, time, event)| {
            matches!(event, sim_core::trace::Event::TaskCancelled { .. }).then(|| time.as_millis())
        });
        cancelled.expect("it was cancelled")
    };
    assert_eq!((ends("tokio_current_thread"), ends("async_fifo, workers: 1")), (15, 5));
}
