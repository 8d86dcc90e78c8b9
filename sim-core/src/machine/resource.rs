//! Shared things that are waited for: permits (locks, semaphores), channels' room and messages, notifications.
//!
//! Owns who holds and who waits, in order. One line for all: whoever is granted leaves the line at that moment, and finds
//! its grant by its key when it looks. A task is given the thing itself (hand-off); a thread that waits for a lock is
//! only told to try, and whoever comes first takes it (barging).

use std::collections::VecDeque;

use super::blocking::How;
use super::go::Served;
use super::kernel::Kernel;
use super::waiting::Wake;
use super::waits::Waited;
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
    /// Messages in a channel.
    pub len: u32,
    /// Whether a notification that nobody waited for is kept.
    pub permit: bool,
    pub closed: bool,
    /// Of a goroutines' lock: whether it is handed to the first in line, because that one starved.
    pub starving: bool,
    /// Of a goroutines' lock: whether one in line was told to try, and has not yet.
    pub told: bool,
}

/// What a waiter that left the line finds when it looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Granted {
    /// The thing is its own; the trace says so.
    Given(Actor),
    /// It may go on; the trace shows it waiting until it does. `passes`: what it does not use goes to the next.
    Told { resource: ResourceId, by: Actor, passes: bool },
    /// There is nothing to wait for any more; the trace says so.
    Over,
}

pub(crate) struct Waiter {
    pub key: u64,
    pub by: Actor,
    pub need: u32,
    pub mode: Mode,
    /// Whether it is told to try, when its turn comes, and given nothing.
    pub tries: bool,
    pub wake: Option<Wake>,
    /// Of a goroutine's select: whether another of its cases was served.
    pub served: Option<Served>,
}

impl Waiter {
    pub fn waited(&self) -> Waited {
        Waited { key: self.key, by: self.by }
    }
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
            permit: false,
            closed: false,
            starving: false,
            told: false,
        });
        self.record(Event::ResourceCreated { resource: id, by });
        id
    }

    /// Takes permits if they are free, and nobody waits who came before unless `barging`.
    /// `told` is the wait of one that was told to try.
    pub fn try_acquire(
        &mut self,
        id: ResourceId,
        by: Actor,
        (need, mode): (u32, Mode),
        barging: bool,
        told: Option<Waited>,
    ) -> bool {
        let resource = &mut self.resources[id.index()];
        if resource.available < need || !(barging || resource.waiters.is_empty()) {
            return false;
        }
        resource.available -= need;
        resource.holders.push((by, mode));
        self.acquired(id, by, mode, told);
        self.now_holds(id, by);
        true
    }

    /// Joins the resource's queue.
    pub fn wait_on(&mut self, id: ResourceId, by: Actor, what: WaitFor, how: How, wake: Wake) -> WaitKey {
        self.waiters += 1;
        let key = self.waiters;
        let (need, mode) = match what {
            WaitFor::Permits(need, mode) => (need, mode),
            WaitFor::Room | WaitFor::Message | WaitFor::Notification => (1, Mode::Exclusive),
        };
        let tries = how == How::Thread && matches!(what, WaitFor::Permits(..)) && !self.inherits_through(id);
        let place = match what {
            WaitFor::Permits(..) | WaitFor::Notification => self.place_in_line(id, &wake),
            WaitFor::Room | WaitFor::Message => usize::MAX,
        };
        if let Wake::Thread(thread) = wake
            && self.inherits_through(id)
        {
            self.threads[thread.index()].wants = Some(id);
        }
        let waiter = Waiter { key, by, need, mode, tries, wake: Some(wake), served: None };
        let resource = &mut self.resources[id.index()];
        let queue = if what == WaitFor::Message { &mut resource.receivers } else { &mut resource.waiters };
        queue.insert(place.min(queue.len()), waiter);
        self.shows_wait(id, by, key, what);
        self.line_changed(id);
        WaitKey(key)
    }

    /// Whether the waiter was granted what it waits for; its key is used up if so. Answers then its wait, if the trace
    /// still shows it.
    pub fn poll_grant(&mut self, key: WaitKey) -> Option<Option<Waited>> {
        let granted = self.granted.remove(&key.0)?;
        Some(match granted {
            Granted::Told { resource, by, .. } => self.waits_still(resource).then_some(Waited { key: key.0, by }),
            Granted::Given(_) | Granted::Over => None,
        })
    }

    /// Whether one that was told stands in the trace's line until it says otherwise: a closing ends every wait.
    pub fn waits_still(&self, id: ResourceId) -> bool {
        !self.resources[id.index()].closed
    }

    /// `wake` is told when the waiter is granted, from now on. The one before is handed back to be dropped outside the
    /// kernel. Panics if the waiter was granted.
    pub fn move_waiter(&mut self, id: ResourceId, key: WaitKey, wake: Wake) -> Option<Wake> {
        let resource = &mut self.resources[id.index()];
        let waiter = resource.waiters.iter_mut().chain(&mut resource.receivers).find(|w| w.key == key.0);
        let waiter = waiter.expect("one that waits stands in the queue until it is granted");
        waiter.wake.replace(wake)
    }

    /// The waiter gives up; what it was granted, unseen, goes to the next. Answers what to drop outside the kernel, and
    /// whom to tell.
    pub fn give_up(&mut self, id: ResourceId, key: WaitKey, what: WaitFor) -> (Option<Wake>, Vec<Wake>) {
        if let Some(granted) = self.granted.remove(&key.0) {
            if let Granted::Told { resource, by, .. } = granted
                && self.waits_still(resource)
            {
                self.wait_cancelled(resource, Waited { key: key.0, by });
            }
            return (None, self.pass_on(id, what, granted));
        }
        let resource = &mut self.resources[id.index()];
        let line = if what == WaitFor::Message { &mut resource.receivers } else { &mut resource.waiters };
        let place = line.iter().position(|w| w.key == key.0);
        let waiter = place.and_then(|place| line.remove(place));
        let waiter = waiter.expect("one that waits stands in the line until it is granted");
        self.wait_cancelled(id, Waited { key: key.0, by: waiter.by });
        if let Some(Wake::Thread(thread)) = waiter.wake {
            self.threads[thread.index()].wants = None;
        }
        self.line_changed(id);
        (waiter.wake, self.serve_line(id))
    }

    fn pass_on(&mut self, id: ResourceId, what: WaitFor, granted: Granted) -> Vec<Wake> {
        match (what, granted) {
            (WaitFor::Permits(need, mode), Granted::Given(by)) => self.release(id, by, need, mode),
            (WaitFor::Permits(..), Granted::Told { .. }) => self.serve_line(id),
            (WaitFor::Room, Granted::Told { .. }) => self.give_room(id),
            (WaitFor::Message, Granted::Told { .. }) => self.pass_message_on(id).into_iter().collect(),
            (WaitFor::Notification, Granted::Told { passes: true, .. }) => self.notify_next(id).into_iter().collect(),
            (WaitFor::Notification, Granted::Told { .. })
            | (WaitFor::Room | WaitFor::Message | WaitFor::Notification, Granted::Given(_))
            | (_, Granted::Over) => Vec::new(),
        }
    }

    /// Gives permits back. Answers whom to tell.
    pub fn release(&mut self, id: ResourceId, by: Actor, need: u32, mode: Mode) -> Vec<Wake> {
        let resource = &mut self.resources[id.index()];
        resource.available += need;
        if let Some(place) = resource.holders.iter().position(|held| *held == (by, mode)) {
            resource.holders.remove(place);
        }
        self.record(Event::Released { resource: id, by, mode });
        self.no_longer_holds(id, by);
        self.serve_line(id)
    }

    /// Serves the first in line with what is free, as far as it goes: a task gets it, a thread is told to try.
    fn serve_line(&mut self, id: ResourceId) -> Vec<Wake> {
        let mut told = Vec::new();
        // What a thread was told to try for is not given to those behind it.
        let mut free = self.resources[id.index()].available;
        while let Some(waiter) = self.resources[id.index()].waiters.pop_front_if(|w| w.need <= free) {
            free -= waiter.need;
            if waiter.tries {
                self.granted.insert(waiter.key, Granted::Told { resource: id, by: waiter.by, passes: true });
            } else {
                self.give(id, &waiter);
            }
            told.extend(waiter.wake);
        }
        told
    }

    fn give(&mut self, id: ResourceId, waiter: &Waiter) {
        let resource = &mut self.resources[id.index()];
        resource.available -= waiter.need;
        if resource.kind == ResourceKind::Channel {
            self.granted.insert(waiter.key, Granted::Told { resource: id, by: waiter.by, passes: true });
            return;
        }
        resource.holders.push((waiter.by, waiter.mode));
        self.granted.insert(waiter.key, Granted::Given(waiter.by));
        if let Some(Wake::Thread(thread)) = waiter.wake {
            self.threads[thread.index()].wants = None;
        }
        self.acquired(id, waiter.by, waiter.mode, Some(waiter.waited()));
        self.now_holds(id, waiter.by);
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

    /// Puts a message into room that was taken, or that was waited for. Answers whom to tell.
    pub fn fill_room(&mut self, id: ResourceId, by: Actor, waited: Option<Waited>) -> Option<Wake> {
        self.resources[id.index()].len += 1;
        self.sent(id, by, waited);
        self.grant_receiver(id)
    }

    fn grant_receiver(&mut self, id: ResourceId) -> Option<Wake> {
        let waiter = self.resources[id.index()].receivers.pop_front()?;
        self.granted.insert(waiter.key, Granted::Told { resource: id, by: waiter.by, passes: true });
        waiter.wake
    }

    /// Takes a message out. None: there is none. Otherwise whom to tell: the sender that gets the room.
    /// `told` is the wait of one that was told that there is one.
    pub fn take_message(&mut self, id: ResourceId, by: Actor, told: Option<Waited>) -> Option<Vec<Wake>> {
        let resource = &mut self.resources[id.index()];
        if resource.len == 0 {
            return None;
        }
        resource.len -= 1;
        self.received(id, by, told);
        Some(self.give_room(id))
    }

    /// Room came back: a message left, or one who had been given room gave up.
    pub fn give_room(&mut self, id: ResourceId) -> Vec<Wake> {
        let resource = &mut self.resources[id.index()];
        resource.available = resource.available.saturating_add(1);
        self.serve_line(id)
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
        self.no_wait_is_shown(id);
        let mut told = Vec::new();
        for waiter in waiters {
            // The closing itself ends their waits.
            self.granted.insert(waiter.key, Granted::Over);
            told.extend(waiter.wake);
        }
        told
    }

    /// Notifies the first waiter, or all that wait now. Answers whom to tell.
    pub fn notify(&mut self, id: ResourceId, by: Actor, all: bool) -> Vec<Wake> {
        self.record(Event::Notified { resource: id, by, all });
        if !all {
            return self.notify_next(id).into_iter().collect();
        }
        let waiters = std::mem::take(&mut self.resources[id.index()].waiters);
        let mut told = Vec::new();
        for waiter in waiters {
            self.granted.insert(waiter.key, Granted::Told { resource: id, by: waiter.by, passes: false });
            told.extend(waiter.wake);
        }
        told
    }

    /// Notifies the first in line; a notifier keeps it, once, for the next if nobody waits.
    fn notify_next(&mut self, id: ResourceId) -> Option<Wake> {
        let resource = &mut self.resources[id.index()];
        let Some(waiter) = resource.waiters.pop_front() else {
            resource.permit = resource.kind == ResourceKind::Notify;
            return None;
        };
        self.granted.insert(waiter.key, Granted::Told { resource: id, by: waiter.by, passes: true });
        waiter.wake
    }

    /// Takes the notification that was kept, if there is one.
    pub fn take_permit(&mut self, id: ResourceId) -> bool {
        std::mem::take(&mut self.resources[id.index()].permit)
    }

    /// Says that an actor holds an end of the channel and may use it.
    pub fn hold_end(&mut self, id: ResourceId, by: Actor, end: ChannelEnd) {
        self.record(Event::EndHeld { resource: id, by, end });
    }
}
