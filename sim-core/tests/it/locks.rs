//! Who gets a lock, a permit, a notification next: the first in line among tasks, whoever comes first among threads.

use std::sync::Arc;

use sim_core::trace::event::Event;
use sim_core::{JoinHandle, Outcome, Scheduler, io, io_blocking, mark, spawn, sync, thread, time, work};

use crate::support::{count, legal, marks, millis, run_one, textbook, timed_marks};

fn threads(root: fn()) -> Outcome<()> {
    legal(textbook(1).scheduler(Scheduler::FifoPriority).run_threads(root))
}

#[test]
fn threads_barge_so_that_one_may_take_the_lock_twice() {
    let outcome = threads(|| {
        let lock = Arc::new(sync::BlockingMutex::new(()));
        let threads = ["A", "B", "C"].map(|name| {
            let lock = Arc::clone(&lock);
            thread::spawn(move || {
                for _ in 0..2 {
                    let _guard = lock.lock();
                    mark(name);
                    io_blocking(millis(1));
                }
            })
        });
        threads.into_iter().for_each(|t| t.join().unwrap());
    });
    // As pthread mutexes on Linux: who was woken finds the lock taken again, and queues behind the third.
    assert_eq!(marks(&outcome.trace), "A A C C B B");
}

#[test]
fn tasks_are_handed_the_lock_in_line() {
    let outcome = run_one(|| async {
        let lock = Arc::new(sync::Mutex::new(()));
        let tasks = ["A", "B", "C"].map(|name| {
            let lock = Arc::clone(&lock);
            spawn(async move {
                for _ in 0..2 {
                    let _guard = lock.lock().await;
                    mark(name);
                    io(millis(1)).await;
                }
            })
        });
        for task in tasks {
            task.await.unwrap();
        }
    });
    // As tokio's Mutex.
    assert_eq!(marks(&outcome.trace), "A B C A B C");
}

#[test]
fn a_lock_that_is_handed_over_cannot_be_tried_meanwhile() {
    let outcome = run_one(|| async {
        let lock = Arc::new(sync::Mutex::new(1));
        let held = lock.lock().await;
        assert!(lock.try_lock().is_none());
        let waiting = {
            let lock = Arc::clone(&lock);
            spawn(async move { *lock.lock().await })
        };
        io(millis(1)).await;
        drop(held);
        assert!(lock.try_lock().is_none(), "it is the waiter's now, polled or not");
        waiting.await.unwrap()
    });
    assert_eq!(outcome.output, Some(1));
}

#[test]
fn a_condvar_lets_threads_go_in_the_order_in_which_they_came() {
    let outcome = threads(|| {
        let (lock, condvar) = (Arc::new(sync::BlockingMutex::new(())), Arc::new(sync::Condvar::new()));
        let waiters = ["A", "B", "C"].map(|name| {
            let (lock, condvar) = (Arc::clone(&lock), Arc::clone(&condvar));
            thread::spawn(move || {
                let _guard = condvar.wait(lock.lock());
                mark(format!("{name}1"));
            })
        });
        thread::yield_now();
        for round in 1..=3 {
            mark(format!("S{round}"));
            condvar.notify_one();
            thread::yield_now();
        }
        waiters.into_iter().for_each(|t| t.join().unwrap());
        mark("R");
    });
    // As glibc on Linux, SCHED_FIFO on one CPU.
    assert_eq!(marks(&outcome.trace), "S1 A1 S2 B1 S3 C1 R");
}

#[test]
fn a_condvar_broadcast_lets_all_go_each_with_the_lock() {
    let outcome = threads(|| {
        let (lock, condvar) = (Arc::new(sync::BlockingMutex::new(())), Arc::new(sync::Condvar::new()));
        let waiters = ["A", "B", "C"].map(|name| {
            let (lock, condvar) = (Arc::clone(&lock), Arc::clone(&condvar));
            thread::spawn(move || {
                let guard = condvar.wait(lock.lock());
                mark(format!("{name}1"));
                drop(guard);
                mark(format!("{name}2"));
            })
        });
        thread::yield_now();
        let guard = lock.lock();
        mark("B!");
        condvar.notify_all();
        mark("Bx");
        drop(guard);
        mark("Bu");
        waiters.into_iter().for_each(|t| t.join().unwrap());
        mark("R");
    });
    assert_eq!(marks(&outcome.trace), "B! Bx Bu A1 A2 B1 B2 C1 C2 R");
}

#[test]
fn a_notification_before_the_wait_is_lost_on_a_condvar_and_kept_once_by_a_notify() {
    let outcome = run_one(|| async {
        let notify = sync::Notify::new();
        notify.notify_one();
        notify.notify_one();
        notify.notified().await;
        mark("kept");
        time::timeout(millis(5), notify.notified()).await.is_err()
    });
    assert_eq!((outcome.output, timed_marks(&outcome.trace).as_str()), (Some(true), "kept@0"));
}

#[test]
fn a_waiting_writer_keeps_later_readers_behind_it() {
    let outcome = run_one(|| async {
        let table = Arc::new(sync::RwLock::new(0));
        let read = |name: &'static str| -> JoinHandle<()> {
            let table = Arc::clone(&table);
            spawn(async move {
                let _guard = table.read().await;
                mark(name);
                io(millis(10)).await;
            })
        };
        let readers = [read("r1"), read("r2")];
        let writer = {
            let table = Arc::clone(&table);
            spawn(async move {
                *table.write().await += 1;
                mark("w");
            })
        };
        let late = read("r3");
        for task in readers.into_iter().chain([writer, late]) {
            task.await.unwrap();
        }
    });
    assert_eq!(timed_marks(&outcome.trace), "r1@0 r2@0 w@10 r3@10");
}

#[test]
fn a_semaphore_lets_so_many_in_at_a_time() {
    let outcome = run_one(|| async {
        let gate = Arc::new(sync::Semaphore::new(2));
        let tasks = ["a", "b", "c", "d", "e"].map(|name| {
            let gate = Arc::clone(&gate);
            spawn(async move {
                let _permit = gate.acquire().await;
                mark(name);
                io(millis(10)).await;
            })
        });
        for task in tasks {
            task.await.unwrap();
        }
    });
    assert_eq!(timed_marks(&outcome.trace), "a@0 b@0 c@10 d@10 e@20");
}

#[test]
fn a_barrier_lets_nobody_pass_before_all_have_come() {
    let outcome = threads(|| {
        let barrier = Arc::new(sync::Barrier::new(3));
        let threads = [3, 1, 2].map(|n| {
            let barrier = Arc::clone(&barrier);
            thread::spawn(move || {
                thread::sleep(millis(n));
                let last = barrier.wait_blocking();
                mark(format!("{n}{}", if last { " last" } else { "" }));
            })
        });
        threads.into_iter().for_each(|t| t.join().unwrap());
    });
    assert_eq!(timed_marks(&outcome.trace), "3 last@3 1@3 2@3");
}

#[test]
fn a_full_channel_holds_its_sender_and_a_closed_one_answers() {
    let outcome = run_one(|| async {
        let (sender, receiver) = sync::channel(1);
        let producer = spawn(async move {
            for n in 1..=3 {
                sender.send(n).await.unwrap();
                mark(format!("s{n}"));
            }
        });
        let mut got = Vec::new();
        while let Ok(n) = receiver.recv().await {
            io(millis(10)).await;
            got.push(n);
        }
        producer.await.unwrap();
        let (sender, receiver) = sync::unbounded();
        drop(receiver);
        (got, sender.send(9).await.unwrap_err())
    });
    assert_eq!(outcome.output, Some((vec![1, 2, 3], sync::SendError(9))));
    assert_eq!(timed_marks(&outcome.trace), "s1@0 s2@0 s3@10");
}

#[test]
fn a_receiver_that_is_gone_frees_the_sender_that_waits() {
    let outcome = run_one(|| async {
        let (sender, receiver) = sync::channel(1);
        let producer = spawn(async move {
            sender.send(1).await.unwrap();
            sender.send(2).await
        });
        io(millis(5)).await;
        drop(receiver);
        producer.await.unwrap()
    });
    assert_eq!(outcome.output, Some(Err(sync::SendError(2))));
}

#[test]
fn a_blocking_lock_inside_a_poll_blocks_the_worker_and_not_its_core() {
    let outcome = legal(textbook(1).run_async(sim_core::Executor::fifo(2), || async {
        let lock = Arc::new(sync::BlockingMutex::new(()));
        let hold = |name: &'static str| {
            let lock = Arc::clone(&lock);
            spawn(async move {
                let _guard = lock.lock();
                mark(name);
                sim_core::block(millis(10));
            })
        };
        let tasks = [hold("a"), hold("b")];
        let third = spawn(async {
            work(millis(1));
            mark("third");
        });
        for task in tasks {
            task.await.unwrap();
        }
        third.await.unwrap();
    }));
    // Both workers stand in their polls: the third task waits, though the core is free. The one that comes first then goes
    // on to it, before the core is given to the other.
    assert_eq!(timed_marks(&outcome.trace), "a@0 third@11 b@11");
    assert_eq!(count(&outcome.trace, |e| matches!(e, Event::AcquireWaiting { .. })), 1);
}
