//! Whole layouts of a known recording, as data: blocked-executor on a surface of 1,000 points.

use sim_core::analysis::index::{Index, Spans};
use sim_core::analysis::track::{CounterKind, Span, SpanState, Track, TrackKind};
use sim_core::instant::SimTime;
use sim_core::trace::{CoreId, DeviceId, Moves, RequestId, TaskId, ThreadId, Trace, WorkerId};

use super::axis::Axis;
use super::layout::{Layout, RowInput};
use super::links::LinkInput;
use super::rows::{Arranged, Rows, RunRows};
use super::scene::*;
use crate::session::fixture;

/// 0 to 200 ms over 1,000 points: 5 points a millisecond.
const WHOLE: Axis = Axis { left: 0.0, right: 1_000.0, start: 0.0, length: 2e8 };

fn row_of(trace: &Trace, kind: TrackKind, axis: Axis) -> Scene {
    let index = Index::build(trace);
    let track = index.track(kind).expect("the run has such a row");
    let mut scene = Scene::default();
    let measure = EvenLetters(7.0);
    let row = RowInput { track, trace, moves: &Moves::default(), top: 0.0, height: 32.0, stuck: false };
    Layout::new(axis, &measure).row(row, &mut scene);
    scene
}

fn texts(scene: &Scene) -> Vec<&str> {
    scene.labels.iter().map(|l| l.text.as_str()).collect()
}

#[test]
fn a_task_is_polls_as_ticks_waits_as_rails_and_readiness_as_a_bar() {
    let scene = row_of(&fixture::async_run(), TrackKind::Task(TaskId(0)), WHOLE);
    let [bar] = scene.bars.as_slice() else { panic!("one bar: {:?}", scene.bars) };
    assert_eq!(bar.fill, Fill::Ready);
    assert!((bar.area.x0 - 100.5).abs() < 0.1 && (bar.area.x1 - 575.0).abs() < 0.1, "{bar:?}");
    assert_eq!(scene.columns.len(), 11, "eleven polls, each alone");
    assert!(scene.columns.iter().all(|c| c.fill == Fill::Running && c.area.width() == 2.5));
    assert!(scene.rails.len() >= 10);
    assert_eq!(texts(&scene), ["Ready 94.9 ms: waits for worker 0"], "its end is too near the edge for a word");
    assert!(scene.marks.iter().any(|m| m.sign == Sign::Finished));
}

#[test]
fn a_label_follows_its_bar_when_the_start_is_out_of_sight() {
    let axis = Axis { start: 5e7, length: 2e7, ..WHOLE };
    let scene = row_of(&fixture::async_run(), TrackKind::Task(TaskId(1)), axis);
    let [bar] = scene.bars.as_slice() else { panic!("one bar: {:?}", scene.bars) };
    assert_eq!((bar.area.x0, bar.area.x1, bar.fill), (0.0, 1_000.0, Fill::OffCore));
    assert!(bar.anchor < -1_000.0, "the pattern hangs on the true start");
    assert_eq!(scene.labels[0].x, 6.0);
    assert_eq!(scene.labels[0].text, "Polling 100.0 ms, off core");
}

#[test]
fn what_goes_on_at_the_edge_of_the_known_is_told_as_far_as_it_has_come() {
    let (trace, kind) = (fixture::async_run(), TrackKind::Task(TaskId(0)));
    let index = Index::build(&trace);
    let track = index.track(kind).expect("the run has such a row");
    let mut scene = Scene::default();
    let row = RowInput { track, trace: &trace, moves: &Moves::default(), top: 0.0, height: 32.0, stuck: false };
    Layout::new(WHOLE, &EvenLetters(7.0)).known_until(at(82_100_000)).row(row, &mut scene);
    assert!(texts(&scene)[0].starts_with("Ready 62.0 ms"), "{:?}", texts(&scene));
    assert!((scene.bars[0].area.x1 - 410.5).abs() < 0.1, "{:?}", scene.bars[0]);
}

#[test]
fn text_that_does_not_fit_gives_way_to_a_shorter_one_and_then_to_nothing() {
    let label_at = |points_a_ms: f32| {
        let axis = Axis { right: points_a_ms * 200.0, ..WHOLE };
        let scene = row_of(&fixture::async_run(), TrackKind::Worker(WorkerId(0)), axis);
        texts(&scene).first().map(|t| (*t).to_owned())
    };
    assert_eq!(label_at(5.0).as_deref(), Some("hog, inside block(100ms)"));
    assert_eq!(label_at(1.0).as_deref(), Some("hog"));
    assert_eq!(label_at(0.2), None);
}

#[test]
fn a_wait_says_what_it_waits_for_where_enough_rail_stays_in_sight() {
    let scene = row_of(&fixture::thread_run(), TrackKind::Thread(ThreadId(1)), WHOLE);
    assert!(texts(&scene).contains(&"Blocked: blocking call, 100.0 ms"));
    assert!(scene.marks.iter().any(|m| m.sign == Sign::Call));
    let narrow = row_of(&fixture::thread_run(), TrackKind::Thread(ThreadId(1)), Axis { right: 100.0, ..WHOLE });
    assert!(!texts(&narrow).iter().any(|t| t.contains("blocking")), "{:?}", texts(&narrow));
}

#[test]
fn every_context_switch_stands_above_the_core_and_one_of_no_length_too() {
    let scene = row_of(&fixture::async_run(), TrackKind::Core(CoreId(0)), WHOLE);
    assert_eq!(scene.marks.iter().filter(|m| m.sign == Sign::Switch).count(), 11);
    assert!(texts(&scene).contains(&"core idle for 100.0 ms"), "{:?}", texts(&scene));
}

#[test]
fn requests_that_overlap_stand_on_lines_of_their_own() {
    let scene = row_of(&fixture::async_run(), TrackKind::Device(DeviceId(0)), WHOLE);
    let first: Vec<f32> = scene.requests.iter().filter(|r| r.x0 == 0.0).map(|r| r.y).collect();
    assert_eq!(first.len(), 2);
    assert_ne!(first[0], first[1]);
}

fn arrows(selected: Option<TrackKind>, axis: Axis) -> Scene {
    let trace = fixture::async_run();
    let index = Index::build(&trace);
    let rows = Rows::new(&[RunRows { tracks: &index.tracks, tables: trace.tables(), arranged: Arranged::default() }]);
    let mut scene = Scene::default();
    LinkInput {
        run: 0,
        index: &index,
        rows: &rows,
        origin: 0.0,
        axis,
        sight: (0.0, 1_000.0),
        selected_track: selected,
        events: 0,
        selected_link: None,
        hovered: None,
    }
    .lay_out(&mut scene);
    scene
}

#[test]
fn the_level_part_of_an_arrow_is_the_latency() {
    let scene = arrows(None, WHOLE);
    let long = scene.arrows.iter().find(|a| a.corners.len() == 3).expect("one wake waits long for its poll");
    let (from, to) = (long.corners[1], long.corners[2]);
    assert_eq!(from.1, to.1, "level");
    assert!((to.0 - from.0 - 474.5).abs() < 0.1, "94.9 ms at 5 points each");
    assert_eq!(long.corners[0].0, from.0, "upright at first");
}

#[test]
fn arrows_that_would_touch_are_ticks_and_the_selected_row_shows_those_that_do_not() {
    let crowded = Axis { right: 100.0, ..WHOLE };
    assert_eq!(arrows(None, crowded).arrows.len(), 0);
    assert_eq!(arrows(None, crowded).ticks.len(), 11);
    let hb = arrows(Some(TrackKind::Task(TaskId(0))), crowded);
    assert_eq!((hb.arrows.len(), hb.ticks.len()), (5, 6));
}

fn at(ns: u64) -> SimTime {
    SimTime::from_nanos(ns)
}

/// A row of one kind with these spans, laid out over 1,000 points from 0 to `end`.
fn laid_out(kind: TrackKind, spans: Spans, end: u64) -> Scene {
    let mut track = Track::new(kind, "row".to_owned());
    track.spans = spans;
    let (trace, mut scene) = (Trace::default(), Scene::default());
    let row = RowInput { track: &track, trace: &trace, moves: &Moves::default(), top: 0.0, height: 36.0, stuck: false };
    Layout::new(Axis { length: end as f64, ..WHOLE }, &EvenLetters(7.0)).row(row, &mut scene);
    scene
}

#[test]
fn a_million_polls_of_no_length_leave_no_pixel_empty() {
    let state = SpanState::Running(CoreId(0));
    let spans = (0..1_000_000).map(|n| Span { start: at(n * 10), end: at(n * 10), state, event: n as usize }).collect();
    let scene = laid_out(TrackKind::Thread(ThreadId(0)), spans, 10_000_000);
    let covered = |x: f32| scene.columns.iter().any(|c| (c.area.x0..=c.area.x1).contains(&x) && c.area.y1 > c.area.y0);
    assert!((0..999).all(|x| covered(x as f32 + 0.5)));
    assert!(scene.columns.len() < 1_500, "{} columns", scene.columns.len());
}

#[test]
fn the_height_of_a_pixel_is_the_share_that_ran() {
    let state = SpanState::Polls(TaskId(0));
    let spans = (0..100_000).map(|n| Span { start: at(n * 100), end: at(n * 100 + 50), state, event: n as usize });
    let scene = laid_out(TrackKind::Worker(WorkerId(0)), spans.collect(), 10_000_000);
    let height = |c: &Column| (c.area.y1 - c.area.y0) / 32.0;
    assert!(scene.columns.iter().all(|c| (height(c) - 0.5).abs() < 0.03), "{:?}", scene.columns.first());
}

#[test]
fn a_counter_shows_the_largest_figure_of_each_pixel_and_says_when_its_heights_are_logarithmic() {
    let figure = |n: u64| if n == 61_234 { 9_996 } else { 1 + n % 3 };
    let level =
        |n| Span { start: at(n * 100), end: at(n * 100 + 100), state: SpanState::Level(figure(n) as u32), event: 0 };
    let scene = laid_out(TrackKind::Counter(CounterKind::ReadyQueue), (0..100_000).map(level).collect(), 10_000_000);
    let highest = scene.levels.iter().min_by(|a, b| a.area.y0.total_cmp(&b.area.y0)).expect("there are levels");
    assert_eq!(highest.area.x0, 612.0, "the pixel of the one large figure");
    assert_eq!(texts(&scene), ["max 9,996, log scale"]);
}

#[test]
fn thousands_of_requests_at_a_time_are_three_lines() {
    let mut track = Track::new(TrackKind::Device(DeviceId(0)), "I/O".to_owned());
    let serves = |n: u64| SpanState::Serves(RequestId(n as u32));
    track.spans =
        (0..5_000).map(|n| Span { start: at(n), end: at(900_000 + n), state: serves(n), event: n as usize }).collect();
    let level = |n: u64| SpanState::Level(n as u32);
    let begun = (0..5_000).map(|n| Span { start: at(n), end: at(n + 1), state: level(n + 1), event: 0 });
    let ended =
        (0..5_000).map(|n| Span { start: at(900_000 + n), end: at(900_001 + n), state: level(4_999 - n), event: 0 });
    let full = Span { start: at(5_000), end: at(900_000), state: level(5_000), event: 0 };
    track.load = begun.chain([full]).chain(ended).collect();
    let (trace, mut scene) = (Trace::default(), Scene::default());
    let row = RowInput { track: &track, trace: &trace, moves: &Moves::default(), top: 0.0, height: 20.0, stuck: false };
    Layout::new(Axis { length: 1_000_000.0, ..WHOLE }, &EvenLetters(7.0)).row(row, &mut scene);
    let lines: std::collections::BTreeSet<_> = scene.requests.iter().map(|r| r.y as i32).collect();
    assert_eq!((scene.requests.len(), lines.len()), (3, 3));
    assert!(scene.requests.iter().all(|r| r.x0 < 1.0 && (r.x1 - 905.0).abs() < 1.5), "{:?}", scene.requests);
}

#[test]
fn a_row_with_a_wake_in_every_pixel_draws_none_of_them() {
    assert_eq!(arrows(None, Axis { right: 20.0, ..WHOLE }).ticks.len(), 0);
}
