//! Timers as Node keeps them: a list for each length, and the lists by when their first timer is due.
//!
//! Follows Node 20.20.2, `lib/internal/timers.js` (`insert`, `processTimers`, `listOnTimeout`): when the loop comes to its
//! timers, all of one list that are due are called before the next list has its turn. So after a long callback one of
//! 10 ms may come before another of 40 ms whose time came earlier.

use std::collections::{BTreeMap, BTreeSet};

use crate::instant::{SimDuration, SimTime};
use crate::trace::ids::TimerId;

/// Pending timers by length.
#[derive(Debug, Default)]
pub(crate) struct TimerLists {
    lists: BTreeMap<SimDuration, List>,
    /// The lists' lengths, by their places: whoever looks what is due passes by what is not.
    order: BTreeMap<Place, SimDuration>,
    /// The length of each.
    lengths: BTreeMap<TimerId, SimDuration>,
    numbers: u64,
}

/// Where a list stands among the others: `expiry`, and `id` among equals.
type Place = (SimTime, u64);

#[derive(Debug)]
struct List {
    /// In the order in which they were set, which is that of their numbers.
    timers: BTreeSet<TimerId>,
    /// One whose first timer was given up keeps its place: it is never later than the first timer.
    place: Place,
}

impl TimerLists {
    /// A timer of this length is set.
    pub fn set(&mut self, timer: TimerId, length: SimDuration, deadline: SimTime) {
        self.lengths.insert(timer, length);
        let (numbers, order) = (&mut self.numbers, &mut self.order);
        let list = self.lists.entry(length).or_insert_with(|| {
            *numbers += 1;
            order.insert((deadline, *numbers), length);
            List { timers: BTreeSet::new(), place: (deadline, *numbers) }
        });
        list.timers.insert(timer);
    }

    /// It is given up.
    pub fn cancel(&mut self, timer: TimerId) {
        let Some(length) = self.lengths.remove(&timer) else { return };
        let Some(list) = self.lists.get_mut(&length) else { return };
        list.timers.remove(&timer);
        if list.timers.is_empty() {
            self.order.remove(&list.place);
            self.lists.remove(&length);
        }
    }

    /// The timers that are due, in the order in which they are called.
    pub fn take_due(&mut self, due: &BTreeSet<TimerId>, deadlines: &[SimTime]) -> Vec<TimerId> {
        let mut called = Vec::with_capacity(due.len());
        let Some(latest) = due.iter().map(|timer| deadlines[timer.index()]).max() else { return called };
        let at_latest: Vec<SimDuration> = self.order.range(..=(latest, u64::MAX)).map(|(_, length)| *length).collect();
        for length in at_latest {
            let list = self.lists.get_mut(&length).expect("each place is that of a list");
            let before = called.len();
            while let Some(first) = list.timers.first().copied().filter(|first| due.contains(first)) {
                list.timers.remove(&first);
                self.lengths.remove(&first);
                called.push(first);
            }
            if called.len() == before {
                continue;
            }
            self.order.remove(&list.place);
            match list.timers.first() {
                Some(next) => {
                    self.numbers += 1;
                    list.place = (deadlines[next.index()], self.numbers);
                    self.order.insert(list.place, length);
                }
                None => {
                    self.lists.remove(&length);
                }
            }
        }
        called
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_whose_first_timer_was_given_up_keeps_its_place() {
        let ms = SimDuration::from_millis;
        let at = |n: u64| SimTime::ZERO + ms(n);
        let deadlines = [at(10), at(20), at(15)];
        let mut lists = TimerLists::default();
        for (timer, length) in [(0, 10), (1, 10), (2, 14)] {
            lists.set(TimerId(timer), ms(length), deadlines[timer as usize]);
        }
        lists.cancel(TimerId(0));
        let due = BTreeSet::from([TimerId(1), TimerId(2)]);
        assert_eq!(lists.take_due(&due, &deadlines), [TimerId(1), TimerId(2)]);
        assert!(lists.lists.is_empty() && lists.order.is_empty() && lists.lengths.is_empty());
    }
}
