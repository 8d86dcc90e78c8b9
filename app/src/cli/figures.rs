//! The table of figures: the runs side by side.

use sim_core::analysis::metrics::definition;
use sim_core::scenario::{Amount, Measure, Scenario};

use super::run::Asked;

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

/// The usual figures, and those that the scenario's expectations speak of.
pub fn figures(scenario: &Scenario, runs: &[Asked]) -> Vec<Figure> {
    let mut ids: Vec<&str> = USUAL.to_vec();
    for expectation in &scenario.expectations {
        if !ids.contains(&expectation.metric.as_str()) {
            ids.push(&expectation.metric);
        }
    }
    ids.iter().filter_map(|id| figure(id, runs)).collect()
}

fn figure(id: &str, runs: &[Asked]) -> Option<Figure> {
    let measure = Measure::parse(id).ok()?;
    let amounts: Vec<Option<Amount>> = runs.iter().map(|run| run.measured.take(&measure)).collect();
    let values: Vec<String> = amounts.iter().map(|a| a.as_ref().map_or("–".to_owned(), Amount::to_string)).collect();
    let short = values.iter().all(|value| value.chars().count() <= 24);
    (short && amounts.iter().any(Option::is_some)).then(|| Figure { title: title(id, &measure), values })
}

/// What people call a figure: "Makespan", "hb: worst beat, late by".
pub fn title(id: &str, measure: &Measure) -> String {
    match measure {
        Measure::Metric(..) => match (measure.subject(), definition(id)) {
            (Some(("lateness", who)), _) => format!("{who}: worst beat, late by"),
            (Some((_, who)), Some(definition)) => {
                let title = definition.title.strip_suffix(" of").unwrap_or(definition.title);
                format!("{who}: {}", title.to_lowercase())
            }
            (None, Some(definition)) => definition.title.to_owned(),
            (_, None) => id.to_owned(),
        },
        Measure::Findings(None) => "Findings".to_owned(),
        Measure::Findings(Some(kind)) => format!("Findings: {kind}"),
        Measure::Events(name) => format!("Events: {name}"),
        Measure::Ended => "The run ended".to_owned(),
        Measure::Marks => "Markers".to_owned(),
        Measure::BlockedAtEnd => "Threads blocked at the end".to_owned(),
        Measure::SpawnBill => "Bill for creating them".to_owned(),
        Measure::PollBill => "Bill for polls".to_owned(),
    }
}
