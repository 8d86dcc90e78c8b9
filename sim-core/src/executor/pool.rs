//! The blocking pool: threads for closures that block, so that workers do not have to.
//!
//! As tokio's: first come, first served, at most 512 threads (`runtime/blocking/pool.rs`, 1.54.1) or as many as the policy's rules say; an idle one is used
//! before a new one is made. Threads are kept until the run ends.

use std::collections::VecDeque;

use super::core::{self, Exec};
use crate::machine::blocking;
use crate::machine::threads::{Body, NewThread};
use crate::trace::event::{BlockReason, Event};
use crate::trace::ids::*;
use crate::trace::tables::ThreadKind;

type Work = Box<dyn FnOnce()>;

#[derive(Default)]
pub(crate) struct Pool {
    waiting: VecDeque<Work>,
    idle: Vec<ThreadId>,
    threads: Vec<ThreadId>,
}

impl Exec {
    /// Gives `work` to the pool. Answers the thread it was handed to: the one that will run it if the pool is not full.
    pub fn offload(&self, work: Work) -> ThreadId {
        let thread = self.give_to_pool(work);
        self.sim.kernel.borrow_mut().record(Event::Offloaded { by: self.sim.actor.get(), to: thread });
        thread
    }

    /// The same without a word of it.
    pub fn give_to_pool(&self, work: Work) -> ThreadId {
        let by = self.sim.actor.get();
        let mut pool = self.pool.borrow_mut();
        pool.waiting.push_back(work);
        let mut kernel = self.sim.kernel.borrow_mut();
        if let Some(idle) = pool.idle.pop() {
            kernel.unblock(idle, by);
            idle
        } else if pool.threads.len() < self.state.borrow().rules.blocking_threads as usize {
            self.sim.owe(kernel.costs.thread_spawn);
            let name = format!("blocking {}", pool.threads.len());
            let body = Body::Closure(Box::new(serve));
            let new = NewThread { path: name.clone(), name, kind: ThreadKind::Blocking, priority: 0, nice: 0, body };
            let thread = kernel.create_thread(new, by);
            pool.threads.push(thread);
            thread
        } else {
            pool.threads[0]
        }
    }
}

/// The code of a pool thread.
pub(crate) fn serve() {
    while !core::with(|exec| exec.sim.is_ending()) {
        let work = core::with(|exec| exec.pool.borrow_mut().waiting.pop_front());
        match work {
            Some(work) => work(),
            None => {
                core::with(|exec| exec.pool.borrow_mut().idle.push(exec.sim.thread()));
                blocking::on_stack(blocking::block(BlockReason::Park, u32::MAX));
            }
        }
    }
}
