//! Files that are held over the window: what dropping them will do is said before it is done.

use std::path::Path;

use egui::{Align2, Context, CornerRadius, Id, LayerId, Order, Rect, Stroke, StrokeKind, vec2};

use super::super::fonts;
use super::super::theme::Theme;

/// Says what happens to the files that are held over the window, over everything else.
pub fn drop_ui(ctx: &Context, theme: &Theme) {
    let Some(text) = held(ctx) else { return };
    let painter = ctx.layer_painter(LayerId::new(Order::Foreground, Id::unique("drop")));
    let whole = ctx.content_rect();
    painter.rect_stroke(whole, CornerRadius::ZERO, Stroke::new(4.0, theme.ink), StrokeKind::Inside);
    let width = (whole.width() - 96.0).max(120.0);
    let galley = painter.layout(text, fonts::medium(fonts::HEAD), theme.on_ink, width);
    let plate = Rect::from_center_size(whole.center(), galley.size() + vec2(48.0, 28.0));
    painter.rect_filled(plate, CornerRadius::same(8), theme.ink);
    let at = Align2::CENTER_CENTER.align_size_within_rect(galley.size(), plate).min;
    painter.galley(at.round(), galley, theme.on_ink);
}

/// What dropping the files that are held over the window would do.
pub(super) fn held(ctx: &Context) -> Option<String> {
    ctx.input(|input| {
        let held = &input.raw.hovered_files;
        (!held.is_empty()).then(|| what_dropping_does(held.first().and_then(|f| f.path.as_deref()), held.len()))
    })
}

fn what_dropping_does(first: Option<&Path>, count: usize) -> String {
    let Some(path) = first else { return "Drop to open it: a scenario (.ron) or a recorded run (.wkl)".to_owned() };
    let name = crate::session::jobs::file_name(path);
    let what = match path.extension().and_then(|end| end.to_str()) {
        Some("ron") => format!("Drop to open the scenario {name}"),
        Some("wkl") => format!("Drop to open the recorded run {name}"),
        _ => format!("{name} ends neither in .ron (a scenario) nor in .wkl (a recorded run)"),
    };
    if count > 1 { format!("{what}. Of {count} files only this one is opened.") } else { what }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_dropping_does_is_said_by_the_files_name() {
        let says = |path: &str| what_dropping_does(Some(Path::new(path)), 1);
        assert_eq!(says("/a/b.ron"), "Drop to open the scenario b.ron");
        assert_eq!(says("b.wkl"), "Drop to open the recorded run b.wkl");
        assert!(says("b.png").contains("neither"));
        assert!(what_dropping_does(Some(Path::new("b.ron")), 3).contains("Of 3 files"));
        assert!(what_dropping_does(None, 1).contains(".ron"));
    }
}
