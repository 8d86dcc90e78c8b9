//! The nouns of a drawing: a Track is a row, a Span a state over an interval, a Link a causal arrow.
//!
//! Owns the types only: [`super::index`] makes them from a trace.

use crate::instant::{SimDuration, SimTime};
use crate::trace::ids::*;
pub use crate::trace::snapshot::Wait;

/// What a row of the timeline shows. The order is the order of rows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum TrackKind {
    /// A core: which thread is on it.
    Core(CoreId),
    /// A worker: which task it polls.
    Worker(WorkerId),
    /// A device: its requests.
    Device(DeviceId),
    /// A task: its states.
    Task(TaskId),
    /// A thread: its states.
    Thread(ThreadId),
    /// A figure over time.
    Counter(CounterKind),
}

/// A figure over time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum CounterKind {
    /// Tasks that are Ready, in all queues.
    ReadyQueue,
    /// Threads that are Runnable.
    RunQueue,
    /// Messages in a channel.
    Channel(ResourceId),
}

/// The state that a span shows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SpanState {
    /// A task is being polled, its worker on a core.
    Polling(WorkerId),
    /// A task is in a poll, its worker off the core (blocked or preempted inside it).
    PollingOffCore(WorkerId),
    /// A task wants to be polled.
    Ready,
    /// A task waits; none: nothing that the trace knows of will wake it.
    Pending(Option<Wait>),
    /// A thread is on a core.
    Running(CoreId),
    /// A thread wants a core.
    Runnable,
    /// A thread waits.
    Blocked(Wait),
    /// On a core's track: this thread is on it.
    Occupied(ThreadId),
    /// On a worker's track: it polls this task, on a core.
    Polls(TaskId),
    /// On a worker's track: it is inside this task's poll, off the core.
    PollsOffCore(TaskId),
    /// On a device's track: it works on this request.
    Serves(RequestId),
    /// On a counter's track: the figure.
    Level(u32),
}

/// A state over an interval.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    /// When it began.
    pub start: SimTime,
    /// When it ended; for a span that is still open, the end of the trace so far.
    pub end: SimTime,
    /// The state.
    pub state: SpanState,
    /// The number of the event that began it.
    pub event: usize,
}

impl Span {
    /// How long it lasted.
    pub fn length(&self) -> SimDuration {
        self.end - self.start
    }
}

/// How a task's or thread's track ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TrackEnd {
    /// It completed or exited.
    Finished,
    /// It was cancelled.
    Cancelled,
    /// It panicked.
    Panicked,
}

/// A row of the timeline. A task's or thread's row has no gaps between its creation and its end; a core's or
/// worker's row has spans only where something is on it.
#[derive(Clone, PartialEq, Debug)]
pub struct Track {
    /// What the row shows.
    pub kind: TrackKind,
    /// Its name.
    pub name: String,
    /// Its spans in order of start; they overlap only on a device's row.
    pub spans: Vec<Span>,
    /// When and how it ended, and the event that says so. None for rows that do not end.
    pub end: Option<(SimTime, TrackEnd, usize)>,
    /// Whether it is a part of the workload, not a helper or pool thread of the model.
    pub plain: bool,
}

/// What a causal arrow says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LinkKind {
    /// A wake and the poll that it caused.
    WakeToPoll,
    /// An unblock and the dispatch that it caused.
    UnblockToDispatch,
    /// A message from send to receive.
    SendToReceive,
    /// A spawn and the first poll or dispatch.
    SpawnToFirst,
}

/// A causal arrow between two events.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Link {
    /// What it says.
    pub kind: LinkKind,
    /// The track of whoever caused it; none: something that has no row (a timer, the run itself).
    pub from: Option<TrackKind>,
    /// The task's or thread's track that it leads to.
    pub to: TrackKind,
    /// The event of the cause.
    pub from_event: usize,
    /// The event of the effect.
    pub to_event: usize,
    /// When the cause happened.
    pub from_time: SimTime,
    /// When the effect happened.
    pub to_time: SimTime,
}
