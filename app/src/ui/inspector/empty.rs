//! Nothing is selected: what to do, and what to begin with.

use egui::{Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use sim_core::analysis::inspect::{self, Look, Sentence, Thing};
use sim_core::analysis::track::{Track, TrackKind};

use crate::session::{Command, Selection, Session};
use crate::timeline::words::row_state;

use super::super::fonts;
use super::super::paint::dashed_frame;
use super::super::patterns::Patterns;
use super::super::widgets::{self, Emit};
use super::sentence::{self, Style};
use super::{column_ui, glyph, head, rows};

/// So many rows of a run are offered.
const OFFERED: usize = 4;

/// Shows what can be done.
pub fn empty_ui(ui: &mut Ui, session: &Session, patterns: &Patterns, emit: &mut Emit<'_>) {
    column_ui(ui, "nothing selected", |ui| {
        invitation_ui(ui, session, emit);
        for run in 0..session.runs().len() {
            ui.add_space(14.0);
            run_ui(ui, session, run, patterns, emit);
        }
    });
}

fn invitation_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let width = ui.available_width() - 32.0;
    let title = Style { words: fonts::semibold(fonts::BODY), ..Style::text(fonts::BODY, 21.0, theme.text1, width) };
    let text = Style::text(fonts::ROW, 19.0, theme.text2, width);
    let told = "Click a row, an arrow or a chip, and this place says why it is not running, since when, and who could \
                change that. Every name in it leads on.";
    let head = sentence::lay_out(ui, &Sentence::plain("Nothing is selected"), 0, &title, theme);
    let body = sentence::lay_out(ui, &Sentence::plain(told), 0, &text, theme);
    let height = head.height() + body.height() + 30.0;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    dashed_frame(ui.painter(), rect, theme);
    sentence::laid_ui(ui, &head, rect.min + vec2(16.0, 13.0), emit);
    sentence::laid_ui(ui, &body, rect.min + vec2(16.0, 17.0 + head.height()), emit);
    if session.looked().current().is_some() {
        let buttons = Rect::from_min_size(pos2(rect.right() - 56.0, rect.top() + 10.0), vec2(48.0, 24.0));
        widgets::inside_row(ui, buttons, |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            head::looked_ui(ui, session, emit);
        });
    }
}

/// The first tasks or threads of a run, with what they do at the cursor.
fn run_ui(ui: &mut Ui, session: &Session, run: usize, patterns: &Patterns, emit: &mut Emit<'_>) {
    let of = &session.runs()[run];
    let is_workload = |t: &&Track| t.plain && matches!(t.kind, TrackKind::Task(_) | TrackKind::Thread(_));
    let all = of.index.tracks.iter().filter(is_workload).count();
    if all == 0 {
        return;
    }
    let noun = of.family().nouns();
    let note = format!("{} {noun}", crate::timeline::axis::with_thousands(&all.to_string()));
    rows::head_ui(ui, &format!("{} {}", widgets::run_letter(run), of.title), &note, emit);
    for track in of.index.tracks.iter().filter(is_workload).take(OFFERED) {
        let state = row_state(of.trace.tables(), track, of.snapshot());
        let look = inspect::look_of(of.trace.tables(), of.snapshot(), track.kind);
        offer_ui(ui, (run, track), (look, &state), patterns, emit);
    }
}

fn offer_ui(
    ui: &mut Ui,
    (run, track): (usize, &Track),
    (look, state): (Look, &str),
    patterns: &Patterns,
    emit: &mut Emit<'_>,
) {
    let theme = emit.theme;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::click());
    let says = format!("Look at {} in run {}: {state}", track.name, widgets::run_letter(run));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &says));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect.expand2(vec2(6.0, -1.0)), 4.0, theme.selected);
    }
    if response.has_focus() {
        glyph::focus_ui(ui, rect, theme);
    }
    let centre = pos2(rect.left() + 6.0, rect.center().y);
    glyph::glyph_ui(ui, look, centre, theme, patterns);
    let (font, small) = (fonts::medium(fonts::ROW), fonts::regular(fonts::LABEL));
    let right = ui.painter().text(rect.right_center(), egui::Align2::RIGHT_CENTER, state, small, theme.text2);
    let at = rect.left_center() + vec2(22.0, 0.0);
    let room = right.left() - at.x - 12.0;
    widgets::text_cut(ui.painter(), at, &track.name, font, theme.text1, room);
    if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
        emit.emit(Command::Select(Selection::of(run, Thing::Track(track.kind))));
    }
}
