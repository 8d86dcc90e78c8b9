//! Each core of monoio, glommio and thread per core has a driver of its own: what is asked for on a core is seen when that
//! core looks, and when it looks is the runtime's rule.

use sim_core::SimTime;
use sim_core::analysis::findings::FindingKind;
use sim_core::scenario::Measured;
use sim_core::trace::tables::Drivers;
use sim_core::trace::{Actor, Event, file};

use crate::inspect_scenarios::Asked;
use crate::lesson;
use crate::models_per_core::{MODELS, cores};

/// In ms, without what polls cost: 1 ns each.
fn rounded(at: SimTime) -> f64 {
    (at.as_nanos() as f64 / 1e3).round() / 1e3
}

/// When the last event of this kind was, in ms.
fn last(run: &Measured, name: &str) -> f64 {
    let events = run.trace.events_from(0).filter(|(_, _, event)| event.name() == name);
    let (_, at, _) = events.last().unwrap_or_else(|| panic!("no {name}"));
    rounded(at)
}

const LONG_POLL_ON_CORE_1: &str = r#"tasks: {
    "io0": (shard: 0, ops: [Io("5ms"), Mark("io 0")]),
    "sleep0": (shard: 0, ops: [Sleep("7ms"), Mark("sleep 0")]),
    "io1": (shard: 1, ops: [Io("5ms"), Mark("io 1")]),
    "sleep1": (shard: 1, ops: [Sleep("7ms"), Mark("sleep 1")]),
    "hog": (shard: 1, ops: [Block("50ms")]),
    "other": (shard: 0, ops: [Repeat(40, [Work("1ms"), Sleep("1ms")])]),
}"#;

#[test]
fn a_long_poll_delays_the_answers_and_timers_of_its_own_core_alone() {
    for model in MODELS {
        let run = cores(model, 2, LONG_POLL_ON_CORE_1);
        for (mark, earliest, latest) in
            [("io 0", 5.0, 7.0), ("sleep 0", 7.0, 9.0), ("io 1", 50.0, 50.0), ("sleep 1", 50.0, 50.0)]
        {
            let at = lesson::mark_at(&run, mark);
            assert!((earliest..=latest).contains(&at), "{model}: {mark} at {at} ms");
        }
        let found: Vec<&str> =
            run.findings.iter().filter(|f| f.kind == FindingKind::LongPoll).map(|f| f.title.as_str()).collect();
        assert_eq!(found, ["One poll of hog took 50ms: io1 and sleep1 had to wait"], "{model}");
    }
}

#[test]
fn an_answer_on_one_core_is_not_seen_by_anothers_turn() {
    for model in MODELS {
        let run = cores(model, 2, LONG_POLL_ON_CORE_1);
        let tables = run.trace.tables();
        for (_, _, event) in run.trace.events_from(0) {
            let Event::PollStarted { task, at, .. } = event else { continue };
            let own = u32::from(matches!(tables.task_name(task).as_str(), "io1" | "sleep1" | "hog"));
            assert_eq!(at.worker.0, own, "{model}");
        }
        let delivered: Vec<(u32, f64)> = run
            .trace
            .events_from(0)
            .filter_map(|(_, at, event)| match event {
                Event::IoDelivered { to: Actor::Worker(worker), .. } => Some((worker.0, rounded(at))),
                _ => None,
            })
            .collect();
        assert_eq!(delivered.last(), Some(&(1, 50.0)), "{model}: {delivered:?}");
        assert_eq!(delivered.len(), 2, "{model}: {delivered:?}");
    }
    // One driver for all: the first worker sees it, and polls the task.
    assert!(lesson::mark_at(&cores("tokio_multi_thread", 2, LONG_POLL_ON_CORE_1), "io 1") < 50.0);
}

#[test]
fn a_worker_that_is_parked_sees_at_once() {
    for model in MODELS {
        let run =
            cores(model, 2, r#"tasks: {"io": (shard: 1, ops: [Io("5ms"), Mark("io"), Sleep("2ms"), Mark("slept")])}"#);
        assert_eq!((lesson::mark_at(&run, "io"), lesson::mark_at(&run, "slept")), (5.0, 7.0), "{model}");
        assert_eq!(run.trace.tables().run.drivers, Drivers::OfWorkers, "{model}");
    }
}

/// Something is asked for, and then a task goes on for so many ms, letting others go first after each.
fn beside_a_busy_task(ask: &str, rounds: u32) -> String {
    format!(
        r#"tasks: {{"asks": (shard: 0, ops: [{ask}, Mark("seen")]),
            "busy": (shard: 0, ops: [Repeat({rounds}, [Work("1ms"), Yield])])}}"#
    )
}

#[test]
fn monoio_submits_after_a_round_of_twice_its_queue_and_one() {
    let run = cores("monoio", 1, &beside_a_busy_task(r#"Io("1ms")"#, 20));
    // Two tasks: five polls, four of them busy's for 1 ms.
    let seen = run.trace.events_from(0).find(|(_, _, event)| event.name() == "IoDelivered").unwrap().1;
    assert_eq!(seen.as_millis(), 4);
    assert_eq!(lesson::mark_at(&run, "seen"), 20.0, "busy goes to the front each time");
}

#[test]
fn monoio_sees_timers_and_wakes_of_other_cores_only_when_its_queue_is_empty() {
    let run = cores("monoio", 1, &beside_a_busy_task(r#"Sleep("1ms")"#, 20));
    assert_eq!(last(&run, "TimerFired"), 20.0);
    let workload = r#"tasks: {"waits": (shard: 0, ops: [Wait("bell"), Mark("rung")]),
        "busy": (shard: 0, ops: [Repeat(20, [Work("1ms"), Yield])]),
        "rings": (shard: 1, ops: [Work("5ms"), Notify("bell")])}, resources: {"bell": notify}"#;
    assert_eq!(lesson::mark_at(&cores("monoio", 2, workload), "rung"), 20.0);
    assert_eq!(
        lesson::mark_at(&cores("thread_per_core", 2, workload), "rung"),
        5.0,
        "before busy, whose poll ends just then"
    );
}

#[test]
fn monoio_rounds_timers_up_to_a_millisecond() {
    let at = |model| lesson::mark_at(&cores(model, 1, r#"tasks: {"t": (ops: [Sleep("1500us"), Mark("up")])}"#), "up");
    assert_eq!((at("monoio"), at("thread_per_core"), at("glommio")), (2.0, 1.5, 1.5));
}

#[test]
fn glommio_looks_for_an_answer_after_each_poll_and_for_a_timer_after_100_ms() {
    let io = cores("glommio", 1, &beside_a_busy_task(r#"Io("10500us")"#, 250));
    assert_eq!(lesson::mark_at(&io, "seen"), 12.0, "at 11 ms it is seen, and stands behind busy");
    let timer = cores("glommio", 1, &beside_a_busy_task(r#"Sleep("10ms")"#, 250));
    assert_eq!(last(&timer, "TimerFired"), 100.0);
    let short = cores("glommio", 1, &beside_a_busy_task(r#"Sleep("10ms")"#, 30));
    assert_eq!(last(&short, "TimerFired"), 30.0, "or when nothing is to run");
}

#[test]
fn glommio_takes_in_a_wake_of_another_core_when_it_looks() {
    let workload = r#"tasks: {"waits": (shard: 0, ops: [Wait("bell"), Mark("rung")]),
        "busy": (shard: 0, ops: [Repeat(250, [Work("1ms"), Yield])]),
        "rings": (shard: 1, ops: [Work("5ms"), Notify("bell")])}, resources: {"bell": notify}"#;
    assert_eq!(lesson::mark_at(&cores("glommio", 2, workload), "rung"), 101.0);
}

#[test]
fn glommio_s_100_ms_are_those_of_all_queues_of_the_core() {
    // The second queue is reached at 60 ms, and is stopped at 100 ms; then the one that has had less goes on.
    let workload = r#"tasks: {"a": (shares: 1000, ops: [Repeat(60, [Work("1ms"), Yield]), Mark("a")]),
        "b": (shares: 500, ops: [Repeat(200, [Work("1ms"), Yield])]),
        "timer": (shares: 1000, ops: [Sleep("70ms"), Mark("up")])}"#;
    let run = cores("glommio", 1, workload);
    assert_eq!((lesson::mark_at(&run, "a"), last(&run, "TimerFired")), (60.0, 100.0));
}

#[test]
fn thread_per_core_turns_its_driver_after_61_polls() {
    let run = cores("thread_per_core", 1, &beside_a_busy_task(r#"Io("1ms")"#, 100));
    assert_eq!(last(&run, "IoDelivered"), 60.0, "one poll of asks, 60 of busy");
    assert_eq!(lesson::mark_at(&run, "seen"), 61.0);
}

#[test]
fn the_inspector_says_whose_driver_holds_the_answer() {
    let asked = Asked::of(cores("thread_per_core", 2, LONG_POLL_ON_CORE_1).trace);
    assert_eq!(
        asked.why(30.0, "io1"),
        "The answer of the I/O device is there since 5.0 ms, but nobody has looked. It lies in the driver of worker 1, where \
         nobody else looks: what is asked for on a worker is seen when that one turns its driver, between two polls. worker 1 \
         is inside hog's poll (since 0.0 ms), which calls a blocking function."
    );
}

#[test]
fn a_trace_file_keeps_whose_the_drivers_are() {
    for (model, drivers) in [("monoio", Drivers::OfWorkers), ("tokio_multi_thread", Drivers::Common)] {
        let trace = cores(model, 2, LONG_POLL_ON_CORE_1).trace;
        let (read, _) = file::read(&trace.to_file_bytes()).unwrap();
        assert_eq!(read.tables().run.drivers, drivers);
    }
}
