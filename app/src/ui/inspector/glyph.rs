//! The small picture of a state: hue and pattern, so that it is never colour alone.

use egui::{Color32, Pos2, Rect, Stroke, StrokeKind, Ui, Vec2, pos2, vec2};
use sim_core::analysis::inspect::Look;

use crate::timeline::scene::{Fill, Sign};

use super::super::icons;
use super::super::paint::{body_ui, rail_ui};
use super::super::patterns::Patterns;
use super::super::theme::Theme;

/// The side of the square.
pub const SIDE: f32 = 12.0;

/// Draws the picture around `centre`.
pub fn glyph_ui(ui: &Ui, look: Look, centre: Pos2, theme: &Theme, patterns: &Patterns) {
    let painter = ui.painter();
    let square = Rect::from_center_size(pos2(centre.x.round(), centre.y.round()), Vec2::splat(SIDE));
    match look {
        Look::Runs => body_ui(painter, square, Fill::Running, theme, patterns),
        Look::RunsOffCore => body_ui(painter, square, Fill::OffCore, theme, patterns),
        Look::Wants => body_ui(painter, square, Fill::Ready, theme, patterns),
        Look::Waits => {
            let left = square.left() - 0.5;
            painter.vline(left + 1.0, (centre.y - 3.0)..=(centre.y + 3.0), Stroke::new(1.5, theme.rail));
            rail_ui(painter, egui::Rangef::new(left + 4.0, square.right() + 1.0), centre.y, theme, patterns);
        }
        Look::Idle => {
            painter.rect_stroke(square.shrink(1.0), 2.0, Stroke::new(1.0, theme.strong_line), StrokeKind::Inside);
        }
        Look::Finished => icons::sign(painter, Sign::Finished, centre, theme),
        Look::Cancelled => icons::sign(painter, Sign::Cancelled, centre, theme),
        Look::Wrong => icons::sign(painter, Sign::Panicked, centre, theme),
    }
}

/// The hue of a state, as a line: it stands on the panel.
pub fn edge_color(look: Look, theme: &Theme) -> Color32 {
    match look {
        Look::Runs | Look::RunsOffCore => theme.running,
        Look::Wants => theme.ready_edge,
        Look::Waits => theme.rail,
        Look::Idle => theme.strong_line,
        Look::Finished => theme.finished,
        Look::Cancelled => theme.cancelled,
        Look::Wrong => theme.finding,
    }
}

/// A frame around what has the keyboard's focus.
pub fn focus_ui(ui: &Ui, rect: Rect, theme: &Theme) {
    ui.painter().rect_stroke(rect.expand2(vec2(2.0, 1.0)), 3.0, Stroke::new(2.0, theme.ink), StrokeKind::Outside);
}
