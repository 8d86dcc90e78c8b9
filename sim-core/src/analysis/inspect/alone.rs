//! A poll that goes on without a worker, because the worker that began it has gone on on another thread.

use super::Look;
use super::here::{About, Here};
use super::sentence::{Piece, Sentence};
use super::thread::{cores_told, was_preempted};
use crate::analysis::track::{SpanState, TrackKind};
use crate::trace::Family;
use crate::trace::ids::*;
use crate::trace::snapshot::{Busy, Task, ThreadState, Wait};

/// How a task stands whose poll goes on on this thread, without a worker.
pub(super) fn about(here: &Here<'_>, id: TaskId, task: &Task, thread: ThreadId) -> About {
    let is_running = here.state.thread(thread).is_none_or(|t| matches!(t.state, ThreadState::Running(_)));
    let headline = here.lasting("In its poll", task.since);
    let (state, look, question) = if is_running {
        ("Polling, without a worker", Look::Runs, "What is it doing?")
    } else {
        ("Polling, off core", Look::RunsOffCore, "Why not on a core?")
    };
    About { state, look, headline, question, answer: here.unless_stuck(told(here, id, task, thread)) }
}

/// "It is inside block_in_place on thread 0 until 30 ms; worker 0 goes on on blocking 0."
fn told(here: &Here<'_>, id: TaskId, task: &Task, thread: ThreadId) -> Sentence {
    let call = call(here);
    let on = here.thread_itself(thread);
    let state = here.state.thread(thread).map(|t| t.state);
    let said = match (state, task.activity.map(|a| (a.kind, a.length))) {
        (Some(ThreadState::Blocked(Wait::Call(timer))), _) => {
            let until = here.moment(here.deadline(timer), None);
            Sentence::plain(format!("It is inside {call} on ")).and(on).and(" until ").and(until)
        }
        (Some(ThreadState::Blocked(wait)), _) => {
            let said = Sentence::plain(format!("It is inside {call} on ")).and(on).and(", which waits for ");
            said.then(here.wait_noun(wait))
        }
        (_, Some((Busy::Blocking, _))) => {
            let call = if is_system_call(here) { "its system call" } else { "the blocking call in block_in_place" };
            Sentence::plain(format!("It is back from {call} on ")).and(on)
        }
        (_, Some((Busy::Working, length))) => {
            let said = Sentence::plain(format!("It called {call}, and computes for ")).and(Piece::Length(length));
            said.and(" on ").and(on)
        }
        (_, None) => Sentence::plain(format!("It called {call}, and its poll goes on on ")).and(on),
    };
    let said = said.then(goes_on(here, id)).and(".");
    match state {
        Some(ThreadState::Runnable) => {
            let why = if was_preempted(here, thread) { " That thread was preempted. " } else { " " };
            said.and(why).then(cores_told(here, thread))
        }
        _ if is_system_call(here) => {
            said.and(" When it is back it needs that worker, or one that is parked, to go on.")
        }
        _ => said.and(" Whoever it wakes or spawns meanwhile goes to the shared queue."),
    }
}

/// "; worker 0 goes on on blocking 0".
fn goes_on(here: &Here<'_>, id: TaskId) -> Sentence {
    let Some(worker) = began_by(here, id) else { return Sentence::default() };
    let said = Sentence::plain("; ").and(here.worker(worker)).and(" goes on on ");
    match here.worker_thread(worker) {
        Some((thread, _)) => said.and(here.thread_itself(thread)),
        None => said.and("another thread"),
    }
}

/// The worker that began the poll.
fn began_by(here: &Here<'_>, id: TaskId) -> Option<WorkerId> {
    here.latest_spans(TrackKind::Task(id)).find_map(|span| match span.state {
        SpanState::Polling(worker) | SpanState::PollingOffCore(worker) => Some(worker),
        _ => None,
    })
}

/// What a worker left behind: "hog, in its poll on thread 0".
pub(super) fn left_behind(here: &Here<'_>, id: WorkerId) -> Option<Sentence> {
    let alone = here.state.threads.iter().filter_map(|thread| thread.without_worker);
    let own: Vec<Piece> = alone.filter(|task| began_by(here, *task) == Some(id)).map(|task| here.task(task)).collect();
    if own.is_empty() {
        return None;
    }
    let polls = if own.len() == 1 { "its poll goes on" } else { "their polls go on" };
    Some(here.several(own).and(format!(": {polls} without a worker")))
}

/// What is to be added of a thread that a worker has left, or came to.
pub(super) fn of_thread(here: &Here<'_>, id: ThreadId) -> Sentence {
    if let Some(task) = here.state.thread(id).and_then(|t| t.without_worker) {
        let running = here.state.thread(id).is_some_and(|t| matches!(t.state, ThreadState::Running(_)));
        // On its core the call may be over: what is sure is that no worker polls it.
        let inside = if running { ", without a worker".to_owned() } else { format!(", in {}", call(here)) };
        let said = Sentence::plain(" It is inside ").and(here.task(task)).and(format!("'s poll{inside}"));
        return said.then(goes_on(here, task)).and(".");
    }
    match here.worker_on(id) {
        Some(worker) => Sentence::plain(" It runs ").and(here.worker(worker)).and(", which came from another thread."),
        None => Sentence::default(),
    }
}

/// What a task does when its worker leaves it.
fn call(here: &Here<'_>) -> &'static str {
    if is_system_call(here) { "a system call" } else { "block_in_place" }
}

fn is_system_call(here: &Here<'_>) -> bool {
    match here.tables().run.family() {
        Family::Coroutines => true,
        Family::Async | Family::Threads | Family::Pool | Family::Sequential => false,
        Family::Callbacks | Family::Actors => false,
    }
}
