//! The runs' figures side by side, each defined on hover.

use egui::{Grid, RichText, ScrollArea, Ui};

use crate::session::Session;

use super::fonts;
use super::widgets::{Emit, run_letter};

/// Shows the figures.
pub fn compare_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    ScrollArea::vertical().id_salt("compare").auto_shrink(false).show(ui, |ui| {
        egui::Frame::new().inner_margin(egui::Margin::symmetric(16, 8)).show(ui, |ui| {
            Grid::new("figures").num_columns(1 + session.runs().len()).spacing([16.0, 4.0]).show(ui, |ui| {
                ui.label("");
                for run in 0..session.runs().len() {
                    ui.label(RichText::new(run_letter(run)).font(fonts::semibold(fonts::LABEL)).color(theme.text2));
                }
                ui.end_row();
                ui.label(RichText::new("Makespan").font(fonts::regular(fonts::ROW)).color(theme.text2));
                for run in session.runs() {
                    let text = crate::timeline::axis::write_length(run.end().as_nanos());
                    ui.label(RichText::new(text).font(fonts::mono(fonts::ROW)).color(theme.text1));
                }
                ui.end_row();
            });
        });
    });
}
