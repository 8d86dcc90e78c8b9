//! The window at every size: what is shown has room, and nothing runs into anything else.

use egui::{Rect, Role, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use sim_core::instant::SimTime;
use sim_core::model::Model;
use sim_core::scenario::{RunSpec, Scenario};
use wakeline::session::knobs::with_run;
use wakeline::session::{Command, Tab};

use crate::support::Window;

/// Where the thing of this name stands, of several the topmost.
fn place_of(window: &Window, label: &str) -> Rect {
    window.harness.get_all_by_label(label).last().expect("it is shown").rect()
}

#[test]
fn the_list_of_keys_stands_inside_a_small_window_and_its_lines_apart() {
    for (width, height) in [(640.0, 400.0), (1024.0, 768.0)] {
        let mut window = Window::with_blocked_executor(width, height);
        window.apply(Command::ShowKeys);
        let texts = [
            "Keys and mouse",
            "Step one event forward",
            "Zoom in",
            "Pan earlier",
            "Put the cursor there, select the row",
        ];
        let places = texts.map(|text| place_of(&window, text));
        for (text, place) in texts.iter().zip(places) {
            assert!(place.left() >= 0.0 && place.right() <= width, "{text} at {width}: {place}");
        }
        for (n, one) in places.iter().enumerate() {
            assert!(places[n + 1..].iter().all(|other| !one.shrink(1.0).intersects(*other)), "{places:?}");
        }
    }
}

#[test]
fn that_nothing_is_wrong_is_said_to_the_end_in_a_narrow_tab() {
    // The test harness keeps 8 points free at each side.
    let mut window = Window::with_blocked_executor(1296.0, 816.0);
    window.session(|s| s.apply(Command::OpenScenario("await-is-sequential".into())));
    window.finish_loading();
    window.apply(Command::ShowTab(Tab::Findings));
    let text = "Nothing is wrong in these runs, as far as can be told from what they recorded.";
    let place = place_of(&window, text);
    assert!(place.height() > 30.0, "two lines: {place}");
    assert!(place.right() < 452.0, "inside its tab: {place}");
}

/// The tests' scenario with so many runs.
fn window_with_runs(width: f32, height: f32, runs: usize) -> Window {
    let mut window = Window::with_blocked_executor(width, height);
    while window.session(|s| s.runs().len()) < runs {
        let now = window.session(|s| s.shown().expect("a scenario is open").clone());
        window.session(|s| s.apply(Command::SetRuns(with_run(&now, Model::find("thread_per_task").unwrap()))));
        window.finish_loading();
    }
    window
}

#[test]
fn six_runs_have_a_chip_each_beside_the_transport_at_every_width() {
    for width in [640.0, 1024.0, 1280.0, 1920.0] {
        let window = window_with_runs(width + 16.0, 800.0, 6);
        let step = place_of(&window, "Step one event back");
        let titles = window.session(|s| s.runs().iter().map(|r| r.title.clone()).collect::<Vec<_>>());
        let names = titles.iter().zip('A'..).map(|(title, letter)| format!("Run {letter}: {title}"));
        let chips: Vec<Rect> =
            names.map(|name| window.harness.get_all_by_label(&name).next().unwrap().rect()).collect();
        assert!(chips.is_sorted_by(|a, b| a.right() <= b.left()), "{chips:?}");
        assert!(chips.iter().all(|c| c.width() >= 28.0 && c.right() <= step.left()), "at {width}: {chips:?}, {step}");
    }
}

#[test]
fn a_letter_that_is_pressed_again_opens_its_runs_menu() {
    let mut window = window_with_runs(640.0, 700.0, 6);
    let chip = "Run C: threads, 1 core";
    for _ in 0..2 {
        window.harness.get_all_by_label(chip).next().unwrap().click();
        window.harness.run();
    }
    assert_eq!(window.session(|s| s.focus()), 2);
    window.harness.get_by_label("Remove run C");
}

#[test]
fn the_buttons_stay_under_the_pointer_when_the_clock_and_the_runs_change() {
    for width in [656.0, 1040.0, 1296.0] {
        let mut window = Window::with_blocked_executor(width, 816.0);
        window.press("Home");
        let play = place_of(&window, "Play or pause");
        window.apply(Command::Seek(SimTime::from_nanos(82_100_000)));
        assert_eq!(place_of(&window, "Play or pause"), play);
        let mut runs = window.session(|s| s.shown().expect("a scenario is open").runs.clone());
        runs[0].workers = Some(12);
        runs[0].title = None;
        window.session(|s| s.apply(Command::SetRuns(runs)));
        window.finish_loading();
        assert_eq!(place_of(&window, "Play or pause"), play);
    }
}

/// The names of a run's rows that can be seen whole, above everything that lies below the timeline.
fn rows_seen(window: &Window, run: char, foot: f32) -> usize {
    let part = format!(" of run {run}: ");
    let rows = window.harness.get_all_by_label_contains(&part);
    rows.filter(|row| row.rect().height() >= 16.0 && row.rect().bottom() <= foot + 1.0).count()
}

#[test]
fn both_runs_of_a_lesson_are_seen_at_every_usual_size() {
    for (width, height) in [(1024.0, 768.0), (1280.0, 800.0), (1440.0, 900.0), (1920.0, 1080.0)] {
        let mut window = Window::with_blocked_executor(width + 16.0, height + 16.0);
        for step in 0..3 {
            window.apply(Command::GoToStep(step));
            let foot = place_of(&window, "Timeline").bottom();
            let seen = [rows_seen(&window, 'A', foot), rows_seen(&window, 'B', foot)];
            assert!(seen[0] >= 5 && seen[1] >= 4, "at {width}, step {step}: {seen:?}");
        }
    }
}

#[test]
fn a_very_low_window_shows_rows_and_the_rest_behind_tabs() {
    let mut window = Window::with_blocked_executor(656.0, 416.0);
    for step in 0..3 {
        window.apply(Command::GoToStep(step));
        let foot = place_of(&window, "Timeline").bottom();
        assert!(rows_seen(&window, 'A', foot) >= 2, "step {step}");
    }
    for tab in ["Stage", "Events", "Program", "Compare", "Experiment", "Inspector"] {
        let place = place_of(&window, tab);
        assert!(place.left() >= 0.0 && place.right() <= 656.0 && place.bottom() <= 416.0, "{tab}: {place}");
    }
    let folded = place_of(&window, "Stage").top();
    window.harness.get_by_label("Stage").click();
    window.harness.run();
    assert!(place_of(&window, "Stage").top() < folded - 80.0, "the dock has opened");
    window.harness.get_by_label_contains("wants to run");
    window.harness.get_by_label("Stage").click();
    window.harness.run();
    assert_eq!(place_of(&window, "Stage").top(), folded, "pressed again it makes room");
    window.press("Ctrl+F");
    window.harness.run();
    assert!(place_of(&window, "Stage").top() < folded - 80.0, "what is asked for is shown");
}

#[test]
fn the_docks_height_is_the_one_that_was_chosen_whatever_else_changes() {
    let mut window = Window::with_blocked_executor(1296.0, 816.0);
    let edge = |window: &Window| window.harness.get_by_label("Resize panel").rect().center();
    let shown = window.session(|s| s.shown().expect("a scenario is open").clone());
    let (runs, threads) = (shown.runs.clone(), Model::find("thread_per_task").unwrap());
    let one_more = Scenario { runs: with_run(&shown, threads), ..(*shown).clone() };
    let more = with_run(&one_more, threads);
    let show = |window: &mut Window, runs: &[RunSpec]| {
        window.session(|s| s.apply(Command::SetRuns(runs.to_vec())));
        window.finish_loading();
    };
    let usual = edge(&window);
    show(&mut window, &more);
    assert_ne!(edge(&window), usual, "of its own accord it has another height beside more rows");
    show(&mut window, &runs);
    assert_eq!(edge(&window), usual);
    for chosen in [usual - vec2(0.0, 60.0), usual - vec2(0.0, 20.0)] {
        let from = edge(&window);
        window.harness.hover_at(from);
        window.harness.drag_at(from);
        window.harness.hover_at(chosen);
        window.harness.drop_at(chosen);
        window.harness.run();
        for runs in [&more, &runs] {
            show(&mut window, runs);
            // A press elsewhere chooses nothing.
            window.harness.get_by_label("Timeline").click();
            window.harness.run();
            assert_eq!(edge(&window).y, chosen.y);
        }
    }
}

#[test]
fn in_a_low_window_a_tab_that_is_asked_for_opens_though_it_was_the_last_one() {
    let mut window = Window::with_blocked_executor(656.0, 416.0);
    let folded = place_of(&window, "Stage").top();
    for (tab, name, key) in [(Tab::Events, "Events", "/"), (Tab::Findings, "Findings, 1", "F5")] {
        window.apply(Command::ShowTab(tab));
        window.harness.get_by_role_and_label(Role::Tab, name).click();
        window.harness.run();
        assert_eq!(place_of(&window, "Stage").top(), folded, "pressed again it makes room");
        window.press(key);
        window.harness.run();
        assert!(place_of(&window, "Stage").top() < folded - 80.0, "{key} shows it");
        window.harness.get_by_role_and_label(Role::Tab, name).click();
        window.harness.run();
    }
    window.session(|s| s.apply(Command::OpenScenario("await-is-sequential".into())));
    window.finish_loading();
    assert_eq!(place_of(&window, "Stage").top(), folded, "nobody asked for a tab");
}

#[test]
fn the_answers_of_a_question_are_whole_above_the_timeline() {
    for (width, height) in [(640.0, 400.0), (1024.0, 768.0)] {
        let mut window = Window::open(width + 16.0, height + 16.0);
        window.session(|s| s.apply(Command::OpenScenario("two-deadlocks".into())));
        window.finish_loading();
        for step in 0..window.session(|s| s.document().map_or(0, |d| d.steps.len())) {
            window.apply(Command::GoToStep(step));
            let Some(question) = window.session(|s| s.question().cloned()) else { continue };
            let timeline = window.harness.get_by_label("Timeline").rect().top() - 25.0;
            for choice in &question.choices {
                let text = sim_core::scenario::narration::plain(&choice.says);
                assert!(place_of(&window, &text).bottom() <= timeline, "{text}");
            }
        }
    }
}

#[test]
fn before_an_audience_no_row_of_a_step_is_out_of_sight_and_every_step_is_announced() {
    for (scenario, width, height) in
        [("blocked-executor", 1024.0, 768.0), ("blocked-executor", 1920.0, 1080.0), ("c10k", 1024.0, 768.0)]
    {
        let mut window = Window::open(width + 16.0, height + 16.0);
        window.session(|s| s.apply(Command::OpenScenario(scenario.into())));
        window.finish_loading();
        window.apply(Command::Present);
        for press in 0..8 {
            let more = window.harness.query_all_by_label_contains("more row").count();
            assert_eq!(more, 0, "{scenario} at {width}, press {press}");
            let said = window.harness.query_all_by_label_contains("Run ");
            let live = said.filter(|node| node.accesskit_node().live() == egui::accesskit::Live::Polite);
            assert_eq!(live.count(), 1, "{scenario}, press {press}");
            window.apply(Command::NextStep);
        }
    }
}
