//! What is wrong: every finding of every run, explained, with the way to the events that prove it.

use std::collections::{BTreeMap, BTreeSet};

use egui::{Label, Rect, RichText, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use sim_core::analysis::findings::{Finding, FindingKind, Severity};
use sim_core::clock::Clock;
use sim_core::trace::text::describe;

use crate::session::{Command, Cursor, FindingId, Growth, Run, Selection, Session};
use crate::timeline::axis::with_thousands;
use crate::timeline::words::middle_cut;

use super::fonts;
use super::icons;
use super::theme::Theme;
use super::veil::figures_veiled_ui;
use super::widgets::{self, Emit, run_letter};

/// So many events of a proof are offered; the first says where it begins.
const MOST_PROOFS: usize = 4;

/// So many findings of one kind are listed each on its own; more are folded under their kind.
const MOST_OPEN: usize = 12;

/// What the list remembers between frames: the heights of what is not in sight, and which kinds a person has unfolded.
#[derive(Clone, Default, Debug)]
pub struct FindingsState {
    heights: Vec<f32>,
    width: f32,
    unfolded: BTreeSet<FindingKind>,
}

/// A line of the list.
enum Item<'a> {
    /// Many of a kind, folded or not.
    Kind(FindingKind, usize, Severity),
    /// One finding.
    One(FindingId, &'a Finding),
}

/// Shows the list.
pub fn findings_ui(ui: &mut Ui, area: Rect, session: &Session, state: &mut FindingsState, emit: &mut Emit<'_>) {
    if figures_veiled_ui(ui, area, session, emit.theme) {
        return;
    }
    let found = session.findings();
    if found.is_empty() {
        // Whole, however narrow the place is: a sentence that breaks off is no answer.
        let text = RichText::new(none_text(session)).font(fonts::regular(fonts::BODY)).color(emit.theme.text2);
        let scroll = ScrollArea::vertical().id_salt("nothing found").auto_shrink(false);
        widgets::inside(ui, area.shrink2(vec2(16.0, 12.0)), |ui| scroll.show(ui, |ui| ui.add(Label::new(text).wrap())));
        return;
    }
    let items = items(&found, state);
    if state.heights.len() != items.len() || (state.width - area.width()).abs() > 0.5 {
        state.heights = vec![f32::NAN; items.len()];
        state.width = area.width();
    }
    let heights = &mut state.heights;
    let unfolded = &mut state.unfolded;
    widgets::inside(ui, area, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical().id_salt("findings").auto_shrink(false).show_viewport(ui, |ui, sight| {
            let top = ui.cursor().top();
            for (item, height) in items.into_iter().zip(heights) {
                let y = ui.cursor().top() - top;
                let guess = if height.is_nan() { GUESS } else { *height };
                if y > sight.bottom() + GUESS || y + guess < sight.top() {
                    // Out of sight: its place is kept, nothing of it is laid out.
                    ui.add_space(guess);
                    continue;
                }
                match item {
                    Item::Kind(kind, count, severity) => kind_ui(ui, kind, count, severity, unfolded, emit.theme),
                    Item::One(id, finding) => finding_ui(ui, session, id, finding, emit),
                }
                widgets::rule(ui, emit.theme);
                *height = ui.cursor().top() - top - y;
            }
        });
    });
}

/// The height of a finding that has not been seen yet.
const GUESS: f32 = 110.0;

/// Findings in their order; those of which there are many, under their kind.
fn items<'a>(found: &[(FindingId, &'a Finding)], state: &FindingsState) -> Vec<Item<'a>> {
    let mut counts: BTreeMap<FindingKind, (usize, Severity)> = BTreeMap::new();
    for (_, finding) in found {
        let (count, worst) = counts.entry(finding.kind).or_insert((0, finding.severity));
        (*count, *worst) = (*count + 1, (*worst).min(finding.severity));
    }
    let folds = |kind: FindingKind| counts[&kind].0 > MOST_OPEN;
    let mut items: Vec<Item<'_>> =
        found.iter().filter(|(_, f)| !folds(f.kind)).map(|(id, f)| Item::One(*id, f)).collect();
    for (kind, (count, worst)) in counts.iter().filter(|(kind, _)| folds(**kind)) {
        items.push(Item::Kind(*kind, *count, *worst));
        if state.unfolded.contains(kind) {
            items.extend(found.iter().filter(|(_, f)| f.kind == *kind).map(|(id, f)| Item::One(*id, f)));
        }
    }
    items
}

/// "LongPoll × 812", which unfolds.
fn kind_ui(
    ui: &mut Ui,
    kind: FindingKind,
    count: usize,
    severity: Severity,
    unfolded: &mut BTreeSet<FindingKind>,
    theme: &Theme,
) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 32.0), Sense::click());
    let open = unfolded.contains(&kind);
    let text = format!("{} × {}", kind.id(), with_thousands(&count.to_string()));
    let said = format!("{text}, {}", if open { "unfolded" } else { "folded" });
    response.widget_info(|| WidgetInfo::selected(egui::Role::DisclosureTriangle, true, open, &said));
    let lit = response.hovered() || response.has_focus();
    ui.painter().rect_filled(rect, 0.0, if lit { theme.selected } else { theme.raised });
    let at = rect.left_center() + vec2(20.0, 0.0);
    let triangle = if open {
        [vec2(-4.0, -2.5), vec2(4.0, -2.5), vec2(0.0, 3.0)]
    } else {
        [vec2(-2.5, -4.0), vec2(3.0, 0.0), vec2(-2.5, 4.0)]
    };
    let points = triangle.map(|v| at + v).to_vec();
    ui.painter().add(egui::Shape::convex_polygon(points, theme.text2, Stroke::NONE));
    icons::severity(ui.painter(), severity, at + vec2(20.0, 0.0), theme);
    let font = fonts::semibold(fonts::BODY);
    widgets::text_cut(ui.painter(), at + vec2(36.0, 0.0), &text, font, theme.text1, rect.width() - 80.0);
    if response.clicked() && !unfolded.remove(&kind) {
        unfolded.insert(kind);
    }
}

fn none_text(session: &Session) -> &'static str {
    let missing = || session.runs().iter().filter(|r| r.findings.is_none());
    if missing().any(|r| r.growth == Growth::Stopped) {
        "The simulation was stopped. Only a run that has ended is looked through for problems."
    } else if missing().any(Run::may_grow) {
        "The runs are looked through for problems as soon as they have ended."
    } else if missing().next().is_some() {
        "Looking for problems…"
    } else {
        "Nothing is wrong in these runs, as far as can be told from what they recorded."
    }
}

fn finding_ui(ui: &mut Ui, session: &Session, id: FindingId, finding: &Finding, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let Some(run) = session.runs().get(id.run) else { return };
    let looked_at = session.finding() == Some(id);
    let begun = ui.cursor().top();
    let under = ui.painter().add(egui::Shape::Noop);
    egui::Frame::new().inner_margin(egui::Margin { left: 16, right: 16, top: 8, bottom: 8 }).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        let title = ui.horizontal(|ui| title_ui(ui, (run, session.clock()), id, finding, theme)).inner;
        if title.on_hover_text("Go to where it begins, and select whom it is about").clicked() {
            emit.emit(Command::ShowFinding(id));
        }
        let text = RichText::new(&finding.explanation).font(fonts::regular(fonts::ROW)).color(theme.text2);
        ui.add(Label::new(text).wrap());
        ui.horizontal_wrapped(|ui| proofs_ui(ui, session, run, id, finding, emit));
    });
    if looked_at {
        let rect =
            Rect::from_min_max(pos2(ui.max_rect().left(), begun), pos2(ui.max_rect().right(), ui.cursor().top()));
        let bar = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
        ui.painter().rect_filled(bar, 0.0, theme.ink);
        ui.painter().set(under, egui::Shape::rect_filled(rect, 0.0, theme.selected));
    }
}

fn title_ui(
    ui: &mut Ui,
    (run, clock): (&Run, Clock),
    id: FindingId,
    finding: &Finding,
    theme: &Theme,
) -> egui::Response {
    let room = ui.available_width();
    let font = fonts::semibold(fonts::BODY);
    let (rect, response) = ui.allocate_exact_size(vec2(room, 22.0), Sense::click());
    let letter = run_letter(id.run);
    let severity = finding.severity.text();
    let said = format!("Finding in run {letter}, {severity}: {}", finding.title);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &said));
    let color = if response.hovered() || response.has_focus() { theme.ink } else { theme.text1 };
    icons::severity(ui.painter(), finding.severity, rect.left_center() + vec2(7.0, 0.0), theme);
    let (from, to) = (clock.write(finding.span.0), clock.say(finding.span.1));
    let where_ = format!("{}, {letter}, {from} – {to}", finding.kind.id());
    let small = fonts::regular(fonts::LABEL);
    let galley = ui.painter().layout_no_wrap(where_, small, theme.text3);
    let right = rect.right() - galley.size().x;
    let at = rect.left_center() + vec2(22.0, 0.0);
    let beside = right - at.x > 220.0;
    let room = if beside { right - at.x - 12.0 } else { rect.right() - at.x };
    widgets::text_cut(ui.painter(), at, &finding.title, font, color, room);
    if beside {
        ui.painter().galley(pos2(right, rect.center().y - galley.size().y / 2.0), galley, theme.text3);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect.expand(2.0), 4.0, Stroke::new(2.0, theme.ink), egui::StrokeKind::Outside);
    }
    let whole = format!("{}: {}, in run {letter} ({})", finding.severity.text(), finding.title, run.title);
    response.on_hover_text(whole)
}

/// The events that prove it, each a way to go.
fn proofs_ui(ui: &mut Ui, session: &Session, run: &Run, id: FindingId, finding: &Finding, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    ui.spacing_mut().item_spacing = vec2(6.0, 4.0);
    subjects_ui(ui, session, run, id, finding, emit);
    ui.label(RichText::new("Proof").font(fonts::medium(fonts::LABEL)).color(theme.text3));
    for n in finding.proof.iter().take(MOST_PROOFS).filter(|n| **n < run.trace.len()) {
        let Some(event) = run.trace.event(*n) else { continue };
        let words = describe(&event, run.names(*n));
        let label =
            format!("{}  {}: {}", session.clock().say(run.trace.time(*n)), middle_cut(&words.who, 24), words.event);
        let here = session.focus() == id.run && session.cursor() == Cursor::after(&run.trace, *n);
        let button = proof_ui(ui, &label, "Go to", here, theme);
        if button.on_hover_text(words.detail).clicked() {
            emit.emit(Command::SeekEvent { run: id.run, event: *n });
        }
    }
    let more = finding.proof.len().saturating_sub(MOST_PROOFS);
    if more > 0 {
        let text = RichText::new(format!("and {more} more")).font(fonts::regular(fonts::LABEL)).color(theme.text3);
        ui.label(text);
    }
}

/// Whom it is about, each a way to go.
fn subjects_ui(ui: &mut Ui, session: &Session, run: &Run, id: FindingId, finding: &Finding, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    ui.label(RichText::new("About").font(fonts::medium(fonts::LABEL)).color(theme.text3));
    for track in finding.subjects.iter().take(MOST_PROOFS) {
        let Some(of) = run.index.track(*track) else { continue };
        let selection = Selection::Track { run: id.run, track: *track };
        let here = session.selection() == selection;
        let button = proof_ui(ui, &middle_cut(&of.name, 24), "Select", here, theme);
        if button.on_hover_text(&of.name).clicked() {
            emit.emit(Command::Select(selection));
        }
    }
    ui.add_space(6.0);
}

fn proof_ui(ui: &mut Ui, label: &str, verb: &str, here: bool, theme: &Theme) -> egui::Response {
    let galley = ui.painter().layout_no_wrap(label.to_owned(), fonts::mono(fonts::LEAST), theme.text1);
    let (rect, response) = ui.allocate_exact_size(galley.size() + vec2(14.0, 7.0), Sense::click());
    let said = format!("{verb} {label}");
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, here, &said));
    let lit = here || response.hovered() || response.has_focus();
    let edge = if lit { theme.ink } else { theme.strong_line };
    ui.painter().rect(rect, 5.0, theme.panel, Stroke::new(1.0, edge), egui::StrokeKind::Inside);
    ui.painter().galley((rect.center() - galley.size() / 2.0).round(), galley, theme.text1);
    response
}
