//! Problems, found where they are and nowhere else.

use sim_core::analysis::findings::*;
use sim_core::analysis::track::TrackKind;
use sim_core::scenario::{RunOptions, Scenario};
use sim_core::trace::event::*;
use sim_core::trace::tables::*;
use sim_core::trace::*;

use crate::support::*;

fn find(trace: &Trace) -> Vec<Finding> {
    diagnose(trace, &Thresholds::default())
}

fn only(trace: &Trace, kind: FindingKind) -> Finding {
    let mut findings = find(trace);
    assert_eq!(findings.iter().map(|f| f.kind).collect::<Vec<_>>(), [kind], "{findings:#?}");
    findings.remove(0)
}

#[test]
fn a_sound_run_has_no_findings() {
    assert_eq!(find(&one_request()), []);
}

#[test]
fn a_future_that_nobody_awaits_is_found() {
    let mut script = Script::workers(1);
    let task = script.spawn("main");
    script.poll(task);
    let created = script.next();
    let inert = script.future("third", Actor::Task(task));
    let used = script.future("first", Actor::Task(task));
    script.say(Event::FuturePolled { future: used, by: Actor::Task(task) });
    let dropped = script.next();
    script.say(Event::FutureDropped { future: inert, by: Actor::Task(task) });
    script.say(Event::FutureDropped { future: used, by: Actor::Task(task) });
    script.poll_ends(task, PollResult::Ready);
    let finding = only(&script.end(EndReason::Finished), FindingKind::NeverPolled);
    assert_eq!(finding.title, "third was created and never polled");
    assert_eq!(finding.proof, [created, dropped]);
    assert_eq!(finding.subjects, [TrackKind::Task(task)]);
}

#[test]
fn a_task_that_is_cut_off_by_a_limit_is_no_finding_of_its_own() {
    let mut script = Script::workers(1);
    script.spawn("late");
    only(&script.end(EndReason::TimeLimit), FindingKind::LimitReached);
    let mut script = Script::workers(1);
    script.spawn("late");
    only(&script.end(EndReason::Finished), FindingKind::NeverPolled);
}

fn long_poll(others: bool, blocks: bool) -> Trace {
    let mut script = Script::workers(1);
    let hog = script.spawn("hog");
    script.poll(hog);
    if blocks {
        script
            .say(Event::BlockBegan { by: Actor::Task(hog), length: sim_core::instant::SimDuration::from_millis(100) });
        script.block(ThreadId(0), 0, BlockReason::Call, 0);
    }
    let hb = others.then(|| script.at(20.0).spawn("hb"));
    script.at(100.0);
    if blocks {
        script.unblock(ThreadId(0), Actor::Timer(TimerId(0))).dispatch(ThreadId(0), 0, true);
        script.say(Event::BlockEnded { by: Actor::Task(hog) });
    }
    script.poll_ends(hog, PollResult::Ready);
    if let Some(hb) = hb {
        script.poll(hb).poll_ends(hb, PollResult::Ready);
    }
    script.end(EndReason::Finished)
}

#[test]
fn a_long_poll_that_keeps_others_waiting_is_found() {
    let finding = only(&long_poll(true, false), FindingKind::LongPoll);
    assert_eq!(finding.title, "One poll of hog took 100ms: hb had to wait");
    assert!(finding.explanation.contains("up to 80ms"), "{}", finding.explanation);
    assert!(finding.explanation.contains("it computed"), "{}", finding.explanation);
    assert_eq!(finding.span, (ms(0.0), ms(100.0)));
}

#[test]
fn a_blocking_call_inside_a_poll_is_told_as_one() {
    let finding = only(&long_poll(true, true), FindingKind::LongPoll);
    assert!(finding.explanation.contains("blocking call"), "{}", finding.explanation);
}

/// Two tasks on one core: hog blocks for 100 ms, and the answer that hb waits for comes meanwhile.
fn blocked_under(model: &str) -> Trace {
    let text = format!(
        r#"(schema: 1, id: "t", number: 1, part: A, title: "T", idea: "I.", costs: "zero", machine: (cores: 1),
        workload: (tasks: {{"hb": (ops: [Io("20ms"), Work("1ms")]), "hog": (ops: [Io("5ms"), Block("100ms")])}}),
        runs: [(id: "one", model: {model}), (id: "threads", model: thread_per_task)])"#
    );
    let scenario = Scenario::parse("t.ron", &text, &[]).unwrap_or_else(|errors| panic!("{errors}"));
    scenario.execute("one", &RunOptions::default(), None)
}

#[test]
fn an_answer_that_nobody_looks_at_during_a_long_poll_is_waited_for() {
    for model in ["tokio_current_thread", "tokio_multi_thread", "event_loop"] {
        let finding = only(&blocked_under(model), FindingKind::LongPoll);
        assert!(finding.title.ends_with("of hog took 100ms: hb had to wait"), "{model}: {}", finding.title);
        let told = "Meanwhile what hb waited for was there, and nobody looked, up to 85ms.";
        assert!(finding.explanation.contains(told), "{model}: {}", finding.explanation);
        assert_eq!(finding.proof.len(), 3, "{model}: poll, answer, end");
    }
    assert_eq!(find(&blocked_under("coroutines")), [], "the worker of a goroutine that blocks is handed on");
}

#[test]
fn what_took_too_long_is_called_as_its_model_calls_it() {
    for (model, title) in [
        ("async_fifo", "One poll of hog took 100ms: hb had to wait"),
        ("event_loop", "One callback of hog took 100ms: hb had to wait"),
        ("actors", "One turn of hog took 100ms: hb had to wait"),
    ] {
        let finding = only(&blocked_under(model), FindingKind::LongPoll);
        assert_eq!(finding.title, title);
        let is_async = model == "async_fifo";
        assert_eq!(finding.explanation.contains("poll"), is_async, "{model}: {}", finding.explanation);
        assert_eq!(finding.explanation.contains("spawn_blocking"), is_async, "{model}: {}", finding.explanation);
    }
}

#[test]
fn what_several_instances_of_a_program_do_for_the_same_reason_is_said_once() {
    let text = r#"(schema: 1, id: "t", number: 1, part: A, title: "T", idea: "I.", costs: "zero", machine: (cores: 1),
        workload: (tasks: {"image": (count: 4, ops: [Work("20ms"), Yield]), "reader": (ops: [Block("30ms"), Yield])}),
        runs: [(id: "one", model: async_fifo), (id: "threads", model: thread_per_task)])"#;
    let scenario = Scenario::parse("t.ron", text, &[]).unwrap_or_else(|errors| panic!("{errors}"));
    let found = find(&scenario.execute("one", &RunOptions::default(), None));
    let named = |name: &str| found.iter().filter(|f| f.title.starts_with(&format!("One poll of {name}"))).count();
    assert_eq!((named("image"), named("reader"), found.len()), (1, 1, 2), "{found:#?}");
    let image = found.iter().find(|f| f.title.contains("of image")).expect("it was counted");
    assert!(image.explanation.contains("image.1, image.2 and image.3 did the same."), "{}", image.explanation);
    assert_eq!(image.subjects.iter().filter(|s| **s == image.subjects[1]).count(), 1, "each subject once");
}

#[test]
fn a_poll_whose_awaits_all_went_on_at_once_is_told_as_that() {
    let told = |messages: u32| {
        let mut script = Script::workers(1);
        let inbox = script.resource("inbox", ResourceKind::Channel, None);
        let (drain, other) = (script.spawn("drain"), script.spawn("B"));
        script.poll(drain);
        for n in 1..=messages {
            script.say(Event::Sent { resource: inbox, by: Actor::Run });
            script.say(Event::Received { resource: inbox, by: Actor::Task(drain) });
            script.at(50.0 * f64::from(n) / f64::from(messages));
        }
        script.poll_ends(drain, PollResult::Ready).poll(other).poll_ends(other, PollResult::Ready);
        only(&script.end(EndReason::Finished), FindingKind::LongPoll).explanation
    };
    let said = told(1000);
    assert!(said.contains("1000 of its awaits asked for what was there already"), "{said}");
    let said = told(2);
    assert!(said.contains("it computed all that time"), "two awaits are not why: {said}");
}

#[test]
fn a_long_poll_that_harms_nobody_is_no_finding() {
    assert_eq!(find(&long_poll(false, false)), []);
}

#[test]
fn a_pending_task_without_a_waker_is_found_at_that_poll() {
    let mut script = Script::workers(1);
    let task = script.spawn("forgetful");
    let polled = script.next();
    script.poll(task).poll_ends(task, PollResult::Pending);
    let finding = only(&script.end(EndReason::Stuck), FindingKind::LostWaker);
    assert_eq!((finding.severity, finding.proof), (Severity::Error, vec![polled, polled + 1]));
}

#[test]
fn a_waker_that_is_used_up_just_before_it_wakes_is_not_lost() {
    let mut script = Script::workers(1);
    let task = script.spawn("sound");
    script.poll(task).clone_waker(task).poll_ends(task, PollResult::Pending);
    script.at(1.0).say(Event::WakerDropped { task, by: Actor::Run }).wake(task, Actor::Run);
    script.poll(task).poll_ends(task, PollResult::Ready);
    assert_eq!(find(&script.end(EndReason::Finished)), []);
}

fn self_waker(own: usize, others: usize) -> Trace {
    let mut script = Script::workers(1);
    let task = script.spawn("spin");
    for _ in 0..own {
        script.poll(task).say(Event::Woken { task, by: Actor::Task(task), effect: WakeEffect::OwnPoll });
        script.poll_ends(task, PollResult::RequeuedBack);
    }
    for _ in 0..others {
        script.poll(task).clone_waker(task).poll_ends(task, PollResult::Pending).wake(task, Actor::Run);
    }
    script.poll(task).poll_ends(task, PollResult::Ready);
    script.end(EndReason::Finished)
}

#[test]
fn a_task_that_mostly_wakes_itself_is_found_and_one_that_yields_now_and_then_is_not() {
    let finding = only(&self_waker(100, 1), FindingKind::SelfWake);
    assert_eq!(finding.title, "spin woke itself: 100 of its 101 wakes");
    assert_eq!(find(&self_waker(9, 0)), []);
    assert_eq!(find(&self_waker(50, 50)), []);
}

#[test]
fn two_threads_that_hold_what_the_other_wants_are_a_cycle() {
    let mut script = Script::cores(2);
    let (a, b) = (script.thread("A"), script.thread("B"));
    let x = script.resource("x", ResourceKind::BlockingMutex, None);
    let y = script.resource("y", ResourceKind::BlockingMutex, None);
    script.dispatch(a, 0, false).dispatch(b, 1, false);
    script.acquire(x, Actor::Thread(a)).acquire(y, Actor::Thread(b));
    script.at(5.0).wait_for(y, Actor::Thread(a)).block(a, 0, BlockReason::Lock, y.0);
    script.wait_for(x, Actor::Thread(b)).block(b, 1, BlockReason::Lock, x.0);
    let finding = only(&script.end(EndReason::Stuck), FindingKind::WaitCycle);
    assert_eq!(finding.title, "A and B wait for each other");
    let story = "A holds x and waits for y, held by B; B holds y and waits for x, held by A.";
    assert!(finding.explanation.starts_with(story), "{}", finding.explanation);
    assert!(finding.explanation.contains("None of them can ever go on. Take locks in the same order everywhere"));
    assert_eq!(finding.subjects, [TrackKind::Thread(a), TrackKind::Thread(b)]);
    assert_eq!(finding.span, (ms(5.0), ms(5.0)));
}

#[test]
fn a_task_on_both_ends_of_a_full_channel_waits_for_itself() {
    let mut script = Script::workers(1);
    let task = script.spawn("loop");
    let me = Actor::Task(task);
    let channel = script.resource("jobs", ResourceKind::Channel, Some(1));
    script.poll(task);
    script.say(Event::EndHeld { resource: channel, by: me, end: ChannelEnd::Receiver });
    script.say(Event::Sent { resource: channel, by: me }).clone_waker(task);
    script.say(Event::SendWaiting { resource: channel, by: me }).poll_ends(task, PollResult::Pending);
    let finding = only(&script.end(EndReason::Stuck), FindingKind::WaitCycle);
    assert_eq!(finding.title, "loop waits for itself");
    assert_eq!(
        finding.explanation,
        "loop waits for room in jobs, which loop empties. It can never go on. Let another take the messages out, or give \
         the channel room for all that is sent before the first is taken out."
    );
}

#[test]
fn a_blocking_lock_whose_holder_needs_the_same_worker_is_a_cycle() {
    let mut script = Script::workers(1);
    let lock = script.resource("m", ResourceKind::BlockingMutex, None);
    let (a, b) = (script.spawn("a"), script.spawn("b"));
    script.poll(a).acquire(lock, Actor::Task(a)).clone_waker(a).poll_ends(a, PollResult::Pending);
    script.poll(b).wait_for(lock, Actor::Task(b)).block(ThreadId(0), 0, BlockReason::Lock, lock.0);
    script.at(10.0).wake(a, Actor::Run);
    let finding = only(&script.end(EndReason::Stuck), FindingKind::WaitCycle);
    assert_eq!(finding.kind, FindingKind::WaitCycle);
    let story =
        "a holds m and is ready to go on, but worker 0 is blocked inside the poll of b; b waits for m, held by a.";
    assert!(finding.explanation.starts_with(story), "{}", finding.explanation);
    assert!(finding.explanation.contains("Drop the guard before the await"));
}

#[test]
fn waiting_in_a_line_is_no_cycle() {
    let mut script = Script::workers(1);
    let lock = script.resource("m", ResourceKind::Mutex, None);
    let (a, b) = (script.spawn("a"), script.spawn("b"));
    script.poll(a).acquire(lock, Actor::Task(a)).clone_waker(a).poll_ends(a, PollResult::Pending);
    script.poll(b).wait_for(lock, Actor::Task(b)).clone_waker(b).poll_ends(b, PollResult::Pending);
    assert_eq!(find(&script.end(EndReason::Stuck)), []);
}

#[test]
fn a_step_limit_names_who_was_polled_most() {
    let mut script = Script::workers(1);
    let (a, b) = (script.spawn("quiet"), script.spawn("spin"));
    script.poll(a).poll_ends(a, PollResult::Ready);
    for _ in 0..5 {
        script.poll(b).poll_ends(b, PollResult::RequeuedBack);
    }
    let finding = only(&script.end(EndReason::StepLimit), FindingKind::LimitReached);
    assert!(finding.explanation.contains("spin was polled most often: 5 times"), "{}", finding.explanation);
}

/// "high" waits from 2 ms on for what "low" holds; from 3 to 13 ms a thread of this priority is on the core.
fn inversion(priority: i32) -> sim_core::Trace {
    let mut script = Script::cores(1);
    let low = script.thread_of_priority("low", 1);
    let lock = script.resource("state", ResourceKind::BlockingMutex, None);
    script.dispatch(low, 0, false).acquire(lock, Actor::Thread(low));
    script.at(2.0);
    let high = script.thread_of_priority("high", 9);
    script.preempt(low, 0).dispatch(high, 0, true);
    script.wait_for(lock, Actor::Thread(high)).block(high, 0, BlockReason::Lock, lock.0).dispatch(low, 0, true);
    script.at(3.0);
    let middle = script.thread_of_priority("middle", priority);
    script.preempt(low, 0).dispatch(middle, 0, true).at(13.0).exit(middle, 0).dispatch(low, 0, true);
    script.at(14.0).say(Event::Released { resource: lock, by: Actor::Thread(low), mode: Mode::Exclusive });
    script.unblock(high, Actor::Thread(low)).preempt(low, 0).dispatch(high, 0, true);
    script.acquire(lock, Actor::Thread(high)).exit(high, 0).dispatch(low, 0, true).exit(low, 0);
    script.end(EndReason::Finished)
}

#[test]
fn a_middle_priority_that_keeps_the_holder_of_a_lock_off_its_core_is_an_inversion() {
    let trace = inversion(5);
    let finding = only(&trace, FindingKind::PriorityInversion);
    assert_eq!(finding.title, "high waited 10ms for middle, of lower priority");
    assert!(finding.explanation.contains("Turn on priority inheritance"), "{}", finding.explanation);
    assert_eq!(finding.span, (ms(3.0), ms(13.0)));
    let names: Vec<&str> = finding.proof.iter().map(|n| trace.event(*n).expect("it is recorded").name()).collect();
    assert_eq!(names, ["AcquireWaiting", "Dispatched", "SwitchedOut"]);
}

#[test]
fn a_thread_of_no_middle_priority_is_no_inversion() {
    // The same priority as the holder's, and one that goes before the waiter too.
    for priority in [1, 9, 10] {
        assert_eq!(find(&inversion(priority)), [], "priority {priority}");
    }
}
