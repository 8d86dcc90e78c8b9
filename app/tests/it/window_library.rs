//! The start screen, used by label and key.

use std::path::PathBuf;
use std::sync::Arc;

use egui::accesskit::Role;
use egui_kittest::kittest::{By, NodeT, Queryable};
use wakeline::session::progress::{Progress, Status};
use wakeline::session::{Command, Origin, Place, jobs};

use crate::support::{Dropped, Window, assert_picture};

fn library() -> Window {
    Window::open(1280.0, 800.0)
}

fn open_id(window: &Window) -> Option<String> {
    window.session(|s| match s.document().map(|d| d.origin.clone()) {
        Some(Origin::Library(id)) if *s.place() == Place::Open => Some(id),
        _ => None,
    })
}

fn file_of_the_tests() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/blocked.ron")
}

#[test]
fn a_card_opens_its_scenario_and_says_afterwards_how_far_one_is() {
    // So high that the card is in sight.
    let mut window = Window::open(1280.0, 1200.0);
    window.harness.get_by_label_contains("Life of a future").click();
    window.harness.run_steps(2);
    window.finish_loading();
    assert_eq!(open_id(&window).as_deref(), Some("poll-wake-poll"));
    window.press("PageDown");
    window.press("L");
    let steps = window.session(|s| s.document().map_or(0, |d| d.steps.len()));
    window.harness.get_by_label_contains(&format!("step 2 of {steps}, number 7"));
    assert_eq!(window.session(|s| s.progress().status("poll-wake-poll")), Status::At { step: 2, of: steps });
    window.harness.get_by_label("Resume step 2").click();
    window.harness.run_steps(2);
    assert_eq!((open_id(&window).as_deref(), window.session(|s| s.step())), (Some("poll-wake-poll"), 1));
}

#[test]
fn what_was_open_when_the_program_ended_is_resumed_at_its_step() {
    let kept = {
        let mut window = library();
        window.apply(Command::OpenScenario("poll-wake-poll".into()));
        window.finish_loading();
        window.press("PageDown");
        window.press("PageDown");
        window.session(|s| s.progress().to_text())
    };
    let mut window = library();
    window.session(|s| s.set_progress(Progress::from_text(&kept).expect("it was written by this program")));
    window.harness.run();
    window.harness.get_by_label("Resume step 3").click();
    window.harness.run_steps(2);
    window.finish_loading();
    window.finish_loading();
    assert_eq!((open_id(&window).as_deref(), window.session(|s| s.step())), (Some("poll-wake-poll"), 2));
}

#[test]
fn after_a_lesson_that_is_done_the_next_one_is_offered_even_from_one_of_its_steps() {
    let mut window = library();
    window.apply(Command::OpenScenario("poll-wake-poll".into()));
    window.finish_loading();
    let steps = window.session(|s| s.document().map_or(0, |d| d.steps.len()));
    for step in (0..steps).chain([1]) {
        window.apply(Command::GoToStep(step));
        window.finish_loading();
    }
    window.press("L");
    window.harness.run();
    assert_eq!(window.session(|s| s.progress().status("poll-wake-poll")), Status::Done);
    assert!(window.harness.query_by_label("Resume step 2").is_none(), "it is done");
    let lessons = jobs::library();
    let place = lessons.iter().position(|l| l.id == "poll-wake-poll").expect("it is in the library");
    window.harness.get_by_label_contains(&format!("Next lesson: {}", lessons[place + 1].title));
    window.harness.get_by_label("Start").click();
    window.harness.run_steps(2);
    window.finish_loading();
    assert_eq!(open_id(&window).as_deref(), Some(lessons[place + 1].id.as_str()));
}

#[test]
fn a_search_shows_what_was_found_where_and_enter_opens_the_first() {
    let mut window = library();
    window.press("Ctrl+P");
    window.harness.get_by_label("Search scenarios and ideas").type_text("LongPoll");
    window.harness.run();
    window.harness.get_by_label_contains("Blocked executor: ");
    assert!(window.harness.query_by_label("Start").is_none(), "only what was found is shown");
    window.press("Enter");
    window.finish_loading();
    assert_eq!(open_id(&window).as_deref(), Some("blocked-executor"));
}

#[test]
fn a_search_that_finds_nothing_says_so_and_leads_back() {
    let mut window = library();
    window.press("Ctrl+P");
    window.harness.get_by_label("Search scenarios and ideas").type_text("zebra");
    window.harness.run();
    window.harness.get_by_label_contains("No scenario speaks of “zebra”");
    window.harness.get_by_label("Show all scenarios").click();
    window.harness.run();
    window.harness.get_by_label("Start");
}

#[test]
fn the_keyboard_reaches_every_card_and_arrows_go_from_card_to_card() {
    let mut window = library();
    window.press("Ctrl+P");
    window.press("ArrowDown");
    let card = |window: &Window| {
        let focused = window.harness.query_all(By::new().role(Role::Button)).find(|node| node.is_focused());
        focused.and_then(|node| node.accesskit_node().label())
    };
    assert!(card(&window).is_some_and(|said| said.starts_with("Working or waiting?")), "{:?}", card(&window));
    window.press("ArrowRight");
    assert!(card(&window).is_some_and(|said| said.starts_with("The waiter")), "{:?}", card(&window));
    let mut seen = Vec::new();
    for _ in 0..60 {
        window.press("Tab");
        seen.extend(card(&window));
    }
    for entry in jobs::library() {
        assert!(seen.iter().any(|said| said.starts_with(&entry.title)), "{} is reached: {seen:?}", entry.title);
    }
    window.harness.get_by_label_contains("Life of a future").focus();
    window.press("Enter");
    window.finish_loading();
    assert_eq!(open_id(&window).as_deref(), Some("poll-wake-poll"));
    window.press("L");
    window.harness.run();
    assert!(card(&window).is_some_and(|said| said.starts_with("Life of a future")), "{:?}", card(&window));
}

#[test]
fn a_part_of_the_sidebar_brings_its_cards_into_sight() {
    let mut window = library();
    let rect = |window: &Window| window.harness.get_by_label_contains("Part G, Coordination").rect();
    assert!(rect(&window).top() > 800.0, "it is below what can be seen");
    window.harness.get_by_label_contains("G Coordination, ").click();
    window.harness.run_steps(60);
    assert!(rect(&window).bottom() < 780.0, "{:?}", rect(&window));
    window.harness.get_by_label_contains("All scenarios, ").click();
    window.harness.run_steps(60);
    assert!(window.harness.get_by_label("Start").rect().top() > 60.0);
}

#[test]
fn without_a_window_to_choose_a_file_there_is_a_field_for_its_path() {
    let mut window = library();
    window.press("Ctrl+O");
    window.harness.run();
    let path = file_of_the_tests();
    window.harness.get_by_label("Path of a scenario or recorded run").type_text(path.to_str().expect("a plain path"));
    window.harness.run();
    window.press("Enter");
    window.finish_loading();
    assert_eq!(window.session(|s| s.document().map(|d| d.origin.clone())), Some(Origin::File(path)));
    window.press("L");
    window.harness.get_by_label("blocked.ron, scenario");
}

#[test]
fn a_recent_file_opens_again_and_one_that_is_gone_can_be_removed() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("gone.ron");
    std::fs::copy(file_of_the_tests(), &path).expect("the file can be copied");
    let mut window = library();
    window.apply(Command::OpenFile(path.clone()));
    window.finish_loading();
    std::fs::remove_file(&path).expect("the file can be removed");
    window.press("L");
    window.apply(Command::OpenScenario("poll-wake-poll".into()));
    window.finish_loading();
    window.press("L");
    window.harness.get_by_label_contains("gone.ron, scenario").click();
    window.harness.run_steps(2);
    window.finish_loading();
    assert!(matches!(window.session(|s| s.place().clone()), Place::Failed(_)));
    window.harness.get_by_label("Remove it from the recent files").click();
    window.harness.run();
    assert_eq!(window.session(|s| s.place().clone()), Place::Library);
    assert!(window.harness.query_by_label_contains("gone.ron").is_none());
}

#[test]
fn a_recorded_run_says_how_many_events_it_has() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("run.wkl");
    let mut window = library();
    window.apply(Command::OpenScenario("poll-wake-poll".into()));
    window.finish_loading();
    let events = window.session(|s| {
        s.runs()[0].trace.save(&path).expect("the run can be saved");
        s.runs()[0].trace.len()
    });
    window.apply(Command::OpenFile(path));
    window.finish_loading();
    window.press("L");
    window.harness.get_by_label(&format!("run.wkl, recorded run, {events} events"));
}

#[test]
fn a_new_scenario_is_written_once_and_opened() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("mine.ron");
    let mut window = library();
    let ask = |window: &mut Window| {
        window.press("Ctrl+N");
        window.harness.run();
        window.harness.get_by_label("Path of the new scenario").focus();
        window.press("Ctrl+A");
        window.harness.get_by_label("Path of the new scenario").type_text(path.to_str().expect("a plain path"));
        window.harness.run();
        window.harness.get_by_label("Create and open").click();
        window.harness.run_steps(2);
        window.finish_loading();
    };
    ask(&mut window);
    assert_eq!(window.session(|s| s.document().map(|d| d.title.clone())).as_deref(), Some("Mine"));
    assert_eq!(window.session(|s| (s.place().clone(), s.runs().len())), (Place::Open, 2));
    ask(&mut window);
    assert_eq!(window.session(|s| s.place().clone()), Place::Library, "the second time nothing is opened");
    window.harness.get_by_label("Path of the new scenario");
    window.harness.get_by_label("Cancel").click();
    window.harness.run();
    assert!(window.harness.query_by_label("Path of the new scenario").is_none());
}

#[test]
fn a_file_that_is_held_over_the_window_says_what_dropping_it_does_and_is_opened() {
    let (mut window, path) = (library(), file_of_the_tests());
    let held = egui::HoveredFile { path: Some(path.clone()), ..egui::HoveredFile::default() };
    window.harness.input_mut().hovered_files = vec![held];
    window.harness.run_steps(2);
    window.harness.get_by_label("Drop to open the scenario blocked.ron");
    window.harness.input_mut().hovered_files.clear();
    window.harness.input_mut().dropped_files = vec![Arc::new(Dropped(path.clone()))];
    window.harness.run_steps(2);
    window.finish_loading();
    assert_eq!(window.session(|s| s.document().map(|d| d.origin.clone())), Some(Origin::File(path)));
}

#[test]
fn a_dropped_file_that_is_no_scenario_says_what_is_wrong_and_where() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("wrong.ron");
    std::fs::write(&path, "(\n    schema: 1,\n    idd: \"x\",\n)").expect("the file can be written");
    let mut window = library();
    window.harness.input_mut().dropped_files = vec![Arc::new(Dropped(path))];
    window.harness.run_steps(2);
    window.finish_loading();
    window.harness.get_by_label_contains("wrong.ron:3:5");
}

#[test]
fn the_start_screen_looks_as_it_did() {
    let mut window = Window::open(1100.0, 640.0);
    window.finish_thumbnails();
    assert_picture("library-light", &window.picture());
}

#[test]
fn the_start_screen_can_be_shown_at_every_size() {
    for (width, height) in [(640.0, 400.0), (860.0, 500.0), (1024.0, 768.0), (1920.0, 1080.0)] {
        let mut window = Window::open(width, height);
        window.apply(Command::SwitchTheme);
        window.press("Ctrl+O");
        window.press("Ctrl+N");
        window.harness.run();
    }
}

#[test]
fn a_system_that_never_answers_which_file_leaves_the_path_field() {
    let mut window = library();
    let (_never, answer) = crossbeam_channel::bounded::<()>(0);
    window.set_chooser(Arc::new(move || {
        let _ = answer.recv();
        None
    }));
    let field = |window: &Window| window.harness.query_by_label("Path of a scenario or recorded run").is_some();
    window.press("Ctrl+O");
    window.harness.run_steps(4);
    assert!(!field(&window), "the system has a window for that, as far as is known");
    window.press("Ctrl+O");
    window.harness.run_steps(4);
    assert!(field(&window));
    window.harness.get_by_label_contains("If there is none, write the path here.");
}
