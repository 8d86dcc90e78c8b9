//! The chips of the runs in the bar at the top: A, B, …. Each has a menu; after them a button adds a run.

use egui::{Popup, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::session::knobs::MOST_RUNS;
use crate::session::{Command, Session};
use crate::timeline::words::middle_cut;

use super::fonts;
use super::icons::{self, Icon};
use super::knobs::{Pointing, chevron};
use super::run_menu;
use super::widgets::{self, Emit};

/// The part of a chip that opens its menu.
const MENU: f32 = 24.0;
/// The button that adds a run.
const ADD: f32 = 28.0;

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
    /// Its letter alone: as any other, it opens the menu when it is pressed again.
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
    // The first press looks at the run, another one asks what can be changed.
    let opens = can_change && focused;
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
        run_menu::popup(Popup::menu(&response), ui, session, run, emit);
    }
    if can_change && form != Form::Bare {
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
    run_menu::popup(Popup::menu(&response), ui, session, run, emit);
}

/// The button after the chips: another run beside those that are there.
pub fn add_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    if !can_add(session) {
        return;
    }
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
    run_menu::add_popup(Popup::menu(&response), ui, session, emit);
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
