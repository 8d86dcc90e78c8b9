//! What lies under the timeline: events and findings, the program, the figures. Three groups of tabs side by side in a
//! wide window, one group in a narrow one.
//!
//! Owns the tabs and their places; what a tab shows is its own panel's.

use egui::{Align2, Rangef, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::session::{Command, Session, Tab};
use crate::timeline::axis::with_thousands;

use super::event_tools::{self, Note, hits_text};
use super::events::{self, EventsState};
use super::inspector::Inspecting;
use super::measures::TAB;
use super::stage::{self, StageState};
use super::theme::Theme;
use super::widgets::{self, Emit};
use super::{compare, findings, fonts, icons, inspector, knobs, program, sweep};

/// From this width on there are three groups.
const WIDE: f32 = 1280.0;
/// The search and the filter take so much beside the tabs.
const TOOLS: f32 = 190.0;
/// Between two tabs, where there is room and where there is not.
const BETWEEN: f32 = 24.0;
const LEAST_BETWEEN: f32 = 10.0;
/// The sign and the number beside "Findings" take so much.
const COUNT: f32 = 40.0;
/// The parts of three groups' widths: events, program, figures.
const SHARES: [f32; 3] = [500.0, 600.0, 340.0];

/// Which tabs stand side by side, by the window's width; inspector and Stage are among them where they have no place of
/// their own. `last` is the tab that was opened last: a sweep's plots need the whole width.
fn groups(width: f32, inspector: Beside, stage: Beside, last: Tab) -> Vec<Vec<Tab>> {
    let inspector = if width >= WIDE { Beside::Yes } else { inspector };
    if width >= WIDE && last != Tab::Sweep {
        let figures = if stage == Beside::Yes { vec![Tab::Compare] } else { vec![Tab::Stage, Tab::Compare] };
        return vec![vec![Tab::Events, Tab::Findings], vec![Tab::Program, Tab::Experiment, Tab::Sweep], figures];
    }
    let is_there = |tab: &Tab| match tab {
        Tab::Inspector => inspector == Beside::No,
        Tab::Stage => stage == Beside::No,
        Tab::Events | Tab::Findings | Tab::Program | Tab::Compare | Tab::Experiment | Tab::Sweep => true,
    };
    vec![Tab::ALL.into_iter().filter(is_there).collect()]
}

/// Whether a panel has a place of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Beside {
    /// It has.
    Yes,
    /// It is a tab.
    No,
}

/// Whether only the dock's tabs are there: in a low window, until one of them is pressed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Fold {
    /// Only the tabs.
    #[default]
    Folded,
    /// The panel of the open tab, too.
    Open,
}

/// What the dock remembers between frames of a low window, where it can be folded.
#[derive(Clone, Copy, Debug, Default)]
pub struct FoldState {
    /// Whether it is.
    pub fold: Fold,
    /// How often a tab had been asked for.
    asked: Option<u32>,
}

impl FoldState {
    /// A tab that is asked for, by key or from another panel, is shown.
    pub fn follow(&mut self, session: &Session) {
        let before = self.asked.replace(session.tab_asked());
        if before.is_some_and(|asked| asked != session.tab_asked()) {
            self.fold = Fold::Open;
        }
    }

    /// A tab is pressed: it is shown; pressed again it makes room.
    fn press(&mut self, tab: Tab, open: Tab) -> Fold {
        self.fold = if self.fold == Fold::Open && tab == open { Fold::Folded } else { Fold::Open };
        self.fold
    }
}

/// What has no place of its own, and what the dock needs to show it.
pub struct Within<'a, 'b> {
    /// The inspector.
    pub inspector: Beside,
    /// The Stage, where it is a tab.
    pub stage: Option<(&'a mut StageState, &'a mut FoldState)>,
    /// What the inspector remembers.
    pub inspecting: &'a mut Inspecting<'b>,
}

/// Shows the dock.
pub fn dock_ui(
    ui: &mut Ui,
    session: &Session,
    state: &mut EventsState,
    mut within: Within<'_, '_>,
    emit: &mut Emit<'_>,
) {
    let area = ui.max_rect();
    // A panel is as high as what stands in it: the groups take all there is.
    ui.expand_to_include_rect(area);
    let stage = if within.stage.is_some() { Beside::No } else { Beside::Yes };
    let groups = groups(area.width(), within.inspector, stage, session.tab());
    let whole: f32 = SHARES.iter().sum();
    let mut left = area.left();
    for (n, tabs) in groups.iter().enumerate() {
        let last = n + 1 == groups.len();
        let right = if last { area.right() } else { (left + area.width() * SHARES[n] / whole).round() };
        let place = Rect::from_x_y_ranges(Rangef::new(left, right), area.y_range());
        widgets::inside(ui, place, |ui| group_ui(ui, session, tabs, state, &mut within, emit));
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
    within: &mut Within<'_, '_>,
    emit: &mut Emit<'_>,
) {
    let area = ui.max_rect();
    let mut head = Rect::from_min_size(area.min, vec2(area.width(), TAB));
    let Some(open) = session.open_tab(tabs) else { return };
    let fold = within.stage.as_ref().map(|(_, state)| state.fold);
    let shown = Some(open).filter(|_| fold != Some(Fold::Folded));
    let (left, pressed) = tabs_ui(ui, head, session, (tabs, shown), emit.theme);
    if let Some(tab) = pressed {
        let fold = within.stage.as_mut().map(|(_, state)| state.press(tab, open));
        if fold != Some(Fold::Folded) {
            emit.emit(Command::ShowTab(tab));
        }
    }
    let Some(open) = shown else { return };
    if open == Tab::Events {
        if head.right() - left < TOOLS {
            // Beside the tabs there is no room for the tools: they have a line of their own.
            head = head.translate(vec2(0.0, TAB));
        }
        let left = if head.top() > area.top() { head.left() + 16.0 } else { left };
        let note = match hits_text(session.hits()) {
            Some(hits) => Note { short: hits.clone(), long: hits },
            None => Note { long: events::count_text(session), short: events::short_count_text(session) },
        };
        let free = left + note.least_width(ui);
        let right = event_tools::tools_ui(ui, (head, free), session, &mut state.tools, emit);
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
            Tab::Sweep => sweep::sweep_ui(ui, session, emit),
            Tab::Inspector => inspector::inspector_ui(ui, session, within.inspecting, emit),
            Tab::Stage => {
                if let Some((stage, _)) = &mut within.stage {
                    stage::stage_ui(ui, session, stage, within.inspecting.patterns, emit);
                }
            }
        }
    });
}

/// The tabs of a group, the open one underlined; answers where they end, and which was pressed. Where there is too
/// little room they stand closer together.
fn tabs_ui(
    ui: &mut Ui,
    head: Rect,
    session: &Session,
    (tabs, open): (&[Tab], Option<Tab>),
    theme: &Theme,
) -> (f32, Option<Tab>) {
    ui.painter().hline(head.x_range(), head.bottom() - 0.5, Stroke::new(1.0, theme.line));
    let font = fonts::semibold(fonts::ROW);
    let width = |tab: &Tab| ui.painter().layout_no_wrap(tab.title().to_owned(), font.clone(), theme.text1).size().x;
    let names: f32 = tabs.iter().map(width).sum();
    let count = if tabs.contains(&Tab::Findings) { COUNT } else { 0.0 };
    let between = (head.width() - 32.0 - names - count) / (tabs.len() as f32 - 1.0).max(1.0);
    let between = between.floor().clamp(LEAST_BETWEEN, BETWEEN);
    let mut left = head.left() + 16.0;
    let mut pressed = None;
    for tab in tabs {
        let at = pos2(left, head.center().y);
        let (right, clicked) = tab_ui(ui, at, head.bottom(), session, (*tab, Some(*tab) == open), theme);
        pressed = clicked.then_some(*tab).or(pressed);
        left = right + between;
    }
    (left, pressed)
}

/// One tab; answers where it ends, and whether it was pressed.
fn tab_ui(
    ui: &mut Ui,
    at: egui::Pos2,
    foot: f32,
    session: &Session,
    (tab, open): (Tab, bool),
    theme: &Theme,
) -> (f32, bool) {
    let name = tab.title();
    let (font, color) =
        if open { (fonts::semibold(fonts::ROW), theme.text1) } else { (fonts::medium(fonts::ROW), theme.text2) };
    let mut right = ui.painter().text(at, Align2::LEFT_CENTER, name, font, color).right();
    let mut said = name.to_owned();
    if tab == Tab::Findings && !session.hides_figures() {
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
    let response = if tab == Tab::Findings { response.on_hover_text(Command::ShowFindings.hint()) } else { response };
    (right, response.clicked())
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
            for (inspector, stage) in [
                (Beside::Yes, Beside::Yes),
                (Beside::No, Beside::Yes),
                (Beside::No, Beside::No),
                (Beside::Yes, Beside::No),
            ] {
                for last in [Tab::Events, Tab::Sweep] {
                    let mut tabs: Vec<_> = groups(width, inspector, stage, last).into_iter().flatten().collect();
                    tabs.sort();
                    let mut expected = Tab::ALL.to_vec();
                    expected.retain(|t| *t != Tab::Stage || stage == Beside::No);
                    expected.retain(|t| *t != Tab::Inspector || (inspector == Beside::No && width < WIDE));
                    expected.sort();
                    assert_eq!(tabs, expected, "at {width}");
                }
            }
        }
    }

    #[test]
    fn a_sweep_has_the_whole_width_while_it_is_looked_at() {
        let count = |last| groups(1440.0, Beside::Yes, Beside::Yes, last).len();
        assert_eq!((count(Tab::Sweep), count(Tab::Events)), (1, 3));
    }

    #[test]
    fn a_tab_that_is_pressed_again_makes_room() {
        let mut state = FoldState::default();
        assert_eq!(state.press(Tab::Events, Tab::Events), Fold::Open);
        assert_eq!(state.press(Tab::Compare, Tab::Events), Fold::Open);
        assert_eq!(state.press(Tab::Compare, Tab::Compare), Fold::Folded);
    }
}
