//! A place in a Program: the same under every model, whatever comes first.

use std::sync::Arc;

/// A step of a task's Program: "conn.17/3.1.2" is step 2 in body 1 of step 3, counted from 1; and in which round of the
/// loops around it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct OpPlace {
    /// The task's path and the step's.
    pub path: Arc<str>,
    /// Counts through the rounds of all loops around it, from 0.
    pub round: u32,
}

impl OpPlace {
    /// The whole Program of the task at this path.
    pub fn of_task(path: &str) -> OpPlace {
        OpPlace { path: format!("{path}/").into(), round: 0 }
    }

    /// The step with this index.
    pub fn step(&self, index: usize) -> OpPlace {
        let dot = if self.path.ends_with('/') { "" } else { "." };
        OpPlace { path: format!("{}{dot}{}", self.path, index + 1).into(), round: self.round }
    }

    /// A body of this step, by its index.
    pub fn body(&self, index: usize) -> OpPlace {
        OpPlace { path: format!("{}.{}", self.path, index + 1).into(), round: self.round }
    }

    /// One of `times` rounds of this body.
    pub fn round(&self, round: u32, times: u32) -> OpPlace {
        OpPlace { path: Arc::clone(&self.path), round: self.round.wrapping_mul(times).wrapping_add(round) }
    }

    /// The path of the `nth` task that this step spawns, of this name.
    pub fn spawned(&self, task: &str, nth: u32) -> String {
        match self.round {
            0 => format!("{}/{task}#{nth}", self.path),
            round => format!("{} round {round}/{task}#{nth}", self.path),
        }
    }
}
