//! Small pictures, compared pixel by pixel with those that a person has looked at. `BLESS=1` makes them anew.

use sim_core::instant::SimTime;
use wakeline::session::Command;
use wakeline::session::settings::ThemeChoice;

use crate::support::{Window, assert_picture, different_pixels};

fn blocked(dark: bool) -> Window {
    let mut window = Window::with_blocked_executor(900.0, 600.0);
    let theme = if dark { ThemeChoice::Dark } else { ThemeChoice::Light };
    window.apply(Command::SetTheme(theme));
    window.apply(Command::Seek(SimTime::from_nanos(82_100_000)));
    window
}

#[test]
fn the_blocked_executor_looks_as_it_did_in_light() {
    assert_picture("blocked-light", &blocked(false).picture());
}

#[test]
fn the_blocked_executor_looks_as_it_did_in_dark() {
    assert_picture("blocked-dark", &blocked(true).picture());
}

#[test]
fn a_picture_is_the_same_twice() {
    let (one, other) = (blocked(false).picture(), blocked(false).picture());
    assert_eq!(different_pixels(&one, &other), 0);
}
