//! What changed: the figures of runs with something turned, beside those of the lesson as written.
//!
//! Owns the comparing. Where more or less is only different, nothing is said.

use std::collections::BTreeMap;

use sim_core::scenario::figures::title_of;
use sim_core::scenario::{Amount, Measured, Scenario};

use super::figures::less_is_better;

/// The figures of one run that a lesson speaks of.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct LessonFigures {
    /// The run's id.
    pub run: String,
    /// Metric and figure; none where the run has no such figure.
    pub figures: Vec<(String, Option<Amount>)>,
    /// How many findings of each kind.
    pub findings: BTreeMap<&'static str, usize>,
}

/// One figure that changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The run, from 0.
    pub run: usize,
    /// What is counted: "Makespan", "LongPoll".
    pub what: String,
    /// The figure of the lesson as written.
    pub before: String,
    /// The figure now.
    pub now: String,
    /// Whether that is better.
    pub turn: Turn,
}

/// Whether a change is for the better.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    /// It is.
    Better,
    /// It is for the worse.
    Worse,
    /// It is only different.
    Different,
}

/// At most so many changes are told of a run: the lesson's own figures come first.
const MOST: usize = 8;

impl LessonFigures {
    /// The figures of a run.
    pub fn of(scenario: &Scenario, run: &str, measured: &Measured) -> LessonFigures {
        let figures = scenario.figures().into_iter().map(|id| (id.to_owned(), measured.figure(id)));
        let mut findings = BTreeMap::new();
        for finding in &measured.findings {
            *findings.entry(finding.kind.id()).or_insert(0) += 1;
        }
        LessonFigures { run: run.to_owned(), figures: figures.collect(), findings }
    }
}

/// Every figure that differs, run by run, in the order of `now`. A run that the lesson does not have is not compared.
pub fn changes(before: &[LessonFigures], now: &[LessonFigures]) -> Vec<Change> {
    let mut changes = Vec::new();
    for (n, run) in now.iter().enumerate() {
        let Some(old) = before.iter().find(|old| old.run == run.run) else { continue };
        let mut own = Vec::new();
        for (metric, figure) in &run.figures {
            let known = old.figures.iter().find(|(id, _)| id == metric).map(|(_, figure)| figure);
            if let Some(before) = known {
                own.extend(figure_change(n, metric, before.as_ref(), figure.as_ref()));
            }
        }
        let kinds: std::collections::BTreeSet<_> = old.findings.keys().chain(run.findings.keys()).collect();
        for kind in kinds {
            own.extend(finding_change(n, kind, old, run));
        }
        own.truncate(MOST);
        changes.extend(own);
    }
    changes
}

fn figure_change(run: usize, metric: &str, before: Option<&Amount>, now: Option<&Amount>) -> Option<Change> {
    let written = |amount: Option<&Amount>| amount.map_or_else(|| absent(metric).to_owned(), Amount::short);
    let (old, new) = (written(before), written(now));
    // What reads the same has not changed for a person: a poll's nanosecond is no news.
    if old == new || is_nothing(before, now) {
        return None;
    }
    let less = match (size(before), size(now)) {
        (Some(before), Some(now)) => Some(now < before),
        (None, Some(_)) if absent(metric) == NEVER => Some(true),
        (Some(_), None) if absent(metric) == NEVER => Some(false),
        (None | Some(_), None | Some(_)) => None,
    };
    let turn = match less.filter(|_| less_is_better(metric)) {
        Some(true) => Turn::Better,
        Some(false) => Turn::Worse,
        None => Turn::Different,
    };
    Some(Change { run, what: title_of(metric), before: old, now: new, turn })
}

fn finding_change(run: usize, kind: &str, before: &LessonFigures, now: &LessonFigures) -> Option<Change> {
    let count = |of: &LessonFigures| of.findings.get(kind).copied().unwrap_or(0);
    let (old, new) = (count(before), count(now));
    let written = |count: usize| if count == 0 { "none".to_owned() } else { count.to_string() };
    let turn = if new < old { Turn::Better } else { Turn::Worse };
    (old != new).then(|| Change { run, what: kind.to_owned(), before: written(old), now: written(new), turn })
}

/// Less than a thousandth of a time is no news: what it costs to poll would be told of every figure.
fn is_nothing(before: Option<&Amount>, now: Option<&Amount>) -> bool {
    let (Some(Amount::Time(before)), Some(Amount::Time(now))) = (before, now) else { return false };
    let (before, now) = (before.as_nanos() as f64, now.as_nanos() as f64);
    (now - before).abs() < before * 1e-3
}

const NEVER: &str = "never";

/// What is said of a figure that is not there: an end that does not come is something else than a figure that a run
/// does not have.
fn absent(metric: &str) -> &'static str {
    let name = metric.split('(').next().unwrap_or(metric);
    if matches!(name, "makespan" | "finish" | "mean_finish" | "mark" | "first_run") { NEVER } else { "–" }
}

fn size(amount: Option<&Amount>) -> Option<f64> {
    match amount? {
        Amount::Count(n) | Amount::Bytes(n) => Some(*n as f64),
        Amount::Time(t) => Some(t.as_nanos() as f64),
        Amount::Share(share) => Some(*share),
        Amount::Text(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim_core::instant::SimDuration;

    fn run(makespan: Option<u64>, polls: u64, long_polls: usize) -> LessonFigures {
        let time = |ms| Amount::Time(SimDuration::from_millis(ms));
        LessonFigures {
            run: "async".to_owned(),
            figures: vec![
                ("makespan".to_owned(), makespan.map(time)),
                ("polls".to_owned(), Some(Amount::Count(polls))),
            ],
            findings: if long_polls > 0 { BTreeMap::from([("LongPoll", long_polls)]) } else { BTreeMap::new() },
        }
    }

    #[test]
    fn only_what_changed_is_told_and_better_only_where_it_has_a_meaning() {
        let told = changes(&[run(Some(195), 13, 1)], &[run(Some(115), 14, 0)]);
        let words: Vec<_> = told.iter().map(|c| (c.what.as_str(), c.before.as_str(), c.now.as_str(), c.turn)).collect();
        assert_eq!(
            words,
            [
                ("Makespan", "195.0 ms", "115.0 ms", Turn::Better),
                ("Polls", "13", "14", Turn::Different),
                ("LongPoll", "1", "none", Turn::Better),
            ]
        );
        assert!(changes(&[run(Some(195), 13, 1)], &[run(Some(195), 13, 1)]).is_empty());
        assert!(changes(&[run(Some(19_500), 13, 1)], &[run(Some(19_501), 13, 1)]).is_empty(), "too little to tell");
    }

    #[test]
    fn an_end_that_comes_at_last_is_better_than_never() {
        let told = changes(&[run(None, 1, 0)], &[run(Some(50), 1, 0)]);
        assert_eq!((told[0].before.as_str(), told[0].turn), ("never", Turn::Better));
    }

    #[test]
    fn a_run_that_the_lesson_does_not_have_is_not_compared() {
        let other = LessonFigures { run: "third".to_owned(), ..run(Some(1), 1, 1) };
        assert!(changes(&[run(Some(195), 13, 1)], &[other]).is_empty());
    }
}
