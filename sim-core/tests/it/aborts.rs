//! Ending a task early: wherever it stands, its guards run at the await where it waits, and its handle says so.

use std::sync::Arc;

use sim_core::trace::event::Event;
use sim_core::{Executor, JoinError, io, mark, spawn, sync, time, work, yield_now};

use crate::support::{count, legal, marks, millis, run_one, textbook, timed_marks};

struct Guard(&'static str);

impl Drop for Guard {
    fn drop(&mut self) {
        mark(self.0);
    }
}

#[test]
fn a_ready_task_leaves_its_queue_and_is_never_polled() {
    let outcome = run_one(|| async {
        let task = spawn(async {
            mark("never");
        });
        task.abort();
        task.await
    });
    assert_eq!(outcome.output, Some(Err(JoinError::Cancelled)));
    assert_eq!(marks(&outcome.trace), "");
    assert_eq!(count(&outcome.trace, |e| matches!(e, Event::Dequeued { .. })), 1);
}

#[test]
fn a_pending_task_is_dropped_at_its_await() {
    let outcome = run_one(|| async {
        let task = spawn(async {
            let _guard = Guard("guard");
            io(millis(10)).await;
            mark("never");
        });
        io(millis(1)).await;
        task.abort();
        mark("aborted");
        assert!(task.is_finished());
        task.await
    });
    assert_eq!(outcome.output, Some(Err(JoinError::Cancelled)));
    assert_eq!(timed_marks(&outcome.trace), "guard@1 aborted@1");
    assert_eq!(count(&outcome.trace, |e| matches!(e, Event::IoCancelled { .. })), 1);
}

#[test]
fn a_task_that_is_being_polled_is_dropped_when_its_poll_ends() {
    let outcome = legal(textbook(2).run_async(Executor::fifo(2), || async {
        let task = spawn(async {
            let _guard = Guard("guard");
            work(millis(10));
            mark("poll ends");
            io(millis(10)).await;
            mark("never");
        });
        io(millis(1)).await;
        task.abort();
        task.abort();
        mark("aborted");
        assert!(!task.is_finished());
        task.await
    }));
    assert_eq!(outcome.output, Some(Err(JoinError::Cancelled)));
    assert_eq!(timed_marks(&outcome.trace), "aborted@1 poll ends@10 guard@10");
    assert_eq!(count(&outcome.trace, |e| matches!(e, Event::AbortRequested { .. })), 1);
}

#[test]
fn a_poll_that_is_the_last_one_outruns_the_abort() {
    let outcome = legal(textbook(2).run_async(Executor::fifo(2), || async {
        let task = spawn(async {
            work(millis(10));
            7
        });
        io(millis(1)).await;
        task.abort();
        task.await
    }));
    assert_eq!(outcome.output, Some(Ok(7)));
}

#[test]
fn a_task_aborted_and_woken_in_the_same_poll_is_dropped() {
    let outcome = legal(textbook(2).run_async(Executor::fifo(2), || async {
        let task = spawn(async {
            let _guard = Guard("guard");
            work(millis(2));
            yield_now().await;
            mark("never");
        });
        io(millis(1)).await;
        task.abort();
        task.await
    }));
    assert_eq!(outcome.output, Some(Err(JoinError::Cancelled)));
    assert_eq!(marks(&outcome.trace), "guard");
}

#[test]
fn a_task_that_aborts_itself_ends_at_its_next_await() {
    let outcome = run_one(|| async {
        let (sender, receiver) = futures::channel::oneshot::channel::<sim_core::JoinHandle<()>>();
        let task = spawn(async {
            let _guard = Guard("guard");
            receiver.await.unwrap().abort();
            mark("goes on");
            yield_now().await;
            mark("never");
        });
        sender.send(task).unwrap_or_else(|_| panic!("the task waits for it"));
        io(millis(1)).await;
    });
    assert_eq!(marks(&outcome.trace), "goes on guard");
}

#[test]
fn a_task_that_has_ended_is_not_aborted() {
    let outcome = run_one(|| async {
        let task = spawn(async { 7 });
        io(millis(1)).await;
        task.abort();
        task.await
    });
    assert_eq!(outcome.output, Some(Ok(7)));
    assert_eq!(count(&outcome.trace, |e| matches!(e, Event::AbortRequested { .. })), 0);
}

#[test]
fn a_task_whose_handle_is_dropped_runs_on() {
    let outcome = run_one(|| async {
        drop(spawn(async {
            io(millis(1)).await;
            mark("ran on");
        }));
        io(millis(2)).await;
    });
    assert_eq!(marks(&outcome.trace), "ran on");
    assert_eq!(count(&outcome.trace, |e| matches!(e, Event::TaskDetached { .. })), 1);
}

#[test]
fn a_guard_may_spawn_wake_and_abort_others_while_it_is_dropped() {
    struct Meddler(sim_core::JoinHandle<()>, Arc<sync::Notify>);
    impl Drop for Meddler {
        fn drop(&mut self) {
            self.0.abort();
            self.1.notify_one();
            drop(spawn(async { mark("spawned by a guard") }));
        }
    }
    let outcome = run_one(|| async {
        let notify = Arc::new(sync::Notify::new());
        let other = spawn(async {
            let _guard = Guard("other dropped");
            io(millis(50)).await;
        });
        let notified = {
            let notify = Arc::clone(&notify);
            spawn(async move {
                notify.notified().await;
                mark("notified");
            })
        };
        let meddler = Meddler(other, notify);
        let task = spawn(async move {
            let _meddler = meddler;
            io(millis(50)).await;
        });
        io(millis(1)).await;
        task.abort();
        notified.await.unwrap();
        io(millis(1)).await;
    });
    assert_eq!(timed_marks(&outcome.trace), "other dropped@1 notified@1 spawned by a guard@1");
}

#[test]
fn one_that_waited_in_line_leaves_it_to_the_next() {
    let outcome = run_one(|| async {
        let lock = Arc::new(sync::Mutex::new(()));
        let spawn = |name: &'static str| {
            let lock = Arc::clone(&lock);
            spawn(async move {
                let _guard = lock.lock().await;
                mark(name);
                io(millis(10)).await;
            })
        };
        let [a, b, c] = ["a", "b", "c"].map(spawn);
        time::sleep(millis(1)).await;
        b.abort();
        a.await.unwrap();
        c.await.unwrap();
    });
    assert_eq!(timed_marks(&outcome.trace), "a@0 c@10");
}

#[test]
fn one_that_was_handed_the_lock_unseen_hands_it_on() {
    let outcome = run_one(|| async {
        let lock = Arc::new(sync::Mutex::new(()));
        let held = lock.lock().await;
        let spawn = |name: &'static str| {
            let lock = Arc::clone(&lock);
            spawn(async move {
                let _guard = lock.lock().await;
                mark(name);
            })
        };
        let [b, c] = ["b", "c"].map(spawn);
        io(millis(1)).await;
        // Released, the lock is b's at once; b is woken but not polled before it is aborted.
        drop(held);
        b.abort();
        c.await.unwrap();
        b.await
    });
    assert_eq!(outcome.output, Some(Err(JoinError::Cancelled)));
    assert_eq!(marks(&outcome.trace), "c");
}
