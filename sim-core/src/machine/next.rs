//! What happens next: the agenda, the ends of work and quanta, and how far a body may move the clock by itself.
//!
//! Decides which of them comes first; whoever asked ([`super::sim`]) does it.

use std::cmp::Reverse;

use super::kernel::{Core, Kernel};
use crate::instant::{SimDuration, SimTime};
use crate::trace::event::EndReason;
use crate::trace::ids::*;

/// What the future holds. At one moment: in order of submission.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Scheduled {
    pub time: SimTime,
    pub submission: u64,
    pub what: Due,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Due {
    Timer(TimerId),
    Completion(RequestId),
    /// A thread has slept for as long as it wanted to.
    Alarm(ThreadId),
    /// Somebody looks at the workers in system calls.
    Look,
}

/// A core whose thread goes on next, before anything else happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NextWork {
    pub core: CoreId,
    time: SimTime,
    horizon: SimTime,
}

/// What the driver does next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    Due(Due),
    Resume(CoreId),
    QuantumOver(CoreId),
    End(EndReason),
}

impl Step {
    /// What it counts against the limit. Code that goes on has counted its own call, whether it had to wait for its turn or
    /// could move the clock by itself: both count alike.
    fn counts(self) -> u64 {
        match self {
            Step::Due(_) | Step::QuantumOver(_) => 1,
            Step::Resume(_) | Step::End(_) => 0,
        }
    }
}

impl Kernel {
    /// Puts a thing on the agenda.
    pub fn schedule(&mut self, time: SimTime, submission: u64, what: Due) {
        self.horizon = self.horizon.min(time);
        self.agenda.push(Reverse(Scheduled { time, submission, what }));
    }

    pub fn next_submission(&mut self) -> u64 {
        self.submissions += 1;
        self.submissions
    }

    /// Counts a step of a body that runs on without the driver; at the limit the driver is asked before time passes.
    #[inline]
    pub fn count_step(&mut self) {
        self.steps += 1;
        if self.steps >= self.limits.steps {
            self.horizon = self.now;
        }
    }

    /// What happens next. Moves the clock if nothing is left to do at this moment.
    pub fn next_step(&mut self) -> Step {
        if self.steps >= self.limits.steps {
            return Step::End(EndReason::StepLimit);
        }
        if self.interrupted {
            return Step::End(EndReason::Interrupted);
        }
        loop {
            self.forget_cancelled();
            if let Some(step) = self.step_now() {
                self.steps += step.counts();
                return step;
            }
            if self.dispatch() {
                continue;
            }
            let next = if self.only_alarms_are_left() { None } else { self.next_time() };
            let Some(next) = next else { return Step::End(EndReason::Stuck) };
            // What would come later than a trace can say is held at its last moment, and never happens.
            if next > self.limits.time || next == SimTime::MAX {
                self.now = self.limits.time;
                return Step::End(EndReason::TimeLimit);
            }
            self.now = next;
        }
    }

    /// The next core whose thread goes on because its work has ended. None: something else is to be looked at before.
    #[inline]
    pub fn next_work(&self) -> Option<NextWork> {
        if self.given_up || self.interrupted || self.watcher.is_some() || self.steps >= self.limits.steps {
            return None;
        }
        let (mut first, mut second, mut place) = (SimTime::MAX, SimTime::MAX, None);
        for (index, core) in self.cores.iter().enumerate() {
            if core.thread.is_none() {
                if self.freed || !self.run_queue.is_empty() {
                    return None;
                }
                continue;
            }
            // At one moment the first core goes first.
            let ends = core.segment_end.min(core.quantum_end);
            if ends < first {
                (second, first, place) = (first, ends, Some(index));
            } else {
                second = second.min(ends);
            }
        }
        let place = place?;
        let Core { segment_end, quantum_end, .. } = self.cores[place];
        if segment_end > first || first > self.limits.time || first == SimTime::MAX {
            return None;
        }
        let mut horizon = second.min(quantum_end).min(self.limits.time.saturating_add(SimDuration::from_nanos(1)));
        if let Some(Reverse(due)) = self.agenda.peek() {
            if due.time <= first {
                return None;
            }
            horizon = horizon.min(due.time);
        }
        Some(NextWork { core: CoreId::from_index(place), time: first, horizon })
    }

    /// Moves the clock to the end of that core's work: a step as any other.
    #[inline]
    pub fn go_to(&mut self, next: NextWork) {
        self.now = self.now.max(next.time);
        self.horizon = next.horizon;
    }

    /// A timer that was given up must not move the clock.
    fn forget_cancelled(&mut self) {
        self.given_up = false;
        while self.agenda.peek().is_some_and(|Reverse(due)| self.is_given_up(due)) {
            self.agenda.pop();
        }
    }

    fn is_given_up(&self, due: &Scheduled) -> bool {
        match due.what {
            Due::Timer(timer) => !self.timers.contains_key(&timer),
            Due::Alarm(thread) => self.alarms.get(&thread) != Some(&due.time),
            Due::Look => self.look != Some(due.time),
            Due::Completion(_) => false,
        }
    }

    /// Whether nothing will ever happen but that threads without work end.
    fn only_alarms_are_left(&self) -> bool {
        let is_nothing = |due: &Scheduled| matches!(due.what, Due::Alarm(_)) || self.is_given_up(due);
        !self.alarms.is_empty()
            && self.cores.iter().all(|core| core.thread.is_none())
            && self.agenda.iter().all(|Reverse(due)| is_nothing(due))
    }

    /// At one moment: completions and timers in order of submission, then ends of work and quanta by core.
    fn step_now(&mut self) -> Option<Step> {
        if self.agenda.peek().is_some_and(|Reverse(due)| due.time <= self.now) {
            return self.agenda.pop().map(|Reverse(due)| Step::Due(due.what));
        }
        for (index, core) in self.cores.iter().enumerate() {
            if core.thread.is_none() {
                continue;
            }
            if core.segment_end <= self.now {
                return Some(Step::Resume(CoreId::from_index(index)));
            }
            if core.quantum_end <= self.now {
                return Some(Step::QuantumOver(CoreId::from_index(index)));
            }
        }
        None
    }

    fn next_time(&self) -> Option<SimTime> {
        let agenda = self.agenda.peek().map(|Reverse(due)| due.time);
        let busy = self.cores.iter().filter(|core| core.thread.is_some());
        busy.map(|core| core.segment_end.min(core.quantum_end)).chain(agenda).min()
    }

    /// How far the body on `core` may move the clock by itself: before anything else happens.
    pub fn set_horizon(&mut self, core: CoreId) {
        let mut horizon = self.limits.time.saturating_add(SimDuration::from_nanos(1));
        if let Some(Reverse(due)) = self.agenda.peek() {
            horizon = horizon.min(due.time);
        }
        let mut idle = false;
        for (index, other) in self.cores.iter().enumerate() {
            idle |= other.thread.is_none();
            if index == core.index() {
                horizon = horizon.min(other.quantum_end);
            } else if other.thread.is_some() {
                horizon = horizon.min(other.segment_end).min(other.quantum_end);
            }
        }
        if (idle && (self.freed || !self.run_queue.is_empty())) || self.watcher.is_some() {
            horizon = self.now;
        }
        self.horizon = horizon;
    }
}
