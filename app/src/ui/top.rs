//! The bar at the top: what is open, its runs, the transport, the clock.

use egui::{Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::session::{Command, Session};
use crate::timeline::axis::{write_clock, write_length};

use super::fonts;
use super::icons::{self, Icon};
use super::run_chips;
use super::theme::Theme;
use super::widgets::{self, Emit, Weight, icon_button};

/// The height of the bar.
pub const HEIGHT: f32 = 48.0;

/// Shows the bar.
pub fn top_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let bar = ui.max_rect();
    let narrow = bar.width() < 1180.0;
    ui.painter().hline(bar.x_range(), bar.bottom() - 0.5, egui::Stroke::new(1.0, emit.theme.line));
    let right = clock_and_tools(ui, bar, session, emit, narrow);
    let transport_width = if narrow { 196.0 } else { 356.0 };
    let transport = Rect::from_min_max(pos2(right - transport_width, bar.top()), pos2(right, bar.bottom()));
    widgets::inside_row(ui, transport, |ui| transport_ui(ui, session, emit, narrow));
    let left = Rect::from_min_max(bar.min, pos2(transport.left() - 8.0, bar.bottom()));
    widgets::inside_row(ui, left, |ui| title_ui(ui, session, emit, narrow));
}

fn title_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>, narrow: bool) {
    let theme = emit.theme;
    ui.add_space(12.0);
    let (rect, response) = ui.allocate_exact_size(vec2(48.0, 32.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, "All scenarios"));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 6.0, theme.selected);
    }
    icons::icon(ui.painter(), Icon::Back, rect.left_center() + vec2(8.0, 0.0), theme.text2, theme);
    icons::icon(ui.painter(), Icon::Wakeline, rect.left_center() + vec2(31.0, 0.0), theme.text1, theme);
    if response.on_hover_text(Command::ShowLibrary.hint()).clicked() {
        emit.emit(Command::ShowLibrary);
    }
    ui.add_space(4.0);
    let Some(document) = session.document() else { return };
    let runs_width: f32 = session.runs().iter().map(|r| run_chips::width(ui, &r.title, narrow) + 8.0).sum::<f32>()
        + run_chips::add_width(session);
    let room = ui.available_width() - runs_width - 12.0;
    let at = pos2(ui.cursor().left(), ui.max_rect().center().y);
    let (painter, font) = (ui.painter().clone(), fonts::semibold(fonts::HEAD));
    let title = widgets::text_cut(&painter, at, &document.title, font, theme.text1, room);
    let rest = room - title - 10.0;
    let beside = painter.layout_no_wrap(document.subtitle.clone(), fonts::regular(fonts::ROW), theme.text3);
    let mut used = title;
    if beside.size().x <= rest {
        used += 10.0 + beside.size().x;
        painter.galley(pos2(at.x + title + 10.0, at.y - beside.size().y / 2.0 + 1.0), beside, theme.text3);
    }
    let said = format!("{}, {}", document.title, document.subtitle);
    let place = Rect::from_min_size(pos2(at.x, at.y - 12.0), vec2(used, 24.0));
    let title = ui.allocate_rect(place, Sense::hover());
    title.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &said));
    title.on_hover_text(&document.idea);
    ui.add_space(12.0);
    for run in 0..session.runs().len() {
        run_chips::chip_ui(ui, session, run, emit, narrow);
        ui.add_space(4.0);
    }
    run_chips::add_ui(ui, session, emit);
}

fn transport_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>, narrow: bool) {
    let small = vec2(32.0, 32.0);
    icon_button(ui, Icon::ToStart, Command::ToStart, Weight::Quiet, small, emit);
    icon_button(ui, Icon::StepBack, Command::StepBack, Weight::Quiet, small, emit);
    let play = if session.playback().playing { Icon::Pause } else { Icon::Play };
    icon_button(ui, play, Command::PlayPause, Weight::Primary, vec2(40.0, 32.0), emit);
    icon_button(ui, Icon::StepForward, Command::StepForward, Weight::Quiet, small, emit);
    icon_button(ui, Icon::ToEnd, Command::ToEnd, Weight::Quiet, small, emit);
    if !narrow {
        ui.add_space(8.0);
        speed_ui(ui, session, emit);
    }
}

/// The slowest and fastest that the slider reaches, in virtual nanoseconds a second, as powers of ten.
const SPEED_POWERS: (f64, f64) = (3.0, 11.0);

fn speed_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let speed = session.playback().speed;
    let (rect, response) = ui.allocate_exact_size(vec2(84.0, 32.0), Sense::click_and_drag());
    let text = format!("{}/s", short_speed(speed));
    response.widget_info(|| WidgetInfo::slider(true, speed, "Speed of playing, in virtual nanoseconds a second"));
    let rail = rect.shrink2(vec2(6.0, 0.0)).x_range();
    let (from, to) = SPEED_POWERS;
    let share = ((speed.log10() - from) / (to - from)).clamp(0.0, 1.0) as f32;
    let knob = pos2(rail.min + share * rail.span(), rect.center().y);
    ui.painter().hline(rail, knob.y, egui::Stroke::new(1.5, theme.strong_line));
    ui.painter().hline(egui::Rangef::new(rail.min, knob.x), knob.y, egui::Stroke::new(1.5, theme.ink));
    ui.painter().circle(knob, 5.5, theme.panel, egui::Stroke::new(1.5, theme.ink));
    if let Some(at) = response.interact_pointer_pos().filter(|_| response.is_pointer_button_down_on()) {
        let share = f64::from(((at.x - rail.min) / rail.span()).clamp(0.0, 1.0));
        let wanted = crate::session::playback::round_speed(10f64.powf(from + share * (to - from)));
        if wanted != speed {
            emit.emit(Command::SetSpeed(wanted));
        }
    }
    response.on_hover_text("How much virtual time passes in a second of yours (+ and −)");
    ui.label(egui::RichText::new(text).font(fonts::mono(fonts::LABEL)).color(theme.text2));
}

fn short_speed(speed: f64) -> String {
    let text = write_length(speed as u64);
    text.replace(".0 ", " ")
}

/// The clock and the tools, from the right; answers where they begin.
fn clock_and_tools(ui: &mut Ui, bar: Rect, session: &Session, emit: &mut Emit<'_>, narrow: bool) -> f32 {
    let theme = emit.theme;
    let tools = Rect::from_min_max(pos2(bar.right() - 84.0, bar.top()), bar.max);
    widgets::inside_row(ui, tools, |ui| {
        let size = vec2(32.0, 32.0);
        let icon = if session.is_dark() { Icon::Sun } else { Icon::Moon };
        icon_button(ui, icon, Command::SwitchTheme, Weight::Quiet, size, emit);
        keys_button(ui, size, emit);
    });
    let end = if narrow { String::new() } else { format!("of {} ms", write_clock(session.end())) };
    let painter = ui.painter().clone();
    let end = painter.layout_no_wrap(end, fonts::mono(fonts::LABEL), theme.text3);
    let now = clock_text(session);
    let now = painter.layout_no_wrap(now, fonts::mono_medium(fonts::CLOCK), theme.text1);
    let unit = if narrow { " ms" } else { "" };
    let unit = painter.layout_no_wrap(unit.to_owned(), fonts::mono(fonts::LABEL), theme.text3);
    let width = now.size().x + unit.size().x + end.size().x + if narrow { 0.0 } else { 8.0 };
    let left = tools.left() - 12.0 - width;
    let base = bar.center().y + now.size().y * 0.5;
    let small = base - end.size().y - 2.5;
    let place = Rect::from_min_max(pos2(left, bar.top()), pos2(left + width, bar.bottom()));
    let clock = ui.allocate_rect(place, Sense::hover());
    let said = format!("Virtual time: {} ms of {} ms", clock_text(session), write_clock(session.end()));
    clock.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &said));
    clock.on_hover_text(said);
    let now_width = now.size().x;
    painter.galley(pos2(left, base - now.size().y), now, theme.text1);
    painter.galley(pos2(left + now_width, small), unit, theme.text3);
    painter.galley(pos2(left + width - end.size().x, small), end, theme.text3);
    left - 16.0
}

fn clock_text(session: &Session) -> String {
    write_clock(session.cursor().time)
}

fn keys_button(ui: &mut Ui, size: egui::Vec2, emit: &mut Emit<'_>) {
    let theme: &Theme = emit.theme;
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, "Keys"));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 6.0, theme.selected);
    }
    ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, "?", fonts::semibold(fonts::HEAD), theme.text1);
    if response.on_hover_text(Command::ShowKeys.hint()).clicked() {
        emit.emit(Command::ShowKeys);
    }
}
