//! The workload as code, in each run's own shape.

use egui::{RichText, Ui};

use crate::session::Session;

use super::fonts;
use super::widgets::{Emit, run_letter};

/// Shows the program of every run.
pub fn program_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    egui::Frame::new().inner_margin(egui::Margin::symmetric(16, 8)).show(ui, |ui| {
        for (n, run) in session.runs().iter().enumerate() {
            let text = format!("{}, {}", run_letter(n), run.title);
            ui.label(RichText::new(text).font(fonts::regular(fonts::LABEL)).color(emit.theme.text3));
        }
    });
}
