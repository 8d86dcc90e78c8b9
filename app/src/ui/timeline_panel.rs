//! The timeline: all runs' rows on one axis under one cursor.
//!
//! Lays out what is in sight and paints it in layers; what the pointer does in it is in `timeline_point`.

use std::ops::Range;

use egui::{Align2, Context, Rect, Response, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};
use sim_core::analysis::track::TrackKind;

use crate::session::{Growth, Run, Session};
use crate::timeline::axis::{Axis, with_thousands};
use crate::timeline::findings::FindingInput;
use crate::timeline::layout::{Layout, RowInput};
use crate::timeline::links::LinkInput;
use crate::timeline::rows::{Face, Row, RowKind, Rows, Why};
use crate::timeline::scene::{Measure, Scene};

use super::axis::axis_ui;
use super::canvas::Canvas;
use super::crowd::Crowds;
use super::fonts;
use super::measures::{LABELS, RIGHT_MARGIN, TICK_GAP};
use super::minimap::{self, MinimapState, minimap_ui};
use super::paint::{label_font, scene_ui};
use super::patterns::{HATCH_PERIOD, Patterns};
use super::row_room::{Chosen, rows_within, wishes};
use super::tab_order;
use super::theme::Theme;
use super::timeline_point::wheel;
use super::widgets::{self, Emit};

const AXIS_HEIGHT: f32 = 24.0;

/// What the timeline remembers between frames.
#[derive(Clone, Default)]
pub struct TimelineState {
    selected: Option<(usize, TrackKind)>,
    focus: usize,
    jump: Option<f32>,
    /// Where the rows are that can be seen, each cut to what can be seen of it: its run, and what it shows.
    pub(super) places: Vec<(usize, RowKind, Rect)>,
    crowds: Crowds,
    minimap: MinimapState,
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

/// What stands above the rows at least: minimap and axis.
pub const ABOVE_ROWS: f32 = minimap::LOW + AXIS_HEIGHT;

/// Shows the timeline. Answers which controls lie over the rows, and stay where they are while those are scrolled.
pub fn timeline_ui(
    ui: &mut Ui,
    session: &Session,
    state: &mut TimelineState,
    patterns: &Patterns,
    emit: &mut Emit<'_>,
) -> Range<usize> {
    let area = ui.max_rect();
    let view = session.view();
    let axis =
        Axis { left: area.left() + LABELS, right: area.right() - RIGHT_MARGIN, start: view.start, length: view.length };
    // Before an audience there is no minimap: the rows need its room.
    let presented = session.presenting().is_on();
    let close = wishes(session).first().map_or(0.0, |(_, close)| close + AXIS_HEIGHT);
    let height = if presented { 0.0 } else { minimap::height(area.height(), close) };
    let strip = Rect::from_min_size(area.min, vec2(area.width(), height));
    let head = Rect::from_min_size(strip.left_bottom(), vec2(area.width(), AXIS_HEIGHT));
    let body = Rect::from_min_max(head.left_bottom(), area.max);
    let Chosen { rows, left_out } = rows_within(session, body.height());
    wheel(ui, area.with_min_y(head.top()), &axis, emit);
    let mut over = 0..0;
    widgets::inside(ui, body, |ui| {
        ui.set_clip_rect(body.intersect(ui.clip_rect()));
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        // The wheel alone scrolls the rows; what it means with a key was taken before.
        ScrollArea::vertical().id_salt("rows").auto_shrink(false).show_viewport(ui, |ui, _| {
            let (place, _) = ui.allocate_exact_size(vec2(area.width(), rows.height()), Sense::hover());
            let (origin, sight) = (place.top(), ui.clip_rect());
            let mut crowds = std::mem::take(&mut state.crowds);
            let panel = Panel {
                session,
                rows: &rows,
                left_out: &left_out,
                axis,
                origin,
                sight,
                patterns,
                crowds: &Crowds::default(),
            };
            crowds.prepare(ui.ctx(), &panel, emit.theme);
            let panel = Panel { crowds: &crowds, ..panel };
            panel.follow(ui, state);
            panel.show(ui, emit);
            (state.jump, over) = tab_order::during(ui, |ui| panel.more_ui(ui, emit.theme));
            state.places = panel.places();
            state.crowds = crowds;
        });
    });
    axis_ui(ui, head, session, &axis, emit);
    if height > 0.0 {
        minimap_ui(ui, strip, session, &axis, &mut state.minimap, emit);
    }
    over
}

/// The rows in sight.
pub(super) struct Panel<'a> {
    pub(super) session: &'a Session,
    pub(super) rows: &'a Rows,
    /// For each run, how many rows made room for others.
    pub(super) left_out: &'a [usize],
    pub(super) axis: Axis,
    /// The first row's top, on the surface.
    pub(super) origin: f32,
    /// What can be seen.
    pub(super) sight: Rect,
    patterns: &'a Patterns,
    pub(super) crowds: &'a Crowds,
}

impl Panel<'_> {
    fn show(&self, ui: &mut Ui, emit: &mut Emit<'_>) {
        let visible = self.rows.between(self.sight.top() - self.origin, self.sight.bottom() - self.origin);
        let tracks =
            Rect::from_min_max(pos2(self.axis.left, self.sight.top()), pos2(self.axis.right, self.sight.bottom()));
        let pointer = ui.interact(tracks, ui.scope_id().with("tracks"), Sense::click_and_drag());
        pointer.widget_info(|| WidgetInfo::labeled(egui::Role::Canvas, true, "Timeline"));
        self.grounds(ui, visible, emit.theme);
        let scene = self.scene(ui, visible);
        let painter = ui.painter().with_clip_rect(tracks.expand2(vec2(2.0, 0.0)).intersect(self.sight));
        self.crowds_ui(&painter, visible, self.patterns, emit.theme);
        scene_ui(&painter, &scene, emit.theme, self.patterns);
        self.growing(ui, visible, emit.theme);
        self.veil_ui(ui, emit);
        self.selected_time(ui, emit.theme);
        self.marked(ui, emit.theme);
        self.cursor(ui, emit.theme);
        self.point(ui, &pointer, &scene, emit);
        for row in visible {
            match row.kind {
                RowKind::Head => self.head_ui(ui, row, emit),
                RowKind::Track { index, kind } if row.face == Face::Lane => self.lane_ui(ui, row, (index, kind), emit),
                RowKind::Track { index, kind } => self.label_ui(ui, row, index, kind, emit),
                RowKind::Group(_) | RowKind::Crowd | RowKind::States | RowKind::Use => {
                    self.crowd_label_ui(ui, row, emit);
                }
            }
        }
        if self.rows.all().len() == self.session.runs().len() && !self.session.runs().is_empty() {
            let at = pos2(self.axis.left, self.origin + self.rows.height() + 24.0);
            let text = if self.session.is_loading() { "The simulation is starting." } else { "Nothing to show." };
            ui.painter().text(at, Align2::LEFT_CENTER, text, fonts::regular(fonts::BODY), emit.theme.text3);
        }
    }

    fn places(&self) -> Vec<(usize, RowKind, Rect)> {
        let rows = self.rows.between(self.sight.top() - self.origin, self.sight.bottom() - self.origin);
        rows.iter().map(|row| (row.run, row.kind, self.rect_of(row).intersect(self.sight))).collect()
    }

    pub(super) fn rect_of(&self, row: &Row) -> Rect {
        let right = self.axis.right + RIGHT_MARGIN;
        Rect::from_min_max(
            pos2(self.axis.left - LABELS, self.origin + row.top),
            pos2(right, self.origin + row.bottom()),
        )
    }

    pub(super) fn run(&self, row: &Row) -> &Run {
        &self.session.runs()[row.run]
    }

    /// A selection or focus that came from elsewhere is brought into sight.
    fn follow(&self, ui: &Ui, state: &mut TimelineState) {
        if let Some(by) = state.jump.take() {
            ui.scroll_with_delta(vec2(0.0, by));
        }
        if self.session.focus() != state.focus {
            state.focus = self.session.focus();
            let head = self.rows.all().iter().find(|r| r.run == state.focus).map(|r| self.rect_of(r));
            if let Some(rect) = head.filter(|r| r.top() < self.sight.top() || r.bottom() > self.sight.bottom()) {
                ui.scroll_to_rect(rect, Some(egui::Align::TOP));
            }
        }
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

    /// How many rows are out of sight, above and below, each a way to get there: a page at a press. Answers by how
    /// much to scroll.
    fn more_ui(&self, ui: &mut Ui, theme: &Theme) -> Option<f32> {
        let first = self.rows.all().partition_point(|r| self.origin + r.bottom() <= self.sight.top() + 1.0);
        let last = self.rows.all().partition_point(|r| self.origin + r.top < self.sight.bottom() - 1.0);
        let page = (self.sight.height() - 40.0).max(40.0);
        let mut jump = None;
        for (count, arrow, y, by) in [
            (first, "↑", self.sight.top() + 15.0, page),
            (self.rows.all().len() - last, "↓", self.sight.bottom() - 15.0, -page),
        ] {
            if count == 0 {
                continue;
            }
            let rows = if count == 1 { "row" } else { "rows" };
            let text = format!("{} more {rows} {arrow}", with_thousands(&count.to_string()));
            if self.plate_ui(ui, &text, y, theme).clicked() {
                jump = Some(by);
            }
        }
        jump
    }

    fn plate_ui(&self, ui: &mut Ui, text: &str, y: f32, theme: &Theme) -> Response {
        let galley = ui.painter().layout_no_wrap(text.to_owned(), fonts::medium(fonts::LABEL), theme.text1);
        let size = galley.size() + vec2(18.0, 7.0);
        let right = self.axis.right;
        let rect = Rect::from_min_max(pos2(right - size.x, y - size.y / 2.0), pos2(right, y + size.y / 2.0));
        let response = ui.interact(rect, ui.scope_id().with(("more", y > self.sight.center().y)), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, text));
        let lit = response.hovered() || response.has_focus();
        let edge = if lit { theme.ink } else { theme.strong_line };
        ui.painter().rect(rect, 5.0, theme.panel, egui::Stroke::new(1.0, edge), egui::StrokeKind::Inside);
        ui.painter().galley((rect.center() - galley.size() / 2.0).round(), galley, theme.text1);
        response.on_hover_text("A page of rows. The wheel scrolls them, too; N goes to the next run")
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
                RowKind::Group(_) | RowKind::Crowd | RowKind::States | RowKind::Use => {}
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
            if matches!(row.track(), Some(TrackKind::Core(_) | TrackKind::Worker(_) | TrackKind::Counter(_)))
                && (row.height < 22.0 || !matches!(row.track(), Some(TrackKind::Worker(_))))
            {
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
        let mut layout = Layout::new(self.axis, &measure).known_until(self.known());
        for row in visible {
            if let RowKind::Track { index, .. } = row.kind {
                let run = self.run(row);
                let (track, trace) = (&run.index.tracks[index], &run.trace);
                let input =
                    RowInput { track, trace, top: self.origin + row.top, height: row.height, stuck: run.is_stuck() };
                layout.row(input, &mut scene);
                if let Some(link) =
                    run.index.slowest_link().filter(|l| row.why == Why::Slowest && l.to_time <= self.known())
                {
                    layout.latency(input, &link, &mut scene);
                }
            }
        }
        let hovered = self.hovered(ui);
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
                events: self.session.events_of(run),
                selected_link,
                hovered: hovered.filter(|h| h.run == run).map(|h| (h.track, h.span)),
            }
            .lay_out(&mut scene);
            let findings = of.findings();
            let (rows, origin, axis) = (self.rows, self.origin, self.axis);
            let sight = (self.sight.top(), self.sight.bottom());
            FindingInput { run, findings, index: &of.index, trace: &of.trace, rows, origin, axis, sight }
                .lay_out(&mut scene);
        }
        scene
    }

    /// The end of what is known, while more may come.
    fn growing(&self, ui: &Ui, visible: &[Row], theme: &Theme) {
        let mut ground = Canvas::plain();
        let mut hatch = Canvas::textured(self.patterns.hatch.id());
        // It hangs on the run's start, so that it does not move while the run grows.
        let anchor = pos2(self.axis.x_from_time(0.0).round(), self.origin);
        for row in visible.iter().filter(|r| r.kind != RowKind::Head) {
            let run = self.run(row);
            if run.growth != Growth::Growing && run.growth != Growth::Stopped {
                continue;
            }
            let x = self.axis.x(run.end()).max(self.axis.left);
            if x < self.axis.right {
                let rect = self.rect_of(row);
                let rest = Rect::from_min_max(pos2(x, rect.top()), pos2(self.axis.right, rect.bottom()));
                ground.rect(rest, theme.raised);
                hatch.pattern(rest, anchor, HATCH_PERIOD, theme.line);
            }
        }
        ground.paint(ui.painter());
        hatch.paint(ui.painter());
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
}
