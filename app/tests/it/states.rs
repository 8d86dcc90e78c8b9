//! What the window shows when there is nothing, little, too much, or something wrong.

use std::sync::Arc;

use crossbeam_channel::{Receiver, bounded};
use egui_kittest::kittest::{NodeT, Queryable};
use sim_core::analysis::findings::{Finding, FindingKind, Severity};
use sim_core::analysis::track::TrackKind;
use sim_core::instant::{SimDuration, SimTime};
use sim_core::trace::event::{EndReason, Level, PollFrom, PollResult};
use sim_core::trace::tables::{QueueInfo, QueueKind, RunInfo, Takers, TaskInfo, TaskKind, ThreadInfo, ThreadKind};
use sim_core::trace::{
    Actor, Event, QueueId, Recorder, Tables, TaskId, ThreadId, Trace, TracePart, WorkerId, WorkerQueue,
};
use wakeline::session::document::{Document, RunTitle};
use wakeline::session::event_filter::EventQuery;
use wakeline::session::figures::RunFigures;
use wakeline::session::loader::{Outlet, Report};
use wakeline::session::{Command, Growth, Place, Selection, Tab};

use crate::support::Window;

const AT: WorkerQueue = WorkerQueue { worker: WorkerId(0), queue: QueueId(0) };

/// One worker that polls `tasks` tasks, each once, `gap` nanoseconds apart.
pub fn tasks(tasks: u32, gap: u64, name: impl Fn(u32) -> String) -> Trace {
    let run = RunInfo { title: "async, 1 worker".into(), cores: 1, workers: 1, ..RunInfo::default() };
    let mut tape = Recorder::new(Tables { run, ..Tables::default() }, None);
    let (worker, queue) = (tape.intern("worker 0"), tape.intern("ready queue"));
    let path = tape.intern("");
    let tables = tape.tables_mut();
    tables.queues.push(QueueInfo { name: queue, kind: QueueKind::Ready { owner: None }, takers: Takers::Unknown });
    tables.workers.push(ThreadId(0));
    tables.threads.push(ThreadInfo { name: worker, kind: ThreadKind::Worker(WorkerId(0)), path, priority: 0, nice: 0 });
    tape.record(SimTime::ZERO, Event::ThreadCreated { thread: ThreadId(0), by: Actor::Run });
    for n in 0..tasks {
        let name = tape.intern(&name(n));
        let info = TaskInfo { name, kind: TaskKind::Plain, path: name, future_bytes: 96, place: None };
        tape.tables_mut().tasks.push(info);
        let task = TaskId(n);
        tape.record(SimTime::ZERO, Event::TaskSpawned { task, by: Actor::Run });
        tape.record(SimTime::ZERO, Event::Queued { task, queue: AT.queue, end: sim_core::trace::event::End::Back });
    }
    for n in 0..tasks {
        let (task, begin) = (TaskId(n), SimTime::from_nanos(u64::from(n) * gap));
        tape.record(begin, Event::PollStarted { task, at: AT, from: PollFrom::Front });
        let end = SimTime::from_nanos(u64::from(n + 1) * gap);
        tape.record(end, Event::PollEnded { task, at: AT, result: PollResult::Ready });
        tape.record(end, Event::TaskCompleted { task, by: WorkerId(0) });
    }
    tape.record(SimTime::from_nanos(u64::from(tasks) * gap), Event::RunEnded { reason: EndReason::Finished });
    tape.finish()
}

fn opened(outlet: &Outlet, runs: usize) {
    let document = Document { title: "A state".to_owned(), ..Document::default() };
    let titles = (0..runs).map(|n| RunTitle { title: format!("async, {n} more"), threads: false });
    outlet.send(Report::Opened(Arc::new(document), titles.collect()));
}

fn parts(outlet: &Outlet, run: usize, trace: &Trace) {
    let mut tables = Some(trace.tables().clone());
    for chunk in trace.chunks() {
        let part = TracePart { chunk: Arc::clone(chunk), tables: tables.take().unwrap_or_default() };
        outlet.send(Report::Part { run, part: Box::new(part) });
    }
}

fn ended(outlet: &Outlet, run: usize, trace: &Trace, findings: Vec<Finding>) {
    outlet.send(Report::RunEnded { run, notice: None });
    outlet.send(Report::Diagnosed { run, findings });
    outlet.send(Report::Measured { run, figures: RunFigures::of(trace) });
}

/// A window in which one run is open, with these findings.
pub fn window_with(trace: Trace, findings: Vec<Finding>) -> Window {
    let mut window = Window::open(1440.0, 900.0);
    window.session(|s| {
        s.start(Box::new(move |outlet| {
            opened(outlet, 1);
            parts(outlet, 0, &trace);
            ended(outlet, 0, &trace, findings);
        }));
    });
    window.finish_loading();
    window
}

/// A window in which one run grows until the answer is dropped.
pub fn window_growing(trace: Trace) -> (Window, crossbeam_channel::Sender<()>) {
    let mut window = Window::open(1440.0, 900.0);
    let (hold, held): (_, Receiver<()>) = bounded(0);
    let (sent, has_sent) = bounded(1);
    window.session(|s| {
        s.start(Box::new(move |outlet| {
            opened(outlet, 1);
            parts(outlet, 0, &trace);
            sent.send(()).expect("the test waits");
            // Until the test lets go.
            held.recv().expect_err("nothing is ever sent");
            ended(outlet, 0, &trace, Vec::new());
        }));
    });
    has_sent.recv().expect("the job runs");
    window.harness.run_steps(1);
    (window, hold)
}

#[test]
fn a_run_without_events_says_so_in_every_panel() {
    let mut window = window_with(Trace::new(Tables::default()), Vec::new());
    window.harness.get_by_label("Nothing happened in this run.");
    window.apply(Command::ShowTab(Tab::Findings));
    window.harness.get_by_label_contains("Nothing is wrong in these runs");
    for key in ["End", "Home", "Right", "Left", "F10", "F5", "W", "F", "Space"] {
        window.press(key);
    }
}

#[test]
fn a_run_that_grows_says_how_far_it_is_but_not_at_once_and_can_be_stopped() {
    let (mut window, hold) = window_growing(tasks(3, 1_000_000, |n| format!("t{n}")));
    assert_eq!(window.session(|s| s.runs()[0].growth), Growth::Growing);
    assert_eq!(window.harness.query_all_by_label("Stop").count(), 0, "what is over soon needs no word");
    window.harness.run_steps(4);
    window.session(|s| s.apply(Command::ShowTab(Tab::Findings)));
    window.harness.run_steps(2);
    window.harness.get_by_label("The runs are looked through for problems as soon as they have ended.");
    window.harness.get_by_label_contains("Makespan, run A: 3.0 ms");
    // How far it is, and how to stop it, stand in its own head, too.
    window.harness.get_by_label_contains("events, 3.0 ms so far");
    window.harness.get_by_label("Stop the simulation");
    window.harness.get_by_label("Stop").click();
    window.harness.run_steps(2);
    drop(hold);
    window.finish_loading();
    assert_eq!(window.session(|s| s.runs()[0].growth), Growth::Stopped);
    window.harness.get_by_label_contains("Only a run that has ended is looked through");
    assert_eq!(window.harness.query_all_by_label("Stop").count(), 0);
}

#[test]
fn in_a_narrow_head_the_way_to_stop_stands_beside_the_runs_own_buttons() {
    let (mut window, hold) = window_growing(tasks(3, 1_000_000, |n| format!("t{n}")));
    for width in [336.0, 400.0, 480.0, 656.0] {
        window.harness.set_size(egui::vec2(width, 616.0));
        window.harness.run_steps(6);
        let place = |label: &str| window.harness.get_by_label(label).rect();
        let stop = place("Stop the simulation");
        assert!(stop.right() <= place("Rows of run A").left(), "at {width}: {stop}");
    }
    drop(hold);
}

#[test]
fn beside_a_long_run_the_moments_of_a_short_one_are_told_by_the_same_clock() {
    let mut window = Window::open(1440.0, 900.0);
    let runs = [2_000, 1_000_000].map(|gap| tasks(3, gap, |n| format!("t{n}")));
    window.session(|s| {
        s.start(Box::new(move |outlet| {
            opened(outlet, 2);
            for (run, trace) in runs.iter().enumerate() {
                parts(outlet, run, trace);
                ended(outlet, run, trace, Vec::new());
            }
        }));
    });
    window.finish_loading();
    window.apply(Command::ShowTab(Tab::Events));
    window.press("End");
    window.harness.get_by_label_contains("Event 14 at 0.006 ms: t2 PollEnded");
    window.apply(Command::FocusRun(1));
    window.press("End");
    window.harness.get_by_label_contains("Event 14 at 3.000 ms: t2 PollEnded");
}

#[test]
fn one_task_is_a_whole_run() {
    let mut window = window_with(tasks(1, 1_000_000, |_| "only".to_owned()), Vec::new());
    window.press("End");
    window.harness.get_by_label_contains("only TaskCompleted, on worker 0");
    window.harness.get_by_label("Makespan, run A: 1.0 ms");
}

#[test]
fn of_a_hundred_thousand_tasks_only_the_events_in_sight_are_described() {
    let mut window = window_with(tasks(100_000, 1_000, |n| format!("t{n}")), Vec::new());
    window.press("End");
    let rows = |window: &Window| window.harness.query_all_by_label_contains("Event ").count();
    assert!(rows(&window) < 30, "{} rows", rows(&window));
    window.harness.get_by_label_contains("t99999 TaskCompleted");
    window.apply(Command::Select(Selection::Track { run: 0, track: TrackKind::Task(TaskId(70_000)) }));
    let who = wakeline::session::event_filter::Who::Selected;
    let query = EventQuery { who, level: Level::All, ..EventQuery::default() };
    window.session(|s| s.apply(Command::FilterEvents(Box::new(query))));
    window.harness.run_steps(1);
    assert!(window.session(|s| s.is_filtering()), "one frame is not enough for all events, and takes no longer for it");
    while window.session(|s| s.is_filtering()) {
        window.harness.run_steps(1);
    }
    assert_eq!(window.session(|s| s.event_rows().len()), 5);
}

pub fn finding(n: usize, kind: FindingKind) -> Finding {
    Finding {
        kind,
        severity: if kind == FindingKind::LostWaker { Severity::Error } else { Severity::Warning },
        title: format!("Poll {n} took long"),
        explanation: "While it ran, nobody else could be polled. Split the work, or yield in between.".to_owned(),
        subjects: vec![TrackKind::Task(TaskId(0))],
        span: (SimTime::ZERO, SimTime::from_nanos(1_000)),
        proof: vec![1, 2],
    }
}

#[test]
fn a_thousand_findings_are_folded_by_kind_and_only_those_in_sight_are_laid_out() {
    let long = (0..990).map(|n| finding(n, FindingKind::LongPoll));
    let lost = (990..1_000).map(|n| finding(n, FindingKind::LostWaker));
    let mut window = window_with(tasks(3, 1_000, |n| format!("t{n}")), long.chain(lost).collect());
    window.apply(Command::ShowTab(Tab::Findings));
    window.harness.get_by_label("Findings, 1000");
    let shown = |window: &Window| window.harness.query_all_by_label_contains("Finding in run A").count();
    assert!((1..=10).contains(&shown(&window)), "{} findings", shown(&window));
    assert_eq!(window.session(|s| s.findings().len()), 1_000);
}

#[test]
fn a_kind_with_many_findings_unfolds() {
    let long = (0..990).map(|n| finding(n, FindingKind::LongPoll));
    let mut window = window_with(tasks(3, 1_000, |n| format!("t{n}")), long.collect());
    window.apply(Command::ShowTab(Tab::Findings));
    assert_eq!(window.harness.query_all_by_label_contains("Finding in run A").count(), 0);
    window.harness.get_by_label("LongPoll × 990, folded").click();
    window.harness.run();
    window.harness.get_by_label("LongPoll × 990, unfolded");
    let shown = window.harness.query_all_by_label_contains("Finding in run A").count();
    assert!((1..=10).contains(&shown), "{shown} findings");
}

#[test]
fn a_name_of_300_letters_is_cut_where_it_is_shown_and_whole_where_it_is_told() {
    let name = format!("handle_{}:42", "request_".repeat(36));
    let told = name.clone();
    let mut window = window_with(tasks(2, 1_000_000, move |_| name.clone()), vec![finding(0, FindingKind::LongPoll)]);
    window.press("End");
    assert!(window.harness.query_all_by_label_contains(&format!("{told} TaskCompleted")).count() > 0);
    for (width, height) in [(640.0, 400.0), (1024.0, 768.0), (1920.0, 1080.0)] {
        window.harness.set_size(egui::Vec2::new(width, height));
        window.apply(Command::ShowTab(Tab::Findings));
        window.apply(Command::ShowTab(Tab::Events));
    }
}

#[test]
fn three_nanoseconds_and_three_days_can_be_walked_through() {
    let day = SimDuration::from_millis(86_400_000).as_nanos();
    for (gap, makespan) in [(1, "3 ns"), (day, " 72.0 h")] {
        let mut window = window_with(tasks(3, gap, |n| format!("t{n}")), Vec::new());
        for key in ["Right", "Right", "End", "Left", "W", "W", "S", "F", "0", "Home", "End"] {
            window.press(key);
        }
        assert_eq!(window.session(|s| s.cursor().time.as_nanos()), 3 * gap);
        let label = window.harness.get_by_label_contains("Makespan, run A: ");
        let told = label.accesskit_node().label().unwrap_or_default();
        assert!(told.ends_with(makespan), "{told}");
    }
}

#[test]
fn past_its_end_a_run_says_that_it_has_ended() {
    let mut window = Window::with_blocked_executor(1440.0, 900.0);
    window.apply(Command::FocusRun(1));
    window.apply(Command::Seek(SimTime::from_nanos(150_000_000)));
    window.harness.get_by_label_contains("the run ended at 115.000 ms; cursor at 150.000 ms");
}

#[test]
fn each_way_to_fail_is_told_with_its_place_and_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    for (name, text, says) in [
        ("misspelt.ron", "(\n    schema: 1,\n    idd: \"x\",\n)", "misspelt.ron:3:5"),
        ("open.ron", "(\n    schema: 1,\n", "open.ron:"),
        ("empty.ron", "", "empty.ron"),
        ("noise.wkl", "nothing that was recorded", "noise.wkl"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file can be written");
        let mut window = Window::open(1024.0, 768.0);
        window.apply(Command::OpenFile(path));
        window.finish_loading();
        let Place::Failed(problems) = window.session(|s| s.place().clone()) else { panic!("{name} was opened") };
        assert!(!problems.is_empty() && problems.iter().all(|p| !p.message.is_empty()), "{name}");
        assert!(window.harness.query_all_by_label_contains(says).count() > 0, "{name}: {problems:?}");
        window.harness.get_by_label("Try again");
    }
}

#[test]
fn a_search_marks_hits_and_enter_goes_from_one_to_the_next() {
    let mut window = Window::with_blocked_executor(1440.0, 900.0);
    window.press("Home");
    window.press("/");
    window.harness.run();
    window.harness.get_by_label("Search the events").type_text("completed");
    window.harness.run_steps(4);
    let (count, here) = window.session(|s| s.hits().map(|h| (h.count, h.here))).expect("something is searched for");
    assert!(count > 2 && here.is_none());
    for expected in [1, 2] {
        window.harness.key_press(egui::Key::Enter);
        window.harness.run_steps(3);
        assert_eq!(window.session(|s| s.hits().and_then(|h| h.here)), Some(expected));
    }
    window.harness.key_press_modifiers(egui::Modifiers::SHIFT, egui::Key::Enter);
    window.harness.run_steps(3);
    assert_eq!(window.session(|s| s.hits().and_then(|h| h.here)), Some(1));
    window.harness.key_press(egui::Key::Escape);
    window.harness.run_steps(3);
    assert_eq!(window.session(|s| s.hits()), None);
}

#[test]
fn the_list_is_walked_through_by_keys_and_each_step_is_announced() {
    let mut window = Window::with_blocked_executor(1440.0, 900.0);
    window.press("Home");
    window.harness.get_by_label("Run A, before its first event");
    let first = window.session(|s| s.runs()[0].lesson_events[0]);
    window.harness.get_by_label_contains(&format!("Event {first} at")).click();
    window.harness.run();
    assert_eq!(window.session(|s| s.row_here()), Some(0));
    for expected in [1, 2] {
        window.harness.key_press(egui::Key::ArrowDown);
        window.harness.run_steps(3);
        assert_eq!(window.session(|s| s.row_here()), Some(expected));
    }
    window.harness.key_press(egui::Key::ArrowUp);
    window.harness.run_steps(3);
    assert_eq!(window.session(|s| s.row_here()), Some(1));
    let second = window.session(|s| s.runs()[0].lesson_events[1]);
    let sentence = format!("Run A. Event {second} at");
    let told = window.harness.get_by_label_contains(&sentence);
    assert_eq!(told.accesskit_node().live(), egui::accesskit::Live::Polite);
}
