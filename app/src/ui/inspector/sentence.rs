//! A sentence on the surface: wrapped as one text, each noun and each moment a link that can be clicked and focused.

use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, FontId, Galley, Id, Pos2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use sim_core::analysis::inspect::{Piece, Sentence};
use std::ops::Range;

use crate::session::{Command, Selection};

use super::super::fonts;
use super::super::theme::Theme;
use super::super::widgets::Emit;
use super::glyph;

/// How a sentence looks.
#[derive(Clone)]
pub struct Style {
    /// The words' font.
    pub words: FontId,
    /// The figures' font.
    pub figures: FontId,
    /// The words' colour.
    pub color: Color32,
    /// From line to line.
    pub line: f32,
    /// Where the lines wrap.
    pub width: f32,
}

impl Style {
    /// Running text of this size.
    pub fn text(size: f32, line: f32, color: Color32, width: f32) -> Style {
        Style { words: fonts::regular(size), figures: fonts::mono(size - 1.0), color, line, width }
    }
}

/// A sentence that is laid out: its text, and which letters are links to what.
pub struct Laid {
    galley: std::sync::Arc<Galley>,
    links: Vec<(Range<usize>, Command, String)>,
    text: String,
}

impl Laid {
    /// Its height.
    pub fn height(&self) -> f32 {
        self.galley.size().y
    }

    /// Its width.
    pub fn width(&self) -> f32 {
        self.galley.size().x
    }
}

/// Lays a sentence out.
pub fn lay_out(ui: &Ui, sentence: &Sentence, run: usize, style: &Style, theme: &Theme) -> Laid {
    let mut job = LayoutJob { break_on_newline: false, ..LayoutJob::default() };
    job.wrap.max_width = style.width;
    let mut links = Vec::new();
    let mut at = 0;
    for piece in &sentence.pieces {
        let text = kept_together(piece);
        let letters = text.chars().count();
        let (font, color) = match piece {
            Piece::Text(_) => (style.words.clone(), style.color),
            Piece::Thing(..) => (style.words.clone(), theme.text1),
            Piece::Moment { .. } => (style.figures.clone(), theme.text1),
            Piece::Length(_) | Piece::Code(_) => (style.figures.clone(), style.color),
        };
        if let Some((command, says)) = target(piece, run) {
            links.push((at..at + letters, command, says));
        }
        at += letters;
        let format = TextFormat { line_height: Some(style.line), ..TextFormat::simple(font, color) };
        job.append(&text, 0.0, format);
    }
    let galley = ui.painter().layout_job(job);
    Laid { galley, links, text: sentence.to_string() }
}

/// The piece's text. A name or a figure is not broken over two lines, if it is short enough to stand on one.
fn kept_together(piece: &Piece) -> String {
    const SHORT: usize = 24;
    let text = piece.text();
    match piece {
        Piece::Thing(..) | Piece::Moment { .. } | Piece::Length(_) if text.len() <= SHORT => {
            text.replace(' ', "\u{a0}")
        }
        Piece::Thing(..) | Piece::Moment { .. } | Piece::Length(_) | Piece::Text(_) | Piece::Code(_) => text,
    }
}

/// What a click on a piece does, and what it is called.
fn target(piece: &Piece, run: usize) -> Option<(Command, String)> {
    match piece {
        Piece::Thing(thing, name) => Some((Command::Select(Selection::of(run, *thing)), format!("Look at {name}"))),
        Piece::Moment { time, event, text } => {
            let command = match event {
                Some(event) => Command::SeekEvent { run, event: *event },
                None => Command::Seek(*time),
            };
            Some((command, format!("Go to {text}")))
        }
        Piece::Text(_) | Piece::Length(_) | Piece::Code(_) => None,
    }
}

/// Shows a sentence where the next thing stands.
pub fn sentence_ui(ui: &mut Ui, sentence: &Sentence, run: usize, style: &Style, emit: &mut Emit<'_>) -> Rect {
    let laid = lay_out(ui, sentence, run, style, emit.theme);
    let (rect, _) = ui.allocate_exact_size(vec2(style.width, laid.height()), Sense::hover());
    laid_ui(ui, &laid, rect.min, emit);
    rect
}

/// Shows a sentence at a place.
pub fn laid_ui(ui: &mut Ui, laid: &Laid, at: Pos2, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let at = pos2(at.x.round(), at.y.round());
    let id = ui.next_auto_id().with(&laid.text);
    ui.skip_ahead_auto_ids(1);
    let whole = ui.interact(Rect::from_min_size(at, laid.galley.size()), id, Sense::hover());
    whole.widget_info(|| WidgetInfo::labeled(Role::Label, true, &laid.text));
    ui.painter().galley(at, laid.galley.clone(), theme.text1);
    for (n, (letters, command, says)) in laid.links.iter().enumerate() {
        let places = places(&laid.galley, letters.clone(), at);
        link_ui(ui, id.with(n), &places, command, says, emit);
    }
}

/// One link; one that is broken over two lines has two places.
fn link_ui(ui: &mut Ui, id: Id, places: &[Rect], command: &Command, says: &str, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let mut lit = false;
    for (n, place) in places.iter().enumerate() {
        let sense = if n == 0 { Sense::click() } else { Sense::CLICK };
        let response = ui.interact(place.expand2(vec2(1.0, 0.0)), id.with(n), sense);
        if n == 0 {
            response.widget_info(|| WidgetInfo::labeled(Role::Link, true, says));
        }
        if response.has_focus() {
            glyph::focus_ui(ui, *place, theme);
        }
        lit |= response.hovered() || response.has_focus();
        let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
        if response.clicked() {
            emit.emit(command.clone());
        }
    }
    let color = if lit { theme.text1 } else { theme.strong_line };
    for place in places {
        let y = (place.bottom() - 2.0).round() - 0.5;
        ui.painter().hline(place.x_range(), y, Stroke::new(1.0, color));
    }
}

/// Where these letters stand: a place for each line that they are on.
fn places(galley: &Galley, letters: Range<usize>, at: Pos2) -> Vec<Rect> {
    let mut places = Vec::new();
    let mut first = 0;
    for row in &galley.rows {
        let count = row.row.glyphs.len();
        let from = letters.start.clamp(first, first + count) - first;
        let to = letters.end.clamp(first, first + count) - first;
        if from < to {
            let glyphs = &row.row.glyphs[from..to];
            let (left, last) = (glyphs[0].pos.x, &glyphs[glyphs.len() - 1]);
            let x = (at.x + row.pos.x + left)..=(at.x + row.pos.x + last.pos.x + last.advance_width);
            places.push(Rect::from_x_y_ranges(x, (at.y + row.pos.y)..=(at.y + row.pos.y + row.row.size.y)));
        }
        first += count + usize::from(row.ends_with_newline);
    }
    places
}
