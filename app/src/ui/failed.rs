//! What could not be opened: where, what was expected, what to do.

use egui::{RichText, ScrollArea, Stroke, Ui, vec2};

use crate::session::{Command, Problem, Session};

use super::fonts;
use super::icons::{self, Icon};
use super::theme::Theme;
use super::widgets::{Emit, Weight, text_button};

/// Shows the problems, and the ways out.
pub fn failed_ui(ui: &mut Ui, session: &Session, problems: &[Problem], emit: &mut Emit<'_>) {
    let theme = emit.theme;
    ui.painter().rect_filled(ui.max_rect(), 0.0, theme.window);
    ScrollArea::vertical().id_salt("failed").auto_shrink(false).show(ui, |ui| {
        let width = (ui.available_width() - 48.0).min(820.0);
        ui.vertical_centered(|ui| {
            ui.set_max_width(width);
            ui.add_space(32.0);
            ui.with_layout(egui::Layout::top_down(egui::Align::Min), |ui| {
                head_ui(ui, problems, theme);
                for problem in problems {
                    problem_ui(ui, problem, theme);
                }
                ui.add_space(8.0);
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = 8.0;
                    if text_button(ui, "Try again", Weight::Primary, 120.0, theme).clicked() {
                        emit.emit(Command::Reload);
                    }
                    if text_button(ui, "All scenarios", Weight::Framed, 120.0, theme).clicked() {
                        emit.emit(Command::ShowLibrary);
                    }
                    if let Some(path) = session.recent_that_failed()
                        && text_button(ui, "Remove it from the recent files", Weight::Framed, 120.0, theme).clicked()
                    {
                        emit.emit(Command::ForgetFile(path.to_owned()));
                    }
                });
                ui.add_space(32.0);
            });
        });
    });
}

fn head_ui(ui: &mut Ui, problems: &[Problem], theme: &Theme) {
    let file = problems.first().map_or("", |p| p.file.as_str());
    let what = match problems.len() {
        0 | 1 => "This file cannot be opened".to_owned(),
        n => format!("This file cannot be opened: {n} things are wrong with it"),
    };
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(24.0, 28.0), egui::Sense::hover());
        icons::icon(ui.painter(), Icon::Warning, rect.center(), theme.finding, theme);
        ui.label(RichText::new(what).font(fonts::semibold(fonts::TITLE)).color(theme.text1));
    });
    ui.label(RichText::new(file).font(fonts::mono(fonts::ROW)).color(theme.text2));
    ui.add_space(12.0);
}

fn problem_ui(ui: &mut Ui, problem: &Problem, theme: &Theme) {
    egui::Frame::new()
        .fill(theme.panel)
        .stroke(Stroke::new(1.0, theme.strong_line))
        .corner_radius(8)
        .inner_margin(16)
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            let say = |ui: &mut Ui, text: &str, font, color| {
                ui.add(egui::Label::new(RichText::new(text).font(font).color(color)).wrap().selectable(true));
            };
            if problem.place.is_some() {
                say(ui, &problem.location(), fonts::mono(fonts::LABEL), theme.text3);
            }
            say(ui, &sentence(&problem.message), fonts::medium(fonts::NARRATION), theme.text1);
            if let (Some((line, length)), Some((number, column))) = (&problem.excerpt, problem.place) {
                excerpt_ui(ui, line, *length, number, column, &problem.label, theme);
            }
            if !problem.help.is_empty() {
                say(ui, &sentence(&problem.help), fonts::regular(fonts::BODY), theme.text2);
            }
        });
    ui.add_space(8.0);
}

/// With a capital and a stop, as a sentence stands on a page of its own.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let mut whole: String = letters.next().map(char::to_uppercase).into_iter().flatten().chain(letters).collect();
    if !whole.ends_with(['.', '?', '!']) {
        whole.push('.');
    }
    whole
}

fn excerpt_ui(ui: &mut Ui, line: &str, length: usize, number: usize, column: usize, label: &str, theme: &Theme) {
    egui::Frame::new().fill(theme.finding_tint).corner_radius(6).inner_margin(10).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let gutter = format!("{number} | ");
        let cut: String = line.chars().take(140).collect();
        let mut text = format!("{gutter}{cut}\n");
        text.extend(std::iter::repeat_n(' ', gutter.chars().count() + column - 1));
        text.extend(std::iter::repeat_n('^', length.clamp(1, 40)));
        text.push(' ');
        text.push_str(label);
        let text = RichText::new(text).font(fonts::mono(fonts::ROW)).color(theme.text1);
        ui.add(egui::Label::new(text).wrap().selectable(true));
    });
}
