//! States in words, as rows, labels and hovers say them.
//!
//! Owns the wording. Reads a run's tables for names, and the trace where the reason stands in an event.

use sim_core::analysis::track::{CounterKind, Span, SpanState, Track, TrackEnd, TrackKind, Wait};
use sim_core::clock::write_length;
use sim_core::trace::snapshot::{Request, RequestStage, TaskState, ThreadState};
use sim_core::trace::tables::ThreadKind;
use sim_core::trace::{Actor, Event, Family, Moves, Names, Snapshot, Tables, TaskId, ThreadId, Trace};

use super::axis::with_thousands;
use super::scene::Sign;

/// The sign of a wait.
pub fn sign_of(wait: Option<Wait>) -> Sign {
    match wait {
        None => Sign::Nobody,
        Some(Wait::Io(_)) => Sign::Io,
        Some(Wait::Timer(_)) => Sign::Timer,
        Some(Wait::Lock(_)) => Sign::Lock,
        Some(Wait::Send(_) | Wait::Receive(_)) => Sign::Channel,
        Some(Wait::Notify(_)) => Sign::Notify,
        Some(Wait::Join(_)) => Sign::Join,
        Some(Wait::Park(_)) => Sign::Park,
        Some(Wait::Call(_)) => Sign::Call,
    }
}

/// What is waited for: "I/O", "lock db".
pub fn wait_words(tables: &Tables, wait: Option<Wait>) -> String {
    match wait {
        None => "nothing will wake it".to_owned(),
        Some(Wait::Io(_)) => "I/O".to_owned(),
        Some(Wait::Timer(_)) => "timer".to_owned(),
        Some(Wait::Lock(r)) => format!("lock {}", tables.resource_name(r)),
        Some(Wait::Send(r)) => format!("room in {}", tables.resource_name(r)),
        Some(Wait::Receive(r)) => format!("message in {}", tables.resource_name(r)),
        Some(Wait::Notify(r)) => format!("signal of {}", tables.resource_name(r)),
        Some(Wait::Join(Actor::Run)) => "others to end".to_owned(),
        // A thread of the pool goes on when the closure has ended.
        Some(Wait::Join(Actor::Thread(id))) if is_of_pool(tables, id) => {
            format!("closure on {}", tables.thread_name(id))
        }
        Some(Wait::Join(actor)) => format!("end of {}", tables.actor_name(actor)),
        Some(Wait::Park(_)) => "parked".to_owned(),
        Some(Wait::Call(_)) => "blocking call".to_owned(),
    }
}

fn is_of_pool(tables: &Tables, id: ThreadId) -> bool {
    tables.threads.get(id.index()).is_some_and(|thread| thread.kind == ThreadKind::Blocking)
}

/// A state in one word.
pub fn state_word(state: SpanState) -> &'static str {
    match state {
        SpanState::Polling(_) => "Polling",
        SpanState::PollingOffCore(_) => "Polling, off core",
        SpanState::WithoutWorker(_) => "Polling, without a worker",
        SpanState::WithoutWorkerOffCore(_) => "Polling, without a worker, off core",
        SpanState::Ready => "Ready",
        SpanState::Pending(_) => "Pending",
        SpanState::Running(_) => "Running",
        SpanState::Runnable => "Runnable",
        SpanState::Blocked(_) => "Blocked",
        SpanState::Occupied(_) => "busy",
        SpanState::Polls(_) => "polls",
        SpanState::PollsOffCore(_) => "in a poll, off core",
        SpanState::Serves(_) => "busy",
        SpanState::Level(_) => "",
    }
}

/// The texts for a span's label, longest first; the first that fits is shown.
pub fn span_labels(trace: &Trace, moves: &Moves, span: &Span) -> Vec<String> {
    let tables = trace.tables();
    let long = write_length(span.length());
    match span.state {
        SpanState::Polling(_) => {
            let polling = tables.run.family().reword("Polling");
            vec![format!("{polling} {long}"), polling]
        }
        SpanState::PollingOffCore(_) if keeps_thread(tables) => {
            vec![format!("Keeps its thread {long}"), "Keeps its thread".into(), "waits".into()]
        }
        SpanState::PollingOffCore(_) => {
            let polling = tables.run.family().reword("Polling");
            vec![format!("{polling} {long}, off core"), format!("{polling} {long}"), polling]
        }
        SpanState::WithoutWorker(_) => {
            let polling = tables.run.family().reword("Polling");
            vec![format!("{polling} {long}, without a worker"), "without a worker".into(), polling]
        }
        SpanState::WithoutWorkerOffCore(_) => {
            let polling = tables.run.family().reword("Polling");
            vec![
                format!("{polling} {long}, off core, without a worker"),
                "off core, without a worker".into(),
                "without a worker".into(),
                polling,
            ]
        }
        SpanState::Ready => {
            vec![format!("Ready {long}: waits for {}", whom(tables)), format!("Ready {long}"), "Ready".into()]
        }
        SpanState::Running(_) => vec![format!("Running {long}"), "Running".into()],
        SpanState::Runnable => {
            vec![format!("Runnable {long}: waits for a core"), format!("Runnable {long}"), "Runnable".into()]
        }
        SpanState::Polls(task) => {
            let (polls, name) = (tables.run.family().reword("polls"), tables.task_name(task));
            vec![format!("{polls} {name}, {long}"), name]
        }
        SpanState::PollsOffCore(task) => {
            let name = tables.task_name(task);
            vec![format!("{name}, {}", off_core_reason(trace, span, task)), name]
        }
        SpanState::Occupied(thread) => vec![Names::at(tables, moves, span.event).thread(thread)],
        SpanState::Pending(wait) => {
            let words = wait_words(tables, wait);
            vec![format!("Pending: {words}, {long}"), words]
        }
        SpanState::Blocked(wait) => {
            let words = wait_words(tables, Some(wait));
            vec![format!("Blocked: {words}, {long}"), words]
        }
        SpanState::Serves(_) | SpanState::Level(_) => Vec::new(),
    }
}

/// Whom a Ready task waits for.
fn whom(tables: &Tables) -> String {
    match tables.workers.as_slice() {
        [one] => tables.thread_name(*one),
        _ => format!("a {}", tables.run.family().worker()),
    }
}

/// Whether a task keeps its thread also while it waits.
fn keeps_thread(tables: &Tables) -> bool {
    match tables.run.family() {
        Family::Pool | Family::Sequential => true,
        Family::Async | Family::Threads | Family::Callbacks | Family::Coroutines | Family::Actors => false,
    }
}

/// Why a worker is off its core in the middle of a poll, from the events just before it left.
fn off_core_reason(trace: &Trace, span: &Span, task: TaskId) -> String {
    let near = span.event.saturating_sub(6)..(span.event + 1).min(trace.len());
    let block = near.rev().find_map(|n| match trace.event(n) {
        Some(Event::BlockBegan { by: Actor::Task(t), length }) if t == task => Some(length),
        _ => None,
    });
    let near = span.event.saturating_sub(2)..(span.event + 1).min(trace.len());
    let blocked = near.rev().any(|n| matches!(trace.event(n), Some(Event::ThreadBlocked { .. })));
    match block {
        Some(length) => format!("inside block({length})"),
        None if keeps_thread(trace.tables()) => if blocked { "blocked" } else { "preempted" }.to_owned(),
        None => {
            let turn = trace.tables().run.family().turn();
            if blocked { format!("blocked inside its {turn}") } else { format!("preempted inside its {turn}") }
        }
    }
}

/// How a track ends, in one word.
pub fn end_word(kind: TrackKind, end: TrackEnd) -> &'static str {
    match (end, kind) {
        (TrackEnd::Finished, TrackKind::Thread(_)) => "Exited",
        (TrackEnd::Finished, _) => "Completed",
        (TrackEnd::Cancelled, _) => "Cancelled",
        (TrackEnd::Panicked, _) => "Panicked",
    }
}

/// The state a row is in, as `state` has it: a few words for the right of its name.
pub fn row_state(tables: &Tables, track: &Track, state: &Snapshot) -> String {
    let events = state.events;
    if let Some((_, end, event)) = track.end
        && event < events
    {
        return end_word(track.kind, end).to_owned();
    }
    match track.kind {
        TrackKind::Counter(counter) => level(state, counter).to_string(),
        TrackKind::Task(id) => tables.run.family().reword(task_word(tables, state, id)),
        TrackKind::Thread(id) => match state.worker_on(id) {
            Some(worker) => tables.worker_name(worker),
            None => state.threads.get(id.index()).map_or("", |t| thread_word(t.state)).to_owned(),
        },
        TrackKind::Core(id) => {
            let thread = state.cores.get(id.index()).and_then(|c| c.thread);
            thread.map_or("idle".to_owned(), |thread| thread_in(tables, state, thread))
        }
        TrackKind::Worker(id) => {
            let task = state.polled_by(id).map(|task| tables.task_name(task));
            let polls = tables.run.family().reword("polls");
            task.map_or("idle".to_owned(), |name| format!("{polls} {name}"))
        }
        TrackKind::Device(id) => {
            let started = |r: &&Request| r.device == id && matches!(r.stage, RequestStage::Started { .. });
            let busy = state.requests.values().filter(started).count();
            match busy {
                0 => "idle".to_owned(),
                1 => "1 request".to_owned(),
                n => format!("{} requests", with_thousands(&n.to_string())),
            }
        }
    }
}

/// The name of a thread as `state` has it: the worker's that it runs, else its own.
pub fn thread_in(tables: &Tables, state: &Snapshot, id: ThreadId) -> String {
    state.worker_on(id).map_or_else(|| tables.thread_title(id), |worker| tables.worker_name(worker))
}

/// How high a counter stands. What comes and goes within one instant has no span, and is counted all the same.
fn level(state: &Snapshot, counter: CounterKind) -> u32 {
    match counter {
        CounterKind::ReadyQueue => state.totals.ready,
        CounterKind::RunQueue => state.totals.runnable,
        CounterKind::Channel(id) => state.resources.get(id.index()).map_or(0, |channel| channel.length),
    }
}

/// A task's state, as the state of everything has it: several may follow each other within one instant, without spans.
fn task_word(tables: &Tables, state: &Snapshot, id: TaskId) -> &'static str {
    match state.tasks.get(id.index()).map(|t| t.state) {
        None | Some(TaskState::NotSpawned) => "",
        Some(TaskState::Ready) => "Ready",
        Some(TaskState::Polling(_) | TaskState::WithoutWorker(_)) => {
            let thread = state.polled_on(tables, id).and_then(|thread| state.thread(thread));
            let on_core = thread.is_some_and(|t| matches!(t.state, ThreadState::Running(_)));
            let blocked = thread.is_some_and(|t| matches!(t.state, ThreadState::Blocked(_)));
            match (on_core, keeps_thread(tables)) {
                (true, _) => "Polling",
                (false, false) => "Polling, off core",
                (false, true) => {
                    if blocked {
                        "waits"
                    } else {
                        "off core"
                    }
                }
            }
        }
        Some(TaskState::Pending) => "Pending",
        Some(TaskState::Completed) => "Completed",
        Some(TaskState::Cancelled) => "Cancelled",
        Some(TaskState::Panicked) => "Panicked",
    }
}

fn thread_word(state: ThreadState) -> &'static str {
    match state {
        ThreadState::NotCreated => "",
        ThreadState::Runnable => "Runnable",
        ThreadState::Running(_) => "Running",
        ThreadState::Blocked(_) => "Blocked",
        ThreadState::Exited { panicked: false } => "Exited",
        ThreadState::Exited { panicked: true } => "Panicked",
    }
}

/// The name of a row.
pub fn row_name(track: &Track) -> String {
    match track.kind {
        TrackKind::Counter(CounterKind::ReadyQueue) => "ready queue".to_owned(),
        TrackKind::Counter(CounterKind::RunQueue) => "run queue".to_owned(),
        _ => track.name.clone(),
    }
}

/// A name cut in its middle to at most `fits` letters: "handle_re…:42". Under three letters a side, none is left.
pub fn middle_cut(name: &str, fits: usize) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= fits {
        return name.to_owned();
    }
    if fits < 4 {
        return String::new();
    }
    let tail = (fits - 1) / 3;
    let head = fits - 1 - tail;
    letters[..head].iter().chain(['…'].iter()).chain(letters[letters.len() - tail..].iter()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_keeps_both_ends() {
        assert_eq!(middle_cut("handle_request:42", 13), "handle_r…t:42");
        assert_eq!(middle_cut("hb", 13), "hb");
        assert_eq!(middle_cut("handle", 3), "");
    }
}
