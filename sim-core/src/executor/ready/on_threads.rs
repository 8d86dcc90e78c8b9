//! Which worker each thread acts for, and what becomes of one that goes on on another.

use super::Core;
use crate::executor::policy::Ready;
use crate::machine::kernel::Kernel;
use crate::trace::event::Event;
use crate::trace::ids::*;

impl Core {
    /// The worker whose thread runs now: the one that polls whoever acts.
    #[inline]
    pub fn worker_on(&self, thread: Option<ThreadId>) -> Option<WorkerId> {
        self.on.get(thread?.index()).copied().flatten()
    }

    /// From now on this thread acts for this worker, or for none.
    pub fn set_worker_on(&mut self, thread: ThreadId, worker: Option<WorkerId>) {
        if thread.index() >= self.on.len() {
            self.on.resize(thread.index() + 1, None);
        }
        self.on[thread.index()] = worker;
    }

    /// Another thread goes on with the worker.
    pub fn move_worker(&mut self, kernel: &mut Kernel, worker: WorkerId, thread: ThreadId) {
        self.workers[worker.index()] = thread;
        self.set_worker_on(thread, Some(worker));
        kernel.record(Event::WorkerMoved { worker, thread });
    }

    /// The worker's thread offers it to others: what has to be moved before is.
    pub fn leave_thread(&mut self, kernel: &mut Kernel, worker: WorkerId) {
        let Kernel { queues, unseen, now, .. } = &*kernel;
        let ready = Ready::new(&queues[self.first_queue..], &self.parked, &self.deferred, unseen, *now);
        let mut room = std::mem::take(&mut self.room);
        self.policy.leaves_thread(worker, &ready, &mut room);
        room.drain(..).for_each(|m| self.move_tasks(kernel, &m));
        self.room = room;
    }

    /// Tells the policy that another thread has the worker and begins its loop anew.
    pub fn begin_anew(&mut self, worker: WorkerId) {
        self.policy.begins_anew(worker);
    }
}
