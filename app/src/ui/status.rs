//! The bar at the foot: what the hues and patterns in sight mean, how much was recorded, and what goes on in the
//! background.

use egui::{Align2, Galley, Rect, Sense, Ui, WidgetInfo, pos2, vec2};
use sim_core::clock::write_length;
use sim_core::instant::SimTime;
use sim_core::trace::Family;
use sim_core::trace::event::kind;

use crate::session::{Command, Growth, Run, Session};
use crate::timeline::axis::with_thousands;
use crate::timeline::scene::{Fill, Sign};

use super::fonts;
use super::icons;
use super::keys;
use super::paint::{body_ui, rail_ui};
use super::patterns::Patterns;
use super::widgets::{Emit, run_letter};

/// The height of the bar.
pub const HEIGHT: f32 = 26.0;
/// What takes no longer than this needs no word, in seconds.
const SOON: f64 = 0.3;
/// The legend needs so much before facts take their place.
const LEGEND: f32 = 260.0;

/// What a hue, pattern or sign means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Entry {
    Running,
    OffCore,
    Ready,
    Waiting,
    Finished,
    Cancelled,
    Wake,
    Switch,
}

/// What there is to be explained, from what was recorded.
fn entries(runs: &[Run]) -> Vec<Entry> {
    let count = |run: &Run, kinds: &[u8]| kinds.iter().map(|k| run.kinds[usize::from(*k)]).sum::<u32>();
    let any = |kinds: &[u8]| runs.iter().any(|run| count(run, kinds) > 0);
    // Inside a poll a worker leaves its core when it blocks or is preempted.
    let preempted =
        |run: &Run| count(run, &[kind::SwitchedOut]) > count(run, &[kind::ThreadBlocked, kind::ThreadExited]);
    let off_core = |run: &Run| !run.threads && (count(run, &[kind::BlockBegan]) > 0 || preempted(run));
    let polls = |run: &Run| count(run, &[kind::PollStarted]) > 0;
    let waits = |run: &Run| match run.threads {
        true => count(run, &[kind::ThreadBlocked]) > 0,
        false => count(run, &[kind::PollEnded]) > count(run, &[kind::TaskCompleted]),
    };
    let mut entries = Vec::new();
    let mut add = |there: bool, entry| entries.extend(there.then_some(entry));
    add(any(&[kind::PollStarted, kind::Dispatched]), Entry::Running);
    add(runs.iter().any(|run| off_core(run) && polls(run)), Entry::OffCore);
    add(any(&[kind::Queued, kind::ThreadRunnable]), Entry::Ready);
    add(runs.iter().any(waits), Entry::Waiting);
    add(any(&[kind::TaskCompleted, kind::ThreadExited]), Entry::Finished);
    add(any(&[kind::TaskCancelled]), Entry::Cancelled);
    add(any(&[kind::Woken, kind::ThreadUnblocked]), Entry::Wake);
    add(runs.iter().any(|run| count(run, &[kind::Dispatched]) > 1), Entry::Switch);
    entries
}

/// What an entry says: both nouns where both kinds of run are open.
fn words(entry: Entry, runs: &[Run]) -> &'static str {
    let polls = runs.iter().any(|run| run.family() == Family::Async);
    let others = runs.iter().any(|run| run.family() != Family::Async);
    let only_polls = polls && runs.iter().all(|run| run.threads || run.family() == Family::Async);
    let tasks = runs.iter().any(|run| !run.threads);
    let threads = runs.iter().any(|run| run.threads);
    let both = |both, task, thread| match (tasks, threads) {
        (true, true) => both,
        (true, false) => task,
        (false, _) => thread,
    };
    match entry {
        Entry::Running => match (polls, others) {
            (true, true) => "Polling / Running",
            (true, false) => "Polling",
            (false, _) => "Running",
        },
        Entry::OffCore => match (polls, keeps_thread(runs)) {
            (true, false) => "in a poll, off core",
            (true, true) => "in a poll or on its thread, off core",
            (false, true) => "keeps its thread, off core",
            (false, false) => "has a worker, off core",
        },
        Entry::Ready => both("Ready / Runnable", "Ready", "Runnable"),
        Entry::Waiting => both("Pending / Blocked", "Pending", "Blocked"),
        Entry::Finished => both("Completed / Exited", "Completed", "Exited"),
        Entry::Cancelled => "Cancelled",
        Entry::Wake => match (tasks, only_polls) {
            (true, true) => "wake → poll",
            (true, false) => "wake → run",
            (false, _) => "unblock → run",
        },
        Entry::Switch => "context switch",
    }
}

/// Whether there are tasks that keep their thread while they wait.
fn keeps_thread(runs: &[Run]) -> bool {
    runs.iter().any(|run| match run.family() {
        Family::Pool | Family::Sequential => true,
        Family::Async | Family::Threads | Family::Callbacks | Family::Coroutines | Family::Actors => false,
    })
}

/// "seed 7" and "A 63 events, B 42", the most important last.
fn facts(runs: &[Run]) -> Vec<String> {
    let number = |run: &Run| with_thousands(&run.trace.len().to_string());
    let count = |(n, run): (usize, &Run)| {
        let noun = if n == 0 { " events" } else { "" };
        format!("{} {}{noun}", run_letter(n), number(run))
    };
    let counts: Vec<String> = runs.iter().enumerate().map(count).collect();
    let seed = runs.iter().find(|run| !run.trace.is_empty()).map(|run| run.trace.tables().run.seed);
    seed.map(|seed| format!("seed {seed}")).into_iter().chain([counts.join(", ")]).collect()
}

/// Shows the bar.
pub fn status_ui(ui: &mut Ui, session: &Session, patterns: &Patterns, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let bar = ui.max_rect();
    ui.painter().hline(bar.x_range(), bar.top() + 0.5, egui::Stroke::new(1.0, theme.line));
    let y = bar.center().y;
    let mut right = bar.right() - 16.0;
    right -= keys::reminder(ui.painter(), pos2(right, y), theme) + 16.0;
    right = loading_ui(ui, session, pos2(right, y), emit);
    for fact in facts(session.runs()).into_iter().rev() {
        let galley = ui.painter().layout_no_wrap(fact, fonts::regular(fonts::LABEL), theme.text3);
        let left = right - galley.size().x;
        // In a narrow window the facts go before the legend does: the tabs tell them, too.
        if left < bar.left() + LEGEND {
            break;
        }
        ui.painter().galley(pos2(left, (y - galley.size().y / 2.0).round()), galley, theme.text3);
        right = left - 16.0;
    }
    legend_ui(ui, pos2(bar.left() + 16.0, y), right - 8.0, session, patterns, emit);
}

fn legend_ui(ui: &Ui, at: egui::Pos2, right: f32, session: &Session, patterns: &Patterns, emit: &Emit<'_>) {
    let (theme, painter) = (emit.theme, ui.painter());
    let mut x = at.x;
    for entry in entries(session.runs()) {
        let text = words(entry, session.runs()).to_owned();
        let galley = painter.layout_no_wrap(text, fonts::regular(fonts::LABEL), theme.text2);
        if x + 20.0 + galley.size().x > right {
            break;
        }
        entry_ui(ui, pos2(x, at.y), entry, &galley, patterns, emit);
        let width = 20.0 + galley.size().x;
        painter.galley(pos2(x + 20.0, (at.y - galley.size().y / 2.0).round()), galley, theme.text2);
        x += width + 18.0;
    }
}

/// What an entry is the name of, as it looks on the timeline.
fn entry_ui(ui: &Ui, at: egui::Pos2, entry: Entry, name: &Galley, patterns: &Patterns, emit: &Emit<'_>) {
    let (theme, painter) = (emit.theme, ui.painter());
    let rect = Rect::from_center_size(at + vec2(7.0, 0.0), vec2(13.0, 13.0));
    match entry {
        Entry::Running => body_ui(painter, rect, Fill::Running, theme, patterns),
        Entry::OffCore => body_ui(painter, rect, Fill::OffCore, theme, patterns),
        Entry::Ready => body_ui(painter, rect, Fill::Ready, theme, patterns),
        Entry::Waiting => rail_ui(painter, rect.x_range(), at.y, theme, patterns),
        Entry::Finished => icons::sign(painter, Sign::Finished, rect.center(), theme),
        Entry::Cancelled => icons::sign(painter, Sign::Cancelled, rect.center(), theme),
        Entry::Wake => {
            painter.line_segment([rect.left_center(), rect.right_center()], egui::Stroke::new(1.75, theme.wake));
            icons::head(painter, rect.right_center() + vec2(2.0, 0.0), vec2(1.0, 0.0), theme.wake);
        }
        Entry::Switch => icons::sign(painter, Sign::Switch, rect.center() - vec2(0.0, 2.0), theme),
    }
    let whole = Rect::from_min_max(rect.left_top(), pos2(rect.right() + 7.0 + name.size().x, rect.bottom()));
    let response = ui.interact(whole, ui.scope_id().with(("legend", name.text())), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, name.text()));
}

/// What is being simulated, and how to stop it; answers where it begins. What is over soon needs no word.
fn loading_ui(ui: &mut Ui, session: &Session, right: egui::Pos2, emit: &mut Emit<'_>) -> f32 {
    let theme = emit.theme;
    let id = loading_since();
    let now = ui.input(|i| i.time);
    if !session.is_loading() {
        ui.data_mut(|d| d.remove::<f64>(id));
        return right.x;
    }
    let since = ui.data_mut(|d| *d.get_temp_mut_or(id, now));
    if now - since < SOON {
        ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(SOON - (now - since)));
        return right.x;
    }
    let text = progress(session.coming_runs());
    let rect = Rect::from_min_max(pos2(right.x - 60.0, right.y - 10.0), pos2(right.x, right.y + 10.0));
    let stop = ui.interact(rect, ui.scope_id().with("stop"), Sense::click());
    stop.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, "Stop"));
    let edge = if stop.hovered() || stop.has_focus() { theme.ink } else { theme.strong_line };
    ui.painter().rect(rect, 5.0, theme.panel, egui::Stroke::new(1.0, edge), egui::StrokeKind::Inside);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, "Stop", fonts::medium(fonts::LABEL), theme.text1);
    let stop = stop.on_hover_text("Stop the simulation; what is recorded stays");
    if stop.clicked() {
        emit.emit(Command::CancelLoading);
    }
    let at = pos2(rect.left() - 10.0, right.y);
    ui.painter().text(at, Align2::RIGHT_CENTER, text, fonts::mono(fonts::LABEL), theme.text2).left() - 16.0
}

fn loading_since() -> egui::Id {
    egui::Id::unique("loading since")
}

/// Whether what is being simulated takes so long that a person wants to know how far it is.
pub fn is_slow(ui: &Ui) -> bool {
    let now = ui.input(|i| i.time);
    ui.data(|d| d.get_temp::<f64>(loading_since())).is_some_and(|since| now - since >= SOON)
}

/// How far the run is that is being simulated.
fn progress(runs: &[Run]) -> String {
    let now = runs.iter().position(|r| r.growth == Growth::Growing);
    let now = now.or_else(|| runs.iter().position(|r| r.growth == Growth::Waiting));
    match now {
        Some(run) => {
            let events = with_thousands(&runs[run].trace.len().to_string());
            let end = write_length(runs[run].end().since(SimTime::ZERO));
            format!("simulating run {}: {events} events, {end}", run_letter(run))
        }
        None if runs.is_empty() => "loading".to_owned(),
        None => "looking for problems".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::fixture;

    #[test]
    fn the_legend_explains_what_was_recorded_and_nothing_else() {
        let session = fixture::session();
        let [tasks, threads] = [&session.runs()[..1], &session.runs()[1..]];
        assert!(entries(tasks).contains(&Entry::OffCore));
        assert!(!entries(threads).contains(&Entry::OffCore) && !entries(tasks).contains(&Entry::Cancelled));
        assert_eq!(words(Entry::Ready, session.runs()), "Ready / Runnable");
        assert_eq!(words(Entry::Ready, threads), "Runnable");
        assert_eq!(entries(&[]), []);
    }

    #[test]
    fn the_facts_are_the_seed_and_how_much_was_recorded() {
        let session = fixture::session();
        let [a, b] = [0, 1].map(|n| session.runs()[n].trace.len());
        assert_eq!(facts(session.runs()), ["seed 0".to_owned(), format!("A {a} events, B {b}")]);
    }
}
