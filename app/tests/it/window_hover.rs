//! Everything on the timeline says what it is when the pointer rests on it, beside the thing and within the window.

use egui::{Pos2, Rect, pos2, vec2};
use egui_kittest::kittest::Queryable;
use wakeline::session::Command;

use crate::support::Window;

/// The tests' scenario with the first 130 ms in view.
fn blocked(width: f32, height: f32) -> Window {
    let mut window = Window::with_blocked_executor(width, height);
    window.session(|s| {
        s.apply(Command::ClearSelection);
        s.apply(Command::ShowRange { from: 0.0, to: 130e6 });
    });
    window.harness.run_steps(8);
    window
}

/// A place in a row, and the row from top to bottom around it.
fn place(window: &Window, row: &str, ms: f32) -> (Pos2, Rect) {
    let rows = window.harness.get_by_label("Timeline").rect();
    let row = window.harness.get_by_label_contains(row).rect();
    let at = pos2(rows.left() + ms / 130.0 * rows.width(), row.center().y);
    (at, Rect::from_x_y_ranges(at.x - 4.0..=at.x + 4.0, row.y_range()))
}

fn rest(window: &mut Window, at: Pos2) {
    window.harness.hover_at(at - vec2(1.0, 0.0));
    window.harness.run_steps(2);
    window.harness.hover_at(at);
    window.harness.run_steps(8);
}

/// What is said stands beside `thing`, in the window.
fn assert_said(window: &Window, words: &str, thing: Rect) {
    let said = window.harness.get_by_label_contains(words).rect();
    assert!(!said.intersects(thing.shrink(0.5)), "{words:?} at {said} covers {thing}");
    let screen = window.harness.ctx.content_rect();
    assert!(screen.contains_rect(said), "{words:?} at {said} leaves {screen}");
}

#[test]
fn every_thing_in_a_row_is_named_beside_it() {
    let mut window = blocked(1280.0, 800.0);
    for (row, ms, words) in [
        ("core 0 of run A", 60.0, "core 0: idle"),
        ("worker 0 of run A", 60.0, "worker 0: hog, inside block"),
        ("I/O of run A", 5.0, "I/O: 2 requests at once"),
        ("I/O of run A", 18.0, "works on request 2, of hb"),
        ("I/O of run A", 80.0, "I/O: no request"),
        ("hb of run A", 60.0, "hb: Ready: wants to be polled"),
        ("hog of run A", 125.0, "hog: Completed"),
        ("ready queue of run A", 60.0, "ready queue: 1 waiting"),
        ("hog of run B", 60.0, "hog: Blocked, waits for blocking call"),
    ] {
        let (at, thing) = place(&window, row, ms);
        rest(&mut window, at);
        assert_said(&window, words, thing);
    }
}

#[test]
fn a_context_switch_says_who_gets_the_core() {
    let mut window = blocked(1280.0, 800.0);
    let (at, thing) = place(&window, "core 0 of run A", 115.0);
    rest(&mut window, pos2(at.x, thing.top() + 3.0));
    assert_said(&window, "Context switch", thing);
    window.harness.get_by_label_contains("115.000 ms: worker 0 gets core 0");
}

#[test]
fn only_the_selected_row_names_the_keys_that_act_on_it() {
    let mut window = blocked(1280.0, 800.0);
    let name = window.harness.get_by_label_contains("hb of run A").rect();
    let upper = pos2(name.left() + 6.0, name.top() + 4.0);
    let lower = pos2(name.left() + 6.0, name.bottom() - 4.0);
    window.harness.get_by_label_contains("hog of run A").click();
    window.harness.run();
    rest(&mut window, lower);
    let said = |window: &Window, words: &str| window.harness.query_by_label_contains(words).is_some();
    assert!(said(&window, "\nStop here when running on"));
    assert!(!said(&window, "running on (F9)"), "the key is for hog");
    window.harness.get_by_label_contains("hb of run A").click();
    window.harness.run();
    rest(&mut window, lower);
    assert!(said(&window, "running on (F9)"));
    rest(&mut window, upper);
    assert!(said(&window, "Pin this row above the others (P)"));
}

#[test]
fn the_axis_the_minimap_and_marks_say_their_time() {
    let mut window = blocked(1280.0, 800.0);
    let axis = window.harness.get_by_label_contains("Time axis").rect();
    rest(&mut window, axis.right_center() - vec2(2.0, 0.0));
    assert_said(&window, "Click or drag: move the cursor", axis);
    let strip = window.harness.get_by_label_contains("Whole run. In view").rect();
    rest(&mut window, strip.right_center() - vec2(20.0, 0.0));
    assert_said(&window, "Drag: show this stretch", strip);
    rest(&mut window, strip.center());
    assert_said(&window, "Drag: move what is in view", strip);
    window.press("M");
    let flag = window.harness.get_by_label_contains("mark 1, at").rect();
    rest(&mut window, flag.center());
    assert_said(&window, "M removes it", flag);
}

#[test]
fn in_a_small_window_nothing_said_leaves_it() {
    let mut window = blocked(640.0, 480.0);
    let rows = window.harness.get_by_label("Timeline").rect();
    for at in [
        rows.right_bottom() - vec2(4.0, 12.0),
        rows.left_bottom() + vec2(4.0, -12.0),
        rows.right_top() + vec2(-4.0, 40.0),
    ] {
        rest(&mut window, at);
        let said = window.harness.query_all_by_label_contains(" ms").map(|node| node.rect()).collect::<Vec<_>>();
        let screen = window.harness.ctx.content_rect();
        assert!(said.iter().all(|rect| screen.expand(1.0).contains_rect(*rect)), "at {at}: {said:?}");
    }
}
