//! Kernel threads: creation, blocking, dispatch onto cores, switching out.
//!
//! Owns each thread's state. A thread's code is a [`Body`], which this file stores and never runs.

use std::future::Future;
use std::pin::Pin;

use super::kernel::{Kernel, MOST_THREADS, RUN_QUEUE};
use super::policy::{Arrival, ThreadView};
use super::stack::Stacked;
use super::waiting::Wake;
use crate::instant::{SimDuration, SimTime};
use crate::trace::event::{BlockReason, End, Event, Onto, SwitchReason};
use crate::trace::ids::*;
use crate::trace::tables::{ThreadInfo, ThreadKind};

/// What a thread runs.
pub(crate) enum Body {
    /// A closure that has not begun: it holds no stack yet.
    Closure(Box<dyn FnOnce()>),
    /// A closure in the middle, on its stack.
    Stack(Box<Stacked>),
    /// A future whose leaves ask the kernel: it needs no stack while it waits.
    Steps(Pin<Box<dyn Future<Output = ()>>>),
}

/// What a thread's code asks of the machine when it gives up the core of its own accord.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ask {
    /// Compute for so long, then go on.
    Work(SimDuration),
    /// Wait until unblocked. The kernel knows for what: [`Kernel::block`] came before.
    Block,
    /// Let others go first.
    Yield,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ThreadState {
    Runnable,
    Running(CoreId),
    Blocked(BlockReason, u32),
    Exited,
}

pub(crate) struct Thread {
    pub state: ThreadState,
    /// Absent while it is being run, unless it has a stack.
    pub body: Option<Body>,
    /// To compute before the body is resumed.
    pub left: SimDuration,
    /// Costs that it has yet to pay.
    pub debt: SimDuration,
    /// Who speaks when its code runs: itself, a worker, or the task in whose poll it stands.
    pub actor: Actor,
    /// The priority it goes by: its own, or a higher one that is lent to it.
    pub priority: i32,
    pub own_priority: i32,
    /// Who lends it that priority.
    pub lender: Option<ThreadId>,
    /// The locks that it holds, where holders inherit.
    pub holds: Vec<ResourceId>,
    /// The lock that it waits for, where holders inherit.
    pub wants: Option<ResourceId>,
    pub nice: i32,
    pub last_core: Option<CoreId>,
    /// When it came onto a core last.
    pub dispatched_at: Option<SimTime>,
    /// Whoever waits for its end.
    pub joiners: Vec<Wake>,
    pub panicked: bool,
}

/// What to know of a thread before it exists.
pub(crate) struct NewThread {
    pub name: String,
    pub path: String,
    pub kind: ThreadKind,
    pub priority: i32,
    pub nice: i32,
    pub body: Body,
}

impl Kernel {
    /// A new thread, Runnable. Its creation is paid by whoever asked; a thread that the run itself creates pays its own
    /// before its first step.
    pub fn create_thread(&mut self, new: NewThread, by: Actor) -> ThreadId {
        assert!(self.threads.len() < MOST_THREADS, "a run has at most {MOST_THREADS} threads");
        let id = ThreadId::from_index(self.threads.len());
        let (name, path) = (self.intern(&new.name), self.intern(&new.path));
        self.origins.add_thread(by, path);
        let info = ThreadInfo { name, kind: new.kind, path, priority: new.priority, nice: new.nice };
        self.recorder.tables_mut().threads.push(info);
        let own_price = by == Actor::Run && matches!(new.kind, ThreadKind::Plain);
        self.threads.push(Thread {
            state: ThreadState::Runnable,
            body: Some(new.body),
            left: if own_price { self.costs.thread_spawn } else { SimDuration::ZERO },
            debt: SimDuration::ZERO,
            actor: match new.kind {
                ThreadKind::Worker(worker) => Actor::Worker(worker),
                ThreadKind::Plain | ThreadKind::Blocking | ThreadKind::Helper => Actor::Thread(id),
            },
            priority: new.priority,
            own_priority: new.priority,
            lender: None,
            holds: Vec::new(),
            wants: None,
            nice: new.nice,
            last_core: None,
            dispatched_at: None,
            joiners: Vec::new(),
            panicked: false,
        });
        self.record(Event::ThreadCreated { thread: id, by });
        self.record(Event::StackReserved { thread: id, bytes: self.costs.stack_reserved });
        self.record(Event::StackTouched { thread: id, bytes: self.costs.stack_resident });
        self.make_runnable(id, Arrival::Created);
        id
    }

    /// The running thread now waits for `on`. Its body must give up the core right after.
    pub fn block(&mut self, thread: ThreadId, reason: BlockReason, on: u32) {
        debug_assert!(
            matches!(self.threads[thread.index()].state, ThreadState::Running(_)),
            "only a running thread blocks"
        );
        self.threads[thread.index()].state = ThreadState::Blocked(reason, on);
        self.record(Event::ThreadBlocked { thread, on, reason });
    }

    /// What the thread waited for has come. Nothing happens if it does not wait.
    pub fn unblock(&mut self, thread: ThreadId, by: Actor) {
        if let ThreadState::Blocked(..) = self.threads[thread.index()].state {
            self.record(Event::ThreadUnblocked { thread, by });
            self.make_runnable(thread, Arrival::Unblocked);
        }
    }

    fn make_runnable(&mut self, id: ThreadId, why: Arrival) {
        self.settle();
        self.threads[id.index()].state = ThreadState::Runnable;
        let view = self.view_of(id);
        let end = self.policy.arrives(view, why);
        match end {
            End::Front => self.run_queue.push_front(view),
            End::Back => self.run_queue.push_back(view),
        }
        self.record(Event::ThreadRunnable { thread: id, queue: RUN_QUEUE, end });
        if self.cores.iter().any(|core| core.thread.is_none()) {
            self.horizon = self.now;
        } else if matches!(why, Arrival::Created | Arrival::Unblocked) {
            self.consider_preemption(view);
        }
    }

    /// Tells the policy how long each thread that is on a core has run since it was told last.
    pub fn settle(&mut self) {
        for index in 0..self.cores.len() {
            let Some(thread) = self.cores[index].thread else { continue };
            let since = self.cores[index].settled_at;
            // One that is still being switched to has not run.
            if since < self.now {
                self.cores[index].settled_at = self.now;
                self.policy.ran(self.view_of(thread), self.now - since);
            }
        }
    }

    /// The newcomer takes the core of the first thread that it may preempt, the least important of them.
    pub fn consider_preemption(&mut self, newcomer: ThreadView) {
        let mut victim: Option<(i32, usize)> = None;
        for index in 0..self.cores.len() {
            let Some(running) = self.cores[index].thread else { continue };
            if self.cores[index].quantum_end <= self.now {
                // Another that came at this moment takes this one.
                continue;
            }
            let view = self.view_of(running);
            if self.policy.preempts(newcomer, view) && victim.is_none_or(|(least, _)| view.priority < least) {
                victim = Some((view.priority, index));
            }
        }
        if let Some((_, index)) = victim {
            self.cores[index].quantum_end = self.now;
            self.horizon = self.now;
        }
    }

    pub fn view_of(&self, id: ThreadId) -> ThreadView {
        let thread = &self.threads[id.index()];
        ThreadView { id, priority: thread.priority, nice: thread.nice }
    }

    /// Gives every thread that waits a free core, as far as there are any: the one it ran on last if that is free, or
    /// else the first. Answers whether there was one to give.
    pub fn dispatch(&mut self) -> bool {
        // A policy may forget, as it picks, what a thread that sleeps owes: it is asked when something has changed, and not
        // as often as the driver comes by.
        if !std::mem::take(&mut self.freed) && self.run_queue.is_empty() {
            return false;
        }
        let mut dispatched = false;
        while let Some(first) = self.cores.iter().position(|core| core.thread.is_none()) {
            let Some(place) = self.policy.pick(&self.run_queue) else { break };
            let view = self.run_queue.remove(place).expect("a policy picks a place in the queue");
            let last = self.threads[view.id.index()].last_core;
            let last = last.filter(|core| self.cores[core.index()].thread.is_none());
            self.put_on_core(last.unwrap_or(CoreId::from_index(first)), view);
            dispatched = true;
        }
        dispatched
    }

    fn put_on_core(&mut self, id: CoreId, view: ThreadView) {
        let thread = view.id;
        let from = self.threads[thread.index()].last_core.replace(id);
        if let Some(from) = from.filter(|from| *from != id) {
            self.record(Event::Migrated { thread, cores: CorePair { from, to: id } });
        }
        let core = &self.cores[id.index()];
        // As in Linux, where the idle thread comes between: a core that stood empty for a while is switched to, too.
        let switch = core.last.is_some_and(|last| last != thread || core.free_since < self.now);
        let cost = if switch { self.costs.thread_switch } else { SimDuration::ZERO };
        self.record(Event::Dispatched { thread, cost, onto: Onto { core: id, switch } });
        let quantum = self.policy.quantum(view);
        let left = self.take_first_stretch(thread);
        self.threads[thread.index()].state = ThreadState::Running(id);
        let start = self.now + cost;
        let core = &mut self.cores[id.index()];
        core.thread = Some(thread);
        core.last = Some(thread);
        core.settled_at = start;
        core.segment_end = start + left;
        core.quantum_end = quantum.map_or(SimTime::MAX, |quantum| start + quantum);
    }

    /// How long the thread, which comes onto a core, computes before its code goes on. One that was on a core at this
    /// moment already pays what it owes, and at least 1 ns: one that yields, or waits for no time, again and again must
    /// not stop the clock.
    fn take_first_stretch(&mut self, thread: ThreadId) -> SimDuration {
        let now = self.now;
        let state = &mut self.threads[thread.index()];
        let left = std::mem::take(&mut state.left);
        let again = state.dispatched_at.replace(now) == Some(now);
        if !again || !left.is_zero() {
            return left;
        }
        std::mem::take(&mut state.debt).max(SimDuration::from_nanos(1))
    }

    /// Takes the thread off its core. Its state says already, or is told here, what becomes of it.
    pub fn switch_out(&mut self, id: CoreId, reason: SwitchReason) {
        self.settle();
        let core = &mut self.cores[id.index()];
        let thread = core.thread.take().expect("only a core with a thread is switched");
        self.freed = true;
        // A switch that is cut short is over: the next one is paid, and not the rest of this one, too.
        let left = core.segment_end - core.settled_at.max(self.now);
        core.free_since = self.now;
        self.record(Event::SwitchedOut { thread, core: id, reason });
        let view = self.view_of(thread);
        match reason {
            SwitchReason::Blocked => self.policy.departs(view),
            SwitchReason::Exited => self.policy.exits(view),
            SwitchReason::Yielded => self.make_runnable(thread, Arrival::Yielded),
            SwitchReason::Preempted => {
                self.threads[thread.index()].left = left;
                self.make_runnable(thread, Arrival::Preempted);
            }
        }
    }

    /// The quantum is over. A thread goes on if nobody waits whose turn it is: that is no switch.
    pub fn quantum_over(&mut self, id: CoreId) {
        self.settle();
        let thread = self.cores[id.index()].thread.expect("a quantum belongs to a thread on its core");
        let view = self.view_of(thread);
        if !self.run_queue.is_empty() && self.policy.gives_way(view) {
            return self.switch_out(id, SwitchReason::Preempted);
        }
        let quantum = self.policy.quantum(view);
        self.cores[id.index()].quantum_end = quantum.map_or(SimTime::MAX, |quantum| self.now + quantum);
    }

    /// The thread has ended. Answers whom to tell.
    pub fn exit(&mut self, core: CoreId, thread: ThreadId) -> Vec<Wake> {
        self.threads[thread.index()].state = ThreadState::Exited;
        let panicked = self.threads[thread.index()].panicked;
        self.record(Event::ThreadExited { thread, panicked });
        self.switch_out(core, SwitchReason::Exited);
        std::mem::take(&mut self.threads[thread.index()].joiners)
    }
}
