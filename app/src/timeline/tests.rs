//! Whole layouts of a known recording, as data: blocked-executor on a surface of 1,000 points.

use sim_core::analysis::index::Index;
use sim_core::analysis::track::TrackKind;
use sim_core::trace::{CoreId, DeviceId, TaskId, ThreadId, Trace, WorkerId};

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
    let row = RowInput { track, trace, top: 0.0, height: 32.0, stuck: false };
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
