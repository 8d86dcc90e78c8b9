//! RetryStorm: most answers come when nobody waits for them any more, and those who asked have asked again.

use std::collections::BTreeMap;

use super::*;
use crate::trace::family::Family;
use crate::trace::ids::*;

/// So many late answers are shown as proof.
const SHOWN: usize = 8;
/// Fewer late answers are no storm.
const FEW: usize = 3;

/// Answers come as letters, so that one that nobody takes is seen to lie in a mailbox: among actors alone.
#[derive(Default)]
pub(super) struct RetryStorm {
    /// By mailbox: who sent into it, and when.
    letters: BTreeMap<ResourceId, Vec<Letter>>,
}

struct Letter {
    n: usize,
    time: SimTime,
    by: Actor,
}

impl Watch for RetryStorm {
    fn note(&mut self, seen: &Seen<'_>) {
        let Event::Sent { resource, by } = seen.event else { return };
        if seen.tables.run.family() == Family::Actors {
            self.letters.entry(resource).or_default().push(Letter { n: seen.n, time: seen.time, by });
        }
    }

    fn finish(self: Box<Self>, last: &Snapshot, tables: &Tables, _: &Thresholds) -> Vec<Finding> {
        // By who answers: how many answers there were, and those that are left.
        let mut answers: BTreeMap<Actor, (usize, Vec<&Letter>)> = BTreeMap::new();
        for (mailbox, letters) in &self.letters {
            let left = last.resources.get(mailbox.index()).map_or(0, |r| r.length as usize);
            for (i, letter) in letters.iter().enumerate() {
                let (all, late) = answers.entry(letter.by).or_default();
                *all += 1;
                if i + left >= letters.len() {
                    late.push(letter);
                }
            }
        }
        let storms = answers.into_iter().filter(|(_, (all, late))| late.len() >= FEW && late.len() * 2 > *all);
        storms.filter_map(|(by, (all, late))| finding(by, all, &late, tables)).collect()
    }
}

fn finding(by: Actor, all: usize, late: &[&Letter], tables: &Tables) -> Option<Finding> {
    let Actor::Task(task) = by else { return None };
    let name = tables.task_name(task);
    Some(Finding {
        kind: FindingKind::RetryStorm,
        severity: Severity::Warning,
        title: format!("{} of {all} answers of {name} came too late", late.len()),
        explanation: format!(
            "{name} has answered {all} questions, and {} of its answers lie in mailboxes where nobody waits for them any \
             more. Whoever gave up and asked again made the line longer, and the next answer later still. Wait longer than \
             the line takes, let fewer ask at a time, pause before each retry, or take late answers, too.",
            late.len()
        ),
        subjects: vec![TrackKind::Task(task)],
        span: (late.first()?.time, late.last()?.time),
        proof: late.iter().take(SHOWN).map(|letter| letter.n).collect(),
    })
}
