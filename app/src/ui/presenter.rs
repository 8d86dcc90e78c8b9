//! The head of a presentation: what the step says, its names in the colour of their state, the clock; and the black
//! screen.
//!
//! Lays its text out itself, word by word, because a name stands on a plate and a line must break around it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{Color32, FontId, Galley, Rect, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};
use sim_core::scenario::narration::{Piece, Question, pieces, plain};

use crate::session::Session;
use crate::session::present::Part;
use crate::session::spotlight::Named;

use super::fonts;
use super::lesson::AS_WRITTEN;
use super::theme::Theme;
use super::widgets::Emit;

const PAD: Vec2 = vec2(16.0, 10.0);
/// The clock and the number of the step take so much.
const CLOCK: f32 = 120.0;
/// Between a plate's edge and its word.
const PLATE: f32 = 5.0;
/// The text takes at most this share of the height; a longer one is smaller.
const MOST: f32 = 0.46;
const SIZES: [f32; 4] = [17.0, 16.0, 15.0, 13.0];

/// What the audience reads, laid out.
pub struct Told {
    words: Vec<Word>,
    bottom: f32,
    said: String,
}

struct Word {
    galley: Arc<Galley>,
    place: Rect,
    plate: Option<Plate>,
    color: Color32,
}

#[derive(Clone, Copy)]
struct Plate {
    fill: Color32,
    edge: Color32,
}

impl Told {
    /// What the step says, in the largest letters in which it fits.
    pub fn of(ui: &Ui, session: &Session, size: Vec2, theme: &Theme) -> Told {
        let mut told = None;
        // Found once, however often the text is laid out: a run may have ten thousand rows.
        let known = RefCell::new(BTreeMap::new());
        let state_of =
            |name: &str| *known.borrow_mut().entry(name.to_owned()).or_insert_with(|| session.state_of_named(name));
        for letters in SIZES {
            let width = size.x - PAD.x * 2.0 - CLOCK;
            let at_width = |width| Flow::new(ui, (session, &state_of), width, letters, theme).told();
            let flow = at_width(width);
            let fits = flow.bottom + PAD.y <= size.y * MOST;
            // No word alone on the last line: lines as short as they can be without one more.
            let shares = (12..20).map(|n| n as f32 / 20.0);
            let balanced = shares.map(|s| at_width(width * s)).find(|narrow| narrow.bottom <= flow.bottom);
            told = Some(balanced.unwrap_or(flow));
            if fits {
                break;
            }
        }
        told.expect("there is a size of letters")
    }

    /// The height that it takes.
    pub fn height(&self, room: f32) -> f32 {
        (self.bottom + PAD.y).clamp(56.0, room * 0.6).round()
    }

    /// Shows it, and the clock.
    pub fn show(&self, ui: &mut Ui, session: &Session, emit: &Emit<'_>) {
        let (area, theme) = (ui.max_rect(), emit.theme);
        let painter = ui.painter().with_clip_rect(area);
        for word in &self.words {
            let place = word.place.translate(area.min.to_vec2());
            if let Some(plate) = word.plate {
                let rect = Rect::from_min_max(place.min - vec2(PLATE, 0.0), place.max + vec2(PLATE, 0.0));
                painter.rect(rect, 3.0, plate.fill, Stroke::new(theme.edge, plate.edge), StrokeKind::Inside);
            }
            let at = pos2(place.left(), (place.center().y - word.galley.size().y / 2.0).round());
            painter.galley(at, Arc::clone(&word.galley), word.color);
        }
        painter.hline(area.x_range(), area.bottom() - 0.5, Stroke::new(theme.edge, theme.line));
        let right = area.right() - PAD.x;
        let clock = session.clock().say(session.cursor().time);
        let font = fonts::mono_medium(fonts::HEAD);
        let at = pos2(right, area.top() + PAD.y + 12.0);
        let clock = painter.text(at, egui::Align2::RIGHT_CENTER, clock, font, theme.text1);
        let step = steps_text(session);
        let at = pos2(right, clock.bottom() + 13.0);
        painter.text(at, egui::Align2::RIGHT_CENTER, &step, fonts::regular(fonts::LABEL), theme.text3);
        let response = ui.allocate_rect(area, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, format!("{}, {step}", self.said)));
    }
}

fn steps_text(session: &Session) -> String {
    let steps = session.document().map_or(0, |d| d.steps.len());
    if steps == 0 { String::new() } else { format!("step {} of {steps}", session.step() + 1) }
}

/// The words so far, and where the next one goes.
struct Flow<'a> {
    ui: &'a Ui,
    session: &'a Session,
    state_of: &'a dyn Fn(&str) -> Named,
    theme: &'a Theme,
    letters: f32,
    width: f32,
    x: f32,
    y: f32,
    words: Vec<Word>,
    /// Words that stand together without a space: they break together.
    together: Vec<Word>,
    said: Vec<String>,
}

impl<'a> Flow<'a> {
    fn new(
        ui: &'a Ui,
        (session, state_of): (&'a Session, &'a dyn Fn(&str) -> Named),
        width: f32,
        letters: f32,
        theme: &'a Theme,
    ) -> Flow<'a> {
        let (words, together, said) = (Vec::new(), Vec::new(), Vec::new());
        Flow { ui, session, state_of, theme, letters, width, x: 0.0, y: 0.0, words, together, said }
    }

    fn line(&self) -> f32 {
        (self.letters * 1.55).round()
    }

    /// The part of the step that is told.
    fn told(mut self) -> Told {
        let part = self.session.presenting().part();
        match (self.session.question(), part) {
            (Some(question), Part::Question | Part::Answer) => self.question(question, part == Part::Answer),
            (None, _) | (Some(_), Part::Text) => {
                let document = self.session.document();
                let step = document.and_then(|d| d.steps.get(self.session.step()));
                let text = match (step, document) {
                    (Some(step), _) => step.says.text.as_str(),
                    (None, Some(document)) if !document.idea.is_empty() => &document.idea,
                    (None, Some(document)) => &document.title,
                    (None, None) => "",
                };
                self.text(text);
                if self.session.is_told_of_another() {
                    self.end_line(2.0);
                    self.said.push(AS_WRITTEN.to_owned());
                    self.plain(AS_WRITTEN, fonts::regular(fonts::LABEL), self.theme.text3);
                }
            }
        }
        self.flush();
        Told { bottom: PAD.y + self.y + self.line(), words: self.words, said: self.said.join(" ") }
    }

    fn question(&mut self, question: &Question, answered: bool) {
        self.text(&question.ask);
        self.end_line(4.0);
        let right = self.session.right_answer().and_then(|answer| answer.right);
        for (n, choice) in question.choices.iter().enumerate() {
            self.choice(choice.text(), answered, answered && right == Some(n));
        }
        if answered {
            self.end_line(4.0);
            self.text(&question.because);
        }
    }

    fn text(&mut self, text: &str) {
        self.said.push(plain(text));
        let ink = self.theme.text1;
        for piece in pieces(text) {
            match piece {
                Piece::Plain(words) => self.plain(words, fonts::regular(self.letters), ink),
                Piece::Code(code) => self.plain(&code.replace(' ', "\u{a0}"), fonts::mono(self.letters - 1.0), ink),
                Piece::Name(name) => {
                    let (plate, color) = plate_of((self.state_of)(name), self.theme);
                    self.word(name, fonts::semibold(self.letters), color, plate);
                }
            }
        }
    }

    /// An answer; of those that are shown, the right one stands on green with its sign, and the others are pale.
    fn choice(&mut self, text: &str, answered: bool, right: bool) {
        let theme = self.theme;
        let (sign, color) = match (answered, right) {
            (true, true) => ("✓ ", theme.finished),
            (true, false) => ("", theme.text3),
            (false, _) => ("", theme.text1),
        };
        self.said.push(format!("{}{}", if right { "right: " } else { "" }, plain(text)));
        let edge = if right { theme.finished } else { theme.strong_line };
        let fill = if right { theme.finished_tint } else { theme.panel };
        let text = format!("{sign}{}", plain(text));
        self.word(&text, fonts::medium(self.letters - 1.5), color, Some(Plate { fill, edge }));
        self.flush();
        self.x += 8.0;
    }

    /// Words with spaces between them; a line may break at each.
    fn plain(&mut self, text: &str, font: FontId, color: Color32) {
        for word in text.split_inclusive(' ') {
            let bare = word.trim_end_matches(' ');
            if !bare.is_empty() {
                self.word(bare, font.clone(), color, None);
            }
            if word.ends_with(' ') {
                self.flush();
                self.x += self.ui.painter().layout_no_wrap(" ".to_owned(), font.clone(), color).size().x;
            }
        }
    }

    fn word(&mut self, text: &str, font: FontId, color: Color32, plate: Option<Plate>) {
        let galley = self.ui.painter().layout_no_wrap(text.to_owned(), font, color);
        self.together.push(Word { place: Rect::ZERO, galley, plate, color });
    }

    /// Puts the words that stand together onto the line, or onto the next.
    fn flush(&mut self) {
        let room = |w: &Word| w.galley.size().x + if w.plate.is_some() { PLATE * 2.0 } else { 0.0 };
        let width: f32 = self.together.iter().map(room).sum();
        if self.x + width > self.width && self.x > 0.0 {
            self.x = 0.0;
            self.y += self.line();
        }
        let line = self.line();
        for mut word in self.together.drain(..) {
            let inset = if word.plate.is_some() { PLATE } else { 0.0 };
            let at = pos2(PAD.x + self.x + inset, PAD.y + self.y + 1.0);
            word.place = Rect::from_min_size(at, vec2(word.galley.size().x, line - 2.0));
            self.x += word.galley.size().x + inset * 2.0;
            self.words.push(word);
        }
    }

    fn end_line(&mut self, gap: f32) {
        self.flush();
        if self.x > 0.0 {
            self.x = 0.0;
            self.y += self.line() + gap;
        }
    }
}

/// The ground and the letters of a name in a state.
fn plate_of(state: Named, theme: &Theme) -> (Option<Plate>, Color32) {
    let plate = |fill, edge| Some(Plate { fill, edge });
    match state {
        Named::Runs => (plate(theme.running, theme.running), theme.on_running),
        Named::WantsToRun => (plate(theme.ready, theme.ready_edge), theme.on_ready),
        Named::Waits => (plate(theme.selected, theme.rail), theme.text1),
        Named::Finished => (plate(theme.finished_tint, theme.finished), theme.text1),
        Named::Lost => (plate(theme.finding_tint, theme.finding), theme.text1),
        Named::Stateless => (None, theme.text1),
    }
}

/// Nothing at all: the audience looks at the speaker.
pub fn black_ui(ui: &mut Ui) {
    let area = ui.max_rect();
    ui.painter().rect_filled(area, 0.0, Color32::BLACK);
    let response = ui.allocate_rect(area, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, "The screen is black. B lights it again."));
}
