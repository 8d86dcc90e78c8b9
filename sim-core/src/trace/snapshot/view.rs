//! The part of a snapshot that a machine knows of itself, so that a test can compare the two after every step.
//!
//! Only what is not at rest is listed: an empty queue, a free lock and an idle core are absent, so that it does not
//! matter which of the two counts them.

use std::collections::BTreeMap;

use super::{Snapshot, TaskState, ThreadState, WaitFor};
use crate::instant::SimTime;
use crate::trace::event::Mode;
use crate::trace::ids::*;

/// What a machine and a folded trace must agree on after every event.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SnapshotView {
    /// Every task spawned so far, by [`TaskId`].
    pub tasks: Vec<TaskState>,
    /// Every thread created so far, by [`ThreadId`].
    pub threads: Vec<ThreadState>,
    /// By [`WorkerId`]: the thread it runs on.
    pub workers: Vec<Option<ThreadId>>,
    /// The threads that go by a priority that is lent to them, that priority, and who lends it.
    pub lent: BTreeMap<ThreadId, (i32, ThreadId)>,
    /// The cores with a thread on them.
    pub cores: BTreeMap<CoreId, ThreadId>,
    /// The queues with something in them, front first.
    pub queues: BTreeMap<QueueId, Vec<u32>>,
    /// The resources that are held, waited for or filled.
    pub resources: BTreeMap<ResourceId, ResourceView>,
    /// The armed timers, by deadline.
    pub timers: Vec<(SimTime, TimerId)>,
    /// The requests that were submitted and neither delivered nor given up, by id.
    pub requests: Vec<RequestId>,
}

/// A resource as its users see it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ResourceView {
    /// Who holds it, in order of acquisition.
    pub holders: Vec<(Actor, Mode)>,
    /// Who waits, for what and since when, in order of arrival.
    pub waiters: Vec<(Actor, WaitFor, SimTime)>,
    /// Messages in it.
    pub length: u32,
}

impl Snapshot {
    /// What a machine at this moment must say of itself.
    pub fn view(&self) -> SnapshotView {
        let on_core = |(i, core): (usize, &super::Core)| Some((CoreId::from_index(i), core.thread?));
        let lent = |(i, t): (usize, &super::Thread)| Some((ThreadId::from_index(i), (t.priority, t.lender?)));
        SnapshotView {
            tasks: self.tasks.iter().map(|t| t.state).collect(),
            threads: self.threads.iter().map(|t| t.state).collect(),
            workers: self.workers.iter().map(|w| w.thread).collect(),
            lent: self.threads.iter().enumerate().filter_map(lent).collect(),
            cores: self.cores.iter().enumerate().filter_map(on_core).collect(),
            queues: non_empty(self.queues.iter().map(|q| q.iter().copied().collect())),
            resources: self.resource_views(),
            timers: self.timers.keys().copied().collect(),
            requests: self.requests.keys().copied().collect(),
        }
    }

    fn resource_views(&self) -> BTreeMap<ResourceId, ResourceView> {
        let views = self.resources.iter().map(|r| ResourceView {
            holders: r.holders.iter().map(|h| (h.actor, h.mode)).collect(),
            waiters: r.waiters.iter().map(|w| (w.actor, w.wants, w.since)).collect(),
            length: r.length,
        });
        let at_rest = ResourceView::default();
        views.enumerate().filter(|(_, v)| *v != at_rest).map(|(i, v)| (ResourceId::from_index(i), v)).collect()
    }
}

fn non_empty(queues: impl Iterator<Item = Vec<u32>>) -> BTreeMap<QueueId, Vec<u32>> {
    queues.enumerate().filter(|(_, q)| !q.is_empty()).map(|(i, q)| (QueueId::from_index(i), q)).collect()
}
