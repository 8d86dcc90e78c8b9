//! The driver: resumes threads' code as virtual time passes, and serves what that code asks.
//!
//! Owns the link between running user code and the kernel: the current simulation of this OS thread, who acts, what
//! is owed. The kernel is never borrowed while user code runs; wakers are called and dropped outside it.
//!
//! How virtual time passes inside a poll. `work` calls [`Sim::charge`]. If nothing else happens before its end (the
//! kernel's horizon), the clock is moved and the call returns: no switch. Otherwise the code stops on its stack
//! ([`Sim::suspend`]), the driver lets the others go first, and resumes it when the clock has come that far.

mod resume;

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::ptr;

use super::home::RunId;
use super::kernel::Kernel;
use super::next::{Due, Step};
use super::panics;
use super::stack::Stop;
use super::threads::{Ask, Body};
use super::waiting::Wake;
use crate::instant::{SimDuration, SimTime};
use crate::trace::event::{EndReason, Event};
use crate::trace::ids::*;
use crate::trace::snapshot::TaskState;

thread_local! {
    static CURRENT: Cell<*const Sim> = const { Cell::new(ptr::null()) };
}

/// One running simulation.
pub(crate) struct Sim {
    /// Which run of this process it is.
    pub run: RunId,
    pub kernel: RefCell<Kernel>,
    /// Who acts now: whose code runs, or what completed.
    pub actor: Cell<Actor>,
    /// The thread whose body runs; none: the driver itself.
    thread: Cell<Option<ThreadId>>,
    /// How the running body stops itself; null for one that has no stack.
    stop: Cell<*const Stop>,
    /// Costs of things that must not suspend, in ns: paid at the next work or at the poll's end.
    debt: Cell<u64>,
    /// What a body without a stack asks.
    ask: Cell<Option<Ask>>,
    /// Whether the run is over and what is left is being unwound.
    ending: Cell<bool>,
    /// How often the code that is unwound has swallowed what unwinds it.
    swallowed: Cell<u32>,
    stack_bytes: usize,
}

/// What a body that outlives its run is unwound with.
pub(crate) struct RunIsOver;

/// How often a body may catch what unwinds it before it is given up.
const MOST_SWALLOWED: u32 = 100;

/// Makes `sim` the current simulation of this OS thread until dropped.
struct Entered(*const Sim);

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

/// The current simulation, if this code runs inside one.
#[inline]
pub(crate) fn try_with<R>(f: impl FnOnce(&Sim) -> R) -> Option<R> {
    let current = CURRENT.get();
    if current.is_null() {
        return None;
    }
    // SAFETY: `Sim::enter` set the pointer from a reference and takes it back before that reference ends; the pointer is
    // thread-local, so no other thread sees it.
    Some(f(unsafe { &*current }))
}

/// The current simulation. Panics outside one.
#[inline]
#[track_caller]
pub(crate) fn with<R>(f: impl FnOnce(&Sim) -> R) -> R {
    try_with(f).unwrap_or_else(|| {
        panic!("this was called outside a simulation: call it from the root given to Machine::run_async or run_threads")
    })
}

impl Sim {
    pub fn new(kernel: Kernel, stack_bytes: usize) -> Sim {
        Sim {
            run: RunId::next(),
            swallowed: Cell::new(0),
            kernel: RefCell::new(kernel),
            actor: Cell::new(Actor::Run),
            thread: Cell::new(None),
            stop: Cell::new(ptr::null()),
            debt: Cell::new(0),
            ask: Cell::new(None),
            ending: Cell::new(false),
            stack_bytes,
        }
    }

    /// Runs `f` with this as the current simulation.
    pub fn enter<R>(&self, f: impl FnOnce() -> R) -> R {
        let _entered = Entered(CURRENT.replace(self));
        f()
    }

    /// The thread whose code runs. Panics if none does.
    #[track_caller]
    pub fn thread(&self) -> ThreadId {
        self.thread.get().expect("this can only be called from code that runs on a simulated thread")
    }

    /// The thread whose code runs; none: the driver.
    pub fn running(&self) -> Option<ThreadId> {
        self.thread.get()
    }

    /// Whether the run is over and its rest is being unwound.
    pub fn is_ending(&self) -> bool {
        self.ending.get()
    }

    /// Adds a cost to be paid at the next work, or when the poll ends.
    #[inline]
    pub fn owe(&self, cost: SimDuration) {
        self.debt.set(self.debt.get() + cost.as_nanos());
    }

    /// How much is owed.
    pub fn owed(&self) -> SimDuration {
        SimDuration::from_nanos(self.debt.get())
    }

    /// Whether something is owed.
    pub fn owes(&self) -> bool {
        self.debt.get() != 0
    }

    /// Lets virtual time pass on this core for `d` and all that is owed. Does not return before it has passed; while
    /// the code unwinds, no time passes.
    #[inline]
    pub fn charge(&self, d: SimDuration) {
        let d = SimDuration::from_nanos(d.as_nanos() + self.debt.replace(0));
        if d.is_zero() || std::thread::panicking() {
            return;
        }
        if !self.may_wait() {
            return;
        }
        let mut kernel = self.kernel.borrow_mut();
        // Counted, so that an endless loop of work inside one poll meets the limit.
        kernel.count_step();
        let then = kernel.now + d;
        if then < kernel.horizon {
            kernel.now = then;
            return;
        }
        drop(kernel);
        self.suspend(Ask::Work(d));
    }

    /// As [`Sim::charge`] with the kernel at hand: answers false, and owes all of it still, if other things happen before.
    #[inline]
    pub fn pay(&self, kernel: &mut Kernel, d: SimDuration) -> bool {
        let then = kernel.now.as_nanos() + d.as_nanos() + self.debt.get();
        let paid = then < kernel.horizon.as_nanos();
        if paid {
            kernel.now = SimTime::from_nanos(then);
            self.debt.set(0);
        }
        paid
    }

    /// Stops the running code until what it asks for is there. While it panics nothing stops; when the run is over, the
    /// code is unwound instead.
    #[cold]
    pub fn suspend(&self, ask: Ask) {
        if std::thread::panicking() {
            return;
        }
        if !self.may_wait() {
            return;
        }
        let stop = self.stop.get();
        assert!(!stop.is_null(), "a body without a stack stopped in the middle of a call");
        // SAFETY: the pointer was set by the body that runs now, on whose stack the yielder lives while it runs.
        unsafe { (*stop).suspend(ask) };
        self.may_wait();
    }

    /// Whether anything can wait: not once the run is over. Code on a stack is unwound then, and this does not return.
    pub fn may_wait(&self) -> bool {
        let over = self.ending.get();
        if over && self.has_stack() {
            self.unwind(self.stop.get());
        }
        !over
    }

    /// Unwinds the running code: the run is over. Code that catches this again and again is left where it stands.
    fn unwind(&self, stop: *const Stop) -> ! {
        let swallowed = self.swallowed.get() + 1;
        self.swallowed.set(swallowed);
        if swallowed > MOST_SWALLOWED {
            // SAFETY: as in `suspend`. The driver never resumes what stops here.
            unsafe { (*stop).suspend(Ask::Block) };
            unreachable!("code that was given up does not go on");
        }
        resume_unwind(Box::new(RunIsOver))
    }

    /// Notes what a body without a stack asks; it returns `Poll::Pending` right after.
    pub fn ask(&self, ask: Ask) {
        self.ask.set(Some(ask));
    }

    /// What the running code asked last.
    pub fn take_ask(&self) -> Ask {
        self.ask.take().expect("a thread's wait returns Pending only after asking")
    }

    /// Whether the running code has a stack to stop on.
    pub fn has_stack(&self) -> bool {
        !self.stop.get().is_null()
    }

    /// Tells those that wait, in order.
    pub fn tell(&self, wakes: impl IntoIterator<Item = Wake>) {
        for wake in wakes {
            match wake {
                Wake::Task(waker) => waker.wake(),
                Wake::Thread(thread) => {
                    let mut kernel = self.kernel.borrow_mut();
                    self.owe(kernel.costs.syscall);
                    kernel.unblock(thread, self.actor.get());
                }
            }
        }
    }

    /// Runs until the run ends by itself, `finished` says so, or a limit stops it. While `is_quiet`, and one core's work
    /// ends after another's and nothing else happens, neither `between` nor `finished` is asked.
    pub fn drive(
        &self,
        mut between: impl FnMut(),
        finished: impl Fn() -> bool,
        is_quiet: impl Fn() -> bool,
    ) -> EndReason {
        loop {
            between();
            if finished() {
                return EndReason::Finished;
            }
            let step = self.kernel.borrow_mut().next_step();
            match step {
                Step::Due(due) => self.complete(due),
                Step::Resume(core) => self.resume(core, &is_quiet),
                Step::QuantumOver(core) => self.kernel.borrow_mut().quantum_over(core),
                Step::End(reason) => return reason,
            }
        }
    }

    /// Shows the machine's own view to whoever watches. Tasks and workers are the executor's.
    #[inline]
    pub fn show(&self, of_executor: impl FnOnce(&Kernel) -> (Vec<TaskState>, Vec<Option<ThreadId>>)) {
        let mut kernel = self.kernel.borrow_mut();
        if kernel.watcher.is_some() {
            kernel.show(of_executor);
        }
    }

    fn complete(&self, due: Due) {
        match due {
            Due::Timer(timer) => {
                let mut kernel = self.kernel.borrow_mut();
                if kernel.timer_unseen(timer) {
                    return;
                }
                let wake = kernel.fire_timer(timer);
                drop(kernel);
                self.actor.set(Actor::Timer(timer));
                self.tell(wake);
            }
            Due::Alarm(thread) => self.kernel.borrow_mut().alarm(thread),
            Due::Look => {
                let mut kernel = self.kernel.borrow_mut();
                (kernel.look, kernel.looks) = (None, true);
            }
            Due::Completion(request) => {
                let (by, wake) = self.kernel.borrow_mut().complete_request(request);
                self.actor.set(by);
                self.tell(wake);
            }
        }
        self.actor.set(Actor::Run);
        // The always-on reactor and the hardware run beside the cores: what they do costs the program nothing.
        self.debt.set(0);
    }

    /// Records that whoever acts panicked. Answers with what, and where. What merely unwinds at the run's end is no panic.
    pub fn note_panic(&self, payload: &(dyn Any + Send)) -> String {
        if payload.is::<RunIsOver>() {
            return "the run is over".to_owned();
        }
        let by = self.actor.get();
        let message = panics::message(payload, by);
        let place = panics::place();
        let mut kernel = self.kernel.borrow_mut();
        let text = kernel.intern(&message);
        if let Some(place) = &place {
            kernel.panic_place(text, place);
        }
        kernel.record(Event::Panicked { by, text });
        if let (Actor::Thread(thread), true) = (by, self.thread.get().is_some()) {
            kernel.threads[thread.index()].panicked = true;
        }
        match place {
            Some(place) => {
                let file = place.file.rsplit(['/', '\\']).next().unwrap_or(&place.file);
                format!("{message} at {file}:{}", place.line)
            }
            None => message,
        }
    }

    /// Ends a run of threads: threads that are left are stopped where they stand, as when a process exits. Their
    /// destructors run, unseen, so that their memory is freed.
    pub fn finish(&self, end: EndReason) {
        self.kernel.borrow_mut().record(Event::RunEnded { reason: end });
        self.kernel.borrow_mut().recording = false;
        self.unwind_threads();
    }

    /// Unwinds what is left of every thread, the oldest first: destructors run, and nothing waits any more.
    pub fn unwind_threads(&self) {
        self.ending.set(true);
        let mut index = 0;
        while index < self.kernel.borrow().threads.len() {
            let (body, actor) = {
                let mut kernel = self.kernel.borrow_mut();
                let thread = &mut kernel.threads[index];
                (thread.body.take(), thread.actor)
            };
            self.thread.set(Some(ThreadId::from_index(index)));
            self.actor.set(actor);
            self.swallowed.set(0);
            // A destructor's panic has nowhere to go: the run is over, and its trace already ends with why.
            let _ = catch_unwind(AssertUnwindSafe(|| self.unwind_body(body)));
            self.stop.set(ptr::null());
            index += 1;
        }
        self.thread.set(None);
        self.actor.set(Actor::Run);
    }

    fn unwind_body(&self, body: Option<Body>) {
        let Some(Body::Stack(mut stacked)) = body else { return };
        self.stop.set(stacked.stop);
        match catch_unwind(AssertUnwindSafe(|| stacked.resume())) {
            // It catches whatever unwinds it, and would go on for ever: its stack is left as it is, never to be used.
            Ok(Some(_)) => std::mem::forget(stacked),
            Ok(None) => stacked.recycle(),
            Err(_) => drop(stacked),
        }
    }
}
