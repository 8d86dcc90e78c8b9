//! What a thing did up to here, a row for each state, in words.
//!
//! Reads the spans of the thing's row; what has no row is read off the events nearby. Nothing that is still to come is
//! told: who is asked what comes next must be able to guess.

use super::figures::{self, counted, thousands};
use super::here::Here;
use super::sentence::Sentence;
use super::{Look, task};
use crate::analysis::track::{CounterKind, Span, SpanState, TrackEnd, TrackKind};
use crate::instant::{SimDuration, SimTime};
use crate::trace::Event;
use crate::trace::event::SwitchReason;
use crate::trace::ids::*;
use crate::trace::snapshot::{TaskState, ThreadState};

/// A poll or turn that is shorter is told together with what came of it.
const INSTANT: SimDuration = SimDuration::from_micros(1);

/// One row of a history.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// The event that it begins with: where a click goes.
    pub event: usize,
    /// When, as people read it, without the unit: "20.1".
    pub time: String,
    /// The state that it is in from then on.
    pub look: Look,
    /// What happened.
    pub says: Sentence,
}

fn entry(here: &Here<'_>, event: usize, look: Look, says: Sentence) -> Entry {
    let text = figures::moment_text(here.trace.time(event), here.trace.end());
    let time = text.split(' ').next().unwrap_or_default().to_owned();
    Entry { event, time, look, says }
}

/// The last `most` spans that have begun here, oldest first.
fn begun<'a>(here: &Here<'a>, kind: TrackKind, most: usize) -> &'a [Span] {
    let spans = here.track(kind).map_or(&[][..], |track| track.spans.as_slice());
    let begun = spans.partition_point(|s| s.event < here.state.events);
    &spans[begun.saturating_sub(most)..begun]
}

fn last(mut entries: Vec<Entry>, most: usize) -> Vec<Entry> {
    entries.drain(..entries.len().saturating_sub(most));
    entries
}

// --- Tasks ---

/// What the task did.
pub(super) fn of_task(here: &Here<'_>, id: TaskId, most: usize) -> Vec<Entry> {
    let Some(task) = here.state.task(id) else { return Vec::new() };
    // A poll and what came of it are one row or two.
    let spans = begun(here, TrackKind::Task(id), most * 3);
    let is_new = |span: &Span| matches!(here.trace.event(span.event), Some(Event::PollStarted { .. }));
    let mut polls = task.polls - (spans.iter().filter(|s| is_new(s)).count() as u32).min(task.polls);
    let mut rows = TaskRows { here, id, entries: Vec::new(), poll_began: None };
    for (i, span) in spans.iter().enumerate() {
        polls += u32::from(is_new(span));
        rows.add(span, i.checked_sub(1).map(|i| &spans[i]), polls);
    }
    rows.finish(task.state, polls, most)
}

struct TaskRows<'a, 'b> {
    here: &'a Here<'b>,
    id: TaskId,
    entries: Vec<Entry>,
    /// When the poll began that the last row tells of.
    poll_began: Option<SimTime>,
}

impl TaskRows<'_, '_> {
    fn add(&mut self, span: &Span, before: Option<&Span>, poll: u32) {
        let began = self.poll_began.take();
        let number = format!("poll {}", thousands(u64::from(poll)));
        match span.state {
            SpanState::Polling(worker) if self.is_poll_start(span.event) => {
                let waited = before.is_some_and(|b| b.state == SpanState::Ready && b.end == span.start);
                let says = if waited {
                    Sentence::plain(format!("{number}, by ")).and(self.here.worker(worker))
                } else {
                    self.cause(span.event).and(format!(", {number} at once"))
                };
                self.push(span.event, Look::Runs, says);
                self.poll_began = Some(span.start);
            }
            SpanState::Polling(_) => self.push(span.event, Look::Runs, Sentence::plain(format!("{number} goes on"))),
            SpanState::PollingOffCore(_) => {
                let why = self.left_core(span.event);
                self.push(span.event, Look::RunsOffCore, Sentence::plain(format!("{number}: {why}")));
            }
            SpanState::Ready => {
                let says = self.cause(span.event).and(" → Ready");
                self.push(span.event, Look::Wants, says);
            }
            SpanState::Pending(wait) => {
                let for_what = match wait {
                    Some(wait) => Sentence::plain(" (").then(self.here.wait_noun(wait)).and(")"),
                    None => Sentence::default(),
                };
                self.poll_gave(span.event, began, span.start, &number, "Pending", Look::Waits, for_what);
            }
            // Spans of other rows.
            SpanState::Running(_) | SpanState::Runnable | SpanState::Blocked(_) | SpanState::Occupied(_) => {}
            SpanState::Polls(_) | SpanState::PollsOffCore(_) | SpanState::Serves(_) | SpanState::Level(_) => {}
        }
    }

    /// What a poll gave: in the row of the poll itself if that was but an instant.
    #[allow(clippy::too_many_arguments)]
    fn poll_gave(
        &mut self,
        event: usize,
        began: Option<SimTime>,
        at: SimTime,
        number: &str,
        what: &str,
        look: Look,
        more: Sentence,
    ) {
        let instant = began.is_some_and(|began| at.since(began) < INSTANT);
        if let Some(last) = self.entries.last_mut().filter(|_| instant) {
            let said = std::mem::take(&mut last.says);
            last.says = without_at_once(said).and(format!(" → {what}")).then(more);
            last.look = look;
        } else {
            self.push(event, look, Sentence::plain(format!("{number} → {what}")).then(more));
        }
    }

    fn finish(mut self, state: TaskState, poll: u32, most: usize) -> Vec<Entry> {
        let end = self.here.track(TrackKind::Task(self.id)).and_then(|t| t.end);
        if let Some((time, end, event)) = end.filter(|(_, _, event)| *event < self.here.state.events) {
            let number = format!("poll {}", thousands(u64::from(poll)));
            let began = self.poll_began.take();
            let by = match self.here.trace.event(event) {
                Some(Event::TaskCancelled { by, .. }) => Some(by),
                _ => None,
            };
            match (end, by) {
                (TrackEnd::Finished, _) => {
                    self.poll_gave(event, began, time, &number, "Completed", Look::Finished, Sentence::default());
                }
                (TrackEnd::Panicked, _) => {
                    self.poll_gave(event, began, time, &number, "Panicked", Look::Wrong, Sentence::default());
                }
                (TrackEnd::Cancelled, Some(by)) => {
                    let says = Sentence::plain("cancelled by ").and(self.here.actor(by));
                    self.push(event, Look::Cancelled, says);
                }
                (TrackEnd::Cancelled, None) => self.push(event, Look::Cancelled, Sentence::plain("cancelled")),
            }
        } else if state == TaskState::Ready && self.entries.last().is_none_or(|e| e.look != Look::Wants) {
            // Ready for no time at all: it has no span, but one can stand there.
            if let Some(event) = task::ready_event(self.here, self.id, self.here.state.events) {
                let says = self.cause(event).and(" → Ready");
                self.push(event, Look::Wants, says);
            }
        }
        last(self.entries, most)
    }

    fn push(&mut self, event: usize, look: Look, says: Sentence) {
        self.entries.push(entry(self.here, event, look, says));
    }

    fn is_poll_start(&self, event: usize) -> bool {
        matches!(self.here.trace.event(event), Some(Event::PollStarted { .. }))
    }

    /// What made it able to run: "woken by I/O", "spawned".
    fn cause(&self, event: usize) -> Sentence {
        let of_poll = || self.here.index.links_to(event).iter().map(|l| l.from_event).next();
        let cause = match self.here.trace.event(event) {
            Some(Event::PollStarted { .. }) => of_poll(),
            Some(Event::Queued { .. } | Event::PollEnded { .. }) => task::ready_event(self.here, self.id, event),
            _ => Some(event),
        };
        match cause.and_then(|n| self.here.trace.event(n)) {
            Some(Event::Woken { by, .. }) if by == Actor::Task(self.id) => Sentence::plain("woke itself"),
            Some(Event::Woken { by, .. }) => Sentence::plain("woken by ").and(self.here.actor(by)),
            Some(Event::TaskSpawned { by: Actor::Run, .. }) => Sentence::plain("spawned"),
            Some(Event::TaskSpawned { by, .. }) => Sentence::plain("spawned by ").and(self.here.actor(by)),
            _ => Sentence::plain("able to run"),
        }
    }

    fn left_core(&self, event: usize) -> &'static str {
        match self.here.trace.event(event) {
            Some(Event::ThreadBlocked { reason: crate::trace::event::BlockReason::Call, .. }) => "in a blocking call",
            Some(Event::ThreadBlocked { reason: crate::trace::event::BlockReason::Lock, .. }) => "blocked by a lock",
            Some(Event::ThreadBlocked { .. }) => "blocked inside",
            Some(Event::SwitchedOut { reason: SwitchReason::Preempted, .. }) => "preempted inside",
            _ => "off the core",
        }
    }
}

/// "…, poll 2 at once" becomes "…, poll 2" where more is said of the poll.
fn without_at_once(mut said: Sentence) -> Sentence {
    if let Some(super::Piece::Text(text)) = said.pieces.last_mut()
        && let Some(shorter) = text.strip_suffix(" at once")
    {
        *text = shorter.to_owned();
    }
    said
}

// --- Threads ---

/// What the thread did.
pub(super) fn of_thread(here: &Here<'_>, id: ThreadId, most: usize) -> Vec<Entry> {
    let Some(thread) = here.state.thread(id) else { return Vec::new() };
    let spans = begun(here, TrackKind::Thread(id), most + 1);
    let mut entries = Vec::new();
    for (i, span) in spans.iter().enumerate() {
        let before = i.checked_sub(1).map(|i| spans[i].state);
        let (look, says) = match span.state {
            SpanState::Running(core) => {
                let on = Sentence::plain(if before == Some(SpanState::Runnable) { "put on " } else { "at once on " });
                let on = on.and(here.core(core));
                let cause = here.index.links_to(span.event).iter().map(|l| l.from_event).next();
                let says = match cause.filter(|_| before != Some(SpanState::Runnable)) {
                    Some(cause) => thread_cause(here, cause).and(", ").then(on),
                    None => on,
                };
                (Look::Runs, says)
            }
            SpanState::Runnable => (Look::Wants, thread_cause(here, span.event).and(" → Runnable")),
            SpanState::Blocked(wait) => {
                (Look::Waits, Sentence::plain("→ Blocked (").then(here.wait_noun(wait)).and(")"))
            }
            // Spans of other rows.
            SpanState::Polling(_) | SpanState::PollingOffCore(_) | SpanState::Ready | SpanState::Pending(_) => continue,
            SpanState::Occupied(_) | SpanState::Polls(_) | SpanState::PollsOffCore(_) => continue,
            SpanState::Serves(_) | SpanState::Level(_) => continue,
        };
        entries.push(entry(here, span.event, look, says));
    }
    let end = here.track(TrackKind::Thread(id)).and_then(|t| t.end);
    match (thread.state, end.filter(|(_, _, event)| *event < here.state.events)) {
        (ThreadState::Exited { panicked: true }, Some((_, _, event))) => {
            entries.push(entry(here, event, Look::Wrong, Sentence::plain("panicked → Exited")));
        }
        (ThreadState::Exited { panicked: false }, Some((_, _, event))) => {
            entries.push(entry(here, event, Look::Finished, Sentence::plain("→ Exited")));
        }
        (ThreadState::Runnable, _) if entries.last().is_none_or(|e| e.look != Look::Wants) => {
            // Runnable for no time at all: it has no span, but one can stand there.
            let such = |e| matches!(e, Event::ThreadUnblocked { thread, .. } | Event::ThreadCreated { thread, .. } if thread == id);
            if let Some(event) = here.last_event(such) {
                entries.push(entry(here, event, Look::Wants, thread_cause(here, event).and(" → Runnable")));
            }
        }
        (ThreadState::NotCreated | ThreadState::Runnable | ThreadState::Running(_), _) => {}
        (ThreadState::Blocked(_) | ThreadState::Exited { .. }, _) => {}
    }
    last(entries, most)
}

/// What made it able to run: "unblocked by I/O", "created", "preempted".
fn thread_cause(here: &Here<'_>, event: usize) -> Sentence {
    match here.trace.event(event) {
        Some(Event::ThreadCreated { by: Actor::Run, .. }) => Sentence::plain("created"),
        Some(Event::ThreadCreated { by, .. }) => Sentence::plain("created by ").and(here.actor(by)),
        Some(Event::ThreadUnblocked { by, .. }) => Sentence::plain("unblocked by ").and(here.actor(by)),
        Some(Event::SwitchedOut { reason: SwitchReason::Preempted, .. }) => Sentence::plain("preempted"),
        Some(Event::SwitchedOut { reason: SwitchReason::Yielded, .. }) => Sentence::plain("yielded"),
        _ => Sentence::plain("able to run"),
    }
}

// --- Workers, cores, devices, counters ---

/// Whom the worker polled.
pub(super) fn of_worker(here: &Here<'_>, id: WorkerId, most: usize) -> Vec<Entry> {
    let rows = begun(here, TrackKind::Worker(id), most).iter().filter_map(|span| {
        let (look, says) = match span.state {
            SpanState::Polls(task) => {
                let new = matches!(here.trace.event(span.event), Some(Event::PollStarted { .. }));
                let verb = if new { "polls " } else { "goes on with the poll of " };
                (Look::Runs, Sentence::plain(verb).and(here.task(task)).then(so_long(here, span)))
            }
            SpanState::PollsOffCore(task) => {
                let said = Sentence::plain("off the core inside the poll of ").and(here.task(task));
                (Look::RunsOffCore, said.then(so_long(here, span)))
            }
            // Spans of other rows.
            SpanState::Polling(_) | SpanState::PollingOffCore(_) | SpanState::Ready | SpanState::Pending(_) => return None,
            SpanState::Running(_) | SpanState::Runnable | SpanState::Blocked(_) | SpanState::Occupied(_) => return None,
            SpanState::Serves(_) | SpanState::Level(_) => return None,
        };
        Some(entry(here, span.event, look, says))
    });
    rows.collect()
}

/// Which threads were on the core.
pub(super) fn of_core(here: &Here<'_>, id: CoreId, most: usize) -> Vec<Entry> {
    let spans = begun(here, TrackKind::Core(id), most).iter();
    let on = spans.filter_map(|span| match span.state {
        SpanState::Occupied(thread) => {
            let says = Sentence::plain("runs ").and(here.thread(thread)).then(so_long(here, span));
            Some(entry(here, span.event, Look::Runs, says))
        }
        _ => None,
    });
    on.collect()
}

/// The requests that the device worked on.
pub(super) fn of_device(here: &Here<'_>, id: DeviceId, most: usize) -> Vec<Entry> {
    let spans = begun(here, TrackKind::Device(id), most).iter();
    let served = spans.filter_map(|span| match span.state {
        SpanState::Serves(request) => {
            let such = |e| matches!(e, Event::IoSubmitted { request: r, .. } if r == request);
            let asked = here.last_event_before(span.event, such).and_then(|n| here.trace.event(n));
            let says = match asked {
                Some(Event::IoSubmitted { by, .. }) => Sentence::plain(format!("{request} of ")).and(here.actor(by)),
                _ => Sentence::plain(request.to_string()),
            };
            Some(entry(here, span.event, Look::Runs, says.then(so_long(here, span))))
        }
        _ => None,
    });
    served.collect()
}

/// How the figure changed.
pub(super) fn of_counter(here: &Here<'_>, kind: CounterKind, most: usize) -> Vec<Entry> {
    let spans = begun(here, TrackKind::Counter(kind), most).iter();
    let levels = spans.filter_map(|span| match span.state {
        SpanState::Level(0) => Some(entry(here, span.event, Look::Idle, Sentence::plain("nobody").then(so_long(here, span)))),
        SpanState::Level(n) => {
            let says = Sentence::plain(counted(u64::from(n), "waits", "wait")).then(so_long(here, span));
            Some(entry(here, span.event, Look::Wants, says))
        }
        _ => None,
    });
    levels.collect()
}

/// ", 62.0 ms": how long, or how long so far.
fn so_long(here: &Here<'_>, span: &Span) -> Sentence {
    if span.end > here.now() || span.end == here.trace.end() {
        return Sentence::plain(", so far ").and(here.now().since(span.start));
    }
    Sentence::plain(", ").and(span.length())
}

// --- Resources ---

/// What was done with a resource, as far as it is near.
pub(super) fn of_resource(here: &Here<'_>, id: ResourceId, most: usize) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut before = here.state.events;
    while entries.len() < most {
        let Some(n) = here.last_event_before(before, |e| deed(e, id).is_some()) else { break };
        before = n;
        if let Some((by, says, look)) = here.trace.event(n).and_then(|e| deed(e, id)) {
            entries.push(entry(here, n, look, Sentence::from(here.actor(by)).and(says)));
        }
    }
    entries.reverse();
    entries
}

/// Who does what with the resource, if the event is about it.
fn deed(event: Event, id: ResourceId) -> Option<(Actor, &'static str, Look)> {
    use Event as E;
    let (resource, by, says, look) = match event {
        E::Acquired { resource, by, .. } => (resource, by, " has it now", Look::Runs),
        E::AcquireWaiting { resource, by, .. } => (resource, by, " waits in line", Look::Waits),
        E::Released { resource, by, .. } => (resource, by, " gave it back", Look::Idle),
        E::WaitCancelled { resource, by } => (resource, by, " gave up its wait", Look::Cancelled),
        E::SendWaiting { resource, by } => (resource, by, " waits for room", Look::Waits),
        E::Sent { resource, by } => (resource, by, " sent a message", Look::Runs),
        E::RecvWaiting { resource, by } => (resource, by, " waits for a message", Look::Waits),
        E::Received { resource, by } => (resource, by, " received a message", Look::Runs),
        E::ChannelClosed { resource, by } => (resource, by, " closed its side", Look::Finished),
        E::NotifyWaiting { resource, by } => (resource, by, " waits for it", Look::Waits),
        E::Notified { resource, by, all: true } => (resource, by, " notified everyone", Look::Runs),
        E::Notified { resource, by, all: false } => (resource, by, " notified one", Look::Runs),
        E::NotifyReceived { resource, by } => (resource, by, " was notified", Look::Runs),
        // The rest is about other things.
        _ => return None,
    };
    (resource == id).then_some((by, says, look))
}
