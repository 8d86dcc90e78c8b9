//! The pointer over the timeline's rows: clicks, drags, the wheel, and what is said of the thing under it.

use egui::{CursorIcon, PointerButton, Rect, Response, Ui};

use crate::session::{Command, FindingId, Selection};
use crate::timeline::axis::Axis;
use crate::timeline::hit;
use crate::timeline::rows::RowKind;
use crate::timeline::scene::Scene;

use super::hover;
use super::timeline_panel::Panel;
use super::widgets::Emit;

/// A click so near to a span's start means its start.
const NEAR: f32 = 3.0;

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
        let shift = ui.input(|i| i.modifiers.shift);
        let pans = response.dragged_by(PointerButton::Middle) || (shift && response.dragged_by(PointerButton::Primary));
        if pans {
            emit.emit(Command::Pan(f64::from(-response.drag_delta().x / self.axis.width())));
            ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
            return;
        }
        let Some(at) = response.hover_pos().or(response.interact_pointer_pos()) else { return };
        if let Some(found) = hit::finding_at(&scene.findings, at.x, at.y) {
            let finding = &self.session.runs()[found.run].findings()[found.place];
            ui.ctx().set_cursor_icon(CursorIcon::PointingHand);
            if response.clicked() {
                emit.emit(Command::ShowFinding(FindingId { run: found.run, place: found.place }));
            } else {
                hover::finding_ui(response, finding, emit.theme);
            }
            return;
        }
        if let Some(arrow) = hit::arrow_at(&scene.arrows, at.x, at.y) {
            let arrow = &scene.arrows[arrow];
            let run = &self.session.runs()[arrow.run];
            let Some(link) = run.index.links().get(arrow.link) else { return };
            ui.ctx().set_cursor_icon(CursorIcon::PointingHand);
            if response.clicked() {
                emit.emit(Command::Select(Selection::Link { run: arrow.run, link }));
                emit.emit(Command::SeekEvent { run: arrow.run, event: link.to_event });
            } else {
                hover::link_ui(response, run, &link, emit.theme);
            }
            return;
        }
        let Some(row) = self.rows.at(at.y - self.origin) else { return };
        let RowKind::Track { index, kind } = row.kind else { return };
        let run = self.run(row);
        let track = &run.index.tracks[index];
        let span = hit::span_at(track, &self.axis, at.x);
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
        } else if let Some(span) = span {
            hover::span_ui(response, run, track, &span, emit.theme);
        }
    }
}
