//! The menus of a run's models: what they offer, what they refuse, and what swapping keeps.

use egui_kittest::kittest::{NodeT, Queryable};
use sim_core::model::MODELS;
use wakeline::session::{Command, Selection, Tab};

use crate::support::Window;

fn blocked(width: f32, height: f32) -> Window {
    let mut window = Window::open(width, height);
    window.apply(Command::OpenScenario("blocked-executor".to_owned()));
    window.finish_loading();
    window
}

fn open_menu(window: &mut Window, of: &str) {
    window.harness.get_by_label(of).click();
    window.harness.run_steps(4);
}

#[test]
fn the_menu_of_a_run_offers_every_model_with_what_it_is() {
    for (width, height) in [(1440.0, 900.0), (1024.0, 768.0), (1024.0, 480.0)] {
        let mut window = blocked(width, height);
        open_menu(&mut window, "Change run A");
        for model in MODELS {
            let all: Vec<_> = window.harness.query_all_by_label(model.title).map(|n| n.accesskit_node()).collect();
            assert!(all.iter().any(|n| n.description().as_deref() == Some(model.line)), "{} at {width}", model.id);
        }
    }
}

#[test]
fn a_press_on_the_chip_in_focus_opens_its_menu_whatever_it_says() {
    for id in ["blocked-executor", "six-models"] {
        let mut window = Window::open(1280.0, 800.0);
        window.apply(Command::OpenScenario(id.to_owned()));
        window.finish_loading();
        window.apply(Command::FocusRun(0));
        window.harness.run_steps(2);
        let title = window.session(|s| s.runs()[0].title.clone());
        assert!(window.harness.query_by_label("fair shares").is_none());
        open_menu(&mut window, &format!("Run A: {title}"));
        assert!(window.harness.query_by_label("fair shares").is_some(), "{id}");
    }
}

#[test]
fn both_columns_of_the_menu_are_within_a_small_window() {
    let mut window = blocked(1024.0, 768.0);
    open_menu(&mut window, "Change run B");
    for name in ["tokio, multi-thread", "glommio", "actors, Akka", "fair shares"] {
        let place = window.harness.get_by_label(name).rect();
        assert!(place.left() >= 0.0 && place.right() <= 1024.0 && place.bottom() <= 768.0, "{name}: {place:?}");
    }
}

#[test]
fn a_model_that_cannot_run_the_workload_is_there_and_says_why() {
    let mut window = blocked(1280.0, 800.0);
    let set = "workload.tasks.hog.ops.1=Offload(\"50ms\")".to_owned();
    let (path, value) = set.split_once('=').expect("a path and a value");
    window.apply(Command::Turn { path: path.to_owned(), value: value.to_owned() });
    window.finish_loading();
    let before = window.session(|s| s.wanted().clone());
    open_menu(&mut window, "Change run A");
    let refused = window.harness.get_by_label("static, no heap");
    let why = "It has no Offload, because there is no other thread to give a blocking call to.";
    assert_eq!(refused.accesskit_node().description().as_deref(), Some(why));
    assert!(refused.accesskit_node().is_disabled());
    refused.click();
    window.harness.run_steps(2);
    assert_eq!(window.session(|s| s.wanted().clone()), before, "nothing is run");
    window.press("Esc");
    open_menu(&mut window, "Add a run");
    assert!(window.harness.get_by_label("Add: static, no heap").accesskit_node().is_disabled());
}

#[test]
fn a_swap_keeps_the_cursor_and_what_is_selected_by_its_name() {
    let mut window = blocked(1280.0, 800.0);
    window.apply(Command::Seek(sim_core::instant::SimTime::from_nanos(40_000_000)));
    let hb = |s: &wakeline::session::Session| {
        let run = &s.runs()[0];
        run.index.tracks.iter().find(|t| t.name == "hb").map(|t| t.kind).expect("hb is in every run")
    };
    let track = window.session(|s| hb(s));
    window.apply(Command::Select(Selection::Track { run: 0, track }));
    for model in ["threads", "goroutines", "actors", "thread pool", "event loop"] {
        open_menu(&mut window, "Change run A");
        let found: Vec<_> = window.harness.query_all_by_label(model).collect();
        let option = found.into_iter().find(|n| n.accesskit_node().description().is_some()).expect("the option");
        option.click();
        window.harness.run_steps(2);
        window.finish_loading();
        assert!(window.session(|s| s.runs()[0].title.starts_with(model)), "{model}");
        assert_eq!(window.session(|s| s.cursor().time.as_nanos()), 40_000_000, "{model}");
        let track = window.session(|s| hb(s));
        assert_eq!(window.session(|s| s.selection()), Selection::Track { run: 0, track }, "{model}");
        window.press("Esc");
        assert_eq!(window.session(|s| s.selection()), Selection::Track { run: 0, track }, "the key closes the menu");
    }
}

#[test]
fn only_a_model_that_has_workers_to_count_lets_them_be_chosen() {
    let mut window = blocked(1280.0, 800.0);
    let swap = |window: &mut Window, id: &str| {
        window.session(|s| {
            let mut runs = s.shown().expect("a scenario").runs.clone();
            runs[0].model = sim_core::model::Model::find(id).expect("a model");
            (runs[0].title, runs[0].workers) = (None, None);
            s.apply(Command::SetRuns(runs));
        });
        window.finish_loading();
        open_menu(window, "Change run A");
    };
    for (id, title, more) in [
        ("coroutines", "Workers (GOMAXPROCS)", "One worker more"),
        ("thread_pool", "Threads of the pool", "One thread more"),
    ] {
        swap(&mut window, id);
        window.harness.get_by_label(title);
        window.harness.get_by_label(more);
        window.press("Esc");
    }
    swap(&mut window, "event_loop");
    window.harness.get_by_label("fair shares");
    for none in ["One worker more", "One thread more"] {
        assert!(window.harness.query_by_label(none).is_none(), "one thread calls all callbacks");
    }
}

#[test]
fn the_code_of_the_run_that_is_put_in_focus_comes_into_sight() {
    let mut window = Window::open(1280.0, 800.0);
    window.apply(Command::OpenScenario("six-models".to_owned()));
    window.finish_loading();
    window.apply(Command::ClearSelection);
    window.apply(Command::ShowTab(Tab::Program));
    for run in [5, 0, 3] {
        window.apply(Command::FocusRun(run));
        window.harness.run_steps(4);
        let letter = wakeline::session::run_letter(run);
        let line = format!("{letter}, ");
        let lines = window.harness.query_all_by_label_contains(&line);
        let first =
            lines.filter(|n| n.accesskit_node().label().is_some_and(|l| l.starts_with(&line) && l.contains("line 1:")));
        let place = first.map(|n| n.rect()).next().expect("its code is told");
        assert!(place.left() >= 0.0 && place.right() <= 1280.0, "{letter}: {place:?}");
    }
}

#[test]
fn a_thread_runs_menu_switches_priority_inheritance_and_the_run_follows() {
    let mut window = Window::open(1440.0, 900.0);
    window.apply(Command::OpenScenario("priority-inversion".to_owned()));
    window.finish_loading();
    let threads = window.session(|s| {
        let shown = s.shown().expect("a scenario");
        shown.runs.iter().position(|run| run.model.id == "thread_per_task" && run.priority_inheritance != Some(true))
    });
    let run = threads.expect("a run of threads without inheritance");
    let digest = |window: &Window| window.session(|s| s.runs()[run].trace.digest());
    let before = digest(&window);
    open_menu(&mut window, &format!("Change run {}", ["A", "B", "C", "D"][run]));
    window.harness.get_by_label("inherited").click();
    window.harness.run_steps(2);
    window.finish_loading();
    assert_eq!(window.session(|s| s.shown().expect("a scenario").runs[run].priority_inheritance), Some(true));
    assert_ne!(digest(&window), before, "who holds the lock goes first now");
    let others =
        window.session(|s| s.shown().expect("a scenario").runs.iter().position(|r| r.model.id != "thread_per_task"));
    if let Some(other) = others {
        window.press("Esc");
        open_menu(&mut window, &format!("Change run {}", ["A", "B", "C", "D"][other]));
        assert!(window.harness.query_by_label("not inherited").is_none(), "only threads hold the workload's locks");
    }
}
