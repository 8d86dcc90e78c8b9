//! The window at every size: what is shown has room, and nothing runs into anything else.

use egui::Rect;
use egui_kittest::kittest::Queryable;
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
