//! Cost profiles in files: read as they were written, refused with a place; and what a model pays of them.

use sim_core::machine::costs::items::ITEMS;
use sim_core::scenario::{RunOptions, Scenario, profile};
use sim_core::{Costs, SimDuration};

fn ns(n: u64) -> SimDuration {
    SimDuration::from_nanos(n)
}

fn mine() -> Costs {
    Costs { name: "mine".to_owned(), thread_switch: ns(1_234_567), ..Costs::cited() }
}

/// Line, message and advice of the first thing that is wrong.
fn wrong(text: &str) -> (usize, String, String) {
    let errors = profile::parse("mine.ron", text).expect_err("it is wrong");
    let first = &errors.errors()[0];
    (first.line, first.message.clone(), first.help.clone().unwrap_or_default())
}

#[test]
fn a_profile_is_read_as_it_was_written() {
    for costs in [mine(), Costs { models: Default::default(), ..mine() }] {
        let text = profile::write(&costs);
        assert_eq!(profile::parse("mine.ron", &text).unwrap(), costs, "{text}");
        assert_eq!(profile::parse("mine.ron", &format!("// a head\n{text}")).unwrap(), costs);
    }
}

#[test]
fn what_is_wrong_with_a_profile_has_its_place_and_advice() {
    let text = profile::write(&mine());
    let line_of = |what: &str| 1 + text.lines().position(|l| l.contains(what)).unwrap();

    let (line, message, help) = wrong(&text.replacen("poll:", "pol:", 1));
    assert_eq!((line, message.as_str()), (line_of("poll:"), "a cost profile has no field `pol`"));
    assert_eq!(help, "did you mean `poll`?");

    let (line, message, _) = wrong(&text.replacen("\"60ns\"", "\"60\"", 1));
    assert_eq!((line, message.contains("`60` has no unit")), (line_of("poll:"), true), "{message}");

    let (line, message, _) = wrong(&text.replacen("\"60ns\"", "60", 1));
    assert_eq!((line, message.contains("`60` has no unit")), (line_of("poll:"), true), "{message}");

    let (line, message, _) = wrong(&text.replacen("\"60ns\"", "\"0ns\"", 1));
    assert_eq!((line, message.as_str()), (line_of("poll:"), "a poll cannot be free"));

    let (line, message, _) = wrong(&text.replacen("\"68ns\"", "\"0ns\"", 1));
    assert_eq!((line, message.as_str()), (line_of("\"68ns\""), "a poll cannot be free"));

    let (line, message, _) = wrong(&text.replacen("\"mine\"", "\"cited\"", 1));
    assert_eq!((line, message.as_str()), (2, "`cited` is a profile that comes with the program"));

    let (line, message, help) = wrong(&text.replacen("\"smol\"", "\"smoll\"", 1));
    assert_eq!((line, message.as_str()), (line_of("\"smol\""), "there is no model called `smoll`"));
    assert_eq!(help, "did you mean `smol`?");

    let (_, message, _) = wrong("  ");
    assert!(message.contains("is empty"), "{message}");
}

#[test]
fn a_model_pays_its_own_prices_and_no_other_models() {
    let cited = Costs::cited();
    let go = cited.for_model("coroutines");
    assert_eq!((go.poll, go.task_bytes, go.thread_switch), (ns(68), 2_659, cited.thread_switch));
    for model in ["async_fifo", "async_stealing", "thread_per_task", "tokio_current_thread"] {
        let own = cited.for_model(model);
        assert!(ITEMS.iter().all(|item| (item.price)(&own) == (item.price)(&cited)), "{model}");
    }
    let textbook = Costs::zero().for_model("coroutines");
    assert_eq!((textbook.poll, textbook.task_spawn, textbook.task_bytes), (ns(1), ns(0), 2_659));
    assert_eq!(Costs::jimblandy().for_model("coroutines"), Costs::jimblandy());
}

#[test]
fn a_run_is_charged_what_its_model_pays() {
    let text = r#"(
        schema: 1, id: "one", number: 1, part: A, title: "One", idea: "One.",
        workload: (tasks: {"t": (ops: [Work("1ms")])}),
        runs: [(id: "fifo", model: async_fifo), (id: "stealing", model: async_stealing)],
    )"#;
    let scenario = Scenario::parse("one.ron", text, &[]).unwrap();
    let dear = profile::write(&Costs { models: Default::default(), ..mine() }).replacen(
        "stack_resident: 37888,",
        "stack_resident: 37888, models: {\"async_stealing\": (poll: \"5ms\", task_spawn: \"7ms\")},",
        1,
    );
    let options = RunOptions { costs: Some(profile::parse("dear.ron", &dear).unwrap()), ..RunOptions::default() };
    let end = |run: &str| scenario.execute(run, &options, None).end().as_nanos();
    let Costs { poll, task_spawn, .. } = mine();
    assert_eq!(end("fifo"), 1_000_000 + poll.as_nanos() + task_spawn.as_nanos());
    assert_eq!(end("stealing"), 13_000_000);
}

#[test]
fn a_scenario_names_a_profile_beside_it() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let costs = folder.path().join("mine.ron");
    let scenario = folder.path().join("one.ron");
    std::fs::write(&costs, profile::write(&mine())).unwrap();
    let text = r#"(
        schema: 1, id: "one", number: 1, part: A, title: "One", idea: "One.", costs: "mine.ron",
        workload: (tasks: {"t": (ops: [Work("1ms")])}),
        runs: [(id: "async", model: async_fifo), (id: "threads", model: thread_per_task)],
        variants: [(id: "free", title: "free", set: ["costs=\"zero\""])],
        expectations: [(run: "threads", costs: "mine.ron", metric: "spawn_bill", equals: "27.2us")],
    )"#;
    std::fs::write(&scenario, text).unwrap();
    let read = Scenario::read(&scenario, &[]).unwrap();
    assert_eq!(read.costs_of(&RunOptions::default()), mine());
    assert_eq!(read.with_variant("free").unwrap().costs_of(&RunOptions::default()), Costs::zero());
    assert_eq!(read.with(&["seed=5".to_owned()]).unwrap().costs_of(&RunOptions::default()), mine());
    assert!(read.assert(|_| ()).unwrap().iter().all(|verdict| verdict.met));
    let trace = read.execute("async", &RunOptions::default(), None);
    assert_eq!(trace.tables().run.costs, "mine");

    std::fs::write(&costs, profile::write(&mine()).replacen("poll:", "pol:", 1)).unwrap();
    let errors = Scenario::read(&scenario, &[]).expect_err("its profile is broken");
    let said = format!("{} {}", errors.errors()[0].message, errors.errors()[0].help.clone().unwrap_or_default());
    assert!(said.contains("mine.ron:3:5: a cost profile has no field `pol`"), "{said}");
    assert_eq!(errors.errors()[0].line, 2, "the place in the scenario that names it");

    std::fs::remove_file(&costs).unwrap();
    let errors = Scenario::read(&scenario, &[]).expect_err("its profile is gone");
    assert!(errors.errors()[0].message.contains("cannot be read"), "{}", errors.errors()[0].message);
    let errors = Scenario::read(&scenario, &["costs=\"citted\"".to_owned()]).expect_err("no profile");
    assert!(!errors.errors().is_empty());
}
