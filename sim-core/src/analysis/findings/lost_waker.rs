//! LostWaker: a task is Pending, stands in no queue, and no clone of its waker is left: nothing can ever wake it.
//!
//! Known at the very event that makes it so. Taken back if the task is woken after all (a waker may be used up just
//! before it wakes), or is dropped in the same moment.

use std::collections::BTreeMap;

use super::*;
use crate::trace::event::{EndReason, PollResult};
use crate::trace::ids::*;
use crate::trace::snapshot::TaskState;

#[derive(Default)]
pub(super) struct LostWaker {
    lost: BTreeMap<TaskId, Lost>,
    last_poll: BTreeMap<TaskId, usize>,
    over: bool,
}

#[derive(Clone, Copy)]
struct Lost {
    event: usize,
    time: SimTime,
}

impl Watch for LostWaker {
    fn note(&mut self, seen: &Seen<'_>) {
        let here = Lost { event: seen.n, time: seen.time };
        match seen.event {
            Event::PollEnded { task, result: PollResult::Pending, .. } | Event::WakerDropped { task, .. }
                if !self.over =>
            {
                let task_state = seen.state.task(task);
                if task_state.is_some_and(|t| t.state == TaskState::Pending && t.wakers == 0) {
                    self.lost.entry(task).or_insert(here);
                }
            }
            Event::PollStarted { task, .. } => {
                self.last_poll.insert(task, seen.n);
                self.lost.remove(&task);
            }
            Event::Woken { task, .. } | Event::WakerCloned { task, .. } => {
                self.lost.remove(&task);
            }
            Event::TaskCancelled { task, .. } if self.lost.get(&task).is_some_and(|lost| lost.time == seen.time) => {
                self.lost.remove(&task);
            }
            // What happens now and afterwards is the taking down of everything. A run that is stuck ends at the moment of
            // its last event, though.
            Event::RunEnded { reason } => {
                self.over = true;
                if reason != EndReason::Stuck {
                    self.lost.retain(|_, lost| lost.time < seen.time);
                }
            }
            // The rest neither loses nor finds a waker.
            _ => {}
        }
    }

    fn finish(self: Box<Self>, last: &Snapshot, tables: &Tables, _: &Thresholds) -> Vec<Finding> {
        let found = self.lost.iter().filter(|(id, _)| last.task(**id).is_some());
        found.map(|(id, lost)| finding(*id, *lost, self.last_poll.get(id).copied(), last, tables)).collect()
    }
}

fn finding(id: TaskId, lost: Lost, last_poll: Option<usize>, last: &Snapshot, tables: &Tables) -> Finding {
    let name = tables.task_name(id);
    // One that is cancelled later may have been written to wait for just that.
    let cancelled = last.task(id).filter(|t| t.state == TaskState::Cancelled);
    let severity = if cancelled.is_some() { Severity::Hint } else { Severity::Error };
    let mut proof: Vec<usize> = last_poll.into_iter().collect();
    proof.push(lost.event);
    Finding {
        kind: FindingKind::LostWaker,
        severity,
        title: format!("Nothing can wake {name}"),
        explanation: format!(
            "{name} said Pending, and nobody keeps its waker: it will never be polled again, whatever happens. A future \
             that returns Pending must first give a clone of its waker to whoever will call it, and must look at its \
             condition again after that, or a change in between goes unnoticed."
        ),
        subjects: vec![TrackKind::Task(id)],
        span: (lost.time, cancelled.map_or(last.time, |t| t.since)),
        proof,
    }
}
