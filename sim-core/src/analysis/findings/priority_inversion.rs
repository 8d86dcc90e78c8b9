//! PriorityInversion: a thread waits for a lock whose holder could run, and a thread of a priority between the two
//! keeps the holder off the core. So the highest waits for one that it should go before, and for as long as that likes.
//!
//! Only time counts in which the holder is Runnable and a thread of a middle priority is on a core: that a lock is held
//! is no inversion. Of several that wait for a lock, the highest is looked at.

use std::collections::BTreeMap;

use super::*;
use crate::trace::ids::*;
use crate::trace::snapshot::ThreadState;
use crate::trace::text::rounded;

#[derive(Default)]
pub(super) struct PriorityInversion {
    /// Whether the threads created so far differ in priority.
    ranked: bool,
    /// By the lock that is waited for.
    open: BTreeMap<ResourceId, Case>,
    closed: Vec<Case>,
}

/// One wait for a lock whose holder has a lower priority.
struct Case {
    resource: ResourceId,
    high: ThreadId,
    low: ThreadId,
    waits: usize,
    /// Since when a middle thread keeps the holder off its core.
    since: Option<SimTime>,
    lost: SimDuration,
    span: Option<(SimTime, SimTime)>,
    middle: Vec<ThreadId>,
    proof: Vec<usize>,
}

impl Watch for PriorityInversion {
    fn note(&mut self, seen: &Seen<'_>) {
        match seen.event {
            Event::ThreadCreated { thread, .. } => {
                let priority = |id: ThreadId| seen.state.thread(id).map(|t| t.priority);
                self.ranked |= priority(thread) != priority(ThreadId(0));
            }
            Event::AcquireWaiting { resource, .. } | Event::Acquired { resource, .. } if self.ranked => {
                self.look_at(seen, resource);
            }
            Event::Released { resource, .. } | Event::WaitCancelled { resource, .. } if self.ranked => {
                self.look_at(seen, resource);
            }
            Event::Dispatched { .. } | Event::SwitchedOut { .. } | Event::ThreadRunnable { .. } => self.follow(seen),
            Event::PriorityLent { .. } | Event::PriorityReturned { .. } => self.follow(seen),
            Event::RunEnded { .. } => {
                for case in self.open.values_mut() {
                    case.passes(seen.time, seen.n, None);
                }
            }
            // The rest changes neither who runs nor who waits for a lock.
            _ => {}
        }
    }

    fn finish(self: Box<Self>, _: &Snapshot, tables: &Tables, thresholds: &Thresholds) -> Vec<Finding> {
        let mut worst: BTreeMap<(ThreadId, ResourceId), Case> = BTreeMap::new();
        for case in self.closed.into_iter().chain(self.open.into_values()) {
            if case.lost < thresholds.inversion {
                continue;
            }
            let place = (case.high, case.resource);
            if worst.get(&place).is_none_or(|known| known.lost < case.lost) {
                worst.insert(place, case);
            }
        }
        let mut worst: Vec<Case> = worst.into_values().collect();
        worst.sort_by_key(|case| (std::cmp::Reverse(case.lost), case.high));
        worst.into_iter().filter_map(|case| finding(case, tables)).collect()
    }
}

impl PriorityInversion {
    /// Who waits for the lock, or who holds it, may be another now.
    fn look_at(&mut self, seen: &Seen<'_>, resource: ResourceId) {
        let now = pair(seen.state, resource);
        if let Some(case) = self.open.get_mut(&resource) {
            if now == Some((case.high, case.low)) {
                return;
            }
            case.passes(seen.time, seen.n, None);
            self.closed.extend(self.open.remove(&resource).filter(|case| !case.lost.is_zero()));
        }
        if let Some((high, low)) = now {
            let (since, lost, span) = (None, SimDuration::ZERO, None);
            let waits = waits_since(seen.state, resource, high).unwrap_or(seen.n);
            let (middle, proof) = (Vec::new(), vec![waits]);
            self.open.insert(resource, Case { resource, high, low, waits, since, lost, span, middle, proof });
            self.follow(seen);
        }
    }

    fn follow(&mut self, seen: &Seen<'_>) {
        for case in self.open.values_mut() {
            case.passes(seen.time, seen.n, case.kept_off_by(seen.state));
        }
    }
}

impl Case {
    /// The thread of a middle priority that is on a core, while the holder wants one.
    fn kept_off_by(&self, state: &Snapshot) -> Option<ThreadId> {
        let (high, low) = (state.thread(self.high)?, state.thread(self.low)?);
        if low.state != ThreadState::Runnable {
            return None;
        }
        let mut running = state.cores.iter().filter_map(|core| core.thread);
        running.find(|id| state.thread(*id).is_some_and(|t| low.priority < t.priority && t.priority < high.priority))
    }

    /// Time has passed until this event; from it on this thread is in the way, or none.
    fn passes(&mut self, time: SimTime, event: usize, middle: Option<ThreadId>) {
        if let Some(since) = self.since.take() {
            self.lost += time.since(since);
            self.span = Some((self.span.map_or(since, |(first, _)| first), time));
            if middle.is_none() && time > since {
                self.proof.push(event);
            }
        }
        let Some(middle) = middle else { return };
        self.since = Some(time);
        if !self.middle.contains(&middle) {
            self.middle.push(middle);
            self.proof.push(event);
        }
    }
}

/// The thread of the highest priority that waits for the resource, and the one that holds it, if that one's is lower.
fn pair(state: &Snapshot, resource: ResourceId) -> Option<(ThreadId, ThreadId)> {
    let resource = state.resources.get(resource.index())?;
    let priority = |id: ThreadId| state.thread(id).map_or(0, |t| t.priority);
    let [holder] = resource.holders.as_slice() else { return None };
    let low = thread_of(holder.actor)?;
    let waiters = resource.waiters.iter().filter_map(|w| thread_of(w.actor));
    let high = waiters.max_by_key(|id| (priority(*id), std::cmp::Reverse(*id)))?;
    (priority(high) > priority(low)).then_some((high, low))
}

fn waits_since(state: &Snapshot, resource: ResourceId, high: ThreadId) -> Option<usize> {
    let waiters = &state.resources.get(resource.index())?.waiters;
    waiters.iter().find(|w| w.actor == Actor::Thread(high)).map(|w| w.event)
}

fn thread_of(actor: Actor) -> Option<ThreadId> {
    match actor {
        Actor::Thread(id) => Some(id),
        Actor::Run | Actor::Task(_) | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => None,
    }
}

fn finding(case: Case, tables: &Tables) -> Option<Finding> {
    let name = |id| tables.thread_name(id);
    let (high, low, lock) = (name(case.high), name(case.low), tables.resource_name(case.resource));
    let middle = names_of(&case.middle.iter().map(|id| name(*id)).collect::<Vec<_>>());
    let lost = rounded(case.lost);
    let others = case.middle.iter().map(|id| TrackKind::Thread(*id));
    let mut proof = case.proof;
    proof.sort_unstable();
    proof.dedup();
    debug_assert_eq!(proof.first(), Some(&case.waits), "the wait came first");
    Some(Finding {
        kind: FindingKind::PriorityInversion,
        severity: Severity::Warning,
        title: format!("{high} waited {lost} for {middle}, of lower priority"),
        explanation: format!(
            "{high} waits for {lock}, which {low} holds. {low} could run and let go of it, but {middle} kept the core: \
             of higher priority than {low}, of lower than {high}. So {high} waits for {middle}, with whom it shares \
             nothing, for as long as that computes. Turn on priority inheritance: whoever holds a lock then runs with \
             the priority of whoever waits for it."
        ),
        subjects: [TrackKind::Thread(case.high), TrackKind::Thread(case.low)].into_iter().chain(others).collect(),
        span: case.span?,
        proof,
    })
}
