//! Signs drawn from lines: crisp at any size, and no font has to have them.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, Vec2, pos2, vec2};

use crate::timeline::scene::Sign;
use sim_core::analysis::findings::Severity;

use super::theme::Theme;

/// A sign on a control.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Icon {
    /// The program's own: three rows and a wake.
    Wakeline,
    /// To the start.
    ToStart,
    /// One step back.
    StepBack,
    /// Play.
    Play,
    /// Pause.
    Pause,
    /// One step forward.
    StepForward,
    /// To the end.
    ToEnd,
    /// Dark.
    Moon,
    /// Light.
    Sun,
    /// Back to the list.
    Back,
    /// To what was looked at before.
    LookBack,
    /// To what was looked at after.
    LookForward,
    /// An async run: round and round.
    Loop,
    /// A thread run: a line each.
    Lanes,
    /// Something is wrong.
    Warning,
    /// A file.
    File,
    /// Look for something.
    Search,
    /// A screen before an audience.
    Screen,
    /// Choices: sliders.
    Sliders,
    /// The view goes with the cursor.
    Follow,
    /// An empty stretch is skipped.
    Skip,
    /// A list opens below.
    Down,
}

/// Draws an icon into a square of 16 points around `centre`.
pub fn icon(painter: &Painter, icon: Icon, centre: Pos2, color: Color32, theme: &Theme) {
    let stroke = Stroke::new(1.5, color);
    let at = |x: f32, y: f32| centre + vec2(x, y);
    let line = |points: &[(f32, f32)]| {
        painter.add(Shape::line(points.iter().map(|&(x, y)| at(x, y)).collect(), stroke));
    };
    let filled = |points: &[(f32, f32)]| {
        painter.add(Shape::convex_polygon(points.iter().map(|&(x, y)| at(x, y)).collect(), color, Stroke::NONE));
    };
    match icon {
        Icon::Wakeline => wakeline(painter, centre, color, theme.wake),
        Icon::ToStart => {
            line(&[(-5.0, -5.0), (-5.0, 5.0)]);
            line(&[(5.0, -5.0), (-2.0, 0.0), (5.0, 5.0), (5.0, -5.0)]);
        }
        Icon::ToEnd => {
            line(&[(5.0, -5.0), (5.0, 5.0)]);
            line(&[(-5.0, -5.0), (2.0, 0.0), (-5.0, 5.0), (-5.0, -5.0)]);
        }
        Icon::StepBack => {
            line(&[(6.0, -5.0), (6.0, 5.0)]);
            line(&[(3.0, 0.0), (-6.0, 0.0)]);
            line(&[(-2.5, -3.5), (-6.0, 0.0), (-2.5, 3.5)]);
        }
        Icon::StepForward => {
            line(&[(-6.0, -5.0), (-6.0, 5.0)]);
            line(&[(-3.0, 0.0), (6.0, 0.0)]);
            line(&[(2.5, -3.5), (6.0, 0.0), (2.5, 3.5)]);
        }
        Icon::Play => filled(&[(-4.0, -6.0), (6.0, 0.0), (-4.0, 6.0)]),
        Icon::Pause => {
            filled(&[(-5.0, -5.5), (-1.5, -5.5), (-1.5, 5.5), (-5.0, 5.5)]);
            filled(&[(1.5, -5.5), (5.0, -5.5), (5.0, 5.5), (1.5, 5.5)]);
        }
        Icon::Moon => moon(painter, centre, stroke),
        Icon::Sun => sun(painter, centre, stroke),
        Icon::LookBack => {
            line(&[(5.0, 0.0), (-5.0, 0.0)]);
            line(&[(-1.0, -4.0), (-5.0, 0.0), (-1.0, 4.0)]);
        }
        Icon::LookForward => {
            line(&[(-5.0, 0.0), (5.0, 0.0)]);
            line(&[(1.0, -4.0), (5.0, 0.0), (1.0, 4.0)]);
        }
        Icon::Back => line(&[(3.0, -5.0), (-3.0, 0.0), (3.0, 5.0)]),
        Icon::Loop => loop_icon(painter, centre, stroke),
        Icon::Lanes => {
            line(&[(-6.0, -4.0), (6.0, -4.0)]);
            line(&[(-6.0, 0.0), (3.0, 0.0)]);
            line(&[(-6.0, 4.0), (6.0, 4.0)]);
        }
        Icon::Warning => warning(painter, centre, color, theme.panel),
        Icon::Search => {
            painter.circle_stroke(at(-1.2, -1.2), 4.6, stroke);
            line(&[(2.2, 2.2), (6.0, 6.0)]);
        }
        Icon::Screen => {
            line(&[(-7.0, -5.5), (7.0, -5.5), (7.0, 3.5), (-7.0, 3.5), (-7.0, -5.5)]);
            line(&[(0.0, 3.5), (0.0, 6.5)]);
            line(&[(-3.5, 6.5), (3.5, 6.5)]);
        }
        Icon::Sliders => {
            for (y, x) in [(-4.5, 2.5), (0.0, -2.5), (4.5, 3.5)] {
                line(&[(-6.5, y), (6.5, y)]);
                painter.circle(at(x, y), 2.0, theme.panel, stroke);
            }
        }
        Icon::Follow => {
            line(&[(0.0, -6.5), (0.0, 6.5)]);
            line(&[(-7.0, 0.0), (-3.0, 0.0)]);
            line(&[(-5.0, -2.0), (-3.0, 0.0), (-5.0, 2.0)]);
            line(&[(7.0, 0.0), (3.0, 0.0)]);
            line(&[(5.0, -2.0), (3.0, 0.0), (5.0, 2.0)]);
        }
        Icon::Skip => {
            filled(&[(-6.0, -4.5), (0.0, 0.0), (-6.0, 4.5)]);
            filled(&[(0.0, -4.5), (6.0, 0.0), (0.0, 4.5)]);
        }
        Icon::Down => line(&[(-3.5, -1.5), (0.0, 2.0), (3.5, -1.5)]),
        Icon::File => {
            line(&[(-4.0, -6.0), (1.0, -6.0), (4.5, -2.5), (4.5, 6.0), (-4.0, 6.0), (-4.0, -6.0)]);
            line(&[(1.0, -6.0), (1.0, -2.5), (4.5, -2.5)]);
        }
    }
}

fn wakeline(painter: &Painter, centre: Pos2, color: Color32, wake: Color32) {
    let bar = |x0: f32, x1: f32, y: f32, color| {
        painter.line_segment([centre + vec2(x0, y), centre + vec2(x1, y)], Stroke::new(2.5, color));
    };
    bar(-9.0, 0.0, -5.0, color);
    bar(-9.0, 2.0, 0.0, color);
    bar(-4.0, 2.0, 5.0, color);
    let stroke = Stroke::new(1.75, wake);
    let points = [(2.0, -5.0), (5.0, -5.0), (7.0, -3.0), (7.0, 3.0)].map(|(x, y)| centre + vec2(x, y));
    painter.add(Shape::line(points.to_vec(), stroke));
    head(painter, centre + vec2(7.0, 6.5), vec2(0.0, 1.0), wake);
}

fn moon(painter: &Painter, centre: Pos2, stroke: Stroke) {
    let arc = |c: Pos2, r: f32, from: f32, to: f32| -> Vec<Pos2> {
        (0..=14).map(|i| from + (to - from) * i as f32 / 14.0).map(|a| c + r * Vec2::angled(a)).collect()
    };
    let mut points = arc(centre, 6.0, -0.9, -5.0);
    points.extend(arc(centre + vec2(3.0, -2.2), 5.0, -5.35, -0.35 - 1.9));
    points.push(points[0]);
    painter.add(Shape::line(points, stroke));
}

fn sun(painter: &Painter, centre: Pos2, stroke: Stroke) {
    painter.circle_stroke(centre, 3.2, stroke);
    for i in 0..8 {
        let ray = Vec2::angled(i as f32 * std::f32::consts::TAU / 8.0);
        painter.line_segment([centre + 5.3 * ray, centre + 7.3 * ray], stroke);
    }
}

fn loop_icon(painter: &Painter, centre: Pos2, stroke: Stroke) {
    for turn in [0.0, std::f32::consts::PI] {
        let arc: Vec<_> = (0..=10).map(|i| centre + 5.2 * Vec2::angled(turn + 0.35 + i as f32 * 0.24)).collect();
        let end = arc[10];
        painter.add(Shape::line(arc, stroke));
        let along = Vec2::angled(turn + 0.35 + 2.4 + std::f32::consts::FRAC_PI_2);
        head(painter, end + along * 2.0, along, stroke.color);
    }
}

fn warning(painter: &Painter, centre: Pos2, color: Color32, ground: Color32) {
    let corners = [(0.0, -6.5), (7.0, 6.0), (-7.0, 6.0)].map(|(x, y)| centre + vec2(x, y));
    painter.add(Shape::convex_polygon(corners.to_vec(), color, Stroke::new(1.0, color)));
    let stroke = Stroke::new(1.6, ground);
    painter.line_segment([centre + vec2(0.0, -2.0), centre + vec2(0.0, 2.2)], stroke);
    painter.circle_filled(centre + vec2(0.0, 4.2), 0.9, ground);
}

/// The sign of a problem: its shape says how bad it is, without the colour.
pub fn severity(painter: &Painter, severity: Severity, centre: Pos2, theme: &Theme) {
    let color = severity_color(severity, theme);
    let corners = [(0.0, -5.5), (6.0, 5.0), (-6.0, 5.0)].map(|(x, y)| centre + vec2(x, y)).to_vec();
    match severity {
        Severity::Error => {
            painter.add(Shape::convex_polygon(corners, color, Stroke::new(1.0, color)));
        }
        Severity::Warning => {
            painter.add(Shape::convex_polygon(corners, theme.panel, Stroke::new(1.6, color)));
        }
        Severity::Hint => {
            painter.circle(centre, 4.5, theme.panel, Stroke::new(1.6, color));
        }
    }
}

/// The colour of a problem.
pub fn severity_color(severity: Severity, theme: &Theme) -> Color32 {
    match severity {
        Severity::Error | Severity::Warning => theme.finding,
        Severity::Hint => theme.text2,
    }
}

/// The head of an arrow: its tip at `tip`, pointing along `along`.
pub fn head(painter: &Painter, tip: Pos2, along: Vec2, color: Color32) {
    let along = along.normalized();
    let side = along.rot90() * 3.4;
    let foot = tip - along * 5.5;
    painter.add(Shape::convex_polygon(vec![tip, foot + side, foot - side], color, Stroke::NONE));
}

/// Draws a sign of the timeline around `centre`; about 12 points wide.
pub fn sign(painter: &Painter, sign: Sign, centre: Pos2, theme: &Theme) {
    let stroke = Stroke::new(1.2, theme.rail);
    let at = |x: f32, y: f32| centre + vec2(x, y);
    let line = |points: &[(f32, f32)]| {
        painter.add(Shape::line(points.iter().map(|&(x, y)| at(x, y)).collect(), stroke));
    };
    match sign {
        Sign::Io => {
            line(&[(-5.0, -2.0), (4.5, -2.0), (2.0, -4.0)]);
            line(&[(5.0, 2.0), (-4.5, 2.0), (-2.0, 4.0)]);
        }
        Sign::Timer => {
            painter.circle_stroke(centre, 4.5, stroke);
            line(&[(0.0, -2.8), (0.0, 0.0), (2.0, 1.4)]);
        }
        Sign::Lock => {
            painter.rect_stroke(
                Rect::from_min_max(at(-4.0, -0.5), at(4.0, 5.0)),
                1.0,
                stroke,
                egui::StrokeKind::Middle,
            );
            line(&[(-2.5, -0.5), (-2.5, -3.0), (-1.2, -4.6), (1.2, -4.6), (2.5, -3.0), (2.5, -0.5)]);
        }
        Sign::Call => {
            line(&[(-1.8, -4.0), (-1.8, 4.0)]);
            line(&[(1.8, -4.0), (1.8, 4.0)]);
        }
        Sign::Channel => {
            line(&[(-5.0, -3.5), (5.0, -3.5), (5.0, 3.5), (-5.0, 3.5), (-5.0, -3.5), (0.0, 0.8), (5.0, -3.5)]);
        }
        Sign::Notify => {
            line(&[
                (-4.5, 3.0),
                (4.5, 3.0),
                (3.0, 1.0),
                (3.0, -1.5),
                (0.0, -4.5),
                (-3.0, -1.5),
                (-3.0, 1.0),
                (-4.5, 3.0),
            ]);
        }
        Sign::Join => {
            line(&[(-5.0, -3.5), (-1.0, -3.5), (2.0, 0.0), (-1.0, 3.5), (-5.0, 3.5)]);
            line(&[(2.0, 0.0), (5.0, 0.0)]);
        }
        Sign::Park => {
            line(&[(-3.0, -4.0), (3.0, -4.0), (-3.0, 4.0), (3.0, 4.0)]);
        }
        Sign::Nobody => cross(painter, centre, 3.5, Stroke::new(1.6, theme.finding)),
        Sign::Finished => badge(painter, centre, theme.finished, theme.panel, false),
        Sign::Cancelled => badge(painter, centre, theme.cancelled, theme.panel, true),
        Sign::Panicked => badge(painter, centre, theme.finding, theme.panel, true),
        Sign::Switch => {
            let tip = vec![at(-3.2, 0.0), at(3.2, 0.0), at(0.0, 4.2)];
            painter.add(Shape::convex_polygon(tip, theme.text3, Stroke::NONE));
        }
    }
}

/// A cross of this half width.
pub fn cross(painter: &Painter, centre: Pos2, half: f32, stroke: Stroke) {
    painter.line_segment([centre - vec2(half, half), centre + vec2(half, half)], stroke);
    painter.line_segment([centre + vec2(half, -half), centre + vec2(-half, half)], stroke);
}

fn badge(painter: &Painter, centre: Pos2, fill: Color32, ground: Color32, crossed: bool) {
    let centre = pos2(centre.x.round(), centre.y.round());
    painter.rect_filled(Rect::from_center_size(centre, Vec2::splat(13.0)), 2.0, fill);
    let stroke = Stroke::new(1.8, ground);
    if crossed {
        cross(painter, centre, 3.0, stroke);
    } else {
        let check = [(-3.4, 0.2), (-1.0, 2.8), (3.4, -2.6)].map(|(x, y)| centre + vec2(x, y));
        painter.add(Shape::line(check.to_vec(), stroke));
    }
}
