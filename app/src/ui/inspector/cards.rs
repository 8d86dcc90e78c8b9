//! What is wrong with the thing that is selected: a card for each finding about it.

use egui::text::{LayoutJob, TextFormat};
use egui::{Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use sim_core::analysis::findings::{Finding, Severity};
use sim_core::analysis::inspect::Thing;

use crate::session::{Command, FindingId};

use super::super::theme::Theme;
use super::super::widgets::Emit;
use super::super::{fonts, icons};
use super::{Shown, glyph};

/// So many cards are shown; the list under the timeline has the rest.
const MOST: usize = 3;

/// Shows the findings about what is selected.
pub fn findings_ui(ui: &mut Ui, shown: &Shown<'_>, emit: &mut Emit<'_>) {
    if shown.session.hides_figures() {
        return;
    }
    let Thing::Track(track) = shown.said.thing else { return };
    let Some(run) = shown.session.runs().get(shown.run) else { return };
    let about = run.findings().iter().enumerate().filter(|(_, f)| f.subjects.contains(&track));
    for (place, finding) in about.take(MOST) {
        let id = FindingId { run: shown.run, place };
        if card_ui(ui, finding, emit.theme) {
            emit.emit(Command::ShowFinding(id));
        }
        ui.add_space(8.0);
    }
    ui.add_space(4.0);
}

/// One card; answers whether it was pressed.
fn card_ui(ui: &mut Ui, finding: &Finding, theme: &Theme) -> bool {
    let (font, color) = (fonts::regular(fonts::ROW), icons::severity_color(finding.severity, theme));
    let mut job = LayoutJob::default();
    job.wrap.max_width = ui.available_width() - 60.0;
    job.wrap.max_rows = 3;
    job.append(finding.kind.id(), 0.0, TextFormat::simple(fonts::semibold(fonts::ROW), color));
    job.append(&finding.title, 8.0, TextFormat::simple(font, theme.text1));
    let galley = ui.painter().layout_job(job);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), galley.size().y + 14.0), Sense::click());
    let says = format!("Go to the finding {}: {}", finding.kind.id(), finding.title);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &says));
    let ground = match finding.severity {
        Severity::Error | Severity::Warning => theme.finding_tint,
        Severity::Hint => theme.raised,
    };
    let lit = response.hovered() || response.has_focus();
    let edge = if lit { color } else { ground };
    ui.painter().rect(rect, 8.0, ground, Stroke::new(1.0, edge), StrokeKind::Inside);
    icons::severity(ui.painter(), finding.severity, pos2(rect.left() + 18.0, rect.top() + 15.0), theme);
    ui.painter().galley(rect.min + vec2(34.0, 7.0), galley, theme.text1);
    chevron(ui, rect, theme);
    if response.has_focus() {
        glyph::focus_ui(ui, rect, theme);
    }
    response.on_hover_text(&finding.explanation).clicked()
}

fn chevron(ui: &Ui, card: Rect, theme: &Theme) {
    let centre = pos2(card.right() - 16.0, card.center().y);
    let points = [(-2.0, -4.0), (2.0, 0.0), (-2.0, 4.0)].map(|(x, y)| centre + vec2(x, y));
    ui.painter().add(Shape::line(points.to_vec(), Stroke::new(1.5, theme.text2)));
}
