//! Whether the view goes with the cursor, and the cursor with the end of a recording that grows.
//!
//! Owns both wishes. A person who moves the view by hand looks at something: following ends.

use sim_core::instant::SimTime;

use super::playback::Ahead;
use super::standing::Trail;
use super::step::Cursor;
use super::{Run, Session};

/// What goes with what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Follow {
    /// The view goes with the cursor while it plays.
    pub cursor: bool,
    /// The cursor goes with the end of what is known.
    pub end: bool,
}

impl Default for Follow {
    fn default() -> Follow {
        Follow { cursor: true, end: false }
    }
}

impl Session {
    /// Whether the view goes with the cursor while it plays.
    pub fn is_following(&self) -> bool {
        self.follow.cursor
    }

    /// Lets `seconds` of the person's time pass.
    pub fn pass(&mut self, seconds: f64) {
        let (ahead, motion) = (self.ahead(), self.settings.motion);
        let Some(time) = self.playback.pass(self.cursor.time, ahead, seconds, motion) else { return };
        self.go_to_time(time);
        if self.follow.cursor {
            self.keep_cursor_in_view();
        }
        self.settle();
    }

    fn ahead(&self) -> Ahead {
        let after = |run: &Run| {
            let next = run.trace.events_until(self.cursor.time);
            (next < run.trace.len()).then(|| run.trace.time(next))
        };
        Ahead {
            next: self.runs.iter().filter_map(after).min(),
            end: self.end(),
            may_grow: self.runs.iter().any(Run::may_grow),
        }
    }

    /// The end of the focused run; while it grows, the cursor stays at its end.
    pub(super) fn go_to_end(&mut self) {
        let end = self.focused().map(|run| Cursor::at(&run.trace, run.end()));
        self.jump(end.unwrap_or_default());
        self.follow.end = self.focused().is_some_and(Run::may_grow);
    }

    /// After a run has grown.
    pub(super) fn follow_end(&mut self) {
        let Some(run) = self.focused().filter(|_| self.follow.end) else { return };
        let (cursor, growing) = (Cursor::at(&run.trace, run.end()), run.may_grow());
        self.cursor = cursor;
        self.trail = Trail::default();
        self.follow.end = growing;
        self.keep_cursor_in_view();
    }

    /// The person goes somewhere themselves: the end is not followed any more, and what was to be shown when all has come
    /// is not shown.
    pub(super) fn go_oneself(&mut self) {
        self.follow.end = false;
        self.step_wanted = None;
        self.returning = None;
    }

    /// Turns following on, at the cursor, or off.
    pub(super) fn toggle_follow(&mut self) {
        self.follow.cursor = !self.follow.cursor;
        if self.follow.cursor {
            self.keep_cursor_in_view();
        }
    }

    fn keep_cursor_in_view(&mut self) {
        let time: SimTime = self.cursor.time;
        self.view = self.view.showing(time.as_nanos() as f64, self.total());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::session::{Command, fixture, jobs};

    /// Ten thousand connections, as far as the first part of the first run.
    fn growing() -> Session {
        let mut session = Session::new(jobs::library(), Arc::new(|| ()));
        session.apply(Command::OpenScenario("c10k".into()));
        while session.focused().is_none_or(|run| run.trace.is_empty()) {
            if !session.pump() {
                std::thread::yield_now();
            }
        }
        assert!(session.focused().is_some_and(Run::may_grow));
        session
    }

    #[test]
    fn the_end_follows_a_trace_that_grows() {
        let mut session = growing();
        session.apply(Command::ToEnd);
        let first = session.cursor().time;
        session.finish_loading();
        assert!(session.cursor().time > first);
        assert_eq!(Some(session.cursor().time), session.focused().map(Run::end));
    }

    #[test]
    fn who_goes_elsewhere_does_not_follow_the_end() {
        let mut session = growing();
        session.apply(Command::ToEnd);
        session.apply(Command::StepBack);
        let here = session.cursor().time;
        session.finish_loading();
        assert_eq!(session.cursor().time, here);
    }

    #[test]
    fn the_view_goes_with_the_cursor_until_it_is_panned() {
        let mut session = fixture::session();
        session.apply(Command::ShowRange { from: 0.0, to: 30e6 });
        session.apply(Command::PlayPause);
        session.apply(Command::SetSpeed(20e6));
        let later = |session: &mut Session| (0..400).for_each(|_| session.pass(1.0 / 60.0));
        later(&mut session);
        let (view, time) = (session.view(), session.cursor().time.as_nanos() as f64);
        assert!(view.start > 0.0 && view.start <= time && time <= view.end(), "{view:?} {time}");
        session.apply(Command::ToStart);
        session.apply(Command::ShowRange { from: 0.0, to: 30e6 });
        session.apply(Command::PlayPause);
        session.apply(Command::PanRight);
        let panned = session.view();
        later(&mut session);
        assert_eq!(session.view(), panned);
    }
}
