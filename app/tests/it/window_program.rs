//! The program panel: code in each run's own shape, with the step at the cursor.

use egui_kittest::kittest::Queryable as _;
use sim_core::analysis::track::TrackKind;
use sim_core::{Executor, Machine, SimDuration, SimTime, io};
use wakeline::session::{Command, Selection, Tab};

use crate::support::*;

const MS: u64 = 1_000_000;

fn at(ns: u64) -> Command {
    Command::Seek(SimTime::from_nanos(ns))
}

#[test]
fn the_same_task_stands_in_another_round_as_a_thread() {
    let mut window = Window::with_blocked_executor(1440.0, 900.0);
    window.apply(at(82_100_000));
    window.harness.get_by_label("A, hb, line 3: io(10 ms).await; hb: Ready, round 2 of 10, here since 10.100 ms");
    window.harness.get_by_label("B, hb, line 3: io(10 ms); hb: Blocked, round 9 of 10, here since 80.800 ms");
    window.harness.get_by_label_contains("A, hog, line 3: block(100 ms);").is_focused();
    window.harness.get_by_label_contains("hog: Polling, off core");
}

#[test]
fn before_the_start_nobody_stands_anywhere_and_after_the_end_everybody_has_ended() {
    let mut window = Window::with_blocked_executor(1440.0, 900.0);
    window.press("Home");
    window.harness.get_by_label("A, hb, line 1: async fn hb() {");
    assert!(window.harness.query_all_by_label_contains("here since").next().is_none());
    window.apply(at(1_000 * MS));
    window.harness.get_by_label("A, hb, line 1: async fn hb() { hb: Completed");
    window.harness.get_by_label("B, hog, line 1: fn hog() { hog: Exited");
}

#[test]
fn a_click_on_a_line_selects_its_task_and_goes_to_when_the_step_begins_next() {
    let mut window = Window::with_blocked_executor(1440.0, 900.0);
    window.apply(at(82_100_000));
    window.harness.get_by_label_contains("B, hb, line 3").click();
    window.harness.run();
    let (run, kind) = window.session(|s| s.selection().track()).expect("hb is selected");
    assert!(run == 1 && matches!(kind, TrackKind::Thread(_)), "{kind:?}");
    assert_eq!(window.session(|s| s.cursor().time), SimTime::from_nanos(90_900_000));
    window.harness.get_by_label_contains("B, hb, line 3: io(10 ms); hb: Running, round 10 of 10");
    // It was the last round: from here on, the first time.
    window.harness.get_by_label_contains("B, hb, line 3").click();
    window.harness.run();
    assert_eq!(window.session(|s| s.cursor().time), SimTime::ZERO);
}

#[test]
fn a_line_that_is_no_step_selects_its_task_and_leaves_the_cursor() {
    let mut window = Window::with_blocked_executor(1440.0, 900.0);
    window.apply(at(82_100_000));
    window.harness.get_by_label("A, hog, line 1: async fn hog() {").click();
    window.harness.run();
    assert_eq!(
        window.session(|s| s.selected_track().map(|(run, track)| (run, track.name.clone()))),
        Some((0, "hog".to_owned()))
    );
    assert_eq!(window.session(|s| s.cursor().time), SimTime::from_nanos(82_100_000));
}

#[test]
fn the_selected_tasks_step_is_brought_into_sight() {
    let mut window = Window::with_blocked_executor(1440.0, 720.0);
    window.apply(Command::ClearSelection);
    window.apply(at(82_100_000));
    let seen = |window: &Window| {
        let top = window.harness.get_by_label("Program").rect().bottom();
        let foot = window.harness.get_by_label("Polling").rect().top();
        let line = window.harness.query_by_label_contains("A, hog, line 3");
        line.is_some_and(|line| line.rect().top() >= top && line.rect().bottom() <= foot)
    };
    assert!(!seen(&window), "the dock is too low to show all of it");
    let hog = window.session(|s| s.runs()[0].index.tracks.iter().find(|t| t.name == "hog").map(|t| t.kind));
    window.apply(Command::Select(Selection::Track { run: 0, track: hog.expect("there is a hog") }));
    window.harness.run_steps(30);
    assert!(seen(&window));
}

#[test]
fn in_a_narrow_window_it_is_a_tab() {
    let mut window = Window::with_blocked_executor(1024.0, 768.0);
    assert!(window.harness.query_by_label_contains("A, hb, line 1").is_none());
    window.apply(Command::ShowTab(Tab::Program));
    window.harness.get_by_label_contains("A, hb, line 1");
}

#[test]
fn a_recording_without_a_program_says_so_and_a_saved_one_shows_its_own() {
    let rust = Machine::new().run_async(Executor::fifo(1), || async { io(SimDuration::from_millis(1)).await }).trace;
    let mut window = Window::with_blocked_executor(1440.0, 900.0);
    let lesson = window.session(|s| s.runs()[0].trace.clone());
    let folder = tempfile::tempdir().expect("a folder for the test");
    for (name, trace, label) in
        [("rust", &rust, "This recording holds no program"), ("lesson", &lesson, "A, hb, line 3: io(10 ms).await;")]
    {
        let path = folder.path().join(format!("{name}.wkl"));
        trace.save(&path).expect("the temporary directory is writable");
        window.apply(Command::OpenFile(path.clone()));
        window.finish_loading();
        window.harness.get_by_label_contains(label);
    }
}
