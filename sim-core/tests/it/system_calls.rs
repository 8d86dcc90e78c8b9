//! A goroutine's system call: its thread makes it with its P, which sysmon takes away and hands to another (Go 1.19.8,
//! `runtime/proc.go`).

use std::collections::BTreeSet;

use sim_core::analysis::index::Index;
use sim_core::analysis::inspect::Thing;
use sim_core::analysis::track::{SpanState, TrackKind};
use sim_core::scenario::Measured;
use sim_core::trace::event::Event;
use sim_core::trace::{Snapshot, TaskId, ThreadId, Trace, WorkerId};
use sim_core::{Costs, Executor, Machine};

use crate::inspect_scenarios::Asked;
use crate::model_coroutines::{lesson_of, measured};
use crate::own_view::check_trace;
use crate::support::count;

/// The workload under so many Ps, on one core more: a call that returns finds one.
fn under(procs: u32, workload: &str) -> Measured {
    measured(&lesson_of("coroutines", &format!("cores: {}", procs + 1), &format!("workers: {procs}"), workload))
}

/// When which P went to which thread, in microseconds.
fn moves(trace: &Trace) -> Vec<(u64, u32, u32)> {
    let moved = |(_, time, event): (usize, sim_core::SimTime, Event)| match event {
        Event::WorkerMoved { worker: WorkerId(worker), thread } => Some((time.as_nanos() / 1_000, worker, thread.0)),
        _ => None,
    };
    trace.events_from(0).filter_map(moved).collect()
}

/// The markers, each with its time in microseconds.
fn marks(run: &Measured) -> String {
    let mark = |m: sim_core::trace::Marker<'_>| format!("{}@{}", m.text, m.time.as_nanos() / 1_000);
    run.trace.markers().map(mark).collect::<Vec<_>>().join(" ")
}

fn threads(run: &Measured) -> usize {
    count(&run.trace, |event| matches!(event, Event::ThreadCreated { .. }))
}

/// One calls, and another computes.
fn one_calls(before: &str, call: &str) -> Measured {
    let workload = format!(
        r#"tasks: {{
        "other": (ops: [Mark("other"), Work("2ms")]),
        "caller": (ops: [{before}Block("{call}"), Mark("back")]),
    }}"#
    );
    under(1, &workload)
}

#[test]
fn the_second_look_of_sysmon_takes_the_p_and_another_thread_goes_on_with_it() {
    // It looks every 20 µs: after 20 it sees the call, after 40 it takes the P. Thread 0 is the P's first, 1 is new.
    let run = one_calls("", "10ms");
    assert_eq!(
        (marks(&run).as_str(), moves(&run.trace).as_slice()),
        ("other@40 back@10000", [(40, 0, 1), (10000, 0, 0)].as_slice())
    );
    assert_eq!(threads(&run), 2);
}

#[test]
fn a_call_that_is_over_before_keeps_its_p() {
    for (call, marks_expected, moved) in
        [("20us", "back@20 other@20", 0), ("39us", "back@39 other@39", 0), ("41us", "other@40 back@2040", 1)]
    {
        let run = one_calls("", call);
        assert_eq!(
            (marks(&run).as_str(), moves(&run.trace).len()),
            (marks_expected, moved),
            "{call} {:?}",
            moves(&run.trace)
        );
    }
}

#[test]
fn after_50_looks_in_vain_each_sleep_is_twice_as_long_and_10_ms_at_most() {
    // Looks at 1020, 1060, 1140, 1300, 1620, 2260, 3540, 6100, 11220 and 21220 µs, and every 10 ms from there.
    assert_eq!(marks(&one_calls(r#"Work("4ms"), "#, "30ms")), "other@11220 back@34000");
    assert_eq!(marks(&one_calls(r#"Work("1010us"), "#, "30ms")), "other@1060 back@31010");
}

#[test]
fn a_goroutine_that_has_had_its_p_for_a_slice_loses_it_at_the_first_look() {
    // The first look after 9 ms is at 11220 µs: 10 ms after the one that saw the goroutine begin, at 20.
    assert_eq!(marks(&one_calls(r#"Work("9ms"), "#, "30ms")), "other@11220 back@39000");
}

#[test]
fn sysmon_sleeps_while_all_ps_are_idle_until_a_call_or_a_timer_wakes_it() {
    let after = |wait: &str| {
        let workload = format!(
            r#"tasks: {{
            "other": (ops: [Io("3ms"), Mark("other")]),
            "caller": (ops: [{wait}, Block("10ms"), Mark("back")]),
        }}"#
        );
        marks(&under(1, &workload))
    };
    // The call itself wakes it, and it sees the call at once; a timer does so before the call.
    assert_eq!(after(r#"Io("3ms")"#), "other@3020 back@13000");
    assert_eq!(after(r#"Sleep("3ms")"#), "other@3040 back@13000");
}

#[test]
fn a_goroutine_that_finds_no_p_goes_to_the_global_queue_and_its_thread_sleeps_until_it_is_needed() {
    // The second call is seen at 240 µs, and its P is taken at 260: the first call's thread goes on with it.
    let workload = r#"tasks: {
        "other": (ops: [Work("200us"), Block("10ms"), Mark("other")]),
        "caller": (ops: [Block("100us"), Mark("back")]),
    }"#;
    let run = under(1, workload);
    assert_eq!(marks(&run), "back@260 other@10240");
    assert_eq!((&moves(&run.trace)[..2], threads(&run)), ([(40, 0, 1), (260, 0, 0)].as_slice(), 2));
}

#[test]
fn a_call_that_returns_takes_its_p_out_of_anothers_call() {
    let workload = r#"tasks: {
        "second": (ops: [Block("10ms"), Mark("second")]),
        "first": (ops: [Block("60us"), Mark("first")]),
    }"#;
    let run = under(1, workload);
    assert_eq!(marks(&run), "first@60 second@10040");
    assert_eq!(moves(&run.trace)[..2], [(40, 0, 1), (60, 0, 0)]);
}

#[test]
fn a_p_without_work_stays_in_its_call_for_10_ms_while_others_are_idle_and_comes_back() {
    let alone = |call: &str| under(2, &format!(r#"tasks: {{ "caller": (ops: [Block("{call}"), Mark("back")]) }}"#));
    for call in ["9ms", "30ms"] {
        let run = alone(call);
        assert_eq!((moves(&run.trace), threads(&run)), (Vec::new(), 2), "{call}");
    }
}

#[test]
fn an_idle_p_whose_thread_is_in_a_call_gets_another_when_it_is_needed() {
    let answers = |count: u32| {
        let workload = format!(
            r#"tasks: {{
            "answer": (count: {count}, ops: [Io("15ms"), Work("1ms"), Mark("answer")]),
            "caller": (ops: [Block("30ms"), Mark("back")]),
        }}"#
        );
        under(2, &workload)
    };
    // One goes to the P whose thread is there; the second needs the other P, and that one a thread.
    let run = answers(1);
    assert_eq!((marks(&run).as_str(), moves(&run.trace), threads(&run)), ("answer@16000 back@30000", Vec::new(), 2));
    let run = answers(2);
    assert_eq!(marks(&run), "answer@16000 answer@16000 back@30000");
    assert_eq!((moves(&run.trace), threads(&run)), (vec![(15000, 0, 2), (30000, 0, 0)], 3));
}

#[test]
fn a_call_that_returns_goes_on_in_the_same_poll_with_an_idle_p() {
    // A new thread computes with P 0 for 2 ms and parks; P 1 computes for 9. The call comes back to P 0.
    let workload = r#"tasks: {
        "long": (ops: [Work("9ms"), Mark("long")]),
        "short": (ops: [Work("2ms"), Mark("short")]),
        "caller": (ops: [Block("5ms"), Mark("back"), Work("1ms"), Mark("end")]),
    }"#;
    let run = under(2, workload);
    let caller =
        run.trace.tables().tasks.iter().position(|task| run.trace.tables().text(task.name) == "caller").unwrap();
    let polls = count(&run.trace, |event| matches!(event, Event::PollStarted { task, .. } if task.index() == caller));
    assert_eq!((polls, marks(&run)), (1, "short@2040 back@5000 end@6000 long@9000".to_owned()));
    assert_eq!(moves(&run.trace), [(40, 0, 2), (5000, 0, 0)]);
}

/// Callers, sleepers and such that compute, of lengths drawn from the seed.
fn many(seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut draw = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let mut tasks = String::new();
    for task in 0..8 {
        let mut ops = String::new();
        for _ in 0..6 {
            let length = [10, 30, 70, 300, 4_000, 25_000][draw(6) as usize] + draw(20);
            let op = ["Block", "Block", "Offload", "Work", "Sleep", "Io"][draw(6) as usize];
            ops += &format!(r#"{op}("{length}us"), "#);
        }
        tasks += &format!(r#""t{task}": (count: {}, ops: [{ops}Mark("end")]), "#, 1 + draw(3));
    }
    format!("tasks: {{{tasks}}}")
}

#[test]
fn however_many_call_the_trace_tells_which_thread_has_which_p() {
    for seed in 0..12 {
        let text = many(seed);
        for (cores, procs) in [(1, 1), (1, 3), (2, 2), (4, 1), (4, 3), (8, 4)] {
            for costs in [Costs::zero(), Costs::cited()] {
                let scenario = lesson_of("coroutines", "cores: 1", "workers: 1", &text);
                let machine = Machine::new().cores(cores).costs(costs).seed(seed);
                let trace = check_trace(
                    machine,
                    |m| m.run_workload_goroutines(Executor::go(procs), &scenario.workload),
                    |trace| trace,
                );
                let instances: u32 = scenario.workload.tasks.iter().map(|(_, task)| task.count).sum();
                assert_eq!(trace.markers().count(), instances as usize, "{seed} on {cores} with {procs}: {text}");
                each_thread_has_one_p(&trace);
                rows_have_one_thing_at_a_time(&trace);
            }
        }
    }
}

/// No two Ps are on one thread, and no goroutine is in two polls.
fn each_thread_has_one_p(trace: &Trace) {
    let mut state = Snapshot::initial(trace.tables());
    for (n, time, event) in trace.events_from(0) {
        state.apply(trace.tables(), trace.record(n));
        if let Event::WorkerMoved { .. } = event {
            let on: Vec<_> = state.workers.iter().filter_map(|worker| worker.thread).collect();
            assert_eq!(on.iter().collect::<BTreeSet<_>>().len(), on.len(), "at {time}: {on:?}");
        }
    }
}

#[test]
fn people_are_told_that_it_is_a_system_call_and_who_has_its_p() {
    let workload = r#"tasks: {
        "other": (ops: [Work("20ms")]),
        "caller": (ops: [Block("10ms"), Mark("back")]),
    }"#;
    let asked = Asked::of(under(1, workload).trace);
    let says = |at, track| asked.at(at, Thing::Track(track)).answer.to_string();
    let caller = TrackKind::Task(TaskId(1));
    assert_eq!(
        says(5.0, caller),
        "It is inside a system call on thread 0 until 10.0 ms; worker 0 goes on on blocking 0. When it is back it needs that \
         worker, or one that is parked, to go on."
    );
    let thread = says(5.0, TrackKind::Thread(ThreadId(0)));
    assert!(thread.ends_with("It is inside caller, in a system call; worker 0 goes on on blocking 0."), "{thread}");
}

/// In no row two things are at once.
fn rows_have_one_thing_at_a_time(trace: &Trace) {
    let index = Index::build(trace);
    let own = |kind: TrackKind| matches!(kind, TrackKind::Task(_) | TrackKind::Worker(_) | TrackKind::Thread(_));
    for track in index.tracks.iter().filter(|track| own(track.kind)) {
        for (one, next) in track.spans.iter().zip(track.spans.iter().skip(1)) {
            assert!(one.end <= next.start, "{}: {one:?} {next:?}", track.name);
        }
    }
}

#[test]
fn the_row_of_a_call_shows_when_it_had_no_p_and_with_which_it_went_on() {
    let workload = r#"tasks: {
        "long": (ops: [Work("3ms")]),
        "short": (ops: [Work("2ms")]),
        "caller": (ops: [Block("5ms"), Work("1ms")]),
    }"#;
    let run = under(2, workload);
    let index = Index::build(&run.trace);
    let rows = |kind| -> Vec<(u64, u64, SpanState)> {
        let spans = index.track(kind).unwrap().spans.iter().filter(|span| !span.length().is_zero());
        spans.map(|span| (span.start.as_nanos() / 1_000, span.end.as_nanos() / 1_000, span.state)).collect()
    };
    let (caller, first) = (TaskId(2), ThreadId(0));
    let polls = [
        (0, 40, SpanState::PollingOffCore(WorkerId(0))),
        (40, 5_000, SpanState::WithoutWorkerOffCore(first)),
        (5_000, 6_000, SpanState::Polling(WorkerId(0))),
    ];
    assert_eq!(rows(TrackKind::Task(caller)), polls);
    let by_p = [
        (0, 40, SpanState::PollsOffCore(caller)),
        (40, 2_040, SpanState::Polls(TaskId(1))),
        (5_000, 6_000, SpanState::Polls(caller)),
    ];
    assert_eq!(rows(TrackKind::Worker(WorkerId(0))), by_p);
    assert_eq!(rows(TrackKind::Thread(first))[0].0, 40, "its row begins where it has no P");
}
