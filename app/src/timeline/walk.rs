//! Goes through the spans of a row from left to right, in steps whose number depends on the pixels and not on the spans.
//!
//! Spans that begin in the same pixel as the next one does end in it, too; so all but the last few that begin in a pixel
//! can be told as one step: what they add up to. What is wide enough for a body of its own is always among the last.

use std::ops::Range;

use sim_core::analysis::index::{Spans, Sums};
use sim_core::analysis::track::Span;
use sim_core::instant::SimTime;

use super::axis::Axis;

/// Of the spans that begin in one pixel, so many are told one by one.
const SINGLE: usize = 3;

/// What comes next in a row.
#[derive(Clone, Debug)]
pub enum Step {
    /// One span.
    One(Span),
    /// Several spans that begin and end in one pixel.
    Crowd(Crowd),
}

/// Several spans within one pixel.
#[derive(Clone, Debug)]
pub struct Crowd {
    /// Their places among the row's spans.
    pub places: Range<usize>,
    /// When the first begins.
    pub start: SimTime,
    /// When the last ends.
    pub end: SimTime,
    /// What they add up to.
    pub sums: Sums,
}

/// Every step through the spans with a part in view. They must not overlap: not for a device's spans.
pub fn walk<'a>(spans: &'a Spans, axis: &Axis) -> impl Iterator<Item = Step> + 'a {
    let (axis, from) = (*axis, nanos(axis.start));
    let after = SimTime::from_nanos((nanos(axis.end()).as_nanos() + 1).min(SimTime::MAX.as_nanos()));
    // The last that begins before the view may reach into it; so may one of no length at its very start.
    let begun = spans.begun_before(from).saturating_sub(1);
    let first = if spans.get(begun).is_some_and(|s| s.end < from) { begun + 1 } else { begun };
    let last = spans.begun_before_from(after, first.min(spans.len()));
    let mut queue = first..first;
    let mut next = first;
    std::iter::from_fn(move || {
        if queue.is_empty() {
            if next >= last {
                return None;
            }
            let end = end_of_pixel(spans, &axis, next, last);
            (queue, next) = (next..end, end);
        }
        if queue.len() > SINGLE {
            let places = queue.start..queue.end - 1;
            queue.start = queue.end - 1;
            return crowd(spans, places).map(Step::Crowd);
        }
        let place = queue.next()?;
        spans.get(place).map(Step::One)
    })
}

/// The place of the first span after `place` that begins in another pixel.
fn end_of_pixel(spans: &Spans, axis: &Axis, place: usize, last: usize) -> usize {
    let Some(start) = spans.get(place).map(|s| s.start) else { return last };
    let column = (axis.x(start) - axis.left).floor().max(0.0);
    let edge = nanos(axis.time_from_x(axis.left + column + 1.0).ceil());
    let edge = edge.max(SimTime::from_nanos(start.as_nanos() + 1));
    spans.begun_before_from(edge, place + 1).min(last)
}

fn crowd(spans: &Spans, places: Range<usize>) -> Option<Crowd> {
    let (start, end) = (spans.get(places.start)?.start, spans.get(places.end - 1)?.end);
    Some(Crowd { sums: spans.sums(places.clone()), places, start, end })
}

/// A time of the axis as a moment of the run.
pub fn nanos(time: f64) -> SimTime {
    SimTime::from_nanos((time.max(0.0) as u64).min(SimTime::MAX.as_nanos()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim_core::analysis::track::{Class, SpanState};
    use sim_core::trace::WorkerId;

    fn at(ns: u64) -> SimTime {
        SimTime::from_nanos(ns)
    }

    /// Polls of `length` every 100 ns, nothing between.
    fn polls(count: u64, length: u64) -> Spans {
        let state = SpanState::Polling(WorkerId(0));
        (0..count).map(|n| Span { start: at(n * 100), end: at(n * 100 + length), state, event: n as usize }).collect()
    }

    fn axis(start: f64, length: f64) -> Axis {
        Axis { left: 0.0, right: 100.0, start, length }
    }

    #[test]
    fn steps_are_as_many_as_pixels_and_leave_no_span_out() {
        let spans = polls(100_000, 40);
        let steps: Vec<Step> = walk(&spans, &axis(0.0, 1e7)).collect();
        assert!(steps.len() <= 101 * (SINGLE + 1), "{} steps", steps.len());
        let (mut count, mut time) = (0, 0);
        for step in steps {
            match step {
                Step::One(span) => (count, time) = (count + 1, time + span.length().as_nanos()),
                Step::Crowd(crowd) => {
                    count += crowd.sums.count[Class::Running as usize];
                    time += crowd.sums.nanos[Class::Running as usize];
                }
            }
        }
        assert_eq!((count, time), (100_000, 4_000_000));
    }

    #[test]
    fn a_long_span_among_thousands_is_told_by_itself() {
        let short = polls(50_000, 40);
        let long = Span { start: at(5_000_000), end: at(8_000_000), state: SpanState::Ready, event: 50_000 };
        let spans: Spans = short.iter().chain([long]).collect();
        let found = walk(&spans, &axis(0.0, 1e7)).any(|s| matches!(s, Step::One(span) if span == long));
        assert!(found);
    }

    #[test]
    fn only_what_has_a_part_in_view_is_gone_through() {
        let spans = polls(1_000, 40);
        let seen: Vec<u64> = walk(&spans, &axis(500.0, 300.0))
            .map(|s| match s {
                Step::One(span) => span.start.as_nanos(),
                Step::Crowd(crowd) => crowd.start.as_nanos(),
            })
            .collect();
        assert_eq!(seen, [500, 600, 700, 800]);
        let inside: Vec<Step> = walk(&spans, &axis(510.0, 20.0)).collect();
        assert_eq!(inside.len(), 1, "the poll that goes on through the whole view");
        assert_eq!(walk(&spans, &axis(550.0, 20.0)).count(), 0);
        assert_eq!(walk(&Spans::default(), &axis(0.0, 20.0)).count(), 0);
    }
}
