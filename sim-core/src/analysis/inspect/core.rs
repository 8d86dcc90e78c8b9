//! A core: which thread is on it, or why it is idle.

use super::figures::counted;
use super::here::Here;
use super::sentence::Sentence;
use super::{Inspection, Look, Thing, fact, history};
use crate::analysis::track::{Class, TrackKind};
use crate::instant::{SimDuration, SimTime};
use crate::trace::ids::*;
use crate::trace::snapshot::{Core, ThreadState};

/// So many rows of its past are told.
const HISTORY: usize = 8;

pub(super) fn inspect(here: &Here<'_>, id: CoreId) -> Option<Inspection> {
    let core = here.state.cores.get(id.index()).cloned().unwrap_or_default();
    let track = here.track(TrackKind::Core(id))?;
    let busy = here.spent(track.kind, &[Class::Running]);
    let share = share_text(busy, here.now().since(SimTime::ZERO));
    let (state, look, headline, question, answer) = match core.thread {
        Some(thread) => {
            let name = here.thread(thread);
            let headline = Sentence::plain("Runs ").and(name).then(here.lasting("", core.since));
            ("Busy", Look::Runs, headline, "What is it doing?", busy_with(here, thread, &core))
        }
        None => {
            let headline = here.waiting("Idle", core.since);
            ("Idle", Look::Idle, headline, "Why idle?", idle(here, &core))
        }
    };
    let said = Sentence::from(super::Piece::Length(busy)).and(format!(", {share} of the time"));
    let facts = vec![fact("Busy so far", said)];
    let thing = Thing::Track(TrackKind::Core(id));
    let history = history::of_core(here, id, HISTORY);
    let (name, id) = (id.to_string(), "a simulated CPU".to_owned());
    Some(Inspection { thing, name, id, state, look, headline, question, answer, facts, history })
}

fn share_text(part: SimDuration, whole: SimDuration) -> String {
    if whole.is_zero() {
        return "0.0%".to_owned();
    }
    format!("{:.1}%", part.as_nanos() as f64 * 100.0 / whole.as_nanos() as f64)
}

fn busy_with(here: &Here<'_>, thread: ThreadId, core: &Core) -> Sentence {
    let said = Sentence::plain("It runs ").and(here.thread(thread)).and(" since ").and(here.moment(core.since, None));
    let said = said.and(", which ").then(here.thread_does(thread)).and(".");
    match here.state.totals.runnable {
        0 => said.and(" Nobody else wants it."),
        n => said.and(format!(" {} for a core.", counted(u64::from(n), "thread waits", "threads wait"))),
    }
}

/// Nobody is Runnable; and if a worker is stuck inside a poll while others are Ready, that is worth saying.
fn idle(here: &Here<'_>, core: &Core) -> Sentence {
    if here.state.ended.is_some() && !here.is_stuck() {
        return Sentence::plain("The run is over.");
    }
    let since = here.moment(core.since, None);
    let runnable = u64::from(here.state.totals.runnable);
    if runnable > 0 {
        let waits = counted(runnable, "thread is Runnable and is", "threads are Runnable and one is");
        return Sentence::plain("It is free since ").and(since).and(format!(". {waits} put on it now."));
    }
    let said = Sentence::plain("Nobody wants it since ").and(since).and(": no thread is Runnable.");
    let ready = u64::from(here.state.totals.ready);
    let inside = here.workers().find_map(|worker| {
        let blocked = matches!(here.worker_thread(worker)?.1, ThreadState::Blocked(_));
        here.state.polled_by(worker).filter(|_| blocked).map(|task| (worker, task))
    });
    here.unless_stuck(match inside {
        Some((worker, task)) if ready > 0 => {
            let tasks = counted(ready, "task is Ready", "tasks are Ready");
            let said = said.and(format!(" {tasks}, but ")).and(here.worker(worker)).and(" is blocked inside ");
            said.and(here.task(task)).and("'s poll: the core is free, the worker is not.")
        }
        Some(_) | None => said,
    })
}
