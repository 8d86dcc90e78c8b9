//! The pointer over the timeline's rows: clicks, drags and the wheel. What is said of the thing under it is in
//! [`super::timeline_hover`].

use egui::{CursorIcon, PointerButton, Rect, Response, Ui};
use sim_core::analysis::track::{Span, TrackKind};
use sim_core::instant::SimTime;

use crate::session::{Command, DragMeans, FindingId, Selection, Tab};
use crate::timeline::axis::Axis;
use crate::timeline::hit;
use crate::timeline::rows::RowKind;
use crate::timeline::scene::{Arrow, Scene};

use super::measures::NARROW;
use super::timeline_panel::Panel;
use super::widgets::Emit;

/// A click so near to a span's start means its start.
const NEAR: f32 = 3.0;
/// From so far an edge of the selected time can be taken.
const EDGE: f32 = 4.0;

/// The wheel with Ctrl zooms at the pointer, with Shift it pans.
pub(super) fn wheel(ui: &Ui, area: Rect, axis: &Axis, emit: &mut Emit<'_>) {
    let Some(pointer) = ui.ctx().pointer_hover_pos().filter(|p| area.contains(*p)) else { return };
    let (zoom, scroll) = ui.input(|i| (f64::from(i.zoom_delta()), i.smooth_scroll_delta()));
    if zoom != 1.0 {
        emit.emit(Command::ZoomAt { factor: zoom * zoom, at: axis.time_from_x(pointer.x.max(axis.left)) });
    }
    if scroll.x != 0.0 {
        emit.emit(Command::Pan(f64::from(-scroll.x / axis.width())));
    }
}

impl Panel<'_> {
    /// Clicks, drags and hovering over the rows.
    pub(super) fn point(&self, ui: &mut Ui, response: &Response, scene: &Scene, emit: &mut Emit<'_>) {
        if self.drag(ui, response, emit) {
            return;
        }
        let Some(at) = response.hover_pos().or(response.interact_pointer_pos()) else { return };
        if self.edge_of_selected_time(at.x).is_some() {
            ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
        }
        if at.x > self.axis.x(self.known()) {
            // What lies under the cover is not there to be hit: only the moment is gone to.
            if response.clicked() {
                emit.emit(Command::Seek(self.axis.moment_from_x(at.x)));
            }
            return;
        }
        let signs = if self.session.hides_figures() { &[][..] } else { &scene.findings[..] };
        if let Some(found) = hit::finding_at(signs, at.x, at.y) {
            ui.ctx().set_cursor_icon(CursorIcon::PointingHand);
            if response.clicked() {
                emit.emit(Command::ShowFinding(FindingId { run: found.run, place: found.place }));
            } else {
                self.say_finding(response, &found, emit.theme);
            }
        } else if let Some(place) = hit::arrow_at(&scene.arrows, at.x, at.y) {
            ui.ctx().set_cursor_icon(CursorIcon::PointingHand);
            self.point_at_arrow(response, &scene.arrows[place], at, emit);
        } else {
            self.point_at_row(ui, response, scene, at, emit);
        }
    }

    fn point_at_arrow(&self, response: &Response, arrow: &Arrow, at: egui::Pos2, emit: &mut Emit<'_>) {
        let Some(link) = self.session.runs()[arrow.run].index.links().get(arrow.link) else { return };
        if response.clicked() {
            emit.emit(Command::Select(Selection::Link { run: arrow.run, link }));
            emit.emit(Command::SeekEvent { run: arrow.run, event: link.to_event });
        } else if link.to_time <= self.known() {
            self.say_link(response, arrow.run, &link, at, emit.theme);
        }
    }

    fn point_at_row(&self, ui: &Ui, response: &Response, scene: &Scene, at: egui::Pos2, emit: &mut Emit<'_>) {
        let Some(row) = self.rows.at(at.y - self.origin) else { return };
        let RowKind::Track { index, kind } = row.kind else { return self.point_crowd(ui, response, row, at, emit) };
        let track = &self.run(row).index.tracks[index];
        let span = hit::span_at(track, &self.axis, at.x).map(|span| self.as_known(span));
        if response.double_clicked()
            && let Some(span) = span
        {
            let (from, to) = (span.start.as_nanos() as f64, span.end.as_nanos() as f64);
            let margin = (to - from) * 0.2;
            emit.emit(Command::ShowRange { from: from - margin, to: to + margin });
        } else if response.clicked() {
            emit.emit(Command::Select(Selection::Track { run: row.run, track: kind }));
            // A click on a span's very start means the event there, not a time a little beside it.
            match span.filter(|s| (self.axis.x(s.start) - at.x).abs() <= NEAR) {
                Some(span) => emit.emit(Command::SeekEvent { run: row.run, event: span.event }),
                None => emit.emit(Command::Seek(self.axis.moment_from_x(at.x))),
            }
        } else {
            self.say_row(response, scene, row, track, at, emit.theme);
        }
    }

    /// Dragging pans or selects time. Answers whether something is being dragged.
    fn drag(&self, ui: &Ui, response: &Response, emit: &mut Emit<'_>) -> bool {
        let kept = response.id.with("selects from");
        let narrow = ui.ctx().content_rect().width() < NARROW && !self.session.is_wide();
        if response.drag_stopped() && narrow && ui.data(|d| d.get_temp::<Option<SimTime>>(kept)).flatten().is_some() {
            // What the time adds up to has no place at the side.
            emit.emit(Command::ShowTab(Tab::Inspector));
        }
        let primary = response.dragged_by(PointerButton::Primary);
        if !primary && !response.dragged_by(PointerButton::Middle) {
            return false;
        }
        if response.drag_started() {
            let shift = ui.input(|i| i.modifiers.shift);
            let selects = primary && !shift && self.session.drag_means() == DragMeans::Select;
            let origin = ui.input(|i| i.pointer.press_origin()).or(response.interact_pointer_pos());
            // Pulled at an edge, the other edge stays.
            let from = origin
                .filter(|_| selects)
                .map(|at| self.edge_of_selected_time(at.x).unwrap_or_else(|| self.held_moment(at.x)));
            ui.data_mut(|d| d.insert_temp(kept, from));
        }
        match (ui.data(|d| d.get_temp::<Option<SimTime>>(kept)).flatten(), response.interact_pointer_pos()) {
            (Some(from), Some(at)) => {
                ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
                emit.emit(Command::SelectTime { from, to: self.held_moment(at.x) });
            }
            _ => {
                ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
                emit.emit(Command::Pan(f64::from(-response.drag_delta().x / self.axis.width())));
            }
        }
        true
    }

    /// The end of the selected time that stays when the other one, at this x, is pulled.
    fn edge_of_selected_time(&self, x: f32) -> Option<SimTime> {
        let span = self.session.selected_time()?;
        let near = |time| (self.axis.x(time) - x).abs() <= EDGE;
        if near(span.to) {
            Some(span.from)
        } else if near(span.from) {
            Some(span.to)
        } else {
            None
        }
    }

    fn held_moment(&self, x: f32) -> SimTime {
        self.axis.moment_from_x(x.clamp(self.axis.left, self.axis.right))
    }

    /// The span under the pointer: its arrows are drawn.
    pub(super) fn hovered(&self, ui: &Ui) -> Option<Hovered> {
        let at = ui.ctx().pointer_hover_pos().filter(|at| self.sight.contains(*at))?;
        let over = (self.axis.left..=self.axis.right).contains(&at.x);
        let row = self.rows.at(at.y - self.origin).filter(|_| over)?;
        let RowKind::Track { index, kind } = row.kind else { return None };
        let span = hit::span_at(&self.run(row).index.tracks[index], &self.axis, at.x)?;
        Some(Hovered { run: row.run, track: kind, span: self.as_known(span) })
    }

    /// A span as far as it has come where the cover begins.
    pub(super) fn as_known(&self, span: Span) -> Span {
        Span { end: span.end.min(self.known().max(span.start)), ..span }
    }
}

/// A span under the pointer.
#[derive(Clone, Copy)]
pub(super) struct Hovered {
    pub(super) run: usize,
    pub(super) track: TrackKind,
    pub(super) span: Span,
}
