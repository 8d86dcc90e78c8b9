//! What a task did: its polls, what came of them, and what made it able to run.

use super::super::Look;
use super::super::figures::thousands;
use super::super::here::Here;
use super::super::sentence::Sentence;
use super::super::task;
use super::{Entry, INSTANT, begun, entry, last};
use crate::analysis::track::{Span, SpanState, TrackEnd, TrackKind};
use crate::instant::SimTime;
use crate::trace::Event;
use crate::trace::event::{BlockReason, SwitchReason};
use crate::trace::ids::*;
use crate::trace::snapshot::TaskState;
use crate::trace::text::turn_is_over;

/// What the task did.
pub(in super::super) fn of_task(here: &Here<'_>, id: TaskId, most: usize) -> Vec<Entry> {
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
            SpanState::WithoutWorker(_) => {
                self.go_on(span.event, span.start, number);
                self.give(" goes on, without a worker", Look::Runs);
            }
            SpanState::PollingOffCore(_) | SpanState::WithoutWorkerOffCore(_) => {
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
            Some(Event::PollStarted { .. }) => of_poll().or_else(|| task::ready_event(self.here, self.id, event)),
            Some(Event::PollEnded { result, .. }) if result.is_set_back() => Some(event),
            Some(Event::Queued { .. } | Event::PollEnded { .. }) => task::ready_event(self.here, self.id, event),
            _ => Some(event),
        };
        match cause.and_then(|n| self.here.trace.event(n)) {
            Some(Event::Woken { by, .. }) if by == Actor::Task(self.id) => {
                Sentence::plain(self.here.tables().run.family().woke_itself())
            }
            Some(Event::Woken { by, .. }) => Sentence::plain("woken by ").and(self.here.actor_short(by)),
            Some(Event::TaskSpawned { by: Actor::Run, .. }) => Sentence::plain("spawned"),
            Some(Event::TaskSpawned { by, .. }) => Sentence::plain("spawned by ").and(self.here.actor_short(by)),
            Some(Event::PollEnded { .. }) => Sentence::plain(turn_is_over(self.here.tables().run.family())),
            _ => Sentence::plain("able to run"),
        }
    }

    fn left_core(&self, event: usize) -> &'static str {
        match self.here.trace.event(event) {
            Some(Event::ThreadBlocked { reason: BlockReason::Call, .. }) => " → blocking call",
            Some(Event::ThreadBlocked { reason: BlockReason::Lock, .. }) => " → blocked by a lock",
            Some(Event::ThreadBlocked { .. }) => " → blocked inside",
            Some(Event::WorkerMoved { .. }) => " → its worker goes on elsewhere",
            Some(Event::SwitchedOut { reason: SwitchReason::Preempted, .. }) => " → preempted inside",
            _ => " → off the core",
        }
    }
}
