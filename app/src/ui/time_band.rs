//! What runs through all rows: the selected time as a tinted band, and the lines of marks.

use egui::{Rangef, Rect, Ui};

use super::canvas::Snap;
use super::theme::Theme;
use super::timeline_panel::Panel;

/// The band's tint, as a share of ink.
const TINT: f32 = 0.11;

impl Panel<'_> {
    /// The selected time: a tint over everything in it, and its two edges.
    pub(super) fn selected_time(&self, ui: &Ui, theme: &Theme) {
        let Some(span) = self.session.selected_time() else { return };
        let (from, to) = (self.axis.x(span.from), self.axis.x(span.to));
        let shown = Rangef::new(from.max(self.axis.left), to.min(self.axis.right));
        if shown.min > shown.max {
            return;
        }
        let painter = ui.painter();
        painter.rect_filled(Rect::from_x_y_ranges(shown, self.height()), 0.0, theme.ink.gamma_multiply(TINT));
        for x in [from, to].into_iter().filter(|x| (self.axis.left..=self.axis.right).contains(x)) {
            self.upright(ui, x, 1.5, theme.text3);
        }
    }

    /// A line through all rows at each mark; its flag stands on the axis.
    pub(super) fn marked(&self, ui: &Ui, theme: &Theme) {
        for mark in self.session.marks() {
            let x = self.axis.x(mark.time());
            if (self.axis.left - 1.0..=self.axis.right + 1.0).contains(&x) {
                // Yellow on white is nothing without an edge.
                self.upright(ui, x, 3.5, theme.rail);
                self.upright(ui, x, 2.0, theme.mark);
            }
        }
    }

    fn upright(&self, ui: &Ui, x: f32, width: f32, color: egui::Color32) {
        let x = Snap::new(ui.pixels_per_point()).edge(x);
        let line = Rect::from_x_y_ranges(x - width / 2.0..=x + width / 2.0, self.height());
        ui.painter().rect_filled(line, 0.0, color);
    }

    fn height(&self) -> Rangef {
        self.sight.y_range()
    }
}
