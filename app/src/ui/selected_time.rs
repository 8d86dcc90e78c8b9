//! What the selected time adds up to, run beside run.

use egui::{Align2, RichText, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};
use sim_core::analysis::sums::Sums;
use sim_core::clock::{Clock, write_length};
use sim_core::trace::Family;

use crate::session::figures::turns_title;
use crate::session::{Command, Run, Session, SpanOfTime, Tab};
use crate::timeline::axis::{Unit, with_thousands};

use super::theme::Theme;
use super::widgets::{self, Emit, Weight};
use super::{fonts, tip};

/// A figure's line.
const LINE: f32 = 26.0;
/// Figures take so much each; with more runs than fit beside the names, they stand below them.
const COLUMN: f32 = 74.0;
/// Names take at least so much.
const NAMES: f32 = 112.0;

/// Shows the selected time.
pub fn selected_time_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let Some((span, sums)) = session.sums_of_selected_time() else { return };
    let theme = emit.theme;
    ScrollArea::vertical().id_salt("selected time").auto_shrink(false).show(ui, |ui| {
        egui::Frame::new().inner_margin(egui::Margin::same(16)).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            head_ui(ui, session, span, theme);
            ui.add_space(12.0);
            let families: Vec<Family> = session.runs().iter().map(Run::family).collect();
            let figures = figures(&families, &sums);
            let beside = NAMES + COLUMN * sums.len() as f32 <= ui.available_width();
            if beside {
                titles_ui(ui, session, theme);
            }
            for figure in &figures {
                figure_ui(ui, figure, if beside { Values::Beside } else { Values::Below }, theme);
            }
            ui.add_space(12.0);
            buttons_ui(ui, span, emit);
            ui.add_space(10.0);
            let hint = "Pull at an edge to change it. Esc clears it, R shows it.";
            ui.label(RichText::new(hint).font(fonts::regular(fonts::LABEL)).color(theme.text3));
        });
    });
}

fn head_ui(ui: &mut Ui, session: &Session, span: SpanOfTime, theme: &Theme) {
    ui.label(RichText::new("Selected time").font(fonts::semibold(fonts::HEAD)).color(theme.text1));
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let length = write_length(span.length());
        ui.label(RichText::new(length).font(fonts::mono_medium(fonts::TITLE)).color(theme.text1));
        ui.label(RichText::new(ends(span, session.clock())).font(fonts::mono(fonts::LABEL)).color(theme.text3));
    });
}

/// From when to when, with as many decimals as tell the two apart.
fn ends(span: SpanOfTime, clock: Clock) -> String {
    if clock != Clock::Millis {
        return clock.range(span.from, span.to);
    }
    let long = span.length().as_nanos() as f64 >= Unit::Millis.nanos();
    let ms = |time: sim_core::instant::SimTime| time.as_nanos() as f64 / Unit::Millis.nanos();
    if long {
        let one = |time| with_thousands(&format!("{:.1}", ms(time)));
        format!("{} – {} ms", one(span.from), one(span.to))
    } else if span.length().as_nanos() >= 1_000 {
        clock.range(span.from, span.to)
    } else {
        let six = |time| with_thousands(&format!("{:.6}", ms(time)));
        format!("{} – {} ms", six(span.from), six(span.to))
    }
}

fn titles_ui(ui: &mut Ui, session: &Session, theme: &Theme) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::hover());
    let runs = session.runs();
    for (n, run) in runs.iter().enumerate() {
        let right = rect.right() - COLUMN * (runs.len() - 1 - n) as f32;
        let title = run.title.split(',').next().unwrap_or_default();
        let text = format!("{} {title}", widgets::run_letter(n));
        let galley = {
            let font = fonts::regular(fonts::LABEL);
            let mut job = egui::text::LayoutJob::simple_singleline(text, font, theme.text3);
            job.wrap = egui::text::TextWrapping::truncate_at_width(COLUMN - 6.0);
            ui.painter().layout_job(job)
        };
        let at = pos2(right - galley.size().x, rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(at.round(), galley, theme.text3);
    }
}

/// A figure of every run.
#[derive(Clone, PartialEq, Debug)]
struct Figure {
    rank: Rank,
    name: String,
    meaning: &'static str,
    values: Vec<String>,
}

/// What a figure is to the one above it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Rank {
    /// One of its own.
    Own,
    /// A part of it: stands a little to the right.
    Part,
}

impl Rank {
    fn indent(self) -> f32 {
        match self {
            Rank::Own => 0.0,
            Rank::Part => 12.0,
        }
    }
}

/// Where a figure's values stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Values {
    Beside,
    Below,
}

/// What is told of a stretch of time, in the words of these runs' families.
fn figures(families: &[Family], sums: &[Sums]) -> Vec<Figure> {
    let threads: Vec<bool> = families.iter().map(|family| *family == Family::Threads).collect();
    let turns = turns_title(families);
    let turns_too = if turns.ends_with("turns") { turns.clone() } else { format!("{turns} / turns") };
    let names = |tasks: &str, both: &str, of_threads: &str| match (threads.contains(&false), threads.contains(&true)) {
        (true, true) => both.to_owned(),
        (false, true) => of_threads.to_owned(),
        (true | false, false) => tasks.to_owned(),
    };
    let each = |value: &dyn Fn(&Sums, bool) -> String| -> Vec<String> {
        sums.iter().zip(&threads).map(|(sums, threads)| value(sums, *threads)).collect()
    };
    let count = |n: u64| with_thousands(&n.to_string());
    let wanting = |s: &Sums, threads| if threads { s.runnable } else { s.ready };
    vec![
        Figure {
            rank: Rank::Own,
            name: "Cores busy".to_owned(),
            meaning: "The share of the selected time in which a thread is on the core, over all cores",
            values: each(&|s, _| format!("{:.1}%", s.busy_share() * 100.0)),
        },
        Figure {
            rank: Rank::Own,
            name: names(&turns, &turns_too, "Turns"),
            meaning: "Stretches of tasks on a worker, whatever the model calls them, that were under way in some part of it; of a thread run, turns of threads on a core",
            values: each(&|s, threads| count(if threads { s.turns_ran } else { s.polls_ran })),
        },
        Figure {
            rank: Rank::Part,
            name: "begun in it".to_owned(),
            meaning: "Those of them that began in it; the others were under way when it began",
            values: each(&|s, threads| count(if threads { s.dispatches } else { s.polls })),
        },
        Figure {
            rank: Rank::Own,
            name: names("Wakes", "Wakes / unblocks", "Unblocks"),
            meaning: "Wakes of tasks, those without effect included; of a thread run, blocked threads made Runnable",
            values: each(&|s, threads| count(if threads { s.unblocks } else { s.wakes })),
        },
        Figure {
            rank: Rank::Own,
            name: names("Ready total", "Ready total", "Runnable total"),
            meaning: "How long tasks were Ready, or threads Runnable, without running: the sum over all of them",
            values: each(&|s, threads| write_length(wanting(s, threads).total)),
        },
        Figure {
            rank: Rank::Own,
            name: "Longest queue".to_owned(),
            meaning: "The most tasks that were Ready, or threads that were Runnable, at once",
            values: each(&|s, threads| count(u64::from(wanting(s, threads).most))),
        },
        Figure {
            rank: Rank::Own,
            name: "I/O completed".to_owned(),
            meaning: "Requests that a device completed",
            values: each(&|s, _| count(s.completions)),
        },
        Figure {
            rank: Rank::Own,
            name: "Context switches".to_owned(),
            meaning: "Dispatches of another thread onto a core that has run before",
            values: each(&|s, _| count(s.switches)),
        },
        Figure {
            rank: Rank::Own,
            name: "Their cost".to_owned(),
            meaning: "What all dispatches cost together",
            values: each(&|s, _| write_length(s.switch_cost)),
        },
    ]
}

fn figure_ui(ui: &mut Ui, figure: &Figure, values: Values, theme: &Theme) {
    let height = if values == Values::Beside { LINE } else { LINE + 18.0 };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let of_runs: Vec<_> =
        figure.values.iter().enumerate().map(|(n, value)| format!("{} {value}", widgets::run_letter(n))).collect();
    let said = format!("{}: {}", figure.name, of_runs.join(", "));
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &said));
    let painter = ui.painter();
    let name_at = pos2(rect.left(), rect.top() + LINE / 2.0);
    painter.text(
        name_at + vec2(figure.rank.indent(), 0.0),
        Align2::LEFT_CENTER,
        &figure.name,
        fonts::regular(fonts::ROW),
        theme.text2,
    );
    match values {
        Values::Beside => {
            for (n, value) in figure.values.iter().rev().enumerate() {
                let at = pos2(rect.right() - COLUMN * n as f32, name_at.y);
                painter.text(at, Align2::RIGHT_CENTER, value, fonts::mono(fonts::ROW), theme.text1);
            }
        }
        Values::Below => {
            let at = pos2(rect.left(), rect.top() + LINE + 6.0);
            let font = fonts::mono(fonts::LABEL);
            widgets::text_cut(painter, at, &of_runs.join("  "), font, theme.text1, rect.width());
        }
    }
    tip::beside(&response, rect, |ui| {
        tip::title(ui, figure.meaning, theme);
        tip::figures(ui, &of_runs.join(", "), theme);
    });
}

fn buttons_ui(ui: &mut Ui, span: SpanOfTime, emit: &mut Emit<'_>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let width = (ui.available_width() - 8.0) / 2.0;
        let zoom = widgets::text_button(ui, "Zoom to it", Weight::Framed, width, emit.theme);
        if zoom.on_hover_text(Command::SelectionToTime.hint()).clicked() {
            emit.emit(Command::SelectionToTime);
        }
        let list = widgets::text_button(ui, "List events", Weight::Framed, width, emit.theme);
        if list.on_hover_text("Go to its start in the list of events").clicked() {
            emit.emit(Command::Seek(span.from));
            emit.emit(Command::ShowTab(Tab::Events));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim_core::analysis::sums::Wanting;
    use sim_core::instant::{SimDuration, SimTime};

    fn sums() -> Sums {
        let wanting = |ms, most| Wanting { total: SimDuration::from_millis(ms), most };
        Sums {
            length: SimDuration::from_millis(40),
            cores: 4,
            busy: SimDuration::from_millis(120),
            polls: 3_187,
            polls_ran: 3_190,
            dispatches: 5,
            turns_ran: 6,
            ready: wanting(30, 57),
            runnable: wanting(2, 7),
            ..Sums::default()
        }
    }

    #[test]
    fn a_thread_run_counts_its_threads_where_an_async_run_counts_its_tasks() {
        let figures = figures(&[Family::Async, Family::Threads], &[sums(), sums()]);
        let told: Vec<(&str, Vec<&str>)> =
            figures.iter().map(|f| (f.name.as_str(), f.values.iter().map(String::as_str).collect())).collect();
        assert_eq!(told[0], ("Cores busy", vec!["75.0%", "75.0%"]));
        assert_eq!(told[1], ("Polls / turns", vec!["3,190", "6"]));
        assert_eq!(told[2], ("begun in it", vec!["3,187", "5"]));
        let parts: Vec<_> = figures.iter().filter(|f| f.rank == Rank::Part).map(|f| f.name.as_str()).collect();
        assert_eq!(parts, ["begun in it"]);
        assert_eq!(told[4], ("Ready total", vec!["30.0 ms", "2.0 ms"]));
        assert_eq!(told[5], ("Longest queue", vec!["57", "7"]));
    }

    #[test]
    fn runs_of_one_kind_have_names_of_that_kind() {
        let name = |families: &[Family], n: usize| figures(families, &vec![sums(); families.len()])[n].name.clone();
        assert_eq!(name(&[Family::Async, Family::Async], 1), "Polls");
        assert_eq!(name(&[Family::Threads], 4), "Runnable total");
        assert_eq!(name(&[Family::Callbacks], 1), "Callbacks");
        assert_eq!(name(&[Family::Callbacks, Family::Threads], 1), "Callbacks / turns");
    }

    #[test]
    fn the_ends_of_a_short_stretch_can_be_told_apart() {
        let at = SimTime::from_nanos;
        let span = |from, to| SpanOfTime { from: at(from), to: at(to) };
        assert_eq!(ends(span(1_040_000_000, 1_080_000_000), Clock::Millis), "1,040.0 – 1,080.0 ms");
        assert_eq!(ends(span(1_040_000_000, 1_040_007_000), Clock::Millis), "1,040.000 – 1,040.007 ms");
        assert_eq!(ends(span(1_040_000_000, 1_040_000_020), Clock::Millis), "1,040.000000 – 1,040.000020 ms");
    }
}
