//! A text of the lesson: its names and moments are links, laid out in the running text.
//!
//! The text is one galley, so that it breaks as text does; a link is the places of its letters in it.

use std::borrow::Cow;
use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, Galley, Pos2, Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::session::{Command, Session};
use sim_core::scenario::narration::{Piece, pieces, plain};

use super::fonts;
use super::theme::Theme;
use super::widgets::Emit;

/// Shows a text with its links, in the width there is. `before` is put in front of it, in a colour of its own.
pub fn told_ui(
    ui: &mut Ui,
    session: &Session,
    text: &str,
    (size, color): (f32, Color32),
    before: Option<(&str, Color32)>,
    emit: &mut Emit<'_>,
) -> Response {
    let words = words(ui, session, text);
    let mut job = LayoutJob::default();
    if let Some((words, color)) = before {
        job.append(words, 0.0, before_format(size, color));
    }
    let mut first = job.text.chars().count();
    let mut links = Vec::new();
    for (piece, leads) in pieces(text).into_iter().zip(words.iter()) {
        let (letters, format) = letters(piece, size, color);
        let end = first + letters.chars().count();
        job.append(&letters, 0.0, format);
        if let Some(command) = leads {
            links.push((first..end, letters, command));
        }
        first = end;
    }
    job.wrap.max_width = ui.available_width();
    let galley = ui.painter().layout_job(job);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), galley.size().y), Sense::hover());
    let said = format!("{}{}", before.map_or("", |(words, _)| words), plain(text));
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &said));
    for (n, (range, letters, command)) in links.into_iter().enumerate() {
        let places = places(&galley, rect.min, range);
        link_ui(ui, response.id.with(n), &places, &letters, command, emit);
    }
    ui.painter().galley(rect.min, galley, color);
    response
}

/// Where the pieces of a text lead. To look for a name among ten thousand rows is done once, not in every frame.
fn words(ui: &Ui, session: &Session, text: &str) -> Leads {
    let rows: usize = session.runs().iter().map(|run| run.index.tracks.len()).sum();
    let of = egui::Id::unique((text, session.step(), session.opened(), rows));
    let id = ui.scope_id().with(("leads", text));
    if let Some((known, leads)) = ui.data(|d| d.get_temp::<(egui::Id, Leads)>(id))
        && known == of
    {
        return leads;
    }
    let leads: Leads = session.words(text).into_iter().map(|word| word.leads).collect();
    ui.data_mut(|d| d.insert_temp(id, (of, Arc::clone(&leads))));
    leads
}

type Leads = Arc<[Option<Command>]>;

/// How words before a text of this size are set.
pub fn before_format(size: f32, color: Color32) -> TextFormat {
    TextFormat { line_height: line_height(size), ..TextFormat::simple(fonts::semibold(size), color) }
}

/// Adds a text with its markup and without links: names stand out, times and code are in their own type.
pub fn narrate(job: &mut LayoutJob, text: &str, size: f32, theme: &Theme) {
    for piece in pieces(text) {
        let (letters, format) = letters(piece, size, theme.text1);
        job.append(&letters, 0.0, format);
    }
}

/// A piece as it is set. A time keeps its unit on its line.
fn letters(piece: Piece<'_>, size: f32, color: Color32) -> (Cow<'_, str>, TextFormat) {
    let format = |font| TextFormat { line_height: line_height(size), ..TextFormat::simple(font, color) };
    match piece {
        Piece::Plain(words) => (words.into(), format(fonts::regular(size))),
        Piece::Name(words) => (words.into(), format(fonts::semibold(size))),
        Piece::Code(words) if words.len() < 16 => {
            (words.replace(' ', "\u{a0}").into(), format(fonts::mono(size - 1.0)))
        }
        Piece::Code(words) => (words.into(), format(fonts::mono(size - 1.0))),
    }
}

fn line_height(size: f32) -> Option<f32> {
    Some((size * 1.47).round())
}

/// Where these letters stand: a rectangle for each line that they are in.
fn places(galley: &Galley, origin: Pos2, letters: std::ops::Range<usize>) -> Vec<Rect> {
    let mut places = Vec::new();
    let mut before = 0;
    for row in &galley.rows {
        let glyphs = &row.row.glyphs;
        let from = letters.start.max(before);
        let to = letters.end.min(before + glyphs.len());
        if from < to {
            let (first, last) = (&glyphs[from - before], &glyphs[to - 1 - before]);
            let at = origin + row.pos.to_vec2();
            let right = last.pos.x + last.advance_width;
            let place = Rect::from_min_max(pos2(first.pos.x, 0.0), pos2(right, row.row.size.y));
            places.push(place.translate(at.to_vec2()));
        }
        before += glyphs.len() + usize::from(row.ends_with_newline);
    }
    places
}

/// A link in a text; only its first line takes the focus.
fn link_ui(ui: &Ui, id: egui::Id, places: &[Rect], letters: &str, command: &Command, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let hint = match command {
        Command::GoTo(_) => "Go to this moment",
        Command::FocusRun(_) => "Look at this run",
        _ => "Select it",
    };
    let (mut lit, mut clicked) = (false, false);
    for (line, place) in places.iter().enumerate() {
        let sense = if line == 0 { Sense::click() } else { Sense::CLICK };
        let response = ui.interact(*place, id.with(line), sense);
        if line == 0 {
            response.widget_info(|| WidgetInfo::labeled(egui::Role::Link, true, letters.replace('\u{a0}', " ")));
        }
        if response.has_focus() {
            let stroke = Stroke::new(2.0, theme.ink);
            ui.painter().rect_stroke(place.expand(2.0), 3.0, stroke, egui::StrokeKind::Outside);
        }
        lit |= response.hovered() || response.has_focus();
        let response = response.on_hover_cursor(egui::CursorIcon::PointingHand).on_hover_text(hint);
        clicked |= response.clicked();
    }
    for place in places {
        let y = place.bottom() - 2.5;
        let stroke = Stroke::new(1.0, if lit { theme.ink } else { theme.strong_line });
        ui.painter().hline(place.x_range(), y, stroke);
    }
    if clicked {
        emit.emit(command.clone());
    }
}
