//! The events of the focused run as a list, in step with the cursor; the last of them explained.
//!
//! Only rows in sight are described. Under the cursor's row stand what its event means, and the stretch without events
//! in which the cursor stands. The list is the screen reader's timeline: each row is a sentence, and steps are announced.

use egui::{Align2, Key, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use sim_core::clock::{Clock, write_length};
use sim_core::trace::text::{Row, describe};

use crate::session::event_filter::Rows;
use crate::session::event_match::find_text;
use crate::session::{Command, Run, Session};
use crate::timeline::axis::with_thousands;
use crate::timeline::words::middle_cut;

use super::fonts;
use super::long_list::LongList;
use super::measures::TAB;
use super::theme::Theme;
use super::widgets::{self, Emit, run_letter};

const ROW: f32 = 24.0;
/// The width of a letter of a name, on the average: names are cut in their middle by letters.
const LETTER: f32 = 7.2;

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
    /// What the list was last brought into step with.
    shown: Option<(usize, usize, usize, usize)>,
    list: LongList,
    pub(super) tools: super::event_tools::ToolsState,
    pub(super) findings: super::findings::FindingsState,
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
    fn of(run: &Run, clock: Clock, width: f32) -> Columns {
        let digits = run.trace.len().max(1).to_string().len() as f32;
        let clock = clock.write(run.end()).len() as f32;
        let time = 16.0 + digits.max(2.0) * 8.0 + 14.0;
        let who = time + clock.max(6.0) * 8.0 + 12.0;
        // Where there is room, the longest names have it.
        let spare = (width - who - 340.0).clamp(0.0, 60.0);
        let event = who + (72.0 + spare * 0.5).round();
        Columns { time, who, event, detail: event + 116.0 + (spare * 0.5).round() }
    }
}

/// Shows the list.
pub fn events_ui(ui: &mut Ui, session: &Session, state: &mut EventsState, emit: &mut Emit<'_>) {
    let area = ui.max_rect();
    let Some(run) = session.focused() else { return };
    let columns = Columns::of(run, session.clock(), area.width());
    let names = Rect::from_min_size(area.min, vec2(area.width(), ROW));
    names_ui(ui, names, columns, session.clock(), emit.theme);
    // Whole rows only: half of one at the edge looks broken.
    let whole = (((area.bottom() - names.bottom()) / ROW).floor() * ROW).max(ROW);
    let list = Rect::from_min_size(names.left_bottom(), vec2(area.width(), whole));
    widgets::inside(ui, list, |ui| List { session, run, columns, rows: session.event_rows() }.show(ui, state, emit));
}

/// Which run's events these are, and how many.
pub fn count_text(session: &Session) -> String {
    let count = short_count_text(session);
    let letter = run_letter(session.focus());
    if session.focused().is_none() { count } else { format!("run {letter}, {count}") }
}

/// The same without the run.
pub fn short_count_text(session: &Session) -> String {
    let Some(run) = session.focused() else { return String::new() };
    let (listed, all) = (session.event_rows().len(), run.trace.len());
    let number = |n: usize| with_thousands(&n.to_string());
    if session.is_filtering() {
        return format!("searching… {}", number(listed));
    }
    if listed == all {
        return format!("{} events", number(all));
    }
    format!("{} of {}", number(listed), number(all))
}

fn names_ui(ui: &Ui, rect: Rect, columns: Columns, clock: Clock, theme: &Theme) {
    for (x, text) in [
        (16.0, "#"),
        (columns.time, clock.unit()),
        (columns.who, "who"),
        (columns.event, "event"),
        (columns.detail, "detail"),
    ] {
        let at = pos2(rect.left() + x, rect.center().y);
        ui.painter().text(at, Align2::LEFT_CENTER, text, fonts::regular(fonts::LABEL), theme.text3);
    }
}

/// The rows of the list, with what stands between them.
struct List<'a> {
    session: &'a Session,
    run: &'a Run,
    columns: Columns,
    rows: Rows<'a>,
}

impl List<'_> {
    fn show(&self, ui: &mut Ui, state: &mut EventsState, emit: &mut Emit<'_>) {
        if self.rows.is_empty() {
            return self.empty_ui(ui, emit);
        }
        let area = ui.max_rect();
        let happened = self.rows.before(self.session.cursor().events);
        let explained = happened.checked_sub(1).and_then(|row| self.explanation(row));
        let lines = explained.as_ref().map(|text| explained_galley(ui, area, text, emit.theme));
        let explained_rows = lines.as_ref().map_or(0, |galley| galley.rows.len().clamp(1, 2));
        let gap = self.gap_text(happened);
        let between = explained_rows + usize::from(gap.is_some());
        // The list follows the cursor; a person who scrolls away is left alone until the cursor moves again.
        // So does a change of its height: the lesson above may have grown.
        let cursor = self.session.cursor();
        let shown = (self.session.focus(), cursor.events, self.rows.len().min(happened + 1), area.height() as usize);
        if state.shown != Some(shown) {
            // In a low list the event itself comes before what is said of it.
            let beside = if area.height() < ROW * (between as f32 + 2.0) { 0 } else { between / 2 };
            state.list.centre((happened + beside).saturating_sub(1), area.height(), ROW);
            state.shown = Some(shown);
        }
        let whole = self.keys_ui(ui, happened, emit);
        let mut drawn = false;
        state.list.show(ui, ROW, self.rows.len() + between, emit.theme, |ui, item, rect| {
            if item < happened {
                self.event_ui(ui, item, rect, item + 1 == happened, emit);
            } else if item < happened + explained_rows {
                if let Some(galley) = lines.clone().filter(|_| !drawn) {
                    drawn = true;
                    let top = rect.top() - ROW * (item - happened) as f32;
                    let at = pos2(rect.left() + 40.0, top + 2.0);
                    ui.painter().vline(
                        rect.left() + 26.5,
                        rect.top()..=rect.bottom(),
                        Stroke::new(1.0, emit.theme.line),
                    );
                    ui.painter().galley(at, galley, emit.theme.text2);
                }
            } else if item < happened + between {
                gap_ui(ui, rect, gap.as_deref().unwrap_or_default(), emit.theme);
            } else {
                self.event_ui(ui, item - between, rect, false, emit);
            }
        });
        if whole.has_focus() {
            ui.painter().rect_stroke(area.shrink(1.0), 4.0, Stroke::new(2.0, emit.theme.ink), StrokeKind::Inside);
        }
    }

    /// The list takes the focus as a whole; its keys go from row to row.
    fn keys_ui(&self, ui: &mut Ui, happened: usize, emit: &mut Emit<'_>) -> egui::Response {
        let id = ui.scope_id().with("list");
        let whole = ui.interact(ui.max_rect(), id, Sense::FOCUSABLE);
        let label = format!("Events of run {}", run_letter(self.session.focus()));
        whole.widget_info(|| WidgetInfo::labeled(egui::Role::ListBox, true, &label));
        if whole.has_focus() {
            let arrows = egui::EventFilter { vertical_arrows: true, ..egui::EventFilter::default() };
            ui.memory_mut(|m| m.set_focus_lock_filter(id, arrows));
            let (up, down) = ui.input(|i| (i.num_presses(Key::ArrowUp), i.num_presses(Key::ArrowDown)));
            if down > up && happened < self.rows.len() {
                emit.emit(Command::SeekRow((happened + down - up - 1).min(self.rows.len() - 1)));
            } else if up > down {
                match (happened).checked_sub(1 + up - down) {
                    Some(row) => emit.emit(Command::SeekRow(row)),
                    None => emit.emit(Command::ToStart),
                }
            }
        }
        whole
    }

    fn empty_ui(&self, ui: &Ui, emit: &Emit<'_>) {
        let query = self.session.event_query();
        let text = if self.session.is_filtering() {
            "Searching…"
        } else if self.run.may_grow() {
            "The simulation is running: nothing has come yet."
        } else if query.leaves_out() {
            "No event passes the filter. The funnel above shows what it leaves out."
        } else {
            "Nothing happened in this run."
        };
        let at = ui.max_rect().left_top() + vec2(16.0, 16.0);
        let width = ui.max_rect().width() - 32.0;
        widgets::text_cut(ui.painter(), at, text, fonts::regular(fonts::ROW), emit.theme.text2, width);
        let response = ui.interact(ui.max_rect(), ui.scope_id().with("empty"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, text));
    }

    /// What the event of a row means, for a beginner.
    fn explanation(&self, row: usize) -> Option<String> {
        let event = self.run.trace.event(self.rows.event(row)?)?;
        Some(format!("{}.", capital(&self.run.family().explanation(&event))))
    }

    /// What the row says that stands for the stretch without events around the cursor.
    fn gap_text(&self, happened: usize) -> Option<String> {
        let run = self.run;
        let now = self.session.cursor().time;
        let before = run.trace.time(self.rows.event(happened.checked_sub(1)?)?);
        if now <= before {
            return None;
        }
        let clock = self.session.clock();
        let cursor = clock.say(now);
        let listed = if self.session.event_query().leaves_out() { "a listed event" } else { "an event" };
        Some(match self.rows.event(happened).map(|n| run.trace.time(n)) {
            Some(after) => {
                format!("{} without {listed}; cursor at {cursor}", write_length(after - before))
            }
            None if self.session.veil().is_some() => format!("cursor at {cursor}; what comes is hidden"),
            None if run.may_grow() => format!("cursor at {cursor}; the simulation goes on"),
            None if now > run.end() && run.is_stuck() => {
                format!("stuck at {} for ever; cursor at {cursor}", clock.say(run.end()))
            }
            None if now > run.end() => format!("the run ended at {}; cursor at {cursor}", clock.say(run.end())),
            None => format!(
                "no {} after this; cursor at {cursor}",
                listed.trim_start_matches("an ").trim_start_matches("a ")
            ),
        })
    }

    fn event_ui(&self, ui: &mut Ui, row: usize, rect: Rect, here: bool, emit: &mut Emit<'_>) {
        let theme = emit.theme;
        let Some((n, event)) = self.rows.event(row).and_then(|n| Some((n, self.run.trace.event(n)?))) else { return };
        let words = describe(&event, self.run.names(n));
        let response = ui.interact(rect, ui.scope_id().with(("event", n)), Sense::CLICK);
        response.widget_info(|| {
            WidgetInfo::selected(
                egui::Role::ListBoxOption,
                true,
                here,
                sentence((self.run, self.session.clock()), n, &words, &self.run.family().explanation(&event)),
            )
        });
        if here {
            ui.painter().rect_filled(rect, 0.0, theme.selected);
            ui.painter().rect_filled(Rect::from_min_size(rect.min, vec2(3.0, ROW)), 0.0, theme.ink);
        } else if response.hovered() {
            ui.painter().rect_filled(rect, 0.0, theme.raised);
        }
        self.cells_ui(ui, rect, n, &words, theme);
        let response = response.on_hover_ui(|ui| {
            let explanation = self.run.family().explanation(&event);
            let full = [format!("{}: {}", words.who, words.event), words.detail.clone(), capital(&explanation)];
            full.iter().filter(|t| !t.is_empty()).for_each(|text| {
                ui.label(text);
            });
        });
        if response.clicked() {
            ui.memory_mut(|m| m.request_focus(ui.scope_id().with("list")));
            emit.emit(Command::SeekRow(row));
        }
    }

    fn cells_ui(&self, ui: &Ui, rect: Rect, n: usize, words: &Row, theme: &Theme) {
        let happened = n < self.session.cursor().events;
        let (first, second) = if happened { (theme.text1, theme.text2) } else { (theme.text3, theme.text3) };
        let sought = self.session.event_query().text.to_lowercase();
        let c = self.columns;
        let cell = |x: f32, end: f32, text: &str, font, color, sought: &str| {
            let at = pos2(rect.left() + x, rect.center().y);
            marked_text(ui, at, text, font, color, end - x - 8.0, sought, theme);
        };
        let regular = || fonts::regular(fonts::ROW);
        cell(16.0, c.time, &n.to_string(), fonts::mono(fonts::ROW), theme.text3, "");
        cell(c.time, c.who, &self.session.clock().write(self.run.trace.time(n)), fonts::mono(fonts::ROW), second, "");
        cell(
            c.who,
            c.event,
            &middle_cut(&words.who, ((c.event - c.who - 8.0) / LETTER) as usize),
            regular(),
            second,
            &sought,
        );
        cell(c.event, c.detail, words.event, fonts::medium(fonts::ROW), first, &sought);
        cell(c.detail, rect.width() - 8.0, &words.detail, regular(), second, &sought);
    }
}

/// A text cut to a width, with the part that is searched for on a marked ground.
#[allow(clippy::too_many_arguments)]
fn marked_text(
    ui: &Ui,
    at: egui::Pos2,
    text: &str,
    font: egui::FontId,
    color: egui::Color32,
    width: f32,
    sought: &str,
    theme: &Theme,
) {
    let Some(found) = find_text(text, sought) else {
        widgets::text_cut(ui.painter(), at, text, font, color, width);
        return;
    };
    let plain = egui::TextFormat { font_id: font.clone(), color, ..egui::TextFormat::default() };
    let marked = egui::TextFormat { font_id: font, color: theme.on_mark, background: theme.mark, ..plain.clone() };
    let mut job = egui::text::LayoutJob::default();
    for (part, format) in
        [(&text[..found.start], &plain), (&text[found.clone()], &marked), (&text[found.end..], &plain)]
    {
        job.append(part, 0.0, format.clone());
    }
    job.wrap = egui::text::TextWrapping::truncate_at_width(width.max(0.0));
    let galley = ui.painter().layout_job(job);
    let place = pos2(at.x, (at.y - galley.size().y / 2.0).round());
    ui.painter().galley(place, galley, color);
}

fn explained_galley(ui: &Ui, area: Rect, text: &str, theme: &Theme) -> std::sync::Arc<egui::Galley> {
    let mut job = egui::text::LayoutJob::simple(
        text.to_owned(),
        fonts::regular(fonts::ROW),
        theme.text2,
        (area.width() - 60.0).max(80.0),
    );
    job.wrap.max_rows = 2;
    for section in &mut job.sections {
        section.format.line_height = Some(ROW - 2.0);
    }
    ui.painter().layout_job(job)
}

fn gap_ui(ui: &Ui, rect: Rect, text: &str, theme: &Theme) {
    for i in 0..4 {
        let at = pos2(rect.left() + 26.0, rect.top() + 4.0 + i as f32 * 5.0);
        ui.painter().rect_filled(Rect::from_min_size(at, vec2(1.5, 2.0)), 0.0, theme.rail);
    }
    let at = pos2(rect.left() + 40.0, rect.center().y);
    widgets::text_cut(ui.painter(), at, text, fonts::regular(fonts::ROW), theme.text3, rect.width() - 56.0);
    let response = ui.interact(rect, ui.scope_id().with("gap"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, text));
}

/// An event as a person would tell it.
fn sentence((run, clock): (&Run, Clock), n: usize, words: &Row, explanation: &str) -> String {
    let time = clock.say(run.trace.time(n));
    let detail = if words.detail.is_empty() { String::new() } else { format!(", {}", words.detail) };
    format!("Event {n} at {time}: {} {}{detail}. {}.", words.who, words.event, capital(explanation))
}

/// A place that is not seen and that a screen reader reads out whenever the cursor has stepped.
pub fn announcement_ui(ui: &Ui, session: &Session) {
    let area = ui.max_rect();
    let id = ui.scope_id().with("announcement");
    let place = Rect::from_min_size(area.min, vec2(1.0, 1.0));
    let response = ui.interact(place, id, Sense::hover());
    let text = announcement(session);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Status, true, &text));
    ui.ctx().accesskit_node_builder(id, |node| node.set_live(egui::accesskit::Live::Polite));
}

/// What is said of the place where the cursor stands. While it plays, nobody can listen to every event.
fn announcement(session: &Session) -> String {
    let Some(run) = session.focused() else { return String::new() };
    if session.playback().playing {
        return "Playing".to_owned();
    }
    let letter = run_letter(session.focus());
    let rows = session.event_rows();
    let here = session.row_here().and_then(|row| rows.event(row));
    let Some((n, event)) = here.and_then(|n| Some((n, run.trace.event(n)?))) else {
        return format!("Run {letter}, before its first event");
    };
    let words = describe(&event, run.names(n));
    format!("Run {letter}. {}", sentence((run, session.clock()), n, &words, &run.family().explanation(&event)))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
