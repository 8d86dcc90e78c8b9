//! What a run's chip opens: its model, workers, thread policy, and removing it; and the menu that adds a run.
//!
//! Models stand in groups, each with what it is in a line. One that cannot run the workload stays in its place and says
//! why. Where the window is wide enough there are two columns.

use egui::{Popup, PopupCloseBehavior, Response, Sense, Ui, WidgetInfo, vec2};

use sim_core::instant::SimDuration;
use sim_core::model::{Family, Model};
use sim_core::scenario::{PolicySpec, RunSpec, Scenario};

use crate::session::knobs::{with_model, with_run};
use crate::session::model_choices::{Kind, why_not, workers_title};
use crate::session::{Command, Session};

use super::changes::{disable_if_asked, waits_ui};
use super::fonts;
use super::knobs::chip_ui as small_chip_ui;
use super::theme::Theme;
use super::widgets::{self, Emit};

/// The width of a column.
const COLUMN: f32 = 336.0;
/// Between two columns.
const BETWEEN: f32 = 24.0;
/// The frame around the columns, and what of the window stays free at the sides.
const AROUND: f32 = 64.0;
/// So many workers can be chosen in the menu; a file may ask for more.
const MOST_WORKERS: u32 = 64;
/// The first column has so many of the groups: the two are about as high then.
const FIRST: usize = 2;

/// The menu of a run.
pub(super) fn popup(popup: Popup<'_>, ui: &Ui, session: &Session, run: usize, emit: &mut Emit<'_>) {
    let Some(shown) = session.shown() else { return };
    let Some(spec) = shown.runs.get(run) else { return };
    let popup = popup.close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    columns(popup, ui, emit, |ui, part, emit| {
        if part != Part::Second {
            waits_ui(ui, session, emit.theme);
        }
        disable_if_asked(ui, session);
        let [first, second] = groups(part);
        for kind in first.iter().chain(second) {
            group_ui(ui, *kind, shown, emit, |ui, model, why, emit| {
                let is_on = spec.model == model;
                let option = option_ui(ui, model.title, About::of(model, why), is_on, emit.theme);
                if option.clicked() && why.is_none() && !is_on {
                    emit.emit(Command::SetRuns(with_model(shown, run, model)));
                }
            });
        }
        if part != Part::First {
            workers_ui(ui, shown, run, emit);
            policies_ui(ui, shown, run, emit);
            inheritance_ui(ui, shown, run, emit);
            remove_ui(ui, shown, run, emit);
        }
    });
}

/// The menu that adds a run.
pub(super) fn add_popup(popup: Popup<'_>, ui: &Ui, session: &Session, emit: &mut Emit<'_>) {
    let Some(shown) = session.shown() else { return };
    columns(popup, ui, emit, |ui, part, emit| {
        if part != Part::Second {
            waits_ui(ui, session, emit.theme);
        }
        disable_if_asked(ui, session);
        let [first, second] = groups(part);
        for kind in first.iter().chain(second) {
            group_ui(ui, *kind, shown, emit, |ui, model, why, emit| {
                let name = format!("Add: {}", model.title);
                let option = line_ui(ui, (model.title, &name), About::of(model, why), None, emit.theme);
                if option.clicked() && why.is_none() {
                    emit.emit(Command::SetRuns(with_run(shown, model)));
                    ui.close();
                }
            });
        }
    });
}

/// Which part of a menu a column shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// There is one column.
    All,
    First,
    Second,
}

fn groups(part: Part) -> [&'static [Kind]; 2] {
    static ALL: [Kind; 6] = Kind::ALL;
    let (first, second) = ALL.split_at(FIRST);
    match part {
        Part::All => [first, second],
        Part::First => [first, &[]],
        Part::Second => [&[], second],
    }
}

/// A menu at most as high as the window is below the bar, in two columns where they have room.
fn columns(popup: Popup<'_>, ui: &Ui, emit: &mut Emit<'_>, mut part_ui: impl FnMut(&mut Ui, Part, &mut Emit<'_>)) {
    let window = ui.ctx().content_rect().size();
    let room = (window.y - 96.0).max(96.0);
    let two = COLUMN * 2.0 + BETWEEN;
    let (width, parts): (f32, &[Part]) = match window.x - AROUND >= two {
        true => (two, &[Part::First, Part::Second]),
        false => (COLUMN.min(window.x - AROUND), &[Part::All]),
    };
    popup.width(width).frame(frame(emit.theme)).show(|ui| {
        let scroll = egui::ScrollArea::vertical().max_height(room).min_scrolled_height(room);
        scroll.show(ui, |ui| {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = BETWEEN;
                for part in parts {
                    ui.vertical(|ui| {
                        ui.set_width(if parts.len() > 1 { COLUMN } else { width - 12.0 });
                        ui.spacing_mut().item_spacing = vec2(8.0, 3.0);
                        part_ui(ui, *part, emit);
                    });
                }
            });
        });
    });
}

/// A heading, and each of its models with why it cannot run this workload.
fn group_ui(
    ui: &mut Ui,
    kind: Kind,
    shown: &Scenario,
    emit: &mut Emit<'_>,
    mut model_ui: impl FnMut(&mut Ui, &'static Model, Option<&str>, &mut Emit<'_>),
) {
    head_ui(ui, kind.title(), emit.theme);
    for model in kind.models() {
        let why = why_not(model, shown);
        model_ui(ui, model, why.as_deref(), emit);
    }
    ui.add_space(4.0);
}

/// The runs with one of them changed.
fn changed(shown: &Scenario, run: usize, change: &dyn Fn(&mut RunSpec)) -> Command {
    let mut runs = shown.runs.clone();
    change(&mut runs[run]);
    // A title that the file gave it may not fit any more: the one that is made from model and workers does.
    runs[run].title = None;
    Command::SetRuns(runs)
}

fn workers_ui(ui: &mut Ui, shown: &Scenario, run: usize, emit: &mut Emit<'_>) {
    let spec = &shown.runs[run];
    let Some(title) = workers_title(spec.model) else { return };
    let noun = match spec.model.family {
        Family::Pool | Family::Sequential | Family::Threads => "thread",
        Family::Async | Family::Callbacks | Family::Coroutines | Family::Actors => "worker",
    };
    head_ui(ui, title, emit.theme);
    let now = shown.workers(spec);
    ui.horizontal(|ui| {
        let fewer = small_chip_ui(ui, "−", &format!("One {noun} fewer"), false, emit.theme);
        if fewer.clicked() && now > 1 {
            emit.emit(changed(shown, run, &|run| run.workers = Some(now - 1)));
        }
        ui.label(egui::RichText::new(now.to_string()).font(fonts::mono_medium(fonts::BODY)));
        let more = small_chip_ui(ui, "+", &format!("One {noun} more"), false, emit.theme);
        if more.clicked() && now < MOST_WORKERS {
            emit.emit(changed(shown, run, &|run| run.workers = Some(now + 1)));
        }
    });
    ui.add_space(4.0);
}

fn policies_ui(ui: &mut Ui, shown: &Scenario, run: usize, emit: &mut Emit<'_>) {
    head_ui(ui, "How OS threads get their turn on a core", emit.theme);
    let now = shown.runs[run].policy;
    let robin = PolicySpec::RoundRobin { quantum: SimDuration::from_millis(4) };
    for policy in [None, Some(robin), Some(PolicySpec::Fifo), Some(PolicySpec::Fair)] {
        let is_on = now == policy;
        if option_ui(ui, &policy_name(policy), About::Nothing, is_on, emit.theme).clicked() && !is_on {
            emit.emit(changed(shown, run, &|run| run.policy = policy));
        }
    }
}

/// Only where threads themselves hold the workload's locks.
fn inheritance_ui(ui: &mut Ui, shown: &Scenario, run: usize, emit: &mut Emit<'_>) {
    let spec = &shown.runs[run];
    if spec.model.family != Family::Threads {
        return;
    }
    head_ui(ui, "Priority inheritance", emit.theme);
    let machine = if shown.machine.priority_inheritance { "on" } else { "off" };
    let told = "Who holds a lock goes by the highest priority of those who wait for it.";
    for (inherits, name, about) in [
        (None, format!("as the machine has it: {machine}"), About::Nothing),
        (Some(true), "inherited".to_owned(), About::Is(told)),
        (Some(false), "not inherited".to_owned(), About::Is("Each thread keeps its own, whoever waits for it.")),
    ] {
        let is_on = spec.priority_inheritance == inherits;
        if option_ui(ui, &name, about, is_on, emit.theme).clicked() && !is_on {
            emit.emit(changed(shown, run, &|run| run.priority_inheritance = inherits));
        }
    }
}

fn remove_ui(ui: &mut Ui, shown: &Scenario, run: usize, emit: &mut Emit<'_>) {
    if shown.runs.len() <= 2 {
        return;
    }
    ui.add_space(4.0);
    let name = format!("Remove run {}", widgets::run_letter(run));
    if small_chip_ui(ui, &name, &name, false, emit.theme).clicked() {
        let mut runs = shown.runs.clone();
        runs.remove(run);
        emit.emit(Command::SetRuns(runs));
        ui.close();
    }
}

fn frame(theme: &Theme) -> egui::Frame {
    egui::Frame::new()
        .fill(theme.panel)
        .stroke(egui::Stroke::new(1.0, theme.strong_line))
        .corner_radius(8.0)
        .inner_margin(12.0)
}

/// What is said below a name.
#[derive(Clone, Copy)]
enum About<'a> {
    /// Nothing: it says all.
    Nothing,
    /// What it is.
    Is(&'a str),
    /// Why it cannot be had.
    Refused(&'a str),
}

impl<'a> About<'a> {
    fn of(model: &'static Model, why: Option<&'a str>) -> About<'a> {
        why.map_or(About::Is(model.line), About::Refused)
    }

    fn text(self) -> &'a str {
        match self {
            About::Nothing => "",
            About::Is(text) | About::Refused(text) => text,
        }
    }

    fn is_refused(self) -> bool {
        matches!(self, About::Refused(_))
    }
}

/// One of several: a circle, filled where it is in force, and its name.
fn option_ui(ui: &mut Ui, text: &str, about: About<'_>, on: bool, theme: &Theme) -> Response {
    line_ui(ui, (text, text), about, Some(on), theme)
}

/// A line of the menu: what is seen, and how it is called; of a choice, whether it is in force.
fn line_ui(ui: &mut Ui, (text, name): (&str, &str), about: About<'_>, on: Option<bool>, theme: &Theme) -> Response {
    let (told, able) = (about.text(), !about.is_refused() && ui.is_enabled());
    let indent = if on.is_some() { 24.0 } else { 8.0 };
    let wide = ui.available_width();
    let font = fonts::regular(fonts::LEAST);
    let below = ui.painter().layout(told.to_owned(), font, theme.text3, wide - indent - 4.0);
    let height = if !told.is_empty() { 21.0 + below.size().y + 2.0 } else { 24.0 };
    let sense = if able { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(vec2(wide, height), sense);
    response.widget_info(|| match on {
        Some(on) => WidgetInfo::selected(egui::Role::RadioButton, able, on, name),
        None => WidgetInfo::labeled(egui::Role::Button, able, name),
    });
    if !told.is_empty() {
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(told));
    }
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    if (response.hovered() && able) || response.has_focus() {
        ui.painter().rect_filled(rect.expand2(vec2(4.0, 0.0)), 4.0, theme.selected);
    }
    let color = if able { theme.text1 } else { theme.text3 };
    let first = rect.left_top() + vec2(0.0, 12.0);
    if let Some(on) = on {
        let at = first + vec2(8.0, 0.0);
        ui.painter().circle_stroke(at, 6.0, egui::Stroke::new(1.2, theme.rail));
        if on {
            ui.painter().circle_filled(at, 3.2, theme.ink);
        }
    }
    let font = fonts::regular(fonts::BODY);
    ui.painter().text(first + vec2(indent, 0.0), egui::Align2::LEFT_CENTER, text, font, color);
    ui.painter().galley(rect.left_top() + vec2(indent, 21.0), below, theme.text3);
    response
}

fn head_ui(ui: &mut Ui, text: &str, theme: &Theme) {
    ui.label(egui::RichText::new(text).font(fonts::semibold(fonts::ROW)).color(theme.text2));
}

fn policy_name(policy: Option<PolicySpec>) -> String {
    match policy {
        None => "as the machine has it".to_owned(),
        Some(PolicySpec::RoundRobin { quantum }) => {
            format!("in turn, {} ms each", quantum.as_millis_f64())
        }
        Some(PolicySpec::Fifo) => "first come, until it blocks".to_owned(),
        Some(PolicySpec::Fair) => "fair shares".to_owned(),
    }
}
