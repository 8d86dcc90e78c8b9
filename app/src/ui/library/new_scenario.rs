//! A new scenario from the template: where it is to be written, and what is wrong with that place.

use egui::{Context, Key, Rect, RichText, Sense, Ui, pos2, vec2};

use crate::session::{Command, Session};

use super::super::fonts;
use super::super::icons::{self, Icon};
use super::super::widgets::{Emit, Weight, text_button};
use super::head::{FieldWords, field_ui};
use super::state::{LibraryState, PathField, path_of};

/// Asks where the new scenario is to be, while that is asked.
pub fn new_scenario_ui(ctx: &Context, session: &Session, state: &mut LibraryState, emit: &mut Emit<'_>) {
    let Some(field) = &mut state.new_path else { return };
    let theme = emit.theme;
    let frame = egui::Frame::new()
        .fill(theme.panel)
        .stroke(egui::Stroke::new(1.0, theme.strong_line))
        .corner_radius(8)
        .inner_margin(24);
    let modal = egui::Modal::new(egui::Id::unique("new scenario")).frame(frame).show(ctx, |ui| {
        ui.set_width((ui.ctx().content_rect().width() - 96.0).min(560.0));
        asked_ui(ui, session, field, emit)
    });
    if modal.inner || modal.should_close() {
        state.new_path = None;
    }
}

/// Answers whether nothing is to be made after all.
fn asked_ui(ui: &mut Ui, session: &Session, field: &mut PathField, emit: &mut Emit<'_>) -> bool {
    let theme = emit.theme;
    ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
    ui.label(RichText::new("New scenario").font(fonts::semibold(fonts::TITLE)).color(theme.text1));
    let says = "A small scenario that runs as it is: two tasks, once as async tasks and once as threads, with comments \
                on what can be changed. It is written to this path and opened.";
    ui.add(egui::Label::new(RichText::new(says).font(fonts::regular(fonts::BODY)).color(theme.text2)).wrap());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 36.0), Sense::hover());
    let words = FieldWords { name: "Path of the new scenario", hint: "my-scenario.ron" };
    let response = field_ui(ui, rect, &mut field.text, words, theme);
    if std::mem::take(&mut field.fresh) {
        response.request_focus();
    }
    if let Some(problem) = session.not_created() {
        let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::hover());
        icons::icon(ui.painter(), Icon::Warning, line.left_center() + vec2(9.0, 0.0), theme.finding, theme);
        let text = format!("{} {}", problem.message, problem.help);
        let at = Rect::from_min_max(pos2(line.left() + 24.0, line.top()), line.max);
        let text = RichText::new(text).font(fonts::regular(fonts::ROW)).color(theme.finding);
        ui.scope_builder(egui::UiBuilder::new().max_rect(at), |ui| ui.add(egui::Label::new(text).wrap()));
    }
    ui.add_space(4.0);
    let entered = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
    ui.horizontal(|ui| {
        let create = text_button(ui, "Create and open", Weight::Primary, 150.0, theme).clicked();
        if create || entered {
            path_of(&field.text).into_iter().for_each(|path| emit.emit(Command::CreateScenario(path)));
        }
        text_button(ui, "Cancel", Weight::Framed, 90.0, theme).clicked()
    })
    .inner
}
