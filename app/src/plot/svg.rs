//! Marks written as SVG.

use svg::Document;
use svg::node::element::{Circle, Path, Polygon, Polyline, Rectangle, Text};

use super::{Align, Ink, Mark, Place, Sign, Weight};

/// The product's typeface, and what most computers have in its place.
const FONTS: &str = "Inter, 'Helvetica Neue', Arial, sans-serif";

/// A picture of so many points as SVG, on a ground of this colour ("#FFFFFF").
pub fn write(marks: &[Mark], size: [f32; 2], ground: &str, color: impl Fn(Ink) -> String) -> String {
    let [width, height] = size;
    let mut document = Document::new()
        .set("viewBox", (0, 0, width, height))
        .set("width", width)
        .set("height", height)
        .set("font-family", FONTS)
        .add(Rectangle::new().set("width", width).set("height", height).set("fill", ground));
    for mark in marks {
        document = match mark {
            Mark::Line { through, ink, width } => document.add(
                Polyline::new()
                    .set("points", points(through))
                    .set("fill", "none")
                    .set("stroke", color(*ink))
                    .set("stroke-width", *width)
                    .set("stroke-linejoin", "round"),
            ),
            Mark::Dot { at, sign, ink, radius } => dot(document, *at, *sign, &color(*ink), *radius, ground),
            Mark::Text { at, text, size, ink, align, weight } => document.add(
                Text::new(text)
                    .set("x", round(at[0]))
                    .set("y", round(at[1]))
                    .set("dy", "0.36em")
                    .set("font-size", *size)
                    .set("font-weight", weight_of(*weight))
                    .set("text-anchor", anchor(*align))
                    .set("fill", color(*ink)),
            ),
        };
    }
    format!("{document}\n")
}

fn dot(document: Document, at: Place, sign: Sign, color: &str, radius: f32, ground: &str) -> Document {
    let [x, y] = at.map(round);
    let square = |r: f32| [[x - r, y - r], [x + r, y - r], [x + r, y + r], [x - r, y + r]];
    let filled = |corners: &[Place]| Polygon::new().set("points", points(corners)).set("fill", color);
    let r = radius;
    match sign {
        Sign::Circle => document.add(Circle::new().set("cx", x).set("cy", y).set("r", r).set("fill", color)),
        Sign::Square => document.add(filled(&square(r * 0.9))),
        Sign::Triangle => document.add(filled(&triangle(at, r))),
        Sign::Diamond => document.add(filled(&diamond(at, r))),
        Sign::Ring => {
            let ring = Circle::new().set("cx", x).set("cy", y).set("r", r).set("fill", ground);
            document.add(ring.set("stroke", color).set("stroke-width", 1.5))
        }
        Sign::Frame => {
            let data = format!("M{} Z", points(&square(r * 0.9)).replace(' ', " L"));
            document.add(Path::new().set("d", data).set("fill", ground).set("stroke", color).set("stroke-width", 1.5))
        }
    }
}

/// A triangle as large as a circle of this radius.
pub fn triangle([x, y]: Place, radius: f32) -> [Place; 3] {
    let r = radius * 1.2;
    [[x, y - r], [x + r, y + r * 0.75], [x - r, y + r * 0.75]]
}

/// A square on its corner, as large as a circle of this radius.
pub fn diamond([x, y]: Place, radius: f32) -> [Place; 4] {
    let r = radius * 1.25;
    [[x, y - r], [x + r, y], [x, y + r], [x - r, y]]
}

fn points(through: &[Place]) -> String {
    let written: Vec<String> = through.iter().map(|[x, y]| format!("{},{}", round(*x), round(*y))).collect();
    written.join(" ")
}

/// Finer than a hundredth of a point nobody sees.
fn round(value: f32) -> f32 {
    (value * 100.0).round() / 100.0
}

const fn weight_of(weight: Weight) -> u32 {
    match weight {
        Weight::Regular => 400,
        Weight::Medium => 500,
        Weight::Semibold => 600,
    }
}

const fn anchor(align: Align) -> &'static str {
    match align {
        Align::Start => "start",
        Align::Middle => "middle",
        Align::End => "end",
    }
}
