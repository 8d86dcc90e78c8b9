//! The nouns of a drawing: a Track is a row, a Span a state over an interval, a Link a causal arrow.
//!
//! Owns the types only: [`super::index`] makes them from a trace.

use super::spans::{Iter, Spans};
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
    /// A task's poll goes on on this thread, on a core, while the worker that began it goes on elsewhere.
    WithoutWorker(ThreadId),
    /// The same, off the core.
    WithoutWorkerOffCore(ThreadId),
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

/// What a state means to whoever wants to run: what several spans together say.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Class {
    /// Wants to run.
    Ready,
    /// Runs, on a core.
    Running,
    /// In a poll, its thread off the core.
    OffCore,
    /// Waits.
    Waiting,
}

impl Class {
    /// How many there are.
    pub const COUNT: usize = 4;
}

impl SpanState {
    /// The state's class; a device's requests and a counter's figures have none.
    #[inline]
    pub fn class(self) -> Option<Class> {
        match self {
            SpanState::Ready | SpanState::Runnable => Some(Class::Ready),
            SpanState::Polling(_) | SpanState::WithoutWorker(_) | SpanState::Running(_) => Some(Class::Running),
            SpanState::Occupied(_) | SpanState::Polls(_) => Some(Class::Running),
            SpanState::PollingOffCore(_) | SpanState::WithoutWorkerOffCore(_) => Some(Class::OffCore),
            SpanState::PollsOffCore(_) => Some(Class::OffCore),
            SpanState::Pending(_) | SpanState::Blocked(_) => Some(Class::Waiting),
            SpanState::Serves(_) | SpanState::Level(_) => None,
        }
    }

    // Whoever ran was there, however short.
    fn is_kept_without_length(self) -> bool {
        self.class() == Some(Class::Running)
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
    /// Its spans in order of start; they overlap only on a device's row. A span of no length is left out, but for one
    /// in which something ran.
    pub spans: Spans,
    /// On a device's row, how many requests it works on, over time; empty on any other.
    pub load: Spans,
    /// How often it was polled or put on a core.
    pub runs: u32,
    longest_wait: SimDuration,
    /// The numbers of the links that lead to it.
    pub(super) links: Vec<u32>,
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
        Track {
            kind,
            name,
            created: None,
            spans: Spans::default(),
            load: Spans::default(),
            runs: 0,
            longest_wait: SimDuration::ZERO,
            links: Vec::new(),
            open: false,
            end: None,
            plain: false,
        }
    }

    /// Its spans, one after the other.
    pub fn spans(&self) -> Iter<'_> {
        self.spans.iter()
    }

    /// The longest it wanted to run without running.
    pub fn longest_wait(&self) -> SimDuration {
        let open = self.spans.last().filter(|s| self.open && s.state.class() == Some(Class::Ready));
        open.map_or(self.longest_wait, |s| s.length().max(self.longest_wait))
    }

    /// The last span that began up to and at `time`, and has not ended before it.
    pub fn span_at(&self, time: SimTime) -> Option<Span> {
        let after = self.spans.partition_point(|s| s.start <= time);
        self.spans
            .get(after.checked_sub(1)?)
            .filter(|s| s.end > time || s.start == time || (self.open && after == self.spans.len()))
    }

    /// From `time` on, the row is in `state`, or in none. What goes on in the same state is one span, unless it `begins`
    /// anew there, as a poll does.
    pub(super) fn go(&mut self, time: SimTime, event: usize, state: Option<SpanState>, begins: Begins) {
        if self.open
            && let Some(last) = self.spans.last()
        {
            if state.is_some_and(|s| s.goes_on_as(last.state)) && begins == Begins::Not {
                return;
            }
            self.spans.end_last(time);
            self.open = false;
            if last.state.class() == Some(Class::Ready) {
                self.longest_wait = self.longest_wait.max(time - last.start);
            }
            if last.start == time && !last.state.is_kept_without_length() {
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

    pub(super) fn in_flight(&self) -> u32 {
        match self.load.last().map(|last| last.state) {
            Some(SpanState::Level(requests)) => requests,
            _ => 0,
        }
    }

    /// From `time` on, a device works on so many requests.
    pub(super) fn carry(&mut self, time: SimTime, event: usize, requests: u32) {
        self.load.end_last(time);
        if self.load.last().is_some_and(|last| last.start == time) {
            self.load.pop();
        }
        self.load.push(Span { start: time, end: time, state: SpanState::Level(requests), event });
    }

    /// What goes on ends where the trace ends so far.
    pub(super) fn go_on_to(&mut self, end: SimTime) {
        if self.open {
            self.spans.end_last(end);
        }
        self.load.end_last(end);
    }

    pub(super) fn shrink(&mut self) {
        self.spans.shrink();
        self.load.shrink();
        self.links.shrink_to_fit();
    }

    /// Bytes of memory it takes, besides itself.
    pub fn memory_bytes(&self) -> usize {
        self.name.capacity() + self.spans.memory_bytes() + self.load.memory_bytes() + self.links.capacity() * 4
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
