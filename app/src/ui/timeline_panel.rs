//! The timeline: all runs' rows on one axis under one cursor.
//!
//! Takes pointer and wheel, lays out what is in sight, paints it in layers, and emits commands.

use egui::{
    Align2, Context, CursorIcon, PointerButton, Rect, Response, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};
use sim_core::analysis::track::{Track, TrackKind};
use sim_core::instant::SimTime;

use crate::session::{Command, Growth, Run, Selection, Session};
use crate::timeline::axis::{Axis, write_clock};
use crate::timeline::layout::{Layout, RowInput};
use crate::timeline::links::LinkInput;
use crate::timeline::rows::{Row, RowKind, Rows, RunRows};
use crate::timeline::scene::{Measure, Scene};
use crate::timeline::{hit, words};

use super::canvas::Canvas;
use super::fonts;
use super::hover;
use super::paint::{self, label_font, scene_ui};
use super::patterns::Patterns;
use super::theme::Theme;
use super::widgets::{self, Emit};

/// Row labels take so much; the Stage's columns start there, too.
pub const LABELS: f32 = 148.0;
/// Free at the right of the rows.
pub const RIGHT_MARGIN: f32 = 16.0;
const AXIS_HEIGHT: f32 = 28.0;
/// A click so near to a span's start means its start.
const NEAR: f32 = 3.0;

/// What the timeline remembers between frames.
#[derive(Clone, Default)]
pub struct TimelineState {
    selected: Option<(usize, TrackKind)>,
}

struct FontMeasure<'a> {
    ctx: &'a Context,
}

impl Measure for FontMeasure<'_> {
    fn width(&self, text: &str) -> f32 {
        let color = egui::Color32::PLACEHOLDER;
        self.ctx.fonts_mut(|f| f.layout_no_wrap(text.to_owned(), label_font(), color).size().x)
    }
}

/// The rows of a session's runs.
pub fn rows_of(session: &Session) -> Rows {
    let runs = session.runs().iter().map(|r| RunRows { tracks: &r.index.tracks, tables: r.trace.tables() });
    Rows::new(&runs.collect::<Vec<_>>())
}

/// Shows the timeline.
pub fn timeline_ui(
    ui: &mut Ui,
    session: &Session,
    state: &mut TimelineState,
    patterns: &Patterns,
    emit: &mut Emit<'_>,
) {
    let area = ui.max_rect();
    let view = session.view();
    let axis =
        Axis { left: area.left() + LABELS, right: area.right() - RIGHT_MARGIN, start: view.start, length: view.length };
    let rows = rows_of(session);
    let head = Rect::from_min_size(area.min, vec2(area.width(), AXIS_HEIGHT));
    let body = Rect::from_min_max(head.left_bottom(), area.max);
    wheel(ui, area, &axis, emit);
    widgets::inside(ui, body, |ui| {
        ui.set_clip_rect(body.intersect(ui.clip_rect()));
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        // The wheel alone scrolls the rows; what it means with a key was taken before.
        ScrollArea::vertical().id_salt("rows").auto_shrink(false).show_viewport(ui, |ui, _| {
            let (place, _) = ui.allocate_exact_size(vec2(area.width(), rows.height()), Sense::hover());
            let panel = Panel { session, rows: &rows, axis, origin: place.top(), sight: ui.clip_rect(), patterns };
            panel.follow_selection(ui, state);
            panel.show(ui, emit);
        });
    });
    axis_ui(ui, head, session, &axis, emit);
}

/// The wheel with Ctrl zooms at the pointer, with Shift it pans.
fn wheel(ui: &Ui, area: Rect, axis: &Axis, emit: &mut Emit<'_>) {
    let Some(pointer) = ui.ctx().pointer_hover_pos().filter(|p| area.contains(*p)) else { return };
    let (zoom, scroll) = ui.input(|i| (f64::from(i.zoom_delta()), i.smooth_scroll_delta()));
    if zoom != 1.0 {
        emit.emit(Command::ZoomAt { factor: zoom * zoom, at: axis.time_from_x(pointer.x.max(axis.left)) });
    }
    if scroll.x != 0.0 {
        emit.emit(Command::Pan(f64::from(-scroll.x / axis.width())));
    }
}

struct Panel<'a> {
    session: &'a Session,
    rows: &'a Rows,
    axis: Axis,
    /// The first row's top, on the surface.
    origin: f32,
    /// What can be seen.
    sight: Rect,
    patterns: &'a Patterns,
}

impl Panel<'_> {
    fn show(&self, ui: &mut Ui, emit: &mut Emit<'_>) {
        let visible = self.rows.between(self.sight.top() - self.origin, self.sight.bottom() - self.origin);
        let tracks =
            Rect::from_min_max(pos2(self.axis.left, self.sight.top()), pos2(self.axis.right, self.sight.bottom()));
        let pointer = ui.interact(tracks, ui.scope_id().with("tracks"), Sense::click_and_drag());
        pointer.widget_info(|| WidgetInfo::labeled(egui::Role::GenericContainer, true, "Timeline"));
        self.grounds(ui, visible, emit.theme);
        let scene = self.scene(ui, visible);
        let painter = ui.painter().with_clip_rect(tracks.expand2(vec2(2.0, 0.0)).intersect(self.sight));
        scene_ui(&painter, &scene, emit.theme, self.patterns);
        self.growing(ui, visible, emit.theme);
        self.cursor(ui, emit.theme);
        self.point(ui, &pointer, &scene, emit);
        for row in visible {
            match row.kind {
                RowKind::Head => self.head_ui(ui, row, emit),
                RowKind::Track { index, kind } => self.label_ui(ui, row, index, kind, emit),
            }
        }
        if self.rows.all().len() == self.session.runs().len() && !self.session.runs().is_empty() {
            let at = pos2(self.axis.left, self.origin + self.rows.height() + 24.0);
            let text = if self.session.is_loading() { "The simulation is starting." } else { "Nothing to show." };
            ui.painter().text(at, Align2::LEFT_CENTER, text, fonts::regular(fonts::BODY), emit.theme.text3);
        }
    }

    fn rect_of(&self, row: &Row) -> Rect {
        let right = self.axis.right + RIGHT_MARGIN;
        Rect::from_min_max(
            pos2(self.axis.left - LABELS, self.origin + row.top),
            pos2(right, self.origin + row.bottom()),
        )
    }

    fn run(&self, row: &Row) -> &Run {
        &self.session.runs()[row.run]
    }

    /// A selection that came from elsewhere is brought into sight.
    fn follow_selection(&self, ui: &Ui, state: &mut TimelineState) {
        let selected = self.session.selection().track();
        if selected != state.selected {
            state.selected = selected;
            if let Some(row) = selected.and_then(|(run, track)| self.row_of(run, track)) {
                let rect = self.rect_of(row);
                if rect.top() < self.sight.top() || rect.bottom() > self.sight.bottom() {
                    ui.scroll_to_rect(rect, Some(egui::Align::Center));
                }
            }
        }
    }

    fn row_of(&self, run: usize, track: TrackKind) -> Option<&Row> {
        self.rows.of_track(run, self.session.runs().get(run)?.index.row(track)?)
    }

    /// What lies under the scene: heads, the selected row, the grid, the lines that rows stand on.
    fn grounds(&self, ui: &Ui, visible: &[Row], theme: &Theme) {
        let mut below = Canvas::plain();
        let selected = self.session.selection().track();
        for row in visible {
            let rect = self.rect_of(row);
            match row.kind {
                RowKind::Head => below.rect(rect, theme.raised),
                RowKind::Track { kind, .. } if selected == Some((row.run, kind)) => {
                    below.rect(rect, theme.selected);
                    below.rect(Rect::from_min_size(rect.min, vec2(3.0, rect.height())), theme.ink);
                }
                RowKind::Track { .. } => {}
            }
        }
        let rows: Vec<_> = visible.iter().filter(|r| r.kind != RowKind::Head).collect();
        for tick in self.axis.ticks(TICK_GAP).marks {
            let x = tick.x.round();
            if x < self.axis.left || x > self.axis.right {
                continue;
            }
            for row in &rows {
                let rect = self.rect_of(row);
                below.rect(Rect::from_min_max(pos2(x, rect.top()), pos2(x + 1.0, rect.bottom())), theme.grid);
            }
        }
        for row in &rows {
            if matches!(row.track(), Some(TrackKind::Core(_) | TrackKind::Counter(_))) {
                let y = self.rect_of(row).bottom() - 1.0;
                let line = Rect::from_min_max(pos2(self.axis.left, y), pos2(self.axis.right, y + 1.0));
                below.rect(line, theme.strong_line);
            }
        }
        below.paint(ui.painter());
    }

    fn scene(&self, ui: &Ui, visible: &[Row]) -> Scene {
        let mut scene = Scene::default();
        let measure = FontMeasure { ctx: ui.ctx() };
        let mut layout = Layout::new(self.axis, &measure);
        for row in visible {
            if let RowKind::Track { index, .. } = row.kind {
                let run = self.run(row);
                let (track, trace) = (&run.index.tracks[index], &run.trace);
                let input =
                    RowInput { track, trace, top: self.origin + row.top, height: row.height, stuck: run.is_stuck() };
                layout.row(input, &mut scene);
            }
        }
        for (run, of) in self.session.runs().iter().enumerate() {
            let selected_track = self.session.selection().track().filter(|(r, _)| *r == run).map(|(_, t)| t);
            let selected_link = self.session.selection().link().filter(|(r, _)| *r == run).map(|(_, l)| l);
            LinkInput {
                run,
                index: &of.index,
                rows: self.rows,
                origin: self.origin,
                axis: self.axis,
                sight: (self.sight.top(), self.sight.bottom()),
                selected_track,
                selected_link,
            }
            .lay_out(&mut scene);
        }
        scene
    }

    /// The end of what is known, while more may come.
    fn growing(&self, ui: &Ui, visible: &[Row], theme: &Theme) {
        for row in visible.iter().filter(|r| r.kind != RowKind::Head) {
            let run = self.run(row);
            if run.growth != Growth::Growing && run.growth != Growth::Stopped {
                continue;
            }
            let x = self.axis.x(run.end()).max(self.axis.left);
            if x < self.axis.right {
                let rect = self.rect_of(row);
                let rest = Rect::from_min_max(pos2(x, rect.top()), pos2(self.axis.right, rect.bottom()));
                ui.painter().rect_filled(rest, 0.0, theme.raised);
            }
        }
    }

    /// The cursor's line, under the rows' names.
    fn cursor(&self, ui: &Ui, theme: &Theme) {
        let x = self.axis.x(self.session.cursor().time);
        if x < self.axis.left - 1.0 || x > self.axis.right + 1.0 {
            return;
        }
        let x = (x * ui.pixels_per_point()).round() / ui.pixels_per_point();
        let line = Rect::from_min_max(pos2(x - 0.75, self.sight.top()), pos2(x + 0.75, self.sight.bottom()));
        ui.painter().rect_filled(line, 0.0, theme.ink);
    }

    fn head_ui(&self, ui: &mut Ui, row: &Row, emit: &mut Emit<'_>) {
        let theme = emit.theme;
        let rect = self.rect_of(row);
        let run = self.run(row);
        let focused = self.session.focus() == row.run;
        // A head is opaque, so that the cursor does not cross its words.
        let font = fonts::semibold(fonts::ROW);
        let title = ui.painter().layout_no_wrap(run.title.clone(), font.clone(), theme.text1).size().x;
        let words = vec2((title + 50.0).max(LABELS - 2.0), rect.height());
        ui.painter().rect_filled(Rect::from_min_size(rect.min, words), 0.0, theme.raised);
        widgets::run_key(ui.painter(), rect.left_center() + vec2(27.0, 0.0), row.run, focused, theme);
        let at = rect.left_center() + vec2(46.0, 0.0);
        let room = rect.width() - 60.0;
        let title = widgets::text_cut(ui.painter(), at, &run.title, font, theme.text1, room);
        let info = &run.trace.tables().run;
        let mut facts: Vec<String> =
            [info.policy.clone(), costs_name(&info.costs).to_owned()].into_iter().filter(|t| !t.is_empty()).collect();
        facts.extend(growth_text(run));
        let at = at + vec2(title + 10.0, 0.5);
        // What stands beside the title begins with the rows.
        let at = pos2(at.x.max(self.axis.left + 8.0), at.y);
        let room = rect.right() - at.x - RIGHT_MARGIN;
        widgets::text_cut(ui.painter(), at, &facts.join(" · "), fonts::regular(fonts::LABEL), theme.text3, room);
        let response = ui.interact(rect, ui.scope_id().with(("head", row.run)), Sense::click());
        let said = format!("Run {}: {}, {}", widgets::run_letter(row.run), run.title, facts.join(", "));
        response.widget_info(|| WidgetInfo::selected(egui::Role::RadioButton, true, focused, &said));
        if response.clicked() {
            emit.emit(Command::FocusRun(row.run));
        }
    }

    fn label_ui(&self, ui: &mut Ui, row: &Row, index: usize, kind: TrackKind, emit: &mut Emit<'_>) {
        let theme = emit.theme;
        let run = self.run(row);
        let track = &run.index.tracks[index];
        let rect = self.rect_of(row).with_max_x(self.axis.left - 8.0);
        let state = row_state(run, track, self.session.cursor().time);
        let name = words::row_name(track);
        let response = ui.interact(rect, ui.scope_id().with(("row", row.run, kind)), Sense::click());
        let selected = self.session.selection().track() == Some((row.run, kind));
        let said = format!("{name} of run {}: {state}", widgets::run_letter(row.run));
        response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, selected, &said));
        let strong = matches!(kind, TrackKind::Task(_) | TrackKind::Thread(_) | TrackKind::Worker(_));
        let font = if strong { fonts::medium(fonts::ROW) } else { fonts::regular(fonts::ROW) };
        let (left, right, y) = (rect.left() + 16.0, rect.right(), rect.center().y);
        let small = fonts::regular(fonts::LEAST);
        let state_width = ui.painter().layout_no_wrap(state.clone(), small.clone(), theme.text3).size().x;
        let name_width = ui.painter().layout_no_wrap(name.clone(), font.clone(), theme.text1).size().x;
        let room = right - left;
        // The name matters more than the state; both are whole on hover.
        let state_room = (room - name_width.min(room * 0.6) - 8.0).max(0.0);
        let cut = name_width > room - state_width.min(state_room) - 8.0;
        let letters =
            ((room - state_width.min(state_room) - 8.0) / (name_width / name.chars().count().max(1) as f32)) as usize;
        let shown = if cut { words::middle_cut(&name, letters) } else { name.clone() };
        let color = if response.hovered() || response.has_focus() { theme.ink } else { theme.text1 };
        ui.painter().text(pos2(left, y), Align2::LEFT_CENTER, shown, font, color);
        if state_width <= state_room {
            ui.painter().text(pos2(right, y), Align2::RIGHT_CENTER, &state, small, theme.text2);
        } else if state_room > 30.0 {
            widgets::text_cut(ui.painter(), pos2(right - state_room, y), &state, small, theme.text2, state_room);
        }
        if response.has_focus() {
            ui.painter().rect_stroke(rect.shrink(2.0), 4.0, Stroke::new(2.0, theme.ink), egui::StrokeKind::Inside);
        }
        let response = response.on_hover_text(format!("{name}: {state}\n{}", kind_words(kind)));
        if response.clicked() {
            emit.emit(Command::Select(Selection::Track { run: row.run, track: kind }));
        }
    }

    /// Clicks, drags and hovering over the rows.
    fn point(&self, ui: &mut Ui, response: &Response, scene: &Scene, emit: &mut Emit<'_>) {
        let shift = ui.input(|i| i.modifiers.shift);
        let pans = response.dragged_by(PointerButton::Middle) || (shift && response.dragged_by(PointerButton::Primary));
        if pans {
            emit.emit(Command::Pan(f64::from(-response.drag_delta().x / self.axis.width())));
            ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
            return;
        }
        let Some(at) = response.hover_pos().or(response.interact_pointer_pos()) else { return };
        if let Some(arrow) = hit::arrow_at(&scene.arrows, at.x, at.y) {
            let arrow = &scene.arrows[arrow];
            let run = &self.session.runs()[arrow.run];
            let link = run.index.links()[arrow.link];
            ui.ctx().set_cursor_icon(CursorIcon::PointingHand);
            if response.clicked() {
                emit.emit(Command::Select(Selection::Link { run: arrow.run, link }));
                emit.emit(Command::SeekEvent { run: arrow.run, event: link.to_event });
            } else {
                hover::link_ui(response, run, &link, emit.theme);
            }
            return;
        }
        let Some(row) = self.rows.at(at.y - self.origin) else { return };
        let RowKind::Track { index, kind } = row.kind else { return };
        let run = self.run(row);
        let track = &run.index.tracks[index];
        let span = hit::span_at(track, &self.axis, at.x);
        if response.double_clicked()
            && let Some(span) = span
        {
            let (from, to) = (span.start.as_nanos() as f64, span.end.as_nanos() as f64);
            let margin = (to - from) * 0.2;
            emit.emit(Command::ShowRange { from: from - margin, to: to + margin });
        } else if response.clicked() {
            emit.emit(Command::Select(Selection::Track { run: row.run, track: kind }));
            // A click on a span's very start means the event there, not a time a little beside it.
            match span.filter(|s| (self.axis.x(s.start) - at.x).abs() <= NEAR) {
                Some(span) => emit.emit(Command::SeekEvent { run: row.run, event: span.event }),
                None => emit.emit(Command::Seek(self.axis.moment_from_x(at.x))),
            }
        } else if let Some(span) = span {
            hover::span_ui(response, run, track, &span, emit.theme);
        }
    }
}

fn row_state(run: &Run, track: &Track, now: SimTime) -> String {
    let state = run.snapshot();
    // Before the first event nothing is in any state.
    if state.events == 0 { String::new() } else { words::row_state(run.trace.tables(), track, state, now.as_nanos()) }
}

fn costs_name(costs: &str) -> &str {
    match costs {
        "zero" => "textbook costs",
        "cited" => "measured costs",
        other => other,
    }
}

fn growth_text(run: &Run) -> Option<String> {
    match run.growth {
        Growth::Waiting => Some("waiting".to_owned()),
        Growth::Growing => Some(format!("{} events so far", run.trace.len())),
        Growth::Stopped => Some(format!("stopped after {} events", run.trace.len())),
        Growth::Complete => run.notice.clone(),
    }
}

fn kind_words(kind: TrackKind) -> &'static str {
    match kind {
        TrackKind::Core(_) => "A simulated CPU: which thread is on it",
        TrackKind::Worker(_) => "A thread that runs the executor: which task it polls",
        TrackKind::Device(_) => "A device: the requests it works on",
        TrackKind::Task(_) => "A task: its state over time",
        TrackKind::Thread(_) => "A thread: its state over time",
        TrackKind::Counter(_) => "How many wait, over time",
    }
}

const TICK_GAP: f32 = 52.0;

/// The axis with its ticks, and the cursor through all rows.
fn axis_ui(ui: &mut Ui, head: Rect, session: &Session, axis: &Axis, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let ticks = axis.ticks(TICK_GAP);
    let painter = ui.painter();
    painter.hline(head.x_range(), head.bottom() - 0.5, Stroke::new(1.0, theme.line));
    let name = format!("virtual time, {}", ticks.unit.symbol());
    let at = head.left_center() + vec2(16.0, 0.0);
    painter.text(at, Align2::LEFT_CENTER, name, fonts::regular(fonts::LABEL), theme.text3);
    let now = axis.x(session.cursor().time);
    let flag =
        painter.layout_no_wrap(write_clock(session.cursor().time), fonts::mono_medium(fonts::LABEL), theme.on_ink);
    let half = flag.size().x / 2.0 + 8.0;
    let in_view = now >= axis.left - 1.0 && now <= axis.right + 1.0;
    for tick in ticks.marks {
        let galley = painter.layout_no_wrap(tick.label, fonts::mono(fonts::LABEL), theme.text3);
        let x = (tick.x - galley.size().x / 2.0).max(axis.left - 4.0);
        let right = x + galley.size().x;
        let hidden = in_view && x < now + half + 4.0 && right > now - half - 4.0;
        if !hidden && right <= axis.right + RIGHT_MARGIN {
            painter.galley(pos2(x, head.center().y - galley.size().y / 2.0).round(), galley, theme.text3);
        }
    }
    if in_view {
        let middle = now.clamp(axis.left + half - 8.0, axis.right + RIGHT_MARGIN - half);
        let plate = Rect::from_center_size(pos2(middle, head.center().y), vec2(half * 2.0, 22.0));
        painter.rect_filled(plate, 4.0, theme.ink);
        painter.galley((plate.center() - flag.size() / 2.0).round(), flag, theme.on_ink);
    }
    seek_ui(ui, head.with_min_x(axis.left), session, axis, emit);
}

/// Pressing or dragging on the axis moves the cursor.
fn seek_ui(ui: &mut Ui, rect: Rect, session: &Session, axis: &Axis, emit: &mut Emit<'_>) {
    let response = ui.interact(rect, ui.scope_id().with("axis"), Sense::click_and_drag());
    let said = format!("Time axis. Cursor at {} ms", write_clock(session.cursor().time));
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Slider, true, &said));
    if response.hovered() {
        ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
    }
    if (response.clicked() || response.dragged())
        && let Some(at) = response.interact_pointer_pos()
    {
        emit.emit(Command::Seek(axis.moment_from_x(at.x).min(session.end())));
    }
}

/// A sentence for a session without runs.
pub fn empty_ui(ui: &Ui, text: &str, theme: &Theme) {
    let rect = ui.max_rect().shrink(24.0);
    paint::dashed_frame(ui.painter(), rect, theme);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, text, fonts::regular(fonts::BODY), theme.text3);
}
