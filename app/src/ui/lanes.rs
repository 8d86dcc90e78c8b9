//! What stands at the left of lanes: rows too low for names of their own.
//!
//! They share one name; each is still a control of its own, named on hover and for a screen reader.

use egui::{Align2, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use sim_core::analysis::track::TrackKind;

use crate::session::{Command, Selection};
use crate::timeline::axis::with_thousands;
use crate::timeline::rows::Row;
use crate::timeline::words;

use super::crowd_labels::noun;
use super::fonts;
use super::row_labels::{kind_words, rank_words, row_state};
use super::timeline_panel::Panel;
use super::widgets::{self, Emit};

/// Lanes that take so much together have the names of the first and the last.
const TWO_NAMES: f32 = 34.0;
/// Between two names, the room for three dots.
const DOTS: f32 = 12.0;
/// From the edges of the lanes to the middle of a name.
const NAME: f32 = 8.0;

impl Panel<'_> {
    /// A lane's control, and before the first of those in sight what they are.
    pub(super) fn lane_ui(&self, ui: &mut Ui, row: &Row, (index, kind): (usize, TrackKind), emit: &mut Emit<'_>) {
        let (run, theme) = (self.run(row), emit.theme);
        let track = &run.index.tracks[index];
        let rect = self.rect_of(row).with_max_x(self.axis.left - 8.0);
        let response = ui.interact(rect, ui.scope_id().with(("row", row.run, kind)), Sense::click());
        let selected = self.session.selection().track() == Some((row.run, kind));
        let (name, state) = (words::row_name(track), row_state(run, track));
        let said = format!("{name} of run {}: {state}", widgets::run_letter(row.run));
        response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, selected, &said));
        if let Some((first, last)) = self.rows.lanes_around(row) {
            let seen = |r: &Row| self.origin + r.bottom() > self.sight.top();
            let names_them = row.top == first.top || (seen(row) && self.origin + row.top <= self.sight.top());
            if names_them {
                self.lanes_name_ui(ui, first, last, emit);
            }
        }
        if response.hovered() || response.has_focus() {
            ui.painter().rect_stroke(rect, 2.0, Stroke::new(1.5, theme.ink), egui::StrokeKind::Outside);
        }
        let now = if state.is_empty() { name } else { format!("{name}: {state}") };
        let rank = rank_words(run, kind).map_or(String::new(), |rank| format!("\n{rank}"));
        let opens = "A click selects it and opens the rows of its run";
        let response = response.on_hover_text(format!("{now}{rank}\n{}\n{opens}", kind_words(run, kind)));
        response.context_menu(|ui| self.row_menu_ui(ui, row, kind, emit));
        if response.clicked() {
            emit.emit(Command::Select(Selection::Track { run: row.run, track: kind }));
        }
    }

    /// The names of the first and the last where there is room, else how many they are.
    fn lanes_name_ui(&self, ui: &Ui, first: &Row, last: &Row, emit: &Emit<'_>) {
        let theme = emit.theme;
        let (top, bottom) = (self.rect_of(first), self.rect_of(last));
        let rect = Rect::from_min_max(top.min, bottom.max).with_max_x(self.axis.left - 8.0);
        let run = self.run(first);
        let count = run.rows.order().len();
        let left = rect.left() + 16.0;
        let many = format!("{} {}", with_thousands(&count.to_string()), noun(run));
        let small = fonts::regular(fonts::LEAST);
        let name = |row: &Row| {
            let track = row.track().and_then(|track| run.index.track(track));
            track.map(words::row_name).unwrap_or_default()
        };
        if rect.height() < TWO_NAMES || first.top == last.top {
            let at = pos2(left, rect.center().y);
            ui.painter().text(at, Align2::LEFT_CENTER, many, small, theme.text2);
            return;
        }
        let room = rect.right() - left;
        let many = ui.painter().layout_no_wrap(many, small.clone(), theme.text3);
        let at = pos2(rect.right() - many.size().x, rect.top() + NAME - many.size().y / 2.0);
        let beside = room - many.size().x - 8.0;
        ui.painter().galley(at.round(), many, theme.text3);
        let at = |y| pos2(left, y);
        widgets::name_cut(ui.painter(), at(rect.top() + NAME), &name(first), small.clone(), theme.text2, beside);
        widgets::name_cut(ui.painter(), at(rect.bottom() - NAME), &name(last), small, theme.text2, room);
        let (from, to) = (rect.top() + 2.0 * NAME + 2.0, rect.bottom() - 2.0 * NAME - 2.0);
        if to - from >= DOTS {
            let middle = pos2(left + 4.0, (from + to) / 2.0);
            for y in [-4.0, 0.0, 4.0] {
                ui.painter().circle_filled(middle + vec2(0.0, y), 1.0, theme.text3);
            }
        }
    }
}
