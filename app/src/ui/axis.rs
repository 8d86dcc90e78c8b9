//! The time axis above the rows: its ticks, the cursor's plate, the selected time's length, the flags of marks; and
//! seeking on it.

use egui::{Align2, CursorIcon, EventFilter, Galley, Key, Modifiers, Rangef, Rect, Sense, Stroke, StrokeKind, Ui};
use egui::{WidgetInfo, pos2, vec2};
use std::sync::Arc;

use sim_core::clock::write_length;

use crate::session::{Command, Session};
use crate::timeline::axis::{Axis, Ticks};

use super::fonts;
use super::measures::{RIGHT_MARGIN, TICK_GAP};
use super::theme::Theme;
use super::tip;
use super::widgets::Emit;

/// A plate's height.
const PLATE: f32 = 20.0;

/// The axis with its ticks and what stands on them. The lines through the rows are the rows' own.
pub fn axis_ui(ui: &mut Ui, head: Rect, session: &Session, axis: &Axis, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let ticks = axis.ticks(TICK_GAP);
    let painter = ui.painter();
    painter.hline(head.x_range(), head.bottom() - 0.5, Stroke::new(1.0, theme.line));
    let name = format!("virtual time, {}", ticks.unit.symbol());
    let at = head.left_center() + vec2(16.0, 0.0);
    painter.text(at, Align2::LEFT_CENTER, name, fonts::regular(fonts::LABEL), theme.text3);
    let above = Above::lay_out(ui, head, session, (axis, &ticks), theme);
    ticks_ui(ui, head, axis, ticks, &above, theme);
    seek_ui(ui, head.with_min_x(axis.left - 4.0), session, axis, emit);
    above.show(ui, head, session, emit);
}

/// What stands on the ticks, laid out: nothing of it covers the cursor's plate.
struct Above {
    flags: Vec<(usize, Rect, Arc<Galley>)>,
    length: Option<(Rect, Arc<Galley>)>,
    cursor: Option<(Rect, Arc<Galley>)>,
}

impl Above {
    fn lay_out(ui: &Ui, head: Rect, session: &Session, (axis, ticks): (&Axis, &Ticks), theme: &Theme) -> Above {
        let painter = ui.painter();
        let room = Rangef::new(axis.left - 8.0, axis.right + RIGHT_MARGIN);
        let plate = |galley: &Galley, middle: f32| {
            let half = galley.size().x / 2.0 + 8.0;
            let middle = middle.clamp(room.min + half, (room.max - half).max(room.min + half));
            Rect::from_center_size(pos2(middle, head.center().y), vec2(half * 2.0, PLATE))
        };
        let now = axis.x(session.cursor().time);
        let in_view = now >= axis.left - 1.0 && now <= axis.right + 1.0;
        let cursor = in_view.then(|| {
            let time = ticks.write(session.cursor().time, session.clock());
            let galley = painter.layout_no_wrap(time, fonts::mono_medium(fonts::LABEL), theme.on_ink);
            (plate(&galley, now), galley)
        });
        let mut taken: Vec<Rect> = cursor.iter().map(|(rect, _)| *rect).collect();
        let length = session.selected_time().and_then(|span| {
            let (from, to) = (axis.x(span.from).max(axis.left), axis.x(span.to).min(axis.right));
            let text = write_length(span.length());
            let galley = painter.layout_no_wrap(text, fonts::mono_medium(fonts::LABEL), theme.text1);
            let rect = free_place(plate(&galley, (from + to) / 2.0), &taken, room);
            taken.push(rect);
            (to >= from).then_some((rect, galley))
        });
        let marks = session.marks().iter().enumerate();
        let in_view = marks.filter(|(_, m)| {
            let x = axis.x(m.time());
            x >= axis.left - 1.0 && x <= axis.right + 1.0
        });
        let flags = in_view.map(|(n, mark)| {
            let galley = painter.layout_no_wrap(mark.name.clone(), fonts::medium(fonts::LEAST), theme.on_mark);
            let size = vec2(galley.size().x + 8.0, 15.0);
            let x = axis.x(mark.time()) - 1.0;
            let left = if x + size.x > room.max { x + 2.0 - size.x } else { x };
            let rect = Rect::from_min_size(pos2(left, head.bottom() - size.y), size);
            (n, free_place(rect, &taken, room), galley)
        });
        Above { flags: flags.collect(), length, cursor }
    }

    fn hides(&self, x: Rangef) -> bool {
        let plates = self.length.iter().chain(&self.cursor).map(|(rect, _)| *rect);
        let all = plates.chain(self.flags.iter().map(|(_, rect, _)| *rect));
        all.into_iter().any(|rect| x.min < rect.right() + 4.0 && x.max > rect.left() - 4.0)
    }

    fn show(self, ui: &mut Ui, head: Rect, session: &Session, emit: &mut Emit<'_>) {
        let theme = emit.theme;
        for (n, rect, galley) in self.flags {
            let mark = &session.marks()[n];
            // It takes drags, too: else the axis below would have them, and the hovering with them.
            let response = ui.interact(rect, ui.scope_id().with(("mark", &mark.name)), Sense::click_and_drag());
            let said = format!("{}, at {}", mark.name, session.clock().say(mark.time()));
            response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &said));
            let edge = if response.hovered() || response.has_focus() { theme.ink } else { theme.text3 };
            ui.painter().rect(rect, 2.0, theme.mark, Stroke::new(1.0, edge), StrokeKind::Inside);
            ui.painter().galley((rect.center() - galley.size() / 2.0).round(), galley, theme.on_mark);
            if response.clicked() {
                emit.emit(Command::GoToMark(n));
            }
            tip::beside(&response, rect.with_min_y(head.top()), |ui| {
                tip::title(ui, &said, theme);
                tip::line(ui, "Click: go there. With the cursor there, M removes it", theme);
            });
        }
        if let Some((rect, galley)) = self.length {
            ui.painter().rect(rect, 4.0, theme.panel, Stroke::new(1.5, theme.text2), StrokeKind::Inside);
            ui.painter().galley((rect.center() - galley.size() / 2.0).round(), galley, theme.text1);
        }
        if let Some((rect, galley)) = self.cursor {
            ui.painter().rect_filled(rect, 4.0, theme.ink);
            ui.painter().galley((rect.center() - galley.size() / 2.0).round(), galley, theme.on_ink);
        }
    }
}

/// Where a plate can stand: where it wants to, or right or left of what is there already.
fn free_place(wanted: Rect, taken: &[Rect], room: Rangef) -> Rect {
    let is_free = |rect: &Rect| taken.iter().all(|t| !t.expand(1.0).intersects(*rect));
    let beside = |t: &Rect| {
        let (right, left) = (t.right() + 4.0, t.left() - 4.0 - wanted.width());
        [right, left].map(|x| Rect::from_min_size(pos2(x, wanted.top()), wanted.size()))
    };
    let others = taken.iter().flat_map(beside).filter(|r| r.left() >= room.min && r.right() <= room.max);
    let mut places = std::iter::once(wanted).chain(others).filter(is_free);
    places.next().unwrap_or(wanted)
}

fn ticks_ui(ui: &Ui, head: Rect, axis: &Axis, ticks: Ticks, above: &Above, theme: &Theme) {
    for tick in ticks.marks {
        let galley = ui.painter().layout_no_wrap(tick.label, fonts::mono(fonts::LABEL), theme.text3);
        let x = (tick.x - galley.size().x / 2.0).max(axis.left - 4.0);
        let right = x + galley.size().x;
        if right <= axis.right + RIGHT_MARGIN && !above.hides(Rangef::new(x, right)) {
            ui.painter().galley(pos2(x, head.center().y - galley.size().y / 2.0).round(), galley, theme.text3);
        }
    }
}

/// Pressing or dragging on the axis moves the cursor; with the focus, arrows step.
fn seek_ui(ui: &mut Ui, rect: Rect, session: &Session, axis: &Axis, emit: &mut Emit<'_>) {
    let response = ui.interact(rect, ui.scope_id().with("axis"), Sense::click_and_drag());
    let said = format!("Time axis. Cursor at {}", session.clock().say(session.cursor().time));
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Slider, true, &said));
    if response.hovered() || response.dragged() {
        ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect.shrink(1.0), 4.0, Stroke::new(2.0, emit.theme.ink), StrokeKind::Inside);
        let arrows = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|m| m.set_focus_lock_filter(response.id, arrows));
        for (key, command) in [(Key::ArrowLeft, Command::StepBack), (Key::ArrowRight, Command::StepForward)] {
            for _ in 0..ui.input_mut(|i| i.count_and_consume_key(Modifiers::NONE, key)) {
                emit.emit(command.clone());
            }
        }
    }
    let time = |x: f32| axis.moment_from_x(x.clamp(axis.left, axis.right)).min(session.end());
    if response.is_pointer_button_down_on()
        && let Some(at) = response.interact_pointer_pos().filter(|at| time(at.x) != session.cursor().time)
    {
        emit.emit(Command::Seek(time(at.x)));
    }
    if let Some(at) = response.hover_pos().filter(|_| !response.dragged()) {
        let beside = Rect::from_x_y_ranges(at.x - 8.0..=at.x + 8.0, rect.y_range());
        tip::beside(&response, beside, |ui| {
            tip::title(ui, &session.clock().say(time(at.x)), emit.theme);
            tip::line(ui, "Click or drag: move the cursor", emit.theme);
        });
    }
}
