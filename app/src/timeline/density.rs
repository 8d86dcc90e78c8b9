//! Spans too thin to draw: what stands alone becomes a tick, one in a crowd a column whose height is its share.
//!
//! The rule it keeps: a pixel in which something happened is never empty.

/// What becomes of thin spans.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Piece {
    /// One span, alone: drawn as wide as can be seen.
    Tick {
        /// Its start.
        x: f32,
    },
    /// A stretch of pixels that are all as full.
    Column {
        /// Its left edge.
        x: f32,
        /// Its width.
        width: f32,
        /// The share of time that is covered, 0 to 1.
        share: f32,
    },
}

/// The narrowest that a lone span is drawn.
pub const LEAST_WIDTH: f32 = 2.5;

/// Thin spans of one kind in one row, gathered by pixel column.
#[derive(Clone, Debug)]
pub struct Columns {
    left: f32,
    cells: Vec<Cell>,
    used: bool,
}

#[derive(Clone, Copy, Default, Debug)]
struct Cell {
    count: u32,
    share: f32,
    first_x: f32,
}

impl Columns {
    /// Columns of one point from `left` to `right`.
    pub fn new(left: f32, right: f32) -> Columns {
        Columns { left, cells: vec![Cell::default(); (right - left).max(0.0).ceil() as usize + 1], used: false }
    }

    /// Empty again, for the next row.
    pub fn clear(&mut self) {
        if self.used {
            self.cells.fill(Cell::default());
            self.used = false;
        }
    }

    /// Adds a span.
    pub fn add(&mut self, x0: f32, x1: f32) {
        let at = |x: f32| ((x - self.left).max(0.0) as usize).min(self.cells.len() - 1);
        let (first, last) = (at(x0), at(x1));
        self.used = true;
        for i in first..=last {
            let edge = self.left + i as f32;
            let covered = (x1.min(edge + 1.0) - x0.max(edge)).max(0.0);
            let cell = &mut self.cells[i];
            cell.share = (cell.share + covered).min(1.0);
            if i == first {
                if cell.count == 0 {
                    cell.first_x = x0;
                }
                cell.count += 1;
            }
        }
    }

    /// Adds several spans that lie in the pixel of `x`, and together cover so much of it.
    pub fn add_many(&mut self, x: f32, count: u32, covered: f32) {
        let i = ((x - self.left).max(0.0) as usize).min(self.cells.len() - 1);
        let cell = &mut self.cells[i];
        if cell.count == 0 {
            cell.first_x = x;
        }
        cell.count += count;
        cell.share = (cell.share + covered).min(1.0);
        self.used = true;
    }

    /// What is to be drawn, left to right.
    pub fn pieces(&self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        if !self.used {
            return pieces;
        }
        let mut i = 0;
        while i < self.cells.len() {
            let cell = self.cells[i];
            if cell.count == 0 && cell.share == 0.0 {
                i += 1;
            } else if cell.count > 0 && self.is_alone(i) {
                pieces.push(Piece::Tick { x: cell.first_x });
                i += 1 + self.tail(i);
            } else {
                let end = self.same_until(i);
                let x = self.left + i as f32;
                pieces.push(Piece::Column { x, width: (end - i) as f32, share: cell.share });
                i = end;
            }
        }
        pieces
    }

    /// Whether no span begins so near to this pixel that two ticks would touch. Several in the one pixel are a tick,
    /// too: polls that take no time would have no height as a share.
    fn is_alone(&self, i: usize) -> bool {
        let near = i.saturating_sub(3)..(i + 4).min(self.cells.len());
        near.filter(|n| *n != i).all(|n| self.cells[n].count == 0)
    }

    /// How many columns after `i` are covered by the span that begins there.
    fn tail(&self, i: usize) -> usize {
        self.cells[i + 1..].iter().take_while(|c| c.count == 0 && c.share > 0.0).count()
    }

    fn same_until(&self, i: usize) -> usize {
        let share = self.cells[i].share;
        let same = |c: &Cell| (c.share - share).abs() < 0.02 && (c.count > 0 || c.share > 0.0);
        let run = self.cells[i + 1..]
            .iter()
            .enumerate()
            .take_while(|(n, c)| same(c) && !(c.count > 0 && self.is_alone(i + 1 + n)));
        i + 1 + run.count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_span_is_a_tick_where_it_starts() {
        let mut columns = Columns::new(0.0, 100.0);
        columns.add(10.3, 10.4);
        columns.add(50.0, 51.9);
        assert_eq!(columns.pieces(), [Piece::Tick { x: 10.3 }, Piece::Tick { x: 50.0 }]);
    }

    #[test]
    fn several_in_one_pixel_and_nothing_around_are_one_tick() {
        let mut columns = Columns::new(0.0, 100.0);
        columns.add(10.0, 10.0);
        columns.add(10.2, 10.2);
        assert_eq!(columns.pieces(), [Piece::Tick { x: 10.0 }]);
    }

    #[test]
    fn no_pixel_with_something_in_it_is_empty() {
        let mut columns = Columns::new(0.0, 1000.0);
        let spans: Vec<_> = (0..5000).map(|i| (i as f32 * 0.37 % 1000.0, 0.05)).collect();
        for (x, width) in &spans {
            columns.add(*x, x + width);
        }
        let pieces = columns.pieces();
        for (x, _) in spans {
            let covered = pieces.iter().any(|p| match *p {
                Piece::Tick { x: tick } => (tick..tick + LEAST_WIDTH).contains(&x),
                Piece::Column { x: left, width, share } => share > 0.0 && (left..left + width).contains(&x),
            });
            assert!(covered, "nothing is drawn at {x}");
        }
    }

    #[test]
    fn a_full_stretch_is_one_column() {
        let mut columns = Columns::new(0.0, 100.0);
        for i in 0..200 {
            columns.add(20.0 + i as f32 * 0.25, 20.0 + (i + 1) as f32 * 0.25);
        }
        assert_eq!(columns.pieces(), [Piece::Column { x: 20.0, width: 50.0, share: 1.0 }]);
    }
}
