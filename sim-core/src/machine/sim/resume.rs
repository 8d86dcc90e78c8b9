//! From one thread's code to the next: resumes bodies, and serves what they ask.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::ptr;
use std::task::{Context, Poll, Waker};

use super::{CURRENT, RunIsOver, Sim, with};
use crate::instant::SimDuration;
use crate::machine::kernel::Kernel;
use crate::machine::panics;
use crate::machine::stack::Stacked;
use crate::machine::threads::{Ask, Body};
use crate::machine::waiting::Wake;
use crate::trace::event::SwitchReason;
use crate::trace::ids::*;
use crate::trace::tables::ThreadKind;

/// The body of the thread whose code runs.
enum Running {
    /// Its stack, which stays where it is.
    InPlace(*mut Stacked),
    /// Taken out of its thread meanwhile; none: it has ended.
    Taken(Option<Body>),
}

impl Sim {
    /// Runs the body of the thread on `core` until it asks for something; and as long as that is to compute and only other
    /// cores' work comes next, those.
    pub(super) fn resume(&self, core: CoreId, is_quiet: &impl Fn() -> bool) {
        let mut core = core;
        let (mut thread, mut running) = {
            let mut kernel = self.kernel.borrow_mut();
            kernel.set_horizon(core);
            self.begin(&mut kernel, core)
        };
        let ask = loop {
            let ask = match running {
                Running::InPlace(stacked) => self.run_in_place(thread, stacked),
                Running::Taken(body) => {
                    let (ask, rest) = body.map_or((None, None), |body| self.run_body(body));
                    self.kernel.borrow_mut().threads[thread.index()].body = rest;
                    ask
                }
            };
            let Some(Ask::Work(d)) = ask else { break ask };
            let mut kernel = self.kernel.borrow_mut();
            self.pause(&mut kernel, core, thread, d);
            match kernel.next_work() {
                Some(next) if is_quiet() => {
                    kernel.go_to(next);
                    core = next.core;
                    (thread, running) = self.begin(&mut kernel, core);
                }
                Some(_) | None => {
                    drop(kernel);
                    return self.leave();
                }
            }
        };
        self.thread.set(None);
        self.stop.set(ptr::null());
        let debt = SimDuration::from_nanos(self.debt.replace(0));
        let joiners = self.serve(core, thread, ask, debt);
        self.actor.set(Actor::Thread(thread));
        self.tell(joiners);
        self.leave();
    }

    /// The thread on `core` speaks from now on. Answers it and its body.
    fn begin(&self, kernel: &mut Kernel, core: CoreId) -> (ThreadId, Running) {
        let thread = kernel.cores[core.index()].thread.expect("only a core with a thread is resumed");
        let state = &mut kernel.threads[thread.index()];
        self.actor.set(state.actor);
        self.debt.set(state.debt.as_nanos());
        self.thread.set(Some(thread));
        kernel.running = thread;
        let running = match &mut state.body {
            Some(Body::Stack(stacked)) => Running::InPlace(&raw mut **stacked),
            Some(Body::Closure(_) | Body::Steps(_)) | None => Running::Taken(state.body.take()),
        };
        (thread, running)
    }

    /// The thread on `core` computes for so long.
    fn pause(&self, kernel: &mut Kernel, core: CoreId, thread: ThreadId, d: SimDuration) {
        let debt = SimDuration::from_nanos(self.debt.replace(0));
        let state = &mut kernel.threads[thread.index()];
        // Whoever spoke goes on speaking when the thread does.
        state.actor = self.actor.get();
        state.debt = SimDuration::ZERO;
        // On a stack its own call counted it.
        kernel.steps += u64::from(!self.has_stack());
        kernel.cores[core.index()].segment_end = kernel.now + d + debt;
    }

    /// No thread's code runs any more: the driver's does.
    fn leave(&self) {
        self.thread.set(None);
        self.stop.set(ptr::null());
        self.actor.set(Actor::Run);
        self.debt.set(0);
    }

    /// Does what the body asked besides computing; none: it has ended. Answers whom to tell.
    fn serve(&self, core: CoreId, thread: ThreadId, ask: Option<Ask>, debt: SimDuration) -> Vec<Wake> {
        let mut kernel = self.kernel.borrow_mut();
        kernel.steps += 1;
        let now = kernel.now;
        let state = &mut kernel.threads[thread.index()];
        // Whoever spoke goes on speaking when the thread does.
        state.actor = self.actor.get();
        state.debt = SimDuration::ZERO;
        match ask {
            Some(Ask::Work(_)) => unreachable!("who computes is paused"),
            Some(Ask::Block) => {
                state.debt = debt;
                kernel.cores[core.index()].segment_end = now;
                kernel.switch_out(core, SwitchReason::Blocked);
            }
            Some(Ask::Yield) => {
                let call = kernel.costs.syscall;
                kernel.threads[thread.index()].debt = debt + call;
                kernel.cores[core.index()].segment_end = now;
                kernel.switch_out(core, SwitchReason::Yielded);
            }
            // What is owed is paid before the end: the body is gone, and the thread comes here once more.
            None if !debt.is_zero() => kernel.cores[core.index()].segment_end = now + debt,
            None => return kernel.exit(core, thread),
        }
        Vec::new()
    }

    fn run_body(&self, body: Body) -> (Option<Ask>, Option<Body>) {
        match body {
            Body::Closure(code) => self.run_stack(Box::new(Stacked::new(self.stack_bytes, move |stop| {
                with(|sim| sim.stop.set(stop));
                if let Err(payload) = catch_unwind(AssertUnwindSafe(code))
                    && !payload.is::<RunIsOver>()
                {
                    resume_unwind(payload);
                }
            }))),
            Body::Stack(stacked) => self.run_stack(stacked),
            Body::Steps(mut steps) => {
                self.stop.set(ptr::null());
                let polled =
                    catch_unwind(AssertUnwindSafe(|| steps.as_mut().poll(&mut Context::from_waker(Waker::noop()))));
                match polled {
                    Ok(Poll::Pending) => (Some(self.take_ask()), Some(Body::Steps(steps))),
                    Ok(Poll::Ready(())) => (None, None),
                    Err(payload) => {
                        self.note_panic(&*payload);
                        (None, None)
                    }
                }
            }
        }
    }

    /// Lets the code go on whose stack stays in its thread's slot.
    fn run_in_place(&self, thread: ThreadId, stacked: *mut Stacked) -> Option<Ask> {
        // SAFETY: the box is taken out of its slot only below, when its code has ended, and when the run has.
        let stacked = unsafe { &mut *stacked };
        self.stop.set(stacked.stop);
        let ask = catch_unwind(AssertUnwindSafe(|| stacked.resume()));
        if let Ok(Some(ask)) = ask {
            return Some(ask);
        }
        let body = self.kernel.borrow_mut().threads[thread.index()].body.take();
        let Some(Body::Stack(stacked)) = body else { unreachable!("who runs in place has a stack there") };
        self.after_stack(stacked, ask).0
    }

    fn run_stack(&self, mut stacked: Box<Stacked>) -> (Option<Ask>, Option<Body>) {
        self.stop.set(stacked.stop);
        let ask = catch_unwind(AssertUnwindSafe(|| stacked.resume()));
        stacked.stop = self.stop.get();
        self.after_stack(stacked, ask)
    }

    fn after_stack(&self, stacked: Box<Stacked>, ask: std::thread::Result<Option<Ask>>) -> (Option<Ask>, Option<Body>) {
        match ask {
            Ok(Some(ask)) => (Some(ask), Some(Body::Stack(stacked))),
            Ok(None) => {
                stacked.recycle();
                (None, None)
            }
            Err(payload) if self.runs_worker() => {
                // Not the program under study, whose panics end its tasks: no longer a simulation, so that this is seen.
                CURRENT.set(ptr::null());
                panic!("the executor itself failed: {}", panics::message(&*payload, self.actor.get()));
            }
            Err(payload) => {
                self.note_panic(&*payload);
                (None, None)
            }
        }
    }

    fn runs_worker(&self) -> bool {
        let kernel = self.kernel.borrow();
        let kind = self.thread.get().map(|thread| kernel.recorder.tables().threads[thread.index()].kind);
        matches!(kind, Some(ThreadKind::Worker(_) | ThreadKind::Blocking))
    }
}
