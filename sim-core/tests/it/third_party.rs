//! Libraries that need no runtime of their own run here unchanged, in virtual time, on one worker and on several.

use std::sync::Arc;

use futures::{SinkExt as _, StreamExt as _};
use sim_core::trace::event::EndReason;
use sim_core::{Executor, io, spawn, work};

use crate::support::{legal, millis, textbook};

/// Runs the root on one worker and on three; answers its output and when it ended, in ms.
#[track_caller]
fn everywhere<Fut>(root: fn() -> Fut) -> (Fut::Output, u64)
where
    Fut: Future + Send + 'static,
    Fut::Output: Send + PartialEq + std::fmt::Debug + 'static,
{
    let run = |workers, executor: fn(u32) -> Executor| {
        let outcome = legal(textbook(workers).run_async(executor(workers), root));
        assert_eq!(outcome.end, EndReason::Finished);
        (outcome.output.expect("the root ended"), outcome.trace.end().as_millis())
    };
    let first = run(1, Executor::fifo);
    assert_eq!(run(3, Executor::fifo), first);
    assert_eq!(run(3, Executor::stealing), first);
    first
}

#[test]
fn tokio_semaphore() {
    let told = everywhere(|| async {
        let gate = Arc::new(tokio::sync::Semaphore::new(2));
        let tasks: Vec<_> = (0..6)
            .map(|_| {
                let gate = Arc::clone(&gate);
                spawn(async move {
                    let _permit = gate.acquire().await.unwrap();
                    io(millis(10)).await;
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    assert_eq!(told, ((), 30));
}

#[test]
fn tokio_watch() {
    let told = everywhere(|| async {
        let (sender, receiver) = tokio::sync::watch::channel(0);
        let watchers: Vec<_> = (0..5)
            .map(|_| {
                let mut receiver = receiver.clone();
                spawn(async move {
                    let seen = *receiver.wait_for(|n| *n >= 3).await.unwrap();
                    io(millis(5)).await;
                    seen
                })
            })
            .collect();
        for n in 1..=3 {
            io(millis(10)).await;
            sender.send(n).unwrap();
        }
        let mut seen = Vec::new();
        for watcher in watchers {
            seen.push(watcher.await.unwrap());
        }
        seen
    });
    assert_eq!(told, (vec![3; 5], 35));
}

#[test]
fn tokio_rwlock_and_barrier_and_once_cell() {
    let told = everywhere(|| async {
        let table = Arc::new(tokio::sync::RwLock::new(0));
        let barrier = Arc::new(tokio::sync::Barrier::new(3));
        let cell = Arc::new(tokio::sync::OnceCell::new());
        let tasks: Vec<_> = (0..3)
            .map(|n| {
                let (table, barrier, cell) = (Arc::clone(&table), Arc::clone(&barrier), Arc::clone(&cell));
                spawn(async move {
                    cell.get_or_init(|| io(millis(10))).await;
                    io(millis(n)).await;
                    barrier.wait().await;
                    *table.write().await += 1;
                    let _read = table.read().await;
                    io(millis(5)).await;
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        *table.read().await
    });
    // The first writer reads at once, 12 to 17; the other two wait for it, and for each other, and read 17 to 22.
    assert_eq!(told, (3, 22));
}

#[test]
fn async_lock() {
    let told = everywhere(|| async {
        let lock = Arc::new(async_lock::Mutex::new(Vec::new()));
        let table = Arc::new(async_lock::RwLock::new(0));
        let gate = Arc::new(async_lock::Semaphore::new(1));
        let tasks: Vec<_> = (0..3)
            .map(|n| {
                let (lock, table, gate) = (Arc::clone(&lock), Arc::clone(&table), Arc::clone(&gate));
                spawn(async move {
                    io(millis(n)).await;
                    let mut list = lock.lock().await;
                    io(millis(10)).await;
                    list.push(n);
                    drop(list);
                    let _permit = gate.acquire().await;
                    *table.write().await += 1;
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let list = lock.lock().await.clone();
        (list, *table.read().await)
    });
    assert_eq!(told, ((vec![0, 1, 2], 3), 30));
}

#[test]
fn async_channel() {
    let told = everywhere(|| async {
        let (sender, receiver) = async_channel::bounded(1);
        let producer = spawn(async move {
            for n in 0..4 {
                sender.send(n).await.unwrap();
            }
        });
        let mut sum = 0;
        while let Ok(n) = receiver.recv().await {
            io(millis(10)).await;
            sum += n;
        }
        producer.await.unwrap();
        sum
    });
    assert_eq!(told, (6, 40));
}

#[test]
fn event_listener() {
    let told = everywhere(|| async {
        let event = Arc::new(event_listener::Event::new());
        let listeners: Vec<_> = (0..4)
            .map(|n| {
                let listener = event.listen();
                spawn(async move {
                    listener.await;
                    io(millis(n)).await;
                })
            })
            .collect();
        io(millis(10)).await;
        event.notify(usize::MAX);
        for listener in listeners {
            listener.await.unwrap();
        }
    });
    assert_eq!(told, ((), 13));
}

#[test]
fn futures_channels_streams_and_shared() {
    use futures::FutureExt as _;
    let told = everywhere(|| async {
        let (mut sender, receiver) = futures::channel::mpsc::channel(2);
        let producer = spawn(async move {
            for n in 0..5_u64 {
                sender.send(n).await.unwrap();
            }
        });
        let (answer, question) = futures::channel::oneshot::channel();
        let shared = question.shared();
        let askers = [0; 3].map(|_| spawn(shared.clone()));
        let slow = |n: u64| async move {
            io(millis(10)).await;
            n * 2
        };
        let doubled: Vec<u64> = receiver.map(slow).buffered(2).collect().await;
        producer.await.unwrap();
        answer.send(7).unwrap();
        for asker in askers {
            assert_eq!(asker.await.unwrap(), Ok(7));
        }
        doubled
    });
    // Five requests of 10 ms, two at a time.
    assert_eq!(told, (vec![0, 2, 4, 6, 8], 30));
}

#[test]
fn tokio_mutex_under_contention_with_work_inside() {
    let told = everywhere(|| async {
        let lock = Arc::new(tokio::sync::Mutex::new(0));
        let tasks: Vec<_> = (0..10)
            .map(|_| {
                let lock = Arc::clone(&lock);
                spawn(async move {
                    let mut count = lock.lock().await;
                    work(millis(1));
                    *count += 1;
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        *lock.lock().await
    });
    assert_eq!(told, (10, 10));
}
