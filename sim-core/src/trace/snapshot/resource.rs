//! Locks, permits, channels and notifiers: who holds them, who waits in line, what is inside.

use super::{Snapshot, Wait, grown};
use crate::instant::SimTime;
use crate::trace::event::{ChannelEnd, Mode};
use crate::trace::family::Family;
use crate::trace::ids::*;
use crate::trace::tables::{ResourceKind, Tables};

/// A resource after some event.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Resource {
    /// Who holds it, in order of acquisition; a semaphore's holder stands here once a permit.
    pub holders: Vec<Holder>,
    /// Who waits, in order of arrival.
    pub waiters: Vec<Waiter>,
    /// Messages in it.
    pub length: u32,
    /// Whether a side of the channel is gone.
    pub closed: bool,
    /// Who is known to hold a sending end, or has sent.
    pub senders: Vec<Actor>,
    /// Who is known to hold a receiving end, or has received.
    pub receivers: Vec<Actor>,
    /// The number of the last event that changed it.
    pub last_event: usize,
}

/// Who holds a lock or permit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Holder {
    /// Who.
    pub actor: Actor,
    /// Alone or with other readers.
    pub mode: Mode,
    /// Since when.
    pub since: SimTime,
    /// The number of the event that says so.
    pub event: usize,
}

/// What a waiter wants of a resource.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WaitFor {
    /// To hold it.
    Acquire(Mode),
    /// Room for a message.
    Send,
    /// A message.
    Receive,
    /// To be notified.
    Notify,
}

impl WaitFor {
    fn wait(self, resource: ResourceId) -> Wait {
        match self {
            WaitFor::Acquire(_) => Wait::Lock(resource),
            WaitFor::Send => Wait::Send(resource),
            WaitFor::Receive => Wait::Receive(resource),
            WaitFor::Notify => Wait::Notify(resource),
        }
    }
}

/// Who waits for a resource.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Waiter {
    /// Who.
    pub actor: Actor,
    /// For what.
    pub wants: WaitFor,
    /// Since when.
    pub since: SimTime,
    /// The number of the event that says so.
    pub event: usize,
}

impl Snapshot {
    pub(super) fn change_resource(&mut self, tables: &Tables, id: ResourceId, change: impl FnOnce(&mut Resource)) {
        if let Some(resource) = grown(&mut self.resources, id.index(), tables.resources.len()) {
            resource.last_event = self.events;
            change(resource);
        }
    }

    pub(super) fn acquired(&mut self, tables: &Tables, id: ResourceId, actor: Actor, mode: Mode) {
        self.resource_wait_over(tables, id, actor, Some(WaitFor::Acquire(mode)));
        let holder = Holder { actor, mode, since: self.time, event: self.events };
        self.change_resource(tables, id, |r| r.holders.push(holder));
    }

    pub(super) fn released(&mut self, tables: &Tables, id: ResourceId, actor: Actor, mode: Mode) {
        self.change_resource(tables, id, |r| {
            if let Some(at) = r.holders.iter().position(|h| h.actor == actor && h.mode == mode) {
                r.holders.remove(at);
            }
        });
    }

    pub(super) fn resource_wait(&mut self, tables: &Tables, id: ResourceId, actor: Actor, wants: WaitFor) {
        if waits_once(tables, id, actor) {
            // It was told to try, and another was faster: it waits again, at the back.
            self.resource_wait_over(tables, id, actor, Some(wants));
        }
        let waiter = Waiter { actor, wants, since: self.time, event: self.events };
        self.change_resource(tables, id, |r| {
            r.note_use(actor, wants);
            r.waiters.push(waiter);
        });
        if id.index() < self.resources.len() {
            self.wait_begins(actor, wants.wait(id));
        }
    }

    /// The actor's oldest wait for the resource is over, or the one that was named; of any kind if `wants` is none.
    pub(super) fn resource_wait_over(&mut self, tables: &Tables, id: ResourceId, actor: Actor, wants: Option<WaitFor>) {
        let nth = self.named_wait();
        let mut over = None;
        self.change_resource(tables, id, |r| {
            let found = r.waits_of(actor, wants).nth(nth).map(|(at, _)| at);
            over = found.map(|at| r.waiters.remove(at));
        });
        if let Some(over) = over {
            self.wait_over(actor, over.event);
        }
    }

    /// Which of an actor's waits the present event ends.
    pub(crate) fn named_wait(&self) -> usize {
        match self.named {
            Some((event, nth)) if event + 1 == self.events => nth as usize,
            Some(_) | None => 0,
        }
    }

    pub(super) fn forget_waiter(&mut self, id: ResourceId, actor: Actor) {
        if let Some(resource) = self.resources.get_mut(id.index()) {
            resource.waiters.retain(|w| w.actor != actor);
        }
    }

    pub(super) fn sent(&mut self, tables: &Tables, id: ResourceId, actor: Actor) {
        self.resource_wait_over(tables, id, actor, Some(WaitFor::Send));
        self.change_resource(tables, id, |r| {
            r.note_use(actor, WaitFor::Send);
            r.length = r.length.saturating_add(1);
        });
    }

    pub(super) fn received(&mut self, tables: &Tables, id: ResourceId, actor: Actor) {
        self.resource_wait_over(tables, id, actor, Some(WaitFor::Receive));
        self.change_resource(tables, id, |r| {
            r.note_use(actor, WaitFor::Receive);
            r.length = r.length.saturating_sub(1);
        });
    }

    // Nobody waits for a channel without another side: whoever did is told so.
    pub(super) fn channel_closed(&mut self, tables: &Tables, id: ResourceId) {
        let mut waiters = Vec::new();
        self.change_resource(tables, id, |r| {
            r.closed = true;
            waiters = std::mem::take(&mut r.waiters);
        });
        for waiter in waiters {
            self.wait_over(waiter.actor, waiter.event);
        }
    }

    pub(super) fn end_held(&mut self, tables: &Tables, id: ResourceId, actor: Actor, end: ChannelEnd) {
        let used = match end {
            ChannelEnd::Sender => WaitFor::Send,
            ChannelEnd::Receiver => WaitFor::Receive,
        };
        self.change_resource(tables, id, |r| r.note_use(actor, used));
    }
}

/// A thread waits for one thing at a time, and so does a task inside a blocking call, as all of a pool's are. A task at an
/// await may wait for the same semaphore in two branches.
pub(crate) fn waits_once(tables: &Tables, id: ResourceId, actor: Actor) -> bool {
    let blocking = tables.resources.get(id.index()).is_some_and(|r| r.kind == ResourceKind::BlockingMutex);
    let keeps_its_thread = matches!(tables.run.family(), Family::Threads | Family::Pool | Family::Sequential);
    blocking || keeps_its_thread || matches!(actor, Actor::Thread(_))
}

impl Resource {
    /// The actor's waits, of this kind or of any, with their places in line.
    pub(crate) fn waits_of(&self, by: Actor, kind: Option<WaitFor>) -> impl Iterator<Item = (usize, &Waiter)> {
        let such = move |w: &Waiter| w.actor == by && kind.is_none_or(|kind| kind == w.wants);
        self.waiters.iter().enumerate().filter(move |(_, waiter)| such(waiter))
    }

    fn note_use(&mut self, actor: Actor, used: WaitFor) {
        let users = match used {
            WaitFor::Send => &mut self.senders,
            WaitFor::Receive => &mut self.receivers,
            WaitFor::Acquire(_) | WaitFor::Notify => return,
        };
        // Sorted, so that a channel with thousands of senders stays cheap.
        if let Err(at) = users.binary_search(&actor) {
            users.insert(at, actor);
        }
    }
}
