//! What is said about a thing under the pointer, beside it: never over it, never out of the window.

use egui::{Rect, RectAlign, Response, RichText, Tooltip, Ui};

use super::fonts;
use super::theme::Theme;

/// Where a text may stand, the first that fits: below, above, at the right, at the left.
const PLACES: [RectAlign; 8] = [
    RectAlign::BOTTOM_START,
    RectAlign::BOTTOM_END,
    RectAlign::TOP_START,
    RectAlign::TOP_END,
    RectAlign::RIGHT_START,
    RectAlign::RIGHT_END,
    RectAlign::LEFT_START,
    RectAlign::LEFT_END,
];

/// Says something about what lies in `thing`, once the pointer rests on it.
pub fn beside(response: &Response, thing: Rect, say: impl FnOnce(&mut Ui)) {
    let mut tooltip = Tooltip::for_enabled(response);
    tooltip.popup = tooltip.popup.anchor(thing).align_alternatives(&PLACES);
    tooltip.show(say);
}

/// What it is.
pub fn title(ui: &mut Ui, text: &str, theme: &Theme) {
    ui.label(RichText::new(text).font(fonts::medium(fonts::ROW)).color(theme.text1));
}

/// When, how long, how many.
pub fn figures(ui: &mut Ui, text: &str, theme: &Theme) {
    ui.label(RichText::new(text).font(fonts::mono(fonts::LABEL)).color(theme.text1));
}

/// What can be done with it.
pub fn line(ui: &mut Ui, text: &str, theme: &Theme) {
    ui.label(RichText::new(text).font(fonts::regular(fonts::LEAST)).color(theme.text1));
}
