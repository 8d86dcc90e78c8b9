//! The few controls of the window's own: each has a name for screen readers and shows its key on hover.

use egui::{
    Align2, Color32, CornerRadius, FontId, Key, Painter, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui,
    Vec2, WidgetInfo, pos2, vec2,
};

use crate::session::Command;
pub use crate::session::run_letter;
use crate::timeline::words::middle_cut;

use super::fonts;
use super::icons::{self, Icon};
use super::theme::Theme;

/// How much a control stands out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    /// The one obvious thing to press.
    Primary,
    /// One of several.
    Framed,
    /// Hardly there until the pointer is on it.
    Quiet,
}

/// What a panel needs to show itself: the colours, and where its commands go.
pub struct Emit<'a> {
    /// The colours.
    pub theme: &'static Theme,
    /// What the person asked for in this frame.
    pub commands: &'a mut Vec<Command>,
}

impl Emit<'_> {
    /// Adds a command.
    pub fn emit(&mut self, command: Command) {
        self.commands.push(command);
    }
}

fn name(response: &Response, label: &str) {
    let enabled = response.enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, label));
}

fn frame(ui: &Ui, rect: Rect, response: &Response, weight: Weight, theme: &Theme) -> Color32 {
    let radius = CornerRadius::same(6);
    let hovered = response.hovered() || response.has_focus();
    let (fill, edge, text) = match weight {
        Weight::Primary => (theme.ink, theme.ink, theme.on_ink),
        Weight::Framed if hovered => (theme.selected, theme.strong_line, theme.text1),
        Weight::Framed => (theme.panel, theme.strong_line, theme.text1),
        Weight::Quiet if hovered => (theme.selected, theme.selected, theme.text1),
        Weight::Quiet => (Color32::TRANSPARENT, Color32::TRANSPARENT, theme.text1),
    };
    let fill = if response.is_pointer_button_down_on() && weight != Weight::Primary { theme.line } else { fill };
    ui.painter().rect(rect, radius, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
    if response.has_focus() {
        ui.painter().rect_stroke(
            rect.expand(2.0),
            CornerRadius::same(8),
            Stroke::new(2.0, theme.ink),
            StrokeKind::Outside,
        );
    }
    if response.enabled() { text } else { theme.text3 }
}

/// A button with a sign.
pub fn icon_button(
    ui: &mut Ui,
    icon: Icon,
    command: Command,
    weight: Weight,
    size: Vec2,
    emit: &mut Emit<'_>,
) -> Response {
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let title = command.binding().map_or("", |b| b.title);
    name(&response, title);
    let color = frame(ui, rect, &response, weight, emit.theme);
    icons::icon(ui.painter(), icon, rect.center(), color, emit.theme);
    let response = response.on_hover_text(command.hint());
    if response.clicked() {
        emit.emit(command);
    }
    response
}

/// A button with words.
pub fn text_button(ui: &mut Ui, label: &str, weight: Weight, least_width: f32, theme: &Theme) -> Response {
    let font = fonts::medium(fonts::BODY);
    let galley = ui.painter().layout_no_wrap(label.to_owned(), font, theme.text1);
    let size = vec2((galley.size().x + 24.0).max(least_width), 34.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    name(&response, label);
    let color = frame(ui, rect, &response, weight, theme);
    let at = (rect.center() - galley.size() / 2.0).round();
    ui.painter().galley_with_override_text_color(at, galley, color);
    response
}

/// The letter of a run, on ink: A, B.
pub fn run_key(painter: &Painter, centre: Pos2, run: usize, focused: bool, theme: &Theme) {
    let rect = Rect::from_center_size(centre, Vec2::splat(18.0));
    let (fill, text) = if focused { (theme.ink, theme.on_ink) } else { (theme.selected, theme.text2) };
    painter.rect(
        rect,
        4.0,
        fill,
        Stroke::new(1.0, if focused { theme.ink } else { theme.strong_line }),
        StrokeKind::Inside,
    );
    painter.text(rect.center(), Align2::CENTER_CENTER, run_letter(run), fonts::semibold(fonts::LABEL), text);
}

/// A text at the left of a height, cut to a width with "…" and shown whole on hover by the caller. Answers its width.
pub fn text_cut(painter: &Painter, at: Pos2, text: &str, font: FontId, color: Color32, width: f32) -> f32 {
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font, color);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width.max(0.0));
    let galley = painter.layout_job(job);
    let size = galley.size();
    painter.galley(pos2(at.x, (at.y - size.y / 2.0).round()), galley, color);
    size.x
}

/// A name at the left of a height in one line, with "…" in its middle where it is too long: names differ at their ends.
/// Shown whole on hover by the caller. Answers its width.
pub fn name_cut(painter: &Painter, at: Pos2, name: &str, font: FontId, color: Color32, width: f32) -> f32 {
    let galley = |text: String| painter.layout_no_wrap(text, font.clone(), color);
    let letters = name.chars().count();
    let whole = galley(middle_cut(name, letters.min(MOST_LETTERS)));
    let per_letter = whole.size().x / letters.clamp(1, MOST_LETTERS) as f32;
    let first = if whole.size().x <= width { letters.min(MOST_LETTERS) } else { (width / per_letter) as usize + 2 };
    let fitting = (0..=first).rev().map(|fits| galley(middle_cut(name, fits))).find(|g| g.size().x <= width);
    let Some(galley) = fitting else { return 0.0 };
    let size = galley.size();
    painter.galley(pos2(at.x, (at.y - size.y / 2.0).round()), galley, color);
    size.x
}

/// No name is shown in more letters than these: nobody reads them.
const MOST_LETTERS: usize = 80;

/// A line between two things.
pub fn rule(ui: &mut Ui, theme: &Theme) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
    ui.painter().rect_filled(rect, 0.0, theme.line);
}

/// A key as it looks on a keyboard.
pub fn key_cap(ui: &mut Ui, key: &str, theme: &Theme) {
    let galley = ui.painter().layout_no_wrap(key.to_owned(), fonts::mono(fonts::LABEL), theme.text1);
    let (rect, _) = ui.allocate_exact_size(vec2(galley.size().x.max(10.0) + 12.0, 22.0), Sense::hover());
    ui.painter().rect(rect, 4.0, theme.raised, Stroke::new(1.0, theme.strong_line), StrokeKind::Inside);
    ui.painter().galley((rect.center() - galley.size() / 2.0).round(), galley, theme.text1);
}

/// The key and modifiers of a text like "Ctrl+Z".
pub fn key_of(text: &str) -> Option<(egui::Modifiers, Key)> {
    let mut modifiers = egui::Modifiers::NONE;
    let mut rest = text;
    while let Some((modifier, more)) = rest.split_once('+').filter(|(_, more)| !more.is_empty()) {
        modifiers |= match modifier {
            "Ctrl" => egui::Modifiers::COMMAND,
            "Shift" => egui::Modifiers::SHIFT,
            "Alt" => egui::Modifiers::ALT,
            _ => return None,
        };
        rest = more;
    }
    Some((modifiers, Key::from_name(rest)?))
}

/// Adds contents in a place of their own; what comes after goes on as if they were not there.
pub fn inside<R>(ui: &mut Ui, rect: Rect, add: impl FnOnce(&mut Ui) -> R) -> R {
    add(&mut ui.new_child(egui::UiBuilder::new().max_rect(rect)))
}

/// The same, from left to right and cut at the edge.
pub fn inside_row<R>(ui: &mut Ui, rect: Rect, add: impl FnOnce(&mut Ui) -> R) -> R {
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(rect).layout(layout));
    child.set_clip_rect(rect.intersect(ui.clip_rect()));
    child.spacing_mut().item_spacing.x = 4.0;
    add(&mut child)
}
