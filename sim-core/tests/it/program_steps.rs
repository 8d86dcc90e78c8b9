//! The steps of programs in the trace: which one each task and thread stands at, after any event.

use crate::lesson::*;
use crate::scenario_shipped::shipped;
use sim_core::scenario::RunOptions;
use sim_core::trace::{Actor, Event, Keyframes, Snapshot, Trace, file};
use sim_core::{SimTime, trace::ThreadId};

/// The state at `at` ms, with all that happened then.
fn state(trace: &Trace, at: f64) -> Snapshot {
    let n = trace.events_until(SimTime::from_nanos((at * 1e6) as u64));
    Keyframes::build(trace).seek(trace, n)
}

/// Who stands where at `at` ms: "hb: io(10 ms).await, round 2 of 10", a line each that stands somewhere.
fn standing(trace: &Trace, at: f64) -> Vec<String> {
    let (state, tables) = (state(trace, at), trace.tables());
    let actors = tables.runners.iter().map(|(actor, _)| *actor);
    let stands =
        actors.flat_map(|actor| state.stands(actor).into_iter().flat_map(move |s| s.iter().map(move |s| (actor, s))));
    stands
        .map(|(actor, stand)| {
            let event = trace.event(stand.event).expect("its own event");
            assert_eq!((event.name(), trace.time(stand.event)), ("StepBegan", stand.since));
            format!("{}: {}", tables.actor_name(actor), crate::support::detail(tables, &event))
        })
        .collect()
}

#[test]
fn a_ready_task_stands_at_its_await_while_the_thread_went_on() {
    let scenario = shipped().into_iter().find(|s| s.id == "blocked-executor").expect("it ships");
    let (tasks, threads) = (run(&scenario, "async"), run(&scenario, "threads"));
    assert_eq!(standing(&tasks.trace, 82.1), ["hb: io(10 ms).await, round 2 of 10", "hog: block(100 ms)"]);
    assert_eq!(standing(&threads.trace, 82.1), ["hb: io(10 ms), round 9 of 10", "hog: block(100 ms)"]);
}

#[test]
fn who_has_ended_stands_nowhere_and_who_was_dropped_where_it_was() {
    let (tasks, threads) = both(
        r#"tasks: {
        "main": (ops: [Spawn("child"), Sleep("5ms"), Cancel("child"), Sleep("5ms")]),
        "child": (ops: [Io("8ms")]),
    }"#,
    );
    assert_eq!(standing(&tasks.trace, 6.0), ["main: sleep(5 ms).await", "child: io(8 ms).await"]);
    assert_eq!(standing(&tasks.trace, 20.0), ["child: io(8 ms).await"]);
    assert_eq!(standing(&threads.trace, 6.0), ["main: sleep(5 ms)", "child: io(8 ms)"]);
    assert_eq!(standing(&threads.trace, 20.0), [] as [String; 0]);
}

#[test]
fn each_branch_stands_somewhere_until_it_is_over() {
    let (tasks, threads) = both(r#"tasks: {"t": (ops: [Join([[Io("2ms")], [Io("4ms"), Sleep("1ms")]]), Io("9ms")])}"#);
    assert_eq!(standing(&tasks.trace, 1.0), ["t: join!", "t: io(2 ms).await", "t: io(4 ms).await"]);
    assert_eq!(standing(&tasks.trace, 3.0), ["t: join!", "t: io(4 ms).await"]);
    assert_eq!(standing(&tasks.trace, 4.5), ["t: join!", "t: sleep(1 ms).await"]);
    assert_eq!(standing(&tasks.trace, 6.0), ["t: io(9 ms).await"]);
    assert_eq!(standing(&threads.trace, 3.0), ["t: thread::scope", "t join 1: io(4 ms)"]);
    assert_eq!(standing(&threads.trace, 6.0), ["t: io(9 ms)"]);
}

#[test]
fn a_branch_that_lost_is_over_in_a_task_and_goes_on_in_a_thread() {
    let (tasks, threads) = both(r#"tasks: {"t": (ops: [Select([[Io("2ms")], [Io("8ms")]]), Io("20ms")])}"#);
    assert_eq!(standing(&tasks.trace, 3.0), ["t: io(20 ms).await"]);
    assert_eq!(standing(&threads.trace, 3.0), ["t: io(20 ms)", "t select 1: io(8 ms)"]);
    assert_eq!(count(&tasks, "BranchEnded"), 2);
}

#[test]
fn a_named_future_stands_where_it_was_left() {
    let (tasks, _) = both(
        r#"tasks: {"t": (ops: [
            Let("f", [Io("1ms"), Io("9ms")]),
            Try([Timeout("3ms", [Await("f")])], []),
            Sleep("2ms"),
            Drop("f"),
            Sleep("2ms"),
        ])}"#,
    );
    assert_eq!(standing(&tasks.trace, 2.0), ["t: f.await", "t: io(9 ms).await"]);
    assert_eq!(standing(&tasks.trace, 4.0), ["t: sleep(2 ms).await", "t: io(9 ms).await"]);
    assert_eq!(standing(&tasks.trace, 6.0), ["t: sleep(2 ms).await"]);
}

#[test]
fn rounds_are_counted_for_each_loop() {
    let (tasks, threads) = both(r#"tasks: {"t": (ops: [Repeat(3, [Work("1ms"), Repeat(4, [Sleep("1ms")])])])}"#);
    for (run, line) in [(tasks, "sleep(1 ms).await"), (threads, "sleep(1 ms)")] {
        assert_eq!(standing(&run.trace, 7.5), [format!("t: {line}, round 2 of 3, round 2 of 4")]);
        assert_eq!(standing(&run.trace, 0.5), ["t: work(1 ms), round 1 of 3"]);
    }
}

#[test]
fn a_saved_trace_shows_its_programs_and_one_without_them_has_none() {
    let scenario = shipped().into_iter().find(|s| s.id == "two-deadlocks").expect("it ships");
    let trace = run(&scenario, "async").trace;
    let (read, damage) = file::read(&trace.to_file_bytes()).expect("it was just written");
    assert_eq!((damage, read.tables()), (None, trace.tables()));
    assert!(!read.tables().programs.is_empty() && read.digest() == trace.digest());
    assert_eq!(standing(&read, 5.0), standing(&trace, 5.0));

    let mut tables = trace.tables().clone();
    (tables.programs, tables.steps, tables.runners) = Default::default();
    let (bare, damage) = file::read(&Trace::new(tables).to_file_bytes()).expect("it was just written");
    assert_eq!((damage, bare.tables().programs.len()), (None, 0));
    assert_eq!(bare.tables().program_of(Actor::Thread(ThreadId(0))), None);
}

/// The event that a line of code makes, by the code's first word.
fn event_of(line: &str) -> Option<&'static str> {
    let words = [
        ("mark(", "Marked"),
        ("work(", "WorkBegan"),
        ("io(", "IoSubmitted"),
        ("return Err", "Failed"),
        ("sleep(", "TimerSet"),
        ("block(", "BlockBegan"),
    ];
    words.iter().find(|(word, _)| line.contains(word)).map(|(_, event)| *event)
}

#[test]
fn the_line_of_a_step_says_what_the_step_then_does() {
    let everything = lesson(
        r#"tasks: {
        "all": (ops: [
            Yield, Lock("m", [Work("1ms"), Mark("a")]), Read("rw", [Mark("b")]), Write("rw", [Yield, Mark("c")]),
            Acquire("p", [Sleep("1ms")]), Send("c"), Recv("c"), Notify("n"), NotifyAll("n"), Barrier("b"), Mark("d"),
            Spawn("child"), JoinTask("child"), Spawn("child"), Cancel("child"), Spawn("child"), Detach("child"),
            Mark("e"), Join([[Mark("f"), Io("1ms")], [], [Yield, Repeat(3, [Io("2ms"), Mark("g")])]]), Mark("h"),
            Select([[Io("1ms"), Mark("i")], [Io("5ms"), Mark("j")]]), Mark("k"),
            Try([Mark("l"), Timeout("1ms", [Io("2ms"), Mark("m")]), Mark("n")], [Mark("o"), Block("1ms")]), Mark("p"),
            Let("f", [Mark("q"), Io("1ms")]), Let("g", [Mark("r")]), Await("f"), Drop("g"), Mark("s"),
            Repeat(2, [Repeat(2, [Try([Fail("no")], [Mark("t")])]), Mark("u")]), Offload("1ms"), Mark("v"),
        ]),
        "child": (ops: [Mark("x"), Io("3ms"), Mark("y")], count: 2),
    }, resources: {"m": mutex, "rw": rw_lock, "p": semaphore(permits: 1), "c": unbounded_channel, "n": notify,
        "b": barrier(parties: 1)}"#,
    );
    let mut seen = 0;
    for scenario in shipped().into_iter().filter(|s| s.id != "c10k").chain([everything]) {
        for spec in &scenario.runs {
            let trace = scenario.execute(&spec.id, &RunOptions::default(), None);
            seen += lines_that_came_true(&trace, &format!("{} {}", scenario.id, spec.id));
        }
    }
    assert!(seen > 150, "only {seen} lines were compared");
}

/// For each step of such a line: the next event of the kinds that lines make, by the same one, is the line's.
fn lines_that_came_true(trace: &Trace, what: &str) -> usize {
    let tables = trace.tables();
    let mut expected: std::collections::BTreeMap<Actor, String> = Default::default();
    let mut seen = 0;
    for (n, _, event) in trace.events_from(0) {
        let by = sim_core::trace::text::subject(&event);
        if let Event::StepBegan { at, .. } = event {
            expected.insert(by, tables.step(at.step()).expect("it is legal").text.clone());
        } else if matches!(event, Event::Marked { .. } | Event::WorkBegan { .. } | Event::Failed { .. }) {
            let line = expected.get(&by).unwrap_or_else(|| panic!("{what}: event {n} has no step"));
            let detail = crate::support::detail(tables, &event);
            // A timeout and a join fail by themselves.
            if event.name() != "Failed" {
                assert_eq!(event_of(line), Some(event.name()), "{what}: event {n} {detail} in {line}");
            }
            if event.name() == "Marked" {
                assert!(line.contains(&format!("mark({detail:?})")), "{what}: event {n} {detail} in {line}");
            }
            seen += 1;
        }
    }
    seen
}
