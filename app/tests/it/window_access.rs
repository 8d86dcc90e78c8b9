//! The window without eyes or without a mouse: every control has a name and a role, Tab goes through all of them as
//! they are read, and where one is can be seen.

use std::collections::BTreeSet;

use egui::accesskit::{Action, Role};
use egui::{Rect, Shape};
use egui_kittest::kittest::{By, NodeT, Queryable};
use sim_core::analysis::track::TrackKind;
use sim_core::trace::TaskId;
use wakeline::session::settings::ThemeChoice;
use wakeline::session::{Command, Selection, Tab};

use crate::support::Window;

/// What a control may be, for who cannot see it.
const ROLES: [Role; 14] = [
    Role::Button,
    Role::Canvas,
    Role::CheckBox,
    Role::ComboBox,
    Role::Link,
    Role::ListBox,
    Role::ListBoxOption,
    Role::RadioButton,
    Role::Row,
    Role::Slider,
    Role::SpinButton,
    Role::Splitter,
    Role::Tab,
    Role::TextInput,
];

/// A control.
#[derive(Clone, Debug)]
struct Control {
    id: String,
    name: String,
    role: Role,
    rect: Rect,
}

/// The window at the moment at which hb is Ready behind hog's blocking call.
fn ready(width: f32, height: f32) -> Window {
    let mut window = Window::with_blocked_executor(width, height);
    window.apply(Command::Select(Selection::Track { run: 0, track: TrackKind::Task(TaskId(0)) }));
    window.apply(Command::SeekEvent { run: 0, event: 69 });
    window
}

/// All that can have the focus, in no order.
fn controls(window: &Window) -> Vec<Control> {
    let all = window.harness.query_all(By::new());
    let takes = all.filter(|n| n.accesskit_node().data().supports_action(Action::Focus));
    takes.filter(|n| !n.accesskit_node().is_disabled()).map(|n| control(&n)).collect()
}

fn control(node: &egui_kittest::Node<'_>) -> Control {
    let known = node.accesskit_node();
    let (id, name) = (format!("{:?}", known.id()), known.label().unwrap_or_default());
    Control { id, name, role: known.role(), rect: node.rect() }
}

fn focused(window: &Window) -> Option<Control> {
    let node = window.harness.query_all(By::new()).find(|n| n.is_focused() && n.accesskit_node().has_bounds());
    node.map(|n| control(&n))
}

/// Once round the window with Tab.
fn round(window: &mut Window) -> Vec<Control> {
    let mut round: Vec<Control> = Vec::new();
    for _ in 0..400 {
        window.press("Tab");
        let Some(here) = focused(window) else { panic!("after {:?} nothing has the focus", round.last()) };
        if round.iter().any(|c| c.id == here.id) {
            let (first, last) = (&round[0].name, &round[round.len() - 1].name);
            assert_eq!(
                round[0].id, here.id,
                "Tab goes round from {first} back to it, not from {last} to {}",
                here.name
            );
            return round;
        }
        round.push(here);
    }
    panic!("Tab finds no end");
}

/// Names, roles and order of one state of the window.
fn assert_can_be_used_without_eyes(window: &mut Window, what: &str) {
    for control in controls(window) {
        assert!(!control.name.trim().is_empty(), "{what}: a {:?} at {} has no name", control.role, control.rect);
        assert!(ROLES.contains(&control.role), "{what}: {} is a {:?}", control.name, control.role);
    }
    let round = round(window);
    for pair in round.windows(2) {
        let said = |c: &Control| (c.role, c.name.clone());
        assert!(said(&pair[0]) != said(&pair[1]), "{what}: two neighbours are called {}", pair[0].name);
    }
    let went: BTreeSet<_> = round.iter().map(|c| c.id.clone()).collect();
    // What lies under the settings cannot be reached while they are open.
    let covered = what == "settings";
    let missed: Vec<_> = controls(window).into_iter().filter(|c| !went.contains(&c.id)).collect();
    assert!(missed.is_empty() || covered, "{what}: Tab passes by {missed:?}");
}

#[test]
fn every_control_has_a_name_and_a_role_and_is_on_the_way_of_tab() {
    let mut window = ready(1440.0, 900.0);
    for tab in [Tab::Events, Tab::Findings, Tab::Program, Tab::Experiment, Tab::Sweep, Tab::Compare] {
        window.apply(Command::ShowTab(tab));
        assert_can_be_used_without_eyes(&mut window, &format!("{tab:?}, wide"));
    }
    let mut window = ready(1024.0, 768.0);
    for tab in [Tab::Events, Tab::Program, Tab::Compare, Tab::Sweep, Tab::Inspector] {
        window.apply(Command::ShowTab(tab));
        assert_can_be_used_without_eyes(&mut window, &format!("{tab:?}, narrow"));
    }
}

#[test]
fn every_setting_has_a_name_and_a_role_and_is_on_the_way_of_tab() {
    let mut window = ready(1440.0, 900.0);
    window.apply(Command::ShowSettings);
    assert_can_be_used_without_eyes(&mut window, "settings");
}

#[test]
fn tab_goes_through_the_window_as_it_is_read() {
    let mut window = ready(1440.0, 900.0);
    let round = round(&mut window);
    let place = |name: &str| {
        let found = round.iter().position(|c| c.name.starts_with(name));
        found.unwrap_or_else(|| panic!("{name} is not on the way"))
    };
    let read = [
        "All scenarios",
        "Run A: async, 1 worker",
        "Go to the start",
        "Play or pause",
        "Speed of playing",
        "Settings",
        "Step 1",
        "Next",
        "Whole run",
        "Time axis",
        "core 0 of run A",
        "hb of run A",
        "core 0 of run B",
        "hb wants to run",
        "hog, poll 2 is inside its poll",
        "Look at worker 0",
        "Go to 0.0 ms: spawned",
        "Events",
        "Search the events",
        "Filter the events",
        "Program",
        "Compare",
    ];
    let places: Vec<usize> = read.iter().map(|name| place(name)).collect();
    assert!(places.is_sorted(), "{:?}", read.iter().zip(&places).collect::<Vec<_>>());
    window.harness.key_press_modifiers(egui::Modifiers::SHIFT, egui::Key::Tab);
    window.harness.run_steps(2);
    let back = focused(&window).expect("something has the focus");
    assert_eq!(back.name, round.last().expect("there are some").name, "Shift+Tab goes back");
}

/// What is painted around a place, as far as a frame could be part of it: places, fills and edges.
fn painted(window: &Window, place: Rect) -> BTreeSet<String> {
    let near = place.expand(8.0);
    let shapes = window.harness.output().shapes.iter().filter(|s| near.intersects(s.shape.visual_bounding_rect()));
    let told = shapes.filter_map(|clipped| match &clipped.shape {
        Shape::Rect(rect) => Some(format!("{:?} {:?} {:?}", rect.rect, rect.fill, rect.stroke)),
        Shape::LineSegment { points, stroke } => Some(format!("{points:?} {stroke:?}")),
        Shape::Path(path) => Some(format!("{:?} {:?} {:?}", path.points, path.fill, path.stroke)),
        Shape::Circle(circle) => Some(format!("{:?} {:?} {:?}", circle.center, circle.radius, circle.stroke)),
        _ => None,
    });
    told.collect()
}

#[test]
fn what_tab_leads_to_is_scrolled_into_sight() {
    for (width, height) in [(1280.0, 640.0), (1296.0, 816.0)] {
        let mut window = ready(width, height);
        window.harness.get_by_label("Knobs").click();
        window.harness.run();
        let mut hidden = Vec::new();
        for _ in 0..round(&mut window).len() {
            window.press("Tab");
            window.harness.run();
            let here = window.harness.ctx.memory(|m| m.focused()).expect("something has the focus");
            let place = window.harness.ctx.viewport(|v| v.prev_pass.widgets.get(here).copied()).expect("it is there");
            let seen = place.interact_rect.size();
            if seen.x < place.rect.width().min(20.0) || seen.y < place.rect.height().min(20.0) {
                hidden.push((focused(&window).map(|c| c.name), place.rect));
            }
        }
        assert!(hidden.is_empty(), "at {width}: {hidden:?}");
    }
}

#[test]
fn the_focus_is_seen_on_every_control_in_every_theme() {
    for theme in [ThemeChoice::Light, ThemeChoice::Dark, ThemeChoice::Contrast, ThemeChoice::ContrastDark] {
        let mut window = ready(1440.0, 900.0);
        window.apply(Command::SetTheme(theme));
        let mut unseen = Vec::new();
        let mut before: Option<(Control, BTreeSet<String>)> = None;
        for _ in 0..=round(&mut window).len() {
            window.press("Tab");
            // Whoever has lost the focus looks as it does without it.
            if let Some((lost, with)) = before.take()
                && painted(&window, lost.rect) == with
            {
                unseen.push(lost.name);
            }
            let here = focused(&window).expect("something has the focus");
            let with = painted(&window, here.rect);
            before = Some((here, with));
        }
        assert!(unseen.is_empty(), "{theme:?}: nothing shows the focus on {unseen:?}");
    }
}
