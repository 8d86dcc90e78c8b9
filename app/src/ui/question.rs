//! A prediction to make: the answers to choose from; when one is chosen, which one the runs bear out, and why.

use std::sync::Arc;

use egui::text::LayoutJob;
use egui::{Color32, Galley, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::session::{Command, Session};
use crate::timeline::scene::Sign;
use sim_core::scenario::narration::{Choice, plain};

use super::fonts;
use super::icons;
use super::knobs::link_ui;
use super::theme::Theme;
use super::told_text::{before_format, narrate, told_ui};
use super::widgets::{self, Emit};

/// Where a question stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stand {
    /// Nothing is chosen.
    Open,
    /// Something is chosen, and the runs have not ended.
    Waiting { chosen: Option<usize> },
    /// The runs have spoken: this is right; none if none of the answers is. None is chosen if it was revealed.
    Told { chosen: Option<usize>, right: Option<usize> },
}

fn stand(session: &Session) -> Stand {
    let chosen = session.answer();
    if chosen.is_none() && !session.is_revealed() {
        return Stand::Open;
    }
    match session.right_answer() {
        Some(answer) => Stand::Told { chosen, right: answer.right },
        None if session.is_loading() => Stand::Waiting { chosen },
        // The runs were stopped before they could say.
        None if session.told_is_missing() => Stand::Waiting { chosen },
        // What is asked for is not there any more: none is right.
        None => Stand::Told { chosen, right: None },
    }
}

impl Stand {
    fn chosen(self) -> Option<usize> {
        match self {
            Stand::Open => None,
            Stand::Waiting { chosen } | Stand::Told { chosen, .. } => chosen,
        }
    }

    /// What is said first, and its colour.
    fn verdict(self, theme: &Theme) -> Option<(&'static str, Color32)> {
        match self {
            Stand::Open => None,
            Stand::Waiting { .. } => Some(("The runs will tell.", theme.text2)),
            Stand::Told { chosen: None, right: Some(_) } => Some(("The answer. ", theme.text2)),
            Stand::Told { chosen, right } if chosen == right && right.is_some() => Some(("Right. ", theme.finished)),
            Stand::Told { right: Some(_), .. } => Some(("Not quite. ", theme.finding)),
            Stand::Told { right: None, .. } => Some(("None of these. ", theme.text2)),
        }
    }
}

/// Why the answer is right: in the lesson's words while the runs are the lesson's, in the runs' own figures when
/// something is changed.
fn reason(session: &Session, stand: Stand) -> String {
    let because = session.question().map_or(String::new(), |q| q.because.clone());
    let says = session.right_answer().map(|answer| answer.says.clone());
    match (stand, says) {
        (Stand::Open | Stand::Waiting { .. }, _) => String::new(),
        (Stand::Told { right: Some(_), .. }, _) if !session.is_changed() => because,
        (Stand::Told { .. }, Some(says)) => format!("As you have changed it: {says}"),
        (Stand::Told { .. }, None) => "What is asked for is not in these runs.".to_owned(),
    }
}

/// The question of the step.
pub fn question_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let Some(question) = session.question() else { return };
    let stand = stand(session);
    widgets::rule(ui, theme);
    ui.horizontal(|ui| {
        ui.label(egui::RichText::new("Predict").font(fonts::semibold(fonts::ROW)).color(theme.text2));
        if stand == Stand::Open {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| reveal_ui(ui, emit));
        }
    });
    told_ui(ui, session, &question.ask, (fonts::BODY, theme.text1), None, emit);
    for (n, choice) in question.choices.iter().enumerate() {
        if n > 0 {
            ui.add_space(-2.0);
        }
        if choice_ui(ui, n, choice, stand, theme).clicked() && stand == Stand::Open {
            emit.emit(Command::Predict(n));
        }
    }
    // What is said to an answer is brought into sight, once.
    let told = egui::Id::unique("told");
    let Some(verdict) = stand.verdict(theme) else {
        ui.data_mut(|data| data.insert_temp(told, usize::MAX));
        return;
    };
    let why = told_ui(ui, session, &reason(session, stand), (fonts::ROW, theme.text2), Some(verdict), emit);
    if ui.data_mut(|data| data.get_temp::<usize>(told)) != Some(session.step()) {
        ui.data_mut(|data| data.insert_temp(told, session.step()));
        why.scroll_to_me(Some(egui::Align::BOTTOM));
    }
}

/// For who does not want to guess.
fn reveal_ui(ui: &mut Ui, emit: &mut Emit<'_>) {
    let reveal = link_ui(ui, "Reveal", "Reveal the answer", emit.theme);
    if reveal.on_hover_text(Command::Reveal.hint()).clicked() {
        emit.emit(Command::Reveal);
    }
}

/// The height of the answers beside each other: that of the longest one.
pub fn answers_height(ui: &Ui, session: &Session, width: f32) -> f32 {
    let Some(question) = session.question() else { return 0.0 };
    let theme = Theme::of(session.theme());
    let each = choice_width(width, question.choices.len());
    let height = |choice: &Choice| choice_galley(ui, choice, each, theme).size().y + CHOICE_MARGIN;
    question.choices.iter().map(height).fold(0.0, f32::max)
}

/// Above and below the words of an answer.
const CHOICE_MARGIN: f32 = 12.0;

/// The width of each of so many answers beside each other.
fn choice_width(width: f32, count: usize) -> f32 {
    let count = count.max(1) as f32;
    (width - 8.0 * (count - 1.0)) / count
}

fn choice_galley(ui: &Ui, choice: &Choice, width: f32, theme: &Theme) -> Arc<Galley> {
    let mut job = LayoutJob::default();
    narrate(&mut job, &choice.says, fonts::BODY, theme);
    job.wrap.max_width = width - 42.0;
    ui.painter().layout_job(job)
}

/// The same in two lines: the question, or why; and the answers beside each other.
pub fn question_strip_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let Some(question) = session.question() else { return };
    ui.spacing_mut().item_spacing = vec2(8.0, 4.0);
    let stand = stand(session);
    let mut job = LayoutJob::default();
    let why = reason(session, stand);
    match stand.verdict(theme) {
        Some((verdict, color)) => {
            job.append(verdict, 0.0, before_format(fonts::ROW, color));
            narrate(&mut job, &why, fonts::ROW, theme);
        }
        None => {
            job.append("Predict: ", 0.0, before_format(fonts::BODY, theme.text2));
            narrate(&mut job, &question.ask, fonts::BODY, theme);
        }
    }
    let response = ui
        .horizontal(|ui| {
            let asked = vec2(ui.available_width() - if stand == Stand::Open { 64.0 } else { 0.0 }, 20.0);
            let label = ui.add_sized(asked, egui::Label::new(job).truncate().halign(egui::Align::Min));
            if stand == Stand::Open {
                reveal_ui(ui, emit);
            }
            label
        })
        .inner;
    if !why.is_empty() {
        response.on_hover_text(plain(&why));
    }
    let each = choice_width(ui.available_width(), question.choices.len());
    ui.horizontal_top(|ui| {
        for (n, choice) in question.choices.iter().enumerate() {
            let place = Rect::from_min_size(ui.cursor().min, vec2(each, 40.0));
            let clicked = ui.scope_builder(egui::UiBuilder::new().max_rect(place), |ui| {
                choice_ui(ui, n, choice, stand, theme).clicked()
            });
            if clicked.inner && stand == Stand::Open {
                emit.emit(Command::Predict(n));
            }
        }
    });
}

fn choice_ui(ui: &mut Ui, n: usize, choice: &Choice, stand: Stand, theme: &Theme) -> egui::Response {
    let open = stand == Stand::Open;
    let mine = stand.chosen() == Some(n);
    let (shown, wrong) = match stand {
        Stand::Open | Stand::Waiting { .. } => (false, false),
        Stand::Told { right, .. } => (right == Some(n), mine && right != Some(n)),
    };
    let galley = choice_galley(ui, choice, ui.available_width(), theme);
    let size = vec2(ui.available_width(), galley.size().y + CHOICE_MARGIN);
    let (rect, response) = ui.allocate_exact_size(size, if open { Sense::click() } else { Sense::hover() });
    let text = plain(&choice.says);
    let said = match (shown, wrong) {
        (true, _) => format!("{text}: right"),
        (_, true) => format!("{text}: your answer, not right"),
        _ => text,
    };
    response.widget_info(|| WidgetInfo::selected(egui::Role::RadioButton, open, mine, &said));
    let lit = open && (response.hovered() || response.has_focus());
    let (fill, edge) = match (shown, wrong) {
        (true, _) => (theme.finished_tint, theme.finished),
        (_, true) => (theme.finding_tint, theme.finding),
        _ if lit => (theme.selected, theme.ink),
        _ => (theme.panel, theme.strong_line),
    };
    let width = if response.has_focus() { 2.0 } else { 1.0 };
    ui.painter().rect(rect, 6.0, fill, egui::Stroke::new(width, edge), egui::StrokeKind::Inside);
    let at = rect.left_center() + vec2(17.0, 0.0);
    match (shown, wrong) {
        (true, _) => icons::sign(ui.painter(), Sign::Finished, at, theme),
        (_, true) => icons::sign(ui.painter(), Sign::Panicked, at, theme),
        _ => {
            ui.painter().circle_stroke(at, 6.0, egui::Stroke::new(1.2, theme.rail));
            if mine {
                ui.painter().circle_filled(at, 3.0, theme.ink);
            }
        }
    }
    ui.painter().galley(pos2(rect.left() + 32.0, rect.center().y - galley.size().y / 2.0), galley, theme.text1);
    match open {
        true => response.on_hover_text(Command::Predict(n).hint()),
        false => response,
    }
}
