//! PoolSaturated: every thread of a pool was blocked at the same time, while tasks stood in its queue.
//!
//! Threads that compute or want a core are busy, and a pool that is busy is none of this: then there are too few cores.

use std::collections::{BTreeSet, VecDeque};

use super::*;
use crate::trace::Family;
use crate::trace::event::EndReason;
use crate::trace::ids::*;
use crate::trace::tables::QueueKind;
use crate::trace::text::rounded;

/// So many of the tasks that waited are named as subjects.
const SHOWN: usize = 8;

#[derive(Default)]
pub(super) struct PoolSaturated {
    /// The pool's threads that are blocked inside a task.
    blocked: BTreeSet<ThreadId>,
    open: Option<Stretch>,
    worst: Option<Stretch>,
    total: SimDuration,
    count: usize,
    most_queued: usize,
    for_ever: bool,
}

/// A time in which nobody could come to the queue.
struct Stretch {
    from: (usize, SimTime),
    until: (usize, SimTime),
    queued: Vec<TaskId>,
}

impl Stretch {
    fn length(&self) -> SimDuration {
        self.until.1.since(self.from.1)
    }
}

impl Watch for PoolSaturated {
    fn note(&mut self, seen: &Seen<'_>) {
        if seen.tables.run.family() != Family::Pool {
            return;
        }
        match seen.event {
            Event::ThreadBlocked { thread, .. } if is_inside_a_task(seen, thread) => {
                self.blocked.insert(thread);
            }
            Event::ThreadUnblocked { thread, .. } => {
                self.blocked.remove(&thread);
            }
            Event::Queued { .. } | Event::Dequeued { .. } | Event::TaskCancelled { .. } => {}
            Event::RunEnded { reason } => {
                self.for_ever = reason == EndReason::Stuck && self.open.is_some();
                return self.close(seen);
            }
            // The rest neither blocks a thread nor changes the queue of a pool whose threads are all blocked.
            _ => return,
        }
        if self.blocked.len() < seen.tables.workers.len() {
            return self.close(seen);
        }
        let queued = queues(seen).map(VecDeque::len).sum();
        self.most_queued = self.most_queued.max(queued);
        match (queued, &mut self.open) {
            (0, _) => self.close(seen),
            (_, Some(_)) => {}
            (_, none) => {
                let here = (seen.n, seen.time);
                let first = queues(seen).flatten().take(SHOWN).map(|id| TaskId(*id));
                *none = Some(Stretch { from: here, until: here, queued: first.collect() });
            }
        }
    }

    fn finish(self: Box<Self>, _: &Snapshot, tables: &Tables, thresholds: &Thresholds) -> Vec<Finding> {
        let enough = self.total >= thresholds.long_poll || self.for_ever;
        self.worst.as_ref().filter(|_| enough).map(|worst| self.finding(worst, tables)).into_iter().collect()
    }
}

impl PoolSaturated {
    fn close(&mut self, seen: &Seen<'_>) {
        let Some(stretch) = self.open.take() else { return };
        let stretch = Stretch { until: (seen.n, seen.time), ..stretch };
        self.total += stretch.length();
        self.count += 1;
        if self.for_ever || self.worst.as_ref().is_none_or(|worst| worst.length() < stretch.length()) {
            self.worst = Some(stretch);
        }
    }

    fn finding(&self, worst: &Stretch, tables: &Tables) -> Finding {
        let threads = match tables.workers.len() {
            1 => "The one thread of the pool was blocked".to_owned(),
            n => format!("All {n} threads of the pool were blocked"),
        };
        let tasks = match self.most_queued {
            1 => "a task".to_owned(),
            n => format!("{n} tasks"),
        };
        let long = if self.for_ever {
            "What they wait for never comes, and so the queue is never served".to_owned()
        } else {
            let times = if self.count == 1 { String::new() } else { format!(", {} times", self.count) };
            format!("It lasted {} in all{times}, and meanwhile nobody could come to the queue", rounded(self.total))
        };
        let advice = if self.for_ever {
            "Give the pool a thread for each task that may wait for another, or have what is waited for done elsewhere."
        } else {
            "Give the pool more threads, wait less in its tasks, or use tasks that give their thread back while they wait."
        };
        Finding {
            kind: FindingKind::PoolSaturated,
            severity: if self.for_ever { Severity::Error } else { Severity::Warning },
            title: format!("{threads} while {tasks} waited in the queue"),
            explanation: format!(
                "A task of a pool keeps its thread to its end, also while it waits. {long}. A blocked thread frees its \
                 core, but not its place in the pool: as many tasks wait at once as there are threads, and no more. {advice}"
            ),
            subjects: worst.queued.iter().map(|task| TrackKind::Task(*task)).collect(),
            span: (worst.from.1, worst.until.1),
            proof: vec![worst.from.0, worst.until.0],
        }
    }
}

fn is_inside_a_task(seen: &Seen<'_>, thread: ThreadId) -> bool {
    seen.state.polled_by_thread(thread).is_some()
}

fn queues<'a>(seen: &'a Seen<'_>) -> impl Iterator<Item = &'a VecDeque<u32>> {
    let ready = |kind: QueueKind| match kind {
        QueueKind::Ready { .. } => true,
        QueueKind::Run => false,
    };
    let queues = seen.state.queues.iter().zip(&seen.tables.queues);
    queues.filter(move |(_, info)| ready(info.kind)).map(|(queue, _)| queue)
}
