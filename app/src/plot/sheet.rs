//! The four plots of a sweep on one page, with a head and what the figures mean.

use sim_core::scenario::sweep::{Curves, Figure};

use super::{Align, Frame, Ink, Mark, Weight, Words, plot};

/// The page, in points.
pub const SIZE: [f32; 2] = [1200.0, 800.0];

/// What is free around everything.
const SIDE: f32 = 32.0;
/// Between two plots.
const BETWEEN: f32 = 32.0;
const HEAD: f32 = 72.0;
const FOOT: f32 = 46.0;

/// What stands above the plots.
#[derive(Clone, PartialEq, Debug)]
pub struct Head {
    /// The scenario's title.
    pub title: String,
    /// What is turned, and in which world.
    pub line: String,
}

/// The whole page.
pub fn sheet(curves: &Curves, words: &Words, head: &Head) -> Vec<Mark> {
    let text = |at, text: &str, size, ink, weight| {
        let text = text.to_owned();
        Mark::Text { at, text, size, ink, align: Align::Start, weight }
    };
    let mut marks = vec![
        text([SIDE, 34.0], &head.title, 20.0, Ink::Text1, Weight::Semibold),
        text([SIDE, 58.0], &head.line, 13.0, Ink::Text2, Weight::Regular),
    ];
    for (figure, frame) in Figure::ALL.into_iter().zip(frames()) {
        marks.extend(plot(curves, figure, words, frame).marks);
    }
    let foot = SIZE[1] - FOOT;
    for (line, figure) in [Figure::Memory, Figure::Latency].into_iter().enumerate() {
        let said = format!("{}: {}.", figure.title(), figure.definition());
        marks.push(text([SIDE, foot + 12.0 + 17.0 * line as f32], &said, 12.0, Ink::Text3, Weight::Regular));
    }
    marks
}

/// Two above two.
fn frames() -> [Frame; 4] {
    let (width, height) = (SIZE[0] - 2.0 * SIDE - BETWEEN, SIZE[1] - HEAD - FOOT - BETWEEN / 2.0 - 8.0);
    let frame = |column: f32, row: f32| {
        let left = SIDE + column * (width / 2.0 + BETWEEN);
        let top = HEAD + 8.0 + row * (height / 2.0 + BETWEEN / 2.0);
        Frame { left, top, right: left + width / 2.0, bottom: top + height / 2.0 - 4.0 }
    };
    [frame(0.0, 0.0), frame(1.0, 0.0), frame(0.0, 1.0), frame(1.0, 1.0)]
}
