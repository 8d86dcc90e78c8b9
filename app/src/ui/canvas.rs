//! Meshes put together from rectangles: the few shapes that thousands of items become.

use egui::{Color32, Mesh, Painter, Pos2, Rect, Shape, TextureId, pos2};

use crate::timeline::scene::Area;

/// Rounds to the screen's pixels, so that edges are sharp.
#[derive(Clone, Copy, Debug)]
pub struct Snap {
    density: f32,
}

impl Snap {
    /// For a screen of so many pixels a point.
    pub fn new(density: f32) -> Snap {
        Snap { density }
    }

    /// The nearest pixel's edge.
    pub fn edge(self, v: f32) -> f32 {
        (v * self.density).round() / self.density
    }

    /// One pixel, in points.
    pub fn pixel(self) -> f32 {
        1.0 / self.density
    }

    /// An area with all edges on pixels, at least one pixel wide.
    pub fn area(self, area: Area) -> Rect {
        let (x0, y0) = (self.edge(area.x0), self.edge(area.y0));
        let (x1, y1) = (self.edge(area.x1).max(x0 + self.pixel()), self.edge(area.y1).max(y0 + self.pixel()));
        Rect::from_min_max(pos2(x0, y0), pos2(x1, y1))
    }
}

/// One mesh under construction.
pub struct Canvas {
    mesh: Mesh,
}

impl Canvas {
    /// Plain colours.
    pub fn plain() -> Canvas {
        Canvas { mesh: Mesh::default() }
    }

    /// Colours seen through a repeating texture.
    pub fn textured(texture: TextureId) -> Canvas {
        Canvas { mesh: Mesh::with_texture(texture) }
    }

    /// A rectangle of one colour.
    pub fn rect(&mut self, rect: Rect, color: Color32) {
        self.mesh.add_colored_rect(rect, color);
    }

    /// A rectangle with corners of about two points' radius: the corner pixels are left lighter.
    pub fn rounded(&mut self, rect: Rect, color: Color32) {
        if rect.width() < 6.0 || rect.height() < 6.0 {
            return self.rect(rect, color);
        }
        let (l, r, t, b) = (rect.left(), rect.right(), rect.top(), rect.bottom());
        let of = |x0, y0, x1, y1| Rect::from_min_max(pos2(x0, y0), pos2(x1, y1));
        self.rect(of(l, t + 1.0, r, b - 1.0), color);
        self.rect(of(l + 1.0, t, r - 1.0, t + 1.0), color);
        self.rect(of(l + 1.0, b - 1.0, r - 1.0, b), color);
        let half = color.gamma_multiply(0.45);
        for (x, y) in [(l, t), (r - 1.0, t), (l, b - 1.0), (r - 1.0, b - 1.0)] {
            self.rect(of(x, y, x + 1.0, y + 1.0), half);
        }
    }

    /// The edge of a rectangle, `width` wide, inside it.
    pub fn edge(&mut self, rect: Rect, width: f32, color: Color32) {
        let (l, r, t, b) = (rect.left(), rect.right(), rect.top(), rect.bottom());
        let of = |x0, y0, x1, y1| Rect::from_min_max(pos2(x0, y0), pos2(x1, y1));
        let cut = if rect.width() < 6.0 { 0.0 } else { width };
        self.rect(of(l + cut, t, r - cut, t + width), color);
        self.rect(of(l + cut, b - width, r - cut, b), color);
        self.rect(of(l, t + cut, l + width, b - cut), color);
        self.rect(of(r - width, t + cut, r, b - cut), color);
    }

    /// A rectangle in which the texture repeats every `period` points, counted from `anchor`.
    pub fn pattern(&mut self, rect: Rect, anchor: Pos2, period: f32, color: Color32) {
        let uv_from = |p: Pos2| pos2((p.x - anchor.x) / period, (p.y - anchor.y) / period);
        let (min, max) = (uv_from(rect.min), uv_from(rect.max));
        // Large coordinates lose their fraction: whole periods are taken off.
        let whole = pos2(min.x.floor(), min.y.floor());
        let uv = Rect::from_min_max(pos2(min.x - whole.x, min.y - whole.y), pos2(max.x - whole.x, max.y - whole.y));
        self.mesh.add_rect_with_uv(rect, uv, color);
    }

    /// Puts the mesh onto the surface.
    pub fn paint(self, painter: &Painter) {
        if !self.mesh.is_empty() {
            painter.add(Shape::mesh(self.mesh));
        }
    }
}
