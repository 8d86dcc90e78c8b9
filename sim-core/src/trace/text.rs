//! The text form of a trace: one line an event, in fixed columns.
//!
//! Owns the words: [`describe`] is what the window's list, the command line and the text form all show. The names of
//! events are the catalogue's; the detail is a short clause for a person who has not seen the event before.

use std::fmt::Write as _;

use super::event::{DecisionKind, End, Event, PollFrom, PollResult, WakeEffect};
use super::family::Family;
use super::ids::*;
use super::names::{Moves, Names};
use super::snapshot::Wait;
use super::store::Trace;
use super::tables::{Decision, Tables};
use crate::instant::{SimDuration, SimTime};

/// An event in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// Whom it is about: whose track it stands on.
    pub who: String,
    /// The event's name: the catalogue's, or in its place that of a run whose tasks are not polled.
    pub event: &'static str,
    /// What happened, in a few words; may be empty.
    pub detail: String,
}

/// The event in words, with the names that things have after it.
pub fn describe(event: &Event, names: Names<'_>) -> Row {
    Row {
        who: subject_name(event, names),
        event: names.tables().run.family().event_name(event.name()),
        detail: detail(event, names),
    }
}

/// Whom an event is about: the task or thread that does or suffers it, else the worker, device or run.
pub fn subject(event: &Event) -> Actor {
    use Event as E;
    match *event {
        E::TaskSpawned { task, .. } | E::Queued { task, .. } | E::Dequeued { task, .. } => Actor::Task(task),
        E::PollStarted { task, .. } | E::PollEnded { task, .. } | E::Woken { task, .. } => Actor::Task(task),
        E::WakerCloned { task, .. } | E::WakerDropped { task, .. } => Actor::Task(task),
        E::BudgetExhausted { task, .. } | E::TaskCompleted { task, .. } => Actor::Task(task),
        E::TaskCancelled { task, .. } | E::TaskFreed { task, .. } | E::TaskDetached { task, .. } => Actor::Task(task),
        E::AbortRequested { task, .. } | E::TaskAllocated { task, .. } => Actor::Task(task),
        E::WorkerParked { worker, .. } | E::WorkerUnparked { worker, .. } => Actor::Worker(worker),
        E::WorkerSearching { worker } | E::WorkerMoved { worker, .. } => Actor::Worker(worker),
        E::ThreadCreated { thread, .. } | E::ThreadRunnable { thread, .. } => Actor::Thread(thread),
        E::Dispatched { thread, .. } | E::SwitchedOut { thread, .. } => Actor::Thread(thread),
        E::Migrated { thread, .. } | E::ThreadBlocked { thread, .. } => Actor::Thread(thread),
        E::ThreadUnblocked { thread, .. } | E::ThreadExited { thread, .. } => Actor::Thread(thread),
        E::StackReserved { thread, .. } | E::StackTouched { thread, .. } => Actor::Thread(thread),
        E::PriorityLent { thread, .. } | E::PriorityReturned { thread, .. } => Actor::Thread(thread),
        E::FutureCreated { by, .. } | E::FuturePolled { by, .. } => by,
        E::FutureCompleted { by, .. } | E::FutureDropped { by, .. } => by,
        E::ResourceCreated { by, .. } | E::Acquired { by, .. } | E::AcquireWaiting { by, .. } => by,
        E::Released { by, .. } | E::WaitCancelled { by, .. } | E::SendWaiting { by, .. } | E::Sent { by, .. } => by,
        E::RecvWaiting { by, .. } | E::Received { by, .. } | E::ChannelClosed { by, .. } => by,
        E::NotifyWaiting { by, .. } | E::Notified { by, .. } | E::NotifyReceived { by, .. } => by,
        E::WaitNamed { by, .. } => by,
        E::EndHeld { by, .. } | E::JoinWaiting { by, .. } | E::Joined { by, .. } | E::JoinCancelled { by, .. } => by,
        E::TimerSet { by, .. } | E::TimerCancelled { by, .. } => by,
        E::TimerFired { timer } => Actor::Timer(timer),
        E::IoSubmitted { by, .. } | E::IoCancelled { by, .. } => by,
        E::IoCompleted { device, .. } => Actor::Device(device),
        E::IoDelivered { to, .. } => to,
        E::WorkBegan { by, .. } | E::WorkEnded { by } | E::BlockBegan { by, .. } | E::BlockEnded { by } => by,
        E::Offloaded { by, .. } | E::Marked { by, .. } | E::Traced { by, .. } => by,
        E::SpanEntered { by, .. } | E::SpanExited { by, .. } => by,
        E::Panicked { by, .. } | E::Noted { by, .. } | E::Failed { by, .. } => by,
        E::StepBegan { by, .. } | E::BranchEnded { by, .. } => by,
        E::Moved { .. } | E::IoStarted { .. } | E::Decided { .. } | E::RunEnded { .. } => Actor::Run,
    }
}

fn subject_name(event: &Event, names: Names<'_>) -> String {
    let tables = names.tables();
    match *event {
        Event::IoStarted { request, .. } => match tables.requests.get(request.index()) {
            Some(info) => tables.device_name(info.device),
            None => request.to_string(),
        },
        Event::Moved { queues, .. } => tables.queue_name(queues.to),
        Event::TimerFired { timer } => timer.to_string(),
        _ => names.actor(subject(event)),
    }
}

// One line an event.
#[rustfmt::skip]
fn detail(event: &Event, names: Names<'_>) -> String {
    use Event as E;
    let tables = names.tables();
    let name = |actor| names.actor(actor);
    let text = |id| tables.text(id).to_owned();
    let resource = |id| tables.resource_name(id);
    let future = |id| tables.future_name(id);
    let said = |text: &str| tables.run.family().reword(text);
    match *event {
        E::TaskSpawned { by, .. } => format!("spawned by {}", name(by)),
        E::Queued { queue, end, .. } => format!("to the {} of {}", end.text(), tables.queue_name(queue)),
        E::Dequeued { queue, .. } => format!("taken out of {} without being {}", tables.queue_name(queue), said("polled")),
        E::PollStarted { at, from, .. } => poll_started(at, from, tables),
        E::PollEnded { at, result, .. } => poll_ended(at, result, tables),
        E::Woken { by, effect, .. } => woken(by, effect, names),
        E::WakerCloned { by, .. } | E::WakerDropped { by, .. } => format!("by {}", name(by)),
        E::Moved { queues, count, ends } => moved(queues, count, ends.stolen, tables),
        E::BudgetExhausted { worker, .. } => format!("on {worker}: has to yield"),
        E::TaskCompleted { task, by } => format!("on {}", names.polled_by(task, by)),
        E::TaskCancelled { by, .. } | E::AbortRequested { by, .. } => format!("by {}", name(by)),
        E::TaskFreed { by, .. } => format!("last reference dropped by {}", name(by)),
        E::TaskDetached { by, .. } => format!("handle dropped by {}; the task runs on", name(by)),
        E::FutureCreated { future: f, .. } => format!("{}: does nothing until polled", future(f)),
        E::FuturePolled { future: f, .. } => format!("{}: polled for the first time", future(f)),
        E::FutureCompleted { future: f, .. } => format!("{}: has its value", future(f)),
        E::FutureDropped { future: f, .. } => format!("{}: dropped without a value", future(f)),
        E::WorkerParked { thread, .. } => format!("nothing to {}: {} sleeps", said("poll"), names.thread(thread)),
        E::WorkerUnparked { by, .. } => format!("by {}", name(by)),
        E::WorkerSearching { .. } => "looks for tasks in other workers' queues".to_owned(),
        E::WorkerMoved { thread, .. } => format!("goes on on {}", tables.thread_title(thread)),
        E::ThreadCreated { by, .. } => format!("created by {}", name(by)),
        E::ThreadRunnable { queue, .. } => format!("waits for a core in {}", tables.queue_name(queue)),
        E::Dispatched { cost, onto, .. } => dispatched(cost, onto.core, onto.switch),
        E::SwitchedOut { core, reason, .. } => format!("left {core}: {}", reason.text()),
        E::Migrated { cores, .. } => format!("from {} to {}", cores.from, cores.to),
        E::ThreadBlocked { on, reason, .. } => format!("waits for {}", wait_name(Wait::new(reason, on), names)),
        E::ThreadUnblocked { by, .. } => format!("by {}", name(by)),
        E::ThreadExited { panicked, .. } => if panicked { "by a panic" } else { "" }.to_owned(),
        E::PriorityLent { by, .. } => format!("goes by the priority of {}, who waits for what it holds", names.thread(by)),
        E::PriorityReturned { to, .. } => format!("gives {} its priority back", names.thread(to)),
        E::ResourceCreated { resource: r, .. } => resource(r),
        E::Acquired { resource: r, mode, .. } => format!("{}, {}", resource(r), mode.text()),
        E::AcquireWaiting { resource: r, mode, .. } => format!("{} is taken: waits in line, {}", resource(r), mode.text()),
        E::Released { resource: r, .. } => resource(r),
        E::WaitCancelled { resource: r, .. } => format!("no longer waits for {}", resource(r)),
        E::SendWaiting { resource: r, .. } => format!("{} is full: waits for room", resource(r)),
        E::Sent { resource: r, .. } => format!("into {}", resource(r)),
        E::RecvWaiting { resource: r, .. } => format!("{} is empty: waits for a message", resource(r)),
        E::Received { resource: r, .. } => format!("from {}", resource(r)),
        E::ChannelClosed { resource: r, .. } => format!("one side of {} is gone", resource(r)),
        E::NotifyWaiting { resource: r, .. } => format!("waits for {}", resource(r)),
        E::Notified { resource: r, all, .. } => format!("{}, {}", resource(r), if all { "everyone" } else { "one" }),
        E::NotifyReceived { resource: r, .. } => format!("from {}", resource(r)),
        E::WaitNamed { nth: super::event::NO_WAIT, .. } => "the next ends none of its waits".to_owned(),
        E::WaitNamed { nth, .. } => format!("the next ends wait number {} of those that it can end", nth + 1),
        E::EndHeld { resource: r, end, .. } => format!("holds the {} of {}", end.text(), resource(r)),
        E::JoinWaiting { target, .. } => format!("waits for {} to end", name(target)),
        E::Joined { target, .. } => format!("{} has ended", name(target)),
        E::JoinCancelled { target, .. } => format!("no longer waits for {}", name(target)),
        E::TimerSet { timer, .. } => format!("{timer}, due at {}", deadline(timer, tables)),
        E::TimerFired { .. } => "due now".to_owned(),
        E::TimerCancelled { timer, .. } => timer.to_string(),
        E::IoSubmitted { request, .. } => format!("{request} to {}", request_device(request, tables)),
        E::IoStarted { request, latency } => format!("works on {request} for {}", exactly(latency)),
        E::IoCompleted { request, .. } => format!("has the answer to {request}"),
        E::IoDelivered { request, .. } => format!("the answer to {request} is seen"),
        E::IoCancelled { request, .. } => format!("nobody wants {request} any more"),
        E::WorkBegan { length, .. } => format!("computes for {}", exactly(length)),
        E::BlockBegan { length, .. } => format!("blocking call of {}: the thread sleeps", exactly(length)),
        E::WorkEnded { .. } | E::BlockEnded { .. } => String::new(),
        E::Offloaded { to, .. } => format!("a blocking closure, to {}", names.thread(to)),
        E::TaskAllocated { bytes, .. } => format!("{bytes} B for the task"),
        E::StackReserved { bytes, .. } => format!("{bytes} B of addresses for the stack"),
        E::StackTouched { bytes, .. } => format!("{bytes} B resident"),
        E::Marked { text: id, .. } | E::Traced { text: id, .. } | E::Noted { text: id, .. } => text(id),
        E::Panicked { text: id, .. } => panicked(id, tables),
        E::Failed { text: id, .. } => text(id),
        E::SpanEntered { name: id, .. } | E::SpanExited { name: id, .. } => text(id),
        E::Decided { decision, kind } => decided(kind, tables.decisions.get(decision as usize), tables),
        E::RunEnded { reason } => reason.text().to_owned(),
        E::StepBegan { at, .. } => tables.step_name(at),
        E::BranchEnded { first, .. } => format!("the branch that began with {}", tables.step(first).map_or("", |s| &s.text)),
    }
}

/// A length of time in full, as people write it: "50 µs".
fn exactly(length: SimDuration) -> String {
    let text = length.to_string();
    let unit = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit);
    format!("{number} {}", if unit == "us" { "µs" } else { unit })
}

fn poll_started(at: WorkerQueue, from: PollFrom, tables: &Tables) -> String {
    let (worker, queue) = (tables.worker_name(at.worker), tables.queue_name(at.queue));
    let does = match tables.run.family() {
        Family::Async => "polls",
        Family::Threads
        | Family::Pool
        | Family::Sequential
        | Family::Callbacks
        | Family::Coroutines
        | Family::Actors => "runs",
    };
    match from {
        PollFrom::Front => format!("{worker} {does} it, from the front of {queue}"),
        PollFrom::Back => format!("{worker} {does} it, from the back of {queue}"),
        PollFrom::Direct => format!("{worker} {does} its main future"),
    }
}

fn poll_ended(at: WorkerQueue, result: PollResult, tables: &Tables) -> String {
    let already = if tables.run.family().has_wakers() { "Pending, but woken already" } else { "able to go on already" };
    let back = |end: End| format!("{already}: to the {} of {}", end.text(), tables.queue_name(at.queue));
    let over = turn_is_over(tables.run.family());
    let set_back = |end: End| format!("{over}: to the {} of {}", end.text(), tables.queue_name(at.queue));
    match result {
        PollResult::Pending if !tables.run.family().has_wakers() => "Pending: it waits".to_owned(),
        PollResult::Pending => "Pending: waits to be woken".to_owned(),
        PollResult::RequeuedBack => back(End::Back),
        PollResult::RequeuedFront => back(End::Front),
        PollResult::PreemptedBack => set_back(End::Back),
        PollResult::PreemptedFront => set_back(End::Front),
        PollResult::Ready => match tables.run.family() {
            Family::Async => "Ready: it has its result".to_owned(),
            Family::Threads
            | Family::Pool
            | Family::Sequential
            | Family::Callbacks
            | Family::Coroutines
            | Family::Actors => "it has come to its end".to_owned(),
        },
        PollResult::Panicked => "panicked".to_owned(),
        PollResult::Cut => "cut off".to_owned(),
    }
}

/// Why a task is put back that is neither done nor waits.
pub(crate) fn turn_is_over(family: Family) -> &'static str {
    match family {
        Family::Actors => "its reductions are used up",
        // The time that a goroutine may run is over; or it comes from a call, and no worker is free.
        Family::Coroutines
        | Family::Async
        | Family::Threads
        | Family::Pool
        | Family::Sequential
        | Family::Callbacks => "its turn is over",
    }
}

fn woken(by: Actor, effect: WakeEffect, names: Names<'_>) -> String {
    let (by, tables) = (names.actor(by), names.tables());
    match effect {
        WakeEffect::Queued => format!("by {by}"),
        WakeEffect::Redundant => format!("by {by}, but was Ready already"),
        WakeEffect::OwnPoll => tables.run.family().reword("by itself, inside its own poll"),
        WakeEffect::DuringPoll => format!("by {by}, {}", tables.run.family().reword("while being polled")),
        WakeEffect::Stale => format!("by {by}, but has ended already"),
    }
}

fn moved(queues: QueuePair, count: u32, stolen: bool, tables: &Tables) -> String {
    let verb = if stolen { "stolen" } else { "moved" };
    let noun = if count == 1 { "entry" } else { "entries" };
    format!("{count} {noun} {verb} from {}", tables.queue_name(queues.from))
}

fn dispatched(cost: SimDuration, core: CoreId, switch: bool) -> String {
    match (switch, cost.is_zero()) {
        (true, false) => format!("onto {core}: a context switch, {}", exactly(cost)),
        (true, true) => format!("onto {core}: a context switch"),
        (false, false) => format!("onto {core}, {}", exactly(cost)),
        (false, true) => format!("onto {core}"),
    }
}

/// The message, and where the panic was raised if that is known: the file's name and the line.
fn panicked(id: StrId, tables: &Tables) -> String {
    let message = tables.text(id);
    let Some((_, place)) = tables.panics.iter().find(|(text, _)| *text == id) else { return message.to_owned() };
    let file = tables.files.get(place.file as usize).map_or("", String::as_str);
    format!("{message} ({}:{})", file.rsplit(['/', '\\']).next().unwrap_or(file), place.line)
}

fn decided(kind: DecisionKind, decision: Option<&Decision>, tables: &Tables) -> String {
    let Some(decision) = decision else { return kind.text().to_owned() };
    let mut words = format!("{}: ", kind.text());
    let _ = match decision.among {
        0 => write!(words, "{}", SimDuration::from_nanos(decision.taken)),
        among => write!(words, "{} of {among}", decision.taken),
    };
    let path = tables.text(decision.path);
    if !path.is_empty() {
        let _ = write!(words, ", for {path}");
    }
    words
}

fn deadline(timer: TimerId, tables: &Tables) -> String {
    format!("{} ms", millis(tables.timers.get(timer.index()).copied().unwrap_or_default()))
}

fn request_device(request: RequestId, tables: &Tables) -> String {
    tables.requests.get(request.index()).map_or_else(|| "a device".to_owned(), |r| tables.device_name(r.device))
}

/// What is waited for, in words: "lock accounts", "timer 3, due at 10ms".
pub fn wait_name(wait: Wait, names: Names<'_>) -> String {
    let tables = names.tables();
    match wait {
        Wait::Io(request) => format!("{request} at {}", request_device(request, tables)),
        Wait::Timer(timer) => format!("{timer}, due at {}", deadline(timer, tables)),
        Wait::Lock(resource) => tables.resource_name(resource),
        Wait::Send(resource) => format!("room in {}", tables.resource_name(resource)),
        Wait::Receive(resource) => format!("a message from {}", tables.resource_name(resource)),
        Wait::Notify(resource) => tables.resource_name(resource),
        Wait::Join(target) => format!("{} to end", names.actor(target)),
        Wait::Park(_) => "something to do".to_owned(),
        Wait::Call(timer) => format!("its blocking call, until {}", deadline(timer, tables)),
    }
}

/// A time in milliseconds with three decimals, "82.100"; with six where it is no whole microsecond, "82.100001".
pub fn millis(time: SimTime) -> String {
    let ns = time.as_nanos();
    let (whole, rest) = (ns / 1_000_000, ns % 1_000_000);
    if rest % 1_000 == 0 { format!("{whole}.{:03}", rest / 1_000) } else { format!("{whole}.{rest:06}") }
}

/// A length of time rounded for reading, to at most one decimal of its unit: "94.9ms", "100ms", "1.5s".
pub fn rounded(length: SimDuration) -> String {
    let ns = length.as_nanos();
    let unit = [1_000_000_000, 1_000_000, 1_000].into_iter().find(|unit| ns >= *unit).unwrap_or(1);
    let step = (unit / 10).max(1);
    // Rounding up may reach the next unit: Display finds it.
    SimDuration::from_nanos(ns.saturating_add(step / 2) / step * step).to_string()
}

/// One line of the text form: event number, time in ms, who, event, detail.
///
/// Times stand so that their decimal points are below each other; nanoseconds are shown only where there are some.
pub fn line(n: usize, time: SimTime, event: &Event, names: Names<'_>) -> String {
    let row = describe(event, names);
    let time = millis(time);
    let (whole, decimals) = time.split_once('.').unwrap_or((&time, ""));
    let line = format!("{n:>7} {whole:>6}.{decimals:<6} {:<16} {:<16} {}", row.who, row.event, row.detail);
    line.trim_end().to_owned()
}

/// The text form of a whole trace, a line an event. An event of a newer version shows its kind's number.
pub fn text(trace: &Trace) -> String {
    let (mut out, mut moves) = (String::new(), Moves::default());
    for n in 0..trace.len() {
        match trace.event(n) {
            Some(event) => {
                moves.note(trace.tables(), n, event);
                out.push_str(&line(n, trace.time(n), &event, Names::at(trace.tables(), &moves, n)));
            }
            None => {
                let record = trace.record(n);
                let _ = write!(out, "{n:>7} {:>13} event of kind {}", millis(record.time()), record.kind());
            }
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_three_decimals_and_six_where_they_say_something() {
        assert_eq!(millis(SimTime::from_nanos(82_100_000)), "82.100");
        assert_eq!(millis(SimTime::from_nanos(82_100_001)), "82.100001");
        assert_eq!(millis(SimTime::ZERO), "0.000");
    }

    #[test]
    fn a_length_is_rounded_to_what_a_person_reads() {
        let check = |ns, expected: &str| assert_eq!(rounded(SimDuration::from_nanos(ns)), expected);
        check(94_900_002, "94.9ms");
        check(100_000_001, "100ms");
        check(999_999_999, "1s");
        check(1_550, "1.6us");
        check(7, "7ns");
        check(0, "0ns");
    }

    #[test]
    fn a_line_names_who_and_says_what() {
        let (tables, moves) = (Tables::default(), Moves::default());
        let event = Event::WorkBegan { by: Actor::Task(TaskId(3)), length: SimDuration::from_millis(2) };
        let line = line(12, SimTime::from_nanos(1_500_000), &event, Names::at(&tables, &moves, 12));
        assert_eq!(line, "     12      1.500    task 3           WorkBegan        computes for 2 ms");
    }
}
