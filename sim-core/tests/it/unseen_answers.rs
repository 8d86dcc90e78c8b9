//! Under a runtime whose workers turn the driver, an answer lies unseen behind a long poll: that is told, and found.

use sim_core::analysis::findings::{Finding, FindingKind, Thresholds, diagnose};
use sim_core::scenario::{Measured, Scenario};
use sim_core::trace::event::*;
use sim_core::trace::*;

use crate::inspect_scenarios::Asked;
use crate::lesson;
use crate::support::*;

/// A workload under a model, with this in the run besides.
fn under(model: &str, machine: &str, workload: &str) -> Measured {
    let text = lesson::text_with(machine, "workers: 1", workload).replace("async_fifo, workers: 1", model);
    let scenario = Scenario::parse("lesson.ron", &text, &[]).unwrap_or_else(|errors| panic!("{errors}\n{text}"));
    lesson::run(&scenario, "async")
}

fn long_polls(run: &Measured) -> Vec<Finding> {
    run.findings.iter().filter(|f| f.kind == FindingKind::LongPoll).cloned().collect()
}

const HOG_AND_IO: &str = r#"tasks: {"hb": (ops: [Io("10ms")]), "hog": (ops: [Block("100ms")])}"#;

#[test]
fn an_answer_that_lies_unseen_behind_a_blocking_call_is_a_long_poll() {
    let run = under("tokio_current_thread", "cores: 1", HOG_AND_IO);
    let found = long_polls(&run);
    assert_eq!(found.len(), 1, "{:#?}", run.findings);
    assert_eq!(found[0].title, "One poll of hog took 100ms: hb had to wait");
    let said = &found[0].explanation;
    assert!(said.contains("up to 90ms. What hb waited for was there, but nobody had looked"), "{said}");
    let proof = found[0].proof.iter().map(|n| run.trace.event(*n).unwrap().name()).collect::<Vec<_>>();
    assert_eq!(proof, ["PollStarted", "IoCompleted", "PollEnded"]);
}

#[test]
fn the_inspector_names_the_poll_that_nobody_looked_beside() {
    let asked = Asked::of(under("tokio_current_thread", "cores: 1", HOG_AND_IO).trace);
    let why = "The answer of the I/O device is there since 10.0 ms, but nobody has looked. The only worker turns the driver between \
               two polls, and worker 0 is inside hog's poll (since 0.0 ms), which calls a blocking function.";
    assert_eq!(asked.why(60.0, "hb"), why);
    assert!(!asked.why(5.0, "hb").contains("looked"), "before the answer it waits for the device");
}

#[test]
fn a_timer_that_is_due_unseen_is_told_and_found() {
    let workload = r#"tasks: {"hb": (ops: [Sleep("10ms")]), "hog": (ops: [Work("100ms")])}"#;
    let run = under("tokio_current_thread", "cores: 1", workload);
    let found = long_polls(&run);
    assert_eq!(
        found.iter().map(|f| f.title.as_str()).collect::<Vec<_>>(),
        ["One poll of hog took 100ms: hb had to wait"]
    );
    let proof = found[0].proof.iter().map(|n| run.trace.event(*n).unwrap().name()).collect::<Vec<_>>();
    assert_eq!(proof, ["TimerSet", "PollStarted", "PollEnded"]);
    let asked = Asked::of(run.trace);
    let why = "Its timer is due since 10.0 ms, but nobody has looked. The only worker turns the driver between two \
               polls, and worker 0 is inside hog's poll (since 0.0 ms), which computes.";
    assert_eq!(asked.why(60.0, "hb"), why);
    assert_eq!(asked.why(4.0, "hb"), "It sleeps until its timer fires at 10.0 ms, 6.0 ms from now.");
}

#[test]
fn with_every_worker_in_a_poll_each_is_told() {
    let workload =
        r#"tasks: {"hb": (ops: [Io("10ms")]), "a": (ops: [Work("50ms")]), "b": (ops: [Sleep("5ms"), Block("60ms")])}"#;
    let run = under("tokio_multi_thread, workers: 2", "cores: 2", workload);
    let asked = Asked::of(run.trace.clone());
    let said = asked.why(30.0, "hb");
    let begins = "The answer of the I/O device is there since 10.0 ms, but nobody has looked. A worker turns the driver between two \
                  polls. Both workers are inside polls: ";
    assert!(said.starts_with(begins), "{said}");
    assert_eq!(long_polls(&run).len(), 1, "{:#?}", run.findings);
}

#[test]
fn where_a_reactor_of_its_own_looks_nothing_lies_unseen() {
    let run = under("async_fifo, workers: 1", "cores: 1", HOG_AND_IO);
    let said = &long_polls(&run)[0].explanation;
    assert!(!said.contains("looked"), "{said}");
}

/// An answer comes at 10 ms and is seen at 100 ms; what the second worker does from 5 ms to 20 ms is given.
fn two_workers(second: impl Fn(&mut Script)) -> Vec<Finding> {
    let mut script = Script::workers(2);
    let disk = script.device("disk");
    let (hb, hog) = (script.spawn("hb"), script.spawn("hog"));
    script.poll(hb).clone_waker(hb);
    let request = script.submit(disk, Actor::Task(hb), 10.0);
    script.poll_ends(hb, PollResult::Pending);
    script.poll(hog).at(5.0);
    let other = script.spawn("other");
    script.poll_on(WorkerId(1), other).at(10.0).say(Event::IoCompleted { request, device: disk }).at(20.0);
    second(&mut script);
    script.at(100.0).poll_ends(hog, PollResult::Ready);
    script.say(Event::IoDelivered { request, to: Actor::Worker(W0) }).wake(hb, Actor::Worker(W0));
    let found = diagnose(&script.finish(), &Thresholds::default());
    found.into_iter().filter(|f| f.kind == FindingKind::LongPoll).collect()
}

#[test]
fn a_poll_is_not_to_blame_where_another_worker_could_have_looked() {
    assert_eq!(two_workers(|_| {})[0].title, "One poll of hog took 100ms: hb had to wait", "the other polls on");
    let other = TaskId(2);
    let found = two_workers(|script| {
        script.poll_ends_on(WorkerId(1), other, PollResult::Ready);
    });
    let titles: Vec<&str> = found.iter().map(|f| f.title.as_str()).collect();
    assert_eq!(titles, ["One poll of other took 15ms: hb had to wait"], "then the second worker was free to look");
}
