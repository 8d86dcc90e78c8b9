//! The operating system's policies: whose turn it is, for how long, and what counts as a context switch.

use std::sync::{Arc, Mutex};

use sim_core::analysis::metrics::Metrics;
use sim_core::trace::ThreadId;
use sim_core::trace::event::{Event, SwitchReason};
use sim_core::{Limits, Machine, Outcome, Scheduler, SimTime, Trace, mark, thread, work};

use crate::support::{count, legal, marks, millis, textbook, timed_marks};

fn run(scheduler: Scheduler, root: fn()) -> Outcome<()> {
    legal(textbook(1).scheduler(scheduler).run_threads(root))
}

fn spawn(name: &'static str, priority: i32, code: impl FnOnce() + Send + 'static) -> thread::JoinHandle<()> {
    thread::ThreadBuilder::new(name).priority(priority).spawn(code)
}

fn switches(trace: &Trace) -> u64 {
    Metrics::of(trace).switches.all
}

fn preemptions(trace: &Trace) -> usize {
    count(trace, |e| matches!(e, Event::SwitchedOut { reason: SwitchReason::Preempted, .. }))
}

#[test]
fn round_robin_of_four_times_8_ms_by_2_ms_switches_fifteen_times() {
    let outcome = run(Scheduler::RoundRobin(millis(2)), || {
        let compute = |name| {
            spawn(name, 0, move || {
                work(millis(8));
                mark(name);
            })
        };
        let threads = ["a", "b", "c", "d"].map(compute);
        // The last to end is waited for first, so that this thread takes no turn in between.
        threads.into_iter().rev().for_each(|t| t.join().unwrap());
    });
    assert_eq!(timed_marks(&outcome.trace), "a@26 b@28 c@30 d@32");
    let to_the_first_and_back = 2;
    assert_eq!(switches(&outcome.trace) - to_the_first_and_back, 15);
    assert_eq!(preemptions(&outcome.trace), 12, "each thread's last slice ends by itself");
}

#[test]
fn a_thread_alone_goes_on_after_its_quantum_without_a_switch() {
    let outcome = run(Scheduler::RoundRobin(millis(2)), || work(millis(20)));
    assert_eq!((switches(&outcome.trace), preemptions(&outcome.trace)), (0, 0));
}

#[test]
fn a_core_that_stood_idle_is_switched_to() {
    let outcome = run(Scheduler::RoundRobin(millis(2)), || {
        for _ in 0..3 {
            thread::sleep(millis(5));
            work(millis(1));
        }
    });
    assert_eq!(switches(&outcome.trace), 3);
}

#[test]
fn a_thread_that_yields_alone_is_not_switched() {
    let outcome = run(Scheduler::RoundRobin(millis(2)), || {
        work(millis(1));
        thread::yield_now();
        work(millis(1));
    });
    assert_eq!(switches(&outcome.trace), 0);
}

#[test]
fn a_higher_priority_takes_the_core_at_once_and_gives_it_back_to_the_same_thread() {
    let outcome = run(Scheduler::FifoPriority, || {
        let low = ["low 1", "low 2"].map(|name| {
            spawn(name, -2, move || {
                mark(format!("{name} begins"));
                work(millis(10));
                mark(format!("{name} ends"));
            })
        });
        let high = spawn("high", -1, || {
            thread::sleep(millis(3));
            mark("high");
            work(millis(4));
        });
        high.join().unwrap();
        low.into_iter().for_each(|t| t.join().unwrap());
    });
    let expected = "low 1 begins@0 high@3 low 1 ends@14 low 2 begins@14 low 2 ends@24";
    assert_eq!(timed_marks(&outcome.trace), expected);
    assert_eq!(preemptions(&outcome.trace), 1);
}

#[test]
fn under_fifo_a_yield_goes_to_the_tail_of_its_priority() {
    let outcome = run(Scheduler::FifoPriority, || {
        let threads = ["A", "B", "C"].map(|name| {
            spawn(name, 0, move || {
                for round in 1..=4 {
                    mark(format!("{name}{round}"));
                    thread::yield_now();
                }
            })
        });
        threads.into_iter().for_each(|t| t.join().unwrap());
        mark("R");
    });
    // As Linux's SCHED_FIFO on one CPU does.
    assert_eq!(marks(&outcome.trace), "A1 B1 C1 A2 B2 C2 A3 B3 C3 A4 B4 C4 R");
}

/// Milliseconds that each of the spinning threads got within `total`.
fn shares(scheduler: Scheduler, cores: u32, nice: &'static [i32], total: u64) -> Vec<u64> {
    let got = Arc::new(Mutex::new(vec![0; nice.len()]));
    let counter = Arc::clone(&got);
    let limits = Limits { time: SimTime::ZERO + millis(total), steps: u64::MAX };
    let machine = Machine::new().cores(cores).scheduler(scheduler).limits(limits);
    let outcome = machine.run_threads(move || {
        for (place, nice) in nice.iter().enumerate() {
            let counter = Arc::clone(&counter);
            thread::ThreadBuilder::new(format!("nice {nice}")).nice(*nice).spawn(move || {
                loop {
                    work(millis(1));
                    counter.lock().unwrap()[place] += 1;
                }
            });
        }
        thread::sleep(millis(10 * total));
    });
    legal(outcome);
    Arc::into_inner(got).expect("the run is over").into_inner().unwrap()
}

#[test]
fn fair_shares_are_as_the_nice_weights() {
    let got = shares(Scheduler::Fair(millis(4)), 1, &[0, 5, 10, 19], 15_000);
    let weights = [1_024.0, 335.0, 110.0, 15.0];
    let sum: f64 = weights.iter().sum();
    for (got, weight) in got.iter().zip(weights) {
        let (share, expected) = (*got as f64 / 15_000.0, weight / sum);
        assert!((share / expected - 1.0).abs() < 0.05, "a share of {share:.4}, where {expected:.4} is fair");
    }
}

#[test]
fn equal_threads_get_equal_shares() {
    for scheduler in [Scheduler::Fair(millis(4)), Scheduler::RoundRobin(millis(4))] {
        for cores in [1, 2] {
            let got = shares(scheduler, cores, &[0; 5], 5_000);
            let (least, most) = (got.iter().min().unwrap(), got.iter().max().unwrap());
            assert!(most - least <= 8, "{got:?} on {cores} cores");
        }
    }
}

/// Two threads that spin and one that wakes at these times; how many ms after each it runs.
fn late_by(wakes: &'static [u64]) -> String {
    let outcome = legal(textbook(1).scheduler(Scheduler::Fair(millis(4))).run_threads(move || {
        let spinners = ["x", "y"].map(|name| spawn(name, 0, || work(millis(40))));
        let sleeper = spawn("sleeper", 0, move || {
            for at in wakes {
                let due = SimTime::ZERO + millis(*at);
                thread::sleep(due.since(sim_core::now()));
                mark(format!("{}", sim_core::now().since(due).as_millis()));
                work(millis(1));
            }
        });
        sleeper.join().unwrap();
        spinners.into_iter().for_each(|t| t.join().unwrap());
    }));
    marks(&outcome.trace)
}

#[test]
fn one_that_wakes_takes_the_core_of_one_that_is_past_its_share_if_it_is_the_next() {
    // From 4 ms on the two spin in turn, 4 ms each; at 13 ms x has had 7 ms and y 6 ms.
    assert_eq!(late_by(&[13]), "0");
}

#[test]
fn one_that_has_had_less_than_its_share_keeps_the_core_to_the_end_of_its_slice() {
    // At 9 ms y has had 3 ms and x 6 ms: RUN_TO_PARITY protects y until 12 ms. Then the sleeper is the next.
    assert_eq!(late_by(&[9]), "3");
}

#[test]
fn a_real_time_priority_comes_before_all_fair_threads() {
    let outcome = run(Scheduler::Fair(millis(4)), || {
        let fair = thread::ThreadBuilder::new("fair").nice(-20).spawn(|| {
            work(millis(20));
            mark("fair");
        });
        let high = spawn("real time", 1, || {
            thread::sleep(millis(3));
            work(millis(10));
            mark("real time");
        });
        fair.join().unwrap();
        high.join().unwrap();
    });
    assert_eq!(timed_marks(&outcome.trace), "real time@13 fair@30");
}

#[test]
fn in_turn_means_among_the_highest_priority_and_a_preempted_quantum_is_finished_later() {
    let outcome = run(Scheduler::RoundRobin(millis(4)), || {
        let threads = [("low", 0), ("a", 1), ("b", 1)].map(|(name, priority)| {
            spawn(name, priority, move || {
                work(millis(6));
                mark(name);
            })
        });
        let high = spawn("high", 2, || {
            thread::sleep(millis(1));
            work(millis(2));
            mark("high");
        });
        threads.into_iter().for_each(|t| t.join().unwrap());
        high.join().unwrap();
    });
    // a 0–1, high 1–3, a's other 3 ms 3–6, b 6–10, a 10–12, b 12–14, low 14–20.
    assert_eq!(timed_marks(&outcome.trace), "high@3 a@12 b@14 low@20");
}

#[test]
fn threads_spread_over_free_cores_and_migrate_only_when_theirs_is_taken() {
    let outcome = legal(textbook(2).scheduler(Scheduler::RoundRobin(millis(2))).run_threads(|| {
        let threads = ["a", "b"].map(|name| spawn(name, 0, || work(millis(10))));
        threads.into_iter().for_each(|t| t.join().unwrap());
    }));
    assert_eq!(outcome.trace.end().as_millis(), 10);
    let dispatched_twice = count(&outcome.trace, |e| matches!(e, Event::Dispatched { thread: ThreadId(1 | 2), .. }));
    assert_eq!(dispatched_twice, 2, "nobody waits, so nobody is preempted");
}
