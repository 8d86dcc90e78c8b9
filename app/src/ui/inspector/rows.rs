//! The two tables: facts, and the past.

use egui::{Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use sim_core::analysis::inspect::{Entry, Sentence};

use crate::session::Command;

use super::super::fonts;
use super::super::widgets::Emit;
use super::sentence::{self, Style};
use super::{Shown, glyph};

/// The labels' column is as wide as its widest, between these.
const LABELS: std::ops::RangeInclusive<f32> = 76.0..=104.0;
const LINE: f32 = 19.0;
const GAP: f32 = 5.0;

/// Shows what else is known.
pub fn facts_ui(ui: &mut Ui, shown: &Shown<'_>, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let label = |ui: &Ui, text: &str, width: f32| {
        let style = Style::text(fonts::ROW, LINE, theme.text3, width);
        sentence::lay_out(ui, &Sentence::plain(text), shown.run, &style, theme)
    };
    let widest = shown.said.facts.iter().map(|f| label(ui, f.label, 400.0).width()).fold(0.0, f32::max);
    let column = widest.clamp(*LABELS.start(), *LABELS.end()) + 1.0;
    for fact in &shown.said.facts {
        let told = label(ui, fact.label, column);
        let width = ui.available_width() - column - 10.0;
        let style = Style { color: theme.text1, ..Style::text(fonts::ROW, LINE, theme.text1, width) };
        let says = sentence::lay_out(ui, &fact.says, shown.run, &style, theme);
        let height = told.height().max(says.height()) + GAP;
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
        sentence::laid_ui(ui, &told, rect.min, emit);
        sentence::laid_ui(ui, &says, rect.min + vec2(column + 10.0, 0.0), emit);
    }
}

/// Shows what it did up to the cursor; a click on a row goes there.
pub fn history_ui(ui: &mut Ui, shown: &Shown<'_>, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    head_ui(ui, "History", unit(shown), emit);
    if shown.said.history.is_empty() {
        let style = Style::text(fonts::ROW, LINE, theme.text3, ui.available_width());
        sentence::sentence_ui(ui, &Sentence::plain("Nothing has happened to it yet."), shown.run, &style, emit);
    }
    let font = fonts::mono(fonts::LABEL);
    let measure = |e: &Entry| ui.painter().layout_no_wrap(e.time.clone(), font.clone(), theme.text3).size().x;
    let times = shown.said.history.iter().map(measure).fold(0.0, f32::max).ceil();
    for entry in &shown.said.history {
        entry_ui(ui, shown, entry, times, emit);
    }
}

/// The unit of the times, which the rows leave out.
fn unit(shown: &Shown<'_>) -> &'static str {
    shown.session.clock().unit()
}

fn entry_ui(ui: &mut Ui, shown: &Shown<'_>, entry: &Entry, times: f32, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let left = times + 32.0;
    let style = Style::text(fonts::ROW, LINE, theme.text1, ui.available_width() - left);
    let says = sentence::lay_out(ui, &entry.says, shown.run, &style, theme);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), says.height() + GAP), Sense::click());
    let said = format!("Go to {} {}: {}", entry.time, unit(shown), entry.says);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &said));
    if response.hovered() || response.has_focus() {
        let ground = Rect::from_min_max(rect.min - vec2(6.0, 2.0), rect.max + vec2(6.0, -2.0));
        ui.painter().rect_filled(ground, 4.0, theme.selected);
    }
    if response.has_focus() {
        glyph::focus_ui(ui, rect, theme);
    }
    if response.clicked() {
        emit.emit(Command::SeekEvent { run: shown.run, event: entry.event });
    }
    let middle = rect.top() + LINE / 2.0;
    let time = ui.painter().layout_no_wrap(entry.time.clone(), fonts::mono(fonts::LABEL), theme.text3);
    let at = pos2(rect.left() + times - time.size().x, middle - time.size().y / 2.0);
    ui.painter().galley(at.round(), time, theme.text3);
    glyph::glyph_ui(ui, entry.look, pos2(rect.left() + times + 17.0, middle), theme, shown.patterns);
    sentence::laid_ui(ui, &says, rect.min + vec2(left, 0.0), emit);
}

/// The head of a section, with a note at its right.
pub fn head_ui(ui: &mut Ui, title: &str, note: &str, emit: &Emit<'_>) {
    let theme = emit.theme;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 26.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, format!("{title}, {note}")));
    let at = pos2(rect.left(), rect.top() + 8.0);
    ui.painter().text(at, egui::Align2::LEFT_CENTER, title, fonts::semibold(fonts::ROW), theme.text1);
    let right = pos2(rect.right(), rect.top() + 8.0);
    ui.painter().text(right, egui::Align2::RIGHT_CENTER, note, fonts::regular(fonts::LABEL), theme.text3);
}
