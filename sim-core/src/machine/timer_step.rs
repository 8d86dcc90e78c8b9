//! When a timer of a task is due: runtimes look at their timers in steps.

use crate::instant::{SimDuration, SimTime};

/// When a timer of a task is due.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TimerStep {
    /// At its deadline.
    #[default]
    None,
    /// At the first whole number of these from the start that is no sooner than its deadline.
    RoundUp(SimDuration),
    /// At a tick of a wheel that turns so often. A timer is put on the wheel at the next tick after it was set, just after
    /// that tick has been served, and its length counts from there in whole ticks, rounded up, and one more.
    Wheel(SimDuration),
}

impl TimerStep {
    /// When a timer is due that is set at `now` for `deadline`.
    pub(crate) fn due(self, now: SimTime, deadline: SimTime) -> SimTime {
        match self {
            TimerStep::None => deadline,
            TimerStep::RoundUp(step) => deadline.rounded_up(step),
            // One of no length has no timer there: it is served at once.
            TimerStep::Wheel(_) if deadline <= now => deadline,
            TimerStep::Wheel(tick) => {
                let length = SimTime::ZERO + (deadline - now);
                let put_on = SimDuration::from_nanos(now.as_nanos() / tick.as_nanos() * tick.as_nanos()) + tick;
                length.rounded_up(tick) + put_on + tick
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wheel_counts_from_the_tick_after_the_timer_was_set() {
        let ms = |n: u64| SimTime::ZERO + SimDuration::from_millis(n);
        let wheel = TimerStep::Wheel(SimDuration::from_millis(10));
        let due = |now: u64, length: u64| wheel.due(ms(now), ms(now + length)).as_millis();
        assert_eq!([due(0, 3), due(2, 3), due(9, 3), due(10, 10), due(12, 11), due(7, 0)], [30, 30, 30, 40, 50, 7]);
    }
}
