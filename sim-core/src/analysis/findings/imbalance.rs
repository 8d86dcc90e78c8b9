//! Imbalance: tasks stood in a worker's own queue for long, while other workers were parked and a core was free.
//!
//! Whoever is parked could have taken them at once: it must be that nobody takes from that queue but its owner, as where
//! nobody steals, or from tokio's LIFO slot. Without a free core another worker would have been of no use.

use super::*;
use crate::trace::ids::*;
use crate::trace::snapshot::{Worker, WorkerState};
use crate::trace::tables::QueueKind;
use crate::trace::text::rounded;

/// So many of the tasks that waited are named as subjects.
const SHOWN: usize = 8;

#[derive(Default)]
pub(super) struct Imbalance {
    /// By worker.
    cases: Vec<Case>,
    /// Whether a worker ever took from another's queue.
    steals: bool,
}

/// What one worker's queues came to.
#[derive(Default)]
struct Case {
    open: Option<Stretch>,
    worst: Option<Stretch>,
    total: SimDuration,
    /// Whether the event that is looked at leaves it as it is.
    holds: bool,
}

/// A time in which tasks stood in a worker's own queue, and another worker had nothing to do.
struct Stretch {
    from: (usize, SimTime),
    until: (usize, SimTime),
    queue: QueueId,
    /// The first of those that stood there when it began.
    waited: Vec<TaskId>,
    /// The most that stood there at a time.
    most: usize,
}

impl Stretch {
    fn length(&self) -> SimDuration {
        self.until.1.since(self.from.1)
    }
}

impl Watch for Imbalance {
    fn note(&mut self, seen: &Seen<'_>) {
        match seen.event {
            Event::Moved { ends, .. } => self.steals |= ends.stolen,
            Event::Queued { .. } | Event::Dequeued { .. } | Event::PollStarted { .. } | Event::PollEnded { .. } => {}
            Event::WorkerParked { .. } | Event::WorkerUnparked { .. } => {}
            Event::Dispatched { .. } | Event::SwitchedOut { .. } | Event::RunEnded { .. } => {}
            // The rest changes neither a queue, nor who is parked, nor which cores are free.
            _ => return,
        }
        // A thread that runs nothing but the main future has no part in it.
        let workers = &seen.state.workers[..(seen.tables.run.workers as usize).min(seen.state.workers.len())];
        self.cases.resize_with(workers.len(), Case::default);
        self.cases.iter_mut().for_each(|case| case.holds = false);
        let parked = |worker: &Worker| worker.state == WorkerState::Parked;
        let is_over = matches!(seen.event, Event::RunEnded { .. });
        if !is_over && workers.iter().any(parked) && seen.state.cores.iter().any(|core| core.thread.is_none()) {
            for (id, owner) in own_queues(seen.tables) {
                if workers.get(owner.index()).is_some_and(|worker| !parked(worker)) {
                    self.cases[owner.index()].stands(seen, id);
                }
            }
        }
        self.cases.iter_mut().filter(|case| !case.holds).for_each(|case| case.close(seen));
    }

    fn finish(self: Box<Self>, _: &Snapshot, tables: &Tables, thresholds: &Thresholds) -> Vec<Finding> {
        let long = |stretch: &&Stretch| stretch.length() >= thresholds.long_poll;
        let cases = self.cases.iter().enumerate();
        let found =
            cases.filter_map(|(n, case)| Some((WorkerId::from_index(n), case, case.worst.as_ref().filter(long)?)));
        found.map(|(worker, case, worst)| self.finding(worker, case, worst, tables)).collect()
    }
}

impl Case {
    /// The tasks in this queue, if any, could be polled elsewhere.
    fn stands(&mut self, seen: &Seen<'_>, id: QueueId) {
        let Some(queue) = seen.state.queues.get(id.index()).filter(|queue| !queue.is_empty()) else { return };
        self.holds = true;
        let here = (seen.n, seen.time);
        let stretch = self.open.get_or_insert_with(|| {
            let waited = queue.iter().take(SHOWN).map(|task| TaskId(*task)).collect();
            Stretch { from: here, until: here, queue: id, waited, most: 0 }
        });
        stretch.most = stretch.most.max(queue.len());
    }

    fn close(&mut self, seen: &Seen<'_>) {
        let Some(stretch) = self.open.take() else { return };
        let stretch = Stretch { until: (seen.n, seen.time), ..stretch };
        self.total += stretch.length();
        if self.worst.as_ref().is_none_or(|worst| worst.length() < stretch.length()) {
            self.worst = Some(stretch);
        }
    }
}

impl Imbalance {
    fn finding(&self, worker: WorkerId, case: &Case, worst: &Stretch, tables: &Tables) -> Finding {
        let (name, queue) = (tables.worker_name(worker), tables.queue_name(worst.queue));
        let family = tables.run.family();
        let workers = family.workers();
        let tasks = match worst.waited.as_slice() {
            [one] if worst.most == 1 => tables.task_name(*one),
            _ => format!("{} {}", worst.most, family.nouns()),
        };
        let (worst_length, total) = (rounded(worst.length()), rounded(case.total));
        let in_all = if total == worst_length { String::new() } else { format!(", and for {total} in all") };
        let advice = if self.steals {
            format!(
                "The {workers} of this run steal from each other, but nobody takes from the {queue} except that one: \
                 have it come there earlier, with a yield, or hand what keeps it to another."
            )
        } else {
            format!(
                "Nobody takes from the {queue} except that one. Spread the {} by how much they compute and not by their \
                 number, have {name} come to them earlier, or choose a runtime whose {workers} steal from each other.",
                family.nouns()
            )
        };
        let subjects = worst.waited.iter().map(|task| TrackKind::Task(*task));
        Finding {
            kind: FindingKind::Imbalance,
            severity: Severity::Warning,
            title: format!("{tasks} waited for {name} while other {workers} had nothing to do"),
            explanation: format!(
                "The {queue} held what could have run, while {name} was busy with something else: for {worst_length} at \
                 a stretch{in_all}. All that time another {} was parked and a core was free. {advice}",
                family.worker()
            ),
            subjects: std::iter::once(TrackKind::Worker(worker)).chain(subjects).collect(),
            span: (worst.from.1, worst.until.1),
            proof: vec![worst.from.0, worst.until.0],
        }
    }
}

/// The queues that belong to one worker, with that worker.
fn own_queues(tables: &Tables) -> impl Iterator<Item = (QueueId, WorkerId)> + '_ {
    tables.queues.iter().enumerate().filter_map(|(n, info)| match info.kind {
        QueueKind::Ready { owner } => Some((QueueId::from_index(n), owner?)),
        QueueKind::Run => None,
    })
}
