//! Over the cards: the search, opening a file, beginning a new scenario; and the path field when it is needed.

use egui::{Id, Key, Rect, Response, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::session::{Command, Session};

use super::super::fonts;
use super::super::icons::{self, Icon};
use super::super::theme::Theme;
use super::super::widgets::{self, Emit, Weight, text_button};
use super::signs::{LibrarySign, sign_ui};
use super::state::{LibraryState, path_of};

const HEIGHT: f32 = 40.0;
const CLOSE: f32 = 34.0;

/// Shows the line over the cards.
pub fn head_ui(ui: &mut Ui, session: &Session, state: &mut LibraryState, emit: &mut Emit<'_>) {
    ui.add_space(16.0);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let wide = rect.width() >= 760.0;
    // From the right, to know what is left for the search; it comes first for the keyboard.
    let alone = super::sidebar_width(ui.ctx().content_rect().width()) == 0.0;
    let theme_button = if alone { HEIGHT + 8.0 } else { 0.0 };
    let widths = if wide { [186.0, 152.0] } else { [110.0, 84.0] };
    let tools = widths[0] + widths[1] + 8.0 + theme_button;
    let field = Rect::from_min_max(rect.min, pos2(rect.right() - tools - 12.0, rect.bottom()));
    search_ui(ui, field, state, emit);
    let mut x = field.right() + 12.0;
    let mut next = |width: f32| {
        let place = Rect::from_min_size(pos2(x, rect.top()), vec2(width, HEIGHT));
        x += width + 8.0;
        place
    };
    let words = if wide { ["Open file…", "New scenario"] } else { ["Open…", "New"] };
    let open = Tool { words: words[0], sign: LibrarySign::Folder, key: if wide { "Ctrl O" } else { "" } };
    tool_ui(ui, next(widths[0]), open, Command::ChooseFile, emit);
    let new = Tool { words: words[1], sign: LibrarySign::Plus, key: "" };
    tool_ui(ui, next(widths[1]), new, Command::NewScenario, emit);
    if alone {
        let icon = if session.is_dark() { Icon::Sun } else { Icon::Moon };
        let place = next(HEIGHT);
        widgets::inside(ui, place, |ui| {
            widgets::icon_button(ui, icon, Command::SwitchTheme, Weight::Quiet, place.size(), emit)
        });
    }
    path_ui(ui, state, emit);
    notice_ui(ui, state, emit.theme);
    ui.add_space(4.0);
}

fn search_ui(ui: &mut Ui, rect: Rect, state: &mut LibraryState, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let id = Id::unique("library search");
    let focused = ui.memory(|m| m.has_focus(id));
    let edge = if focused { Stroke::new(2.0, theme.ink) } else { Stroke::new(1.0, theme.strong_line) };
    ui.painter().rect(rect, 6.0, theme.panel, edge, StrokeKind::Inside);
    sign_ui(ui.painter(), LibrarySign::Search, rect.left_center() + vec2(22.0, 0.0), theme.text2);
    let written = !state.looked_for.is_empty();
    let right = if written {
        CLOSE + 4.0
    } else if rect.width() > 380.0 {
        74.0
    } else {
        10.0
    };
    let inner = Rect::from_min_max(rect.min + vec2(40.0, 8.0), rect.max - vec2(right, 8.0));
    let hint = longest_fitting(ui, inner.width());
    let field = widgets::inside(ui, inner, |ui| {
        bare_field_ui(
            ui,
            &mut state.looked_for,
            FieldWords { name: "Search scenarios and ideas", hint },
            Some(id),
            theme,
        )
    });
    if std::mem::take(&mut state.search_wanted) {
        field.request_focus();
    }
    if written {
        let place = Rect::from_center_size(pos2(rect.right() - 21.0, rect.center().y), vec2(CLOSE, 30.0));
        if close_ui(ui, place, "Clear the search", theme).clicked() {
            state.looked_for.clear();
        }
    } else if right > 70.0 {
        cap_ui(ui, pos2(rect.right() - 12.0, rect.center().y), "Ctrl P", theme);
    }
    // Escape takes the focus from the field; a second one would be needed to see all again.
    if field.lost_focus() && ui.input(|i| i.key_pressed(Key::Escape)) {
        state.looked_for.clear();
    }
    if focused && ui.input(|i| i.key_pressed(Key::ArrowDown)) {
        state.first_card.into_iter().for_each(|card| ui.memory_mut(|m| m.request_focus(card)));
    }
    if field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter)) {
        let best = super::search::found(state).into_iter().next().map(|(id, _)| id);
        best.into_iter().for_each(|id| emit.emit(Command::OpenScenario(id)));
    }
    state.first_card = None;
}

/// What can be looked for, as far as there is room to say it.
fn longest_fitting(ui: &Ui, room: f32) -> &'static str {
    const HINTS: [&str; 3] = [
        "Search scenarios, ideas, findings: “select”, “why is it slow”, LongPoll",
        "Search: “select”, “why is it slow”, LongPoll",
        "Search scenarios",
    ];
    let font = fonts::regular(fonts::NARRATION);
    let width = |text: &str| ui.painter().layout_no_wrap(text.to_owned(), font.clone(), egui::Color32::BLACK).size().x;
    HINTS.into_iter().find(|hint| width(hint) <= room).unwrap_or(HINTS[2])
}

#[derive(Clone, Copy)]
struct Tool<'a> {
    words: &'a str,
    sign: LibrarySign,
    key: &'a str,
}

/// A button with a sign, words and its key.
fn tool_ui(ui: &mut Ui, rect: Rect, tool: Tool<'_>, command: Command, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let response = ui.interact(rect, Id::unique(("library tool", tool.sign as u8)), Sense::click());
    let title = command.binding().map_or("", |binding| binding.title);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, title));
    let near = response.hovered() || response.has_focus();
    let fill = if near { theme.selected } else { theme.panel };
    ui.painter().rect(rect, 6.0, fill, Stroke::new(1.0, theme.strong_line), StrokeKind::Inside);
    focus_ring(ui, rect, &response, theme);
    sign_ui(ui.painter(), tool.sign, rect.left_center() + vec2(21.0, 0.0), theme.text1);
    let at = rect.left_center() + vec2(36.0, 0.0);
    let room = rect.width() - if tool.key.is_empty() { 44.0 } else { 104.0 };
    widgets::text_cut(ui.painter(), at, tool.words, fonts::medium(fonts::BODY), theme.text1, room);
    if !tool.key.is_empty() {
        cap_ui(ui, pos2(rect.right() - 12.0, rect.center().y), tool.key, theme);
    }
    if response.on_hover_text(command.hint()).clicked() {
        emit.emit(command);
    }
}

/// A ring around what has the focus.
pub(super) fn focus_ring(ui: &Ui, rect: Rect, response: &Response, theme: &Theme) {
    if response.has_focus() {
        ui.painter().rect_stroke(rect.expand(2.0), 8.0, Stroke::new(2.0, theme.ink), StrokeKind::Outside);
    }
}

/// A key as it looks on a keyboard, its right edge at `right`.
fn cap_ui(ui: &Ui, right: egui::Pos2, key: &str, theme: &Theme) {
    let galley = ui.painter().layout_no_wrap(key.to_owned(), fonts::mono(fonts::LABEL), theme.text3);
    let size = galley.size() + vec2(12.0, 4.0);
    let rect = Rect::from_min_size(pos2(right.x - size.x, (right.y - size.y / 2.0).round()), size);
    ui.painter().rect(rect, 4.0, theme.panel, Stroke::new(1.0, theme.strong_line), StrokeKind::Inside);
    ui.painter().galley((rect.center() - galley.size() / 2.0).round(), galley, theme.text3);
}

/// Whether something can be seen; it can be reached by keys in any case.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Yes,
    No,
}

/// A small button that takes something away.
#[derive(Clone, Copy)]
pub(super) struct CloseButton<'a> {
    pub name: &'a str,
    pub shown: Shown,
}

impl<'a> From<&'a str> for CloseButton<'a> {
    fn from(name: &'a str) -> CloseButton<'a> {
        CloseButton { name, shown: Shown::Yes }
    }
}

/// The place in memory of a button that takes something away.
pub(super) fn close_id_of(name: &str) -> Id {
    Id::unique(("library close", name))
}

/// Shows a small button that takes something away.
pub(super) fn close_ui<'a>(ui: &mut Ui, rect: Rect, button: impl Into<CloseButton<'a>>, theme: &Theme) -> Response {
    let CloseButton { name, shown } = button.into();
    let response = ui.interact(rect, close_id_of(name), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, name));
    if shown == Shown::No {
        return response;
    }
    let near = response.hovered() || response.has_focus();
    if near {
        ui.painter().rect_filled(rect, 6.0, theme.selected);
    }
    focus_ring(ui, rect, &response, theme);
    sign_ui(ui.painter(), LibrarySign::Close, rect.center(), if near { theme.text1 } else { theme.text3 });
    response.on_hover_text(name)
}

/// What a field is called, and what stands in it while it is empty.
#[derive(Clone, Copy)]
pub(in crate::ui) struct FieldWords<'a> {
    pub name: &'a str,
    pub hint: &'a str,
}

fn bare_field_ui(ui: &mut Ui, text: &mut String, words: FieldWords<'_>, id: Option<Id>, theme: &Theme) -> Response {
    let mut edit = egui::TextEdit::singleline(text)
        .hint_text(egui::RichText::new(words.hint).color(theme.text3))
        .font(fonts::regular(fonts::NARRATION))
        .frame(egui::Frame::NONE)
        .align(egui::Align2::LEFT_CENTER)
        .margin(egui::Margin::ZERO)
        .min_size(ui.available_size())
        .desired_width(f32::INFINITY);
    if let Some(id) = id {
        edit = edit.id(id);
    }
    let response = ui.add(edit);
    let value = text.clone();
    response.widget_info(|| {
        let mut info = WidgetInfo::text_edit(true, value.clone(), value.clone(), words.hint);
        info.label = Some(words.name.to_owned());
        info
    });
    response
}

/// A field with a frame.
pub(in crate::ui) fn field_ui(
    ui: &mut Ui,
    rect: Rect,
    text: &mut String,
    words: FieldWords<'_>,
    theme: &Theme,
) -> Response {
    let id = Id::unique(("library field", words.name));
    let focused = ui.memory(|m| m.has_focus(id));
    let edge = if focused { Stroke::new(2.0, theme.ink) } else { Stroke::new(1.0, theme.strong_line) };
    ui.painter().rect(rect, 6.0, theme.panel, edge, StrokeKind::Inside);
    let inner = rect.shrink2(vec2(12.0, 6.0));
    widgets::inside(ui, inner, |ui| bare_field_ui(ui, text, words, Some(id), theme))
}

/// What a person should know once, until it is put away.
fn notice_ui(ui: &mut Ui, state: &mut LibraryState, theme: &Theme) {
    let Some(notice) = &state.notice else { return };
    let width = ui.available_width();
    let galley = ui.painter().layout(notice.clone(), fonts::regular(fonts::ROW), theme.text1, width - 88.0);
    let (rect, response) = ui.allocate_exact_size(vec2(width, galley.size().y + 18.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, notice));
    ui.painter().rect(rect, 6.0, theme.finding_tint, Stroke::new(1.0, theme.finding), StrokeKind::Inside);
    icons::icon(ui.painter(), Icon::Warning, pos2(rect.left() + 22.0, rect.top() + 17.0), theme.finding, theme);
    ui.painter().galley(rect.min + vec2(40.0, 9.0), galley, theme.text1);
    let close = Rect::from_center_size(pos2(rect.right() - 24.0, rect.top() + 18.0), vec2(28.0, 28.0));
    if close_ui(ui, close, "Put this notice away", theme).clicked() {
        state.notice = None;
    }
}

/// The path field, with the reason why it is there.
fn path_ui(ui: &mut Ui, state: &mut LibraryState, emit: &mut Emit<'_>) {
    let Some(path) = &mut state.path else { return };
    let theme = emit.theme;
    let (line, said) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
    said.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, path.why));
    let font = fonts::regular(fonts::ROW);
    widgets::text_cut(ui.painter(), line.left_center(), path.why, font, theme.text2, line.width());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 36.0), Sense::hover());
    let field = Rect::from_min_max(rect.min, pos2(rect.right() - 122.0, rect.bottom()));
    let words = FieldWords { name: "Path of a scenario or recorded run", hint: "~/scenarios/retry.ron" };
    let response = field_ui(ui, field, &mut path.text, words, theme);
    if std::mem::take(&mut path.fresh) {
        response.request_focus();
    }
    let entered = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
    let button = Rect::from_min_size(pos2(field.right() + 8.0, rect.top() + 1.0), vec2(72.0, 34.0));
    let pressed = widgets::inside(ui, button, |ui| text_button(ui, "Open", Weight::Primary, 72.0, theme).clicked());
    let close = Rect::from_min_size(pos2(button.right() + 6.0, rect.top() + 1.0), vec2(34.0, 34.0));
    let closed = close_ui(ui, close, "Close the path field", theme).clicked()
        || (response.lost_focus() && ui.input(|i| i.key_pressed(Key::Escape)));
    if entered || pressed {
        path_of(&path.text).into_iter().for_each(|path| emit.emit(Command::OpenFile(path)));
    }
    if closed {
        state.path = None;
    }
}
