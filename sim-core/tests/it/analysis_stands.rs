//! Where in its program each task and thread stands: as lines and rounds, with the state it is in.

use crate::lesson::*;
use crate::scenario_shipped::shipped;
use sim_core::SimTime;
use sim_core::analysis::stands::{Doing, Sheet, next_begin, sheets, whose};
use sim_core::trace::{Actor, Keyframes, Trace};

fn time(ms: f64) -> SimTime {
    SimTime::from_nanos((ms * 1e6) as u64)
}

fn sheets_at(trace: &Trace, ms: f64, name: Option<&str>) -> Vec<Sheet> {
    let state = Keyframes::build(trace).seek(trace, trace.events_until(time(ms)));
    sheets(trace.tables(), &state, name)
}

/// "hb 2 io(10 ms).await: Ready, round 2 of 10, since 10.1": who, line, code, state, rounds, since when.
fn told(trace: &Trace, sheet: &Sheet) -> Vec<String> {
    let tables = trace.tables();
    let lines = &tables.program(sheet.program).unwrap().lines;
    let stand = |s: &sim_core::analysis::stands::Stand| {
        let rounds: String = s.rounds.iter().map(|r| format!(", round {} of {}", r.nth, r.of)).collect();
        let since = s.since.as_nanos() as f64 / 1e6;
        assert_eq!(lines[s.line].step, Some(s.at.step));
        format!(
            "{} {} {}: {}{rounds}, since {since:.1}",
            tables.actor_name(s.who),
            s.line,
            lines[s.line].text,
            s.doing.text(s.who)
        )
    };
    sheet.stands.iter().map(stand).collect()
}

fn blocked_executor(id: &str) -> Trace {
    let scenario = shipped().into_iter().find(|s| s.id == "blocked-executor").expect("it ships");
    run(&scenario, id).trace
}

#[test]
fn at_one_moment_the_same_task_stands_in_another_round_as_a_thread() {
    let (tasks, threads) = (blocked_executor("async"), blocked_executor("threads"));
    let (a, b) = (sheets_at(&tasks, 82.1, None), sheets_at(&threads, 82.1, None));
    assert_eq!(told(&tasks, &a[0]), ["hb 2 io(10 ms).await;: Ready, round 2 of 10, since 10.1"]);
    assert_eq!(told(&tasks, &a[1]), ["hog 2 block(100 ms);: Polling, off core, since 15.0"]);
    assert_eq!(told(&threads, &b[0]), ["hb 2 io(10 ms);: Blocked, round 9 of 10, since 80.8"]);
    assert_eq!(told(&threads, &b[1]), ["hog 2 block(100 ms);: Blocked, since 15.0"]);
}

#[test]
fn before_its_first_step_and_after_its_last_a_task_stands_nowhere() {
    let trace = blocked_executor("async");
    let start = sheets(trace.tables(), &sim_core::trace::Snapshot::initial(trace.tables()), None);
    assert_eq!((start[0].doing, start[0].stands.len(), start[0].crew), (Doing::NotStarted, 0, 1));
    let end = sheets_at(&trace, 1000.0, None);
    assert_eq!((end[0].doing, end[0].stands.len()), (Doing::Finished, 0));
}

#[test]
fn helper_threads_stand_in_the_program_of_the_one_they_help() {
    let (_, threads) = both(r#"tasks: {"t": (ops: [Join([[Io("2ms")], [Work("9ms")]]), Io("9ms")])}"#);
    let sheet = &sheets_at(&threads.trace, 1.0, None)[0];
    let lines = told(&threads.trace, sheet);
    assert_eq!(lines[0], "t 1 thread::scope(|s| {: Blocked, since 0.0");
    assert!(lines[1].starts_with("t join 0 2 s.spawn(|| { io(2 ms); });: Blocked"), "{lines:?}");
    assert!(lines[2].starts_with("t join 1 3 s.spawn(|| { work(9 ms); });: Running"), "{lines:?}");
    assert_eq!((sheet.crew, whose(sheet.stands[1].who, threads.trace.tables())), (1, "t".to_owned()));
}

#[test]
fn of_many_alike_one_is_shown_and_all_are_counted() {
    let (tasks, threads) = both(r#"tasks: {"conn": (ops: [Work("1ms"), Io("9ms"), Work("1ms")], count: 4)}"#);
    for trace in [tasks.trace, threads.trace] {
        let sheet = &sheets_at(&trace, 2.5, Some("conn.3"))[0];
        assert_eq!((sheet.crew, trace.tables().actor_name(sheet.shown.unwrap())), (4, "conn.3".to_owned()));
        let shown = &sheets_at(&trace, 2.5, Some("other"))[0];
        assert_eq!(trace.tables().actor_name(shown.shown.unwrap()), "conn.0");
        // Two wait for their answer, one computes; one has not begun.
        assert_eq!(sheet.here, [0, 1, 2, 0, 0]);
    }
}

#[test]
fn a_step_is_found_when_it_begins_next_and_after_the_last_time_the_first() {
    let trace = blocked_executor("threads");
    let hb = sheets_at(&trace, 82.1, None)[0].clone();
    let (who, io) = (hb.shown.unwrap(), hb.stands[0].at.step);
    let next = next_begin(&trace, who, io, trace.events_until(time(82.1))).unwrap();
    assert_eq!(trace.time(next), time(90.9));
    let first = next_begin(&trace, who, io, trace.len()).unwrap();
    assert_eq!(trace.time(first), time(0.0));
    assert_eq!(next_begin(&trace, Actor::Run, io, 0), None);
}
