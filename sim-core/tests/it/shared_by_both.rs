//! Locks and permits that tasks and threads share, waits that are given up, and things that stay in their run.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex as StdMutex};

use sim_core::Trace;
use sim_core::sync::{self, BlockingMutex, Mutex, Notify, RwLock, Semaphore};
use sim_core::trace::event::EndReason;
use sim_core::{
    Costs, Executor, Machine, Outcome, SimDuration, block, io, mark, now, observe, spawn, spawn_blocking, thread, time,
    work, yield_now,
};

/// The run's markers, in order.
fn markers(trace: &Trace) -> String {
    trace.markers().map(|m| m.text).collect::<Vec<_>>().join(" ")
}

fn ms(n: u64) -> SimDuration {
    SimDuration::from_millis(n)
}

fn textbook(cores: u32) -> Machine {
    Machine::new().cores(cores).costs(Costs::zero())
}

/// Counts who is inside, and the most there ever were.
#[derive(Default)]
struct Inside {
    now: AtomicU32,
    most: AtomicU32,
}

impl Inside {
    fn enter(&self) {
        let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(now, Ordering::Relaxed);
    }

    fn leave(&self) {
        self.now.fetch_sub(1, Ordering::Relaxed);
    }
}

#[test]
fn a_writer_on_a_thread_and_writers_in_tasks_are_never_inside_together() {
    for first_blocks in [true, false] {
        let outcome = textbook(2).run_async(Executor::fifo(2), move || async move {
            let lock = Arc::new(RwLock::new(0));
            let inside = Arc::new(Inside::default());
            let on_thread = || {
                let (lock, inside) = (Arc::clone(&lock), Arc::clone(&inside));
                spawn_blocking(move || {
                    let guard = lock.write_blocking();
                    inside.enter();
                    block(ms(5));
                    inside.leave();
                    drop(guard);
                })
            };
            let in_task = || {
                let (lock, inside) = (Arc::clone(&lock), Arc::clone(&inside));
                spawn(async move {
                    let guard = lock.write().await;
                    inside.enter();
                    io(ms(5)).await;
                    inside.leave();
                    drop(guard);
                })
            };
            let threads = if first_blocks { vec![on_thread()] } else { Vec::new() };
            let tasks = [in_task(), in_task()];
            io(ms(1)).await;
            let late = on_thread();
            for handle in threads.into_iter().chain([late]) {
                handle.await.unwrap();
            }
            for task in tasks {
                task.await.unwrap();
            }
            // No permit was made up or lost: a writer gets them all once more.
            drop(lock.write().await);
            inside.most.load(Ordering::Relaxed)
        });
        assert_eq!((outcome.end, outcome.output), (EndReason::Finished, Some(1)));
    }
}

#[test]
fn a_semaphore_shared_by_tasks_and_threads_keeps_its_permits() {
    let outcome = textbook(2).run_async(Executor::fifo(2), || async {
        let gate = Arc::new(Semaphore::new(2));
        let inside = Arc::new(Inside::default());
        let mut tasks = Vec::new();
        let mut threads = Vec::new();
        for _ in 0..4 {
            let (gate_t, inside_t) = (Arc::clone(&gate), Arc::clone(&inside));
            tasks.push(spawn(async move {
                let _permit = gate_t.acquire().await;
                inside_t.enter();
                io(ms(3)).await;
                inside_t.leave();
            }));
            let (gate_b, inside_b) = (Arc::clone(&gate), Arc::clone(&inside));
            threads.push(spawn_blocking(move || {
                let _permit = gate_b.acquire_blocking();
                inside_b.enter();
                block(ms(2));
                inside_b.leave();
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        for thread in threads {
            thread.await.unwrap();
        }
        inside.most.load(Ordering::Relaxed)
    });
    assert_eq!((outcome.end, outcome.output), (EndReason::Finished, Some(2)));
}

#[test]
fn a_writer_that_gives_up_lets_the_readers_behind_it_in() {
    let outcome = textbook(1).run_async(Executor::fifo(1), || async {
        let lock = Arc::new(RwLock::new(()));
        let held = lock.read().await;
        let writer = Arc::clone(&lock);
        spawn(async move { time::timeout(ms(1), writer.write()).await.is_err() });
        yield_now().await;
        drop(lock.read().await);
        drop(held);
        now().as_nanos() / 1_000_000
    });
    assert_eq!((outcome.end, outcome.output), (EndReason::Finished, Some(1)));
}

#[test]
fn a_notification_that_its_waiter_did_not_use_is_kept_for_the_next() {
    let outcome = textbook(1).run_async(Executor::fifo(1), || async {
        let notify = Arc::new(Notify::new());
        let waiter = {
            let notify = Arc::clone(&notify);
            spawn(async move { notify.notified().await })
        };
        yield_now().await;
        notify.notify_one();
        waiter.abort();
        notify.notified().await;
    });
    assert_eq!(outcome.end, EndReason::Finished);
}

#[test]
fn one_of_all_that_were_notified_passes_nothing_on() {
    let outcome = textbook(1).run_async(Executor::fifo(1), || async {
        let notify = Arc::new(Notify::new());
        let wait = |name: &'static str| {
            let notify = Arc::clone(&notify);
            spawn(async move {
                notify.notified().await;
                mark(name);
            })
        };
        let early = wait("early");
        yield_now().await;
        notify.notify_waiters();
        let _late = wait("late");
        yield_now().await;
        early.abort();
        io(ms(1)).await;
    });
    assert_eq!(markers(&outcome.trace), "early");
}

#[test]
fn an_answer_is_not_waited_for_from_a_receiver_that_is_gone() {
    let outcome = textbook(1).run_async(Executor::fifo(1), || async {
        let (requests, server) = sync::unbounded();
        let (answer, answered) = sync::channel::<()>(1);
        assert!(requests.send(answer).await.is_ok());
        drop(server);
        answered.recv().await.is_err()
    });
    assert_eq!(outcome.output, Some(true));
}

#[test]
fn a_wake_while_an_aborted_task_is_dropped_brings_nothing_back() {
    struct Slow;
    impl Drop for Slow {
        fn drop(&mut self) {
            work(ms(5));
        }
    }
    let outcome = textbook(1).run_async(Executor::fifo(1), || async {
        let task = spawn(async {
            let mut sleep = Box::pin(time::sleep(ms(2)));
            let _slow = Slow;
            let _ = futures::poll!(sleep.as_mut());
            std::future::pending::<()>().await;
        });
        io(ms(1)).await;
        task.abort();
        assert!(task.await.is_err());
    });
    assert_eq!(outcome.end, EndReason::Finished);
    sim_core::trace::legal::check(&outcome.trace).unwrap();
}

#[test]
fn two_that_arrive_at_once_take_two_cores() {
    let outcome = textbook(2).scheduler(sim_core::Scheduler::FifoPriority).run_threads(|| {
        let long = |name: &'static str, priority, wait, compute| {
            thread::ThreadBuilder::new(name).priority(priority).spawn(move || {
                thread::sleep(ms(wait));
                work(ms(compute));
                mark(name);
            })
        };
        let all = [long("low1", 1, 0, 20), long("low2", 2, 0, 20), long("high5", 5, 2, 3), long("high6", 6, 2, 3)];
        for thread in all {
            thread.join().unwrap();
        }
    });
    assert_eq!(markers(&outcome.trace), "high6 high5 low2 low1");
    let high: Vec<_> = outcome.trace.markers().take(2).map(|m| m.time.as_nanos() / 1_000_000).collect();
    assert_eq!(high, [5, 5]);
}

#[test]
fn a_lock_stays_in_its_run() {
    let kept: Arc<StdMutex<Option<Arc<Mutex<u32>>>>> = Arc::default();
    let place = Arc::clone(&kept);
    textbook(1).run_async(Executor::fifo(1), move || {
        let place = Arc::clone(&place);
        async move { *place.lock().unwrap() = Some(Arc::new(Mutex::new(7))) }
    });
    let foreign = kept.lock().unwrap().clone().unwrap();
    let outcome = textbook(1).run_async(Executor::fifo(1), move || {
        let foreign = Arc::clone(&foreign);
        async move {
            let _own = Semaphore::new(2);
            spawn(async move { *foreign.lock().await }).await.unwrap_err().to_string()
        }
    });
    assert!(outcome.output.unwrap().contains("another run"));
}

#[test]
fn what_is_dropped_in_another_run_touches_nothing_there() {
    let kept: Arc<StdMutex<Vec<Box<dyn std::any::Any + Send>>>> = Arc::default();
    let place = Arc::clone(&kept);
    textbook(1).run_async(Executor::fifo(1), move || {
        let place = Arc::clone(&place);
        async move {
            let mut sleep = Box::pin(time::sleep(ms(50)));
            let mut request = Box::pin(io(ms(50)));
            let _ = (futures::poll!(sleep.as_mut()), futures::poll!(request.as_mut()));
            let handle = spawn(std::future::pending::<()>());
            let seen = observe("kept", std::future::pending::<()>());
            let mut list = place.lock().unwrap();
            list.push(Box::new(sleep));
            list.push(Box::new(request));
            list.push(Box::new(handle));
            list.push(Box::new(seen));
        }
    });
    let outcome = textbook(1).run_async(Executor::fifo(1), move || {
        let kept = Arc::clone(&kept);
        async move {
            let own = spawn(async {
                time::sleep(ms(3)).await;
                io(ms(3)).await;
            });
            yield_now().await;
            kept.lock().unwrap().clear();
            own.await.unwrap();
            now().as_nanos() / 1_000_000
        }
    });
    assert_eq!(outcome.output, Some(6));
}

#[test]
fn threads_of_a_run_inside_a_run_know_nothing_of_the_tasks_outside() {
    let outcome = textbook(1).run_async(Executor::fifo(1), || async {
        let inner = textbook(1).run_threads(|| {
            spawn(async {});
        });
        inner.output.is_none()
    });
    assert_eq!(outcome.output, Some(true));
    assert_eq!(outcome.trace.tables().tasks.len(), 1, "the root alone");
}

#[test]
fn code_that_catches_whatever_unwinds_it_cannot_keep_a_run_alive() {
    let outcome: Outcome<()> = textbook(2).run_threads(|| {
        thread::spawn(|| {
            loop {
                let _ = std::panic::catch_unwind(|| work(ms(1)));
            }
        });
        work(ms(5));
    });
    assert_eq!(outcome.end, EndReason::Finished);
}

#[test]
fn a_blocking_lock_is_passed_on_when_the_thread_that_was_told_gives_up() {
    let outcome = textbook(2).run_threads(|| {
        let lock = Arc::new(BlockingMutex::new(RefCell::new(0)));
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let lock = Arc::clone(&lock);
                thread::spawn(move || {
                    let guard = lock.lock();
                    work(ms(1));
                    *guard.borrow_mut() += 1;
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        *lock.lock().borrow()
    });
    assert_eq!(outcome.output, Some(4));
}
