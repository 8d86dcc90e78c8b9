//! System calls: which P is taken from its thread, and which one a call that returns gets.

use super::sysmon::Ps;
use super::{GLOBAL, Go, Proc, Ready, Retaken, SLICE, ring, runnext};
use crate::instant::{SimDuration, SimTime};
use crate::trace::ids::WorkerId;

/// How long a P without work is left in its call while others look for work or are idle (`retake`).
const KEEPS_ITS_P: SimDuration = SimDuration::from_millis(10);

/// A P whose thread is in a system call (`_Psyscall`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Call {
    /// `sysmon` has not seen this call.
    New,
    /// It has (`sysmontick.syscalltick`).
    Seen,
}

impl Go {
    /// `entersyscall`. Answers when `sysmon` looks next.
    pub(super) fn call_begins(&mut self, worker: WorkerId, now: SimTime) -> SimTime {
        self.sysmon_until(now);
        let wakes = self.sysmon.wakes_for_call(now);
        if wakes {
            see_ticks(&mut self.procs, now);
        }
        let proc = &mut self.procs[worker.index()];
        proc.call = Some(Call::New);
        if wakes {
            (proc.call, proc.call_seen) = (Some(Call::Seen), now);
        }
        self.sysmon.next()
    }

    /// `retake`, as far as it takes Ps from calls.
    pub(super) fn retake(&mut self, ready: &Ready<'_>, retaken: &mut Vec<Retaken>) -> Option<SimTime> {
        let now = ready.now();
        see_ticks(&mut self.procs, now);
        for worker in ready.workers() {
            if self.is_to_be_retaken(worker, ready) {
                retaken.push(self.hand_off(worker, ready));
            }
        }
        self.sysmon.looked(now, retaken.len());
        self.procs.iter().any(|p| p.call.is_some()).then_some(self.sysmon.next())
    }

    /// `exitsyscallfast`, and the second look for an idle P in `exitsyscall0`.
    pub(super) fn call_ends(&mut self, worker: WorkerId, now: SimTime) -> Option<WorkerId> {
        if self.procs[worker.index()].call.take().is_some() {
            return Some(worker);
        }
        let taken = match self.idle.iter().position(|idle| *idle == worker) {
            Some(place) => {
                self.sysmon_until(now);
                Some(self.idle.remove(place))
            }
            None => self.take_idle(now),
        }?;
        self.sysmon.wakes_for_call(now);
        let proc = &mut self.procs[taken.index()];
        (proc.was_idle, proc.is_away) = (false, false);
        Some(taken)
    }

    /// `sysmon` has looked in vain until now: no P became idle, or the last no longer, before this moment.
    pub(super) fn sysmon_until(&mut self, now: SimTime) {
        let ps = if self.idle.len() == self.procs.len() { Ps::AllIdle } else { Ps::Busy };
        let procs = &mut self.procs;
        self.sysmon.goes_on(now, ps, |look| see_ticks(procs, look));
    }

    /// `pidleput`.
    pub(super) fn idles(&mut self, worker: WorkerId, now: SimTime) {
        self.sysmon_until(now);
        let proc = &mut self.procs[worker.index()];
        (proc.spinning, proc.was_idle, proc.last_try) = (false, true, None);
        self.idle.push(worker);
    }

    /// `pidleget`; one whose thread is there before one that would need another.
    pub(super) fn take_idle(&mut self, now: SimTime) -> Option<WorkerId> {
        self.sysmon_until(now);
        let is_there = |idle: &WorkerId| !self.procs[idle.index()].is_away;
        let place = self.idle.iter().rposition(is_there).or(self.idle.len().checked_sub(1))?;
        let worker = self.idle.remove(place);
        self.procs[worker.index()].is_away = false;
        Some(worker)
    }

    fn runq_is_empty(worker: WorkerId, ready: &Ready<'_>) -> bool {
        ready.len(runnext(worker)) + ready.len(ring(worker)) == 0
    }

    /// Whether there are idle Ps, or such that look for work of others.
    fn others_help(&self) -> bool {
        !self.idle.is_empty() || self.procs.iter().any(|p| p.spinning)
    }

    /// `retake`: a call is left in peace until the look after the one that saw it, unless its goroutine has had the P for a
    /// slice; and for 10 ms if there is no work for the P and others are there for what comes.
    fn is_to_be_retaken(&mut self, worker: WorkerId, ready: &Ready<'_>) -> bool {
        let others_help = self.others_help();
        let proc = &mut self.procs[worker.index()];
        let Some(call) = proc.call else { return false };
        let had_a_slice = proc.tick_seen.is_some_and(|seen| seen + SLICE <= ready.now());
        if call == Call::New && !had_a_slice {
            (proc.call, proc.call_seen) = (Some(Call::Seen), ready.now());
            return false;
        }
        !(Go::runq_is_empty(worker, ready) && others_help && proc.call_seen + KEEPS_ITS_P > ready.now())
    }

    /// `handoffp`: a thread is started where there is work, or nobody to look for some.
    fn hand_off(&mut self, worker: WorkerId, ready: &Ready<'_>) -> Retaken {
        let others_help = self.others_help();
        let proc = &mut self.procs[worker.index()];
        proc.call = None;
        if !Go::runq_is_empty(worker, ready) || ready.len(GLOBAL) > 0 {
            return Retaken::Starts(worker);
        }
        if !others_help {
            proc.spinning = true;
            return Retaken::Starts(worker);
        }
        self.idles(worker, ready.now());
        self.procs[worker.index()].is_away = true;
        Retaken::Idles(worker)
    }
}

/// A look of `sysmon` at the ticks of Ps that are not idle.
fn see_ticks(procs: &mut [Proc], look: SimTime) {
    for proc in procs {
        if proc.tick_seen.is_none() && proc.tick_at <= look && !proc.was_idle {
            proc.tick_seen = Some(look);
        }
    }
}
