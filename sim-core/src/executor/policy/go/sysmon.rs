//! Go's `sysmon` (1.19.8, `runtime/proc.go`): when it looks, as far as its looks take Ps from system calls.
//!
//! It is a thread without a P that computes nothing to speak of: here it takes no core, and its looks are moments. Where no
//! P is in a call nothing comes of a look, so that those are counted later, when one enters a call.

use crate::instant::{SimDuration, SimTime};

/// Its first sleeps, and those after it took a P.
const SHORTEST: SimDuration = SimDuration::from_micros(20);
const LONGEST: SimDuration = SimDuration::from_millis(10);
/// After more looks in vain each sleep is twice as long as the one before.
const IN_VAIN: u32 = 50;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Sysmon {
    next: SimTime,
    delay: SimDuration,
    in_vain: u32,
    /// Its deep sleep (`sysmonwait`): it saw no P that was not idle.
    asleep: bool,
}

/// What it finds at a look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ps {
    /// One at least is running, or in a call.
    Busy,
    /// All are idle.
    AllIdle,
}

impl Sysmon {
    pub fn new() -> Sysmon {
        Sysmon { next: SimTime::ZERO + SHORTEST, delay: SHORTEST, in_vain: 0, asleep: false }
    }

    /// When it looks next, if it is not in its deep sleep.
    pub fn next(&self) -> SimTime {
        self.next
    }

    /// Its looks before `to` took nothing; the Ps were the same all the time. `seen` is told of each.
    pub fn goes_on(&mut self, to: SimTime, ps: Ps, mut seen: impl FnMut(SimTime)) {
        while !self.asleep && self.next < to {
            match ps {
                Ps::AllIdle => self.asleep = true,
                Ps::Busy => {
                    seen(self.next);
                    self.looked(self.next, 0);
                }
            }
        }
    }

    /// A look has taken so many Ps.
    pub fn looked(&mut self, now: SimTime, taken: usize) {
        if taken > 0 {
            (self.in_vain, self.delay) = (0, SHORTEST);
        } else {
            self.in_vain += 1;
            if self.in_vain > IN_VAIN {
                self.delay = SimDuration::from_nanos(2 * self.delay.as_nanos()).min(LONGEST);
            }
        }
        self.next = now + self.delay;
    }

    /// A call begins or ends: that ends a deep sleep, and it starts with short ones again. Answers whether it looks now.
    pub fn wakes_for_call(&mut self, now: SimTime) -> bool {
        let wakes = std::mem::take(&mut self.asleep);
        if wakes {
            (self.in_vain, self.delay) = (0, SHORTEST);
            self.looked(now, 0);
        }
        wakes
    }

    /// A timer's time has come: a deep sleep lasts no longer (`timeSleepUntil`), and its sleeps are as long as before.
    pub fn wakes_for_timer(&mut self, now: SimTime) {
        if std::mem::take(&mut self.asleep) {
            self.looked(now, 0);
        }
    }
}
