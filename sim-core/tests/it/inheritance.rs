//! Priority inheritance: who lends whom, how long, and what becomes of the lock. Every run is compared with the machine's
//! own view after every step.

use std::sync::Arc;

use sim_core::sync::BlockingMutex;
use sim_core::trace::Snapshot;
use sim_core::trace::event::Event;
use sim_core::{Machine, Outcome, Scheduler, Trace, mark, thread, work};

use crate::own_view::check;
use crate::support::{marks, millis, textbook, timed_marks};

fn machine() -> Machine {
    textbook(1).scheduler(Scheduler::FifoPriority)
}

fn spawn(name: &'static str, priority: i32, code: impl FnOnce() + Send + 'static) -> thread::JoinHandle<()> {
    thread::ThreadBuilder::new(name).priority(priority).spawn(code)
}

/// A thread that sleeps so many ms, then takes the locks one inside the other, works so long and lets go of them.
fn takes(
    name: &'static str,
    priority: i32,
    at: u64,
    locks: &[&Arc<BlockingMutex<()>>],
    works: u64,
) -> thread::JoinHandle<()> {
    let locks: Vec<Arc<BlockingMutex<()>>> = locks.iter().map(|lock| Arc::clone(lock)).collect();
    spawn(name, priority, move || {
        thread::sleep(millis(at));
        let held: Vec<_> = locks.iter().map(|lock| lock.lock()).collect();
        work(millis(works));
        drop(held);
        mark(name);
    })
}

fn join<const N: usize>(threads: [thread::JoinHandle<()>; N]) {
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

/// "low ← high@1 low → high@5": who was lent a priority, and who got one back.
fn loans(trace: &Trace) -> String {
    let name = |id| trace.tables().thread_name(id);
    let said = trace.events_from(0).filter_map(|(_, time, event)| match event {
        Event::PriorityLent { thread, by } => Some(format!("{} ← {}@{}", name(thread), name(by), time.as_millis())),
        Event::PriorityReturned { thread, to } => Some(format!("{} → {}@{}", name(thread), name(to), time.as_millis())),
        _ => None,
    });
    said.collect::<Vec<_>>().join(" ")
}

fn inversion() {
    let lock = Arc::new(BlockingMutex::new(()));
    let low = takes("low", 1, 0, &[&lock], 6);
    let high = takes("high", 3, 2, &[&lock], 2);
    join([low, high, takes("middle", 2, 3, &[], 20)]);
}

#[test]
fn without_it_a_middle_priority_keeps_the_highest_waiting() {
    let outcome = check(machine(), |m| m.run_threads(inversion));
    assert_eq!(timed_marks(&outcome.trace), "middle@23 low@26 high@28");
    assert_eq!(loans(&outcome.trace), "");
}

#[test]
fn the_holder_runs_with_the_priority_of_the_waiter_until_it_lets_go() {
    let outcome = check(machine().inheriting_priorities(), |m| m.run_threads(inversion));
    assert_eq!(timed_marks(&outcome.trace), "low@6 high@8 middle@28");
    assert_eq!(loans(&outcome.trace), "low ← high@2 low → high@6");
}

#[test]
fn a_loan_goes_on_through_the_lock_that_the_holder_waits_for() {
    let outcome = check(machine().inheriting_priorities(), |m| {
        m.run_threads(|| {
            let (inner, outer) = (Arc::new(BlockingMutex::new(())), Arc::new(BlockingMutex::new(())));
            let first = takes("first", 1, 0, &[&inner], 5);
            let second = takes("second", 2, 1, &[&outer, &inner], 2);
            let high = takes("high", 4, 2, &[&outer], 1);
            join([first, second, high, takes("middle", 3, 3, &[], 20)]);
        })
    });
    let expected = "first ← second@1 second ← high@2 first ← second@2 first → second@5 second → high@7";
    assert_eq!(loans(&outcome.trace), expected);
    assert_eq!(timed_marks(&outcome.trace), "first@5 second@7 high@8 middle@28");
}

#[test]
fn of_several_waiters_the_highest_counts_and_gets_the_lock() {
    let outcome = check(machine().inheriting_priorities(), |m| {
        m.run_threads(|| {
            let lock = Arc::new(BlockingMutex::new(()));
            let holder = takes("holder", 1, 0, &[&lock], 5);
            let threads = [takes("a", 2, 1, &[&lock], 1), takes("b", 2, 2, &[&lock], 1), takes("c", 3, 3, &[&lock], 1)];
            join(threads);
            holder.join().unwrap();
        })
    });
    assert_eq!(timed_marks(&outcome.trace), "holder@5 c@6 a@7 b@8");
    assert_eq!(loans(&outcome.trace), "holder ← a@1 holder ← c@3 holder → c@5");
}

#[test]
fn who_lets_go_of_one_of_two_locks_keeps_what_the_other_is_waited_for_with() {
    let outcome = check(machine().inheriting_priorities(), |m| {
        m.run_threads(|| {
            let (x, y) = (Arc::new(BlockingMutex::new(())), Arc::new(BlockingMutex::new(())));
            let (own_x, own_y) = (Arc::clone(&x), Arc::clone(&y));
            let holder = spawn("holder", 1, move || {
                let first = own_x.lock();
                let second = own_y.lock();
                work(millis(4));
                drop(second);
                work(millis(4));
                drop(first);
            });
            let (a, b) = (takes("a", 2, 1, &[&x], 1), takes("b", 3, 2, &[&y], 1));
            join([holder, a, b]);
        })
    });
    assert_eq!(loans(&outcome.trace), "holder ← a@1 holder ← b@2 holder ← a@4 holder → a@9");
    assert_eq!(timed_marks(&outcome.trace), "b@5 a@10");
}

/// As the golden order of a mutex that barges, which is A A C C B B.
fn in_turns() {
    let lock = Arc::new(BlockingMutex::new(()));
    join(["A", "B", "C"].map(|name| {
        let lock = Arc::clone(&lock);
        spawn(name, 0, move || {
            for _ in 0..2 {
                let _held = lock.lock();
                mark(name);
                thread::yield_now();
            }
        })
    }));
}

#[test]
fn a_lock_whose_holder_inherits_is_handed_over_and_nobody_barges() {
    let handed: Outcome<()> = check(machine().inheriting_priorities(), |m| m.run_threads(in_turns));
    assert_eq!(marks(&handed.trace), "A B C A B C");
}

#[test]
fn a_fair_thread_that_is_lent_a_real_time_priority_comes_before_the_fair_ones_meanwhile() {
    let root = || {
        let lock = Arc::new(BlockingMutex::new(()));
        let low = takes("low", 0, 0, &[&lock], 10);
        let spinner = takes("spinner", 0, 0, &[], 20);
        join([low, spinner, takes("real time", 1, 3, &[&lock], 1)]);
    };
    let fair = || textbook(1).scheduler(Scheduler::Fair(millis(4)));
    let without = check(fair(), |m| m.run_threads(root));
    assert_eq!(timed_marks(&without.trace), "low@22 real time@23 spinner@31");
    let with = check(fair().inheriting_priorities(), |m| m.run_threads(root));
    assert_eq!(timed_marks(&with.trace), "low@10 real time@11 spinner@31");
}

#[test]
fn at_any_moment_the_state_says_who_lends_what() {
    let outcome = machine().inheriting_priorities().run_threads(inversion);
    let trace = &outcome.trace;
    let lent = trace.events_from(0).find(|(_, _, e)| matches!(e, Event::PriorityLent { .. })).expect("one is lent");
    let (Event::PriorityLent { thread, by }, mut state) = (lent.2, Snapshot::initial(trace.tables())) else {
        panic!("it was just found")
    };
    for n in 0..=lent.0 {
        state.apply(trace.tables(), trace.record(n));
    }
    let now = state.thread(thread).expect("it exists");
    assert_eq!((now.priority, now.lender), (3, Some(by)));
}
