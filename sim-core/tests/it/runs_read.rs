//! Real runs, read by everything that reads a trace.

use std::sync::Arc;

use sim_core::analysis::findings::{FindingKind, Thresholds, diagnose};
use sim_core::analysis::metrics::{Metrics, Value};
use sim_core::trace::event::EndReason;
use sim_core::trace::{Snapshot, Trace, legal};
use sim_core::{
    Costs, Executor, Machine, SimDuration, TaskBuilder, block, io, io_blocking, mark, observe, sync, thread, time,
    work, yield_now,
};

fn ms(n: u64) -> SimDuration {
    SimDuration::from_millis(n)
}

fn textbook(cores: u32) -> Machine {
    Machine::new().cores(cores).costs(Costs::zero())
}

fn findings(trace: &Trace) -> Vec<(FindingKind, String)> {
    legal::check(trace).unwrap_or_else(|illegal| panic!("{}", illegal[0]));
    diagnose(trace, &Thresholds::default()).into_iter().map(|f| (f.kind, f.title)).collect()
}

fn last_state(trace: &Trace) -> Snapshot {
    let mut state = Snapshot::initial(trace.tables());
    trace.records_from(0).for_each(|record| state.apply(trace.tables(), record));
    state
}

#[test]
fn one_blocking_call_makes_the_heartbeat_late() {
    let outcome = textbook(1).run_async(Executor::fifo(1), || async {
        let hb = TaskBuilder::new("hb").spawn(async {
            for _ in 0..10 {
                time::sleep(ms(10)).await;
                work(SimDuration::from_micros(100));
                mark("beat");
            }
        });
        let hog = TaskBuilder::new("hog").spawn(async {
            io(ms(15)).await;
            block(ms(100));
        });
        hb.await.unwrap();
        hog.await.unwrap();
    });
    let found = findings(&outcome.trace);
    assert_eq!(found, [(FindingKind::LongPoll, "One poll of hog took 100ms: hb had to wait".to_owned())]);
    let proof = &diagnose(&outcome.trace, &Thresholds::default())[0].proof;
    let proof: Vec<&str> = proof.iter().map(|n| outcome.trace.event(*n).expect("a known kind").name()).collect();
    assert_eq!(
        proof,
        ["PollStarted", "Woken", "PollEnded"],
        "the long poll, and the wake that had to wait for its end"
    );
    let Some(Value::Duration(late)) = Metrics::of(&outcome.trace).get("lateness(hb, 10.1ms)") else {
        panic!("the heartbeat set markers");
    };
    assert!(late > SimDuration::from_micros(94_800) && late < SimDuration::from_micros(95_100), "{late}");
}

#[test]
fn a_blocking_lock_held_across_an_await_hangs_and_says_why() {
    let outcome = textbook(1).run_async(Executor::fifo(1), || async {
        let lock = Arc::new(sync::BlockingMutex::named("m", ()));
        let tasks: Vec<_> = (0..3)
            .map(|i| {
                let lock = Arc::clone(&lock);
                TaskBuilder::new(format!("t{i}")).spawn_local(async move {
                    let _guard = lock.lock();
                    io(ms(10)).await;
                })
            })
            .collect();
        for task in tasks {
            let _ = task.await;
        }
    });
    assert_eq!(outcome.end, EndReason::Stuck);
    assert_eq!(findings(&outcome.trace), [(FindingKind::WaitCycle, "t0 and t1 wait for each other".to_owned())]);
}

#[test]
fn two_threads_that_lock_in_opposite_order_are_a_cycle() {
    let outcome = textbook(2).run_threads(|| {
        let first = Arc::new(sync::BlockingMutex::named("x", ()));
        let second = Arc::new(sync::BlockingMutex::named("y", ()));
        let spawn = |a: &Arc<sync::BlockingMutex<()>>, b: &Arc<sync::BlockingMutex<()>>| {
            let (a, b) = (Arc::clone(a), Arc::clone(b));
            thread::spawn(move || {
                let _a = a.lock();
                io_blocking(ms(5));
                let _b = b.lock();
            })
        };
        let threads = [spawn(&first, &second), spawn(&second, &first)];
        threads.into_iter().for_each(|thread| drop(thread.join()));
    });
    assert_eq!(outcome.end, EndReason::Stuck);
    let found = findings(&outcome.trace);
    assert_eq!(found, [(FindingKind::WaitCycle, "thread 1 and thread 2 wait for each other".to_owned())]);
}

#[test]
fn a_busy_task_an_inert_future_and_a_pipeline_are_told_apart() {
    let outcome = textbook(2).run_async(Executor::stealing(2), || async {
        let (sender, receiver) = sync::channel::<u32>(4);
        let producer = TaskBuilder::new("producer").spawn(async move {
            for i in 0..20 {
                io(ms(1)).await;
                let _ = sender.send(i).await;
            }
        });
        let consumer = TaskBuilder::new("consumer").spawn(async move {
            while receiver.recv().await.is_ok() {
                io(ms(5)).await;
            }
        });
        drop(observe("inert", async {}));
        let spin = TaskBuilder::new("spin").spawn(async {
            for _ in 0..100 {
                yield_now().await;
            }
        });
        producer.await.unwrap();
        consumer.await.unwrap();
        spin.await.unwrap();
    });
    let kinds: Vec<FindingKind> = findings(&outcome.trace).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, [FindingKind::NeverPolled, FindingKind::SelfWake]);
    let view = last_state(&outcome.trace).view();
    assert!(view.queues.is_empty() && view.resources.is_empty() && view.timers.is_empty() && view.requests.is_empty());
    assert_eq!(Metrics::of(&outcome.trace).channels[0].peak, 4);
}
