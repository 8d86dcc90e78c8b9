//! Fair shares, after Linux's EEVDF (kernel/sched/fair.c, 6.18): of the threads that have had no more than their
//! share, the one whose next slice would end first.
//!
//! A thread's virtual runtime grows by real time ÷ weight. It is eligible if its virtual runtime is at most the
//! weighted average (`entity_eligible`); its deadline is virtual runtime + slice ÷ weight (`update_deadline`).
//! RUN_TO_PARITY (`__pick_eevdf`): the running thread keeps its core until its slice ends, against one that wakes
//! only as long as it is itself eligible; past its share, it gives way to a wakee that is the one to be picked
//! (`check_preempt_wakeup_fair`). A thread that sleeps keeps its lag, at most two slices of it (`update_entity_lag`,
//! `place_entity`); one that has had more than its share stays in the line until that is made up for (DELAY_DEQUEUE,
//! `requeue_delayed_entity`). A new thread starts with half a slice (PLACE_DEADLINE_INITIAL). A yield gives up the rest of
//! the slice (`yield_task_fair`).
//!
//! Simplified: one run queue for all cores, no groups, no slices of a thread's own, no buddies. Slices are counted in
//! whole ticks: base slice 0.7 ms × (1 + log2 of the CPUs, at most 8), rounded up to the tick.

use std::collections::{BTreeMap, VecDeque};

use super::{Arrival, Stands, ThreadPolicy, ThreadView};
use crate::instant::SimDuration;
use crate::trace::event::End;
use crate::trace::ids::ThreadId;

/// Nice −20 … 19 to weight: `sched_prio_to_weight` of kernel/sched/core.c.
const WEIGHTS: [i128; 40] = [
    88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916, 9548, 7620, 6100, 4904, 3906, 3121, 2501,
    1991, 1586, 1277, 1024, 820, 655, 526, 423, 335, 272, 215, 172, 137, 110, 87, 70, 56, 45, 36, 29, 23, 18, 15,
];
const NICE_0: i128 = 1024;

/// A place in the line: by deadline, the first come first among equals.
type Place = (i128, u64);

/// Fair shares by nice weight.
pub struct Eevdf {
    slice: SimDuration,
    /// By thread; none before it arrives and after it has exited.
    entities: Vec<Option<Entity>>,
    /// Who waits for a core, and who sleeps in debt.
    line: BTreeMap<Place, ThreadId>,
    arrivals: u64,
    /// Of those that count: the weights, and virtual runtimes × weights. Kept, so that the average needs no scan.
    weights: i128,
    weighted: i128,
}

#[derive(Clone, Copy)]
struct Entity {
    weight: i128,
    vruntime: i128,
    deadline: i128,
    /// Distance behind the average when it left: a sleeper gets it back.
    lag: i128,
    /// Whether it is part of the average: it runs, waits for a core, or sleeps in debt.
    counts: bool,
    place: Option<Place>,
    /// Whether it sleeps in debt: it stands in the line until it would be picked.
    in_debt: bool,
}

impl Eevdf {
    /// `slice` is the time a thread runs before others are considered: base_slice rounded up to the tick, 4 ms at
    /// 250 Hz (equal spinners ran 3.94 ms each).
    pub fn new(slice: SimDuration) -> Eevdf {
        Eevdf { slice, entities: Vec::new(), line: BTreeMap::new(), arrivals: 0, weights: 0, weighted: 0 }
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

    /// Replaces what is known of the thread, and keeps the sums and the line.
    fn set(&mut self, thread: ThreadId, entity: Option<Entity>) {
        if self.entities.len() <= thread.index() {
            self.entities.resize(thread.index() + 1, None);
        }
        let before = std::mem::replace(&mut self.entities[thread.index()], entity);
        if let Some(before) = before.filter(|e| e.counts) {
            self.weights -= before.weight;
            self.weighted -= before.vruntime * before.weight;
        }
        if let Some(now) = entity.filter(|e| e.counts) {
            self.weights += now.weight;
            self.weighted += now.vruntime * now.weight;
        }
        let (before, now) = (before.and_then(|e| e.place), entity.and_then(|e| e.place));
        if before != now {
            before.map(|place| self.line.remove(&place));
            now.map(|place| self.line.insert(place, thread));
        }
    }

    fn virtual_length(&self, real: SimDuration, weight: i128) -> i128 {
        i128::from(real.as_nanos()) * NICE_0 / weight
    }

    /// `place_entity`: the thread stands as far behind the average as it did, in spite of its own part in it.
    fn placed(&self, entity: Entity, lag: i128, slice: i128) -> Entity {
        let lag = if self.weights == 0 { 0 } else { lag * (self.weights + entity.weight) / self.weights };
        let vruntime = self.average() - lag;
        Entity { vruntime, deadline: vruntime + slice, in_debt: false, ..entity }
    }

    /// `update_entity_lag`: at most two slices, either way.
    fn lag(&self, entity: Entity) -> i128 {
        let most = self.virtual_length(self.slice, entity.weight) * 2;
        (self.average() - entity.vruntime).clamp(-most, most)
    }

    fn line_up(&mut self, entity: &mut Entity) {
        self.arrivals += 1;
        entity.place = Some((entity.deadline, self.arrivals));
    }

    /// `__pick_eevdf`, of those in the line: the first deadline of an eligible one. Those that run on other cores are part
    /// of the average: where nobody in the line is eligible because of them, the first deadline of all.
    fn best(&self) -> Option<(Place, ThreadId)> {
        let average = self.average();
        let eligible = self.line.iter().find(|(_, thread)| self.entity(**thread).vruntime <= average);
        eligible.or_else(|| self.line.first_key_value()).map(|(place, thread)| (*place, *thread))
    }

    /// As it wakes: what becomes of the thread, which may have slept in debt.
    fn woken(&mut self, thread: ThreadId, entity: Entity) -> Entity {
        let whole = self.virtual_length(self.slice, entity.weight);
        if !entity.in_debt {
            return self.placed(entity, entity.lag, whole);
        }
        if self.average() < entity.vruntime {
            return Entity { in_debt: false, ..entity };
        }
        // DELAY_ZERO: what was more than made up for is not to its credit.
        self.set(thread, Some(Entity { counts: false, place: None, ..entity }));
        self.placed(entity, 0, whole)
    }

    /// It belongs to another class now, whatever it does.
    pub(super) fn switches_away(&mut self, thread: ThreadView, stands: Stands) {
        let Some(entity) = self.find(thread.id) else { return };
        let lag = match stands {
            Stands::Waiting | Stands::Running => self.lag(entity),
            Stands::Away if entity.in_debt => self.lag(entity).min(0),
            Stands::Away => entity.lag,
        };
        self.set(thread.id, Some(Entity { lag, counts: false, place: None, in_debt: false, ..entity }));
    }

    /// It belongs to this class again.
    pub(super) fn switches_back(&mut self, thread: ThreadView, stands: Stands) {
        match stands {
            Stands::Waiting => {
                self.arrives(thread, Arrival::Unblocked);
            }
            Stands::Running => {
                let entity = self.find(thread.id).unwrap_or_else(|| self.fresh(thread));
                let entity = self.woken(thread.id, entity);
                self.set(thread.id, Some(Entity { counts: true, place: None, ..entity }));
            }
            Stands::Away => {}
        }
    }

    fn fresh(&self, thread: ThreadView) -> Entity {
        let weight = WEIGHTS[(thread.nice.clamp(-20, 19) + 20) as usize];
        let average = self.average();
        let (lag, place) = (0, None);
        Entity { weight, vruntime: average, deadline: average, lag, counts: false, place, in_debt: false }
    }
}

impl ThreadPolicy for Eevdf {
    fn describe(&self) -> String {
        format!("fair (EEVDF), slice {}", self.slice)
    }

    fn arrives(&mut self, thread: ThreadView, why: Arrival) -> End {
        let mut entity = self.find(thread.id).unwrap_or_else(|| self.fresh(thread));
        let whole = self.virtual_length(self.slice, entity.weight);
        match why {
            Arrival::Created => entity = self.placed(entity, 0, whole / 2),
            Arrival::Unblocked => entity = self.woken(thread.id, entity),
            Arrival::Yielded if entity.vruntime <= self.average() => {
                entity.vruntime = entity.deadline;
                entity.deadline += whole;
            }
            Arrival::Yielded | Arrival::Preempted => {}
        }
        entity.counts = true;
        self.line_up(&mut entity);
        self.set(thread.id, Some(entity));
        End::Back
    }

    fn pick(&mut self, queue: &VecDeque<ThreadView>) -> Option<usize> {
        loop {
            let (_, thread) = self.best()?;
            let entity = self.entity(thread);
            if entity.in_debt {
                // Its debt is paid: now it sleeps without a part in the average.
                let lag = self.lag(entity).min(0);
                self.set(thread, Some(Entity { lag, counts: false, place: None, in_debt: false, ..entity }));
                continue;
            }
            self.set(thread, Some(Entity { place: None, ..entity }));
            return queue.iter().position(|view| view.id == thread);
        }
    }

    fn quantum(&mut self, thread: ThreadView) -> Option<SimDuration> {
        let entity = self.entity(thread.id);
        // Rounded up: less would not move the virtual runtime of a heavy thread at all, and its slice would never end.
        let left = ((entity.deadline - entity.vruntime).max(1) * entity.weight + NICE_0 - 1) / NICE_0;
        let left = u64::try_from(left).unwrap_or(1).max(1);
        Some(SimDuration::from_nanos(left.min(self.slice.as_nanos())))
    }

    fn preempts(&mut self, newcomer: ThreadView, running: ThreadView) -> bool {
        let protected = self.entity(running.id).vruntime <= self.average();
        !protected && self.best().is_some_and(|(_, best)| best == newcomer.id)
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
        entity.in_debt = entity.vruntime > self.average();
        if entity.in_debt {
            self.line_up(&mut entity);
        } else {
            entity.lag = self.lag(entity);
            entity = Entity { counts: false, place: None, ..entity };
        }
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
        ThreadView { id: ThreadId(id), priority: 0, nice: 0 }
    }

    fn policy() -> Eevdf {
        Eevdf::new(SimDuration::from_millis(4))
    }

    fn ms(n: u64) -> SimDuration {
        SimDuration::from_millis(n)
    }

    /// Picks from those in the line who do not sleep.
    fn pick(policy: &mut Eevdf) -> ThreadId {
        let awake = policy.line.values().filter(|id| !policy.entity(**id).in_debt);
        let queue: VecDeque<ThreadView> = awake.map(|id| thread(id.0)).collect();
        let place = policy.pick(&queue).expect("someone waits");
        queue[place].id
    }

    #[test]
    fn a_slice_comes_to_its_end_whatever_the_weight() {
        for nice in -20..=19 {
            let (mut policy, thread) = (policy(), ThreadView { id: ThreadId(0), priority: 0, nice });
            policy.arrives(thread, Arrival::Created);
            policy.pick(&VecDeque::from([thread]));
            let deadline = policy.entity(thread.id).deadline;
            for _ in 0..10 {
                let length = policy.quantum(thread).expect("a fair thread has a slice");
                policy.ran(thread, length);
            }
            assert_ne!(policy.entity(thread.id).deadline, deadline, "nice {nice}");
        }
    }

    #[test]
    fn who_has_exited_is_forgotten_and_weighs_nothing() {
        let mut policy = policy();
        let nobody = VecDeque::new();
        for id in 0..1_000 {
            policy.arrives(thread(id), Arrival::Created);
            policy.ran(thread(id), SimDuration::from_micros(u64::from(id)));
        }
        for id in 0..1_000 {
            if id % 2 == 0 { policy.departs(thread(id)) } else { policy.exits(thread(id)) }
        }
        assert_eq!(policy.pick(&nobody), None, "whoever slept in debt sleeps without one now");
        assert_eq!((policy.weights, policy.weighted, policy.line.len()), (0, 0, 0));
        assert_eq!(policy.entities.iter().flatten().count(), 500, "sleepers keep their lag");
    }

    #[test]
    fn the_kept_average_is_that_of_all_that_count() {
        let mut policy = policy();
        for id in 0..10 {
            policy.arrives(ThreadView { nice: i32::try_from(id).unwrap(), ..thread(id) }, Arrival::Created);
            policy.ran(thread(id), SimDuration::from_micros(u64::from(id) * 37));
            if id % 3 == 0 {
                policy.departs(thread(id));
            }
        }
        let counts: Vec<Entity> = policy.entities.iter().flatten().copied().filter(|e| e.counts).collect();
        let weights: i128 = counts.iter().map(|e| e.weight).sum();
        let weighted: i128 = counts.iter().map(|e| e.weight * e.vruntime).sum();
        assert_eq!(policy.average(), weighted.div_euclid(weights));
    }

    #[test]
    fn a_wakee_is_as_far_behind_as_when_it_went_to_sleep() {
        let mut policy = policy();
        for id in 0..3 {
            policy.arrives(thread(id), Arrival::Created);
        }
        assert_eq!(pick(&mut policy), ThreadId(0));
        policy.ran(thread(0), ms(2));
        policy.arrives(thread(0), Arrival::Preempted);
        let lag = policy.average();
        assert_eq!(pick(&mut policy), ThreadId(1));
        policy.departs(thread(1));
        policy.arrives(thread(1), Arrival::Unblocked);
        assert!((policy.average() - policy.entity(ThreadId(1)).vruntime - lag).abs() <= 2, "up to rounding");
    }

    #[test]
    fn one_that_is_past_its_share_gives_way_to_the_wakee_that_is_next_and_one_that_is_not_does_not() {
        let mut policy = policy();
        for id in 0..2 {
            policy.arrives(thread(id), Arrival::Created);
        }
        assert_eq!(pick(&mut policy), ThreadId(0));
        policy.arrives(thread(2), Arrival::Created);
        assert!(!policy.preempts(thread(2), thread(0)), "it has not run at all");
        policy.ran(thread(0), ms(1));
        assert!(!policy.preempts(thread(2), thread(0)), "the other came first");
        assert!(policy.preempts(thread(1), thread(0)), "past its share, its slice is no protection");
    }

    #[test]
    fn a_debt_is_slept_off_and_no_credit_is_made_of_it() {
        let mut policy = policy();
        for id in 0..2 {
            policy.arrives(thread(id), Arrival::Created);
        }
        assert_eq!(pick(&mut policy), ThreadId(0));
        policy.ran(thread(0), ms(2));
        policy.departs(thread(0));
        assert!(policy.entity(ThreadId(0)).in_debt);
        assert_eq!(pick(&mut policy), ThreadId(1));
        policy.ran(thread(1), ms(8));
        policy.arrives(thread(0), Arrival::Unblocked);
        let entity = policy.entity(ThreadId(0));
        assert_eq!((entity.in_debt, entity.vruntime), (false, 8_000_000), "it stands where the other stands");
    }

    #[test]
    fn a_yield_gives_up_the_rest_of_the_slice() {
        let mut policy = policy();
        for id in 0..2 {
            policy.arrives(thread(id), Arrival::Created);
        }
        assert_eq!(pick(&mut policy), ThreadId(0));
        policy.arrives(thread(0), Arrival::Yielded);
        assert_eq!(policy.entity(ThreadId(0)).vruntime, 2_000_000, "half a slice, which a new thread has");
        assert_eq!(pick(&mut policy), ThreadId(1));
    }
}
