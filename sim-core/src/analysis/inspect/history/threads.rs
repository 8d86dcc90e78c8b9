//! What a thread did: its turns on a core, its waits, and what ended them.

use super::super::Look;
use super::super::here::Here;
use super::super::sentence::Sentence;
use super::{Entry, INSTANT, begun, entry, last};
use crate::analysis::track::{Span, SpanState, TrackKind};
use crate::instant::SimTime;
use crate::trace::Event;
use crate::trace::event::SwitchReason;
use crate::trace::ids::*;
use crate::trace::snapshot::ThreadState;

/// What the thread did.
pub(in super::super) fn of_thread(here: &Here<'_>, id: ThreadId, most: usize) -> Vec<Entry> {
    let Some(thread) = here.state.thread(id) else { return Vec::new() };
    let spans = begun(here, TrackKind::Thread(id), most * 2);
    let mut entries = Vec::new();
    let mut before = None;
    for (i, span) in spans.iter().enumerate() {
        // A turn that is but an instant is told with what came of it.
        let over = i + 1 < spans.len() || !matches!(thread.state, ThreadState::Running(_));
        if matches!(span.state, SpanState::Running(_)) && over && span.length() < INSTANT {
            continue;
        }
        if let Some((look, says)) = thread_row(here, id, span, before) {
            entries.push(entry(here, span.event, look, says));
        }
        before = Some(*span);
    }
    let end = here.track(TrackKind::Thread(id)).and_then(|t| t.end);
    match (thread.state, end.filter(|(_, _, event)| *event < here.state.events)) {
        (ThreadState::Exited { panicked }, Some((time, _, event))) => {
            let (look, word) = if panicked { (Look::Wrong, "→ Panicked") } else { (Look::Finished, "→ Exited") };
            entries.push(entry(here, event, look, instant_turn(here, id, event, time, before).and(word)));
        }
        (ThreadState::Runnable, _) if entries.last().is_none_or(|e| e.look != Look::Wants) => {
            // Runnable for no time at all: it has no span, but one can stand there.
            if let Some(event) = made_runnable(here, id, here.state.events) {
                entries.push(entry(here, event, Look::Wants, thread_cause(here, event).and(" → Runnable")));
            }
        }
        (ThreadState::NotCreated | ThreadState::Runnable | ThreadState::Running(_), _) => {}
        (ThreadState::Blocked(_) | ThreadState::Exited { .. }, _) => {}
    }
    last(entries, most)
}

fn thread_row(here: &Here<'_>, id: ThreadId, span: &Span, before: Option<Span>) -> Option<(Look, Sentence)> {
    match span.state {
        SpanState::Running(core) if is_left(here, span.event) => {
            Some((Look::Runs, Sentence::plain("left by its worker, on ").and(here.core(core))))
        }
        SpanState::Running(core) => {
            let waited = before.is_some_and(|b| b.state == SpanState::Runnable && b.end == span.start);
            let cause = here.index.links_to(span.event).map(|l| l.from_event).next();
            let says = match cause.filter(|_| !waited) {
                Some(cause) => thread_cause(here, cause).and(", at once on ").and(here.core(core)),
                None => Sentence::plain("put on ").and(here.core(core)),
            };
            Some((Look::Runs, says))
        }
        SpanState::Runnable => Some((Look::Wants, thread_cause(here, span.event).and(" → Runnable"))),
        SpanState::Blocked(wait) => {
            let turn = instant_turn(here, id, span.event, span.start, before);
            Some((Look::Waits, turn.and("→ Blocked (").then(here.wait_short(wait)).and(")")))
        }
        // Spans of other rows.
        SpanState::Polling(_) | SpanState::PollingOffCore(_) | SpanState::Ready | SpanState::Pending(_) => None,
        SpanState::WithoutWorker(_) | SpanState::WithoutWorkerOffCore(_) => None,
        SpanState::Occupied(_) | SpanState::Polls(_) | SpanState::PollsOffCore(_) => None,
        SpanState::Serves(_) | SpanState::Level(_) => None,
    }
}

/// How a turn on a core that took no time began: it is told with what came of it.
fn instant_turn(here: &Here<'_>, id: ThreadId, event: usize, time: SimTime, before: Option<Span>) -> Sentence {
    match before.filter(|b| b.end == time).map(|b| b.state) {
        _ if is_left(here, event) => Sentence::plain("left by its worker "),
        Some(SpanState::Running(_)) => Sentence::default(),
        Some(SpanState::Runnable) => Sentence::plain("put on a core "),
        _ => match made_runnable(here, id, event) {
            Some(cause) => thread_cause(here, cause).and(" "),
            None => Sentence::default(),
        },
    }
}

/// Whether this event began a row of its own: until then the thread was its worker's.
fn is_left(here: &Here<'_>, event: usize) -> bool {
    matches!(here.trace.event(event), Some(Event::WorkerMoved { .. }))
}

/// The event that made the thread Runnable, the last before number `before`.
fn made_runnable(here: &Here<'_>, id: ThreadId, before: usize) -> Option<usize> {
    here.last_event_before(before, |e| match e {
        Event::ThreadUnblocked { thread, .. } | Event::ThreadCreated { thread, .. } => thread == id,
        Event::SwitchedOut { thread, reason: SwitchReason::Preempted | SwitchReason::Yielded, .. } => thread == id,
        _ => false,
    })
}

/// What made it able to run: "unblocked by I/O", "created", "preempted".
fn thread_cause(here: &Here<'_>, event: usize) -> Sentence {
    match here.trace.event(event) {
        Some(Event::ThreadCreated { by: Actor::Run, .. }) => Sentence::plain("created"),
        Some(Event::ThreadCreated { by, .. }) => Sentence::plain("created by ").and(here.actor_short(by)),
        Some(Event::ThreadUnblocked { by, .. }) => Sentence::plain("unblocked by ").and(here.actor_short(by)),
        Some(Event::SwitchedOut { reason: SwitchReason::Preempted, .. }) => Sentence::plain("preempted"),
        Some(Event::SwitchedOut { reason: SwitchReason::Yielded, .. }) => Sentence::plain("yielded"),
        _ => Sentence::plain("able to run"),
    }
}
