//! A thread: why it is not running.

use super::figures::{counted, thousands};
use super::here::{About, Here};
use super::sentence::{Piece, Sentence};
use super::{Fact, Inspection, Look, Thing, alone, fact, history, task, worker};
use crate::analysis::track::{Class, CounterKind, TrackKind};
use crate::trace::ids::*;
use crate::trace::snapshot::{Snapshot, Thread, ThreadState, Wait};
use crate::trace::tables::ThreadKind;
use crate::trace::{Event, Family};

/// So many rows of its past are told.
const HISTORY: usize = 8;

pub(super) fn inspect(here: &Here<'_>, id: ThreadId) -> Option<Inspection> {
    let info = here.tables().threads.get(id.index())?;
    let kind = match (info.kind, here.worker_on(id)) {
        // The worker is what people look at, as long as one is on this thread: its first, or another that came since.
        (ThreadKind::Worker(_), Some(on)) => return worker::inspect(here, on),
        (ThreadKind::Worker(_), None) => ", where its worker was",
        (ThreadKind::Plain, _) => "",
        (ThreadKind::Blocking, Some(on)) => &format!(", on which {} runs", here.tables().worker_name(on)),
        (ThreadKind::Blocking, None) if here.tables().run.family() == Family::Coroutines => ", without a worker",
        (ThreadKind::Blocking, None) => ", of the blocking pool",
        (ThreadKind::Helper, _) => ", a helper",
    };
    let about = about(here, id);
    let facts = here.state.thread(id).map_or_else(Vec::new, |thread| facts(here, id, thread));
    let About { state, look, headline, question, answer } = about;
    Some(Inspection {
        thing: Thing::Track(TrackKind::Thread(id)),
        name: here.tables().thread_title(id),
        id: format!("{id}{kind}"),
        state,
        look,
        headline,
        question,
        answer,
        facts,
        history: history::of_thread(here, id, HISTORY),
    })
}

/// What the thread's state looks like.
pub(super) fn look(state: &Snapshot, id: ThreadId) -> Look {
    match state.thread(id).map(|t| t.state) {
        None | Some(ThreadState::NotCreated) => Look::Idle,
        Some(ThreadState::Runnable) => Look::Wants,
        Some(ThreadState::Running(_)) => Look::Runs,
        Some(ThreadState::Blocked(_)) => Look::Waits,
        Some(ThreadState::Exited { panicked: false }) => Look::Finished,
        Some(ThreadState::Exited { panicked: true }) => Look::Wrong,
    }
}

fn about(here: &Here<'_>, id: ThreadId) -> About {
    let about = about_thread(here, id);
    About { answer: about.answer.then(alone::of_thread(here, id)), ..about }
}

fn about_thread(here: &Here<'_>, id: ThreadId) -> About {
    let Some(thread) = here.state.thread(id) else { return not_created(here, id) };
    let lasting = |word| here.lasting(word, thread.since);
    let about =
        |look, headline, question, answer| About { state: thread.state.text(), look, headline, question, answer };
    match thread.state {
        ThreadState::NotCreated => not_created(here, id),
        ThreadState::Runnable => {
            let answer = here.unless_stuck(runnable(here, id, thread));
            about(Look::Wants, here.waiting("Runnable", thread.since), "Why not running?", answer)
        }
        ThreadState::Running(core) => {
            let answer = running(here, core, thread);
            about(Look::Runs, lasting("Running"), "What is it doing?", answer)
        }
        ThreadState::Blocked(wait) => {
            let answer = here.unless_stuck(blocked(here, id, wait));
            about(Look::Waits, here.waiting("Blocked", thread.since), "Why not running?", answer)
        }
        ThreadState::Exited { panicked } => {
            let (word, look) = if panicked { ("Panicked", Look::Wrong) } else { ("Exited", Look::Finished) };
            let headline = Sentence::plain(format!("{word} at ")).and(here.moment(thread.since, None));
            let about = about(look, headline, "What became of it?", exited(here, id, thread, panicked));
            About { state: word, ..about }
        }
    }
}

fn not_created(here: &Here<'_>, id: ThreadId) -> About {
    let said = Sentence::plain("It does not exist yet. ");
    let created = here.track(TrackKind::Thread(id)).and_then(|t| t.created).map(|(_, event)| event);
    let answer = match created.and_then(|event| Some((event, here.trace.event(event)?))) {
        Some((event, Event::ThreadCreated { by: Actor::Run, .. })) => {
            let said =
                Sentence::plain("The run is only just beginning: creating this thread is one of its first events, at ");
            said.and(here.moment_of(event)).and(".")
        }
        Some((event, Event::ThreadCreated { by, .. })) => {
            said.and(here.actor(by)).and(" creates it at ").and(here.moment_of(event)).and(".")
        }
        Some(_) | None => said.and("Nobody creates it in what is recorded."),
    };
    let headline = Sentence::plain("Not created yet");
    About {
        state: ThreadState::NotCreated.text(),
        look: Look::Idle,
        headline,
        question: "Why is it not there?",
        answer,
    }
}

// --- Runnable ---

fn ahead_of(here: &Here<'_>, id: ThreadId) -> Option<(Vec<ThreadId>, usize)> {
    let queue = here.state.thread(id)?.queue?;
    let entries = here.state.queues.get(queue.index())?;
    let ahead = entries.iter().position(|e| *e == id.0)?;
    Some((entries.iter().take(ahead).map(|e| ThreadId(*e)).collect(), entries.len()))
}

fn runnable(here: &Here<'_>, id: ThreadId, thread: &Thread) -> Sentence {
    if here.state.ended.is_some() {
        return Sentence::plain("The run ended before it got a core.");
    }
    let said = if thread.dispatches > 0 && was_preempted(here, id) {
        Sentence::plain("It was taken off its core before it was done. ")
    } else {
        Sentence::default()
    };
    said.then(cores_told(here, id))
}

/// Whether the thread left its core although it could have gone on.
pub(super) fn was_preempted(here: &Here<'_>, id: ThreadId) -> bool {
    use crate::trace::event::SwitchReason;
    let left = here.last_event(|e| match e {
        Event::SwitchedOut { thread, .. } | Event::ThreadUnblocked { thread, .. } => thread == id,
        _ => false,
    });
    let event = left.and_then(|n| here.trace.event(n));
    matches!(event, Some(Event::SwitchedOut { reason: SwitchReason::Preempted, .. }))
}

/// Who has the cores that a Runnable thread wants, and who is ahead of it.
pub(super) fn cores_told(here: &Here<'_>, id: ThreadId) -> Sentence {
    const TOLD: usize = 3;
    let behind = match ahead_of(here, id) {
        Some((ahead, _)) if !ahead.is_empty() => {
            let names = ahead.iter().map(|t| here.thread(*t)).collect();
            let queue = here.counter(CounterKind::RunQueue, "run queue");
            Sentence::plain(" It stands behind ").then(here.several(names)).and(" in the ").and(queue).and(".")
        }
        Some(_) | None => Sentence::default(),
    };
    let cores = &here.state.cores;
    if let Some(free) = cores.iter().position(|c| c.thread.is_none()) {
        let core = here.core(CoreId::from_index(free));
        return Sentence::from(core).and(" is free: the next from the run queue is put on it now.").then(behind);
    }
    let taken = |(i, core): (usize, &crate::trace::snapshot::Core)| {
        let thread = core.thread?;
        let said = Sentence::from(here.core(CoreId::from_index(i))).and(" runs ").and(here.thread(thread));
        let said = said.and(nice_against(here, id, thread).unwrap_or_default());
        Some(said.and(" since ").and(here.moment(core.since, None)))
    };
    let mut told: Vec<Sentence> = cores.iter().enumerate().take(TOLD).filter_map(taken).collect();
    if cores.len() > TOLD {
        told.push(Sentence::plain(counted(
            (cores.len() - TOLD) as u64,
            "other core is taken",
            "other cores are taken",
        )));
    }
    let doing = match cores.as_slice() {
        [one] => one.thread.map_or_else(Sentence::default, |t| Sentence::plain(", which ").then(here.thread_does(t))),
        _ => Sentence::default(),
    };
    Sentence::list(told).then(doing).and(".").then(behind)
}

// --- Running, Blocked, Exited ---

fn running(here: &Here<'_>, core: CoreId, thread: &Thread) -> Sentence {
    let said = Sentence::plain("It runs on ").and(here.core(core));
    let said = match thread.activity {
        Some(activity) => said
            .and(format!(". It {} for ", here.activity(Some(activity))))
            .and(Piece::Length(activity.length))
            .and("."),
        None => said.and(": its code goes on until it waits for something, or its turn is over."),
    };
    match thread.lender {
        Some(lender) => {
            let lent = Sentence::plain(" It goes by the priority of ").and(here.thread(lender));
            said.then(lent.and(", who waits for what it holds."))
        }
        None => said,
    }
}

fn blocked(here: &Here<'_>, id: ThreadId, wait: Wait) -> Sentence {
    let told = here.wait_told(wait, Actor::Thread(id));
    match wait {
        Wait::Call(_) => told.and(" Its core is free for others meanwhile."),
        Wait::Io(_) | Wait::Timer(_) | Wait::Lock(_) | Wait::Send(_) | Wait::Receive(_) => told,
        Wait::Notify(_) | Wait::Join(_) | Wait::Park(_) => told,
    }
}

fn exited(here: &Here<'_>, id: ThreadId, thread: &Thread, panicked: bool) -> Sentence {
    let end = here.track(TrackKind::Thread(id)).and_then(|t| t.end).map(|(_, _, event)| event);
    let end = end.filter(|event| *event < here.state.events);
    if panicked {
        return task::panic_told(here, end.unwrap_or(here.state.events), Actor::Thread(id));
    }
    let said = Sentence::plain("Its code came to its end at ");
    let said = match end {
        Some(event) => said.and(here.moment_of(event)),
        None => said.and(here.moment(thread.since, None)),
    };
    said.and(format!(", after {} on a core.", counted(u64::from(thread.dispatches), "turn", "turns")))
}

// --- Facts ---

fn facts(here: &Here<'_>, id: ThreadId, thread: &Thread) -> Vec<Fact> {
    let mut facts = Vec::new();
    match thread.state {
        ThreadState::NotCreated => {}
        ThreadState::Runnable => {
            facts.extend(unblocked_by(here, id).map(|says| fact("Unblocked by", says)));
            if let Some((ahead, all)) = ahead_of(here, id) {
                let place = thousands(ahead.len() as u64 + 1);
                let said = Sentence::plain(format!("place {place} of {}, behind ", thousands(all as u64)));
                let said = match ahead.as_slice() {
                    [] => said.and("nobody"),
                    some => said.then(here.several(some.iter().map(|t| here.thread(*t)).collect())),
                };
                facts.push(fact("Run queue", said));
            }
        }
        ThreadState::Running(_) => facts.extend(unblocked_by(here, id).map(|says| fact("Unblocked by", says))),
        ThreadState::Blocked(wait) => {
            let says = here.who_could_end(wait);
            if !says.is_empty() {
                facts.push(fact("Can unblock it", says));
            }
            let since = here.latest_spans(TrackKind::Thread(id)).next().map(|span| span.event);
            facts.extend(since.map(|n| fact("Blocked at", Sentence::from(here.moment_of(n)))));
        }
        ThreadState::Exited { .. } => {}
    }
    facts.extend(here.step_facts(Actor::Thread(id)));
    facts.extend(super::resource::held_fact(here, Actor::Thread(id)));
    facts.extend(priority_fact(here, id, thread));
    facts.extend(nice_fact(here, id));
    let turns = Sentence::plain(thousands(u64::from(thread.dispatches)));
    let turns = if thread.dispatches == 0 {
        turns
    } else {
        turns.and(", in all ").and(here.spent(TrackKind::Thread(id), &[Class::Running]))
    };
    facts.push(fact("Turns on a core", turns));
    if let Some(core) = thread.last_core.filter(|_| !matches!(thread.state, ThreadState::Running(_))) {
        facts.push(fact("Last core", Sentence::from(here.core(core))));
    }
    facts.extend(created_fact(here, id));
    if thread.stack_reserved > 0 {
        let (reserved, resident) = (bytes(thread.stack_reserved), bytes(thread.stack_resident));
        facts.push(fact("Stack", Sentence::plain(format!("{reserved} reserved, {resident} in memory"))));
    }
    facts
}

/// The priority it goes by, if threads have any.
fn priority_fact(here: &Here<'_>, id: ThreadId, thread: &Thread) -> Option<Fact> {
    let own = here.trace.tables().threads.get(id.index())?.priority;
    let says = match thread.lender {
        Some(lender) => {
            let lent = Sentence::plain(format!("{}, lent by ", thread.priority)).and(here.thread(lender));
            lent.and(format!(", who waits for what it holds; its own is {own}"))
        }
        None if own == 0 => return None,
        None => Sentence::plain(own.to_string()),
    };
    Some(fact("Priority", says))
}

/// How nice it is, if anybody is.
fn nice_fact(here: &Here<'_>, id: ThreadId) -> Option<Fact> {
    let threads = &here.trace.tables().threads;
    let own = threads.get(id.index())?.nice;
    let says = match own {
        _ if threads.iter().all(|thread| thread.nice == 0) => return None,
        0 => "0, as usual",
        ..0 => "it gets more than its share",
        _ => "it leaves more to others",
    };
    Some(fact("Nice", Sentence::plain(if own == 0 { says.to_owned() } else { format!("{own}: {says}") })))
}

/// "nice 10 against 0": what a thread that waits and one that has its core differ in.
fn nice_against(here: &Here<'_>, waits: ThreadId, runs: ThreadId) -> Option<String> {
    let threads = &here.trace.tables().threads;
    let (own, other) = (threads.get(waits.index())?, threads.get(runs.index())?);
    (own.nice != other.nice).then(|| format!(" (nice {} against {})", other.nice, own.nice))
}

/// Who made it Runnable the last time, and when.
fn unblocked_by(here: &Here<'_>, id: ThreadId) -> Option<Sentence> {
    let is_unblock = |e| matches!(e, Event::ThreadUnblocked { thread, .. } if thread == id);
    // It may have happened long ago: the row knows where.
    let in_row = || here.latest_spans(TrackKind::Thread(id)).next().map(|span| span.event + 1);
    let event = here.last_event(is_unblock).or_else(|| here.last_event_before(in_row()?, is_unblock))?;
    let Some(Event::ThreadUnblocked { by, .. }) = here.trace.event(event) else { return None };
    Some(Sentence::from(here.actor(by)).and(" at ").and(here.moment_of(event)))
}

fn created_fact(here: &Here<'_>, id: ThreadId) -> Option<Fact> {
    let (_, event) = here.track(TrackKind::Thread(id))?.created?;
    let Some(Event::ThreadCreated { by, .. }) = here.trace.event(event) else { return None };
    let created = Sentence::plain("by ").and(here.actor(by)).and(" at ").and(here.moment_of(event));
    (by != Actor::Run).then(|| fact("Created", created))
}

/// An amount of memory for people: "37.0 KiB".
pub(super) fn bytes(amount: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let mut amount_in = amount as f64 / 1024.0;
    if amount < 1024 {
        return format!("{amount} bytes");
    }
    let mut unit = 0;
    while amount_in >= 1024.0 && unit + 1 < UNITS.len() {
        amount_in /= 1024.0;
        unit += 1;
    }
    format!("{amount_in:.1} {}", UNITS[unit]).replace(".0 ", " ")
}
