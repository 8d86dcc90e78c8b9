//! What a thread owes is no part of what it computes, and a switch that was cut short is not paid twice.

use sim_core::analysis::metrics::Metrics;
use sim_core::program::Workload;
use sim_core::trace::event::Event;
use sim_core::{Costs, Executor, Machine, Scheduler, SimDuration, Trace, thread, work};

use crate::support::{legal, millis};

/// The lengths of the stretches of computing in a run on one core without preemption.
fn stretches(trace: &Trace) -> Vec<SimDuration> {
    let mut began = None;
    let mut lengths = Vec::new();
    for (_, time, event) in trace.events_from(0) {
        match event {
            Event::WorkBegan { .. } => began = Some(time),
            Event::WorkEnded { .. } => lengths.extend(began.take().map(|began| time - began)),
            _ => {}
        }
    }
    lengths
}

#[test]
fn work_after_io_is_as_long_as_was_said_under_every_model() {
    let workload: Workload = ron::from_str(r#"(tasks: {"a": (ops: [Io("1ms"), Work("1ms")])})"#).unwrap();
    let tasks = Machine::new().run_workload_async(Executor::fifo(1), &workload);
    let threads = Machine::new().run_workload_threads(&workload);
    for trace in [tasks, threads] {
        assert_eq!(stretches(&trace), [millis(1)]);
        assert_eq!(Metrics::of(&trace).cores.work, millis(1));
    }
}

#[test]
fn a_switch_cut_short_by_a_preemption_is_not_paid_twice() {
    let switch = SimDuration::from_nanos(2_400);
    let costs = Costs { thread_switch: switch, ..Costs::zero() };
    let machine = Machine::new().costs(costs).scheduler(Scheduler::FifoPriority);
    let outcome = legal(machine.run_threads(|| {
        // It comes back 600 ns after it has left: in the middle of the switch to the other.
        let high = thread::ThreadBuilder::new("high").priority(9).spawn(|| thread::sleep(SimDuration::from_nanos(600)));
        let low = thread::ThreadBuilder::new("low").spawn(|| work(SimDuration::from_micros(100)));
        high.join().unwrap();
        low.join().unwrap();
    }));
    let metrics = Metrics::of(&outcome.trace);
    let cut = switch.saturating_sub(SimDuration::from_nanos(600));
    let paid = metrics.switches.cost.saturating_sub(cut);
    let spent = metrics.cores.busy.saturating_sub(metrics.cores.work);
    assert!(spent <= paid + SimDuration::from_nanos(20), "spent {spent} on switches, where {paid} had to be paid");
}
