//! How runs end: what is left is stopped, nothing hangs, and the clock says when.

use sim_core::trace::event::EndReason;
use sim_core::trace::legal;
use sim_core::{Costs, Executor, Limits, Machine, SimDuration, SimTime, io, sync, thread, time, work};

fn ms(n: u64) -> SimDuration {
    SimDuration::from_millis(n)
}

fn textbook() -> Machine {
    Machine::new().costs(Costs::zero())
}

#[test]
fn threads_that_are_left_are_stopped_when_the_root_returns() {
    let outcome = textbook().cores(2).run_threads(|| {
        thread::spawn(|| thread::sleep(ms(100)));
        thread::spawn(|| work(ms(100)));
        thread::spawn(|| {
            // Catches what unwinds it, too, and is stopped all the same.
            let _ = std::panic::catch_unwind(|| thread::sleep(ms(100)));
            work(ms(100));
            thread::sleep(ms(100));
        });
        work(ms(5));
    });
    assert_eq!(outcome.end, EndReason::Finished);
    assert_eq!(outcome.trace.end().as_nanos(), 5_000_000);
    legal::check(&outcome.trace).unwrap();
}

#[test]
fn a_timer_that_was_given_up_does_not_move_the_clock() {
    let outcome = textbook().run_async(Executor::fifo(1), || async {
        let _ = time::timeout(SimDuration::from_secs(3_600), io(ms(1))).await;
        let (_sender, receiver) = sync::channel::<()>(1);
        receiver.recv().await.unwrap();
    });
    assert_eq!(outcome.end, EndReason::Stuck);
    assert!(outcome.trace.end() < SimTime::from_nanos(2_000_000), "{}", outcome.trace.end());
}

#[test]
fn endless_work_inside_one_poll_meets_the_step_limit() {
    let limits = Limits { steps: 10_000, time: SimTime::MAX };
    let outcome = textbook().limits(limits).run_async(Executor::fifo(1), || async {
        loop {
            work(SimDuration::from_nanos(1));
        }
    });
    assert_eq!(outcome.end, EndReason::StepLimit);
}

#[test]
fn a_task_that_wakes_itself_for_ever_meets_the_time_limit() {
    let limits = Limits { steps: u64::MAX, time: SimTime::from_nanos(5_000) };
    let outcome = textbook().limits(limits).run_async(Executor::fifo(1), || async {
        loop {
            sim_core::yield_now().await;
        }
    });
    assert_eq!(outcome.end, EndReason::TimeLimit);
    assert_eq!(outcome.trace.end(), SimTime::from_nanos(5_000));
}
