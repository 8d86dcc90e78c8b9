//! Where in a picture of many tasks one state covers a piece large enough to be named.
//!
//! Owns finding the largest rectangle of each state. Knows no words and no pixels: places are cells of the picture.

use std::ops::Range;

use super::fold::{Picture, Shares};

/// A state that a region may be in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Covers {
    /// Ready, Runnable.
    Ready,
    /// Pending, Blocked.
    Waiting,
    /// Completed, Exited.
    Finished,
}

/// A rectangle of cells that are, nearly wholly, in one state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Region {
    /// Which.
    pub covers: Covers,
    /// From left to right.
    pub columns: Range<usize>,
    /// From top to bottom.
    pub rows: Range<usize>,
}

/// A cell belongs to a region if its state takes so much of it, in 255ths.
const NEARLY_WHOLLY: u8 = 190;
/// Only every so many-th cell is looked at, across and down: a region is much larger.
const APART: (usize, usize) = (8, 2);

/// The largest region of each state that has one.
pub fn regions(picture: &Picture) -> Vec<Region> {
    [Covers::Ready, Covers::Waiting, Covers::Finished].into_iter().filter_map(|of| largest(picture, of)).collect()
}

/// Row after row it is known how many cells above belong; the largest rectangle that stands on a row is found from
/// these heights.
fn largest(picture: &Picture, covers: Covers) -> Option<Region> {
    let (across, down) = (picture.frame.columns / APART.0, picture.rows / APART.1);
    let mut heights = vec![0; across + 1];
    let mut best: Option<(usize, Region)> = None;
    for row in 0..down {
        for (column, height) in heights.iter_mut().take(across).enumerate() {
            let cell = picture.cells.get(row * APART.1 * picture.frame.columns + column * APART.0);
            *height = if cell.is_some_and(|cell| belongs(*cell, covers)) { *height + 1 } else { 0 };
        }
        let mut open: Vec<(usize, usize)> = Vec::new();
        for (column, height) in heights.iter().copied().enumerate() {
            let mut from = column;
            while let Some((start, high)) = open.pop_if(|(_, high)| *high > height) {
                from = start;
                let area = high * (column - start);
                if best.as_ref().is_none_or(|(most, _)| area > *most) {
                    let columns = start * APART.0..column * APART.0;
                    let rows = (row + 1 - high) * APART.1..(row + 1) * APART.1;
                    best = Some((area, Region { covers, columns, rows }));
                }
            }
            if height > 0 && open.last().is_none_or(|(_, high)| *high < height) {
                open.push((from, height));
            }
        }
    }
    best.map(|(_, region)| region)
}

fn belongs(cell: Shares, covers: Covers) -> bool {
    let share = match covers {
        Covers::Ready => cell.ready,
        Covers::Waiting => cell.waiting,
        Covers::Finished => cell.finished,
    };
    share >= NEARLY_WHOLLY && cell.running == 0
}

#[cfg(test)]
mod tests {
    use super::super::fold::Frame;
    use super::*;

    /// A picture in which a cell is in the state that `of` says for its column and row.
    fn picture(columns: usize, rows: usize, of: impl Fn(usize, usize) -> Covers) -> Picture {
        let share = |covers| match covers {
            Covers::Ready => Shares { ready: 255, ..Shares::default() },
            Covers::Waiting => Shares { waiting: 255, ..Shares::default() },
            Covers::Finished => Shares { finished: 255, ..Shares::default() },
        };
        let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row)));
        let cells = cells.map(|(column, row)| share(of(column, row))).collect();
        let frame = Frame { start: 0.0, length: 1e3, columns, rows, revision: 0, events: 0 };
        Picture { frame, rows, tasks: rows, cells, totals: Vec::new(), busy: Vec::new() }
    }

    #[test]
    fn each_state_has_its_largest_rectangle() {
        let halves = picture(800, 40, |column, _| if column < 240 { Covers::Ready } else { Covers::Waiting });
        let found = regions(&halves);
        let expected = [(Covers::Ready, 0..240), (Covers::Waiting, 240..800)].map(|(covers, columns)| Region {
            covers,
            columns,
            rows: 0..40,
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn in_a_triangle_the_rectangle_lies_within() {
        let slope = picture(800, 80, |column, row| if column < row * 10 { Covers::Ready } else { Covers::Waiting });
        for region in regions(&slope) {
            let corners =
                [region.columns.start, region.columns.end - 8].map(|c| (c, [region.rows.start, region.rows.end - 2]));
            let inside = |column: usize, row: usize| (column < row * 10) == (region.covers == Covers::Ready);
            assert!(corners.iter().all(|(c, rows)| rows.iter().all(|r| inside(*c, *r))), "{region:?}");
            assert!(region.columns.len() * region.rows.len() > 800 * 80 / 5, "{region:?} is as large as can be");
        }
        assert_eq!(regions(&slope).len(), 2);
    }
}
