//! A real OS thread that calls a waker: safe, queued, and told apart in the trace. So is a waker that outlives its run.

use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use sim_core::trace::Actor;
use sim_core::trace::event::{EndReason, Event};
use sim_core::{io, mark, spawn};

use crate::support::{count, legal, marks, millis, run_one, textbook};

/// Pending once; leaves its waker to `take`.
async fn leave_waker(take: impl FnOnce(Waker)) {
    let mut take = Some(take);
    std::future::poll_fn(move |cx| match take.take() {
        None => Poll::Ready(()),
        Some(take) => {
            take(cx.waker().clone());
            Poll::Pending
        }
    })
    .await;
}

#[test]
fn a_wake_from_a_real_thread_is_queued_and_its_origin_recorded() {
    let outcome = run_one(|| async {
        let waiting = spawn(async {
            // The real thread has ended before this poll ends, so that even this run is the same each time.
            leave_waker(|waker| std::thread::spawn(move || waker.wake()).join().unwrap()).await;
            mark("woken");
        });
        waiting.await.unwrap();
    });
    assert_eq!(outcome.end, EndReason::Finished);
    assert_eq!(marks(&outcome.trace), "woken");
    assert_eq!(count(&outcome.trace, |e| matches!(e, Event::Woken { by: Actor::Foreign, .. })), 1);
}

#[test]
fn real_threads_may_wake_clone_and_drop_while_the_run_goes_on() {
    let outcome = run_one(|| async {
        let threads: Arc<Mutex<Vec<std::thread::JoinHandle<()>>>> = Arc::default();
        let list = Arc::clone(&threads);
        spawn(leave_waker(move |waker| {
            let spawn = |waker: Waker| {
                std::thread::spawn(move || {
                    for _ in 0..1_000 {
                        drop(waker.clone());
                        waker.wake_by_ref();
                    }
                })
            };
            list.lock().unwrap().extend((0..4).map(|_| spawn(waker.clone())));
        }))
        .await
        .unwrap();
        for _ in 0..100 {
            io(millis(1)).await;
        }
        let threads = std::mem::take(&mut *threads.lock().unwrap());
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
    // Whether the run saw one of the wakes in time is the real threads' affair; that it did no harm is not.
    assert!(matches!(outcome.end, EndReason::Finished | EndReason::Stuck));
}

#[test]
fn a_waker_that_outlives_its_run_wakes_nobody() {
    let kept: Arc<Mutex<Option<Waker>>> = Arc::default();
    let keep = Arc::clone(&kept);
    legal(textbook(1).run_async(sim_core::Executor::fifo(1), move || {
        let keep = Arc::clone(&keep);
        async move {
            spawn(leave_waker(move |waker| *keep.lock().unwrap() = Some(waker)));
            io(millis(1)).await;
        }
    }));
    let waker = kept.lock().unwrap().take().expect("the task left its waker");
    waker.wake_by_ref();
    // Task 1 of another run has the same number, and must not be taken for it.
    let other = run_one(move || {
        let waker = waker.clone();
        async move {
            let task = spawn(leave_waker(|_| {}));
            io(millis(1)).await;
            waker.wake();
            io(millis(1)).await;
            task.is_finished()
        }
    });
    assert_eq!(other.output, Some(false));
    assert_eq!(count(&other.trace, |e| matches!(e, Event::Woken { by: Actor::Foreign, .. })), 0);
}
