//! The bar at the foot: what hues and patterns mean, and what goes on in the background.

use egui::{Align2, Rect, Sense, Ui, pos2, vec2};

use crate::session::{Command, Growth, Session};
use crate::timeline::axis::with_thousands;
use crate::timeline::scene::{Fill, Sign};

use super::fonts;
use super::icons;
use super::keys;
use super::paint::{body_ui, rail_ui};
use super::patterns::Patterns;
use super::widgets::{Emit, run_letter};

/// The height of the bar.
pub const HEIGHT: f32 = 26.0;

/// Shows the bar.
pub fn status_ui(ui: &mut Ui, session: &Session, patterns: &Patterns, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let bar = ui.max_rect();
    ui.painter().hline(bar.x_range(), bar.top() + 0.5, egui::Stroke::new(1.0, theme.line));
    let y = bar.center().y;
    let mut right = bar.right() - 16.0;
    right -= keys::reminder(ui.painter(), pos2(right, y), theme) + 16.0;
    right = loading_ui(ui, session, pos2(right, y), emit);
    let counts: Vec<String> = session
        .runs()
        .iter()
        .enumerate()
        .map(|(i, r)| format!("{} {}", run_letter(i), with_thousands(&r.trace.len().to_string())))
        .collect();
    let counts = format!("{} events", counts.join(", "));
    right = ui
        .painter()
        .text(pos2(right, y), Align2::RIGHT_CENTER, counts, fonts::regular(fonts::LABEL), theme.text3)
        .left()
        - 24.0;
    legend_ui(ui, pos2(bar.left() + 16.0, y), right, patterns, emit);
}

fn legend_ui(ui: &Ui, at: egui::Pos2, right: f32, patterns: &Patterns, emit: &Emit<'_>) {
    let theme = emit.theme;
    let painter = ui.painter();
    let mut x = at.x;
    let y = at.y;
    let mut entry = |text: &str, paint: &dyn Fn(Rect)| {
        let galley = painter.layout_no_wrap(text.to_owned(), fonts::regular(fonts::LABEL), theme.text2);
        if x + 20.0 + galley.size().x > right {
            return;
        }
        paint(Rect::from_center_size(pos2(x + 7.0, y), vec2(13.0, 13.0)));
        painter.galley(pos2(x + 20.0, (y - galley.size().y / 2.0).round()), galley.clone(), theme.text2);
        x += 20.0 + galley.size().x + 18.0;
    };
    let body = |fill: Fill| move |rect: Rect| body_ui(painter, rect, fill, theme, patterns);
    entry("Polling / Running", &body(Fill::Running));
    entry("in a poll, off core", &body(Fill::OffCore));
    entry("Ready / Runnable", &body(Fill::Ready));
    entry("Pending / Blocked", &|rect| rail_ui(painter, rect.x_range(), y, theme, patterns));
    entry("Completed / Exited", &|rect| icons::sign(painter, Sign::Finished, rect.center(), theme));
    entry("wake → poll", &|rect| {
        painter.line_segment([rect.left_center(), rect.right_center()], egui::Stroke::new(1.75, theme.wake));
        icons::head(painter, rect.right_center() + vec2(2.0, 0.0), vec2(1.0, 0.0), theme.wake);
    });
    entry("context switch", &|rect| {
        icons::sign(painter, Sign::Switch, rect.center() - vec2(0.0, 2.0), theme);
    });
}

/// What is being simulated, and how to stop it; answers where it begins.
fn loading_ui(ui: &mut Ui, session: &Session, right: egui::Pos2, emit: &mut Emit<'_>) -> f32 {
    let theme = emit.theme;
    // Running again is spoken of only when it takes long.
    let again = session.running_again().is_some();
    if !session.is_loading() || again && !super::knobs::is_long(ui, session) {
        return right.x;
    }
    let now = session.runs().iter().position(|r| r.growth == Growth::Growing || r.growth == Growth::Waiting);
    let text = match now {
        Some(run) => format!("simulating run {}: {:.0} ms", run_letter(run), session.runs()[run].end().as_millis_f64()),
        None if again => "running again".to_owned(),
        None => "loading".to_owned(),
    };
    let rect = Rect::from_min_max(pos2(right.x - 60.0, right.y - 10.0), pos2(right.x, right.y + 10.0));
    let stop = ui.interact(rect, ui.scope_id().with("stop"), Sense::click());
    stop.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Stop"));
    ui.painter().rect(rect, 5.0, theme.panel, egui::Stroke::new(1.0, theme.strong_line), egui::StrokeKind::Inside);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, "Stop", fonts::medium(fonts::LABEL), theme.text1);
    if stop.clicked() {
        emit.emit(Command::CancelLoading);
    }
    let at = pos2(rect.left() - 10.0, right.y);
    ui.painter().text(at, Align2::RIGHT_CENTER, text, fonts::mono(fonts::LABEL), theme.text2).left() - 16.0
}
