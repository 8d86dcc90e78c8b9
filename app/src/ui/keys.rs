//! Keys: from presses to commands, and the overlay that lists them.

use std::path::Path;

use egui::{Align2, Context, Event, Key, Modifiers, Ui, vec2};

use crate::session::command::{Group, key_for_people};
use crate::session::{Command, Keymap, Overlay, Place, Presenting, Session};

use super::fonts;
use super::theme::Theme;
use super::widgets::{key_cap, key_of};

/// Turns the presses of this frame into commands, each press one.
pub fn take(ctx: &Context, session: &Session, commands: &mut Vec<Command>) {
    // A text field gets every key but those of the window with Ctrl; a control that has the focus keeps those that
    // move the focus or press it.
    let typing = ctx.egui_wants_keyboard_input();
    let focused = ctx.memory(|m| m.focused().is_some());
    let menu = egui::Popup::is_any_open(ctx);
    let covered = match session.overlay() {
        Overlay::Nothing | Overlay::Keys => false,
        Overlay::Settings | Overlay::Commands | Overlay::Places => true,
    };
    ctx.input_mut(|input| {
        input.events.retain(|event| {
            let Event::Key { key, pressed: true, modifiers, .. } = event else { return true };
            // It closes the menu, and nothing else.
            if menu && *key == Key::Escape {
                return true;
            }
            let held = (typing && focused && !is_function(*key)) || (focused && belongs_to_control(*key));
            if held && !modifiers.command && !modifiers.alt {
                return true;
            }
            let command = command_of(session, *key, *modifiers);
            let of_window = command.as_ref().and_then(Command::binding).is_some_and(|b| b.group == Group::Window);
            // What steps, looks and selects has nothing to act on where no run is shown.
            let elsewhere = *session.place() != Place::Open && !matches!(command, Some(Command::FocusSearch));
            if (covered || held || elsewhere) && !of_window && *key != Key::Escape {
                return true;
            }
            match command {
                Some(command) => {
                    commands.push(command);
                    false
                }
                None => true,
            }
        });
    });
}

/// What a key means now: before an audience, the keys of a clicker mean other things than at the desk.
fn command_of(session: &Session, key: Key, modifiers: Modifiers) -> Option<Command> {
    let presenting = session.presenting();
    let plain = !modifiers.any();
    if presenting.is_on() && session.overlay() == Overlay::Nothing && plain {
        match key {
            Key::B | Key::Period => return Some(Command::BlackOut),
            // The key that begins a presentation does not end it: it only lights the screen again.
            Key::F5 => return presenting.is_black().then_some(Command::BlackOut),
            Key::Escape => return Some(Command::Present),
            _ => {}
        }
    }
    if presenting == Presenting::Left && plain && key == Key::F5 {
        return Some(Command::Present);
    }
    let command = bound(session.keymap(), key, modifiers)?;
    let turns = matches!(command, Command::NextStep | Command::PreviousStep | Command::Present | Command::Quit);
    (!presenting.is_black() || turns).then_some(command)
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
fn bound(keymap: &Keymap, key: Key, modifiers: Modifiers) -> Option<Command> {
    let bound = keymap.all().flat_map(|(b, keys)| keys.iter().filter_map(|k| Some((key_of(k)?, &b.command))));
    let of_key: Vec<_> = bound.filter(|((_, k), _)| *k == key).collect();
    let exact = |m: Modifiers| m.command == modifiers.command && m.alt == modifiers.alt && m.shift == modifiers.shift;
    let found = of_key.iter().find(|((m, _), _)| exact(*m)).or_else(|| {
        let bare = |m: Modifiers| m.command == modifiers.command && m.alt == modifiers.alt && !m.shift;
        of_key.iter().find(|((m, _), _)| is_sign(key) && bare(*m))
    });
    found.map(|(_, command)| (*command).clone())
}

/// Whether some keyboards need Shift for it.
fn is_sign(key: Key) -> bool {
    matches!(
        key,
        Key::Questionmark
            | Key::Plus
            | Key::Slash
            | Key::OpenBracket
            | Key::CloseBracket
            | Key::Period
            | Key::Comma
            | Key::Equals
    )
}

/// The list of keys, over everything, while the session shows it.
pub fn overlay_ui(ctx: &Context, session: &Session, file: Option<&Path>, theme: &Theme, commands: &mut Vec<Command>) {
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
            let room = ui.ctx().content_rect().size();
            let width = (room.x - 96.0).min(820.0);
            ui.set_width(width);
            let height = (room.y - 190.0).max(120.0);
            ui.label(egui::RichText::new("Keys and mouse").font(fonts::semibold(fonts::TITLE)).color(theme.text1));
            ui.add_space(12.0);
            let scroll = egui::ScrollArea::vertical().max_height(height).min_scrolled_height(height);
            scroll.show(ui, |ui| keys_ui(ui, session, columns_within(width), theme));
            ui.add_space(8.0);
            let text = egui::RichText::new(how_to_change(file)).font(fonts::regular(fonts::LABEL)).color(theme.text2);
            ui.add(egui::Label::new(text).wrap());
        });
    if modal.should_close() {
        commands.push(Command::ShowKeys);
    }
}

/// How a person gets keys of their own.
fn how_to_change(file: Option<&Path>) -> String {
    let file = file.map_or("keys.ron among the settings".to_owned(), |f| f.display().to_string());
    format!(
        "Other keys: write {{\"StepForward\": [\"K\"]}} into {file} and start again. The names of the commands stand in the palette (Ctrl+Shift+P)."
    )
}

/// The list needs so much in two columns: no line may run into the other column.
const TWO_COLUMNS: f32 = 720.0;

/// In how many columns the list stands.
fn columns_within(width: f32) -> usize {
    if width < TWO_COLUMNS { 1 } else { 2 }
}

fn keys_ui(ui: &mut Ui, session: &Session, columns: usize, theme: &Theme) {
    ui.columns(columns, |columns| {
        let last = columns.len() - 1;
        for (column, groups) in
            [(0, [Group::Step, Group::Window].as_slice()), (last, [Group::View, Group::Select].as_slice())]
        {
            for group in groups {
                group_ui(&mut columns[column], session, *group, theme);
            }
        }
        mouse_ui(&mut columns[last], theme);
    });
}

fn group_ui(ui: &mut Ui, session: &Session, group: Group, theme: &Theme) {
    heading(ui, group.title(), theme);
    for (binding, keys) in session.keymap().all().filter(|(b, _)| b.group == group) {
        if let Some(key) = keys.first() {
            line_ui(ui, &key_for_people(key), &session.title_of(binding), theme);
        }
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
    use crate::session::command::BINDINGS;

    fn usual(key: Key, modifiers: Modifiers) -> Option<Command> {
        bound(&Keymap::default(), key, modifiers)
    }

    #[test]
    fn every_key_of_the_table_can_be_pressed() {
        for binding in BINDINGS {
            for key in binding.keys {
                let (modifiers, pressed) = key_of(key).unwrap_or_else(|| panic!("{key} is no key"));
                assert_eq!(usual(pressed, modifiers).as_ref(), Some(&binding.command), "{key}");
            }
        }
    }

    #[test]
    fn a_sign_is_found_with_the_shift_that_types_it() {
        assert_eq!(usual(Key::Questionmark, Modifiers::SHIFT), Some(Command::ShowKeys));
        assert_eq!(usual(Key::Slash, Modifiers::SHIFT), Some(Command::FocusSearch));
        assert_eq!(usual(Key::F10, Modifiers::SHIFT), Some(Command::PollBack));
        assert_eq!(usual(Key::W, Modifiers::COMMAND), None);
    }

    #[test]
    fn a_key_of_ones_own_means_what_one_wants() {
        let wishes = [("StepForward".to_owned(), vec!["K".to_owned()])].into();
        let (keymap, problems) = Keymap::with(&wishes, |key| key_of(key).is_some());
        assert!(problems.is_empty());
        assert_eq!(bound(&keymap, Key::K, Modifiers::NONE), Some(Command::StepForward));
        assert_eq!(bound(&keymap, Key::ArrowRight, Modifiers::NONE), None);
    }
}
