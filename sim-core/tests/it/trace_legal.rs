//! What can have happened, and what cannot.

use sim_core::trace::event::*;
use sim_core::trace::legal;
use sim_core::trace::tables::*;
use sim_core::trace::*;

use crate::support::*;

fn check(script: Script, expected: &str) {
    let illegal = legal::check(&script.finish()).expect_err(expected);
    assert!(illegal[0].to_string().contains(expected), "{}", illegal[0]);
}

#[test]
fn a_whole_run_is_legal() {
    legal::check(&one_request()).unwrap_or_else(|illegal| panic!("{}", illegal[0]));
}

#[test]
fn time_never_goes_back() {
    let mut script = Script::workers(1);
    script.at(5.0).spawn("a");
    script.at(4.0).spawn("b");
    check(script, "time went back, from 5ms");
}

#[test]
fn a_pending_task_is_not_polled() {
    let mut script = Script::workers(1);
    let task = script.spawn("a");
    script.poll(task).poll_ends(task, PollResult::Pending).poll(task);
    check(script, "a is Pending; expected Ready");
}

#[test]
fn nothing_happens_to_a_task_that_has_ended_but_stale_wakes_and_its_waker() {
    let mut script = Script::workers(1);
    let task = script.spawn("a");
    script.poll(task).clone_waker(task).poll_ends(task, PollResult::Ready);
    script.say(Event::Woken { task, by: Actor::Run, effect: WakeEffect::Stale });
    script.say(Event::WakerDropped { task, by: Actor::Run });
    script.say(Event::Woken { task, by: Actor::Run, effect: WakeEffect::Queued });
    let trace = script.finish();
    let illegal = legal::check(&trace).expect_err("it has ended");
    assert_eq!(illegal.len(), 1);
    assert_eq!(illegal[0].event, trace.len() - 1);
}

#[test]
fn one_core_carries_one_thread() {
    let mut script = Script::cores(1);
    let (a, b) = (script.thread("a"), script.thread("b"));
    script.dispatch(a, 0, false).dispatch(b, 0, true);
    check(script, "a is on core 0 still");
}

#[test]
fn only_running_code_acts() {
    let mut script = Script::workers(1);
    let task = script.spawn("a");
    script.work(Actor::Task(task), 1.0);
    check(script, "a is Ready; expected Polling");
    let mut script = Script::cores(1);
    let thread = script.thread("t");
    script.timer(3.0, Actor::Thread(thread));
    check(script, "t is Runnable; expected Running");
}

#[test]
fn the_queue_says_who_is_polled_next() {
    let mut script = Script::workers(1);
    let (_, b) = (script.spawn("a"), script.spawn("b"));
    script.poll(b);
    check(script, "at the front of ready queue stands a");
}

#[test]
fn a_held_mutex_is_not_acquired_and_an_empty_channel_gives_nothing() {
    let mut script = Script::workers(1);
    let lock = script.resource("m", ResourceKind::Mutex, None);
    script.acquire(lock, Actor::Run).acquire(lock, Actor::Run);
    check(script, "m is held already");
    let mut script = Script::workers(1);
    let channel = script.resource("jobs", ResourceKind::Channel, Some(1));
    script.say(Event::Received { resource: channel, by: Actor::Run });
    check(script, "jobs is empty");
}

#[test]
fn only_a_holder_gives_back() {
    let mut script = Script::workers(1);
    let lock = script.resource("m", ResourceKind::Mutex, None);
    let task = script.spawn("a");
    script.acquire(lock, Actor::Run).poll(task);
    script.say(Event::Released { resource: lock, by: Actor::Task(task), mode: Mode::Exclusive });
    check(script, "a does not hold m");
}

#[test]
fn a_timer_does_not_fire_early() {
    let mut script = Script::workers(1);
    let task = script.spawn("a");
    script.poll(task);
    let timer = script.timer(10.0, Actor::Task(task));
    script.at(9.0).say(Event::TimerFired { timer });
    check(script, "timer 0 is due only at 10ms");
}

#[test]
fn a_request_that_nobody_wants_is_completed_all_the_same() {
    let mut script = Script::workers(1);
    let disk = script.device("disk");
    let task = script.spawn("a");
    script.poll(task);
    let request = script.submit(disk, Actor::Task(task), 1.0);
    script.say(Event::IoCancelled { request, by: Actor::Task(task) });
    script.at(1.0).say(Event::IoCompleted { request, device: disk });
    legal::check(&script.finish()).unwrap_or_else(|illegal| panic!("{}", illegal[0]));
}

/// "low" holds a lock that "high" waits for, and "middle" has nothing to do with it.
fn lock_of_low() -> (Script, [ThreadId; 3]) {
    let mut script = Script::cores(1);
    let (low, middle, high) = (
        script.thread_of_priority("low", 1),
        script.thread_of_priority("middle", 2),
        script.thread_of_priority("high", 3),
    );
    let lock = script.resource("m", ResourceKind::BlockingMutex, Some(1));
    script.dispatch(low, 0, false).acquire(lock, Actor::Thread(low)).preempt(low, 0);
    script.dispatch(high, 0, true).wait_for(lock, Actor::Thread(high));
    (script, [low, middle, high])
}

#[test]
fn a_priority_is_lent_by_a_higher_one_that_waits_and_given_back_to_the_same() {
    let (mut script, [low, middle, high]) = lock_of_low();
    script.say(Event::PriorityLent { thread: low, by: high });
    script.say(Event::PriorityReturned { thread: low, to: high });
    legal::check(&script.finish()).unwrap_or_else(|illegal| panic!("{}", illegal[0]));

    let (mut script, _) = lock_of_low();
    script.say(Event::PriorityLent { thread: low, by: middle });
    check(script, "middle waits for nothing that low holds");

    let (mut script, _) = lock_of_low();
    script.say(Event::PriorityReturned { thread: low, to: high });
    check(script, "high lends low nothing");
}
