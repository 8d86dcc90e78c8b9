//! The window at every size: what is shown has room, and nothing runs into anything else.

use egui::Rect;
use egui_kittest::kittest::Queryable;
use sim_core::instant::SimTime;
use sim_core::scenario::ModelSpec;
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
        let now = window.session(|s| s.shown().expect("a scenario is open").runs.clone());
        window.session(|s| s.apply(Command::SetRuns(with_run(&now, ModelSpec::ThreadPerTask))));
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
