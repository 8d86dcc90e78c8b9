//! Small pictures, compared pixel by pixel with those that a person has looked at. `BLESS=1` makes them anew.

use std::path::PathBuf;

use sim_core::instant::SimTime;
use wakeline::session::costs::CostsFrom;
use wakeline::session::knobs::Wanted;
use wakeline::session::settings::{Motion, ThemeChoice};
use wakeline::session::{Command, Origin, Selection, Tab, jobs};

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

/// The same, with something done to it.
fn blocked_with(commands: &[Command]) -> Window {
    let mut window = blocked(false);
    for command in commands {
        window.apply(command.clone());
        window.finish_loading();
    }
    window
}

fn task(window: &Window, run: usize, name: &str) -> Command {
    let found = window.session(|s| s.runs()[run].index.tracks.iter().find(|t| t.name == name).map(|t| t.kind));
    Command::Select(Selection::Track { run, track: found.expect("there is such a row") })
}

#[test]
fn high_contrast_looks_as_it_did() {
    assert_picture("blocked-contrast", &blocked_with(&[Command::SetTheme(ThemeChoice::Contrast)]).picture());
}

#[test]
fn the_inspector_of_a_ready_task_looks_as_it_did() {
    let mut window = blocked(false);
    let select = task(&window, 0, "hb");
    window.apply(select);
    window.apply(Command::ShowTab(Tab::Inspector));
    assert_picture("inspector", &window.picture());
}

#[test]
fn the_program_looks_as_it_did() {
    assert_picture("program", &blocked_with(&[Command::ShowTab(Tab::Program)]).picture());
}

#[test]
fn presenting_looks_as_it_did() {
    assert_picture("presenter", &blocked_with(&[Command::NextStep, Command::Present]).picture());
}

#[test]
fn the_settings_look_as_they_did() {
    assert_picture("settings", &blocked_with(&[Command::ShowSettings]).picture());
}

#[test]
fn the_palette_looks_as_it_did() {
    assert_picture("palette", &blocked_with(&[Command::SetMotion(Motion::Reduced), Command::ShowCommands]).picture());
}

#[test]
fn a_crowd_looks_as_it_did() {
    let mut window = Window::open(900.0, 600.0);
    window.apply(Command::SetTheme(ThemeChoice::Light));
    window.apply(Command::OpenFile(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/crowd.ron")));
    window.finish_loading();
    window.harness.run_steps(30);
    assert_picture("crowd", &window.picture());
}

#[test]
fn what_cannot_be_opened_looks_as_it_did() {
    let file = PathBuf::from("no such scenario.ron");
    let mut window = Window::open(900.0, 600.0);
    window.apply(Command::SetTheme(ThemeChoice::Light));
    window.session(|s| s.start(jobs::job(Wanted::plain(Origin::File(file), None), None, CostsFrom::Scenario)));
    window.finish_loading();
    assert_picture("failed", &window.picture());
}

#[test]
fn a_picture_is_the_same_twice() {
    let (one, other) = (blocked(false).picture(), blocked(false).picture());
    assert_eq!(different_pixels(&one, &other), 0);
}
