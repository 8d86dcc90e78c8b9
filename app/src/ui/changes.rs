//! One thing changed: the variants as buttons, what came of what was changed, and the way back.
//!
//! What came of it stands below everything that can be turned, so that nothing moves away from under the pointer.

use egui::{Sense, Ui, WidgetInfo, pos2, vec2};

use crate::session::change::{Change, Turn};
use crate::session::{Command, Session};
use crate::timeline::scene::Sign;

use super::fonts;
use super::icons;
use super::knobs::{chip_ui, costs_text, label, wrapped};
use super::theme::Theme;
use super::widgets::{self, Emit, run_key};

/// The variants as buttons. Nothing for a recording, which is what it is.
pub fn variants_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let Some(written) = session.written() else { return };
    if !written.variants.is_empty() {
        label(ui, "Change one thing", fonts::semibold(fonts::ROW), theme.text2);
        waits_ui(ui, session, theme);
        wrapped(ui, |ui| {
            disable_if_asked(ui, session);
            for variant in &written.variants {
                let on = session.wanted().variant.as_deref() == Some(variant.id.as_str());
                if chip_ui(ui, &variant.title, &variant.title, on, theme).clicked() {
                    let wanted = if on { None } else { Some(variant.id.clone()) };
                    emit.emit(Command::TryVariant(wanted));
                }
            }
        });
    }
}

/// Why nothing can be changed just now, where a prediction is asked for.
pub(super) fn waits_ui(ui: &mut Ui, session: &Session, theme: &Theme) {
    if let Some(why) = session.why_not_change() {
        label(ui, why, fonts::regular(fonts::LABEL), theme.text2);
    }
}

/// What follows in this place can be seen but not pressed while a change would give a prediction away.
pub(super) fn disable_if_asked(ui: &mut Ui, session: &Session) {
    if session.why_not_change().is_some() {
        ui.disable();
    }
}

/// What is other than in the lesson, and the way back; nothing while it is the lesson.
pub fn changed_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let Some(written) = session.written().filter(|_| session.is_changed()) else { return };
    let theme = emit.theme;
    let changes = session.changes();
    let top = ui.cursor().top();
    label(ui, "What changed", fonts::semibold(fonts::ROW), theme.text2);
    if let Some(used) = session.costs_used().filter(|_| session.are_costs_of_settings()) {
        let said = format!("Costs: {used}, {}.", costs_text(session, written));
        label(ui, &said, fonts::regular(fonts::LABEL), theme.text2);
    }
    if changes.is_empty() {
        label(ui, nothing_text(session), fonts::regular(fonts::ROW), theme.text2);
    }
    let mut run = None;
    for change in changes {
        if run != Some(change.run) {
            run = Some(change.run);
            run_head_ui(ui, session, change.run, theme);
        }
        one_change_ui(ui, change, theme);
    }
    ui.add_space(2.0);
    if !session.can_reset() {
        return;
    }
    let back = chip_ui(ui, "Reset all", "Reset all", false, theme);
    // Who asks to see what changed is brought there.
    if ui.data_mut(|data| data.remove_temp::<()>(asked_id())).is_some() {
        ui.scroll_to_rect(back.rect.with_min_y(top), None);
    }
    if back.on_hover_text(Command::AsInLesson.hint()).clicked() {
        emit.emit(Command::AsInLesson);
    }
}

/// What is said where no figure is another one.
fn nothing_text(session: &Session) -> &'static str {
    if !session.can_reset() {
        "Only a run is added; the others are as in the lesson."
    } else if session.is_another_world() && !session.is_left_to_chance() {
        "Nothing. Chance plays no part in these runs: they are the same in every world."
    } else {
        "Nothing that this lesson measures."
    }
}

/// Brings what changed into sight, in the next frame.
pub(super) fn ask_to_see(ui: &Ui) {
    ui.data_mut(|data| data.insert_temp(asked_id(), ()));
}

fn asked_id() -> egui::Id {
    egui::Id::unique("asked to see what changed")
}

fn run_head_ui(ui: &mut Ui, session: &Session, run: usize, theme: &Theme) {
    let Some(of) = session.runs().get(run) else { return };
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
    run_key(ui.painter(), rect.left_center() + vec2(9.0, 0.0), run, session.focus() == run, theme);
    let (at, room) = (rect.left_center() + vec2(26.0, 0.0), rect.width() - 26.0);
    widgets::text_cut(ui.painter(), at, &of.title, fonts::medium(fonts::ROW), theme.text1, room);
}

/// One figure that changed, in one line or, where it is long, in two.
fn one_change_ui(ui: &mut Ui, change: &Change, theme: &Theme) {
    let width = ui.available_width();
    let painter = ui.painter().clone();
    let (before, now) = short_pair(&change.before, &change.now);
    let (mono, strong) = (fonts::mono(fonts::LABEL), fonts::mono_medium(fonts::LABEL));
    let old = painter.layout_no_wrap(format!("{before} → "), mono, theme.text2);
    let color = if change.turn == Turn::Better { theme.finished } else { theme.text1 };
    let old_width = old.size().x;
    let new = painter.layout(now, strong, color, (width - old_width - 18.0).max(60.0));
    let mark = if change.turn == Turn::Better { 18.0 } else { 0.0 };
    let values = old_width + new.size().x + mark;
    let name = painter.layout(change.what.clone(), fonts::regular(fonts::LABEL), theme.text1, width);
    let one_line = name.size().x + 10.0 + values <= width;
    let first = name.size().y.max(18.0);
    let height = if one_line { first } else { first + new.size().y };
    let (rect, response) = ui.allocate_exact_size(vec2(width, height + 2.0), Sense::hover());
    let verdict = match change.turn {
        Turn::Better => ", better",
        Turn::Worse => ", worse",
        Turn::Different => "",
    };
    let said = format!("{}: {} → {}{verdict}", change.what, change.before, change.now);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &said));
    painter.galley(rect.min, name, theme.text1);
    let y = if one_line { rect.top() } else { rect.top() + first };
    let left = (rect.right() - values).max(rect.left());
    painter.galley(pos2(left, y), old, theme.text2);
    let new_width = new.size().x;
    painter.galley(pos2(left + old_width, y), new, color);
    if change.turn == Turn::Better {
        icons::sign(&painter, Sign::Finished, pos2(left + old_width + new_width + 11.0, y + 8.0), theme);
    }
    response.on_hover_text(said);
}

/// "195.9 ms" and "115.0 ms" as "195.9" and "115.0 ms": the unit once, if it is the same.
fn short_pair(before: &str, now: &str) -> (String, String) {
    let unit = |text: &str| text.rsplit_once(' ').map(|(_, unit)| unit.to_owned());
    match (before.rsplit_once(' '), unit(now)) {
        (Some((number, own)), Some(other)) if own == other && own.chars().all(char::is_alphabetic) => {
            (number.to_owned(), now.to_owned())
        }
        _ => (before.to_owned(), now.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_that_both_have_is_said_once() {
        assert_eq!(short_pair("195.9 ms", "115.0 ms"), ("195.9".to_owned(), "115.0 ms".to_owned()));
        assert_eq!(short_pair("never", "50.0 ms"), ("never".to_owned(), "50.0 ms".to_owned()));
        assert_eq!(short_pair("charge receipt", "charge"), ("charge receipt".to_owned(), "charge".to_owned()));
        assert_eq!(short_pair("3.9 MiB", "195 KiB"), ("3.9 MiB".to_owned(), "195 KiB".to_owned()));
    }
}
