//! Priority inheritance: whoever holds a lock runs with the highest priority of those that wait for it.
//!
//! Owns the loans between threads. Source: futex(2), PTHREAD_PRIO_INHERIT, and Linux 6.18: a thread that waits for a
//! lock lends its priority to the holder, and through the lock that the holder waits for to that one's holder, and so
//! on (`rt_mutex_adjust_prio_chain` of kernel/locking/rtmutex.c); each is given back where the lock is released, and the
//! lock goes to the waiter of the highest priority, who cannot be passed (`wake_futex_pi` of kernel/futex/pi.c). Nice
//! values are lent to nobody. A task holds a lock for itself, and no thread inherits for it.

use super::kernel::Kernel;
use super::policy::{Stands, ThreadView};
use super::resource::Waiter;
use super::threads::ThreadState;
use super::waiting::Wake;
use crate::trace::event::Event;
use crate::trace::ids::*;
use crate::trace::tables::ResourceKind;

impl Kernel {
    /// Whether the resource's holder inherits: a lock with one owner.
    pub fn inherits_through(&self, id: ResourceId) -> bool {
        let lock = match self.resources[id.index()].kind {
            ResourceKind::Mutex | ResourceKind::BlockingMutex => true,
            ResourceKind::RwLock | ResourceKind::Semaphore | ResourceKind::Channel => false,
            ResourceKind::Condvar | ResourceKind::Notify | ResourceKind::Barrier => false,
        };
        self.inherits && lock
    }

    /// The actor now holds the resource: whoever still waits for it lends to the new holder.
    pub fn now_holds(&mut self, id: ResourceId, by: Actor) {
        if let Actor::Thread(thread) = by
            && self.inherits_through(id)
        {
            self.threads[thread.index()].holds.push(id);
            self.adjust(thread);
        }
    }

    /// The actor holds the resource no more: what was lent to it for this is given back.
    pub fn no_longer_holds(&mut self, id: ResourceId, by: Actor) {
        if let Actor::Thread(thread) = by
            && self.inherits_through(id)
        {
            self.threads[thread.index()].holds.retain(|held| *held != id);
            self.adjust(thread);
        }
    }

    /// The line of those that wait for the resource has changed: its holder's priority may be another.
    pub fn line_changed(&mut self, id: ResourceId) {
        if self.inherits_through(id)
            && let Some(holder) = self.holder(id)
        {
            self.adjust(holder);
        }
    }

    fn holder(&self, id: ResourceId) -> Option<ThreadId> {
        match self.resources[id.index()].holders.first() {
            Some((Actor::Thread(thread), _)) => Some(*thread),
            Some((Actor::Run | Actor::Task(_) | Actor::Worker(_), _)) | None => None,
            Some((Actor::Timer(_) | Actor::Device(_) | Actor::Foreign, _)) => None,
        }
    }

    /// Where a thread that waits joins the line: behind all whose priority is not lower (`__futex_queue` of
    /// kernel/futex/core.c, Linux 6.18). Tasks stand in order of arrival.
    pub fn place_in_line(&self, id: ResourceId, wake: &Wake) -> usize {
        let line = &self.resources[id.index()].waiters;
        let Some(own) = self.priority_of(wake) else { return line.len() };
        let lower = |waiter: &Waiter| waiter.wake.as_ref().and_then(|w| self.priority_of(w)).is_some_and(|p| p < own);
        line.iter().rposition(|waiter| !lower(waiter)).map_or(0, |last| last + 1)
    }

    fn priority_of(&self, wake: &Wake) -> Option<i32> {
        match wake {
            Wake::Thread(thread) => Some(self.threads[thread.index()].priority),
            Wake::Task(_) => None,
        }
    }

    /// Gives the thread the priority that is due to it, and then whoever holds what it waits for, and so on.
    fn adjust(&mut self, thread: ThreadId) {
        let mut next = Some(thread);
        while let Some(thread) = next.take() {
            let (priority, lender) = self.due(thread);
            let before = self.view_of(thread);
            let state = &mut self.threads[thread.index()];
            if (state.priority, state.lender) == (priority, lender) {
                return;
            }
            let returned = std::mem::replace(&mut state.lender, lender);
            state.priority = priority;
            match (lender, returned) {
                (Some(by), _) => self.record(Event::PriorityLent { thread, by }),
                (None, Some(to)) => self.record(Event::PriorityReturned { thread, to }),
                (None, None) => {}
            }
            self.follow(before, self.view_of(thread));
            next = self.move_in_line(thread);
        }
    }

    /// The thread's priority, and who lends it if it is not its own: the first of the highest among those that wait.
    fn due(&self, thread: ThreadId) -> (i32, Option<ThreadId>) {
        let state = &self.threads[thread.index()];
        let mut due = (state.own_priority, None);
        for waiter in state.holds.iter().flat_map(|id| &self.resources[id.index()].waiters) {
            if let Some(Wake::Thread(waits)) = waiter.wake
                && self.threads[waits.index()].priority > due.0
            {
                due = (self.threads[waits.index()].priority, Some(waits));
            }
        }
        due
    }

    /// The thread goes by another priority: the run queue follows, and so does whoever has a core.
    fn follow(&mut self, before: ThreadView, now: ThreadView) {
        let state = self.threads[now.id.index()].state;
        let stands = match state {
            ThreadState::Runnable => Stands::Waiting,
            ThreadState::Running(_) => Stands::Running,
            ThreadState::Blocked(..) | ThreadState::Exited => Stands::Away,
        };
        self.settle();
        self.policy.reprioritized(before, now, stands);
        match state {
            ThreadState::Runnable => {
                // As the event says.
                self.run_queue.retain(|view| view.id != now.id);
                self.run_queue.push_back(now);
                self.consider_preemption(now);
            }
            ThreadState::Running(core) if now.priority < before.priority => {
                let highest = self.run_queue.iter().copied().max_by_key(|view| view.priority);
                if highest.is_some_and(|waits| self.policy.preempts(waits, now)) {
                    self.cores[core.index()].quantum_end = self.now;
                    self.horizon = self.now;
                }
            }
            ThreadState::Running(_) | ThreadState::Blocked(..) | ThreadState::Exited => {}
        }
    }

    /// Puts the thread, which goes by another priority, where it belongs in the line in which it waits. Answers who
    /// holds what it waits for.
    fn move_in_line(&mut self, thread: ThreadId) -> Option<ThreadId> {
        let id = self.threads[thread.index()].wants?;
        let line = &mut self.resources[id.index()].waiters;
        let place = line.iter().position(|w| matches!(w.wake, Some(Wake::Thread(waits)) if waits == thread))?;
        let waiter = line.remove(place).expect("it stands there");
        let place = self.place_in_line(id, &Wake::Thread(thread));
        self.resources[id.index()].waiters.insert(place, waiter);
        self.holder(id)
    }
}
