//! What a person may turn: knobs, seed, costs; in the lesson under a head that opens, and in a tab of their own.

use egui::{Color32, Rect, Sense, Slider, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::session::costs::own_costs;
use crate::session::knobs::{Dial, value_at};
use crate::session::settings::CostsChoice;
use crate::session::{Command, Run, Session};
use sim_core::scenario::{KnobValues, Scenario};
use sim_core::trace::Family;

use super::changes::{ask_to_see, changed_ui, disable_if_asked, variants_ui, waits_ui};
use super::fonts;
use super::theme::Theme;
use super::widgets::{self, Emit};

/// A re-run that takes no longer than this is not spoken of.
const PATIENCE: f64 = 0.3;

/// The experiment: everything that can be turned, under a head that opens and closes.
pub fn experiment_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    if session.written().is_none() {
        return;
    }
    let theme = emit.theme;
    let turned = session.turned();
    let id = ui.make_persistent_id("experiment");
    let open = ui.data_mut(|d| d.get_persisted::<bool>(id)).unwrap_or(false);
    let said = if turned == 0 { "Knobs".to_owned() } else { format!("Knobs · {turned} turned") };
    let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
    // What changed stands below: the way there is in the row, where it moves nothing.
    let see = if session.is_changed() { 118.0 } else { 0.0 };
    let rect = row.with_max_x(row.right() - see);
    let response = ui.interact(rect, id.with("head"), Sense::click());
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, open, &said));
    let color = if response.hovered() { theme.text1 } else { theme.text2 };
    let pointing = if open { Pointing::Down } else { Pointing::Right };
    chevron(ui, pos2(rect.left() + 5.0, rect.center().y), pointing, color);
    let at = rect.left_center() + vec2(18.0, 0.0);
    ui.painter().text(at, egui::Align2::LEFT_CENTER, &said, fonts::semibold(fonts::ROW), color);
    focus_ring(ui, rect, &response, theme);
    let response = response.on_hover_text("Knobs, seed and costs of this scenario");
    if response.clicked() {
        ui.data_mut(|d| d.insert_persisted(id, !open));
    }
    if session.is_changed() {
        let place = Rect::from_min_max(pos2(rect.right(), row.top() + 3.0), row.max);
        let builder = egui::UiBuilder::new().max_rect(place).layout(egui::Layout::right_to_left(egui::Align::Center));
        let see = ui.scope_builder(builder, |ui| link_ui(ui, "What changed ↓", "See what changed", theme)).inner;
        if see.clicked() {
            ask_to_see(ui);
            ui.ctx().request_repaint();
        }
    }
    if open {
        knobs_ui(ui, session, emit);
    }
}

/// The tab: on the left what can be changed at once and what came of it, on the right the knobs.
pub fn tab_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let area = ui.max_rect().shrink2(vec2(16.0, 8.0));
    widgets::inside(ui, area, |ui| {
        if session.written().is_none() {
            let said = "A recording is what it is: nothing of it can be changed. Open its scenario to turn something.";
            return label(ui, said, fonts::regular(fonts::ROW), emit.theme.text2);
        }
        let columns = if area.width() < 480.0 { 1 } else { 2 };
        let width = (area.width() / columns as f32 - 12.0).min(380.0);
        let column = |n: usize| {
            let left = area.left() + n as f32 * (width + 24.0);
            Rect::from_min_max(pos2(left, area.top()), pos2(left + width + 10.0, area.bottom()))
        };
        scroll_ui(ui, column(0), |ui| {
            variants_ui(ui, session, emit);
            if columns == 1 {
                knobs_ui(ui, session, emit);
            }
            changed_ui(ui, session, emit);
        });
        if columns == 2 {
            scroll_ui(ui, column(1), |ui| knobs_ui(ui, session, emit));
        }
    });
}

/// A column that scrolls by itself.
fn scroll_ui(ui: &mut Ui, place: Rect, add: impl FnOnce(&mut Ui)) {
    widgets::inside(ui, place, |ui| {
        let scroll = egui::ScrollArea::vertical().id_salt(("column", place.left() as i32)).auto_shrink(false);
        scroll.show(ui, |ui| {
            ui.set_max_width(place.width() - 10.0);
            ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
            add(ui);
        });
    });
}

/// Every knob, the seed and the costs.
fn knobs_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let (Some(written), Some(document)) = (session.written(), session.document()) else { return };
    let theme = emit.theme;
    waits_ui(ui, session, theme);
    ui.scope(|ui| {
        disable_if_asked(ui, session);
        for dial in &document.dials {
            dial_ui(ui, session, dial, emit);
        }
        seed_ui(ui, session, written, emit);
        costs_ui(ui, session, written, emit);
    });
    let said = "Model, workers and thread policy of each run are in its chip at the top; + adds a run.";
    label(ui, said, fonts::regular(fonts::LABEL), theme.text3);
}

fn dial_ui(ui: &mut Ui, session: &Session, dial: &Dial, emit: &mut Emit<'_>) {
    let wanted = session.wanted_value(&dial.path);
    let now = wanted.as_deref().unwrap_or(&dial.now);
    let mut value = None;
    let shown = if now.is_empty() { "as usual" } else { now };
    head_ui(ui, &dial.label, shown, emit.theme);
    match &dial.values {
        KnobValues::Range(from, to) => {
            let mut number = now.parse::<u32>().unwrap_or(*from).clamp(*from, *to);
            let theme = emit.theme;
            let response = ui.scope(|ui| {
                ui.spacing_mut().slider_width = ui.available_width();
                ui.visuals_mut().widgets.inactive.bg_fill = theme.strong_line;
                ui.visuals_mut().selection.bg_fill = theme.ink;
                ui.add(Slider::new(&mut number, *from..=*to).show_value(false).trailing_fill(true))
            });
            let response = response.inner;
            response.widget_info(|| WidgetInfo::slider(ui.is_enabled(), f64::from(number), &dial.label));
            if response.changed() {
                value = Some(number.to_string());
            }
        }
        KnobValues::OneOf(values) => wrapped(ui, |ui| {
            for one in values {
                let name = format!("{}: {one}", dial.label);
                if chip_ui(ui, one, &name, one == now, emit.theme).clicked() {
                    value = Some(one.clone());
                }
            }
        }),
    }
    foot_ui(ui, shown, &dial.written, &dial.path, emit);
    if let Some(value) = value.filter(|value| value != now) {
        emit.emit(Command::Turn { path: dial.path.clone(), value });
    }
}

/// A knob's name and value.
fn head_ui(ui: &mut Ui, name: &str, now: &str, theme: &Theme) {
    ui.add_space(2.0);
    let width = ui.available_width();
    let painter = ui.painter().clone();
    let value = painter.layout_no_wrap(now.to_owned(), fonts::mono_medium(fonts::LABEL), theme.text1);
    let name = painter.layout(
        name.to_owned(),
        fonts::regular(fonts::ROW),
        theme.text1,
        (width - value.size().x - 10.0).max(80.0),
    );
    let (rect, _) = ui.allocate_exact_size(vec2(width, name.size().y.max(18.0)), Sense::hover());
    painter.galley(rect.min, name, theme.text1);
    let at = pos2(rect.right() - value.size().x, rect.bottom() - value.size().y);
    painter.galley(at, value, theme.text1);
}

/// What a knob was, where it is turned, and the way back: below it, so that it does not move when it is turned.
fn foot_ui(ui: &mut Ui, now: &str, written: &str, path: &str, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    if now != written && !written.is_empty() {
        ui.horizontal(|ui| {
            label(ui, &format!("{written} in the lesson"), fonts::regular(fonts::LABEL), theme.text2);
            if link_ui(ui, "reset", &format!("Reset {path}"), theme).clicked() {
                emit.emit(Command::Turn { path: path.to_owned(), value: written.to_owned() });
            }
        });
    }
}

fn seed_ui(ui: &mut Ui, session: &Session, written: &Scenario, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let wanted = session.wanted_value("seed").and_then(|s| s.parse().ok());
    let mut seed: u64 = wanted.or(session.shown().map(|s| s.seed)).unwrap_or(written.seed);
    let before = seed;
    head_ui(ui, "Seed: chance in this world", &seed.to_string(), theme);
    ui.horizontal(|ui| {
        let field = egui::DragValue::new(&mut seed).speed(0.1).update_while_editing(false);
        let response = ui.add_sized(vec2(72.0, 28.0), field);
        response.widget_info(|| WidgetInfo::drag_value(ui.is_enabled(), seed as f64));
        name_of(ui, &response, "Seed");
        if chip_ui(ui, "another world", "Another world", false, theme)
            .on_hover_text("The next seed: other latencies, other chance")
            .clicked()
        {
            emit.emit(Command::AnotherWorld);
        }
    });
    if !session.is_left_to_chance() {
        let said = "Chance plays no part in these runs: they are the same in every world.";
        label(ui, said, fonts::regular(fonts::LABEL), theme.text2);
    }
    foot_ui(ui, &before.to_string(), &written.seed.to_string(), "seed", emit);
    if seed != before {
        emit.emit(Command::Turn { path: "seed".to_owned(), value: seed.to_string() });
    }
}

/// What things cost, with what that means.
const COSTS: [(&str, &str, &str); 3] = [
    (
        "zero",
        "textbook",
        "Only what the program asks for takes time: sums come out as in a textbook. Each poll costs 1 ns, so that a task \
         that wakes itself cannot stop the clock.",
    ),
    ("jimblandy", "jimblandy", "As Jim Blandy measured them on Linux: switches, spawns and polls have their price."),
    ("cited", "cited", "From published measurements; each has its source in the documentation."),
];

fn costs_ui(ui: &mut Ui, session: &Session, written: &Scenario, emit: &mut Emit<'_>) {
    let wanted = session.wanted_value("costs").or_else(|| session.costs_used().map(str::to_owned));
    let now = wanted.unwrap_or_else(|| own_costs(written).name);
    let theme = emit.theme;
    let family = session.focused().map_or(Family::Async, Run::family);
    label(ui, "Costs", fonts::regular(fonts::ROW), theme.text1);
    wrapped(ui, |ui| {
        for (id, name, meaning) in COSTS {
            let on = id == now;
            if chip_ui(ui, name, &format!("Costs: {name}"), on, theme).on_hover_text(family.reword(meaning)).clicked()
                && !on
            {
                emit.emit(Command::Turn { path: "costs".to_owned(), value: id.to_owned() });
            }
        }
        if !COSTS.iter().any(|(id, _, _)| *id == now) {
            chip_ui(ui, &now, &format!("Costs: {now}"), true, theme).on_hover_text("A cost profile from a file.");
        }
    });
    if let Some((_, _, meaning)) = COSTS.iter().find(|(id, _, _)| *id == now) {
        label(ui, &family.reword(meaning), fonts::regular(fonts::LABEL), theme.text2);
    }
    if session.are_costs_turned() {
        ui.horizontal(|ui| {
            label(ui, &costs_text(session, written), fonts::regular(fonts::LABEL), theme.text2);
            if link_ui(ui, "reset", "Reset costs", theme).clicked() {
                emit.emit(match session.are_costs_of_settings() {
                    true => Command::SetCosts(CostsChoice::Scenario),
                    false => Command::Turn { path: "costs".to_owned(), value: value_at(written, "costs") },
                });
            }
        });
    }
}

/// Where other costs than the lesson's come from.
pub(super) fn costs_text(session: &Session, written: &Scenario) -> String {
    let own = own_costs(written).name;
    let name = COSTS.iter().find(|(id, _, _)| *id == own).map_or(own.as_str(), |(_, name, _)| name);
    match session.are_costs_of_settings() {
        true => format!("from Settings; {name} in the lesson"),
        false => format!("{name} in the lesson"),
    }
}

/// While something is run again for longer than a person would not notice: how far it is, and a way to stop it.
pub fn progress_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let Some(progress) = session.running_again().filter(|_| is_long(ui, session)) else { return };
    let theme = emit.theme;
    let run = widgets::run_letter(progress.run.min(progress.runs.saturating_sub(1)));
    let said = if progress.run < progress.runs {
        format!("Running {run} again: {} events", progress.events)
    } else {
        "Running again".to_owned()
    };
    ui.horizontal(|ui| {
        let room = (ui.available_width() - 72.0).max(60.0);
        let (rect, response) = ui.allocate_exact_size(vec2(room, 28.0), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Status, true, &said));
        let font = fonts::regular(fonts::LABEL);
        widgets::text_cut(ui.painter(), rect.left_center(), &said, font, theme.text2, rect.width());
        if chip_ui(ui, "Cancel", "Cancel running again", false, theme).clicked() {
            emit.emit(Command::CancelLoading);
        }
    });
}

/// Whether the running again has lasted so long that it is spoken of.
pub fn is_long(ui: &Ui, session: &Session) -> bool {
    let id = egui::Id::unique("running again since");
    let now = ui.input(|i| i.time);
    if session.running_again().is_none() {
        ui.data_mut(|d| d.remove::<f64>(id));
        return false;
    }
    let since = ui.data_mut(|d| *d.get_temp_mut_or(id, now));
    let left = PATIENCE - (now - since);
    if left > 0.0 {
        ui.ctx().request_repaint_after_secs(left as f32);
    }
    left <= 0.0
}

/// A small button; `on` is the one of several that is in force.
pub fn chip_ui(ui: &mut Ui, text: &str, name: &str, on: bool, theme: &Theme) -> egui::Response {
    let room = (ui.max_rect().width() - 20.0).max(40.0);
    let galley = ui.painter().layout(text.to_owned(), fonts::medium(fonts::ROW), theme.text1, room);
    let size = galley.size() + vec2(18.0, 11.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, ui.is_enabled(), on, name));
    let (fill, edge, color) = match (on, response.hovered()) {
        (true, _) => (theme.ink, theme.ink, theme.on_ink),
        (false, true) => (theme.selected, theme.strong_line, theme.text1),
        (false, false) => (theme.panel, theme.strong_line, theme.text1),
    };
    ui.painter().rect(rect, 5.0, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
    let at = (rect.center() - galley.size() / 2.0).round();
    ui.painter().galley_with_override_text_color(at, galley, color);
    focus_ring(ui, rect, &response, theme);
    response
}

/// Words that can be clicked.
pub(super) fn link_ui(ui: &mut Ui, text: &str, name: &str, theme: &Theme) -> egui::Response {
    let galley = ui.painter().layout_no_wrap(text.to_owned(), fonts::medium(fonts::LABEL), theme.text1);
    let (rect, response) = ui.allocate_exact_size(galley.size() + vec2(4.0, 4.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, name));
    ui.painter().hline(rect.shrink(2.0).x_range(), rect.bottom() - 2.0, Stroke::new(1.0, theme.strong_line));
    ui.painter().galley(rect.min + vec2(2.0, 2.0), galley, theme.text1);
    focus_ring(ui, rect, &response, theme);
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

fn focus_ring(ui: &Ui, rect: Rect, response: &egui::Response, theme: &Theme) {
    if response.has_focus() {
        ui.painter().rect_stroke(rect.expand(2.0), 7.0, Stroke::new(2.0, theme.ink), StrokeKind::Outside);
    }
}

/// Gives a control that brings its own contents the name that it is called by.
pub(super) fn name_of(ui: &Ui, response: &egui::Response, name: &str) {
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name));
}

pub(super) fn label(ui: &mut Ui, text: &str, font: egui::FontId, color: Color32) {
    ui.add(egui::Label::new(egui::RichText::new(text).font(font).color(color)).wrap());
}

pub(super) fn wrapped(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
        add(ui);
    });
}

/// Where a chevron points.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pointing {
    /// What it heads is closed.
    Right,
    /// It opens downwards, or is open.
    Down,
    /// It closes upwards.
    Up,
}

/// A chevron of eight points.
pub fn chevron(ui: &Ui, at: egui::Pos2, pointing: Pointing, color: Color32) {
    let points = match pointing {
        Pointing::Right => [(-2.0, -4.0), (2.0, 0.0), (-2.0, 4.0)],
        Pointing::Down => [(-4.0, -2.0), (0.0, 2.0), (4.0, -2.0)],
        Pointing::Up => [(-4.0, 2.0), (0.0, -2.0), (4.0, 2.0)],
    };
    let points = points.map(|(x, y)| at + vec2(x, y)).to_vec();
    ui.painter().add(egui::Shape::line(points, Stroke::new(1.5, color)));
}
