//! Goroutines run in the order in which Go 1.19.8 ran them, and wait, hand over and are preempted as there.
//!
//! The expected orders were printed by Go itself with GOMAXPROCS 1, 20 identical repeats each.

use crate::lesson::{assert_legal, millis};
use crate::support::{marks, textbook};
use sim_core::Executor;
use sim_core::executor::policy::May;
use sim_core::scenario::{Measured, RunOptions, Scenario};
use sim_core::trace::event::Event;
use sim_core::trace::tables::TaskKind;
use sim_core::trace::{QueueId, Snapshot};

/// A scenario whose only run is of this model: `machine` and `run` as in a file.
pub fn lesson_of(model: &str, machine: &str, run: &str, workload: &str) -> Scenario {
    let text = format!(
        r#"(
    schema: 1, id: "lesson", number: 1, part: A, title: "A lesson", idea: "An idea.", costs: "zero",
    machine: ({machine}), workload: ({workload}), 
    runs: [(id: "run", model: {model}, {run}), (id: "beside", model: async_fifo)],
)"#
    );
    Scenario::parse("lesson.ron", &text, &[]).unwrap_or_else(|errors| panic!("{errors}\n{text}"))
}

pub fn measured(scenario: &Scenario) -> Measured {
    let options = RunOptions::default();
    let measured = Measured::of(scenario.execute("run", &options, None), scenario.costs_of(&options));
    assert_legal(&measured.trace, "a run");
    measured
}

/// The workload under one P.
fn one(workload: &str) -> Measured {
    measured(&lesson_of("coroutines", "cores: 1", "workers: 1", workload))
}

#[track_caller]
fn check(expected: &str, workload: &str) {
    assert_eq!(one(workload).marks(), expected);
}

pub const SPAWN_FIFO: &str = r#"tasks: {
    "root": (ops: [Mark("R0"), Spawn("A"), Spawn("B"), Spawn("C"), Mark("R1"),
        JoinTask("A"), JoinTask("B"), JoinTask("C"), Mark("R2")]),
    "A": (ops: [Mark("A")]), "B": (ops: [Mark("B")]), "C": (ops: [Mark("C")]),
}"#;

#[test]
fn the_goroutine_started_last_runs_first() {
    check("R0 R1 C A B R2", SPAWN_FIFO);
}

#[test]
fn of_those_whose_time_has_come_together_the_last_is_next() {
    // Each timer's goroutine becomes its P's runnext, and kicks out the one before (`goroutineReady`, `goready`).
    let sleeper = |name: &str| format!(r#""{name}": (ops: [Sleep("1ms"), Mark("{name}")])"#);
    let (a, b, c) = (sleeper("A"), sleeper("B"), sleeper("C"));
    let root = r#"Spawn("A"), Spawn("B"), Spawn("C"), Yield, Work("5ms"), Mark("R")"#;
    check("R B C A", &format!(r#"tasks: {{ "root": (ops: [{root}]), {a}, {b}, {c} }}"#));
}

pub fn rounds(name: &str) -> String {
    format!(
        r#""{name}": (ops: [Mark("{name}1"), Yield, Mark("{name}2"), Yield, Mark("{name}3"), Yield, Mark("{name}4")])"#
    )
}

#[test]
fn goroutines_that_yield_take_turns_in_the_order_in_which_they_began() {
    let (a, b, c) = (rounds("A"), rounds("B"), rounds("C"));
    let root = r#"Spawn("A"), Spawn("B"), Spawn("C"), JoinTask("A"), JoinTask("B"), JoinTask("C"), Mark("R")"#;
    let workload = format!(r#"tasks: {{ "root": (ops: [{root}]), {a}, {b}, {c} }}"#);
    check("C1 A1 B1 C2 A2 B2 C3 A3 B3 C4 A4 B4 R", &workload);
}

pub const NESTED: &str = r#"tasks: {
    "root": (ops: [Spawn("A"), Spawn("B"), JoinTask("A"), JoinTask("B"), Mark("R")]),
    "A": (ops: [Mark("A1"), Spawn("a"), Mark("A2"), Yield, Mark("A3"), JoinTask("a"), Mark("A4")]),
    "B": (ops: [Mark("B1"), Spawn("b"), Mark("B2"), Yield, Mark("B3"), JoinTask("b"), Mark("B4")]),
    "a": (ops: [Mark("a1"), Yield, Mark("a2")]),
    "b": (ops: [Mark("b1"), Yield, Mark("b2")]),
}"#;

#[test]
fn a_child_runs_as_soon_as_its_parent_lets_others_go_first() {
    check("B1 B2 b1 A1 A2 a1 B3 b2 B4 A3 a2 A4 R", NESTED);
}

const CHANNEL: &str = r#"tasks: {
    "root": (ops: [Spawn("P"), Spawn("C"), JoinTask("P"), JoinTask("C"), Mark("R")]),
    "P": (ops: [Mark("s1"), Send("c"), Mark("d1"), Mark("s2"), Send("c"), Mark("d2"),
        Mark("s3"), Send("c"), Mark("d3"), Mark("s4"), Send("c"), Mark("d4"), Mark("Px")]),
    "C": (ops: [Recv("c"), Mark("r1"), Recv("c"), Mark("r2"), Recv("c"), Mark("r3"), Recv("c"), Mark("r4"),
        Mark("Cx")]),
}, resources: {"c": channel(capacity: 1)}"#;

#[test]
fn a_channel_hands_over_to_a_receiver_and_takes_from_a_sender_that_waits() {
    check("s1 d1 s2 d2 s3 r1 r2 r3 d3 s4 d4 Px r4 Cx R", CHANNEL);
}

#[test]
fn what_was_handed_over_before_the_channel_closed_is_received() {
    // As above, without the root, which would hold the channel open.
    let workload = r#"tasks: {
        "P": (ops: [Mark("s1"), Send("c"), Mark("d1"), Mark("s2"), Send("c"), Mark("d2"),
            Mark("s3"), Send("c"), Mark("d3"), Mark("s4"), Send("c"), Mark("d4"), Mark("Px")]),
        "C": (ops: [Recv("c"), Mark("r1"), Recv("c"), Mark("r2"), Recv("c"), Mark("r3"), Recv("c"), Mark("r4"),
            Try([Recv("c")], [Mark("Cx")])]),
    }, resources: {"c": channel(capacity: 1)}"#;
    check("s1 d1 s2 d2 s3 r1 r2 r3 d3 s4 d4 Px r4 Cx", workload);
}

#[test]
fn those_who_wait_for_a_broadcast_are_made_ready_in_line_and_the_last_runs_first() {
    let waits = |name: &str| format!(r#""{name}": (ops: [Wait("n"), Mark("{name}")])"#);
    let (a, b, c) = (waits("A"), waits("B"), waits("C"));
    let root = r#"Spawn("A"), Spawn("B"), Spawn("C"), Yield, Mark("B!"), NotifyAll("n"), Mark("Bx"),
        JoinTask("A"), JoinTask("B"), JoinTask("C"), Mark("R")"#;
    check(
        "B! Bx B C A R",
        &format!(r#"tasks: {{ "root": (ops: [{root}]), {a}, {b}, {c} }}, resources: {{"n": notify}}"#),
    );
}

/// may 0.3.51 with one worker: another runtime with stacks, which starts what is spawned after all that are under way.
#[track_caller]
fn check_may(expected: &str, workload: &str) {
    let workload = lesson_of("coroutines", "cores: 1", "workers: 1", workload).workload;
    let trace = textbook(1).run_workload_goroutines(Executor::with_policy(1, Box::new(May)), &workload);
    assert_legal(&trace, "a run of coroutines");
    assert_eq!(marks(&trace), expected);
}

#[test]
fn under_may_a_child_runs_after_all_that_are_under_way() {
    check_may("R0 R1 A B C R2", SPAWN_FIFO);
    check_may("A1 A2 B1 B2 A3 B3 a1 b1 a2 b2 A4 B4 R", NESTED);
    let (a, b, c) = (rounds("A"), rounds("B"), rounds("C"));
    let root = r#"Spawn("A"), Spawn("B"), Spawn("C"),
        JoinTask("A"), Mark("RA"), JoinTask("B"), Mark("RB"), JoinTask("C"), Mark("RC")"#;
    let workload = format!(r#"tasks: {{ "root": (ops: [{root}]), {a}, {b}, {c} }}"#);
    check_may("A1 B1 C1 A2 B2 C2 A3 B3 C3 A4 B4 C4 RA RB RC", &workload);
}

pub fn at(run: &Measured, mark: &str) -> u64 {
    let found = run.trace.markers().find(|m| m.text == mark);
    found.unwrap_or_else(|| panic!("no {mark}: {}", run.marks())).time.as_millis()
}

#[test]
fn a_goroutine_that_computes_is_preempted_after_10_ms_and_goes_behind_those_in_the_ring() {
    let workload = r#"tasks: {
        "root": (ops: [Spawn("short"), Spawn("long"), JoinTask("short"), JoinTask("long")]),
        "long": (ops: [Mark("long"), Work("25ms"), Mark("long ends")]),
        "short": (ops: [Mark("short"), Work("1ms"), Mark("short ends")]),
    }"#;
    let run = one(workload);
    assert_eq!(run.marks(), "long short short ends long ends");
    assert_eq!((at(&run, "short"), at(&run, "short ends"), at(&run, "long ends")), (10, 11, 26));
}

#[test]
fn runnext_shares_the_slice_of_the_one_that_made_it_ready() {
    // Each of the two computes for 4 ms and hands over; together they are preempted after 10 ms, for the third.
    let workload = r#"tasks: {
        "root": (ops: [Spawn("ping"), Spawn("third"), Spawn("pong"), JoinTask("third"), JoinTask("pong"), JoinTask("ping")]),
        "ping": (ops: [Repeat(3, [Work("4ms"), Send("there"), Recv("back")])]),
        "pong": (ops: [Repeat(3, [Recv("there"), Work("4ms"), Send("back")])]),
        "third": (ops: [Mark("third")]),
    }, resources: {"there": channel(capacity: 1), "back": channel(capacity: 1)}"#;
    let run = one(workload);
    assert_eq!(at(&run, "third"), 10, "{}", run.marks());
}

#[test]
fn a_system_call_leaves_the_worker_to_the_others() {
    let workload = r#"tasks: {
        "other": (ops: [Work("2ms"), Mark("other")]),
        "caller": (ops: [Block("10ms"), Mark("back")]),
    }"#;
    let run = one(workload);
    assert_eq!((run.marks().as_str(), at(&run, "other"), at(&run, "back")), ("other back", 2, 10));
}

#[test]
fn a_mutex_barges_until_one_in_line_has_waited_for_a_millisecond() {
    // A gives the lock back and takes it again, while B, who was told to try, has not run: B waits on, in front. After a
    // millisecond in vain the lock is handed to B.
    let workload = r#"tasks: {
        "B": (ops: [Sleep("100us"), Lock("mu", [Mark("B")])]),
        "A": (ops: [Repeat(5, [Lock("mu", [Mark("A"), Io("400us")])])]),
    }, resources: {"mu": mutex}"#;
    let run = one(workload);
    assert_eq!(run.marks(), "A A A A B A");
}

#[test]
fn of_a_select_the_losers_leave_the_line_and_nothing_is_lost() {
    let workload = r#"tasks: {
        "root": (ops: [Spawn("sender"), Select([[Recv("a")], [Sleep("5ms")]]), Mark("first"), Recv("a"), Mark("second")]),
        "sender": (ops: [Sleep("7ms"), Send("a"), Send("a")]),
    }, resources: {"a": channel(capacity: 1)}"#;
    let run = one(workload);
    assert_eq!((at(&run, "first"), at(&run, "second")), (5, 7));
    assert!(run.trace.tables().tasks.iter().all(|task| task.kind != TaskKind::Helper));
}

#[test]
fn a_loser_runs_on_until_it_looks_at_its_context() {
    let workload = r#"tasks: {"t": (ops: [
        Select([[Io("5ms"), Mark("fast")], [Work("1ms"), Io("2ms"), Block("10ms"), Mark("slow"), Io("1ms"), Mark("never")]]),
        Mark("on"),
    ])}"#;
    let run = one(workload);
    assert_eq!(run.marks(), "fast on slow");
    // The one started last computes first. The task is done at 6 ms; its leak looks at 13 ms, after the system call.
    assert_eq!((millis(run.metrics.makespan), millis(run.metrics.run_end)), (6.0, 13.0));
}

#[test]
fn a_timeout_ends_a_wait_and_no_work() {
    let workload = r#"tasks: {
        "wait": (ops: [Try([Timeout("15ms", [Io("30ms")]), Mark("fine")], [Mark("too late")])]),
        "work": (ops: [Sleep("40ms"), Try([Timeout("15ms", [Work("30ms")]), Mark("fine")], [Mark("too late")])]),
    }"#;
    let run = one(workload);
    assert_eq!((run.marks().as_str(), at(&run, "too late"), at(&run, "fine")), ("too late fine", 15, 70));
}

#[test]
fn a_cancelled_goroutine_ends_at_its_next_wait() {
    let workload = r#"tasks: {
        "root": (ops: [Spawn("child"), Sleep("5ms"), Cancel("child"), Try([JoinTask("child")], [Mark("ended")])]),
        "child": (ops: [Io("20ms"), Mark("never")]),
    }"#;
    let run = one(workload);
    assert_eq!((run.marks().as_str(), at(&run, "ended")), ("ended", 5));
}

#[test]
fn a_ring_of_256_gives_its_first_half_to_the_global_queue() {
    // 300 started from the start: the last in runnext, then 256 fill the ring, and the next one pushes 128 of them and
    // the one from runnext out.
    let run = one(r#"tasks: {"t": (count: 300, ops: [Yield])}"#);
    let (mut moved, mut order) = (Vec::new(), Vec::new());
    for (_, _, event) in run.trace.events_from(0) {
        match event {
            Event::Moved { queues, count, .. } if queues.to == QueueId(1) => moved.push(count),
            Event::PollStarted { task, .. } => order.push(task.0),
            // The rest moves nobody.
            _ => {}
        }
    }
    assert_eq!(moved, [128, 1]);
    // 0 to 127 and 256 went to the global queue, from where one comes when the tick is 61.
    assert_eq!(&order[..3], [299, 128, 129]);
    assert_eq!(order.iter().position(|task| *task == 0), Some(61));
}

#[test]
fn only_the_last_try_takes_runnext_and_never_before_three_microseconds() {
    // "child" stands in runnext of the worker whose goroutine computes: another takes it, 3 µs later.
    let workload = r#"tasks: {
        "root": (ops: [Spawn("child"), Work("5ms"), JoinTask("child")]),
        "child": (ops: [Mark("child")]),
    }"#;
    let run = measured(&lesson_of("coroutines", "cores: 2", "workers: 2", workload));
    let child = run.trace.markers().find(|m| m.text == "child").unwrap().time.as_nanos();
    assert!((3_000..4_000).contains(&child), "{child}");
}

#[test]
fn many_goroutines_on_several_workers_are_stolen_by_halves_in_many_orders() {
    let workload = r#"tasks: {"t": (count: 64, ops: [Work("100us"), Yield, Work("50us")])}"#;
    let scenario = lesson_of("coroutines", "cores: 4", "workers: 4", workload);
    let mut orders = std::collections::BTreeSet::new();
    for seed in 0..20 {
        let options = RunOptions { seed: Some(seed), ..RunOptions::default() };
        let trace = scenario.execute("run", &options, None);
        assert_legal(&trace, "a run of goroutines");
        let mut lengths = std::collections::BTreeMap::<QueueId, usize>::new();
        let mut state = Snapshot::initial(trace.tables());
        for (n, _, event) in trace.events_from(0) {
            if let Event::Moved { queues, count, ends } = event
                && ends.stolen
            {
                let there = state.queues[queues.from.index()].len();
                assert_eq!(count as usize, there.div_ceil(2), "event {n}");
                *lengths.entry(queues.from).or_default() += 1;
            }
            state.apply(trace.tables(), trace.record(n));
        }
        assert!(!lengths.is_empty(), "seed {seed}: nothing was stolen");
        orders.insert(trace.events_from(0).map(|(_, _, event)| format!("{event:?}")).collect::<String>());
    }
    assert!(orders.len() > 10, "{}", orders.len());
}

#[test]
fn a_goroutine_that_only_sends_is_preempted_after_its_10_ms() {
    // Each send takes some 46 ns: 400,000 of them take 18 ms.
    let workload = r#"tasks: {
        "other": (ops: [Mark("other")]),
        "sink": (ops: [Sleep("100ms"), Recv("c")]),
        "flood": (ops: [Mark("begins"), Repeat(400000, [Send("c")]), Mark("flooded")]),
    }, resources: {"c": channel(capacity: 1000000)}"#;
    let scenario = lesson_of("coroutines", "cores: 1", "workers: 1", workload);
    let options = RunOptions { costs: Some(sim_core::Costs::cited()), ..RunOptions::default() };
    let run = crate::lesson::run_as(&scenario, "run", &options);
    assert_eq!((run.marks().as_str(), at(&run, "other")), ("begins other flooded", 10));
}
