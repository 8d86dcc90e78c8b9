//! The bar at the top: what is open, its runs, the transport, the clock.

use egui::{Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use sim_core::clock::{Clock, write_length};
use sim_core::instant::SimDuration;

use crate::session::command::key_for_people;
use crate::session::standing::Nth;
use crate::session::{Command, Run, Session, keymap};
use crate::timeline::axis::with_thousands;

use super::fonts;
use super::icons::{self, Icon};
use super::run_chips::{self, Form};
use super::theme::Theme;
use super::widgets::{self, Emit, Weight, icon_button};

/// A title that needs more room than this, and has less, is left out.
const LEAST_TITLE: f32 = 64.0;
/// A title that is longer than this is cut before the runs' chips lose words.
const MOST_TITLE: f32 = 220.0;
/// The clock has room for so many signs at least: a run that takes longer than another does not move the buttons.
const LEAST_CLOCK: usize = "999.999".len();
/// The height of the bar.
pub const HEIGHT: f32 = 48.0;

/// From this width on the clock says how long the run is.
const LONG_CLOCK: f32 = 1340.0;

/// What the bar has room for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Size {
    /// Everything.
    Wide,
    /// Everything but the speed and how long the run is.
    Narrow,
    /// What is pressed all the time; the rest is in the menu.
    Small,
}

impl Size {
    fn of(width: f32) -> Size {
        match width {
            ..800.0 => Size::Small,
            ..1180.0 => Size::Narrow,
            _ => Size::Wide,
        }
    }

    /// The width of the transport.
    fn transport(self) -> f32 {
        match self {
            Size::Wide => 388.0,
            Size::Narrow => 232.0,
            Size::Small => 160.0,
        }
    }

    /// How many tools stand at the right.
    fn tools(self) -> f32 {
        if self == Size::Small { 0.0 } else { 4.0 }
    }
}

/// Shows the bar.
pub fn top_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let bar = ui.max_rect();
    let size = Size::of(bar.width());
    ui.painter().hline(bar.x_range(), bar.bottom() - 0.5, egui::Stroke::new(1.0, emit.theme.line));
    let right = clock_and_tools(ui, bar, session, emit, size);
    let transport = Rect::from_min_max(pos2(right - size.transport(), bar.top()), pos2(right, bar.bottom()));
    widgets::inside_row(ui, transport, |ui| transport_ui(ui, session, emit, size));
    let left = Rect::from_min_max(bar.min, pos2(transport.left() - 8.0, bar.bottom()));
    widgets::inside_row(ui, left, |ui| title_ui(ui, session, emit, size));
}

fn title_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>, size: Size) {
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
    let at = pos2(ui.cursor().left(), ui.max_rect().center().y);
    let (painter, font) = (ui.painter().clone(), fonts::semibold(fonts::HEAD));
    let whole = painter.layout_no_wrap(document.title.clone(), font.clone(), theme.text1).size().x;
    let chips = |form| run_chips::width_of_all(ui, session, form);
    let beside = ui.available_width() - 12.0 - MENU;
    // What is open matters more than how many workers it has: the menus say that, too.
    let form = Form::within(beside, whole.min(MOST_TITLE), chips);
    let room = beside - chips(form);
    let shown = if has_title(whole, room) { document.title.as_str() } else { "" };
    let title = widgets::text_cut(&painter, at, shown, font, theme.text1, room);
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
    menu_ui(ui, session, size, emit);
    ui.add_space(8.0);
    ui.spacing_mut().item_spacing.x = run_chips::GAP;
    for run in 0..session.runs().len() {
        run_chips::chip_ui(ui, session, run, form, emit);
    }
    run_chips::add_ui(ui, session, emit);
}

/// Whether a title of this width has room enough, if need be cut.
fn has_title(whole: f32, room: f32) -> bool {
    room >= LEAST_TITLE.min(whole)
}

/// The width of what opens the menu of what is open.
const MENU: f32 = 28.0;

/// What can be done with what is open as a whole.
fn menu_ui(ui: &mut Ui, session: &Session, size: Size, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let (rect, response) = ui.allocate_exact_size(vec2(MENU - 4.0, 32.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, "Menu"));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 6.0, theme.selected);
    }
    icons::icon(ui.painter(), Icon::Down, rect.center(), theme.text2, theme);
    let tools: &[Command] = match size {
        Size::Small => &[Command::ToStart, Command::ToEnd, Command::SwitchTheme],
        Size::Wide | Size::Narrow => &[],
    };
    let response = match session.document() {
        Some(document) if size == Size::Small => response.on_hover_text(&document.title),
        Some(_) | None => response,
    };
    egui::Popup::menu(&response).show(|ui| {
        ui.set_min_width(240.0);
        let usual = [
            Command::ShowLibrary,
            Command::ShowPlaces,
            Command::Reload,
            Command::Present,
            Command::ShowCommands,
            Command::ShowSettings,
            Command::ShowKeys,
            Command::Quit,
        ];
        for command in tools.iter().cloned().chain(usual) {
            let title = command.binding().map_or("", |b| b.title);
            let key = session_key(&command);
            let button = egui::Button::new(title).shortcut_text(key).frame(false).min_size(vec2(240.0, 28.0));
            if ui.add(button).clicked() {
                emit.emit(command);
            }
        }
    });
}

fn session_key(command: &Command) -> String {
    keymap::shown().keys_of(command).first().map_or(String::new(), |key| key_for_people(key))
}

fn transport_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>, size: Size) {
    let small = vec2(32.0, 32.0);
    if size != Size::Small {
        icon_button(ui, Icon::ToStart, Command::ToStart, Weight::Quiet, small, emit);
    }
    icon_button(ui, Icon::StepBack, Command::StepBack, Weight::Quiet, small, emit);
    let play = if session.playback().playing { Icon::Pause } else { Icon::Play };
    icon_button(ui, play, Command::PlayPause, Weight::Primary, vec2(40.0, 32.0), emit);
    icon_button(ui, Icon::StepForward, Command::StepForward, Weight::Quiet, small, emit);
    if size != Size::Small {
        icon_button(ui, Icon::ToEnd, Command::ToEnd, Weight::Quiet, small, emit);
    }
    follow_ui(ui, session, small, emit);
    if size == Size::Wide {
        ui.add_space(8.0);
        speed_ui(ui, session, emit);
    }
}

/// Whether the view goes with the cursor: shown pressed while it does.
fn follow_ui(ui: &mut Ui, session: &Session, size: egui::Vec2, emit: &mut Emit<'_>) {
    let (theme, on) = (emit.theme, session.is_following());
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(egui::Role::CheckBox, true, on, "Follow the cursor while playing"));
    let near = response.hovered() || response.has_focus();
    if on || near {
        let edge = if near { theme.ink } else { theme.selected };
        let edge = egui::Stroke::new(theme.edge, edge);
        ui.painter().rect(rect.shrink(3.0), 6.0, theme.selected, edge, egui::StrokeKind::Inside);
    }
    icons::icon(ui.painter(), Icon::Follow, rect.center(), if on { theme.text1 } else { theme.text3 }, theme);
    let now = if on { "On: the view goes with the cursor" } else { "Off: the view stays where you moved it" };
    if response.on_hover_text(format!("{}. {now}", Command::ToggleFollow.hint())).clicked() {
        emit.emit(Command::ToggleFollow);
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
    if response.has_focus() {
        ui.painter().rect_stroke(rect, 6.0, egui::Stroke::new(2.0, theme.ink), egui::StrokeKind::Inside);
        let pressed = |key| ui.input_mut(|i| i.count_and_consume_key(egui::Modifiers::NONE, key));
        let (faster, slower) = (pressed(egui::Key::ArrowRight), pressed(egui::Key::ArrowLeft));
        (0..faster).for_each(|_| emit.emit(Command::Faster));
        (0..slower).for_each(|_| emit.emit(Command::Slower));
    }
    response.on_hover_text("How much virtual time passes in a second of yours (+ and −)");
    ui.label(egui::RichText::new(text).font(fonts::mono(fonts::LABEL)).color(theme.text2));
}

fn short_speed(speed: f64) -> String {
    let text = write_length(SimDuration::from_nanos(speed as u64));
    text.replace(".0 ", " ")
}

/// The clock and the tools, from the right; answers where they begin.
fn clock_and_tools(ui: &mut Ui, bar: Rect, session: &Session, emit: &mut Emit<'_>, bar_size: Size) -> f32 {
    let theme = emit.theme;
    let tools = Rect::from_min_max(pos2(bar.right() - 12.0 - 36.0 * bar_size.tools(), bar.top()), bar.max);
    if bar_size != Size::Small {
        widgets::inside_row(ui, tools, |ui| tools_ui(ui, session, emit));
    }
    // How long the run is, the axis says, too: the words of the runs need its room more.
    let narrow = bar.width() < LONG_CLOCK;
    // As wide as it will ever be: what stands beside it must not move while time goes on.
    let clock = session.clock();
    let digits = clock.write(session.end()).len().max(LEAST_CLOCK);
    let end = if narrow { String::new() } else { end_text(session) };
    let end_digits = if narrow {
        String::new()
    } else {
        format!("of {}", " ".repeat(clock.say(session.end()).len().max(digits + 3)))
    };
    let painter = ui.painter().clone();
    let end_room = painter.layout_no_wrap(end_digits, fonts::mono(fonts::LABEL), theme.text3).size().x;
    let end = painter.layout_no_wrap(end, fonts::mono(fonts::LABEL), theme.text3);
    let end_room = end_room.max(end.size().x);
    let now = format!("{:>digits$}", clock.write(session.cursor().time));
    let now = painter.layout_no_wrap(now, fonts::mono_medium(fonts::CLOCK), theme.text1);
    let unit = if narrow && clock != Clock::Hours { format!(" {}", clock.unit()) } else { String::new() };
    let unit = painter.layout_no_wrap(unit, fonts::mono(fonts::LABEL), theme.text3);
    let width = now.size().x + unit.size().x + end_room + if narrow { 0.0 } else { 8.0 };
    let left = tools.left() - 12.0 - width;
    let base = bar.center().y + now.size().y * 0.5;
    let small = base - end.size().y - 2.5;
    let place = Rect::from_min_max(pos2(left, bar.top()), pos2(left + width, bar.bottom()));
    let response = ui.allocate_rect(place, Sense::hover());
    let mut said = format!("Virtual time: {} {}", clock.say(session.cursor().time), end_text(session));
    if let Some(nth) = nth_text(session) {
        said += &format!(", {nth}");
        let galley = painter.layout_no_wrap(nth, fonts::regular(fonts::LEAST), theme.text2);
        let at = pos2((left + now.size().x - galley.size().x).max(left - 16.0), bar.bottom() - galley.size().y - 2.0);
        painter.galley(at.round(), galley, theme.text2);
    }
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &said));
    response.on_hover_text(said);
    let now_width = now.size().x;
    painter.galley(pos2(left, base - now.size().y), now, theme.text1);
    painter.galley(pos2(left + now_width, small), unit, theme.text3);
    painter.galley(pos2(left + width - end_room, small), end, theme.text3);
    skip_ui(ui, session, pos2(left + width / 2.0, bar.bottom() + 6.0), theme);
    left - 16.0
}

fn tools_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let theme_icon = if session.is_dark() { Icon::Sun } else { Icon::Moon };
    for (icon, command) in [
        (Icon::Search, Command::ShowPlaces),
        (Icon::Screen, Command::Present),
        (theme_icon, Command::SwitchTheme),
        (Icon::Sliders, Command::ShowSettings),
    ] {
        icon_button(ui, icon, command, Weight::Quiet, vec2(32.0, 32.0), emit);
    }
}

/// The sign that an empty stretch is being skipped, below the clock, over what is there.
fn skip_ui(ui: &Ui, session: &Session, top: egui::Pos2, theme: &Theme) {
    let Some(skipped) = session.playback().skipped() else { return };
    let text = format!("skips {}", write_length(skipped));
    let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("skip"));
    let painter = ui.ctx().layer_painter(layer);
    let galley = painter.layout_no_wrap(text, fonts::medium(fonts::ROW), theme.on_ink);
    let size = galley.size() + vec2(42.0, 12.0);
    let plate = Rect::from_min_size(pos2(top.x - size.x / 2.0, top.y), size);
    painter.rect_filled(plate, 5.0, theme.ink);
    icons::icon(&painter, Icon::Skip, plate.left_center() + vec2(17.0, 0.0), theme.on_ink, theme);
    painter.galley(pos2(plate.left() + 32.0, plate.center().y - galley.size().y / 2.0).round(), galley, theme.on_ink);
}

/// How long the runs are. Past their end, that they have ended, or that nothing will ever happen any more.
fn end_text(session: &Session) -> String {
    let end = session.clock().say(session.end());
    let past = session.cursor().time > session.end();
    match past {
        true if session.runs().iter().any(Run::is_stuck) => format!("stuck at {end}"),
        true => format!("ended at {end}"),
        false => format!("of {end}"),
    }
}

/// Where the clock stands still while the cursor steps: "event 3 of 7 here".
fn nth_text(session: &Session) -> Option<String> {
    let many = |n: usize| with_thousands(&n.to_string());
    match session.nth_here()? {
        Nth { nth: 0, of } => Some(format!("before {} events", many(of))),
        Nth { nth, of } => Some(format!("event {} of {} here", many(nth), many(of))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_title_needs_no_more_room_than_it_takes() {
        assert!(has_title(40.0, 40.0) && !has_title(40.0, 39.0));
        assert!(has_title(200.0, 64.0) && !has_title(200.0, 63.0), "a long one is cut, but not to nothing");
    }
}
