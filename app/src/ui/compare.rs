//! The runs' figures side by side, each defined on hover; the better one stands out where better has a meaning.

use egui::{Align2, Rect, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::session::figures::{self, Cell, FigureRow};
use crate::session::{Command, Growth, Session};

use super::fonts;
use super::widgets::{self, Emit, run_letter};

const ROW: f32 = 24.0;
/// The least width of the figures' names.
const NAMES: f32 = 132.0;
/// The width of one figure's letter.
const LETTER: f32 = 7.9;

/// Shows the figures.
pub fn compare_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let area = ui.max_rect();
    let runs = session.runs().len();
    if runs == 0 {
        return;
    }
    let rows = figures::rows(session.runs());
    let longest = rows.iter().flat_map(|row| &row.cells).map(|cell| cell.text.chars().count()).max();
    let least = (longest.unwrap_or(0) as f32 * LETTER + 14.0).max(72.0);
    let names = (area.width() - 32.0 - least * runs as f32).clamp(NAMES, 210.0);
    let column = ((area.width() - 32.0 - names) / runs as f32).clamp(least, 132.0_f32.max(least));
    let width = (32.0 + names + column * runs as f32).max(area.width());
    ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
    ScrollArea::both().id_salt("compare").auto_shrink(false).min_scrolled_height(0.0).show(ui, |ui| {
        let (head, _) = ui.allocate_exact_size(vec2(width, ROW), Sense::hover());
        for run in 0..runs {
            head_ui(ui, head, head.left() + 16.0 + names + column * (run + 1) as f32, column, session, run, emit);
        }
        for row in &rows {
            let (rect, _) = ui.allocate_exact_size(vec2(width, ROW), Sense::hover());
            row_ui(ui, rect, row, names, column, emit);
        }
        ui.add_space(8.0);
    });
}

/// A run's name at the right of its column, and how far it is.
fn head_ui(ui: &mut Ui, head: Rect, right: f32, width: f32, session: &Session, run: usize, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let of = &session.runs()[run];
    let rect = Rect::from_min_max(pos2(right - width + 8.0, head.top()), pos2(right, head.bottom()));
    let short = of.title.split(',').next().unwrap_or(&of.title);
    let text = match of.growth {
        Growth::Waiting => format!("{} waits", run_letter(run)),
        Growth::Growing => format!("{} so far", run_letter(run)),
        Growth::Complete => format!("{} {short}", run_letter(run)),
        Growth::Stopped => format!("{} stopped", run_letter(run)),
    };
    let response = ui.interact(rect, ui.scope_id().with(("column", run)), Sense::CLICK);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::ColumnHeader, true, format!("Run {text}")));
    let focused = session.focus() == run && session.runs().len() > 1;
    let (font, color) = if focused {
        (fonts::semibold(fonts::LABEL), theme.text1)
    } else {
        (fonts::regular(fonts::LABEL), theme.text3)
    };
    let galley = ui.painter().layout_no_wrap(text.clone(), font.clone(), color);
    let x = (right - galley.size().x).max(rect.left());
    widgets::text_cut(ui.painter(), pos2(x, rect.center().y), &text, font, color, right - x + 1.0);
    let response = response.on_hover_text(format!("{}. A click looks at this run.", of.title));
    if response.clicked() {
        emit.emit(Command::FocusRun(run));
    }
}

fn row_ui(ui: &mut Ui, rect: Rect, row: &FigureRow, names: f32, column: f32, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let place = Rect::from_min_size(rect.min, vec2(16.0 + names, ROW));
    let name = ui.interact(place, ui.scope_id().with(("figure", &row.title)), Sense::hover());
    name.widget_info(|| WidgetInfo::labeled(egui::Role::RowHeader, true, format!("{}: {}", row.title, row.definition)));
    if name.hovered() {
        ui.painter().rect_filled(rect, 0.0, theme.raised);
    }
    let at = pos2(rect.left() + 16.0, rect.center().y);
    let width = widgets::text_cut(ui.painter(), at, &row.title, fonts::regular(fonts::ROW), theme.text2, names - 8.0);
    if name.hovered() {
        // What is defined is underlined by dots, as in a dictionary.
        for dot in 0..(width / 4.0) as usize {
            let dot = Rect::from_min_size(pos2(at.x + dot as f32 * 4.0, at.y + 9.0), vec2(1.5, 1.0));
            ui.painter().rect_filled(dot, 0.0, theme.text3);
        }
    }
    name.on_hover_ui(|ui| {
        ui.strong(&row.title);
        ui.label(&row.definition);
    });
    for (run, cell) in row.cells.iter().enumerate() {
        let right = rect.left() + 16.0 + names + column * (run + 1) as f32;
        let place = Rect::from_min_max(pos2(right - column + 4.0, rect.top()), pos2(right, rect.bottom()));
        cell_ui(ui, place, &row.title, run, cell, emit);
    }
}

fn cell_ui(ui: &Ui, place: Rect, title: &str, run: usize, cell: &Cell, emit: &Emit<'_>) {
    let theme = emit.theme;
    let response = ui.interact(place, ui.scope_id().with(("cell", title, run)), Sense::hover());
    let better = if cell.best { ", the better one" } else { "" };
    let said = format!("{title}, run {}: {}{better}", run_letter(run), cell.text);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Cell, true, &said));
    let (font, color) =
        if cell.best { (fonts::mono_medium(fonts::ROW), theme.text1) } else { (fonts::mono(fonts::ROW), theme.text2) };
    let text = ui.painter().text(place.right_center(), Align2::RIGHT_CENTER, &cell.text, font, color);
    if cell.best {
        // Weight alone is easily missed.
        ui.painter().circle_filled(text.left_center() - vec2(6.0, 0.0), 2.0, theme.ink);
    }
    if !cell.note.is_empty() {
        response.on_hover_text(if cell.best { format!("{}\nThe better one.", cell.note) } else { cell.note.clone() });
    }
}
