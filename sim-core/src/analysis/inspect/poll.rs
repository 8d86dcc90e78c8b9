//! A poll that goes on: what happens inside it, and why it is off the core.

use super::figures::{counted, thousands};
use super::here::Here;
use super::sentence::Sentence;
use super::thread::{cores_told, was_preempted};
use crate::analysis::track::TrackKind;
use crate::trace::Event;
use crate::trace::ids::*;
use crate::trace::snapshot::{Busy, ThreadState, Wait};

/// In whose poll the worker is, and what goes on in it.
pub(super) fn in_poll_of(here: &Here<'_>, worker: WorkerId) -> Sentence {
    let said = Sentence::from(here.worker(worker));
    let Some((task, state)) = here.state.polled_by(worker).zip(here.state.workers.get(worker.index())) else {
        return said.and(" is between two polls");
    };
    let since = here.moment(state.since, poll_event(here, task));
    let said = said.and(" is inside ").and(here.task(task)).and("'s poll (since ").and(since).and("), which ");
    said.then(inside_poll(here, worker, task))
}

/// In whose polls the workers are: all of them are in one.
pub(super) fn all_in_polls(here: &Here<'_>, workers: &[WorkerId]) -> Sentence {
    const TOLD: usize = 3;
    let in_poll = |w: &WorkerId| {
        let task = here.state.polled_by(*w)?;
        let why = if here.is_on_core(*w) { Sentence::default() } else { Sentence::plain(", off its core") };
        Some(Sentence::from(here.worker(*w)).and(" in ").and(here.task(task)).and("'s").then(why))
    };
    let mut told: Vec<Sentence> = workers.iter().take(TOLD).filter_map(in_poll).collect();
    if workers.len() > TOLD {
        told.push(Sentence::plain(counted((workers.len() - TOLD) as u64, "other", "others")));
    }
    let all = match workers.len() {
        2 => "Both".to_owned(),
        n => format!("All {}", thousands(n as u64)),
    };
    Sentence::plain(format!("{all} workers are inside polls: ")).then(Sentence::list(told))
}

/// What goes on inside the poll of `task`, to follow "which".
pub(super) fn inside_poll(here: &Here<'_>, worker: WorkerId, task: TaskId) -> Sentence {
    let Some((thread, state)) = here.worker_thread(worker) else {
        return Sentence::plain(here.activity(here.state.task(task).and_then(|t| t.activity)));
    };
    match state {
        ThreadState::Blocked(Wait::Call(_)) => Sentence::plain("calls a blocking function"),
        ThreadState::Blocked(wait) => {
            let said = Sentence::plain("blocks the thread: it waits for ").then(here.wait_noun(wait));
            match here.holder(wait) {
                Some(holder) => said.and(", held by ").and(here.actor(holder)),
                None => said,
            }
        }
        ThreadState::Runnable if was_preempted(here, thread) => {
            Sentence::plain("was preempted: the worker's thread waits for a core")
        }
        ThreadState::Runnable => Sentence::plain("could go on: the worker's thread waits for a core"),
        ThreadState::NotCreated | ThreadState::Running(_) | ThreadState::Exited { .. } => {
            Sentence::plain(here.activity(here.state.task(task).and_then(|t| t.activity)))
        }
    }
}

/// The event that began the poll that goes on.
pub(super) fn poll_event(here: &Here<'_>, task: TaskId) -> Option<usize> {
    let is_start = |n: &usize| matches!(here.trace.event(*n), Some(Event::PollStarted { .. }));
    here.latest_spans(TrackKind::Task(task)).map(|span| span.event).find(is_start)
}

/// Of whom it is asked why a poll is off the core.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Task,
    Worker,
}

/// Why the poll of `task`, which `worker` is in, gets no core.
pub(super) fn off_core(here: &Here<'_>, worker: WorkerId, task: TaskId, asked: Asked) -> Sentence {
    let (it, its_thread) = match asked {
        Asked::Task => (Sentence::plain("It"), Sentence::plain("The thread of ").and(here.worker(worker))),
        Asked::Worker => (Sentence::from(here.task(task)), Sentence::plain("Its thread")),
    };
    let told = match here.worker_thread(worker) {
        Some((_, ThreadState::Blocked(Wait::Call(timer)))) => {
            let until = here.moment(here.deadline(timer), None);
            let said = it.and(" made a blocking call inside its poll, until ").and(until).and(". ");
            said.then(its_thread).and(" sleeps with it: the core is free, the worker is not.")
        }
        Some((_, ThreadState::Blocked(wait))) => {
            let said = it.and(" blocks the thread inside its poll. ").then(here.wait_told(wait, Actor::Task(task)));
            match asked {
                Asked::Task => said.and(" Until then ").and(here.worker(worker)).and(" can poll nobody else."),
                Asked::Worker => said.and(" Until then the worker can poll nobody else."),
            }
        }
        Some((thread, ThreadState::Runnable)) => {
            let said = if was_preempted(here, thread) {
                its_thread.and(" was preempted inside the poll. ")
            } else {
                its_thread.then(unblocked_in_poll(here, thread, task)).and(" and waits for a core. ")
            };
            said.then(cores_told(here, thread))
        }
        Some((_, ThreadState::NotCreated | ThreadState::Running(_) | ThreadState::Exited { .. })) | None => {
            its_thread.and(" is not on a core.")
        }
    };
    here.unless_stuck(told)
}

/// Since when the thread could go on with a poll in which it was blocked: " is back from its blocking call since 10.0 ms".
fn unblocked_in_poll(here: &Here<'_>, thread: ThreadId, task: TaskId) -> Sentence {
    let calls = here.state.task(task).and_then(|t| t.activity).is_some_and(|a| a.kind == Busy::Blocking);
    let said = if calls { " is back from its blocking call" } else { " can go on with the poll" };
    let unblocked = here.last_event(|e| matches!(e, Event::ThreadUnblocked { thread: t, .. } if t == thread));
    match unblocked {
        Some(event) => Sentence::plain(said).and(" since ").and(here.moment_of(event)),
        None => Sentence::plain(said),
    }
}
