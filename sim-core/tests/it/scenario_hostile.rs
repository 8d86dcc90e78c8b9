//! Files that mean harm, or were never scenarios: each is answered with an error or a limit, soon.

use std::path::PathBuf;

use crate::lesson::*;
use sim_core::analysis::findings::FindingKind;
use sim_core::scenario::{Scenario, ScenarioErrors};

fn parse(text: &str) -> ScenarioErrors {
    Scenario::parse("x.ron", text, &[]).expect_err("this is no scenario")
}

/// A file of this test alone.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        Scratch(std::env::temp_dir().join(format!("wakeline-{}-{name}", std::process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn an_empty_file_says_how_one_begins() {
    for bytes in [&b""[..], b"  \n\t\n", b"\xEF\xBB\xBF"] {
        let errors = Scenario::from_bytes("x.ron", bytes.to_vec(), &[]).unwrap_err();
        assert!(errors.to_string().contains("is empty: a scenario file begins with `(schema: 1"), "{errors}");
    }
}

#[test]
fn binary_data_is_no_text() {
    let bytes: Vec<u8> = (0..100_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let errors = Scenario::from_bytes("x.ron", bytes, &[]).unwrap_err();
    assert!(errors.to_string().contains("is not UTF-8 text"), "{errors}");
    assert!(parse("\0\0\0\0").to_string().starts_with("x.ron:1:1: "));
}

#[test]
fn a_file_of_a_hundred_megabytes_is_refused_unread() {
    let scratch = Scratch::new("large.ron");
    // A file with a hole: it is long, and takes no room.
    std::fs::File::create(&scratch.0).unwrap().set_len(100 << 20).unwrap();
    let errors = Scenario::read(&scratch.0, &[]).unwrap_err();
    assert!(errors.to_string().contains("is too large"), "{errors}");
    assert!(Scenario::from_bytes("x.ron", vec![b' '; 100 << 20], &[]).unwrap_err().to_string().contains("too large"));
}

#[test]
fn a_directory_is_no_scenario() {
    assert!(Scenario::read(&std::env::temp_dir(), &[]).unwrap_err().to_string().contains("cannot be read"));
}

#[test]
fn a_million_brackets_are_too_deep_and_no_crash() {
    let deep = |open: &str| open.repeat(500_000);
    for text in [deep("(("), deep("[["), deep("{{"), format!("(schema: 1, workload: {}", "[".repeat(1_000_000))] {
        let errors = parse(&text);
        assert!(errors.to_string().len() < 1_000, "{}", errors.to_string().len());
    }
    let ops = format!("{}Yield{}", "Repeat(1, [".repeat(20_000), "])".repeat(20_000));
    let text = text_with("cores: 1", "workers: 1", &format!(r#"tasks: {{"t": (ops: [{ops}])}}"#));
    let errors = parse(&text);
    assert!(errors.to_string().contains("nested too deeply: at most 128 levels are read"), "{errors}");
}

#[test]
fn unknown_steps_by_the_thousand_are_one_error() {
    let ops = "Wrok(\"1ms\"), ".repeat(10_000);
    let errors = parse(&text_with("cores: 1", "workers: 1", &format!(r#"tasks: {{"t": (ops: [{ops}])}}"#)));
    assert_eq!(errors.errors().len(), 1);
}

#[test]
fn unknown_names_by_the_thousand_do_not_hang() {
    let ops = "Lock(\"lok\", []), ".repeat(10_000);
    let workload = format!(r#"tasks: {{"t": (ops: [{ops}])}}, resources: {{"lock": mutex}}"#);
    let errors = parse(&text_with("cores: 1", "workers: 1", &workload));
    assert_eq!(errors.errors().len(), 50);
}

#[test]
fn tasks_that_spawn_each_other_in_a_circle_are_refused() {
    let errors = parse(&text_with(
        "cores: 1",
        "workers: 1",
        r#"tasks: {"main": (ops: [Spawn("a")]), "a": (ops: [Spawn("b")]), "b": (ops: [Spawn("a")])}"#,
    ));
    assert!(errors.to_string().contains("spawn"), "{errors}");
}

#[test]
fn tasks_that_multiply_beyond_measure_are_refused() {
    let level = |n: u32| format!(r#""t{n}": (count: 1000, ops: [Spawn("t{}")]), "#, n + 1);
    let levels: String = (0..5).map(level).collect();
    let workload = format!(r#"tasks: {{{levels} "t5": (ops: [Yield])}}"#);
    let errors = parse(&text_with("cores: 1", "workers: 1", &workload));
    assert!(errors.to_string().contains("`t0` would come to"), "{errors}");
}

#[test]
fn more_blocking_calls_than_can_be_counted_are_refused_and_not_a_panic() {
    let workload = r#"tasks: {"t": (count: 4294967295, ops: [Offload("1ms"), Offload("1ms")])}"#;
    let text = text_with("cores: 1", "workers: 1", workload);
    let end = text.rfind(')').expect("a scenario ends");
    let told = format!(r#"{} narration: [(title: "T", text: "See {{blocking 0}}.")])"#, &text[..end]);
    let errors = parse(&told);
    assert!(errors.to_string().contains("4294967295 tasks of one name"), "{errors}");
}

#[test]
fn a_text_may_name_as_many_blocking_threads_as_there_may_be_calls_and_no_more() {
    let told = |tasks: &str, nth: u32| {
        let text = text_with("cores: 1", "workers: 1", &format!("tasks: {{{tasks}}}"));
        let end = text.rfind(')').expect("a scenario ends");
        let told = format!(r#"{} narration: [(title: "T", text: "See {{blocking {nth}}}.")])"#, &text[..end]);
        Scenario::parse("x.ron", &told, &[]).is_ok()
    };
    let twice = r#""main": (ops: [Spawn("t"), Spawn("t")]), "t": (ops: [Offload("1ms")])"#;
    assert!(told(twice, 1) && !told(twice, 2));
    let nested =
        r#""main": (count: 2, ops: [Repeat(3, [Spawn("t")])]), "t": (count: 2, ops: [Repeat(5, [Offload("1ms")])])"#;
    assert!(told(nested, 59) && !told(nested, 60));
    assert!(!told(r#""main": (ops: [Yield]), "t": (ops: [Spawn("main")])"#, 0));
}

#[test]
fn more_queues_than_an_event_can_name_are_refused_and_not_a_panic() {
    let tasks: String = (1..=100).map(|n| format!(r#""t{n}": (shares: {n}, ops: [Yield]), "#)).collect();
    let text = text_with("cores: 1", "workers: 1", &format!("tasks: {{{tasks}}}"));
    let with =
        |workers: u32| text.replace("runs: [", &format!("runs: [(id: \"g\", model: glommio, workers: {workers}), "));
    let errors = parse(&with(1024)).to_string();
    assert!(errors.contains("1024 workers would have 206848 queues"), "{errors}");
    let few = Scenario::parse("x.ron", &with(2), &[]).unwrap_or_else(|errors| panic!("{errors}"));
    few.execute("g", &sim_core::scenario::RunOptions::default(), None);
}

#[test]
fn an_endless_run_ends_at_its_limit_and_says_so() {
    let endless = r#"tasks: {"t": (ops: [Repeat(4000000000, [Yield])])}"#;
    for (limit, ended) in [("max_steps: 1000", "step limit"), (r#"max_time: "5us""#, "time limit")] {
        let scenario = lesson_with(&format!("cores: 1, {limit}"), "workers: 1", endless);
        for id in ["async", "threads"] {
            let run = run(&scenario, id);
            let reason = run.take(&sim_core::scenario::Measure::Ended).unwrap().to_string();
            assert_eq!(reason, ended, "{id} {limit}");
            assert!(kinds(&run).contains(&FindingKind::LimitReached), "{id} {limit}");
        }
    }
}

#[test]
fn rounds_that_take_no_time_are_steps_too() {
    let nested = format!("{}Mark(\"x\"){}", "Repeat(4000000000, [".repeat(10), "])".repeat(10));
    for body in ["Repeat(4000000000, [])", &nested] {
        let tasks = format!(r#"tasks: {{"t": (ops: [{body}])}}"#);
        let scenario = lesson_with("cores: 1, max_steps: 1000", "workers: 1", &tasks);
        for id in ["async", "threads"] {
            let run = run(&scenario, id);
            assert_eq!(kinds(&run), [FindingKind::LimitReached], "{id} {body}");
            assert_eq!(run.take(&sim_core::scenario::Measure::Ended).unwrap().to_string(), "step limit");
        }
    }
}
