//! The chips of the runs in the bar at the top: A, B, ….

use egui::{Sense, Ui, WidgetInfo, pos2, vec2};

use crate::session::{Command, Session};

use super::fonts;
use super::icons::{self, Icon};
use super::widgets::{self, Emit};

/// The width of a run's chip.
pub fn width(ui: &Ui, title: &str, narrow: bool) -> f32 {
    let text = ui.painter().layout_no_wrap(shown_title(title, narrow), fonts::medium(fonts::ROW), egui::Color32::WHITE);
    text.size().x + if narrow { 42.0 } else { 62.0 }
}

fn shown_title(title: &str, narrow: bool) -> String {
    if narrow { title.split(',').next().unwrap_or(title).to_owned() } else { title.to_owned() }
}

/// Shows the chip of a run.
pub fn chip_ui(ui: &mut Ui, session: &Session, run: usize, emit: &mut Emit<'_>, narrow: bool) {
    let theme = emit.theme;
    let of = &session.runs()[run];
    let focused = session.focus() == run;
    let (rect, response) = ui.allocate_exact_size(vec2(width(ui, &of.title, narrow), 32.0), Sense::click());
    let said = format!("Run {}: {}", widgets::run_letter(run), of.title);
    response.widget_info(|| WidgetInfo::selected(egui::Role::RadioButton, true, focused, &said));
    let edge = if focused || response.has_focus() { theme.ink } else { theme.strong_line };
    let fill = if response.hovered() { theme.selected } else { theme.panel };
    ui.painter().rect(rect, 6.0, fill, egui::Stroke::new(1.0, edge), egui::StrokeKind::Inside);
    widgets::run_key(ui.painter(), rect.left_center() + vec2(16.0, 0.0), run, focused, theme);
    let mut x = rect.left() + 32.0;
    if !narrow {
        let icon = if of.threads { Icon::Lanes } else { Icon::Loop };
        icons::icon(ui.painter(), icon, pos2(x + 8.0, rect.center().y), theme.text2, theme);
        x += 22.0;
    }
    let at = pos2(x, rect.center().y);
    let font = fonts::medium(fonts::ROW);
    widgets::text_cut(ui.painter(), at, &shown_title(&of.title, narrow), font, theme.text1, rect.right() - x);
    let hint =
        if focused { "Steps, keys and the event list act on this run" } else { "Step through this run (N: the next)" };
    if response.on_hover_text(format!("{said}. {hint}")).clicked() {
        emit.emit(Command::FocusRun(run));
    }
}
