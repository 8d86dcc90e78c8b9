//! The Stage: wants to run → runs → waits, one line a run, in the same columns for all.

use egui::{Align2, Pos2, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::session::stage::{Place, Queue, Stage};
use crate::session::{Command, Growth, Selection, Session};
use crate::timeline::axis::{write_clock, write_length};
use crate::timeline::scene::Fill;
use sim_core::analysis::track::TrackKind;

use super::fonts;
use super::icons;
use super::paint::{body_ui, dashed_frame};
use super::patterns::Patterns;
use super::timeline_panel::{LABELS, RIGHT_MARGIN};
use super::widgets::{self, Emit};

const HEAD: f32 = 28.0;
const LINE: f32 = 24.0;
const BOX_HEAD: f32 = 24.0;
const PAD: f32 = 10.0;
const MOST_LINES: usize = 4;

/// The height that the Stage needs, at most `room`.
pub fn height(session: &Session, room: f32) -> f32 {
    let most = most_lines(session, room);
    let needed = HEAD + stages(session).iter().map(|s| run_height(s, most)).sum::<f32>() + 4.0;
    needed.min(room)
}

/// How many lines each run may have, so that all runs fit into `room`.
fn most_lines(session: &Session, room: f32) -> usize {
    let each = (room - HEAD - 4.0) / session.runs().len().max(1) as f32;
    (((each - BOX_HEAD - 24.0) / LINE).floor().max(1.0) as usize).min(MOST_LINES)
}

fn stages(session: &Session) -> Vec<Stage> {
    session.runs().iter().map(|run| Stage::of(run, session.cursor().time)).collect()
}

fn run_height(stage: &Stage, most: usize) -> f32 {
    BOX_HEAD + LINE * lines(stage, most) as f32 + 24.0
}

/// How many lines a run's boxes have: as many as the fullest of them, within reason.
fn lines(stage: &Stage, most: usize) -> usize {
    let wants = stage.wants.iter().map(|q| q.chips.len().max(1)).sum::<usize>() + stage.wants.len().saturating_sub(1);
    // Waits need no head: their box has room for one line more.
    let waits = (stage.waits.len() + usize::from(stage.more_waits > 0)).saturating_sub(1);
    wants.max(stage.runs.len()).max(waits).clamp(1, most)
}

/// Shows the Stage.
pub fn stage_ui(ui: &mut Ui, session: &Session, patterns: &Patterns, emit: &mut Emit<'_>) {
    let area = ui.max_rect();
    let theme = emit.theme;
    let left = area.left() + LABELS;
    let width = area.right() - RIGHT_MARGIN - left;
    let columns = [left, left + width * 0.325, left + width * 0.68, area.right() - RIGHT_MARGIN + 20.0];
    let head = Rect::from_min_size(area.min, vec2(area.width(), HEAD));
    ui.painter().rect_filled(head, 0.0, theme.raised);
    ui.painter().hline(area.x_range(), area.top() + 0.5, Stroke::new(1.0, theme.line));
    let label = |x: f32, text: &str, font| {
        ui.painter().text(pos2(x, head.center().y), Align2::LEFT_CENTER, text, font, theme.text2);
    };
    label(area.left() + 16.0, "Stage", fonts::semibold(fonts::LABEL));
    for (x, text) in columns.iter().zip(["Wants to run", "Runs", "Waits for something"]) {
        label(*x, text, fonts::regular(fonts::LABEL));
    }
    let most = most_lines(session, area.height());
    let mut top = head.bottom();
    for (run, stage) in stages(session).iter().enumerate() {
        let rect = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), run_height(stage, most)));
        if run > 0 {
            ui.painter().hline(area.x_range(), top + 0.5, Stroke::new(1.0, theme.line));
        }
        RunStage { session, run, stage, columns, rect, patterns }.show(ui, emit);
        top = rect.bottom();
    }
}

struct RunStage<'a> {
    session: &'a Session,
    run: usize,
    stage: &'a Stage,
    columns: [f32; 4],
    rect: Rect,
    patterns: &'a Patterns,
}

impl RunStage<'_> {
    fn show(&self, ui: &mut Ui, emit: &mut Emit<'_>) {
        let theme = emit.theme;
        let of = &self.session.runs()[self.run];
        let focused = self.session.focus() == self.run;
        let at = self.rect.left_top() + vec2(27.0, 26.0);
        widgets::run_key(ui.painter(), at, self.run, focused, theme);
        let (name, rest) = of.title.split_once(", ").unwrap_or((&of.title, ""));
        let room = LABELS - 56.0;
        let x = self.rect.left() + 46.0;
        widgets::text_cut(ui.painter(), pos2(x, at.y), name, fonts::semibold(fonts::ROW), theme.text1, room);
        let beside = if self.stage.ended > 0 { format!("{} ended", self.stage.ended) } else { rest.to_owned() };
        let under = pos2(self.rect.left() + 18.0, at.y + 21.0);
        widgets::text_cut(ui.painter(), under, &beside, fonts::regular(fonts::LABEL), theme.text3, LABELS - 28.0);
        if !self.stage.begun {
            return self.nothing_yet(ui, of.growth, emit);
        }
        self.wants(ui, emit);
        self.runs(ui, emit);
        self.waits(ui, emit);
    }

    fn column(&self, n: usize) -> Rect {
        let (left, right) = (self.columns[n], self.columns[n + 1] - 20.0);
        Rect::from_min_max(pos2(left, self.rect.top() + 10.0), pos2(right, self.rect.bottom() - 10.0))
    }

    fn nothing_yet(&self, ui: &mut Ui, growth: Growth, emit: &mut Emit<'_>) {
        let rect = Rect::from_min_max(self.column(0).min, self.column(2).max);
        dashed_frame(ui.painter(), rect, emit.theme);
        let text = match growth {
            Growth::Waiting => "Waiting for the simulation.",
            Growth::Growing | Growth::Complete | Growth::Stopped => {
                "Nothing has happened yet. Press → to step to the first event, or Space to play."
            }
        };
        let at = rect.left_center() + vec2(16.0, 0.0);
        widgets::text_cut(ui.painter(), at, text, fonts::regular(fonts::ROW), emit.theme.text3, rect.width() - 24.0);
    }

    /// A box with a head: what it is, and how it is.
    fn frame(&self, ui: &Ui, rect: Rect, name: &str, state: &str, empty: bool, emit: &Emit<'_>) {
        let theme = emit.theme;
        if empty {
            dashed_frame(ui.painter(), rect, theme);
        } else {
            ui.painter().rect(rect, 8.0, theme.raised, Stroke::new(1.0, theme.strong_line), StrokeKind::Inside);
        }
        let y = rect.top() + 15.0;
        let font = fonts::regular(fonts::LABEL);
        let state = ui.painter().layout_no_wrap(state.to_owned(), font.clone(), theme.text3);
        let room = rect.width() - 2.0 * PAD;
        let name_width = widgets::text_cut(ui.painter(), pos2(rect.left() + PAD, y), name, font, theme.text2, room);
        if name_width + state.size().x + 12.0 <= room {
            let at = pos2(rect.right() - PAD - state.size().x, (y - state.size().y / 2.0).round());
            ui.painter().galley(at, state, theme.text3);
        }
    }

    fn wants(&self, ui: &mut Ui, emit: &mut Emit<'_>) {
        let column = self.column(0);
        let theme = emit.theme;
        let kind = if self.session.runs()[self.run].threads { "thread" } else { "task" };
        let queues: Vec<&Queue> = shown_queues(&self.stage.wants);
        let each = column.height() / queues.len().max(1) as f32;
        for (i, queue) in queues.iter().enumerate() {
            let top = column.top() + each * i as f32;
            let rect = Rect::from_min_size(
                pos2(column.left(), top),
                vec2(column.width(), each - if queues.len() > 1 { 6.0 } else { 0.0 }),
            );
            let count = match queue.length {
                0 => "empty".to_owned(),
                n => format!("{n} {kind}{}", if n == 1 { "" } else { "s" }),
            };
            self.frame(ui, rect, &queue.name, &count, queue.length == 0, emit);
            let fits = (((rect.height() - BOX_HEAD - 4.0) / LINE) as usize).max(1);
            let named = if queue.length > fits { fits.saturating_sub(1).max(1) } else { fits };
            for (n, chip) in queue.chips.iter().take(named).enumerate() {
                let y = rect.top() + BOX_HEAD + LINE * n as f32;
                let place =
                    Rect::from_min_size(pos2(rect.left() + PAD, y + 1.0), vec2(rect.width() - 2.0 * PAD, LINE - 3.0));
                self.chip(ui, place, Fill::Ready, &chip.name, chip.age, chip.track, emit);
            }
            if queue.length > named {
                let at = pos2(rect.left() + PAD, rect.top() + BOX_HEAD + LINE * (named as f32 + 0.5));
                let more = format!("and {} more behind", queue.length - named);
                widgets::text_cut(ui.painter(), at, &more, fonts::regular(fonts::LABEL), theme.text3, rect.width());
            }
            let y = rect.center().y;
            self.arrow(ui, rect.right(), self.columns[1], y, !queue.served, emit);
        }
    }

    /// From a queue to who takes from it; crossed out when nobody can.
    fn arrow(&self, ui: &Ui, from: f32, to: f32, y: f32, crossed: bool, emit: &Emit<'_>) {
        let theme = emit.theme;
        let (from, to) = (pos2(from + 2.0, y), pos2(to - 1.0, y));
        ui.painter().line_segment([from, to - vec2(4.0, 0.0)], Stroke::new(1.5, theme.strong_line));
        icons::head(ui.painter(), to, vec2(1.0, 0.0), theme.strong_line);
        if crossed {
            let middle = from + (to - from) / 2.0;
            ui.painter().circle_filled(middle, 8.0, theme.panel);
            icons::cross(ui.painter(), middle, 4.5, Stroke::new(2.5, theme.finding));
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn chip(&self, ui: &mut Ui, rect: Rect, fill: Fill, name: &str, age: u64, track: TrackKind, emit: &mut Emit<'_>) {
        let theme = emit.theme;
        body_ui(ui.painter(), rect, fill, theme, self.patterns);
        let (plate, text) = match fill {
            Fill::Ready => (theme.ready, theme.on_ready),
            Fill::Running | Fill::OffCore => (theme.running, theme.on_running),
        };
        let age = ui.painter().layout_no_wrap(write_length(age), fonts::mono(fonts::LABEL), text);
        let room = rect.width() - age.size().x - 30.0;
        let mut job = egui::text::LayoutJob::simple_singleline(name.to_owned(), fonts::medium(fonts::LABEL), text);
        job.wrap = egui::text::TextWrapping::truncate_at_width(room.max(20.0));
        let name_galley = ui.painter().layout_job(job);
        for (galley, x) in [(name_galley, rect.left() + 8.0), (age.clone(), rect.right() - 8.0 - age.size().x)] {
            let at = pos2(x, (rect.center().y - galley.size().y / 2.0).round());
            ui.painter().rect_filled(Rect::from_min_size(at, galley.size()).expand2(vec2(4.0, 0.0)), 2.0, plate);
            ui.painter().galley(at, galley, text);
        }
        let said = format!(
            "{name} {}",
            match fill {
                Fill::Ready => "wants to run",
                Fill::Running => "runs",
                Fill::OffCore => "is inside its poll, off the core",
            }
        );
        self.choose(ui, rect, &said, track, emit);
    }

    /// A click on someone selects its row.
    fn choose(&self, ui: &mut Ui, rect: Rect, said: &str, track: TrackKind, emit: &mut Emit<'_>) {
        let id = ui.scope_id().with(("stage", self.run, track, rect.min.x as i32));
        let response = ui.interact(rect, id, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, said));
        if response.hovered() || response.has_focus() {
            ui.painter().rect_stroke(rect.expand(1.0), 3.0, Stroke::new(1.5, emit.theme.ink), StrokeKind::Outside);
        }
        if response.on_hover_text(said).clicked() {
            emit.emit(Command::Select(Selection::Track { run: self.run, track }));
        }
    }

    fn runs(&self, ui: &mut Ui, emit: &mut Emit<'_>) {
        let column = self.column(1);
        let places = &self.stage.runs;
        let fits = (((column.height() - BOX_HEAD) / LINE) as usize).max(1);
        let shown = if places.len() > fits { fits - 1 } else { places.len() };
        if let [place] = places.as_slice() {
            return self.single(ui, column, place, emit);
        }
        let busy = places.iter().filter(|p| p.occupant.is_some()).count();
        let kind = if self.session.runs()[self.run].threads { "cores" } else { "workers" };
        let state = format!("{busy} busy");
        self.frame(ui, column, &format!("{} {kind}", places.len()), &state, busy == 0, emit);
        for (n, place) in places.iter().take(shown).enumerate() {
            let y = column.top() + BOX_HEAD + LINE * n as f32;
            let middle = y + LINE / 2.0;
            let font = fonts::regular(fonts::LABEL);
            let at = pos2(column.left() + PAD, middle);
            widgets::text_cut(ui.painter(), at, &place.name, font.clone(), emit.theme.text2, 64.0);
            let rest = Rect::from_min_max(
                pos2(column.left() + PAD + 64.0, y + 1.0),
                pos2(column.right() - PAD, y + LINE - 2.0),
            );
            match &place.occupant {
                Some(o) => self.chip(ui, rest, fill_of(o.off_core), &o.name, o.age, o.track, emit),
                None => {
                    let at = pos2(rest.left(), middle);
                    widgets::text_cut(ui.painter(), at, &place.state, font, emit.theme.text3, rest.width());
                }
            }
        }
        if shown < places.len() {
            let at = pos2(column.left() + PAD, column.top() + BOX_HEAD + LINE * (shown as f32 + 0.5));
            let more = format!("and {} more", places.len() - shown);
            widgets::text_cut(ui.painter(), at, &more, fonts::regular(fonts::LABEL), emit.theme.text3, column.width());
        }
    }

    fn single(&self, ui: &mut Ui, column: Rect, place: &Place, emit: &mut Emit<'_>) {
        self.frame(
            ui,
            column,
            &place.name,
            if place.occupant.is_some() { &place.state } else { "" },
            place.occupant.is_none(),
            emit,
        );
        let y = column.top() + BOX_HEAD;
        let rect = Rect::from_min_max(pos2(column.left() + PAD, y + 1.0), pos2(column.right() - PAD, y + LINE - 2.0));
        match &place.occupant {
            Some(o) => self.chip(ui, rect, fill_of(o.off_core), &o.name, o.age, o.track, emit),
            None => {
                let font = fonts::regular(fonts::LABEL);
                widgets::text_cut(ui.painter(), rect.left_center(), &place.state, font, emit.theme.text3, rect.width());
            }
        }
    }

    fn waits(&self, ui: &mut Ui, emit: &mut Emit<'_>) {
        let column = self.column(2);
        let theme = emit.theme;
        let what = if self.session.runs()[self.run].threads { "blocked threads" } else { "pending tasks" };
        if self.stage.waits.is_empty() {
            self.frame(ui, column, what, "", true, emit);
            let at = pos2(column.left() + PAD, column.top() + BOX_HEAD + LINE / 2.0);
            let text = "none: nobody waits for a timer, I/O or a lock";
            widgets::text_cut(
                ui.painter(),
                at,
                text,
                fonts::regular(fonts::LABEL),
                theme.text3,
                column.width() - 2.0 * PAD,
            );
            return;
        }
        ui.painter().rect(column, 8.0, theme.raised, Stroke::new(1.0, theme.strong_line), StrokeKind::Inside);
        let total = self.stage.waits.len() + self.stage.more_waits;
        let fits = (column.height() / LINE).round() as usize;
        let named = if total > fits { fits.saturating_sub(1) } else { total };
        let inset = ((column.height() - LINE * total.min(fits) as f32) / 2.0).max(0.0);
        for (n, wait) in self.stage.waits.iter().take(named).enumerate() {
            let y = column.top() + inset + LINE * (n as f32 + 0.5);
            icons::sign(ui.painter(), wait.sign, pos2(column.left() + 18.0, y), theme);
            let line = Rect::from_min_max(pos2(column.left() + 6.0, y - 11.0), pos2(column.right() - 6.0, y + 11.0));
            let mut right = column.right() - PAD;
            if let Some(until) = wait.until {
                right = self.until(ui, pos2(right, y), &write_clock(until), emit);
            }
            let at = pos2(column.left() + 32.0, y);
            let name = widgets::text_cut(
                ui.painter(),
                at,
                &wait.name,
                fonts::semibold(fonts::LABEL),
                theme.text1,
                (right - at.x) * 0.5,
            );
            let rest = at + vec2(name + 10.0, 0.0);
            widgets::text_cut(
                ui.painter(),
                rest,
                &wait.what,
                fonts::regular(fonts::LABEL),
                theme.text2,
                right - rest.x - 8.0,
            );
            self.choose(ui, line, &format!("{} waits for {}", wait.name, wait.what), wait.track, emit);
        }
        if total > named {
            let at = pos2(column.left() + 32.0, column.top() + inset + LINE * (named as f32 + 0.5));
            let more = format!("and {} more", crate::timeline::axis::with_thousands(&(total - named).to_string()));
            widgets::text_cut(ui.painter(), at, &more, fonts::regular(fonts::LABEL), theme.text3, column.width());
        }
    }

    fn until(&self, ui: &Ui, right: Pos2, time: &str, emit: &Emit<'_>) -> f32 {
        let theme = emit.theme;
        let time = ui.painter().text(right, Align2::RIGHT_CENTER, time, fonts::mono(fonts::LABEL), theme.text2);
        let before = pos2(time.left() - 6.0, right.y);
        ui.painter().text(before, Align2::RIGHT_CENTER, "until", fonts::regular(fonts::LABEL), theme.text3).left()
    }
}

/// Empty queues of single workers are left out when there are several.
fn shown_queues(queues: &[Queue]) -> Vec<&Queue> {
    let full: Vec<&Queue> = queues.iter().filter(|q| q.length > 0).collect();
    if full.is_empty() { queues.iter().take(1).collect() } else { full.into_iter().take(MOST_LINES).collect() }
}

fn fill_of(off_core: bool) -> Fill {
    if off_core { Fill::OffCore } else { Fill::Running }
}
