//! A list of any length, of which only the rows in sight are described.
//!
//! Owns where it is scrolled to, in rows: a position in points is too coarse for millions of rows.

use egui::{Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use super::theme::Theme;

/// The width of the bar at the right.
const BAR: f32 = 10.0;

/// Where a list is scrolled to.
#[derive(Clone, Copy, Default, Debug)]
pub struct LongList {
    /// How many rows lie above the upper edge.
    top: f64,
}

impl LongList {
    /// Brings a row into the middle.
    pub fn centre(&mut self, row: usize, room: f32, height: f32) {
        self.top = (row as f64 - f64::from(((room / height - 1.0) / 2.0).floor())).max(0.0);
    }

    /// Shows the rows in sight: `add` is given each row's number and place.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        height: f32,
        count: usize,
        theme: &Theme,
        mut add: impl FnMut(&mut Ui, usize, Rect),
    ) {
        let area = ui.max_rect();
        let fits = f64::from(area.height() / height);
        let most = (count as f64 - fits.floor()).max(0.0);
        if ui.rect_contains_pointer(area) {
            self.top -= f64::from(ui.input(|i| i.smooth_scroll_delta().y) / height);
        }
        let bar = Rect::from_min_max(pos2(area.right() - BAR, area.top()), area.max);
        if most > 0.0 {
            self.drag_bar(ui, bar, most);
        }
        self.top = self.top.clamp(0.0, most);
        ui.set_clip_rect(area.intersect(ui.clip_rect()));
        let first = self.top.floor();
        let mut y = area.top() - ((self.top - first) as f32 * height).round();
        let mut row = first as usize;
        while row < count && y < area.bottom() {
            add(ui, row, Rect::from_min_size(pos2(area.left(), y), vec2(area.width(), height)));
            row += 1;
            y += height;
        }
        if most > 0.0 {
            let handle = handle(bar, self.top / most, fits / count as f64);
            let over = ui.rect_contains_pointer(bar);
            let color = if over { theme.text3 } else { theme.strong_line };
            ui.painter().rect_filled(handle.shrink2(vec2(2.5, 2.0)), 2.5, color);
        }
    }

    fn drag_bar(&mut self, ui: &Ui, bar: Rect, most: f64) {
        let response = ui.interact(bar, ui.scope_id().with("bar"), Sense::CLICK | Sense::DRAG);
        response.widget_info(|| WidgetInfo::labeled(egui::Role::ScrollBar, true, "Scroll the list"));
        if let Some(at) = response.interact_pointer_pos().filter(|_| response.is_pointer_button_down_on()) {
            self.top = f64::from(((at.y - bar.top()) / bar.height()).clamp(0.0, 1.0)) * most;
        }
    }
}

/// The part of the bar that stands for what is in sight.
fn handle(bar: Rect, position: f64, share: f64) -> Rect {
    let length = (bar.height() * share as f32).clamp(24.0_f32.min(bar.height()), bar.height());
    let top = bar.top() + (bar.height() - length) * position as f32;
    Rect::from_min_size(pos2(bar.left(), top), vec2(bar.width(), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_among_millions_is_brought_to_the_middle_exactly() {
        let mut list = LongList::default();
        list.centre(30_000_001, 24.0 * 7.0, 24.0);
        assert_eq!(list.top, 29_999_998.0);
        list.centre(1, 24.0 * 7.0, 24.0);
        assert_eq!(list.top, 0.0);
    }

    #[test]
    fn the_handle_stays_in_its_bar_and_large_enough_to_be_caught() {
        let bar = Rect::from_min_size(pos2(0.0, 10.0), vec2(10.0, 100.0));
        for position in [0.0, 0.5, 1.0] {
            let handle = handle(bar, position, 1e-6);
            assert!(bar.contains_rect(handle) && handle.height() >= 24.0, "{handle:?}");
        }
    }
}
