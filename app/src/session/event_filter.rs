//! Which events the list shows, and which of them hold the text that is searched for.
//!
//! Owns the filter, and the rows and hits found so far. A long recording is looked through a little at a time: whoever
//! owns the clock calls [`Session::look_through_events`] until it answers that there is no more to do. The two usual
//! lists, the lesson's events and all events, need no looking through.

use std::ops::Range;

use sim_core::analysis::track::TrackKind;
use sim_core::instant::SimTime;
use sim_core::trace::Level;

use super::event_match::{holds, is_about};
use super::{Cursor, Run, Session, Tab};

pub use super::event_query::{EventQuery, Rows, When, Who};

/// So many events are looked at before the clock is asked again.
const CHUNK: usize = 512;

/// What the rows that have been found are of: when it changes, they are found anew.
#[derive(Clone, PartialEq, Debug)]
struct Asked {
    run: usize,
    opened: u64,
    level: Level,
    track: Option<TrackKind>,
    kinds: Vec<u8>,
    within: Option<(SimTime, SimTime)>,
}

/// The list's filter, and what has been found so far.
#[derive(Clone, Debug, Default)]
pub struct EventList {
    query: EventQuery,
    asked: Option<Asked>,
    /// The events that pass the filter, where that needs looking through.
    rows: Vec<u32>,
    /// How far the filter has looked, in candidates.
    looked: usize,
    /// The text that the hits hold.
    sought: String,
    /// The numbers of the events that hold it.
    hits: Vec<u32>,
    /// How far the search has looked, in rows.
    searched: usize,
    /// How often the search field was asked for.
    search_asked: u32,
    opened: u64,
}

/// How far the search is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hits {
    /// The place from 1 of the hit that the cursor stands at.
    pub here: Option<usize>,
    /// How many there are, as far as is known.
    pub count: usize,
    /// Whether there may be more.
    pub searching: bool,
}

impl EventList {
    /// After something else has been opened: what was found is of no use.
    pub(super) fn reset(&mut self) {
        self.opened += 1;
    }

    pub(super) fn set_query(&mut self, query: EventQuery) {
        self.query = query;
    }

    pub(super) fn ask_for_search(&mut self) {
        self.search_asked += 1;
    }
}

/// What the filter has to look at: places among the lesson's events, or else events.
fn candidates(run: &Run, asked: &Asked) -> Range<usize> {
    let trace = &run.trace;
    let (from, to) = asked.within.map_or((0, trace.len()), |(from, to)| {
        (trace.events_before(from), if to == SimTime::MAX { trace.len() } else { trace.events_until(to) })
    });
    match asked.level {
        Level::Lesson => {
            let place = |n: usize| run.lesson_events.partition_point(|e| (*e as usize) < n);
            place(from)..place(to)
        }
        Level::Detail | Level::All => from..to,
    }
}

/// Takes the next events that pass the filter. Answers whether there are more to look at.
fn filter_some(list: &mut EventList, run: &Run, asked: &Asked) -> bool {
    let (trace, candidates) = (&run.trace, candidates(run, asked));
    let lesson = asked.level == Level::Lesson;
    list.looked = list.looked.max(candidates.start);
    let until = candidates.end.min(list.looked + CHUNK);
    for at in list.looked..until {
        let n = if lesson { run.lesson_events[at] as usize } else { at };
        let kind = trace.record(n).kind();
        if !asked.kinds.is_empty() && asked.kinds.binary_search(&kind).is_err() {
            continue;
        }
        let Some(event) = trace.event(n) else { continue };
        let who = asked.track.is_none_or(|track| is_about(run, n, &event, track));
        if who && event.level() <= asked.level {
            list.rows.push(n as u32);
        }
    }
    list.looked = list.looked.max(until);
    list.looked < candidates.end
}

impl Session {
    /// What is asked of the list of events.
    pub fn event_query(&self) -> &EventQuery {
        &self.events.query
    }

    /// How often the search field was asked for: when it changes, the field takes the focus.
    pub fn search_asked(&self) -> u32 {
        self.events.search_asked
    }

    /// The events of the focused run that are listed, as far as they are known.
    pub fn event_rows(&self) -> Rows<'_> {
        let Some(run) = self.focused() else { return Rows::Every(0) };
        let asked = self.events_asked();
        let rows = match plain_rows(run, &asked) {
            Some(rows) => rows,
            None if self.events.asked.as_ref() == Some(&asked) => Rows::These(&self.events.rows),
            None => Rows::These(&[]),
        };
        // What a question keeps covered is not listed.
        self.veil().map_or(rows, |veil| rows.until(run.trace.events_until(veil)))
    }

    /// Whether the filter has not yet seen every event.
    pub fn is_filtering(&self) -> bool {
        let Some(run) = self.focused() else { return false };
        let asked = self.events_asked();
        let begun = self.events.asked.as_ref() == Some(&asked);
        plain_rows(run, &asked).is_none() && (!begun || self.events.looked < candidates(run, &asked).end)
    }

    /// How far the search is; none while nothing is searched for.
    pub fn hits(&self) -> Option<Hits> {
        let list = &self.events;
        if list.query.text.is_empty() {
            return None;
        }
        if list.sought != list.query.text.to_lowercase() {
            return Some(Hits { here: None, count: 0, searching: true });
        }
        let rows = self.event_rows();
        let here = rows.before(self.cursor.events).checked_sub(1).and_then(|row| rows.event(row));
        let here = here.and_then(|n| list.hits.binary_search(&(n as u32)).ok()).map(|place| place + 1);
        let searching = list.searched < rows.len() || self.is_filtering();
        Some(Hits { here, count: list.hits.len(), searching })
    }

    /// Looks through events for a while: as long as `go_on` says. Answers whether there are more to look through.
    pub fn look_through_events(&mut self, mut go_on: impl FnMut() -> bool) -> bool {
        let Some(run) = self.runs.get(self.focus) else { return false };
        let asked = self.events_asked();
        let list = &mut self.events;
        let lower = list.query.text.to_lowercase();
        if list.asked.as_ref() != Some(&asked) {
            list.asked = Some(asked.clone());
            list.rows.clear();
            list.looked = 0;
            list.sought.clear();
        }
        if list.sought != lower {
            list.sought = lower;
            list.hits.clear();
            list.searched = 0;
        }
        let plain = plain_rows(run, &asked);
        let mut more = true;
        while more && go_on() {
            more = plain.is_none() && filter_some(list, run, &asked);
            more |= search_some(list, run, plain);
        }
        more
    }

    /// The selected row, if its events are asked for and it is of the run whose events are listed.
    fn events_asked(&self) -> Asked {
        let query = &self.events.query;
        let selected = self.selection.track().filter(|(run, _)| *run == self.focus).map(|(_, track)| track);
        Asked {
            run: self.focus,
            opened: self.events.opened,
            level: query.level,
            track: selected.filter(|track| query.who == Who::Selected && !matches!(track, TrackKind::Counter(_))),
            kinds: query.kinds.clone(),
            within: self.selected_time.filter(|_| query.when == When::Selected).map(|span| (span.from, span.to)),
        }
    }

    /// Goes to the event of a row of the list.
    pub(super) fn seek_row(&mut self, row: usize) {
        if let Some(event) = self.event_rows().event(row) {
            self.seek_listed(event);
        }
    }

    /// In the lesson's list an event stands for what is one with it; in a longer list each is on its own.
    fn seek_listed(&mut self, event: usize) {
        let Some(run) = self.focused() else { return };
        let cursor = match self.events.query.level {
            Level::Lesson => Cursor::after(&run.trace, event),
            Level::Detail | Level::All => Cursor { time: run.trace.time(event), events: event + 1 },
        };
        self.jump(cursor);
    }

    /// The row at the cursor, or the last one before it; none before the first.
    pub fn row_here(&self) -> Option<usize> {
        self.event_rows().before(self.cursor.events).checked_sub(1)
    }

    /// To the next event that holds the text; after the last, the first.
    pub(super) fn next_hit(&mut self) {
        let hits = &self.events.hits;
        let after = hits.partition_point(|n| (*n as usize) < self.cursor.events);
        if let Some(hit) = hits.get(after).or(hits.first()).copied() {
            self.show_hit(hit);
        }
    }

    /// To the event before that holds the text; before the first, the last.
    pub(super) fn previous_hit(&mut self) {
        let rows = self.event_rows();
        let here = self.row_here().and_then(|row| rows.event(row)).unwrap_or(0);
        let hits = &self.events.hits;
        let before = hits.partition_point(|n| (*n as usize) < here);
        if let Some(hit) = before.checked_sub(1).map(|n| hits[n]).or(hits.last().copied()) {
            self.show_hit(hit);
        }
    }

    fn show_hit(&mut self, hit: u32) {
        self.show_tab(Tab::Events);
        self.seek_listed(hit as usize);
    }
}

/// The rows, where nothing needs to be looked through.
fn plain_rows<'r>(run: &'r Run, asked: &Asked) -> Option<Rows<'r>> {
    if asked.track.is_some() || !asked.kinds.is_empty() || asked.within.is_some() {
        return None;
    }
    match asked.level {
        Level::Lesson => Some(Rows::These(&run.lesson_events)),
        Level::All => Some(Rows::Every(run.trace.len())),
        Level::Detail => None,
    }
}

/// Searches the next rows. Answers whether there are more to look at.
fn search_some(list: &mut EventList, run: &Run, plain: Option<Rows<'_>>) -> bool {
    if list.sought.is_empty() {
        return false;
    }
    let rows = plain.unwrap_or(Rows::These(&list.rows));
    let until = rows.len().min(list.searched + CHUNK);
    for row in list.searched..until {
        if let Some(n) = rows.event(row).filter(|n| holds(run, *n, &list.sought)) {
            list.hits.push(n as u32);
        }
    }
    let count = rows.len();
    list.searched = until;
    until < count
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::super::{Command, Selection};
    use super::*;
    use sim_core::trace::event::kind;
    use sim_core::trace::text::describe;
    use sim_core::trace::{Event, TaskId};

    fn listed(session: &mut Session) -> Vec<(String, &'static str)> {
        while session.look_through_events(|| true) {}
        let (rows, run) = (session.event_rows(), session.focused().expect("a run is open"));
        let words = |row: usize| {
            let n = rows.event(row)?;
            let words = describe(&run.trace.event(n)?, run.names(n));
            Some((words.who, words.event))
        };
        (0..rows.len()).filter_map(words).collect()
    }

    fn ask(session: &mut Session, query: EventQuery) {
        session.apply(Command::FilterEvents(Box::new(query)));
    }

    #[test]
    fn the_lesson_and_everything_are_listed_without_looking_through() {
        let mut session = fixture::session();
        let run = session.focused().expect("a run is open");
        let (lesson, all) = (run.lesson_events.len(), run.trace.len());
        assert_eq!((session.event_rows().len(), session.is_filtering()), (lesson, false));
        ask(&mut session, EventQuery { level: Level::All, ..EventQuery::default() });
        assert_eq!((session.event_rows().len(), session.is_filtering()), (all, false));
    }

    #[test]
    fn details_lie_between_the_lesson_and_everything() {
        let mut session = fixture::session();
        let lesson = listed(&mut session);
        ask(&mut session, EventQuery { level: Level::Detail, ..EventQuery::default() });
        assert!(session.is_filtering(), "nothing has been looked at");
        let detail = listed(&mut session);
        assert!(!session.is_filtering());
        assert!(detail.len() > lesson.len());
        assert!(detail.iter().any(|(_, event)| *event == "Queued"));
    }

    #[test]
    fn only_the_selected_rows_events_are_listed_and_all_of_them_without_a_selection() {
        let mut session = fixture::session();
        let all = listed(&mut session).len();
        ask(&mut session, EventQuery { who: Who::Selected, ..EventQuery::default() });
        assert_eq!(listed(&mut session).len(), all);
        session.apply(Command::Select(Selection::Track { run: 0, track: TrackKind::Task(TaskId(1)) }));
        let of_hog = listed(&mut session);
        assert!(of_hog.len() < all && of_hog.iter().all(|(who, _)| who == "hog"), "{of_hog:?}");
        session.apply(Command::FocusRun(1));
        assert!(listed(&mut session).len() > of_hog.len(), "the selection is of the other run");
    }

    #[test]
    fn kinds_and_times_leave_the_rest_out() {
        let mut session = fixture::session();
        let kinds = vec![kind::PollStarted];
        ask(&mut session, EventQuery { kinds: kinds.clone(), ..EventQuery::default() });
        let polls = listed(&mut session);
        assert_eq!(polls.len(), 13, "hb is polled eleven times, hog twice");
        let at = |ms: u64| SimTime::from_nanos(ms * 1_000_000);
        ask(&mut session, EventQuery { kinds, when: When::Selected, ..EventQuery::default() });
        assert_eq!(listed(&mut session).len(), 13, "no time is selected");
        session.apply(Command::SelectTime { from: at(10), to: at(20) });
        assert_eq!(listed(&mut session), [("hb".to_owned(), "PollStarted"), ("hog".to_owned(), "PollStarted")]);
    }

    #[test]
    fn hits_are_counted_and_gone_through_in_a_circle() {
        let mut session = fixture::session();
        ask(&mut session, EventQuery { text: "taskCOMPLETED".to_owned(), ..EventQuery::default() });
        assert_eq!(session.hits().map(|h| h.searching), Some(true));
        listed(&mut session);
        assert_eq!(session.hits(), Some(Hits { here: None, count: 2, searching: false }));
        let mut here = Vec::new();
        for command in [Command::NextHit, Command::NextHit, Command::NextHit, Command::PreviousHit] {
            session.apply(command);
            here.push(session.hits().and_then(|h| h.here));
        }
        assert_eq!(here, [Some(1), Some(2), Some(1), Some(2)]);
    }

    #[test]
    fn a_row_of_a_longer_list_is_one_event_and_not_two() {
        let mut session = fixture::session();
        ask(&mut session, EventQuery { level: Level::All, ..EventQuery::default() });
        let run = session.focused().expect("a run is open");
        let woken = (0..run.trace.len()).find(|n| matches!(run.trace.event(*n), Some(Event::Woken { .. })));
        let woken = woken.expect("hb is woken");
        session.apply(Command::SeekRow(woken));
        assert_eq!((session.row_here(), session.cursor().events), (Some(woken), woken + 1));
        session.apply(Command::SeekRow(woken + 1));
        assert_eq!(session.row_here(), Some(woken + 1));
    }

    #[test]
    fn looking_through_stops_when_it_is_told_to() {
        let mut session = fixture::session();
        ask(&mut session, EventQuery { level: Level::Detail, ..EventQuery::default() });
        assert!(session.look_through_events(|| false));
        assert_eq!(session.event_rows().len(), 0);
    }
}
