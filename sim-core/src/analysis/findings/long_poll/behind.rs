//! Who had to wait behind a long poll, and for how long: whoever stood Ready in a queue of that worker, and whoever
//! waited for something that was there and that nobody saw.

use std::cmp::Reverse;

use crate::analysis::findings::Seen;
use crate::instant::{SimDuration, SimTime};
use crate::trace::ids::*;
use crate::trace::snapshot::{TaskState, Wait, WorkerState};
use crate::trace::tables::{QueueKind, TaskKind};

/// A task that waited during the poll.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Behind {
    pub task: TaskId,
    /// For how long, of the poll.
    pub length: SimDuration,
    /// The event that says so, if what it waited for was there and unseen. None: it was Ready.
    pub unseen: Option<usize>,
}

/// Each task that this worker could have gone on with meanwhile, in order of id.
pub(super) fn behind(seen: &Seen<'_>, polled: TaskId, worker: WorkerId, start: SimTime) -> Vec<Behind> {
    let mut waits: Vec<Behind> = ready(seen, worker, start).chain(unseen(seen, worker, start)).collect();
    waits.retain(|w| w.task != polled && !w.length.is_zero());
    waits.sort_unstable_by_key(|w| (w.task, Reverse(w.length)));
    waits.dedup_by_key(|w| w.task);
    waits
}

fn ready(seen: &Seen<'_>, worker: WorkerId, start: SimTime) -> impl Iterator<Item = Behind> {
    let served = move |kind: QueueKind| match kind {
        QueueKind::Ready { owner } => owner.is_none_or(|owner| owner == worker),
        QueueKind::Run => false,
    };
    let queues = seen.state.queues.iter().zip(&seen.tables.queues);
    let queued =
        queues.filter(move |(_, info)| served(info.kind)).flat_map(|(queue, _)| queue.iter().map(|id| TaskId(*id)));
    // A main future stands in no queue. It comes first of all tasks, if there is one.
    let is_main = |id: &TaskId| seen.tables.tasks.get(id.index()).is_some_and(|t| t.kind == TaskKind::Main);
    let main = Some(TaskId(0)).filter(|id| is_main(id) && seen.state.task(*id).is_some_and(|t| t.direct));
    main.into_iter().chain(queued).filter_map(move |id| {
        let task = seen.state.task(id).filter(|t| t.state == TaskState::Ready)?;
        Some(Behind { task: id, length: seen.time.since(task.since.max(start)), unseen: None })
    })
}

/// Those whose answer, or whose timer's time, came when every worker was in a poll or parked, and who have not been told
/// since: had this poll returned, its worker could have looked. Where another could have, this poll is not to blame; nor
/// for what lies in another worker's driver.
fn unseen(seen: &Seen<'_>, worker: WorkerId, start: SimTime) -> impl Iterator<Item = Behind> {
    let answers = seen.state.requests.iter().map(|(id, request)| (request.owner, Wait::Io(*id)));
    let due = seen.state.timers.range(..(seen.time, TimerId(0)));
    let timers = due.map(|((_, id), armed)| (armed.owner, Wait::Timer(*id)));
    answers.chain(timers).filter_map(move |(owner, wait)| {
        let Actor::Task(task) = owner else { return None };
        let came = seen.state.unseen(seen.tables, wait, seen.time)?;
        let pending = seen.state.task(task).is_some_and(|t| t.state == TaskState::Pending);
        let since = came.since.max(start);
        let alone = pending && came.of.map_or_else(|| !another_could_look(seen, worker, since), |of| of == worker);
        alone.then(|| Behind { task, length: seen.time.since(since), unseen: Some(came.event) })
    })
}

/// Whether a worker besides this one was between two polls since then, or is.
fn another_could_look(seen: &Seen<'_>, worker: WorkerId, since: SimTime) -> bool {
    seen.state.workers.iter().enumerate().filter(|(other, _)| *other != worker.index()).any(|(_, other)| {
        other.since > since
            || match other.state {
                WorkerState::Polling(_) | WorkerState::Parked => false,
                WorkerState::Idle | WorkerState::Searching => true,
            }
    })
}
