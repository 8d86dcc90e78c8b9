//! The settings, the palette, notices, and the lesson before an audience.

use egui_kittest::kittest::{NodeT, Queryable};
use sim_core::Costs;
use sim_core::instant::SimTime;
use sim_core::scenario::profile;
use wakeline::session::settings::{CostsChoice, Motion, ThemeChoice, UiScale};
use wakeline::session::{Command, Keymap, Overlay, Place, Selection, Tab};

use crate::support::Window;

fn blocked() -> Window {
    Window::with_blocked_executor(1280.0, 800.0)
}

fn choose(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).click();
    window.harness.run_steps(4);
}

/// Waits for what was started; how many frames it takes until all stands still is not asked.
fn finish(window: &mut Window) {
    window.session(wakeline::session::Session::finish_loading);
    window.harness.run_steps(8);
}

#[test]
fn every_setting_is_chosen_by_its_name_and_takes_effect_at_once() {
    let mut window = blocked();
    window.press("Ctrl+,");
    assert_eq!(window.session(|s| s.overlay()), Overlay::Settings);
    choose(&mut window, "Theme: High contrast, dark");
    assert_eq!(window.session(|s| s.theme()), ThemeChoice::ContrastDark);
    choose(&mut window, "Motion: Reduced");
    assert_eq!(window.session(|s| s.settings().motion), Motion::Reduced);
    choose(&mut window, "Dragging the rows: Pans");
    choose(&mut window, "Larger");
    assert_eq!(window.session(|s| s.settings().scale), UiScale::percent(110));
    assert!((window.harness.ctx.zoom_factor() - 1.1).abs() < 1e-6);
    choose(&mut window, "Reset all settings");
    assert_eq!(window.session(|s| s.settings().clone()), Default::default());
    window.press("Esc");
    assert_eq!(window.session(|s| s.overlay()), Overlay::Nothing);
}

#[test]
fn other_costs_run_it_again_and_the_cursor_stays() {
    let mut window = blocked();
    window.apply(Command::Seek(SimTime::from_nanos(50_000_000)));
    let end = window.session(|s| s.end());
    window.press("Ctrl+,");
    choose(&mut window, "Costs: Cited");
    finish(&mut window);
    assert!(window.session(|s| s.end()) > end, "what costs more takes longer");
    assert_eq!(window.session(|s| s.cursor().time), SimTime::from_nanos(50_000_000));
}

#[test]
fn a_cost_profile_is_chosen_by_its_path() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let file = folder.path().join("mine.ron");
    let mine = Costs { name: "mine".to_owned(), ..Costs::cited() };
    std::fs::write(&file, profile::write(&mine)).unwrap();
    let mut window = blocked();
    window.press("Ctrl+,");
    let field = |window: &Window| window.harness.get_by_label("Cost profile file").accesskit_node().bounding_box();
    assert!(field(&window).is_some());
    window.harness.get_by_label("Cost profile file").click();
    window.harness.run_steps(2);
    window.harness.get_by_label("Cost profile file").type_text(file.to_str().expect("a path that is text"));
    window.harness.run_steps(2);
    choose(&mut window, "Use");
    finish(&mut window);
    assert_eq!(window.session(|s| s.costs_used().map(str::to_owned)).as_deref(), Some("mine"));
    assert_eq!(window.session(|s| s.settings().costs.clone()), CostsChoice::File(file));
    assert!(window.session(|s| s.is_changed()));
    choose(&mut window, "Costs: Scenario's own");
    finish(&mut window);
    choose(&mut window, "Use");
    finish(&mut window);
    window.harness.get_by_label("Costs: mine.ron");
}

#[test]
fn keys_make_everything_larger_and_smaller_within_limits() {
    let mut window = blocked();
    for _ in 0..15 {
        window.press("Ctrl+Plus");
    }
    assert_eq!(window.session(|s| s.settings().scale), UiScale::percent(200));
    window.press("Ctrl+0");
    window.press("Ctrl+Minus");
    assert_eq!(window.session(|s| s.settings().scale), UiScale::percent(90));
}

#[test]
fn every_look_at_twice_the_size_in_a_small_window_can_be_shown() {
    let mut window = Window::with_blocked_executor(1024.0, 768.0);
    window.apply(Command::SetScale(UiScale::percent(200)));
    for theme in ThemeChoice::ALL {
        window.apply(Command::SetTheme(theme));
        for key in ["Ctrl+,", "Esc", "Ctrl+P", "Esc", "?", "Esc", "Shift+P", "PageDown", "Esc"] {
            window.press(key);
        }
    }
}

#[test]
fn the_palette_finds_a_command_and_does_it() {
    let mut window = blocked();
    let before = window.session(|s| s.view());
    window.press("Ctrl+Shift+P");
    window.harness.run();
    window.harness.get_by_label("A command: type a few letters of it").type_text("zoom in");
    window.harness.run();
    window.press("Enter");
    assert!(window.session(|s| s.view()).length < before.length);
    assert_eq!(window.session(|s| s.overlay()), Overlay::Nothing);
    window.press("Ctrl+Shift+P");
    window.harness.get_by_label("Zoom in, ZoomIn");
    window.press("Enter");
    assert!(window.session(|s| s.view()).length < before.length / 2.0, "what was chosen lately stands first");
}

#[test]
fn the_palette_goes_to_a_task_with_arrows_and_to_a_scenario() {
    let mut window = blocked();
    window.press("Ctrl+P");
    window.harness.run();
    let field = "A task, thread, finding or scenario; a time like 82.1 ms; an event like #59";
    window.harness.get_by_label(field).type_text("hog");
    window.harness.run();
    window.press("Down");
    window.press("Enter");
    assert!(matches!(window.session(|s| s.selection()), Selection::Track { run: 1, .. }), "the second of its name");
    window.press("Ctrl+P");
    window.harness.run();
    window.harness.get_by_label(field).type_text("82.1 ms");
    window.harness.run();
    window.press("Enter");
    assert_eq!(window.session(|s| s.cursor().time), SimTime::from_nanos(82_100_000));
    window.press("Ctrl+P");
    window.harness.run();
    window.harness.get_by_label(field).type_text("two deadlocks");
    window.harness.run();
    window.press("Enter");
    finish(&mut window);
    assert_eq!(window.session(|s| s.document().map(|d| d.title.clone())).as_deref(), Some("Two deadlocks"));
}

#[test]
fn whoever_looks_for_a_command_among_the_places_finds_it() {
    let mut window = blocked();
    window.press("Ctrl+P");
    window.harness.run();
    let field = "A task, thread, finding or scenario; a time like 82.1 ms; an event like #59";
    window.harness.get_by_label(field).type_text("sweep: each");
    window.harness.run();
    window.press("Enter");
    assert_eq!((window.session(|s| s.overlay()), window.session(|s| s.tab())), (Overlay::Nothing, Tab::Sweep));
}

#[test]
fn letters_in_the_palette_are_no_commands_and_escape_closes_it() {
    let mut window = blocked();
    let before = window.session(|s| (s.view(), s.cursor(), s.theme()));
    window.press("Ctrl+P");
    window.harness.run();
    for key in ["W", "T", "Space", "Home", "Left", "."] {
        window.press(key);
    }
    window.press("Esc");
    assert_eq!(window.session(|s| s.overlay()), Overlay::Nothing);
    assert_eq!(window.session(|s| (s.view(), s.cursor(), s.theme())), before);
}

#[test]
fn a_notice_stays_until_it_is_closed() {
    let mut window = blocked();
    window.session(|s| s.notice("The settings cannot be read.".into()));
    window.harness.run();
    window.harness.get_by_label("The settings cannot be read.");
    choose(&mut window, "Close");
    assert!(window.session(|s| s.notices().is_empty()));
}

#[test]
fn keys_of_ones_own_work_and_are_in_the_list() {
    let mut window = blocked();
    let wishes = [("StepForward".to_owned(), vec!["K".to_owned()])].into();
    window.session(|s| s.set_keymap(Keymap::with(&wishes, |_| true).0));
    window.press("Home");
    window.press("Right");
    assert_eq!(window.session(|s| s.cursor().events), 0);
    window.press("K");
    assert!(window.session(|s| s.cursor().events) > 0);
    window.press("?");
    window.harness.get_by_label_contains("keys.ron");
}

#[test]
fn a_clicker_presents_the_lesson() {
    let mut window = Window::with_blocked_executor(1024.0, 768.0);
    window.press("Shift+P");
    window.harness.run();
    assert!(window.session(|s| s.presenting().is_on()));
    assert!(window.harness.ctx.zoom_factor() > 1.3, "everything is larger");
    assert!(window.harness.query_by_label("Events").is_none(), "no dock");
    window.harness.get_by_label_contains("step 1 of");
    window.press("PageDown");
    assert_eq!(window.session(|s| s.step()), 1);
    let time = window.session(|s| s.cursor().time);
    window.press("F5");
    assert_eq!(window.session(|s| s.cursor().time), time, "F5 does not run on");
    for black in ["B", "."] {
        window.press(black);
        window.harness.get_by_label_contains("The screen is black");
        window.press("Right");
        assert_eq!(window.session(|s| s.cursor().time), time, "nothing moves behind a black screen");
        window.press(black);
        assert!(window.harness.query_by_label_contains("The screen is black").is_none());
    }
    window.press("Esc");
    assert!(!window.session(|s| s.presenting().is_on()));
    assert!((window.harness.ctx.zoom_factor() - 1.0).abs() < 1e-6);
    window.press("F5");
    assert!(window.session(|s| s.presenting().is_on()), "the same key of a clicker begins again");
    window.press("Esc");
    window.press("Home");
    window.press("F5");
    assert!(!window.session(|s| s.presenting().is_on()), "later, F5 runs on");
}

#[test]
fn a_pan_ends_following_and_playing_begins_it_again() {
    let mut window = blocked();
    window.press("Home");
    window.press("Space");
    assert!(window.session(|s| s.is_following()));
    window.press("D");
    assert!(!window.session(|s| s.is_following()));
    let view = window.session(|s| s.view());
    window.harness.run_steps(20);
    assert_eq!(window.session(|s| s.view()), view, "the view stays");
    choose_paused(&mut window);
    window.harness.get_by_label("Follow the cursor while playing").click();
    window.harness.run();
    assert!(window.session(|s| s.is_following()));
}

fn choose_paused(window: &mut Window) {
    window.press("Space");
    assert!(!window.session(|s| s.playback().playing));
}

#[test]
fn f9_sets_a_breakpoint_and_f5_runs_to_it_both_ways() {
    let mut window = blocked();
    window.harness.get_by_label_contains("hog of run A").click();
    window.harness.run();
    window.press("Home");
    window.press("F9");
    assert_eq!(window.session(|s| s.breakpoints().len()), 1);
    let mut times = Vec::new();
    for _ in 0..2 {
        window.press("F5");
        times.push(window.session(|s| s.cursor()));
    }
    assert!(times[0].events < times[1].events, "{times:?}");
    window.press("Shift+F5");
    assert_eq!(window.session(|s| s.cursor()), times[0]);
    window.press("Shift+F9");
    assert!(window.session(|s| s.breakpoints().is_empty()));
}

#[test]
fn the_menu_of_what_is_open_leads_back_to_the_list() {
    let mut window = blocked();
    choose(&mut window, "Menu");
    window.harness.get_all_by_label("All scenarios").last().expect("it is in the menu").click();
    window.harness.run();
    assert_eq!(window.session(|s| s.place().clone()), Place::Library);
}

#[test]
fn z_leaves_the_timeline_alone_and_brings_the_panels_back() {
    let mut window = blocked();
    window.press("Z");
    window.harness.run();
    assert!(window.harness.query_by_label("Events").is_none(), "no dock");
    window.press("Z");
    window.harness.run();
    window.harness.get_by_label("Events");
}

#[test]
fn on_the_start_screen_the_keys_of_the_lesson_do_nothing_and_the_palette_says_why() {
    let mut window = Window::open(1280.0, 800.0);
    window.apply(Command::OpenScenario("poll-wake-poll".to_owned()));
    window.finish_loading();
    window.press("L");
    let seen = |window: &Window| window.session(|s| s.progress().lesson("poll-wake-poll").map(|l| l.seen.clone()));
    let before = seen(&window);
    for key in ["PageDown", "Shift+P", "B", "Ctrl+R", "E", "Backspace"] {
        window.press(key);
        window.finish_loading();
    }
    assert_eq!(window.session(|s| (s.place().clone(), s.step(), s.presenting().is_on())), (Place::Library, 0, false));
    assert_eq!(seen(&window), before);
    window.press("Ctrl+Shift+P");
    window.harness.run();
    let step = window.harness.get_by_label("Step one event forward, Open a scenario first.");
    assert!(step.accesskit_node().is_disabled());
    window.press("Enter");
    window.harness.run();
    assert!(window.session(|s| s.overlay() == Overlay::Commands), "it stays to be read");
}

#[test]
fn the_palette_offers_the_rows_of_the_runs_that_are_open_now() {
    let mut window = Window::open(1280.0, 800.0);
    window.apply(Command::OpenScenario("blocked-executor".to_owned()));
    window.finish_loading();
    window.press("Ctrl+P");
    window.harness.run();
    let before = window.harness.query_all_by_label_contains("thread of run B").count();
    assert!(before > 0);
    // Something that goes on in the background ends while the palette is open.
    window.apply(Command::Turn {
        path: "runs".to_owned(),
        value: r#"[(id: "threads", model: thread_per_task), (id: "async", model: async_fifo, workers: 1)]"#.to_owned(),
    });
    window.finish_loading();
    window.harness.run();
    window.harness.get_by_label("hog, thread of run A").click();
    window.harness.run();
    let selected =
        window.session(|s| s.selected_track().map(|(run, t)| (s.runs()[run].id().to_owned(), t.name.clone())));
    assert_eq!(selected, Some(("threads".to_owned(), "hog".to_owned())));
}
