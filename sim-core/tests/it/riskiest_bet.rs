//! The bet that everything else stands on: real futures, suspended in the middle of their polls, on several workers.

use std::cell::Cell;
use std::sync::{Arc, Mutex};

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use sim_core::trace::event::{EndReason, Event, PollResult};
use sim_core::trace::{Actor, TaskId, Trace};
use sim_core::{Costs, Executor, Machine, Outcome, SimDuration, SimTime, TaskBuilder, io, mark, spawn, work};

fn ms(n: u64) -> SimDuration {
    SimDuration::from_millis(n)
}

fn four_workers() -> Machine {
    Machine::new().cores(4).costs(Costs::zero())
}

fn events(trace: &Trace) -> Vec<(SimTime, Event)> {
    trace.events_from(0).map(|(_, time, event)| (time, event)).collect()
}

fn markers(trace: &Trace) -> String {
    let texts = trace.events_from(0).filter_map(|(_, time, event)| match event {
        Event::Marked { text, .. } => Some(format!("{}@{}", trace.tables().text(text), time.as_nanos() / 1_000_000)),
        _ => None,
    });
    texts.collect::<Vec<_>>().join(" ")
}

async fn steps(name: &'static str, length: u64) {
    for step in 0..3 {
        work(ms(length));
        mark(format!("{name}{step}"));
    }
}

#[test]
fn four_workers_interleave_inside_their_polls() {
    let outcome = four_workers().run_async(Executor::fifo(4), || async {
        let tasks = [("a", 2), ("b", 3), ("c", 5)].map(|(name, length)| spawn(steps(name, length)));
        steps("main", 1).await;
        for task in tasks {
            task.await.unwrap();
        }
    });
    assert_eq!(markers(&outcome.trace), "main0@1 main1@2 a0@2 main2@3 b0@3 a1@4 c0@5 a2@6 b1@6 b2@9 c1@10 c2@15");
    assert_eq!(outcome.end, EndReason::Finished);
}

#[test]
fn a_tokio_mutex_is_held_across_work_inside_a_poll() {
    let outcome = four_workers().run_async(Executor::fifo(4), || async {
        let shared = Arc::new(tokio::sync::Mutex::new(Vec::new()));
        let tasks = (0..4).map(|i| {
            let shared = Arc::clone(&shared);
            spawn(async move {
                work(ms(1));
                let mut list = shared.lock().await;
                work(ms(4));
                list.push((i, sim_core::now().as_nanos() / 1_000_000));
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        Arc::into_inner(shared).unwrap().into_inner()
    });
    assert_eq!(outcome.output.unwrap().iter().map(|(_, at)| *at).collect::<Vec<_>>(), [5, 9, 13, 17]);
}

#[test]
fn futures_unordered_gives_what_is_ready_first_while_its_children_compute() {
    let outcome = four_workers().run_async(Executor::fifo(4), || async {
        let child = |wait, compute| async move {
            io(ms(wait)).await;
            work(ms(compute));
            wait
        };
        let children: FuturesUnordered<_> = [child(30, 1), child(10, 15), child(20, 1)].into_iter().collect();
        children.collect::<Vec<_>>().await
    });
    assert_eq!(outcome.output.unwrap(), [10, 20, 30]);
}

#[test]
fn tracing_spans_of_two_suspended_polls_do_not_mix() {
    let outcome = four_workers().run_async(Executor::fifo(4), || async {
        let in_span = |name: &'static str, length| async move {
            let span = tracing::info_span!("step", name);
            let _entered = span.enter();
            work(ms(length));
            tracing::info!("half");
            work(ms(length));
        };
        let tasks = [spawn(in_span("a", 4)), spawn(in_span("b", 3))];
        for task in tasks {
            task.await.unwrap();
        }
    });
    let tables = outcome.trace.tables();
    let story = outcome.trace.events_from(0).filter_map(|(_, time, event)| {
        let ms = time.as_nanos() / 1_000_000;
        match event {
            Event::SpanEntered { by, name } => Some(format!("{ms} {by:?} > {}", tables.text(name))),
            Event::SpanExited { by, name } => Some(format!("{ms} {by:?} < {}", tables.text(name))),
            Event::Traced { by, text } => Some(format!("{ms} {by:?} {}", tables.text(text))),
            _ => None,
        }
    });
    assert_eq!(
        story.collect::<Vec<_>>(),
        [
            "0 Task(task 1) > step name=\"a\"",
            "0 Task(task 2) > step name=\"b\"",
            "3 Task(task 2) INFO half",
            "4 Task(task 1) INFO half",
            "6 Task(task 2) < step name=\"b\"",
            "8 Task(task 1) < step name=\"a\"",
        ]
    );
}

#[test]
fn a_panic_between_two_works_ends_its_task_alone() {
    let outcome = four_workers().run_async(Executor::fifo(4), || async {
        let bad = spawn(async {
            work(ms(2));
            if sim_core::now().as_nanos() > 0 {
                panic!("half way");
            }
        });
        let good = spawn(steps("good", 2));
        let error = bad.await.unwrap_err().to_string();
        good.await.unwrap();
        error
    });
    assert!(outcome.output.unwrap().contains("half way"));
    assert_eq!(markers(&outcome.trace), "good0@2 good1@4 good2@6");
    let ended = events(&outcome.trace).into_iter().find_map(|(time, event)| match event {
        Event::PollEnded { task, result: PollResult::Panicked, .. } => Some((task, time.as_nanos() / 1_000_000)),
        _ => None,
    });
    assert_eq!(ended, Some((TaskId(1), 2)));
}

/// Counts how often it was dropped, and speaks of it in the trace.
struct Guard(Arc<Mutex<Vec<&'static str>>>, &'static str);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.lock().unwrap().push(self.1);
        mark(self.1);
        // Must not suspend, nor move the clock, when this runs because the stack unwinds.
        work(ms(1));
    }
}

#[test]
fn an_abort_in_the_middle_of_a_poll_takes_effect_when_the_poll_ends() {
    let dropped = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&dropped);
    let outcome: Outcome<bool> = four_workers().run_async(Executor::fifo(4), move || {
        let log = Arc::clone(&log);
        async move {
            let victim = TaskBuilder::new("victim").spawn(async move {
                let _guard = Guard(log, "guard");
                work(ms(10));
                mark("poll goes on");
                io(ms(10)).await;
                mark("never");
            });
            io(ms(4)).await;
            victim.abort();
            mark("aborted");
            victim.await.is_err()
        }
    });
    assert_eq!(outcome.output, Some(true));
    assert_eq!(markers(&outcome.trace), "aborted@4 poll goes on@10 guard@10");
    assert_eq!(*dropped.lock().unwrap(), ["guard"]);
}

#[test]
fn the_end_of_the_run_in_the_middle_of_a_poll_runs_its_guards() {
    let dropped = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&dropped);
    let outcome = four_workers().run_async(Executor::fifo(4), move || {
        let log = Arc::clone(&log);
        async move {
            for _ in 0..3 {
                let guard = Guard(Arc::clone(&log), "cut");
                spawn(async move {
                    let _guard = guard;
                    work(ms(100));
                    mark("never");
                });
            }
            work(ms(5));
        }
    });
    assert_eq!(outcome.end, EndReason::Finished);
    assert_eq!(*dropped.lock().unwrap(), ["cut", "cut", "cut"]);
    let cut = events(&outcome.trace)
        .iter()
        .filter(|(_, e)| matches!(e, Event::PollEnded { result: PollResult::Cut, .. }))
        .count();
    assert_eq!(cut, 3);
    assert_eq!(outcome.trace.end().as_nanos() / 1_000_000, 5, "nothing that unwinds moves the clock");
    let by_run = events(&outcome.trace);
    let by_run = by_run.iter().filter(|(_, e)| matches!(e, Event::TaskCancelled { by: Actor::Run, .. })).count();
    assert_eq!(by_run, 3);
}

#[test]
fn a_future_that_is_not_send_stays_on_one_worker() {
    let outcome = Machine::new().run_local(Executor::fifo(1), || async {
        let count = std::rc::Rc::new(Cell::new(0));
        let inner = std::rc::Rc::clone(&count);
        sim_core::spawn_local(async move { inner.set(7) }).await.unwrap();
        count.get()
    });
    assert_eq!(outcome.output, Some(7));
}

#[test]
fn a_nested_block_on_is_refused_with_an_explanation() {
    let outcome = Machine::new().run_async(Executor::fifo(1), || async {
        spawn(async { futures::executor::block_on(io(ms(1))) }).await.unwrap_err().to_string()
    });
    assert!(outcome.output.unwrap().contains("block_on was called inside a poll"));
}
