//! A panic of the program under study ends what panicked, stands in the trace, and goes no further.

use std::sync::{Arc, Mutex};

use sim_core::trace::event::{EndReason, Event, PollResult};
use sim_core::{Executor, JoinError, block, io, io_blocking, mark, spawn, spawn_blocking, sync, thread, work};

use crate::support::{count, legal, marks, millis, run_one, textbook};

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        mark("drop");
        panic!("in a destructor");
    }
}

fn panics(trace: &sim_core::Trace) -> usize {
    count(trace, |e| matches!(e, Event::Panicked { .. }))
}

#[test]
fn in_a_poll_it_ends_the_task_and_its_handle_says_so() {
    let outcome = run_one(|| async {
        let failed = spawn(async { panic!("no luck") }).await;
        mark("goes on");
        failed
    });
    let Some(Err(JoinError::Panicked(message))) = outcome.output else { panic!("{:?}", outcome.output) };
    assert!(message.starts_with("no luck at panics.rs:"), "{message}");
    assert_eq!(marks(&outcome.trace), "goes on");
    assert_eq!(count(&outcome.trace, |e| matches!(e, Event::PollEnded { result: PollResult::Panicked, .. })), 1);
}

#[test]
fn with_a_value_that_is_no_text_it_is_told_all_the_same() {
    let outcome = run_one(|| async { spawn(async { std::panic::panic_any(7) }).await });
    let Some(Err(JoinError::Panicked(message))) = outcome.output else { panic!("{:?}", outcome.output) };
    assert!(message.starts_with("a value that is no text"), "{message}");
}

#[test]
fn in_the_root_it_ends_the_run_without_an_output() {
    let outcome = run_one(|| async { if true { panic!("root") } else { 7 } });
    assert_eq!((outcome.output, outcome.end), (None, EndReason::Finished));
    let outcome = legal(textbook(1).run_threads(|| if true { panic!("root") } else { 7 }));
    assert_eq!(outcome.output, None);
    assert_eq!(panics(&outcome.trace), 1);
}

#[test]
fn in_a_destructor_after_completion_the_result_stays() {
    let outcome = run_one(|| async {
        let guard = PanicsWhenDropped;
        spawn(async move {
            let _guard = guard;
            7
        })
        .await
    });
    // The guard is a local of the future: it is dropped inside the last poll, before the value is given.
    assert!(matches!(outcome.output, Some(Err(JoinError::Panicked(_)))), "{:?}", outcome.output);
    assert_eq!(panics(&outcome.trace), 1);
}

#[test]
fn in_the_destructor_of_a_future_that_completed_by_hand_the_result_stays() {
    struct Done(#[allow(dead_code, reason = "it is there to be dropped")] PanicsWhenDropped);
    impl Future for Done {
        type Output = u32;
        fn poll(self: std::pin::Pin<&mut Self>, _: &mut std::task::Context<'_>) -> std::task::Poll<u32> {
            std::task::Poll::Ready(7)
        }
    }
    let outcome = run_one(|| async { spawn(Done(PanicsWhenDropped)).await });
    assert_eq!(outcome.output, Some(Ok(7)));
    assert_eq!(panics(&outcome.trace), 1);
}

#[test]
fn in_the_destructor_of_an_aborted_task_it_stays_there() {
    let outcome = run_one(|| async {
        let guard = PanicsWhenDropped;
        let task = spawn(async move {
            let _guard = guard;
            io(millis(10)).await;
        });
        io(millis(1)).await;
        task.abort();
        task.await.unwrap_err()
    });
    assert_eq!(outcome.output, Some(JoinError::Cancelled));
    assert_eq!((panics(&outcome.trace), marks(&outcome.trace).as_str()), (1, "drop"));
}

#[test]
fn in_the_destructor_of_what_is_left_at_the_end_it_stays_there() {
    let outcome = run_one(|| async {
        let guard = PanicsWhenDropped;
        spawn(async move {
            let _guard = guard;
            io(millis(10)).await;
        });
        io(millis(1)).await;
    });
    assert_eq!(outcome.end, EndReason::Finished);
}

#[test]
fn in_a_threads_closure_its_join_says_so() {
    let outcome = legal(textbook(1).run_threads(|| {
        let failed = thread::spawn(|| {
            work(millis(1));
            panic!("thread")
        });
        let error: Result<(), JoinError> = failed.join();
        mark("goes on");
        error.unwrap_err().to_string()
    }));
    assert!(outcome.output.unwrap().contains("thread at panics.rs"));
    assert_eq!(marks(&outcome.trace), "goes on");
    assert_eq!(count(&outcome.trace, |e| matches!(e, Event::ThreadExited { panicked: true, .. })), 1);
}

#[test]
fn in_an_offloaded_closure_its_handle_says_so_and_the_thread_serves_on() {
    let outcome = run_one(|| async {
        let failed = spawn_blocking(|| {
            block(millis(1));
            panic!("offloaded")
        });
        let error: Result<(), JoinError> = failed.await;
        let next = spawn_blocking(|| 7).await;
        (error.unwrap_err().to_string(), next)
    });
    let (error, next) = outcome.output.unwrap();
    assert!(error.contains("offloaded"), "{error}");
    assert_eq!(next, Ok(7));
    assert_eq!(count(&outcome.trace, |e| matches!(e, Event::ThreadCreated { .. })), 2, "a worker and one for both");
}

#[test]
fn while_a_lock_is_held_it_gives_the_lock_back() {
    let outcome = run_one(|| async {
        let lock = Arc::new(sync::Mutex::new(1));
        let held = Arc::clone(&lock);
        let failed = spawn(async move {
            let _guard = held.lock().await;
            work(millis(1));
            panic!("holding it");
        });
        let failed: Result<(), JoinError> = failed.await;
        failed.unwrap_err();
        *lock.lock().await
    });
    assert_eq!(outcome.output, Some(1));
}

#[test]
fn block_on_is_refused_on_threads_and_in_polls_each_with_its_reason() {
    let block_on = || futures::executor::block_on(io(millis(1)));
    let outcome = legal(textbook(1).run_threads(move || thread::spawn(block_on).join().unwrap_err().to_string()));
    assert!(outcome.output.unwrap().contains("block_on was called on a simulated thread"));
    let outcome = run_one(move || async move { spawn_blocking(block_on).await.unwrap_err().to_string() });
    assert!(outcome.output.unwrap().contains("block_on was called on a simulated thread"));
    let outcome = run_one(move || async move { spawn(async move { block_on() }).await.unwrap_err().to_string() });
    assert!(outcome.output.unwrap().contains("block_on was called inside a poll"));
}

/// Waits in every way there is, where nothing may wait.
struct WaitsWhenDropped(sync::Receiver<()>, Arc<sync::BlockingMutex<u32>>);

impl Drop for WaitsWhenDropped {
    fn drop(&mut self) {
        work(millis(1));
        block(millis(1));
        io_blocking(millis(1));
        thread::sleep(millis(1));
        thread::yield_now();
        assert!(self.0.recv_blocking().is_err());
        sync::Notify::new().wait_blocking();
        sync::Barrier::new(2).wait_blocking();
        assert!(thread::spawn(|| thread::sleep(millis(1))).join().is_err());
        let condvar = sync::Condvar::new();
        *condvar.wait(self.1.lock()) += 1;
        mark("dropped");
    }
}

#[test]
fn while_it_unwinds_nothing_waits() {
    let outcome = legal(textbook(1).run_threads(|| {
        let (sender, receiver) = sync::unbounded();
        let lock = Arc::new(sync::BlockingMutex::new(0));
        let guard = WaitsWhenDropped(receiver, Arc::clone(&lock));
        let failed = thread::spawn(move || {
            let _guard = guard;
            panic!("with a guard that waits");
        });
        let failed: Result<(), JoinError> = failed.join();
        drop(sender);
        thread::sleep(millis(2));
        (failed.is_err(), *lock.lock(), sim_core::now().as_millis())
    }));
    assert_eq!(outcome.output, Some((true, 1, 2)));
    assert_eq!(marks(&outcome.trace), "dropped");
}

const FOR_A_PARENT: &str = "WAKELINE_LOCK_WHILE_PANICKING";

#[test]
fn a_lock_that_another_holds_is_never_given_to_one_that_unwinds() {
    struct LocksWhenDropped(Arc<sync::BlockingMutex<u32>>);
    impl Drop for LocksWhenDropped {
        fn drop(&mut self) {
            *self.0.lock() += 1;
        }
    }
    if std::env::var_os(FOR_A_PARENT).is_none() {
        // It can neither wait nor go on: the process ends, and says why. So it must be another process.
        let child = std::process::Command::new(std::env::current_exe().expect("a test knows its binary"))
            .args(["--exact", "panics::a_lock_that_another_holds_is_never_given_to_one_that_unwinds"])
            .args(["--nocapture", "--test-threads=1"])
            .env(FOR_A_PARENT, "1")
            .output()
            .expect("a test binary can be started again");
        let told = String::from_utf8_lossy(&child.stderr);
        assert!(!child.status.success() && told.contains("while it unwinds from a panic"), "{told}");
        return;
    }
    textbook(1).run_threads(|| {
        let lock = Arc::new(sync::BlockingMutex::new(0));
        let guard = LocksWhenDropped(Arc::clone(&lock));
        thread::spawn(move || {
            let _guard = guard;
            thread::sleep(millis(1));
            panic!("while the other holds the lock");
        });
        let _held = lock.lock();
        thread::sleep(millis(5));
    });
}

#[test]
fn caught_by_the_program_itself_it_is_no_event() {
    let outcome = run_one(|| async {
        work(millis(1));
        std::panic::catch_unwind(|| panic!("caught")).is_err()
    });
    assert_eq!(outcome.output, Some(true));
    assert_eq!(panics(&outcome.trace), 0);
}

#[test]
fn under_several_workers_the_others_go_on() {
    let seen = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&seen);
    let outcome = legal(textbook(4).run_async(Executor::stealing(4), move || {
        let counter = Arc::clone(&counter);
        async move {
            let tasks: Vec<_> = (0..20)
                .map(|i| {
                    let counter = Arc::clone(&counter);
                    spawn(async move {
                        work(millis(i % 3));
                        assert!(i % 4 != 0, "every fourth");
                        *counter.lock().unwrap() += 1;
                    })
                })
                .collect();
            let mut failed = 0;
            for task in tasks {
                failed += u32::from(task.await.is_err());
            }
            failed
        }
    }));
    assert_eq!((outcome.output, *seen.lock().unwrap()), (Some(5), 15));
}

#[test]
fn whoever_waits_for_a_task_that_panicked_learns_with_what_also_where_tokio_lends_its_budget() {
    for executor in [Executor::tokio_current_thread(), Executor::tokio_local_set(), Executor::tokio_multi_thread(1)] {
        let outcome = textbook(1).run_async(executor, || async { spawn(async { panic!("no luck") }).await });
        let result: Result<(), JoinError> = outcome.output.expect("the root goes on");
        assert!(matches!(result, Err(JoinError::Panicked(ref why)) if why.starts_with("no luck")), "{result:?}");
    }
}
