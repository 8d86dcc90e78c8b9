//! Imbalance: found where tasks wait for one worker while another could have run them, and nowhere else.

use sim_core::analysis::findings::{Finding, FindingKind};
use sim_core::analysis::track::TrackKind;
use sim_core::scenario::{Measured, Scenario};
use sim_core::trace::ids::WorkerId;

use crate::lesson::{run, text_with};

/// This workload on so many cores, under a model with so many workers.
fn under(model: &str, cores: u32, workers: u32, workload: &str) -> Measured {
    let text = text_with(&format!("cores: {cores}"), "workers: 1", workload);
    let text = text.replace("runs: [", &format!("runs: [(id: \"it\", model: {model}, workers: {workers}), "));
    run(&Scenario::parse("lesson.ron", &text, &[]).expect("a lesson"), "it")
}

fn imbalances(run: &Measured) -> Vec<&Finding> {
    run.findings.iter().filter(|found| found.kind == FindingKind::Imbalance).collect()
}

/// One task spawns these on the worker that polls it.
fn spawner(own: &str, count: u32, each: &str) -> String {
    format!(
        r#"tasks: {{"main": (ops: [Spawn("t"), {own}JoinTask("t")]), "t": (count: {count}, ops: [Work("{each}")])}}"#
    )
}

#[test]
fn what_one_worker_keeps_for_itself_while_others_are_parked_is_found() {
    let run = under("thread_per_core", 2, 2, &spawner("", 4, "10ms"));
    let [found] = imbalances(&run)[..] else { panic!("{:?}", run.findings) };
    assert_eq!(found.title, "4 tasks waited for worker 0 while other workers had nothing to do");
    assert!(found.explanation.contains("for 40ms at a stretch. All that time"), "{}", found.explanation);
    assert!(found.explanation.contains("a runtime whose workers steal"), "{}", found.explanation);
    assert_eq!(found.subjects[0], TrackKind::Worker(WorkerId(0)));
    assert_eq!(found.subjects.len(), 5);
    // From when worker 1 sleeps until main, which the first of them woke, is polled behind the last.
    let proof: Vec<&str> = found.proof.iter().map(|n| run.trace.event(*n).expect("an event").name()).collect();
    let times: Vec<u64> = found.proof.iter().map(|n| run.trace.time(*n).as_nanos() / 1_000_000).collect();
    assert_eq!((proof, times), (vec!["SwitchedOut", "PollStarted"], vec![0, 40]));
}

#[test]
fn workers_that_steal_leave_nothing_to_find() {
    for model in ["tokio_multi_thread", "async_stealing", "smol", "coroutines"] {
        let run = under(model, 4, 4, &spawner("", 8, "10ms"));
        assert_eq!(imbalances(&run), Vec::<&Finding>::new(), "{model}");
    }
}

#[test]
fn what_stands_in_a_slot_that_nobody_steals_from_is_found() {
    let run = under("tokio_multi_thread", 2, 2, &spawner(r#"Work("40ms"), "#, 2, "5ms"));
    let [found] = imbalances(&run)[..] else { panic!("{:?}", run.findings) };
    assert_eq!(found.title, "t.1 waited for worker 0 while other workers had nothing to do");
    assert!(found.explanation.contains("nobody takes from the LIFO slot of worker 0"), "{}", found.explanation);
}

#[test]
fn a_parked_worker_without_a_core_could_not_have_helped() {
    let run = under("thread_per_core", 1, 2, &spawner("", 4, "10ms"));
    assert_eq!(imbalances(&run), Vec::<&Finding>::new());
}

#[test]
fn a_short_time_is_no_finding() {
    let run = under("thread_per_core", 2, 2, &spawner("", 4, "2ms"));
    assert_eq!(imbalances(&run), Vec::<&Finding>::new());
}
