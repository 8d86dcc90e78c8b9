//! In which order tasks are dropped that the end of the root leaves over: the real runtimes and our models of them.

use std::future::pending;
use std::sync::{Arc, Mutex};

use futures::executor::LocalPool;
use futures::task::LocalSpawnExt as _;
use sim_core::{Executor, mark, spawn, yield_now};

use crate::support::{legal, marks, textbook};

/// Names, in order.
type Log = Arc<Mutex<Vec<u64>>>;

struct RealGuard(Log, u64);

impl Drop for RealGuard {
    fn drop(&mut self) {
        self.0.lock().unwrap().push(self.1);
    }
}

struct Guard(u64);

impl Drop for Guard {
    fn drop(&mut self) {
        mark(self.0.to_string());
    }
}

/// Five tasks are left over, of which all but the fourth wait.
fn ours(executor: Executor) -> String {
    let outcome = legal(textbook(1).run_async(executor, || async {
        for n in 1..=5 {
            let task = spawn(async move {
                let _guard = Guard(n);
                if n == 4 {
                    loop {
                        yield_now().await;
                    }
                }
                pending::<()>().await;
            });
            task.detach();
        }
        for _ in 0..3 {
            yield_now().await;
        }
    }));
    marks(&outcome.trace)
}

fn text(log: &Log) -> String {
    log.lock().unwrap().iter().map(u64::to_string).collect::<Vec<_>>().join(" ")
}

#[test]
fn tokio_drops_them_list_by_list_of_four() {
    let (log, numbers) = (Log::default(), Log::default());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        for _ in 0..9 {
            let log = Arc::clone(&log);
            let task = tokio::spawn(async move {
                let _guard = RealGuard(log, tokio::task::id().to_string().parse().unwrap());
                pending::<()>().await;
            });
            numbers.lock().unwrap().push(task.id().to_string().parse().unwrap());
        }
        tokio::task::yield_now().await;
    });
    drop(runtime);
    // The whole process counts its tasks together: sorted by their numbers they are as in a program of its own.
    let mut expected = numbers.lock().unwrap().clone();
    expected.sort_by_key(|number| (number % 4, *number));
    assert_eq!(*log.lock().unwrap(), expected);
    assert_eq!(ours(Executor::tokio_current_thread()), "4 1 5 2 3");
}

#[test]
fn async_executor_drops_those_in_its_queue_first() {
    let log = Log::default();
    let executor = async_executor::Executor::new();
    futures_lite::future::block_on(executor.run(async {
        for n in 1..=5 {
            let guard = RealGuard(Arc::clone(&log), n);
            let task = executor.spawn(async move {
                let _guard = guard;
                if n == 4 {
                    loop {
                        futures_lite::future::yield_now().await;
                    }
                }
                pending::<()>().await;
            });
            task.detach();
        }
        for _ in 0..3 {
            futures_lite::future::yield_now().await;
        }
    }));
    drop(executor);
    assert_eq!(text(&log), "4 1 2 3 5");
    assert_eq!(ours(Executor::smol(1)), text(&log));
}

#[test]
fn local_pool_drops_the_newest_first() {
    let log = Log::default();
    let mut pool = LocalPool::new();
    let spawner = pool.spawner();
    for n in 1..=5 {
        let guard = RealGuard(Arc::clone(&log), n);
        let task = async move {
            let _guard = guard;
            pending::<()>().await;
        };
        spawner.spawn_local(task).unwrap();
    }
    pool.run_until_stalled();
    drop(pool);
    assert_eq!(text(&log), "5 4 3 2 1");
    assert_eq!(ours(Executor::local_pool()), text(&log));
}
