//! Paints plots: the marks of [`crate::plot`] with the window's colours and typefaces.

use egui::{Align2, Color32, Context, Painter, Pos2, RawInput, Rect, Shape, Stroke, Vec2, pos2};

use crate::plot::{Align, Ink, Mark, Place, Sign, Weight, svg};

use super::fonts;
use super::raster::{Picture, Raster};
use super::theme::Theme;

/// The colour that a mark is painted with.
pub fn color(ink: Ink, theme: &Theme) -> Color32 {
    match ink {
        Ink::Grid => theme.grid,
        Ink::Edge => theme.strong_line,
        Ink::Text1 => theme.text1,
        Ink::Text2 => theme.text2,
        Ink::Text3 => theme.text3,
        Ink::Run(run) => theme.runs()[run % theme.runs().len()],
    }
}

/// Paints marks, their places counted from `origin`.
pub fn paint(painter: &Painter, origin: Pos2, marks: &[Mark], theme: &Theme) {
    let place = |[x, y]: Place| origin + Vec2::new(x, y);
    for mark in marks {
        match mark {
            Mark::Line { through, ink, width } => {
                let through: Vec<Pos2> = through.iter().map(|at| snapped(place(*at), through, painter)).collect();
                painter.add(Shape::line(through, Stroke::new(*width, color(*ink, theme))));
            }
            Mark::Dot { at, sign, ink, radius } => dot(painter, place(*at), *sign, *radius, color(*ink, theme), theme),
            Mark::Text { at, text, size, ink, align, weight } => {
                let font = match weight {
                    Weight::Regular => fonts::regular(*size),
                    Weight::Medium => fonts::medium(*size),
                    Weight::Semibold => fonts::semibold(*size),
                };
                let anchor = match align {
                    Align::Start => Align2::LEFT_CENTER,
                    Align::Middle => Align2::CENTER_CENTER,
                    Align::End => Align2::RIGHT_CENTER,
                };
                painter.text(place(*at).round(), anchor, text, font, color(*ink, theme));
            }
        }
    }
}

/// Straight lines stand on whole pixels, or they would be blurred.
fn snapped(at: Pos2, line: &[Place], painter: &Painter) -> Pos2 {
    match line {
        [a, b] if a[0] == b[0] => pos2(painter.round_to_pixel_center(at.x), at.y),
        [a, b] if a[1] == b[1] => pos2(at.x, painter.round_to_pixel_center(at.y)),
        _ => at,
    }
}

fn dot(painter: &Painter, at: Pos2, sign: Sign, radius: f32, color: Color32, theme: &Theme) {
    let corners = |places: &[Place]| places.iter().map(|[x, y]| pos2(*x, *y)).collect();
    let square = Rect::from_center_size(at, Vec2::splat(radius * 1.8));
    let edge = Stroke::new(1.5, color);
    match sign {
        Sign::Circle => drop(painter.circle_filled(at, radius, color)),
        Sign::Square => drop(painter.rect_filled(square, 0.0, color)),
        Sign::Triangle => {
            let places = svg::triangle([at.x, at.y], radius);
            painter.add(Shape::convex_polygon(corners(&places), color, Stroke::NONE));
        }
        Sign::Diamond => {
            let places = svg::diamond([at.x, at.y], radius);
            painter.add(Shape::convex_polygon(corners(&places), color, Stroke::NONE));
        }
        Sign::Ring => drop(painter.circle(at, radius, theme.panel, edge)),
        Sign::Frame => drop(painter.rect(square, 0.0, theme.panel, edge, egui::StrokeKind::Middle)),
    }
}

/// Marks as a picture of pixels, so many a point.
pub fn picture(marks: &[Mark], size: [f32; 2], density: f32, theme: &Theme) -> Picture {
    let ctx = Context::default();
    ctx.set_fonts(fonts::definitions());
    let mut raster = Raster::default();
    let screen = Rect::from_min_size(Pos2::ZERO, size.into());
    let mut shapes = Vec::new();
    // The first frame learns the density and the typefaces.
    for _ in 0..2 {
        ctx.set_pixels_per_point(density);
        let input = RawInput { screen_rect: Some(screen), ..RawInput::default() };
        let mut output = ctx.run_ui(input, |ui| {
            let painter = ui.painter().with_clip_rect(screen);
            paint(&painter, Pos2::ZERO, marks, theme);
        });
        raster.update(&output.textures_delta);
        output.textures_delta.clear();
        shapes = output.shapes;
    }
    let primitives = ctx.tessellate(shapes, density);
    let pixels = size.map(|side| (side * density).round() as usize);
    raster.paint(&primitives, pixels, density, theme.panel)
}
