//! What people call a figure, and which figures a lesson speaks of.

use super::measure::Measure;
use super::spec::Scenario;
use crate::analysis::metrics::definition;

/// What people call a figure, as it is written in a file: "Makespan", "hb is late by, at worst".
pub fn title_of(metric: &str) -> String {
    Measure::parse(metric).map_or_else(|_| metric.to_owned(), |measure| title(metric, &measure))
}

/// What people call a figure that has been read.
pub fn title(id: &str, measure: &Measure) -> String {
    match measure {
        Measure::Metric(..) => match (measure.subject(), definition(id)) {
            (Some(("lateness", who)), _) => format!("{who} is late by, at worst"),
            (Some(("polls", who)), _) => format!("{who}: polls, or times on a core"),
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
        Measure::PolledBy(who, nth) => format!("{who}: poll {nth} by"),
        Measure::BlockedAtEnd => "Threads blocked at the end".to_owned(),
        Measure::SpawnBill => "Bill for creating them".to_owned(),
        Measure::PollBill => "Bill for polls".to_owned(),
    }
}

impl Scenario {
    /// The figures that its expectations speak of, each once, makespan first; findings are counted apart.
    pub fn figures(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = vec!["makespan"];
        for id in self.expectations.iter().map(|e| e.metric.as_str()) {
            if !ids.contains(&id) && !id.starts_with("findings") {
                ids.push(id);
            }
        }
        ids
    }
}
