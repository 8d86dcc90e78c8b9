//! What the spans of a row add up to, from one place to another.
//!
//! Every 32 spans there is a mark: what the spans before it add up to. So the share of a pixel in which a million polls
//! lie is the difference of two sums, found by two searches. A counter's peaks are kept alike.

use std::ops::Range;

use super::{BLOCK, PackedSpan, Spans};
use crate::analysis::track::{Class, SpanState};
use crate::instant::SimTime;

#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub start: SimTime,
    sums: Sums,
}

/// What several spans add up to, by [`Class`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sums {
    /// Nanoseconds in each class.
    pub nanos: [u64; Class::COUNT],
    /// Spans of each class.
    pub count: [u32; Class::COUNT],
}

/// What all spans before a place add up to.
#[derive(Clone, Copy, Debug, Default)]
pub struct SumsBefore {
    place: usize,
    sums: Sums,
}

impl Sums {
    #[inline]
    fn add(&mut self, span: &PackedSpan) {
        if let Some(class) = span.class() {
            self.nanos[class as usize] += span.end().as_nanos() - span.start().as_nanos();
            self.count[class as usize] += 1;
        }
    }

    fn less(mut self, other: Sums) -> Sums {
        for class in 0..Class::COUNT {
            self.nanos[class] -= other.nanos[class];
            self.count[class] -= other.count[class];
        }
        self
    }
}

impl Spans {
    /// What the spans at these places add up to.
    #[inline]
    pub fn sums(&self, places: Range<usize>) -> Sums {
        if places.len() <= BLOCK {
            let mut sums = Sums::default();
            self.kept[places].iter().for_each(|kept| sums.add(kept));
            return sums;
        }
        self.sums_before(places.end).less(self.sums_before(places.start))
    }

    /// The same, going on from a sum of all spans before some place, which is moved to the end of these.
    #[inline]
    pub fn sums_after(&self, before: &mut SumsBefore, places: Range<usize>) -> Sums {
        self.move_to(before, places.start);
        let start = before.sums;
        self.move_to(before, places.end);
        before.sums.less(start)
    }

    fn move_to(&self, before: &mut SumsBefore, place: usize) {
        if before.place <= place && place - before.place <= BLOCK {
            self.kept[before.place..place].iter().for_each(|kept| before.sums.add(kept));
        } else {
            before.sums = self.sums_before(place);
        }
        before.place = place;
    }

    fn sums_before(&self, place: usize) -> Sums {
        // The last span's own block may have no mark yet.
        let mark = (place / BLOCK).min(self.marks.len());
        let mut sums = mark.checked_sub(1).map_or(Sums::default(), |m| self.marks[m].sums);
        self.kept[mark * BLOCK..place].iter().for_each(|kept| sums.add(kept));
        sums
    }

    /// The largest figure of a counter's spans at these places.
    pub fn peak(&self, places: Range<usize>) -> u32 {
        let level = |n: usize| figure(self.kept[n].state());
        let mut most = 0;
        let mut n = places.start;
        while n < places.end {
            let (block, large) = (n / BLOCK, n / (BLOCK * BLOCK));
            if n.is_multiple_of(BLOCK * BLOCK) && n + BLOCK * BLOCK <= places.end && large < self.peaks[1].len() {
                most = most.max(self.peaks[1][large]);
                n += BLOCK * BLOCK;
            } else if n.is_multiple_of(BLOCK) && n + BLOCK <= places.end && block < self.peaks[0].len() {
                most = most.max(self.peaks[0][block]);
                n += BLOCK;
            } else {
                most = most.max(level(n));
                n += 1;
            }
        }
        most
    }

    /// The place of the first span with the largest figure; none: no span has one.
    pub fn place_of_peak(&self) -> Option<usize> {
        let most = self.peak(0..self.len());
        let large = self.peaks[1].iter().position(|p| *p == most).unwrap_or(self.peaks[1].len());
        let block = self.peaks[0][large * BLOCK..].iter().position(|p| *p == most);
        let from = (large * BLOCK + block.unwrap_or(self.peaks[0].len() - large * BLOCK)) * BLOCK;
        let rest = self.kept[from..].iter().take(2 * BLOCK);
        rest.enumerate().find(|(_, kept)| kept.state() == SpanState::Level(most)).map(|(n, _)| from + n)
    }

    pub(super) fn add_mark(&mut self, place: usize, start: SimTime) {
        self.marks.push(Mark { start, sums: self.sums_before(place) });
        let block = place / BLOCK - 1;
        if self.kept[place - 1].class().is_none() {
            let most = self.kept[block * BLOCK..place].iter().map(|kept| figure(kept.state())).max().unwrap_or(0);
            self.peaks[0].push(most);
            if place.is_multiple_of(BLOCK * BLOCK) {
                let blocks = &self.peaks[0][place / BLOCK - BLOCK..];
                self.peaks[1].push(blocks.iter().copied().max().unwrap_or(0));
            }
        }
    }
}

fn figure(state: SpanState) -> u32 {
    match state {
        SpanState::Level(figure) => figure,
        _ => 0,
    }
}
