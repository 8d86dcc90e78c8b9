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

impl Entry {
    const ALL: [Entry; 8] = [
        Entry::Running,
        Entry::OffCore,
        Entry::Ready,
        Entry::Waiting,
        Entry::Finished,
        Entry::Cancelled,
        Entry::Wake,
        Entry::Switch,
    ];

    /// Whether a run's recording has something that this explains.
    fn is_in(self, run: &Run) -> bool {
        let count = |kinds: &[u8]| kinds.iter().map(|k| run.kinds[usize::from(*k)]).sum::<u32>();
        match self {
            Entry::Running => count(&[kind::PollStarted, kind::Dispatched]) > 0,
            Entry::OffCore => {
                // With a task on it a worker leaves its core when it blocks or is preempted.
                let preempted = count(&[kind::SwitchedOut]) > count(&[kind::ThreadBlocked, kind::ThreadExited]);
                let leaves = count(&[kind::BlockBegan]) > 0 || preempted || keeps_thread(run.family());
                !run.threads && leaves && count(&[kind::PollStarted]) > 0
            }
            Entry::Ready => count(&[kind::Queued, kind::ThreadRunnable]) > 0,
            Entry::Waiting if run.threads => count(&[kind::ThreadBlocked]) > 0,
            Entry::Waiting => count(&[kind::PollEnded]) > count(&[kind::TaskCompleted]),
            Entry::Finished => count(&[kind::TaskCompleted, kind::ThreadExited]) > 0,
            Entry::Cancelled => count(&[kind::TaskCancelled]) > 0,
            Entry::Wake => count(&[kind::Woken, kind::ThreadUnblocked]) > 0,
            Entry::Switch => count(&[kind::Dispatched]) > 1,
        }
    }

    /// What it says of a run's tasks.
    fn words(self, family: Family) -> &'static str {
        let threads = family == Family::Threads;
        match self {
            Entry::Running if family == Family::Async => "Polling",
            Entry::Running => "Running",
            Entry::OffCore => match family {
                Family::Async | Family::Threads => "in a poll, off core",
                Family::Pool | Family::Sequential => "keeps its thread, off core",
                Family::Callbacks => "in a callback, off core",
                Family::Coroutines | Family::Actors => "has a worker, off core",
            },
            Entry::Ready => {
                if threads {
                    "Runnable"
                } else {
                    "Ready"
                }
            }
            Entry::Waiting => {
                if threads {
                    "Blocked"
                } else {
                    "Pending"
                }
            }
            Entry::Finished => {
                if threads {
                    "Exited"
                } else {
                    "Completed"
                }
            }
            Entry::Cancelled => "Cancelled",
            Entry::Wake => match family {
                Family::Async => "wake → poll",
                Family::Threads => "unblock → run",
                Family::Pool | Family::Sequential | Family::Callbacks | Family::Coroutines | Family::Actors => {
                    "wake → run"
                }
            },
            Entry::Switch => "context switch",
        }
    }
}

/// What there is to be explained, in the words of the run that is stepped through; what only another run has, in that
/// one's.
fn entries(session: &Session) -> Vec<(Entry, &'static str)> {
    let runs = || session.focused().into_iter().chain(session.runs());
    let told = |entry: Entry| runs().find(|run| entry.is_in(run)).map(|run| (entry, entry.words(run.family())));
    Entry::ALL.into_iter().filter_map(told).collect()
}

/// Whether a task keeps its thread while it waits.
fn keeps_thread(family: Family) -> bool {
    match family {
        Family::Pool | Family::Sequential => true,
        Family::Async | Family::Threads | Family::Callbacks | Family::Coroutines | Family::Actors => false,
    }
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
    for (entry, text) in entries(session) {
        let galley = painter.layout_no_wrap(text.to_owned(), fonts::regular(fonts::LABEL), theme.text2);
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
        let [tasks, threads] = [0, 1].map(|n| &session.runs()[n]);
        assert!(Entry::OffCore.is_in(tasks) && !Entry::OffCore.is_in(threads) && !Entry::Cancelled.is_in(tasks));
        assert!(!entries(&session).iter().any(|(entry, _)| *entry == Entry::Cancelled));
    }

    #[test]
    fn the_legend_speaks_of_the_run_that_is_stepped_through() {
        let mut session = fixture::session();
        let says = |session: &Session| entries(session).into_iter().map(|(_, words)| words).collect::<Vec<_>>();
        let tasks = says(&session);
        assert!(tasks.starts_with(&["Polling", "in a poll, off core", "Ready", "Pending", "Completed"]), "{tasks:?}");
        session.apply(Command::FocusRun(1));
        let threads = says(&session);
        assert!(threads.starts_with(&["Running", "in a poll, off core", "Runnable", "Blocked"]), "{threads:?}");
    }

    #[test]
    fn the_facts_are_the_seed_and_how_much_was_recorded() {
        let session = fixture::session();
        let [a, b] = [0, 1].map(|n| session.runs()[n].trace.len());
        assert_eq!(facts(session.runs()), ["seed 0".to_owned(), format!("A {a} events, B {b}")]);
    }
}
