//! Sleep, timeout and interval in virtual time.

use sim_core::trace::event::Event;
use sim_core::{SimTime, io, mark, now, spawn, time, work};

use crate::support::{count, marks, millis, run_one, timed_marks};

fn at(n: u64) -> SimTime {
    SimTime::ZERO + millis(n)
}

#[test]
fn timers_that_are_due_together_fire_in_order_of_setting() {
    let outcome = run_one(|| async {
        let tasks = [("a", 70, 70), ("b", 3, 70), ("c", 65, 70), ("d", 4_200, 4_200), ("e", 100, 4_200)];
        let tasks = tasks.map(|(name, first, second)| {
            spawn(async move {
                time::sleep_until(at(first)).await;
                mark(format!("{name}1"));
                time::sleep_until(at(second)).await;
                mark(format!("{name}2"));
            })
        });
        for task in tasks {
            task.await.unwrap();
        }
    });
    // A second sleep that is due already is Ready at once.
    let expected = "b1@3 c1@65 a1@70 a2@70 b2@70 c2@70 e1@100 d1@4200 d2@4200 e2@4200";
    assert_eq!(timed_marks(&outcome.trace), expected);
}

#[test]
fn timeouts_and_intervals_meet_at_their_moments() {
    // The order of tokio 1.54.1 with a paused clock, whose timers tick in whole milliseconds.
    let outcome = run_one(|| async {
        let interval = spawn(async {
            let mut beat = time::interval(millis(2));
            for _ in 0..4 {
                beat.tick().await;
                mark("i");
            }
        });
        let timed_out = spawn(async {
            time::timeout(millis(5), std::future::pending::<()>()).await.unwrap_err();
            mark("t");
        });
        let sleeper = spawn(async {
            time::sleep_until(at(4)).await;
            mark("s");
        });
        let in_time = spawn(async {
            time::timeout(millis(4), time::sleep_until(at(4))).await.unwrap();
            mark("u-ok");
        });
        for task in [interval, timed_out, sleeper, in_time] {
            task.await.unwrap();
        }
    });
    assert_eq!(timed_marks(&outcome.trace), "i@0 i@2 s@4 u-ok@4 i@4 t@5 i@6");
}

#[test]
fn a_future_that_never_yields_is_late_and_not_timed_out() {
    let outcome = run_one(|| async {
        let result = time::timeout(millis(5), async {
            work(millis(100));
            "done"
        });
        (result.await, now().as_millis())
    });
    assert_eq!(outcome.output, Some((Ok("done"), 100)));
}

#[test]
fn a_timeout_drops_what_it_waited_for_when_the_time_is_up() {
    struct Guard;
    impl Drop for Guard {
        fn drop(&mut self) {
            mark("dropped");
        }
    }
    let outcome = run_one(|| async {
        let slow = async {
            let _guard = Guard;
            io(millis(50)).await;
        };
        let elapsed = time::timeout(millis(5), slow).await.is_err();
        mark("timed out");
        io(millis(10)).await;
        elapsed
    });
    assert_eq!(outcome.output, Some(true));
    assert_eq!(timed_marks(&outcome.trace), "dropped@5 timed out@5");
    assert_eq!(count(&outcome.trace, |e| matches!(e, Event::IoCancelled { .. })), 1);
}

#[test]
fn a_timeout_that_is_not_needed_gives_its_timer_up() {
    let outcome = run_one(|| async { time::timeout(millis(50), io(millis(5))).await });
    assert_eq!(outcome.output, Some(Ok(())));
    assert_eq!(outcome.trace.end().as_millis(), 5);
    assert_eq!(count(&outcome.trace, |e| matches!(e, Event::TimerCancelled { .. })), 1);
}

#[test]
fn an_interval_that_fell_behind_catches_up() {
    let outcome = run_one(|| async {
        let mut beat = time::interval(millis(10));
        for n in 0..6 {
            let due = beat.tick().await;
            mark(format!("{}", due.as_millis()));
            work(millis(if n == 1 { 35 } else { 1 }));
        }
    });
    assert_eq!(timed_marks(&outcome.trace), "0@0 10@10 20@45 30@46 40@47 50@50");
}

#[test]
fn a_tick_given_up_loses_no_beat() {
    let outcome = run_one(|| async {
        let mut beat = time::interval(millis(10));
        beat.tick().await;
        let given_up = time::timeout(millis(3), beat.tick()).await;
        assert!(given_up.is_err());
        beat.tick().await.as_millis()
    });
    assert_eq!(outcome.output, Some(10));
}

#[test]
fn a_sleep_counts_from_its_first_poll() {
    let outcome = run_one(|| async {
        let sleep = time::sleep(millis(10));
        io(millis(5)).await;
        sleep.await;
        mark("woke");
    });
    assert_eq!(timed_marks(&outcome.trace), "woke@15");
}

#[test]
fn a_sleep_dropped_before_its_time_wakes_nobody() {
    let outcome = run_one(|| async {
        let first = futures::future::select(Box::pin(time::sleep(millis(10))), Box::pin(time::sleep(millis(5)))).await;
        drop(first);
        mark("first");
        io(millis(20)).await;
    });
    assert_eq!(marks(&outcome.trace), "first");
    let stale = count(&outcome.trace, |e| matches!(e, Event::TimerFired { .. }));
    assert_eq!(stale, 1);
}

#[test]
fn a_sleep_of_no_time_lets_others_go_first() {
    let outcome = run_one(|| async {
        let other = spawn(async { mark("other") });
        time::sleep(millis(0)).await;
        mark("root");
        other.await.unwrap();
    });
    assert_eq!(marks(&outcome.trace), "other root");
}

#[test]
#[should_panic(expected = "a period longer than zero")]
fn an_interval_of_no_time_is_refused() {
    let _ = time::interval(millis(0));
}
