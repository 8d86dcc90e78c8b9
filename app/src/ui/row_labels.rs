//! What stands at the left of the rows: the heads of runs, and each row's name with its state at the cursor.

use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, Pos2, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use sim_core::analysis::track::{Track, TrackKind};
use sim_core::clock::write_length;
use sim_core::instant::SimTime;
use sim_core::trace::Family;
use sim_core::trace::tables::ThreadInfo;

use crate::session::{Command, Growth, Run, Selection};
use crate::timeline::axis::with_thousands;
use crate::timeline::layout::LOG_FROM;
use crate::timeline::rows::Row;
use crate::timeline::words;

use super::fonts;
use super::row_menu::{CONTROLS, why_word};
use super::status;
use super::timeline_panel::Panel;
use super::widgets::{self, Emit};

/// A run's title is shown in so many letters; whole on hover.
const MOST_LETTERS: usize = 48;
/// Between what stands in a head.
const BESIDE: f32 = 10.0;
/// The width of the way to stop a run that takes long.
const STOP: f32 = 44.0;

impl Panel<'_> {
    pub(super) fn head_ui(&self, ui: &mut Ui, row: &Row, emit: &mut Emit<'_>) {
        let theme = emit.theme;
        let rect = self.rect_of(row);
        let run = self.run(row);
        let focused = self.session.focus() == row.run;
        let font = fonts::semibold(fonts::ROW);
        let at = rect.left_center() + vec2(46.0, 0.0);
        let stops = run.growth == Growth::Growing && status::is_slow(ui);
        let end = rect.right() - CONTROLS - if stops { STOP + 3.0 * BESIDE } else { 0.0 };
        let cut = |at: Pos2, text: &str, font, color| {
            let mut job = LayoutJob::simple_singleline(text.to_owned(), font, color);
            job.wrap = TextWrapping::truncate_at_width((end - at.x).max(0.0));
            ui.painter().layout_job(job)
        };
        let title = cut(at, &words::middle_cut(&run.title, MOST_LETTERS), font, theme.text1);
        let facts = self.facts(row);
        // What stands beside the title begins with the rows.
        let beside = pos2((at.x + title.size().x + BESIDE).max(self.axis.left + 8.0), at.y + 0.5);
        let facts_shown = cut(beside, &facts.join(" · "), fonts::regular(fonts::LABEL), theme.text3);
        let facts_shown_width = facts_shown.size().x;
        // A head is opaque, so that the cursor does not cross its words.
        let words = rect.with_max_x(beside.x + facts_shown.size().x + 6.0);
        ui.painter().rect_filled(words, 0.0, theme.raised);
        widgets::run_key(ui.painter(), rect.left_center() + vec2(27.0, 0.0), row.run, focused, theme);
        for (at, galley) in [(at, title), (beside, facts_shown)] {
            ui.painter().galley(pos2(at.x, (at.y - galley.size().y / 2.0).round()), galley, theme.text1);
        }
        let response = ui.interact(rect, ui.scope_id().with(("head", row.run)), Sense::click());
        let said = format!("Run {}: {}, {}", widgets::run_letter(row.run), run.title, facts.join(", "));
        response.widget_info(|| WidgetInfo::selected(egui::Role::RadioButton, true, focused, &said));
        if response.has_focus() {
            ui.painter().rect_stroke(rect.shrink(2.0), 4.0, Stroke::new(2.0, theme.ink), egui::StrokeKind::Inside);
        }
        let response =
            if run.title.chars().count() > MOST_LETTERS { response.on_hover_text(&run.title) } else { response };
        if response.clicked() {
            emit.emit(Command::FocusRun(row.run));
        }
        if stops {
            self.stop_ui(ui, row, pos2(beside.x + facts_shown_width + BESIDE, rect.center().y), emit);
        }
        self.head_controls_ui(ui, row, rect, emit);
    }

    /// The way to stop a run that takes long, beside how far it is.
    fn stop_ui(&self, ui: &mut Ui, row: &Row, at: Pos2, emit: &mut Emit<'_>) {
        let theme = emit.theme;
        let place = Rect::from_min_size(at - vec2(0.0, 9.0), vec2(STOP, 18.0));
        let response = ui.interact(place, ui.scope_id().with(("stop", row.run)), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, "Stop the simulation"));
        let edge = if response.hovered() || response.has_focus() { theme.ink } else { theme.strong_line };
        ui.painter().rect(place, 5.0, theme.panel, Stroke::new(1.0, edge), egui::StrokeKind::Inside);
        ui.painter().text(place.center(), Align2::CENTER_CENTER, "Stop", fonts::medium(fonts::LABEL), theme.text1);
        if response.on_hover_text("Stop the simulation; what is recorded stays").clicked() {
            emit.emit(Command::CancelLoading);
        }
    }

    /// What a head says beside its title: rows that are not there, policy, costs, how a person has arranged it, how far
    /// it is.
    fn facts(&self, row: &Row) -> Vec<String> {
        let run = self.run(row);
        let info = &run.trace.tables().run;
        let standing = if self.session.focus() == row.run { Standing::InFocus } else { Standing::Beside };
        let left_out = self.left_out.get(row.run).copied().unwrap_or(0);
        let mut facts: Vec<String> = left_out_words(left_out, standing).into_iter().collect();
        facts.extend([info.policy.clone(), costs_name(&info.costs).to_owned()].into_iter().filter(|t| !t.is_empty()));
        facts.extend(self.arranged_words(row));
        facts.extend(growth_text(run));
        facts
    }

    pub(super) fn label_ui(&self, ui: &mut Ui, row: &Row, index: usize, kind: TrackKind, emit: &mut Emit<'_>) {
        let theme = emit.theme;
        let run = self.run(row);
        let track = &run.index.tracks[index];
        let rect = self.rect_of(row).with_max_x(self.axis.left - 8.0);
        let state = self.right_words(row, track);
        let name = words::row_name(track);
        let response = ui.interact(rect, ui.scope_id().with(("row", row.run, kind)), Sense::click());
        let selected = self.session.selection().track() == Some((row.run, kind));
        let breakpoint = if self.has_breakpoint(row.run, kind) { ", breakpoint" } else { "" };
        let said = format!("{name} of run {}: {state}{breakpoint}", widgets::run_letter(row.run));
        response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, selected, &said));
        let strong = matches!(kind, TrackKind::Task(_) | TrackKind::Thread(_) | TrackKind::Worker(_));
        let font = if strong { fonts::medium(fonts::ROW) } else { fonts::regular(fonts::ROW) };
        let (left, right, y) = (rect.left() + 16.0, rect.right(), rect.center().y);
        let small = fonts::regular(fonts::LEAST);
        let state_width = ui.painter().layout_no_wrap(state.clone(), small.clone(), theme.text3).size().x;
        let name_width = ui.painter().layout_no_wrap(name.clone(), font.clone(), theme.text1).size().x;
        let room = right - left;
        // The name matters more than the state; both are whole on hover.
        let state_room = (room - name_width.min(room * 0.6) - 8.0).max(0.0);
        let cut = name_width > room - state_width.min(state_room) - 8.0;
        let letters =
            ((room - state_width.min(state_room) - 8.0) / (name_width / name.chars().count().max(1) as f32)) as usize;
        let shown = if cut { words::middle_cut(&name, letters) } else { name.clone() };
        let color = if response.hovered() || response.has_focus() { theme.ink } else { theme.text1 };
        ui.painter().text(pos2(left, y), Align2::LEFT_CENTER, shown, font, color);
        if state_width <= state_room {
            ui.painter().text(pos2(right, y), Align2::RIGHT_CENTER, &state, small, theme.text2);
        } else if state_room > 30.0 {
            widgets::text_cut(ui.painter(), pos2(right - state_room, y), &state, small, theme.text2, state_room);
        }
        if response.has_focus() {
            ui.painter().rect_stroke(rect.shrink(2.0), 4.0, Stroke::new(2.0, theme.ink), egui::StrokeKind::Inside);
        }
        let state = Some(row_state(run, track)).filter(|state| !state.is_empty());
        let now = state.map_or_else(|| name.clone(), |state| format!("{name}: {state}"));
        let rank = rank_words(run, kind).map_or(String::new(), |rank| format!("\n{rank}"));
        let response = response.on_hover_text(format!("{now}{rank}\n{}", kind_words(run, kind)));
        self.pin_ui(ui, row, kind, &response, emit);
        self.breakpoint_ui(ui, row, kind, &response, emit);
        self.group_fold_ui(ui, row, kind, &response, emit);
        response.context_menu(|ui| self.row_menu_ui(ui, row, kind, emit));
        if response.clicked() {
            emit.emit(Command::Select(Selection::Track { run: row.run, track: kind }));
        }
    }
}

impl Panel<'_> {
    /// What stands at the right of a row's name: its state at the cursor; beside a crowd, how busy it is, whether its
    /// heights are logarithmic, why it stands there.
    fn right_words(&self, row: &Row, track: &Track) -> String {
        let run = self.run(row);
        let crowd = run.rows.is_folded();
        match track.kind {
            TrackKind::Core(_) | TrackKind::Worker(_) if crowd => self.busy_words(track),
            TrackKind::Counter(_) if track.spans.peak(0..track.spans.len()) > LOG_FROM => "log".to_owned(),
            _ => why_word(row.why).map_or_else(|| row_state(run, track), str::to_owned),
        }
    }
}

pub(super) fn row_state(run: &Run, track: &Track) -> String {
    let state = run.snapshot();
    // Before the first event nothing is in any state.
    if state.events == 0 { String::new() } else { words::row_state(run.trace.tables(), track, state) }
}

/// What a head says of rows that made room for others.
fn left_out_words(rows: usize, standing: Standing) -> Option<String> {
    let rows = match rows {
        0 => return None,
        1 => "1 more row".to_owned(),
        _ => format!("{rows} more rows"),
    };
    Some(match standing {
        Standing::InFocus => format!("{rows}: fold another run to see them"),
        Standing::Beside => format!("{rows}: click here"),
    })
}

/// Whether a run is the one that is stepped through.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    InFocus,
    Beside,
}

fn costs_name(costs: &str) -> &str {
    match costs {
        "zero" => "textbook costs",
        "cited" => "measured costs",
        other => other,
    }
}

fn events(run: &Run) -> String {
    format!("{} events", with_thousands(&run.trace.len().to_string()))
}

fn growth_text(run: &Run) -> Option<String> {
    match run.growth {
        Growth::Waiting => Some("waiting".to_owned()),
        Growth::Growing => Some(format!("{}, {} so far", events(run), write_length(run.end().since(SimTime::ZERO)))),
        Growth::Stopped => Some(format!("stopped after {}", events(run))),
        Growth::Complete => run.notice.clone(),
    }
}

/// What a thread goes by, where its run's threads differ in it: "nice 10", "priority 3".
pub(super) fn rank_words(run: &Run, kind: TrackKind) -> Option<String> {
    let TrackKind::Thread(id) = kind else { return None };
    let threads = &run.trace.tables().threads;
    let own = threads.get(id.index())?;
    let differ = |of: fn(&ThreadInfo) -> i32| threads.iter().any(|thread| of(thread) != of(own) || of(own) != 0);
    let nice = differ(|thread| thread.nice).then(|| format!("nice {}", own.nice));
    let priority = differ(|thread| thread.priority).then(|| format!("priority {}", own.priority));
    let said: Vec<String> = priority.into_iter().chain(nice).collect();
    (!said.is_empty()).then(|| said.join(", "))
}

pub(super) fn kind_words(run: &Run, kind: TrackKind) -> &'static str {
    match kind {
        TrackKind::Core(_) => "A simulated CPU: which thread is on it",
        TrackKind::Worker(_) => match run.family() {
            Family::Async | Family::Threads => "A thread that runs the executor: which task it polls",
            Family::Pool => "A thread of the pool: which task it runs",
            Family::Sequential => "The one thread: which task it runs",
            Family::Callbacks => "The thread that calls every callback: whose it calls",
            Family::Coroutines => "A thread that runs goroutines, one at a time",
            Family::Actors => "A thread that runs actors, one at a time",
        },
        TrackKind::Device(_) => "A device: the requests it works on",
        TrackKind::Task(_) => match run.family() {
            Family::Async | Family::Threads | Family::Pool | Family::Sequential => "A task: its state over time",
            Family::Callbacks => "A task, as a chain of callbacks: its state over time",
            Family::Coroutines => "A goroutine: its state over time",
            Family::Actors => "An actor: its state over time",
        },
        TrackKind::Thread(_) => "A thread: its state over time",
        TrackKind::Counter(_) => "How many wait, over time",
    }
}
