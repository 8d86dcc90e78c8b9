//! Files that were open: what each is, whether it is still there, and a way to take it from the list.

use egui::{Align2, Id, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::session::progress::RecentFile;
use crate::session::recent_files::{FileState, in_a_line};
use crate::session::{Command, Session, jobs};

use super::super::fonts;
use super::super::icons::{self, Icon};
use super::super::widgets::{self, Emit};
use super::head::{CloseButton, Shown, close_id_of, close_ui};
use super::state::LibraryState;

const PADDING: f32 = 16.0;
const ROW: f32 = 46.0;

/// Shows the recent files, or how there come to be some.
pub fn recent_ui(ui: &mut Ui, session: &Session, state: &LibraryState, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let files = session.progress().recent();
    let (rule, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
    ui.painter().rect_filled(rule.shrink2(vec2(PADDING, 0.0)), 0.0, theme.line);
    let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), 40.0), Sense::hover());
    let at = pos2(head.left() + PADDING + 12.0, head.bottom() - 14.0);
    ui.painter().text(at, Align2::LEFT_CENTER, "Recent files", fonts::semibold(fonts::LABEL), theme.text3);
    if files.is_empty() {
        let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), 40.0), Sense::hover());
        let says = "Files that you open stand here: scenarios of your own, recorded runs.";
        let place = line.shrink2(vec2(PADDING + 12.0, 0.0));
        let galley = ui.painter().layout(says.to_owned(), fonts::regular(fonts::LABEL), theme.text3, place.width());
        ui.painter().galley(place.min, galley, theme.text3);
    }
    for file in files {
        file_ui(ui, file, session, state, emit);
    }
}

fn file_ui(ui: &mut Ui, file: &RecentFile, session: &Session, state: &LibraryState, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let (outer, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let rect = outer.shrink2(vec2(PADDING, 1.0));
    let file_state = state.files.of(&file.path);
    let (name, what) = (jobs::file_name(&file.path), in_a_line(file, file_state, session.now()));
    let response = ui.interact(rect, Id::unique(("library recent", &file.path)), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, format!("{name}, {what}")));
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    let missing = file_state == Some(FileState::Missing);
    let close = Rect::from_center_size(pos2(rect.right() - 15.0, rect.center().y), vec2(26.0, 26.0));
    let close_name = format!("Remove {name} from the recent files");
    // The way to remove it shows itself when someone is near, or when there is a reason.
    let close_focused = ui.memory(|m| m.has_focus(close_id_of(&close_name)));
    let near = response.hovered() || response.has_focus() || close_focused || ui.rect_contains_pointer(rect);
    let removable = near || missing;
    if near {
        ui.painter().rect_filled(rect, 6.0, theme.selected);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect, 6.0, Stroke::new(2.0, theme.ink), StrokeKind::Inside);
    }
    let icon = if missing { Icon::Warning } else { Icon::File };
    let color = if missing { theme.finding } else { theme.text3 };
    icons::icon(ui.painter(), icon, rect.left_center() + vec2(20.0, -8.0), color, theme);
    let room = rect.width() - 36.0 - if removable { 34.0 } else { 6.0 };
    let at = rect.left_center() + vec2(36.0, 0.0);
    let text1 = if missing { theme.text2 } else { theme.text1 };
    widgets::text_cut(ui.painter(), at - vec2(0.0, 9.0), &name, fonts::medium(fonts::ROW), text1, room);
    widgets::text_cut(ui.painter(), at + vec2(0.0, 9.0), &what, fonts::regular(fonts::LABEL), theme.text3, room);
    // Its keys work in any case.
    let shown = if removable { Shown::Yes } else { Shown::No };
    if close_ui(ui, close, CloseButton { name: &close_name, shown }, theme).clicked() {
        emit.emit(Command::ForgetFile(file.path.clone()));
    }
    let whole = file.path.display().to_string();
    if response.on_hover_text(whole).clicked() {
        emit.emit(Command::OpenFile(file.path.clone()));
    }
}
