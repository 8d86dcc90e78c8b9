//! A workload as callbacks of an event loop: one thread, each callback to its end, and what cannot be expressed shown.

use crate::lesson::*;
use crate::own_view::check;
use sim_core::analysis::findings::FindingKind;
use sim_core::program::Workload;
use sim_core::scenario::{Measured, Scenario};
use sim_core::trace::event::{EndReason, Event};
use sim_core::trace::tables::{TaskKind, ThreadKind};
use sim_core::{Costs, Executor, Machine, Outcome};

fn looped(workload: &str) -> Measured {
    run(&with_loop(workload), "loop")
}

/// The lesson with a run under the event loop beside its others.
fn with_loop(workload: &str) -> Scenario {
    let text = text_with("cores: 1", "workers: 1), (id: \"loop\", model: event_loop", workload);
    Scenario::parse("lesson.ron", &text, &[]).unwrap_or_else(|errors| panic!("{errors}\n{text}"))
}

/// Makespan and end of the run, in ms.
fn ends(run: &Measured) -> (f64, f64) {
    (millis(run.metrics.makespan), millis(run.metrics.run_end))
}

fn polls_from(run: &Measured, queue: &str) -> usize {
    let tables = run.trace.tables();
    let is_from = |event: &Event| match event {
        Event::PollStarted { at, .. } => tables.text(tables.queues[at.queue.index()].name) == queue,
        _ => false,
    };
    run.trace.events_from(0).filter(|(_, _, event)| is_from(event)).count()
}

#[test]
fn waits_overlap_and_callbacks_do_not() {
    let run = looped(r#"tasks: {"t": (ops: [Io("10ms"), Work("5ms"), Mark("end")], count: 2)}"#);
    assert_eq!(ends(&run), (20.0, 20.0));
    assert_eq!(run.trace.tables().run.workers, 1);
    assert_eq!(polls_from(&run, "main script"), 2);
    assert_eq!(polls_from(&run, "poll (I/O)"), 2);
}

#[test]
fn nothing_comes_between_the_beginning_of_a_callback_and_its_end() {
    let run = looped(
        r#"tasks: {
            "long": (ops: [Io("10ms"), Work("30ms"), Mark("long")]),
            "short": (ops: [Sleep("15ms"), Mark("short")]),
        }"#,
    );
    assert_eq!((run.marks().as_str(), mark_at(&run, "short")), ("long short", 40.0));
    assert_eq!(count(&run, "PollEnded"), 4);
}

#[test]
fn a_blocking_call_stops_the_loop_and_one_in_the_pool_does_not() {
    let beside = |op: &str| {
        looped(&format!(r#"tasks: {{"beat": (ops: [Sleep("5ms"), Mark("beat")]), "t": (ops: [{op}, Mark("made")])}}"#))
    };
    assert_eq!(mark_at(&beside(r#"Block("20ms")"#), "beat"), 20.0);
    assert_eq!(mark_at(&beside(r#"Offload("20ms")"#), "beat"), 5.0);
}

#[test]
fn the_pool_has_four_threads() {
    let run = looped(r#"tasks: {"t": (ops: [Offload("10ms")], count: 5)}"#);
    assert_eq!(ends(&run), (20.0, 20.0));
    let threads = run.trace.tables().threads.iter();
    assert_eq!(threads.filter(|thread| thread.kind == ThreadKind::Blocking).count(), 4);
}

#[test]
fn a_function_that_starts_another_runs_its_first_part_inside_the_call() {
    let run = looped(
        r#"tasks: {
            "t": (ops: [Mark("t1"), Spawn("c"), Mark("t2"), JoinTask("c"), Mark("t3")]),
            "c": (ops: [Mark("c1"), Sleep("3ms"), Mark("c2")], count: 2),
            "other": (ops: [Mark("other")]),
        }"#,
    );
    assert_eq!(run.marks(), "t1 c1 c1 t2 other c2 c2 t3");
}

#[test]
fn branches_are_chains_of_their_own_and_the_last_one_calls_what_comes_after() {
    let run = looped(
        r#"tasks: {
            "t": (ops: [Join([[Sleep("4ms"), Mark("a")], [Sleep("10ms"), Mark("b")]]), Mark("on")]),
            "other": (ops: [Sleep("10ms"), Mark("other")]),
        }"#,
    );
    // `other`'s timer is due with b's, and set after it: a plain call does not wait for it.
    assert_eq!((run.marks().as_str(), mark_at(&run, "on")), ("a b on other", 10.0));
    let helpers = run.trace.tables().tasks.iter().filter(|task| task.kind == TaskKind::Helper);
    assert_eq!(helpers.count(), 2);
    assert_eq!(polls_from(&run, "timers"), 3);
}

#[test]
fn the_branch_that_loses_runs_on_and_finds_that_it_lost() {
    let run =
        looped(r#"tasks: {"t": (ops: [Select([[Io("5ms"), Mark("fast")], [Io("20ms"), Mark("slow")]]), Mark("on")])}"#);
    assert_eq!(run.marks(), "fast on slow");
    assert_eq!(ends(&run), (5.0, 20.0));
    assert_eq!(count(&run, "JoinCancelled"), 1);
}

#[test]
fn a_timeout_is_a_timer_and_a_flag() {
    let late = looped(
        r#"tasks: {"t": (ops: [
            Try([Timeout("15ms", [Io("30ms"), Mark("answer")]), Mark("in time")], [Mark("too late")]),
        ])}"#,
    );
    assert_eq!((late.marks().as_str(), mark_at(&late, "too late")), ("too late answer", 15.0));
    assert_eq!(ends(&late), (15.0, 30.0));
    let fine = looped(r#"tasks: {"t": (ops: [Timeout("15ms", [Io("10ms")]), Mark("fine")])}"#);
    assert_eq!((mark_at(&fine, "fine"), ends(&fine)), (10.0, (10.0, 10.0)));
    assert_eq!(count(&fine, "TimerCancelled"), 1);
}

#[test]
fn a_computation_cannot_be_timed_out() {
    let run = looped(
        r#"tasks: {"t": (ops: [
            Try([Timeout("15ms", [Work("30ms")]), Mark("fine")], [Mark("too late")]),
        ])}"#,
    );
    assert_eq!((run.marks().as_str(), mark_at(&run, "fine")), ("fine", 30.0));
}

#[test]
fn a_failure_goes_to_the_callback_of_whoever_tried() {
    let run = looped(
        r#"tasks: {"t": (ops: [
            Try([Io("5ms"), Io("5ms"), Fail("no such row"), Io("5ms"), Mark("written")], [Mark("failed")]), Mark("on"),
        ])}"#,
    );
    assert_eq!((run.marks().as_str(), mark_at(&run, "failed")), ("failed on", 10.0));
    let joined = looped(
        r#"tasks: {"t": (ops: [
            Try([Join([[Fail("no")], [Io("5ms"), Mark("other")]]), Mark("fine")], [Mark("failed")]),
        ])}"#,
    );
    assert_eq!(joined.marks(), "other failed");
}

#[test]
fn a_callback_is_never_called_inside_the_call_that_it_is_given_to() {
    // The lock is free, and still: what the main script does next comes before.
    let run = looped(
        r#"tasks: {
            "t": (ops: [Lock("m", [Mark("held")])]),
            "other": (ops: [Mark("other")]),
        }, resources: {"m": mutex}"#,
    );
    assert_eq!(run.marks(), "other held");
    assert_eq!(polls_from(&run, "microtasks"), 1);
}

#[test]
fn a_lock_is_a_queue_of_callbacks() {
    let run = looped(
        r#"tasks: {
            "a": (ops: [Lock("m", [Mark("a+"), Io("5ms"), Mark("a-")])]),
            "b": (ops: [Lock("m", [Mark("b+"), Io("5ms"), Mark("b-")])]),
        }, resources: {"m": mutex}"#,
    );
    assert_eq!((run.marks().as_str(), ends(&run)), ("a+ a- b+ b-", (10.0, 10.0)));
}

#[test]
fn a_timer_counts_whole_milliseconds_and_at_least_one() {
    let beat = |length: &str| {
        mark_at(&looped(&format!(r#"tasks: {{"t": (ops: [Sleep("{length}"), Mark("beat")])}}"#)), "beat")
    };
    assert_eq!((beat("50us"), beat("1ms"), beat("1900us"), beat("2ms")), (1.0, 1.0, 1.0, 2.0));
}

#[test]
fn to_yield_is_to_ask_for_an_immediate() {
    let run = looped(
        r#"tasks: {
            "a": (ops: [Repeat(2, [Mark("a"), Yield])]),
            "b": (ops: [Repeat(2, [Mark("b"), Yield])]),
        }"#,
    );
    assert_eq!(run.marks(), "a b a b");
    assert_eq!(polls_from(&run, "check"), 4);
}

#[test]
fn nobody_can_cancel_a_chain_and_the_run_notes_it() {
    let run = looped(
        r#"tasks: {
            "t": (ops: [Spawn("c"), Cancel("c")]), "c": (ops: [Io("10ms"), Mark("ran on")]),
        }"#,
    );
    assert_eq!(run.marks(), "ran on");
    assert_eq!(told(&run, "Noted"), ["nobody can stop callbacks from outside: c runs on to its end"]);
}

#[test]
fn callbacks_that_call_each_other_are_not_busy_asking() {
    let run =
        looped(r#"tasks: {"t": (ops: [Repeat(20, [Yield])]), "j": (ops: [Repeat(20, [Join([[Yield], [Yield]])])])}"#);
    assert!(!kinds(&run).contains(&FindingKind::SelfWake), "{:?}", run.findings);
}

#[test]
fn who_calls_another_is_not_kept_waiting_by_it() {
    let calls = looped(r#"tasks: {"t": (ops: [Join([[Work("10ms")], [Work("10ms")]])])}"#);
    assert_eq!(kinds(&calls), []);
    let keeps = looped(r#"tasks: {"t": (ops: [Join([[Work("50ms")]])]), "other": (ops: [])}"#);
    assert_eq!(kinds(&keeps), [FindingKind::LongPoll]);
}

#[test]
fn the_world_is_the_same_as_under_any_model() {
    let workload = r#"tasks: {"t": (ops: [Repeat(3, [Join([[Io("1ms..20ms")], [Io("1ms..20ms")]]), Mark("m")])])}"#;
    let scenario = with_loop(workload);
    let marks = |id: &str| run(&scenario, id).metrics.marks.iter().map(|m| m.at.as_nanos() / 1_000).collect::<Vec<_>>();
    assert_eq!(marks("loop"), marks("async"));
}

const EVERYTHING: &str = r#"(tasks: {
    "main": (ops: [Spawn("child"), Lock("m", [Io("2ms")]), Work("1ms"), JoinTask("child"), NotifyAll("n")]),
    "child": (count: 2, ops: [Lock("m", [Work("1ms"), Sleep("1ms")]), Send("c"), Barrier("b")]),
    "reader": (ops: [Recv("c"), Read("rw", [Io("1ms")]), Recv("c"), Write("rw", [Work("1ms")])]),
    "gate": (count: 6, ops: [Acquire("s", [Io("3ms")]), Yield, Offload("1ms"), Spawn("leaf"), Detach("leaf")]),
    "leaf": (ops: [Join([]), Join([[Work("1ms")], [Fail("no")]]), Mark("never")]),
    "race": (ops: [Select([[Io("2ms")], [Io("9ms")], []]), Try([Timeout("1ms", [Io("4ms")])], [Block("1ms")])]),
    "join": (ops: [Join([[Work("1ms"), Io("1ms")], [Sleep("2ms"), Join([[Yield], [Yield]])]]), Let("f", [Io("1ms")]), Await("f")]),
    "told": (ops: [Wait("n"), Mark("told")]),
}, resources: {"m": mutex, "c": channel(capacity: 1), "rw": rw_lock, "s": semaphore(permits: 1), "n": notify,
    "b": barrier(parties: 2)})"#;

#[test]
fn a_run_on_the_loop_tells_all_that_the_machine_knows_and_is_the_same_again() {
    let workload: Workload = ron::from_str(EVERYTHING).expect("a workload");
    for (cores, costs) in [(1, Costs::zero()), (1, Costs::cited()), (3, Costs::cited())] {
        let again = || {
            let machine = Machine::new().cores(cores).costs(costs.clone());
            check(machine, |machine| {
                let trace = machine.run_workload_callbacks(Executor::event_loop(), &workload);
                let end = trace.events_from(0).last().map(|(_, _, event)| event);
                let Some(Event::RunEnded { reason: end }) = end else { panic!("a run ends: {end:?}") };
                Outcome { trace, output: Some(()), end }
            })
        };
        let (first, second) = (again(), again());
        assert_eq!(first.trace.digest(), second.trace.digest());
        assert_eq!(first.end, EndReason::Finished);
    }
}
