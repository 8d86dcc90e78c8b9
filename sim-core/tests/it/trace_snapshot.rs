//! The state after any event.

use sim_core::trace::event::*;
use sim_core::trace::snapshot::*;
use sim_core::trace::*;

use crate::support::*;

fn state_at(trace: &Trace, n: usize) -> Snapshot {
    Keyframes::build(trace).seek(trace, n)
}

fn find(trace: &Trace, wanted: impl Fn(&Event) -> bool) -> usize {
    trace.events_from(0).find(|(_, _, event)| wanted(event)).expect("the event is in the trace").0
}

#[test]
fn a_task_waits_for_its_request_until_the_answer_is_delivered() {
    let trace = one_request();
    let pending = find(&trace, |e| matches!(e, Event::PollEnded { .. }));
    let state = state_at(&trace, pending + 1);
    let task = state.task(TaskId(0)).expect("the task exists");
    assert_eq!(task.state, TaskState::Pending);
    assert_eq!(task.waits.iter().map(|w| w.wait).collect::<Vec<_>>(), [Wait::Io(RequestId(0))]);
    assert_eq!((task.polls, task.wakers), (1, 1));

    let woken = find(&trace, |e| matches!(e, Event::WorkerUnparked { .. }));
    let state = state_at(&trace, woken);
    let task = state.task(TaskId(0)).expect("the task exists");
    assert_eq!((task.state, task.since), (TaskState::Ready, ms(12.0)));
    assert!(task.waits.is_empty() && state.requests.is_empty());
    assert_eq!(state.queues[READY.index()], [0]);
}

#[test]
fn at_the_end_nothing_is_left() {
    let trace = one_request();
    let state = state_at(&trace, trace.len());
    assert_eq!(state.ended, Some(EndReason::Finished));
    assert_eq!(state.totals.live_tasks, 0);
    let view = state.view();
    assert_eq!(view.tasks, [TaskState::Completed]);
    assert_eq!(view.threads, [ThreadState::Exited { panicked: false }]);
    assert!(view.cores.is_empty() && view.queues.is_empty() && view.timers.is_empty() && view.requests.is_empty());
}

#[test]
fn a_poll_takes_its_task_from_the_queue_and_a_requeue_puts_it_back() {
    let mut script = Script::workers(1);
    let (a, b) = (script.spawn("a"), script.spawn("b"));
    script.poll(a);
    let polling = script.next();
    script.say(Event::Woken { task: a, by: Actor::Task(a), effect: WakeEffect::OwnPoll });
    script.poll_ends(a, PollResult::RequeuedBack);
    let trace = script.finish();
    assert_eq!(state_at(&trace, polling).queues[0], [b.0]);
    let last = state_at(&trace, trace.len());
    assert_eq!(last.queues[0], [b.0, a.0]);
    assert_eq!(last.totals.self_wakes, 1);
    assert_eq!(last.totals.ready, 2);
}

#[test]
fn a_lock_has_its_holder_and_its_line() {
    let mut script = Script::workers(1);
    let lock = script.resource("m", sim_core::trace::tables::ResourceKind::Mutex, None);
    let (a, b) = (script.spawn("a"), script.spawn("b"));
    script.poll(a).acquire(lock, Actor::Task(a)).poll_ends(a, PollResult::Pending);
    script.poll(b).wait_for(lock, Actor::Task(b)).poll_ends(b, PollResult::Pending);
    let waiting = script.next();
    script.say(Event::Released { resource: lock, by: Actor::Task(a), mode: Mode::Exclusive });
    script.acquire(lock, Actor::Task(b));
    let trace = script.finish();
    let view = state_at(&trace, waiting).view();
    let expected = ResourceView {
        holders: vec![(Actor::Task(a), Mode::Exclusive)],
        waiters: vec![(Actor::Task(b), WaitFor::Acquire(Mode::Exclusive), ms(0.0))],
        length: 0,
    };
    assert_eq!(view.resources[&lock], expected);
    let last = state_at(&trace, trace.len());
    assert_eq!(last.resources[lock.index()].holders[0].actor, Actor::Task(b));
    assert!(last.tasks[b.index()].waits.is_empty());
}

#[test]
fn a_thread_leaves_its_core_when_it_blocks() {
    let mut script = Script::cores(1);
    let (a, b) = (script.thread("a"), script.thread("b"));
    script.dispatch(a, 0, false).at(1.0).block(a, 0, BlockReason::Io, 0).dispatch(b, 0, true);
    let trace = script.finish();
    let state = state_at(&trace, trace.len());
    assert_eq!(state.threads[a.index()].state, ThreadState::Blocked(Wait::Io(RequestId(0))));
    assert_eq!(state.cores[0].thread, Some(b));
    assert_eq!(state.totals.switches, 1);
    assert!(state.queues[RUN.index()].is_empty());
}
