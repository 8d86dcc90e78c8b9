//! CpuOnRuntime: several tasks of an async runtime computed, and none of them ever awaited anything that was not there.
//!
//! A hint, no fault: such a program gains nothing from async, which is a way to wait. Little computing is none of this.

use super::*;
use crate::trace::Family;
use crate::trace::event::{EndReason, PollResult};
use crate::trace::ids::*;
use crate::trace::tables::TaskKind;
use crate::trace::text::rounded;

/// So many times the length of a long poll must have been computed in all.
const LEAST_WORK: u64 = 10;

/// So many of the tasks that compute are named as subjects.
const SHOWN: usize = 8;

#[derive(Default)]
pub(super) struct CpuOnRuntime {
    work: SimDuration,
    first: Option<(usize, SimTime)>,
    last: Option<(usize, SimTime)>,
    tasks: Vec<TaskId>,
    /// Whether anybody waited for anything.
    waited: bool,
    finished: bool,
}

impl Watch for CpuOnRuntime {
    fn note(&mut self, seen: &Seen<'_>) {
        match seen.event {
            Event::WorkBegan { by: Actor::Task(task), length } => {
                self.work += length;
                self.first.get_or_insert((seen.n, seen.time));
                if seen.tables.tasks.get(task.index()).is_some_and(|t| t.kind == TaskKind::Plain)
                    && !self.tasks.contains(&task)
                    && self.tasks.len() < SHOWN
                {
                    self.tasks.push(task);
                }
            }
            Event::WorkEnded { .. } => self.last = Some((seen.n, seen.time)),
            Event::PollEnded { result: PollResult::Pending, .. } | Event::BlockBegan { .. } => self.waited = true,
            Event::ThreadBlocked { thread, .. } => self.waited |= is_inside_a_poll(seen, thread),
            Event::RunEnded { reason } => self.finished = reason == EndReason::Finished,
            // The rest neither computes nor waits.
            _ => {}
        }
    }

    fn finish(self: Box<Self>, _: &Snapshot, tables: &Tables, thresholds: &Thresholds) -> Vec<Finding> {
        let (Some(first), Some(last)) = (self.first, self.last) else { return Vec::new() };
        let enough = self.work >= thresholds.long_poll * LEAST_WORK && self.tasks.len() > 1;
        if tables.run.family() != Family::Async || self.waited || !self.finished || !enough {
            return Vec::new();
        }
        let (workers, cores) = (tables.run.workers, tables.run.cores);
        let idle = match (workers, cores) {
            (1, 2..) => format!(" One worker uses one of the {cores} cores."),
            (workers, cores) if workers < cores => format!(" {workers} workers use {workers} of the {cores} cores."),
            _ => String::new(),
        };
        vec![Finding {
            kind: FindingKind::CpuOnRuntime,
            severity: Severity::Hint,
            title: format!("The tasks computed for {} and waited for nothing", rounded(self.work)),
            explanation: format!(
                "Async is a way to wait for many things at once, and here nothing is waited for: each task went through \
                 in one go.{idle} Threads, or a pool of as many threads as there are cores, do this as fast, and let \
                 others have their turn meanwhile."
            ),
            subjects: self.tasks.iter().map(|task| TrackKind::Task(*task)).collect(),
            span: (first.1, last.1),
            proof: vec![first.0, last.0],
        }]
    }
}

fn is_inside_a_poll(seen: &Seen<'_>, thread: ThreadId) -> bool {
    seen.state.polled_by_thread(thread).is_some()
}
