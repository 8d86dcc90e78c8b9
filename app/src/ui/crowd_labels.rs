//! What is said of many tasks or threads at once: the names of their rows, and what lies under the pointer.

use egui::{Align2, Color32, Rect, Response, RichText, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use sim_core::analysis::track::{Class, Track, TrackKind};
use sim_core::clock::write_length;
use sim_core::instant::SimDuration;
use sim_core::trace::Family;

use crate::session::{Command, Run, Selection};
use crate::timeline::axis::{Unit, with_thousands};
use crate::timeline::fold::{Picture, busy_share};
use crate::timeline::rows::{Row, RowGroup, RowKind};

use super::fonts;
use super::theme::Theme;
use super::timeline_panel::Panel;
use super::widgets::{self, Emit};

/// Of a cell's tasks, so many are asked which one was polled nearest to the pointer.
const MOST_ASKED: usize = 4_096;

/// In a row lower than this the facts and the number of the last one stand in one line.
const LOW: f32 = 64.0;
/// What the number of the last one takes there.
const ROOM_FOR_LAST: f32 = 44.0;

impl Panel<'_> {
    /// The name of a row that stands for many.
    pub(super) fn crowd_label_ui(&self, ui: &mut Ui, row: &Row, emit: &mut Emit<'_>) {
        let rect = self.rect_of(row).with_max_x(self.axis.left - 8.0);
        let run = self.run(row);
        let noun = noun(run);
        match row.kind {
            RowKind::Crowd => self.crowd_name_ui(ui, row, rect, emit),
            RowKind::States => {
                let count = with_thousands(&run.rows.order().len().to_string());
                let hint = format!("How many {noun} are in which state, over time");
                plain_label_ui(ui, rect, (row.run, "states"), &format!("{noun} by state"), &count, &hint, emit.theme);
            }
            RowKind::Use => {
                let hint = "How busy the cores are, all together; at the right at the cursor";
                plain_label_ui(ui, rect, (row.run, "use"), "utilisation", &self.use_at_cursor(run), hint, emit.theme);
            }
            RowKind::Group(group) => self.group_label_ui(ui, row, group, rect, emit),
            RowKind::Head | RowKind::Track { .. } => {}
        }
    }

    fn crowd_name_ui(&self, ui: &mut Ui, row: &Row, rect: Rect, emit: &mut Emit<'_>) {
        let (run, theme) = (self.run(row), emit.theme);
        let (listed, total) = (run.rows.order().len(), run.rows.total());
        let count = |n: usize| with_thousands(&n.to_string());
        let name = format!("{} {}", count(listed), noun(run));
        let left = rect.left() + 16.0;
        let small = fonts::regular(fonts::LEAST);
        let said = if listed < total { format!("{name}, of {}", count(total)) } else { name.clone() };
        let label = ui.interact(rect, ui.scope_id().with(("crowd", row.run)), Sense::hover());
        label.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &said));
        let at = pos2(left, rect.top() + 15.0);
        ui.painter().text(at, Align2::LEFT_CENTER, name, fonts::semibold(fonts::ROW), theme.text1);
        let rows = ((row.height - 2.0) as usize).max(1);
        let mut facts = match listed.div_ceil(rows) {
            1 => "folded".to_owned(),
            each => format!("folded, {each} to a pixel"),
        };
        if listed < total {
            facts = format!("of {}, {facts}", count(total));
        }
        // In a low row the number of the last one stands at its right.
        let last = if row.height > LOW { 0.0 } else { ROOM_FOR_LAST };
        let room = rect.right() - left - 4.0 - last;
        let at = pos2(left, rect.top() + 34.0);
        widgets::text_cut(ui.painter(), at, &facts, small.clone(), theme.text2, room);
        if row.height > 76.0 {
            let button = Rect::from_min_size(pos2(left, rect.top() + 47.0), vec2(84.0, 24.0));
            if framed_button_ui(ui, button, ("unfold", row.run), "Unfold", theme)
                .on_hover_text("A row for each (U)")
                .clicked()
            {
                emit.emit(Command::FoldCrowd(row.run));
            }
        }
        // In order of creation the places are the numbers that people know them by.
        if run.rows.sort() == crate::session::rows::RowSort::Creation && listed == total {
            let edge = |y, align, text: String| {
                ui.painter().text(pos2(rect.right(), y), align, text, small.clone(), theme.text3);
            };
            edge(rect.top() + 3.0, Align2::RIGHT_TOP, "0".to_owned());
            edge(rect.bottom() - 2.0, Align2::RIGHT_BOTTOM, count(listed.saturating_sub(1)));
        } else {
            let at = pos2(left, rect.bottom() - 12.0);
            let by = format!("by {}", run.rows.sort().title());
            ui.painter().text(at, Align2::LEFT_CENTER, by, small, theme.text2);
        }
    }

    fn group_label_ui(&self, ui: &mut Ui, row: &Row, group: RowGroup, rect: Rect, emit: &mut Emit<'_>) {
        let (run, theme) = (self.run(row), emit.theme);
        let hidden = run.index.tracks.iter().filter(|t| RowGroup::of(t.kind) == group).count();
        let rows =
            if hidden == 1 { "1 row".to_owned() } else { format!("{} rows", with_thousands(&hidden.to_string())) };
        let response = ui.interact(rect, ui.scope_id().with(("group", row.run, group)), Sense::click());
        let said = format!("{}, folded, {rows}", group.title());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &said));
        let lit = response.hovered() || response.has_focus();
        let color = if lit { theme.ink } else { theme.text2 };
        chevron(ui, pos2(rect.left() + 9.0, rect.center().y), Chevron::Right, color);
        let at = rect.left_center() + vec2(16.0, 0.0);
        ui.painter().text(at, Align2::LEFT_CENTER, group.title(), fonts::regular(fonts::LABEL), color);
        let small = fonts::regular(fonts::LEAST);
        let room = rect.width() - 16.0 - 100.0;
        if room > 30.0 {
            ui.painter().text(rect.right_center(), Align2::RIGHT_CENTER, rows, small, theme.text3);
        }
        if response.on_hover_text(format!("Show the rows of {}", group.title())).clicked() {
            emit.emit(Command::FoldGroup { run: row.run, group });
        }
    }

    /// How busy the cores are in the cursor's pixel.
    fn use_at_cursor(&self, run: &Run) -> String {
        let cores = run.index.tracks.iter().filter(|t| matches!(t.kind, TrackKind::Core(_)));
        let shares: Vec<f32> = cores.map(|t| self.busy_at_cursor(t)).collect();
        if shares.is_empty() {
            return String::new();
        }
        percent(shares.iter().sum::<f32>() / shares.len() as f32)
    }

    fn busy_at_cursor(&self, track: &Track) -> f32 {
        let here = self.session.cursor().time.as_nanos() as f64;
        let pixel = (1.0 / self.axis.pixels_per_ns()).max(1.0);
        busy_share(&track.spans, (here - pixel / 2.0).max(0.0), here + pixel / 2.0)
    }

    /// What the right of a core's or worker's name says beside a crowd: how busy it is in the cursor's pixel.
    pub(super) fn busy_words(&self, track: &Track) -> String {
        percent(self.busy_at_cursor(track))
    }

    /// Clicks and hovering over the rows that stand for many.
    pub(super) fn point_crowd(&self, ui: &Ui, response: &Response, row: &Row, at: egui::Pos2, emit: &mut Emit<'_>) {
        let Some(picture) = self.crowds.picture(row.run) else { return };
        let time = self.axis.time_from_x(at.x);
        let column = ((time - picture.frame.start) / picture.column_length()).floor();
        if column < 0.0 || column as usize >= picture.frame.columns {
            return;
        }
        let column = column as usize;
        match row.kind {
            RowKind::Crowd => self.point_cell(ui, response, row, at, (picture, column), emit),
            RowKind::States => {
                let text = self.states_words(self.run(row), picture, column);
                hover(response, &self.times(picture, column), "", &text, emit.theme);
            }
            RowKind::Use => {
                let text = format!("Cores busy {}", percent(picture.busy[column]));
                hover(response, &self.times(picture, column), "", &text, emit.theme);
            }
            RowKind::Head | RowKind::Group(_) | RowKind::Track { .. } => {}
        }
        if response.clicked() && row.kind != RowKind::Crowd {
            emit.emit(Command::Seek(self.axis.moment_from_x(at.x)));
        }
    }

    fn point_cell(
        &self,
        ui: &Ui,
        response: &Response,
        row: &Row,
        at: egui::Pos2,
        (picture, column): (&Picture, usize),
        emit: &mut Emit<'_>,
    ) {
        let rect = self.rect_of(row).shrink2(vec2(0.0, 1.0));
        let share = ((at.y - rect.top()) / rect.height()).clamp(0.0, 0.999_99);
        let line = (share * picture.rows as f32) as usize;
        let (run, tasks) = (self.run(row), picture.tasks_of(line));
        let cell = picture.cell(column, line, &run.index.tracks, run.rows.order());
        let Some(cell) = cell.filter(|_| !tasks.is_empty()) else { return };
        if response.clicked() {
            let exact = (share * picture.tasks as f32) as usize;
            if let Some(track) = self.nearest(run, tasks, exact, self.axis.time_from_x(at.x)) {
                emit.emit(Command::Select(Selection::Track { run: row.run, track }));
                emit.emit(Command::Seek(self.axis.moment_from_x(at.x)));
            }
            return;
        }
        let middle = pos2(self.x_of_column(picture, column as f32 + 0.5), at.y);
        let mark = Rect::from_center_size(middle, vec2(9.0, 9.0));
        ui.painter().rect_stroke(mark, 1.0, Stroke::new(3.0, emit.theme.panel), egui::StrokeKind::Middle);
        ui.painter().rect_stroke(mark, 1.0, Stroke::new(1.5, emit.theme.ink), egui::StrokeKind::Middle);
        let name = |n: usize| run.rows.order().get(n).and_then(|n| run.index.tracks.get(*n as usize));
        let name = |n: usize| name(n).map_or(String::new(), |t| t.name.clone());
        let who = match tasks.len() {
            1 => name(tasks.start),
            n => format!("{} – {} ({n})", name(tasks.start), name(tasks.end - 1)),
        };
        let ns = picture.column_length();
        let (runs, wants) = (running(run), if run.threads { "Runnable" } else { "Ready" });
        let text = format!(
            "{runs} {} in all, {:.1} {} {wants} on average",
            write_length(SimDuration::from_nanos((f64::from(cell.running) * ns).round() as u64)),
            cell.ready,
            noun(run),
        );
        hover(response, &self.times(picture, column), &who, &text, emit.theme);
    }

    /// Of the tasks in a cell, the one that ran nearest to a time; the one exactly under the pointer, if none did.
    fn nearest(&self, run: &Run, tasks: std::ops::Range<usize>, exact: usize, time: f64) -> Option<TrackKind> {
        let order = run.rows.order();
        let track = |n: usize| order.get(n).and_then(|n| run.index.tracks.get(*n as usize));
        let distance = |track: &Track| {
            let begun = track.spans.begun_before(crate::timeline::walk::nanos(time));
            let near = begun.saturating_sub(3)..(begun + 3).min(track.spans.len());
            let ran = track.spans.range(near).filter(|s| s.state.class() == Some(Class::Running));
            let apart = ran.map(|s| {
                let (from, to) = (s.start.as_nanos() as f64, s.end.as_nanos() as f64);
                (from - time).max(time - to).max(0.0)
            });
            apart.fold(f64::INFINITY, f64::min)
        };
        let asked = tasks.take(MOST_ASKED).filter_map(|n| Some((n, track(n)?)));
        let nearest = asked.map(|(n, track)| (distance(track), n.abs_diff(exact), track.kind));
        nearest.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))).map(|(.., kind)| kind)
    }

    fn states_words(&self, run: &Run, picture: &Picture, column: usize) -> String {
        let total = picture.totals[column];
        let words = if run.threads {
            ["Runnable", "Running", "Blocked", "Exited"]
        } else {
            ["Ready", running(run), "Pending", "Completed"]
        };
        let figures = [total.ready, total.running, total.waiting, total.finished];
        let parts = words.iter().zip(figures).map(|(word, n)| {
            format!("{word} {}", with_thousands(&if n < 100.0 { format!("{n:.1}") } else { format!("{n:.0}") }))
        });
        parts.collect::<Vec<_>>().join(", ")
    }

    /// The stretch of time of a column: "1,070.00–1,071.25 ms".
    fn times(&self, picture: &Picture, column: usize) -> String {
        let length = picture.column_length();
        let from = picture.frame.start + column as f64 * length;
        let unit = Unit::of_clock(self.session.clock());
        // A tenth of the column's length is told apart.
        let step = 10f64.powf((length / 10.0).max(0.1).log10().floor()).min(unit.nanos());
        format!("{} – {} {}", unit.write(from.max(0.0), step), unit.write(from + length, step), unit.symbol())
    }
}

/// What those do that have a worker or a core.
fn running(run: &Run) -> &'static str {
    match run.family() {
        Family::Async => "Polling",
        Family::Threads | Family::Pool | Family::Sequential => "Running",
        Family::Callbacks | Family::Coroutines | Family::Actors => "Running",
    }
}

/// What a run's crowd consists of.
pub(super) fn noun(run: &Run) -> &'static str {
    run.family().nouns()
}

fn percent(share: f32) -> String {
    match share * 100.0 {
        p if p > 0.0 && p < 1.0 => "< 1%".to_owned(),
        p => format!("{p:.0}%"),
    }
}

fn hover(response: &Response, title: &str, who: &str, text: &str, theme: &Theme) {
    response.clone().on_hover_ui_at_pointer(|ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new(title).font(fonts::mono_medium(fonts::LABEL)).color(theme.text1));
            if !who.is_empty() {
                ui.add_space(12.0);
                ui.label(RichText::new(who).font(fonts::medium(fonts::LABEL)).color(theme.text1));
            }
        });
        ui.label(RichText::new(text).font(fonts::regular(fonts::LABEL)).color(theme.text1));
    });
}

fn plain_label_ui(ui: &mut Ui, rect: Rect, id: (usize, &str), name: &str, state: &str, hint: &str, theme: &Theme) {
    let response = ui.interact(rect, ui.scope_id().with(id), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, format!("{name}: {state}")));
    let at = rect.left_center() + vec2(16.0, 0.0);
    let name = ui.painter().text(at, Align2::LEFT_CENTER, name, fonts::regular(fonts::ROW), theme.text1);
    let state = ui.painter().layout_no_wrap(state.to_owned(), fonts::regular(fonts::LEAST), theme.text2);
    let at = rect.right_center() - vec2(state.size().x, state.size().y / 2.0);
    if at.x >= name.right() + 8.0 {
        ui.painter().galley(at.round(), state, theme.text2);
    }
    response.on_hover_text(hint);
}

fn framed_button_ui(ui: &Ui, rect: Rect, id: (&str, usize), text: &str, theme: &Theme) -> Response {
    let response = ui.interact(rect, ui.scope_id().with(id), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, text));
    let lit = response.hovered() || response.has_focus();
    let (fill, edge) = if lit { (theme.selected, theme.ink) } else { (theme.panel, theme.strong_line) };
    ui.painter().rect(rect, 5.0, fill, Stroke::new(1.0, edge), egui::StrokeKind::Inside);
    let middle = pos2(rect.left() + 16.0, rect.center().y);
    for (direction, y) in [(Chevron::Up, -3.5), (Chevron::Down, 3.5)] {
        chevron(ui, middle + vec2(0.0, y), direction, theme.text2);
    }
    let at = rect.left_center() + vec2(30.0, 0.0);
    ui.painter().text(at, Align2::LEFT_CENTER, text, fonts::medium(fonts::LABEL), theme.text1);
    response
}

/// Where a chevron points.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Chevron {
    /// There is more behind it.
    Right,
    /// It is open.
    Down,
    /// Upwards.
    Up,
}

/// A chevron, painted.
pub(super) fn chevron(ui: &Ui, centre: egui::Pos2, to: Chevron, color: Color32) {
    let (a, b, c) = match to {
        Chevron::Right => (vec2(-1.75, -3.5), vec2(1.75, 0.0), vec2(-1.75, 3.5)),
        Chevron::Down => (vec2(-3.5, -1.75), vec2(0.0, 1.75), vec2(3.5, -1.75)),
        Chevron::Up => (vec2(-3.5, 1.75), vec2(0.0, -1.75), vec2(3.5, 1.75)),
    };
    let line = vec![centre + a, centre + b, centre + c];
    ui.painter().add(egui::Shape::line(line, Stroke::new(1.5, color)));
}
