//! The start screen: every scenario as a card, and one obvious thing to press.

use egui::{Align2, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::session::jobs::path_from_text;
use crate::session::{Command, Entry, Session};

use super::fonts;
use super::icons::{self, Icon};
use super::theme::Theme;
use super::widgets::{self, Emit, Weight, text_button};

const MARGIN: f32 = 24.0;
const GAP: f32 = 12.0;
const CARD: f32 = 104.0;
const LEAST_CARD: f32 = 296.0;
/// The scenario to begin with.
const FIRST: &str = "blocked-executor";

/// What the start screen remembers between frames.
#[derive(Clone, Default, Debug)]
pub struct LibraryState {
    path: String,
    looked_for: String,
}

/// Shows the start screen.
pub fn library_ui(ui: &mut Ui, session: &Session, state: &mut LibraryState, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    ui.painter().rect_filled(ui.max_rect(), 0.0, theme.window);
    ScrollArea::vertical().id_salt("library").auto_shrink(false).show(ui, |ui| {
        let width = (ui.available_width() - 2.0 * MARGIN).min(1180.0);
        let left = ui.max_rect().left() + (ui.available_width() - width) / 2.0;
        let inner = Rect::from_min_size(pos2(left, ui.cursor().top()), vec2(width, 10_000.0));
        let shown = ui.scope_builder(egui::UiBuilder::new().max_rect(inner), |ui| {
            ui.spacing_mut().item_spacing = vec2(GAP, GAP);
            ui.add_space(8.0);
            head_ui(ui, session, state, emit);
            if state.looked_for.is_empty() {
                first_ui(ui, session, emit);
            }
            cards_ui(ui, session, state, emit);
            ui.add_space(MARGIN);
        });
        ui.advance_cursor_after_rect(shown.response.rect);
    });
}

fn head_ui(ui: &mut Ui, session: &Session, state: &mut LibraryState, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let width = ui.available_width();
    let (rect, _) = ui.allocate_exact_size(vec2(width, 56.0), Sense::hover());
    icons::icon(ui.painter(), Icon::Wakeline, rect.left_center() + vec2(12.0, 0.0), theme.text1, theme);
    let at = rect.left_center() + vec2(32.0, 0.0);
    ui.painter().text(at, Align2::LEFT_CENTER, "Wakeline", fonts::semibold(fonts::CLOCK), theme.text1);
    let tools = Rect::from_min_max(pos2(rect.left() + 170.0, rect.top() + 10.0), rect.max - vec2(0.0, 10.0));
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    let tools = &mut ui.new_child(egui::UiBuilder::new().max_rect(tools).layout(layout));
    tools_ui(tools, session, state, emit);
}

/// From the right: the theme, the path field, the search.
fn tools_ui(ui: &mut Ui, session: &Session, state: &mut LibraryState, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    {
        ui.spacing_mut().item_spacing.x = 8.0;
        let size = vec2(34.0, 34.0);
        let icon = if session.is_dark() { Icon::Sun } else { Icon::Moon };
        widgets::icon_button(ui, icon, Command::SwitchTheme, Weight::Quiet, size, emit);
        if text_button(ui, "Open", Weight::Framed, 64.0, theme).on_hover_text("Open the file of this path").clicked() {
            open(state, emit);
        }
        let field = field_ui(ui, &mut state.path, "Path of a scenario or recording", 250.0, theme);
        if field.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter)) {
            open(state, emit);
        }
        let width = ui.available_width() - 8.0;
        if width > 140.0 {
            field_ui(ui, &mut state.looked_for, "Search scenarios and ideas", width.min(420.0), theme);
        }
    }
}

fn open(state: &LibraryState, emit: &mut Emit<'_>) {
    if !state.path.trim().is_empty() {
        emit.emit(Command::OpenFile(path_from_text(&state.path)));
    }
}

fn field_ui(ui: &mut Ui, text: &mut String, hint: &str, width: f32, theme: &Theme) -> egui::Response {
    let edit = egui::TextEdit::singleline(text)
        .hint_text(egui::RichText::new(hint).color(theme.text3))
        .font(fonts::regular(fonts::BODY))
        .margin(egui::Margin::symmetric(10, 8))
        .desired_width(width - 20.0);
    let response = ui.add(edit);
    let value = text.clone();
    response.widget_info(|| {
        let mut info = WidgetInfo::text_edit(true, value.clone(), value.clone(), hint);
        info.label = Some(hint.to_owned());
        info
    });
    response
}

/// The one thing to press.
fn first_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let again = session.document().is_some() && !session.runs().is_empty();
    let first = session.library().iter().find(|e| e.id == FIRST).or(session.library().first());
    let Some(entry) = first else { return };
    let (title, idea, label) = match session.document().filter(|_| again) {
        Some(document) => (document.title.clone(), document.idea.clone(), "Go on"),
        None => (entry.title.clone(), entry.idea.clone(), "Start"),
    };
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 132.0), Sense::hover());
    ui.painter().rect(rect, 8.0, theme.panel, Stroke::new(1.0, theme.strong_line), StrokeKind::Inside);
    let x = rect.left() + 20.0;
    let room = rect.width() - 220.0;
    let line = |y: f32, text: &str, font, color| {
        widgets::text_cut(ui.painter(), pos2(x, rect.top() + y), text, font, color, room);
    };
    let over = if again { "Continue" } else { "Begin here: see an async run beside a thread run" };
    line(28.0, over, fonts::semibold(fonts::ROW), theme.text3);
    line(60.0, &title, fonts::semibold(fonts::CLOCK), theme.text1);
    line(92.0, &idea, fonts::regular(fonts::NARRATION), theme.text2);
    let button = Rect::from_center_size(pos2(rect.right() - 20.0 - 80.0, rect.center().y), vec2(160.0, 36.0));
    let id = entry.id.clone();
    widgets::inside(ui, button, |ui| {
        if text_button(ui, label, Weight::Primary, 160.0, theme).clicked() {
            emit.emit(if again { Command::Resume } else { Command::OpenScenario(id) });
        }
    });
}

fn cards_ui(ui: &mut Ui, session: &Session, state: &LibraryState, emit: &mut Emit<'_>) {
    let wanted = state.looked_for.trim().to_lowercase();
    let fits = |e: &&Entry| {
        let text = format!("{} {} {} {}", e.title, e.idea, e.id, e.part_title).to_lowercase();
        wanted.split_whitespace().all(|word| text.contains(word))
    };
    let entries: Vec<&Entry> = session.library().iter().filter(fits).collect();
    if entries.is_empty() {
        let text = format!("No scenario speaks of “{}”. Clear the search to see all of them.", state.looked_for.trim());
        ui.label(egui::RichText::new(text).font(fonts::regular(fonts::BODY)).color(emit.theme.text2));
        return;
    }
    let columns = ((ui.available_width() + GAP) / (LEAST_CARD + GAP)).floor().max(1.0);
    let width = (ui.available_width() - GAP * (columns - 1.0)) / columns;
    for part in entries.chunk_by(|a, b| a.part == b.part) {
        part_head_ui(ui, part[0], emit.theme);
        for line in part.chunks(columns as usize) {
            ui.horizontal(|ui| {
                for entry in line {
                    card_ui(ui, entry, width, emit);
                }
            });
        }
    }
}

fn part_head_ui(ui: &mut Ui, entry: &Entry, theme: &Theme) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 36.0), Sense::hover());
    let at = rect.left_bottom() - vec2(0.0, 12.0);
    let text = format!("{}  {}", entry.part, entry.part_title);
    ui.painter().text(at, Align2::LEFT_CENTER, text, fonts::semibold(fonts::HEAD), theme.text1);
}

fn card_ui(ui: &mut Ui, entry: &Entry, width: f32, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let (rect, response) = ui.allocate_exact_size(vec2(width, CARD), Sense::click());
    let said = format!("{}: {}", entry.title, entry.idea);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &said));
    let near = response.hovered() || response.has_focus();
    let edge = if near { Stroke::new(1.5, theme.ink) } else { Stroke::new(1.0, theme.line) };
    ui.painter().rect(rect, 8.0, theme.panel, edge, StrokeKind::Inside);
    let left = rect.left() + 16.0;
    let room = width - 32.0;
    let at = pos2(left, rect.top() + 24.0);
    widgets::text_cut(ui.painter(), at, &entry.title, fonts::semibold(fonts::NARRATION), theme.text1, room - 32.0);
    let number = pos2(rect.right() - 16.0, rect.top() + 24.0);
    ui.painter().text(number, Align2::RIGHT_CENTER, entry.number, fonts::mono(fonts::LABEL), theme.text3);
    let mut job = egui::text::LayoutJob::simple(entry.idea.clone(), fonts::regular(fonts::BODY), theme.text2, room);
    job.wrap.max_rows = 2;
    let galley = ui.painter().layout_job(job);
    ui.painter().galley(pos2(left, rect.top() + 42.0), galley, theme.text2);
    if response.clicked() {
        emit.emit(Command::OpenScenario(entry.id.clone()));
    }
}
