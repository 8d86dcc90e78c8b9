//! Who is selected, its state, and the answer to "why is it not running?".

use egui::{Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};
use sim_core::analysis::inspect::{Here, Sentence};

use crate::session::{Command, Selection, Session};

use super::super::icons::Icon;
use super::super::theme::Theme;
use super::super::widgets::{self, Emit, Weight, run_letter};
use super::super::{fonts, icons};
use super::sentence::{self, Style};
use super::{Shown, glyph};

const BUTTON: f32 = 24.0;
const BAR: f32 = 3.0;

/// Shows name, state, headline and answer.
pub fn head_ui(ui: &mut Ui, shown: &Shown<'_>, emit: &mut Emit<'_>) {
    name_ui(ui, shown, emit.theme);
    ui.add_space(6.0);
    headline_ui(ui, shown, emit);
    ui.add_space(6.0);
    answer_ui(ui, shown, emit);
    arrow_ui(ui, shown, emit);
    ui.add_space(12.0);
}

/// Run, name, number, and the state as a chip at the right.
fn name_ui(ui: &mut Ui, shown: &Shown<'_>, theme: &Theme) {
    let said = shown.said;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
    let letter = run_letter(shown.run);
    let whole = format!("{}, {} of run {letter}: {}", said.name, said.id, said.state);
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, &whole));
    let focused = shown.session.focus() == shown.run;
    widgets::run_key(ui.painter(), pos2(rect.left() + 9.0, rect.center().y), shown.run, focused, theme);
    let chip = chip_ui(ui, shown, rect, theme);
    let at = pos2(rect.left() + 28.0, rect.center().y);
    let room = chip.left() - 10.0 - at.x;
    let width = widgets::name_cut(ui.painter(), at, &said.name, fonts::semibold(fonts::HEAD), theme.text1, room);
    let id_at = pos2(at.x + width + 8.0, at.y + 1.0);
    let left = room - width - 8.0;
    if left > 30.0 {
        widgets::text_cut(ui.painter(), id_at, &said.id, fonts::regular(fonts::LABEL), theme.text3, left);
    }
    response.on_hover_text(format!("{}, {}", said.name, said.id));
}

fn chip_ui(ui: &Ui, shown: &Shown<'_>, row: Rect, theme: &Theme) -> Rect {
    let galley = ui.painter().layout_no_wrap(shown.said.state.to_owned(), fonts::medium(fonts::ROW), theme.text1);
    let width = galley.size().x + 34.0;
    let chip = Rect::from_min_max(pos2(row.right() - width, row.top() + 2.0), row.max - vec2(0.0, 2.0));
    ui.painter().rect(chip, 5.0, theme.panel, Stroke::new(1.0, theme.strong_line), StrokeKind::Inside);
    let centre = pos2(chip.left() + 15.0, chip.center().y);
    glyph::glyph_ui(ui, shown.said.look, centre, theme, shown.patterns);
    let at = pos2(chip.left() + 26.0, chip.center().y - galley.size().y / 2.0);
    ui.painter().galley(at.round(), galley, theme.text1);
    chip
}

/// The state with its figure, and the way back and forward at the right.
fn headline_ui(ui: &mut Ui, shown: &Shown<'_>, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let size = 17.0;
    let style = Style {
        words: fonts::semibold(size),
        figures: fonts::mono_medium(size),
        color: theme.text1,
        line: 23.0,
        width: ui.available_width() - 2.0 * BUTTON - 10.0,
    };
    let laid = sentence::lay_out(ui, &shown.said.headline, shown.run, &style, theme);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), laid.height().max(BUTTON)), Sense::hover());
    sentence::laid_ui(ui, &laid, rect.min, emit);
    let buttons = Rect::from_min_size(pos2(rect.right() - 2.0 * BUTTON, rect.top()), vec2(2.0 * BUTTON, BUTTON));
    widgets::inside_row(ui, buttons, |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        looked_ui(ui, shown.session, emit);
    });
}

/// Back and forward through what was looked at.
pub fn looked_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let back = session.looked().previous(session.selection());
    let ways =
        [(Icon::LookBack, Command::LookBack, back), (Icon::LookForward, Command::LookForward, session.looked().next())];
    for (icon, command, step) in ways {
        ui.add_enabled_ui(step.is_some(), |ui| {
            widgets::icon_button(ui, icon, command, Weight::Quiet, Vec2::splat(BUTTON), emit);
        });
    }
}

/// The question and its answer, with a bar in the state's hue at the left.
fn answer_ui(ui: &mut Ui, shown: &Shown<'_>, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let width = ui.available_width() - 16.0;
    let question = Style::text(fonts::BODY, 20.0, theme.text3, width);
    let answer = Style::text(fonts::BODY, 20.0, theme.text1, width);
    let asked = sentence::lay_out(ui, &Sentence::plain(shown.said.question), shown.run, &question, theme);
    let told = sentence::lay_out(ui, &shown.said.answer, shown.run, &answer, theme);
    let height = asked.height() + told.height() + 6.0;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let bar = Rect::from_min_size(rect.min, vec2(BAR, rect.height()));
    ui.painter().rect_filled(bar, 0.0, glyph::edge_color(shown.said.look, theme));
    sentence::laid_ui(ui, &asked, rect.min + vec2(16.0, 2.0), emit);
    sentence::laid_ui(ui, &told, rect.min + vec2(16.0, 3.0 + asked.height()), emit);
}

/// The arrow, if one is selected: what it leads from and to, and how long it took.
fn arrow_ui(ui: &mut Ui, shown: &Shown<'_>, emit: &mut Emit<'_>) {
    let Selection::Link { run, link } = shown.session.selection() else { return };
    let Some(of) = shown.session.runs().get(run) else { return };
    let now = shown.session.cursor().time;
    let here = Here::new(&of.trace, &of.index, of.snapshot(), now).told_by(shown.session.clock());
    let said = here.link_told(&link);
    ui.add_space(10.0);
    let theme = emit.theme;
    let style = Style::text(fonts::ROW, 19.0, theme.text2, ui.available_width() - 22.0);
    let laid = sentence::lay_out(ui, &said, run, &style, theme);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), laid.height()), Sense::hover());
    let y = rect.top() + 10.0;
    ui.painter().hline(rect.left()..=(rect.left() + 10.0), y, Stroke::new(1.75, theme.wake));
    icons::head(ui.painter(), pos2(rect.left() + 15.0, y), vec2(1.0, 0.0), theme.wake);
    sentence::laid_ui(ui, &laid, rect.min + vec2(22.0, 0.0), emit);
}
