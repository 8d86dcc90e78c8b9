//! NeverPolled: a future or task was created, and nobody ever polled it: nothing of it ran.
//!
//! Not sure, and so silent: where the run was cut off, and where the owner was cancelled before it came to it.

use std::collections::BTreeMap;

use super::*;
use crate::trace::event::EndReason;
use crate::trace::ids::*;
use crate::trace::snapshot::TaskState;

#[derive(Default)]
pub(super) struct NeverPolled {
    futures: BTreeMap<FutureId, Unpolled>,
    tasks: BTreeMap<TaskId, Unpolled>,
}

struct Unpolled {
    owner: Actor,
    created: (usize, SimTime),
    dropped: Option<(usize, SimTime)>,
}

impl Watch for NeverPolled {
    fn note(&mut self, seen: &Seen<'_>) {
        let here = (seen.n, seen.time);
        let unpolled = |owner| Unpolled { owner, created: here, dropped: None };
        match seen.event {
            Event::FutureCreated { future, by } => {
                self.futures.insert(future, unpolled(by));
            }
            Event::FuturePolled { future, .. } | Event::FutureCompleted { future, .. } => {
                self.futures.remove(&future);
            }
            Event::FutureDropped { future, .. } => {
                if let Some(unpolled) = self.futures.get_mut(&future) {
                    unpolled.dropped = Some(here);
                }
            }
            Event::TaskSpawned { task, by } => {
                self.tasks.insert(task, unpolled(by));
            }
            Event::PollStarted { task, .. } => {
                self.tasks.remove(&task);
            }
            Event::TaskCancelled { task, .. } => {
                if let Some(unpolled) = self.tasks.get_mut(&task) {
                    unpolled.dropped = Some(here);
                }
            }
            // The rest neither creates, polls nor drops.
            _ => {}
        }
    }

    fn finish(self: Box<Self>, last: &Snapshot, tables: &Tables, _: &Thresholds) -> Vec<Finding> {
        let over = match last.ended {
            Some(EndReason::Finished | EndReason::Stuck) => true,
            Some(EndReason::StepLimit | EndReason::TimeLimit | EndReason::Interrupted) | None => false,
        };
        let mut findings = Vec::new();
        for (id, unpolled) in &self.futures {
            if unpolled.dropped.is_some() || over {
                if was_cut(last, unpolled) {
                    continue;
                }
                findings.push(future_finding(&tables.future_name(*id), unpolled, last, tables));
            }
        }
        for (id, unpolled) in &self.tasks {
            let aborted = last.task(*id).is_some_and(|t| t.abort_requested);
            // In a run that is stuck it may still stand in its queue: then what blocks the worker is the story.
            if last.ended == Some(EndReason::Finished) && !aborted {
                findings.push(task_finding(*id, unpolled, last, tables));
            }
        }
        findings
    }
}

// Its owner was cancelled before it came to it: then that is the story.
fn was_cut(last: &Snapshot, unpolled: &Unpolled) -> bool {
    let Actor::Task(owner) = unpolled.owner else { return false };
    let Some(task) = last.task(owner) else { return false };
    let dropped_with_it = unpolled.dropped.is_none_or(|(_, time)| time == task.since);
    task.state == TaskState::Cancelled && dropped_with_it
}

fn future_finding(name: &str, unpolled: &Unpolled, last: &Snapshot, tables: &Tables) -> Finding {
    let owner = tables.actor_name(unpolled.owner);
    let subjects = match unpolled.owner {
        Actor::Task(task) => vec![TrackKind::Task(task)],
        Actor::Thread(thread) => vec![TrackKind::Thread(thread)],
        Actor::Run | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => Vec::new(),
    };
    let why = if tables.workers.is_empty() {
        format!(
            "{owner} created the future {name}, and there is no executor to poll it, so nothing of it ran: a future is a \
             recipe, and the language brings nobody who cooks. Choose a runtime, and hand it over with spawn or block_on."
        )
    } else {
        format!(
            "{owner} created the future {name}, but nobody ever awaited it, so nothing of it ran: a future is a recipe, \
             and only polling cooks it. Await it, or hand it to spawn or join."
        )
    };
    finding(format!("{name} was created and never polled"), why, subjects, unpolled, last)
}

fn task_finding(id: TaskId, unpolled: &Unpolled, last: &Snapshot, tables: &Tables) -> Finding {
    let name = tables.task_name(id);
    finding(
        format!("{name} was spawned and never polled"),
        format!(
            "{name} was spawned, but the run was over before a worker polled it, so nothing of it ran. Keep its handle \
             and await it before the end."
        ),
        vec![TrackKind::Task(id)],
        unpolled,
        last,
    )
}

fn finding(
    title: String,
    explanation: String,
    subjects: Vec<TrackKind>,
    unpolled: &Unpolled,
    last: &Snapshot,
) -> Finding {
    let until = unpolled.dropped.map_or(last.time, |(_, time)| time);
    let proof = [Some(unpolled.created.0), unpolled.dropped.map(|(event, _)| event)];
    Finding {
        kind: FindingKind::NeverPolled,
        severity: Severity::Warning,
        title,
        explanation,
        subjects,
        span: (unpolled.created.1, until),
        proof: proof.into_iter().flatten().collect(),
    }
}
