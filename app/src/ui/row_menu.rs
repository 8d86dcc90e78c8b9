//! The controls in a run's head: fold the run, and a small menu for its rows. And a row's own pin.

use egui::{Popup, PopupCloseBehavior, Rect, Response, RichText, Sense, Stroke, TextEdit, Ui, WidgetInfo, pos2, vec2};
use sim_core::analysis::track::TrackKind;

use crate::session::command::key_for_people;
use crate::session::rows::RowSort;
use crate::session::{Command, keymap};
use crate::timeline::axis::with_thousands;
use crate::timeline::rows::{Row, RowGroup, Why};

use super::crowd_labels::{Chevron, chevron, noun};
use super::fonts;
use super::theme::Theme;
use super::timeline_panel::Panel;
use super::widgets::{self, Emit};

/// The head's controls take so much at its right.
pub(super) const CONTROLS: f32 = 64.0;

impl Panel<'_> {
    /// The controls at the right of a run's head.
    pub(super) fn head_controls_ui(&self, ui: &mut Ui, row: &Row, rect: Rect, emit: &mut Emit<'_>) {
        let (plan, theme) = (&self.run(row).rows, emit.theme);
        let place =
            |n: f32| Rect::from_center_size(pos2(rect.right() - 22.0 - 26.0 * n, rect.center().y), vec2(24.0, 22.0));
        let letter = widgets::run_letter(row.run);
        let fold = if plan.is_collapsed() { "Show the rows of run" } else { "Fold to its head: run" };
        let response = quiet_button_ui(ui, place(0.0), ("fold", row.run), &format!("{fold} {letter}"), theme);
        let to = if plan.is_collapsed() { Chevron::Right } else { Chevron::Down };
        chevron(ui, place(0.0).center(), to, theme.text2);
        if response.on_hover_text(format!("{fold} {letter} (H)")).clicked() {
            emit.emit(Command::FoldRun(row.run));
        }
        let response = quiet_button_ui(ui, place(1.0), ("menu", row.run), &format!("Rows of run {letter}"), theme);
        for x in [-5.0, 0.0, 5.0] {
            ui.painter().circle_filled(place(1.0).center() + vec2(x, 0.0), 1.5, theme.text2);
        }
        Popup::menu(&response).close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
            ui.set_min_width(210.0);
            self.menu_ui(ui, row, emit);
        });
        response.on_hover_text("Rows: fold, sort, filter");
    }

    fn menu_ui(&self, ui: &mut Ui, row: &Row, emit: &mut Emit<'_>) {
        let (of, theme) = (self.run(row), emit.theme);
        let (plan, run) = (&of.rows, row.run);
        ui.spacing_mut().item_spacing.y = 4.0;
        heading_ui(ui, "Show", theme);
        for group in RowGroup::ALL {
            let mut shown = !plan.is_hidden(group);
            if ui.checkbox(&mut shown, group.title()).changed() {
                emit.emit(Command::FoldGroup { run, group });
            }
        }
        if plan.order().len() > 1 {
            let mut folded = plan.is_folded();
            let count = with_thousands(&plan.order().len().to_string());
            if ui.checkbox(&mut folded, format!("{count} {} as one picture", noun(of))).changed() {
                emit.emit(Command::FoldCrowd(run));
            }
        }
        ui.add_space(4.0);
        heading_ui(ui, &format!("Filter {}", noun(of)), theme);
        let mut text = plan.filter().to_owned();
        let field = ui.add(TextEdit::singleline(&mut text).hint_text("a part of the name").desired_width(190.0));
        let said = format!("Filter rows of run {}", widgets::run_letter(run));
        field.widget_info(|| WidgetInfo::labeled(egui::Role::TextInput, true, &said));
        if field.changed() {
            emit.emit(Command::FilterRows { run, text });
        }
        if let Some(filtered) = filtered_words(plan.filter(), plan.order().len(), plan.total()) {
            ui.label(RichText::new(filtered).font(fonts::regular(fonts::LABEL)).color(theme.text2));
        }
        ui.add_space(4.0);
        heading_ui(ui, "Sort by", theme);
        for by in RowSort::ALL {
            if ui.radio(plan.sort() == by, by.title()).clicked() {
                emit.emit(Command::SortRows { run, by });
            }
        }
    }

    /// What a person has arranged in this run, in words; shown in its head.
    pub(super) fn arranged_words(&self, row: &Row) -> Vec<String> {
        let plan = &self.run(row).rows;
        let mut words: Vec<String> =
            filtered_words(plan.filter(), plan.order().len(), plan.total()).into_iter().collect();
        if plan.sort() != RowSort::Creation {
            words.push(format!("sorted by {}", plan.sort().title()));
        }
        if plan.is_collapsed() {
            words.push("folded".to_owned());
        }
        words
    }

    /// What a right click on a row's name offers.
    pub(super) fn row_menu_ui(&self, ui: &mut Ui, row: &Row, kind: TrackKind, emit: &mut Emit<'_>) {
        let (run, group, plan) = (row.run, RowGroup::of(kind), &self.run(row).rows);
        if group == RowGroup::Workload {
            let text = if plan.is_pinned(kind) { "Let go of this row" } else { "Pin this row above the others" };
            if ui.button(text).clicked() {
                emit.emit(Command::PinRow { run, track: kind });
                ui.close();
            }
            self.breakpoint_item_ui(ui, run, kind, emit);
            let text = if plan.is_folded() { "A row for each" } else { "All as one picture" };
            if plan.order().len() > 1 && ui.button(text).clicked() {
                emit.emit(Command::FoldCrowd(run));
                ui.close();
            }
        }
        if ui.button(format!("Fold {} away", group.title())).clicked() {
            emit.emit(Command::FoldGroup { run, group });
            ui.close();
        }
        if ui.button("Fold the run to its head").clicked() {
            emit.emit(Command::FoldRun(run));
            ui.close();
        }
    }

    /// What a press does to a row; where the row is selected, with the key that does the same.
    pub(super) fn row_hint(&self, says: &str, command: &Command, row: &Row, kind: TrackKind) -> String {
        let selected = self.session.selection().track() == Some((row.run, kind));
        match keymap::shown().keys_of(command).first().filter(|_| selected) {
            Some(key) => format!("{says} ({})", key_for_people(key)),
            None => says.to_owned(),
        }
    }

    /// The pin of a row: there when it is pinned, or when the pointer is on its name.
    pub(super) fn pin_ui(&self, ui: &mut Ui, row: &Row, kind: TrackKind, label: &Response, emit: &mut Emit<'_>) {
        if RowGroup::of(kind) != RowGroup::Workload {
            return;
        }
        let (pinned, theme) = (self.run(row).rows.is_pinned(kind), emit.theme);
        let place = gutter(label.rect, Slot::Upper);
        let over = ui.rect_contains_pointer(label.rect);
        if !pinned && !over && row.why != Why::Slowest {
            return;
        }
        let text = if pinned { "Let go of" } else { "Pin" };
        let name = self.run(row).index.track(kind).map_or("", |t| t.name.as_str());
        let response = ui.interact(place, ui.scope_id().with(("pin", row.run, kind)), Sense::click());
        response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, pinned, format!("{text} {name}")));
        let color = if response.hovered() {
            theme.ink
        } else if pinned {
            theme.text1
        } else {
            theme.text3
        };
        pin_sign(ui, place.center(), color);
        let hint = if pinned { "Let it go" } else { "Pin this row above the others" };
        if response.on_hover_text(self.row_hint(hint, &Command::PinSelected, row, kind)).clicked() {
            emit.emit(Command::PinRow { run: row.run, track: kind });
        }
    }

    /// A chevron before the first row of a group, while the pointer is there: it folds the group away.
    pub(super) fn group_fold_ui(&self, ui: &mut Ui, row: &Row, kind: TrackKind, label: &Response, emit: &mut Emit<'_>) {
        let group = RowGroup::of(kind);
        let before = self.rows.at(row.top - 1.0).filter(|r| r.run == row.run);
        let first = before.is_none_or(|r| r.track().is_none_or(|t| RowGroup::of(t) != group));
        if group == RowGroup::Workload || !first || !ui.rect_contains_pointer(label.rect) {
            return;
        }
        let place = Rect::from_center_size(pos2(label.rect.left() + 8.0, label.rect.center().y), vec2(15.0, 20.0));
        let response = ui.interact(place, ui.scope_id().with(("fold group", row.run, group)), Sense::click());
        let said = format!("Fold {} away", group.title());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &said));
        let color = if response.hovered() { emit.theme.ink } else { emit.theme.text3 };
        chevron(ui, place.center(), Chevron::Down, color);
        if response.on_hover_text(said).clicked() {
            emit.emit(Command::FoldGroup { run: row.run, group });
        }
    }
}

/// Where a sign stands before a row's name: the pin above the breakpoint.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Upper,
    Lower,
}

/// The place of a sign before a row's name.
pub(super) fn gutter(label: Rect, slot: Slot) -> Rect {
    let half = label.height() / 2.0;
    let top = match slot {
        Slot::Upper => label.top(),
        Slot::Lower => label.top() + half,
    };
    Rect::from_min_size(pos2(label.left() + 0.5, top), vec2(15.0, half))
}

/// "filtered: 3 of 10,000"; none without a filter.
fn filtered_words(filter: &str, listed: usize, total: usize) -> Option<String> {
    let count = |n: usize| with_thousands(&n.to_string());
    (!filter.trim().is_empty()).then(|| format!("filtered “{}”: {} of {}", filter.trim(), count(listed), count(total)))
}

fn heading_ui(ui: &mut Ui, text: &str, theme: &Theme) {
    ui.label(RichText::new(text).font(fonts::medium(fonts::LABEL)).color(theme.text3));
}

fn quiet_button_ui(ui: &Ui, rect: Rect, id: (&str, usize), said: &str, theme: &Theme) -> Response {
    let response = ui.interact(rect, ui.scope_id().with(id), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, said));
    if response.hovered() {
        ui.painter().rect_filled(rect, 5.0, theme.selected);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect, 5.0, Stroke::new(2.0, theme.ink), egui::StrokeKind::Inside);
    }
    response
}

/// A pin: its head, its plate and its needle.
fn pin_sign(ui: &Ui, centre: egui::Pos2, color: egui::Color32) {
    let stroke = Stroke::new(1.25, color);
    let line = |a: egui::Vec2, b: egui::Vec2| ui.painter().line_segment([centre + a, centre + b], stroke);
    line(vec2(-2.5, -5.0), vec2(2.5, -5.0));
    line(vec2(-1.5, -5.0), vec2(-1.5, 0.0));
    line(vec2(1.5, -5.0), vec2(1.5, 0.0));
    line(vec2(-4.0, 0.5), vec2(4.0, 0.5));
    line(vec2(0.0, 0.5), vec2(0.0, 5.5));
}

/// The word at the right of a row's name that says why it stands there.
pub(super) fn why_word(why: Why) -> Option<&'static str> {
    match why {
        Why::Slowest => Some("slowest"),
        Why::Listed | Why::Pinned | Why::Selected => None,
    }
}
