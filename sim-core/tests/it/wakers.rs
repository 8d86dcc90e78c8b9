//! The waker counts: each clone, wake and drop stands in the trace with who did it; so does the memory of tasks.

use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use sim_core::trace::event::{Event, WakeEffect};
use sim_core::trace::{Actor, TaskId, Trace};
use sim_core::{Costs, Executor, Machine, io, spawn, thread, time, yield_now};

use crate::support::{count, legal, millis, run_one};

fn clones_and_drops(trace: &Trace, of: TaskId) -> (usize, usize) {
    (
        count(trace, |e| matches!(e, Event::WakerCloned { task, .. } if task == of)),
        count(trace, |e| matches!(e, Event::WakerDropped { task, .. } if task == of)),
    )
}

fn wakes(trace: &Trace, effect: WakeEffect) -> usize {
    count(trace, |e| matches!(e, Event::Woken { effect: of, .. } if of == effect))
}

/// Keeps `clones` clones of the waker at the first poll and gives them to `keep`.
async fn hand_out(clones: usize, keep: impl FnOnce(Vec<Waker>)) {
    let mut keep = Some(keep);
    std::future::poll_fn(move |cx| match keep.take() {
        None => Poll::Ready(()),
        Some(keep) => {
            keep(vec![cx.waker().clone(); clones]);
            Poll::Pending
        }
    })
    .await;
}

#[test]
fn every_clone_and_every_drop_is_counted() {
    let outcome = run_one(|| async {
        let kept: Arc<Mutex<Vec<Waker>>> = Arc::default();
        let keep = Arc::clone(&kept);
        let task = spawn(hand_out(3, move |wakers| *keep.lock().unwrap() = wakers));
        yield_now().await;
        let mut wakers = std::mem::take(&mut *kept.lock().unwrap());
        wakers.pop().unwrap().wake();
        drop(wakers);
        task.await.unwrap();
    });
    assert_eq!(clones_and_drops(&outcome.trace, TaskId(1)), (3, 3));
}

#[test]
fn a_wake_is_told_by_its_effect() {
    let outcome = run_one(|| async {
        let kept: Arc<Mutex<Vec<Waker>>> = Arc::default();
        let keep = Arc::clone(&kept);
        let task = spawn(hand_out(1, move |wakers| *keep.lock().unwrap() = wakers));
        yield_now().await;
        let waker = kept.lock().unwrap().pop().unwrap();
        waker.wake_by_ref();
        waker.wake_by_ref();
        task.await.unwrap();
        waker.wake();
    });
    let trace = &outcome.trace;
    // The task itself, and the root by the task's end.
    assert_eq!(wakes(trace, WakeEffect::Queued), 2);
    assert_eq!(wakes(trace, WakeEffect::Redundant), 1);
    assert_eq!(wakes(trace, WakeEffect::Stale), 1);
    assert_eq!(wakes(trace, WakeEffect::OwnPoll), 1);
}

#[test]
fn a_wake_during_the_poll_by_another_is_not_lost() {
    let outcome = legal(Machine::new().cores(2).costs(Costs::zero()).run_async(Executor::fifo(2), || async {
        let kept: Arc<Mutex<Vec<Waker>>> = Arc::default();
        let keep = Arc::clone(&kept);
        let task = spawn(hand_out(1, move |wakers| {
            *keep.lock().unwrap() = wakers;
            sim_core::work(millis(10));
        }));
        io(millis(5)).await;
        kept.lock().unwrap().pop().expect("the task is in its poll").wake();
        task.await.unwrap();
    }));
    assert_eq!(wakes(&outcome.trace, WakeEffect::DuringPoll), 1);
}

#[test]
fn whoever_wakes_is_named() {
    let outcome = run_one(|| async {
        let task = spawn(async { time::sleep(millis(1)).await });
        task.await.unwrap();
        io(millis(1)).await;
    });
    let by = outcome.trace.events_from(0).filter_map(|(_, _, event)| match event {
        Event::Woken { by, .. } => Some(by),
        _ => None,
    });
    let by: Vec<_> = by.collect();
    assert!(matches!(by[..], [Actor::Timer(_), Actor::Task(TaskId(1)), Actor::Device(_)]), "{by:?}");
}

#[test]
fn a_leaf_clones_the_waker_only_where_it_must_leave_one() {
    let outcome = run_one(|| async {
        let request = spawn(io(millis(5)));
        let sleep = spawn(time::sleep(millis(5)));
        // Polled again and again by one task, woken by the other branch.
        futures::join!(time::sleep(millis(9)), async {
            for _ in 0..10 {
                yield_now().await;
            }
        });
        request.await.unwrap();
        sleep.await.unwrap();
    });
    for task in [TaskId(0), TaskId(1), TaskId(2)] {
        assert_eq!(clones_and_drops(&outcome.trace, task), (1, 1), "{task:?}");
    }
}

#[test]
fn a_leaf_that_moves_to_another_task_wakes_that_one() {
    let outcome = run_one(|| async {
        let mut request = Box::pin(io(millis(5)));
        let mut sleep = Box::pin(time::sleep(millis(6)));
        // Both are begun here, and awaited by another task.
        assert!(futures::poll!(&mut request).is_pending() && futures::poll!(&mut sleep).is_pending());
        spawn(async move {
            request.await;
            sleep.await;
            sim_core::now().as_millis()
        })
        .await
    });
    assert_eq!(outcome.output, Some(Ok(6)));
}

#[test]
fn a_task_is_freed_when_its_last_waker_is_gone() {
    let outcome = run_one(|| async {
        let kept: Arc<Mutex<Vec<Waker>>> = Arc::default();
        let keep = Arc::clone(&kept);
        let task = spawn(hand_out(2, move |wakers| *keep.lock().unwrap() = wakers));
        yield_now().await;
        let mut wakers = std::mem::take(&mut *kept.lock().unwrap());
        wakers.pop().unwrap().wake();
        task.await.unwrap();
        io(millis(5)).await;
        drop(wakers);
        io(millis(5)).await;
    });
    let freed = outcome.trace.events_from(0).find_map(|(_, time, event)| match event {
        Event::TaskFreed { task: TaskId(1), by } => Some((time.as_millis(), by)),
        _ => None,
    });
    assert_eq!(freed, Some((5, Actor::Task(TaskId(0)))));
}

#[test]
fn every_task_is_allocated_once_and_freed_once() {
    let outcome = legal(Machine::new().run_async(Executor::stealing(3), || async {
        let tasks: Vec<_> = (0..50).map(|n| spawn(async move { io(millis(n % 4)).await })).collect();
        for task in tasks {
            task.await.unwrap();
        }
        drop(spawn(std::future::pending::<()>()));
    }));
    let bytes = |e| if let Event::TaskAllocated { bytes, .. } = e { Some(bytes) } else { None };
    let allocated: Vec<_> = outcome.trace.events_from(0).filter_map(|(_, _, e)| bytes(e)).collect();
    assert_eq!(allocated, [128; 52]);
    assert_eq!(count(&outcome.trace, |e| matches!(e, Event::TaskFreed { .. })), 52);
}

#[test]
fn every_thread_reserves_and_touches_its_stack() {
    let outcome = legal(Machine::new().run_threads(|| {
        let threads = [0; 3].map(|_| thread::spawn(|| thread::sleep(millis(1))));
        threads.into_iter().for_each(|t| t.join().unwrap());
    }));
    let reserved = |e| matches!(e, Event::StackReserved { bytes: 2_097_152, .. });
    let touched = |e| matches!(e, Event::StackTouched { bytes: 37_888, .. });
    assert_eq!((count(&outcome.trace, reserved), count(&outcome.trace, touched)), (4, 4));
}
