//! Every key does what the table says.

use egui_kittest::kittest::Queryable;
use sim_core::instant::SimTime;
use wakeline::session::command::BINDINGS;
use wakeline::session::{Command, Place};

use crate::support::Window;

fn ms(tenths: u64) -> SimTime {
    SimTime::from_nanos(tenths * 100_000)
}

fn blocked() -> Window {
    let mut window = Window::with_blocked_executor(1280.0, 800.0);
    window.press("Home");
    window
}

fn time(window: &Window) -> SimTime {
    window.session(|s| s.cursor().time)
}

#[test]
fn arrows_step_forward_and_back_to_the_same_place() {
    let mut window = blocked();
    let mut places = vec![window.session(|s| s.cursor())];
    for _ in 0..40 {
        window.press("Right");
        places.push(window.session(|s| s.cursor()));
    }
    assert!(places.windows(2).all(|w| w[0].events < w[1].events), "every step goes on");
    for place in places.iter().rev().skip(1) {
        window.press("Ctrl+Left");
        assert_eq!(window.session(|s| s.cursor()), *place);
    }
}

#[test]
fn two_presses_in_one_frame_are_two_steps() {
    let mut window = blocked();
    window.press("Right");
    window.press("Right");
    let twice = window.session(|s| s.cursor());
    window.press("Home");
    window.harness.key_press(egui::Key::ArrowRight);
    window.harness.key_press(egui::Key::ArrowRight);
    window.harness.run_steps(2);
    assert_eq!(window.session(|s| s.cursor()), twice);
}

#[test]
fn f10_goes_from_poll_to_poll_and_on_threads_from_dispatch_to_dispatch() {
    let mut window = blocked();
    for expected in [0, 0, 100, 150, 1_150, 1_252] {
        window.press("F10");
        let at = time(&window).as_nanos() / 100_000;
        assert!(at.abs_diff(expected) <= 1, "a poll at {at}, expected about {expected} tenths of a millisecond");
    }
    window.press("Shift+F10");
    assert!(time(&window).as_nanos() / 100_000 <= 1_151);
    window.press("N");
    window.press("Home");
    window.press("F10");
    window.press("F10");
    window.press("F10");
    assert!(time(&window).as_nanos().abs_diff(ms(100).as_nanos()) < 100_000, "{:?}", time(&window));
}

#[test]
fn home_and_end_go_to_the_ends_of_the_focused_run() {
    let mut window = blocked();
    window.press("End");
    let (end, events) = window.session(|s| (s.focused().map(|r| r.end()), s.focused().map(|r| r.trace.len())));
    assert_eq!(Some(time(&window)), end);
    assert_eq!(Some(window.session(|s| s.cursor().events)), events);
    window.press("Home");
    assert_eq!(window.session(|s| s.cursor().events), 0);
}

#[test]
fn w_and_s_zoom_a_and_d_pan_and_ctrl_z_takes_it_back() {
    let mut window = blocked();
    let whole = window.session(|s| s.view());
    window.press("W");
    let near = window.session(|s| s.view());
    assert!(near.length < whole.length);
    window.press("D");
    let later = window.session(|s| s.view());
    assert!(later.start > near.start && later.length == near.length);
    window.press("Ctrl+Z");
    assert_eq!(window.session(|s| s.view()), near);
    window.press("Ctrl+Z");
    assert_eq!(window.session(|s| s.view()), whole);
    window.press("S");
    assert!(window.session(|s| s.view()).length > whole.length);
    window.press("0");
    assert_eq!(window.session(|s| s.view()), whole);
}

#[test]
fn space_plays_and_pauses() {
    let mut window = blocked();
    window.press("Space");
    assert!(window.session(|s| s.playback().playing));
    window.harness.run_steps(5);
    assert!(time(&window) > SimTime::ZERO);
    window.press("Space");
    let stopped = time(&window);
    window.harness.run_steps(5);
    assert_eq!(time(&window), stopped);
}

#[test]
fn brackets_follow_a_wake_to_its_cause_and_its_effect() {
    let mut window = blocked();
    window.harness.get_by_label_contains("hb of run A").click();
    window.harness.run();
    window.apply(Command::Seek(ms(821)));
    window.press("]");
    assert!(time(&window).as_nanos().abs_diff(ms(1_150).as_nanos()) < 100_000, "the poll: {:?}", time(&window));
    window.press("[");
    assert!(time(&window).as_nanos().abs_diff(ms(201).as_nanos()) < 100_000, "the wake: {:?}", time(&window));
}

#[test]
fn page_keys_go_through_the_lesson() {
    let mut window = Window::with_blocked_executor(1280.0, 800.0);
    let steps = window.session(|s| s.document().map_or(0, |d| d.steps.len()));
    for expected in 1..steps {
        window.press("PageDown");
        assert_eq!(window.session(|s| s.step()), expected);
        let off = time(&window).as_nanos().abs_diff(ms(821).as_nanos());
        assert!(off < 1_000, "the cursor goes to the step's moment: {off} ns off");
    }
    assert_eq!(window.session(|s| s.focus()), 1, "the step speaks of the thread run");
    window.press("PageDown");
    assert_eq!(window.session(|s| s.step()), steps - 1, "the last step stays");
    window.press("PageUp");
    assert_eq!(window.session(|s| s.step()), steps - 2);
}

#[test]
fn a_question_mark_shows_every_key_and_escape_hides_them() {
    let mut window = blocked();
    window.press("?");
    assert!(window.session(|s| s.shows_keys()));
    for binding in BINDINGS.iter().filter(|b| !b.keys.is_empty()) {
        let title = window.session(|s| s.title_of(binding));
        assert!(window.harness.query_all_by_label(&title).count() > 0, "{title} is not listed");
    }
    window.press("Esc");
    assert!(!window.session(|s| s.shows_keys()));
}

#[test]
fn letters_typed_into_a_field_are_no_commands() {
    let mut window = Window::open(1280.0, 800.0);
    let dark = window.session(|s| s.is_dark());
    window.harness.get_by_label("Search scenarios and ideas").focus();
    window.harness.run();
    window.harness.get_by_label("Search scenarios and ideas").type_text("t");
    window.harness.key_press(egui::Key::T);
    window.harness.run();
    assert_eq!(window.session(|s| s.is_dark()), dark);
    assert_eq!(window.session(|s| s.place().clone()), Place::Library);
}

#[test]
fn ctrl_q_leaves() {
    let mut window = blocked();
    window.press("Ctrl+Q");
    assert!(window.session(|s| s.is_quitting()));
}
