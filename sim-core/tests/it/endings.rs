//! How a run ends that does not end by itself: nothing left to wake, too many steps, too much time, someone's word.

use std::sync::Arc;

use sim_core::trace::event::EndReason;
use sim_core::trace::legal as rules;
use sim_core::{
    Costs, Executor, Limits, Machine, Scheduler, SimDuration, SimTime, TaskBuilder, block, io, mark, spawn,
    spawn_blocking, sync, thread, time, work, yield_now,
};

use crate::support::{legal, marks, millis, textbook};

const PATIENT: Limits = Limits { steps: u64::MAX, time: SimTime::MAX };

fn at_most_steps(steps: u64) -> Limits {
    Limits { steps, ..PATIENT }
}

fn until(n: u64) -> Limits {
    Limits { time: SimTime::ZERO + millis(n), ..PATIENT }
}

async fn for_ever() {
    loop {
        yield_now().await;
    }
}

#[test]
fn a_wait_for_what_never_comes_is_stuck() {
    let outcome = legal(textbook(1).run_async(Executor::fifo(1), std::future::pending::<()>));
    assert_eq!((outcome.end, outcome.output), (EndReason::Stuck, None));
    let outcome = legal(textbook(1).run_threads(|| sync::Notify::new().wait_blocking()));
    assert_eq!((outcome.end, outcome.output), (EndReason::Stuck, None));
}

#[test]
fn two_tasks_that_lock_in_opposite_order_are_stuck() {
    let outcome = legal(textbook(1).run_async(Executor::fifo(1), || async {
        let (x, y) = (Arc::new(sync::Mutex::new(())), Arc::new(sync::Mutex::new(())));
        let spawn = |first: &Arc<sync::Mutex<()>>, second: &Arc<sync::Mutex<()>>| {
            let (first, second) = (Arc::clone(first), Arc::clone(second));
            spawn(async move {
                let _first = first.lock().await;
                io(millis(1)).await;
                let _second = second.lock().await;
            })
        };
        let tasks = [spawn(&x, &y), spawn(&y, &x)];
        for task in tasks {
            task.await.unwrap();
        }
    }));
    assert_eq!(outcome.end, EndReason::Stuck);
    assert_eq!(outcome.trace.end().as_millis(), 1);
}

#[test]
fn a_task_that_wakes_itself_for_ever_meets_the_limit_on_steps() {
    for (workers, cores) in [(1, 1), (2, 1), (2, 2)] {
        for costs in [Costs::zero(), Costs::cited()] {
            for executor in [Executor::fifo(workers), Executor::stealing(workers)] {
                let machine = textbook(cores).costs(costs.clone()).limits(at_most_steps(10_000));
                let outcome = legal(machine.run_async(executor, for_ever));
                assert_eq!(outcome.end, EndReason::StepLimit);
            }
        }
    }
}

#[test]
fn a_task_that_wakes_itself_for_ever_meets_the_limit_on_time() {
    let limits = Limits { time: SimTime::from_nanos(20_000), ..PATIENT };
    for costs in [Costs::zero(), Costs::cited()] {
        let outcome = legal(textbook(1).costs(costs).limits(limits).run_async(Executor::fifo(1), for_ever));
        assert_eq!(outcome.end, EndReason::TimeLimit);
        assert_eq!(outcome.trace.end(), limits.time);
    }
}

#[test]
fn limits_hold_when_nothing_is_recorded() {
    let run = |limits| textbook(1).without_recording().limits(limits).run_async(Executor::fifo(1), for_ever).end;
    assert_eq!(run(at_most_steps(100_000)), EndReason::StepLimit);
    assert_eq!(run(until(1)), EndReason::TimeLimit);
}

#[test]
fn threads_that_never_end_meet_the_limits() {
    let computing = || {
        loop {
            work(millis(1));
        }
    };
    let outcome = legal(textbook(1).limits(until(50)).run_threads(computing));
    assert_eq!(outcome.end, EndReason::TimeLimit);
    let yielding = || {
        loop {
            thread::yield_now();
        }
    };
    let outcome = legal(textbook(1).limits(at_most_steps(1_000)).run_threads(yielding));
    assert_eq!(outcome.end, EndReason::StepLimit);
    let computing_nothing = || {
        loop {
            work(SimDuration::ZERO);
            thread::yield_now();
        }
    };
    let outcome = legal(textbook(1).limits(at_most_steps(1_000)).run_threads(computing_nothing));
    assert_eq!(outcome.end, EndReason::StepLimit);
}

#[test]
fn tasks_that_spawn_for_ever_meet_the_limit_on_steps() {
    fn generation() -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async {
            drop(spawn(generation()));
            yield_now().await;
        })
    }
    let root = || async {
        drop(spawn(generation()));
        std::future::pending::<()>().await;
    };
    let outcome = legal(textbook(1).limits(at_most_steps(10_000)).run_async(Executor::fifo(1), root));
    assert_eq!(outcome.end, EndReason::StepLimit);
}

#[test]
fn a_run_that_ends_in_time_is_finished() {
    let root = || async { io(millis(5)).await };
    let outcome = legal(textbook(1).limits(until(6)).run_async(Executor::fifo(1), root));
    assert_eq!(outcome.end, EndReason::Finished);
}

#[test]
fn work_that_would_pass_the_limit_on_time_is_cut_there() {
    let root = || async {
        work(millis(4));
        mark("one");
        work(millis(4));
        mark("two");
    };
    let outcome = legal(textbook(1).limits(until(6)).run_async(Executor::fifo(1), root));
    assert_eq!((outcome.end, marks(&outcome.trace).as_str()), (EndReason::TimeLimit, "one"));
    assert_eq!(outcome.trace.end(), SimTime::ZERO + millis(6));
}

#[test]
fn a_wait_longer_than_a_trace_can_hold_ends_the_run() {
    let days = SimDuration::from_secs(86_400 * 30);
    // Without quanta, of which there would be 70 million.
    let fifo = || textbook(1).scheduler(Scheduler::FifoPriority);
    let outcome = legal(textbook(1).run_async(Executor::fifo(1), move || async move { time::sleep(days).await }));
    assert_eq!((outcome.end, outcome.output), (EndReason::TimeLimit, None));
    let outcome = legal(fifo().run_async(Executor::fifo(1), move || async move { work(days) }));
    assert_eq!((outcome.end, outcome.output), (EndReason::TimeLimit, None));
    let outcome = legal(textbook(1).run_threads(move || thread::sleep(days)));
    assert_eq!((outcome.end, outcome.output), (EndReason::TimeLimit, None));
}

#[test]
fn whoever_watches_can_end_the_run() {
    let mut parts = 0;
    let machine = Machine::new().costs(Costs::zero()).limits(PATIENT).stream(Box::new(move |_| {
        parts += 1;
        parts < 3
    }));
    let outcome = machine.run_async(Executor::fifo(1), for_ever);
    assert_eq!(outcome.end, EndReason::Interrupted);
    rules::check(&outcome.trace).unwrap();
}

#[test]
fn what_is_left_when_the_root_ends_is_dropped() {
    let outcome = legal(textbook(1).run_async(Executor::fifo(1), || async {
        TaskBuilder::new("left").spawn(async {
            io(millis(100)).await;
            mark("never");
        });
        io(millis(1)).await;
        mark("done");
    }));
    assert_eq!((outcome.end, marks(&outcome.trace).as_str()), (EndReason::Finished, "done"));
}

#[test]
fn closures_that_wait_for_the_pool_at_the_end_never_run() {
    let outcome = legal(textbook(1).run_async(Executor::fifo(1), || async {
        for _ in 0..600 {
            drop(spawn_blocking(|| {
                block(millis(10));
                mark("never");
            }));
        }
        io(millis(1)).await;
    }));
    assert_eq!((outcome.end, marks(&outcome.trace).as_str()), (EndReason::Finished, ""));
}

#[test]
fn code_that_catches_its_own_unwinding_does_not_go_on() {
    let stubborn = || {
        for _ in 0..3 {
            let _ = std::panic::catch_unwind(|| thread::sleep(millis(100)));
        }
        block(millis(1));
        mark("never");
    };
    let outcome = legal(textbook(1).run_threads(move || {
        thread::spawn(stubborn);
        thread::sleep(millis(1));
    }));
    assert_eq!((outcome.end, marks(&outcome.trace).as_str()), (EndReason::Finished, ""));
    let outcome = legal(textbook(1).run_async(Executor::fifo(1), move || async move {
        drop(spawn_blocking(stubborn));
        io(millis(1)).await;
    }));
    assert_eq!((outcome.end, marks(&outcome.trace).as_str()), (EndReason::Finished, ""));
}
