//! The settings' row of costs: the profiles that there are, and a field for the path of another.

use egui::{Id, Key, RichText, Ui, vec2};

use crate::session::settings::CostsChoice;
use crate::session::{Command, Session, jobs};

use super::fonts;
use super::library::{FieldWords, field_ui};
use super::settings::choice_ui;
use super::widgets::{Emit, Weight, text_button};

const WORDS: FieldWords<'_> = FieldWords { name: "Cost profile file", hint: "path of a cost profile: mine.ron" };

/// What the row is about; how this computer comes to be offered, where it is not.
pub(super) fn about(session: &Session) -> &'static str {
    match session.calibrated() {
        Some(_) => "What each step costs. A lesson's text speaks of the scenario's own. A change runs it again.",
        None => {
            "What each step costs. A lesson's text speaks of the scenario's own. A change runs it again. The command \
             “wakeline calibrate”, in a terminal, measures this computer, to be chosen here."
        }
    }
}

/// The choices, the field, and why what was chosen is not used.
pub(super) fn costs_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let now = &session.settings().costs;
    let mut offered = CostsChoice::BUILT_IN.to_vec();
    // What is not there is not offered.
    if session.calibrated().is_some() || *now == CostsChoice::Calibrated {
        offered.push(CostsChoice::Calibrated);
    }
    if let CostsChoice::File(_) = now {
        offered.push(now.clone());
    }
    let titles: Vec<String> = offered.iter().map(CostsChoice::title).collect();
    let all: Vec<_> = titles.iter().zip(offered).map(|(t, c)| (t.as_str(), c.clone(), Command::SetCosts(c))).collect();
    choice_ui(ui, "Costs", now.clone(), &all, emit);
    file_ui(ui, now, emit);
    if !session.costs_problem().is_empty() {
        let said = RichText::new(session.costs_problem()).font(fonts::regular(fonts::LABEL)).color(emit.theme.text1);
        ui.add(egui::Label::new(said).wrap());
    }
}

/// A path, taken with Enter or the button beside it.
fn file_ui(ui: &mut Ui, now: &CostsChoice, emit: &mut Emit<'_>) {
    let id = Id::unique("cost profile path");
    let chosen = match now {
        CostsChoice::File(path) => path.display().to_string(),
        CostsChoice::Scenario
        | CostsChoice::Textbook
        | CostsChoice::Jimblandy
        | CostsChoice::Cited
        | CostsChoice::Calibrated => String::new(),
    };
    let mut text = ui.data_mut(|data| data.get_temp_mut_or(id, chosen).clone());
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        let width = (ui.available_width() - 80.0).clamp(120.0, 380.0);
        let (rect, _) = ui.allocate_exact_size(vec2(width, 32.0), egui::Sense::hover());
        let field = field_ui(ui, rect, &mut text, WORDS, emit.theme);
        let entered = field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
        let able = !text.trim().is_empty();
        let button = ui.add_enabled_ui(able, |ui| text_button(ui, "Use", Weight::Framed, 64.0, emit.theme)).inner;
        let button = button.on_hover_text("Charge what this file says, in every scenario");
        if able && (button.clicked() || entered) {
            emit.emit(Command::SetCosts(CostsChoice::File(jobs::path_from_text(&text))));
        }
    });
    ui.data_mut(|data| data.insert_temp(id, text));
}
