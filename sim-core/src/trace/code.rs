//! The code that a run's tasks or threads go through, as lines, and which step each line stands for.
//!
//! Owns the rows that say so: a recording opened alone shows its programs. Knows nothing of how the lines come about:
//! that is [`crate::program::listing`]. A run from Rust has no such rows.

use super::event::Field;
use super::ids::*;
use super::tables::Tables;

/// A row of the table of programs: the code of one task, or of many that are alike.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct ProgramInfo {
    /// The task's name in the workload.
    pub name: String,
    /// How many there are of it, wherever it is started.
    pub count: u32,
    /// Whether it stands there from the start; else another task starts it.
    pub from_start: bool,
    /// Its code, in the run's own shape.
    pub lines: Vec<CodeLine>,
}

/// A line of code.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct CodeLine {
    /// How deep it is indented, in steps of one.
    pub depth: u32,
    /// The code, without its indentation.
    pub text: String,
    /// The step that it stands for; none for a heading and for what only closes.
    pub step: Option<StepId>,
}

/// A row of the table of steps.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct StepInfo {
    /// The program that it is a step of.
    pub program: ProgramId,
    /// The line that stands for it: its place in [`ProgramInfo::lines`].
    pub line: u32,
    /// The step alone, as a word in a sentence: "io(10 ms).await", "for _ in 0..10", "m.lock()".
    pub text: String,
    /// The first step of the branch that it belongs to: of the whole program, or of a body that goes on beside others
    /// (of a join or select) or by itself (of a let). At most one step of a branch goes on at a time.
    pub branch: StepId,
    /// The loops around it, the outermost first.
    pub loops: Vec<Loop>,
}

/// A step that has others done again and again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct Loop {
    /// The step.
    pub step: StepId,
    /// How often.
    pub times: u32,
}

impl StepInfo {
    /// Each loop around it: in which round it is, from 1, and of how many; the outermost first.
    pub fn rounds(&self, round: u64) -> Vec<Round> {
        let mut rest = round;
        let mut rounds: Vec<Round> = Vec::with_capacity(self.loops.len());
        for Loop { step, times: of } in self.loops.iter().rev().copied() {
            let times = u64::from(of.max(1));
            rounds.push(Round { step, nth: (rest % times) as u32 + 1, of });
            rest /= times;
        }
        rounds.reverse();
        rounds
    }
}

/// One round of a loop.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Round {
    /// The loop.
    pub step: StepId,
    /// Which, from 1.
    pub nth: u32,
    /// Of how many.
    pub of: u32,
}

/// A step, in one of the rounds of the loops around it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct StepAt {
    /// The step.
    pub step: StepId,
    /// Counts through the rounds of all loops around it, from 0: see [`StepInfo::rounds`].
    pub round: u64,
}

const ROUND_BITS: u32 = 40;
const LAST_ROUND: u64 = (1 << ROUND_BITS) - 1;

/// 23 bits of step and 40 of round; the usual ones, small enough, fit into the record.
impl Field for StepAt {
    fn put(self, wide: &mut Vec<u64>) -> u32 {
        if self.step.0 < 1 << 13 && self.round < 1 << 18 {
            return self.step.0 << 18 | self.round as u32;
        }
        // With the highest bit, no such value is small enough to be taken for one that fits.
        (1 << 63 | u64::from(self.step.0) << ROUND_BITS | self.round.min(LAST_ROUND)).put(wide)
    }

    fn get(bits: u32, wide: &[u64]) -> StepAt {
        if bits >> 31 == 0 {
            return StepAt { step: StepId(bits >> 18), round: u64::from(bits & ((1 << 18) - 1)) };
        }
        let value = u64::get(bits, wide) & !(1 << 63);
        StepAt { step: StepId((value >> ROUND_BITS) as u32), round: value & LAST_ROUND }
    }
}

impl Tables {
    /// The program that this task or thread goes through; none for what no program made.
    pub fn program_of(&self, actor: Actor) -> Option<ProgramId> {
        // Rows are added in order of id.
        let row = self.runners.binary_search_by_key(&actor, |(who, _)| *who).ok()?;
        Some(self.runners[row].1)
    }

    /// The row of a program.
    pub fn program(&self, id: ProgramId) -> Option<&ProgramInfo> {
        self.programs.get(id.index())
    }

    /// The row of a step.
    pub fn step(&self, id: StepId) -> Option<&StepInfo> {
        self.steps.get(id.index())
    }

    /// The step in words, with its round where there are loops: "io(10 ms).await, round 2 of 10".
    pub fn step_name(&self, at: StepAt) -> String {
        let Some(step) = self.step(at.step) else { return at.step.to_string() };
        let rounds = step.rounds(at.round).into_iter().map(|round| format!(", round {} of {}", round.nth, round.of));
        std::iter::once(step.text.clone()).chain(rounds).collect()
    }

    /// The branch that a step belongs to; itself if the tables do not know it.
    pub fn branch_of(&self, id: StepId) -> StepId {
        self.step(id).map_or(id, |step| step.branch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_survives_its_record_near_and_far() {
        let mut wide = Vec::new();
        for (step, round) in [(0, 0), (8_191, 262_143), (8_192, 0), (3, 262_144), ((1 << 23) - 1, LAST_ROUND)] {
            let at = StepAt { step: StepId(step), round };
            let bits = at.put(&mut wide);
            assert_eq!(StepAt::get(bits, &wide), at);
        }
        assert_eq!(wide.len(), 3, "only what does not fit is kept aside");
    }

    fn within(times: &[u32]) -> StepInfo {
        let loops = times.iter().enumerate().map(|(i, times)| Loop { step: StepId::from_index(i), times: *times });
        StepInfo { program: ProgramId(0), line: 0, text: String::new(), branch: StepId(0), loops: loops.collect() }
    }

    fn told(times: &[u32], round: u64) -> Vec<(u32, u32, u32)> {
        within(times).rounds(round).into_iter().map(|round| (round.step.0, round.nth, round.of)).collect()
    }

    #[test]
    fn a_round_is_told_for_each_loop() {
        assert_eq!(told(&[3, 10], 0), [(0, 1, 3), (1, 1, 10)]);
        assert_eq!(told(&[3, 10], 25), [(0, 3, 3), (1, 6, 10)]);
        assert_eq!(told(&[], 0), []);
    }

    #[test]
    fn a_loop_of_no_rounds_in_a_damaged_file_is_no_panic() {
        assert_eq!(told(&[0], 7), [(0, 1, 0)]);
    }
}
