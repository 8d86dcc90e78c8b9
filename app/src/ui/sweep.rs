//! The Sweep panel: what is turned at the left, and beside it a plot a figure. A point leads to the scenario with its
//! value.

use egui::{Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use sim_core::scenario::sweep::{At, Curves, Figure};

use crate::plot::{Frame, Plot, Words, plot};
use crate::session::sweep_choices::label_of;
use crate::session::{Command, Session};

use super::fonts;
use super::knobs::{chip_ui, label, wrapped};
use super::plots;
use super::sweep_setup::setup_ui;
use super::theme::Theme;
use super::tip;
use super::veil::figures_veiled_ui;
use super::widgets::{self, Emit};

/// The width of what is set up.
const SETUP: f32 = 312.0;
/// From this width on the plots stand beside that.
const BESIDE: f32 = 590.0;
/// A plot is at least so wide and so high, and at most so high.
const LEAST: (f32, f32) = (230.0, 112.0);
const HIGHEST: f32 = 320.0;
/// The values that the scenario can be opened with, below the plots.
const OPEN: f32 = 62.0;
/// The scroll bar, and what is free beside it.
const BAR: f32 = 12.0;
/// A point is meant from so far away.
const REACH: f32 = 26.0;
/// What stands there before anything has been swept.
const EMPTY: &str = "Runs the scenario once for each value and each run, and draws what they come to: makespan, context \
                     switches, memory, and how long nearly all tasks wait at most.";
/// What is said of curves that what is shown now does not have.
const OTHER: &str = "These curves are of the scenario before it was changed. Start draws them anew.";

/// Shows the panel.
pub fn sweep_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let area = ui.max_rect().shrink2(vec2(16.0, 8.0));
    let Some(ask) = session.sweep_ask() else {
        let said = session.why_not(&Command::StartSweep).unwrap_or_default();
        widgets::inside(ui, area, |ui| label(ui, said, fonts::regular(fonts::ROW), emit.theme.text2));
        return;
    };
    if area.width() < BESIDE {
        scroll_ui(ui, area, "sweep", |ui| {
            setup_ui(ui, session, &ask, emit);
            ui.add_space(4.0);
            found_ui(ui, session, area.height(), emit);
        });
        return;
    }
    let split = area.left() + SETUP;
    scroll_ui(ui, area.with_max_x(split), "sweep setup", |ui| setup_ui(ui, session, &ask, emit));
    let right = area.with_min_x(split + 16.0);
    scroll_ui(ui, right, "sweep plots", |ui| found_ui(ui, session, right.height(), emit));
}

fn scroll_ui(ui: &mut Ui, place: Rect, name: &str, add: impl FnOnce(&mut Ui)) {
    widgets::inside(ui, place, |ui| {
        egui::ScrollArea::vertical().id_salt(name).auto_shrink(false).show(ui, |ui| {
            ui.set_max_width(place.width() - BAR);
            ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
            add(ui);
        });
    });
}

/// The curves, or what would be there.
fn found_ui(ui: &mut Ui, session: &Session, height: f32, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    if session.hides_figures() {
        let place = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), 60.0));
        figures_veiled_ui(ui, place, session, theme);
        return;
    }
    let (Some(found), Some(shown)) = (session.swept(), session.shown()) else {
        return label(ui, EMPTY, fonts::regular(fonts::ROW), theme.text2);
    };
    if session.is_sweep_of_another() {
        label(ui, OTHER, fonts::regular(fonts::LABEL), theme.text2);
    }
    let curves = &found.curves;
    if !session.is_sweeping() && curves.done() < curves.all() {
        let said = format!("Cancelled: {} of {} runs are done.", curves.done(), curves.all());
        label(ui, &said, fonts::regular(fonts::LABEL), theme.text2);
    }
    let words = Words::of(curves, &label_of(shown, &curves.over.path));
    let size = size_of_plot(ui.available_width(), height);
    for row in Figure::ALL.chunks(size.columns) {
        let (place, _) = ui.allocate_exact_size(vec2(ui.available_width(), size.height), Sense::hover());
        for (n, figure) in row.iter().enumerate() {
            let left = place.left() + n as f32 * (size.width + size.between);
            let rect = Rect::from_min_size(pos2(left, place.top()), vec2(size.width, size.height));
            plot_ui(ui, rect, curves, &words, *figure, emit);
        }
    }
    open_ui(ui, curves, &words, emit);
}

/// How large a plot is, and how many stand side by side.
struct PlotSize {
    columns: usize,
    width: f32,
    height: f32,
    between: f32,
}

/// Four, two or one side by side, as high as there is room for.
fn size_of_plot(room: f32, height: f32) -> PlotSize {
    let between = 16.0;
    let fits = |columns: usize| (room - between * (columns as f32 - 1.0)) / columns as f32;
    let columns = [4, 2, 1].into_iter().find(|columns| fits(*columns) >= LEAST.0).unwrap_or(1);
    let rows = Figure::ALL.len() / columns;
    let height = ((height - OPEN) / rows as f32 - 10.0).clamp(LEAST.1, HIGHEST);
    PlotSize { columns, width: fits(columns), height, between }
}

fn plot_ui(ui: &mut Ui, rect: Rect, curves: &Curves, words: &Words, figure: Figure, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let frame = Frame { left: 0.0, top: 0.0, right: rect.width(), bottom: rect.height() };
    let plot = plot(curves, figure, words, frame);
    // Each value can be opened by a button below, so that a plot need not take the focus.
    let response = ui.interact(rect, ui.scope_id().with(("plot", figure.title())), Sense::CLICK);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, said(curves, figure, words)));
    let near = response.hover_pos().and_then(|pointer| nearest(&plot, (pointer - rect.min).into()));
    let painter = ui.painter().with_clip_rect(rect.expand(4.0).intersect(ui.clip_rect()));
    if let Some((_, place)) = near {
        let x = painter.round_to_pixel_center(rect.left() + place[0]);
        painter.vline(x, rect.top() + 26.0..=rect.bottom() - 20.0, Stroke::new(1.0, theme.strong_line));
    }
    plots::paint(&painter, rect.min, &plot.marks, theme);
    if let Some((at, place)) = near {
        let centre = rect.min + vec2(place[0], place[1]);
        painter.circle_stroke(centre, 6.5, Stroke::new(1.5, theme.ink));
        let beside = Rect::from_center_size(centre, vec2(16.0, 16.0));
        point_tip(&response, beside, (curves, words, at), theme);
        let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
        if response.clicked() {
            emit.emit(opening(curves, at.point));
        }
    }
}

/// The point that is meant.
fn nearest(plot: &Plot, pointer: [f32; 2]) -> Option<(At, [f32; 2])> {
    let far = |place: &[f32; 2]| (place[0] - pointer[0]).hypot(place[1] - pointer[1]);
    let nearest = plot.points.iter().min_by(|(_, a), (_, b)| far(a).total_cmp(&far(b)))?;
    (far(&nearest.1) <= REACH).then_some(*nearest)
}

/// The figures of a point.
fn point_tip(response: &Response, beside: Rect, (curves, words, at): (&Curves, &Words, At), theme: &Theme) {
    let value = curves.over.quantity.write(curves.over.points[at.point]);
    let Some(figures) = curves.get(at) else { return };
    tip::beside(response, beside, |ui| {
        tip::title(ui, &format!("{}: {}, {value}", words.runs[at.run], words.turned), theme);
        for figure in Figure::ALL {
            let written = figures.get(figure).map_or("–".to_owned(), |value| figure.write(value));
            tip::figures(ui, &format!("{}: {written}", figure.title()), theme);
        }
        tip::line(ui, "A click runs the scenario with this value.", theme);
    });
}

/// A plot in words: each run from the first value to the last.
fn said(curves: &Curves, figure: Figure, words: &Words) -> String {
    let run = |run: usize| {
        let curve = curves.curve(run, figure);
        let (first, last) = (curve.first()?, curve.last()?);
        let at = |(point, value): &(usize, u64)| {
            let turned = curves.over.quantity.write(curves.over.points[*point]);
            format!("{} at {turned}", figure.write(*value))
        };
        Some(format!("{}: {} to {}", words.runs[run], at(first), at(last)))
    };
    let runs: Vec<String> = (0..curves.runs.len()).filter_map(run).collect();
    format!("{} over {}. {}", figure.title(), words.turned, runs.join("; "))
}

/// The way to the scenario with each of the values.
fn open_ui(ui: &mut Ui, curves: &Curves, words: &Words, emit: &mut Emit<'_>) {
    label(ui, "Open the scenario with", fonts::regular(fonts::LABEL), emit.theme.text2);
    wrapped(ui, |ui| {
        for (point, value) in curves.over.points.iter().enumerate() {
            let text = curves.over.quantity.write(*value);
            let name = format!("Open with {}: {text}", words.turned);
            if chip_ui(ui, &text, &name, false, emit.theme).clicked() {
                emit.emit(opening(curves, point));
            }
        }
    });
}

fn opening(curves: &Curves, point: usize) -> Command {
    let value = curves.over.quantity.in_file(curves.over.points[point]);
    Command::Turn { path: curves.over.path.clone(), value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plots_stand_side_by_side_as_many_as_have_room() {
        let columns = [200.0, 380.0, 600.0, 1_000.0, 1_600.0].map(|width| size_of_plot(width, 160.0).columns);
        assert_eq!(columns, [1, 1, 2, 4, 4]);
        let size = size_of_plot(1_000.0, 160.0);
        assert!(size.height <= 160.0 && size.width >= LEAST.0);
        assert_eq!(size_of_plot(600.0, 160.0).height, LEAST.1, "what does not fit is scrolled to");
    }
}
