//! What goroutines share, where it differs from what other tasks share: channels that hand over, and a lock that barges
//! until someone starves.
//!
//! Follows Go 1.19.8: `runtime/chan.go` (`chansend`, `chanrecv`, `send`, `recv`) and `sync/mutex.go`. Lines, holders and
//! messages are those of [`super::resource`]; this file only decides otherwise.

use std::cell::Cell;
use std::rc::Rc;

use super::blocking::How;
use super::kernel::Kernel;
use super::resource::{Granted, WaitFor, WaitKey, Waiter};
use super::waiting::Wake;
use super::waits::Waited;
use crate::trace::event::{Event, Mode};
use crate::trace::ids::*;

/// Whether one of the cases of a `select` was served: the others are passed over (`sudog.isSelect`, `g.selectDone`).
pub(crate) type Served = Rc<Cell<bool>>;

/// What a channel operation came to.
pub(crate) enum Passed {
    /// Done. Who waited at the other end is to be told.
    Done(Option<Wake>),
    /// It has to wait.
    Wait,
    /// The other side is gone.
    Closed,
}

impl Kernel {
    /// Sends a message. A receiver that waits is handed it past the buffer (`chansend`: "pass the value we want to send
    /// directly to the receiver, bypassing the channel buffer").
    pub fn go_send(&mut self, id: ResourceId, by: Actor) -> Passed {
        let resource = &mut self.resources[id.index()];
        if resource.closed {
            return Passed::Closed;
        }
        if let Some(receiver) = self.first_unserved(id, WaitFor::Message) {
            self.sent(id, by, None);
            self.received(id, receiver.by, Some(receiver.waited()));
            return Passed::Done(self.hand_over(receiver));
        }
        let resource = &mut self.resources[id.index()];
        if resource.available == 0 {
            return Passed::Wait;
        }
        if resource.available != u32::MAX {
            resource.available -= 1;
        }
        resource.len += 1;
        self.sent(id, by, None);
        Passed::Done(None)
    }

    /// Takes a message. If a sender waits, the buffer was full: its message takes the place of the one taken (`recv`).
    /// What was sent before the channel closed is still there.
    pub fn go_recv(&mut self, id: ResourceId, by: Actor) -> Passed {
        let resource = &mut self.resources[id.index()];
        if resource.len == 0 {
            return if resource.closed { Passed::Closed } else { Passed::Wait };
        }
        self.received(id, by, None);
        if let Some(sender) = self.first_unserved(id, WaitFor::Room) {
            self.sent(id, sender.by, Some(sender.waited()));
            return Passed::Done(self.hand_over(sender));
        }
        let resource = &mut self.resources[id.index()];
        resource.len -= 1;
        resource.available = resource.available.saturating_add(1);
        Passed::Done(None)
    }

    /// Waits at the channel, as one of the cases of a select if `served` is given.
    pub fn go_wait(&mut self, id: ResourceId, by: Actor, what: WaitFor, wake: Wake, served: Option<Served>) -> WaitKey {
        let key = self.wait_on(id, by, what, How::Task, wake);
        let resource = &mut self.resources[id.index()];
        let line = if what == WaitFor::Message { &mut resource.receivers } else { &mut resource.waiters };
        line.back_mut().expect("it has just joined the line").served = served;
        key
    }

    /// Whether the waiter was handed what it waits for, or (false) the channel closed. None: it waits still.
    pub fn go_handed(&mut self, key: WaitKey) -> Option<bool> {
        self.granted.remove(&key.0).map(|granted| matches!(granted, Granted::Given(_)))
    }

    /// The first in line whose select was not served elsewhere (`waitq.dequeue`).
    fn first_unserved(&mut self, id: ResourceId, what: WaitFor) -> Option<Waiter> {
        let resource = &mut self.resources[id.index()];
        let line = if what == WaitFor::Message { &mut resource.receivers } else { &mut resource.waiters };
        let place = line.iter().position(|w| w.served.as_ref().is_none_or(|served| !served.replace(true)))?;
        line.remove(place)
    }

    fn hand_over(&mut self, waiter: Waiter) -> Option<Wake> {
        self.granted.insert(waiter.key, Granted::Given(waiter.by));
        waiter.wake
    }

    /// Takes the lock if it is free: whoever runs may pass those in line, unless one of them starves. `woken` is one that
    /// was told to try.
    pub fn go_try_lock(&mut self, id: ResourceId, by: Actor, woken: Option<WaitKey>) -> bool {
        let resource = &mut self.resources[id.index()];
        if woken.is_some() {
            resource.told = false;
        }
        let free = resource.available > 0 && !resource.starving;
        if !free {
            return false;
        }
        resource.available -= 1;
        resource.holders.push((by, Mode::Exclusive));
        let told = woken.map(|key| Waited { key: key.0, by });
        self.acquired(id, by, Mode::Exclusive, told);
        true
    }

    /// A waiter has tried for too long: from now on the lock is handed to the first in line.
    pub fn go_starve(&mut self, id: ResourceId) {
        let resource = &mut self.resources[id.index()];
        resource.starving |= resource.available == 0;
    }

    /// One that was told to try, and came too late, waits on: at the front, where the trace still shows it.
    pub fn go_wait_on(&mut self, id: ResourceId, by: Actor, key: WaitKey, wake: Wake) {
        let waiter =
            Waiter { key: key.0, by, need: 1, mode: Mode::Exclusive, tries: false, wake: Some(wake), served: None };
        self.resources[id.index()].waiters.push_front(waiter);
    }

    /// What the waiter for a lock finds: it is its own (true), or it may try. None: nobody has told it.
    pub fn go_told(&mut self, id: ResourceId, key: WaitKey, waited_long: bool) -> Option<bool> {
        let granted = self.granted.remove(&key.0)?;
        let own = matches!(granted, Granted::Given(_));
        let resource = &mut self.resources[id.index()];
        if own && (!waited_long || resource.waiters.is_empty()) {
            resource.starving = false;
        }
        Some(own)
    }

    /// Gives the lock back. Whom to tell, and whether it was handed to that one: then the one who gave it lets it run
    /// (`semrelease1`: "direct G handoff").
    pub fn go_unlock(&mut self, id: ResourceId, by: Actor) -> (Option<Wake>, bool) {
        let resource = &mut self.resources[id.index()];
        resource.available += 1;
        resource.holders.retain(|(holder, _)| *holder != by);
        self.record(Event::Released { resource: id, by, mode: Mode::Exclusive });
        let resource = &mut self.resources[id.index()];
        let hands = resource.starving;
        // One at a time is told to try: `mutexWoken`.
        if !hands && resource.told {
            return (None, false);
        }
        let Some(waiter) = resource.waiters.pop_front() else { return (None, false) };
        if hands {
            resource.available -= 1;
            resource.holders.push((waiter.by, Mode::Exclusive));
            self.acquired(id, waiter.by, Mode::Exclusive, Some(waiter.waited()));
            return (self.hand_over(waiter), true);
        }
        resource.told = true;
        self.granted.insert(waiter.key, Granted::Told { resource: id, by: waiter.by, passes: true });
        (waiter.wake, false)
    }
}
