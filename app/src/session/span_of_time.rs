//! The stretch of time that a person has selected, and what dragging means.
//!
//! Owns the selection's ends and the sums over it. Knows no pixels.

use std::cell::RefCell;

use serde::{Deserialize, Serialize};
use sim_core::analysis::sums::Sums;
use sim_core::instant::{SimDuration, SimTime};

use super::Session;

/// A stretch of time, from one moment up to a later one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SpanOfTime {
    /// Where it begins.
    pub from: SimTime,
    /// Where it ends; later than `from`.
    pub to: SimTime,
}

impl SpanOfTime {
    /// The stretch between two moments, in either order; none if they are one.
    pub fn between(one: SimTime, other: SimTime) -> Option<SpanOfTime> {
        (one != other).then(|| SpanOfTime { from: one.min(other), to: one.max(other) })
    }

    /// How long it is.
    pub fn length(self) -> SimDuration {
        self.to.since(self.from)
    }
}

/// What dragging in the rows does; with Shift, or with the middle button, it always pans.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum DragMeans {
    /// It selects a stretch of time.
    #[default]
    Select,
    /// It pans.
    Pan,
}

impl DragMeans {
    /// Both, in the order they are offered.
    pub const ALL: [DragMeans; 2] = [DragMeans::Select, DragMeans::Pan];

    /// Its name.
    pub const fn title(self) -> &'static str {
        match self {
            DragMeans::Select => "Selects time",
            DragMeans::Pan => "Pans",
        }
    }
}

/// Sums that were asked for last: they are asked for in every frame.
#[derive(Debug, Default)]
pub(super) struct KeptSums(RefCell<Option<Kept>>);

#[derive(Debug)]
struct Kept {
    span: SpanOfTime,
    /// Which runs: those of what was opened so many times.
    opened: u64,
    /// How many events each run had: a run that grows is summed up anew.
    events: Vec<usize>,
    sums: Vec<Sums>,
}

impl Session {
    /// The stretch of time that is selected, as far as a question does not cover it: the selection may be older.
    pub fn selected_time(&self) -> Option<SpanOfTime> {
        let known = self.veil().unwrap_or(SimTime::MAX);
        self.selected_time.and_then(|span| SpanOfTime::between(span.from.min(known), span.to.min(known)))
    }

    /// What the selected time adds up to, run by run.
    pub fn sums_of_selected_time(&self) -> Option<(SpanOfTime, Vec<Sums>)> {
        let span = self.selected_time()?;
        let events: Vec<usize> = self.runs.iter().map(|r| r.trace.len()).collect();
        let mut kept = self.kept_sums.0.borrow_mut();
        if let Some(kept) = kept.as_ref().filter(|k| k.span == span && k.opened == self.opened && k.events == events) {
            return Some((span, kept.sums.clone()));
        }
        let sums: Vec<Sums> = self.runs.iter().map(|r| r.sums(span.from, span.to)).collect();
        *kept = Some(Kept { span, opened: self.opened, events, sums: sums.clone() });
        Some((span, sums))
    }

    /// What dragging in the rows does.
    pub fn drag_means(&self) -> DragMeans {
        self.settings.drag
    }

    pub(super) fn select_time(&mut self, from: SimTime, to: SimTime) {
        let known = self.veil().unwrap_or(SimTime::MAX).min(self.end());
        self.selected_time = SpanOfTime::between(from.min(known), to.min(known));
    }

    /// The selection becomes a stretch of time: the span at the cursor in the selected row. What is such a stretch
    /// already is shown as large as the window.
    pub(super) fn selection_to_time(&mut self) -> Option<SpanOfTime> {
        if let Some(span) = self.selected_time() {
            return Some(span);
        }
        let time = self.cursor.time;
        let span = self.selected_track().and_then(|(_, track)| track.span_at(time).map(|s| (s.start, s.end)));
        if let Some((from, to)) = span {
            self.select_time(from, to);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::super::{Command, Selection};
    use super::*;
    use sim_core::analysis::track::TrackKind;
    use sim_core::trace::TaskId;

    const MS: u64 = 1_000_000;

    fn at(ms: u64) -> SimTime {
        SimTime::from_nanos(ms * MS)
    }

    fn select(session: &mut Session, from: u64, to: u64) {
        session.apply(Command::SelectTime { from: at(from), to: at(to) });
    }

    #[test]
    fn time_is_selected_in_either_direction_and_cleared_before_the_row() {
        let mut session = fixture::session();
        let row = Selection::Track { run: 0, track: TrackKind::Task(TaskId(0)) };
        session.apply(Command::Select(row));
        select(&mut session, 40, 20);
        let span = session.selected_time().expect("a stretch is selected");
        assert_eq!((span.from, span.to, span.length()), (at(20), at(40), SimDuration::from_millis(20)));
        session.apply(Command::ClearSelection);
        assert_eq!((session.selected_time(), session.selection()), (None, row));
        session.apply(Command::ClearSelection);
        assert_eq!(session.selection(), Selection::Nothing);
        select(&mut session, 7, 7);
        assert_eq!(session.selected_time(), None, "a stretch of no length is none");
    }

    #[test]
    fn the_selected_time_is_summed_up_for_each_run() {
        let mut session = fixture::session();
        select(&mut session, 20, 115);
        let (_, sums) = session.sums_of_selected_time().expect("a stretch is selected");
        assert_eq!(sums.len(), 2);
        assert_eq!((sums[0].polls, sums[0].busy), (0, SimDuration::ZERO), "the one worker is blocked");
        assert_eq!(sums[0].ready.total, SimDuration::from_micros(94_900), "hb is Ready from 20.1 ms on");
        assert_eq!(sums[1].dispatches, 9, "hb's thread goes on");
        assert_eq!(session.sums_of_selected_time().map(|s| s.1), Some(sums), "asked again, it is the same");
    }

    #[test]
    fn the_span_at_the_cursor_becomes_a_selection_and_then_the_view() {
        let mut session = fixture::session();
        session.apply(Command::Select(Selection::Track { run: 0, track: TrackKind::Task(TaskId(0)) }));
        session.apply(Command::Seek(at(82)));
        session.apply(Command::SelectionToTime);
        let span = session.selected_time().expect("hb's time in the queue");
        assert_eq!(span.to, at(115));
        assert_eq!(span.length(), SimDuration::from_micros(94_900));
        let whole = session.view();
        session.apply(Command::SelectionToTime);
        let view = session.view();
        assert!(view.start <= span.from.as_nanos() as f64 && view.end() >= span.to.as_nanos() as f64);
        assert!(view.length < whole.length);
        session.apply(Command::UndoView);
        assert_eq!(session.view(), whole);
    }

    /// At the lesson's question how long hb waits in the queue.
    fn at_the_question() -> Session {
        let mut session = fixture::blocked_executor();
        session.apply(Command::GoToStep(3));
        session.finish_loading();
        session
    }

    #[test]
    fn what_a_question_covers_is_neither_selected_nor_summed_up() {
        let mut session = at_the_question();
        let known = session.veil().expect("the answer is covered");
        select(&mut session, 60, 180);
        let (span, sums) = session.sums_of_selected_time().expect("a stretch is selected");
        assert_eq!((span.to, sums[0].ready.total), (known, known.since(at(60))), "hb waits all the time");
        session.apply(Command::Select(session.selection()));
        session.apply(Command::SelectionToTime);
        assert_eq!(session.selected_time().map(|s| s.to), Some(known), "not how long hb waits");
        select(&mut session, 90, 180);
        assert_eq!(session.selected_time(), None);
    }

    #[test]
    fn a_selection_older_than_the_question_ends_where_the_cover_begins_and_is_whole_again_after_it() {
        let mut session = fixture::blocked_executor();
        select(&mut session, 60, 180);
        let whole = session.selected_time().expect("a stretch is selected");
        session.apply(Command::GoToStep(3));
        session.finish_loading();
        let known = session.veil().expect("the answer is covered");
        let (span, _) = session.sums_of_selected_time().expect("it is selected still");
        assert_eq!((span.to, session.selected_time()), (known, Some(span)));
        session.apply(Command::Reveal);
        assert_eq!(session.selected_time(), Some(whole));
    }
}
