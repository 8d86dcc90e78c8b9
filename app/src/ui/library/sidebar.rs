//! At the left: the parts with how much of each is done, recent files, and where to drop a file.

use egui::{Align2, Id, Rect, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::session::progress::Status;
use crate::session::{Command, Entry, Session};

use super::super::icons::{self, Icon};
use super::super::widgets::{self, Emit, Weight};
use super::super::{fonts, paint};
use super::signs::squares_ui;
use super::state::LibraryState;
use super::{drop, recent};

const PADDING: f32 = 16.0;
const HEAD: f32 = 64.0;
const ROW: f32 = 36.0;
const DROP: f32 = 72.0;
/// A window this low has no room for the place to drop files: they can be dropped anywhere.
const LOW: f32 = 560.0;

/// Shows the sidebar.
pub fn sidebar_ui(ui: &mut Ui, session: &Session, state: &mut LibraryState, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let whole = ui.max_rect();
    ui.painter().rect_filled(whole, 0.0, theme.panel);
    ui.painter().vline(whole.right() - 0.5, whole.y_range(), Stroke::new(1.0, theme.line));
    head_ui(ui, Rect::from_min_size(whole.min, vec2(whole.width(), HEAD)), session, emit);
    let foot = if whole.height() < LOW { 0.0 } else { DROP + 2.0 * PADDING };
    let middle =
        Rect::from_min_max(pos2(whole.left(), whole.top() + HEAD), pos2(whole.right() - 1.0, whole.bottom() - foot));
    widgets::inside(ui, middle, |ui| {
        ScrollArea::vertical().id_salt("library sidebar").auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
            parts_ui(ui, session, state, emit);
            ui.add_space(12.0);
            recent::recent_ui(ui, session, state, emit);
        });
    });
    if foot > 0.0 {
        let place = Rect::from_min_max(pos2(whole.left(), whole.bottom() - foot), whole.max).shrink(PADDING);
        zone_ui(ui, place, emit);
    }
}

fn head_ui(ui: &mut Ui, rect: Rect, session: &Session, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    icons::icon(ui.painter(), Icon::Wakeline, rect.left_center() + vec2(31.0, 0.0), theme.text1, theme);
    let at = rect.left_center() + vec2(54.0, 0.0);
    ui.painter().text(at, Align2::LEFT_CENTER, "Wakeline", fonts::semibold(fonts::TITLE), theme.text1);
    let place = Rect::from_center_size(pos2(rect.right() - PADDING - 16.0, rect.center().y), vec2(32.0, 32.0));
    let icon = if session.is_dark() { Icon::Sun } else { Icon::Moon };
    widgets::inside(ui, place, |ui| {
        widgets::icon_button(ui, icon, Command::SwitchTheme, Weight::Quiet, place.size(), emit)
    });
}

fn parts_ui(ui: &mut Ui, session: &Session, state: &mut LibraryState, emit: &mut Emit<'_>) {
    let all = session.library();
    let done = |entries: &[Entry]| entries.iter().filter(|e| session.progress().status(&e.id) == Status::Done).count();
    let count = format!("{} of {} done", done(all), all.len());
    if row_ui(ui, Row { letter: "", title: "All scenarios", count: &count, part: all }, session, state, emit) {
        state.go_to_part("");
    }
    for part in all.chunk_by(|a, b| a.part == b.part) {
        let (letter, title) = (part[0].part.as_str(), part[0].part_title.as_str());
        let count = format!("{}/{}", done(part), part.len());
        if row_ui(ui, Row { letter, title, count: &count, part }, session, state, emit) {
            state.go_to_part(letter);
        }
    }
}

#[derive(Clone, Copy)]
struct Row<'a> {
    letter: &'a str,
    title: &'a str,
    count: &'a str,
    part: &'a [Entry],
}

/// A part, or all of them; answers whether it was pressed.
fn row_ui(ui: &mut Ui, row: Row<'_>, session: &Session, state: &LibraryState, emit: &Emit<'_>) -> bool {
    let theme = emit.theme;
    let (outer, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let rect = outer.shrink2(vec2(PADDING, 1.0));
    let response = ui.interact(rect, Id::unique(("library part", row.letter)), Sense::click());
    let said = format!("{} {}, {}", row.letter, row.title, row.count.replace('/', " of "));
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, said.trim()));
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    let here = state.part == row.letter && state.looked_for.is_empty();
    let painter = ui.painter();
    if here || response.hovered() || response.has_focus() {
        painter.rect_filled(rect, 6.0, theme.selected);
    }
    if here {
        painter.rect_filled(Rect::from_min_size(rect.min, vec2(3.0, rect.height())), 1.0, theme.ink);
    }
    if response.has_focus() {
        painter.rect_stroke(rect, 6.0, Stroke::new(2.0, theme.ink), egui::StrokeKind::Inside);
    }
    let count = pos2(rect.right() - 8.0, rect.center().y);
    let font = if row.letter.is_empty() { fonts::regular(fonts::LABEL) } else { fonts::mono(fonts::LABEL) };
    let taken = painter.text(count, Align2::RIGHT_CENTER, row.count, font, theme.text3);
    let mut room = taken.left() - rect.left() - 12.0;
    let at = pos2(rect.left() + 12.0, rect.center().y);
    if row.letter.is_empty() {
        widgets::text_cut(painter, at, row.title, fonts::semibold(fonts::BODY), theme.text1, room - 8.0);
        return response.clicked();
    }
    let squares = pos2(taken.left().min(rect.right() - 34.0) - 42.0, rect.center().y);
    squares_ui(painter, squares, &fills(row.part, session, emit));
    room = squares.x - at.x - 21.0 - 4.0;
    painter.text(at, Align2::LEFT_CENTER, row.letter, fonts::mono(fonts::ROW), theme.text3);
    widgets::text_cut(painter, at + vec2(21.0, 0.0), row.title, fonts::regular(fonts::BODY), theme.text1, room);
    response.clicked()
}

/// A square for each scenario of a part: what is done first.
fn fills(part: &[Entry], session: &Session, emit: &Emit<'_>) -> Vec<egui::Color32> {
    let theme = emit.theme;
    let rank = |entry: &Entry| match session.progress().status(&entry.id) {
        Status::Done => (0, theme.text1),
        Status::At { .. } => (1, theme.rail),
        Status::New => (2, theme.line),
    };
    let mut ranked: Vec<_> = part.iter().map(rank).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, color)| color).collect()
}

/// Where a file can be dropped, and what that will do.
fn zone_ui(ui: &mut Ui, rect: Rect, emit: &Emit<'_>) {
    let theme = emit.theme;
    let response = ui.interact(rect, Id::unique("library drop zone"), Sense::hover());
    let held = drop::held(ui.ctx());
    let says = held.as_deref().unwrap_or("Drop a scenario or a recorded run here");
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, says));
    if let Some(held) = held {
        ui.painter().rect(rect, 8.0, theme.selected, Stroke::new(2.0, theme.ink), egui::StrokeKind::Inside);
        let galley = ui.painter().layout(held, fonts::medium(fonts::LABEL), theme.text1, rect.width() - 16.0);
        ui.painter().galley((rect.center() - galley.size() / 2.0).round(), galley, theme.text1);
        return;
    }
    paint::dashed_frame(ui.painter(), rect, theme);
    let line = |dy: f32, text: &str, font, color| {
        ui.painter().text(rect.center() + vec2(0.0, dy), Align2::CENTER_CENTER, text, font, color);
    };
    line(-9.0, "Drop a scenario or a run here", fonts::regular(fonts::ROW), theme.text2);
    line(11.0, ".ron or .wkl", fonts::mono(fonts::LABEL), theme.text3);
}
