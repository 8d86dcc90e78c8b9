//! What a runtime's [`Rules`](super::Rules) choose between.

use crate::trace::ids::WorkerId;

/// Who sees that a timer is due, or that a device has answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Driver {
    /// A reactor beside the cores, at the very moment.
    AlwaysOn,
    /// A worker, when it turns the driver ([`Next::Turn`](super::Next::Turn)) or is parked in it
    /// ([`Next::ParkInDriver`](super::Next::ParkInDriver)). Until then a completion lies unseen.
    Turned,
    /// Each worker its own, as [`Driver::Turned`]: what a task asked for on a worker is seen when that one turns its driver,
    /// and a worker that parks ([`Next::ParkInDriver`](super::Next::ParkInDriver)) does so in its own.
    OfEachWorker,
    /// The worker that is parked in it; a thread of its own beside the cores, at the very moment, if none is.
    ParkedOrThread,
}

/// In which order timers are seen that are due together, where workers turn the driver.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TimerOrder {
    /// By deadline, those of one deadline as they were set.
    ByDeadline,
    /// All of one length before those of the next, the lists by their first timer: as Node does it.
    ByLength,
}

/// Where a task that wakes itself in its poll stands among those that come to the queues during the rest of the poll.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SelfWakes {
    /// After them: it is placed when the poll has ended.
    AfterPoll,
    /// Before them: the policy is told at once ([`TaskPolicy::woke_itself`](super::TaskPolicy::woke_itself)).
    AtOnce,
}

/// What becomes of a task whose handle is dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dropped {
    /// It runs on.
    Detaches,
    /// It is cancelled; if it was detached it runs on, and is woken to see that.
    CancelsOrWakes,
    /// It is cancelled.
    Cancels,
}

/// When a task is dropped whose end is asked for while nobody polls it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Aborted {
    /// At once, by whoever asks.
    AtOnce,
    /// When a worker comes to it: it is queued if it waits, and dropped where it would have been polled.
    InItsTurn,
}

/// In which order the tasks are dropped that the end of the root leaves over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LeftOver {
    /// As they were spawned.
    OldestFirst,
    /// The last spawned first.
    NewestFirst,
    /// Those that are Ready as they stand in their queues, then the others as they were spawned.
    QueuedFirst,
    /// List by list, of so many, the tasks being dealt out to the lists in turn; in each list as they were spawned.
    Lists(u32),
}

/// What becomes of a task that yields, or has used up its budget.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Yields {
    /// It wakes itself.
    Wake,
    /// It wakes itself, and the policy is told that it yielded: [`Reason::Yielded`](super::Reason::Yielded).
    WakeAndSay,
    /// It is Pending, and woken after the next turn of the driver, the last to yield first.
    Deferred,
}

/// Where the root is polled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Root {
    /// As any other task.
    OnWorkers,
    /// On the thread that called `block_on`, which is no worker: it counts as one more, after the last. It is asked for
    /// [`TaskPolicy::next`](super::TaskPolicy::next) as they are, and should poll nothing else. A workload without a root has no such thread.
    OnItsCaller,
}

/// What becomes of a worker in whose poll [`block_in_place`](crate::block_in_place) is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BlocksInPlace {
    /// Nothing: the call is made where it stands, as any other.
    Calls,
    /// It goes on on a thread of the blocking pool, as soon as one comes to it.
    MovesWorker,
    /// The call panics: the runtime has but one thread.
    Panics,
    /// Nothing, as the call goes. A system call that a task of a Program makes leaves the worker on its thread, until
    /// someone who looks around ([`TaskPolicy::looks`](super::TaskPolicy::looks)) takes it away.
    UntilRetaken,
}

/// What becomes of a worker whose thread has lost it in a system call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Retaken {
    /// A thread goes on with it: one that sleeps, or a new one.
    Starts(WorkerId),
    /// There is nothing to do: it is unparked as one that has parked.
    Idles(WorkerId),
}
