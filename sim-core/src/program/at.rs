//! Where the steps of a running body stand: for the world by their place, for the trace by their number.
//!
//! Owns the record of each step's begin, and of each branch's end, however it ends.

use super::ast::{Op, Program};
use crate::machine::home::Home;
use crate::machine::place::OpPlace;
use crate::machine::sim;
use crate::trace::code::StepAt;
use crate::trace::event::Event;
use crate::trace::ids::{Actor, StepId};

/// The step that comes next in a body.
#[derive(Clone)]
pub(super) struct At {
    whole: OpPlace,
    index: usize,
    step: StepId,
    round: u64,
}

impl At {
    /// The first step of a task's Program.
    pub fn start(whole: OpPlace, first: StepId) -> At {
        At { whole, index: 0, step: first, round: 0 }
    }

    /// The step's place, by which the world knows it.
    pub fn place(&self) -> OpPlace {
        self.whole.step(self.index)
    }

    /// The first step of the body with this index of this step, which is `op`.
    pub fn body(&self, op: &Op, index: usize) -> At {
        let before: usize = op.inner().take(index).flat_map(|body| body.iter()).map(Op::steps).sum();
        At { whole: self.place().body(index), index: 0, step: self.after(1 + before), round: self.round }
    }

    /// One of `times` rounds of this body.
    pub fn round(&self, round: u32, times: u32) -> At {
        let counted = self.round.saturating_mul(u64::from(times)).saturating_add(u64::from(round));
        At { whole: self.whole.round(round, times), round: counted, ..self.clone() }
    }

    /// Goes on from this step, which is `op`.
    pub fn pass(&mut self, op: &Op) {
        self.index += 1;
        self.step = self.after(op.steps());
    }

    /// Notes in the trace that the step begins.
    pub fn begin(&self) {
        let at = StepAt { step: self.step, round: self.round };
        sim::with(|sim| {
            let by = sim.actor.get();
            sim.kernel.borrow_mut().record(Event::StepBegan { by, at });
        });
    }

    /// To hold while a body goes on as a branch.
    pub fn branch(&self, program: &Program) -> Branch {
        let first = (!program.is_empty()).then(|| Home::of((self.step, sim::with(|sim| sim.actor.get()))));
        Branch { first }
    }

    fn after(&self, steps: usize) -> StepId {
        StepId::from_index(self.step.index() + steps)
    }
}

/// A branch that goes on: when it has ended or is dropped, that stands in the trace.
pub(super) struct Branch {
    /// None for a body without steps, which stands nowhere.
    first: Option<Home<(StepId, Actor)>>,
}

impl Drop for Branch {
    fn drop(&mut self) {
        if let Some((first, by)) = self.first.and_then(Home::here) {
            sim::with(|sim| sim.kernel.borrow_mut().record(Event::BranchEnded { by, first }));
        }
    }
}
