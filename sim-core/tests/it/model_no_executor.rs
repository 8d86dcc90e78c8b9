//! No executor: futures are made, and nobody polls them.

use sim_core::analysis::findings::FindingKind;
use sim_core::scenario::narration::Anchor;
use sim_core::scenario::{Measured, Scenario, anchor};
use sim_core::trace::{Actor, Event};

use crate::lesson::{self, count};

fn unpolled(workload: &str) -> Measured {
    let text = lesson::text_with("cores: 2", "workers: 1", workload).replace("async_fifo, workers: 1", "no_executor");
    let scenario = Scenario::parse("lesson.ron", &text, &[]).unwrap_or_else(|errors| panic!("{errors}\n{text}"));
    lesson::run(&scenario, "async")
}

#[test]
fn every_future_is_made_and_none_is_polled() {
    let run =
        unpolled(r#"tasks: {"a": (count: 2, ops: [Mark("a"), Io("1ms")]), "b": (ops: [Work("1ms"), Mark("b")])}"#);
    let tables = run.trace.tables();
    let made = run.trace.events_from(0).filter_map(|(_, _, event)| match event {
        Event::FutureCreated { future, by } => Some((tables.future_name(future), tables.actor_name(by))),
        _ => None,
    });
    assert_eq!(made.collect::<Vec<_>>(), ["a.0", "a.1", "b"].map(|name| (name.to_owned(), "main".to_owned())));
    assert_eq!(["FuturePolled", "TaskSpawned", "PollStarted", "Marked", "IoSubmitted"].map(|e| count(&run, e)), [0; 5]);
    assert_eq!((count(&run, "FutureDropped"), run.metrics.polls), (3, 0));
}

#[test]
fn a_lesson_can_point_at_a_future_that_nobody_polls() {
    let run = unpolled(r#"tasks: {"a": (count: 2, ops: [Mark("a")]), "b": (ops: [Mark("b")])}"#);
    let whole = |task: &str| anchor::find(&ron::from_str::<Anchor>(&format!("(task: {task:?})")).unwrap(), &run.trace);
    let made = |task| run.trace.event(whole(task).expect("it is made").event);
    let name = |event| match event {
        Some(Event::FutureCreated { future, .. }) => run.trace.tables().future_name(future),
        other => panic!("{other:?}"),
    };
    assert_eq!(["a.1", "b"].map(|task| name(made(task))), ["a.1", "b"]);
    assert_eq!(whole("c"), None);
}

#[test]
fn each_future_is_found_and_the_missing_executor_is_named() {
    let run = unpolled(r#"tasks: {"a": (ops: [Work("1ms")]), "b": (ops: [Work("1ms")])}"#);
    assert_eq!(lesson::kinds(&run), [FindingKind::NeverPolled; 2]);
    assert!(run.findings.iter().all(|f| f.explanation.contains("there is no executor to poll it")));
}

#[test]
fn what_the_futures_hold_is_given_back_when_they_are_dropped() {
    let run = unpolled(
        r#"tasks: {"from": (ops: [Send("out")]), "to": (ops: [Recv("out")])}, resources: {"out": unbounded_channel}"#,
    );
    let by_main = |event: Event| matches!(event, Event::ChannelClosed { by: Actor::Thread(_), .. });
    assert!(crate::support::count(&run.trace, by_main) > 0, "{}", sim_core::trace::text::text(&run.trace));
    assert_eq!(run.metrics.unfinished, 0);
}
