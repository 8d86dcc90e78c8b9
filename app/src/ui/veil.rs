//! The cover over what would give a prediction away. Which it is, [`crate::session::veil`] decides.

use egui::{Align2, Rect, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};
use sim_core::instant::SimTime;

use crate::session::command::key_for_people;
use crate::session::{Command, Session, keymap};
use crate::timeline::axis::Axis;

use super::fonts;
use super::measures::RIGHT_MARGIN;
use super::theme::Theme;
use super::timeline_panel::Panel;
use super::widgets::{self, Emit, Weight};

/// What is said in the cover.
const SAID: &str = "Hidden until you answer or press Reveal";
/// The same before an audience.
const PRESENTED: &str = "Hidden until the answer is told";
/// The size of the button that lifts it.
const REVEAL: Vec2 = vec2(80.0, 34.0);
/// What stands where the figures of whole runs would.
const FIGURES: &str = "Of the whole runs, so hidden until you answer or press Reveal.";

impl Panel<'_> {
    /// Until when the timeline tells what happens.
    pub(super) fn known(&self) -> SimTime {
        self.session.veil().unwrap_or(SimTime::MAX)
    }

    /// The cover over what comes after. Where the timeline stands alone, the way to lift it stands in it.
    pub(super) fn veil_ui(&self, ui: &mut Ui, emit: &mut Emit<'_>) {
        let theme = emit.theme;
        let Some(rect) = veiled(self.session, &self.axis, self.sight) else { return };
        let cover = rect.with_max_x(self.axis.right + RIGHT_MARGIN);
        ui.painter().rect_filled(cover, 0.0, theme.raised);
        let presented = self.session.presenting().is_on();
        let said = if presented { PRESENTED.to_owned() } else { said() };
        let font = fonts::regular(fonts::LABEL);
        let galley = ui.painter().layout(said.clone(), font, theme.text2, (rect.width() - 16.0).min(280.0));
        let response = ui.interact(rect, ui.scope_id().with("veil"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &said));
        if rect.width() >= 90.0 && galley.size().y <= rect.height() - 8.0 {
            // In the middle of the first run's rows, where people look for what comes next.
            let at = rect.center() - galley.size() / 2.0;
            let (at, height) = (pos2(at.x, at.y.min(rect.top() + 96.0)).round(), galley.size().y);
            ui.painter().galley(at, galley, theme.text2);
            if self.session.is_wide() && !presented {
                let below = Rect::from_center_size(pos2(rect.center().x, at.y + height + 25.0), REVEAL);
                reveal_ui(ui, below, emit);
            }
        }
    }
}

/// What is said in the cover, with the key.
fn said() -> String {
    match keymap::shown().keys_of(&Command::Reveal).first() {
        Some(key) => format!("{SAID} ({})", key_for_people(key)),
        None => SAID.to_owned(),
    }
}

fn reveal_ui(ui: &mut Ui, place: Rect, emit: &mut Emit<'_>) {
    widgets::inside(ui, place, |ui| {
        let reveal = widgets::text_button(ui, "Reveal", Weight::Framed, place.width(), emit.theme);
        if reveal.on_hover_text(Command::Reveal.hint()).clicked() {
            emit.emit(Command::Reveal);
        }
    });
}

/// The part of a strip of rows that is covered.
pub fn veiled(session: &Session, axis: &Axis, strip: Rect) -> Option<Rect> {
    let from = axis.x(session.veil()?).max(axis.left);
    (from < axis.right).then(|| Rect::from_x_y_ranges(from..=axis.right, strip.y_range()))
}

/// Stands for figures of whole runs, and what was found in them, while they are covered. Answers whether they are.
pub fn figures_veiled_ui(ui: &mut Ui, area: Rect, session: &Session, theme: &Theme) -> bool {
    if !session.hides_figures() {
        return false;
    }
    let place = area.shrink2(vec2(16.0, 10.0));
    let galley = ui.painter().layout(FIGURES.to_owned(), fonts::regular(fonts::ROW), theme.text2, place.width());
    let response = ui.interact(place, ui.scope_id().with("figures veiled"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, FIGURES));
    widgets::inside(ui, area, |ui| ui.painter().galley(place.min, galley, theme.text2));
    true
}

/// The cover over the strip of the whole run.
pub fn strip_veiled_ui(ui: &Ui, strip: Rect, from: f32, theme: &Theme) {
    let cover = Rect::from_x_y_ranges(from..=strip.right() + 3.0, strip.y_range()).shrink2(vec2(0.0, 1.0));
    if cover.width() > 3.0 {
        ui.painter().rect_filled(cover, 0.0, theme.raised);
        let at = cover.center();
        if cover.width() > 60.0 {
            ui.painter().text(at, Align2::CENTER_CENTER, "hidden", fonts::regular(fonts::LEAST), theme.text3);
        }
    }
}
