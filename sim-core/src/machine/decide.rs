//! Decisions: every choice that could have gone otherwise, drawn from the seed, recorded, and replayable.
//!
//! Of the world (how long an I/O takes, whether a step fails): keyed by kind, path and how manieth, so that all runs of
//! a scenario meet the same world, whatever their order of execution. The path is the task's; in a Program, where the
//! branches of one task come in any order, it is the place of the step, and the number is the round of the loops around. Of scheduling: by position within one
//! run, a stream a kind, so that one more draw of one kind moves no other.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::trace::event::DecisionKind;
use crate::trace::tables::Decision;

/// Resolves choices. A replayed prefix is consumed first; after it, the seed decides.
pub struct Decider {
    seed: u64,
    counts: BTreeMap<(DecisionKind, String), u32>,
    replay: BTreeMap<(DecisionKind, String, u32), u64>,
}

/// A choice that was made, before its path has a place in the string table.
pub struct Choice {
    /// How manieth of its kind and path, from 0.
    pub nth: u32,
    /// What was taken.
    pub taken: u64,
}

impl Decider {
    /// Draws from `seed`, but takes what `replay` says where it names the same choice. A replayed value beyond what
    /// there is to choose from is ignored.
    pub fn new(seed: u64, replay: Vec<(Decision, String)>) -> Decider {
        let replay = replay.into_iter().map(|(d, path)| ((d.kind, path, d.nth), d.taken)).collect();
        Decider { seed, counts: BTreeMap::new(), replay }
    }

    /// A choice of the world for the task at `path`, the next of its kind: a number below `below`.
    pub fn of_world(&mut self, kind: DecisionKind, path: &str, below: u64) -> Choice {
        let nth = self.count(kind, path);
        self.choose(kind, path, nth, below)
    }

    /// A choice of the world for a place in a program, in the `nth` round of its loops: a number below `below`.
    pub fn of_place(&mut self, kind: DecisionKind, path: &str, nth: u32, below: u64) -> Choice {
        self.choose(kind, path, nth, below)
    }

    /// A choice of scheduling: a number below `below`.
    pub fn of_scheduling(&mut self, kind: DecisionKind, below: u64) -> Choice {
        let nth = self.count(kind, "");
        self.choose(kind, "", nth, below)
    }

    fn count(&mut self, kind: DecisionKind, path: &str) -> u32 {
        let count = self.counts.entry((kind, path.to_owned())).or_insert(0);
        let nth = *count;
        *count += 1;
        nth
    }

    fn choose(&self, kind: DecisionKind, path: &str, nth: u32, below: u64) -> Choice {
        assert!(below > 0, "a choice needs something to choose from");
        let drawn = || {
            let mut bytes = path.as_bytes().to_vec();
            bytes.push(0);
            bytes.push(kind as u8);
            bytes.extend(nth.to_le_bytes());
            xxh3_64_with_seed(&bytes, self.seed) % below
        };
        let replayed = self.replay.get(&(kind, path.to_owned(), nth)).copied().filter(|taken| *taken < below);
        Choice { nth, taken: replayed.unwrap_or_else(drawn) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latencies(decider: &mut Decider, path: &str) -> Vec<u64> {
        (0..5).map(|_| decider.of_world(DecisionKind::Latency, path, 1_000_000).taken).collect()
    }

    #[test]
    fn the_world_does_not_depend_on_the_order_of_arrival() {
        let (mut first, mut second) = (Decider::new(7, Vec::new()), Decider::new(7, Vec::new()));
        let a = latencies(&mut first, "a");
        let b = latencies(&mut first, "b");
        assert_eq!(latencies(&mut second, "b"), b);
        assert_eq!(latencies(&mut second, "a"), a);
        assert_ne!(a, b);
    }

    #[test]
    fn another_seed_is_another_world() {
        assert_ne!(latencies(&mut Decider::new(7, Vec::new()), "a"), latencies(&mut Decider::new(8, Vec::new()), "a"));
    }

    #[test]
    fn a_replayed_choice_is_taken_again_and_what_follows_is_drawn() {
        let nth_1 = Decision { kind: DecisionKind::Victim, path: Default::default(), nth: 1, taken: 2, among: 3 };
        let mut plain = Decider::new(1, Vec::new());
        let mut edited = Decider::new(1, vec![(nth_1, String::new())]);
        let draw = |d: &mut Decider| (0..4).map(|_| d.of_scheduling(DecisionKind::Victim, 3).taken).collect::<Vec<_>>();
        let (plain, edited) = (draw(&mut plain), draw(&mut edited));
        assert_eq!(edited[1], 2);
        assert_eq!((plain[0], plain[2], plain[3]), (edited[0], edited[2], edited[3]));
    }
}
