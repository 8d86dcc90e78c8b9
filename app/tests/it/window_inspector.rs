//! The inspector: the answer, and where its links lead.

use egui_kittest::kittest::Queryable;
use sim_core::analysis::inspect::Thing;
use sim_core::analysis::track::TrackKind;
use sim_core::instant::SimTime;
use sim_core::trace::{ResourceId, TaskId, WorkerId};
use wakeline::session::{Command, Selection, Tab};

use crate::support::*;

const HB: Selection = Selection::Track { run: 0, track: TrackKind::Task(TaskId(0)) };

fn with_hb(width: f32, height: f32) -> Window {
    let mut window = Window::with_blocked_executor(width, height);
    window.apply(Command::Seek(SimTime::from_nanos(82_100_000)));
    window.apply(Command::Select(HB));
    window
}

fn thing(window: &Window) -> Option<Thing> {
    window.session(|s| s.selection().thing()).map(|(_, thing)| thing)
}

#[test]
fn the_window_answers_why_a_ready_task_is_not_running() {
    let window = with_hb(1440.0, 900.0);
    window.harness.get_by_label("hb, task 0 of run A: Ready");
    window.harness.get_by_label("Ready for 62.0 ms");
    window.harness.get_by_label("Why not running?");
    window.harness.get_by_label(
        "worker 0 is inside hog's poll (since 15.0 ms), which calls a blocking function. Nothing can preempt a poll.",
    );
    window.harness.get_by_label("10 ms – 100 ms: 1");
}

#[test]
fn every_name_in_the_answer_leads_on_and_back_returns() {
    let mut window = with_hb(1440.0, 900.0);
    window.harness.get_by_label("Look at worker 0").click();
    window.harness.run_steps(2);
    assert_eq!(thing(&window), Some(Thing::Track(TrackKind::Worker(WorkerId(0)))));
    window.harness.get_by_label("Polls hog for 67.1 ms");
    window.press("Alt+Left");
    assert_eq!(thing(&window), HB.thing().map(|(_, thing)| thing));
    window.press("Alt+Right");
    assert_eq!(thing(&window), Some(Thing::Track(TrackKind::Worker(WorkerId(0)))));
    window.harness.get_by_label("Back to what was looked at before").click();
    window.harness.run_steps(2);
    assert_eq!(thing(&window), HB.thing().map(|(_, thing)| thing));
}

#[test]
fn a_moment_in_the_answer_moves_the_cursor_there() {
    let mut window = with_hb(1440.0, 900.0);
    window.harness.get_by_label("Go to 15.0 ms").click();
    window.harness.run_steps(2);
    let time = window.session(|s| s.cursor().time);
    assert_eq!(time.as_nanos() / 1_000, 15_000);
    assert_eq!(thing(&window), HB.thing().map(|(_, thing)| thing), "it is still looked at");
}

#[test]
fn a_row_of_the_history_moves_the_cursor_there() {
    let mut window = with_hb(1440.0, 900.0);
    window.harness.get_by_label("Go to 10.1 ms: poll 2 → Pending (I/O)").click();
    window.harness.run_steps(2);
    assert_eq!(window.session(|s| s.cursor().time).as_nanos() / 1_000, 10_100);
}

#[test]
fn a_finding_about_it_is_one_press_away() {
    let mut window = with_hb(1440.0, 900.0);
    window.harness.get_by_label_contains("Go to the finding LongPoll").click();
    window.harness.run_steps(2);
    assert_eq!(window.session(|s| (s.tab(), s.finding().is_some())), (Tab::Findings, true));
}

#[test]
fn a_link_is_reached_and_followed_by_keyboard() {
    let mut window = with_hb(1440.0, 900.0);
    window.harness.get_by_label("Look at worker 0").focus();
    window.harness.run_steps(2);
    window.press("Enter");
    window.harness.run_steps(2);
    assert_eq!(thing(&window), Some(Thing::Track(TrackKind::Worker(WorkerId(0)))));
}

#[test]
fn with_nothing_selected_the_place_says_what_to_do() {
    let mut window = Window::with_blocked_executor(1440.0, 900.0);
    window.apply(Command::ClearSelection);
    window.harness.get_by_label("Nothing is selected");
    window.harness.get_by_label_contains("Look at hog in run B").click();
    window.harness.run_steps(2);
    assert!(matches!(thing(&window), Some(Thing::Track(TrackKind::Thread(_)))));
    assert_eq!(window.session(|s| s.focus()), 1);
    window.apply(Command::ClearSelection);
    window.press("Alt+Left");
    assert!(matches!(thing(&window), Some(Thing::Track(TrackKind::Thread(_)))), "back shows it again");
}

#[test]
fn a_lock_has_no_row_and_is_reached_by_its_link() {
    let mut window = Window::open(1440.0, 900.0);
    window.apply(Command::OpenScenario("two-deadlocks".to_owned()));
    window.finish_loading();
    window.apply(Command::ToEnd);
    window.apply(Command::Select(HB));
    window.harness.get_by_label("Pending for ever");
    window.harness.get_all_by_label("Look at y").next().expect("the answer names the lock").click();
    window.harness.run_steps(2);
    assert_eq!(thing(&window), Some(Thing::Resource(ResourceId(1))));
    window.harness.get_by_label_contains("y, lock of run A: Held");
}

#[test]
fn in_a_narrow_window_the_inspector_is_a_tab_with_all_of_it_side_by_side() {
    let mut window = with_hb(1024.0, 768.0);
    window.apply(Command::ShowTab(Tab::Inspector));
    window.harness.get_by_label("Ready for 62.0 ms");
    window.harness.get_by_label("place 1 of 1, behind nobody");
    window.harness.get_by_label("Go to 20.1 ms: woken by I/O → Ready");
}
