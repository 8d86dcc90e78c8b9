//! Actors run in the order in which Erlang's processes ran, share nothing, and are preempted, killed and started again.
//!
//! The expected orders were printed by Erlang/OTP 25 with one scheduler, 20 identical repeats each.

use crate::lesson::millis;
use crate::model_coroutines::{NESTED, SPAWN_FIFO, at, lesson_of, measured, rounds};
use crate::own_view;
use crate::support::marks;
use sim_core::scenario::Measured;
use sim_core::trace::Event;
use sim_core::trace::digest::digest;
use sim_core::trace::tables::ResourceKind;
use sim_core::{Costs, Executor, Machine};

/// The workload under one scheduler.
fn one(workload: &str) -> Measured {
    measured(&lesson_of("actors", "cores: 1", "workers: 1", workload))
}

#[track_caller]
fn check(expected: &str, workload: &str) {
    assert_eq!(one(workload).marks(), expected);
}

#[test]
fn processes_run_in_order_of_spawning() {
    check("R0 R1 A B C R2", SPAWN_FIFO);
}

#[test]
fn processes_that_yield_take_turns() {
    let (a, b, c) = (rounds("A"), rounds("B"), rounds("C"));
    let root = r#"Spawn("A"), Spawn("B"), Spawn("C"), JoinTask("A"), JoinTask("B"), JoinTask("C"), Mark("R")"#;
    let workload = format!(r#"tasks: {{ "root": (ops: [{root}]), {a}, {b}, {c} }}"#);
    check("A1 B1 C1 A2 B2 C2 A3 B3 C3 A4 B4 C4 R", &workload);
}

#[test]
fn a_child_runs_after_those_that_were_ready_before_it() {
    check("A1 A2 B1 B2 a1 A3 b1 B3 a2 b2 A4 B4 R", NESTED);
}

#[test]
fn sending_never_waits() {
    let workload = r#"tasks: {
        "root": (ops: [Spawn("P"), Spawn("C"), JoinTask("P"), JoinTask("C"), Mark("R")]),
        "P": (ops: [Mark("s1"), Send("c"), Mark("d1"), Mark("s2"), Send("c"), Mark("d2"),
            Mark("s3"), Send("c"), Mark("d3"), Mark("s4"), Send("c"), Mark("d4"), Mark("Px")]),
        "C": (ops: [Recv("c"), Mark("r1"), Recv("c"), Mark("r2"), Recv("c"), Mark("r3"), Recv("c"), Mark("r4"),
            Mark("Cx")]),
    }, resources: {"c": channel(capacity: 1)}"#;
    check("s1 d1 s2 d2 s3 d3 s4 d4 Px r1 r2 r3 r4 Cx R", workload);
}

#[test]
fn a_process_that_computes_has_4000_reductions_a_turn() {
    // A marker every 2,100 reductions.
    let steps = |name: &str| {
        let steps: Vec<String> = (0..10).map(|n| format!(r#"Mark("{name}{n}"), Work("525us")"#)).collect();
        format!(r#""{name}": (ops: [{}])"#, steps.join(", "))
    };
    let (a, b) = (steps("A"), steps("B"));
    let root = r#"Spawn("A"), Spawn("B"), JoinTask("A"), JoinTask("B"), Mark("R")"#;
    let expected = "A0 A1 B0 B1 A2 A3 B2 B3 A4 A5 B4 B5 A6 A7 B6 B7 A8 A9 B8 B9 R";
    check(expected, &format!(r#"tasks: {{ "root": (ops: [{root}]), {a}, {b} }}"#));
}

#[test]
fn a_device_has_an_owner_that_does_one_thing_at_a_time() {
    let scenario = lesson_of(
        "actors",
        r#"cores: 1, devices: {"db": (latency: "10ms")}"#,
        "workers: 1",
        r#"tasks: {"guest": (count: 6, ops: [Work("1ms"), IoOn("db"), Work("1ms")])}"#,
    );
    // The owner has its first letter at 1 ms, and its first turn at 6 ms, behind the guests that came before it; then six
    // times 10 ms, and the last guest's 1 ms.
    assert_eq!(millis(measured(&scenario).metrics.makespan), 67.0);
}

#[test]
fn a_lock_is_asked_of_its_owner_in_line_and_given_back() {
    let workload = r#"tasks: {
        "A": (ops: [Lock("l", [Mark("A"), Io("5ms")])]),
        "B": (ops: [Lock("l", [Mark("B"), Io("5ms")])]),
        "C": (ops: [Sleep("1ms"), Lock("l", [Mark("C"), Io("5ms")])]),
    }, resources: {"l": mutex}"#;
    let run = one(workload);
    assert_eq!((run.marks().as_str(), at(&run, "B"), at(&run, "C")), ("A B C", 5, 10));
    // Asked, given, given back: three letters each, beside the answers of the I/O.
    let mailboxes = run.trace.tables().resources.iter().filter(|r| r.kind == ResourceKind::Channel);
    assert_eq!(mailboxes.count(), 4);
}

#[test]
fn an_answer_that_comes_too_late_stays_in_the_mailbox() {
    let workload = r#"tasks: {"t": (ops: [
        Try([Timeout("15ms", [Io("30ms")]), Mark("answer")], [Mark("too late")]), Sleep("30ms"), Mark("on"),
    ])}"#;
    let run = one(workload);
    assert_eq!((run.marks().as_str(), at(&run, "too late"), at(&run, "on")), ("too late on", 15, 45));
    let end = sim_core::trace::Snapshot::initial(run.trace.tables());
    let end = (0..run.trace.len()).fold(end, |mut state, n| {
        state.apply(run.trace.tables(), run.trace.record(n));
        state
    });
    assert_eq!(end.resources[0].length, 1);
}

#[test]
fn a_process_that_is_killed_in_the_middle_of_its_work_is_gone_after_its_reductions() {
    let workload = r#"tasks: {
        "root": (ops: [Spawn("child"), Yield, Cancel("child"), Try([JoinTask("child")], [Mark("gone")])]),
        "child": (ops: [Work("20ms"), Mark("never")]),
    }"#;
    let run = one(workload);
    assert_eq!((run.marks().as_str(), at(&run, "gone")), ("gone", 1));
}

#[test]
fn the_first_to_answer_wins_and_the_others_are_killed() {
    let workload = r#"tasks: {"t": (ops: [
        Select([[Io("5ms"), Mark("fast")], [Io("20ms"), Mark("slow")]]), Mark("on"),
    ])}"#;
    let run = one(workload);
    assert_eq!((run.marks().as_str(), millis(run.metrics.makespan)), ("fast on", 5.0));
}

#[test]
fn a_supervisor_starts_a_process_that_crashed_again_so_often() {
    let workload = r#"tasks: {
        "root": (ops: [Spawn("child"), Try([JoinTask("child")], [Mark("gave up")])]),
        "child": (restart: 2, ops: [Mark("try"), Io("1ms"), Fail("no luck")]),
    }"#;
    check("try try try gave up", workload);
}

#[test]
fn a_supervisor_counts_the_restarts_of_all_its_children_and_ends_the_others_when_it_gives_up() {
    let workload = r#"tasks: {
        "root": (ops: [Spawn("child"), Try([JoinTask("child")], [Mark("gave up")])]),
        "child": (count: 2, restart: 2, ops: [Mark("try"), Io("1ms"), Mark("fail"), Fail("no luck")]),
    }"#;
    // Both crash and are started again; the third crash is one too many, and the other child is ended in its wait.
    let erlang = one(workload);
    assert_eq!(erlang.marks(), "try try fail fail try try fail gave up");
    let ended = |event: &Event| matches!(event, Event::AbortRequested { .. });
    assert_eq!(erlang.trace.events_from(0).filter(|(_, _, event)| ended(event)).count(), 1);
    // Akka counts for each child, and stops that one alone.
    let akka = measured(&lesson_of("akka", "cores: 1", "workers: 1", workload));
    assert_eq!(akka.marks().matches("try").count(), 6);
    assert_eq!(akka.trace.events_from(0).filter(|(_, _, event)| ended(event)).count(), 0);
}

#[test]
fn a_supervisor_forgets_restarts_after_five_seconds() {
    let tries = |wait: &str| {
        let workload = format!(
            r#"tasks: {{
                "feed": (ops: [Send("bad"), Send("bad"), Send("bad"), Sleep("60s")]),
                "child": (restart: 1, ops: [
                    Mark("try"), Sleep("{wait}"), Select([[Recv("bad"), Fail("no luck")], [Sleep("1ms"), Mark("well")]]),
                ]),
            }}, resources: {{"bad": unbounded_channel}}"#
        );
        one(&workload).marks()
    };
    assert_eq!(tries("6s"), "try try try try well");
    assert_eq!(tries("2s"), "try try");
}

#[test]
fn an_actor_of_akka_has_five_letters_a_turn() {
    let workload = |model| {
        let takes: Vec<String> = (1..=7).map(|n| format!(r#"Recv("c"), Mark("{n}")"#)).collect();
        let tasks = format!(
            r#"tasks: {{
                "sender": (ops: [Repeat(7, [Send("c")]), Mark("sent")]),
                "taker": (ops: [{}]),
                "other": (ops: [Mark("other")]),
            }}, resources: {{"c": unbounded_channel}}"#,
            takes.join(", ")
        );
        measured(&lesson_of(model, "cores: 1", "workers: 1", &tasks)).marks()
    };
    assert_eq!(workload("akka"), "sent 1 2 3 4 other 5 6 7");
    assert_eq!(workload("actors"), "sent 1 2 3 4 5 6 7 other");
}

#[test]
fn every_kind_of_step_is_told_as_it_happens_and_the_same_again() {
    for model in ["actors", "akka", "coroutines"] {
        let workload = lesson_of(model, "cores: 1", "", EVERYTHING).workload;
        for workers in [1, 2, 4] {
            for costs in [Costs::zero(), Costs::cited()] {
                let machine = || Machine::new().cores(2).costs(costs.clone());
                let run = |machine: Machine| match model {
                    "actors" => machine.run_workload_erlang(Executor::beam(workers), &workload),
                    "akka" => machine.run_workload_akka(Executor::akka(workers), &workload),
                    _ => machine.run_workload_goroutines(Executor::go(workers), &workload),
                };
                let trace = own_view::check_trace(machine(), run, |trace| trace);
                assert!(marks(&trace).contains("end"), "{model}: {}", marks(&trace));
                // Watched, the clock is moved in other steps, but to the same times.
                assert_eq!(digest(&run(machine())), digest(&trace), "{model}, {workers} workers");
            }
        }
    }
}

/// A workload with each op, some in contention.
pub const EVERYTHING: &str = r#"tasks: {
    "root": (ops: [Spawn("many"), Spawn("doomed"), Sleep("2ms"), Cancel("doomed"), Try([JoinTask("doomed")], [Yield]),
        JoinTask("many"), NotifyAll("n"), Mark("end")]),
    "doomed": (ops: [Lock("l", [Io("50ms")])]),
    "many": (count: 4, ops: [
        Repeat(3, [Lock("l", [Work("300us"), Io("400us")]), Acquire("s", [Sleep("200us")]), Send("c"), Yield]),
        Read("rw", [Io("100us")]), Write("rw", [Work("12ms")]),
        Join([[Io("1ms")], [Work("500us")]]),
        Select([[Io("1ms")], [Io("9ms"), Lock("l", [Io("1ms")])]]),
        Select([[Recv("none")], [Sleep("300us")]]),
        Try([Timeout("1ms", [Lock("l", [Io("3ms")])])], [Mark("late")]),
        Try([Timeout("2ms", [Join([[Io("5ms")], [Work("100us")]])])], [Mark("late")]),
        Let("f", [Io("2ms")]), Try([Timeout("1ms", [Await("f")])], [Yield]), Try([Await("f")], [Yield]), Drop("f"),
        Block("1ms"), Offload("2ms"), Barrier("b"), Notify("n"),
    ]),
    "taker": (ops: [Repeat(12, [Recv("c"), Work("100us")]), Wait("n")]),
    "holder": (ops: [Try([Timeout("400ms", [Recv("none")])], [Mark("over")])]),
    "other": (ops: [Sleep("500ms"), Send("none")]),
}, resources: {
    "l": mutex, "s": semaphore(permits: 2), "c": channel(capacity: 2), "none": channel(capacity: 1), "rw": rw_lock,
    "n": notify, "b": barrier(parties: 4),
}"#;

/// On which schedulers the process ran, in order.
fn schedulers(run: &Measured, process: &str) -> Vec<u32> {
    let tables = run.trace.tables();
    let ran = run.trace.events_from(0).filter_map(|(_, _, event)| match event {
        Event::PollStarted { task, at, .. } if tables.task_name(task) == process => Some(at.worker.0),
        _ => None,
    });
    ran.collect()
}

#[test]
fn a_process_that_is_woken_stays_with_its_scheduler_whoever_wakes_it() {
    // `busy` is stolen by scheduler 1, and sends from there to `waits`, which ran on scheduler 0 and belongs there.
    let workload = r#"tasks: {
        "waits": (ops: [Recv("c"), Work("1ms")]),
        "busy": (ops: [Work("2500us"), Send("c"), Work("3ms")]),
        "long": (ops: [Work("5ms")]),
    }, resources: {"c": unbounded_channel}"#;
    let run = measured(&lesson_of("actors", "cores: 2", "workers: 2", workload));
    let (waits, busy) = (schedulers(&run, "waits"), schedulers(&run, "busy"));
    assert_eq!((waits[0], waits[1]), (0, 0), "waits ran on {waits:?}, busy on {busy:?}");
    assert_eq!(busy[0], 1);
}

#[test]
fn a_scheduler_without_work_steals_the_first_process_of_another() {
    let workload = r#"tasks: {
        "root": (ops: [Spawn("a"), Spawn("b"), Spawn("c"), Work("900us")]),
        "a": (ops: [Work("1ms")]), "b": (ops: [Work("1ms")]), "c": (ops: [Work("1ms")]),
    }"#;
    let run = measured(&lesson_of("actors", "cores: 2", "workers: 2", workload));
    let first_of_1 = run.trace.events_from(0).find_map(|(_, _, event)| match event {
        Event::PollStarted { task, at, .. } if at.worker.0 == 1 => Some(run.trace.tables().task_name(task)),
        _ => None,
    });
    assert_eq!(first_of_1.as_deref(), Some("a"));
}

#[test]
fn a_process_that_only_sends_uses_up_its_reductions_too() {
    let workload = r#"tasks: {
        "sink": (ops: [Sleep("100ms"), Recv("c")]),
        "flood": (ops: [Repeat(10000, [Send("c")]), Mark("flooded")]),
        "other": (ops: [Mark("other")]),
    }, resources: {"c": unbounded_channel}"#;
    assert_eq!(one(workload).marks(), "other flooded");
}

/// Two rounds of each process, which are all there from the start.
fn ranked(tasks: &[(&str, i32)], rounds: u32) -> String {
    let task = |(name, priority): &(&str, i32)| {
        format!(r#""{name}": (priority: {priority}, ops: [Repeat({rounds}, [Mark("{name}"), Yield])])"#)
    };
    format!("tasks: {{ {} }}", tasks.iter().map(task).collect::<Vec<_>>().join(", "))
}

#[test]
fn processes_of_high_priority_run_before_all_others() {
    check("H J H J N L N L", &ranked(&[("N", 0), ("H", 1), ("L", 0), ("J", 7)], 2));
}

#[test]
fn a_process_of_low_priority_lets_others_go_first_seven_times() {
    // Its eighth time at the front is its turn.
    check("N N N N N N N L N L L", &ranked(&[("L", -1), ("N", 0)], 8).replacen("Repeat(8", "Repeat(3", 1));
    // Of several, each counts for itself.
    check(
        "N N N N N N N L M N L M",
        &ranked(&[("L", -1), ("M", -2), ("N", 0)], 8)
            .replace(r#"priority: -1, ops: [Repeat(8"#, r#"priority: -1, ops: [Repeat(2"#)
            .replace(r#"priority: -2, ops: [Repeat(8"#, r#"priority: -2, ops: [Repeat(2"#),
    );
}

#[test]
fn a_process_of_low_priority_that_is_alone_runs_at_once() {
    let run = one(&ranked(&[("L", -1)], 3));
    let moved = |event| matches!(event, Event::Moved { .. });
    assert_eq!((run.marks(), crate::support::count(&run.trace, moved)), ("L L L".to_owned(), 0));
}

#[test]
fn a_scheduler_without_work_steals_who_has_the_highest_priority() {
    let workload = r#"tasks: {"hog": (ops: [Work("900us")]), "low": (priority: -1, ops: [Work("100us"), Mark("low")]),
        "high": (priority: 1, ops: [Work("100us"), Mark("high")]), "normal": (ops: [Work("100us"), Mark("normal")])}"#;
    let run = measured(&lesson_of("actors", "cores: 2", "workers: 2", workload));
    assert_eq!(run.marks().split(' ').next(), Some("high"));
}

#[test]
fn akka_has_eight_threads_on_a_small_machine() {
    let workload = r#"tasks: {"t": (count: 8, ops: [Block("5ms")])}"#;
    let run = |workers| measured(&lesson_of("akka", "cores: 1", workers, workload));
    assert_eq!(millis(run("").metrics.makespan), 5.0);
    assert_eq!(millis(run("workers: 1").metrics.makespan), 40.0);
}

#[test]
fn an_actor_of_akka_that_sleeps_ten_milliseconds_wakes_every_thirty() {
    let slept = |length: &str| {
        let ops = format!(r#"ops: [Sleep("{length}"), Mark("a"), Sleep("{length}"), Mark("b")]"#);
        let run = measured(&lesson_of("akka", "cores: 1", "workers: 1", &format!(r#"tasks: {{"t": ({ops})}}"#)));
        run.trace.markers().map(|mark| mark.time.as_millis()).collect::<Vec<u64>>()
    };
    // What is set in the course of a tick is put on the wheel just after the next one, and waits for whole ticks from there.
    assert_eq!(slept("10ms"), [30, 60]);
    assert_eq!(slept("3ms"), [30, 60]);
    assert_eq!(slept("11ms"), [40, 80]);
}
