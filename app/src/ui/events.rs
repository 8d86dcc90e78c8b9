//! The events of the focused run as a list, in step with the cursor; and the last of them explained.
//!
//! Only rows in sight are described. A stretch without events in which the cursor stands is one row.

use egui::{Align2, Rect, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use sim_core::trace::text::describe;

use crate::session::{Command, Run, Session};
use crate::timeline::axis::{with_thousands, write_clock, write_length};

use super::dock::TAB;
use super::fonts;
use super::theme::Theme;
use super::widgets::{self, Emit, run_letter};

const ROW: f32 = 24.0;

/// How many rows of the list fit into a dock of this height.
pub fn rows_within(height: f32) -> usize {
    ((height - TAB - ROW - 4.0) / ROW).max(0.0) as usize
}

/// The height of a dock with so many rows.
pub fn height_of(rows: usize) -> f32 {
    TAB + ROW + ROW * rows as f32 + 4.0
}

/// What the list remembers between frames.
#[derive(Clone, Default, Debug)]
pub struct EventsState {
    shown: Option<(usize, usize, usize, usize)>,
}

/// Where the columns begin, from the left of the list.
#[derive(Clone, Copy)]
struct Columns {
    time: f32,
    who: f32,
    event: f32,
    detail: f32,
}

impl Columns {
    /// Wide enough for the largest number and time of the run.
    fn of(run: &Run) -> Columns {
        let digits = run.trace.len().max(1).to_string().len() as f32;
        let clock = write_clock(run.end()).len() as f32;
        let time = 16.0 + digits.max(2.0) * 8.0 + 16.0;
        let who = time + clock.max(6.0) * 8.0 + 20.0;
        Columns { time, who, event: who + 96.0, detail: who + 96.0 + 128.0 }
    }
}

/// Shows the list.
pub fn events_ui(ui: &mut Ui, session: &Session, state: &mut EventsState, emit: &mut Emit<'_>) {
    let area = ui.max_rect();
    let Some(run) = session.focused() else { return };
    let columns = Columns::of(run);
    let names = Rect::from_min_size(area.min, vec2(area.width(), ROW));
    names_ui(ui, names, columns, emit.theme);
    // Whole rows only: half of one at the edge looks broken.
    let whole = (((area.bottom() - names.bottom()) / ROW).floor() * ROW).max(ROW);
    let list = Rect::from_min_size(names.left_bottom(), vec2(area.width(), whole));
    widgets::inside(ui, list, |ui| rows_ui(ui, session, run, columns, state, emit));
}

/// Which run's events these are, and how many.
pub fn count_text(session: &Session) -> String {
    let Some(run) = session.focused() else { return String::new() };
    format!(
        "run {}, {} of {} events",
        run_letter(session.focus()),
        with_thousands(&run.lesson_events.len().to_string()),
        with_thousands(&run.trace.len().to_string())
    )
}

fn names_ui(ui: &Ui, rect: Rect, columns: Columns, theme: &Theme) {
    for (x, text) in
        [(16.0, "#"), (columns.time, "ms"), (columns.who, "who"), (columns.event, "event"), (columns.detail, "detail")]
    {
        let at = pos2(rect.left() + x, rect.center().y);
        ui.painter().text(at, Align2::LEFT_CENTER, text, fonts::regular(fonts::LABEL), theme.text3);
    }
}

fn rows_ui(ui: &mut Ui, session: &Session, run: &Run, columns: Columns, state: &mut EventsState, emit: &mut Emit<'_>) {
    let happened = run.lesson_events.partition_point(|e| (*e as usize) < session.cursor().events);
    let gap = gap_text(session, run, happened);
    let count = run.lesson_events.len() + usize::from(gap.is_some());
    if count == 0 {
        let text = if run.may_grow() { "The simulation is running." } else { "Nothing happened in this run." };
        let at = ui.max_rect().left_top() + vec2(16.0, 16.0);
        ui.painter().text(at, Align2::LEFT_CENTER, text, fonts::regular(fonts::ROW), emit.theme.text3);
        return;
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut scroll = ScrollArea::vertical().id_salt("events").auto_shrink(false).min_scrolled_height(0.0);
    // The list follows the cursor; a person who scrolls away is left alone until the cursor moves again.
    // So does a change of its height: the lesson above may have grown.
    let room = ui.available_height();
    let shown = (session.focus(), session.cursor().events, happened, room.round() as usize);
    if state.shown != Some(shown) {
        let middle = ((happened as f32 * ROW - room * 0.5) / ROW).round() * ROW;
        scroll = scroll.vertical_scroll_offset(middle.clamp(0.0, (count as f32 * ROW - room).max(0.0)));
        state.shown = Some(shown);
    }
    scroll.show_rows(ui, ROW, count, |ui, range| {
        for row in range {
            let before_gap = row < happened || gap.is_none();
            match &gap {
                Some(text) if row == happened => gap_ui(ui, text, emit.theme),
                _ => {
                    let at = if before_gap { row } else { row - 1 };
                    let event = run.lesson_events[at] as usize;
                    event_ui(ui, session, run, event, at + 1 == happened, columns, emit);
                }
            }
        }
    });
}

/// What the row says that stands for the stretch without events around the cursor.
fn gap_text(session: &Session, run: &Run, happened: usize) -> Option<String> {
    let now = session.cursor().time;
    let last = run.lesson_events.get(happened.checked_sub(1)?)?;
    let before = run.trace.time(*last as usize);
    if now <= before {
        return None;
    }
    let after = run.lesson_events.get(happened).map(|e| run.trace.time(*e as usize));
    Some(match after {
        Some(after) => {
            format!("{} without an event; cursor at {} ms", write_length((after - before).as_nanos()), write_clock(now))
        }
        None if run.may_grow() => format!("cursor at {} ms; the simulation goes on", write_clock(now)),
        None => format!("the run has ended; cursor at {} ms", write_clock(now)),
    })
}

fn gap_ui(ui: &mut Ui, text: &str, theme: &Theme) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    for i in 0..4 {
        let at = pos2(rect.left() + 26.0, rect.top() + 4.0 + i as f32 * 5.0);
        ui.painter().rect_filled(Rect::from_min_size(at, vec2(1.5, 2.0)), 0.0, theme.rail);
    }
    let at = pos2(rect.left() + 40.0, rect.center().y);
    ui.painter().text(at, Align2::LEFT_CENTER, text, fonts::regular(fonts::ROW), theme.text3);
}

fn event_ui(ui: &mut Ui, session: &Session, run: &Run, n: usize, here: bool, columns: Columns, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let Some(event) = run.trace.event(n) else { return };
    let words = describe(&event, run.trace.tables());
    let time = write_clock(run.trace.time(n));
    let said = format!("Event {n} at {time} ms: {} {} {}", words.who, words.event, words.detail);
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, here, &said));
    if here {
        ui.painter().rect_filled(rect, 0.0, theme.selected);
        ui.painter().rect_filled(Rect::from_min_size(rect.min, vec2(3.0, ROW)), 0.0, theme.ink);
    } else if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 0.0, theme.raised);
    }
    let happened = n < session.cursor().events;
    let (first, second) = if happened { (theme.text1, theme.text2) } else { (theme.text3, theme.text3) };
    let y = rect.center().y;
    let cell = |x: f32, end: f32, text: &str, font, color| {
        widgets::text_cut(ui.painter(), pos2(rect.left() + x, y), text, font, color, end - x - 8.0);
    };
    cell(16.0, columns.time, &n.to_string(), fonts::mono(fonts::ROW), theme.text3);
    cell(columns.time, columns.who, &time, fonts::mono(fonts::ROW), second);
    cell(columns.who, columns.event, &words.who, fonts::regular(fonts::ROW), second);
    cell(columns.event, columns.detail, words.event, fonts::medium(fonts::ROW), first);
    cell(columns.detail, rect.width(), &words.detail, fonts::regular(fonts::ROW), second);
    if response.clicked() {
        emit.emit(Command::SeekEvent { run: session.focus(), event: n });
    }
}

/// Explains the last event of the lesson level that has happened.
pub fn explanation_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let area = ui.max_rect();
    let head = Rect::from_min_size(area.min, vec2(area.width(), TAB));
    ui.painter().hline(head.x_range(), head.bottom() - 0.5, Stroke::new(1.0, theme.line));
    let at = head.left_center() + vec2(16.0, 0.0);
    ui.painter().text(at, Align2::LEFT_CENTER, "What just happened", fonts::semibold(fonts::ROW), theme.text1);
    let inner = Rect::from_min_max(head.left_bottom() + vec2(16.0, 12.0), area.max - vec2(16.0, 8.0));
    let Some(run) = session.focused() else { return };
    let happened = run.lesson_events.partition_point(|e| (*e as usize) < session.cursor().events);
    let last = happened.checked_sub(1).map(|i| run.lesson_events[i] as usize);
    if let Some(n) = last {
        let when = format!("event {n}, {} ms", write_clock(run.trace.time(n)));
        let at = head.right_center() - vec2(16.0, 0.0);
        ui.painter().text(at, Align2::RIGHT_CENTER, when, fonts::mono(fonts::LABEL), theme.text3);
    }
    widgets::inside(ui, inner, |ui| {
        ui.spacing_mut().item_spacing.y = 3.0;
        ui.set_clip_rect(inner.expand(4.0).intersect(ui.clip_rect()));
        let say = |ui: &mut Ui, text: &str, font, color| {
            ui.add(egui::Label::new(egui::RichText::new(text).font(font).color(color)).wrap());
        };
        let Some(event) = last.and_then(|n| run.trace.event(n)) else {
            say(
                ui,
                "Nothing yet. This is the moment before the first event.",
                fonts::regular(fonts::BODY),
                theme.text2,
            );
            return;
        };
        let words = describe(&event, run.trace.tables());
        let title = format!("{}: {}", words.who, words.event);
        say(ui, &title, fonts::semibold(fonts::HEAD), theme.text1);
        let explained = format!("{}.", capital(event.explanation()));
        say(ui, &explained, fonts::regular(fonts::BODY), theme.text2);
        if !words.detail.is_empty() {
            say(ui, &words.detail, fonts::regular(fonts::BODY), theme.text1);
        }
    });
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
