//! What can happen, one variant an event, and how each is held in a 16-byte record.
//!
//! Owns the catalogue: kinds, levels, fields. Knows nothing of how events come about, and nothing of what they
//! add up to: that is [`super::snapshot`]. Kinds are part of the file format: never renumber one, never reuse one.
//!
//! Some events imply a second one. Three of them, so that a self-waking poll costs three records:
//! `PollStarted` takes the task out of the queue it names, unless [`PollFrom::Direct`];
//! `PollEnded` with a requeue puts it into the queue it names;
//! `Moved` carries `count` entries from one end of a queue to one of another, as a block that keeps its order.

mod fields;
mod record;

use super::code::StepAt;
use super::ids::*;
use crate::instant::{SimDuration, SimTime};

pub use fields::*;
pub use record::{Field, Record};

/// How much of the story an event tells. Lists and stepping start at `Lesson`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// What a lesson speaks of.
    Lesson,
    /// What an engineer who looks closer wants.
    Detail,
    /// Everything, down to each waker's clone.
    All,
}

macro_rules! events {
    ($($(#[$doc:meta])* $kind:literal $level:ident $name:ident { $($field:ident @ $slot:ident : $ty:ty),* } $says:literal;)*) => {
        /// Everything a trace can say. Each field stands in the record's first (`a`) or second (`b`) field or its flags.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Event {
            $($(#[$doc])* $name {
                $(#[allow(missing_docs)] $field: $ty),*
            },)*
        }

        /// The kind numbers, by event name.
        #[allow(missing_docs, non_upper_case_globals)]
        pub mod kind {
            $(pub const $name: u8 = $kind;)*
        }

        impl Event {
            /// Name, kind and level of every event, in order of kind.
            pub const CATALOGUE: &'static [(&'static str, u8, Level)] = &[$((stringify!($name), $kind, Level::$level),)*];

            /// Packs the event, as of `time`. Values too large for a field go into `wide`.
            #[inline(always)]
            pub fn encode(self, time: SimTime, wide: &mut Vec<u64>) -> Record {
                match self {
                    $(Event::$name { $($field),* } => {
                        #[allow(unused_mut)]
                        let mut slots = Slots { a: 0, b: 0, flags: 0 };
                        let _ = &wide;
                        $(put_slot!(slots, $slot, $field, wide);)*
                        Record::new(time, $kind, slots.flags, slots.a, slots.b)
                    })*
                }
            }

            /// Reads a record. None for a kind this version does not know.
            pub fn decode(record: Record, wide: &[u64]) -> Option<Event> {
                let _ = wide;
                match record.kind() {
                    $($kind => Some(Event::$name { $($field: get_slot!(record, $slot, $ty, wide)),* }),)*
                    _ => None,
                }
            }

            /// The event's name, as the catalogue and the text form write it.
            pub const fn name(&self) -> &'static str {
                match self { $(Event::$name { .. } => stringify!($name),)* }
            }

            /// The event's kind number.
            pub const fn kind(&self) -> u8 {
                match self { $(Event::$name { .. } => $kind,)* }
            }

            /// How much of the story this event tells.
            pub const fn level(&self) -> Level {
                match self { $(Event::$name { .. } => Level::$level,)* }
            }

            /// What the event says, for a person who has not seen it before.
            pub const fn explanation(&self) -> &'static str {
                match self { $(Event::$name { .. } => $says,)* }
            }
        }
    };
}

/// In [`Event::WaitNamed`]: what comes next ends no wait.
pub const NO_WAIT: u32 = u32::MAX;

struct Slots {
    a: u32,
    b: u32,
    flags: u8,
}

macro_rules! put_slot {
    ($slots:ident, a, $value:expr, $wide:ident) => {
        $slots.a = Field::put($value, $wide)
    };
    ($slots:ident, b, $value:expr, $wide:ident) => {
        $slots.b = Field::put($value, $wide)
    };
    ($slots:ident, flags, $value:expr, $wide:ident) => {
        $slots.flags = Pack8::pack8($value)
    };
}

macro_rules! get_slot {
    ($record:ident, a, $ty:ty, $wide:ident) => {
        <$ty as Field>::get($record.a, $wide)
    };
    ($record:ident, b, $ty:ty, $wide:ident) => {
        <$ty as Field>::get($record.b, $wide)
    };
    ($record:ident, flags, $ty:ty, $wide:ident) => {
        <$ty as Pack8>::unpack8($record.flags())
    };
}

events! {
    // --- Tasks ---------------------------------------------------------------------------------------------------
    /// A task came to be; its name, place in the source and size are in the table of tasks.
    1 Lesson TaskSpawned { task @ a: TaskId, by @ b: Actor } "a task was created; nothing of it has run yet";
    /// The task stands in a queue: it is Ready.
    2 Detail Queued { task @ a: TaskId, queue @ b: QueueId, end @ flags: End } "the task was put into a queue of tasks that want to run";
    /// The task left a queue without being polled (it was cancelled there).
    3 Detail Dequeued { task @ a: TaskId, queue @ b: QueueId, end @ flags: End } "the task was taken out of a queue without being polled";
    /// A worker began to poll the task, and took it out of `at.queue` unless `from` is `Direct`.
    4 Lesson PollStarted { task @ a: TaskId, at @ b: WorkerQueue, from @ flags: PollFrom } "the worker called poll on the task's future";
    /// The poll returned. With a requeue, the task stands in `at.queue` again.
    5 Lesson PollEnded { task @ a: TaskId, at @ b: WorkerQueue, result @ flags: PollResult } "the call of poll returned";
    /// The task's waker was called.
    6 Lesson Woken { task @ a: TaskId, by @ b: Actor, effect @ flags: WakeEffect } "someone called the task's waker: it wants to be polled";
    /// A waker of the task was cloned: one more place can wake it.
    7 All WakerCloned { task @ a: TaskId, by @ b: Actor } "a waker was cloned: one more place can wake the task";
    /// A clone of a waker was dropped, or used up by `wake`.
    8 All WakerDropped { task @ a: TaskId, by @ b: Actor } "a waker was dropped: one place fewer can wake the task";
    /// Entries went from one queue to another.
    9 Detail Moved { queues @ a: QueuePair, count @ b: u32, ends @ flags: Ends } "tasks moved from one queue to another";
    /// The runtime cut the task's poll short so that others get their turn.
    10 Lesson BudgetExhausted { task @ a: TaskId, worker @ b: WorkerId } "the task used up its budget and has to yield";
    /// The task's future returned its value.
    11 Lesson TaskCompleted { task @ a: TaskId, by @ b: WorkerId } "the task has its result";
    /// The task's future was dropped before it was ready.
    12 Lesson TaskCancelled { task @ a: TaskId, by @ b: Actor } "the task was dropped at the await where it stood";
    /// Nothing refers to the task any more; its memory is free.
    13 All TaskFreed { task @ a: TaskId, by @ b: Actor } "the last reference to the task is gone: its memory is free";
    /// The task's handle was dropped; the task runs on.
    14 Detail TaskDetached { task @ a: TaskId, by @ b: Actor } "the task's handle was dropped; the task itself runs on";
    /// Someone asked for the task's end.
    15 Lesson AbortRequested { task @ a: TaskId, by @ b: Actor } "someone asked that the task be cancelled";
    /// A named part of a task was created; its name and owner are in the table of futures.
    16 Lesson FutureCreated { future @ a: FutureId, by @ b: Actor } "a future was created; it does nothing until it is polled";
    /// A named part of a task was polled for the first time.
    17 Lesson FuturePolled { future @ a: FutureId, by @ b: Actor } "the future was polled for the first time";
    /// A named part of a task returned its value.
    18 Lesson FutureCompleted { future @ a: FutureId, by @ b: Actor } "the future has its value";
    /// A named part of a task was dropped without a value.
    19 Lesson FutureDropped { future @ a: FutureId, by @ b: Actor } "the future was dropped without a value: whatever it was doing stops";

    // --- Workers -------------------------------------------------------------------------------------------------
    /// The worker found nothing to poll and parks its thread.
    24 Detail WorkerParked { worker @ a: WorkerId, thread @ b: ThreadId } "nothing to poll: the worker's thread goes to sleep";
    /// The worker's thread is to go on.
    25 Detail WorkerUnparked { worker @ a: WorkerId, by @ b: Actor } "the worker's thread was told to wake up";
    /// The worker looks into the other workers' queues.
    26 Detail WorkerSearching { worker @ a: WorkerId } "the worker looks for tasks in the other workers' queues";
    /// The worker goes on on another thread. The poll that it was in goes on without it, on the thread that it leaves;
    /// if the other thread is itself in such a poll, the worker takes that one over.
    27 Lesson WorkerMoved { worker @ a: WorkerId, thread @ b: ThreadId } "the worker goes on on another thread";

    // --- Threads -------------------------------------------------------------------------------------------------
    /// A thread came to be; its name and kind are in the table of threads.
    32 Lesson ThreadCreated { thread @ a: ThreadId, by @ b: Actor } "a thread was created";
    /// The thread wants a core.
    33 Detail ThreadRunnable { thread @ a: ThreadId, queue @ b: QueueId, end @ flags: End } "the thread waits for a core in the run queue";
    /// The thread was put on a core, at this cost.
    34 Lesson Dispatched { thread @ a: ThreadId, cost @ b: SimDuration, onto @ flags: Onto } "the operating system put the thread on a core";
    /// The thread left its core.
    35 Lesson SwitchedOut { thread @ a: ThreadId, core @ b: CoreId, reason @ flags: SwitchReason } "the thread left its core";
    /// The thread goes on on another core than last time.
    36 Detail Migrated { thread @ a: ThreadId, cores @ b: CorePair } "the thread goes on on another core than last time";
    /// The thread waits. `on` is the id that the reason names.
    37 Lesson ThreadBlocked { thread @ a: ThreadId, on @ b: u32, reason @ flags: BlockReason } "the thread waits; it needs no core until it is unblocked";
    /// What the thread waited for is there.
    38 Lesson ThreadUnblocked { thread @ a: ThreadId, by @ b: Actor } "what the thread waited for has come";
    /// The thread ended.
    39 Lesson ThreadExited { thread @ a: ThreadId, panicked @ flags: bool } "the thread has ended";
    /// The thread runs with the priority of `by`, who waits for what it holds. If it is in the run queue, it goes to its
    /// back.
    40 Lesson PriorityLent { thread @ a: ThreadId, by @ b: ThreadId } "a thread of higher priority waits for what this one holds, and lends it its priority";
    /// The thread runs with its own priority again. If it is in the run queue, it goes to its back.
    41 Lesson PriorityReturned { thread @ a: ThreadId, to @ b: ThreadId } "the thread goes by its own priority again";

    // --- Resources -----------------------------------------------------------------------------------------------
    /// A resource came to be; its kind, name and capacity are in the table of resources.
    48 Detail ResourceCreated { resource @ a: ResourceId, by @ b: Actor } "a lock, channel or other shared thing was created";
    /// A lock or permit is held now; it was waited for if `AcquireWaiting` came before.
    49 Lesson Acquired { resource @ a: ResourceId, by @ b: Actor, mode @ flags: Mode } "the lock or permit is held now";
    /// A lock or permit is not free: the actor queues for it.
    50 Lesson AcquireWaiting { resource @ a: ResourceId, by @ b: Actor, mode @ flags: Mode } "the lock or permit is taken: wait in its queue";
    /// A lock or permit was given back; `by` is who acquired it, whoever drops the guard.
    51 Lesson Released { resource @ a: ResourceId, by @ b: Actor, mode @ flags: Mode } "the lock or permit was given back";
    /// The actor no longer waits for the resource, and did not get it.
    52 Detail WaitCancelled { resource @ a: ResourceId, by @ b: Actor } "the wait was given up";
    /// The channel is full: the actor waits for room.
    53 Lesson SendWaiting { resource @ a: ResourceId, by @ b: Actor } "the channel is full: wait for room";
    /// A message went into the channel.
    54 Lesson Sent { resource @ a: ResourceId, by @ b: Actor } "a message went into the channel";
    /// The channel is empty: the actor waits for a message.
    55 Lesson RecvWaiting { resource @ a: ResourceId, by @ b: Actor } "the channel is empty: wait for a message";
    /// A message came out of the channel.
    56 Lesson Received { resource @ a: ResourceId, by @ b: Actor } "a message came out of the channel";
    /// The last sender or the receiver is gone.
    57 Detail ChannelClosed { resource @ a: ResourceId, by @ b: Actor } "one side of the channel is gone";
    /// The actor waits for a condition variable, notifier or barrier.
    58 Lesson NotifyWaiting { resource @ a: ResourceId, by @ b: Actor } "wait to be notified";
    /// The resource was notified: one waiter, or all.
    59 Lesson Notified { resource @ a: ResourceId, by @ b: Actor, all @ flags: bool } "waiters were notified";
    /// The actor's wait ended because it was notified.
    60 Lesson NotifyReceived { resource @ a: ResourceId, by @ b: Actor } "the notification arrived";
    /// The actor's next event ends this one of its waits for that resource, of those that it can end, counted from 0 in the
    /// order they began; [`NO_WAIT`]: none of them. Without this event it is the first.
    61 All WaitNamed { nth @ a: u32, by @ b: Actor } "of several waits for one thing, the next event ends this one";
    /// The actor holds an end of the channel, and may use it later.
    63 All EndHeld { resource @ a: ResourceId, by @ b: Actor, end @ flags: ChannelEnd } "an end of the channel belongs to this one";
    /// The actor waits for another's end.
    64 Lesson JoinWaiting { target @ a: Actor, by @ b: Actor } "wait for the other to end";
    /// The other has ended: the wait is over.
    65 Detail Joined { target @ a: Actor, by @ b: Actor } "the other has ended: go on";
    /// The actor no longer waits for the other's end.
    66 Detail JoinCancelled { target @ a: Actor, by @ b: Actor } "the wait for the other's end was given up";

    // --- Time and I/O --------------------------------------------------------------------------------------------
    /// A timer was armed; its deadline is in the table of timers. Whoever set it waits for it.
    72 Lesson TimerSet { timer @ a: TimerId, by @ b: Actor } "a timer was set";
    /// The timer's deadline has come.
    73 Detail TimerFired { timer @ a: TimerId } "the timer's time has come";
    /// The timer was given up.
    74 Detail TimerCancelled { timer @ a: TimerId, by @ b: Actor } "the timer was given up";
    /// A request went to a device; which one is in the table of requests. Whoever submitted it waits for it.
    75 Lesson IoSubmitted { request @ a: RequestId, by @ b: Actor } "a request went to the device";
    /// The device works on the request, for this long.
    76 Detail IoStarted { request @ a: RequestId, latency @ b: SimDuration } "the device works on the request";
    /// The device has the answer. Nobody may have seen it yet.
    77 Lesson IoCompleted { request @ a: RequestId, device @ b: DeviceId } "the device has the answer";
    /// Whoever turned the driver saw the answer.
    78 Detail IoDelivered { request @ a: RequestId, to @ b: Actor } "the reactor saw the answer";
    /// Nobody wants the answer any more.
    79 Detail IoCancelled { request @ a: RequestId, by @ b: Actor } "nobody wants the answer any more";

    // --- Work ----------------------------------------------------------------------------------------------------
    /// The actor computes, for this long if it is not preempted.
    80 Lesson WorkBegan { by @ a: Actor, length @ b: SimDuration } "a stretch of computing began";
    /// The actor has computed.
    81 Detail WorkEnded { by @ a: Actor } "the stretch of computing is done";
    /// The actor made a blocking call of this length.
    82 Lesson BlockBegan { by @ a: Actor, length @ b: SimDuration } "a blocking call began: the thread sleeps, and nothing else can use it";
    /// The blocking call returned.
    83 Detail BlockEnded { by @ a: Actor } "the blocking call returned";
    /// The actor gave a blocking closure to the thread named.
    84 Lesson Offloaded { by @ a: Actor, to @ b: ThreadId } "a blocking closure went to a thread of its own";

    // --- Memory --------------------------------------------------------------------------------------------------
    /// A task's block of this many bytes was allocated, by the cost model.
    88 All TaskAllocated { task @ a: TaskId, bytes @ b: u64 } "memory for the task";
    /// A thread's stack of this many bytes of addresses was reserved.
    89 All StackReserved { thread @ a: ThreadId, bytes @ b: u64 } "addresses for the thread's stack";
    /// This many bytes of the thread are resident.
    90 All StackTouched { thread @ a: ThreadId, bytes @ b: u64 } "memory that the thread really uses";

    // --- Notes ---------------------------------------------------------------------------------------------------
    /// A named marker.
    96 Lesson Marked { by @ a: Actor, text @ b: StrId } "a marker";
    /// A `tracing` span was entered.
    97 Detail SpanEntered { by @ a: Actor, name @ b: StrId } "a tracing span was entered";
    /// A `tracing` span was left.
    98 Detail SpanExited { by @ a: Actor, name @ b: StrId } "a tracing span was left";
    /// A `tracing` event.
    99 Lesson Traced { by @ a: Actor, text @ b: StrId } "a tracing event";
    /// A choice was made: `taken`, and among how many, are in the table of decisions at this place.
    100 Detail Decided { decision @ a: u32, kind @ flags: DecisionKind } "a choice that could have gone otherwise";
    /// User code panicked; the text says with what.
    101 Lesson Panicked { by @ a: Actor, text @ b: StrId } "the code panicked";
    /// Something a person should know that no other event says.
    102 Lesson Noted { by @ a: Actor, text @ b: StrId } "a note";
    /// A step of the program failed, as it was told to.
    103 Lesson Failed { by @ a: Actor, text @ b: StrId } "a step failed";
    /// The run is over.
    104 Lesson RunEnded { reason @ flags: EndReason } "the run is over";

    // --- Programs ------------------------------------------------------------------------------------------------
    /// The actor goes on with this step of its program; its line is in the table of steps.
    112 All StepBegan { by @ a: Actor, at @ b: StepAt } "a step of the program began";
    /// A branch is over, with its last step or dropped before it; `first` is the branch's first step.
    113 All BranchEnded { by @ a: Actor, first @ b: StepId } "a branch of the program is over";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_survives_its_record() {
        let mut wide = Vec::new();
        let time = SimTime::from_nanos(123_456_789_012_345);
        for event in [
            Event::TaskSpawned { task: TaskId(3), by: Actor::Run },
            Event::PollEnded {
                task: TaskId(1_000_000),
                at: WorkerQueue { worker: WorkerId(7), queue: QueueId(9) },
                result: PollResult::RequeuedFront,
            },
            Event::WorkBegan { by: Actor::Task(TaskId(1)), length: SimDuration::from_secs(3) },
            Event::Dispatched {
                thread: ThreadId(2),
                cost: SimDuration::from_nanos(2_400),
                onto: Onto { core: CoreId(63), switch: true },
            },
        ] {
            let record = event.encode(time, &mut wide);
            assert_eq!(record.time(), time);
            assert_eq!(Record::from_bytes(record.to_bytes()), record);
            assert_eq!(Event::decode(record, &wide), Some(event));
        }
        assert_eq!(wide, [3_000_000_000], "only what does not fit is kept aside");
    }

    #[test]
    fn kinds_are_in_order_and_unique() {
        assert!(Event::CATALOGUE.is_sorted_by(|a, b| a.1 < b.1));
    }
}
