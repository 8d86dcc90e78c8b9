//! One thread, one thing after another: what it can express, and where it hangs.

use sim_core::analysis::findings::FindingKind;
use sim_core::analysis::stands::sheets;
use sim_core::program::Workload;
use sim_core::scenario::{Measured, Scenario};
use sim_core::trace::event::EndReason;
use sim_core::trace::{Event, Keyframes};
use sim_core::{Costs, Machine, Outcome, SimTime};

use crate::lesson::*;
use crate::own_view::check;

fn text(workload: &str) -> String {
    text_with("cores: 2", "workers: 1", workload).replace("runs: [", "runs: [(id: \"one\", model: sequential), ")
}

/// This workload on one thread.
fn one(workload: &str) -> Measured {
    run(&Scenario::parse("lesson.ron", &text(workload), &[]).expect("a lesson"), "one")
}

#[test]
fn tasks_run_in_the_order_of_the_file_each_to_its_end() {
    let run = one(r#"tasks: {"b": (ops: [Io("10ms"), Mark("b")]), "a": (ops: [Work("2ms"), Mark("a")])}"#);
    assert_eq!((run.marks().as_str(), mark_at(&run, "a")), ("b a", 12.0));
    let tables = run.trace.tables();
    assert_eq!((tables.threads.len(), tables.thread_name(tables.workers[0]).as_str()), (1, "main"));
}

#[test]
fn a_spawned_task_is_a_call_that_has_returned_when_it_is_joined() {
    let run = one(
        r#"tasks: {"main": (ops: [Mark("before"), Spawn("child"), Mark("after"), JoinTask("child"), Mark("joined")]),
            "child": (count: 2, ops: [Io("5ms"), Mark("child")])}"#,
    );
    assert_eq!(run.marks(), "before child child after joined");
    assert_eq!((mark_at(&run, "after"), count(&run, "TaskSpawned")), (10.0, 1));
}

#[test]
fn a_call_that_fails_is_known_at_the_join() {
    let failing = r#"tasks: {"main": (ops: [Spawn("child"), Mark("on"), Try([JoinTask("child")], [Mark("caught")])]),
        "child": (ops: [Fail("no")])}"#;
    assert_eq!(one(failing).marks(), "on caught");
}

#[test]
fn bodies_of_a_join_run_in_order() {
    let run = one(r#"tasks: {"t": (ops: [Join([[Io("10ms"), Mark("1")], [Io("5ms"), Mark("2")]])])}"#);
    assert_eq!((run.marks().as_str(), millis(run.metrics.makespan)), ("1 2", 15.0));
}

#[test]
fn a_race_has_one_runner_and_the_run_notes_it() {
    let run = one(r#"tasks: {"t": (ops: [Select([[Io("20ms"), Mark("slow")], [Io("5ms"), Mark("quick")]])])}"#);
    assert_eq!((run.marks().as_str(), count(&run, "Noted")), ("slow", 1));
}

#[test]
fn a_time_limit_cannot_interrupt_and_the_run_notes_it() {
    let limit = |io: &str| {
        one(&format!(r#"tasks: {{"t": (ops: [Try([Timeout("15ms", [Io("{io}")]), Mark("ok")], [Mark("late")])])}}"#))
    };
    let (over, within) = (limit("30ms"), limit("10ms"));
    assert_eq!((over.marks().as_str(), mark_at(&over, "ok"), count(&over, "Noted")), ("ok", 30.0, 1));
    assert_eq!((within.marks().as_str(), count(&within, "Noted")), ("ok", 0));
}

#[test]
fn who_waits_for_a_message_of_a_later_task_waits_for_ever_and_is_named() {
    let run = one(r#"tasks: {"reader": (ops: [Recv("c")]), "writer": (ops: [Send("c")])},
            resources: {"c": channel(capacity: 1)}"#);
    let last = run.trace.events_from(0).last().map(|(_, _, event)| event);
    assert_eq!(last, Some(Event::RunEnded { reason: EndReason::Stuck }));
    let circle = run.findings.iter().find(|f| f.kind == FindingKind::WaitCycle).expect("it is named");
    assert_eq!(circle.title, "reader and writer wait for each other");
}

#[test]
fn the_same_in_the_other_order_goes_through() {
    let run = one(r#"tasks: {"writer": (ops: [Send("c")]), "reader": (ops: [Recv("c"), Mark("read")])},
            resources: {"c": channel(capacity: 1)}"#);
    assert_eq!(run.marks(), "read");
}

#[test]
fn a_barrier_is_refused_for_there_is_nobody_to_meet() {
    let text = text(r#"tasks: {"t": (count: 2, ops: [Barrier("b")])}, resources: {"b": barrier(parties: 2)}"#);
    let errors = Scenario::parse("lesson.ron", &text, &[]).expect_err("it is refused").to_string();
    assert!(errors.contains("the one thread would wait there for others"), "{errors}");
}

/// So many tasks, each of which calls the next, which marks where it comes.
fn chain(calls: usize) -> String {
    let link = |n: usize| format!(r#""t{n}": (ops: [Spawn("t{0}"), JoinTask("t{0}")]), "#, n + 1);
    let links: String = (0..calls).map(link).collect();
    format!(r#"tasks: {{{links} "t{calls}": (ops: [Work("1ms"), Mark("deep")])}}"#)
}

#[test]
fn calls_in_calls_fail_before_they_run_out_of_stack() {
    let (deep, deeper) = (one(&chain(300)), one(&chain(302)));
    assert_eq!((deep.marks().as_str(), millis(deep.metrics.makespan)), ("deep", 1.0));
    let told = sim_core::trace::text::text(&deeper.trace);
    assert!(deeper.marks().is_empty() && told.contains("the stack overflows"), "{told}");
}

#[test]
fn a_run_on_one_thread_tells_all_that_the_machine_knows_and_is_the_same_again() {
    let workload: Workload = ron::from_str(
        r#"(tasks: {
            "a": (ops: [Spawn("child"), Lock("m", [Io("2ms")]), Send("c"), JoinTask("child"), Notify("n")]),
            "child": (count: 2, ops: [Work("1ms"), Sleep("1ms"), Yield]),
            "b": (ops: [Recv("c"), Select([[Io("2ms")], [Io("1ms")]]), Timeout("1ms", [Block("4ms")]), Wait("n")]),
            "c": (ops: [Join([[Work("1ms")], [Sleep("2ms")]]), Cancel("x"), Let("f", [Io("1ms")]), Await("f")]),
            "hangs": (ops: [Lock("m", [Lock("m", [])])]),
        }, resources: {"m": mutex, "c": channel(capacity: 1), "n": notify})"#,
    )
    .expect("a workload");
    for costs in [Costs::zero(), Costs::cited()] {
        let again = || {
            check(Machine::new().costs(costs.clone()), |machine| {
                let trace = machine.run_workload_sequential(&workload);
                Outcome { trace, output: Some(()), end: EndReason::Stuck }
            })
        };
        assert_eq!(again().trace.digest(), again().trace.digest());
    }
}

#[test]
fn who_calls_a_task_stands_in_its_program_until_it_returns() {
    let run = one(
        r#"tasks: {"main": (ops: [Io("5ms"), Spawn("child"), Io("5ms")]), "child": (ops: [Work("1ms"), Io("9ms")])}"#,
    );
    let tables = run.trace.tables();
    // Of each program: who is shown in it, and the code where that one stands.
    let shown = |at: u64| {
        let events = run.trace.events_until(SimTime::from_nanos(at * 1_000_000));
        let state = Keyframes::build(&run.trace).seek(&run.trace, events);
        let sheets = sheets(tables, &state, None);
        let lines = sheets.iter().map(|sheet| {
            let code = &tables.programs[sheet.program.index()].lines;
            let stands: Vec<String> = sheet.stands.iter().map(|stand| code[stand.line].text.clone()).collect();
            (sheet.shown.map(|who| tables.actor_name(who)), stands.join(" "))
        });
        lines.collect::<Vec<_>>()
    };
    let (main, nobody) = (Some("main".to_owned()), None::<String>);
    assert_eq!(shown(2), [(main.clone(), "io(5 ms);".to_owned()), (nobody.clone(), String::new())]);
    let call = "let child = child();".to_owned();
    assert_eq!(shown(8), [(main.clone(), call), (main.clone(), "io(9 ms);".to_owned())]);
    assert_eq!(shown(17), [(main, "io(5 ms);".to_owned()), (nobody, String::new())]);
}
