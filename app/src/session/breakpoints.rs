//! Breakpoints: where running on stops, besides findings.
//!
//! Owns which they are and finding the next one in a run. They belong to what is open, and are not kept.

use sim_core::analysis::track::TrackKind;
use sim_core::trace::event::kind;
use sim_core::trace::{Event, Family, Record, Trace};

use super::{Run, Session, run_letter};

/// Where running on stops.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Breakpoint {
    /// Each poll of a task, each dispatch of a thread: of this row of a run.
    Track {
        /// The run, from 0.
        run: usize,
        /// The row.
        track: TrackKind,
    },
    /// Each event of this kind, in the run that is focused.
    Kind(u8),
}

impl Breakpoint {
    /// Whether a row can have one: only a task is polled, only a thread is dispatched.
    pub fn fits(track: TrackKind) -> bool {
        match track {
            TrackKind::Task(_) | TrackKind::Thread(_) => true,
            TrackKind::Core(_) | TrackKind::Worker(_) | TrackKind::Device(_) | TrackKind::Counter(_) => false,
        }
    }

    /// The row that it is at, with its run.
    pub(super) fn track(self) -> Option<(usize, TrackKind)> {
        match self {
            Breakpoint::Track { run, track } => Some((run, track)),
            Breakpoint::Kind(_) => None,
        }
    }

    fn stops_at(self, run: usize, record: Record) -> bool {
        match self {
            Breakpoint::Kind(kind) => record.kind() == kind,
            Breakpoint::Track { run: of, .. } if of != run => false,
            Breakpoint::Track { track: TrackKind::Task(task), .. } => {
                record.kind() == kind::PollStarted && record.a == task.0
            }
            Breakpoint::Track { track: TrackKind::Thread(thread), .. } => {
                record.kind() == kind::Dispatched && record.a == thread.0
            }
            Breakpoint::Track {
                track: TrackKind::Core(_) | TrackKind::Worker(_) | TrackKind::Device(_) | TrackKind::Counter(_),
                ..
            } => false,
        }
    }
}

/// The first event from number `from` on at which one of the breakpoints stops.
fn next_stop(breakpoints: &[Breakpoint], run: usize, trace: &Trace, from: usize) -> Option<usize> {
    let stops = |r: Record| breakpoints.iter().any(|b| b.stops_at(run, r));
    trace.records_from(from.min(trace.len())).position(stops).map(|n| from + n)
}

/// The last event before number `before` at which one of the breakpoints stops.
fn last_stop(breakpoints: &[Breakpoint], run: usize, trace: &Trace, before: usize) -> Option<usize> {
    (0..before.min(trace.len())).rev().find(|n| breakpoints.iter().any(|b| b.stops_at(run, trace.record(*n))))
}

impl Session {
    /// The breakpoints that are set.
    pub fn breakpoints(&self) -> &[Breakpoint] {
        &self.breakpoints
    }

    /// What a breakpoint stops at, for people: "each poll of hb in run A".
    pub fn breakpoint_text(&self, breakpoint: Breakpoint) -> String {
        match breakpoint {
            Breakpoint::Kind(kind) => {
                let name = Event::CATALOGUE.iter().find(|(_, k, _)| *k == kind).map_or("", |(name, ..)| name);
                let family = self.focused().map_or(Family::Async, Run::family);
                format!("each {} event", family.event_name(name))
            }
            Breakpoint::Track { run, track } => {
                let name = self.runs.get(run).and_then(|r| r.index.track(track)).map_or("", |t| &t.name);
                let family = self.runs.get(run).map_or(Family::Async, Run::family);
                let act = if matches!(track, TrackKind::Thread(_)) { "dispatch" } else { family.turn() };
                format!("each {act} of {name} in run {}", run_letter(run))
            }
        }
    }

    pub(super) fn toggle_breakpoint(&mut self, breakpoint: Breakpoint) {
        match self.breakpoints.iter().position(|b| *b == breakpoint) {
            Some(place) => drop(self.breakpoints.remove(place)),
            None => self.breakpoints.push(breakpoint),
        }
    }

    /// A breakpoint at the selected row, if one fits there.
    pub(super) fn break_at_selected(&mut self) {
        if let Some((run, track)) = self.selection.track().filter(|(_, track)| Breakpoint::fits(*track)) {
            self.toggle_breakpoint(Breakpoint::Track { run, track });
        }
    }

    /// On to the breakpoint or finding that comes first.
    pub(super) fn run_on(&mut self) {
        let here = self.cursor.events;
        let stop = self.focused().and_then(|run| next_stop(&self.breakpoints, self.focus, &run.trace, here));
        match (stop, self.next_proof()) {
            (Some(stop), finding) if finding.is_none_or(|f| stop <= f) => self.seek_event(self.focus, stop),
            (Some(_) | None, _) => self.show_next_finding(),
        }
    }

    /// Back to the breakpoint or finding that was last.
    pub(super) fn run_back(&mut self) {
        let before = self.cursor.events;
        // The event that the cursor stands at is where it is, not where it was.
        let back = |run: &Run| {
            let at = last_stop(&self.breakpoints, self.focus, &run.trace, before)?;
            let here = super::Cursor::after(&run.trace, at).events >= before;
            if here { last_stop(&self.breakpoints, self.focus, &run.trace, at) } else { Some(at) }
        };
        let stop = self.focused().and_then(back);
        match (stop, self.previous_proof()) {
            (Some(stop), finding) if finding.is_none_or(|f| stop >= f) => self.seek_event(self.focus, stop),
            (Some(_) | None, _) => self.show_previous_finding(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::fixture;
    use sim_core::trace::ids::TaskId;

    fn stops(breakpoint: Breakpoint, trace: &Trace) -> Vec<usize> {
        let next = |from: usize| next_stop(&[breakpoint], 0, trace, from);
        std::iter::successors(next(0), |at| next(at + 1)).collect()
    }

    #[test]
    fn a_breakpoint_at_a_task_stops_at_each_of_its_polls_both_ways() {
        let trace = fixture::async_run();
        let task = Breakpoint::Track { run: 0, track: TrackKind::Task(TaskId(0)) };
        let forward = stops(task, &trace);
        assert!(forward.len() > 2);
        assert!(forward.iter().all(|n| trace.record(*n).kind() == kind::PollStarted && trace.record(*n).a == 0));
        let last = |before: usize| last_stop(&[task], 0, &trace, before);
        let mut back: Vec<_> = std::iter::successors(last(trace.len()), |at| last(*at)).collect();
        back.reverse();
        assert_eq!(forward, back);
    }

    #[test]
    fn a_breakpoint_at_a_task_of_another_run_does_not_stop() {
        let trace = fixture::async_run();
        let other = Breakpoint::Track { run: 1, track: TrackKind::Task(TaskId(0)) };
        assert_eq!(next_stop(&[other], 0, &trace, 0), None);
    }

    #[test]
    fn a_breakpoint_at_a_kind_stops_at_every_such_event() {
        let trace = fixture::async_run();
        let wakes = stops(Breakpoint::Kind(kind::Woken), &trace);
        assert_eq!(wakes.len(), trace.records_from(0).filter(|r| r.kind() == kind::Woken).count());
        assert!(!wakes.is_empty());
    }
}
