//! Nothing that a thread does again and again stops the clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sim_core::{Costs, EndReason, Limits, Machine, SimDuration, block, io_blocking, thread};

use crate::support::{legal, millis};

const MICROSECOND: SimDuration = SimDuration::from_micros(1);

/// Does `turn` until another thread has slept a microsecond, and answers whether that ever was so.
#[track_caller]
fn spins_to_an_end(turn: fn()) {
    for (costs, cores) in [(Costs::cited(), 1), (Costs::cited(), 2), (Costs::zero(), 1), (Costs::zero(), 2)] {
        let limits = Limits { steps: 50_000, ..Limits::default() };
        let outcome = legal(Machine::new().costs(costs).cores(cores).limits(limits).run_threads(move || {
            let flag = Arc::new(AtomicBool::new(false));
            let other = Arc::clone(&flag);
            let sleeper = thread::spawn(move || {
                thread::sleep(MICROSECOND);
                other.store(true, Ordering::SeqCst);
            });
            while !flag.load(Ordering::SeqCst) {
                turn();
            }
            sleeper.join().unwrap();
        }));
        assert_eq!(outcome.end, EndReason::Finished, "{cores} cores, at {:?}", outcome.trace.end());
    }
}

#[test]
fn a_thread_that_spins_on_a_yield_lets_time_pass() {
    spins_to_an_end(thread::yield_now);
}

#[test]
fn a_thread_that_sleeps_for_no_time_lets_time_pass() {
    spins_to_an_end(|| thread::sleep(SimDuration::ZERO));
}

#[test]
fn a_thread_that_blocks_for_no_time_lets_time_pass() {
    spins_to_an_end(|| block(SimDuration::ZERO));
}

#[test]
fn a_thread_whose_io_takes_no_time_lets_time_pass() {
    spins_to_an_end(|| io_blocking(SimDuration::ZERO));
}

#[test]
fn a_yield_costs_a_call_of_the_kernel() {
    let outcome = Machine::new().run_threads(|| {
        let before = sim_core::now();
        for _ in 0..100 {
            thread::yield_now();
        }
        sim_core::work(MICROSECOND);
        sim_core::now() - before
    });
    let spent = outcome.output.unwrap();
    assert_eq!(spent, Costs::cited().syscall * 100 + MICROSECOND);
    assert!(spent < millis(1));
}
