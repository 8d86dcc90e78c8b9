//! One task that waits for one thing in several branches: the trace tells which of its waits ends.

use std::pin::Pin;
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::{Future, join, join_all, select};
use sim_core::sync::{self, Barrier, Mutex, Notify, Semaphore};
use sim_core::trace::event::{Event, NO_WAIT};
use sim_core::trace::snapshot::{Snapshot, WaitFor};
use sim_core::trace::tables::ResourceKind;
use sim_core::trace::text::text;
use sim_core::trace::{Actor, ResourceId, Trace, legal};
use sim_core::{Executor, Outcome, TaskBuilder, mark, time, yield_now};

use crate::own_view;
use crate::support::{Script, count, millis, textbook};

/// Runs the root with one worker, and checks the trace against the machine's own view after every step.
fn run<Fut>(root: fn() -> Fut) -> Outcome<()>
where
    Fut: Future<Output = ()> + Send + 'static,
{
    own_view::check(textbook(1), |m| m.run_async(Executor::fifo(1), root))
}

/// Who waits for the first resource when the marker is set, and since how many milliseconds.
fn line(trace: &Trace, marker: &str) -> Vec<(String, u64)> {
    let tables = trace.tables();
    let is_it = |event| matches!(event, Event::Marked { text, .. } if tables.text(text) == marker);
    let n = trace.events_from(0).find(|(_, _, event)| is_it(*event)).expect("the marker was set").0;
    let mut state = Snapshot::initial(tables);
    (0..n).for_each(|n| state.apply(tables, trace.record(n)));
    let waiters = &state.resources[ResourceId(0).index()].waiters;
    waiters.iter().map(|w| (tables.actor_name(w.actor), w.since.as_millis())).collect()
}

fn named(trace: &Trace) -> usize {
    count(trace, |event| matches!(event, Event::WaitNamed { .. }))
}

/// Waits a while, then for the lock, but not for long; keeps it for 1 ms if it gets it.
async fn lock_after(lock: &Mutex<()>, wait: u64, at_most: u64) {
    time::sleep(millis(wait)).await;
    let _ = time::timeout(millis(at_most), async {
        let _held = lock.lock().await;
        time::sleep(millis(1)).await;
    })
    .await;
}

#[test]
fn the_later_of_two_waits_can_be_given_up_first() {
    let outcome = run(|| async {
        let lock = Arc::new(Mutex::new(()));
        let (other, holder) = (Arc::clone(&lock), lock.lock().await);
        TaskBuilder::new("other").spawn(async move { lock_after(&other, 2, 100).await });
        let checks = async {
            time::sleep(millis(10)).await;
            mark("after");
            drop(holder);
        };
        // The first stands in front of the other task, the second behind it, and the second gives up.
        join(join(lock_after(&lock, 1, 100), lock_after(&lock, 3, 2)), checks).await;
    });
    let expected = [("main".to_owned(), 1), ("other".to_owned(), 2)];
    assert_eq!(line(&outcome.trace, "after"), expected);
    assert_eq!(named(&outcome.trace), 1);
    assert!(text(&outcome.trace).contains("the next ends wait number 2 of those that it can end"));
}

#[test]
fn a_message_that_one_branch_takes_at_once_is_not_the_end_of_anothers_wait() {
    let outcome = run(|| async {
        let (sender, receiver) = sync::channel::<u32>(2);
        let waits = async {
            receiver.recv().await.unwrap();
            mark("first");
        };
        // It sends while the other is in line, and takes one of the messages itself before that one looks.
        let takes = async {
            sender.send(1).await.unwrap();
            sender.send(2).await.unwrap();
            receiver.recv().await.unwrap();
            mark("second");
        };
        join(waits, takes).await;
    });
    assert_eq!(line(&outcome.trace, "second"), [("main".to_owned(), 0)]);
    assert_eq!(named(&outcome.trace), 1, "{}", text(&outcome.trace));
}

#[test]
fn a_barrier_that_one_branch_completes_is_not_the_end_of_anothers_wait() {
    let outcome = run(|| async {
        let barrier = Barrier::new(2);
        let passes = |name: &'static str| {
            let barrier = &barrier;
            async move {
                barrier.wait().await;
                mark(name);
            }
        };
        join(passes("came first"), passes("came last")).await;
    });
    assert_eq!(line(&outcome.trace, "came last").len(), 1);
    assert_eq!(line(&outcome.trace, "came first"), []);
}

#[test]
fn of_a_thousand_waits_any_can_end() {
    let outcome = run(|| async {
        let gate = Semaphore::new(1);
        let held = gate.acquire().await;
        let mut waits: Vec<Pin<Box<dyn Future<Output = ()> + Send + '_>>> = Vec::new();
        for _ in 0..1_000 {
            waits.push(Box::pin(gate.acquire().map(drop)));
        }
        for wait in &mut waits {
            assert!(wait.as_mut().now_or_never().is_none());
        }
        // The last first, then every other one.
        while waits.len() > 500 {
            waits.pop();
        }
        let mut place = 0;
        waits.retain(|_| {
            place += 1;
            place % 2 == 0
        });
        drop(held);
        join_all(waits).await;
    });
    // All but the wait that stands first when it is given up are named.
    assert_eq!(named(&outcome.trace), 500 + 249);
}

#[test]
fn a_wait_that_is_passed_on_to_another_task_ends_for_the_first() {
    let outcome = run(|| async {
        let bell = Arc::new(Notify::new());
        let other = Arc::clone(&bell);
        let mut wait: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move { other.notified().await });
        assert!(wait.as_mut().now_or_never().is_none());
        let task = TaskBuilder::new("other").spawn(wait);
        yield_now().await;
        bell.notify_one();
        task.await.unwrap();
        mark("after");
    });
    assert_eq!(line(&outcome.trace, "after"), []);
}

#[test]
fn a_branch_of_a_select_that_loses_takes_its_own_wait_along() {
    let outcome = run(|| async {
        let bell = Arc::new(Notify::new());
        let rings = Arc::clone(&bell);
        TaskBuilder::new("rings").spawn(async move {
            time::sleep(millis(5)).await;
            rings.notify_one();
        });
        let early = bell.notified();
        let late = async {
            time::sleep(millis(1)).await;
            bell.notified().await;
        };
        // The one that came first is notified; the other is dropped.
        select(Box::pin(late), Box::pin(early)).await;
        mark("after");
    });
    assert_eq!(line(&outcome.trace, "after"), []);
    assert_eq!(named(&outcome.trace), 0);
}

#[test]
fn a_wait_that_is_named_must_be_there() {
    let mut script = Script::workers(1);
    let lock = script.resource("m", ResourceKind::Mutex, None);
    let task = script.spawn("a");
    script.poll(task).wait_for(lock, Actor::Task(task));
    script.say(Event::WaitNamed { nth: 1, by: Actor::Task(task) });
    script.say(Event::WaitCancelled { resource: lock, by: Actor::Task(task) });
    let illegal = legal::check(&script.finish()).expect_err("there is one wait");
    assert!(illegal[0].why.contains("it has only 1 such waits for m"), "{}", illegal[0]);
}

#[test]
fn a_hold_that_nobody_waited_for_leaves_the_waits_alone() {
    let mut script = Script::workers(1);
    let gate = script.resource("sem", ResourceKind::Semaphore, Some(2));
    let task = script.spawn("a");
    script.poll(task).wait_for(gate, Actor::Task(task));
    script.say(Event::WaitNamed { nth: NO_WAIT, by: Actor::Task(task) }).acquire(gate, Actor::Task(task));
    let trace = script.finish();
    let mut state = Snapshot::initial(trace.tables());
    (0..trace.len()).for_each(|n| state.apply(trace.tables(), trace.record(n)));
    let waits: Vec<WaitFor> = state.resources[gate.index()].waiters.iter().map(|w| w.wants).collect();
    assert_eq!((waits.len(), state.tasks[task.index()].waits.len()), (1, 1));
}
