//! A task: what else is known of it, the nearest to the answer first.

use super::figures::{counted, thousands};
use super::here::Here;
use super::poll::poll_event;
use super::sentence::{Piece, Sentence};
use super::task::{ahead_of, has_used_up_its_budget, is_lost, owner, place, ready_event};
use super::{Fact, fact};
use crate::analysis::track::{Class, SpanState, TrackKind};
use crate::instant::SimDuration;
use crate::trace::Event;
use crate::trace::event::WakeEffect;
use crate::trace::ids::*;
use crate::trace::snapshot::{Task, TaskState};
use crate::trace::tables::Takers;

pub(super) fn facts(here: &Here<'_>, id: TaskId, task: &Task) -> Vec<Fact> {
    let mut facts = Vec::new();
    let woken = |label| woken_by(here, id).map(|says| fact(label, says));
    match task.state {
        TaskState::NotSpawned => {}
        TaskState::Ready => {
            facts.extend(woken("Woken by"));
            facts.extend(place(here, id).map(|(queue, ahead)| fact("Queue", queue_fact(here, queue, ahead))));
            facts.extend(will_run(here, place(here, id).map(|(queue, _)| queue)).map(|says| fact("Will run", says)));
        }
        TaskState::Polling(_) | TaskState::WithoutWorker(_) => {
            facts.extend(woken("Woken by"));
            facts.extend(waited(here, id).map(|length| fact("Waited before", Sentence::from(Piece::Length(length)))));
            if task.wake_pending {
                facts.push(fact(
                    "Woken again",
                    Sentence::plain("during this poll: it is requeued when the poll returns"),
                ));
            }
        }
        TaskState::Pending => facts.extend(pending_facts(here, id, task)),
        TaskState::Completed | TaskState::Cancelled | TaskState::Panicked => {}
    }
    if task.abort_requested && !task.state.is_end() {
        facts.push(fact("Abort", Sentence::plain("asked for")));
    }
    facts.extend(here.step_facts(Actor::Task(id)));
    facts.extend(super::resource::held_fact(here, Actor::Task(id)));
    facts.push(fact("Polls", polls_fact(here, id, task)));
    facts.extend(spawned_fact(here, id));
    // A Program's future is the interpreter's: its size says nothing of the task.
    let written = here.tables().tasks.get(id.index()).filter(|i| here.tables().text(i.path).is_empty());
    if let Some(info) = written.filter(|i| i.future_bytes > 0) {
        facts.push(fact("Future", Sentence::plain(format!("{} bytes", thousands(u64::from(info.future_bytes))))));
    }
    if task.detached {
        facts.push(fact("Handle", Sentence::plain("dropped: nobody waits for its result")));
    }
    facts
}

fn queue_fact(here: &Here<'_>, queue: QueueId, ahead: usize) -> Sentence {
    let all = here.state.queues[queue.index()].len();
    let said = Sentence::plain(format!("place {} of {}, behind ", thousands(ahead as u64 + 1), thousands(all as u64)));
    if ahead == 0 { said.and("nobody") } else { said.then(ahead_of(here, queue, ahead)) }
}

/// When a Ready task gets its turn, as far as the present says; the future is not told.
fn will_run(here: &Here<'_>, queue: Option<QueueId>) -> Option<Sentence> {
    if here.state.ended.is_some() {
        return None;
    }
    let polled: Vec<TaskId> = here.workers().filter_map(|w| here.state.polled_by(w)).collect();
    let workers = here.workers().count();
    Some(match polled.as_slice() {
        [one] if workers == 1 => Sentence::plain("when ").and(here.task(*one)).and("'s poll returns"),
        all if all.len() == workers => Sentence::plain("when one of the polls returns"),
        _ => match queue.and_then(|queue| Some((queue, here.state.polled_by(owner(here, queue)?)?))) {
            Some((queue, task)) => {
                let returns = Sentence::plain("when ").and(here.task(task)).and("'s poll returns");
                match here.tables().takers(queue) {
                    Takers::AnyWorker => returns.and(", or when a free worker steals it"),
                    Takers::Owner | Takers::Unknown => returns,
                }
            }
            None => Sentence::plain("as soon as a free worker takes it"),
        },
    })
}

fn pending_facts(here: &Here<'_>, id: TaskId, task: &Task) -> Vec<Fact> {
    let mut facts = Vec::new();
    for waiting in &task.waits {
        let says = here.who_could_end(waiting.wait);
        if !says.is_empty() && facts.len() < 3 {
            facts.push(fact(if facts.is_empty() { "Can wake it" } else { "or" }, says));
        }
    }
    if facts.is_empty() {
        let who = match is_lost(task) {
            true => "nobody",
            false if has_used_up_its_budget(here, id) => "its worker",
            false if here.tables().run.family().has_wakers() => "whoever keeps its waker",
            false => "whoever knows that it waits",
        };
        facts.push(fact("Can wake it", Sentence::plain(who)));
    }
    if here.tables().run.family().has_wakers() {
        facts.push(waker_fact(here, id, task));
    }
    facts
}

fn waker_fact(here: &Here<'_>, id: TaskId, task: &Task) -> Fact {
    let clones = match task.wakers {
        0 => Sentence::plain("no clone is kept"),
        n => Sentence::plain(counted(u64::from(n), "clone is kept", "clones are kept")),
    };
    let is_clone = |e| matches!(e, Event::WakerCloned { task: t, .. } if t == id);
    let in_poll = || here.latest_spans(TrackKind::Task(id)).next().map(|span| span.event);
    let cloned = here.last_event(is_clone).or_else(|| here.last_event_before(in_poll()?, is_clone));
    let clones = match cloned {
        Some(event) if task.wakers > 0 => clones.and(", the last made at ").and(here.moment_of(event)),
        Some(_) | None => clones,
    };
    fact("Waker", clones)
}

fn polls_fact(here: &Here<'_>, id: TaskId, task: &Task) -> Sentence {
    let said = Sentence::plain(thousands(u64::from(task.polls)));
    if task.polls == 0 {
        said
    } else {
        said.and(", in all ").and(here.spent(TrackKind::Task(id), &[Class::Running, Class::OffCore]))
    }
}

fn spawned_fact(here: &Here<'_>, id: TaskId) -> Option<Fact> {
    let (_, event) = here.track(TrackKind::Task(id))?.created?;
    let Some(Event::TaskSpawned { by, .. }) = here.trace.event(event) else { return None };
    // What was there from the start was spawned by nobody that could be looked at.
    let spawned = Sentence::plain("by ").and(here.actor(by)).and(" at ").and(here.moment_of(event));
    (by != Actor::Run).then(|| fact("Spawned", spawned))
}

/// How long it was Ready before the poll that goes on.
fn waited(here: &Here<'_>, id: TaskId) -> Option<SimDuration> {
    let poll = poll_event(here, id)?;
    let link = here.index.links_to(poll).find(|l| l.to == TrackKind::Task(id))?;
    let waited = link.to_time.since(link.from_time);
    (!waited.is_zero()).then_some(waited)
}

/// Who made it Ready the last time, and when.
fn woken_by(here: &Here<'_>, id: TaskId) -> Option<Sentence> {
    let event = called_at(here, id)?;
    let by = match here.trace.event(event) {
        Some(Event::Woken { by, effect: WakeEffect::OwnPoll, .. }) if by == Actor::Task(id) => {
            Sentence::plain("itself, inside its poll,")
        }
        Some(Event::Woken { by, .. }) => Sentence::from(here.actor(by)),
        // It was spawned, and nobody has woken it.
        _ => return None,
    };
    Some(by.and(" at ").and(here.moment_of(event)))
}

/// The event that made it Ready the last time. It may have happened long ago: its row knows where.
fn called_at(here: &Here<'_>, id: TaskId) -> Option<usize> {
    let track = TrackKind::Task(id);
    match here.state.task(id)?.state {
        TaskState::Polling(_) | TaskState::WithoutWorker(_) => {
            let poll = poll_event(here, id)?;
            let link = here.index.links_to(poll).find(|l| l.to == track);
            link.map(|l| l.from_event).or_else(|| ready_event(here, id, poll))
        }
        TaskState::Ready | TaskState::NotSpawned | TaskState::Pending => {
            let row = here.latest_spans(track).next().filter(|s| s.state == SpanState::Ready);
            ready_event(here, id, row.map_or(here.state.events, |s| s.event + 1))
        }
        TaskState::Completed | TaskState::Cancelled | TaskState::Panicked => None,
    }
}
