//! The time axis above the rows: its ticks, the cursor's flag, and seeking on it.

use egui::{Align2, CursorIcon, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::session::{Command, Session};
use crate::timeline::axis::{Axis, write_clock};

use super::fonts;
use super::timeline_panel::RIGHT_MARGIN;
use super::widgets::Emit;

/// Ticks stand at least so far apart.
pub const TICK_GAP: f32 = 52.0;

/// The axis with its ticks, and the cursor through all rows.
pub fn axis_ui(ui: &mut Ui, head: Rect, session: &Session, axis: &Axis, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let ticks = axis.ticks(TICK_GAP);
    let painter = ui.painter();
    painter.hline(head.x_range(), head.bottom() - 0.5, Stroke::new(1.0, theme.line));
    let name = format!("virtual time, {}", ticks.unit.symbol());
    let at = head.left_center() + vec2(16.0, 0.0);
    painter.text(at, Align2::LEFT_CENTER, name, fonts::regular(fonts::LABEL), theme.text3);
    let now = axis.x(session.cursor().time);
    let flag =
        painter.layout_no_wrap(write_clock(session.cursor().time), fonts::mono_medium(fonts::LABEL), theme.on_ink);
    let half = flag.size().x / 2.0 + 8.0;
    let in_view = now >= axis.left - 1.0 && now <= axis.right + 1.0;
    for tick in ticks.marks {
        let galley = painter.layout_no_wrap(tick.label, fonts::mono(fonts::LABEL), theme.text3);
        let x = (tick.x - galley.size().x / 2.0).max(axis.left - 4.0);
        let right = x + galley.size().x;
        let hidden = in_view && x < now + half + 4.0 && right > now - half - 4.0;
        if !hidden && right <= axis.right + RIGHT_MARGIN {
            painter.galley(pos2(x, head.center().y - galley.size().y / 2.0).round(), galley, theme.text3);
        }
    }
    if in_view {
        let middle = now.clamp(axis.left + half - 8.0, axis.right + RIGHT_MARGIN - half);
        let plate = Rect::from_center_size(pos2(middle, head.center().y), vec2(half * 2.0, 22.0));
        painter.rect_filled(plate, 4.0, theme.ink);
        painter.galley((plate.center() - flag.size() / 2.0).round(), flag, theme.on_ink);
    }
    seek_ui(ui, head.with_min_x(axis.left), session, axis, emit);
}

/// Pressing or dragging on the axis moves the cursor.
fn seek_ui(ui: &mut Ui, rect: Rect, session: &Session, axis: &Axis, emit: &mut Emit<'_>) {
    let response = ui.interact(rect, ui.scope_id().with("axis"), Sense::click_and_drag());
    let said = format!("Time axis. Cursor at {} ms", write_clock(session.cursor().time));
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Slider, true, &said));
    if response.hovered() {
        ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
    }
    if (response.clicked() || response.dragged())
        && let Some(at) = response.interact_pointer_pos()
    {
        emit.emit(Command::Seek(axis.moment_from_x(at.x).min(session.end())));
    }
}
