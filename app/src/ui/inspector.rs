//! What is selected: what it is, and what it does at the cursor.

use egui::{RichText, Ui};

use crate::session::Session;

use super::fonts;
use super::widgets::Emit;

/// The panel's width.
pub const WIDTH: f32 = 304.0;

/// Shows what is selected.
pub fn inspector_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    if session.selected_time().is_some() {
        return super::selected_time::selected_time_ui(ui, session, emit);
    }
    egui::Frame::new().inner_margin(egui::Margin::same(16)).show(ui, |ui| {
        let text = session.selected_track().map_or("Nothing is selected.", |(_, track)| track.name.as_str());
        ui.label(RichText::new(text).font(fonts::semibold(fonts::HEAD)).color(emit.theme.text1));
    });
}
