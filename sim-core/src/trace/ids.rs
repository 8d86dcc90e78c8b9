//! The names of things in a trace. Every id is a number in order of creation within its run.
//!
//! Knows nothing of what the ids stand for: names and details are in [`super::tables`].

use std::fmt;

/// A value that fits in one of a record's two 32-bit fields.
pub trait Pack32: Copy {
    /// The field's bits.
    fn pack(self) -> u32;
    /// The value from the field's bits. Bits that no value has give the nearest one that does: reading never panics.
    fn unpack(bits: u32) -> Self;
}

/// A value that fits in a record's 8 flags.
pub trait Pack8: Copy {
    /// The flag bits.
    fn pack8(self) -> u8;
    /// The value from the flag bits; never panics.
    fn unpack8(bits: u8) -> Self;
}

impl Pack32 for u32 {
    fn pack(self) -> u32 {
        self
    }
    fn unpack(bits: u32) -> u32 {
        bits
    }
}

impl Pack8 for u8 {
    fn pack8(self) -> u8 {
        self
    }
    fn unpack8(bits: u8) -> u8 {
        bits
    }
}

impl Pack8 for () {
    fn pack8(self) -> u8 {
        0
    }
    fn unpack8(_: u8) {}
}

impl Pack32 for () {
    fn pack(self) -> u32 {
        0
    }
    fn unpack(_: u32) {}
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
        pub struct $name(pub u32);

        impl $name {
            /// The id as an index into the run's table of such things.
            pub const fn index(self) -> usize {
                self.0 as usize
            }

            /// The id of the thing at `index` in its table. Panics beyond 2^32 things.
            pub fn from_index(index: usize) -> $name {
                $name(u32::try_from(index).expect("a run has fewer than 2^32 things of one kind"))
            }
        }

        impl Pack32 for $name {
            #[inline]
            fn pack(self) -> u32 {
                self.0
            }
            #[inline]
            fn unpack(bits: u32) -> $name {
                $name(bits)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )*};
}

ids! {
    /// An async unit: a future that an executor owns and polls.
    TaskId "task ";
    /// A simulated OS thread.
    ThreadId "thread ";
    /// A thread that runs an executor. Workers are numbered apart from threads.
    WorkerId "worker ";
    /// A simulated CPU.
    CoreId "core ";
    /// A named list of tasks or threads that wait to run.
    QueueId "queue ";
    /// A simulated device that answers I/O requests.
    DeviceId "device ";
    /// One I/O request.
    RequestId "request ";
    /// One armed timer.
    TimerId "timer ";
    /// A lock, semaphore, channel, condition variable, notifier or barrier.
    ResourceId "resource ";
    /// A named part of a task's future (ops Let, Await, Drop; `observe` in Rust).
    FutureId "future ";
    /// The code of a task of the workload.
    ProgramId "program ";
    /// A step of such a program. Steps of all programs are numbered through, each before those inside it.
    StepId "step ";
    /// A text in the run's string table.
    StrId "string ";
}

/// Who did a thing. Packs into 32 bits: three of kind, 29 of id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
pub enum Actor {
    /// The run itself: what stands before the first step, and what ends the last.
    Run,
    /// A task, inside one of its polls.
    Task(TaskId),
    /// A thread, in its own code.
    Thread(ThreadId),
    /// A worker, in the executor's code, between polls.
    Worker(WorkerId),
    /// A timer that fired.
    Timer(TimerId),
    /// A device that completed a request.
    Device(DeviceId),
    /// A thread of the real operating system, outside the simulation: not deterministic.
    Foreign,
}

const ACTOR_ID_BITS: u32 = 29;
const ACTOR_ID_MASK: u32 = (1 << ACTOR_ID_BITS) - 1;

impl Pack32 for Actor {
    #[inline]
    fn pack(self) -> u32 {
        let (kind, id) = match self {
            Actor::Run => (0, 0),
            Actor::Task(t) => (1, t.0),
            Actor::Thread(t) => (2, t.0),
            Actor::Worker(w) => (3, w.0),
            Actor::Timer(t) => (4, t.0),
            Actor::Device(d) => (5, d.0),
            Actor::Foreign => (6, 0),
        };
        kind << ACTOR_ID_BITS | (id & ACTOR_ID_MASK)
    }

    #[inline]
    fn unpack(bits: u32) -> Actor {
        let id = bits & ACTOR_ID_MASK;
        match bits >> ACTOR_ID_BITS {
            1 => Actor::Task(TaskId(id)),
            2 => Actor::Thread(ThreadId(id)),
            3 => Actor::Worker(WorkerId(id)),
            4 => Actor::Timer(TimerId(id)),
            5 => Actor::Device(DeviceId(id)),
            6 => Actor::Foreign,
            _ => Actor::Run,
        }
    }
}

/// A worker and one of its queues, packed as 16 bits each: a run has at most 65,535 of either.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct WorkerQueue {
    /// The worker that polls.
    pub worker: WorkerId,
    /// The queue the task came from, or goes back to.
    pub queue: QueueId,
}

impl Pack32 for WorkerQueue {
    #[inline]
    fn pack(self) -> u32 {
        self.worker.0 << 16 | (self.queue.0 & 0xffff)
    }
    #[inline]
    fn unpack(bits: u32) -> WorkerQueue {
        WorkerQueue { worker: WorkerId(bits >> 16), queue: QueueId(bits & 0xffff) }
    }
}

/// Two queues, packed as 16 bits each.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct QueuePair {
    /// Where the entries were.
    pub from: QueueId,
    /// Where they are now.
    pub to: QueueId,
}

impl Pack32 for QueuePair {
    fn pack(self) -> u32 {
        self.from.0 << 16 | (self.to.0 & 0xffff)
    }
    fn unpack(bits: u32) -> QueuePair {
        QueuePair { from: QueueId(bits >> 16), to: QueueId(bits & 0xffff) }
    }
}

/// Two cores, packed as 16 bits each.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CorePair {
    /// Where the thread ran last.
    pub from: CoreId,
    /// Where it runs now.
    pub to: CoreId,
}

impl Pack32 for CorePair {
    fn pack(self) -> u32 {
        self.from.0 << 16 | (self.to.0 & 0xffff)
    }
    fn unpack(bits: u32) -> CorePair {
        CorePair { from: CoreId(bits >> 16), to: CoreId(bits & 0xffff) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_survives_packing() {
        for actor in [
            Actor::Run,
            Actor::Task(TaskId(7)),
            Actor::Thread(ThreadId(0)),
            Actor::Worker(WorkerId(63)),
            Actor::Timer(TimerId(ACTOR_ID_MASK)),
            Actor::Device(DeviceId(2)),
            Actor::Foreign,
        ] {
            assert_eq!(Actor::unpack(actor.pack()), actor);
        }
    }
}
