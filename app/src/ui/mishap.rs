//! What was asked for last and could not be shown: a line above the picture, which is still the last good one.

use egui::{Panel, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::session::{Command, Problem, Session};

use super::fonts;
use super::icons::{self, Icon};
use super::widgets::{self, Emit, Weight};

const PAD: f32 = 16.0;

/// Shows the banner, if there is something to say.
pub fn mishap_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let Some(problem) = session.mishap().first() else { return };
    let more = session.mishap().len() - 1;
    let frame = egui::Frame::new().fill(emit.theme.finding_tint);
    let panel = Panel::top("mishap").frame(frame).resizable(false).show_separator_line(false);
    panel.show(ui, |ui| banner_ui(ui, session, problem, more, emit));
}

fn banner_ui(ui: &mut Ui, session: &Session, problem: &Problem, more: usize, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let buttons = 190.0;
    let left = PAD + 26.0;
    let width = (ui.max_rect().width() - left - buttons - PAD).max(120.0);
    let more = if more == 0 { String::new() } else { format!(" (and {more} more)") };
    let head = format!("{}{more}", sentence(&problem.message));
    let place = problem.location();
    let shown = if session.file().is_some() {
        "The last good version is shown; this one is read again when the file is saved."
    } else {
        "The last good picture is shown."
    };
    let (rest, body) = ([&sentence(&problem.help), shown].join(" "), fonts::regular(fonts::ROW));
    let button = if session.file().is_some() { "Read it again" } else { "Close" };
    let lines = [
        (place.as_str(), fonts::mono(fonts::LABEL), theme.text2),
        (head.as_str(), fonts::semibold(fonts::BODY), theme.text1),
        (rest.trim(), body, theme.text2),
    ];
    let galleys: Vec<_> = lines
        .into_iter()
        .filter(|(text, _, _)| !text.is_empty())
        .map(|(text, font, color)| (ui.painter().layout(text.to_owned(), font, color, width), color))
        .collect();
    let height: f32 = galleys.iter().map(|(g, _)| g.size().y + 2.0).sum::<f32>() + 16.0;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.max_rect().width(), height), Sense::hover());
    let said = format!("{place}: {head} {}", rest.trim());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Alert, true, &said));
    icons::icon(ui.painter(), Icon::Warning, pos2(rect.left() + PAD + 8.0, rect.top() + 18.0), theme.finding, theme);
    let mut y = rect.top() + 8.0;
    for (galley, color) in galleys {
        let size = galley.size();
        ui.painter().galley(pos2(rect.left() + left, y), galley, color);
        y += size.y + 2.0;
    }
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, egui::Stroke::new(1.0, theme.finding));
    let place = Rect::from_min_max(pos2(rect.right() - buttons, rect.top()), pos2(rect.right() - PAD, rect.bottom()));
    widgets::inside_row(ui, place, |ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if widgets::text_button(ui, button, Weight::Framed, 96.0, theme).clicked() {
                emit.emit(Command::Reload);
            }
        });
    });
}

/// A text with a capital at its beginning and a stop at its end. What begins with code stays as it is.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return String::new() };
    let stop = if text.ends_with(['.', '?', '!', ':']) { "" } else { "." };
    format!("{}{}{stop}", first.to_uppercase(), letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_becomes_a_sentence() {
        assert_eq!(sentence("write 1 to 64"), "Write 1 to 64.");
        assert_eq!(sentence("did you mean `hog`?"), "Did you mean `hog`?");
        assert_eq!(sentence(""), "");
    }
}
