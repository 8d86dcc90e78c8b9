//! The small values in an event's flags: which end of a queue, why a thread left its core, what became of a poll.
//!
//! Owns their names and their bits. The numbers are part of the file format: never change the order.

use crate::trace::ids::*;

macro_rules! small_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every value, in order of its number in a record.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// The value in words.
            pub const fn text(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }
        }

        impl Pack8 for $name {
            #[inline]
            fn pack8(self) -> u8 {
                self as u8
            }
            #[inline]
            fn unpack8(bits: u8) -> $name {
                $name::ALL[usize::from(bits).min($name::ALL.len() - 1)]
            }
        }
    };
}

small_enum! {
    /// An end of a queue.
    End {
        /// Where entries leave a FIFO queue.
        Front = "front",
        /// Where entries join a FIFO queue.
        Back = "back",
    }
}

small_enum! {
    /// Where a poll's task was before.
    PollFrom {
        /// At the front of the queue.
        Front = "front",
        /// At the back of the queue.
        Back = "back",
        /// In no queue: a main future, polled by its worker directly.
        Direct = "direct",
    }
}

small_enum! {
    /// How a poll ended.
    PollResult {
        /// `Poll::Pending`; whoever holds the waker may wake it.
        Pending = "Pending",
        /// `Poll::Pending`, woken during the poll: put to the back of the queue.
        RequeuedBack = "Pending, requeued",
        /// `Poll::Pending`, woken during the poll: put to the front of the queue.
        RequeuedFront = "Pending, requeued in front",
        /// `Poll::Ready`: the task has completed.
        Ready = "Ready",
        /// The future panicked: the task has ended.
        Panicked = "panicked",
        /// The poll was cut off: the run ended, or the task was aborted, inside it.
        Cut = "cut off",
        /// Not done, and not to wait: its turn is over, by its slice or because its worker was taken. Put to the back.
        PreemptedBack = "turn over",
        /// The same, put to the front of the queue.
        PreemptedFront = "turn over, in front",
    }
}

impl PollResult {
    /// Whether the task stands in a queue again without a wake.
    pub const fn is_set_back(self) -> bool {
        match self {
            PollResult::PreemptedBack | PollResult::PreemptedFront => true,
            PollResult::RequeuedBack | PollResult::RequeuedFront | PollResult::Pending => false,
            PollResult::Ready | PollResult::Panicked | PollResult::Cut => false,
        }
    }
}

small_enum! {
    /// What a wake did.
    WakeEffect {
        /// The task became Ready. The `Queued` event says where.
        Queued = "queued",
        /// The task was Ready already.
        Redundant = "redundant",
        /// The task woke itself inside its own poll: it is requeued when the poll ends.
        OwnPoll = "by itself, in its poll",
        /// Another woke the task while it was being polled: it is requeued when the poll ends.
        DuringPoll = "during its poll",
        /// The task had ended, or is being dropped.
        Stale = "stale",
    }
}

small_enum! {
    /// Why a thread left its core.
    SwitchReason {
        /// It waits for something.
        Blocked = "blocked",
        /// Its quantum ended, or one with the right to go first came.
        Preempted = "preempted",
        /// It yielded.
        Yielded = "yielded",
        /// It ended.
        Exited = "exited",
    }
}

small_enum! {
    /// What a blocked thread waits for. The event's second field is the id of that thing, or 0.
    BlockReason {
        /// An I/O request ([`RequestId`]).
        Io = "I/O",
        /// A timer ([`TimerId`]): sleep.
        Timer = "timer",
        /// A lock or permit ([`ResourceId`]).
        Lock = "lock",
        /// A channel with room ([`ResourceId`]).
        Send = "send",
        /// A channel's message ([`ResourceId`]).
        Receive = "receive",
        /// A condition variable, notifier or barrier ([`ResourceId`]).
        Notify = "notification",
        /// Another thread's end ([`ThreadId`]).
        Join = "join",
        /// A worker with nothing to poll ([`WorkerId`]).
        Park = "park",
        /// A blocking call of known length ([`TimerId`]), such as `std::thread::sleep` inside a poll.
        Call = "blocking call",
    }
}

small_enum! {
    /// Whether a lock or permit is held alone or with others.
    Mode {
        /// Nobody else.
        Exclusive = "exclusive",
        /// Together with other readers.
        Shared = "shared",
    }
}

small_enum! {
    /// Which end of a channel a task or thread holds.
    ChannelEnd {
        /// It can send.
        Sender = "sender",
        /// It can receive.
        Receiver = "receiver",
    }
}

small_enum! {
    /// Which limit or end stopped a run.
    EndReason {
        /// The root, or every task of the workload, has ended.
        Finished = "finished",
        /// Something is left that nothing will ever wake.
        Stuck = "stuck: something is left that nothing will wake",
        /// The limit on steps.
        StepLimit = "step limit",
        /// The limit on virtual time.
        TimeLimit = "time limit",
        /// Whoever watches the run cancelled it.
        Interrupted = "interrupted",
    }
}

small_enum! {
    /// Which choice a decision made.
    DecisionKind {
        /// The latency of an I/O request: of the world.
        Latency = "I/O latency",
        /// Whether a request or step fails: of the world.
        Fault = "fault",
        /// The worker to steal from: of scheduling.
        Victim = "steal victim",
        /// The branch of a select to try first: of scheduling.
        Branch = "select branch",
        /// Drawn by user code: of scheduling.
        User = "user's draw",
    }
}

/// A core and whether the dispatch onto it was a context switch: 6 bits and one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Onto {
    /// The core.
    pub core: CoreId,
    /// Whether the core had run before, and another thread was on it last or it stood empty in between.
    pub switch: bool,
}

impl Pack8 for Onto {
    fn pack8(self) -> u8 {
        (self.core.0 as u8 & 63) | u8::from(self.switch) << 6
    }
    fn unpack8(bits: u8) -> Onto {
        Onto { core: CoreId(u32::from(bits & 63)), switch: bits & 64 != 0 }
    }
}

/// The ends of the queues that a move takes from and gives to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ends {
    /// The end that entries leave, one by one.
    pub from: End,
    /// The end that they join, in the order they left.
    pub to: End,
    /// Whether a worker took them from another worker's queue.
    pub stolen: bool,
}

impl Pack8 for Ends {
    fn pack8(self) -> u8 {
        self.from.pack8() | self.to.pack8() << 1 | u8::from(self.stolen) << 2
    }
    fn unpack8(bits: u8) -> Ends {
        Ends { from: End::unpack8(bits & 1), to: End::unpack8(bits >> 1 & 1), stolen: bits & 4 != 0 }
    }
}

impl Pack8 for bool {
    fn pack8(self) -> u8 {
        u8::from(self)
    }
    fn unpack8(bits: u8) -> bool {
        bits != 0
    }
}
