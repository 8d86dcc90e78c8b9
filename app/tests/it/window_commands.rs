//! Every command of the table does something, by its key and by its name in the palette.

use egui::Event;
use wakeline::session::command::{BINDINGS, Binding, Command, Group};
use wakeline::session::settings::{CostsChoice, Motion, ThemeChoice};
use wakeline::session::span_of_time::DragMeans;

use crate::support::Window;

/// What has to be pressed before a command has anything to do.
fn before(command: &Command) -> &'static [&'static str] {
    use Command as C;
    match command {
        C::StepBack | C::PollBack | C::ToStart | C::PreviousSpan => &["End"],
        C::NextFinding | C::PollForward | C::NextSpan => &["Home"],
        C::PreviousFinding => &["End"],
        C::ClearBreakpoints => &["F9"],
        C::PreviousStep => &["PageDown", "PageDown"],
        C::Predict(_) | C::Reveal => &["PageDown", "PageDown", "PageDown"],
        C::CentreThenFit | C::Fit | C::UndoView => &["W", "W"],
        C::PanLeft | C::PanRight => &["W", "W", "W"],
        C::PreviousMark => &["Home", "M", "End"],
        C::NextMark => &["End", "M", "Home"],
        C::LookBack => &["N", "Down"],
        C::BlackOut => &["Shift+P"],
        _ => &[],
    }
}

/// The window in the middle of a run, with a row selected, ready for the command.
fn ready_for(command: &Command) -> Window {
    let mut window = Window::with_blocked_executor(1280.0, 800.0);
    if matches!(command, Command::Predict(_) | Command::Reveal) {
        window.apply(Command::OpenScenario("blocked-executor".to_owned()));
        window.finish_loading();
    }
    window.press("F10");
    let track = |w: &Window, name: &str| {
        w.session(|s| s.runs()[0].index.tracks.iter().find(|t| t.name == name).map(|t| t.kind)).expect("it has a row")
    };
    for name in ["hog", "hb"] {
        let track = track(&window, name);
        window.apply(Command::Select(wakeline::session::Selection::Track { run: 0, track }));
    }
    window.apply(Command::Seek(sim_core::instant::SimTime::from_nanos(82_100_000)));
    for key in before(command) {
        window.press(key);
    }
    match command {
        Command::LookForward => window.apply(Command::LookBack),
        Command::AsInLesson => {
            window.apply(Command::AnotherWorld);
            window.finish_loading();
        }
        Command::WakeEffect => window.apply(Command::WakeCause),
        Command::SetTheme(ThemeChoice::System) => window.apply(Command::SetTheme(ThemeChoice::Dark)),
        Command::SetMotion(Motion::Full) => window.apply(Command::SetMotion(Motion::Reduced)),
        Command::SetDragMeans(DragMeans::Select) => window.apply(Command::SetDragMeans(DragMeans::Pan)),
        Command::SetCosts(CostsChoice::Scenario) => window.apply(Command::SetCosts(CostsChoice::Cited)),
        Command::ScaleUsual | Command::ResetSettings => window.apply(Command::ScaleUp),
        Command::DismissNotice => window.session(|s| s.notice("Something to say.".to_owned())),
        Command::Resume => window.apply(Command::ShowLibrary),
        _ => {}
    }
    window
}

/// Everything that a command could change.
fn state(window: &Window) -> String {
    window.session(|s| {
        let place = (s.place(), s.focus(), s.cursor(), s.view(), s.selection(), s.selected_time(), s.step(), s.tab());
        let shown = (s.overlay(), s.notices().to_vec(), s.presenting(), s.is_wide(), s.is_following(), s.is_quitting());
        let play = (s.playback().playing, s.playback().speed, (s.answer(), s.veil()), s.breakpoints().to_vec());
        let kept = (s.settings().clone(), s.marks().to_vec(), s.looked().latest(1), s.search_asked());
        let selected = s.selected_track().map(|(run, track)| (run, track.kind));
        let pinned = |n: usize| selected.is_some_and(|(run, kind)| run == n && s.runs()[n].rows.is_pinned(kind));
        let rows: Vec<_> = s.runs().iter().enumerate().collect();
        let rows: Vec<_> =
            rows.iter().map(|(n, r)| (r.rows.revision(), r.rows.is_collapsed(), r.rows.sort(), pinned(*n))).collect();
        let home = (s.asked(), s.wanted().sets.clone(), s.is_loading());
        format!("{place:?} {shown:?} {play:?} {kept:?} {rows:?} {home:?}")
    })
}

/// What has nothing to do here: there is no file dialog, what is complete cannot be stopped, a few tasks are no crowd,
/// and the question has three answers.
fn leaves_all_as_it_is(command: &Command) -> bool {
    use Command as C;
    matches!(command, C::CancelLoading | C::ChooseFile | C::FindScenario | C::FoldFocusedCrowd | C::Predict(3))
}

fn of_group(group: Group) -> impl Iterator<Item = &'static Binding> {
    BINDINGS.iter().filter(move |b| b.group == group && !leaves_all_as_it_is(&b.command))
}

fn check_keys(group: Group) {
    let mut idle = Vec::new();
    for binding in of_group(group).filter(|b| !b.keys.is_empty()) {
        let mut window = ready_for(&binding.command);
        let before = state(&window);
        window.press(binding.keys[0]);
        if state(&window) == before {
            idle.push(format!("{} by {}", binding.title, binding.keys[0]));
        }
    }
    assert!(idle.is_empty(), "these keys do nothing: {idle:#?}");
}

fn check_names(group: Group) {
    let mut idle = Vec::new();
    for binding in of_group(group) {
        let mut window = ready_for(&binding.command);
        let before = state(&window);
        window.apply(Command::ShowCommands);
        window.harness.event(Event::Text(binding.title.to_owned()));
        window.harness.run_steps(3);
        window.press("Enter");
        if matches!(binding.command, Command::ShowCommands) {
            continue;
        }
        if state(&window) == before {
            idle.push(binding.title);
        }
    }
    assert!(idle.is_empty(), "these do nothing from the palette: {idle:#?}");
}

#[test]
fn every_key_that_steps_or_plays_does_something() {
    check_keys(Group::Step);
}

#[test]
fn every_key_of_the_view_does_something() {
    check_keys(Group::View);
}

#[test]
fn every_key_that_selects_or_follows_does_something() {
    check_keys(Group::Select);
}

#[test]
fn every_key_of_the_window_does_something() {
    check_keys(Group::Window);
}

#[test]
fn every_step_and_view_is_in_the_palette_and_does_something() {
    check_names(Group::Step);
    check_names(Group::View);
}

#[test]
fn every_way_to_select_is_in_the_palette_and_does_something() {
    check_names(Group::Select);
}

#[test]
fn everything_about_the_window_is_in_the_palette_and_does_something() {
    check_names(Group::Window);
}
