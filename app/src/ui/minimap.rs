//! The strip above the timeline: all runs from start to end, and a frame around what is in view.
//!
//! Owns its painting, and what the pointer and the arrow keys do in it. What a pixel says is made in
//! [`crate::timeline::minimap`], once for a width and a number of events.

use egui::{Align2, CursorIcon, EventFilter, Key, Modifiers, Rect, Response, Sense, Stroke, StrokeKind, Ui};
use egui::{WidgetInfo, pos2, vec2};
use sim_core::clock::{Clock, write_length};
use sim_core::instant::SimTime;

use crate::session::{Command, Run, Session};
use crate::timeline::axis::Axis;
use crate::timeline::minimap::{Drag, Line, Map, Part};

use super::canvas::{Canvas, Snap};
use super::theme::Theme;
use super::tip;
use super::widgets::{self, Emit};
use super::{fonts, icons, veil};

/// The strip's height.
const HEIGHT: f32 = 40.0;
/// The same where the rows have hardly any room themselves.
pub const LOW: f32 = 26.0;
/// A timeline lower than this has a low strip.
const ROOMY: f32 = 220.0;
/// Free above and below the frame.
const MARGIN: f32 = 4.0;
/// Letters nearer to each other than this stand in two columns.
const LETTER: f32 = 11.0;
/// A run's line is at most so high.
const HIGHEST_LINE: f32 = 16.0;
/// A lower line has no other under it.
const TWO_LINES: f32 = 6.0;
/// While a run grows, its line is made anew when it has so many times as many events.
const GROWN: f64 = 1.15;
/// A turn of the wheel enlarges by this for each point that it scrolls.
const WHEEL: f64 = 0.004;

/// A timeline lower than this has none: the rows need all there is.
const CRAMPED: f32 = 160.0;

/// How high the strip is in a timeline of this height whose rows need so much.
pub fn height(timeline: f32, rows: f32) -> f32 {
    match timeline {
        ..CRAMPED => 0.0,
        _ if timeline < ROOMY || timeline < rows + HEIGHT => LOW,
        _ => HEIGHT,
    }
}

/// What the strip remembers between frames.
#[derive(Clone, Default)]
pub struct MinimapState {
    lines: Vec<Kept>,
    drag: Option<Drag>,
}

/// A line, and what it was made from.
#[derive(Clone, Default)]
struct Kept {
    line: Line,
    width: f32,
    events: usize,
    grows: bool,
    opened: u64,
}

impl Kept {
    fn serves(&self, run: &Run, opened: u64, total: f64, width: f32) -> bool {
        let same = self.width == width && self.opened == opened && self.grows == run.may_grow();
        let events = run.trace.len();
        let enough = if run.may_grow() { (events as f64) < self.events as f64 * GROWN } else { events == self.events };
        // A line that is a little too long or too short is stretched while the run grows.
        same && enough && events >= self.events && (run.may_grow() || self.line.total == total)
    }
}

/// Shows the strip. `axis` is that of the rows below it.
pub fn minimap_ui(
    ui: &mut Ui,
    area: Rect,
    session: &Session,
    axis: &Axis,
    state: &mut MinimapState,
    emit: &mut Emit<'_>,
) {
    let theme = emit.theme;
    let total = session.whole().end().max(1.0);
    let map = Map { left: axis.left, right: axis.right, total };
    let margin = MARGIN.min(area.height() / 10.0);
    let strip = Rect::from_min_max(pos2(axis.left, area.top() + margin), pos2(axis.right, area.bottom() - margin));
    let response =
        ui.interact(strip.expand2(vec2(6.0, MARGIN)), ui.scope_id().with("minimap"), Sense::click_and_drag());
    let view = session.view();
    let moment = |ns: f64| SimTime::from_nanos(ns.max(0.0) as u64);
    let said = format!("Whole run. In view: {}", session.clock().range(moment(view.start), moment(view.end())));
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Slider, true, &said));

    ui.painter().rect_filled(area, 0.0, theme.raised);
    ui.painter().hline(area.x_range(), area.bottom() - 0.5, Stroke::new(1.0, theme.line));
    let at = area.left_center() + vec2(16.0, 0.0);
    ui.painter().text(at, Align2::LEFT_CENTER, "whole run", fonts::regular(fonts::LABEL), theme.text3);
    let frame = Rect::from_x_y_ranges(map.x_from_time(view.start)..=map.x_from_time(view.end()), strip.y_range());
    // A frame thinner than its own edges could not be seen.
    let frame = if frame.width() < 4.0 { frame.expand2(vec2(2.0 - frame.width() / 2.0, 0.0)) } else { frame };
    ui.painter().rect_filled(frame, 4.0, theme.panel);
    lines_ui(ui, strip, session, &map, state, theme);
    if let Some(from) = session.veil() {
        veil::strip_veiled_ui(ui, strip, map.x_from_time(from.as_nanos() as f64), theme);
    }
    places_ui(ui, strip, session, &map, theme);
    frame_ui(ui, frame, &response, theme);
    point(ui, &response, session, &map, state, emit);
    keys(ui, &response, emit);
}

/// Each run's line under the other, with its letter.
fn lines_ui(ui: &Ui, strip: Rect, session: &Session, map: &Map, state: &mut MinimapState, theme: &Theme) {
    let runs = session.runs();
    let width = (map.right - map.left).round();
    state.lines.resize_with(runs.len(), Kept::default);
    let snap = Snap::new(ui.pixels_per_point());
    let inner = strip.shrink2(vec2(0.0, if strip.height() < 24.0 { 1.5 } else { 3.0 }));
    let room = inner.height() / runs.len().max(1) as f32;
    let height = room.min(HIGHEST_LINE);
    let first = inner.center().y - room.min(HIGHEST_LINE + 1.0) * runs.len() as f32 / 2.0;
    for (n, (run, kept)) in runs.iter().zip(&mut state.lines).enumerate() {
        if !kept.serves(run, session.opened(), map.total, width) {
            let line = Line::of(&run.index, run.threads, map.total, width);
            *kept = Kept { line, width, events: run.trace.len(), grows: run.may_grow(), opened: session.opened() };
        }
        let top = first + n as f32 * room.min(HIGHEST_LINE + 1.0);
        let place = Rect::from_min_size(pos2(strip.left(), top), vec2(strip.width(), height - 1.0));
        let at = pos2(strip.left() - 9.0 - LETTER * (n % letter_columns(room)) as f32, place.center().y);
        let font = fonts::regular(fonts::LEAST);
        ui.painter().text(at, Align2::RIGHT_CENTER, widgets::run_letter(n), font, theme.text3);
        if n > 0 {
            ui.painter().hline(strip.x_range(), snap.edge(top) - snap.pixel() / 2.0, Stroke::new(1.0, theme.grid));
        }
        line_ui(ui, place, &kept.line, map, theme);
        findings_ui(ui, place, run, map, theme);
    }
}

/// Over so many columns the letters are spread, so that none stands on another where lines are `room` high.
fn letter_columns(room: f32) -> usize {
    ((LETTER / room.max(1.0)).ceil() as usize).clamp(1, 4)
}

/// Blue from the base up: as high as the share of workers that poll. Amber below: someone waits for its turn.
fn line_ui(ui: &Ui, place: Rect, line: &Line, map: &Map, theme: &Theme) {
    let snap = Snap::new(ui.pixels_per_point());
    // Where there is no room for a second line under it, who wants to run is seen where nobody does.
    let one_line = place.height() < TWO_LINES;
    let wants = if one_line { place.height() } else { (place.height() * 0.25).clamp(1.5, 3.5).round() };
    let base = if one_line { place.bottom() } else { (place.bottom() - wants - 1.0).round() };
    let full = if one_line { place.height() } else { (base - place.top() - 1.0).max(3.0) };
    let below = if one_line { base - wants } else { base + 1.0 };
    let stretch = line.total / map.total / line.cells.len() as f64 * f64::from(map.right - map.left);
    let x = |cell: usize| snap.edge(map.left + (cell as f64 * stretch) as f32);
    let mut canvas = Canvas::plain();
    let mut told = 0;
    for (n, cell) in line.cells.iter().enumerate() {
        let (from, to) = (x(n), x(n + 1).max(x(n) + snap.pixel()));
        if n < told {
            // The tick before it stands for it.
        } else if let Some(cells) = line.alone(n) {
            told = n + cells;
            canvas.rect(Rect::from_min_max(pos2(from, base - full), pos2(from + 2.0, base)), theme.running);
        } else if cell.begins || cell.runs > 0.0 {
            let height = (full * cell.runs).max(3.0_f32.min(full));
            canvas.rect(Rect::from_min_max(pos2(from, base - height), pos2(to, base)), theme.running);
        }
        if cell.wants >= 0.5 && (!one_line || cell.runs == 0.0) {
            canvas.rect(Rect::from_min_max(pos2(from, below), pos2(to, below + wants)), theme.ready_small);
        }
    }
    canvas.paint(ui.painter());
}

/// What is wrong: a line above, where it shows.
fn findings_ui(ui: &Ui, place: Rect, run: &Run, map: &Map, theme: &Theme) {
    const MOST: usize = 5_000;
    let mut canvas = Canvas::plain();
    for finding in run.findings().iter().take(MOST) {
        let x = |time: SimTime| map.x_from_time(time.as_nanos() as f64);
        let (from, to) = (x(finding.span.0), x(finding.span.1));
        let line = Rect::from_min_max(pos2(from, place.top() - 0.5), pos2(to.max(from + 3.0), place.top() + 1.0));
        canvas.rect(line, icons::severity_color(finding.severity, theme));
    }
    canvas.paint(ui.painter());
}

/// The selected time, the marks and the cursor.
fn places_ui(ui: &Ui, strip: Rect, session: &Session, map: &Map, theme: &Theme) {
    let x = |time: SimTime| Snap::new(ui.pixels_per_point()).edge(map.x_from_time(time.as_nanos() as f64));
    let painter = ui.painter();
    if let Some(span) = session.selected_time() {
        let band = Rect::from_x_y_ranges(x(span.from)..=x(span.to).max(x(span.from) + 1.0), strip.y_range());
        painter.rect_filled(band, 0.0, theme.ink.gamma_multiply(0.16));
    }
    for mark in session.marks() {
        let at = x(mark.time());
        painter.rect_filled(Rect::from_x_y_ranges(at - 1.0..=at + 1.0, strip.y_range()), 0.0, theme.mark);
    }
    let at = x(session.cursor().time);
    painter.rect_filled(Rect::from_x_y_ranges(at - 0.75..=at + 0.75, strip.y_range()), 0.0, theme.ink);
}

fn frame_ui(ui: &Ui, frame: Rect, response: &Response, theme: &Theme) {
    let lit = response.hovered() || response.has_focus() || response.dragged();
    let (color, width) = if lit { (theme.ink, 2.0) } else { (theme.text2, 1.5) };
    ui.painter().rect_stroke(frame, 4.0, Stroke::new(width, color), StrokeKind::Inside);
    for x in [frame.left(), frame.right()] {
        let handle = Rect::from_center_size(pos2(x, frame.center().y), vec2(5.0, 13.0));
        ui.painter().rect(handle, 2.5, color, Stroke::new(1.0, theme.panel), StrokeKind::Outside);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(response.rect, 5.0, Stroke::new(2.0, theme.ink), StrokeKind::Inside);
    }
}

/// Drags, clicks, the wheel, and what is said.
fn point(ui: &Ui, response: &Response, session: &Session, map: &Map, state: &mut MinimapState, emit: &mut Emit<'_>) {
    let view = session.view();
    if response.drag_started()
        && let Some(origin) = ui.input(|i| i.pointer.press_origin())
    {
        state.drag = Some(Drag::of(map.part_at(view, origin.x), view, map.time_from_x(origin.x)));
    }
    let pointer = response.interact_pointer_pos().or(response.hover_pos());
    if let (Some(drag), Some(at), true) = (state.drag, pointer, response.dragged()) {
        let shown = drag.to(view, map.time_from_x(at.x));
        match drag {
            Drag::Window(_) if shown != view => emit.emit(Command::Pan((shown.start - view.start) / view.length)),
            Drag::Edge(fixed) if shown != view => {
                emit.emit(Command::PullView { fixed, to: map.time_from_x(at.x) });
            }
            Drag::Window(_) | Drag::Edge(_) => {}
        }
    }
    if !response.dragged() {
        state.drag = None;
    }
    let Some(at) = pointer else { return };
    let part = map.part_at(view, at.x);
    let moves = matches!(state.drag, Some(Drag::Window(_)));
    ui.ctx().set_cursor_icon(match part {
        _ if moves => CursorIcon::Grabbing,
        _ if state.drag.is_some() => CursorIcon::ResizeHorizontal,
        Part::Window => CursorIcon::Grab,
        Part::Start | Part::End => CursorIcon::ResizeHorizontal,
        Part::Outside => CursorIcon::Crosshair,
    });
    if response.clicked() && part == Part::Outside {
        let shown = map.view_around(view, map.time_from_x(at.x));
        emit.emit(Command::ShowRange { from: shown.start, to: shown.end() });
    }
    if response.contains_pointer() {
        wheel(ui, map, at.x, emit);
    }
    let beside = Rect::from_x_y_ranges(at.x - 8.0..=at.x + 8.0, response.rect.y_range());
    let (end, clock) = (session.end(), session.clock());
    tip::beside(response, beside, |ui| said_ui(ui, map.time_from_x(at.x), (end, clock), part, emit.theme));
}

fn said_ui(ui: &mut Ui, time: f64, (end, clock): (SimTime, Clock), part: Part, theme: &Theme) {
    let time = SimTime::from_nanos(time as u64);
    if time <= end {
        tip::title(ui, &format!("{} of {}", clock.say(time), write_length(end.since(SimTime::ZERO))), theme);
    } else {
        tip::title(ui, &format!("after the end, at {}", clock.say(end)), theme);
    }
    tip::line(
        ui,
        match part {
            Part::Window => "Drag: move what is in view",
            Part::Start | Part::End => "Drag: show more or less",
            Part::Outside => "Drag: show this stretch. Click: go there",
        },
        theme,
    );
}

/// The wheel alone zooms here: there is nothing to scroll.
fn wheel(ui: &Ui, map: &Map, x: f32, emit: &mut Emit<'_>) {
    let (zoom, scroll) = ui.input(|i| (f64::from(i.zoom_delta()), f64::from(i.smooth_scroll_delta().y)));
    let factor = zoom * zoom * (scroll * WHEEL).exp();
    if factor != 1.0 {
        emit.emit(Command::ZoomAt { factor, at: map.time_from_x(x) });
    }
}

/// With the focus, arrows move and zoom what is in view.
fn keys(ui: &Ui, response: &Response, emit: &mut Emit<'_>) {
    if !response.has_focus() {
        return;
    }
    let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|m| m.set_focus_lock_filter(response.id, arrows));
    for (key, command) in [
        (Key::ArrowLeft, Command::PanLeft),
        (Key::ArrowRight, Command::PanRight),
        (Key::ArrowUp, Command::ZoomIn),
        (Key::ArrowDown, Command::ZoomOut),
    ] {
        for _ in 0..ui.input_mut(|i| i.count_and_consume_key(Modifiers::NONE, key)) {
            emit.emit(command.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_low_lines_stand_beside_each_other() {
        assert_eq!([16.0, 11.0, 8.0, 5.0, 3.6].map(letter_columns), [1, 1, 2, 3, 4]);
    }
}
