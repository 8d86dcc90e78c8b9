//! Draws workloads from a seed: the same ones for the same seed, everywhere.

use super::tree::*;

/// SplitMix64: small, and good enough to choose steps.
pub struct Draw(u64);

impl Draw {
    pub fn new(seed: u64) -> Draw {
        Draw(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// How deep tasks spawn tasks.
const DEPTH: usize = 3;

pub fn workload(seed: u64) -> Workload {
    let mut draw = Draw::new(seed);
    let channels = (0..1 + draw.below(2)).map(|_| [None, Some(1), Some(2)][draw.below(3)]).collect();
    let mut workload = Workload { channels, locks: 1 + draw.below(2), notifies: 1, root: Vec::new() };
    let mut maker = Maker { draw, workload: workload.clone() };
    workload.root = maker.root();
    assert!(workload.is_sound(), "the generator made {workload:?}");
    workload
}

struct Maker {
    draw: Draw,
    /// What there is to share; its root stays empty.
    workload: Workload,
}

impl Maker {
    fn root(&mut self) -> Vec<Op> {
        let mut root = Vec::new();
        let mut children = Vec::new();
        // Some workloads are wide, so that a runtime's intervals and queues are reached.
        let wide = match self.draw.below(60) {
            0 => 250 + self.draw.below(300),
            1..=5 => 30 + self.draw.below(60),
            _ => 0,
        };
        for _ in 0..2 + self.draw.below(7) {
            match self.draw.below(8) {
                0 => root.push(Op::Yield),
                1 => root.push(Op::YieldSelf),
                2 => {
                    let op = self.any(DEPTH, None);
                    if self.workload.is_free(std::slice::from_ref(&op))
                        && !matches!(op, Op::Spawn(_) | Op::Join | Op::Drop)
                    {
                        root.push(op);
                    }
                }
                3 => {
                    if children.first().is_some_and(|child: &Vec<Op>| self.workload.is_free(child)) {
                        children.remove(0);
                        root.push(Op::Join);
                    }
                }
                _ => {
                    let child = self.task(1);
                    children.push(child.clone());
                    root.push(Op::Spawn(child));
                }
            }
        }
        let place = self.draw.below(root.len() + 1);
        for _ in 0..wide {
            root.insert(place, Op::Spawn(vec![self.quick()]));
        }
        if wide > 0 && !root_is_free(&self.workload, &root) {
            root.retain(|op| *op != Op::Join);
        }
        root
    }

    fn quick(&mut self) -> Op {
        match self.draw.below(4) {
            0 => Op::Yield,
            1 => Op::YieldSelf,
            2 => Op::NotifyOne(0),
            _ => Op::Wait(Wait::Yield),
        }
    }

    fn task(&mut self, depth: usize) -> Vec<Op> {
        (0..1 + self.draw.below(5)).map(|_| self.any(depth, None)).collect()
    }

    fn any(&mut self, depth: usize, held: Option<usize>) -> Op {
        let channel = self.draw.below(self.workload.channels.len());
        let messages = match self.draw.below(32) {
            // So many that a budget of 128 is used up.
            0 | 1 => 100 + self.draw.below(100),
            2..=6 => 1 + self.draw.below(4),
            _ => 1,
        };
        match self.draw.below(17) {
            0 | 1 if depth < DEPTH => Op::Spawn(self.task(depth + 1)),
            2 if held.is_none() => Op::Join,
            3 | 4 => Op::Yield,
            5 => Op::YieldSelf,
            6 | 7 => Op::Send(channel, messages),
            8 | 9 => Op::Recv(channel, messages),
            10 | 11 => self.lock(depth, held),
            12 => Op::NotifyOne(0),
            16 if self.draw.one_in(2) => Op::Drop,
            13 if self.draw.one_in(3) => Op::NotifyWaiters(0),
            14 => Op::Select(self.wait(held), self.wait(held)),
            15 if self.draw.one_in(3) => self.elsewhere(depth),
            _ => Op::Wait(self.wait(held)),
        }
    }

    /// A lock above those that are held, if there is one.
    fn lock(&mut self, depth: usize, held: Option<usize>) -> Op {
        let least = held.map_or(0, |held| held + 1);
        if least >= self.workload.locks {
            return Op::YieldSelf;
        }
        let lock = least + self.draw.below(self.workload.locks - least);
        Op::Lock(lock, (0..self.draw.below(4)).map(|_| self.any(depth, Some(lock))).collect())
    }

    fn elsewhere(&mut self, depth: usize) -> Op {
        let step = |maker: &mut Maker| match maker.draw.below(3) {
            0 if depth < DEPTH => Outside::Spawn(maker.task(depth + 1)),
            1 => Outside::NotifyOne(0),
            _ => Outside::Send(maker.draw.below(maker.workload.channels.len())),
        };
        Op::Elsewhere((0..1 + self.draw.below(2)).map(|_| step(self)).collect())
    }

    fn wait(&mut self, held: Option<usize>) -> Wait {
        let channel = self.draw.below(self.workload.channels.len());
        let least = held.map_or(0, |held| held + 1);
        match self.draw.below(8) {
            0 | 1 => Wait::Recv(channel),
            2 => Wait::Send(channel),
            3 => Wait::Notified(0),
            4 if least < self.workload.locks => Wait::Lock(least),
            5 | 6 => Wait::Sleep(self.draw.below(4) as u64),
            _ => Wait::Yield,
        }
    }
}
