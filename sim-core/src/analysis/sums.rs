//! What a stretch of time adds up to: how busy the cores were, how many polls, how long tasks wanted to run.
//!
//! Owns running totals at every 4,096th event, so that any stretch costs two short folds however long it is. A stretch
//! is [from, to): an event at its start belongs to it, one at its end does not. What lasts is cut at its edges.

use crate::instant::{SimDuration, SimTime};
use crate::trace::Trace;
use crate::trace::event::Event;
use crate::trace::ids::{TaskId, ThreadId, WorkerId};
use crate::trace::keyframes::Keyframes;
use crate::trace::snapshot::Snapshot;

/// Totals are kept so many events apart.
const SPACING: usize = 4_096;

/// What happened in a stretch of time of one run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sums {
    /// How long the stretch is, whether or not the run lasts so long.
    pub length: SimDuration,
    /// How many cores the machine has.
    pub cores: u32,
    /// The time that threads were on cores, over all cores.
    pub busy: SimDuration,
    /// Calls of poll that began.
    pub polls: u64,
    /// Calls of poll that were under way in some part of it, those that began before it included.
    pub polls_ran: u64,
    /// Wakes of tasks, of every effect.
    pub wakes: u64,
    /// Threads put on a core.
    pub dispatches: u64,
    /// Turns on a core in some part of it, those that began before it included.
    pub turns_ran: u64,
    /// Those of them that were context switches.
    pub switches: u64,
    /// What all dispatches cost together.
    pub switch_cost: SimDuration,
    /// Blocked threads that were made Runnable.
    pub unblocks: u64,
    /// Requests that a device completed.
    pub completions: u64,
    /// Tasks that were Ready.
    pub ready: Wanting,
    /// Threads that were Runnable.
    pub runnable: Wanting,
}

/// Those who wanted to run, and did not.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Wanting {
    /// How long, over all of them.
    pub total: SimDuration,
    /// How many at once, at most.
    pub most: u32,
}

impl Sums {
    /// The share of the cores' time in which a thread was on them, 0 to 1.
    pub fn busy_share(&self) -> f64 {
        let all = self.length.as_nanos() as f64 * f64::from(self.cores.max(1));
        if all > 0.0 { self.busy.as_nanos() as f64 / all } else { 0.0 }
    }
}

/// Running totals of a trace, to be asked for the sums of any stretch of it.
#[derive(Clone, Debug, Default)]
pub struct SumIndex {
    head: Tally,
    events: usize,
    /// The highest since the last mark.
    highest: Levels,
    marks: Vec<Mark>,
}

/// How many want to run now.
#[derive(Clone, Copy, Debug, Default)]
struct Levels {
    ready: u32,
    runnable: u32,
}

impl Levels {
    fn raise(&mut self, other: Levels) {
        self.ready = self.ready.max(other.ready);
        self.runnable = self.runnable.max(other.runnable);
    }
}

/// Everything up to `time`.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    time: SimTime,
    levels: Levels,
    on_cores: u32,
    busy: u128,
    ready: u128,
    runnable: u128,
    polls: u64,
    wakes: u64,
    dispatches: u64,
    switches: u64,
    switch_cost: SimDuration,
    unblocks: u64,
    completions: u64,
}

#[derive(Clone, Copy, Debug)]
struct Mark {
    /// Events before it.
    events: usize,
    tally: Tally,
    /// The highest after each event since the mark before.
    highest: Levels,
}

impl SumIndex {
    /// Takes in the next event; `after` is the state that it led to.
    pub(super) fn note(&mut self, after: &Snapshot, event: Option<Event>) {
        self.head.note(after, event);
        self.highest.raise(self.head.levels);
        self.events += 1;
        if self.events.is_multiple_of(SPACING) {
            let highest = std::mem::take(&mut self.highest);
            self.marks.push(Mark { events: self.events, tally: self.head, highest });
        }
    }

    /// What happens in [from, to).
    pub fn between(&self, trace: &Trace, keyframes: &Keyframes, from: SimTime, to: SimTime) -> Sums {
        let (from, to) = (from.min(to), from.max(to));
        let cores = trace.tables().run.cores;
        let length = to.since(from);
        let (start, end) = (from.min(trace.end()), to.min(trace.end()));
        // What comes after the last event known is not known to be idle, nor busy: it counts as nothing.
        let (first, last) = (trace.events_before(from), trace.events_before(to));
        let mut walk = self.walk_at(trace, keyframes, first);
        let carried = Carried::over(trace, &walk.snapshot, from);
        let mut before = walk.tally;
        before.pass_to(start);
        let mut highest = Levels::default();
        if first == last || trace.time(first) > start {
            highest.raise(before.levels);
        }
        let next = self.marks.partition_point(|m| m.events <= first);
        let reached = self.marks.partition_point(|m| m.events <= last);
        if next < reached {
            walk.to(trace, self.marks[next].events, &mut highest);
            self.marks[next + 1..reached].iter().for_each(|m| highest.raise(m.highest));
            walk = self.walk_at(trace, keyframes, self.marks[reached - 1].events);
        }
        walk.to(trace, last, &mut highest);
        let mut after = walk.tally;
        after.pass_to(end);
        let sums = after.less(before, highest);
        let (polls_ran, turns_ran) = (sums.polls + carried.polls, sums.dispatches + carried.turns);
        Sums { length, cores, polls_ran, turns_ran, ..sums }
    }

    /// The state and totals after the first `events` events.
    fn walk_at(&self, trace: &Trace, keyframes: &Keyframes, events: usize) -> Walk {
        let marks = self.marks.partition_point(|m| m.events <= events);
        let (at, tally) = match marks.checked_sub(1).map(|m| &self.marks[m]) {
            Some(mark) => (mark.events, mark.tally),
            None => (0, Tally::default()),
        };
        let mut walk = Walk { snapshot: keyframes.seek(trace, at), tally };
        walk.to(trace, events, &mut Levels::default());
        walk
    }
}

/// What was under way before a stretch, and went on in it.
struct Carried {
    polls: u64,
    turns: u64,
}

impl Carried {
    /// Over `from`; `before` is the state after every event before it.
    fn over(trace: &Trace, before: &Snapshot, from: SimTime) -> Carried {
        if from >= trace.end() {
            return Carried { polls: 0, turns: 0 };
        }
        let workers = (0..before.workers.len()).map(WorkerId::from_index);
        let alone = before.threads.iter().filter_map(|thread| thread.without_worker);
        let mut polled: Vec<TaskId> = workers.filter_map(|w| before.polled_by(w)).chain(alone).collect();
        let mut on_cores: Vec<ThreadId> = before.cores.iter().filter_map(|c| c.thread).collect();
        // What ends at this very moment takes no time of the stretch.
        for (_, _, event) in trace.events_from(before.events).take_while(|(_, time, _)| *time <= from) {
            if let Event::PollEnded { task, .. } = event {
                polled.retain(|t| *t != task);
            } else if let Event::SwitchedOut { thread, .. } = event {
                on_cores.retain(|t| *t != thread);
            }
        }
        Carried { polls: polled.len() as u64, turns: on_cores.len() as u64 }
    }
}

struct Walk {
    snapshot: Snapshot,
    tally: Tally,
}

impl Walk {
    fn to(&mut self, trace: &Trace, events: usize, highest: &mut Levels) {
        let tables = trace.tables();
        let more = events.saturating_sub(self.snapshot.events);
        for record in trace.records_from(self.snapshot.events).take(more) {
            self.snapshot.apply(tables, record);
            self.tally.note(&self.snapshot, Event::decode(record, &tables.wide));
            highest.raise(self.tally.levels);
        }
    }
}

impl Tally {
    /// Lets time pass as things stand.
    fn pass_to(&mut self, time: SimTime) {
        let passed = u128::from(time.since(self.time).as_nanos());
        self.busy += passed * u128::from(self.on_cores);
        self.ready += passed * u128::from(self.levels.ready);
        self.runnable += passed * u128::from(self.levels.runnable);
        self.time = self.time.max(time);
    }

    fn note(&mut self, after: &Snapshot, event: Option<Event>) {
        self.pass_to(after.time);
        self.levels = Levels { ready: after.totals.ready, runnable: after.totals.runnable };
        match event {
            Some(Event::PollStarted { .. }) => self.polls += 1,
            Some(Event::Woken { .. }) => self.wakes += 1,
            Some(Event::ThreadUnblocked { .. }) => self.unblocks += 1,
            Some(Event::IoCompleted { .. }) => self.completions += 1,
            Some(Event::Dispatched { cost, onto, .. }) => {
                self.dispatches += 1;
                self.switches += u64::from(onto.switch);
                self.switch_cost += cost;
                self.count_cores(after);
            }
            Some(Event::SwitchedOut { .. }) => self.count_cores(after),
            // The rest is not summed up.
            _ => {}
        }
    }

    fn count_cores(&mut self, after: &Snapshot) {
        self.on_cores = after.cores.iter().filter(|c| c.thread.is_some()).count() as u32;
    }

    fn less(self, before: Tally, highest: Levels) -> Sums {
        let length = |ns: u128| SimDuration::from_nanos(u64::try_from(ns).unwrap_or(u64::MAX));
        Sums {
            length: SimDuration::ZERO,
            cores: 0,
            busy: length(self.busy - before.busy),
            polls: self.polls - before.polls,
            polls_ran: 0,
            wakes: self.wakes - before.wakes,
            dispatches: self.dispatches - before.dispatches,
            turns_ran: 0,
            switches: self.switches - before.switches,
            switch_cost: self.switch_cost.saturating_sub(before.switch_cost),
            unblocks: self.unblocks - before.unblocks,
            completions: self.completions - before.completions,
            ready: Wanting { total: length(self.ready - before.ready), most: highest.ready },
            runnable: Wanting { total: length(self.runnable - before.runnable), most: highest.runnable },
        }
    }
}
