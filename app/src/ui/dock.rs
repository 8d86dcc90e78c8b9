//! What lies under the timeline: events and findings, the program, the figures. Three groups of tabs side by side in a
//! wide window, one group in a narrow one.
//!
//! Owns the tabs and their places; what a tab shows is its own panel's.

use egui::{Align2, Rangef, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::session::{Command, Session, Tab};
use crate::timeline::axis::with_thousands;

use super::event_tools::{self, hits_text};
use super::events::{self, EventsState};
use super::inspector::Inspecting;
use super::theme::Theme;
use super::widgets::{self, Emit};
use super::{compare, findings, fonts, icons, inspector, knobs, program};

/// The height of the tabs.
pub const TAB: f32 = 32.0;
/// From this width on there are three groups.
const WIDE: f32 = 1280.0;
/// The parts of three groups' widths: events, program, figures.
const SHARES: [f32; 3] = [500.0, 600.0, 340.0];

/// Which tabs stand side by side, by the window's width; the inspector is among them where it has no place of its own.
fn groups(width: f32, inspector: Beside) -> Vec<Vec<Tab>> {
    let all = Tab::ALL.into_iter().filter(|t| *t != Tab::Inspector || inspector == Beside::No);
    if width < WIDE {
        return vec![all.collect()];
    }
    vec![vec![Tab::Events, Tab::Findings], vec![Tab::Program, Tab::Experiment], vec![Tab::Compare]]
}

/// Whether the inspector has a place at the side of the timeline.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Beside {
    /// It has.
    Yes,
    /// It is a tab.
    No,
}

/// Shows the dock.
pub fn dock_ui(
    ui: &mut Ui,
    session: &Session,
    state: &mut EventsState,
    inspector: Beside,
    inspecting: &mut Inspecting<'_>,
    emit: &mut Emit<'_>,
) {
    events::announcement_ui(ui, session);
    let area = ui.max_rect();
    // A panel is as high as what stands in it: the groups take all there is.
    ui.expand_to_include_rect(area);
    let groups = groups(area.width(), inspector);
    let whole: f32 = SHARES.iter().sum();
    let mut left = area.left();
    for (n, tabs) in groups.iter().enumerate() {
        let last = n + 1 == groups.len();
        let right = if last { area.right() } else { (left + area.width() * SHARES[n] / whole).round() };
        let place = Rect::from_x_y_ranges(Rangef::new(left, right), area.y_range());
        widgets::inside(ui, place, |ui| group_ui(ui, session, tabs, state, inspecting, emit));
        if !last {
            ui.painter().vline(right - 0.5, area.y_range(), Stroke::new(1.0, emit.theme.line));
        }
        left = right;
    }
}

fn group_ui(
    ui: &mut Ui,
    session: &Session,
    tabs: &[Tab],
    state: &mut EventsState,
    inspecting: &mut Inspecting<'_>,
    emit: &mut Emit<'_>,
) {
    let area = ui.max_rect();
    let head = Rect::from_min_size(area.min, vec2(area.width(), TAB));
    let open = if tabs.contains(&session.tab()) { session.tab() } else { tabs[0] };
    let left = tabs_ui(ui, head, session, tabs, open, emit);
    if open == Tab::Events {
        let right = event_tools::tools_ui(ui, head, session, &mut state.tools, emit);
        let note = hits_text(session.hits()).unwrap_or_else(|| events::count_text(session));
        event_tools::note_ui(ui, pos2(right, head.center().y), left, &note, emit.theme);
    }
    let body = Rect::from_min_max(head.left_bottom(), area.max);
    widgets::inside(ui, body, |ui| {
        ui.set_clip_rect(body.intersect(ui.clip_rect()));
        match open {
            Tab::Events => events::events_ui(ui, session, state, emit),
            Tab::Findings => findings::findings_ui(ui, body, session, &mut state.findings, emit),
            Tab::Program => program::program_ui(ui, session, emit),
            Tab::Compare => compare::compare_ui(ui, session, emit),
            Tab::Experiment => knobs::tab_ui(ui, session, emit),
            Tab::Inspector => inspector::inspector_ui(ui, session, inspecting, emit),
        }
    });
}

/// The tabs of a group, the open one underlined; answers where they end.
fn tabs_ui(ui: &mut Ui, head: Rect, session: &Session, tabs: &[Tab], open: Tab, emit: &mut Emit<'_>) -> f32 {
    let theme = emit.theme;
    ui.painter().hline(head.x_range(), head.bottom() - 0.5, Stroke::new(1.0, theme.line));
    let mut left = head.left() + 16.0;
    for tab in tabs {
        left = tab_ui(ui, pos2(left, head.center().y), head.bottom(), session, (*tab, *tab == open), emit) + 24.0;
    }
    left
}

/// One tab; answers where it ends.
fn tab_ui(
    ui: &mut Ui,
    at: egui::Pos2,
    foot: f32,
    session: &Session,
    (tab, open): (Tab, bool),
    emit: &mut Emit<'_>,
) -> f32 {
    let theme = emit.theme;
    let name = tab.title();
    let (font, color) =
        if open { (fonts::semibold(fonts::ROW), theme.text1) } else { (fonts::medium(fonts::ROW), theme.text2) };
    let mut right = ui.painter().text(at, Align2::LEFT_CENTER, name, font, color).right();
    let mut said = name.to_owned();
    if tab == Tab::Findings {
        let found = session.findings();
        said = format!("Findings, {}", found.len());
        right = found_ui(ui, pos2(right, at.y), &found.iter().map(|(_, f)| f.severity).collect::<Vec<_>>(), theme);
    }
    let under = Rect::from_min_max(pos2(at.x, foot - 2.0), pos2(right, foot));
    let place = Rect::from_min_max(pos2(at.x - 8.0, foot - TAB), pos2(right + 8.0, foot));
    let response = ui.interact(place, ui.scope_id().with(("tab", name)), Sense::click());
    response.widget_info(|| WidgetInfo::selected(egui::Role::Tab, true, open, &said));
    if open {
        ui.painter().rect_filled(under, 0.0, theme.ink);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(place.shrink(3.0), 4.0, Stroke::new(2.0, theme.ink), StrokeKind::Inside);
    }
    let response = if matches!(tab, Tab::Events | Tab::Findings) {
        response.on_hover_text(Command::SwitchTab.hint())
    } else {
        response
    };
    if response.clicked() {
        emit.emit(Command::ShowTab(tab));
    }
    right
}

/// How many findings there are, and how bad the worst is; answers where that ends.
fn found_ui(ui: &Ui, at: egui::Pos2, found: &[sim_core::analysis::findings::Severity], theme: &Theme) -> f32 {
    let Some(worst) = found.iter().min() else { return at.x };
    icons::severity(ui.painter(), *worst, pos2(at.x + 14.0, at.y), theme);
    let (font, color) = (fonts::semibold(fonts::ROW), icons::severity_color(*worst, theme));
    ui.painter()
        .text(pos2(at.x + 26.0, at.y), Align2::LEFT_CENTER, with_thousands(&found.len().to_string()), font, color)
        .right()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tab_has_one_place_at_every_width() {
        for width in [640.0, 1024.0, 1280.0, 1920.0] {
            for inspector in [Beside::Yes, Beside::No] {
                let mut tabs: Vec<_> = groups(width, inspector).into_iter().flatten().collect();
                tabs.sort();
                let beside = inspector == Beside::Yes || width >= WIDE;
                assert_eq!(tabs, Tab::ALL[..if beside { 5 } else { 6 }]);
            }
        }
    }
}
