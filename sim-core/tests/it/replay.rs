//! A run's decisions make the same run again, without its seed; one of them edited makes another.

use sim_core::io::Request;
use sim_core::trace::event::DecisionKind;
use sim_core::{Device, Executor, Latency, Machine, TaskBuilder, Trace, mark, spawn, work, yield_now};

use crate::support::{legal, marks, millis};

fn machine() -> Machine {
    let network = Device::new("network", Latency::Uniform(millis(1), millis(50)));
    Machine::new().cores(2).devices(vec![network])
}

fn run(machine: Machine) -> Trace {
    let root = || async {
        let tasks = ["a", "b", "c"].map(|name| {
            TaskBuilder::new(name).spawn(async move {
                Request::new().submit().await;
                for _ in 0..4 {
                    spawn(async { work(millis(1)) });
                }
                yield_now().await;
                mark(name);
            })
        });
        for task in tasks {
            task.await.unwrap();
        }
        mark(format!("coin {}", sim_core::draw(1_000_000)));
    };
    legal(machine.run_async(Executor::stealing(2), root)).trace
}

#[test]
fn all_decisions_replayed_make_the_same_run_under_any_seed() {
    let first = run(machine().seed(11));
    let kinds: Vec<_> = first.decisions().iter().map(|(d, _)| d.kind).collect();
    assert!([DecisionKind::Latency, DecisionKind::Victim, DecisionKind::User].iter().all(|kind| kinds.contains(kind)));
    let again = run(machine().seed(999).replay(first.decisions()));
    assert_eq!(again.digest(), first.digest());
    assert_ne!(run(machine().seed(999)).digest(), first.digest());
}

#[test]
fn an_edited_latency_makes_another_run_from_there_on() {
    let first = run(machine().seed(11));
    let mut decisions = first.decisions();
    let of_b = decisions.iter_mut().find(|(d, path)| d.kind == DecisionKind::Latency && path == "b");
    let (latency, _) = of_b.expect("b's request drew its latency");
    latency.taken = latency.among - 1;
    let edited = run(machine().seed(11).replay(decisions));
    assert_ne!(edited.digest(), first.digest());
    assert!(marks(&edited).contains(" b coin"), "b is answered last: {}", marks(&edited));
}

#[test]
fn a_replayed_prefix_goes_the_same_way_as_far_as_it_goes() {
    let first = run(machine().seed(11));
    let prefix: Vec<_> = first.decisions().into_iter().take(2).collect();
    let other = run(machine().seed(12).replay(prefix.clone()));
    assert_eq!(other.decisions()[..2], prefix);
    assert_ne!(other.digest(), first.digest());
}

#[test]
fn a_replayed_choice_that_does_not_exist_is_drawn() {
    let first = run(machine().seed(11));
    let mut decisions = first.decisions();
    decisions.iter_mut().for_each(|(d, _)| d.taken = u64::MAX);
    assert_eq!(run(machine().seed(11).replay(decisions)).digest(), first.digest());
}
