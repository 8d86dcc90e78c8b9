//! The curves of a sweep as lines, dots and words, ready to be painted: in the window, as SVG, as PNG.
//!
//! Owns where everything stands, in points from the upper left corner. Knows no toolkit and no colour: a mark says what
//! it is, and whoever paints it knows the ink. `scale` lays values over a stretch of points, `labels` keeps the runs'
//! names apart at the ends of their lines, `sheet` puts four plots on a page, `svg` writes marks as SVG.

mod labels;
mod scale;
pub mod sheet;
pub mod svg;

use sim_core::scenario::Unit;
use sim_core::scenario::sweep::{At, Curves, Figure, Scale};

use scale::{Axis, Ground};

/// What is painted with which colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ink {
    /// Lines behind the curves.
    Grid,
    /// The plot's lower and left edge.
    Edge,
    /// Text that matters most.
    Text1,
    /// Text.
    Text2,
    /// Text that matters least.
    Text3,
    /// The curve of a run, by its place among the runs.
    Run(usize),
}

/// The sign of a run's points: told apart without colour, too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sign {
    /// A filled circle.
    Circle,
    /// A filled square.
    Square,
    /// A filled triangle.
    Triangle,
    /// A filled square on its corner.
    Diamond,
    /// A circle's edge.
    Ring,
    /// A square's edge.
    Frame,
}

impl Sign {
    const ALL: [Sign; 6] = [Sign::Circle, Sign::Square, Sign::Triangle, Sign::Diamond, Sign::Ring, Sign::Frame];

    /// The sign of a run, by its place among the runs: where colours come again, they do with another sign.
    pub fn of(run: usize) -> Sign {
        Sign::ALL[(run + run / Sign::ALL.len()) % Sign::ALL.len()]
    }
}

/// Where a text begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Align {
    /// It begins at the place.
    Start,
    /// Its middle is at the place.
    Middle,
    /// It ends at the place.
    End,
}

/// How strong a text is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    /// Running text.
    Regular,
    /// Names.
    Medium,
    /// Heads.
    Semibold,
}

/// A place, in points.
pub type Place = [f32; 2];

/// One thing to be painted.
#[derive(Clone, PartialEq, Debug)]
pub enum Mark {
    /// A line through places.
    Line {
        /// The places in order.
        through: Vec<Place>,
        /// Its colour.
        ink: Ink,
        /// Its width.
        width: f32,
    },
    /// A point of a curve.
    Dot {
        /// Its centre.
        at: Place,
        /// Its form.
        sign: Sign,
        /// Its colour.
        ink: Ink,
        /// From its centre to its edge.
        radius: f32,
    },
    /// Words on one line, their middle at this height.
    Text {
        /// Where, as `align` says.
        at: Place,
        /// The words.
        text: String,
        /// The height of a line of it.
        size: f32,
        /// Its colour.
        ink: Ink,
        /// Which part of it is at the place.
        align: Align,
        /// How strong it is.
        weight: Weight,
    },
}

/// A rectangle, in points.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Frame {
    /// Its left edge.
    pub left: f32,
    /// Its upper edge.
    pub top: f32,
    /// Its right edge.
    pub right: f32,
    /// Its lower edge.
    pub bottom: f32,
}

/// A plot: what is painted, and where its points are.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Plot {
    /// What is painted, what lies below first.
    pub marks: Vec<Mark>,
    /// Every point of every curve.
    pub points: Vec<(At, Place)>,
}

/// What is said beside the curves.
#[derive(Clone, PartialEq, Debug)]
pub struct Words {
    /// What is turned, for people: "connections".
    pub turned: String,
    /// The runs' names.
    pub runs: Vec<String>,
}

/// The size of most words.
pub const TEXT: f32 = 12.0;
/// The size of a head.
const HEAD: f32 = 13.0;
/// What a figure means stands so far from the left, in every plot: beside the longest of their names.
const BESIDE_HEAD: f32 = 126.0;
/// The height that a plot's head takes.
const HEAD_ROOM: f32 = 22.0;
/// The height of the values below.
const BELOW: f32 = 20.0;
/// The height of the name below them.
const NAME_BELOW: f32 = 16.0;
/// From this height on the name of what is turned stands below.
const TALL: f32 = 170.0;
/// Names at the right take no more than this.
const MOST_NAME: f32 = 150.0;
/// The width of a letter as a share of its height: more than Inter needs, since a reader of SVG may have another.
const LETTER: f32 = 0.58;

/// About how wide a text is.
pub fn width_of(text: &str, size: f32) -> f32 {
    text.chars().count() as f32 * size * LETTER
}

/// One figure of every run, in a frame.
pub fn plot(curves: &Curves, figure: Figure, words: &Words, frame: Frame) -> Plot {
    let series: Vec<Vec<(usize, u64)>> = (0..curves.runs.len()).map(|run| curves.curve(run, figure)).collect();
    let mut plot = Plot::default();
    head(&mut plot.marks, figure, frame);
    let inside = inside(&series, figure, words, frame);
    let ground = Ground { figure: figure.unit(), log: is_log(curves, &series) };
    let values = series.iter().flatten().map(|(_, value)| *value);
    let Some(up) = Axis::of_values(values, ground, [inside.bottom, inside.top]) else {
        plot.marks.push(none_text(figure, inside));
        return plot;
    };
    let along = Axis::of_points(&curves.over, [inside.left, inside.right]);
    grid(&mut plot.marks, &along, &up, inside);
    if frame.bottom - frame.top >= TALL {
        let text = format!("{}{}", words.turned, if along.is_log() { ", log scale" } else { "" });
        let at = [(inside.left + inside.right) / 2.0, frame.bottom - NAME_BELOW / 2.0];
        plot.marks.push(text_mark(at, text, TEXT, Ink::Text3, Align::Middle));
    }
    // The first run's line is the widest, below the others: where they lie on each other all are seen.
    for (run, curve) in series.iter().enumerate() {
        let place = |(point, value): &(usize, u64)| [along.at(curves.over.points[*point]), up.at(*value)];
        let through: Vec<Place> = curve.iter().map(place).collect();
        let width = (2.75 - 0.35 * run as f32).max(1.25);
        let ink = Ink::Run(run);
        let (sign, radius) = (Sign::of(run), 2.5 + width / 4.0);
        plot.marks.push(Mark::Line { through: through.clone(), ink, width });
        plot.marks.extend(through.iter().map(|at| Mark::Dot { at: *at, sign, ink, radius }));
        plot.points.extend(curve.iter().zip(&through).map(|((point, _), at)| (At { point: *point, run }, *at)));
    }
    let ends: Vec<(usize, Place)> = (0..series.len())
        .filter_map(|run| Some((run, plot.points.iter().rev().find(|(at, _)| at.run == run)?.1)))
        .collect();
    labels::label(&mut plot.marks, &ends, &words.runs, inside);
    plot
}

/// Whether the values stand on a logarithmic scale: with what is turned, or where they are too far apart for another.
fn is_log(curves: &Curves, series: &[Vec<(usize, u64)>]) -> bool {
    let values = || series.iter().flatten().map(|(_, value)| *value).filter(|value| *value > 0);
    let far = values().max().zip(values().min()).is_some_and(|(most, least)| most / least >= 20);
    far || curves.over.scale == Scale::Log
}

fn head(marks: &mut Vec<Mark>, figure: Figure, frame: Frame) {
    let at = [frame.left, frame.top + HEAD_ROOM / 2.0 - 2.0];
    let title = figure.title().to_owned();
    let beside = frame.left + BESIDE_HEAD;
    let weight = Weight::Semibold;
    marks.push(Mark::Text { at, text: title, size: HEAD, ink: Ink::Text1, align: Align::Start, weight });
    if beside + width_of(figure.means(), TEXT) <= frame.right {
        marks.push(text_mark([beside, at[1]], figure.means().to_owned(), TEXT, Ink::Text3, Align::Start));
    }
}

/// What is left for the curves.
fn inside(series: &[Vec<(usize, u64)>], figure: Figure, words: &Words, frame: Frame) -> Frame {
    // "500 MiB" is as long as a value beside the axis gets; numbers are shorter.
    let value = match figure.unit() {
        Unit::Bytes => "500 MiB",
        Unit::Time => "500 ms",
        Unit::Count | Unit::Share | Unit::Text => "100k",
    };
    let named =
        words.runs.iter().enumerate().filter(|(run, _)| series.get(*run).is_some_and(|curve| !curve.is_empty()));
    let longest = named.map(|(_, name)| width_of(name, TEXT)).fold(0.0, f32::max).min(MOST_NAME);
    let tall = frame.bottom - frame.top >= TALL;
    Frame {
        left: frame.left + width_of(value, TEXT) + 4.0,
        top: frame.top + HEAD_ROOM + 4.0,
        right: (frame.right - longest - 14.0).max(frame.left + 90.0),
        bottom: frame.bottom - BELOW - if tall { NAME_BELOW } else { 0.0 },
    }
}

fn none_text(figure: Figure, inside: Frame) -> Mark {
    let text = match figure {
        Figure::Makespan => "none of these runs comes to an end",
        Figure::Latency => "nobody waits in any of these runs",
        Figure::Switches | Figure::Memory => "none of these runs has it",
    };
    let at = [inside.left, (inside.top + inside.bottom) / 2.0];
    text_mark(at, text.to_owned(), TEXT, Ink::Text3, Align::Start)
}

fn grid(marks: &mut Vec<Mark>, along: &Axis, up: &Axis, inside: Frame) {
    for (value, y) in up.ticks(20.0) {
        let through = vec![[inside.left, y], [inside.right, y]];
        marks.push(Mark::Line { through, ink: Ink::Grid, width: 1.0 });
        marks.push(text_mark([inside.left - 6.0, y], value, TEXT, Ink::Text2, Align::End));
    }
    let apart = if along.is_time() { 60.0 } else { 36.0 };
    for (value, x) in along.ticks(apart) {
        let through = vec![[x, inside.bottom], [x, inside.bottom + 4.0]];
        marks.push(Mark::Line { through, ink: Ink::Edge, width: 1.0 });
        marks.push(text_mark([x, inside.bottom + 12.0], value, TEXT, Ink::Text2, Align::Middle));
    }
    let through = vec![[inside.left, inside.bottom], [inside.right, inside.bottom]];
    marks.push(Mark::Line { through, ink: Ink::Edge, width: 1.0 });
}

fn text_mark(at: Place, text: String, size: f32, ink: Ink, align: Align) -> Mark {
    Mark::Text { at, text, size, ink, align, weight: Weight::Regular }
}

impl Words {
    /// What is said beside these curves, where what is turned has this name: the runs are called by their ids.
    pub fn of(curves: &Curves, turned: &str) -> Words {
        Words { turned: turned.to_owned(), runs: curves.runs.iter().map(|run| run.id.clone()).collect() }
    }
}

#[cfg(test)]
mod tests;
