//! A figure over time: how much, and who is counted.

use super::figures::{counted, thousands};
use super::here::Here;
use super::sentence::Sentence;
use super::{Inspection, Look, Piece, Thing, fact, history, resource};
use crate::analysis::track::{CounterKind, TrackKind};
use crate::trace::ids::*;
use crate::trace::tables::QueueKind;

/// So many rows of its past are told.
const HISTORY: usize = 8;

pub(super) fn inspect(here: &Here<'_>, kind: CounterKind) -> Option<Inspection> {
    let (name, what, one, more) = match kind {
        CounterKind::ReadyQueue => ("ready queue", "tasks could be polled", "task Ready", "tasks Ready"),
        CounterKind::RunQueue => ("run queue", "threads want a core", "thread Runnable", "threads Runnable"),
        CounterKind::Channel(id) => return resource::inspect(here, id),
    };
    let track = here.track(TrackKind::Counter(kind))?;
    let begun = track.spans.begun_by(here.state.events);
    let most = track.spans.peak(0..begun);
    let now = u64::from(match kind {
        CounterKind::ReadyQueue => here.state.totals.ready,
        CounterKind::RunQueue => here.state.totals.runnable,
        CounterKind::Channel(_) => 0,
    });
    let waiting = waiting(here, kind);
    let answer = match (now, waiting.is_empty()) {
        (0, _) => Sentence::plain(format!("How many {what}: none now.")),
        (_, true) => Sentence::plain(format!("How many {what}.")),
        (_, false) => Sentence::plain("In order: ").then(here.several(waiting)).and("."),
    };
    let mut facts = Vec::new();
    if most > 0 {
        facts.push(fact("Most so far", Sentence::plain(thousands(u64::from(most)))));
    }
    Some(Inspection {
        thing: Thing::Track(TrackKind::Counter(kind)),
        name: name.to_owned(),
        id: "a figure over time".to_owned(),
        state: if now == 0 { "Empty" } else { "Waiting" },
        look: if now == 0 { Look::Idle } else { Look::Wants },
        headline: Sentence::plain(counted(now, one, more)),
        question: "What is counted?",
        answer,
        facts,
        history: history::of_counter(here, kind, HISTORY),
    })
}

/// Who stands in the queues that are counted, the front first.
fn waiting(here: &Here<'_>, kind: CounterKind) -> Vec<Piece> {
    let queues = here.tables().queues.iter().zip(&here.state.queues);
    queues
        .flat_map(|(info, entries)| {
            let name: fn(&Here<'_>, u32) -> Piece = match (kind, info.kind) {
                (CounterKind::ReadyQueue, QueueKind::Ready { .. }) => |here, entry| here.task(TaskId(entry)),
                (CounterKind::RunQueue, QueueKind::Run) => |here, entry| here.thread(ThreadId(entry)),
                (CounterKind::ReadyQueue | CounterKind::RunQueue | CounterKind::Channel(_), _) => return Vec::new(),
            };
            entries.iter().map(|entry| name(here, *entry)).collect()
        })
        .collect()
}
