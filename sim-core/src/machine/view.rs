//! What the machine knows of itself, in the words of a trace: the two must agree after every step.

use std::collections::BTreeMap;

use super::kernel::{Kernel, RUN_QUEUE};
use super::resource::{Granted, Resource};
use super::threads;
use crate::trace::ids::*;
use crate::trace::snapshot::{ResourceView, SnapshotView, TaskState, ThreadState, Wait};

impl Kernel {
    /// Shows the view to whoever watches. Tasks and workers are the executor's.
    pub fn show(&mut self, of_executor: impl FnOnce(&Kernel) -> (Vec<TaskState>, Vec<Option<ThreadId>>)) {
        let Some(mut watcher) = self.watcher.take() else { return };
        let (tasks, workers) = of_executor(self);
        let view = SnapshotView { tasks, workers, ..self.view() };
        watcher(self.recorder.len(), &view);
        self.watcher = Some(watcher);
    }

    fn view(&self) -> SnapshotView {
        let on_core = |(i, core): (usize, &super::kernel::Core)| Some((CoreId::from_index(i), core.thread?));
        let lent = |(i, t): (usize, &threads::Thread)| Some((ThreadId::from_index(i), (t.priority, t.lender?)));
        let deadline = |timer: &TimerId| self.recorder.tables().timers[timer.index()];
        let armed = self.timers.iter().filter(|(_, state)| state.is_armed());
        let mut timers: Vec<_> = armed.map(|(timer, _)| (deadline(timer), *timer)).collect();
        timers.sort();
        SnapshotView {
            tasks: Vec::new(),
            threads: self.threads.iter().map(thread_state).collect(),
            workers: Vec::new(),
            lent: self.threads.iter().enumerate().filter_map(lent).collect(),
            cores: self.cores.iter().enumerate().filter_map(on_core).collect(),
            queues: self.queue_views(),
            resources: self.resource_views(),
            timers,
            requests: self.requests.iter().filter(|(_, r)| r.is_awaited()).map(|(id, _)| *id).collect(),
        }
    }

    fn queue_views(&self) -> BTreeMap<QueueId, Vec<u32>> {
        let run_queue = (RUN_QUEUE, self.run_queue.iter().map(|thread| thread.id.0).collect());
        let ready = self.queues.iter().enumerate();
        let ready = ready.map(|(i, list)| (QueueId::from_index(i), list.iter().copied().collect()));
        ready.skip(1).chain([run_queue]).filter(|(_, list): &(_, Vec<u32>)| !list.is_empty()).collect()
    }

    fn resource_views(&self) -> BTreeMap<ResourceId, ResourceView> {
        let views = self.resources.iter().enumerate().map(|(i, r)| {
            let id = ResourceId::from_index(i);
            (id, self.resource_view(id, r))
        });
        views.filter(|(_, view)| *view != ResourceView::default()).collect()
    }

    fn resource_view(&self, id: ResourceId, resource: &Resource) -> ResourceView {
        let in_line = resource.waiters.iter().chain(&resource.receivers).map(|w| (w.key, w.by));
        let unseen = self.granted.iter().filter_map(|(key, granted)| match granted {
            Granted::Told { resource, by, .. } if *resource == id && self.waits_still(id) => Some((*key, *by)),
            Granted::Told { .. } | Granted::Given(_) | Granted::Over => None,
        });
        let mut waiters: Vec<(u64, Actor)> = in_line.chain(unseen).collect();
        waiters.sort_by_key(|(key, _)| *key);
        let shown = |(key, by)| self.shown.get(&(id, by, key)).map(|wait| (by, wait.wants, wait.since));
        ResourceView {
            holders: resource.holders.clone(),
            waiters: waiters.into_iter().filter_map(shown).collect(),
            length: resource.len,
        }
    }
}

fn thread_state(thread: &threads::Thread) -> ThreadState {
    match thread.state {
        threads::ThreadState::Runnable => ThreadState::Runnable,
        threads::ThreadState::Running(core) => ThreadState::Running(core),
        threads::ThreadState::Blocked(reason, on) => ThreadState::Blocked(Wait::new(reason, on)),
        threads::ThreadState::Exited => ThreadState::Exited { panicked: thread.panicked },
    }
}
