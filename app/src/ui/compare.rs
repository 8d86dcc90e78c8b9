//! The runs' figures side by side, each defined on hover; the better one stands out where better has a meaning.

use std::sync::Arc;

use egui::{Align2, Galley, Rect, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::session::figures::{self, Cell, FigureRow};
use crate::session::{Command, Growth, Session};

use super::fonts;
use super::theme::Theme;
use super::veil::figures_veiled_ui;
use super::widgets::{self, Emit, run_letter};

const ROW: f32 = 24.0;
const HEADING: f32 = 44.0;
/// The least and the greatest width of the figures' names.
const NAMES: (f32, f32) = (84.0, 210.0);
/// The least width of a run's column: its head.
const LEAST: f32 = 64.0;
/// What is left free at each side.
const SIDE: f32 = 16.0;
/// The radius of the dot at the better figure.
const DOT: f32 = 2.0;
/// The width of one figure's letter.
const LETTER: f32 = 7.9;

/// The figures below a heading, where no tab says what they are.
pub fn whole_run_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEADING), Sense::hover());
    ui.painter().hline(head.x_range().shrink(SIDE), head.top() + 0.5, Stroke::new(1.0, emit.theme.line));
    let at = head.left_center() + vec2(SIDE, 4.0);
    ui.painter().text(at, Align2::LEFT_CENTER, "Whole run", fonts::semibold(fonts::BODY), emit.theme.text1);
    ui.scope_builder(egui::UiBuilder::new().max_rect(ui.available_rect_before_wrap()), |ui| {
        compare_ui(ui, session, emit)
    });
}

/// Shows the figures: the names stay where they are, the runs' columns scroll beside them.
pub fn compare_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let area = ui.max_rect();
    let runs = session.runs().len();
    if runs == 0 || figures_veiled_ui(ui, area, session, emit.theme) {
        return;
    }
    let rows = figures::rows(session.runs());
    let columns = Columns::of(&rows, runs, area.width());
    let names: Vec<_> = rows.iter().map(|row| name_galley(ui, row, columns.names, emit)).collect();
    let heights: Vec<f32> = names.iter().map(|name| (name.size().y + 8.0).max(ROW)).collect();
    let whole = ROW + heights.iter().sum::<f32>() + 8.0;
    ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
    ScrollArea::vertical().id_salt("compare").auto_shrink(false).min_scrolled_height(0.0).show(ui, |ui| {
        let (place, _) = ui.allocate_exact_size(vec2(area.width(), whole), Sense::hover());
        let split = place.left() + SIDE + columns.names;
        let head = Rect::from_min_max(place.min, pos2(split, place.top() + ROW));
        legend_ui(ui, head, &rows, emit);
        let mut top = head.bottom();
        for ((row, name), height) in rows.iter().zip(names).zip(&heights) {
            name_ui(ui, Rect::from_min_max(pos2(place.left(), top), pos2(split, top + height)), row, name, emit);
            top += height;
        }
        widgets::inside(ui, place.with_min_x(split), |ui| {
            let scroll = ScrollArea::horizontal().id_salt("columns").auto_shrink(false).min_scrolled_width(0.0);
            let shown = scroll.show(ui, |ui| cells_ui(ui, session, &rows, &heights, &columns, emit));
            if shown.state.clamped_offset().x > 0.5 {
                // More stands at the left.
                ui.painter().vline(split + 0.5, place.y_range(), Stroke::new(1.0, emit.theme.line));
            }
        });
    });
}

/// The runs' names, and under each its figures.
fn cells_ui(
    ui: &mut Ui,
    session: &Session,
    rows: &[FigureRow],
    heights: &[f32],
    columns: &Columns,
    emit: &mut Emit<'_>,
) {
    let (head, _) = ui.allocate_exact_size(vec2(columns.width, ROW), Sense::hover());
    for run in 0..columns.ends.len() {
        let place = columns.place(head, run);
        head_ui(ui, place, session, run, emit);
    }
    for (row, height) in rows.iter().zip(heights) {
        let (rect, _) = ui.allocate_exact_size(vec2(columns.width, *height), Sense::hover());
        for (run, cell) in row.cells.iter().enumerate() {
            cell_ui(ui, columns.place(rect, run), &row.title, run, cell, emit);
        }
    }
}

/// What the dot beside a figure means.
fn legend_ui(ui: &mut Ui, head: Rect, rows: &[FigureRow], emit: &Emit<'_>) {
    if !rows.iter().any(|row| row.cells.iter().any(|cell| cell.best)) {
        return;
    }
    let at = head.left_center() + vec2(SIDE + DOT, 0.0);
    ui.painter().circle_filled(at, DOT, emit.theme.ink);
    let (font, color) = (fonts::regular(fonts::LABEL), emit.theme.text3);
    let (room, galley) =
        (head.right() - at.x - 8.0, |text: &str| ui.painter().layout_no_wrap(text.to_owned(), font.clone(), color));
    // Beside narrow names a word does: the columns' heads follow at once.
    let whole = Some(galley("the better one")).filter(|whole| whole.size().x <= room);
    let words = whole.unwrap_or_else(|| galley("better"));
    let text = Align2::LEFT_CENTER.anchor_size(at + vec2(8.0, 0.0), words.size());
    ui.painter().galley(text.min, words, color);
    let response = ui.interact(text.expand(4.0), ui.scope_id().with("better"), Sense::hover());
    let said = "The dot marks the better figure, where one is better than another";
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, said));
    response.on_hover_text(said);
}

/// A figure's name, in two lines where one is too short.
fn name_galley(ui: &Ui, row: &FigureRow, width: f32, emit: &Emit<'_>) -> Arc<Galley> {
    let font = fonts::regular(fonts::ROW);
    ui.painter().layout(row.title.clone(), font, emit.theme.text2, width - 8.0)
}

/// Where the columns stand.
struct Columns {
    names: f32,
    /// Where each run's column ends, from the end of the names.
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
            .scan(0.0, |end, run| {
                *end += least(run) + spare;
                Some(*end)
            })
            .collect();
        let width = (ends.last().copied().unwrap_or(0.0) + SIDE).max(room - SIDE - names);
        Columns { names, ends, width }
    }

    /// A run's place in a row.
    fn place(&self, row: Rect, run: usize) -> Rect {
        let left = if run == 0 { 0.0 } else { self.ends[run - 1] };
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
    let response = response.on_hover_text(format!("{}. A click looks at this run.", of.title));
    if response.clicked() {
        emit.emit(Command::FocusRun(run));
    }
    if !is_whole(ui.clip_rect(), rect) {
        return;
    }
    let x = (right - galley.size().x).max(rect.left());
    widgets::text_cut(ui.painter(), pos2(x, rect.center().y), &text, font, color, right - x + 1.0);
}

/// Whether what is written in a column is seen whole: half a figure would be read as another one.
fn is_whole(sight: Rect, written: Rect) -> bool {
    sight.left() <= written.left() + 0.5 && written.right() <= sight.right() + 0.5
}

/// Stands for a figure of which only a part would be seen.
fn cut_ui(ui: &Ui, place: Rect, theme: &Theme) {
    let seen = place.intersect(ui.clip_rect());
    if seen.width() >= LETTER {
        let font = fonts::mono(fonts::ROW);
        ui.painter().text(seen.center(), Align2::CENTER_CENTER, "…", font, theme.text3);
    }
}

fn name_ui(ui: &mut Ui, rect: Rect, row: &FigureRow, galley: Arc<Galley>, emit: &Emit<'_>) {
    let theme = emit.theme;
    let name = ui.interact(rect, ui.scope_id().with(("figure", &row.title)), Sense::hover());
    name.widget_info(|| WidgetInfo::labeled(egui::Role::RowHeader, true, format!("{}: {}", row.title, row.definition)));
    if name.hovered() {
        ui.painter().rect_filled(rect, 0.0, theme.raised);
    }
    let at = pos2(rect.left() + SIDE, (rect.center().y - galley.size().y / 2.0).round());
    let lines: Vec<Rect> = galley.rows.iter().map(|line| line.rect().translate(at.to_vec2())).collect();
    ui.painter().galley(at, galley, theme.text2);
    if name.hovered() {
        // What is defined is underlined by dots, as in a dictionary.
        for line in lines {
            for dot in 0..(line.width() / 4.0) as usize {
                let at = pos2(line.left() + dot as f32 * 4.0, line.bottom());
                ui.painter().rect_filled(Rect::from_min_size(at, vec2(1.5, 1.0)), 0.0, theme.text3);
            }
        }
    }
    name.on_hover_ui(|ui| {
        ui.strong(&row.title);
        ui.label(&row.definition);
    });
}

fn cell_ui(ui: &Ui, place: Rect, title: &str, run: usize, cell: &Cell, emit: &Emit<'_>) {
    let theme = emit.theme;
    let response = ui.interact(place, ui.scope_id().with(("cell", title, run)), Sense::hover());
    let better = if cell.best { ", the better one" } else { "" };
    let said = format!("{title}, run {}: {}{better}", run_letter(run), cell.text);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Cell, true, &said));
    let (font, color) =
        if cell.best { (fonts::mono_medium(fonts::ROW), theme.text1) } else { (fonts::mono(fonts::ROW), theme.text2) };
    let galley = ui.painter().layout_no_wrap(cell.text.clone(), font, color);
    let dot = if cell.best { 6.0 + DOT } else { 0.0 };
    let text = Align2::RIGHT_CENTER.anchor_size(place.right_center(), galley.size());
    if is_whole(ui.clip_rect(), text.with_min_x(text.left() - dot)) {
        ui.painter().galley(text.min, galley, color);
        if cell.best {
            // Weight alone is easily missed.
            ui.painter().circle_filled(text.left_center() - vec2(6.0, 0.0), DOT, theme.ink);
        }
    } else {
        cut_ui(ui, place, theme);
    }
    let said: Vec<&str> = [cell.note.as_str()].into_iter().chain(cell.best.then_some("The better one.")).collect();
    let said = said.join("\n");
    if !said.trim().is_empty() {
        response.on_hover_text(said.trim());
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
        assert!(two.width <= 302.0 - SIDE - two.names && two.ends[1] <= two.width - SIDE, "{:?}", two.ends);
        let six = Columns::of(&[row(&["195.9 ms"; 6])], 6, 302.0);
        assert!(six.width > 302.0 && six.ends.is_sorted());
        assert!(six.names + SIDE < 302.0 / 2.0, "the names leave room for the columns");
    }

    #[test]
    fn a_figure_is_written_whole_or_not_at_all() {
        let sight = Rect::from_x_y_ranges(100.0..=300.0, 0.0..=24.0);
        let written = |left: f32, right: f32| is_whole(sight, Rect::from_x_y_ranges(left..=right, 0.0..=24.0));
        assert!(written(100.0, 160.0) && written(240.0, 300.0));
        assert!(!written(99.0, 160.0), "17.0 ms would be read as 7.0 ms");
        assert!(!written(240.0, 301.0));
    }
}
