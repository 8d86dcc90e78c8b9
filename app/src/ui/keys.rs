//! Keys: from presses to commands, and the overlay that lists them.

use egui::{Align2, Context, Event, Key, Modifiers, Ui, vec2};

use crate::session::command::{BINDINGS, Group, key_for_people};
use crate::session::{Command, Session};

use super::fonts;
use super::theme::Theme;
use super::widgets::{key_cap, key_of};

/// Turns the presses of this frame into commands, each press one.
pub fn take(ctx: &Context, commands: &mut Vec<Command>) {
    // A text field gets every key but those with Ctrl; a control that has the focus keeps those that move the focus
    // or press it.
    let typing = ctx.egui_wants_keyboard_input();
    let focused = ctx.memory(|m| m.focused().is_some());
    ctx.input_mut(|input| {
        input.events.retain(|event| {
            let Event::Key { key, pressed: true, modifiers, .. } = event else { return true };
            let plain = !modifiers.command && !modifiers.alt;
            if plain && ((typing && focused && !is_function(*key)) || (focused && belongs_to_control(*key))) {
                return true;
            }
            match command_of(*key, *modifiers) {
                Some(command) => {
                    commands.push(command);
                    false
                }
                None => true,
            }
        });
    });
}

fn belongs_to_control(key: Key) -> bool {
    matches!(
        key,
        Key::ArrowLeft
            | Key::ArrowRight
            | Key::ArrowUp
            | Key::ArrowDown
            | Key::Space
            | Key::Enter
            | Key::Escape
            | Key::Tab
    )
}

fn is_function(key: Key) -> bool {
    matches!(key, Key::F1 | Key::F5 | Key::F10 | Key::PageUp | Key::PageDown)
}

/// The command of a key. Exact modifiers first; Shift that a sign needs ("?") does not count against it.
fn command_of(key: Key, modifiers: Modifiers) -> Option<Command> {
    let bound = BINDINGS.iter().flat_map(|b| b.keys.iter().filter_map(|k| Some((key_of(k)?, &b.command))));
    let exact = |m: Modifiers| m.command == modifiers.command && m.alt == modifiers.alt && m.shift == modifiers.shift;
    let mut of_key = bound.filter(|((_, k), _)| *k == key);
    let sign =
        matches!(key, Key::Questionmark | Key::Plus | Key::OpenBracket | Key::CloseBracket | Key::Period | Key::Comma);
    of_key.find(|((m, _), _)| exact(*m) || (sign && !modifiers.command && !modifiers.alt)).map(|(_, c)| c.clone())
}

/// The list of keys, over everything, while the session shows it.
pub fn overlay_ui(ctx: &Context, session: &Session, theme: &Theme, commands: &mut Vec<Command>) {
    if !session.shows_keys() {
        return;
    }
    let modal = egui::Modal::new(egui::Id::unique("keys"))
        .frame(
            egui::Frame::new()
                .fill(theme.panel)
                .stroke(egui::Stroke::new(1.0, theme.strong_line))
                .corner_radius(8)
                .inner_margin(24),
        )
        .show(ctx, |ui| {
            ui.set_width((ui.ctx().content_rect().width() - 96.0).min(820.0));
            let height = (ui.ctx().content_rect().height() - 140.0).max(160.0);
            ui.label(egui::RichText::new("Keys and mouse").font(fonts::semibold(fonts::TITLE)).color(theme.text1));
            ui.add_space(12.0);
            egui::ScrollArea::vertical().max_height(height).show(ui, |ui| keys_ui(ui, theme));
        });
    if modal.should_close() {
        commands.push(Command::ShowKeys);
    }
}

fn keys_ui(ui: &mut Ui, theme: &Theme) {
    ui.columns(2, |columns| {
        for (column, groups) in
            [(0, [Group::Step, Group::Window].as_slice()), (1, [Group::View, Group::Select].as_slice())]
        {
            for group in groups {
                group_ui(&mut columns[column], *group, theme);
            }
        }
        mouse_ui(&mut columns[1], theme);
    });
}

fn group_ui(ui: &mut Ui, group: Group, theme: &Theme) {
    heading(ui, group.title(), theme);
    for binding in BINDINGS.iter().filter(|b| b.group == group && !b.keys.is_empty()) {
        line_ui(ui, &key_for_people(binding.keys[0]), binding.title, theme);
    }
    ui.add_space(12.0);
}

fn mouse_ui(ui: &mut Ui, theme: &Theme) {
    heading(ui, "Mouse on the timeline", theme);
    for (what, does) in [
        ("Click", "Put the cursor there, select the row"),
        ("Double click", "Zoom to the span"),
        ("Ctrl+wheel", "Zoom at the pointer"),
        ("Shift+wheel", "Pan"),
        ("Wheel", "Scroll the rows"),
        ("Drag the axis", "Move the cursor"),
        ("Drag", "Select a stretch of time"),
        ("Shift+drag", "Pan, as the middle button does"),
        ("Minimap", "Move its frame, pull its edges"),
    ] {
        line_ui(ui, what, does, theme);
    }
}

fn heading(ui: &mut Ui, text: &str, theme: &Theme) {
    ui.label(egui::RichText::new(text).font(fonts::semibold(fonts::BODY)).color(theme.text2));
    ui.add_space(4.0);
}

fn line_ui(ui: &mut Ui, key: &str, does: &str, theme: &Theme) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let left = ui.cursor().left();
        key_cap(ui, key, theme);
        let used = ui.cursor().left() - left;
        ui.add_space((104.0 - used).max(4.0));
        ui.label(egui::RichText::new(does).font(fonts::regular(fonts::ROW)).color(theme.text1));
    });
    ui.add_space(2.0);
}

/// A line that says how to get the keys.
pub fn reminder(painter: &egui::Painter, right: egui::Pos2, theme: &Theme) -> f32 {
    let rect = painter.text(right, Align2::RIGHT_CENTER, "? keys", fonts::regular(fonts::LABEL), theme.text3);
    vec2(rect.width(), 0.0).x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_table_can_be_pressed() {
        for binding in BINDINGS {
            for key in binding.keys {
                let (modifiers, pressed) = key_of(key).unwrap_or_else(|| panic!("{key} is no key"));
                assert_eq!(command_of(pressed, modifiers).as_ref(), Some(&binding.command), "{key}");
            }
        }
    }

    #[test]
    fn a_sign_is_found_with_the_shift_that_types_it() {
        assert_eq!(command_of(Key::Questionmark, Modifiers::SHIFT), Some(Command::ShowKeys));
        assert_eq!(command_of(Key::F10, Modifiers::SHIFT), Some(Command::PollBack));
        assert_eq!(command_of(Key::W, Modifiers::COMMAND), None);
    }
}
