//! How often something took how long, as bars; the slow ones amber.

use egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use sim_core::analysis::inspect::{Bucket, Histogram};

use crate::timeline::axis::with_thousands;
use crate::timeline::scene::Fill;

use super::super::fonts;
use super::super::paint::body_ui;
use super::super::patterns::Patterns;
use super::super::theme::Theme;

const BARS: f32 = 36.0;
const FOOT: f32 = 20.0;
const COUNT: f32 = 16.0;
const GAP: f32 = 8.0;
const LEAST: f32 = 3.0;

/// Shows a histogram of the whole run.
pub fn histogram_ui(ui: &mut Ui, histogram: &Histogram, patterns: &Patterns, theme: &Theme) {
    let (head, response) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::hover());
    let note = format!("{}, whole run", histogram.counted);
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, format!("{}, {note}", histogram.title)));
    let y = head.top() + 8.0;
    let text = |x: f32, align, text: &str, font, color| ui.painter().text(pos2(x, y), align, text, font, color);
    text(head.left(), Align2::LEFT_CENTER, histogram.title, fonts::semibold(fonts::ROW), theme.text1);
    text(head.right(), Align2::RIGHT_CENTER, &note, fonts::regular(fonts::LABEL), theme.text3);
    let (area, _) = ui.allocate_exact_size(vec2(ui.available_width(), COUNT + BARS + FOOT), Sense::hover());
    let most = histogram.buckets.iter().map(|b| b.count).max().unwrap_or(1).max(1);
    let count = histogram.buckets.len() as f32;
    let width = ((area.width() - GAP * (count - 1.0)) / count).min(72.0);
    for (n, bucket) in histogram.buckets.iter().enumerate() {
        let left = area.left() + n as f32 * (width + GAP);
        let column = Rect::from_min_max(pos2(left, area.top()), pos2(left + width, area.bottom()));
        let name = if n == 0 { format!("< {}", bucket.label()) } else { bucket.label() };
        bucket_ui(ui, bucket, (n, &name), column, bucket.count as f32 / most as f32, patterns, theme);
    }
}

fn bucket_ui(
    ui: &mut Ui,
    bucket: &Bucket,
    (n, name): (usize, &str),
    column: Rect,
    share: f32,
    patterns: &Patterns,
    theme: &Theme,
) {
    let response =
        ui.interact(column.expand2(vec2(GAP / 2.0, 0.0)), ui.next_auto_id().with(("bucket", n)), Sense::hover());
    let count = with_thousands(&bucket.count.to_string());
    let says = format!("{}: {count}", bucket.range_text());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &says));
    let foot = column.bottom() - FOOT;
    let base = Rect::from_min_max(pos2(column.left(), foot - 1.0), pos2(column.right(), foot));
    if bucket.count == 0 {
        ui.painter().rect_filled(base, 0.0, theme.strong_line);
    } else {
        let height = (share * BARS).max(LEAST).round();
        let bar = Rect::from_min_max(pos2(column.left(), foot - height), pos2(column.right(), foot));
        if bucket.slow {
            body_ui(ui.painter(), bar, Fill::Ready, theme, patterns);
        } else {
            ui.painter().rect_filled(bar, 2.0, theme.text3);
        }
        let at = pos2(column.center().x, bar.top() - 3.0);
        ui.painter().text(at, Align2::CENTER_BOTTOM, &count, fonts::regular(fonts::LABEL), theme.text1);
    }
    let at = pos2(column.center().x, foot + 5.0);
    ui.painter().text(at, Align2::CENTER_TOP, name, fonts::regular(fonts::LEAST), theme.text3);
    response.on_hover_text(says);
}
