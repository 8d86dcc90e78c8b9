//! Which of its events each run has behind it at the cursor. This is the rule, and the only place that knows it:
//!
//! 1. The run in focus stands at the cursor's event.
//! 2. Another run shows all its events up to the cursor's time; before the first event of the run in focus, none.
//! 3. Putting another run in focus changes no picture: at that very time, each run goes on standing where it was left.
//! 4. Stepping can be taken back: where it began is a place to stop at, too, so that forward and back, or back and
//!    forward, lead to the same picture. Going anywhere else ends that, and 3.
//!
//! Owns what 3 and 4 have to remember, and which of the events of one reading of the clock the cursor stands at.

use std::collections::BTreeMap;

use super::apply::Way;
use super::step::{Cursor, Stop};
use super::{Run, Session};

/// What is remembered of how the person came here.
#[derive(Clone, Debug, Default)]
pub(super) struct Trail {
    /// Where runs were left when another one was put in focus.
    left: BTreeMap<usize, Cursor>,
    began: Option<Began>,
}

/// Where stepping began.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Began {
    run: usize,
    stop: Stop,
    cursor: Cursor,
}

/// Which of several events the cursor stands at that the clock gives one time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Nth {
    /// So many of them have happened; 0: the cursor stands before the first.
    pub nth: usize,
    /// So many there are.
    pub of: usize,
}

impl Session {
    /// How many events of a run have happened at the cursor.
    pub fn events_of(&self, run: usize) -> usize {
        let Some(of) = self.runs.get(run) else { return 0 };
        match self.trail.left.get(&run).filter(|left| left.time == self.cursor.time) {
            _ if run == self.focus => self.cursor.events.min(of.trace.len()),
            Some(left) => left.events.min(of.trace.len()),
            None => of.events_beside(self.cursor),
        }
    }

    /// Of the run in focus, which of the events that the clock gives this time; none if there are not several.
    pub fn nth_here(&self) -> Option<Nth> {
        let run = self.focused()?;
        // Events that are closer to each other than the clock tells apart have one time for a person.
        let resolution = self.clock().resolution().as_nanos();
        let reading = self.cursor.time.as_nanos() / resolution;
        let before = |ns: u64| run.lesson_events.partition_point(|n| run.trace.time(*n as usize).as_nanos() < ns);
        let (first, last) = (before(reading * resolution), before((reading + 1) * resolution));
        let passed = run.lesson_events.partition_point(|n| (*n as usize) < self.cursor.events);
        (last - first > 1).then(|| Nth { nth: passed.clamp(first, last) - first, of: last - first })
    }

    /// Puts another run in focus; every run goes on showing what it shows.
    pub(super) fn focus_run(&mut self, run: usize) {
        if run >= self.runs.len() || run == self.focus {
            return;
        }
        let (time, events) = (self.cursor.time, self.events_of(run));
        self.trail.left.insert(self.focus, self.cursor);
        self.trail.left.retain(|_, left| left.time == time);
        self.trail.began = None;
        self.focus = run;
        self.cursor = Cursor { time, events };
    }

    /// Steps to the next place, or to the one before.
    pub(super) fn step_cursor(&mut self, stop: Stop, way: Way) {
        let (here, focus) = (self.cursor, self.focus);
        let Some(run) = self.focused() else { return };
        let same = self.trail.began.filter(|began| (began.run, began.stop) == (focus, stop));
        let began = same.unwrap_or(Began { run: focus, stop, cursor: here });
        let order = |cursor: &Cursor| (cursor.events, cursor.time);
        let next = match way {
            Way::Forward => {
                let began = Some(began.cursor).filter(|c| order(c) > order(&here));
                here.forward(&run.trace, stop).into_iter().chain(began).min_by_key(order)
            }
            Way::Back => {
                let began = Some(began.cursor).filter(|c| order(c) < order(&here));
                here.back(&run.trace, stop).into_iter().chain(began).max_by_key(order)
            }
        };
        let Some(next) = next else { return };
        let trail = std::mem::take(&mut self.trail);
        self.jump(next);
        self.trail = Trail { began: Some(began), ..trail };
    }
}

impl Run {
    /// How many of its events have happened when the cursor stands in another run.
    fn events_beside(&self, cursor: Cursor) -> usize {
        // The start is before the first event of every run.
        if cursor == Cursor::default() { 0 } else { self.trace.events_until(cursor.time) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Command, fixture};
    use sim_core::instant::{SimDuration, SimTime};

    fn at(us: u64) -> Command {
        Command::Seek(SimTime::from_nanos(us * 1_000))
    }

    /// What is seen of each run, and the clock.
    fn picture(session: &Session) -> (SimTime, Vec<usize>) {
        (session.cursor().time, (0..session.runs().len()).map(|run| session.events_of(run)).collect())
    }

    #[test]
    fn forward_and_back_lead_to_the_same_picture_from_anywhere() {
        use Command as C;
        let pairs = [
            (C::StepForward, C::StepBack),
            (C::StepBack, C::StepForward),
            (C::PollForward, C::PollBack),
            (C::PollBack, C::PollForward),
        ];
        let mut session = fixture::session();
        for focus in [0, 1] {
            for us in [10_000, 10_050, 15_000, 20_100, 82_100] {
                for (there, back) in &pairs {
                    session.apply(Command::FocusRun(focus));
                    session.apply(at(us));
                    let before = picture(&session);
                    for times in [1, 3] {
                        (0..times).for_each(|_| session.apply(there.clone()));
                        assert_ne!(picture(&session), before);
                        (0..times).for_each(|_| session.apply(back.clone()));
                        assert_eq!(picture(&session), before, "{there:?} from {us} µs in run {focus}, {times} times");
                    }
                }
            }
        }
    }

    #[test]
    fn looking_at_another_run_changes_no_picture() {
        let mut session = fixture::session();
        session.apply(at(10_000));
        session.apply(Command::StepForward);
        session.apply(Command::StepForward);
        let before = picture(&session);
        for run in [1, 0, 1, 0] {
            session.apply(Command::FocusRun(run));
            assert_eq!(picture(&session), before);
        }
        session.apply(Command::FocusRun(1));
        session.apply(Command::StepForward);
        session.apply(Command::StepBack);
        assert_eq!(picture(&session), before);
        session.apply(Command::ToStart);
        session.apply(Command::FocusRun(0));
        assert_eq!(picture(&session), (SimTime::ZERO, vec![0, 0]), "the start is the start of both");
    }

    #[test]
    fn going_to_a_time_shows_all_that_has_happened_by_then_in_every_run() {
        let mut session = fixture::session();
        session.apply(at(10_000));
        session.apply(Command::StepBack);
        session.apply(Command::FocusRun(1));
        session.apply(at(10_000));
        let all: Vec<usize> = session.runs().iter().map(|r| r.trace.events_until(session.cursor().time)).collect();
        assert_eq!(picture(&session).1, all);
    }

    #[test]
    fn the_events_of_one_reading_of_the_clock_are_counted() {
        let mut session = fixture::session();
        session.apply(Command::ToStart);
        let of = session.nth_here().expect("much happens at the start").of;
        assert_eq!(session.nth_here(), Some(Nth { nth: 0, of }));
        let mut seen = Vec::new();
        while session.cursor().time == SimTime::ZERO && seen.len() < of {
            session.apply(Command::StepForward);
            seen.extend(session.nth_here().map(|n| n.nth));
        }
        assert_eq!(seen, (1..=of).collect::<Vec<_>>());
        session.apply(at(82_100));
        assert_eq!(session.nth_here(), None, "nothing happens here");
    }

    #[test]
    fn a_reading_is_as_long_as_what_the_clock_tells_apart() {
        let check = |short: SimDuration, long: SimDuration, resolution: u64| {
            let trace = fixture::three_stretches([short, short, long]);
            let mut session = fixture::session_of(vec![("async, 1 worker", false, trace)]);
            session.apply(Command::ToStart);
            let run = session.focused().expect("it is open");
            let times = run.lesson_events.iter().map(|n| run.trace.time(*n as usize).as_nanos());
            let of = times.filter(|ns| *ns < resolution).count();
            assert!(of > 1 && of < run.lesson_events.len());
            assert_eq!(session.nth_here(), Some(Nth { nth: 0, of }), "{:?}", session.clock());
        };
        check(SimDuration::from_nanos(3), SimDuration::from_nanos(100), 1);
        check(SimDuration::from_nanos(300), SimDuration::from_micros(30), 1);
        check(SimDuration::from_nanos(300), SimDuration::from_millis(5), 1_000);
        check(SimDuration::from_micros(300), SimDuration::from_secs(7_200), 1_000_000);
    }
}
