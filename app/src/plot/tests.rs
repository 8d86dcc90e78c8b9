//! What a plot says, without a picture of it.

use std::sync::Arc;

use sim_core::scenario::sweep::{Over, Sweep};
use sim_core::scenario::{RunOptions, Scenario};

use super::*;

fn curves(over: &str) -> (Curves, Words) {
    let text = include_str!("../../../scenarios/c10k.ron");
    let scenario = Scenario::parse("c10k.ron", text, &[]).unwrap();
    let over = Over::parse(over, None).unwrap();
    let sweep = Sweep::new(&scenario, RunOptions::default(), over, &["async", "threads"]).unwrap();
    let curves = sweep.run(2, &Arc::default(), |_, _| ());
    let words = Words::of(&curves, "connections");
    (curves, words)
}

const FRAME: Frame = Frame { left: 10.0, top: 20.0, right: 410.0, bottom: 240.0 };

fn texts(plot: &Plot) -> Vec<&str> {
    plot.marks
        .iter()
        .filter_map(|mark| match mark {
            Mark::Text { text, .. } => Some(text.as_str()),
            Mark::Line { .. } | Mark::Dot { .. } => None,
        })
        .collect()
}

#[test]
fn a_plot_says_its_figure_its_units_and_whose_line_is_whose() {
    let (curves, words) = curves("workload.tasks.conn.count=1..100:log");
    let said = plot(&curves, Figure::Makespan, &words, FRAME);
    for text in ["Makespan", "until the last task ends", "connections, log scale", "async", "threads", "1 s", "10"] {
        assert!(texts(&said).contains(&text), "{text}: {:?}", texts(&said));
    }
    let memory = plot(&curves, Figure::Memory, &words, FRAME);
    assert!(texts(&memory).iter().any(|text| text.ends_with(" MiB") || text.ends_with(" KiB")), "{:?}", texts(&memory));
}

#[test]
fn every_point_stands_in_the_frame_and_the_larger_value_higher() {
    let (curves, words) = curves("workload.tasks.conn.count=1..100:log");
    for figure in Figure::ALL {
        let plot = plot(&curves, figure, &words, FRAME);
        assert_eq!(plot.points.len(), 14);
        for (at, [x, y]) in &plot.points {
            assert!((FRAME.left..FRAME.right).contains(x) && (FRAME.top..FRAME.bottom).contains(y), "{at:?}");
        }
        let heights: Vec<f32> = plot.points.iter().filter(|(at, _)| at.run == 1).map(|(_, place)| place[1]).collect();
        assert!(heights.is_sorted_by(|above, below| above >= below), "{figure:?}: {heights:?}");
    }
}

#[test]
fn a_value_of_zero_has_a_place_on_a_logarithmic_scale() {
    let ground = scale::Ground { figure: Unit::Count, log: true };
    let axis = Axis::of_values([0, 5, 5_000].into_iter(), ground, [200.0, 0.0]).unwrap();
    let ticks = axis.ticks(20.0);
    assert_eq!(ticks[0], ("0".to_owned(), 200.0));
    assert!(axis.at(5) < axis.at(0) - 10.0 && axis.at(5_000) < axis.at(5), "{ticks:?}");
    let written: Vec<&str> = ticks.iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!(written[..2], ["0", "10"]);
}

#[test]
fn what_nobody_has_is_said_in_words() {
    let (mut curves, words) = curves("machine.cores=1..2");
    curves.runs.clear();
    let plot = plot(&curves, Figure::Latency, &words, FRAME);
    assert!(texts(&plot).contains(&"nobody waits in any of these runs") && plot.points.is_empty());
}

#[test]
fn ticks_are_round_and_apart() {
    let over = Over::parse("a=1..100000:log", None).unwrap();
    let along = Axis::of_points(&over, [0.0, 300.0]);
    let written: Vec<String> = along.ticks(36.0).into_iter().map(|(text, _)| text).collect();
    assert_eq!(written, ["1", "10", "100", "1k", "10k", "100k"]);
    let narrow: Vec<String> = Axis::of_points(&over, [0.0, 130.0]).ticks(36.0).into_iter().map(|(t, _)| t).collect();
    assert_eq!(narrow, ["1", "100", "10k"]);
    let over = Over::parse("machine.cores=1..8", None).unwrap();
    let written: Vec<String> = Axis::of_points(&over, [0.0, 300.0]).ticks(36.0).into_iter().map(|(t, _)| t).collect();
    assert_eq!(written, ["1", "2", "3", "4", "5", "6", "7", "8"]);
    let over = Over::parse("a=10us..1ms:log", None).unwrap();
    let written: Vec<String> = Axis::of_points(&over, [0.0, 200.0]).ticks(60.0).into_iter().map(|(t, _)| t).collect();
    assert_eq!(written, ["10 µs", "100 µs", "1 ms"]);
}

#[test]
fn a_picture_is_written_as_svg_that_says_what_it_shows() {
    let (curves, words) = curves("workload.tasks.conn.count=1..100:log");
    let head = sheet::Head { title: "Ten < thousand".to_owned(), line: "conn".to_owned() };
    let written = svg::write(&sheet::sheet(&curves, &words, &head), sheet::SIZE, "#FFFFFF", |_| "#123456".to_owned());
    for part in ["<svg", "viewBox=\"0 0 1200 800\"", "Ten &lt; thousand", "Context switches", "<polyline", "#123456"] {
        assert!(written.contains(part), "{part}: {}", &written[..400]);
    }
}
