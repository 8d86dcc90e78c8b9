//! The thread pool: a queue, a fixed number of threads, and tasks that keep their thread to their end.

use std::collections::BTreeSet;

use sim_core::analysis::findings::FindingKind;
use sim_core::analysis::index::Index;
use sim_core::analysis::inspect::{Here, Thing, inspect};
use sim_core::program::Workload;
use sim_core::scenario::Measured;
use sim_core::trace::event::EndReason;
use sim_core::trace::tables::{TaskKind, ThreadKind};
use sim_core::trace::{Event, Family, Snapshot};
use sim_core::{Costs, Machine, Outcome, Scheduler, SimDuration};

use crate::lesson::*;
use crate::own_view::{check, check_trace};

const HALF_MS: SimDuration = SimDuration::from_micros(500);

/// This workload on so many cores, as a pool of so many threads.
fn pool(cores: u32, threads: u32, workload: &str) -> Measured {
    let text = text_with(&format!("cores: {cores}"), "workers: 1", workload);
    let text = text.replace("runs: [", &format!("runs: [(id: \"pool\", model: thread_pool, workers: {threads}), "));
    let scenario = sim_core::scenario::Scenario::parse("lesson.ron", &text, &[]).expect("a lesson");
    run(&scenario, "pool")
}

fn ended(run: &Measured) -> Option<EndReason> {
    run.trace.events_from(0).find_map(|(_, _, event)| match event {
        Event::RunEnded { reason } => Some(reason),
        _ => None,
    })
}

#[test]
fn tasks_run_in_the_order_in_which_they_came() {
    let workload = r#"tasks: {"a": (ops: [Work("2ms"), Mark("a")]), "b": (ops: [Work("2ms"), Mark("b")]),
        "c": (ops: [Work("2ms"), Mark("c")])}"#;
    let run = pool(1, 1, workload);
    assert_eq!((run.marks().as_str(), millis(run.metrics.makespan)), ("a b c", 6.0));
}

#[test]
fn a_task_that_waits_keeps_its_thread_and_frees_its_core() {
    let six = r#"tasks: {"table": (count: 6, ops: [Work("1ms"), Io("10ms"), Work("1ms")])}"#;
    let spans = |threads| millis(pool(1, threads, six).metrics.makespan);
    // One after another; three waves of two, in which the second task computes while the first waits; all at once.
    assert_eq!((spans(1), spans(2), spans(6)), (72.0, 38.0, 17.0));
}

#[test]
fn while_every_thread_is_blocked_the_queue_waits_and_the_cores_are_free() {
    let run = pool(4, 1, r#"tasks: {"slow": (ops: [Block("20ms")]), "quick": (ops: [Mark("quick")])}"#);
    assert_eq!(mark_at(&run, "quick"), 20.0);
    assert_eq!(count(&run, "PollStarted"), 2, "each task is taken once, and runs to its end");
}

#[test]
fn threads_of_the_pool_have_its_name_and_are_there_from_the_start() {
    let run = pool(1, 3, r#"tasks: {"t": (ops: [Work("1ms")])}"#);
    let tables = run.trace.tables();
    let threads: Vec<String> = tables.workers.iter().map(|id| tables.thread_name(*id)).collect();
    assert_eq!(threads, ["pool 0", "pool 1", "pool 2"]);
    assert!(tables.threads.iter().all(|thread| matches!(thread.kind, ThreadKind::Worker(_))));
    assert_eq!((tables.run.family(), tables.run.policy.as_str()), (Family::Pool, "FIFO queue"));
}

#[test]
fn who_has_had_nothing_to_do_for_longest_gets_the_next_task() {
    let run = pool(
        2,
        2,
        r#"tasks: {"main": (ops: [Sleep("5ms"), Spawn("a"), Sleep("5ms"), Spawn("b")]),
            "a": (ops: [Work("1ms")]), "b": (ops: [Work("1ms")])}"#,
    );
    let workers = run.trace.events_from(0).filter_map(|(_, _, event)| match event {
        Event::PollStarted { at, .. } => Some(at.worker.0),
        _ => None,
    });
    assert_eq!(workers.collect::<Vec<_>>(), [0, 1, 1]);
}

#[test]
fn a_task_that_waits_for_what_it_submitted_to_a_pool_of_one_waits_for_ever() {
    let nested = r#"tasks: {"outer": (ops: [Spawn("inner"), JoinTask("inner"), Mark("outer")]),
        "inner": (ops: [Work("1ms")])}"#;
    let stuck = pool(4, 1, nested);
    assert_eq!(ended(&stuck), Some(EndReason::Stuck));
    let circle = stuck.findings.iter().find(|f| f.kind == FindingKind::WaitCycle).expect("it is named");
    assert_eq!(circle.title, "outer and inner wait for each other");
    assert!(circle.explanation.contains("pool 0 is blocked inside outer"), "{}", circle.explanation);
    let enough = pool(4, 2, nested);
    assert_eq!((ended(&enough), millis(enough.metrics.makespan)), (Some(EndReason::Finished), 1.0));
}

#[test]
fn bodies_of_a_join_run_on_the_same_pool_and_their_task_holds_a_thread_meanwhile() {
    let join = r#"tasks: {"t": (ops: [Join([[Io("10ms")], [Io("10ms")]])])}"#;
    assert_eq!(ended(&pool(1, 1, join)), Some(EndReason::Stuck));
    let (two, three) = (pool(1, 2, join), pool(1, 3, join));
    assert_eq!((millis(two.metrics.makespan), millis(three.metrics.makespan)), (20.0, 10.0));
    assert_eq!(two.trace.tables().tasks.iter().filter(|task| task.kind == TaskKind::Helper).count(), 2);
}

#[test]
fn the_loser_of_a_race_runs_on_and_one_that_had_not_begun_never_does() {
    let race = r#"tasks: {"t": (ops: [
        Select([[Io("5ms")], [Io("20ms"), Mark("second")], [Io("30ms"), Mark("third")]]), Mark("won")])}"#;
    let (four, two) = (pool(1, 4, race), pool(1, 2, race));
    assert_eq!((four.marks().as_str(), millis(four.metrics.makespan)), ("won second third", 5.0));
    // The thread that is free takes the second before the winner's task is back on a core; the third never begins.
    assert_eq!((two.marks().as_str(), count(&two, "TaskCancelled")), ("won second", 1));
}

#[test]
fn a_time_limit_around_what_waits_in_the_queue_is_up_before_it_begins() {
    let limited = r#"tasks: {"t": (ops: [Try([Timeout("15ms", [Work("1ms"), Mark("done")])], [Mark("late")])])}"#;
    let (one, two) = (pool(1, 1, limited), pool(1, 2, limited));
    assert_eq!((one.marks().as_str(), mark_at(&one, "late"), two.marks().as_str()), ("late", 15.0, "done"));
}

#[test]
fn who_is_cancelled_in_the_queue_never_begins_and_who_has_begun_runs_on() {
    let cancel = r#"tasks: {"main": (ops: [Spawn("a"), Io("5ms"), Cancel("a"), Mark("main")]),
        "a": (ops: [Io("10ms"), Mark("a")])}"#;
    assert_eq!((pool(1, 1, cancel).marks().as_str(), pool(1, 2, cancel).marks().as_str()), ("main", "main a"));
    let noted = sim_core::trace::text::text(&pool(1, 2, cancel).trace);
    assert!(noted.contains("nobody can stop a thread from outside: a has begun, and runs on"), "{noted}");
}

#[test]
fn who_waits_for_a_task_that_fails_fails_too() {
    let run = pool(
        1,
        2,
        r#"tasks: {"main": (ops: [Spawn("a"), Try([JoinTask("a")], [Mark("caught")])]), "a": (ops: [Fail("no")])}"#,
    );
    assert_eq!(run.marks(), "caught");
}

#[test]
fn a_pool_whose_threads_all_wait_while_tasks_stand_in_its_queue_is_found() {
    let waits = r#"tasks: {"t": (count: 5, ops: [Work("1ms"), Io("30ms")])}"#;
    let (two, five) = (pool(4, 2, waits), pool(4, 5, waits));
    assert_eq!((kinds(&two), kinds(&five)), (vec![FindingKind::PoolSaturated], vec![]));
    let found = &two.findings[0];
    assert_eq!(found.title, "All 2 threads of the pool were blocked while 3 tasks waited in the queue");
    assert!(found.explanation.contains("It lasted 60ms in all, 2 times"), "{}", found.explanation);
    let proof: Vec<f64> = found.proof.iter().map(|n| two.trace.time(*n).as_nanos() as f64 / 1e6).collect();
    assert_eq!(proof.iter().map(|at| at.round()).collect::<Vec<_>>(), [1.0, 31.0]);
}

#[test]
fn a_pool_whose_threads_compute_is_busy_and_not_saturated() {
    let computes = pool(1, 2, r#"tasks: {"t": (count: 6, ops: [Work("30ms")])}"#);
    assert_eq!(kinds(&computes), []);
}

#[test]
fn a_pool_that_waits_for_ever_for_those_in_its_queue_is_found() {
    let meet = r#"tasks: {"t": (count: 3, ops: [Barrier("b"), Mark("met")])}, resources: {"b": barrier(parties: 3)}"#;
    let (two, three) = (pool(2, 2, meet), pool(2, 3, meet));
    assert_eq!((ended(&two), kinds(&two)), (Some(EndReason::Stuck), vec![FindingKind::PoolSaturated]));
    assert!(two.findings[0].explanation.contains("never comes"), "{}", two.findings[0].explanation);
    assert_eq!((ended(&three), kinds(&three)), (Some(EndReason::Finished), vec![]));
}

#[test]
fn tasks_of_a_runtime_that_only_compute_get_a_hint_and_those_of_a_pool_do_not() {
    let text = r#"tasks: {"t": (count: 4, ops: [Work("50ms")])}"#;
    let on_runtime = |workload: &str| kinds(&run(&lesson_with("cores: 4", "workers: 4", workload), "async"));
    assert_eq!(on_runtime(text), [FindingKind::CpuOnRuntime]);
    assert_eq!(kinds(&pool(4, 4, text)), []);
    assert_eq!(on_runtime(r#"tasks: {"t": (count: 4, ops: [Work("25ms"), Io("1ms"), Work("25ms")])}"#), []);
    assert_eq!(on_runtime(r#"tasks: {"t": (count: 4, ops: [Work("2ms")])}"#), []);
}

const EVERYTHING: &str = r#"(tasks: {
    "main": (ops: [Spawn("child"), Lock("m", [Io("2ms")]), Work("1ms"), JoinTask("child"), NotifyAll("n")]),
    "child": (count: 2, ops: [Lock("m", [Work("1ms"), Sleep("1ms")]), Send("c"), Barrier("b")]),
    "reader": (ops: [Recv("c"), Read("rw", [Io("1ms")]), Recv("c"), Write("rw", [Work("1ms")])]),
    "gate": (count: 3, ops: [Acquire("s", [Io("3ms")]), Yield, Offload("1ms")]),
    "race": (ops: [Select([[Io("2ms")], [Io("9ms")]]), Try([Timeout("1ms", [Io("4ms")])], [Block("1ms")])]),
    "join": (ops: [Join([[Work("1ms"), Io("1ms")], [Sleep("2ms")]]), Let("f", [Io("1ms")]), Await("f")]),
    "told": (ops: [Wait("n"), Mark("told")]),
}, resources: {"m": mutex, "c": channel(capacity: 1), "rw": rw_lock, "s": semaphore(permits: 1), "n": notify,
    "b": barrier(parties: 2)})"#;

#[test]
fn a_run_on_a_pool_tells_all_that_the_machine_knows_and_is_the_same_again() {
    let workload: Workload = ron::from_str(EVERYTHING).expect("a workload");
    for threads in [1, 2, 5, 12, 20] {
        for cores in [1, 3] {
            for costs in [Costs::zero(), Costs::cited()] {
                let again = || {
                    let quantum = Scheduler::RoundRobin(SimDuration::from_micros(300));
                    let machine = Machine::new().cores(cores).costs(costs.clone()).scheduler(quantum);
                    check(machine, |machine| {
                        let trace = machine.run_workload_pool(threads, &workload);
                        let end = trace.events_from(0).last().map(|(_, _, event)| event);
                        let Some(Event::RunEnded { reason: end }) = end else { panic!("a run ends: {end:?}") };
                        Outcome { trace, output: Some(()), end }
                    })
                };
                let (first, second) = (again(), again());
                assert_eq!(first.trace.digest(), second.trace.digest());
                // A small pool may lock itself up; one with a thread for everything does not.
                assert!(threads < 12 || first.end == EndReason::Finished, "{threads} threads: {:?}", first.end);
            }
        }
    }
}

const OF_FUTURES: [&str; 6] = ["poll", "Poll", "worker", "executor", "future", "waker"];

#[test]
fn what_is_said_of_a_pool_is_said_in_its_own_words() {
    let workload: Workload = ron::from_str(EVERYTHING).expect("a workload");
    let mut strange = BTreeSet::new();
    for (threads, cores) in [(1, 1), (2, 1), (12, 2)] {
        let machine = || Machine::new().cores(cores).costs(Costs::cited());
        for trace in [machine().run_workload_pool(threads, &workload), machine().run_workload_sequential(&workload)] {
            let index = Index::build(&trace);
            let mut state = Snapshot::initial(trace.tables());
            for n in 0..trace.len() {
                state.apply(trace.tables(), trace.record(n));
                let here = Here::new(&trace, &index, &state, state.time);
                for track in &index.tracks {
                    let said = inspect(&here, Thing::Track(track.kind)).map_or(String::new(), |i| i.text());
                    let of_futures = |line: &&str| OF_FUTURES.iter().any(|word| line.contains(word));
                    strange.extend(said.lines().filter(of_futures).map(str::to_owned));
                }
            }
        }
    }
    assert!(strange.is_empty(), "{strange:#?}");
}

#[test]
fn who_is_told_of_a_lock_and_comes_too_late_stands_in_line_once() {
    let workload = r#"tasks: {
        "quick": (ops: [Repeat(3, [Write("rw", [Work("1ms")])])]),
        "late": (ops: [Write("rw", [Work("1ms")])]),
    }, resources: {"rw": rw_lock}"#;
    let scenario = lesson(workload);
    for cores in [1, 2] {
        let machine = Machine::new().costs(Costs::zero()).cores(cores).scheduler(Scheduler::RoundRobin(HALF_MS));
        check_trace(machine, |m| m.run_workload_pool(2, &scenario.workload), |trace| trace);
    }
}
