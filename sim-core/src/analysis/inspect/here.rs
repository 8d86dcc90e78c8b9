//! The recording and the place in it where one stands, and what is asked of the state there.

use super::Look;
use super::sentence::Sentence;
use crate::analysis::index::Index;
use crate::analysis::track::{Class, Span, Track, TrackKind};
use crate::clock::Clock;
use crate::instant::{SimDuration, SimTime};
use crate::trace::event::EndReason;
use crate::trace::ids::*;
use crate::trace::snapshot::{Snapshot, ThreadState};
use crate::trace::tables::{Tables, ThreadKind};
use crate::trace::{Event, Trace};

/// So many events are looked through for the one that tells a cause: it stands close by, or is not told.
const NEAR: usize = 4_096;

/// How a thing stands, and what is asked and answered of that.
pub(super) struct About {
    pub state: &'static str,
    pub look: Look,
    pub headline: Sentence,
    pub question: &'static str,
    pub answer: Sentence,
}

/// A recording, and the moment in it that is looked at.
#[derive(Clone, Copy)]
pub struct Here<'a> {
    /// What has happened.
    pub trace: &'a Trace,
    /// Its rows, spans and links.
    pub index: &'a Index,
    /// The state after the events that have happened.
    pub state: &'a Snapshot,
    now: SimTime,
    clock: Clock,
}

impl<'a> Here<'a> {
    /// After the events that `state` has folded, at `now`: the last of them may lie long before it.
    pub fn new(trace: &'a Trace, index: &'a Index, state: &'a Snapshot, now: SimTime) -> Here<'a> {
        // Nothing lasts beyond the end of the run.
        let now = if state.ended.is_some() { state.time } else { now.max(state.time) };
        Here { trace, index, state, now, clock: Clock::for_end(trace.end()) }
    }

    /// The same, told by this clock: runs that stand side by side have one.
    pub fn told_by(self, clock: Clock) -> Here<'a> {
        Here { clock, ..self }
    }

    pub(super) fn clock(&self) -> Clock {
        self.clock
    }

    pub(super) fn tables(&self) -> &'a Tables {
        self.trace.tables()
    }

    /// How long something goes on that began at `since`.
    pub(super) fn lasts(&self, since: SimTime) -> SimDuration {
        self.now.since(since)
    }

    pub(super) fn now(&self) -> SimTime {
        self.now
    }

    pub(super) fn worker_on(&self, thread: ThreadId) -> Option<WorkerId> {
        match self.state.thread(thread) {
            Some(state) => state.worker,
            None => match self.tables().threads.get(thread.index())?.kind {
                ThreadKind::Worker(worker) => Some(worker),
                ThreadKind::Plain | ThreadKind::Blocking | ThreadKind::Helper => None,
            },
        }
    }

    /// The state of the thread that a worker runs on; none: the recording says nothing of threads.
    pub(super) fn worker_thread(&self, worker: WorkerId) -> Option<(ThreadId, ThreadState)> {
        let thread = self.state.thread_of(self.tables(), worker)?;
        Some((thread, self.state.thread(thread)?.state))
    }

    /// Whether the worker's thread is on a core; where nothing is said of threads, it is.
    pub(super) fn is_on_core(&self, worker: WorkerId) -> bool {
        self.worker_thread(worker).is_none_or(|(_, state)| matches!(state, ThreadState::Running(_)))
    }

    pub(super) fn workers(&self) -> impl Iterator<Item = WorkerId> + use<> {
        (0..self.tables().workers.len()).map(WorkerId::from_index)
    }

    /// Whether it is a thread that runs closures for tasks: what is waited for is a closure's end, not its own.
    pub(super) fn is_of_pool(&self, actor: Actor) -> bool {
        let Actor::Thread(id) = actor else { return false };
        self.tables().threads.get(id.index()).is_some_and(|t| t.kind == ThreadKind::Blocking)
    }

    /// Whether the run has ended with something left that nothing will ever wake.
    pub(super) fn is_stuck(&self) -> bool {
        self.state.ended == Some(EndReason::Stuck)
    }

    /// How long the row of a thing was in a state of these classes up to here.
    pub(super) fn spent(&self, kind: TrackKind, classes: &[Class]) -> SimDuration {
        let Some(track) = self.track(kind) else { return SimDuration::ZERO };
        let begun = track.spans.begun_by(self.state.events);
        let sums = track.spans.sums(0..begun);
        let all: u64 = classes.iter().map(|class| sums.nanos[*class as usize]).sum();
        // The last one may go on beyond here.
        let last = begun.checked_sub(1).and_then(|n| track.spans.get(n));
        let counted = last.filter(|s| s.state.class().is_some_and(|class| classes.contains(&class)));
        let beyond = counted.map_or(0, |s| s.end.since(self.now).as_nanos());
        SimDuration::from_nanos(all.saturating_sub(beyond))
    }

    pub(super) fn track(&self, kind: TrackKind) -> Option<&'a Track> {
        self.index.track(kind)
    }

    /// The spans of a row that have begun here, the latest first, as far as they are near.
    pub(super) fn latest_spans(&self, kind: TrackKind) -> impl Iterator<Item = Span> + use<'a> {
        const NEAR_SPANS: usize = 64;
        let spans = self.track(kind).map(|track| &track.spans);
        let begun = spans.map_or(0, |spans| spans.begun_by(self.state.events));
        (begun.saturating_sub(NEAR_SPANS)..begun).rev().filter_map(move |n| spans?.get(n))
    }

    /// The last event before here that tells what is asked for, if it is near.
    pub(super) fn last_event(&self, such: impl Fn(Event) -> bool) -> Option<usize> {
        self.last_event_before(self.state.events, such)
    }

    /// The last event before number `before` that tells what is asked for, if it is near.
    pub(super) fn last_event_before(&self, before: usize, such: impl Fn(Event) -> bool) -> Option<usize> {
        let before = before.min(self.trace.len());
        (before.saturating_sub(NEAR)..before).rev().find(|n| self.trace.event(*n).is_some_and(&such))
    }
}
