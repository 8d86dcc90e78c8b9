//! What user code does besides waiting: compute, block, leave a marker. Plain calls, in tasks and in threads alike.

use crate::instant::{SimDuration, SimTime};
use crate::machine::blocking;
use crate::machine::sim::{self, Sim};
use crate::machine::threads::Ask;
use crate::machine::waiting::Wake;
use crate::trace::event::{BlockReason, DecisionKind, Event};
use crate::trace::ids::{Actor, ThreadId};

/// Computes for `d`: holds the core for so long (and, inside a poll, the worker). Can be preempted as a thread is; a
/// task that shares the worker has to wait.
///
/// While the thread unwinds from a panic, no time passes. Takes virtual and `std` durations alike; panics outside a run.
pub fn work(d: impl Into<SimDuration>) {
    let length = d.into();
    if !blocking::may_wait() {
        return;
    }
    sim::with(|sim| {
        // What is owed is paid before, so that the work itself is as long as was said.
        sim.charge(SimDuration::ZERO);
        let by = sim.actor.get();
        sim.kernel.borrow_mut().record(Event::WorkBegan { by, length });
        sim.charge(length);
        sim.kernel.borrow_mut().record(Event::WorkEnded { by });
    });
}

/// A blocking call of length `d`, as `std::thread::sleep` or a synchronous read would be: the thread waits and frees its
/// core. Inside a poll that thread is the worker's, and nothing else is polled on it meanwhile.
pub fn block(d: impl Into<SimDuration>) {
    let length = d.into();
    if !blocking::may_wait() {
        return;
    }
    sim::with(|sim| {
        sim.charge(SimDuration::ZERO);
        begin_block(sim, length);
        sim.suspend(Ask::Block);
        end_block(sim);
    });
}

/// As [`block`], for a thread that holds no stack.
pub(crate) async fn block_step(length: SimDuration) {
    sim::with(|sim| begin_block(sim, length));
    blocking::give_up(Ask::Block).await;
    sim::with(end_block);
}

/// As [`work`], for a thread that holds no stack.
pub(crate) async fn work_step(length: SimDuration) {
    // What is owed is paid before, so that the work itself is as long as was said.
    if sim::with(Sim::owes) {
        blocking::compute(SimDuration::ZERO).await;
    }
    let by = sim::with(|sim| sim.actor.get());
    sim::with(|sim| sim.kernel.borrow_mut().record(Event::WorkBegan { by, length }));
    blocking::compute(length).await;
    sim::with(|sim| sim.kernel.borrow_mut().record(Event::WorkEnded { by }));
}

fn begin_block(sim: &Sim, length: SimDuration) {
    let (by, thread): (Actor, ThreadId) = (sim.actor.get(), sim.thread());
    let mut kernel = sim.kernel.borrow_mut();
    kernel.record(Event::BlockBegan { by, length });
    let deadline = kernel.now + length;
    let timer = kernel.set_call_timer(deadline, Wake::Thread(thread));
    kernel.block(thread, BlockReason::Call, timer.0);
    sim.owe(kernel.costs.syscall);
}

fn end_block(sim: &Sim) {
    let by = sim.actor.get();
    sim.kernel.borrow_mut().record(Event::BlockEnded { by });
}

/// Puts a named marker into the trace, at the moment it is called; [`Trace::markers`](crate::Trace::markers) lists them.
/// Panics outside a run.
///
/// ```
/// use sim_core::{Machine, mark, thread};
///
/// let outcome = Machine::new().run_threads(|| {
///     let other = thread::spawn(|| mark("other"));
///     mark("main");
///     other.join().unwrap();
///     mark("end");
/// });
/// assert!(outcome.trace.markers().map(|m| m.text).eq(["main", "other", "end"]));
/// ```
pub fn mark(text: impl AsRef<str>) {
    sim::with(|sim| {
        let by = sim.actor.get();
        let mut kernel = sim.kernel.borrow_mut();
        let text = kernel.intern(text.as_ref());
        kernel.record(Event::Marked { by, text });
    });
}

/// Puts a note for people into the trace.
pub(crate) fn note(text: &str) {
    sim::with(|sim| {
        let by = sim.actor.get();
        let mut kernel = sim.kernel.borrow_mut();
        let text = kernel.intern(text);
        kernel.record(Event::Noted { by, text });
    });
}

/// The virtual time now. Panics outside a run.
pub fn now() -> SimTime {
    sim::with(|sim| sim.kernel.borrow().now)
}

/// A number below `below`, by a decision: the same for the same seed. Panics if `below` is 0.
pub fn draw(below: u64) -> u64 {
    sim::with(|sim| sim.kernel.borrow_mut().decide_scheduling(DecisionKind::User, below))
}
