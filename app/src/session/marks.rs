//! Places that a person has marked, to come back to.
//!
//! Owns the marks of what is open: where each is, and its name. They stay when the same document is run again.

use std::collections::BTreeMap;

use sim_core::instant::SimTime;

use super::step::Cursor;
use super::{Origin, Session};

/// A place to come back to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    /// Its name: "mark 1".
    pub name: String,
    /// Where the cursor stood.
    pub cursor: Cursor,
    /// The run that was focused, by its name in commands: its place may change.
    pub run: String,
}

impl Mark {
    /// When it is.
    pub fn time(&self) -> SimTime {
        self.cursor.time
    }
}

/// The marks of each document that was open.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks(BTreeMap<Origin, OfDocument>);

#[derive(Clone, Debug, Default)]
struct OfDocument {
    /// By time.
    list: Vec<Mark>,
    /// How many there ever were: a name is not used twice.
    made: usize,
}

impl Session {
    /// The marks of what is open, by time.
    pub fn marks(&self) -> &[Mark] {
        let of = self.document.as_ref().and_then(|d| self.marks.0.get(&d.origin));
        of.map_or(&[], |m| &m.list)
    }

    /// Marks the cursor's time, or removes the mark that is there.
    pub(super) fn switch_mark(&mut self) {
        let Some(document) = &self.document else { return };
        let (cursor, run) = (self.cursor, self.focused().map(|run| run.id().to_owned()).unwrap_or_default());
        let of = self.marks.0.entry(document.origin.clone()).or_default();
        let place = of.list.partition_point(|m| m.time() < cursor.time);
        if of.list.get(place).is_some_and(|m| m.time() == cursor.time) {
            of.list.remove(place);
        } else {
            of.made += 1;
            of.list.insert(place, Mark { name: format!("mark {}", of.made), cursor, run });
        }
    }

    /// The run that a mark is in, from 0; none while that run is not shown.
    pub fn run_of_mark(&self, mark: &Mark) -> Option<usize> {
        self.runs.iter().position(|run| run.id() == mark.run)
    }

    pub(super) fn go_to_mark(&mut self, place: usize) {
        let Some(mark) = self.marks().get(place).cloned() else { return };
        // Without its run, a mark is a time.
        let found = self.run_of_mark(&mark);
        self.focus = found.unwrap_or(self.focus);
        let Some(run) = self.focused() else { return };
        // The same events, if the run is still the one that was marked.
        let trace = &run.trace;
        let last = mark.cursor.events.checked_sub(1);
        let there = found.is_some()
            && last.is_some_and(|n| n < trace.len() && trace.time(n) <= mark.time())
            && (mark.cursor.events == trace.len() || trace.time(mark.cursor.events) >= mark.time());
        let cursor = if there { mark.cursor } else { Cursor::at(trace, mark.time()) };
        self.jump(cursor);
    }

    pub(super) fn next_mark(&mut self) {
        let place = self.marks().partition_point(|m| m.time() <= self.cursor.time);
        self.go_to_mark(place);
    }

    pub(super) fn previous_mark(&mut self) {
        let before = self.marks().partition_point(|m| m.time() < self.cursor.time);
        if let Some(place) = before.checked_sub(1) {
            self.go_to_mark(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::fixture;
    use super::*;

    fn mark_at(session: &mut Session, ms: u64) {
        session.apply(Command::Seek(SimTime::from_nanos(ms * 1_000_000)));
        session.apply(Command::SwitchMark);
    }

    fn names(session: &Session) -> Vec<&str> {
        session.marks().iter().map(|m| m.name.as_str()).collect()
    }

    #[test]
    fn a_mark_is_set_and_taken_away_where_the_cursor_is() {
        let mut session = fixture::session();
        mark_at(&mut session, 80);
        mark_at(&mut session, 20);
        assert_eq!(names(&session), ["mark 2", "mark 1"], "they stand in order of time");
        mark_at(&mut session, 80);
        assert_eq!(names(&session), ["mark 2"]);
        mark_at(&mut session, 90);
        assert_eq!(names(&session), ["mark 2", "mark 3"], "no name means two marks");
    }

    #[test]
    fn marks_are_gone_to_one_after_the_other() {
        let mut session = fixture::session();
        for ms in [80, 20, 50] {
            mark_at(&mut session, ms);
        }
        session.apply(Command::ToStart);
        let mut at = |command| {
            session.apply(command);
            session.cursor().time.as_nanos() / 1_000_000
        };
        assert_eq!([at(Command::NextMark), at(Command::NextMark), at(Command::NextMark)], [20, 50, 80]);
        assert_eq!(at(Command::NextMark), 80, "there is none behind the last");
        assert_eq!([at(Command::PreviousMark), at(Command::PreviousMark)], [50, 20]);
        assert_eq!(at(Command::GoToMark(2)), 80);
    }

    #[test]
    fn a_mark_between_two_events_of_one_moment_is_found_again() {
        let mut session = fixture::session();
        session.apply(Command::SeekEvent { run: 0, event: 20 });
        let there = session.cursor();
        session.apply(Command::SwitchMark);
        session.apply(Command::FocusRun(1));
        session.apply(Command::ToEnd);
        session.apply(Command::GoToMark(0));
        assert_eq!((session.cursor(), session.focus()), (there, 0));
    }
}
