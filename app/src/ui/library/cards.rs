//! Scenarios as cards: all of them by part, or those that were found.

use egui::text::LayoutJob;
use egui::{Align, Id, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::session::find_scenario::Hit;
use crate::session::progress::Status;
use crate::session::{Command, Entry, Origin, Session};
use crate::timeline::scene::Sign;

use super::super::patterns::Patterns;
use super::super::theme::Theme;
use super::super::widgets::{self, Emit, Weight, text_button};
use super::super::{fonts, icons};
use super::head::focus_ring;
use super::signs::{LibrarySign, sign_ui};
use super::state::LibraryState;
use super::{GAP, search, thumbnail};

const CARD: f32 = 128.0;
const LEAST_CARD: f32 = 330.0;
const PICTURE: f32 = 108.0;
const PADDING: f32 = 14.0;

/// A card's place and what it is drawn with.
struct Cards<'a> {
    session: &'a Session,
    patterns: &'a Patterns,
    columns: usize,
    width: f32,
}

impl<'a> Cards<'a> {
    fn new(ui: &Ui, session: &'a Session, patterns: &'a Patterns) -> Cards<'a> {
        let room = ui.available_width() + GAP;
        let columns = (room / (LEAST_CARD + GAP)).floor().max(1.0);
        Cards { session, patterns, columns: columns as usize, width: (room / columns - GAP).floor() }
    }
}

/// Every part with its cards.
pub fn parts_ui(ui: &mut Ui, session: &Session, state: &mut LibraryState, patterns: &Patterns, emit: &mut Emit<'_>) {
    let cards = Cards::new(ui, session, patterns);
    for part in session.library().chunk_by(|a, b| a.part == b.part) {
        let head = part_head_ui(ui, part, session, emit.theme);
        if state.scroll_to.as_ref() == Some(&part[0].part) {
            ui.scroll_to_rect(head, Some(Align::TOP));
        }
        state.heads.push((part[0].part.clone(), head));
        for line in part.chunks(cards.columns) {
            ui.horizontal(|ui| {
                for entry in line {
                    card_ui(ui, &cards, entry, None, state, emit);
                }
            });
        }
    }
}

/// The name of a part, what it is about, and how much of it is done.
fn part_head_ui(ui: &mut Ui, part: &[Entry], session: &Session, theme: &Theme) -> Rect {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 32.0), Sense::hover());
    let done = part.iter().filter(|e| session.progress().status(&e.id) == Status::Done).count();
    let count = format!("{done} of {} done", part.len());
    let (letter, title) = (&part[0].part, &part[0].part_title);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Heading, true, format!("Part {letter}, {title}: {count}")));
    let y = rect.bottom() - 10.0;
    let painter = ui.painter();
    let text = format!("{letter}  {title}");
    let width = widgets::text_cut(
        painter,
        pos2(rect.left(), y),
        &text,
        fonts::semibold(fonts::HEAD),
        theme.text1,
        rect.width() - 100.0,
    );
    let about = pos2(rect.left() + width + 12.0, y + 1.0);
    let room = rect.right() - 90.0 - about.x;
    if room > 80.0 {
        widgets::text_cut(painter, about, about_part(letter), fonts::regular(fonts::ROW), theme.text3, room);
    }
    let right = pos2(rect.right(), y);
    painter.text(right, egui::Align2::RIGHT_CENTER, count, fonts::regular(fonts::ROW), theme.text3);
    rect
}

/// What a part is about, in a few words.
fn about_part(letter: &str) -> &'static str {
    match letter {
        "A" => "what a core does while you wait",
        "B" => "what poll, wake and await really do",
        "C" => "who runs which task, where",
        "D" => "what stops when a future is dropped",
        "E" => "who calls whom again, and what if nobody does",
        "F" => "who waits for whom to let go",
        "G" => "locks, channels and what they cost",
        "H" => "which model for which work",
        _ => "",
    }
}

/// What was found, the best first; or what to do when nothing was.
pub fn found_ui(ui: &mut Ui, session: &Session, state: &mut LibraryState, patterns: &Patterns, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let looked_for = state.looked_for.trim().to_owned();
    let found = search::found(state);
    let shown: Vec<(&Entry, &Hit)> = found
        .iter()
        .filter_map(|(id, hit)| Some((session.library().iter().find(|entry| entry.id == *id)?, hit)))
        .collect();
    let says = match shown.len() {
        0 => {
            format!("No scenario speaks of “{looked_for}”. Try another word: an idea, a finding, a step such as lock.")
        }
        1 => format!("One scenario speaks of “{looked_for}”. Enter opens it."),
        n => format!("{n} scenarios speak of “{looked_for}”. Enter opens the first."),
    };
    let text = egui::RichText::new(says).font(fonts::regular(fonts::BODY)).color(theme.text2);
    ui.add(egui::Label::new(text).wrap());
    if shown.is_empty() && text_button(ui, "Show all scenarios", Weight::Framed, 160.0, theme).clicked() {
        state.looked_for.clear();
    }
    let cards = Cards::new(ui, session, patterns);
    for line in shown.chunks(cards.columns) {
        ui.horizontal(|ui| {
            for (entry, hit) in line {
                card_ui(ui, &cards, entry, Some(hit), state, emit);
            }
        });
    }
}

fn card_ui(
    ui: &mut Ui,
    cards: &Cards<'_>,
    entry: &Entry,
    hit: Option<&Hit>,
    state: &mut LibraryState,
    emit: &mut Emit<'_>,
) {
    let theme = emit.theme;
    let (rect, _) = ui.allocate_exact_size(vec2(cards.width, CARD), Sense::hover());
    let id = Id::unique(("library card", &entry.id));
    state.first_card.get_or_insert(id);
    let response = ui.interact(rect, id, Sense::click());
    let status = cards.session.progress().status(&entry.id);
    let said = format!("{}: {} {}, number {}", entry.title, entry.idea, in_words(status), entry.number);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &said));
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    let near = response.hovered() || response.has_focus();
    let edge = if near { theme.ink } else { theme.line };
    ui.painter().rect(rect, 8.0, theme.panel, Stroke::new(1.0, edge), StrokeKind::Inside);
    focus_ring(ui, rect, &response, theme);
    if ui.is_rect_visible(rect) {
        let wall = rect.right() - PICTURE - 2.0 * PADDING;
        let text = Rect::from_min_max(rect.min + vec2(PADDING, 12.0), pos2(wall - PADDING, rect.bottom() - 12.0));
        let cut = words_ui(ui, text, entry, hit, theme);
        status_ui(ui, pos2(text.left(), rect.bottom() - 17.0), status, entry.number, theme);
        ui.painter().vline(wall, (rect.top() + 14.0)..=(rect.bottom() - 14.0), Stroke::new(1.0, theme.line));
        let picture = Rect::from_min_max(pos2(wall + PADDING, rect.top() + 14.0), rect.max - vec2(PADDING, 14.0));
        if let Some(drawn) = state.thumbnails.of(&Origin::Library(entry.id.clone())) {
            thumbnail::thumbnail_ui(ui.painter(), picture, drawn, theme, cards.patterns);
        }
        // Nothing lies over a question that is being asked.
        if cut && state.new_path.is_none() {
            response.clone().on_hover_text(&entry.idea);
        }
    }
    if response.clicked() {
        emit.emit(Command::OpenScenario(entry.id.clone()));
    }
}

/// Title and idea, five lines together; answers whether the idea was cut.
fn words_ui(ui: &Ui, rect: Rect, entry: &Entry, hit: Option<&Hit>, theme: &Theme) -> bool {
    let font = fonts::semibold(fonts::NARRATION);
    let mut title = LayoutJob::simple(entry.title.clone(), font, theme.text1, rect.width());
    title.wrap.max_rows = 2;
    let title = ui.painter().layout_job(title);
    let below = rect.top() + title.size().y + 2.0;
    let rows = 5 - title.rows.len().min(2);
    ui.painter().galley(rect.min, title, theme.text1);
    let mut job = match hit {
        Some(hit) => search::reason(hit, &entry.idea, theme),
        None => LayoutJob::simple(entry.idea.clone(), fonts::regular(fonts::ROW), theme.text2, rect.width()),
    };
    job.wrap.max_width = rect.width();
    job.wrap.max_rows = rows;
    let idea = ui.painter().layout_job(job);
    let cut = idea.elided;
    ui.painter().galley(pos2(rect.left(), below), idea, theme.text2);
    cut
}

fn in_words(status: Status) -> String {
    match status {
        Status::New => "new".to_owned(),
        Status::At { step, of } => format!("step {step} of {of}"),
        Status::Done => "done".to_owned(),
    }
}

/// How far one is, by shape and in words, and the number.
fn status_ui(ui: &Ui, left: egui::Pos2, status: Status, number: u32, theme: &Theme) {
    let at = left + vec2(7.0, 0.0);
    match status {
        Status::New => sign_ui(ui.painter(), LibrarySign::Empty, at, theme.rail),
        Status::At { .. } => sign_ui(ui.painter(), LibrarySign::Half, at, theme.text1),
        Status::Done => icons::sign(ui.painter(), Sign::Finished, at, theme),
    }
    let text = format!("{} · {number}", in_words(status));
    let at = left + vec2(20.0, 0.0);
    ui.painter().text(at, egui::Align2::LEFT_CENTER, text, fonts::regular(fonts::LABEL), theme.text3);
}
