//! The table of figures: the runs side by side.

use sim_core::scenario::{Amount, Measure, Scenario};
use sim_core::trace::Family;

use super::asked::Asked;
use crate::session::figures::{title_among, turns_title};

/// The figures that every table shows.
const USUAL: [&str; 9] =
    ["makespan", "mean_finish", "utilisation_work", "wait_max", "polls", "wakes", "switches", "switch_cost", "threads"];

/// A row of the table: its title and each run's figure.
pub struct Figure {
    /// What it is, for people.
    pub title: String,
    /// In order of the runs; "–" where a run has none.
    pub values: Vec<String>,
}

/// The figures that the scenario's expectations speak of, and the usual ones. Findings and markers are told elsewhere.
pub fn figures(scenario: &Scenario, runs: &[Asked]) -> Vec<Figure> {
    let mut ids: Vec<&str> = vec!["makespan"];
    let expected = scenario.expectations.iter().map(|expectation| expectation.metric.as_str());
    for id in expected.chain(USUAL) {
        // The usual share is that of work; a lesson that speaks of the whole means the same.
        let said = ids.contains(&id) || id == "utilisation_work" && ids.contains(&"utilisation");
        if !said && !id.starts_with("findings") {
            ids.push(id);
        }
    }
    let mut figures: Vec<Figure> = Vec::new();
    for figure in ids.iter().filter_map(|id| figure(id, runs)) {
        if !figures.iter().any(|other| other.title == figure.title) {
            figures.push(figure);
        }
    }
    figures
}

fn figure(id: &str, runs: &[Asked]) -> Option<Figure> {
    let measure = Measure::parse(id).ok()?;
    let values: Vec<String> = runs.iter().map(|run| value(id, &measure, run)).collect();
    let short = values.iter().all(|value| value.chars().count() <= 24);
    let something = values.iter().any(|value| value != NONE);
    // What costs nothing in every run is no news.
    let news = !id.ends_with("_cost") && !id.ends_with("_bill") || values.iter().any(|value| value != "0.000 ms");
    (short && something && news).then(|| Figure { title: words(id, &measure, runs), values })
}

/// What a figure is called: "polls" only where tasks are polled.
fn words(id: &str, measure: &Measure, runs: &[Asked]) -> String {
    let families: Vec<Family> = runs.iter().map(|run| run.measured.trace.tables().run.family()).collect();
    let title = title_among(id, measure, &families);
    match families.iter().find(|family| **family != Family::Threads) {
        Some(_) if id == "polls" => turns_title(&families),
        Some(family) if !families.contains(&Family::Async) => family.reword(&title),
        Some(_) | None => title,
    }
}

fn value(id: &str, measure: &Measure, run: &Asked) -> String {
    let metrics = &run.measured.metrics;
    // Of a run in which nobody ended there is no mean, and of one that hangs no makespan.
    match id {
        "makespan" if metrics.unfinished > 0 => return "never".to_owned(),
        "mean_finish" if metrics.unfinished > 0 => return NONE.to_owned(),
        _ => {}
    }
    run.measured.take(measure).as_ref().map_or(NONE.to_owned(), Amount::to_string)
}

/// Shown where a run has no such figure.
const NONE: &str = "–";
