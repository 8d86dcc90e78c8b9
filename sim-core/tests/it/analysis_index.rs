//! Rows, spans and links of small runs.

use sim_core::analysis::index::Index;
use sim_core::analysis::track::*;
use sim_core::trace::event::*;
use sim_core::trace::tables::*;
use sim_core::trace::*;

use crate::support::*;

fn spans(index: &Index, kind: TrackKind) -> Vec<(f64, f64, SpanState)> {
    let track = index.track(kind).expect("the row is there");
    track.spans.iter().map(|s| (s.start.as_millis_f64(), s.end.as_millis_f64(), s.state)).collect()
}

#[test]
fn a_task_is_polled_waits_and_is_polled_again() {
    let index = Index::build(&one_request());
    let task = TrackKind::Task(TaskId(0));
    let expected = [
        (0.0, 2.0, SpanState::Polling(W0)),
        (2.0, 12.0, SpanState::Pending(Some(Wait::Io(RequestId(0))))),
        (12.0, 14.0, SpanState::Polling(W0)),
    ];
    assert_eq!(spans(&index, task), expected);
    let end = index.track(task).and_then(|t| t.end).expect("it ended");
    assert_eq!((end.0, end.1), (ms(14.0), TrackEnd::Finished));
    assert_eq!(spans(&index, TrackKind::Device(DeviceId(0))), [(2.0, 12.0, SpanState::Serves(RequestId(0)))]);
    let polls = SpanState::Polls(TaskId(0));
    assert_eq!(spans(&index, TrackKind::Worker(W0)), [(0.0, 2.0, polls), (12.0, 14.0, polls)]);
}

#[test]
fn a_worker_has_no_thread_row_and_rows_stand_in_order() {
    let index = Index::build(&one_request());
    let kinds: Vec<TrackKind> = index.tracks.iter().map(|t| t.kind).collect();
    let expected =
        [TrackKind::Core(CoreId(0)), TrackKind::Worker(W0), TrackKind::Device(DeviceId(0)), TrackKind::Task(TaskId(0))];
    assert_eq!(kinds, expected);
    assert!(kinds.iter().enumerate().all(|(row, kind)| index.row(*kind) == Some(row)));
}

#[test]
fn a_wake_leads_to_its_poll_and_back() {
    let trace = one_request();
    let index = Index::build(&trace);
    let woken = trace.events_from(0).find(|e| matches!(e.2, Event::Woken { .. })).expect("it is woken").0;
    let link = index.links().iter().find(|l| l.from_event == woken).expect("the wake has an effect");
    assert_eq!((link.kind, link.to), (LinkKind::WakeToPoll, TrackKind::Task(TaskId(0))));
    assert_eq!(link.from, Some(TrackKind::Device(DeviceId(0))));
    assert!(matches!(trace.event(link.to_event), Some(Event::PollStarted { .. })));
    assert!(index.links_to(link.to_event).eq([link]));
    let kinds: Vec<LinkKind> = index.links().iter().map(|l| l.kind).collect();
    let expected = [LinkKind::SpawnToFirst, LinkKind::SpawnToFirst, LinkKind::UnblockToDispatch, LinkKind::WakeToPoll];
    assert_eq!(kinds, expected);
}

#[test]
fn a_poll_whose_worker_is_blocked_is_off_the_core() {
    let mut script = Script::workers(1);
    let task = script.spawn("hog");
    let worker = ThreadId(0);
    script.poll(task).at(1.0).block(worker, 0, BlockReason::Call, 0);
    script.at(5.0).unblock(worker, Actor::Timer(TimerId(0))).dispatch(worker, 0, true);
    script.at(6.0).poll_ends(task, PollResult::Ready);
    let index = Index::build(&script.finish());
    let expected = [
        (0.0, 1.0, SpanState::Polling(W0)),
        (1.0, 5.0, SpanState::PollingOffCore(W0)),
        (5.0, 6.0, SpanState::Polling(W0)),
    ];
    assert_eq!(spans(&index, TrackKind::Task(task)), expected);
    assert_eq!(spans(&index, TrackKind::Worker(W0))[1], (1.0, 5.0, SpanState::PollsOffCore(task)));
}

#[test]
fn threads_in_line_are_counted() {
    let mut script = Script::cores(1);
    let (a, b) = (script.thread("a"), script.thread("b"));
    script.dispatch(a, 0, false).at(2.0).preempt(a, 0).dispatch(b, 0, true);
    script.at(3.0).exit(b, 0).dispatch(a, 0, true).at(4.0).exit(a, 0);
    let index = Index::build(&script.finish());
    let run_queue = TrackKind::Counter(CounterKind::RunQueue);
    assert_eq!(spans(&index, run_queue), [(0.0, 3.0, SpanState::Level(1)), (3.0, 4.0, SpanState::Level(0))]);
    let a_states = [
        (0.0, 2.0, SpanState::Running(CoreId(0))),
        (2.0, 3.0, SpanState::Runnable),
        (3.0, 4.0, SpanState::Running(CoreId(0))),
    ];
    assert_eq!(spans(&index, TrackKind::Thread(a)), a_states);
}

#[test]
fn helpers_stand_below_the_workload_and_messages_are_linked() {
    let mut script = Script::cores(2);
    let helper = script.thread_of_kind("helper", ThreadKind::Helper);
    let plain = script.thread("a");
    let channel = script.resource("jobs", ResourceKind::Channel, None);
    script.at(1.0).say(Event::Sent { resource: channel, by: Actor::Thread(helper) });
    script.at(2.0).say(Event::Received { resource: channel, by: Actor::Thread(plain) });
    let index = Index::build(&script.finish());
    assert!(index.row(TrackKind::Thread(plain)) < index.row(TrackKind::Thread(helper)));
    let link = index.links().get(0).expect("a message is a link");
    assert_eq!((link.kind, link.from), (LinkKind::SendToReceive, Some(TrackKind::Thread(helper))));
    assert_eq!(link.to, TrackKind::Thread(plain));
    let level = TrackKind::Counter(CounterKind::Channel(channel));
    assert_eq!(spans(&index, level)[1], (1.0, 2.0, SpanState::Level(1)));
}

#[test]
fn an_index_that_grew_is_the_one_built_at_once() {
    let whole = one_request();
    let mut grown = Index::default();
    for events in 0..=whole.len() {
        let mut part = Trace::new(whole.tables().clone());
        let chunk = store::Chunk::of(whole.records_from(0).take(events).collect());
        part.append(TracePart { chunk: chunk.into(), tables: Tables::default() });
        grown.extend(&part);
    }
    let built = Index::build(&whole);
    assert_eq!(grown.tracks, built.tracks);
    assert_eq!(grown.links(), built.links());
}

#[test]
fn a_device_knows_how_many_requests_it_works_on_at_a_time() {
    let index = Index::build(&one_request());
    let device = index.track(TrackKind::Device(DeviceId(0))).expect("the device has a row");
    let load: Vec<_> = device.load.iter().map(|s| (s.start.as_millis_f64(), s.state)).collect();
    assert_eq!(load, [(2.0, SpanState::Level(1)), (12.0, SpanState::Level(0))]);
}

#[test]
fn a_row_tells_its_links_its_polls_and_its_longest_wait() {
    let mut script = Script::cores(1);
    let (a, b) = (script.thread("a"), script.thread("b"));
    script.dispatch(a, 0, false).at(2.0).preempt(a, 0).dispatch(b, 0, true);
    script.at(5.0).exit(b, 0).dispatch(a, 0, true).at(6.0).exit(a, 0);
    let index = Index::build(&script.finish());
    let (a, b) = (TrackKind::Thread(a), TrackKind::Thread(b));
    let of = |kind| index.track(kind).expect("the thread has a row");
    assert_eq!((of(a).runs, of(b).runs), (2, 1));
    assert_eq!(of(a).longest_wait().as_millis_f64(), 3.0);
    assert_eq!(of(b).longest_wait().as_millis_f64(), 2.0);
    let effects = |from, to| -> Vec<f64> {
        let numbers = index.links_within(of(b), ms(from), ms(to));
        numbers.iter().filter_map(|n| index.links().get(*n as usize)).map(|l| l.to_time.as_millis_f64()).collect()
    };
    assert_eq!(effects(0.0, 6.0), [2.0]);
    assert_eq!(effects(2.5, 6.0), [0.0; 0]);
    assert_eq!(index.slowest_link(), None, "nobody was woken or unblocked");
}

#[test]
fn the_slowest_wake_is_the_one_that_waited_longest_for_its_poll() {
    let index = Index::build(&one_request());
    assert_eq!(index.slowest_link(), None, "its one wake was followed at once");
    let mut script = Script::workers(1);
    let task = script.spawn("late");
    script.poll(task).poll_ends(task, PollResult::Pending);
    script.at(1.0).say(Event::Woken { task, by: Actor::Run, effect: WakeEffect::Queued });
    script.at(4.0).poll(task).at(5.0).poll_ends(task, PollResult::Ready);
    let index = Index::build(&script.finish());
    let slowest = index.slowest_link().expect("it waited for three milliseconds");
    assert_eq!((slowest.to, slowest.from_time, slowest.to_time), (TrackKind::Task(task), ms(1.0), ms(4.0)));
}
