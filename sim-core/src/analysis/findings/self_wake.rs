//! SelfWake: a task that mostly wakes itself inside its own poll: it is busy asking instead of waiting.

use std::collections::BTreeMap;

use super::*;
use crate::trace::event::WakeEffect;
use crate::trace::family::Family;
use crate::trace::ids::*;

/// So many of a task's own wakes are shown as proof.
const SHOWN: usize = 8;

#[derive(Default)]
pub(super) struct SelfWake {
    tasks: BTreeMap<TaskId, Wakes>,
}

#[derive(Default)]
struct Wakes {
    all: u64,
    own: u64,
    first: SimTime,
    last: SimTime,
    proof: Vec<usize>,
}

impl Watch for SelfWake {
    fn note(&mut self, seen: &Seen<'_>) {
        let Event::Woken { task, effect, .. } = seen.event else { return };
        let wakes = self.tasks.entry(task).or_default();
        wakes.all += 1;
        if effect != WakeEffect::OwnPoll {
            return;
        }
        if wakes.own == 0 {
            wakes.first = seen.time;
        }
        wakes.own += 1;
        wakes.last = seen.time;
        if wakes.proof.len() < SHOWN {
            wakes.proof.push(seen.n);
        }
    }

    fn finish(self: Box<Self>, _: &Snapshot, tables: &Tables, thresholds: &Thresholds) -> Vec<Finding> {
        // A callback that asks for a microtask or an immediate, or calls another, is no poll that came too early.
        if tables.run.family() == Family::Callbacks {
            return Vec::new();
        }
        let too_many =
            |w: &Wakes| w.own >= thresholds.self_wakes && w.own as f64 > thresholds.self_wake_share * w.all as f64;
        let mut found: Vec<(TaskId, Wakes)> = self.tasks.into_iter().filter(|(_, w)| too_many(w)).collect();
        found.sort_by_key(|(id, w)| (std::cmp::Reverse(w.own), *id));
        found.into_iter().map(|(id, wakes)| finding(id, wakes, tables)).collect()
    }
}

fn finding(id: TaskId, wakes: Wakes, tables: &Tables) -> Finding {
    let name = tables.task_name(id);
    let explanation = if tables.run.family().has_wakers() {
        format!(
            "{name} wakes itself inside its own poll, so that it is polled again at once: it keeps a worker busy with \
             asking. Let whoever makes the change call the waker, or wait for a timer. A yield now and then is fine."
        )
    } else {
        format!(
            "{name} gives way and goes on at once, over and over: it keeps a worker busy with asking. Let it wait for \
             whoever makes the change, or for a timer. A yield now and then is fine."
        )
    };
    Finding {
        kind: FindingKind::SelfWake,
        severity: Severity::Warning,
        title: format!("{name} {}: {} of its {} wakes", tables.run.family().woke_itself(), wakes.own, wakes.all),
        explanation,
        subjects: vec![TrackKind::Task(id)],
        span: (wakes.first, wakes.last),
        proof: wakes.proof,
    }
}
