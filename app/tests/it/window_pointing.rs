//! The pointer on the timeline does what everybody expects of it, and the minimap and axis can be used with keys.

use egui::{
    Event, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, Rect, TouchPhase, Vec2, pos2, vec2,
};
use egui_kittest::kittest::Queryable;
use sim_core::instant::SimTime;
use wakeline::session::{Command, DragMeans, Selection, View};

use crate::support::Window;

fn ms(tenths: u64) -> SimTime {
    SimTime::from_nanos(tenths * 100_000)
}

/// The window, with all of both runs in view and nothing selected.
fn blocked() -> Window {
    let mut window = Window::with_blocked_executor(1280.0, 800.0);
    window.apply(Command::ClearSelection);
    window.press("Home");
    window
}

impl Window {
    fn rows(&self) -> Rect {
        self.harness.get_by_label("Timeline").rect()
    }

    fn strip(&self) -> Rect {
        self.harness.get_by_label_contains("Whole run. In view").rect()
    }

    /// Where a time is in a row.
    fn at(&self, row: &str, time: SimTime) -> Pos2 {
        let (rows, view) = (self.rows(), self.view());
        let share = (time.as_nanos() as f64 - view.start) / view.length;
        pos2(rows.left() + share as f32 * rows.width(), self.harness.get_by_label_contains(row).rect().center().y)
    }

    fn view(&self) -> View {
        self.session(|s| s.view())
    }

    fn time(&self) -> SimTime {
        self.session(|s| s.cursor().time)
    }

    fn button(&mut self, at: Pos2, button: PointerButton, pressed: bool, modifiers: Modifiers) {
        self.harness.event(Event::ModifiersChanged(modifiers));
        self.harness.event(Event::PointerButton { pos: at, button, pressed, modifiers });
        self.harness.run_steps(1);
    }

    fn click(&mut self, at: Pos2) {
        self.harness.hover_at(at);
        self.harness.run_steps(1);
        self.button(at, PointerButton::Primary, true, Modifiers::NONE);
        self.button(at, PointerButton::Primary, false, Modifiers::NONE);
        self.harness.run_steps(2);
    }

    /// Two clicks as quick as fingers can: one a frame.
    fn double_click(&mut self, at: Pos2) {
        let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
        for _ in 0..2 {
            let press = |pressed| Event::PointerButton { pos: at, button, pressed, modifiers };
            self.harness.input_mut().events.extend([press(true), press(false)]);
            self.harness.run_steps(1);
        }
        self.harness.run_steps(2);
    }

    fn drag(&mut self, from: Pos2, to: Pos2, button: PointerButton, modifiers: Modifiers) {
        self.harness.hover_at(from);
        self.harness.run_steps(1);
        self.button(from, button, true, modifiers);
        for share in [0.1, 0.5, 1.0] {
            self.harness.hover_at(from + (to - from) * share);
            self.harness.run_steps(1);
        }
        self.button(to, button, false, modifiers);
        self.harness.event(Event::ModifiersChanged(Modifiers::NONE));
        self.harness.run_steps(2);
    }

    fn wheel(&mut self, at: Pos2, delta: Vec2, modifiers: Modifiers) {
        self.harness.hover_at(at);
        self.harness.run_steps(1);
        self.harness.event(Event::ModifiersChanged(modifiers));
        let (unit, phase) = (MouseWheelUnit::Point, TouchPhase::Move);
        self.harness.event(Event::MouseWheel { unit, delta, phase, modifiers, source: MouseWheelSource::Unknown });
        self.harness.run_steps(20);
        self.harness.event(Event::ModifiersChanged(Modifiers::NONE));
    }
}

fn near(time: SimTime, expected: SimTime) -> bool {
    time.as_nanos().abs_diff(expected.as_nanos()) < 1_000_000
}

#[test]
fn a_drag_in_the_rows_selects_time_and_escape_clears_it() {
    let mut window = blocked();
    let (from, to) = (window.at("hb of run A", ms(300)), window.at("hb of run A", ms(700)));
    window.drag(to, from, PointerButton::Primary, Modifiers::NONE);
    let span = window.session(|s| s.selected_time()).expect("time is selected");
    assert!(near(span.from, ms(300)) && near(span.to, ms(700)), "{span:?}");
    assert!(near(window.time(), SimTime::ZERO), "the cursor stays");
    window.harness.get_by_label_contains("Cores busy: A 0.0%, B ");
    window.press("Esc");
    assert_eq!(window.session(|s| s.selected_time()), None);
}

#[test]
fn an_edge_of_the_selected_time_is_pulled_and_the_other_stays() {
    let mut window = blocked();
    window.apply(Command::SelectTime { from: ms(300), to: ms(700) });
    let (edge, to) = (window.at("hog of run A", ms(700)), window.at("hog of run A", ms(1_000)));
    window.drag(edge + vec2(1.0, 0.0), to, PointerButton::Primary, Modifiers::NONE);
    let span = window.session(|s| s.selected_time()).expect("time is selected");
    assert!(span.from == ms(300) && near(span.to, ms(1_000)), "{span:?}");
}

#[test]
fn zoom_to_it_shows_the_selected_time_and_list_events_goes_to_its_start() {
    let mut window = blocked();
    window.apply(Command::SelectTime { from: ms(300), to: ms(700) });
    window.harness.get_by_label("Zoom to it").click();
    window.harness.run();
    let view = window.view();
    assert!(view.start < 30e6 && view.start > 25e6 && view.end() > 70e6 && view.end() < 75e6, "{view:?}");
    window.harness.get_by_label("List events").click();
    window.harness.run();
    assert_eq!(window.time(), ms(300));
}

#[test]
fn shift_drag_and_middle_drag_pan_and_so_does_a_plain_drag_if_it_is_so_set() {
    let mut window = blocked();
    window.apply(Command::ShowRange { from: 40e6, to: 140e6 });
    let (from, to) = (window.at("hb of run A", ms(1_000)), window.at("hb of run A", ms(800)));
    let mut start = window.view().start;
    let cases = [
        (PointerButton::Primary, Modifiers::SHIFT, DragMeans::Select),
        (PointerButton::Middle, Modifiers::NONE, DragMeans::Select),
        (PointerButton::Primary, Modifiers::NONE, DragMeans::Pan),
    ];
    for (button, modifiers, means) in cases {
        window.apply(Command::SetDragMeans(means));
        window.drag(from, to, button, modifiers);
        let view = window.view();
        assert!((view.start - start - 20e6).abs() < 1e6 && (view.length - 100e6).abs() < 1.0, "{button:?}: {view:?}");
        assert_eq!(window.session(|s| s.selected_time()), None);
        start = view.start;
    }
    window.press("Ctrl+Z");
    assert!((window.view().start - 80e6).abs() < 1e6, "a whole drag is taken back at once");
}

#[test]
fn a_click_selects_a_double_click_zooms_and_f_centres_then_fits() {
    let mut window = blocked();
    let whole = window.view();
    let at = window.at("hb of run A", ms(900));
    window.click(at);
    assert_eq!(window.session(|s| s.selected_track().map(|(_, t)| t.name.clone())), Some("hb".to_owned()));
    assert!(near(window.time(), ms(900)));
    window.double_click(at);
    let view = window.view();
    assert!(view.start < 20.1e6 && view.end() > 115e6 && view.length < 150e6, "hb's wait fills the view: {view:?}");
    window.press("F");
    let centred = window.view();
    assert!((centred.start + centred.length / 2.0 - 90e6).abs() < 2e6 && centred.length == view.length);
    window.press("F");
    assert_eq!(window.view(), whole);
    window.press("Esc");
    assert_eq!(window.session(|s| s.selection()), Selection::Nothing);
}

#[test]
fn the_wheel_scrolls_rows_with_ctrl_zooms_and_with_shift_pans() {
    let mut window = Window::with_blocked_executor(1280.0, 540.0);
    window.apply(Command::ClearSelection);
    window.apply(Command::ShowRange { from: 40e6, to: 140e6 });
    let at = window.at("hb of run A", ms(800));
    let (view, row) = (window.view(), window.harness.get_by_label_contains("hb of run A").rect());
    window.wheel(at, vec2(0.0, -30.0), Modifiers::NONE);
    assert_eq!(window.view(), view);
    assert!(window.harness.get_by_label_contains("hb of run A").rect().top() < row.top(), "the rows have moved up");
    window.wheel(at, vec2(0.0, 60.0), Modifiers::COMMAND);
    let zoomed = window.view();
    assert!(zoomed.length < view.length && near(SimTime::from_nanos(zoomed.start as u64), SimTime::ZERO).eq(&false));
    let share = |view: View| (80e6 - view.start) / view.length;
    assert!((share(view) - share(zoomed)).abs() < 0.01, "the time under the pointer stays");
    window.wheel(at, vec2(0.0, -60.0), Modifiers::SHIFT);
    let panned = window.view();
    assert!(panned.start > zoomed.start && panned.length == zoomed.length);
}

#[test]
fn points_and_commas_go_from_span_to_span() {
    let mut window = blocked();
    window.harness.get_by_label_contains("hb of run A").click();
    window.harness.run();
    let mut times = Vec::new();
    for _ in 0..4 {
        window.press(".");
        times.push(window.time());
    }
    assert!(times.windows(2).all(|w| w[0] <= w[1]) && near(times[3], ms(101)), "{times:?}");
    window.press(",");
    assert_eq!(window.time(), times[2]);
}

#[test]
fn the_frame_in_the_minimap_is_moved_and_resized() {
    let mut window = blocked();
    let total = window.view().end();
    window.apply(Command::ShowRange { from: total * 0.2, to: total * 0.4 });
    let strip = window.strip();
    // The strip is a little wider than the map, so that its edges can be taken.
    let x = |share: f64| strip.left() + 6.0 + share as f32 * (strip.width() - 12.0);
    let at = |share| pos2(x(share), strip.center().y);
    window.drag(at(0.3), at(0.6), PointerButton::Primary, Modifiers::NONE);
    let shares = |view: View| (view.start / total, view.end() / total);
    let close = |view: View, expected: (f64, f64)| {
        let (start, end) = shares(view);
        assert!((start - expected.0).abs() < 0.01 && (end - expected.1).abs() < 0.01, "{:?}", shares(view));
    };
    close(window.view(), (0.5, 0.7));
    window.drag(at(0.7), at(0.9), PointerButton::Primary, Modifiers::NONE);
    close(window.view(), (0.5, 0.9));
    window.drag(at(0.1), at(0.3), PointerButton::Primary, Modifiers::NONE);
    close(window.view(), (0.1, 0.3));
    window.click(at(0.8));
    close(window.view(), (0.7, 0.9));
    for expected in [(0.1, 0.3), (0.5, 0.9), (0.5, 0.7)] {
        window.press("Ctrl+Z");
        close(window.view(), expected);
    }
}

#[test]
fn the_wheel_zooms_in_the_minimap_and_arrows_move_the_frame() {
    let mut window = blocked();
    let whole = window.view();
    window.wheel(window.strip().center(), vec2(0.0, 50.0), Modifiers::NONE);
    assert!(window.view().length < whole.length);
    window.harness.get_by_label_contains("Whole run. In view").focus();
    window.harness.run();
    let before = window.view();
    window.press("Right");
    assert!(window.view().start > before.start && window.view().length == before.length);
    assert!(near(window.time(), SimTime::ZERO), "the cursor does not step");
    window.press("Up");
    assert!(window.view().length < before.length);
    window.press("Down");
    window.press("Left");
    assert!((window.view().start - before.start).abs() < 1.0);
    assert_eq!(window.harness.query_all_by_label_contains("Whole run. In view").count(), 1, "it keeps the focus");
}

#[test]
fn dragging_on_the_axis_moves_the_cursor_all_the_way() {
    let mut window = blocked();
    let rect = window.harness.get_by_label_contains("Time axis").rect();
    let at = |time| pos2(window.at("hb of run A", time).x, rect.center().y);
    let (from, to) = (at(ms(500)), at(ms(900)));
    window.drag(from, to, PointerButton::Primary, Modifiers::NONE);
    assert!(near(window.time(), ms(900)));
    window.harness.get_by_label_contains("Time axis").focus();
    window.harness.run();
    let events = |window: &Window| window.session(|s| s.cursor().events);
    let first = events(&window);
    window.press("Right");
    let second = events(&window);
    window.press("Right");
    assert!(first < second && second < events(&window));
    window.press("Left");
    assert_eq!(events(&window), second);
}

#[test]
fn m_marks_the_cursor_and_its_flag_leads_back() {
    let mut window = blocked();
    window.apply(Command::Seek(ms(821)));
    window.press("M");
    window.harness.get_by_label("mark 1, at 82.100 ms");
    window.apply(Command::Seek(ms(100)));
    window.press("M");
    window.press("Shift+M");
    assert_eq!(window.time(), ms(821));
    window.press("Ctrl+Shift+M");
    assert_eq!(window.time(), ms(100));
    let flag = window.harness.get_by_label("mark 1, at 82.100 ms").rect();
    window.click(flag.center());
    assert_eq!(window.time(), ms(821));
    window.press("M");
    assert_eq!(window.harness.query_all_by_label_contains("mark 1, at").count(), 0);
}

#[test]
fn r_makes_the_span_at_the_cursor_a_stretch_of_time() {
    let mut window = blocked();
    window.harness.get_by_label_contains("hb of run A").click();
    window.harness.run();
    window.apply(Command::Seek(ms(821)));
    window.press("R");
    let span = window.session(|s| s.selected_time()).expect("hb's wait");
    assert!(near(span.from, ms(201)) && near(span.to, ms(1_150)));
    window.press("R");
    assert!(window.view().length < 110e6);
}

/// The library's lesson where it asks how long hb waits; all of it would be in view, were it not covered.
fn at_the_question() -> Window {
    let mut window = Window::open(1280.0, 800.0);
    window.apply(Command::OpenScenario("blocked-executor".to_owned()));
    window.finish_loading();
    window.apply(Command::GoToStep(3));
    window.finish_loading();
    window.apply(Command::ShowRange { from: 0.0, to: 190e6 });
    assert!(near(window.session(|s| s.veil()).expect("the answer is covered"), ms(821)));
    window
}

#[test]
fn a_click_on_the_cover_goes_to_that_moment_and_hits_nothing_under_it() {
    let mut window = at_the_question();
    let before = window.session(|s| (s.selection(), s.finding(), s.tab()));
    let at = window.at("hog of run A", ms(1_400));
    window.click(at);
    assert!(near(window.time(), ms(1_400)));
    assert_eq!(window.session(|s| (s.selection(), s.finding(), s.tab())), before);
}

#[test]
fn a_double_click_zooms_to_as_much_of_a_span_as_is_not_covered() {
    let mut window = at_the_question();
    let at = window.at("hb of run A", ms(600));
    window.double_click(at);
    let view = window.view();
    assert!(view.length < 100e6 && view.end() < 114e6, "not to where hb's wait ends: {view:?}");
}

#[test]
fn the_tab_of_findings_does_not_count_them_while_they_are_hidden() {
    let mut window = at_the_question();
    let tab = |window: &Window| window.harness.query_by_label_contains("Findings, ").is_some();
    assert!(!tab(&window));
    window.apply(Command::Reveal);
    assert!(tab(&window));
}
