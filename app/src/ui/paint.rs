//! Puts a scene of the timeline onto the surface: one mesh a layer, never a shape a span.
//!
//! Layers, from below: rails, requests and figures; bodies; patterns over them; edges, thin columns, ticks and the
//! plates under text; text; signs; arrows.

use egui::{Color32, FontId, Mesh, Painter, Pos2, Rect, Shape, Stroke, Vec2, pos2, vec2};

use crate::timeline::scene::*;

use super::canvas::{Canvas, Snap};
use super::fonts;
use super::icons;
use super::patterns::{DOT_PERIOD, HATCH_PERIOD, Patterns, STRIPE_PERIOD};
use super::theme::Theme;

/// A hatch needs so much room; what is smaller is plain.
const LEAST_HATCHED: f32 = 6.0;

/// Paints a scene; `row_ground` tells what a text in a row stands on.
pub fn scene_ui(painter: &Painter, scene: &Scene, theme: &Theme, patterns: &Patterns) {
    let snap = Snap::new(painter.pixels_per_point());
    let paint = Paint { painter, theme, snap };
    paint.below(scene);
    paint.rails(&scene.rails, patterns);
    paint.bars(&scene.bars, patterns);
    paint.thin(scene);
    paint.labels(&scene.labels);
    for mark in &scene.marks {
        icons::sign(painter, mark.sign, pos2(mark.x, mark.y), theme);
    }
    for arrow in &scene.arrows {
        paint.arrow(arrow);
    }
    paint.findings(scene);
}

struct Paint<'a> {
    painter: &'a Painter,
    theme: &'a Theme,
    snap: Snap,
}

impl Paint<'_> {
    fn below(&self, scene: &Scene) {
        let mut below = Canvas::plain();
        for request in &scene.requests {
            let rect = |x0, x1, half: f32| Rect::from_min_max(pos2(x0, request.y - half), pos2(x1, request.y + half));
            below.rect(rect(request.x0, request.x1, 0.75), self.theme.rail);
            if request.starts {
                below.rect(rect(request.x0, request.x0 + 1.0, 3.0), self.theme.rail);
            }
            if request.ends {
                below.rect(rect(request.x1 - 1.0, request.x1, 3.0), self.theme.rail);
            }
        }
        for level in &scene.levels {
            let rect = self.snap.area(level.area);
            below.rect(rect, self.theme.ready_small);
            let top = Rect::from_min_max(rect.min, pos2(rect.right(), rect.top() + 1.5));
            below.rect(top, self.theme.ready_edge);
        }
        below.paint(self.painter);
    }

    fn rails(&self, rails: &[Rail], patterns: &Patterns) {
        let mut dots = Canvas::textured(patterns.dots.id());
        for rail in rails.iter().filter(|r| r.x1 > r.x0) {
            let y = self.snap.edge(rail.y);
            let rect = Rect::from_min_max(pos2(self.snap.edge(rail.x0), y - 0.75), pos2(rail.x1, y + 0.75));
            dots.pattern(rect, pos2(self.snap.edge(rail.anchor), y), DOT_PERIOD, self.theme.rail);
        }
        dots.paint(self.painter);
    }

    fn bars(&self, bars: &[Bar], patterns: &Patterns) {
        let mut bodies = Canvas::plain();
        let mut hatch = Canvas::textured(patterns.hatch.id());
        let mut stripe = Canvas::textured(patterns.stripe.id());
        let mut edges = Canvas::plain();
        for bar in bars {
            let rect = self.snap.area(bar.area);
            let anchor = pos2(self.snap.edge(bar.anchor), rect.top());
            let wide = rect.width() >= LEAST_HATCHED;
            match bar.fill {
                Fill::Running => bodies.rounded(rect, self.theme.running),
                Fill::OffCore => {
                    bodies.rounded(rect, self.theme.running);
                    stripe.pattern(rect.shrink2(vec2(0.0, 1.0)), anchor, STRIPE_PERIOD, self.theme.off_core);
                }
                Fill::Ready if wide => {
                    bodies.rounded(rect, self.theme.ready);
                    hatch.pattern(rect.shrink(1.0), anchor, HATCH_PERIOD, self.theme.ready_hatch);
                    edges.edge(rect, 1.0, self.theme.ready_edge);
                }
                Fill::Ready => bodies.rect(rect, self.theme.ready_small),
            }
        }
        for canvas in [bodies, hatch, stripe, edges] {
            canvas.paint(self.painter);
        }
    }

    fn findings(&self, scene: &Scene) {
        for finding in &scene.findings {
            let color = icons::severity_color(finding.severity, self.theme);
            let line = Area { x0: finding.x0, y0: finding.top, x1: finding.x1, y1: finding.top + 2.0 };
            self.painter.rect_filled(self.snap.area(line), 0.0, color);
            let (x, y) = finding.sign;
            let ground = Rect::from_center_size(pos2(x, y + 0.5), Vec2::splat(15.0));
            self.painter.rect_filled(ground, 3.0, self.theme.panel);
            icons::severity(self.painter, finding.severity, pos2(x, y), self.theme);
        }
    }

    fn thin(&self, scene: &Scene) {
        let mut thin = Canvas::plain();
        for column in &scene.columns {
            let color = match column.fill {
                Fill::Ready => self.theme.ready_small,
                Fill::Running => self.theme.running,
                Fill::OffCore => self.theme.off_core,
            };
            thin.rect(self.snap.area(column.area), color);
        }
        for tick in &scene.ticks {
            let x = self.snap.edge(tick.x);
            thin.rect(Rect::from_min_max(pos2(x, tick.y0), pos2(x + 1.5, tick.y1)), self.theme.wake);
        }
        thin.paint(self.painter);
    }

    fn labels(&self, labels: &[Label]) {
        let mut plates = Canvas::plain();
        let texts: Vec<_> = labels
            .iter()
            .map(|label| {
                let (font, color) = label_style(label.ground, self.theme);
                let galley = self.painter.layout_no_wrap(label.text.clone(), font, color);
                let at = pos2(self.snap.edge(label.x), self.snap.edge(label.y - galley.size().y / 2.0));
                if let Some(plate) = plate_color(label.ground, self.theme) {
                    let rect = Rect::from_min_size(at, galley.size()).expand2(vec2(4.0, 1.0));
                    plates.rounded(self.snap.area(area(rect)), plate);
                }
                (at, galley, color)
            })
            .collect();
        plates.paint(self.painter);
        for (at, galley, color) in texts {
            self.painter.galley(at, galley, color);
        }
    }

    fn arrow(&self, arrow: &Arrow) {
        let corners: Vec<Pos2> = arrow.corners.iter().map(|&(x, y)| pos2(x, y)).collect();
        let (Some(&first), Some(&last)) = (corners.first(), corners.last()) else { return };
        let along = last - corners[corners.len() - 2];
        let along = if along == Vec2::ZERO { vec2(0.0, 1.0) } else { along.normalized() };
        let mut line = corners.clone();
        if let Some(end) = line.last_mut() {
            *end -= along * 4.0;
        }
        if arrow.ring
            && let Some(start) = line.first_mut()
        {
            *start += (corners[1] - first).normalized() * 3.0;
        }
        let width = if arrow.selected { 2.25 } else { 1.75 };
        self.painter.add(Shape::line(line.clone(), Stroke::new(width + 2.0, self.theme.panel)));
        self.painter.add(Shape::line(line, Stroke::new(width, self.theme.wake)));
        icons::head(self.painter, last, along, self.theme.wake);
        if arrow.ring {
            self.painter.circle(first, 3.2, self.theme.panel, Stroke::new(1.75, self.theme.wake));
        }
        if let Some(name) = &arrow.name {
            self.source(name, first);
        }
    }
}

impl Paint<'_> {
    /// Who caused it, left of where the arrow begins; right of it where there is no room.
    fn source(&self, name: &str, ring: Pos2) {
        let galley = self.painter.layout_no_wrap(name.to_owned(), fonts::regular(fonts::LEAST), self.theme.wake);
        let width = galley.size().x;
        let clip = self.painter.clip_rect();
        let left = if ring.x - width - 8.0 >= clip.left() { ring.x - width - 7.0 } else { ring.x + 7.0 };
        let top = (ring.y - galley.size().y / 2.0).max(clip.top());
        let rect = Rect::from_min_size(pos2(left, top), galley.size());
        self.painter.rect_filled(rect.expand2(vec2(2.0, 0.0)), 2.0, self.theme.panel);
        self.painter.galley(rect.min.round(), galley, self.theme.wake);
    }
}

fn area(rect: Rect) -> Area {
    Area { x0: rect.left(), y0: rect.top(), x1: rect.right(), y1: rect.bottom() }
}

/// The font of every label of the timeline: what is measured is what is drawn.
pub fn label_font() -> FontId {
    fonts::medium(fonts::LABEL)
}

fn label_style(ground: Ground, theme: &Theme) -> (FontId, Color32) {
    let color = match ground {
        Ground::Bar(Fill::Ready) => theme.on_ready,
        Ground::Bar(Fill::Running | Fill::OffCore) => theme.on_running,
        Ground::Rail | Ground::Empty => theme.on_rail,
        Ground::Finished => theme.finished,
        Ground::Latency => theme.ready_edge,
        Ground::Ended => theme.text2,
    };
    (label_font(), color)
}

/// A text on a pattern stands on a plate of the bar's own fill.
fn plate_color(ground: Ground, theme: &Theme) -> Option<Color32> {
    match ground {
        Ground::Bar(Fill::Ready) => Some(theme.ready),
        Ground::Bar(Fill::OffCore) => Some(theme.running),
        Ground::Latency => Some(theme.panel),
        Ground::Bar(Fill::Running) | Ground::Rail | Ground::Finished | Ground::Ended | Ground::Empty => None,
    }
}

/// A body with its pattern, somewhere outside the timeline: chips of the Stage, the legend.
pub fn body_ui(painter: &Painter, rect: Rect, fill: Fill, theme: &Theme, patterns: &Patterns) {
    let snap = Snap::new(painter.pixels_per_point());
    let rect = snap.area(area(rect));
    let body = Bar { area: area(rect), fill, anchor: rect.left() };
    Paint { painter, theme, snap }.bars(&[body], patterns);
}

/// A dotted rail, somewhere outside the timeline.
pub fn rail_ui(painter: &Painter, x: egui::Rangef, y: f32, theme: &Theme, patterns: &Patterns) {
    let snap = Snap::new(painter.pixels_per_point());
    Paint { painter, theme, snap }.rails(&[Rail { x0: x.min, x1: x.max, y, anchor: x.min }], patterns);
}

/// A dashed frame: what is empty.
pub fn dashed_frame(painter: &Painter, rect: Rect, theme: &Theme) {
    let mut mesh = Mesh::default();
    let dash = |from: f32, to: f32| (0..).map(move |i| from + i as f32 * 7.0).take_while(move |x| *x < to);
    for x in dash(rect.left(), rect.right()) {
        for y in [rect.top(), rect.bottom() - 1.0] {
            let end = (x + 4.0).min(rect.right());
            mesh.add_colored_rect(Rect::from_min_max(pos2(x, y), pos2(end, y + 1.0)), theme.strong_line);
        }
    }
    for y in dash(rect.top(), rect.bottom()) {
        for x in [rect.left(), rect.right() - 1.0] {
            let end = (y + 4.0).min(rect.bottom());
            mesh.add_colored_rect(Rect::from_min_max(pos2(x, y), pos2(x + 1.0, end)), theme.strong_line);
        }
    }
    painter.add(Shape::mesh(mesh));
}
