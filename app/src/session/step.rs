//! The cursor, and how it steps through a recording, both ways.
//!
//! A trace can be stood in at any time, but stepping stops only at certain places: the start, and just after each
//! event that counts. Stepping back n times and forward n times from such a place returns to it.

use sim_core::analysis::index::Spans;
use sim_core::analysis::track::{Link, Span};
use sim_core::instant::SimTime;
use sim_core::trace::event::kind;
use sim_core::trace::{Event, Level, Record, Trace};

/// Where the person is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Cursor {
    /// The virtual time. Other runs show all their events up to it.
    pub time: SimTime,
    /// How many events of the focused run have happened.
    pub events: usize,
}

/// Which events a step stops at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// Every event of the lesson level.
    Lesson,
    /// The start of every poll.
    Poll,
    /// Every dispatch of a thread.
    Dispatch,
}

impl Stop {
    fn wants(self, record: Record) -> bool {
        match self {
            Stop::Lesson => is_lesson(record),
            Stop::Poll => record.kind() == kind::PollStarted,
            Stop::Dispatch => record.kind() == kind::Dispatched,
        }
    }
}

/// Whether an event is of the lesson level.
pub fn is_lesson(record: Record) -> bool {
    static LESSON: std::sync::LazyLock<[bool; 256]> = std::sync::LazyLock::new(|| {
        let mut lesson = [false; 256];
        for (_, kind, level) in Event::CATALOGUE {
            lesson[usize::from(*kind)] = *level == Level::Lesson;
        }
        lesson
    });
    LESSON[usize::from(record.kind())]
}

impl Cursor {
    /// Just after event `n` and what is one with it: who is woken or spawned stands in its queue, a request is begun.
    pub fn after(trace: &Trace, n: usize) -> Cursor {
        let time = trace.time(n);
        let same = trace.records_from(n + 1).take_while(|r| r.time() == time && !is_lesson(*r));
        let last = same.enumerate().filter(|(_, r)| belongs(*r)).last();
        Cursor { time, events: last.map_or(n, |(i, _)| n + 1 + i) + 1 }
    }

    /// At `time`, with every event up to it.
    pub fn at(trace: &Trace, time: SimTime) -> Cursor {
        Cursor { time, events: trace.events_until(time) }
    }

    /// The next place where a step stops; none: there is no more.
    pub fn forward(self, trace: &Trace, stop: Stop) -> Option<Cursor> {
        let from = self.events.min(trace.len());
        let next = trace.records_from(from).position(|r| stop.wants(r))?;
        Some(Cursor::after(trace, from + next))
    }

    /// The place before; none: this is the start. Between two places, that is the last one passed.
    pub fn back(self, trace: &Trace, stop: Stop) -> Option<Cursor> {
        let before = |events: usize| (0..events.min(trace.len())).rev().find(|n| stop.wants(trace.record(*n)));
        if self == Cursor::default() {
            return None;
        }
        let here = |n: &usize| Cursor::after(trace, *n);
        let passed = before(self.events);
        // In the middle of what is one with an event is as good as at it.
        let at_it = passed.is_some_and(|n| here(&n).time == self.time && here(&n).events >= self.events);
        let found = if at_it { passed.and_then(before) } else { passed };
        Some(found.as_ref().map_or_else(Cursor::default, here))
    }
}

/// Whether an event is the other half of the one before it.
fn belongs(record: Record) -> bool {
    [kind::Queued, kind::ThreadRunnable, kind::IoStarted].contains(&record.kind())
}

/// The first span that begins after what has happened.
pub fn next_span(spans: &Spans, cursor: Cursor) -> Option<Span> {
    spans.get(spans.begun_by(cursor.events))
}

/// The last span that began before the one that the cursor is in.
pub fn previous_span(spans: &Spans, trace: &Trace, cursor: Cursor) -> Option<Span> {
    let begun = spans.begun_by(cursor.events);
    let at_start = spans.get(begun.checked_sub(1)?).is_some_and(|s| Cursor::after(trace, s.event) == cursor);
    spans.get(begun.checked_sub(if at_start { 2 } else { 1 })?)
}

/// The last arrow whose effect has happened: its cause is why the row is where it is.
pub fn last_link(links: impl Iterator<Item = Link>, cursor: Cursor) -> Option<Link> {
    links.filter(|l| l.to_event < cursor.events).max_by_key(|l| l.to_event)
}

/// The arrow whose cause has happened and its effect not; else the next arrow.
pub fn pending_link(links: impl Iterator<Item = Link>, cursor: Cursor) -> Option<Link> {
    links.filter(|l| l.to_event >= cursor.events).min_by_key(|l| l.to_event)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::fixture;

    fn every_stop(trace: &Trace, stop: Stop) -> Vec<Cursor> {
        std::iter::successors(Some(Cursor::default()), |c| c.forward(trace, stop)).collect()
    }

    #[test]
    fn stepping_forward_and_back_goes_through_the_same_places() {
        for trace in [fixture::async_run(), fixture::thread_run()] {
            for stop in [Stop::Lesson, Stop::Poll, Stop::Dispatch] {
                let forward = every_stop(&trace, stop);
                let mut back: Vec<_> =
                    std::iter::successors(forward.last().copied(), |c| c.back(&trace, stop)).collect();
                back.reverse();
                assert_eq!(forward, back, "{stop:?}");
            }
        }
    }

    #[test]
    fn between_two_events_back_goes_to_the_one_passed() {
        let trace = fixture::async_run();
        let between = Cursor::at(&trace, SimTime::from_nanos(82_100_000));
        let back = between.back(&trace, Stop::Lesson).expect("something happened before 82.1 ms");
        assert_eq!(back.time, SimTime::from_nanos(20_100_000));
        let on = back.forward(&trace, Stop::Lesson).expect("something happens after 20.1 ms");
        assert_eq!(on.time, SimTime::from_nanos(115_000_000));
    }

    #[test]
    fn the_start_has_nothing_before_and_the_end_nothing_after() {
        let trace = fixture::async_run();
        assert_eq!(Cursor::default().back(&trace, Stop::Lesson), None);
        assert_eq!(Cursor::at(&trace, SimTime::MAX).forward(&trace, Stop::Lesson), None);
        assert_eq!(Cursor::default().forward(&Trace::default(), Stop::Lesson), None);
    }
}
