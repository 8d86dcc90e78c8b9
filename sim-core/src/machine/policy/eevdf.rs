//! Fair shares, after Linux's EEVDF (kernel/sched/fair.c, 6.18): of the threads that have had no more than their
//! share, the one whose next slice would end first.
//!
//! A thread's virtual runtime grows by real time ÷ weight. It is eligible if its virtual runtime is at most the
//! weighted average (`entity_eligible`); its deadline is virtual runtime + slice ÷ weight (`update_deadline`). The
//! running thread keeps its core until its slice ends (RUN_TO_PARITY). A thread that sleeps keeps its lag
//! (`place_entity`); a new one starts with half a slice. Simplified: one run queue for all cores, no group scheduling.

use std::collections::VecDeque;

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
    /// By thread; none before it arrives and after it has exited.
    entities: Vec<Option<Entity>>,
    /// Of those that are runnable: the weights, and virtual runtimes × weights. Kept, so that the average needs no scan.
    weights: i128,
    weighted: i128,
}

#[derive(Clone, Copy)]
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
        Eevdf { slice, entities: Vec::new(), weights: 0, weighted: 0 }
    }

    fn average(&self) -> i128 {
        if self.weights == 0 { 0 } else { self.weighted.div_euclid(self.weights) }
    }

    fn find(&self, thread: ThreadId) -> Option<Entity> {
        self.entities.get(thread.index()).copied().flatten()
    }

    fn entity(&self, thread: ThreadId) -> Entity {
        self.find(thread).expect("a thread arrives before it is chosen, and is chosen before it exits")
    }

    /// Replaces what is known of the thread, and keeps the sums.
    fn set(&mut self, thread: ThreadId, entity: Option<Entity>) {
        if self.entities.len() <= thread.index() {
            self.entities.resize(thread.index() + 1, None);
        }
        let before = std::mem::replace(&mut self.entities[thread.index()], entity);
        if let Some(before) = before.filter(|e| e.runnable) {
            self.weights -= before.weight;
            self.weighted -= before.vruntime * before.weight;
        }
        if let Some(now) = entity.filter(|e| e.runnable) {
            self.weights += now.weight;
            self.weighted += now.vruntime * now.weight;
        }
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
        let new = Entity { weight, vruntime: average, deadline: average, lag: 0, runnable: false };
        let mut entity = self.find(thread.id).unwrap_or(new);
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
        self.set(thread.id, Some(entity));
        End::Back
    }

    fn pick(&mut self, queue: &VecDeque<ThreadView>) -> Option<usize> {
        let average = self.average();
        let key = |(place, thread): (usize, &ThreadView)| {
            let e = self.entity(thread.id);
            (e.vruntime > average, e.deadline, place)
        };
        queue.iter().enumerate().map(key).min().map(|(_, _, place)| place)
    }

    fn quantum(&mut self, thread: ThreadView) -> Option<SimDuration> {
        let entity = self.entity(thread.id);
        let left = (entity.deadline - entity.vruntime).max(1) * entity.weight / NICE_0;
        let left = u64::try_from(left).unwrap_or(1).max(1);
        Some(SimDuration::from_nanos(left.min(self.slice.as_nanos())))
    }

    fn preempts(&mut self, newcomer: ThreadView, running: ThreadView, ran: SimDuration) -> bool {
        let average = self.average();
        let new = self.entity(newcomer.id);
        let current = self.entity(running.id);
        let parity = ran < self.slice;
        !parity && new.vruntime <= average && new.deadline < current.deadline
    }

    fn ran(&mut self, thread: ThreadView, length: SimDuration) {
        let Some(mut entity) = self.find(thread.id) else { return };
        entity.vruntime += self.virtual_length(length, entity.weight);
        if entity.vruntime >= entity.deadline {
            entity.deadline = entity.vruntime + self.virtual_length(self.slice, entity.weight);
        }
        self.set(thread.id, Some(entity));
    }

    fn departs(&mut self, thread: ThreadView) {
        let Some(mut entity) = self.find(thread.id) else { return };
        let most = self.virtual_length(self.slice, entity.weight) * 2;
        entity.lag = (self.average() - entity.vruntime).clamp(-most, most);
        entity.runnable = false;
        self.set(thread.id, Some(entity));
    }

    fn exits(&mut self, thread: ThreadView) {
        self.set(thread.id, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thread(id: u32) -> ThreadView {
        ThreadView { id: ThreadId(id), priority: 0 }
    }

    #[test]
    fn who_has_exited_is_forgotten_and_weighs_nothing() {
        let mut policy = Eevdf::new(SimDuration::from_millis(4));
        for id in 0..1_000 {
            policy.arrives(thread(id), Arrival::Created);
            policy.ran(thread(id), SimDuration::from_millis(u64::from(id)));
        }
        for id in 0..1_000 {
            if id % 2 == 0 { policy.departs(thread(id)) } else { policy.exits(thread(id)) }
        }
        assert_eq!((policy.weights, policy.weighted), (0, 0));
        assert_eq!(policy.entities.iter().flatten().count(), 500, "sleepers keep their lag");
    }

    #[test]
    fn the_kept_average_is_that_of_the_runnable() {
        let mut policy = Eevdf::new(SimDuration::from_millis(4));
        for id in 0..10 {
            policy.arrives(ThreadView { id: ThreadId(id), priority: i32::try_from(id).unwrap() }, Arrival::Created);
            policy.ran(thread(id), SimDuration::from_micros(u64::from(id) * 37));
            if id % 3 == 0 {
                policy.departs(thread(id));
            }
        }
        let runnable: Vec<Entity> = policy.entities.iter().flatten().copied().filter(|e| e.runnable).collect();
        let weights: i128 = runnable.iter().map(|e| e.weight).sum();
        let weighted: i128 = runnable.iter().map(|e| e.weight * e.vruntime).sum();
        assert_eq!(policy.average(), weighted.div_euclid(weights));
    }
}
