//! What a thing did up to here, a row for each state, in words.
//!
//! Reads the spans of the thing's row; what has no row is read off the events nearby. Nothing that is still to come is
//! told: who is asked what comes next must be able to guess.

mod tasks;
mod threads;

use super::Look;
use super::figures::counted;
use super::here::Here;
use super::sentence::Sentence;
use crate::analysis::track::{CounterKind, Span, SpanState, TrackKind};
use crate::instant::SimDuration;
use crate::trace::Event;
use crate::trace::ids::*;

pub(super) use tasks::of_task;
pub(super) use threads::of_thread;

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
    let (time, clock) = (here.trace.time(event), here.clock());
    Entry { event, time: clock.figure(time, clock.decimals(time)), look, says }
}

/// The rows with as many decimals in every time as one of them needs, so that they can be read as a column.
pub(super) fn aligned(here: &Here<'_>, mut entries: Vec<Entry>) -> Vec<Entry> {
    let (trace, clock) = (here.trace, here.clock());
    let decimals = entries.iter().map(|e| clock.decimals(trace.time(e.event))).max().unwrap_or(0);
    for entry in &mut entries {
        entry.time = clock.figure(trace.time(entry.event), decimals);
    }
    entries
}

/// The last `most` spans that have begun here, oldest first.
fn begun(here: &Here<'_>, kind: TrackKind, most: usize) -> Vec<Span> {
    let Some(track) = here.track(kind) else { return Vec::new() };
    let begun = track.spans.begun_by(here.state.events);
    track.spans.range(begun.saturating_sub(most)..begun).collect()
}

fn last(mut entries: Vec<Entry>, most: usize) -> Vec<Entry> {
    entries.drain(..entries.len().saturating_sub(most));
    entries
}

// --- Workers, cores, devices, counters ---

/// Whom the worker polled.
pub(super) fn of_worker(here: &Here<'_>, id: WorkerId, most: usize) -> Vec<Entry> {
    let spans = begun(here, TrackKind::Worker(id), most * 2);
    let mut entries = Vec::new();
    for (i, span) in spans.iter().enumerate() {
        // What is but an instant before or after a stretch off the core is told with it.
        let beside = |other: Option<&Span>| other.is_some_and(|o| matches!(o.state, SpanState::PollsOffCore(_)));
        let (before, after) = (i.checked_sub(1).map(|i| &spans[i]), spans.get(i + 1));
        let (look, says) = match span.state {
            SpanState::Polls(task) => {
                let new = matches!(here.trace.event(span.event), Some(Event::PollStarted { .. }));
                let instant = span.end <= here.now() && span.length() < INSTANT;
                if instant && ((new && beside(after)) || (!new && beside(before))) {
                    continue;
                }
                let verb = if new { "polls " } else { "goes on with " };
                (Look::Runs, Sentence::plain(verb).and(here.task(task)).then(so_long(here, span)))
            }
            SpanState::PollsOffCore(task) => {
                let said = Sentence::plain("inside ").and(here.task(task)).and("'s poll, off core");
                (Look::RunsOffCore, said.then(so_long(here, span)))
            }
            // Spans of other rows.
            SpanState::Polling(_) | SpanState::PollingOffCore(_) | SpanState::Ready | SpanState::Pending(_) => continue,
            SpanState::WithoutWorker(_) | SpanState::WithoutWorkerOffCore(_) => continue,
            SpanState::Running(_) | SpanState::Runnable | SpanState::Blocked(_) | SpanState::Occupied(_) => continue,
            SpanState::Serves(_) | SpanState::Level(_) => continue,
        };
        entries.push(entry(here, span.event, look, says));
    }
    last(entries, most)
}

/// Which threads were on the core.
pub(super) fn of_core(here: &Here<'_>, id: CoreId, most: usize) -> Vec<Entry> {
    let spans = begun(here, TrackKind::Core(id), most);
    let on = spans.iter().filter_map(|span| match span.state {
        SpanState::Occupied(thread) => {
            let says = Sentence::plain("runs ").and(here.thread_at(thread, span.event)).then(so_long(here, span));
            Some(entry(here, span.event, Look::Runs, says))
        }
        _ => None,
    });
    on.collect()
}

/// The requests that the device worked on.
pub(super) fn of_device(here: &Here<'_>, id: DeviceId, most: usize) -> Vec<Entry> {
    let spans = begun(here, TrackKind::Device(id), most);
    let served = spans.iter().filter_map(|span| match span.state {
        SpanState::Serves(request) => {
            let such = |e| matches!(e, Event::IoSubmitted { request: r, .. } if r == request);
            let asked = here.last_event_before(span.event, such).and_then(|n| here.trace.event(n));
            let says = match asked {
                Some(Event::IoSubmitted { by, .. }) => {
                    Sentence::plain(format!("{request} of ")).and(here.actor_short(by))
                }
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
    let spans = begun(here, TrackKind::Counter(kind), most);
    let levels = spans.iter().filter_map(|span| match span.state {
        SpanState::Level(0) => {
            Some(entry(here, span.event, Look::Idle, Sentence::plain("nobody").then(so_long(here, span))))
        }
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
    let open = span.end == here.trace.end() && here.state.ended.is_none();
    if span.end > here.now() || open {
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
