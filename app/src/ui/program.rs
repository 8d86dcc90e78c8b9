//! The workload as code, in each run's own shape, with the step that each task or thread stands at.
//!
//! The plan: a column a run, the same program at the same height in each, so that the shapes can be compared line by
//! line. A line where someone stands has a bar in the hue of the state, and the state's word. Of many tasks alike, one
//! is shown. [`super::program_lines`] has the words; the state is [`sim_core::analysis::stands`]'.

use std::sync::Arc;

use egui::scroll_area::ScrollBarVisibility;
use egui::style::ScrollStyle;
use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, Id, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use sim_core::analysis::stands::{Doing, Sheet, next_begin, whose};
use sim_core::analysis::track::TrackKind;
use sim_core::trace::{Actor, StepId};

use crate::session::{Command, Growth, Run, Selection, Session};

use super::fonts;
use super::program_lines::{self, Note, Row};
use super::program_pages::{Block, GAP, LINE, height, pages};
use super::theme::Theme;
use super::widgets::{self, Emit, run_letter};

/// The height of the runs' names.
const HEAD: f32 = 20.0;
/// A column is at least so wide: more runs than fit are scrolled.
const LEAST_COLUMN: f32 = 260.0;
/// One that is scrolled to is wide enough for its own code, up to so much.
const MOST_COLUMN: f32 = 460.0;
/// Beside the code the words that say who stands there.
const WORDS: f32 = 64.0;
/// With more rows than these, only those in sight are told to a screen reader.
const MOST_NAMED: usize = 600;
/// Left of the code.
const MARGIN: f32 = 16.0;

/// Shows the program of every run.
pub fn program_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let area = ui.max_rect();
    if session.runs().iter().all(|run| run.trace.tables().programs.is_empty()) {
        return none_ui(ui, session, emit.theme);
    }
    let name = selected_name(session);
    let pages = pages(ui, session, name.as_deref());
    let heads = Rect::from_min_size(area.min, vec2(area.width(), HEAD));
    let body = area.with_min_y(heads.bottom());
    let code = &pages.code;
    let blocks = if height(&code.long) <= body.height() { &code.long } else { &code.short };
    let edges = edges(area.width(), &code.longest, advance(ui));
    let size = vec2(edges.last().copied().unwrap_or(0.0), height(blocks).max(body.height()));
    let few = blocks.iter().flat_map(|block| &block.rows).map(Vec::len).sum::<usize>() <= MOST_NAMED;
    let named = if few { Named::All } else { Named::InSight };
    let name = name.as_deref();
    let mut panel = Panel { session, sheets: &pages.sheets, name, named, left: area.left(), edges };
    widgets::inside(ui, body, |ui| {
        ui.spacing_mut().scroll = bars();
        // Only what is larger than its place is scrolled, and the bar that says so is always in sight.
        let scroll = ScrollArea::new([size.x > area.width() + 1.0, size.y > body.height() + 1.0])
            .scroll_bar_visibility(ScrollBarVisibility::AlwaysVisible);
        scroll.id_salt("program").auto_shrink(false).show(ui, |ui| {
            let (all, _) = ui.allocate_exact_size(size, Sense::hover());
            panel.left = all.left();
            let mut top = all.top();
            for block in blocks {
                panel.block_ui(ui, block, top, emit);
                top += block.height() + GAP;
            }
            panel.show_selected(ui, blocks, all.top());
        });
    });
    panel.heads_ui(ui, heads, emit.theme);
}

/// Where columns for lines of so many letters stand: the same width for all where that is enough for each; else each as
/// wide as its own code, and what does not fit beside it is scrolled to.
fn edges(room: f32, longest: &[usize], advance: f32) -> Vec<f32> {
    let needs =
        |letters: &usize| (*letters as f32 * advance + WORDS + 2.0 * MARGIN).ceil().clamp(LEAST_COLUMN, MOST_COLUMN);
    let share = (room / longest.len().max(1) as f32).floor();
    let needs: Vec<f32> = longest.iter().map(needs).collect();
    let free = ((room - needs.iter().sum::<f32>()) / needs.len().max(1) as f32).floor().max(0.0);
    let alike = needs.iter().all(|need| *need <= share);
    let mut edges = vec![0.0];
    for need in needs {
        edges.push(edges[edges.len() - 1] + if alike { share } else { need + free });
    }
    edges
}

/// A bar in the colour of text: one in the colour of controls would be white on white.
fn bars() -> ScrollStyle {
    ScrollStyle {
        foreground_color: true,
        dormant_background_opacity: 0.0,
        dormant_handle_opacity: 0.35,
        active_background_opacity: 0.0,
        interact_background_opacity: 0.0,
        ..ScrollStyle::thin()
    }
}

/// Why there is nothing to see.
fn none_ui(ui: &mut Ui, session: &Session, theme: &Theme) {
    let grows = session.runs().iter().any(Run::may_grow);
    let text = if grows {
        "The simulation is running."
    } else {
        "This recording holds no program: it was made by Rust code, or by an older Wakeline. The events tell what each \
         task did."
    };
    let margin = egui::Margin::symmetric(16, 12);
    egui::Frame::new().inner_margin(margin).show(ui, |ui| {
        ui.label(egui::RichText::new(text).font(fonts::regular(fonts::ROW)).color(theme.text3));
    });
}

/// The task that is selected, or that the selected thread helps.
fn selected_name(session: &Session) -> Option<String> {
    let (run, kind) = session.selection().track()?;
    Some(whose(actor_of(kind)?, session.runs().get(run)?.trace.tables()))
}

fn actor_of(kind: TrackKind) -> Option<Actor> {
    match kind {
        TrackKind::Task(id) => Some(Actor::Task(id)),
        TrackKind::Thread(id) => Some(Actor::Thread(id)),
        TrackKind::Core(_) | TrackKind::Worker(_) | TrackKind::Device(_) | TrackKind::Counter(_) => None,
    }
}

struct Panel<'a> {
    session: &'a Session,
    sheets: &'a [Vec<Sheet>],
    /// The task that is selected.
    name: Option<&'a str>,
    named: Named,
    left: f32,
    /// Where each run's column begins, and after it the last one's end.
    edges: Vec<f32>,
}

/// Which rows a screen reader is told of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Named {
    All,
    /// There are too many.
    InSight,
}

/// A row on its way to the surface.
struct Shown<'a> {
    run: usize,
    row: &'a Row,
    sheet: &'a Sheet,
    note: Note,
    place: Rect,
}

impl Panel<'_> {
    fn column(&self, run: usize) -> f32 {
        self.left + self.edges[run]
    }

    fn width(&self, run: usize) -> f32 {
        self.edges[run + 1] - self.edges[run]
    }

    /// The runs' names stay in sight when the code is scrolled.
    fn heads_ui(&self, ui: &Ui, band: Rect, theme: &Theme) {
        let painter = ui.painter().with_clip_rect(band.with_max_y(band.bottom() + LINE).intersect(ui.clip_rect()));
        for (n, run) in self.session.runs().iter().enumerate() {
            let at = pos2(self.column(n) + MARGIN, band.center().y + 1.0);
            let text = format!("{}, {}", run_letter(n), run.title);
            let font = fonts::regular(fonts::LABEL);
            widgets::text_cut(&painter, at, &text, font, theme.text3, self.width(n) - 2.0 * MARGIN);
            if run.trace.tables().programs.is_empty() {
                let text = if run.growth == Growth::Waiting { "waiting" } else { "no program recorded" };
                let at = pos2(at.x, band.bottom() + LINE / 2.0);
                let font = fonts::regular(fonts::LABEL);
                widgets::text_cut(&painter, at, text, font, theme.text3, self.width(n) - 2.0 * MARGIN);
            }
        }
    }

    fn block_ui(&self, ui: &mut Ui, block: &Block, top: f32, emit: &mut Emit<'_>) {
        for (run, rows) in block.rows.iter().enumerate() {
            let Some(sheet) = self.sheets[run].get(block.program) else { continue };
            let tables = self.session.runs()[run].trace.tables();
            let started = self.session.runs()[run].snapshot().events > 0;
            if block.many {
                let at = pos2(self.column(run) + MARGIN, top + LINE / 2.0);
                let text = program_lines::crew_text(sheet, tables);
                let font = fonts::regular(fonts::LABEL);
                widgets::text_cut(ui.painter(), at, &text, font, emit.theme.text3, self.width(run) - 2.0 * MARGIN);
            }
            for (n, row) in rows.iter().enumerate() {
                let place = self.place(run, top, n + usize::from(block.many));
                if self.named == Named::InSight && !ui.is_rect_visible(place) {
                    continue;
                }
                // Before the first event nobody is in any state.
                let note = if started {
                    program_lines::note(row, sheet, tables, self.session.clock())
                } else {
                    Note::default()
                };
                self.row_ui(ui, &Shown { run, row, sheet, note, place }, emit);
            }
        }
    }

    fn place(&self, run: usize, top: f32, row: usize) -> Rect {
        let min = pos2(self.column(run) + MARGIN / 2.0, top + row as f32 * LINE);
        Rect::from_min_size(min, vec2(self.width(run) - MARGIN, LINE))
    }

    fn row_ui(&self, ui: &mut Ui, shown: &Shown<'_>, emit: &mut Emit<'_>) {
        let Shown { run, row, sheet, note, place } = shown;
        let id = ui.scope_id().with(("code", run, sheet.program, row.line));
        let response = ui.interact(*place, id, Sense::click());
        let stands = note.doing.is_some() && row.line > 0;
        let said = said(*run, row, note, self.session.runs()[*run].trace.tables().program(sheet.program));
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, stands, &said));
        if ui.is_rect_visible(*place) {
            let lit = response.hovered() || response.has_focus();
            self.paint_row(ui, shown, lit, emit.theme);
            if response.has_focus() {
                ui.painter().rect_stroke(*place, 2.0, Stroke::new(2.0, emit.theme.ink), StrokeKind::Inside);
            }
        }
        if response.gained_focus() {
            ui.scroll_to_rect(*place, None);
        }
        let response = response.on_hover_text(hover(shown));
        if response.clicked() {
            self.click(shown, emit);
        }
    }

    fn paint_row(&self, ui: &Ui, shown: &Shown<'_>, lit: bool, theme: &Theme) {
        let Shown { row, note, place, sheet, run } = shown;
        if note.doing.is_some() || lit {
            ui.painter().rect_filled(*place, 2.0, theme.selected);
        }
        if let Some(doing) = note.doing {
            let bar = Rect::from_min_size(place.min, vec2(3.0, LINE));
            ui.painter().rect_filled(bar, 0.0, hue(doing, theme));
        }
        let selected = row.line == 0 && self.is_selected(*run, sheet);
        if selected && note.doing.is_none() {
            ui.painter().rect_filled(Rect::from_min_size(place.min, vec2(3.0, LINE)), 0.0, theme.ink);
        }
        let indent = 2.0 * advance(ui) * row.depth as f32;
        let left = place.left() + MARGIN / 2.0 + indent;
        let room = place.right() - 8.0 - left;
        let code = code(ui, row, selected, f32::INFINITY, theme).size().x;
        // The code is whole as long as it can be; then the shortest words that say the state.
        let mut words = note.words.iter().map(|words| {
            let color = words_color(note.doing, theme);
            ui.painter().layout_no_wrap(words.clone(), fonts::regular(fonts::LABEL), color)
        });
        let first = words.next();
        let words = match first {
            Some(first) if first.size().x + code + 12.0 <= room => Some(first),
            Some(first) => {
                let rest: Vec<_> = words.collect();
                let fits = rest.iter().find(|galley| galley.size().x + code + 12.0 <= room).cloned();
                fits.or_else(|| rest.last().cloned()).or(Some(first))
            }
            None => None,
        };
        let taken = words.as_ref().map_or(0.0, |galley| galley.size().x + 12.0);
        let galley = self::code(ui, row, selected, (room - taken).max(0.0), theme);
        let middle = |height: f32| (place.center().y - height / 2.0).round();
        ui.painter().galley(pos2(left, middle(galley.size().y)), galley, theme.text1);
        if let Some(words) = words {
            let at = pos2(place.right() - 8.0 - words.size().x, middle(words.size().y));
            ui.painter().galley(at, words, theme.text2);
        }
    }

    fn is_selected(&self, run: usize, sheet: &Sheet) -> bool {
        let tables = self.session.runs()[run].trace.tables();
        sheet.shown.is_some_and(|who| Some(tables.actor_name(who).as_str()) == self.name)
    }

    /// Selects whose line it is, and goes to when its step begins next.
    fn click(&self, shown: &Shown<'_>, emit: &mut Emit<'_>) {
        let (run, Some(who)) = (shown.run, shown.sheet.shown) else { return };
        let track = match who {
            Actor::Task(id) => TrackKind::Task(id),
            Actor::Thread(id) => TrackKind::Thread(id),
            Actor::Run | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => return,
        };
        emit.emit(Command::Select(Selection::Track { run, track }));
        if let Some(event) = self.next(run, who, shown.row.step) {
            emit.emit(Command::SeekEvent { run, event });
        }
    }

    fn next(&self, run: usize, who: Actor, step: Option<StepId>) -> Option<usize> {
        next_begin(&self.session.runs()[run].trace, who, step?, self.session.events_of(run))
    }

    /// Where nothing is selected, brings the code of the run in focus into sight when another one is put in focus.
    fn show_focused(&self, ui: &Ui, run: usize) {
        let now = (self.session.opened(), run);
        let id = Id::unique("program of the focus");
        if ui.data(|data| data.get_temp(id)) == Some(now) {
            return;
        }
        ui.data_mut(|data| data.insert_temp(id, now));
        let left = self.column(run);
        ui.scroll_to_rect(ui.clip_rect().with_min_x(left).with_max_x(left + self.width(run)), None);
    }

    /// Brings the selected task's step into sight, when it has changed.
    fn show_selected(&self, ui: &Ui, blocks: &[Block], top: f32) {
        let run = self.session.focus();
        let Some(name) = self.name else { return self.show_focused(ui, run) };
        let events: Vec<usize> = self.session.runs().iter().map(|run| run.snapshot().events).collect();
        let room = ui.clip_rect().height().round() as u32;
        let now = (name.to_owned(), run, events, room);
        let id = Id::unique("program shown");
        if ui.data(|data| data.get_temp(id)).as_ref() == Some(&now) {
            return;
        }
        ui.data_mut(|data| data.insert_temp(id, now));
        let mut top = top;
        for block in blocks {
            let sheet = self.sheets.get(run).and_then(|sheets| sheets.get(block.program));
            if let Some(sheet) = sheet.filter(|sheet| self.is_selected(run, sheet)) {
                let line = sheet.stands.iter().max_by_key(|stand| stand.event).map_or(0, |stand| stand.line);
                let row = block.rows[run].iter().rposition(|row| row.line <= line).unwrap_or(0);
                let place = self.place(run, top, row + usize::from(block.many));
                // With the line after it, and from its function's name on if there is room.
                let step = place.with_max_y(place.bottom() + LINE);
                let whole = step.with_min_y(top);
                let fits = whole.height() <= ui.clip_rect().height();
                ui.scroll_to_rect(if fits { whole } else { step.with_min_y(place.top() - LINE) }, None);
                return;
            }
            top += block.height() + GAP;
        }
    }
}

/// The code of a row, cut with "…" where it does not fit.
fn code(ui: &Ui, row: &Row, strong: bool, room: f32, theme: &Theme) -> Arc<egui::Galley> {
    let font = if strong { fonts::mono_medium(fonts::LABEL) } else { fonts::mono(fonts::LABEL) };
    let only_remark = row.text.starts_with("//");
    let color = if only_remark { theme.text3 } else { theme.text1 };
    let mut job = LayoutJob::single_section(row.text.clone(), TextFormat::simple(font.clone(), color));
    if !row.remark.is_empty() {
        job.append(&row.remark, advance(ui), TextFormat::simple(font, theme.text3));
    }
    job.break_on_newline = false;
    job.wrap = egui::text::TextWrapping::truncate_at_width(room);
    ui.painter().layout_job(job)
}

/// The width of a letter of code.
fn advance(ui: &Ui) -> f32 {
    ui.painter().layout_no_wrap("0".to_owned(), fonts::mono(fonts::LABEL), Color32::PLACEHOLDER).size().x
}

fn hue(doing: Doing, theme: &Theme) -> Color32 {
    match doing {
        Doing::NotStarted => theme.line,
        Doing::Wants => theme.ready_edge,
        Doing::Runs => theme.running,
        Doing::OffCore => theme.off_core,
        Doing::Waits => theme.rail,
        Doing::Finished => theme.finished,
        Doing::Cancelled => theme.cancelled,
        Doing::Panicked => theme.finding,
    }
}

fn words_color(doing: Option<Doing>, theme: &Theme) -> Color32 {
    match doing {
        None | Some(Doing::NotStarted) => theme.text3,
        Some(Doing::Finished) => theme.finished,
        Some(Doing::Panicked) => theme.finding,
        Some(Doing::Wants | Doing::Runs | Doing::OffCore | Doing::Waits | Doing::Cancelled) => theme.text2,
    }
}

/// A row for a screen reader: "A, hb, line 3: io(10 ms).await; hb: Ready, round 2 of 10".
fn said(run: usize, row: &Row, note: &Note, program: Option<&sim_core::trace::code::ProgramInfo>) -> String {
    let name = program.map_or("", |program| program.name.as_str());
    let mut said = format!("{}, {name}, line {}: {}", run_letter(run), row.line + 1, row.text);
    if !row.remark.is_empty() {
        said += &format!(" {}", row.remark);
    }
    if !note.full.is_empty() {
        said += &format!(" {}", note.full);
    }
    said
}

fn hover(shown: &Shown<'_>) -> String {
    let Shown { row, note, .. } = shown;
    let mut lines = vec![format!("{} {}", row.text, row.remark).trim_end().to_owned()];
    if !note.full.is_empty() {
        lines.push(note.full.clone());
    }
    if row.step.is_some() {
        lines.push("Click: go to when this step begins next".to_owned());
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_alike_where_that_is_enough_and_else_as_wide_as_their_code() {
        assert_eq!(edges(1000.0, &[20, 30], 7.0), [0.0, 500.0, 1000.0]);
        assert_eq!(edges(800.0, &[20, 60], 7.0), [0.0, 300.0, 800.0]);
        let many = edges(600.0, &[20, 40, 200], 7.0);
        assert_eq!(many, [0.0, LEAST_COLUMN, LEAST_COLUMN + 376.0, LEAST_COLUMN + 376.0 + MOST_COLUMN]);
        assert_eq!(edges(600.0, &[], 7.0), [0.0]);
    }
}
