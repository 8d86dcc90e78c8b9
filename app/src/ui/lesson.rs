//! The lesson: one step at a time, its text in the colours of the states it speaks of, and the way on.

use egui::text::{LayoutJob, TextFormat};
use egui::{Rect, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::session::document::Step;
use crate::session::lesson::is_right;
use crate::session::{Command, Document, Session};
use crate::timeline::scene::Sign;
use sim_core::scenario::narration::{Choice, Piece, pieces, plain};

use super::fonts;
use super::icons;
use super::theme::Theme;
use super::widgets::{self, Emit, Weight, text_button};

/// The width of the panel.
pub const WIDTH: f32 = 264.0;
/// The height of the strip that it becomes in a narrow window.
const STRIP: f32 = 76.0;
/// A question in it takes so much more.
const STRIP_QUESTION: f32 = 64.0;
const PAD: f32 = 16.0;

/// Shows the lesson as a panel.
pub fn lesson_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let Some(document) = session.document() else { return };
    let inner = ui.max_rect().shrink(PAD);
    let buttons = Rect::from_min_max(pos2(inner.left(), inner.bottom() - 36.0), inner.max);
    let text = Rect::from_min_max(inner.min, pos2(inner.right(), buttons.top() - 12.0));
    let step = document.steps.get(session.step());
    widgets::inside(ui, text, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        progress_ui(ui, document, session.step(), theme);
        ScrollArea::vertical().id_salt("lesson").auto_shrink(false).show(ui, |ui| match step {
            Some(step) => {
                step_ui(ui, step, theme);
                question_ui(ui, session, emit);
            }
            None => no_lesson_ui(ui, document, theme),
        });
    });
    if !document.steps.is_empty() {
        widgets::inside(ui, buttons, |ui| {
            ui.horizontal(|ui| buttons_ui(ui, session, document, inner.width(), emit));
        });
    }
}

/// The height of the strip: a question needs more.
pub fn strip_height(session: &Session) -> f32 {
    STRIP + if session.question().is_some() { STRIP_QUESTION } else { 0.0 }
}

/// Shows the lesson as two lines above everything.
pub fn strip_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let Some(document) = session.document() else { return };
    let inner = ui.max_rect().shrink2(vec2(PAD, 10.0));
    let buttons = Rect::from_min_max(pos2(inner.right() - 190.0, inner.top()), inner.max);
    let text = Rect::from_min_max(inner.min, pos2(buttons.left() - PAD, inner.top() + STRIP - 20.0));
    let theme = emit.theme;
    widgets::inside(ui, text, |ui| {
        ScrollArea::vertical().id_salt("strip").auto_shrink(false).show(ui, |ui| {
            let (title, body) = match document.steps.get(session.step()) {
                Some(step) => (step.says.title.as_str(), step.says.text.as_str()),
                None => (document.title.as_str(), document.idea.as_str()),
            };
            let mut job = LayoutJob::default();
            job.append(title, 0.0, TextFormat::simple(fonts::semibold(fonts::NARRATION), theme.text1));
            job.append("  ", 0.0, TextFormat::simple(fonts::regular(fonts::NARRATION), theme.text1));
            narrate(&mut job, body, fonts::BODY, theme);
            ui.add(egui::Label::new(job).wrap());
        });
    });
    if session.question().is_some() {
        let question = Rect::from_min_max(pos2(inner.left(), text.bottom() + 4.0), inner.max);
        widgets::inside(ui, question, |ui| question_strip_ui(ui, session, emit));
    }
    if !document.steps.is_empty() {
        widgets::inside(ui, buttons, |ui| {
            ui.horizontal(|ui| buttons_ui(ui, session, document, buttons.width(), emit));
            let said = format!("step {} of {}", session.step() + 1, document.steps.len());
            ui.label(egui::RichText::new(said).font(fonts::regular(fonts::LABEL)).color(theme.text3));
        });
    }
}

fn progress_ui(ui: &mut Ui, document: &Document, step: usize, theme: &Theme) {
    let steps = document.steps.len();
    ui.horizontal(|ui| {
        ui.label(egui::RichText::new("Lesson").font(fonts::semibold(fonts::ROW)).color(theme.text2));
        if steps > 0 {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let said = format!("step {} of {steps}", step + 1);
                ui.label(egui::RichText::new(said).font(fonts::regular(fonts::LABEL)).color(theme.text3));
            });
        }
    });
    if steps == 0 {
        return;
    }
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 4.0), Sense::hover());
    let each = (rect.width() + 5.0) / steps as f32;
    for i in 0..steps {
        let left = rect.left() + each * i as f32;
        let bar = Rect::from_min_max(pos2(left, rect.top()), pos2(left + (each - 5.0).max(2.0), rect.bottom()));
        let color = match i.cmp(&step) {
            std::cmp::Ordering::Less => theme.text3,
            std::cmp::Ordering::Equal => theme.ink,
            std::cmp::Ordering::Greater => theme.line,
        };
        ui.painter().rect_filled(bar, 2.0, color);
    }
    ui.add_space(8.0);
}

fn step_ui(ui: &mut Ui, step: &Step, theme: &Theme) {
    ui.add(
        egui::Label::new(egui::RichText::new(&step.says.title).font(fonts::semibold(fonts::TITLE)).color(theme.text1))
            .wrap(),
    );
    let mut job = LayoutJob::default();
    narrate(&mut job, &step.says.text, fonts::NARRATION, theme);
    ui.add(egui::Label::new(job).wrap());
}

/// A prediction to make; when it is made, the right answer and why.
fn question_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let Some(question) = session.question() else { return };
    let answer = session.answer();
    ui.add_space(4.0);
    widgets::rule(ui, theme);
    ui.label(egui::RichText::new("Predict").font(fonts::semibold(fonts::ROW)).color(theme.text2));
    let mut ask = LayoutJob::default();
    narrate(&mut ask, &question.ask, fonts::BODY, theme);
    ui.add(egui::Label::new(ask).wrap());
    for (n, choice) in question.choices.iter().enumerate() {
        if choice_ui(ui, n, choice, answer, theme).clicked() && answer.is_none() {
            emit.emit(Command::Predict(n));
        }
    }
    // What is said to an answer is brought into sight, once.
    let told = egui::Id::unique("told");
    let Some(chosen) = answer.and_then(|n| question.choices.get(n)) else {
        ui.data_mut(|data| data.insert_temp(told, usize::MAX));
        return;
    };
    let mut why = LayoutJob::default();
    verdict(&mut why, chosen, theme);
    narrate(&mut why, &question.because, fonts::BODY, theme);
    let why = ui.add(egui::Label::new(why).wrap());
    if ui.data_mut(|data| data.get_temp::<usize>(told)) != Some(session.step()) {
        ui.data_mut(|data| data.insert_temp(told, session.step()));
        why.scroll_to_me(Some(egui::Align::BOTTOM));
    }
}

/// The same in two lines: the question, or why; and the answers beside each other.
fn question_strip_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let Some(question) = session.question() else { return };
    ui.spacing_mut().item_spacing = vec2(8.0, 4.0);
    let answer = session.answer();
    let mut job = LayoutJob::default();
    match answer.and_then(|n| question.choices.get(n)) {
        Some(chosen) => {
            verdict(&mut job, chosen, theme);
            narrate(&mut job, &question.because, fonts::ROW, theme);
        }
        None => {
            let format = TextFormat::simple(fonts::semibold(fonts::ROW), theme.text2);
            job.append("Predict: ", 0.0, format);
            narrate(&mut job, &question.ask, fonts::BODY, theme);
        }
    }
    let response = ui.add(egui::Label::new(job).truncate());
    if answer.is_some() {
        response.on_hover_text(plain(&question.because));
    }
    let count = question.choices.len().max(1);
    let each = (ui.available_width() - 8.0 * (count - 1) as f32) / count as f32;
    ui.horizontal_top(|ui| {
        for (n, choice) in question.choices.iter().enumerate() {
            let place = Rect::from_min_size(ui.cursor().min, vec2(each, 40.0));
            let clicked = ui.scope_builder(egui::UiBuilder::new().max_rect(place), |ui| {
                choice_ui(ui, n, choice, answer, theme).clicked()
            });
            if clicked.inner && answer.is_none() {
                emit.emit(Command::Predict(n));
            }
        }
    });
}

fn verdict(job: &mut LayoutJob, chosen: &Choice, theme: &Theme) {
    let (text, color) = if is_right(chosen) { ("Right. ", theme.finished) } else { ("Not quite. ", theme.finding) };
    job.append(text, 0.0, TextFormat::simple(fonts::semibold(fonts::BODY), color));
}

fn choice_ui(ui: &mut Ui, n: usize, choice: &Choice, answer: Option<usize>, theme: &Theme) -> egui::Response {
    let (open, right) = (answer.is_none(), is_right(choice));
    let (shown, wrong) = (!open && right, answer == Some(n) && !right);
    let mut job = LayoutJob::default();
    narrate(&mut job, choice.text(), fonts::BODY, theme);
    job.wrap.max_width = ui.available_width() - 42.0;
    let galley = ui.painter().layout_job(job);
    let size = vec2(ui.available_width(), galley.size().y + 12.0);
    let (rect, response) = ui.allocate_exact_size(size, if open { Sense::click() } else { Sense::hover() });
    let text = plain(choice.text());
    let said = match (shown, wrong) {
        (true, _) => format!("{text}: right"),
        (_, true) => format!("{text}: your answer, not right"),
        _ => text,
    };
    response.widget_info(|| WidgetInfo::selected(egui::Role::RadioButton, open, answer == Some(n), &said));
    let lit = open && (response.hovered() || response.has_focus());
    let (fill, edge) = match (shown, wrong) {
        (true, _) => (theme.finished_tint, theme.finished),
        (_, true) => (theme.finding_tint, theme.finding),
        _ if lit => (theme.selected, theme.ink),
        _ => (theme.panel, theme.strong_line),
    };
    ui.painter().rect(rect, 6.0, fill, egui::Stroke::new(1.0, edge), egui::StrokeKind::Inside);
    let at = rect.left_center() + vec2(17.0, 0.0);
    match (shown, wrong) {
        (true, _) => icons::sign(ui.painter(), Sign::Finished, at, theme),
        (_, true) => icons::sign(ui.painter(), Sign::Panicked, at, theme),
        _ => {
            ui.painter().circle_stroke(at, 6.0, egui::Stroke::new(1.2, theme.rail));
        }
    }
    ui.painter().galley(pos2(rect.left() + 32.0, rect.center().y - galley.size().y / 2.0), galley, theme.text1);
    match open {
        true => response.on_hover_text(Command::Predict(n).hint()),
        false => response,
    }
}

fn no_lesson_ui(ui: &mut Ui, document: &Document, theme: &Theme) {
    let say = |ui: &mut Ui, text: &str, font, color| {
        ui.add(egui::Label::new(egui::RichText::new(text).font(font).color(color)).wrap());
    };
    say(ui, &document.title, fonts::semibold(fonts::TITLE), theme.text1);
    if !document.idea.is_empty() {
        say(ui, &document.idea, fonts::regular(fonts::NARRATION), theme.text1);
    }
    say(
        ui,
        "This recording has no lesson. Step through it with ← and →, zoom with W and S, and click a row to select it.",
        fonts::regular(fonts::BODY),
        theme.text2,
    );
}

fn buttons_ui(ui: &mut Ui, session: &Session, document: &Document, width: f32, emit: &mut Emit<'_>) {
    ui.spacing_mut().item_spacing.x = 8.0;
    let (first, last) = (session.step() == 0, session.step() + 1 >= document.steps.len());
    let back = ui.add_enabled_ui(!first, |ui| text_button(ui, "Back", Weight::Framed, 80.0, emit.theme)).inner;
    if back.on_hover_text(Command::PreviousStep.hint()).clicked() {
        emit.emit(Command::PreviousStep);
    }
    let (label, command) = if last { ("All scenarios", Command::ShowLibrary) } else { ("Next", Command::NextStep) };
    let weight = if last { Weight::Framed } else { Weight::Primary };
    let next = text_button(ui, label, weight, width - 88.0, emit.theme);
    if next.on_hover_text(command.hint()).clicked() {
        emit.emit(command);
    }
}

/// Adds a text with its markup: names stand out, times and code are in their own type.
fn narrate(job: &mut LayoutJob, text: &str, size: f32, theme: &Theme) {
    let line_height = Some((size * 1.47).round());
    let format = |font, color| TextFormat { font_id: font, color, line_height, ..TextFormat::default() };
    for piece in pieces(text) {
        let (words, format) = match piece {
            Piece::Plain(words) => (words, format(fonts::regular(size), theme.text1)),
            Piece::Name(words) => (words, format(fonts::semibold(size), theme.text1)),
            Piece::Code(words) => (words, format(fonts::mono(size - 1.0), theme.text1)),
        };
        job.append(words, 0.0, format);
    }
}

/// Tells a screen reader which step is shown.
pub fn announce(ui: &Ui, session: &Session) -> WidgetInfo {
    let enabled = ui.is_enabled();
    WidgetInfo::labeled(egui::Role::Label, enabled, format!("Step {}", session.step() + 1))
}
