//! A task: why it is not running.

use super::figures::counted;
use super::here::{About, Here};
use super::poll::{Asked, all_in_polls, in_poll_of, off_core};
use super::sentence::{Piece, Sentence};
use super::{Inspection, Look, Thing, alone, history, task_facts};
use crate::analysis::track::{CounterKind, SpanState, TrackKind};
use crate::trace::Event;
use crate::trace::Family;
use crate::trace::event::WakeEffect;
use crate::trace::ids::*;
use crate::trace::snapshot::{Snapshot, Task, TaskState, ThreadState, Wait, WorkerState};
use crate::trace::tables::{QueueKind, Tables, Takers, TaskKind};

/// So many rows of its past are told.
const HISTORY: usize = 8;

pub(super) fn inspect(here: &Here<'_>, id: TaskId) -> Option<Inspection> {
    let info = here.tables().tasks.get(id.index())?;
    let name = here.tables().task_name(id);
    let kind = match info.kind {
        TaskKind::Plain => "",
        TaskKind::Main => ", the main future",
        TaskKind::Blocking => ", on the blocking pool",
        TaskKind::Helper => ", a helper",
    };
    let thing = Thing::Track(TrackKind::Task(id));
    let About { state, look, headline, question, answer } = about(here, id);
    let facts = here.state.task(id).map_or_else(Vec::new, |task| task_facts::facts(here, id, task));
    let history = history::of_task(here, id, HISTORY);
    Some(Inspection { thing, name, id: format!("{id}{kind}"), state, look, headline, question, answer, facts, history })
}

/// What the task's state looks like.
pub(super) fn look(tables: &Tables, state: &Snapshot, id: TaskId) -> Look {
    let Some(task) = state.task(id) else { return Look::Idle };
    match task.state {
        TaskState::NotSpawned => Look::Idle,
        TaskState::Ready => Look::Wants,
        TaskState::Polling(_) | TaskState::WithoutWorker(_) => {
            let thread = state.polled_on(tables, id).and_then(|thread| state.thread(thread));
            let on_core = thread.is_none_or(|t| matches!(t.state, ThreadState::Running(_)));
            if on_core { Look::Runs } else { Look::RunsOffCore }
        }
        TaskState::Pending if is_lost(task) => Look::Wrong,
        TaskState::Pending => Look::Waits,
        TaskState::Completed => Look::Finished,
        TaskState::Cancelled => Look::Cancelled,
        TaskState::Panicked => Look::Wrong,
    }
}

fn about(here: &Here<'_>, id: TaskId) -> About {
    let Some(task) = here.state.task(id) else { return not_spawned(here, id) };
    let lasting = |word| here.lasting(word, task.since);
    let about = |look, headline, question, answer| About { state: task.state.text(), look, headline, question, answer };
    match task.state {
        TaskState::NotSpawned => not_spawned(here, id),
        TaskState::Ready => {
            let headline = here.waiting("Ready", task.since);
            about(Look::Wants, headline, "Why not running?", here.unless_stuck(ready(here, id)))
        }
        TaskState::Polling(worker) if here.is_on_core(worker) => {
            about(Look::Runs, lasting("Polling"), "What is it doing?", polled(here, worker, task))
        }
        TaskState::Polling(worker) => {
            let answer = off_core(here, worker, id, Asked::Task);
            let headline = here.waiting("In its poll", task.since);
            let about = about(Look::RunsOffCore, headline, "Why not on a core?", answer);
            About { state: "Polling, off core", ..about }
        }
        TaskState::WithoutWorker(thread) => alone::about(here, id, task, thread),
        TaskState::Pending => {
            let look = if is_lost(task) { Look::Wrong } else { Look::Waits };
            let headline = here.waiting("Pending", task.since);
            about(look, headline, "Why not running?", here.unless_stuck(pending(here, id, task)))
        }
        TaskState::Completed => {
            about(Look::Finished, ended(here, task, "Completed"), "What became of it?", completed(here, id, task))
        }
        TaskState::Cancelled => {
            about(Look::Cancelled, ended(here, task, "Cancelled"), "What became of it?", cancelled(here, id, task))
        }
        TaskState::Panicked => {
            about(Look::Wrong, ended(here, task, "Panicked"), "What became of it?", panicked(here, id))
        }
    }
}

fn not_spawned(here: &Here<'_>, id: TaskId) -> About {
    let created = here.track(TrackKind::Task(id)).and_then(|t| t.created);
    let answer = match created {
        Some((_, event)) => {
            let said = Sentence::plain("It does not exist yet. ");
            match here.trace.event(event) {
                Some(Event::TaskSpawned { by: Actor::Run, .. }) | None => {
                    let said = Sentence::plain(
                        "The run is only just beginning: creating this task is one of its first events, at ",
                    );
                    said.and(here.moment_of(event)).and(".")
                }
                Some(Event::TaskSpawned { by, .. }) => {
                    said.and(here.actor(by)).and(" spawns it at ").and(here.moment_of(event)).and(".")
                }
                Some(_) => said.and("It is spawned at ").and(here.moment_of(event)).and("."),
            }
        }
        None => Sentence::plain("Nobody spawns it in what is recorded."),
    };
    let headline = Sentence::plain("Not spawned yet");
    About { state: TaskState::NotSpawned.text(), look: Look::Idle, headline, question: "Why is it not there?", answer }
}

fn ended(here: &Here<'_>, task: &Task, word: &str) -> Sentence {
    Sentence::plain(format!("{word} at ")).and(here.moment(task.since, None))
}

// --- Ready ---

/// The queue that the task stands in, and how many are ahead of it.
pub(super) fn place(here: &Here<'_>, id: TaskId) -> Option<(QueueId, usize)> {
    let queues = here.state.queues.iter().enumerate();
    queues.filter(|(q, _)| is_ready_queue(here, QueueId::from_index(*q))).find_map(|(q, entries)| {
        let ahead = entries.iter().position(|entry| *entry == id.0)?;
        Some((QueueId::from_index(q), ahead))
    })
}

fn is_ready_queue(here: &Here<'_>, id: QueueId) -> bool {
    here.tables().queues.get(id.index()).is_some_and(|q| matches!(q.kind, QueueKind::Ready { .. }))
}

fn ready(here: &Here<'_>, id: TaskId) -> Sentence {
    if here.state.ended.is_some() && !here.is_stuck() {
        return Sentence::plain("The run ended before anyone polled it.");
    }
    let place = place(here, id);
    let ahead = place.map_or(0, |(_, ahead)| ahead);
    let behind = match place {
        Some((queue, ahead)) if ahead > 0 => {
            let named = ahead_of(here, queue, ahead);
            Sentence::plain("It stands behind ").then(named).and(" in ").then(queue_told(here, queue)).and(". ")
        }
        Some(_) | None => Sentence::default(),
    };
    behind.then(workers_told(here, place.map(|(queue, _)| queue), ahead))
}

/// The worker whose own this queue is; none of a shared one.
pub(super) fn owner(here: &Here<'_>, queue: QueueId) -> Option<WorkerId> {
    match here.tables().queues.get(queue.index())?.kind {
        QueueKind::Ready { owner } => owner,
        QueueKind::Run => None,
    }
}

/// A queue by its name; the one that all share leads to how long it was over time.
fn queue_told(here: &Here<'_>, queue: QueueId) -> Sentence {
    let name = here.tables().queue_name(queue);
    match here.tables().queues.get(queue.index()).map(|q| q.kind) {
        Some(QueueKind::Ready { owner: None }) => {
            Sentence::plain("the ").and(here.counter(CounterKind::ReadyQueue, &name))
        }
        Some(QueueKind::Ready { owner: Some(_) } | QueueKind::Run) | None => Sentence::plain(name),
    }
}

/// Who is ahead in the queue, the front first.
pub(super) fn ahead_of(here: &Here<'_>, queue: QueueId, ahead: usize) -> Sentence {
    let entries = here.state.queues[queue.index()].iter().take(ahead);
    here.several(entries.map(|entry| here.task(TaskId(*entry))).collect())
}

/// What the workers do instead of polling the task.
fn workers_told(here: &Here<'_>, queue: Option<QueueId>, ahead: usize) -> Sentence {
    let workers: Vec<WorkerId> = here.workers().collect();
    match workers.as_slice() {
        [] => Sentence::plain("There is no worker to poll it."),
        [one] => worker_told(here, *one, ahead),
        many => {
            let is_free = |w: &WorkerId| here.state.polled_by(*w).is_none();
            let own = queue.and_then(|queue| Some((queue, owner(here, queue)?)));
            match (many.iter().copied().find(is_free), own) {
                (Some(_), Some((_, owner))) if is_free(&owner) => worker_told(here, owner, ahead),
                (Some(_), Some((queue, owner))) => worker_told(here, owner, ahead).then(stolen_told(here, queue)),
                (Some(worker), None) => worker_told(here, worker, ahead),
                (None, _) => every_worker_polls(here, many),
            }
        }
    }
}

/// That a free worker is of no use to what stands in another's own queue, unless it may steal from there.
fn stolen_told(here: &Here<'_>, queue: QueueId) -> Sentence {
    let name = here.tables().queue_name(queue);
    Sentence::plain(match here.tables().takers(queue) {
        Takers::AnyWorker => format!(" Another worker would have to steal it from the {name}."),
        Takers::Owner => format!(" No other worker takes from the {name}."),
        Takers::Unknown => String::new(),
    })
}

fn every_worker_polls(here: &Here<'_>, workers: &[WorkerId]) -> Sentence {
    all_in_polls(here, workers).and(". Nothing can preempt a poll: it is polled when one of them returns.")
}

/// What one worker does instead of polling the task that it could poll next.
fn worker_told(here: &Here<'_>, worker: WorkerId, ahead: usize) -> Sentence {
    let said = Sentence::from(here.worker(worker));
    let Some(state) = here.state.workers.get(worker.index()) else { return said.and(" has not begun yet.") };
    let next = if ahead == 0 { "it" } else { "those ahead of it" };
    let thread = here.worker_thread(worker).map(|(_, state)| state);
    match state.state {
        WorkerState::Polling(_) => in_poll_of(here, worker).and(". Nothing can preempt a poll."),
        WorkerState::Parked => {
            let since = here.moment(state.since, None);
            said.and(" is parked since ").and(since).and(": whoever woke the task must unpark it first.")
        }
        WorkerState::Idle | WorkerState::Searching => match thread {
            Some(ThreadState::Runnable) => {
                said.and(format!(" has been told to go on, and waits for a core; then it polls {next}."))
            }
            Some(ThreadState::Blocked(_)) => said.and(format!(" is about to wake up, and then polls {next}.")),
            Some(ThreadState::NotCreated | ThreadState::Running(_) | ThreadState::Exited { .. }) | None => {
                said.and(format!(" is between two polls, and polls {next} now."))
            }
        },
    }
}

// --- Polling ---

fn polled(here: &Here<'_>, worker: WorkerId, task: &Task) -> Sentence {
    let said = Sentence::from(here.worker(worker)).and(" polls it");
    let said = match here.worker_thread(worker) {
        Some((_, ThreadState::Running(core))) => said.and(" on ").and(here.core(core)),
        Some(_) | None => said,
    };
    match task.activity {
        Some(activity) => {
            let length = Piece::Length(activity.length);
            said.and(format!(". It {} for ", here.activity(Some(activity))))
                .and(length)
                .and(", and nobody else gets the worker meanwhile.")
        }
        None => said.and(": its code runs until it returns Ready or Pending."),
    }
}

// --- Pending ---

pub(super) fn is_lost(task: &Task) -> bool {
    task.wakers == 0 && task.waits.is_empty() && !task.abort_requested
}

fn pending(here: &Here<'_>, id: TaskId, task: &Task) -> Sentence {
    let me = Actor::Task(id);
    if task.abort_requested {
        return aborted(here, id);
    }
    match task.waits.as_slice() {
        [] if task.wakers == 0 && !here.tables().run.family().has_wakers() => {
            Sentence::plain("Nothing will wake it: nobody knows that it waits.")
        }
        [] if task.wakers == 0 => Sentence::plain(
            "Nothing will wake it. It said Pending, and nobody keeps its waker: it is never polled again.",
        ),
        [] if let Some(wait) = waited_for(here, id) => Sentence::plain("What it waited for has come (")
            .then(here.wait_short(wait))
            .and("): its waker is called now."),
        [] if has_used_up_its_budget(here, id) => Sentence::plain(
            "Its poll had used up the budget, so the next await said Pending though it need not wait. It lets others go \
             first, and its worker wakes it after a look for timers and I/O.",
        ),
        [] if !here.tables().run.family().has_wakers() => {
            Sentence::plain("It waits for something the recording has no name for.")
        }
        [] => {
            let clones = counted(u64::from(task.wakers), "clone of its waker is", "clones of its waker are");
            Sentence::plain(format!(
                "It waits for something the recording has no name for. {clones} kept somewhere: whoever has one can wake it."
            ))
        }
        [one] => here.wait_told(one.wait, me),
        several => {
            let nouns = several.iter().map(|w| here.wait_noun(w.wait)).collect();
            let said = Sentence::plain(format!("It waits in {} branches at once: for ", several.len()));
            // A callback counts, or looks at a flag: only one of those that it waits for calls what comes after.
            let calls = here.tables().run.family() == Family::Callbacks;
            let end = if calls { ". One of them calls what comes after." } else { ". Each of them wakes it." };
            said.then(Sentence::list(nouns)).and(end)
        }
    }
}

/// Whether its last poll ended for the runtime's budget.
pub(super) fn has_used_up_its_budget(here: &Here<'_>, id: TaskId) -> bool {
    let of_its_poll =
        |e| matches!(e, Event::PollStarted { task, .. } | Event::BudgetExhausted { task, .. } if task == id);
    let last = here.last_event(of_its_poll).and_then(|event| here.trace.event(event));
    matches!(last, Some(Event::BudgetExhausted { .. }))
}

/// Someone asked that it be dropped, and nobody polls it.
fn aborted(here: &Here<'_>, id: TaskId) -> Sentence {
    let asked = here.last_event(|e| matches!(e, Event::AbortRequested { task, .. } if task == id));
    match asked.and_then(|event| Some((event, here.trace.event(event)?))) {
        Some((event, Event::AbortRequested { by, .. })) => {
            let said = Sentence::from(here.actor(by)).and(" aborted it at ").and(here.moment_of(event));
            said.and(": it is dropped at the await where it stands.")
        }
        Some(_) | None => Sentence::plain("It was aborted: it is dropped at the await where it stands."),
    }
}

/// What it waited for when it said Pending.
fn waited_for(here: &Here<'_>, id: TaskId) -> Option<Wait> {
    match here.latest_spans(TrackKind::Task(id)).next()?.state {
        SpanState::Pending(wait) => wait,
        SpanState::Ready | SpanState::Polling(_) | SpanState::PollingOffCore(_) | SpanState::Runnable => None,
        SpanState::Running(_) | SpanState::Blocked(_) | SpanState::Occupied(_) | SpanState::Polls(_) => None,
        SpanState::PollsOffCore(_) | SpanState::Serves(_) | SpanState::Level(_) => None,
        SpanState::WithoutWorker(_) | SpanState::WithoutWorkerOffCore(_) => None,
    }
}

// --- Ends ---

fn completed(here: &Here<'_>, id: TaskId, task: &Task) -> Sentence {
    let polls = counted(u64::from(task.polls), "poll", "polls");
    match end_event(here, id) {
        Some(event) => {
            let said = Sentence::plain("Its future returned Ready at ").and(here.moment_of(event));
            said.and(format!(", after {polls}."))
        }
        None => Sentence::plain(format!("Its future returned Ready, after {polls}.")),
    }
}

fn cancelled(here: &Here<'_>, id: TaskId, task: &Task) -> Sentence {
    let Some(event) = end_event(here, id) else { return Sentence::plain("It was dropped before it was ready.") };
    let by = match here.trace.event(event) {
        Some(Event::TaskCancelled { by, .. }) => Some(by),
        Some(_) | None => None,
    };
    let said = match by {
        Some(Actor::Run) => Sentence::plain("The run ended, and it was dropped"),
        Some(by) => Sentence::from(here.actor(by)).and(" dropped it"),
        None => Sentence::plain("It was dropped"),
    };
    let polls = match task.polls {
        0 => "before it was ever polled.".to_owned(),
        n => format!("at the await where it stood, after {}.", counted(u64::from(n), "poll", "polls")),
    };
    said.and(" at ").and(here.moment_of(event)).and(format!(", {polls}"))
}

fn panicked(here: &Here<'_>, id: TaskId) -> Sentence {
    let end = end_event(here, id).unwrap_or(here.state.events);
    panic_told(here, end, Actor::Task(id))
}

/// The message of a panic that ended `who` at event `end`.
pub(super) fn panic_told(here: &Here<'_>, end: usize, who: Actor) -> Sentence {
    let found = here.last_event_before(end + 1, |e| matches!(e, Event::Panicked { by, .. } if by == who));
    match found.and_then(|n| Some((n, here.trace.event(n)?))) {
        Some((n, Event::Panicked { text, .. })) => {
            let said = Sentence::plain("Its code panicked at ").and(here.moment_of(n)).and(": ");
            said.and(Piece::Code(here.tables().text(text).to_owned())).and(". The panic ended it and went no further.")
        }
        Some(_) | None => Sentence::plain("Its code panicked. The panic ended it and went no further."),
    }
}

/// The event that ended it, if it has ended.
fn end_event(here: &Here<'_>, id: TaskId) -> Option<usize> {
    let (_, _, event) = here.track(TrackKind::Task(id))?.end?;
    (event < here.state.events).then_some(event)
}

/// The event that made the task Ready, the last before number `before`: a wake that counted, its spawn, or the end of a turn.
pub(super) fn ready_event(here: &Here<'_>, id: TaskId, before: usize) -> Option<usize> {
    here.last_event_before(before, |e| match e {
        Event::Woken { task, effect, .. } if task == id => match effect {
            WakeEffect::Queued | WakeEffect::OwnPoll | WakeEffect::DuringPoll => true,
            WakeEffect::Redundant | WakeEffect::Stale => false,
        },
        Event::TaskSpawned { task, .. } => task == id,
        Event::PollEnded { task, result, .. } => task == id && result.is_set_back(),
        _ => false,
    })
}
