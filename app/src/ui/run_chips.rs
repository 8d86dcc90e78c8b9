//! The chips of the runs in the bar at the top: A, B, …. Each has a menu: model, workers, thread policy, removing it;
//! after them a button adds a run.

use egui::{Popup, PopupCloseBehavior, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::session::knobs::{MOST_RUNS, with_run};
use crate::session::{Command, Session};
use crate::timeline::words::middle_cut;
use sim_core::instant::SimDuration;
use sim_core::model::MODELS;
use sim_core::scenario::{PolicySpec, RunSpec};

use super::fonts;
use super::icons::{self, Icon};
use super::knobs::{Pointing, chevron, chip_ui as small_chip_ui};
use super::theme::Theme;
use super::widgets::{self, Emit};

/// The part of a chip that opens its menu.
const MENU: f32 = 24.0;
/// The button that adds a run.
const ADD: f32 = 28.0;
const MENU_WIDTH: f32 = 232.0;
/// So many workers can be chosen in the menu; a file may ask for more.
const MOST_WORKERS: u32 = 64;

/// The width of a run's letter in its frame.
const LETTER: f32 = 32.0;
/// A title is shown in so many letters; whole on hover.
const MOST_LETTERS: usize = 32;
/// Free between two chips.
pub const GAP: f32 = 4.0;

/// How much of a run its chip says. The fewer words, the more runs have room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// Its sign, its whole title, and a way to its menu.
    Signed,
    /// Its whole title, and a way to its menu.
    Titled,
    /// The first words of its title, and a way to its menu.
    Short,
    /// Its letter, and a way to its menu.
    Letter,
    /// Its letter: pressed again it opens the menu.
    Bare,
}

impl Form {
    const ALL: [Form; 5] = [Form::Signed, Form::Titled, Form::Short, Form::Letter, Form::Bare];

    /// The form that says most and leaves `title` its room.
    pub fn within(room: f32, title: f32, width: impl Fn(Form) -> f32) -> Form {
        Form::ALL.into_iter().find(|form| width(*form) + title <= room).unwrap_or(Form::Bare)
    }

    /// What of a run's title stands in the chip.
    fn words(self, title: &str) -> String {
        match self {
            Form::Signed | Form::Titled => middle_cut(title, MOST_LETTERS),
            Form::Short => middle_cut(title.split(',').next().unwrap_or(title), MOST_LETTERS),
            Form::Letter | Form::Bare => String::new(),
        }
    }

    /// What the way to the menu takes.
    fn menu(self) -> f32 {
        if self == Form::Bare { 0.0 } else { MENU }
    }
}

/// The width of all chips in this form, and of what stands after them.
pub fn width_of_all(ui: &Ui, session: &Session, form: Form) -> f32 {
    let chips: f32 = session.runs().iter().map(|run| width(ui, &run.title, form) + GAP).sum();
    chips + if can_add(session) { ADD + GAP } else { 0.0 }
}

fn can_add(session: &Session) -> bool {
    session.shown().is_some_and(|s| s.runs.len() < MOST_RUNS)
}

/// The width of a run's chip.
fn width(ui: &Ui, title: &str, form: Form) -> f32 {
    let words = form.words(title);
    if words.is_empty() {
        return LETTER + form.menu();
    }
    let text = ui.painter().layout_no_wrap(words, fonts::medium(fonts::ROW), egui::Color32::WHITE);
    let sign = if form == Form::Signed { 22.0 } else { 0.0 };
    LETTER + sign + text.size().x + 6.0 + form.menu()
}

/// Shows the chip of a run.
pub fn chip_ui(ui: &mut Ui, session: &Session, run: usize, form: Form, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let of = &session.runs()[run];
    let focused = session.focus() == run;
    let (all, _) = ui.allocate_exact_size(vec2(width(ui, &of.title, form), 32.0), Sense::hover());
    let can_change = session.shown().is_some();
    let rect = if can_change { all.with_max_x(all.right() - form.menu()) } else { all };
    let response = ui.interact(rect, ui.scope_id().with(("run", run)), Sense::click());
    let said = format!("Run {}: {}", widgets::run_letter(run), of.title);
    response.widget_info(|| WidgetInfo::selected(egui::Role::RadioButton, true, focused, &said));
    let edge = if focused || response.has_focus() { theme.ink } else { theme.strong_line };
    let fill = if response.hovered() { theme.selected } else { theme.panel };
    ui.painter().rect(all, 6.0, fill, egui::Stroke::new(1.0, edge), egui::StrokeKind::Inside);
    widgets::run_key(ui.painter(), rect.left_center() + vec2(16.0, 0.0), run, focused, theme);
    let mut x = rect.left() + LETTER;
    if form == Form::Signed {
        let icon = if of.threads { Icon::Lanes } else { Icon::Loop };
        icons::icon(ui.painter(), icon, pos2(x + 8.0, rect.center().y), theme.text2, theme);
        x += 22.0;
    }
    let at = pos2(x, rect.center().y);
    let font = fonts::medium(fonts::ROW);
    widgets::text_cut(ui.painter(), at, &form.words(&of.title), font, theme.text1, rect.right() - x);
    // The letter alone: the first press looks at the run, another one asks what can be changed.
    let opens = can_change && form == Form::Bare && focused;
    let hint = match (opens, focused) {
        (true, _) => "Press again to change it",
        (false, true) => "Steps, keys and the event list act on this run",
        (false, false) => "Step through this run (N: the next)",
    };
    let response = response.on_hover_text(format!("{said}. {hint}"));
    if response.clicked() && !opens {
        emit.emit(Command::FocusRun(run));
    }
    if opens {
        menu_popup(Popup::menu(&response), ui, session, run, emit);
    } else if can_change && form != Form::Bare {
        menu_button_ui(ui, session, run, all.with_min_x(rect.right()), emit);
    }
}

/// The chevron of a chip, and what it opens.
fn menu_button_ui(ui: &mut Ui, session: &Session, run: usize, place: Rect, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let response = ui.interact(place, ui.scope_id().with(("run menu", run)), Sense::click());
    let said = format!("Change run {}", widgets::run_letter(run));
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &said));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(place.shrink(3.0), 4.0, theme.selected);
    }
    chevron(ui, place.center() - vec2(2.0, 0.0), Pointing::Down, theme.text2);
    let response = response.on_hover_text("Model, workers and policy of this run");
    menu_popup(Popup::menu(&response), ui, session, run, emit);
}

/// The menu of a run, at most as high as the window is below the bar.
fn menu_popup(popup: Popup<'_>, ui: &Ui, session: &Session, run: usize, emit: &mut Emit<'_>) {
    let room = (ui.ctx().content_rect().height() - 96.0).max(96.0);
    let popup = popup.close_behavior(PopupCloseBehavior::CloseOnClickOutside).width(MENU_WIDTH);
    popup.frame(menu_frame(emit.theme)).show(|ui| {
        let scroll = egui::ScrollArea::vertical().max_height(room).min_scrolled_height(room);
        scroll.show(ui, |ui| menu_ui(ui, session, run, emit));
    });
}

/// What can be changed about a run.
fn menu_ui(ui: &mut Ui, session: &Session, run: usize, emit: &mut Emit<'_>) {
    let Some(shown) = session.shown() else { return };
    let runs = shown.runs.clone();
    let Some(spec) = runs.get(run) else { return };
    ui.spacing_mut().item_spacing = vec2(8.0, 6.0);
    let changed = |change: &dyn Fn(&mut RunSpec)| {
        let mut runs = runs.clone();
        change(&mut runs[run]);
        // A title that the file gave it may not fit any more: the one that is made from model and workers does.
        runs[run].title = None;
        Command::SetRuns(runs)
    };
    head_ui(ui, "Model", emit);
    for model in MODELS {
        let option = option_ui(ui, model.title, spec.model == model, emit.theme).on_hover_text(model.line);
        if option.clicked() && spec.model != model {
            emit.emit(changed(&|run| {
                run.model = model;
                run.workers = run.workers.filter(|_| model.has_workers());
            }));
        }
    }
    if spec.model.has_workers() {
        head_ui(ui, "Workers", emit);
        let now = shown.workers(spec);
        ui.horizontal(|ui| {
            if small_chip_ui(ui, "−", "One worker fewer", false, emit.theme).clicked() && now > 1 {
                emit.emit(changed(&|run| run.workers = Some(now - 1)));
            }
            ui.label(egui::RichText::new(now.to_string()).font(fonts::mono_medium(fonts::BODY)));
            if small_chip_ui(ui, "+", "One worker more", false, emit.theme).clicked() && now < MOST_WORKERS {
                emit.emit(changed(&|run| run.workers = Some(now + 1)));
            }
        });
    }
    head_ui(ui, "How threads get their turn", emit);
    let robin = PolicySpec::RoundRobin { quantum: SimDuration::from_millis(4) };
    let policies = [None, Some(robin), Some(PolicySpec::Fifo), Some(PolicySpec::Fair)];
    for policy in policies {
        if option_ui(ui, &policy_name(policy), spec.policy == policy, emit.theme).clicked() && spec.policy != policy {
            emit.emit(changed(&|run| run.policy = policy));
        }
    }
    if runs.len() > 2 {
        ui.add_space(4.0);
        let name = format!("Remove run {}", widgets::run_letter(run));
        if small_chip_ui(ui, &name, &name, false, emit.theme).clicked() {
            let mut runs = runs.clone();
            runs.remove(run);
            emit.emit(Command::SetRuns(runs));
            ui.close();
        }
    }
}

/// The button after the chips: another run beside those that are there.
pub fn add_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let Some(runs) = session.shown().map(|s| &s.runs).filter(|_| can_add(session)) else { return };
    let theme = emit.theme;
    let (rect, response) = ui.allocate_exact_size(vec2(ADD, 32.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, "Add a run"));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 6.0, theme.selected);
    }
    let (centre, stroke) = (rect.center(), egui::Stroke::new(1.5, theme.text2));
    ui.painter().line_segment([centre - vec2(5.0, 0.0), centre + vec2(5.0, 0.0)], stroke);
    ui.painter().line_segment([centre - vec2(0.0, 5.0), centre + vec2(0.0, 5.0)], stroke);
    let response = response.on_hover_text("The same workload once more, under another model");
    Popup::menu(&response).width(MENU_WIDTH).frame(menu_frame(theme)).show(|ui| {
        ui.spacing_mut().item_spacing = vec2(8.0, 6.0);
        head_ui(ui, "Add a run of the same workload", emit);
        for model in MODELS {
            let add = small_chip_ui(ui, model.title, &format!("Add: {}", model.title), false, theme);
            if add.on_hover_text(model.line).clicked() {
                emit.emit(Command::SetRuns(with_run(runs, model)));
                ui.close();
            }
        }
    });
}

fn menu_frame(theme: &Theme) -> egui::Frame {
    egui::Frame::new()
        .fill(theme.panel)
        .stroke(egui::Stroke::new(1.0, theme.strong_line))
        .corner_radius(8.0)
        .inner_margin(12.0)
}

/// One of several: a circle, filled where it is in force, and its name.
fn option_ui(ui: &mut Ui, text: &str, on: bool, theme: &Theme) -> egui::Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(egui::Role::RadioButton, true, on, text));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect.expand2(vec2(4.0, 0.0)), 4.0, theme.selected);
    }
    let at = rect.left_center() + vec2(8.0, 0.0);
    ui.painter().circle_stroke(at, 6.0, egui::Stroke::new(1.2, theme.rail));
    if on {
        ui.painter().circle_filled(at, 3.2, theme.ink);
    }
    let (font, at) = (fonts::regular(fonts::BODY), rect.left_center() + vec2(24.0, 0.0));
    ui.painter().text(at, egui::Align2::LEFT_CENTER, text, font, theme.text1);
    response
}

fn head_ui(ui: &mut Ui, text: &str, emit: &Emit<'_>) {
    ui.label(egui::RichText::new(text).font(fonts::semibold(fonts::ROW)).color(emit.theme.text2));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chips_lose_words_before_the_title_does() {
        let width = |form| match form {
            Form::Signed => 400.0,
            Form::Titled => 350.0,
            Form::Short => 200.0,
            Form::Letter => 120.0,
            Form::Bare => 80.0,
        };
        let form = |room| Form::within(room, 130.0, width);
        assert_eq!(
            [530.0, 529.0, 400.0, 250.0, 210.0].map(form),
            [Form::Signed, Form::Titled, Form::Short, Form::Letter, Form::Bare]
        );
        assert_eq!(form(50.0), Form::Bare, "all that can be done");
    }
}
