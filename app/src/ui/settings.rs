//! The settings, over everything: each choice with all its values in sight.

use egui::{Context, RichText, Ui, WidgetInfo, vec2};

use crate::session::settings::{Motion, ThemeChoice, UiScale};
use crate::session::{Command, DragMeans, Session};

use super::fonts;
use super::settings_costs::{self, costs_ui};
use super::theme::Theme;
use super::widgets::{Emit, Weight, text_button};

const WIDTH: f32 = 640.0;
const NAMES: f32 = 148.0;

/// Shows the settings.
pub fn settings_ui(ctx: &Context, session: &Session, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let frame = egui::Frame::new()
        .fill(theme.panel)
        .stroke(egui::Stroke::new(theme.edge, theme.strong_line))
        .corner_radius(8)
        .inner_margin(24);
    let size = ctx.content_rect().size();
    let modal = egui::Modal::new(egui::Id::unique("settings")).frame(frame).show(ctx, |ui| {
        ui.set_width(WIDTH.min(size.x - 96.0));
        ui.label(RichText::new("Settings").font(fonts::semibold(fonts::TITLE)).color(theme.text1));
        ui.add_space(12.0);
        let height = (size.y - 200.0).max(120.0);
        let scroll = egui::ScrollArea::vertical().max_height(height).min_scrolled_height(height);
        scroll.show(ui, |ui| choices_ui(ui, session, emit));
        ui.add_space(16.0);
        ui.horizontal(|ui| {
            let reset = text_button(ui, "Reset all settings", Weight::Framed, 150.0, theme);
            if reset.on_hover_text(Command::ResetSettings.hint()).clicked() {
                emit.emit(Command::ResetSettings);
            }
            if text_button(ui, "Close", Weight::Primary, 110.0, theme).clicked() {
                emit.emit(Command::ShowSettings);
            }
        });
    });
    if modal.should_close() {
        emit.emit(Command::ShowSettings);
    }
}

fn choices_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let now = session.settings();
    let theme = emit.theme;
    row_ui(ui, "Theme", "In high contrast, lines are as strong as text and tints are gone.", theme, |ui| {
        let all = ThemeChoice::ALL.map(|c| (c.title(), c, Command::SetTheme(c)));
        choice_ui(ui, "Theme", now.theme, &all, emit);
    });
    row_ui(ui, "Size of everything", "For a projector: up to 200 %.", theme, |ui| scale_ui(ui, now.scale, emit));
    row_ui(ui, "Motion", "Reduced: chips do not glide, empty stretches are left at once.", theme, |ui| {
        let all = Motion::ALL.map(|c| (c.title(), c, Command::SetMotion(c)));
        choice_ui(ui, "Motion", now.motion, &all, emit);
    });
    row_ui(ui, "Dragging the rows", "With Shift, or the middle button, it pans in any case.", theme, |ui| {
        let all = DragMeans::ALL.map(|c| (c.title(), c, Command::SetDragMeans(c)));
        choice_ui(ui, "Dragging the rows", now.drag, &all, emit);
    });
    row_ui(ui, "Costs", settings_costs::about(session), theme, |ui| costs_ui(ui, session, emit));
}

fn row_ui(ui: &mut Ui, name: &str, about: &str, theme: &Theme, add: impl FnOnce(&mut Ui)) {
    ui.horizontal_top(|ui| {
        let down = egui::Layout::top_down(egui::Align::Min);
        ui.allocate_ui_with_layout(vec2(NAMES, 32.0), down, |ui| {
            ui.set_min_width(NAMES);
            ui.add_space(7.0);
            ui.label(RichText::new(name).font(fonts::medium(fonts::BODY)).color(theme.text1));
        });
        ui.vertical(|ui| {
            add(ui);
            let about = RichText::new(about).font(fonts::regular(fonts::LABEL)).color(theme.text2);
            ui.add(egui::Label::new(about).wrap());
        });
    });
    ui.add_space(14.0);
}

/// One of several, side by side; the chosen one on ink.
pub(super) fn choice_ui<C: PartialEq>(ui: &mut Ui, of: &str, now: C, all: &[(&str, C, Command)], emit: &mut Emit<'_>) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        for (title, choice, command) in all {
            let chosen = now == *choice;
            let response = chip_ui(ui, title, chosen, emit.theme);
            let said = format!("{of}: {title}");
            response.widget_info(|| WidgetInfo::selected(egui::Role::RadioButton, true, chosen, &said));
            if response.clicked() {
                emit.emit(command.clone());
            }
        }
    });
}

fn chip_ui(ui: &mut Ui, title: &str, chosen: bool, theme: &Theme) -> egui::Response {
    let galley = ui.painter().layout_no_wrap(title.to_owned(), fonts::medium(fonts::ROW), theme.text1);
    let (rect, response) = ui.allocate_exact_size(galley.size() + vec2(22.0, 14.0), egui::Sense::click());
    let near = response.hovered() || response.has_focus();
    let (fill, text) = match (chosen, near) {
        (true, _) => (theme.ink, theme.on_ink),
        (false, true) => (theme.selected, theme.text1),
        (false, false) => (theme.panel, theme.text1),
    };
    let edge = egui::Stroke::new(theme.edge, if chosen { theme.ink } else { theme.strong_line });
    ui.painter().rect(rect, 6.0, fill, edge, egui::StrokeKind::Inside);
    if response.has_focus() {
        let ring = egui::Stroke::new(2.0, theme.ink);
        ui.painter().rect_stroke(rect.expand(2.0), 8.0, ring, egui::StrokeKind::Outside);
    }
    let at = (rect.center() - galley.size() / 2.0).round();
    ui.painter().galley_with_override_text_color(at, galley, text);
    response
}

/// Smaller, the size, larger: the size takes effect at once, so a slider would move under the pointer.
fn scale_ui(ui: &mut Ui, now: UiScale, emit: &mut Emit<'_>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        for (sign, said, command, able) in [
            ("−", "Smaller", Command::ScaleDown, now.smaller() != now),
            ("+", "Larger", Command::ScaleUp, now.larger() != now),
        ] {
            if said == "Larger" {
                let text = format!("{} %", now.in_percent());
                let label = RichText::new(text).font(fonts::mono_medium(fonts::BODY)).color(emit.theme.text1);
                ui.add_sized([64.0, 32.0], egui::Label::new(label));
            }
            let button = ui.add_enabled_ui(able, |ui| text_button(ui, sign, Weight::Framed, 40.0, emit.theme)).inner;
            button.widget_info(|| WidgetInfo::labeled(egui::Role::Button, able, said));
            if button.on_hover_text(command.hint()).clicked() {
                emit.emit(command);
            }
        }
        let usual = text_button(ui, "100 %", Weight::Framed, 72.0, emit.theme);
        if usual.on_hover_text(Command::ScaleUsual.hint()).clicked() {
            emit.emit(Command::ScaleUsual);
        }
    });
}
