//! The blocking pool: threads for closures that block, so that workers do not have to.
//!
//! First come, first served. When a thread comes, which one is called and when one ends is up to the policy's rules
//! ([`BlockingPool`](super::policy::BlockingPool)).

use std::collections::VecDeque;

use super::core::{self, Exec};
use super::policy::{Asleep, Calls, Grows};
use super::worker::Left;
use crate::machine::blocking;
use crate::machine::kernel::Kernel;
use crate::machine::threads::{Body, NewThread};
use crate::trace::event::{BlockReason, Event};
use crate::trace::ids::*;
use crate::trace::tables::ThreadKind;

type Work = Box<dyn FnOnce()>;

#[derive(Default)]
pub(crate) struct Pool {
    waiting: VecDeque<Work>,
    /// Threads that sleep and were not called, the last to fall asleep at the end.
    pub(super) asleep: VecDeque<ThreadId>,
    /// Threads that are not at work, as the pool counts them: one that was created or called counts until it runs.
    idle: usize,
    threads: Vec<ThreadId>,
    /// How many there have been.
    created: usize,
}

impl Pool {
    /// Whether no thread sleeps and there are as many as may be.
    pub(super) fn is_exhausted(&self, most: usize) -> bool {
        self.asleep.is_empty() && self.threads.len() >= most
    }
}

impl Exec {
    /// Gives `work` to the pool. Answers the thread that it was handed to: the one that will run it if it alone is free.
    pub fn offload(&self, work: Work) -> ThreadId {
        let thread = self.give_to_pool(work);
        self.sim.kernel.borrow_mut().record(Event::Offloaded { by: self.sim.actor.get(), to: thread });
        thread
    }

    /// The same without a word of it.
    pub fn give_to_pool(&self, work: Work) -> ThreadId {
        let mut pool = self.pool.borrow_mut();
        pool.waiting.push_back(work);
        let mut kernel = self.sim.kernel.borrow_mut();
        let called = self.call_one(&mut pool, &mut kernel);
        let new = self.grow(&mut pool, &mut kernel, called.is_some());
        called.or(new).unwrap_or_else(|| pool.threads[0])
    }

    fn call_one(&self, pool: &mut Pool, kernel: &mut Kernel) -> Option<ThreadId> {
        let thread = match self.state.borrow().rules.blocking.calls {
            Calls::Longest => pool.asleep.pop_front(),
            Calls::Last => pool.asleep.pop_back(),
        }?;
        kernel.forget_alarm(thread);
        kernel.unblock(thread, self.sim.actor.get());
        Some(thread)
    }

    /// Creates the threads that the rules want. Answers the first of them.
    fn grow(&self, pool: &mut Pool, kernel: &mut Kernel, one_was_called: bool) -> Option<ThreadId> {
        let rules = self.state.borrow().rules.blocking;
        let most = rules.most as usize;
        match rules.grows {
            Grows::WhenNoneSleeps => {
                (!one_was_called && pool.threads.len() < most).then(|| self.create_pool_thread(pool, kernel))
            }
            Grows::AllAtFirstUse => {
                let missing = if pool.created == 0 { most } else { 0 };
                let new: Vec<ThreadId> = (0..missing).map(|_| self.create_pool_thread(pool, kernel)).collect();
                new.first().copied()
            }
            Grows::WhenQueueExceeds(times) => {
                let mut first = None;
                while pool.waiting.len() > pool.idle * times as usize && pool.threads.len() < most {
                    while self.call_one(pool, kernel).is_some() {}
                    let thread = self.create_pool_thread(pool, kernel);
                    first.get_or_insert(thread);
                }
                first
            }
        }
    }

    fn create_pool_thread(&self, pool: &mut Pool, kernel: &mut Kernel) -> ThreadId {
        self.sim.owe(kernel.costs.thread_spawn);
        self.new_pool_thread(pool, kernel)
    }

    /// The same at nobody's cost.
    pub(super) fn new_pool_thread(&self, pool: &mut Pool, kernel: &mut Kernel) -> ThreadId {
        let name = format!("blocking {}", pool.created);
        let body = Body::Closure(Box::new(serve));
        let new = NewThread { path: name.clone(), name, kind: ThreadKind::Blocking, priority: 0, nice: 0, body };
        let thread = kernel.create_thread(new, self.sim.actor.get());
        pool.threads.push(thread);
        pool.created += 1;
        pool.idle += 1;
        thread
    }

    /// Takes the first closure in line, if there is one; with the rest waiting, the pool may have to grow.
    fn take_work(&self) -> Option<Work> {
        let mut pool = self.pool.borrow_mut();
        let work = pool.waiting.pop_front()?;
        if let Grows::WhenQueueExceeds(_) = self.state.borrow().rules.blocking.grows {
            self.grow(&mut pool, &mut self.sim.kernel.borrow_mut(), false);
        }
        Some(work)
    }

    fn falls_asleep(&self, thread: ThreadId) {
        self.pool.borrow_mut().asleep.push_back(thread);
        match self.state.borrow().rules.blocking.asleep {
            Asleep::Stays => {}
            Asleep::Ends(d) => self.sim.kernel.borrow_mut().set_alarm(thread, d),
        }
    }

    /// Whether the thread, which has slept, ends: it does if nobody called it.
    fn ends(&self, thread: ThreadId) -> bool {
        let mut pool = self.pool.borrow_mut();
        let Some(place) = pool.asleep.iter().position(|sleeper| *sleeper == thread) else { return false };
        pool.asleep.remove(place);
        pool.idle -= 1;
        pool.threads.retain(|other| *other != thread);
        true
    }
}

/// The rest of a thread that has lost its worker: it is one of the pool.
pub(crate) fn join() {
    core::with(|exec| exec.pool.borrow_mut().idle += 1);
    serve();
}

/// The code of a pool thread.
fn serve() {
    while !core::with(|exec| exec.sim.is_ending()) {
        core::with(|exec| exec.pool.borrow_mut().idle -= 1);
        loop {
            if let Some(worker) = core::with(Exec::worker_given) {
                if core::with(|exec| exec.run_given(worker)) == Left::Over {
                    return;
                }
            } else if let Some(work) = core::with(Exec::take_work) {
                work();
            } else {
                break;
            }
            if core::with(|exec| exec.sim.is_ending()) {
                return;
            }
        }
        let thread = core::with(|exec| {
            exec.pool.borrow_mut().idle += 1;
            let thread = exec.sim.thread();
            exec.falls_asleep(thread);
            thread
        });
        blocking::on_stack(blocking::block(BlockReason::Park, u32::MAX));
        if core::with(|exec| exec.ends(thread)) {
            return;
        }
    }
}
