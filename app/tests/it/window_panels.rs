//! What the panels show, found as a screen reader finds it.

use egui_kittest::kittest::{NodeT, Queryable};
use sim_core::instant::SimTime;
use wakeline::session::{Command, Cursor, Place, Selection};

use crate::support::Window;

#[test]
fn the_window_opens_on_the_scenarios_and_one_press_shows_two_runs() {
    let mut window = Window::open(1280.0, 800.0);
    assert_eq!(window.session(|s| s.place().clone()), Place::Library);
    window.harness.get_by_label("Start").click();
    window.harness.run_steps(2);
    window.finish_loading();
    assert_eq!(window.session(|s| s.place().clone()), Place::Open);
    assert_eq!(window.session(|s| s.runs().len()), 2);
    window.harness.get_by_label_contains("hb of run A");
    window.harness.get_by_label_contains("hb of run B");
}

#[test]
fn the_stage_shows_the_queue_behind_the_blocked_worker() {
    let mut window = Window::with_blocked_executor(1280.0, 800.0);
    window.apply(Command::Seek(SimTime::from_nanos(82_100_000)));
    window.harness.get_by_label("hb wants to run");
    window.harness.get_by_label_contains("is inside its poll, off the core");
    window.harness.get_by_label("hog waits for blocking call");
}

#[test]
fn a_click_on_the_stage_selects_the_row() {
    let mut window = Window::with_blocked_executor(1280.0, 800.0);
    window.apply(Command::ClearSelection);
    window.apply(Command::Seek(SimTime::from_nanos(82_100_000)));
    window.harness.get_by_label("hb wants to run").click();
    window.harness.run();
    let selected = window.session(|s| s.selected_track().map(|(run, track)| (run, track.name.clone())));
    assert_eq!(selected, Some((0, "hb".to_owned())));
}

#[test]
fn a_click_on_an_event_moves_the_cursor_there() {
    let mut window = Window::with_blocked_executor(1280.0, 800.0);
    window.press("Home");
    let second = window.session(|s| s.runs()[0].lesson_events[1]);
    window.harness.get_by_label_contains(&format!("Event {second} at")).click();
    window.harness.run();
    let there = window.session(|s| Cursor::after(&s.runs()[0].trace, second as usize));
    assert_eq!(window.session(|s| s.cursor()), there);
}

#[test]
fn a_click_on_the_timeline_moves_the_cursor_and_selects_the_row() {
    let mut window = Window::with_blocked_executor(1280.0, 800.0);
    let row = window.harness.get_by_label_contains("hog of run A").rect();
    let rows = window.harness.get_by_label("Timeline").rect();
    let at = egui::pos2(rows.center().x, row.center().y);
    window.harness.hover_at(at);
    window.harness.drag_at(at);
    window.harness.drop_at(at);
    window.harness.run();
    let selected = window.session(|s| s.selected_track().map(|(_, t)| t.name.clone()));
    assert_eq!(selected.as_deref(), Some("hog"));
    let (view, time) = window.session(|s| (s.view(), s.cursor().time));
    let middle = view.start + view.length / 2.0;
    assert!((time.as_nanos() as f64 - middle).abs() < view.length * 0.01);
}

#[test]
fn the_wheel_with_ctrl_zooms_at_the_pointer() {
    let mut window = Window::with_blocked_executor(1280.0, 800.0);
    let rows = window.harness.get_by_label("Timeline").rect();
    let before = window.session(|s| s.view());
    window.harness.hover_at(rows.left_center());
    window.harness.run();
    window.harness.event(egui::Event::Zoom(2.0));
    window.harness.run();
    let after = window.session(|s| s.view());
    assert!(after.length < before.length * 0.6);
    assert!((after.start - before.start).abs() < before.length * 0.02, "the left edge stays under the pointer");
}

#[test]
fn the_other_run_shows_what_has_happened_up_to_the_cursor() {
    let mut window = Window::with_blocked_executor(1280.0, 800.0);
    window.apply(Command::Seek(SimTime::from_nanos(82_100_000)));
    let state = |s: &mut wakeline::session::Session| s.runs()[1].snapshot().time;
    let shown = window.session(state);
    assert!(shown <= SimTime::from_nanos(82_100_000) && shown > SimTime::from_nanos(70_000_000), "{shown:?}");
}

#[test]
fn a_file_that_is_not_there_says_so_in_the_window() {
    let mut window = Window::open(1280.0, 800.0);
    window.apply(Command::OpenFile("no/such/file.ron".into()));
    window.finish_loading();
    assert!(matches!(window.session(|s| s.place().clone()), Place::Failed(_)));
    window.harness.get_by_label_contains("no/such/file.ron");
    window.harness.get_by_label("Try again");
    window.harness.get_by_label("All scenarios").click();
    window.harness.run();
    assert_eq!(window.session(|s| s.place().clone()), Place::Library);
}

#[test]
fn escape_selects_nothing() {
    let mut window = Window::with_blocked_executor(1280.0, 800.0);
    window.harness.get_by_label_contains("hog of run B").click();
    window.harness.run();
    assert_ne!(window.session(|s| s.selection()), Selection::Nothing);
    assert_eq!(window.session(|s| s.focus()), 1, "what is selected is looked at");
    window.press("Esc");
    assert_eq!(window.session(|s| s.selection()), Selection::Nothing);
}

#[test]
fn every_size_from_the_smallest_on_can_be_shown() {
    for (width, height) in [(640.0, 400.0), (1024.0, 768.0), (1920.0, 1080.0)] {
        let mut window = Window::with_blocked_executor(width, height);
        window.press("PageDown");
        window.apply(Command::SwitchTheme);
        window.apply(Command::ShowLibrary);
    }
}

#[test]
fn that_events_are_hidden_is_said_at_every_width() {
    for (width, height) in [(1280.0, 800.0), (1440.0, 900.0), (1024.0, 768.0)] {
        let mut window = Window::open(width, height);
        window.apply(Command::OpenScenario("blocked-executor".to_owned()));
        window.finish_loading();
        let notes = window.harness.query_all_by_label_contains("run A, ");
        let said = |node: &egui_kittest::Node<'_>| node.accesskit_node().value().unwrap_or_default();
        let shown: Vec<_> = notes.filter(|node| said(node).starts_with("run A, ")).collect();
        let [note] = &shown[..] else { panic!("{} notes at {width}", shown.len()) };
        let search = window.harness.get_by_label("Search the events").rect();
        let tab = window.harness.get_by_label("Findings, 1").rect();
        assert!(note.rect().right() <= search.left() || note.rect().top() >= search.bottom(), "the search is free");
        assert!(note.rect().left() >= tab.right() - 8.0 || note.rect().top() >= tab.bottom(), "the tab is free");
    }
}
