//! Fair shares, after Linux's EEVDF (kernel/sched/fair.c, 6.18): of the threads that have had no more than their
//! share, the one whose next slice would end first.
//!
//! A thread's virtual runtime grows by real time ÷ weight. It is eligible if its virtual runtime is at most the
//! weighted average (`entity_eligible`); its deadline is virtual runtime + slice ÷ weight (`update_deadline`). The
//! running thread keeps its core until its slice ends (RUN_TO_PARITY). A thread that sleeps keeps its lag
//! (`place_entity`); a new one starts with half a slice. Simplified: one run queue for all cores, no group scheduling.

use std::collections::{BTreeMap, VecDeque};

use super::{Arrival, ThreadPolicy, ThreadView};
use crate::instant::SimDuration;
use crate::trace::event::End;
use crate::trace::ids::ThreadId;

/// Nice −20 … 19 to weight: `sched_prio_to_weight` of kernel/sched/core.c.
const WEIGHTS: [i128; 40] = [
    88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916, 9548, 7620, 6100, 4904, 3906, 3121, 2501,
    1991, 1586, 1277, 1024, 820, 655, 526, 423, 335, 272, 215, 172, 137, 110, 87, 70, 56, 45, 36, 29, 23, 18, 15,
];
const NICE_0: i128 = 1024;

/// Fair shares by nice weight.
pub struct Eevdf {
    slice: SimDuration,
    entities: BTreeMap<ThreadId, Entity>,
}

struct Entity {
    weight: i128,
    vruntime: i128,
    deadline: i128,
    /// Distance behind the average when it left the queue: a sleeper gets it back.
    lag: i128,
    runnable: bool,
}

impl Eevdf {
    /// `slice` is the time a thread runs before others are considered: base_slice rounded up to the tick, 4 ms at
    /// 250 Hz (equal spinners ran 3.94 ms each).
    pub fn new(slice: SimDuration) -> Eevdf {
        Eevdf { slice, entities: BTreeMap::new() }
    }

    fn average(&self) -> i128 {
        let runnable = || self.entities.values().filter(|e| e.runnable);
        let weights: i128 = runnable().map(|e| e.weight).sum();
        if weights == 0 { 0 } else { runnable().map(|e| e.vruntime * e.weight).sum::<i128>().div_euclid(weights) }
    }

    fn virtual_length(&self, real: SimDuration, weight: i128) -> i128 {
        i128::from(real.as_nanos()) * NICE_0 / weight
    }
}

impl ThreadPolicy for Eevdf {
    fn describe(&self) -> String {
        format!("fair (EEVDF), slice {}", self.slice)
    }

    fn arrives(&mut self, thread: ThreadView, why: Arrival) -> End {
        let average = self.average();
        let nice = (-thread.priority).clamp(-20, 19);
        let weight = WEIGHTS[(nice + 20) as usize];
        let whole = self.virtual_length(self.slice, weight);
        let entity = self.entities.entry(thread.id).or_insert(Entity {
            weight,
            vruntime: average,
            deadline: average,
            lag: 0,
            runnable: false,
        });
        match why {
            Arrival::Created => {
                entity.vruntime = average;
                entity.deadline = average + whole / 2;
            }
            Arrival::Unblocked => {
                entity.vruntime = average - entity.lag;
                entity.deadline = entity.vruntime + whole;
            }
            Arrival::Preempted | Arrival::Yielded => {}
        }
        entity.runnable = true;
        End::Back
    }

    fn pick(&mut self, queue: &VecDeque<ThreadView>) -> Option<usize> {
        let average = self.average();
        let key = |(place, thread): (usize, &ThreadView)| {
            let e = &self.entities[&thread.id];
            (e.vruntime > average, e.deadline, place)
        };
        queue.iter().enumerate().map(key).min().map(|(_, _, place)| place)
    }

    fn quantum(&mut self, thread: ThreadView) -> Option<SimDuration> {
        let entity = &self.entities[&thread.id];
        let left = (entity.deadline - entity.vruntime).max(1) * entity.weight / NICE_0;
        let left = u64::try_from(left).unwrap_or(1).max(1);
        Some(SimDuration::from_nanos(left.min(self.slice.as_nanos())))
    }

    fn preempts(&mut self, newcomer: ThreadView, running: ThreadView, ran: SimDuration) -> bool {
        let average = self.average();
        let new = &self.entities[&newcomer.id];
        let current = &self.entities[&running.id];
        let parity = ran < self.slice;
        !parity && new.vruntime <= average && new.deadline < current.deadline
    }

    fn ran(&mut self, thread: ThreadView, length: SimDuration) {
        let slice = self.slice;
        let Some(weight) = self.entities.get(&thread.id).map(|e| e.weight) else { return };
        let (passed, whole) = (self.virtual_length(length, weight), self.virtual_length(slice, weight));
        let entity = self.entities.get_mut(&thread.id).expect("it was there a line ago");
        entity.vruntime += passed;
        if entity.vruntime >= entity.deadline {
            entity.deadline = entity.vruntime + whole;
        }
    }

    fn departs(&mut self, thread: ThreadView) {
        let average = self.average();
        let Some(weight) = self.entities.get(&thread.id).map(|e| e.weight) else { return };
        let most = self.virtual_length(self.slice, weight) * 2;
        let entity = self.entities.get_mut(&thread.id).expect("it was there a line ago");
        entity.lag = (average - entity.vruntime).clamp(-most, most);
        entity.runnable = false;
    }
}
