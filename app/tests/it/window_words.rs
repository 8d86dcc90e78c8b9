//! Every family of models in its own words: nothing is polled where there are no futures.

use egui_kittest::kittest::{By, NodeT, Queryable};
use sim_core::analysis::track::TrackKind;
use sim_core::trace::{TaskId, WorkerId};
use wakeline::session::{Command, Selection, Tab};

use crate::support::Window;

/// Every text of the window: names, values and descriptions.
fn texts(window: &Window) -> Vec<String> {
    let all = window.harness.query_all(By::new());
    let of_node = |node: egui_kittest::Node<'_>| {
        let known = node.accesskit_node();
        [known.label(), known.value(), known.description()].into_iter().flatten().collect::<Vec<_>>()
    };
    all.flat_map(of_node).collect()
}

/// The texts that speak of polls and wakers. The phase of libuv's loop is called so by everyone, and a finding has the name that
/// scenario files expect it by.
fn speaks_of_polls(window: &Window) -> Vec<String> {
    let said = |text: &String| {
        let names = ["poll (i/o)", "timers, poll, check", "longpoll"];
        let text = names.iter().fold(text.to_lowercase(), |text, name| text.replace(name, ""));
        ["poll", "waker", "woke itself"].iter().any(|word| text.contains(word))
    };
    texts(window).into_iter().filter(said).collect()
}

/// Two runs of one model, with a bit of everything that waits.
fn alone(model: &str) -> Window {
    let text = format!(
        r#"(schema: 1, id: "words", number: 1, part: A, title: "Words", idea: "One model.", costs: "zero",
        machine: (cores: 1, devices: {{"db": (latency: "3ms")}}),
        workload: (
            resources: {{"door": mutex, "box": channel(capacity: 1)}},
            tasks: {{
                "a": (ops: [Work("1ms"), IoOn("db"), Lock("door", [Sleep("2ms"), Work("1ms")]), Send("box"), Send("box"), Mark("sent")]),
                "b": (ops: [Lock("door", [Work("2ms")]), Recv("box"), Work("30ms"), Recv("box"), Mark("done")]),
                "c": (ops: [Repeat(3, [Yield, Work("1ms")])]),
            }},
        ),
        runs: [(id: "one", model: {model}), (id: "two", model: {model})])"#
    );
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("words.ron");
    std::fs::write(&file, text).expect("written");
    let mut window = Window::open(1440.0, 900.0);
    window.apply(Command::OpenFile(file));
    window.finish_loading();
    assert_eq!(window.session(|s| s.runs().len()), 2, "{model} runs it");
    window
}

fn look_everywhere(window: &mut Window, of: &str) {
    let tables = [Selection::Track { run: 0, track: TrackKind::Task(TaskId(0)) }];
    let workers = [Selection::Track { run: 0, track: TrackKind::Worker(WorkerId(0)) }];
    let events = window.session(|s| s.runs()[0].trace.len());
    assert!(events > 20, "{of} does something");
    for selected in tables.into_iter().chain(workers) {
        window.apply(Command::Select(selected));
        for event in (0..events).step_by(events / 12) {
            window.apply(Command::SeekEvent { run: 0, event });
            window.harness.run_steps(2);
            assert_eq!(speaks_of_polls(window), Vec::<String>::new(), "{of} at event {event}");
        }
    }
    for tab in [Tab::Findings, Tab::Compare, Tab::Experiment, Tab::Program, Tab::Events] {
        window.apply(Command::ShowTab(tab));
        window.harness.run_steps(2);
        assert_eq!(speaks_of_polls(window), Vec::<String>::new(), "{of}, {tab:?}");
    }
}

#[test]
fn no_text_of_an_event_loop_speaks_of_polls() {
    look_everywhere(&mut alone("event_loop"), "callbacks");
}

#[test]
fn no_text_of_pools_goroutines_and_actors_speaks_of_polls() {
    for model in ["thread_pool", "sequential", "coroutines", "actors"] {
        look_everywhere(&mut alone(model), model);
    }
}

#[test]
fn the_events_and_the_figures_of_an_event_loop_are_its_callbacks() {
    let mut window = alone("event_loop");
    window.apply(Command::SeekEvent { run: 0, event: 40 });
    window.apply(Command::ShowTab(Tab::Events));
    window.harness.run_steps(2);
    let said = texts(&window);
    assert!(said.iter().any(|text| text.contains("CallbackStarted")), "{said:#?}");
    window.apply(Command::ShowTab(Tab::Compare));
    window.harness.run_steps(2);
    assert!(texts(&window).iter().any(|text| text.starts_with("Callbacks")));
    let steps = window.session(|s| s.commands_offered().into_iter().map(|o| o.title).collect::<Vec<_>>());
    assert!(steps.contains(&"Step one callback forward".to_owned()));
}
