//! The start screen's own signs, drawn from lines.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, pos2, vec2};

/// A sign of the start screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LibrarySign {
    /// Look for something.
    Search,
    /// A folder.
    Folder,
    /// Something new.
    Plus,
    /// Away with it.
    Close,
    /// Not begun.
    Empty,
    /// Begun.
    Half,
}

/// Draws a sign into a square of about 14 points around `centre`.
pub fn sign_ui(painter: &Painter, sign: LibrarySign, centre: Pos2, color: Color32) {
    let stroke = Stroke::new(1.5, color);
    let line = |points: &[(f32, f32)]| {
        painter.add(Shape::line(points.iter().map(|&(x, y)| centre + vec2(x, y)).collect(), stroke));
    };
    match sign {
        LibrarySign::Search => {
            painter.circle_stroke(centre - Vec2::splat(1.0), 4.8, stroke);
            line(&[(2.6, 2.6), (6.4, 6.4)]);
        }
        LibrarySign::Folder => {
            line(&[(-6.0, 5.0), (-6.0, -5.0), (-1.5, -5.0), (0.0, -3.0), (6.0, -3.0), (6.0, 5.0), (-6.0, 5.0)]);
        }
        LibrarySign::Plus => {
            line(&[(-5.0, 0.0), (5.0, 0.0)]);
            line(&[(0.0, -5.0), (0.0, 5.0)]);
        }
        LibrarySign::Close => {
            line(&[(-4.0, -4.0), (4.0, 4.0)]);
            line(&[(4.0, -4.0), (-4.0, 4.0)]);
        }
        LibrarySign::Empty => {
            painter.circle_stroke(centre, 6.0, Stroke::new(1.2, color));
        }
        LibrarySign::Half => {
            let arc = (0..=16).map(|i| -std::f32::consts::FRAC_PI_2 - i as f32 * std::f32::consts::PI / 16.0);
            let points: Vec<Pos2> = arc.map(|angle| centre + 6.0 * Vec2::angled(angle)).collect();
            painter.add(Shape::convex_polygon(points, color, Stroke::NONE));
            painter.circle_stroke(centre, 6.0, stroke);
        }
    }
}

/// Squares in a row of a set width: those of what is done, of what was begun, and the rest.
pub fn squares_ui(painter: &Painter, left: Pos2, fills: &[Color32]) {
    const WIDTH: f32 = 34.0;
    const GAP: f32 = 2.0;
    let each = (WIDTH - GAP * (fills.len() as f32 - 1.0)) / fills.len().max(1) as f32;
    for (n, fill) in fills.iter().enumerate() {
        let x = left.x + n as f32 * (each + GAP);
        let square = Rect::from_min_max(pos2(x, left.y - 3.0), pos2(x + each, left.y + 3.0));
        painter.rect(square, 1.0, *fill, Stroke::NONE, StrokeKind::Inside);
    }
}
