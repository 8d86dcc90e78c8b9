//! The one obvious thing to press: to go on with what was open last, or, at the first start, to begin.

use egui::{Align2, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::session::progress::Status;
use crate::session::thumbnails::Thumbnail;
use crate::session::{Command, Origin, Session};

use super::super::fonts;
use super::super::patterns::Patterns;
use super::super::widgets::{self, Emit, Weight, text_button};
use super::state::LibraryState;
use super::thumbnail;

/// The scenario to begin with.
const FIRST: &str = "blocked-executor";
const HEIGHT: f32 = 140.0;
const PADDING: f32 = 18.0;
const BUTTON: f32 = 164.0;
/// The names of the runs, beside their rows.
const NAMES: f32 = 80.0;

/// What the card offers.
struct Offer {
    over: &'static str,
    origin: Origin,
    title: String,
    idea: String,
    button: String,
    under: String,
    command: Command,
}

/// What to go on with, or where to begin; none if there is nothing at all.
fn offer(session: &Session) -> Option<Offer> {
    if let Some(last) = session.progress().last() {
        let known = |id: &str| session.library().iter().find(|entry| entry.id == id);
        let entry = match &last.origin {
            Origin::Library(id) => Some(known(id)?),
            Origin::File(_) => None,
        };
        if let Origin::Library(id) = &last.origin
            && session.progress().status(id) == Status::Done
            && let Some(next) = next_after(session, id)
        {
            return Some(next);
        }
        let done = last.steps == 0 || last.at + 1 >= last.steps;
        let place = if last.steps > 0 { format!("{} of {}, ", last.at + 1, last.steps) } else { String::new() };
        return Some(Offer {
            over: "Continue",
            origin: last.origin.clone(),
            title: entry.map_or(last.title.clone(), |entry| entry.title.clone()),
            idea: entry.map_or(last.idea.clone(), |entry| entry.idea.clone()),
            button: if done { "Open again".to_owned() } else { format!("Resume step {}", last.at + 1) },
            under: format!("{place}opened {}", last.opened.ago(session.now())),
            command: Command::Resume,
        });
    }
    let entry = session.library().iter().find(|entry| entry.id == FIRST).or(session.library().first())?;
    Some(Offer {
        over: "Begin here",
        origin: Origin::Library(entry.id.clone()),
        title: entry.title.clone(),
        idea: entry.idea.clone(),
        button: "Start".to_owned(),
        under: format!("{} steps", entry.steps),
        command: Command::OpenScenario(entry.id.clone()),
    })
}

/// After a lesson that is done: the next one that is not; after the last, the first of those that were left out.
fn next_after(session: &Session, id: &str) -> Option<Offer> {
    let (library, progress) = (session.library(), session.progress());
    let here = library.iter().position(|entry| entry.id == id)?;
    let entries = library[here..].iter().chain(&library[..here]);
    let entry = entries.into_iter().find(|entry| progress.status(&entry.id) != Status::Done)?;
    let (button, under) = match progress.status(&entry.id) {
        Status::At { step, of } => (format!("Resume step {step}"), format!("{step} of {of}")),
        Status::New | Status::Done => ("Start".to_owned(), format!("{} steps", entry.steps)),
    };
    Some(Offer {
        over: "Next lesson",
        origin: Origin::Library(entry.id.clone()),
        title: entry.title.clone(),
        idea: entry.idea.clone(),
        button,
        under,
        command: Command::OpenScenario(entry.id.clone()),
    })
}

/// Shows the card.
pub fn first_ui(ui: &mut Ui, session: &Session, state: &mut LibraryState, patterns: &Patterns, emit: &mut Emit<'_>) {
    let Some(offer) = offer(session) else { return };
    let theme = emit.theme;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let said = format!("{}: {}. {} {}", offer.over, offer.title, offer.idea, offer.under);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &said));
    if state.scroll_to.as_deref() == Some("") {
        ui.scroll_to_rect(rect.expand(8.0), Some(egui::Align::TOP));
    }
    ui.painter().rect(rect, 8.0, theme.panel, Stroke::new(1.0, theme.strong_line), StrokeKind::Inside);
    let button =
        Rect::from_center_size(pos2(rect.right() - PADDING - BUTTON / 2.0, rect.center().y - 10.0), vec2(BUTTON, 36.0));
    let with_picture = rect.width() >= 680.0;
    let words = if with_picture { (rect.width() * 0.36).min(460.0) } else { rect.width() - BUTTON - 3.0 * PADDING };
    words_ui(ui, Rect::from_min_size(rect.min + vec2(PADDING, 0.0), vec2(words, HEIGHT)), &offer, emit);
    if with_picture {
        let left = rect.left() + PADDING + words + 24.0;
        let place = Rect::from_min_max(pos2(left, rect.top() + 16.0), pos2(button.left() - 28.0, rect.bottom() - 16.0));
        if let Some(drawn) = state.thumbnails.of(&offer.origin) {
            picture_ui(ui, place, drawn, patterns, emit);
        }
    }
    widgets::inside(ui, button, |ui| {
        if text_button(ui, &offer.button, Weight::Primary, BUTTON, theme).clicked() {
            emit.emit(offer.command.clone());
        }
    });
    let under = pos2(button.center().x, button.bottom() + 16.0);
    ui.painter().text(under, Align2::CENTER_CENTER, &offer.under, fonts::regular(fonts::LABEL), theme.text3);
}

fn words_ui(ui: &Ui, rect: Rect, offer: &Offer, emit: &Emit<'_>) {
    let (painter, theme) = (ui.painter(), emit.theme);
    let mut idea =
        egui::text::LayoutJob::simple(offer.idea.clone(), fonts::regular(fonts::BODY), theme.text2, rect.width());
    idea.wrap.max_rows = 2;
    let idea = painter.layout_job(idea);
    // The three lines stand in the middle together.
    let height = 20.0 + 30.0 + idea.size().y;
    let top = (rect.center().y - height / 2.0).round();
    let line = |y: f32, text: &str, font, color| {
        widgets::text_cut(painter, pos2(rect.left(), top + y), text, font, color, rect.width());
    };
    line(8.0, offer.over, fonts::semibold(fonts::LABEL), theme.text3);
    line(34.0, &offer.title, fonts::semibold(fonts::CLOCK), theme.text1);
    painter.galley(pos2(rect.left(), top + 52.0), idea, theme.text2);
}

/// The picture with the names of its runs.
fn picture_ui(ui: &Ui, rect: Rect, drawn: &Thumbnail, patterns: &Patterns, emit: &Emit<'_>) {
    let theme = emit.theme;
    let rows = Rect::from_min_max(pos2(rect.left() + NAMES, rect.top()), rect.max);
    let places = thumbnail::thumbnail_ui(ui.painter(), rows, drawn, theme, patterns);
    for (n, (run, place)) in drawn.runs.iter().zip(places).enumerate() {
        let text = format!("{} {}", widgets::run_letter(n), run.id);
        let at = pos2(rect.left(), place.center());
        widgets::text_cut(ui.painter(), at, &text, fonts::regular(fonts::LABEL), theme.text2, NAMES - 8.0);
    }
}
