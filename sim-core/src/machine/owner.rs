//! A lock or permits that an actor owns: others ask for them by message, and hold them once the owner has said so.
//!
//! The line of those who asked is the owner's; what stands here is who is seen to wait and to hold.

use super::blocking::How;
use super::kernel::Kernel;
use super::resource::{WaitFor, WaitKey};
use super::waiting::Wake;
use super::waits::Waited;
use crate::trace::event::{Event, Mode};
use crate::trace::ids::*;
use std::task::Waker;

impl Kernel {
    /// The actor asks: it is seen to wait from now on.
    pub fn owner_asked(&mut self, id: ResourceId, by: Actor, need: u32, mode: Mode) -> WaitKey {
        let nobody = Wake::Task(Waker::noop().clone());
        self.wait_on(id, by, WaitFor::Permits(need, mode), How::Task, nobody)
    }

    /// The owner gives it to the actor, if it is free.
    pub fn owner_gives(&mut self, id: ResourceId, key: WaitKey, by: Actor, need: u32, mode: Mode) -> bool {
        let resource = &mut self.resources[id.index()];
        if resource.available < need {
            return false;
        }
        resource.available -= need;
        // One that no longer waits is given it all the same, and gives it back.
        let waits = resource.waiters.iter().any(|w| w.key == key.0);
        resource.waiters.retain(|w| w.key != key.0);
        resource.holders.push((by, mode));
        self.acquired(id, by, mode, waits.then_some(Waited { key: key.0, by }));
        true
    }

    /// The actor does not wait any more. Nothing happens if it was given what it asked for.
    pub fn owner_forgets(&mut self, id: ResourceId, key: WaitKey, by: Actor) {
        let resource = &mut self.resources[id.index()];
        let before = resource.waiters.len();
        resource.waiters.retain(|w| w.key != key.0);
        if resource.waiters.len() < before {
            self.wait_cancelled(id, Waited { key: key.0, by });
        }
    }

    /// The owner takes it back.
    pub fn owner_takes_back(&mut self, id: ResourceId, by: Actor, need: u32, mode: Mode) {
        let resource = &mut self.resources[id.index()];
        resource.available += need;
        if let Some(place) = resource.holders.iter().position(|held| *held == (by, mode)) {
            resource.holders.remove(place);
        }
        self.record(Event::Released { resource: id, by, mode });
    }
}
