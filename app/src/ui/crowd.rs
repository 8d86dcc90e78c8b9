//! Many tasks or threads as one picture: a texture of tasks × time, and beside it how many are in which state and how
//! busy the cores are.
//!
//! A picture is gathered anew only when view, size, order or data change, a bounded number of steps a frame; until it
//! is there, the one before is shown where its time is now.

use std::sync::Arc;
use std::time::Duration;

use egui::{
    Color32, ColorImage, Context, Mesh, Painter, Rect, Shape, Stroke, TextureHandle, TextureOptions, pos2, vec2,
};

use crate::session::Session;
use crate::timeline::axis::Axis;
use crate::timeline::fold::{Cell, Frame, Gathering, Picture, Shares};
use crate::timeline::regions::{Covers, Region, regions};
use crate::timeline::rows::{Row, RowKind};

use super::canvas::Canvas;
use super::fonts;
use super::patterns::{HATCH_PERIOD, Patterns};
use super::theme::Theme;
use super::timeline_panel::Panel;

/// A picture goes so many steps in a frame: a millisecond or so. What is left over goes on in the next one.
const STEPS: usize = 60_000;
/// And so many cells of it are given their colours in a frame: half a millisecond.
const COLORED: usize = 400_000;
/// What is not done yet goes on in the next frame: soon, and not at once, so that whoever waits for the window to stand
/// still need not wait for a picture.
const SOON: Duration = Duration::from_millis(1);
/// A picture is at most so many cells wide.
const MOST_COLUMNS: f32 = 2_048.0;
/// What is drawn beside a picture may need it while the picture itself is out of sight.
const BESIDE: f32 = 400.0;

/// The pictures of all runs, kept between frames.
#[derive(Clone, Default)]
pub struct Crowds {
    of_run: Vec<Crowd>,
    /// Who goes first, turn and turn about.
    turn: usize,
}

#[derive(Clone, Default)]
struct Crowd {
    gathering: Option<Gathering>,
    coloring: Option<Coloring>,
    picture: Option<Picture>,
    spare: Option<Picture>,
    texture: Option<TextureHandle>,
    regions: Vec<Region>,
    /// What the texture was made from: its memory serves again when the screen has it.
    image: Option<Arc<ColorImage>>,
    colors: Option<Colors>,
}

/// A gathered picture that is given its colours, line by line.
#[derive(Clone)]
struct Coloring {
    picture: Picture,
    colors: Colors,
    pixels: Vec<Color32>,
    /// Most cells look like some other one: a small table of the last ones saves most of the mixing.
    known: Vec<(Shares, Color32)>,
}

impl Crowds {
    /// The picture of a run, if its tasks are folded and it has been gathered.
    pub fn picture(&self, run: usize) -> Option<&Picture> {
        self.of_run.get(run)?.picture.as_ref()
    }

    /// Brings the pictures that are in sight nearer to what the view asks for.
    pub(super) fn prepare(&mut self, ctx: &Context, panel: &Panel<'_>, theme: &Theme) {
        let runs = panel.session.runs().len();
        self.of_run.resize_with(runs, Crowd::default);
        self.turn += 1;
        for run in (0..runs).map(|n| (n + self.turn) % runs) {
            let Some(row) = panel.rows.crowd_of(run) else {
                self.of_run[run] = Crowd::default();
                continue;
            };
            let rect = panel.rect_of(row);
            if rect.top() > panel.sight.bottom() || rect.bottom() + BESIDE < panel.sight.top() {
                continue;
            }
            let frame = frame(panel.session, run, &panel.axis, row.height, ctx.pixels_per_point());
            if self.of_run[run].prepare(ctx, panel.session, run, frame, theme) {
                // One a frame. The rest, and what is not done yet, comes in the next.
                ctx.request_repaint_after(SOON);
                break;
            }
        }
    }
}

fn frame(session: &Session, run: usize, axis: &Axis, height: f32, density: f32) -> Frame {
    let of = &session.runs()[run];
    Frame {
        start: axis.start,
        length: axis.length,
        columns: (axis.width() * density).round().clamp(1.0, MOST_COLUMNS) as usize,
        rows: ((height - 2.0) * density).round().max(1.0) as usize,
        revision: of.rows.revision(),
        events: of.index.events(),
    }
}

impl Crowd {
    /// Answers whether that took any work.
    fn prepare(&mut self, ctx: &Context, session: &Session, run: usize, wanted: Frame, theme: &Theme) -> bool {
        let of = &session.runs()[run];
        let colors = Colors::new(theme);
        // The places of tasks have changed under it. What is gathered already is shown: while a run grows they change
        // with every part of it.
        self.gathering = self.gathering.take().filter(|g| g.frame().revision == wanted.revision);
        if let Some(mut coloring) = self.coloring.take() {
            if coloring.go_on(COLORED) {
                self.show(ctx, coloring);
            } else {
                self.coloring = Some(coloring);
            }
            return true;
        }
        if self.colors != Some(colors)
            && let Some(picture) = self.picture.take()
        {
            // Another look is seen at once.
            let mut coloring = Coloring::new(picture, colors, self.memory());
            coloring.go_on(usize::MAX);
            self.show(ctx, coloring);
        }
        let shown = self.picture.as_ref().map(|p| p.frame);
        if self.gathering.is_none() && shown != Some(wanted) {
            self.gathering = Some(Gathering::new(wanted, of.rows.order().len(), self.spare.take()));
        }
        let Some(mut gathering) = self.gathering.take() else { return false };
        if gathering.go_on(&of.index.tracks, of.rows.order(), STEPS) {
            self.coloring = Some(Coloring::new(gathering.finish(), colors, self.memory()));
        } else {
            self.gathering = Some(gathering);
        }
        true
    }

    /// The memory of an image that nobody looks at any more.
    fn memory(&mut self) -> Vec<Color32> {
        let image = self.image.take().and_then(|image| Arc::try_unwrap(image).ok());
        image.map_or_else(Vec::new, |image| image.pixels)
    }

    /// A picture with its colours takes the place of the one before.
    fn show(&mut self, ctx: &Context, coloring: Coloring) {
        let Coloring { picture, colors, pixels, .. } = coloring;
        let image = Arc::new(ColorImage::new([picture.frame.columns, picture.rows.max(1)], pixels));
        match &mut self.texture {
            Some(texture) => texture.set(Arc::clone(&image), TextureOptions::NEAREST),
            None => self.texture = Some(ctx.load_texture("crowd", Arc::clone(&image), TextureOptions::NEAREST)),
        }
        self.image = Some(image);
        self.colors = Some(colors);
        self.regions = regions(&picture);
        self.spare = self.picture.replace(picture);
    }
}

impl Coloring {
    fn new(picture: Picture, colors: Colors, mut pixels: Vec<Color32>) -> Coloring {
        pixels.clear();
        let known = vec![(Shares::default(), colors.of(Shares::default())); KNOWN];
        Coloring { picture, colors, pixels, known }
    }

    /// Goes on for so many cells: polls over Ready over Pending over Completed; one poll of a hundred tasks is seen.
    /// Answers whether all are done.
    fn go_on(&mut self, cells: usize) -> bool {
        let from = self.pixels.len();
        let to = from.saturating_add(cells).min(self.picture.cells.len());
        let mut last = self.known[0];
        for cell in &self.picture.cells[from..to] {
            if last.0 != *cell {
                let bits = u32::from_le_bytes([cell.ready, cell.running, cell.waiting, cell.finished]);
                let entry = &mut self.known[(bits.wrapping_mul(0x9E37_79B1) >> 20) as usize % KNOWN];
                if entry.0 != *cell {
                    *entry = (*cell, self.colors.of(*cell));
                }
                last = *entry;
            }
            self.pixels.push(last.1);
        }
        let done = to == self.picture.cells.len();
        if done {
            self.pixels.resize(self.picture.frame.columns * self.picture.rows.max(1), self.colors.ground());
        }
        done
    }
}

/// So many mixed colours are kept while a picture is coloured.
const KNOWN: usize = 4_096;
/// Any poll in a cell covers at least so much of it: 55 %, in 255ths.
const LEAST_RUNNING: u8 = 140;
/// Any Ready in a cell covers at least so much of it: 45 %, in 255ths.
const LEAST_READY: u8 = 115;
/// Less than this of a state, of all tasks together, is rounding and not a state.
const SEEN: f32 = 1e-4;

/// In whole numbers, for there are hundreds of thousands of cells.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Colors {
    panel: [i32; 3],
    waiting: [i32; 3],
    finished: [i32; 3],
    ready: [i32; 3],
    running: [i32; 3],
}

impl Colors {
    fn new(theme: &Theme) -> Colors {
        let of = |c: Color32| [i32::from(c.r()), i32::from(c.g()), i32::from(c.b())];
        Colors {
            panel: of(theme.panel),
            waiting: of(theme.waiting()),
            finished: of(theme.finished_tint),
            ready: of(theme.ready_area),
            running: of(theme.running),
        }
    }

    fn ground(&self) -> Color32 {
        self.of(Shares::default())
    }

    #[inline]
    fn of(&self, cell: Shares) -> Color32 {
        let at_least = |part: u8, least: u8| if part > 0 { i32::from(part.max(least)) } else { 0 };
        let (waiting, finished) = (i32::from(cell.waiting), i32::from(cell.finished));
        let (ready, running) = (at_least(cell.ready, LEAST_READY), at_least(cell.running, LEAST_RUNNING));
        let channel = |n: usize| {
            let panel = self.panel[n];
            // In 255ths of a step, until the end.
            let ground = panel * 255 + (self.waiting[n] - panel) * waiting + (self.finished[n] - panel) * finished;
            let over = |below: i32, above: i32, share: i32| below + (above * 255 - below) * share / 255;
            let color = over(over(ground, self.ready[n], ready), self.running[n], running);
            ((color + 127) / 255).clamp(0, 255) as u8
        };
        Color32::from_rgb(channel(0), channel(1), channel(2))
    }
}

impl Panel<'_> {
    /// Paints the rows that stand for many.
    pub(super) fn crowds_ui(&self, painter: &Painter, visible: &[Row], patterns: &Patterns, theme: &Theme) {
        for row in visible {
            let Some(crowd) = self.crowds.of_run.get(row.run) else { continue };
            let Some(picture) = &crowd.picture else { continue };
            let rect = self.rect_of(row).with_min_x(self.axis.left).with_max_x(self.axis.right);
            match row.kind {
                RowKind::Crowd => self.texture_ui(painter, rect, row.run, crowd, picture, theme),
                RowKind::States => self.states_ui(painter, rect, picture, patterns, theme),
                RowKind::Use => self.use_ui(painter, rect, picture, theme),
                RowKind::Head | RowKind::Group(_) | RowKind::Track { .. } => {}
            }
        }
    }

    fn texture_ui(&self, painter: &Painter, rect: Rect, run: usize, crowd: &Crowd, picture: &Picture, theme: &Theme) {
        let Some(texture) = &crowd.texture else { return };
        let rect = Rect::from_min_max(rect.min.round(), rect.max.round());
        let (x0, x1) = (self.x_of_column(picture, 0.0), self.x_of_column(picture, picture.frame.columns as f32));
        let inner = rect.shrink2(egui::vec2(0.0, 1.0));
        let place = Rect::from_min_max(pos2(x0, inner.top()), pos2(x1, inner.bottom()));
        let mut mesh = Mesh::with_texture(texture.id());
        mesh.add_rect_with_uv(place, Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)), Color32::WHITE);
        painter.with_clip_rect(inner.intersect(painter.clip_rect())).add(Shape::mesh(mesh));
        let frame = Stroke::new(1.0, theme.strong_line);
        painter.rect_stroke(rect, 0.0, frame, egui::StrokeKind::Inside);
        self.named_ui(painter, inner, (run, &crowd.regions), picture, theme);
        self.selected_ui(painter, inner, run, picture, theme);
    }

    /// The names of what covers a piece that has room for one.
    fn named_ui(&self, painter: &Painter, inner: Rect, (run, all): (usize, &[Region]), of: &Picture, theme: &Theme) {
        let threads = self.session.runs()[run].threads;
        for region in all {
            let name = match (region.covers, threads) {
                (Covers::Ready, false) => "Ready",
                (Covers::Ready, true) => "Runnable",
                (Covers::Waiting, false) => "Pending",
                (Covers::Waiting, true) => "Blocked",
                (Covers::Finished, false) => "Completed",
                (Covers::Finished, true) => "Exited",
            };
            let y = |row: usize| inner.top() + inner.height() * row as f32 / of.rows.max(1) as f32;
            let x = |column: usize| self.x_of_column(of, column as f32).clamp(inner.left(), inner.right());
            let piece = Rect::from_min_max(
                pos2(x(region.columns.start), y(region.rows.start)),
                pos2(x(region.columns.end), y(region.rows.end)),
            );
            let galley = painter.layout_no_wrap(name.to_owned(), fonts::medium(fonts::LABEL), theme.text1);
            let plate = Rect::from_center_size(piece.center(), galley.size() + vec2(12.0, 3.0));
            if piece.expand(1.0).contains_rect(plate) {
                painter.rect_filled(plate, 3.0, theme.panel);
                painter.galley((plate.center() - galley.size() / 2.0).round(), galley, theme.text1);
            }
        }
    }

    /// Where the selected task lies among the others.
    fn selected_ui(&self, painter: &Painter, inner: Rect, run: usize, picture: &Picture, theme: &Theme) {
        let of = &self.session.runs()[run];
        let selected = self.session.selection().track().filter(|(r, _)| *r == run);
        let row = selected.and_then(|(_, track)| of.index.row(track));
        let Some(place) = row.and_then(|row| of.rows.order().iter().position(|n| *n as usize == row)) else { return };
        let y = inner.top() + inner.height() * (place as f32 + 0.5) / picture.tasks.max(1) as f32;
        for x in [inner.left(), inner.right()] {
            let side = if x == inner.left() { 6.0 } else { -6.0 };
            let corners = vec![pos2(x, y - 4.0), pos2(x + side, y), pos2(x, y + 4.0)];
            painter.add(Shape::convex_polygon(corners, theme.ink, Stroke::new(1.0, theme.panel)));
        }
    }

    /// Where a column of a picture is now: the picture may be of the view before.
    pub(super) fn x_of_column(&self, picture: &Picture, column: f32) -> f32 {
        self.axis.x_from_time(picture.frame.start + f64::from(column) * picture.column_length())
    }

    /// How many are in which state: from below Completed, Pending, Polling, Ready.
    fn states_ui(&self, painter: &Painter, rect: Rect, picture: &Picture, patterns: &Patterns, theme: &Theme) {
        let (bottom, room) = (rect.bottom() - 2.0, rect.height() - 4.0);
        let whole = picture.tasks.max(1) as f32;
        let mut plain = Canvas::plain();
        let mut hatch = Canvas::textured(patterns.hatch.id());
        let mut lines = Canvas::plain();
        let anchor = pos2(self.axis.x_from_time(0.0), bottom);
        for (from, to, total) in stretches(&picture.totals, whole / room) {
            let (x0, x1) = (self.x_of_column(picture, from as f32), self.x_of_column(picture, to as f32));
            let high = |tasks: f32| tasks / whole * room;
            let least = |tasks: f32| if tasks > 0.0 { high(tasks).max(1.5) } else { 0.0 };
            let (done, waiting, running) = (high(total.finished), high(total.waiting), least(total.running));
            let area = |low: f32, high: f32| {
                Rect::from_min_max(pos2(x0, (bottom - high).max(rect.top())), pos2(x1, bottom - low))
            };
            plain.rect(area(0.0, done), theme.finished_tint);
            plain.rect(area(done, done + waiting), theme.waiting());
            if done > 0.0 {
                lines.rect(area(done - 0.5, done + 0.5), theme.finished);
            }
            let over = done + waiting;
            let ready = area(over + running, over + running + high(total.ready));
            if ready.height() >= 1.0 {
                plain.rect(ready, theme.ready);
                hatch.pattern(ready, anchor, HATCH_PERIOD, theme.ready_hatch);
                lines.rect(Rect::from_min_max(ready.min, pos2(x1, ready.top() + 1.0)), theme.ready_edge);
            }
            lines.rect(area(over, over + running), theme.running);
        }
        for canvas in [plain, hatch, lines] {
            canvas.paint(painter);
        }
        painter.hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, theme.strong_line));
    }

    fn use_ui(&self, painter: &Painter, rect: Rect, picture: &Picture, theme: &Theme) {
        let (bottom, room) = (rect.bottom() - 1.0, rect.height() - 8.0);
        let mut canvas = Canvas::plain();
        let mut from = 0;
        while from < picture.busy.len() {
            let share = picture.busy[from];
            let alike = |b: &f32| (b - share).abs() < 0.5 / room && (*b > 0.0) == (share > 0.0);
            let same = picture.busy[from..].iter().take_while(|b| alike(b)).count();
            if share > 0.0 {
                let (x0, x1) =
                    (self.x_of_column(picture, from as f32), self.x_of_column(picture, (from + same) as f32));
                let top = bottom - (share * room).max(2.0);
                canvas.rect(Rect::from_min_max(pos2(x0, top), pos2(x1, bottom)), theme.text3);
            }
            from += same.max(1);
        }
        canvas.paint(painter);
        painter.hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, theme.strong_line));
    }
}

/// Columns side by side that look alike, as one: from, to, what lies in them.
fn stretches(totals: &[Cell], unseen: f32) -> Vec<(usize, usize, Cell)> {
    let alike = |a: &Cell, b: &Cell| {
        let near = |a: f32, b: f32| (a - b).abs() < unseen * 0.4 && (a > SEEN) == (b > SEEN);
        near(a.ready, b.ready)
            && near(a.running, b.running)
            && near(a.waiting, b.waiting)
            && near(a.finished, b.finished)
    };
    let mut all: Vec<(usize, usize, Cell)> = Vec::new();
    for (n, cell) in totals.iter().enumerate() {
        match all.last_mut() {
            Some((_, to, last)) if alike(last, cell) => *to = n + 1,
            _ => all.push((n, n + 1, *cell)),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::{DARK, LIGHT};

    fn differs(a: Color32, b: Color32) -> bool {
        a.r().abs_diff(b.r()).max(a.g().abs_diff(b.g())).max(a.b().abs_diff(b.b())) > 40
    }

    #[test]
    fn one_poll_of_a_hundred_tasks_is_seen_and_so_is_one_that_is_ready() {
        for theme in [&LIGHT, &DARK] {
            let colors = Colors::new(theme);
            let rest = Shares { waiting: 253, ..Shares::default() };
            let ground = colors.of(Shares { waiting: 255, ..rest });
            let polled = colors.of(Shares { running: 1, ..rest });
            let ready = colors.of(Shares { ready: 1, ..rest });
            assert!(differs(ground, polled) && differs(ground, ready) && differs(polled, ready), "{}", theme.dark);
            assert_eq!(ground, theme.waiting());
        }
    }

    #[test]
    fn a_poll_is_seen_over_all_that_are_ready() {
        let colors = Colors::new(&LIGHT);
        let both = colors.of(Shares { running: 1, ready: 253, ..Shares::default() });
        assert!(differs(both, LIGHT.ready_area));
        assert_eq!(colors.of(Shares { ready: 255, ..Shares::default() }), LIGHT.ready_area);
        assert_eq!(colors.of(Shares::default()), LIGHT.panel);
    }
}
