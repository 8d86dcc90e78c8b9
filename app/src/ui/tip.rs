//! What is said about a thing under the pointer, beside it: never over it, never out of the window.

use egui::{FontId, Label, Rect, RectAlign, Response, RichText, Tooltip, Ui};

use super::fonts;
use super::theme::Theme;

/// A line may be so long.
const WIDEST: f32 = 400.0;

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
    say(ui, text, fonts::medium(fonts::ROW), theme);
}

/// When, how long, how many.
pub fn figures(ui: &mut Ui, text: &str, theme: &Theme) {
    say(ui, text, fonts::mono(fonts::LABEL), theme);
}

/// What can be done with it.
pub fn line(ui: &mut Ui, text: &str, theme: &Theme) {
    say(ui, text, fonts::regular(fonts::LEAST), theme);
}

/// A line as long as it is; only a very long one is broken. The place remembers how wide the text before was.
fn say(ui: &mut Ui, text: &str, font: FontId, theme: &Theme) {
    let width = ui.painter().layout_no_wrap(text.to_owned(), font.clone(), theme.text1).size().x;
    let label = Label::new(RichText::new(text).font(font).color(theme.text1));
    ui.set_min_width(width.min(WIDEST).ceil());
    ui.add(if width <= WIDEST { label.extend() } else { label.wrap() });
}
