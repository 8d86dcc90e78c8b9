//! The steps of a program that a task or thread stands at: one in each branch that goes on.

use super::Snapshot;
use crate::instant::SimTime;
use crate::trace::code::StepAt;
use crate::trace::ids::*;
use crate::trace::tables::Tables;

/// A step that has begun, and that no other of its branch has followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// The step and its round.
    pub at: StepAt,
    /// Since when.
    pub since: SimTime,
    /// The number of the event that says so.
    pub event: usize,
}

/// All steps that one task or thread stands at, in the order in which their branches began.
///
/// Most have one branch: that one costs no allocation.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Standings {
    first: Option<Standing>,
    more: Vec<Standing>,
}

impl Standings {
    /// The steps, of the branch that began first, first.
    pub fn iter(&self) -> impl Iterator<Item = &Standing> {
        self.first.iter().chain(&self.more)
    }

    /// Whether it stands nowhere: it has not begun, it has ended, or nothing is known of its program.
    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// The step that began last.
    pub fn latest(&self) -> Option<&Standing> {
        self.iter().max_by_key(|standing| standing.event)
    }

    fn begin(&mut self, tables: &Tables, new: Standing) {
        let branch = tables.branch_of(new.at.step);
        let same = |old: &&mut Standing| tables.branch_of(old.at.step) == branch;
        if let Some(old) = self.first.iter_mut().chain(&mut self.more).find(same) {
            *old = new;
        } else if self.first.is_none() {
            self.first = Some(new);
        } else {
            self.more.push(new);
        }
    }

    fn end(&mut self, tables: &Tables, branch: StepId) {
        let other = |standing: &Standing| tables.branch_of(standing.at.step) != branch;
        self.more.retain(other);
        if !self.first.as_ref().is_none_or(other) {
            self.first = if self.more.is_empty() { None } else { Some(self.more.remove(0)) };
        }
    }
}

impl Snapshot {
    /// The steps that a task or thread stands at; none for others.
    pub fn stands(&self, actor: Actor) -> Option<&Standings> {
        match actor {
            Actor::Task(id) => self.task(id).map(|t| &t.stands),
            Actor::Thread(id) => self.thread(id).map(|t| &t.stands),
            Actor::Run | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => None,
        }
    }

    pub(super) fn step_began(&mut self, tables: &Tables, by: Actor, at: StepAt) {
        let new = Standing { at, since: self.time, event: self.events };
        self.change_stands(by, |stands| stands.begin(tables, new));
    }

    pub(super) fn branch_ended(&mut self, tables: &Tables, by: Actor, first: StepId) {
        self.change_stands(by, |stands| stands.end(tables, first));
    }

    fn change_stands(&mut self, by: Actor, change: impl FnOnce(&mut Standings)) {
        match by {
            Actor::Task(id) => self.change_task(id, |t| change(&mut t.stands)),
            Actor::Thread(id) => self.change_thread(id, |t| change(&mut t.stands)),
            Actor::Run | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::code::StepInfo;

    /// Steps 0 (a join), 1 and 2 (its first body), 3 (its second).
    fn tables() -> Tables {
        let step = |branch| StepInfo {
            program: ProgramId(0),
            line: 0,
            text: String::new(),
            branch: StepId(branch),
            loops: Vec::new(),
        };
        Tables { steps: [0, 1, 1, 3].map(step).into(), ..Tables::default() }
    }

    fn stands(events: &[(char, u32)]) -> Vec<u32> {
        let (tables, mut stands) = (tables(), Standings::default());
        for (event, (what, step)) in events.iter().enumerate() {
            let at = StepAt { step: StepId(*step), round: 0 };
            match what {
                '+' => stands.begin(&tables, Standing { at, since: SimTime::ZERO, event }),
                _ => stands.end(&tables, StepId(*step)),
            }
        }
        stands.iter().map(|s| s.at.step.0).collect()
    }

    #[test]
    fn a_step_follows_the_one_before_it_in_its_branch() {
        assert_eq!(stands(&[('+', 0), ('+', 1), ('+', 3), ('+', 2)]), [0, 2, 3]);
    }

    #[test]
    fn a_branch_that_is_over_stands_nowhere() {
        assert_eq!(stands(&[('+', 0), ('+', 1), ('+', 3), ('-', 1)]), [0, 3]);
        assert_eq!(stands(&[('+', 0), ('+', 1), ('-', 0)]), [1]);
        assert_eq!(stands(&[('+', 3), ('-', 3), ('-', 1)]), [] as [u32; 0]);
    }
}
