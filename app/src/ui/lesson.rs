//! The lesson: one step at a time, its names and moments as links, its question, what can be changed, and the way on.

use egui::scroll_area::ScrollAreaOutput;
use egui::text::LayoutJob;
use egui::{Rect, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::session::document::Step;
use crate::session::{Command, Document, Session};

use super::changes;
use super::fonts;
use super::knobs;
use super::question::{self, question_strip_ui, question_ui};
use super::theme::Theme;
use super::told_text::{narrate, told_ui};
use super::widgets::{self, Emit, Weight, text_button};

/// The width of the panel.
pub const WIDTH: f32 = 264.0;
/// The height of the strip that it becomes in a narrow window.
const STRIP: f32 = 76.0;
/// A question in it takes so much more.
const STRIP_QUESTION: f32 = 64.0;
/// The strip with everything in it.
const STRIP_OPEN: f32 = 212.0;
const PAD: f32 = 16.0;
/// How high the fading is of what goes on below.
const FADE: f32 = 28.0;

/// Shows the lesson as a panel.
pub fn lesson_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let Some(document) = session.document() else { return };
    let inner = ui.max_rect().shrink(PAD);
    let foot = foot_height(ui, session, document);
    let buttons = Rect::from_min_max(pos2(inner.left(), inner.bottom() - foot), inner.max);
    let text = Rect::from_min_max(inner.min, pos2(ui.max_rect().right(), buttons.top() - 8.0));
    widgets::inside(ui, text, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        let head = Rect::from_min_max(text.min, pos2(inner.right(), text.top() + 48.0));
        widgets::inside(ui, head, |ui| {
            ui.spacing_mut().item_spacing.y = 6.0;
            progress_ui(ui, document, session.step(), emit);
            // Not in what scrolls: what is turned there stays under the pointer.
            if session.is_told_of_another() {
                as_written_ui(ui, emit.theme);
            }
        });
        ui.add_space(48.0);
        let shown = scroll_of(ui, session, document).show(ui, |ui| {
            // The bar of the scroll area stands in the padding, beside the text.
            ui.set_max_width(inner.width());
            body_ui(ui, session, document, emit);
        });
        more_below_ui(ui, &shown, emit.theme);
    });
    widgets::inside(ui, buttons, |ui| {
        knobs::progress_ui(ui, session, emit);
        if !document.steps.is_empty() {
            ui.horizontal(|ui| buttons_ui(ui, session, document, inner.width(), emit));
        }
    });
}

/// Every step begins at its top, however far another one was scrolled; running it again scrolls nothing.
fn scroll_of(ui: &Ui, session: &Session, document: &Document) -> ScrollArea {
    let scroll = ScrollArea::vertical().id_salt("lesson").auto_shrink(false);
    let (id, of) =
        (ui.scope_id().with("scrolled at"), egui::Id::unique((format!("{:?}", document.origin), session.step())));
    let before = ui.data_mut(|data| data.get_temp::<egui::Id>(id).filter(|before| *before == of));
    ui.data_mut(|data| data.insert_temp(id, of));
    if before.is_some() { scroll } else { scroll.vertical_scroll_offset(0.0) }
}

/// Where more of the lesson is below, it fades out, and a chevron points there.
fn more_below_ui<R>(ui: &Ui, shown: &ScrollAreaOutput<R>, theme: &Theme) {
    let place = shown.inner_rect;
    let below = shown.content_size.y - shown.state.clamped_offset().y - place.height();
    if below < 4.0 || place.height() < FADE * 2.0 {
        return;
    }
    let fade = Rect::from_min_max(pos2(place.left(), place.bottom() - FADE), place.max);
    let mut mesh = egui::Mesh::default();
    for (y, color) in
        [(fade.top(), theme.panel.gamma_multiply(0.0)), (fade.center().y, theme.panel), (fade.bottom(), theme.panel)]
    {
        mesh.colored_vertex(pos2(fade.left(), y), color);
        mesh.colored_vertex(pos2(fade.right(), y), color);
    }
    for n in [0, 2] {
        mesh.add_triangle(n, n + 1, n + 2);
        mesh.add_triangle(n + 1, n + 2, n + 3);
    }
    ui.painter().add(mesh);
    knobs::chevron(ui, pos2(fade.center().x - 6.0, fade.bottom() - 6.0), knobs::Pointing::Down, theme.text2);
}

fn foot_height(ui: &Ui, session: &Session, document: &Document) -> f32 {
    let buttons = if document.steps.is_empty() { 0.0 } else { 36.0 };
    buttons + if knobs::is_long(ui, session) { 36.0 } else { 0.0 }
}

/// What scrolls: the step, its question, what can be changed.
fn body_ui(ui: &mut Ui, session: &Session, document: &Document, emit: &mut Emit<'_>) {
    match document.steps.get(session.step()) {
        Some(step) => {
            step_ui(ui, session, step, emit);
            question_ui(ui, session, emit);
        }
        None => no_lesson_ui(ui, document, emit.theme),
    }
    changes::variants_ui(ui, session, emit);
    knobs::experiment_ui(ui, session, emit);
    changes::changed_ui(ui, session, emit);
}

/// The height of the strip: a question needs more.
pub fn strip_height(ui: &Ui, session: &Session) -> f32 {
    if is_open(ui) {
        return STRIP_OPEN;
    }
    let width = ui.max_rect().width() - 2.0 * PAD;
    let answers = |width| STRIP_QUESTION + (question::answers_height(ui, session, width) - 29.0).max(0.0);
    STRIP + strip_note(session) + if session.question().is_some() { answers(width) } else { 0.0 }
}

fn strip_id() -> egui::Id {
    egui::Id::unique("lesson strip is open")
}

fn is_open(ui: &Ui) -> bool {
    ui.data(|d| d.get_temp(strip_id())).unwrap_or(false)
}

/// Shows the lesson as two lines above everything; opened, as all of it.
pub fn strip_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let Some(document) = session.document() else { return };
    let inner = ui.max_rect().shrink2(vec2(PAD, 10.0));
    let buttons = Rect::from_min_max(pos2(inner.right() - 190.0, inner.top()), inner.max);
    let open = is_open(ui);
    let bottom = if open { inner.bottom() } else { inner.top() + STRIP - 20.0 + strip_note(session) };
    let text = Rect::from_min_max(inner.min, pos2(buttons.left() - PAD, bottom));
    widgets::inside(ui, text, |ui| {
        ui.set_clip_rect(text.intersect(ui.clip_rect()));
        if open {
            let shown = scroll_of(ui, session, document).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 8.0;
                ui.set_max_width((text.width() - 12.0).max(120.0));
                body_ui(ui, session, document, emit);
            });
            more_below_ui(ui, &shown, emit.theme);
        } else {
            two_lines_ui(ui, session, document, emit.theme);
        }
    });
    if session.question().is_some() && !open {
        let question = Rect::from_min_max(pos2(inner.left(), text.bottom() + 4.0), inner.max);
        widgets::inside(ui, question, |ui| question_strip_ui(ui, session, emit));
    }
    widgets::inside(ui, buttons, |ui| {
        if !document.steps.is_empty() {
            ui.horizontal(|ui| buttons_ui(ui, session, document, buttons.width(), emit));
        }
        ui.horizontal(|ui| {
            if !document.steps.is_empty() {
                let said = format!("step {} of {}", session.step() + 1, document.steps.len());
                ui.label(egui::RichText::new(said).font(fonts::regular(fonts::LABEL)).color(emit.theme.text3));
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| open_ui(ui, open, emit.theme));
        });
        if open && session.is_told_of_another() {
            as_written_ui(ui, emit.theme);
        }
    });
}

/// Shows all of the lesson, or only two lines.
fn open_ui(ui: &mut Ui, open: bool, theme: &Theme) {
    let said = if open { "less" } else { "more" };
    let galley = ui.painter().layout_no_wrap(said.to_owned(), fonts::medium(fonts::LABEL), theme.text2);
    let (rect, response) = ui.allocate_exact_size(galley.size() + vec2(22.0, 6.0), Sense::click());
    let name = if open { "Show two lines of the lesson" } else { "Show all of the lesson" };
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, open, name));
    ui.painter().galley(rect.min + vec2(2.0, 3.0), galley, theme.text2);
    let pointing = if open { knobs::Pointing::Up } else { knobs::Pointing::Down };
    knobs::chevron(ui, pos2(rect.right() - 9.0, rect.center().y), pointing, theme.text2);
    if response.has_focus() {
        ui.painter().rect_stroke(rect, 4.0, egui::Stroke::new(2.0, theme.ink), egui::StrokeKind::Outside);
    }
    if response.on_hover_text(name).clicked() {
        ui.data_mut(|d| d.insert_temp(strip_id(), !open));
    }
}

/// The title and as much of the text as two lines hold; what is cut is shown on hover.
fn two_lines_ui(ui: &mut Ui, session: &Session, document: &Document, theme: &Theme) {
    let (title, body) = match document.steps.get(session.step()) {
        Some(step) => (step.says.title.as_str(), step.says.text.as_str()),
        None => (document.title.as_str(), document.idea.as_str()),
    };
    let mut job = LayoutJob::default();
    let format = |font| egui::TextFormat::simple(font, theme.text1);
    job.append(title, 0.0, format(fonts::semibold(fonts::NARRATION)));
    job.append("  ", 0.0, format(fonts::regular(fonts::NARRATION)));
    narrate(&mut job, body, fonts::BODY, theme);
    job.wrap.max_width = ui.available_width();
    job.wrap.max_rows = 2;
    let galley = ui.painter().layout_job(job);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), galley.size().y), Sense::hover());
    let all = format!("{title}. {}", sim_core::scenario::narration::plain(body));
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &all));
    let cut = galley.elided;
    ui.painter().galley(rect.min, galley, theme.text1);
    if cut {
        response.on_hover_text(all);
    }
    if session.is_told_of_another() {
        ui.spacing_mut().item_spacing.y = 2.0;
        as_written_ui(ui, theme);
    }
}

/// Which step it is, and a bar for each that leads to it.
fn progress_ui(ui: &mut Ui, document: &Document, step: usize, emit: &mut Emit<'_>) {
    let theme = emit.theme;
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
    for (i, of) in document.steps.iter().enumerate() {
        let left = rect.left() + each * i as f32;
        let bar = Rect::from_min_max(pos2(left, rect.top()), pos2(left + (each - 5.0).max(2.0), rect.bottom()));
        let place = Rect::from_x_y_ranges(left..=left + each, rect.top() - 8.0..=rect.bottom() + 8.0);
        let response = ui.interact(place, ui.scope_id().with(("step", i)), Sense::click());
        let said = format!("Step {}: {}", i + 1, of.says.title);
        response.widget_info(|| WidgetInfo::selected(egui::Role::Tab, true, i == step, &said));
        let lit = response.hovered() || response.has_focus();
        let color = match i.cmp(&step) {
            std::cmp::Ordering::Less => theme.text3,
            std::cmp::Ordering::Equal => theme.ink,
            std::cmp::Ordering::Greater if lit => theme.strong_line,
            std::cmp::Ordering::Greater => theme.line,
        };
        let bar = if lit { bar.expand2(vec2(0.0, 1.5)) } else { bar };
        // In high contrast every bar is of one colour: where one is stands out, what is to come is hollow.
        let strong = theme.edge > 1.0;
        match i.cmp(&step) {
            std::cmp::Ordering::Greater if strong => {
                let stroke = egui::Stroke::new(1.0, color);
                ui.painter().rect_stroke(bar.expand2(vec2(0.0, 0.5)), 2.0, stroke, egui::StrokeKind::Inside);
            }
            std::cmp::Ordering::Equal if strong => {
                ui.painter().rect_filled(bar.expand2(vec2(0.0, 2.5)), 2.0, color);
            }
            std::cmp::Ordering::Less | std::cmp::Ordering::Equal | std::cmp::Ordering::Greater => {
                ui.painter().rect_filled(bar, 2.0, color);
            }
        }
        if response.has_focus() {
            let stroke = egui::Stroke::new(2.0, theme.ink);
            ui.painter().rect_stroke(bar.expand(4.0), 4.0, stroke, egui::StrokeKind::Outside);
        }
        if response.on_hover_text(said).clicked() {
            emit.emit(Command::GoToStep(i));
        }
    }
}

fn step_ui(ui: &mut Ui, session: &Session, step: &Step, emit: &mut Emit<'_>) {
    let title = egui::RichText::new(&step.says.title).font(fonts::semibold(fonts::TITLE)).color(emit.theme.text1);
    ui.add(egui::Label::new(title).wrap());
    ui.add_space(-2.0);
    told_ui(ui, session, &step.says.text, (fonts::NARRATION, emit.theme.text1), None, emit);
}

/// What stands with a text that speaks of other runs than those shown.
pub const AS_WRITTEN: &str = "The text speaks of the lesson as written.";
/// The height that it takes in the strip.
const STRIP_NOTE: f32 = 16.0;

fn as_written_ui(ui: &mut Ui, theme: &Theme) {
    let text = egui::RichText::new(AS_WRITTEN).font(fonts::regular(fonts::LABEL)).color(theme.text3);
    ui.add(egui::Label::new(text).wrap());
}

/// How much more the strip takes for the note that its text speaks of other runs.
fn strip_note(session: &Session) -> f32 {
    if session.is_told_of_another() { STRIP_NOTE } else { 0.0 }
}

fn no_lesson_ui(ui: &mut Ui, document: &Document, theme: &Theme) {
    let say = |ui: &mut Ui, text: &str, font, color| {
        ui.add(egui::Label::new(egui::RichText::new(text).font(font).color(color)).wrap());
    };
    say(ui, &document.title, fonts::semibold(fonts::TITLE), theme.text1);
    if !document.idea.is_empty() {
        say(ui, &document.idea, fonts::regular(fonts::NARRATION), theme.text1);
    }
    let what = if document.written.is_some() { "scenario" } else { "recording" };
    let said = format!(
        "This {what} has no lesson. Step through it with ← and →, zoom with W and S, and click a row to select it."
    );
    say(ui, &said, fonts::regular(fonts::BODY), theme.text2);
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
