//! Which of its waits an actor's event ends.
//!
//! An event names the actor and the resource. One actor can wait for one resource in several branches: then the one that
//! waited longest is meant, unless an event right before says otherwise. Owns who is shown to wait, as the trace tells it.

use std::ops::RangeInclusive;

use super::kernel::Kernel;
use super::resource::WaitFor;
use crate::instant::SimTime;
use crate::trace::event::{Event, Mode, NO_WAIT};
use crate::trace::ids::*;
use crate::trace::snapshot::{self, waits_once};

/// A wait that the trace shows, and that what is done next ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Waited {
    pub key: u64,
    pub by: Actor,
}

/// A wait as the trace shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Shown {
    pub wants: snapshot::WaitFor,
    pub since: SimTime,
}

impl WaitFor {
    pub fn shown(self) -> snapshot::WaitFor {
        match self {
            WaitFor::Permits(_, mode) => snapshot::WaitFor::Acquire(mode),
            WaitFor::Room => snapshot::WaitFor::Send,
            WaitFor::Message => snapshot::WaitFor::Receive,
            WaitFor::Notification => snapshot::WaitFor::Notify,
        }
    }
}

impl Kernel {
    /// The actor waits from now on, and the trace says so.
    pub fn shows_wait(&mut self, id: ResourceId, by: Actor, key: u64, what: WaitFor) {
        if !self.recording {
            return;
        }
        let wants = what.shown();
        if waits_once(self.recorder.tables(), id, by) {
            // It was told to try, and another was faster: the trace takes the one wait for the other.
            let before = self.waits_of(id, by, Some(wants)).next();
            if let Some(before) = before {
                self.shown.remove(&(id, by, before));
            }
        }
        self.shown.insert((id, by, key), Shown { wants, since: self.now });
        self.record(match what {
            WaitFor::Permits(_, mode) => Event::AcquireWaiting { resource: id, by, mode },
            WaitFor::Room => Event::SendWaiting { resource: id, by },
            WaitFor::Message => Event::RecvWaiting { resource: id, by },
            WaitFor::Notification => Event::NotifyWaiting { resource: id, by },
        });
    }

    /// The actor holds the resource now; if it waited for that, the wait is over.
    pub fn acquired(&mut self, id: ResourceId, by: Actor, mode: Mode, waited: Option<Waited>) {
        self.ends_wait(id, by, waited, Some(snapshot::WaitFor::Acquire(mode)));
        self.record(Event::Acquired { resource: id, by, mode });
    }

    /// A message went in.
    pub fn sent(&mut self, id: ResourceId, by: Actor, waited: Option<Waited>) {
        self.ends_wait(id, by, waited, Some(snapshot::WaitFor::Send));
        self.record(Event::Sent { resource: id, by });
    }

    /// A message came out.
    pub fn received(&mut self, id: ResourceId, by: Actor, waited: Option<Waited>) {
        self.ends_wait(id, by, waited, Some(snapshot::WaitFor::Receive));
        self.record(Event::Received { resource: id, by });
    }

    /// The notification arrived.
    pub fn notified(&mut self, id: ResourceId, by: Actor, waited: Option<Waited>) {
        self.ends_wait(id, by, waited, Some(snapshot::WaitFor::Notify));
        self.record(Event::NotifyReceived { resource: id, by });
    }

    /// The wait is given up.
    pub fn wait_cancelled(&mut self, id: ResourceId, waited: Waited) {
        self.ends_wait(id, waited.by, Some(waited), None);
        self.record(Event::WaitCancelled { resource: id, by: waited.by });
    }

    /// One that was told to try came too late, and will wait again, as a new wait.
    pub fn tried_in_vain(&mut self, id: ResourceId, waited: Waited) {
        if !waits_once(self.recorder.tables(), id, waited.by) {
            self.wait_cancelled(id, waited);
        }
    }

    /// The channel's closing ends every wait.
    pub fn no_wait_is_shown(&mut self, id: ResourceId) {
        let next = ResourceId(id.0 + 1);
        let of_it = self.shown.range((id, Actor::Run, 0)..(next, Actor::Run, 0)).map(|(wait, _)| *wait);
        for wait in of_it.collect::<Vec<_>>() {
            self.shown.remove(&wait);
        }
    }

    /// The next event of `by` ends that wait, or none; says so, if one would take it for another.
    fn ends_wait(&mut self, id: ResourceId, by: Actor, waited: Option<Waited>, kind: Option<snapshot::WaitFor>) {
        if !self.recording {
            return;
        }
        // A future may be passed on while it waits: whoever waited does so no more.
        if let Some(other) = waited.filter(|waited| waited.by != by) {
            self.wait_cancelled(id, other);
        }
        let meant = waited.filter(|waited| waited.by == by).map(|waited| waited.key);
        let longest = self.waits_of(id, by, kind).next();
        if longest != meant {
            let place = meant.and_then(|meant| self.waits_of(id, by, kind).position(|key| key == meant));
            let nth = place.map_or(NO_WAIT, |place| u32::try_from(place).unwrap_or(NO_WAIT));
            self.record(Event::WaitNamed { nth, by });
        }
        if let Some(meant) = meant {
            self.shown.remove(&(id, by, meant));
        }
    }

    /// The keys of what the actor is shown to wait for there, of this kind or of any, the longest wait first.
    fn waits_of(&self, id: ResourceId, by: Actor, kind: Option<snapshot::WaitFor>) -> impl Iterator<Item = u64> + '_ {
        let all: RangeInclusive<_> = (id, by, 0)..=(id, by, u64::MAX);
        let such = self.shown.range(all).filter(move |(_, wait)| kind.is_none_or(|kind| kind == wait.wants));
        such.map(|((_, _, key), _)| *key)
    }
}
