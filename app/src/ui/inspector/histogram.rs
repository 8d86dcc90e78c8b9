//! How often something took how long, as bars; the slow ones amber.

use std::sync::Arc;

use egui::{Align2, Galley, Rangef, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
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
const GAP: f32 = 6.0;
const LEAST: f32 = 3.0;
/// The length of a tick of the axis.
const TICK: f32 = 4.0;
/// Between two names of the axis, at least.
const APART: f32 = 2.0;

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
    let edges = laid_edges(ui, histogram, theme);
    // The last edge's name stands under its edge, as the others do.
    let overhang = edges.last().map_or(0.0, |last| last.size().x / 2.0);
    let area = area.with_max_x((area.right() - overhang).round());
    let most = histogram.buckets.iter().map(|b| b.count).max().unwrap_or(1).max(1);
    let width = area.width() / histogram.buckets.len() as f32;
    for (n, bucket) in histogram.buckets.iter().enumerate() {
        let left = area.left() + n as f32 * width;
        let column = Rect::from_min_max(pos2(left, area.top()), pos2(left + width, area.bottom()));
        bucket_ui(ui, bucket, n, column, bucket.count as f32 / most as f32, patterns, theme);
    }
    axis_ui(ui, &edges, area, theme);
}

fn laid_edges(ui: &Ui, histogram: &Histogram, theme: &Theme) -> Vec<Arc<Galley>> {
    let lay_out = |edge| ui.painter().layout_no_wrap(edge, fonts::regular(fonts::LEAST), theme.text3);
    histogram.edges().into_iter().map(lay_out).collect()
}

/// The edges of the buckets, each named where there is room; the first and the last always are.
fn axis_ui(ui: &Ui, edges: &[Arc<Galley>], area: Rect, theme: &Theme) {
    let foot = area.bottom() - FOOT;
    let last = edges.len() - 1;
    let x = |n: usize| area.left() + area.width() * n as f32 / last as f32;
    let place = |n: usize| {
        let half = edges[n].size().x / 2.0;
        let middle = x(n).max(area.left() + half);
        Rangef::new(middle - half, middle + half)
    };
    let mut taken = f32::NEG_INFINITY;
    for (n, text) in edges.iter().enumerate() {
        let tick = x(n).round() + if n == last { -0.5 } else { 0.5 };
        ui.painter().vline(tick, foot..=foot + TICK, Stroke::new(1.0, theme.strong_line));
        let at = place(n);
        if at.min > taken && (n == last || at.max < place(last).min - APART) {
            ui.painter().galley(pos2(at.min.round(), foot + TICK + 1.0), Arc::clone(text), theme.text3);
            taken = at.max + APART;
        }
    }
}

fn bucket_ui(ui: &mut Ui, bucket: &Bucket, n: usize, column: Rect, share: f32, patterns: &Patterns, theme: &Theme) {
    let response = ui.interact(column, ui.next_auto_id().with(("bucket", n)), Sense::hover());
    let count = with_thousands(&bucket.count.to_string());
    let says = format!("{}: {count}", bucket.range_text());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &says));
    let foot = column.bottom() - FOOT;
    let inner = column.shrink2(vec2(GAP / 2.0, 0.0));
    ui.painter().hline(column.x_range(), foot - 0.5, Stroke::new(1.0, theme.strong_line));
    if bucket.count > 0 {
        let height = (share * BARS).max(LEAST).round();
        let bar = Rect::from_min_max(pos2(inner.left(), foot - height), pos2(inner.right(), foot));
        if bucket.slow {
            body_ui(ui.painter(), bar, Fill::Ready, theme, patterns);
        } else {
            ui.painter().rect_filled(bar, 2.0, theme.text3);
        }
        let at = pos2(column.center().x, bar.top() - 3.0);
        ui.painter().text(at, Align2::CENTER_BOTTOM, &count, fonts::regular(fonts::LABEL), theme.text1);
    }
    response.on_hover_text(says);
}
