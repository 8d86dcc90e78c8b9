//! Shared things that are waited for: permits (locks, semaphores), channels' room and messages, notifications.
//!
//! Owns who holds and who waits, in order. One queue discipline for all: whoever is granted leaves the queue at that
//! moment, and finds its grant by its key when it looks. With hand-off the grant is the thing itself; with barging
//! it is only the word to try again, and whoever comes first takes it.

use std::collections::VecDeque;

use super::kernel::Kernel;
use super::waiting::Wake;
use crate::trace::event::{ChannelEnd, Event, Mode};
use crate::trace::ids::*;
use crate::trace::tables::{ResourceInfo, ResourceKind};

/// So many readers hold a read-write lock at most; a writer takes them all.
pub(crate) const READERS: u32 = 1 << 20;

pub(crate) struct Resource {
    pub kind: ResourceKind,
    /// Permits, or room in a channel, that nobody has.
    pub available: u32,
    pub waiters: VecDeque<Waiter>,
    /// Who waits for a message.
    pub receivers: VecDeque<Waiter>,
    /// Who holds a permit, and how.
    pub holders: Vec<(Actor, Mode)>,
    /// Messages in a channel; parties that have come to a barrier.
    pub len: u32,
    pub closed: bool,
}

pub(crate) struct Waiter {
    pub key: u64,
    pub by: Actor,
    pub need: u32,
    pub mode: Mode,
    pub wake: Option<Wake>,
}

/// For what an actor waits in a resource's queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum WaitFor {
    /// Permits: so many, held so.
    Permits(u32, Mode),
    /// Room for a message.
    Room,
    /// A message.
    Message,
    /// A notification, or the others at a barrier.
    Notification,
}

/// The key by which a waiter finds its grant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct WaitKey(pub u64);

impl Kernel {
    /// A new resource with so many permits, so much room, or so many parties; none: without limit.
    pub fn create_resource(&mut self, kind: ResourceKind, name: &str, capacity: Option<u32>, by: Actor) -> ResourceId {
        let id = ResourceId::from_index(self.resources.len());
        let name = self.intern(name);
        self.recorder.tables_mut().resources.push(ResourceInfo { name, kind, capacity });
        let available = match kind {
            ResourceKind::RwLock => READERS,
            ResourceKind::Barrier | ResourceKind::Notify | ResourceKind::Condvar => 0,
            ResourceKind::Mutex | ResourceKind::BlockingMutex | ResourceKind::Semaphore | ResourceKind::Channel => {
                capacity.unwrap_or(u32::MAX)
            }
        };
        self.resources.push(Resource {
            kind,
            available,
            waiters: VecDeque::new(),
            receivers: VecDeque::new(),
            holders: Vec::new(),
            len: 0,
            closed: false,
        });
        self.record(Event::ResourceCreated { resource: id, by });
        id
    }

    /// Takes permits if they are free, and nobody waits who came before unless `barging`.
    pub fn try_acquire(&mut self, id: ResourceId, by: Actor, need: u32, mode: Mode, barging: bool) -> bool {
        let resource = &mut self.resources[id.index()];
        if resource.available < need || !(barging || resource.waiters.is_empty()) {
            return false;
        }
        resource.available -= need;
        resource.holders.push((by, mode));
        self.record(Event::Acquired { resource: id, by, mode });
        true
    }

    /// Joins the resource's queue.
    pub fn wait_on(&mut self, id: ResourceId, by: Actor, what: WaitFor, wake: Option<Wake>) -> WaitKey {
        self.waiters += 1;
        let key = self.waiters;
        let (need, mode) = match what {
            WaitFor::Permits(need, mode) => (need, mode),
            WaitFor::Room | WaitFor::Message | WaitFor::Notification => (1, Mode::Exclusive),
        };
        let waiter = Waiter { key, by, need, mode, wake };
        let resource = &mut self.resources[id.index()];
        let queue = if what == WaitFor::Message { &mut resource.receivers } else { &mut resource.waiters };
        queue.push_back(waiter);
        self.record(match what {
            WaitFor::Permits(_, mode) => Event::AcquireWaiting { resource: id, by, mode },
            WaitFor::Room => Event::SendWaiting { resource: id, by },
            WaitFor::Message => Event::RecvWaiting { resource: id, by },
            WaitFor::Notification => Event::NotifyWaiting { resource: id, by },
        });
        WaitKey(key)
    }

    /// Whether the waiter was granted what it waits for; its key is used up if so. Answers then whether the trace still
    /// shows it waiting.
    pub fn poll_grant(&mut self, key: WaitKey) -> Option<bool> {
        self.granted.remove(&key.0).map(|unsaid| unsaid.is_some())
    }

    /// `wake` is told when the waiter is granted, from now on. The one before is handed back to be dropped outside the
    /// kernel. Panics if the waiter was granted.
    pub fn move_waiter(&mut self, id: ResourceId, key: WaitKey, wake: Wake) -> Option<Wake> {
        let resource = &mut self.resources[id.index()];
        let waiter = resource.waiters.iter_mut().chain(&mut resource.receivers).find(|w| w.key == key.0);
        let waiter = waiter.expect("one that waits stands in the queue until it is granted");
        waiter.wake.replace(wake)
    }

    /// The waiter gives up. Answers whether it had been granted already, unseen, and what to drop outside the kernel.
    pub fn stop_waiting(&mut self, id: ResourceId, key: WaitKey) -> (bool, Option<Wake>) {
        if let Some(unsaid) = self.granted.remove(&key.0) {
            if let Some((resource, by)) = unsaid {
                self.record(Event::WaitCancelled { resource, by });
            }
            return (true, None);
        }
        let resource = &mut self.resources[id.index()];
        let in_line = resource.waiters.iter().position(|w| w.key == key.0).and_then(|at| resource.waiters.remove(at));
        let waiter = in_line.or_else(|| {
            let at = resource.receivers.iter().position(|w| w.key == key.0)?;
            resource.receivers.remove(at)
        });
        let Some(waiter) = waiter else { return (false, None) };
        self.record(Event::WaitCancelled { resource: id, by: waiter.by });
        (false, waiter.wake)
    }

    /// Gives permits back. Answers whom to tell.
    pub fn release(&mut self, id: ResourceId, by: Actor, need: u32, mode: Mode, barging: bool) -> Vec<Wake> {
        let resource = &mut self.resources[id.index()];
        resource.available += need;
        if let Some(place) = resource.holders.iter().position(|held| *held == (by, mode)) {
            resource.holders.remove(place);
        }
        self.record(Event::Released { resource: id, by, mode });
        if barging { self.invite_one(id) } else { self.hand_off(id) }
    }

    /// Gives what is free to the first in line, as far as it goes.
    fn hand_off(&mut self, id: ResourceId) -> Vec<Wake> {
        let mut told = Vec::new();
        loop {
            let resource = &mut self.resources[id.index()];
            if resource.waiters.front().is_none_or(|w| w.need > resource.available) {
                return told;
            }
            let waiter = resource.waiters.pop_front().expect("the front was seen a line ago");
            resource.available -= waiter.need;
            if self.resources[id.index()].kind == ResourceKind::Channel {
                self.granted.insert(waiter.key, Some((id, waiter.by)));
            } else {
                self.granted.insert(waiter.key, None);
                self.resources[id.index()].holders.push((waiter.by, waiter.mode));
                self.record(Event::Acquired { resource: id, by: waiter.by, mode: waiter.mode });
            }
            told.extend(waiter.wake);
        }
    }

    /// Tells the first in line to try: it may find that another was faster. Readers are told together.
    pub fn invite_one(&mut self, id: ResourceId) -> Vec<Wake> {
        let mut told = Vec::new();
        while let Some(waiter) = self.resources[id.index()].waiters.pop_front() {
            self.granted.insert(waiter.key, Some((id, waiter.by)));
            told.extend(waiter.wake);
            let next_reads = self.resources[id.index()].waiters.front().is_some_and(|w| w.mode == Mode::Shared);
            if waiter.mode == Mode::Exclusive || !next_reads {
                break;
            }
        }
        told
    }

    /// Takes room in the channel if there is some and nobody waits who came before. Room that is taken must be filled.
    pub fn try_take_room(&mut self, id: ResourceId) -> bool {
        let resource = &mut self.resources[id.index()];
        if resource.available == 0 || !resource.waiters.is_empty() {
            return false;
        }
        if resource.available != u32::MAX {
            resource.available -= 1;
        }
        true
    }

    /// Puts a message into room that was taken. Answers whom to tell.
    pub fn fill_room(&mut self, id: ResourceId, by: Actor) -> Option<Wake> {
        self.resources[id.index()].len += 1;
        self.record(Event::Sent { resource: id, by });
        self.grant_receiver(id)
    }

    fn grant_receiver(&mut self, id: ResourceId) -> Option<Wake> {
        let waiter = self.resources[id.index()].receivers.pop_front()?;
        self.granted.insert(waiter.key, Some((id, waiter.by)));
        waiter.wake
    }

    /// Takes a message out. None: there is none. Otherwise whom to tell: the sender that gets the room.
    pub fn take_message(&mut self, id: ResourceId, by: Actor) -> Option<Vec<Wake>> {
        let resource = &mut self.resources[id.index()];
        if resource.len == 0 {
            return None;
        }
        resource.len -= 1;
        self.record(Event::Received { resource: id, by });
        Some(self.give_room(id))
    }

    /// Room came back: a message left, or one who had been given room gave up.
    pub fn give_room(&mut self, id: ResourceId) -> Vec<Wake> {
        let resource = &mut self.resources[id.index()];
        resource.available = resource.available.saturating_add(1);
        self.hand_off(id)
    }

    /// A receiver that was told of a message gave up: the next one is told, if there is a message still.
    pub fn pass_message_on(&mut self, id: ResourceId) -> Option<Wake> {
        if self.resources[id.index()].len == 0 { None } else { self.grant_receiver(id) }
    }

    /// One side of the channel is gone: whoever waits is told.
    pub fn close(&mut self, id: ResourceId, by: Actor) -> Vec<Wake> {
        let resource = &mut self.resources[id.index()];
        if resource.closed {
            return Vec::new();
        }
        resource.closed = true;
        let waiters: Vec<Waiter> = resource.waiters.drain(..).chain(resource.receivers.drain(..)).collect();
        self.record(Event::ChannelClosed { resource: id, by });
        let mut told = Vec::new();
        for waiter in waiters {
            // The closing itself ends their waits.
            self.granted.insert(waiter.key, None);
            told.extend(waiter.wake);
        }
        told
    }

    /// Notifies the first waiter, or all. Answers whom to tell, and whether nobody waited.
    pub fn notify(&mut self, id: ResourceId, by: Actor, all: bool) -> (Vec<Wake>, bool) {
        self.record(Event::Notified { resource: id, by, all });
        let count = if all { usize::MAX } else { 1 };
        let resource = &mut self.resources[id.index()];
        let count = count.min(resource.waiters.len());
        let waiters: Vec<Waiter> = resource.waiters.drain(..count).collect();
        let nobody = waiters.is_empty();
        let mut told = Vec::new();
        for waiter in waiters {
            self.granted.insert(waiter.key, Some((id, waiter.by)));
            told.extend(waiter.wake);
        }
        (told, nobody)
    }

    /// Says that an actor holds an end of the channel and may use it.
    pub fn hold_end(&mut self, id: ResourceId, by: Actor, end: ChannelEnd) {
        self.record(Event::EndHeld { resource: id, by, end });
    }
}
