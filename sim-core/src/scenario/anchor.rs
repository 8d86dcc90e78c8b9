//! From a moment's meaning to its event in a run's trace.
//!
//! Owns which event begins and which ends an op, in every model.

use super::narration::{Anchor, Edge};
use crate::instant::SimTime;
use crate::trace::event::{Event, PollResult};
use crate::trace::ids::*;
use crate::trace::text::subject;
use crate::trace::{Tables, Trace};

/// A moment of a run: the number of its event and its time, what [`Anchor::after`] adds included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The event that stands for it.
    pub event: usize,
    /// When it is.
    pub time: SimTime,
}

/// Where the anchor's moment is in this trace; none if it does not come.
pub fn find(anchor: &Anchor, trace: &Trace) -> Option<Moment> {
    let tables = trace.tables();
    let is_its = |actor: Actor| path_of(actor, tables) == Some(anchor.task.as_str());
    let mut left = anchor.nth;
    let mut begun = false;
    for (event, time, what) in trace.events_from(0) {
        let whole = anchor.op.is_none() && anchor.mark.is_none() && anchor.edge == Edge::Start;
        if whole && is_made_in_vain(&what, &anchor.task, tables) {
            return Some(Moment { event, time: time + anchor.after });
        }
        if !concerns(&what, anchor.op.as_deref(), &is_its) {
            continue;
        }
        let hit = match (&anchor.op, &anchor.mark, anchor.edge) {
            (Some(op), _, Edge::Start) => starts(op, &what),
            (Some(op), _, Edge::End) => {
                let hit = begun && ends(op, &what);
                begun = (begun && !hit) || starts(op, &what);
                hit
            }
            (Some(op), _, Edge::Wait) => waits(op, &what),
            (Some(op), _, Edge::Wake) => {
                let hit = begun && is_wake(&what);
                begun = (begun && !hit) || starts(op, &what) || waits(op, &what);
                hit
            }
            (None, Some(mark), _) => matches!(what, Event::Marked { text, .. } if tables.text(text) == mark),
            (None, None, Edge::Start) => is_birth(&what),
            (None, None, Edge::End) => is_end(&what),
            (None, None, Edge::Wait) => is_pause(&what),
            (None, None, Edge::Wake) => is_wake(&what),
        };
        if hit {
            left -= 1;
            if left == 0 {
                return Some(Moment { event: in_queue(event, trace), time: time + anchor.after });
            }
        }
    }
    None
}

/// Of a birth or a wake, the event that puts the task or thread in line to run: two events, but one moment to a person.
/// Any other event stands for itself.
fn in_queue(event: usize, trace: &Trace) -> usize {
    let Some(first) = trace.event(event).filter(|what| is_birth(what) || is_wake(what)) else { return event };
    let next = (event + 1..trace.len()).map_while(|n| trace.event(n).map(|what| (n, what)));
    let same = next.take_while(|(_, what)| subject(what) == subject(&first));
    let mut same = same.take_while(|(_, what)| !matches!(what, Event::PollStarted { .. } | Event::Dispatched { .. }));
    let queued = same.find(|(_, what)| matches!(what, Event::Queued { .. } | Event::ThreadRunnable { .. }));
    queued.map_or(event, |(n, _)| n)
}

/// Whether the event is about the task: done by it, or done to it. What an op does to another task is its own.
fn concerns(event: &Event, op: Option<&str>, is_its: &impl Fn(Actor) -> bool) -> bool {
    match (op, event) {
        (Some("Spawn"), Event::TaskSpawned { by, .. } | Event::ThreadCreated { by, .. })
        | (Some("Cancel"), Event::AbortRequested { by, .. })
        | (Some("Detach"), Event::TaskDetached { by, .. }) => is_its(*by),
        (_, other) => is_its(subject(other)),
    }
}

/// Whether the event makes the future of a task in a run that has no tasks, because nobody polls them.
fn is_made_in_vain(event: &Event, task: &str, tables: &Tables) -> bool {
    let Event::FutureCreated { future, .. } = event else { return false };
    let is_thread = || tables.threads.iter().any(|thread| tables.text(thread.path) == task);
    tables.tasks.is_empty() && tables.future_name(*future) == task && !is_thread()
}

fn path_of(actor: Actor, tables: &Tables) -> Option<&str> {
    match actor {
        Actor::Task(id) => tables.tasks.get(id.index()).map(|task| tables.text(task.path)),
        Actor::Thread(id) => tables.threads.get(id.index()).map(|thread| tables.text(thread.path)),
        Actor::Run | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => None,
    }
}

fn is_birth(event: &Event) -> bool {
    matches!(event, Event::TaskSpawned { .. } | Event::ThreadCreated { .. })
}

fn is_end(event: &Event) -> bool {
    matches!(event, Event::TaskCompleted { .. } | Event::TaskCancelled { .. } | Event::ThreadExited { .. })
}

/// Whether the task waits from here on, whatever for.
fn is_pause(event: &Event) -> bool {
    matches!(
        event,
        Event::PollEnded { result: PollResult::Pending, .. } | Event::ThreadBlocked { .. } | Event::BlockBegan { .. }
    )
}

/// Whether the task may go on from here. It need not run yet.
fn is_wake(event: &Event) -> bool {
    matches!(event, Event::Woken { .. } | Event::ThreadUnblocked { .. })
}

/// Whether an op of this name finds that it has to wait: only where it could also have gone on.
fn waits(op: &str, event: &Event) -> bool {
    match op {
        "Lock" | "Read" | "Write" | "Acquire" => matches!(event, Event::AcquireWaiting { .. }),
        "Send" => matches!(event, Event::SendWaiting { .. }),
        "Recv" => matches!(event, Event::RecvWaiting { .. }),
        // The rest waits from its beginning, or not at all.
        _ => starts(op, event),
    }
}

/// Whether the event begins an op of this name.
fn starts(op: &str, event: &Event) -> bool {
    match op {
        "Work" => matches!(event, Event::WorkBegan { .. }),
        "Io" | "IoOn" => matches!(event, Event::IoSubmitted { .. }),
        "Sleep" | "Timeout" => matches!(event, Event::TimerSet { .. }),
        "Block" | "BlockInPlace" => matches!(event, Event::BlockBegan { .. }),
        "Offload" => matches!(event, Event::Offloaded { .. } | Event::BlockBegan { .. }),
        "Lock" | "Read" | "Write" | "Acquire" => matches!(event, Event::Acquired { .. }),
        "Send" => matches!(event, Event::Sent { .. } | Event::SendWaiting { .. }),
        "Recv" => matches!(event, Event::Received { .. } | Event::RecvWaiting { .. }),
        "Notify" | "NotifyAll" => matches!(event, Event::Notified { .. }),
        "Wait" | "Barrier" => matches!(event, Event::NotifyWaiting { .. }),
        "Spawn" => is_birth(event),
        "JoinTask" => matches!(event, Event::JoinWaiting { .. }),
        "Cancel" => matches!(event, Event::AbortRequested { .. } | Event::Noted { .. }),
        "Detach" => matches!(event, Event::TaskDetached { .. }),
        "Let" => matches!(event, Event::FutureCreated { .. }),
        "Await" => matches!(event, Event::FuturePolled { .. }),
        "Drop" => matches!(event, Event::FutureDropped { .. }),
        "Mark" => matches!(event, Event::Marked { .. }),
        "Fail" => matches!(event, Event::Failed { .. }),
        // Yield, Join, Select, Repeat, Try: their parts are what happens.
        _ => false,
    }
}

/// Whether the event ends an op of this name that has begun.
fn ends(op: &str, event: &Event) -> bool {
    match op {
        "Work" => matches!(event, Event::WorkEnded { .. }),
        "Block" | "BlockInPlace" => matches!(event, Event::BlockEnded { .. }),
        // The answer counts when the task goes on with it.
        "Io" | "IoOn" | "Sleep" | "Offload" => {
            matches!(event, Event::PollStarted { .. } | Event::ThreadUnblocked { .. })
        }
        "Lock" | "Read" | "Write" | "Acquire" => matches!(event, Event::Released { .. }),
        "Send" => matches!(event, Event::Sent { .. }),
        "Recv" => matches!(event, Event::Received { .. }),
        "Wait" | "Barrier" => matches!(event, Event::NotifyReceived { .. }),
        "JoinTask" => matches!(event, Event::Joined { .. }),
        "Await" => matches!(event, Event::FutureCompleted { .. }),
        // The rest ends where it begins.
        _ => starts(op, event),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{RunOptions, Scenario};

    /// Two that take the same lock, the second after the first.
    const TWO: &str = r#"(
        schema: 1, id: "two", number: 1, part: A, title: "Two", idea: "Two.", costs: "zero",
        workload: (
            tasks: {"t": (count: 2, ops: [Lock("x", [Io("5ms")])])},
            resources: {"x": mutex},
        ),
        runs: [(id: "async", model: async_fifo), (id: "threads", model: thread_per_task)],
    )"#;

    /// The event at a moment of the second one, in one of the runs.
    fn moment(run: &str, op: Option<&str>, edge: Edge) -> (String, u64) {
        let scenario = Scenario::parse("two.ron", TWO, &[]).unwrap();
        let trace = scenario.execute(run, &RunOptions::default(), None);
        let moment = find(&anchor_of(run, op, edge), &trace).unwrap();
        (trace.event(moment.event).unwrap().name().to_owned(), moment.time.as_nanos() / 1_000_000)
    }

    fn anchor_of(run: &str, op: Option<&str>, edge: Edge) -> Anchor {
        let (run, op) = (Some(run.to_owned()), op.map(str::to_owned));
        Anchor { run, task: "t.1".into(), op, mark: None, edge, nth: 1, after: crate::instant::SimDuration::ZERO }
    }

    #[test]
    fn what_a_task_does_to_another_is_a_moment_of_its_own() {
        let parent = r#"workload.tasks={"t": (count: 2, ops: [Spawn("c"), Cancel("c")]), "c": (ops: [Io("5ms")])}"#;
        let scenario = Scenario::parse("two.ron", TWO, &[parent.to_owned()]).unwrap();
        let trace = scenario.execute("async", &RunOptions::default(), None);
        for (op, event) in [("Spawn", "Queued"), ("Cancel", "AbortRequested")] {
            let anchor = anchor_of("async", Some(op), Edge::Start);
            let moment = find(&anchor, &trace).unwrap();
            assert_eq!(trace.event(moment.event).unwrap().name(), event);
        }
    }

    #[test]
    fn a_wait_and_the_wake_that_ends_it_are_moments_in_every_model() {
        for (run, woken) in [("async", "Queued"), ("threads", "ThreadRunnable")] {
            assert_eq!(moment(run, Some("Lock"), Edge::Wait), ("AcquireWaiting".into(), 0));
            assert_eq!(moment(run, Some("Lock"), Edge::Wake), (woken.into(), 5));
            assert_eq!(moment(run, Some("Lock"), Edge::Start), ("Acquired".into(), 5));
            assert_eq!(moment(run, Some("Io"), Edge::Wake), (woken.into(), 10));
            assert_eq!(moment(run, None, Edge::Wake), (woken.into(), 5));
            assert_eq!(moment(run, None, Edge::Start), (woken.into(), 0));
        }
        assert_eq!(moment("async", None, Edge::Wait), ("PollEnded".into(), 0));
        assert_eq!(moment("threads", None, Edge::Wait), ("ThreadBlocked".into(), 0));
    }
}
