//! Arranging rows: a crowd as one picture, folding, pinning, filtering, sorting.

use std::path::PathBuf;

use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use wakeline::session::Command;
use wakeline::session::rows::{RowGroup, RowSort};

use crate::support::Window;

/// Sixty tasks and sixty threads.
fn crowd() -> Window {
    let mut window = Window::open(1440.0, 900.0);
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/crowd.ron");
    window.apply(Command::OpenFile(file));
    window.finish_loading();
    window.apply(Command::SwitchWide);
    window.harness.run();
    window
}

fn has(window: &Window, label: &str) -> bool {
    window.harness.query_by_label(label).is_some()
}

#[test]
fn two_crowds_share_the_height_of_a_small_window() {
    for (width, height) in [(1280.0, 800.0), (1024.0, 768.0)] {
        let mut window = Window::open(width, height);
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/crowd.ron");
        window.apply(Command::OpenFile(file));
        window.finish_loading();
        window.harness.run();
        let timeline = window.harness.get_by_label("Timeline").rect();
        for crowd in ["60 tasks", "60 threads"] {
            let place = window.harness.get_by_label(crowd).rect();
            assert!(timeline.expand(0.5).y_range().contains(place.bottom()), "{crowd} at {width}: {place:?}");
        }
    }
}

#[test]
fn more_tasks_than_fit_are_one_picture_until_somebody_unfolds_it() {
    let mut window = crowd();
    assert!(has(&window, "60 tasks") && has(&window, "tasks by state: 60"));
    assert!(window.harness.query_by_label_contains("conn.7 of run A").is_none());
    window.harness.get_all_by_label("Unfold").next().expect("run A is folded").click();
    window.harness.run();
    assert!(!window.session(|s| s.runs()[0].rows.is_folded()) && window.session(|s| s.runs()[1].rows.is_folded()));
    assert!(window.harness.query_by_label_contains("conn.2 of run A").is_some());
    window.press("U");
    assert!(window.session(|s| s.runs()[0].rows.is_folded()), "U folds the focused run's tasks again");
}

#[test]
fn a_click_on_the_picture_selects_the_task_and_the_time_under_the_pointer() {
    let mut window = crowd();
    let label = window.harness.get_by_label("60 tasks").rect();
    let rows = window.harness.get_by_label("Timeline").rect();
    let at = egui::pos2(rows.left() + rows.width() * 0.5, label.top() + 20.0);
    window.harness.hover_at(at);
    window.harness.run_steps(6);
    assert!(window.harness.query_by_label_contains(" tasks Ready on average").is_some(), "the pixel's sums are named");
    window.harness.drag_at(at);
    window.harness.drop_at(at);
    window.harness.run();
    let (run, name) = window
        .session(|s| s.selected_track().map(|(run, track)| (run, track.name.clone())))
        .expect("a task is selected");
    let place: usize = name.trim_start_matches("conn.").parse().expect("it is one of the crowd");
    assert!(run == 0 && place < 20, "{name} lies where the pointer was");
    assert!(window.session(|s| s.cursor().time.as_nanos() > 0));
    assert!(window.harness.query_by_label_contains(&format!("{name} of run A")).is_some(), "it has a row now");
}

#[test]
fn a_run_folds_to_its_head_and_a_group_to_a_line() {
    let mut window = crowd();
    window.press("H");
    assert!(!has(&window, "60 tasks") && has(&window, "60 threads"));
    window.harness.get_by_label("Show the rows of run A").click();
    window.harness.run();
    assert!(has(&window, "60 tasks"));
    window.apply(Command::FoldGroup { run: 0, group: RowGroup::Machine });
    assert!(window.harness.query_by_label_contains("worker 0 of run A").is_none());
    window.harness.get_by_label_contains("cores and workers, folded").click();
    window.harness.run();
    assert!(window.harness.query_by_label_contains("worker 0 of run A").is_some());
}

#[test]
fn the_menu_filters_and_sorts_and_the_head_says_so() {
    let mut window = crowd();
    window.harness.get_by_label("Rows of run A").click();
    window.harness.run();
    window.harness.get_by_role_and_label(Role::TextInput, "Filter rows of run A").focus();
    window.harness.run();
    window.harness.get_by_role_and_label(Role::TextInput, "Filter rows of run A").type_text("conn.1");
    window.harness.run();
    let listed = window.session(|s| s.runs()[0].rows.order().len());
    assert_eq!(listed, 11, "conn.1 and conn.10 to conn.19");
    window.harness.get_by_label("longest wait").click();
    window.harness.run();
    assert_eq!(window.session(|s| s.runs()[0].rows.sort()), RowSort::LongestWait);
    let said = "filtered “conn.1”: 11 of 60, sorted by longest wait";
    assert!(window.harness.query_by_label_contains(said).is_some());
}

#[test]
fn a_pinned_row_stays_when_the_crowd_is_folded() {
    let mut window = crowd();
    let track = window.session(|s| {
        s.runs()[0].index.tracks.iter().find(|t| t.name == "conn.33").map(|t| t.kind).expect("there is one")
    });
    window.apply(Command::PinRow { run: 0, track });
    assert!(window.harness.query_by_label_contains("conn.33 of run A").is_some());
    window.harness.get_by_label("Let go of conn.33").click();
    window.harness.run();
    assert!(window.harness.query_by_label_contains("conn.33 of run A").is_none());
}

#[test]
fn a_row_shows_its_breakpoint_and_a_click_on_the_dot_sets_it_or_takes_it_away() {
    let mut window = Window::with_blocked_executor(1440.0, 900.0);
    let dot = "Breakpoint at each poll of hb in run A";
    assert!(!has(&window, dot), "nothing is there until the pointer is");
    let row = window.harness.get_by_label_contains("hb of run A").rect();
    window.harness.hover_at(row.center());
    window.harness.run();
    window.harness.get_by_label(dot).click();
    window.harness.run();
    assert_eq!(window.session(|s| s.breakpoints().len()), 1);
    window.harness.hover_at(egui::pos2(700.0, 5.0));
    window.harness.run();
    let node = window.harness.get_by_label(dot);
    assert_eq!(node.accesskit_node().role(), Role::CheckBox);
    assert!(
        window
            .harness
            .query_by_label_contains("hb of run A")
            .is_some_and(|row| { row.accesskit_node().label().is_some_and(|said| said.ends_with(", breakpoint")) })
    );
    window.harness.get_by_label_contains("hb of run A").click_secondary();
    window.harness.run();
    window.harness.get_by_label("Break at each poll of hb in run A").click();
    window.harness.run();
    assert!(window.session(|s| s.breakpoints().is_empty()));
}

#[test]
fn the_tasks_of_six_runs_are_all_in_sight_and_what_is_not_is_counted() {
    for (width, height) in [(1440.0, 900.0), (1280.0, 800.0), (1920.0, 1080.0), (1024.0, 768.0)] {
        let mut window = Window::open(width, height);
        window.apply(Command::OpenScenario("six-models".to_owned()));
        window.finish_loading();
        window.harness.run();
        let rows = window.harness.get_by_label("Timeline").rect();
        let mut last = 0.0;
        for letter in ["A", "B", "C", "D", "E", "F"] {
            let name = format!("Run {letter}: ");
            let heads = window.harness.query_all_by_label_contains(&name);
            let head = heads.into_iter().find(|head| rows.y_range().contains(head.rect().center().y));
            let head = head.expect("its head is among the rows");
            let said = head.accesskit_node().label().unwrap_or_default();
            assert!(said.contains(" more rows: click here") || letter == "A", "{said} at {width}");
            for table in 0..6 {
                let label = format!("table.{table} of run {letter}");
                let row = window.harness.query_by_label_contains(&label);
                let row = row.unwrap_or_else(|| panic!("{label} is not there at {width}: {said}, {rows:?}")).rect();
                let seen = rows.top() <= row.top() && row.bottom() <= rows.bottom() + 0.5;
                assert!(seen && row.height() >= 2.9, "{label} at {width}: {row:?} in {rows:?}");
                assert!(row.top() >= last, "{label} stands below the one before");
                last = row.bottom() - 0.01;
            }
        }
        // A lane is a control: its run is opened, and the one that was open makes room.
        window.harness.get_by_label_contains("table.3 of run F").click();
        window.harness.run();
        assert_eq!(window.session(|s| s.focus()), 5);
        assert!(window.harness.get_by_label_contains("table.3 of run F").rect().height() >= 17.0);
        assert!(window.harness.get_by_label_contains("table.3 of run A").rect().height() < 14.0);
    }
}
