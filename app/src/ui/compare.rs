//! The runs' figures side by side, each defined on hover; the better one stands out where better has a meaning.

use egui::{Align2, Rect, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::session::figures::{self, Cell, FigureRow};
use crate::session::{Command, Growth, Session};

use super::fonts;
use super::veil::figures_veiled_ui;
use super::widgets::{self, Emit, run_letter};

const ROW: f32 = 24.0;
/// The least and the greatest width of the figures' names.
const NAMES: (f32, f32) = (112.0, 210.0);
/// The least width of a run's column: its head.
const LEAST: f32 = 64.0;
/// What is left free at each side.
const SIDE: f32 = 16.0;
/// The width of one figure's letter.
const LETTER: f32 = 7.9;

/// Shows the figures.
pub fn compare_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let area = ui.max_rect();
    let runs = session.runs().len();
    if runs == 0 || figures_veiled_ui(ui, area, session, emit.theme) {
        return;
    }
    let rows = figures::rows(session.runs());
    let columns = Columns::of(&rows, runs, area.width());
    ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
    ScrollArea::both().id_salt("compare").auto_shrink(false).min_scrolled_height(0.0).show(ui, |ui| {
        let (head, _) = ui.allocate_exact_size(vec2(columns.width, ROW), Sense::hover());
        for run in 0..runs {
            head_ui(ui, columns.place(head, run), session, run, emit);
        }
        for row in &rows {
            let (rect, _) = ui.allocate_exact_size(vec2(columns.width, ROW), Sense::hover());
            row_ui(ui, rect, row, &columns, emit);
        }
        ui.add_space(8.0);
    });
}

/// Where the columns stand.
struct Columns {
    names: f32,
    /// Where each run's column ends, from the left.
    ends: Vec<f32>,
    width: f32,
}

impl Columns {
    /// Each column as wide as its longest figure; what is left over goes to the names first.
    fn of(rows: &[FigureRow], runs: usize, room: f32) -> Columns {
        let longest =
            |run: usize| rows.iter().filter_map(|row| row.cells.get(run)).map(|c| c.text.chars().count()).max();
        let least = |run: usize| (longest(run).unwrap_or(0) as f32 * LETTER + 14.0).max(LEAST);
        let needed: f32 = (0..runs).map(least).sum();
        let names = (room - 2.0 * SIDE - needed).clamp(NAMES.0, NAMES.1);
        let spare = ((room - 2.0 * SIDE - needed - names) / runs.max(1) as f32).clamp(0.0, 40.0);
        let ends: Vec<f32> = (0..runs)
            .scan(SIDE + names, |end, run| {
                *end += least(run) + spare;
                Some(*end)
            })
            .collect();
        let width = (ends.last().copied().unwrap_or(0.0) + SIDE).max(room);
        Columns { names, ends, width }
    }

    /// A run's place in a row.
    fn place(&self, row: Rect, run: usize) -> Rect {
        let left = if run == 0 { SIDE + self.names } else { self.ends[run - 1] };
        Rect::from_min_max(pos2(row.left() + left + 8.0, row.top()), pos2(row.left() + self.ends[run], row.bottom()))
    }
}

/// A run's name at the right of its column, and how far it is.
fn head_ui(ui: &mut Ui, rect: Rect, session: &Session, run: usize, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let of = &session.runs()[run];
    let right = rect.right();
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

fn row_ui(ui: &mut Ui, rect: Rect, row: &FigureRow, columns: &Columns, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let place = Rect::from_min_size(rect.min, vec2(SIDE + columns.names, ROW));
    let name = ui.interact(place, ui.scope_id().with(("figure", &row.title)), Sense::hover());
    name.widget_info(|| WidgetInfo::labeled(egui::Role::RowHeader, true, format!("{}: {}", row.title, row.definition)));
    if name.hovered() {
        ui.painter().rect_filled(rect, 0.0, theme.raised);
    }
    let at = pos2(rect.left() + 16.0, rect.center().y);
    let width =
        widgets::text_cut(ui.painter(), at, &row.title, fonts::regular(fonts::ROW), theme.text2, columns.names - 8.0);
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
        cell_ui(ui, columns.place(rect, run), &row.title, run, cell, emit);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn row(texts: &[&str]) -> FigureRow {
        let cell = |text: &&str| Cell { text: (*text).to_owned(), note: String::new(), best: false };
        let cells = texts.iter().map(cell).collect();
        FigureRow { title: "Makespan".to_owned(), definition: String::new(), cells }
    }

    #[test]
    fn two_runs_fit_beside_each_other_and_six_scroll() {
        let two = Columns::of(&[row(&["195.9 ms", "115.0 ms"])], 2, 302.0);
        assert!(two.width <= 302.0 && two.ends[1] <= 286.0, "{:?}", two.ends);
        let six = Columns::of(&[row(&["195.9 ms"; 6])], 6, 302.0);
        assert!(six.width > 302.0 && six.ends.is_sorted());
    }
}
