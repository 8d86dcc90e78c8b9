//! Figures of small runs, by hand.

use sim_core::analysis::metrics::{Metrics, Value};
use sim_core::instant::SimDuration;
use sim_core::trace::event::*;
use sim_core::trace::tables::*;
use sim_core::trace::*;

use crate::support::*;

fn millis(millis: f64) -> Option<Value> {
    Some(Value::Duration(SimDuration::from_nanos((millis * 1e6) as u64)))
}

#[test]
fn a_request_between_two_stretches_of_work() {
    let metrics = Metrics::of(&one_request());
    assert_eq!(metrics.get("makespan"), millis(14.0));
    assert_eq!(metrics.get("finish(fetch)"), millis(14.0));
    assert_eq!(metrics.get("polls"), Some(Value::Count(2)));
    assert_eq!(metrics.get("wakes"), Some(Value::Count(1)));
    assert_eq!(metrics.get("running(fetch)"), millis(4.0));
    assert_eq!(metrics.get("waiting(fetch)"), millis(10.0));
    assert_eq!(metrics.get("longest_poll(fetch)"), millis(2.0));
    assert_eq!(metrics.get("work"), millis(4.0));
    assert_eq!(metrics.get("busy"), millis(4.0));
    assert_eq!(metrics.get("utilisation"), Some(Value::Ratio(4.0 / 14.0)));
    assert_eq!(metrics.get("unfinished"), Some(Value::Count(0)));
}

#[test]
fn a_preempted_thread_is_counted_with_reason_cost_and_wait() {
    let mut script = Script::cores(1);
    let (a, b) = (script.thread("a"), script.thread("b"));
    script.dispatch(a, 0, false).work(Actor::Thread(a), 3.0);
    script.at(2.0).preempt(a, 0).say(Event::Dispatched {
        thread: b,
        cost: SimDuration::from_millis(1),
        onto: Onto { core: CoreId(0), switch: true },
    });
    script.work(Actor::Thread(b), 1.0).at(4.0).say(Event::WorkEnded { by: Actor::Thread(b) });
    script.exit(b, 0).dispatch(a, 0, true);
    script.at(5.0).say(Event::WorkEnded { by: Actor::Thread(a) }).exit(a, 0);
    let metrics = Metrics::of(&script.end(EndReason::Finished));
    assert_eq!((metrics.switches.all, metrics.switches.preempted, metrics.switches.exited), (2, 1, 1));
    assert_eq!(metrics.get("switch_cost"), millis(1.0));
    assert_eq!((metrics.get("busy"), metrics.get("work")), (millis(5.0), millis(4.0)));
    assert_eq!(metrics.wait.count, 3);
    assert_eq!(metrics.get("wait_max"), millis(2.0));
    assert_eq!(metrics.wake_wait.count, 0, "nobody was unblocked");
    assert_eq!(metrics.get("mean_finish"), millis(4.5));
    assert_eq!(metrics.get("ready(a)"), millis(2.0));
    assert_eq!(metrics.runnable.peak, 2);
}

#[test]
fn a_beat_is_late_by_its_distance_from_the_one_before() {
    let mut script = Script::workers(1);
    let hb = script.spawn("hb");
    let beat = script.text("beat");
    for at in [10.1, 20.2, 125.2, 135.3] {
        script.at(at).say(Event::Marked { by: Actor::Task(hb), text: beat });
    }
    let metrics = Metrics::of(&script.finish());
    assert_eq!(metrics.get("lateness(hb, 10.1ms)"), millis(94.9));
    assert_eq!(metrics.get("lateness(beat, 10.1ms)"), millis(94.9));
    assert_eq!(metrics.get("mark(beat)"), millis(10.1));
    assert_eq!(metrics.get("marks(beat)"), Some(Value::Count(4)));
    assert_eq!(metrics.get("finish(hb)"), None, "it has not ended");
}

#[test]
fn an_answer_that_lies_unseen_counts_from_its_completion() {
    let mut script = Script::workers(1);
    let disk = script.device("disk");
    let task = script.spawn("io");
    script.poll(task);
    let request = script.submit(disk, Actor::Task(task), 5.0);
    script.poll_ends(task, PollResult::Pending);
    script.at(5.0).say(Event::IoCompleted { request, device: disk });
    script.at(20.0).say(Event::IoDelivered { request, to: Actor::Worker(W0) }).wake(task, Actor::Worker(W0));
    script.poll(task).poll_ends(task, PollResult::Ready);
    let metrics = Metrics::of(&script.finish());
    assert_eq!(metrics.get("wake_max"), millis(15.0));
    assert_eq!(metrics.wait.count, 2, "the first poll's wait since spawn counts too");
}

#[test]
fn helpers_do_not_move_the_makespan() {
    let mut script = Script::cores(2);
    let (a, helper) = (script.thread("a"), script.thread_of_kind("a, select 2", ThreadKind::Helper));
    script.dispatch(a, 0, false).dispatch(helper, 1, false);
    script.at(15.0).exit(a, 0).at(30.0).exit(helper, 1);
    let metrics = Metrics::of(&script.end(EndReason::Finished));
    assert_eq!(metrics.get("makespan"), millis(15.0));
    assert_eq!(metrics.get("run_end"), millis(30.0));
    assert_eq!(metrics.get("utilisation"), Some(Value::Ratio(1.0)), "all is clipped to the makespan");
}

#[test]
fn a_channel_has_a_peak() {
    let mut script = Script::workers(1);
    let queue = script.resource("jobs", ResourceKind::Channel, None);
    for _ in 0..3 {
        script.say(Event::Sent { resource: queue, by: Actor::Run });
    }
    script.say(Event::Received { resource: queue, by: Actor::Run });
    let metrics = Metrics::of(&script.finish());
    assert_eq!(metrics.get("peak(jobs)"), Some(Value::Count(3)));
}
