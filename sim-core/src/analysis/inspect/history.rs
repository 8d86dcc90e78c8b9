//! What a thing did up to here, a row for each state, in words.
//!
//! Reads the spans of the thing's row; what has no row is read off the events nearby. Nothing that is still to come is
//! told: who is asked what comes next must be able to guess.

use super::figures::{self, counted, thousands};
use super::here::Here;
use super::sentence::Sentence;
use super::{Look, task};
use crate::analysis::track::{CounterKind, Span, SpanState, TrackEnd, TrackKind};
use crate::instant::{SimDuration, SimTime};
use crate::trace::Event;
use crate::trace::event::{BlockReason, SwitchReason};
use crate::trace::ids::*;
use crate::trace::snapshot::{TaskState, ThreadState};

/// A poll or turn that is shorter is told together with what came of it.
const INSTANT: SimDuration = SimDuration::from_micros(1);

/// One row of a history.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// The event that it begins with: where a click goes.
    pub event: usize,
    /// When, as people read it, without the unit: "20.1".
    pub time: String,
    /// The state that it is in from then on.
    pub look: Look,
    /// What happened.
    pub says: Sentence,
}

fn entry(here: &Here<'_>, event: usize, look: Look, says: Sentence) -> Entry {
    let text = figures::moment_text(here.trace.time(event), here.trace.end());
    let time = text.split(' ').next().unwrap_or_default().to_owned();
    Entry { event, time, look, says }
}

/// The last `most` spans that have begun here, oldest first.
fn begun(here: &Here<'_>, kind: TrackKind, most: usize) -> Vec<Span> {
    let Some(track) = here.track(kind) else { return Vec::new() };
    let begun = track.spans.begun_by(here.state.events);
    track.spans.range(begun.saturating_sub(most)..begun).collect()
}

fn last(mut entries: Vec<Entry>, most: usize) -> Vec<Entry> {
    entries.drain(..entries.len().saturating_sub(most));
    entries
}

// --- Tasks ---

/// What the task did.
pub(super) fn of_task(here: &Here<'_>, id: TaskId, most: usize) -> Vec<Entry> {
    let Some(task) = here.state.task(id) else { return Vec::new() };
    // A poll and what came of it are one row or two.
    let spans = begun(here, TrackKind::Task(id), most * 3);
    let is_new = |span: &Span| matches!(here.trace.event(span.event), Some(Event::PollStarted { .. }));
    let new = spans.iter().filter(|s| is_new(s)).count() as u32;
    let mut rows = TaskRows { here, id, rows: Vec::new(), poll: task.polls.saturating_sub(new) };
    for span in &spans {
        rows.poll += u32::from(is_new(span));
        rows.add(span);
    }
    rows.end(task.state);
    last(rows.rows.into_iter().map(|row| row.told(here)).collect(), most)
}

struct TaskRows<'a, 'b> {
    here: &'a Here<'b>,
    id: TaskId,
    rows: Vec<Row>,
    /// The number of the last poll that is told.
    poll: u32,
}

/// A row in the making: why it runs, which poll, and what came of it. What happens within an instant is one row.
struct Row {
    event: usize,
    start: SimTime,
    look: Look,
    cause: Option<Sentence>,
    poll: Option<Sentence>,
    gave: Option<Sentence>,
}

impl Row {
    fn told(self, here: &Here<'_>) -> Entry {
        let at_once = self.cause.is_some() && self.gave.is_none() && self.poll.is_some();
        let says = match (self.cause, self.poll) {
            (Some(cause), Some(poll)) => cause.and(", ").then(poll),
            (Some(said), None) | (None, Some(said)) => said,
            (None, None) => Sentence::default(),
        };
        let says = if at_once { says.and(" at once") } else { says };
        entry(here, self.event, self.look, says.then(self.gave.unwrap_or_default()))
    }
}

impl TaskRows<'_, '_> {
    fn add(&mut self, span: &Span) {
        let number = Sentence::plain(format!("poll {}", thousands(u64::from(self.poll))));
        match span.state {
            SpanState::Ready => {
                let cause = self.cause(span.event);
                self.begin(span, Look::Wants, Some(cause), None);
                self.give(" → Ready", Look::Wants);
            }
            SpanState::Polling(worker) if self.is_poll_start(span.event) => self.poll_begins(span, worker, number),
            SpanState::Polling(_) => {
                self.begin(span, Look::Runs, None, Some(number));
                self.give(" goes on", Look::Runs);
            }
            SpanState::PollingOffCore(_) => {
                let left = self.left_core(span.event);
                self.go_on(span.event, span.start, number);
                self.give(left, Look::RunsOffCore);
            }
            SpanState::Pending(wait) => {
                self.go_on(span.event, span.start, number);
                let short = wait.map(|wait| Sentence::plain(" (").then(self.here.wait_short(wait)).and(")"));
                self.give(Sentence::plain(" → Pending").then(short.unwrap_or_default()), Look::Waits);
            }
            // Spans of other rows.
            SpanState::Running(_) | SpanState::Runnable | SpanState::Blocked(_) | SpanState::Occupied(_) => {}
            SpanState::Polls(_) | SpanState::PollsOffCore(_) | SpanState::Serves(_) | SpanState::Level(_) => {}
        }
    }

    fn poll_begins(&mut self, span: &Span, worker: WorkerId, number: Sentence) {
        match self.rows.last_mut().filter(|row| row.look == Look::Wants) {
            // It waited, and that is a row of its own.
            Some(row) if span.start.since(row.start) >= INSTANT => {
                let poll = number.and(", by ").and(self.here.worker(worker));
                self.begin(span, Look::Runs, None, Some(poll));
            }
            Some(row) => {
                (row.poll, row.gave, row.look) = (Some(number), None, Look::Runs);
            }
            None => {
                let cause = self.cause(span.event);
                self.begin(span, Look::Runs, Some(cause), Some(number));
            }
        }
    }

    fn begin(&mut self, span: &Span, look: Look, cause: Option<Sentence>, poll: Option<Sentence>) {
        self.rows.push(Row { event: span.event, start: span.start, look, cause, poll, gave: None });
    }

    /// What is given next belongs to the poll of the last row, if that began just now.
    fn go_on(&mut self, event: usize, time: SimTime, number: Sentence) {
        let here = self.rows.last().filter(|r| matches!(r.look, Look::Runs | Look::RunsOffCore));
        if here.is_none_or(|row| time.since(row.start) >= INSTANT) {
            let poll = Some(number);
            self.rows.push(Row { event, start: time, look: Look::Runs, cause: None, poll, gave: None });
        }
    }

    fn give(&mut self, what: impl Into<Sentence>, look: Look) {
        if let Some(row) = self.rows.last_mut() {
            row.gave = Some(what.into());
            row.look = look;
        }
    }

    fn end(&mut self, state: TaskState) {
        let number = Sentence::plain(format!("poll {}", thousands(u64::from(self.poll))));
        let end = self.here.track(TrackKind::Task(self.id)).and_then(|t| t.end);
        if let Some((time, end, event)) = end.filter(|(_, _, event)| *event < self.here.state.events) {
            let by = match self.here.trace.event(event) {
                Some(Event::TaskCancelled { by, .. }) => Some(by),
                _ => None,
            };
            match end {
                TrackEnd::Finished => {
                    self.go_on(event, time, number);
                    self.give(" → Completed", Look::Finished);
                }
                TrackEnd::Panicked => {
                    self.go_on(event, time, number);
                    self.give(" → Panicked", Look::Wrong);
                }
                TrackEnd::Cancelled => {
                    let says = Sentence::plain("cancelled");
                    let says = match by {
                        Some(by) => says.and(" by ").and(self.here.actor_short(by)),
                        None => says,
                    };
                    let cause = Some(says);
                    let look = Look::Cancelled;
                    self.rows.push(Row { event, start: time, look, cause, poll: None, gave: None });
                }
            }
        } else if state == TaskState::Ready && self.rows.last().is_none_or(|row| row.look != Look::Wants) {
            // Ready for no time at all: it has no span, but one can stand there.
            if let Some(event) = task::ready_event(self.here, self.id, self.here.state.events) {
                let (cause, start) = (Some(self.cause(event)), self.here.trace.time(event));
                self.rows.push(Row { event, start, look: Look::Wants, cause, poll: None, gave: None });
                self.give(" → Ready", Look::Wants);
            }
        }
    }

    fn is_poll_start(&self, event: usize) -> bool {
        matches!(self.here.trace.event(event), Some(Event::PollStarted { .. }))
    }

    /// What made it able to run: "woken by I/O", "spawned".
    fn cause(&self, event: usize) -> Sentence {
        let of_poll = || self.here.index.links_to(event).map(|l| l.from_event).next();
        let cause = match self.here.trace.event(event) {
            Some(Event::PollStarted { .. }) => of_poll(),
            Some(Event::Queued { .. } | Event::PollEnded { .. }) => task::ready_event(self.here, self.id, event),
            _ => Some(event),
        };
        match cause.and_then(|n| self.here.trace.event(n)) {
            Some(Event::Woken { by, .. }) if by == Actor::Task(self.id) => Sentence::plain("woke itself"),
            Some(Event::Woken { by, .. }) => Sentence::plain("woken by ").and(self.here.actor_short(by)),
            Some(Event::TaskSpawned { by: Actor::Run, .. }) => Sentence::plain("spawned"),
            Some(Event::TaskSpawned { by, .. }) => Sentence::plain("spawned by ").and(self.here.actor_short(by)),
            _ => Sentence::plain("able to run"),
        }
    }

    fn left_core(&self, event: usize) -> &'static str {
        match self.here.trace.event(event) {
            Some(Event::ThreadBlocked { reason: BlockReason::Call, .. }) => " → blocking call",
            Some(Event::ThreadBlocked { reason: BlockReason::Lock, .. }) => " → blocked by a lock",
            Some(Event::ThreadBlocked { .. }) => " → blocked inside",
            Some(Event::SwitchedOut { reason: SwitchReason::Preempted, .. }) => " → preempted inside",
            _ => " → off the core",
        }
    }
}

// --- Threads ---

/// What the thread did.
pub(super) fn of_thread(here: &Here<'_>, id: ThreadId, most: usize) -> Vec<Entry> {
    let Some(thread) = here.state.thread(id) else { return Vec::new() };
    let spans = begun(here, TrackKind::Thread(id), most * 2);
    let mut entries = Vec::new();
    let mut before = None;
    for (i, span) in spans.iter().enumerate() {
        // A turn that is but an instant is told with what came of it.
        let over = i + 1 < spans.len() || !matches!(thread.state, ThreadState::Running(_));
        if matches!(span.state, SpanState::Running(_)) && over && span.length() < INSTANT {
            continue;
        }
        if let Some((look, says)) = thread_row(here, id, span, before) {
            entries.push(entry(here, span.event, look, says));
        }
        before = Some(*span);
    }
    let end = here.track(TrackKind::Thread(id)).and_then(|t| t.end);
    match (thread.state, end.filter(|(_, _, event)| *event < here.state.events)) {
        (ThreadState::Exited { panicked }, Some((time, _, event))) => {
            let (look, word) = if panicked { (Look::Wrong, "→ Panicked") } else { (Look::Finished, "→ Exited") };
            entries.push(entry(here, event, look, instant_turn(here, id, event, time, before).and(word)));
        }
        (ThreadState::Runnable, _) if entries.last().is_none_or(|e| e.look != Look::Wants) => {
            // Runnable for no time at all: it has no span, but one can stand there.
            if let Some(event) = made_runnable(here, id, here.state.events) {
                entries.push(entry(here, event, Look::Wants, thread_cause(here, event).and(" → Runnable")));
            }
        }
        (ThreadState::NotCreated | ThreadState::Runnable | ThreadState::Running(_), _) => {}
        (ThreadState::Blocked(_) | ThreadState::Exited { .. }, _) => {}
    }
    last(entries, most)
}

fn thread_row(here: &Here<'_>, id: ThreadId, span: &Span, before: Option<Span>) -> Option<(Look, Sentence)> {
    match span.state {
        SpanState::Running(core) => {
            let waited = before.is_some_and(|b| b.state == SpanState::Runnable && b.end == span.start);
            let cause = here.index.links_to(span.event).map(|l| l.from_event).next();
            let says = match cause.filter(|_| !waited) {
                Some(cause) => thread_cause(here, cause).and(", at once on ").and(here.core(core)),
                None => Sentence::plain("put on ").and(here.core(core)),
            };
            Some((Look::Runs, says))
        }
        SpanState::Runnable => Some((Look::Wants, thread_cause(here, span.event).and(" → Runnable"))),
        SpanState::Blocked(wait) => {
            let turn = instant_turn(here, id, span.event, span.start, before);
            Some((Look::Waits, turn.and("→ Blocked (").then(here.wait_short(wait)).and(")")))
        }
        // Spans of other rows.
        SpanState::Polling(_) | SpanState::PollingOffCore(_) | SpanState::Ready | SpanState::Pending(_) => None,
        SpanState::Occupied(_) | SpanState::Polls(_) | SpanState::PollsOffCore(_) => None,
        SpanState::Serves(_) | SpanState::Level(_) => None,
    }
}

/// How a turn on a core that took no time began: it is told with what came of it.
fn instant_turn(here: &Here<'_>, id: ThreadId, event: usize, time: SimTime, before: Option<Span>) -> Sentence {
    match before.filter(|b| b.end == time).map(|b| b.state) {
        Some(SpanState::Running(_)) => Sentence::default(),
        Some(SpanState::Runnable) => Sentence::plain("put on a core "),
        _ => match made_runnable(here, id, event) {
            Some(cause) => thread_cause(here, cause).and(" "),
            None => Sentence::default(),
        },
    }
}

/// The event that made the thread Runnable, the last before number `before`.
fn made_runnable(here: &Here<'_>, id: ThreadId, before: usize) -> Option<usize> {
    here.last_event_before(before, |e| match e {
        Event::ThreadUnblocked { thread, .. } | Event::ThreadCreated { thread, .. } => thread == id,
        _ => false,
    })
}

/// What made it able to run: "unblocked by I/O", "created", "preempted".
fn thread_cause(here: &Here<'_>, event: usize) -> Sentence {
    match here.trace.event(event) {
        Some(Event::ThreadCreated { by: Actor::Run, .. }) => Sentence::plain("created"),
        Some(Event::ThreadCreated { by, .. }) => Sentence::plain("created by ").and(here.actor_short(by)),
        Some(Event::ThreadUnblocked { by, .. }) => Sentence::plain("unblocked by ").and(here.actor_short(by)),
        Some(Event::SwitchedOut { reason: SwitchReason::Preempted, .. }) => Sentence::plain("preempted"),
        Some(Event::SwitchedOut { reason: SwitchReason::Yielded, .. }) => Sentence::plain("yielded"),
        _ => Sentence::plain("able to run"),
    }
}

// --- Workers, cores, devices, counters ---

/// Whom the worker polled.
pub(super) fn of_worker(here: &Here<'_>, id: WorkerId, most: usize) -> Vec<Entry> {
    let spans = begun(here, TrackKind::Worker(id), most * 2);
    let mut entries = Vec::new();
    for (i, span) in spans.iter().enumerate() {
        // What is but an instant before or after a stretch off the core is told with it.
        let beside = |other: Option<&Span>| other.is_some_and(|o| matches!(o.state, SpanState::PollsOffCore(_)));
        let (before, after) = (i.checked_sub(1).map(|i| &spans[i]), spans.get(i + 1));
        let (look, says) = match span.state {
            SpanState::Polls(task) => {
                let new = matches!(here.trace.event(span.event), Some(Event::PollStarted { .. }));
                let instant = span.end <= here.now() && span.length() < INSTANT;
                if instant && ((new && beside(after)) || (!new && beside(before))) {
                    continue;
                }
                let verb = if new { "polls " } else { "goes on with " };
                (Look::Runs, Sentence::plain(verb).and(here.task(task)).then(so_long(here, span)))
            }
            SpanState::PollsOffCore(task) => {
                let said = Sentence::plain("inside ").and(here.task(task)).and("'s poll, off core");
                (Look::RunsOffCore, said.then(so_long(here, span)))
            }
            // Spans of other rows.
            SpanState::Polling(_) | SpanState::PollingOffCore(_) | SpanState::Ready | SpanState::Pending(_) => continue,
            SpanState::Running(_) | SpanState::Runnable | SpanState::Blocked(_) | SpanState::Occupied(_) => continue,
            SpanState::Serves(_) | SpanState::Level(_) => continue,
        };
        entries.push(entry(here, span.event, look, says));
    }
    last(entries, most)
}

/// Which threads were on the core.
pub(super) fn of_core(here: &Here<'_>, id: CoreId, most: usize) -> Vec<Entry> {
    let spans = begun(here, TrackKind::Core(id), most);
    let on = spans.iter().filter_map(|span| match span.state {
        SpanState::Occupied(thread) => {
            let says = Sentence::plain("runs ").and(here.thread(thread)).then(so_long(here, span));
            Some(entry(here, span.event, Look::Runs, says))
        }
        _ => None,
    });
    on.collect()
}

/// The requests that the device worked on.
pub(super) fn of_device(here: &Here<'_>, id: DeviceId, most: usize) -> Vec<Entry> {
    let spans = begun(here, TrackKind::Device(id), most);
    let served = spans.iter().filter_map(|span| match span.state {
        SpanState::Serves(request) => {
            let such = |e| matches!(e, Event::IoSubmitted { request: r, .. } if r == request);
            let asked = here.last_event_before(span.event, such).and_then(|n| here.trace.event(n));
            let says = match asked {
                Some(Event::IoSubmitted { by, .. }) => {
                    Sentence::plain(format!("{request} of ")).and(here.actor_short(by))
                }
                _ => Sentence::plain(request.to_string()),
            };
            Some(entry(here, span.event, Look::Runs, says.then(so_long(here, span))))
        }
        _ => None,
    });
    served.collect()
}

/// How the figure changed.
pub(super) fn of_counter(here: &Here<'_>, kind: CounterKind, most: usize) -> Vec<Entry> {
    let spans = begun(here, TrackKind::Counter(kind), most);
    let levels = spans.iter().filter_map(|span| match span.state {
        SpanState::Level(0) => {
            Some(entry(here, span.event, Look::Idle, Sentence::plain("nobody").then(so_long(here, span))))
        }
        SpanState::Level(n) => {
            let says = Sentence::plain(counted(u64::from(n), "waits", "wait")).then(so_long(here, span));
            Some(entry(here, span.event, Look::Wants, says))
        }
        _ => None,
    });
    levels.collect()
}

/// ", 62.0 ms": how long, or how long so far.
fn so_long(here: &Here<'_>, span: &Span) -> Sentence {
    let open = span.end == here.trace.end() && here.state.ended.is_none();
    if span.end > here.now() || open {
        return Sentence::plain(", so far ").and(here.now().since(span.start));
    }
    Sentence::plain(", ").and(span.length())
}

// --- Resources ---

/// What was done with a resource, as far as it is near.
pub(super) fn of_resource(here: &Here<'_>, id: ResourceId, most: usize) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut before = here.state.events;
    while entries.len() < most {
        let Some(n) = here.last_event_before(before, |e| deed(e, id).is_some()) else { break };
        before = n;
        if let Some((by, says, look)) = here.trace.event(n).and_then(|e| deed(e, id)) {
            entries.push(entry(here, n, look, Sentence::from(here.actor(by)).and(says)));
        }
    }
    entries.reverse();
    entries
}

/// Who does what with the resource, if the event is about it.
fn deed(event: Event, id: ResourceId) -> Option<(Actor, &'static str, Look)> {
    use Event as E;
    let (resource, by, says, look) = match event {
        E::Acquired { resource, by, .. } => (resource, by, " has it now", Look::Runs),
        E::AcquireWaiting { resource, by, .. } => (resource, by, " waits in line", Look::Waits),
        E::Released { resource, by, .. } => (resource, by, " gave it back", Look::Idle),
        E::WaitCancelled { resource, by } => (resource, by, " gave up its wait", Look::Cancelled),
        E::SendWaiting { resource, by } => (resource, by, " waits for room", Look::Waits),
        E::Sent { resource, by } => (resource, by, " sent a message", Look::Runs),
        E::RecvWaiting { resource, by } => (resource, by, " waits for a message", Look::Waits),
        E::Received { resource, by } => (resource, by, " received a message", Look::Runs),
        E::ChannelClosed { resource, by } => (resource, by, " closed its side", Look::Finished),
        E::NotifyWaiting { resource, by } => (resource, by, " waits for it", Look::Waits),
        E::Notified { resource, by, all: true } => (resource, by, " notified everyone", Look::Runs),
        E::Notified { resource, by, all: false } => (resource, by, " notified one", Look::Runs),
        E::NotifyReceived { resource, by } => (resource, by, " was notified", Look::Runs),
        // The rest is about other things.
        _ => return None,
    };
    (resource == id).then_some((by, says, look))
}
