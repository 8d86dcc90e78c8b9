//! The threads of blocking pools: when one comes, who is called, and what becomes of one that sleeps long.

use sim_core::trace::event::{EndReason, Event};
use sim_core::trace::tables::ThreadKind;
use sim_core::trace::{Actor, ThreadId, Trace};
use sim_core::{Executor, SimDuration, block, spawn_blocking, time};

use crate::own_view;
use crate::support::{count, millis, textbook};

fn seconds(n: u64) -> SimDuration {
    SimDuration::from_secs(n)
}

/// Creation and end of the pool's threads, in milliseconds: `+0@5` for the first one's creation.
fn lives(trace: &Trace) -> String {
    let threads = &trace.tables().threads;
    let pool: Vec<usize> = (0..threads.len()).filter(|at| threads[*at].kind == ThreadKind::Blocking).collect();
    let place = |thread: ThreadId| pool.iter().position(|at| *at == thread.index());
    let life = |(_, time, event): (usize, sim_core::SimTime, Event)| match event {
        Event::ThreadCreated { thread, .. } => place(thread).map(|n| format!("+{n}@{}", time.as_millis())),
        Event::ThreadExited { thread, .. } => place(thread).map(|n| format!("-{n}@{}", time.as_millis())),
        _ => None,
    };
    trace.events_from(0).filter_map(life).collect::<Vec<_>>().join(" ")
}

/// One call of so long, waited for.
async fn call(length: SimDuration) {
    spawn_blocking(move || block(length)).await.unwrap();
}

/// So many calls of so long at once, waited for.
async fn calls(count: usize, length: SimDuration) {
    let calls: Vec<_> = (0..count).map(|_| spawn_blocking(move || block(length))).collect();
    for call in calls {
        call.await.unwrap();
    }
}

async fn a_call_two_sleeps_and_a_call() {
    call(millis(1)).await;
    time::sleep(seconds(9)).await;
    call(millis(1)).await;
    time::sleep(seconds(11)).await;
    call(millis(1)).await;
}

#[test]
fn a_thread_of_tokios_pool_ends_after_ten_seconds_asleep_and_not_before() {
    for executor in [Executor::tokio_current_thread, || Executor::tokio_multi_thread(2)] {
        let run = own_view::check(textbook(2), |m| m.run_async(executor(), a_call_two_sleeps_and_a_call));
        assert_eq!(run.end, EndReason::Finished);
        // Called at 0 and at 9 s, each time for a millisecond or, where the timer wheel rounds up, a little later.
        let lives = lives(&run.trace);
        let ends = lives.split(' ').find(|life| life.starts_with("-0")).unwrap();
        assert!(["-0@19002", "-0@19003"].contains(&ends), "{lives}");
        assert!(lives.starts_with("+0@0 -0@") && lives.contains(" +1@2000"), "{lives}");
    }
}

#[test]
fn whoever_has_slept_longest_is_called_so_that_work_in_turn_keeps_them_all() {
    let root = || async {
        calls(3, millis(1)).await;
        for _ in 0..10 {
            time::sleep(seconds(3)).await;
            call(millis(1)).await;
        }
        time::sleep(seconds(3)).await;
    };
    let run = own_view::check(textbook(1), |m| m.run_async(Executor::tokio_current_thread(), root));
    let lives = lives(&run.trace);
    assert_eq!(lives, "+0@0 +1@0 +2@0", "each is called every 9 s, and none sleeps for 10");
}

#[test]
fn goroutines_nodes_and_erlangs_threads_stay() {
    type Model = (fn() -> Executor, &'static str);
    // The first call creates all of Node's.
    let models: [Model; 3] =
        [(|| Executor::go(1), "+0@0"), (Executor::event_loop, "+0@0 +1@0 +2@0 +3@0"), (|| Executor::beam(1), "+0@0")];
    for (executor, expected) in models {
        let root = || async {
            call(millis(1)).await;
            time::sleep(seconds(100)).await;
            call(millis(1)).await;
        };
        let run = own_view::check(textbook(1), |m| m.run_async(executor(), root));
        assert_eq!(lives(&run.trace), expected);
    }
}

#[test]
fn smols_pool_grows_where_the_queue_exceeds_five_times_the_idle() {
    let created_by = |calls_at_once: usize| {
        let root = move || calls(calls_at_once, millis(10));
        let run = own_view::check(textbook(1), |m| m.run_async(Executor::smol(1), root));
        let of = |by_task| {
            count(&run.trace, |event| match event {
                Event::ThreadCreated { thread, by } => {
                    run.trace.tables().threads[thread.index()].kind == ThreadKind::Blocking
                        && matches!(by, Actor::Task(_)) == by_task
                }
                _ => false,
            })
        };
        (of(true), of(false))
    };
    // The task's sixth call finds one thread that has not run yet: 6 > 5. A thread that takes a call out of the queue
    // finds nobody idle, and creates the next.
    assert_eq!(created_by(1), (1, 0));
    assert_eq!(created_by(2), (1, 1));
    assert_eq!(created_by(5), (1, 4));
    assert_eq!(created_by(6), (2, 4));
    assert_eq!(created_by(11), (3, 8));
}

#[test]
fn a_smol_thread_never_ends_and_a_day_of_its_sleep_fills_no_recording() {
    for executor in [|| Executor::smol(1), || Executor::async_std(1)] {
        let root = || async {
            calls(20, millis(1)).await;
            time::sleep(seconds(86_400)).await;
        };
        let run = own_view::check(textbook(1), |m| m.run_async(executor(), root));
        assert_eq!(run.end, EndReason::Finished);
        assert!(!lives(&run.trace).contains('-'), "{}", lives(&run.trace));
        assert!(run.trace.len() < 1_000, "{} events", run.trace.len());
    }
}

#[test]
fn a_thread_that_sleeps_does_not_keep_a_run_up_that_is_stuck() {
    for executor in [Executor::tokio_current_thread, || Executor::smol(1)] {
        let root = || async {
            call(millis(1)).await;
            std::future::pending::<()>().await;
        };
        let run = own_view::check(textbook(1), |m| m.run_async(executor(), root));
        assert_eq!((run.end, run.trace.end().as_millis()), (EndReason::Stuck, 1));
    }
}

#[test]
fn a_thread_whose_time_is_up_takes_what_comes_before_it_has_a_core() {
    // The core is busy from before the thread's time is up until after the call.
    let root = || async {
        call(millis(1)).await;
        time::sleep(millis(9_999)).await;
        sim_core::work(millis(2));
        call(millis(1)).await;
    };
    let run = own_view::check(textbook(1), |m| m.run_async(Executor::tokio_current_thread(), root));
    assert_eq!(lives(&run.trace), "+0@0");
}
