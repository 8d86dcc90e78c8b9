//! Timers as Node keeps them: a list for each length, and the lists by when their first timer is due.
//!
//! Follows Node 20.20.2, `lib/internal/timers.js` (`insert`, `processTimers`, `listOnTimeout`): when the loop comes to its
//! timers, all of one list that are due are called before the next list has its turn. So after a long callback one of
//! 10 ms may come before another of 40 ms whose time came earlier. Lists compare in whole milliseconds of the loop's clock
//! (`getLibuvNow`): of two whose first timers are due in the same one, the list goes first that was made first. A timer is
//! due here when its whole length has passed; Node may find it due up to a millisecond before, if the loop looks then.

use std::collections::{BTreeMap, BTreeSet};

use crate::instant::{SimDuration, SimTime};
use crate::trace::ids::TimerId;

/// Pending timers by length.
#[derive(Debug, Default)]
pub(crate) struct TimerLists {
    lists: BTreeMap<SimDuration, List>,
    /// The lists' lengths, by their places: whoever looks what is due passes by what is not.
    order: BTreeMap<Place, SimDuration>,
    /// The length of each, and when it was set (`_idleStart`).
    set: BTreeMap<TimerId, (SimDuration, SimTime)>,
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
    pub fn set(&mut self, timer: TimerId, length: SimDuration, now: SimTime) {
        let start = whole(now);
        self.set.insert(timer, (length, start));
        let (numbers, order) = (&mut self.numbers, &mut self.order);
        let list = self.lists.entry(length).or_insert_with(|| {
            *numbers += 1;
            let place = (start + length, *numbers);
            order.insert(place, length);
            List { timers: BTreeSet::new(), place }
        });
        list.timers.insert(timer);
    }

    /// It is given up.
    pub fn cancel(&mut self, timer: TimerId) {
        let Some((length, _)) = self.set.remove(&timer) else { return };
        let Some(list) = self.lists.get_mut(&length) else { return };
        list.timers.remove(&timer);
        if list.timers.is_empty() {
            self.order.remove(&list.place);
            self.lists.remove(&length);
        }
    }

    /// The timers that are due, in the order in which they are called.
    pub fn take_due(&mut self, due: &BTreeSet<TimerId>, now: SimTime) -> Vec<TimerId> {
        let mut called = Vec::with_capacity(due.len());
        if due.is_empty() {
            return called;
        }
        let latest = (whole(now), u64::MAX);
        let at_latest: Vec<SimDuration> = self.order.range(..=latest).map(|(_, length)| *length).collect();
        for length in at_latest {
            let list = self.lists.get_mut(&length).expect("each place is that of a list");
            let before = called.len();
            while let Some(first) = list.timers.first().copied().filter(|first| due.contains(first)) {
                list.timers.remove(&first);
                self.set.remove(&first);
                called.push(first);
            }
            if called.len() == before {
                continue;
            }
            self.order.remove(&list.place);
            match list.timers.first() {
                Some(next) => {
                    self.numbers += 1;
                    let (_, start) = self.set[next];
                    list.place = (start + length, self.numbers);
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

/// As the loop's clock tells it.
fn whole(time: SimTime) -> SimTime {
    SimTime::ZERO + SimDuration::from_millis(time.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_whose_first_timer_was_given_up_keeps_its_place() {
        let ms = SimDuration::from_millis;
        let at = |n: u64| SimTime::ZERO + ms(n);
        let mut lists = TimerLists::default();
        for (timer, length, now) in [(0, 10, 0), (1, 10, 10), (2, 14, 1)] {
            lists.set(TimerId(timer), ms(length), at(now));
        }
        lists.cancel(TimerId(0));
        let due = BTreeSet::from([TimerId(1), TimerId(2)]);
        assert_eq!(lists.take_due(&due, at(20)), [TimerId(1), TimerId(2)]);
        assert!(lists.lists.is_empty() && lists.order.is_empty() && lists.set.is_empty());
    }
}
