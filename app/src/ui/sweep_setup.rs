//! What is swept: which value, from where to where, which runs; the way to start it and to stop it.

use egui::{DragValue, Sense, Ui, WidgetInfo, vec2};
use sim_core::SimDuration;
use sim_core::scenario::sweep::{Quantity, Scale};
use sim_core::scenario::{RunSpec, Scenario};

use crate::session::sweep::SweepAsk;
use crate::session::sweep_choices::Choice;
use crate::session::{Command, Session};

use super::fonts;
use super::knobs::{chip_ui, label, name_of, wrapped};
use super::widgets::{self, Emit, Weight, run_letter};

/// The width of a field for one end.
const FIELD: f32 = 72.0;

/// Shows it.
pub fn setup_ui(ui: &mut Ui, session: &Session, ask: &SweepAsk, emit: &mut Emit<'_>) {
    let choices = session.sweep_choices();
    let mut wanted = ask.clone();
    let chosen = choices.iter().find(|choice| choice.path == ask.path);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.spacing_mut().interact_size.y = 28.0;
        let fields = if chosen.is_some() { 2.0 * FIELD + 40.0 } else { 0.0 };
        let width = (ui.available_width() - fields).max(90.0);
        choice_ui(ui, &choices, chosen, &mut wanted, width);
        if let Some(chosen) = chosen {
            end_ui(ui, &mut wanted.between.from, chosen, "From");
            ui.label("to");
            end_ui(ui, &mut wanted.between.to, chosen, "To");
        }
    });
    wrapped(ui, |ui| {
        scales_ui(ui, &mut wanted, emit);
        if let Some(shown) = session.shown() {
            ui.add_space(6.0);
            runs_ui(ui, shown, &mut wanted, emit);
        }
    });
    start_ui(ui, session, ask, emit);
    if wanted != *ask {
        emit.emit(Command::SetUpSweep(Box::new(wanted)));
    }
}

/// How the values are spread.
fn scales_ui(ui: &mut Ui, wanted: &mut SweepAsk, emit: &Emit<'_>) {
    for (scale, hint) in [
        (Scale::Log, "1, 2, 5, 10, 20, 50 …: as far from 10 to 100 as from 100 to 1,000"),
        (Scale::Linear, "Each value so much more than the one before"),
    ] {
        let (name, on) = (format!("Scale: {}", scale.id()), wanted.between.scale == scale);
        if chip_ui(ui, scale.id(), &name, on, emit.theme).on_hover_text(hint).clicked() {
            wanted.between.scale = scale;
        }
    }
}

/// Which value.
fn choice_ui(ui: &mut Ui, choices: &[Choice], chosen: Option<&Choice>, wanted: &mut SweepAsk, width: f32) {
    let text = chosen.map_or(&wanted.path, |choice| &choice.label).clone();
    let combo = egui::ComboBox::from_id_salt("swept value").selected_text(&text).width(width).truncate();
    let shown = combo.show_ui(ui, |ui| {
        for choice in choices {
            let option = ui.selectable_label(wanted.path == choice.path, &choice.label);
            if option.on_hover_text(&choice.path).clicked() && wanted.path != choice.path {
                *wanted = SweepAsk::usual(choice, wanted.runs.clone());
            }
        }
    });
    name_of(ui, &shown.response, &format!("Value that is swept: {text}"));
    shown.response.on_hover_text(&wanted.path);
}

/// One end of the sweep.
fn end_ui(ui: &mut Ui, value: &mut u64, choice: &Choice, name: &str) {
    let quantity = choice.quantity;
    let speed = (*value as f64 * 0.01).max(0.05);
    let field = DragValue::new(value)
        .range(0..=choice.most())
        .speed(speed)
        .update_while_editing(false)
        .custom_formatter(move |number, _| quantity.write(number as u64))
        .custom_parser(move |text| read(text, quantity));
    let response = ui.add_sized(vec2(FIELD, 28.0), field);
    response.widget_info(|| WidgetInfo::drag_value(true, *value as f64));
    name_of(ui, &response, name);
}

/// A value as a person writes it: "10,000", "1.5 ms".
fn read(text: &str, quantity: Quantity) -> Option<f64> {
    let plain = text.trim().replace([',', ' ', '_'], "");
    match quantity {
        Quantity::Count => plain.parse::<u64>().ok().map(|count| count as f64),
        Quantity::Time => plain.parse::<SimDuration>().ok().map(|length| length.as_nanos() as f64),
    }
}

/// Which runs.
fn runs_ui(ui: &mut Ui, shown: &Scenario, wanted: &mut SweepAsk, emit: &Emit<'_>) {
    for (n, run) in shown.runs.iter().enumerate() {
        let on = wanted.runs.contains(&run.id);
        let text = format!("{} {}", run_letter(n), run.id);
        let chip = chip_ui(ui, &text, &format!("Sweep run {text}"), on, emit.theme).on_hover_text(shown.run_title(run));
        if chip.clicked() {
            wanted.runs = turned(shown.runs.as_slice(), &wanted.runs, &run.id);
        }
    }
}

/// The runs with this one added, or taken away; in their order in the scenario.
fn turned(all: &[RunSpec], wanted: &[String], id: &str) -> Vec<String> {
    let is_wanted = |run: &&RunSpec| wanted.contains(&run.id) != (run.id == id);
    all.iter().filter(is_wanted).map(|run| run.id.clone()).collect()
}

/// The way to start it, or how far it is and the way to stop it.
fn start_ui(ui: &mut Ui, session: &Session, ask: &SweepAsk, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    if session.is_sweeping() {
        let (done, all) = session.swept().map_or((0, 0), |found| (found.curves.done(), found.curves.all()));
        let said = if all == 0 { "Reading the values".to_owned() } else { format!("{done} of {all} runs") };
        ui.horizontal(|ui| {
            if widgets::text_button(ui, "Cancel sweep", Weight::Framed, 80.0, theme).clicked() {
                emit.emit(Command::CancelSweep);
            }
            let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 34.0), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(egui::Role::Status, true, &said));
            let font = fonts::regular(fonts::LABEL);
            widgets::text_cut(ui.painter(), rect.left_center(), &said, font, theme.text2, rect.width());
        });
        return;
    }
    let why = session.why_not(&Command::StartSweep);
    let said = match (why, ask.points()) {
        (Some(why), _) => why.to_owned(),
        (None, Some(points)) => {
            let runs = if ask.runs.len() == 1 { "1 run".to_owned() } else { format!("{} runs", ask.runs.len()) };
            format!("{points} values × {runs}")
        }
        (None, None) => String::new(),
    };
    ui.horizontal(|ui| {
        let start = ui
            .add_enabled_ui(why.is_none(), |ui| widgets::text_button(ui, "Start sweep", Weight::Primary, 80.0, theme));
        if start.inner.clicked() {
            emit.emit(Command::StartSweep);
        }
        label(ui, &said, fonts::regular(fonts::LABEL), theme.text2);
    });
    if let Some(problem) = session.sweep_problem() {
        label(ui, problem, fonts::regular(fonts::ROW), theme.finding);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_they_are_written() {
        for value in [1, 10_000, 1_000_000] {
            assert_eq!(read(&Quantity::Count.write(value), Quantity::Count), Some(value as f64));
        }
        for value in [20_000, 1_500_000, 2_000_000_000] {
            assert_eq!(read(&Quantity::Time.write(value), Quantity::Time), Some(value as f64));
        }
        assert_eq!(read("many", Quantity::Count), None);
        assert_eq!(read("10", Quantity::Time), None, "a length has a unit");
    }
}
