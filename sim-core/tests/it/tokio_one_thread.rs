//! tokio's current_thread, rule by rule: rounds of 61, yields last to first, the budget of 128, a driver that is turned.
//! That the order is the real runtime's own is compared elsewhere, with the real runtime beside it.

use sim_core::sync::unbounded;
use sim_core::{Costs, Executor, Machine, Outcome, SimDuration, io, mark, spawn, time, work, yield_now};
use tokio::sync::mpsc;

use crate::support::{legal, marks};

fn run<Fut: Future<Output = ()> + Send + 'static>(root: fn() -> Fut) -> Outcome<()> {
    legal(Machine::new().costs(Costs::zero()).run_async(Executor::tokio_current_thread(), root))
}

async fn counted(name: &str, rounds: usize) {
    for round in 1..=rounds {
        mark(format!("{name}{round}"));
        if round < rounds {
            yield_now().await;
        }
    }
}

#[test]
fn whoever_yields_last_goes_on_first() {
    let outcome = run(|| async {
        let tasks = ["A", "B", "C"].map(|name| spawn(counted(name, 4)));
        for task in tasks {
            task.await.unwrap();
        }
    });
    assert_eq!(marks(&outcome.trace), "A1 B1 C1 C2 B2 A2 A3 B3 C3 C4 B4 A4");
}

#[test]
fn after_128_operations_of_tokios_own_channel_the_task_yields() {
    let outcome = run(|| async {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        (0..300).for_each(|n| sender.send(n).unwrap());
        drop(sender);
        let drain = spawn(async move {
            let mut taken = 0;
            while receiver.recv().await.is_some() {
                taken += 1;
                if taken % 64 == 0 {
                    mark(format!("A@{taken}"));
                }
            }
        });
        let other = spawn(counted("B", 3));
        drain.await.unwrap();
        other.await.unwrap();
    });
    assert_eq!(marks(&outcome.trace), "A@64 A@128 B1 B2 A@192 A@256 B3");
}

#[test]
fn one_budget_serves_tokios_operations_and_ours() {
    let outcome = run(|| async {
        let (sender, mut theirs) = mpsc::unbounded_channel();
        let (send, ours) = unbounded();
        for n in 0..100 {
            sender.send(n).unwrap();
            send.send(n).await.unwrap();
        }
        let drain = spawn(async move {
            for taken in 1..=100 {
                theirs.recv().await.unwrap();
                ours.recv().await.unwrap();
                if taken % 32 == 0 {
                    mark(format!("A@{taken}"));
                }
            }
        });
        let other = spawn(counted("B", 3));
        drain.await.unwrap();
        other.await.unwrap();
    });
    assert_eq!(marks(&outcome.trace), "A@32 A@64 B1 B2 A@96 B3");
}

#[test]
fn an_answer_lies_unseen_behind_a_long_poll() {
    let outcome = run(|| async {
        let waits = spawn(async {
            io(SimDuration::from_millis(1)).await;
            mark("seen");
        });
        let computes = spawn(async { work(SimDuration::from_millis(10)) });
        waits.await.unwrap();
        computes.await.unwrap();
    });
    let seen = outcome.trace.markers().next().unwrap();
    assert_eq!(seen.time.as_millis(), 10);
}

#[test]
fn a_sleep_ends_at_a_whole_millisecond() {
    let outcome = run(|| async {
        work(SimDuration::from_micros(300));
        time::sleep(SimDuration::from_millis(2)).await;
        mark("awake");
    });
    let awake = outcome.trace.markers().next().unwrap();
    assert_eq!(awake.time.as_millis(), 3, "2.3 ms, rounded up");
}
