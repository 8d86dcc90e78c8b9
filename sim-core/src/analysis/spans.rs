//! The spans of one row, kept small.
//!
//! Owns storage, and the search by time; [`marks`] tells what they add up to, and makes drawing independent of how many
//! there are.

mod marks;

use std::ops::Range;

pub use marks::{Sums, SumsBefore};

use super::packed::PackedSpan;
use super::track::{Class, Span};
use crate::instant::SimTime;
use marks::Mark;

/// Spans between two marks.
const BLOCK: usize = 32;

/// The spans of a row, in order of start; they overlap only on a device's row.
#[derive(Clone, Default)]
pub struct Spans {
    kept: Vec<PackedSpan>,
    /// Mark n tells of the spans before the (n + 1) · 32nd.
    marks: Vec<Mark>,
    /// The largest figure of each block of a counter, and of each block of blocks.
    peaks: [Vec<u32>; 2],
}

impl Spans {
    /// How many there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// The span at a place.
    #[inline]
    pub fn get(&self, place: usize) -> Option<Span> {
        self.kept.get(place).map(PackedSpan::span)
    }

    /// The first span.
    pub fn first(&self) -> Option<Span> {
        self.get(0)
    }

    /// The last span.
    pub fn last(&self) -> Option<Span> {
        self.kept.last().map(PackedSpan::span)
    }

    /// Every span, in order.
    pub fn iter(&self) -> Iter<'_> {
        self.range(0..self.len())
    }

    /// The spans at these places.
    pub fn range(&self, places: Range<usize>) -> Iter<'_> {
        Iter(self.kept[places].iter())
    }

    /// When each span begins and ends, and its class: all that a density needs.
    #[inline]
    pub fn stretches(&self) -> impl Iterator<Item = (SimTime, SimTime, Option<Class>)> {
        self.kept.iter().map(|kept| (kept.start(), kept.end(), kept.class()))
    }

    /// How many spans, from the first on, fulfil `holds`; all of them must stand before those that do not.
    pub fn partition_point(&self, holds: impl Fn(&Span) -> bool) -> usize {
        self.kept.partition_point(|kept| holds(&kept.span()))
    }

    /// How many begin before `time`: the place of the first that does not.
    pub fn begun_before(&self, time: SimTime) -> usize {
        self.begun_before_from(time, 0)
    }

    /// The same, where the answer is known to be `from` or later. Cheap when it is near.
    #[inline]
    pub fn begun_before_from(&self, time: SimTime, from: usize) -> usize {
        // Most often the answer is a few spans on.
        let near = (from + 8).min(self.len());
        if let Some(place) = (from..near).find(|n| self.kept[*n].start() >= time) {
            return place;
        }
        if near == self.len() {
            return near;
        }
        let first_mark = near / BLOCK;
        let marks = self.marks.get(first_mark..).unwrap_or_default();
        let mark = first_mark + gallop(marks, |m| m.start < time);
        let (low, high) = ((mark * BLOCK).max(near), ((mark + 1) * BLOCK).min(self.len()));
        // One after the other: memory comes in that order, and whoever sums up to there reads it next.
        low + self.kept[low..high].iter().take_while(|kept| kept.start() < time).count()
    }

    /// How many were begun by an event before `event`.
    pub fn begun_by(&self, event: usize) -> usize {
        self.kept.partition_point(|kept| kept.event() < event)
    }

    /// Adds a span, which begins no earlier than the last one.
    pub fn push(&mut self, span: Span) {
        let place = self.len();
        if place > 0 && place.is_multiple_of(BLOCK) {
            self.add_mark(place, span.start);
        }
        self.kept.push(PackedSpan::new(span));
    }

    /// Takes the last span away.
    pub(super) fn pop(&mut self) {
        if self.kept.pop().is_none() {
            return;
        }
        // A mark is right only while a span stands behind it: before that, the last one may still change.
        let marks = self.len().saturating_sub(1) / BLOCK;
        self.marks.truncate(marks);
        self.peaks[0].truncate(marks);
        self.peaks[1].truncate(marks / BLOCK);
    }

    /// Lets the last span end at `end`.
    pub(super) fn end_last(&mut self, end: SimTime) {
        if let Some(last) = self.kept.last_mut() {
            last.set_end(end);
        }
    }

    /// Lets a device's span end at `end`: those are in no sum.
    pub(super) fn end_at(&mut self, place: usize, end: SimTime) {
        self.kept[place].set_end(end);
    }

    /// Gives back memory that was kept for more spans.
    pub(super) fn shrink(&mut self) {
        self.kept.shrink_to_fit();
        self.marks.shrink_to_fit();
        self.peaks.iter_mut().for_each(Vec::shrink_to_fit);
    }

    /// Bytes of memory it takes, besides itself.
    pub fn memory_bytes(&self) -> usize {
        self.kept.capacity() * size_of::<PackedSpan>()
            + self.marks.capacity() * size_of::<Mark>()
            + self.peaks.iter().map(|p| p.capacity() * 4).sum::<usize>()
    }
}

/// How many of `marks`, from the first on, fulfil `holds`: steps that double, then a search. Cheap when it is near.
fn gallop(marks: &[Mark], holds: impl Fn(&Mark) -> bool) -> usize {
    let mut reach = 1;
    while reach < marks.len() && holds(&marks[reach]) {
        reach *= 2;
    }
    let from = reach / 2;
    let to = (reach + 1).min(marks.len());
    from.min(to) + marks[from.min(to)..to].partition_point(holds)
}

impl PartialEq for Spans {
    fn eq(&self, other: &Spans) -> bool {
        self.kept == other.kept
    }
}

impl std::fmt::Debug for Spans {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl FromIterator<Span> for Spans {
    fn from_iter<I: IntoIterator<Item = Span>>(spans: I) -> Spans {
        let mut all = Spans::default();
        spans.into_iter().for_each(|span| all.push(span));
        all
    }
}

impl<'a> IntoIterator for &'a Spans {
    type Item = Span;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// Spans, one after the other.
#[derive(Clone, Debug)]
pub struct Iter<'a>(std::slice::Iter<'a, PackedSpan>);

impl Iterator for Iter<'_> {
    type Item = Span;

    #[inline]
    fn next(&mut self) -> Option<Span> {
        self.0.next().map(PackedSpan::span)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl DoubleEndedIterator for Iter<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<Span> {
        self.0.next_back().map(PackedSpan::span)
    }
}

impl ExactSizeIterator for Iter<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::track::SpanState;
    use crate::trace::ids::WorkerId;

    fn at(ns: u64) -> SimTime {
        SimTime::from_nanos(ns)
    }

    /// Polls of 3 ns, every 10 ns, Ready between them.
    fn polls(count: u64) -> Spans {
        let span = |start, end, state| Span { start: at(start), end: at(end), state, event: start as usize };
        let both = |n: u64| {
            let (from, to) = (10 * n, 10 * n + 3);
            [span(from, to, SpanState::Polling(WorkerId(0))), span(to, from + 10, SpanState::Ready)]
        };
        (0..count).flat_map(both).collect()
    }

    #[test]
    fn sums_over_any_places_are_what_the_spans_add_up_to() {
        let spans = polls(300);
        for (from, to) in [(0, 600), (1, 599), (63, 130), (64, 128), (128, 129), (5, 5), (590, 600), (0, 576)] {
            let mut sums = Sums::default();
            for span in spans.range(from..to) {
                let class = span.state.class().expect("polls and readiness have a class") as usize;
                sums.nanos[class] += span.length().as_nanos();
                sums.count[class] += 1;
            }
            assert_eq!(spans.sums(from..to), sums, "{from}..{to}");
            for middle in [from, (from + to) / 2, to] {
                let mut before = SumsBefore::default();
                spans.sums_after(&mut before, 0..middle);
                assert_eq!(spans.sums_after(&mut before, from..to), sums, "{from}..{to} after {middle}");
            }
        }
    }

    #[test]
    fn the_first_that_begins_at_a_time_is_found_from_any_place_before() {
        let spans = polls(500);
        for time in (0..5_010).step_by(7) {
            let plain = spans.iter().filter(|s| s.start < at(time)).count();
            assert_eq!(spans.begun_before(at(time)), plain);
            for back in [0, 1, 9, 70, 300] {
                let from = plain.saturating_sub(back);
                assert_eq!(spans.begun_before_from(at(time), from), plain, "{time} from {from}");
            }
        }
    }

    #[test]
    fn a_span_that_is_taken_away_is_in_no_sum() {
        let mut spans = polls(64);
        spans.push(Span { start: at(640), end: at(640), state: SpanState::Ready, event: 640 });
        spans.pop();
        spans.end_last(at(700));
        spans.push(Span { start: at(700), end: at(703), state: SpanState::Polling(WorkerId(0)), event: 700 });
        let sums = spans.sums(0..spans.len());
        assert_eq!(sums.nanos[Class::Running as usize], 65 * 3);
        assert_eq!(sums.nanos[Class::Ready as usize], 64 * 7 + 60);
    }

    #[test]
    fn the_peak_of_any_places_is_the_largest_figure() {
        let figure = |n: u64| (n * 7_919 % 1_013) as u32;
        let level = |n| Span { start: at(n), end: at(n + 1), state: SpanState::Level(figure(n)), event: n as usize };
        let spans: Spans = (0..20_000).map(level).collect();
        for (from, to) in [(0, 20_000), (1, 4_097), (4_096, 8_192), (100, 163), (19_990, 20_000), (7, 7)] {
            let most = (from..to).map(|n| figure(n as u64)).max().unwrap_or(0);
            assert_eq!(spans.peak(from..to), most, "{from}..{to}");
        }
        let (first, most) = (spans.place_of_peak(), spans.peak(0..20_000));
        assert_eq!(first, spans.iter().position(|s| s.state == SpanState::Level(most)));
        let few: Spans =
            [3, 9, 9, 1].into_iter().zip(0..).map(|(n, i)| Span { state: SpanState::Level(n), ..level(i) }).collect();
        assert_eq!(few.place_of_peak(), Some(1));
        assert_eq!(polls(3).place_of_peak(), None);
    }
}
