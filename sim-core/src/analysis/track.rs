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

impl From<CounterKind> for TrackKind {
    fn from(kind: CounterKind) -> TrackKind {
        TrackKind::Counter(kind)
    }
}

impl SpanState {
    fn is_poll(self) -> bool {
        matches!(self, SpanState::Polling(_) | SpanState::Polls(_))
    }

    // What a task waits for is told once: as it was when it became Pending.
    fn goes_on_as(self, other: SpanState) -> bool {
        self == other || matches!((self, other), (SpanState::Pending(_), SpanState::Pending(_)))
    }
}

/// Whether a state that a row is in already begins a second time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Begins {
    /// It goes on.
    Not,
    /// It begins a second time: two spans side by side.
    Anew,
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
    /// When it came to be, and the event that says so. None for rows that are there from the start.
    pub created: Option<(SimTime, usize)>,
    /// Its spans in order of start; they overlap only on a device's row. A span of no length is left out, but for polls.
    pub spans: Vec<Span>,
    /// Whether the last span still goes on: it ends where the trace ends so far.
    pub open: bool,
    /// When and how it ended, and the event that says so. None for rows that do not end.
    pub end: Option<(SimTime, TrackEnd, usize)>,
    /// Whether it is a part of the workload, not a helper or pool thread of the model.
    pub plain: bool,
}

impl Track {
    /// A row with nothing on it yet.
    pub fn new(kind: TrackKind, name: String) -> Track {
        Track { kind, name, created: None, spans: Vec::new(), open: false, end: None, plain: false }
    }

    /// The last span that began up to and at `time`, and has not ended before it.
    pub fn span_at(&self, time: SimTime) -> Option<&Span> {
        let after = self.spans.partition_point(|s| s.start <= time);
        self.spans[..after]
            .last()
            .filter(|s| s.end > time || s.start == time || (self.open && after == self.spans.len()))
    }

    /// From `time` on, the row is in `state`, or in none. What goes on in the same state is one span, unless it `begins`
    /// anew there, as a poll does.
    pub(super) fn go(&mut self, time: SimTime, event: usize, state: Option<SpanState>, begins: Begins) {
        if self.open
            && let Some(last) = self.spans.last_mut()
        {
            if state.is_some_and(|s| s.goes_on_as(last.state)) && begins == Begins::Not {
                return;
            }
            last.end = time;
            self.open = false;
            if last.start == time && !last.state.is_poll() {
                self.spans.pop();
            }
        }
        let Some(state) = state else { return };
        self.open = true;
        if let Some(last) = self.spans.last()
            && begins == Begins::Not
            && last.end == time
            && state.goes_on_as(last.state)
        {
            return;
        }
        self.spans.push(Span { start: time, end: time, state, event });
    }
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
