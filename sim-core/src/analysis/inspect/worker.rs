//! A worker: whom it polls, or why it is idle.

use super::figures::{counted, thousands};
use super::here::{About, Here};
use super::sentence::{Piece, Sentence};
use super::{Fact, Inspection, Look, Thing, alone, fact, history, poll};
use crate::analysis::track::TrackKind;
use crate::trace::ids::*;
use crate::trace::snapshot::{ThreadState, Worker, WorkerState};
use crate::trace::tables::QueueKind;

/// So many rows of its past are told.
const HISTORY: usize = 8;

pub(super) fn inspect(here: &Here<'_>, id: WorkerId) -> Option<Inspection> {
    let thread = here.state.thread_of(here.tables(), id)?;
    let worker = here.state.workers.get(id.index()).cloned().unwrap_or_default();
    let About { state, look, headline, question, answer } = about(here, id, &worker);
    Some(Inspection {
        thing: Thing::Track(TrackKind::Worker(id)),
        name: here.tables().worker_name(id),
        id: match here.tables().workers.get(id.index()) {
            Some(first) if *first != thread => format!("on {}", here.tables().thread_title(thread)),
            Some(_) | None => format!("on {thread}"),
        },
        state,
        look,
        headline,
        question,
        answer,
        facts: facts(here, id, &worker, thread),
        history: history::of_worker(here, id, HISTORY),
    })
}

fn about(here: &Here<'_>, id: WorkerId, worker: &Worker) -> About {
    let thread = here.worker_thread(id);
    match worker.state {
        WorkerState::Polling(polled) => {
            let headline = here.lasting("", worker.since);
            let headline = Sentence::plain("Polls ").and(here.task(polled)).then(headline);
            if here.is_on_core(id) {
                let said = Sentence::plain("It is inside ").and(here.task(polled)).and("'s poll since ");
                let said = said.and(here.moment(worker.since, poll::poll_event(here, polled))).and(", which ");
                let answer = said
                    .then(poll::inside_poll(here, id, polled))
                    .and(". It can do nothing else until that poll returns.");
                About { state: "Polling", look: Look::Runs, headline, question: "What is it doing?", answer }
            } else {
                let answer = poll::off_core(here, id, polled, poll::Asked::Worker);
                let question = "Why not on a core?";
                About { state: "Polling, off core", look: Look::RunsOffCore, headline, question, answer }
            }
        }
        WorkerState::Parked => {
            let headline = here.waiting("Parked", worker.since);
            let answer = here.unless_stuck(idle(here).and(" Its thread sleeps until someone unparks it."));
            About { state: "Parked", look: Look::Idle, headline, question: "Why idle?", answer }
        }
        WorkerState::Searching => {
            let headline = here.lasting("Searching", worker.since);
            let answer = Sentence::plain("Its own queue is empty: it looks into the queues of the other workers.");
            About { state: "Searching", look: Look::Idle, headline, question: "What is it doing?", answer }
        }
        WorkerState::Idle => between(here, thread, here.lasting("Between polls", worker.since)),
    }
}

fn between(here: &Here<'_>, thread: Option<(ThreadId, ThreadState)>, headline: Sentence) -> About {
    let about =
        |state, look, answer| About { state, look, headline: headline.clone(), question: "What is it doing?", answer };
    match thread {
        None | Some((_, ThreadState::NotCreated)) => {
            about("Idle", Look::Idle, Sentence::plain("It has not begun yet."))
        }
        Some((thread, ThreadState::Runnable)) => {
            let said = Sentence::plain("Its thread was told to go on and waits for a core. ");
            about("Runnable", Look::Wants, said.then(super::thread::cores_told(here, thread)))
        }
        Some((_, ThreadState::Running(core))) => {
            let said = Sentence::plain("It runs the executor's own code on ").and(here.core(core));
            about("Idle", Look::Idle, said.and(", between two polls."))
        }
        Some((_, ThreadState::Blocked(wait))) => {
            let said = Sentence::plain("Its thread is Blocked: waits for ").then(here.wait_noun(wait)).and(".");
            about("Blocked", Look::Waits, said)
        }
        Some((_, ThreadState::Exited { .. })) => About {
            headline: Sentence::plain("Exited"),
            ..about("Exited", Look::Finished, Sentence::plain("The run is over: its thread has exited."))
        },
    }
}

/// Why there is nothing to poll.
fn idle(here: &Here<'_>) -> Sentence {
    let totals = here.state.totals;
    let pending = u64::from(totals.live_tasks.saturating_sub(totals.ready));
    match (totals.ready, pending) {
        (0, 0) => Sentence::plain("No task is left."),
        (0, n) => {
            let tasks = counted(n, "task waits", "tasks wait");
            Sentence::plain(format!("No task is Ready: {tasks} for something."))
        }
        (n, _) => Sentence::plain(format!(
            "{} Ready by now, and nobody has told it yet.",
            counted(u64::from(n), "task is", "tasks are")
        )),
    }
}

fn facts(here: &Here<'_>, id: WorkerId, worker: &Worker, thread: ThreadId) -> Vec<Fact> {
    let mut facts = Vec::new();
    match here.state.thread(thread).map(|t| t.state) {
        Some(ThreadState::Running(core)) => {
            facts.push(fact("Its thread", Sentence::plain("runs on ").and(here.core(core))))
        }
        Some(ThreadState::Runnable) => facts.push(fact("Its thread", Sentence::plain("is Runnable: waits for a core"))),
        Some(ThreadState::Blocked(wait)) => {
            facts.push(fact("Its thread", Sentence::plain("is Blocked: waits for ").then(here.wait_noun(wait))));
        }
        Some(ThreadState::Exited { .. }) => facts.push(fact("Its thread", Sentence::plain("has exited"))),
        Some(ThreadState::NotCreated) | None => {}
    }
    let queues = here.tables().queues.iter().enumerate();
    let of_it = queues.filter(|(_, q)| matches!(q.kind, QueueKind::Ready { owner } if owner.is_none_or(|w| w == id)));
    let of_it: Vec<_> = of_it.collect();
    let is_own = |kind: QueueKind| matches!(kind, QueueKind::Ready { owner: Some(_) });
    // Of several, the name says which.
    let has_several = of_it.iter().filter(|(_, q)| is_own(q.kind)).count() > 1;
    for (q, info) in of_it.into_iter().take(3) {
        let entries = here.state.queues.get(q);
        let waiting = entries.map_or(0, |entries| entries.len());
        let label = if matches!(info.kind, QueueKind::Ready { owner: None }) { "Shared queue" } else { "Own queue" };
        let said = match entries.filter(|e| !e.is_empty()) {
            None => Sentence::plain("empty"),
            Some(entries) => {
                let tasks = counted(waiting as u64, "task", "tasks");
                let names = entries.iter().map(|e| here.task(TaskId(*e))).collect();
                Sentence::plain(format!("{tasks}: ")).then(here.several(names))
            }
        };
        let name = here.tables().queue_name(QueueId::from_index(q));
        let named = has_several && is_own(info.kind);
        // As it is called, whatever a family's words for the rest are: libuv's phase "poll" runs callbacks.
        facts.push(fact(label, if named { Sentence::from(Piece::Code(name)).and(": ").then(said) } else { said }));
    }
    facts.extend(alone::left_behind(here, id).map(|says| fact("Left behind", says)));
    facts.push(fact("Polls", Sentence::plain(thousands(worker.polls))));
    facts
}
