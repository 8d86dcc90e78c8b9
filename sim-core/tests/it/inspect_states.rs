//! Why something is not running, state by state: runs written by hand and small workloads.

use sim_core::analysis::inspect::{Look, Thing};
use sim_core::analysis::track::TrackKind;
use sim_core::trace::event::*;
use sim_core::trace::tables::*;
use sim_core::trace::*;

use proptest::prelude::*;

use crate::inspect_scenarios::Asked;
use crate::lesson;
use crate::support::*;
use crate::trace_random::any_trace;

/// The async and the thread run of a workload on one core.
fn both(workload: &str) -> (Asked, Asked) {
    let (tasks, threads) = lesson::both(workload);
    (Asked::of(tasks.trace), Asked::of(threads.trace))
}

#[test]
fn a_task_behind_others_names_them() {
    let (tasks, threads) = both(
        r#"tasks: {"a": (ops: [Work("10ms")]), "b": (ops: [Work("1ms")]), "c": (ops: [Work("1ms")]), "d": (ops: [Work("1ms")])}"#,
    );
    let why = "It stands behind b and c in the ready queue. worker 0 is inside a's poll (since 0.0 ms), which computes. \
               Nothing can preempt a poll.";
    assert_eq!(tasks.why(5.0, "d"), why);
    let d = tasks.at(5.0, tasks.named("d"));
    assert_eq!(d.fact("Queue").as_deref(), Some("place 3 of 3, behind b and c"));
    let why = "core 0 runs a since 0.0 ms, which computes. It stands behind b and c in the run queue.";
    assert_eq!(threads.why(1.0, "d"), why);
    let d = threads.at(1.0, threads.named("d"));
    assert_eq!((d.state, d.fact("Run queue").as_deref()), ("Runnable", Some("place 3 of 3, behind b and c")));
}

#[test]
fn with_several_workers_every_poll_that_keeps_one_is_told() {
    let workload = r#"tasks: {"a": (ops: [Work("9ms")]), "b": (ops: [Block("9ms")]), "c": (ops: [Work("1ms")])}"#;
    let scenario = lesson::lesson_with("cores: 2", "workers: 2", workload);
    let tasks = Asked::of(lesson::run(&scenario, "async").trace);
    let why = "Both workers are inside polls: worker 0 in a's and worker 1 in b's, off its core. \
               Nothing can preempt a poll: it is polled when one of them returns.";
    assert_eq!(tasks.why(5.0, "c"), why);
    assert_eq!(tasks.at(5.0, tasks.named("c")).fact("Will run").as_deref(), Some("when one of the polls returns"));
}

#[test]
fn a_poll_whose_worker_was_preempted_names_who_has_the_core() {
    let mut script = Script::workers(1);
    let task = script.spawn("calm");
    script.poll(task).work(Actor::Task(task), 10.0);
    let rival = script.thread("rival");
    script.at(4.0).preempt(ThreadId(0), 0).dispatch(rival, 0, true).work(Actor::Thread(rival), 5.0);
    let asked = Asked::of(script.finish());
    let calm = asked.at(6.0, Thing::Track(TrackKind::Task(task)));
    assert_eq!((calm.state, calm.question), ("Polling, off core", "Why not on a core?"));
    let why = "The thread of worker 0 was preempted inside the poll. core 0 runs rival since 4.0 ms, which computes.";
    assert_eq!(calm.answer.to_string(), why);
    assert_eq!(calm.history.last().unwrap().says.to_string(), "poll 1 → preempted inside");
}

#[test]
fn a_poll_whose_blocking_call_is_over_was_not_preempted() {
    let workload = r#"tasks: {"hog": (ops: [Block("10ms"), Work("1ms")]), "busy": (ops: [Work("50ms")])}"#;
    let scenario = lesson::lesson_with("cores: 1", "workers: 2", workload);
    let tasks = Asked::of(lesson::run(&scenario, "async").trace);
    let why = "The thread of worker 0 is back from its blocking call since 10.0 ms and waits for a core. \
               core 0 runs worker 1 since 0.0 ms, which polls busy.";
    assert_eq!(tasks.why(11.0, "hog"), why);
    let why =
        "The thread of worker 1 was preempted inside the poll. core 0 runs worker 0 since 12.0 ms, which polls hog.";
    assert_eq!(tasks.why(12.5, "busy"), why);
}

#[test]
fn of_a_worker_in_a_blocking_poll_the_task_is_named() {
    let (tasks, _) = both(r#"tasks: {"hog": (ops: [Block("10ms")])}"#);
    let worker = tasks.at(5.0, Thing::Track(TrackKind::Worker(WorkerId(0))));
    let why = "hog made a blocking call inside its poll, until 10.0 ms. Its thread sleeps with it: the core is free, \
               the worker is not.";
    assert_eq!(worker.answer.to_string(), why);
}

#[test]
fn a_task_whose_closure_is_on_the_pool_says_until_when() {
    let (tasks, _) = both(r#"tasks: {"off": (ops: [Offload("10ms")])}"#);
    let why = "It waits for its closure on blocking 0 to end: that thread is in a blocking call until 10.0 ms.";
    assert_eq!(tasks.why(5.0, "off"), why);
}

#[test]
fn in_a_stuck_run_a_ready_task_names_the_poll_that_never_ends() {
    let tasks = Asked::lesson("guard-across-await", "async");
    let writer = tasks.at(20.0, tasks.named("writer.0"));
    assert_eq!(writer.headline.to_string(), "Ready for ever");
    let why = "worker 0 is inside writer.1's poll (since 0.0 ms), which blocks the thread: it waits for lock table, held \
               by writer.0. Nothing can preempt a poll. The run is stuck here: nothing is left that could change this.";
    assert!(writer.answer.to_string().ends_with(why), "{}", writer.answer);
    let core = tasks.at(20.0, Thing::Track(TrackKind::Core(CoreId(0)))).answer.to_string();
    assert!(!core.contains("over") && core.contains("4 tasks are Ready, but worker 0 is blocked inside"), "{core}");
}

/// Whatever is said between two events of one instant is true there, too.
#[test]
fn in_the_middle_of_an_instant_nothing_untrue_is_said() {
    let asked = Asked::lesson("drop-cancels", "async");
    let order = asked.named("order");
    let said = |such: &dyn Fn(Event) -> bool, asked: &Asked, thing| {
        let event = asked.trace.events_from(0).find(|(_, _, e)| such(*e)).expect("it happens").0;
        asked.after(event + 1, thing)
    };
    let dropped = said(&|e| matches!(e, Event::IoCancelled { .. }), &asked, order);
    let why = "main aborted it at 15.0 ms: it is dropped at the await where it stands.";
    assert_eq!((dropped.look, dropped.answer.to_string().as_str()), (Look::Waits, why));
    let delivered = |e| matches!(e, Event::IoDelivered { .. });
    let why = "What it waited for has come (I/O): its waker is called now.";
    assert_eq!(said(&delivered, &asked, order).answer.to_string(), why);
    let asked = Asked::lesson("poll-wake-poll", "threads");
    let why = "The I/O that it waited for is done: it goes on now.";
    assert_eq!(said(&delivered, &asked, asked.named("other")).answer.to_string(), why);
    let asked = Asked::lesson("two-deadlocks", "async");
    let a = asked.named("mia");
    for events in 0..asked.trace.len() {
        let answer = asked.after(events, a).answer.to_string();
        assert!(!answer.contains("polled by worker 0, held by"), "after {events}: {answer}");
    }
}

#[test]
fn a_task_that_nobody_can_wake_is_told_as_lost() {
    let mut script = Script::workers(1);
    let task = script.spawn("forgetful");
    script.poll(task).poll_ends(task, PollResult::Pending);
    let asked = Asked::of(script.finish());
    let said = asked.at(3.0, Thing::Track(TrackKind::Task(task)));
    let why = "Nothing will wake it. It said Pending, and nobody keeps its waker: it is never polled again.";
    assert_eq!((said.look, said.answer.to_string().as_str()), (Look::Wrong, why));
    assert_eq!(said.fact("Can wake it").as_deref(), Some("nobody"));
}

#[test]
fn a_wait_without_a_name_still_tells_of_its_waker() {
    let mut script = Script::workers(1);
    let task = script.spawn("foreign");
    script.poll(task).clone_waker(task).poll_ends(task, PollResult::Pending);
    let asked = Asked::of(script.finish());
    let said = asked.at(1.0, Thing::Track(TrackKind::Task(task)));
    assert!(said.answer.to_string().starts_with("It waits for something the recording has no name for. 1 clone"));
    assert_eq!(said.fact("Waker").as_deref(), Some("1 clone is kept, the last made at 0 ns"));
}

#[test]
fn a_timer_says_when_and_how_far_off() {
    let (tasks, threads) = both(r#"tasks: {"t": (ops: [Sleep("20ms")])}"#);
    let why = "It sleeps until its timer fires at 20.0 ms, 15.0 ms from now.";
    assert_eq!((tasks.why(5.0, "t").as_str(), threads.why(5.0, "t").as_str()), (why, why));
}

#[test]
fn a_full_channel_names_who_could_make_room() {
    let (tasks, threads) = both(
        r#"tasks: {"p": (ops: [Repeat(3, [Send("box")])]), "c": (ops: [Recv("box"), Io("50ms"), Repeat(2, [Recv("box")])])},
           resources: {"box": channel(capacity: 1)}"#,
    );
    let why = "Channel box is full (1 message): it waits for room. c could receive, and is Pending: waits for I/O.";
    assert_eq!(tasks.why(20.0, "p"), why);
    assert_eq!(threads.why(20.0, "p"), why.replace("Pending", "Blocked"));
    let channel = tasks.at(20.0, Thing::Resource(ResourceId(0)));
    assert_eq!((channel.state, channel.headline.to_string().as_str()), ("Full", "1 of 1 message"));
    assert!(channel.answer.to_string().contains("p sends. c receives."), "{}", channel.answer);
}

#[test]
fn the_second_in_line_for_a_lock_knows_its_place() {
    let (tasks, threads) = both(
        r#"tasks: {"a": (ops: [Lock("m", [Io("30ms")])]), "b": (ops: [Lock("m", [Io("1ms")])]), "c": (ops: [Lock("m", [Io("1ms")])])},
           resources: {"m": mutex}"#,
    );
    let why = "It waits for lock m, held by a since 0.0 ms. a is Pending: waits for I/O. It is number 2 in line.";
    assert_eq!(tasks.why(5.0, "c"), why);
    assert_eq!(threads.why(5.0, "c"), why.replace("Pending", "Blocked"));
    let lock = tasks.at(5.0, Thing::Resource(ResourceId(0)));
    let why = "a has it since 0.0 ms, and is Pending: waits for I/O. b and c wait for it, in this order.";
    assert_eq!((lock.state, lock.answer.to_string().as_str()), ("Held", why));
}

#[test]
fn a_join_says_what_the_other_does() {
    let mut script = Script::workers(1);
    let (main, child) = (script.spawn("main"), script.spawn("child"));
    let wait = Event::JoinWaiting { target: Actor::Task(child), by: Actor::Task(main) };
    script.poll(main).clone_waker(main).say(wait).poll_ends(main, PollResult::Pending);
    script.poll(child).work(Actor::Task(child), 5.0);
    let asked = Asked::of(script.finish());
    let said = asked.at(1.0, Thing::Track(TrackKind::Task(main)));
    assert_eq!(said.answer.to_string(), "It waits for child to end, which is being polled by worker 0.");
    assert_eq!(said.fact("Can wake it").as_deref(), Some("child"));
}

#[test]
fn a_barrier_counts_who_has_come() {
    let mut script = Script::workers(1);
    let barrier = script.resource("start", ResourceKind::Barrier, Some(3));
    let task = script.spawn("early");
    let wait = Event::NotifyWaiting { resource: barrier, by: Actor::Task(task) };
    script.poll(task).clone_waker(task).say(wait).poll_ends(task, PollResult::Pending);
    let asked = Asked::of(script.finish());
    let said = asked.at(1.0, Thing::Track(TrackKind::Task(task)));
    assert_eq!(said.answer.to_string(), "It waits at barrier start: 1 of 3 have come, and all go on together.");
}

#[test]
fn a_notifier_says_that_nobody_has_notified() {
    let mut script = Script::workers(1);
    let notify = script.resource("go", ResourceKind::Notify, None);
    let task = script.spawn("waiter");
    let wait = Event::NotifyWaiting { resource: notify, by: Actor::Task(task) };
    script.poll(task).clone_waker(task).say(wait).poll_ends(task, PollResult::Pending);
    let asked = Asked::of(script.finish());
    let said = asked.at(1.0, Thing::Track(TrackKind::Task(task)));
    let why = "It waits to be notified through notifier go, and nobody has done so yet.";
    assert_eq!(said.answer.to_string(), why);
}

#[test]
fn a_request_that_the_device_has_no_room_for_stands_in_line() {
    let mut script = Script::workers(1);
    let disk = script.device("disk");
    let (a, b) = (script.spawn("a"), script.spawn("b"));
    script.poll(a).clone_waker(a);
    script.submit(disk, Actor::Task(a), 10.0);
    script.poll_ends(a, PollResult::Pending).poll(b).clone_waker(b);
    let second = script.submit_only(disk, Actor::Task(b));
    script.poll_ends(b, PollResult::Pending);
    let asked = Asked::of(script.finish());
    let why = "It waits for I/O, and disk has not begun with its request: it works on 1 other.";
    assert_eq!(asked.at(1.0, Thing::Track(TrackKind::Task(b))).answer.to_string(), why);
    let device = asked.at(1.0, Thing::Track(TrackKind::Device(disk)));
    assert_eq!(device.answer.to_string(), "It works on 1 request, and 1 more waits in line.");
    assert_eq!(device.fact("In line").unwrap(), format!("{second} of b since 0 ns"));
}

#[test]
fn an_answer_that_nobody_has_seen_is_told_as_one() {
    let mut script = Script::workers(1);
    let disk = script.device("disk");
    let task = script.spawn("a");
    script.poll(task).clone_waker(task);
    let request = script.submit(disk, Actor::Task(task), 1.0);
    script.poll_ends(task, PollResult::Pending).at(1.0).say(Event::IoCompleted { request, device: disk });
    let asked = Asked::of(script.finish());
    let said = asked.at(2.0, Thing::Track(TrackKind::Task(task))).answer.to_string();
    let why = "The answer of disk is there since 1.0 ms, but nobody has looked: a worker sees it only when it turns the \
               driver, between two polls.";
    assert_eq!(said, why);
}

#[test]
fn a_cancelled_task_says_who_dropped_it_and_where_it_stood() {
    let mut script = Script::workers(1);
    let (main, child) = (script.spawn("main"), script.spawn("child"));
    script.poll(child).clone_waker(child).poll_ends(child, PollResult::Pending);
    script.at(7.0).poll(main).say(Event::TaskCancelled { task: child, by: Actor::Task(main) });
    let asked = Asked::of(script.finish());
    let said = asked.at(8.0, Thing::Track(TrackKind::Task(child)));
    let why = "main dropped it at 7.0 ms, at the await where it stood, after 1 poll.";
    assert_eq!((said.look, said.answer.to_string().as_str()), (Look::Cancelled, why));
    assert_eq!(said.history.last().unwrap().says.to_string(), "cancelled by main");
}

#[test]
fn a_panic_is_told_with_its_message() {
    let outcome = run_one(|| async {
        let _ = sim_core::spawn(async { panic!("out of cheese") }).await;
    });
    let asked = Asked::of(outcome.trace);
    let task = Thing::Track(TrackKind::Task(TaskId(1)));
    let said = asked.after(asked.trace.len(), task);
    assert_eq!((said.look, said.state), (Look::Wrong, "Panicked"));
    assert!(said.answer.to_string().contains("out of cheese"), "{}", said.answer);
}

#[test]
fn what_does_not_exist_yet_says_when_it_will() {
    let mut script = Script::workers(1);
    let main = script.spawn("main");
    script.poll(main).at(3.0);
    let child = script.spawn_by("child", Actor::Task(main));
    let asked = Asked::of(script.finish());
    let said = asked.at(1.0, Thing::Track(TrackKind::Task(child)));
    assert_eq!(said.answer.to_string(), "It does not exist yet. main spawns it at 3.0 ms.");
    assert!(said.history.is_empty() && said.facts.is_empty());
}

#[test]
fn a_preempted_thread_says_that_it_was_not_done() {
    let mut script = Script::cores(1);
    let (a, b) = (script.thread("a"), script.thread("b"));
    script.dispatch(a, 0, false).work(Actor::Thread(a), 9.0);
    script.at(4.0).preempt(a, 0).dispatch(b, 0, true).work(Actor::Thread(b), 9.0);
    let asked = Asked::of(script.finish());
    let said = asked.at(5.0, Thing::Track(TrackKind::Thread(a)));
    let why = "It was taken off its core before it was done. core 0 runs b since 4.0 ms, which computes.";
    assert_eq!(said.answer.to_string(), why);
    assert_eq!(said.history.last().unwrap().says.to_string(), "preempted → Runnable");
}

#[test]
fn a_parked_worker_says_that_nobody_is_ready() {
    let (tasks, _) = both(r#"tasks: {"a": (ops: [Io("10ms")]), "b": (ops: [Io("10ms")])}"#);
    let worker = tasks.at(5.0, Thing::Track(TrackKind::Worker(WorkerId(0))));
    let why = "No task is Ready: 2 tasks wait for something. Its thread sleeps until someone unparks it.";
    assert_eq!((worker.state, worker.answer.to_string().as_str()), ("Parked", why));
}

proptest! {
    #[test]
    fn of_a_recording_that_makes_no_sense_something_is_said_too(trace in any_trace()) {
        let asked = Asked::of(trace);
        for events in (0..=asked.trace.len()).step_by(23) {
            asked.say_everything(events);
        }
    }
}
