//! Armed timers and requests under way, and who waits for them.

use super::{Snapshot, TaskState, Wait};
use crate::instant::{SimDuration, SimTime};
use crate::trace::ids::*;
use crate::trace::tables::{Drivers, Tables};

/// A timer that was set and has neither fired nor been given up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Armed {
    /// Who set it, and waits for it.
    pub owner: Actor,
    /// The worker on which it was set, if on one.
    pub on: Option<WorkerId>,
    /// Since when it is armed.
    pub since: SimTime,
    /// The number of the event that says so.
    pub event: usize,
}

/// How far a request has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RequestStage {
    /// It waits for the device.
    Submitted,
    /// The device works on it.
    Started {
        /// For how long.
        latency: SimDuration,
    },
    /// The device has the answer, and nobody has seen it.
    Unseen,
}

/// A request that was submitted and neither delivered nor given up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Request {
    /// Who submitted it, and waits for it.
    pub owner: Actor,
    /// The worker on which it was submitted, if on one.
    pub on: Option<WorkerId>,
    /// The device it went to.
    pub device: DeviceId,
    /// How far it has come.
    pub stage: RequestStage,
    /// When it was submitted.
    pub submitted: SimTime,
    /// Since when it is at that stage.
    pub since: SimTime,
    /// The number of the last event that changed it.
    pub last_event: usize,
}

/// That what was waited for is there, and that nobody has seen it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unseen {
    /// Since when it is there.
    pub since: SimTime,
    /// The number of the event that says so: of a timer, the one that set it.
    pub event: usize,
    /// Whose driver it lies in: nobody else sees it. None: any worker may look.
    pub of: Option<WorkerId>,
}

impl Snapshot {
    /// Whether what this wait is for is there at `now`, and nobody has seen it yet: a driver that workers turn shows an
    /// answer, or that a timer is due, only at its next turn.
    pub fn unseen(&self, tables: &Tables, wait: Wait, now: SimTime) -> Option<Unseen> {
        match wait {
            Wait::Io(id) => {
                let request = self.requests.get(&id).filter(|r| r.stage == RequestStage::Unseen)?;
                let of = match tables.run.drivers {
                    Drivers::OfWorkers => request.on,
                    Drivers::Common => None,
                };
                Some(Unseen { since: request.since, event: request.last_event, of })
            }
            Wait::Timer(id) => {
                let since = *tables.timers.get(id.index())?;
                let armed = self.timers.get(&(since, id))?;
                // At the deadline itself it may be about to fire.
                let of = match tables.run.drivers {
                    Drivers::OfWorkers => armed.on,
                    Drivers::Common => None,
                };
                (since < now).then_some(Unseen { since, event: armed.event, of })
            }
            Wait::Lock(_) | Wait::Send(_) | Wait::Receive(_) | Wait::Notify(_) => None,
            Wait::Join(_) | Wait::Park(_) | Wait::Call(_) => None,
        }
    }

    pub(super) fn timer_set(&mut self, tables: &Tables, timer: TimerId, owner: Actor) {
        let Some(deadline) = tables.timers.get(timer.index()) else { return };
        let on = self.worker_of(owner);
        self.timers.insert((*deadline, timer), Armed { owner, on, since: self.time, event: self.events });
        self.wait_begins(owner, Wait::Timer(timer));
    }

    pub(super) fn timer_over(&mut self, tables: &Tables, timer: TimerId) {
        let Some(deadline) = tables.timers.get(timer.index()) else { return };
        if let Some(armed) = self.timers.remove(&(*deadline, timer)) {
            self.forget_wait(armed.owner, |waiting| waiting.wait == Wait::Timer(timer));
        }
    }

    pub(super) fn io_submitted(&mut self, tables: &Tables, id: RequestId, owner: Actor) {
        let Some(info) = tables.requests.get(id.index()) else { return };
        let (since, last_event) = (self.time, self.events);
        let stage = RequestStage::Submitted;
        let on = self.worker_of(owner);
        let request = Request { owner, on, device: info.device, stage, submitted: since, since, last_event };
        self.requests.insert(id, request);
        self.wait_begins(owner, Wait::Io(id));
    }

    /// The worker that polls whoever acts.
    fn worker_of(&self, actor: Actor) -> Option<WorkerId> {
        match actor {
            Actor::Task(id) => match self.task(id)?.state {
                TaskState::Polling(worker) => Some(worker),
                TaskState::NotSpawned | TaskState::Ready | TaskState::Pending => None,
                TaskState::WithoutWorker(_) => None,
                TaskState::Completed | TaskState::Cancelled | TaskState::Panicked => None,
            },
            Actor::Worker(id) => Some(id),
            Actor::Run | Actor::Thread(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => None,
        }
    }

    pub(super) fn io_goes(&mut self, id: RequestId, stage: RequestStage) {
        if let Some(request) = self.requests.get_mut(&id) {
            request.stage = stage;
            request.since = self.time;
            request.last_event = self.events;
        }
    }

    pub(super) fn io_over(&mut self, id: RequestId) {
        if let Some(request) = self.requests.remove(&id) {
            self.forget_wait(request.owner, |waiting| waiting.wait == Wait::Io(id));
        }
    }
}
