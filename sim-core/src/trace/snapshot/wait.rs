//! What a pending task or a blocked thread waits for.
//!
//! Owns the typed form of a wait; an event holds the same as a reason and a bare id.

use crate::instant::SimTime;
use crate::trace::event::BlockReason;
use crate::trace::ids::*;

/// What a pending task or a blocked thread waits for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Wait {
    /// An I/O request.
    Io(RequestId),
    /// A timer.
    Timer(TimerId),
    /// A lock or permit.
    Lock(ResourceId),
    /// Room in a channel.
    Send(ResourceId),
    /// A channel's message.
    Receive(ResourceId),
    /// A condition variable, notifier or barrier.
    Notify(ResourceId),
    /// The end of another task or thread.
    Join(Actor),
    /// A worker's thread with nothing to poll.
    Park(WorkerId),
    /// The end of a blocking call.
    Call(TimerId),
}

impl Wait {
    /// The wait that a `ThreadBlocked` event tells of.
    pub fn new(reason: BlockReason, on: u32) -> Wait {
        match reason {
            BlockReason::Io => Wait::Io(RequestId(on)),
            BlockReason::Timer => Wait::Timer(TimerId(on)),
            BlockReason::Lock => Wait::Lock(ResourceId(on)),
            BlockReason::Send => Wait::Send(ResourceId(on)),
            BlockReason::Receive => Wait::Receive(ResourceId(on)),
            BlockReason::Notify => Wait::Notify(ResourceId(on)),
            BlockReason::Join => Wait::Join(joined(on)),
            BlockReason::Park => Wait::Park(WorkerId(on)),
            BlockReason::Call => Wait::Call(TimerId(on)),
        }
    }

    /// What a `ThreadBlocked` event says of a wait for this one to end: a thread's own number, a task's with the highest
    /// bit set.
    pub fn join_on(target: Actor) -> u32 {
        match target {
            Actor::Thread(thread) => thread.0,
            Actor::Task(task) => task.0 | TASK_BIT,
            Actor::Run | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => {
                panic!("only a task or a thread can be waited for until it ends")
            }
        }
    }

    /// The kind of thing that is waited for.
    pub fn reason(self) -> BlockReason {
        match self {
            Wait::Io(_) => BlockReason::Io,
            Wait::Timer(_) => BlockReason::Timer,
            Wait::Lock(_) => BlockReason::Lock,
            Wait::Send(_) => BlockReason::Send,
            Wait::Receive(_) => BlockReason::Receive,
            Wait::Notify(_) => BlockReason::Notify,
            Wait::Join(_) => BlockReason::Join,
            Wait::Park(_) => BlockReason::Park,
            Wait::Call(_) => BlockReason::Call,
        }
    }

    /// The resource that is waited for, if it is one.
    pub fn resource(self) -> Option<ResourceId> {
        match self {
            Wait::Lock(r) | Wait::Send(r) | Wait::Receive(r) | Wait::Notify(r) => Some(r),
            Wait::Io(_) | Wait::Timer(_) | Wait::Join(_) | Wait::Park(_) | Wait::Call(_) => None,
        }
    }
}

/// A run has fewer threads than this.
const TASK_BIT: u32 = 1 << 31;

fn joined(on: u32) -> Actor {
    if on & TASK_BIT == 0 { Actor::Thread(ThreadId(on)) } else { Actor::Task(TaskId(on & !TASK_BIT)) }
}

/// One thing that a task waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Waiting {
    /// What.
    pub wait: Wait,
    /// Since when.
    pub since: SimTime,
    /// The number of the event that says so.
    pub event: usize,
}
