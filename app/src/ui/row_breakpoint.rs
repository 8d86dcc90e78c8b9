//! A row's breakpoint: a dot before its name, there when it is set, or when the pointer is on the name.

use egui::{Response, Sense, Stroke, StrokeKind, Ui, WidgetInfo};
use sim_core::analysis::track::TrackKind;

use crate::session::Command;
use crate::session::breakpoints::Breakpoint;
use crate::timeline::rows::Row;

use super::row_menu::{Slot, gutter};
use super::timeline_panel::Panel;
use super::widgets::Emit;

/// Half the dot's width.
const RADIUS: f32 = 3.5;

impl Panel<'_> {
    /// Whether a row has a breakpoint.
    pub(super) fn has_breakpoint(&self, run: usize, track: TrackKind) -> bool {
        self.session.breakpoints().contains(&Breakpoint::Track { run, track })
    }

    /// The dot of a row: filled when its breakpoint is set.
    pub(super) fn breakpoint_ui(&self, ui: &Ui, row: &Row, kind: TrackKind, label: &Response, emit: &mut Emit<'_>) {
        let set = self.has_breakpoint(row.run, kind);
        if !Breakpoint::fits(kind) || !(set || ui.rect_contains_pointer(label.rect)) {
            return;
        }
        let theme = emit.theme;
        let breakpoint = Breakpoint::Track { run: row.run, track: kind };
        let place = gutter(label.rect, Slot::Lower);
        let response = ui.interact(place, ui.scope_id().with(("breakpoint", row.run, kind)), Sense::click());
        let said = format!("Breakpoint at {}", self.session.breakpoint_text(breakpoint));
        response.widget_info(|| WidgetInfo::selected(egui::Role::CheckBox, true, set, &said));
        if set {
            ui.painter().circle_filled(place.center(), RADIUS, theme.ink);
        } else {
            let color = if response.hovered() { theme.ink } else { theme.text3 };
            ui.painter().circle_stroke(place.center(), RADIUS - 0.5, Stroke::new(1.25, color));
        }
        if response.has_focus() {
            ui.painter().rect_stroke(place, 3.0, Stroke::new(2.0, theme.ink), StrokeKind::Inside);
        }
        let hint = if set { "Take this breakpoint away" } else { "Stop here when running on" };
        let hint = self.row_hint(hint, &Command::BreakAtSelected, row, kind);
        if response.on_hover_text(format!("{said}\n{hint}")).clicked() {
            emit.emit(Command::ToggleBreakpoint(breakpoint));
        }
    }

    /// The same in the row's menu.
    pub(super) fn breakpoint_item_ui(&self, ui: &mut Ui, run: usize, kind: TrackKind, emit: &mut Emit<'_>) {
        if !Breakpoint::fits(kind) {
            return;
        }
        let breakpoint = Breakpoint::Track { run, track: kind };
        let mut set = self.has_breakpoint(run, kind);
        let said = format!("Break at {}", self.session.breakpoint_text(breakpoint));
        if ui.checkbox(&mut set, said).changed() {
            emit.emit(Command::ToggleBreakpoint(breakpoint));
            ui.close();
        }
    }
}
