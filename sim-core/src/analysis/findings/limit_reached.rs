//! LimitReached: the run did not end by itself, a limit cut it off.

use super::*;
use crate::trace::event::EndReason;
use crate::trace::ids::*;

#[derive(Default)]
pub(super) struct LimitReached {
    found: Option<Finding>,
}

impl Watch for LimitReached {
    fn note(&mut self, seen: &Seen<'_>) {
        let Event::RunEnded { reason } = seen.event else { return };
        let (title, limit, advice) = match reason {
            EndReason::StepLimit => (
                "The run was cut off at its limit of steps",
                "so many steps were made that something probably goes round in circles",
                "Look at who is polled again and again, or raise the limit of steps.",
            ),
            EndReason::TimeLimit => (
                "The run was cut off at its limit of virtual time",
                "so much virtual time had passed",
                "Look at who still waits, and for what, or raise the limit of time.",
            ),
            EndReason::Finished | EndReason::Stuck | EndReason::Interrupted => return,
        };
        let busiest = busiest(seen.state);
        let who = busiest.map_or_else(String::new, |(task, polls)| {
            format!(" {} was polled most often: {polls} times.", seen.tables.task_name(task))
        });
        self.found = Some(Finding {
            kind: FindingKind::LimitReached,
            severity: Severity::Warning,
            title: title.to_owned(),
            explanation: format!("The run was stopped because {limit}; it had not ended by itself.{who} {advice}"),
            subjects: busiest.map(|(task, _)| TrackKind::Task(task)).into_iter().collect(),
            span: (seen.time, seen.time),
            proof: vec![seen.n],
        });
    }

    fn finish(self: Box<Self>, _: &Snapshot, _: &Tables, _: &Thresholds) -> Vec<Finding> {
        self.found.into_iter().collect()
    }
}

fn busiest(state: &Snapshot) -> Option<(TaskId, u32)> {
    let tasks = state.tasks.iter().enumerate().filter(|(_, t)| t.polls > 0);
    tasks.max_by_key(|(i, t)| (t.polls, std::cmp::Reverse(*i))).map(|(i, t)| (TaskId::from_index(i), t.polls))
}
