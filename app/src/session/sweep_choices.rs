//! What of a scenario can be swept: its knobs that are numbers or lengths of time, how many tasks there are, cores,
//! workers.
//!
//! Owns the list and the ends that are offered. What a value does is the scenario's.

use sim_core::scenario::sweep::{Between, Quantity, Scale};
use sim_core::scenario::{KnobValues, Scenario};
use sim_core::{SimDuration, instant::SimTime};

use super::knobs::value_at;

/// A number of tasks is swept to so many, unless there are more already: a glance, and not a wait.
const MANY: u64 = 10_000;
/// Cores and workers are swept to so many.
const CORES: u64 = 8;

/// A value that can be swept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice {
    /// Which value of the file: "workload.tasks.conn.count".
    pub path: String,
    /// Its name for people: "connections".
    pub label: String,
    /// What its values are.
    pub quantity: Quantity,
    /// The ends that are offered.
    pub usual: Between,
}

/// Everything that can be swept, the knobs first, those of numbers of tasks before the others.
pub fn choices(scenario: &Scenario) -> Vec<Choice> {
    let mut choices: Vec<Choice> = scenario.knobs.iter().filter_map(|knob| of_knob(scenario, knob)).collect();
    let mut add = |path: String, label: String, usual: Between| {
        if !choices.iter().any(|choice| choice.path == path) {
            choices.push(Choice { path, label, quantity: Quantity::Count, usual });
        }
    };
    for (name, task) in scenario.workload.tasks.iter() {
        let usual = counts(1, MANY.max(u64::from(task.count)));
        add(format!("workload.tasks.{name}.count"), format!("number of {name}"), usual);
    }
    // A task that lives on a core needs that core to be there.
    let shards = scenario.workload.tasks.iter().filter_map(|(_, task)| task.shard);
    let from = shards.max().map_or(1, |last| u64::from(last) + 1);
    let few = Between { from, to: CORES.max(from + 1), scale: Scale::Linear, steps: None };
    add("machine.cores".to_owned(), "cores".to_owned(), few);
    for run in scenario.runs.iter().filter(|run| run.model.has_workers()) {
        add(format!("runs.{}.workers", run.id), format!("workers of {}", run.id), few);
    }
    choices.sort_by_key(|choice| !is_count(&choice.path));
    choices
}

/// What people call a value that is swept; its path, where it has no other name.
pub fn label_of(scenario: &Scenario, path: &str) -> String {
    let choice = choices(scenario).into_iter().find(|choice| choice.path == path);
    choice.map_or_else(|| path.to_owned(), |choice| choice.label)
}

fn of_knob(scenario: &Scenario, knob: &sim_core::scenario::Knob) -> Option<Choice> {
    let choice = |quantity, usual| Some(Choice { path: knob.path.clone(), label: knob.label.clone(), quantity, usual });
    let between = |from: u64, to: u64| Between { from, to, scale: Scale::suiting(from, to), steps: None };
    let values = match &knob.values {
        KnobValues::Range(from, to) => return choice(Quantity::Count, between(u64::from(*from), u64::from(*to))),
        KnobValues::OneOf(values) => values,
    };
    let counts_of: Option<Vec<u64>> = values.iter().map(|value| value.parse().ok()).collect();
    if let Some((least, most)) = counts_of.as_deref().and_then(ends) {
        let now = value_at(scenario, &knob.path).parse().unwrap_or(most);
        let most = most.max(now);
        return choice(Quantity::Count, if is_count(&knob.path) { counts(1, most) } else { between(least, most) });
    }
    let nanos = |value: &String| value.parse::<SimDuration>().ok().map(SimDuration::as_nanos);
    let lengths: Option<Vec<u64>> = values.iter().map(nanos).collect();
    let (least, most) = lengths.as_deref().and_then(ends)?;
    choice(Quantity::Time, between(least, most))
}

fn counts(from: u64, to: u64) -> Between {
    Between { from, to, scale: Scale::Log, steps: None }
}

/// The least and the greatest, if they are two.
fn ends(values: &[u64]) -> Option<(u64, u64)> {
    let (least, most) = (*values.iter().min()?, *values.iter().max()?);
    (least < most).then_some((least, most))
}

fn is_count(path: &str) -> bool {
    path.starts_with("workload.tasks.") && path.ends_with(".count")
}

impl Choice {
    /// The greatest value that can be asked for: beyond it no scenario goes.
    pub fn most(&self) -> u64 {
        match self.quantity {
            Quantity::Count => 1_000_000,
            Quantity::Time => SimTime::MAX.as_nanos(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<Choice> {
        choices(&Scenario::parse("x.ron", text, &[]).unwrap())
    }

    #[test]
    fn the_number_of_tasks_is_offered_first_by_the_name_of_its_knob() {
        let found = paths(include_str!("../../../scenarios/c10k.ron"));
        let first = &found[0];
        assert_eq!((first.path.as_str(), first.label.as_str()), ("workload.tasks.conn.count", "connections"));
        assert_eq!(first.usual, Between { from: 1, to: 10_000, scale: Scale::Log, steps: None });
        let all: Vec<&str> = found.iter().map(|choice| choice.label.as_str()).collect();
        assert_eq!(all, ["connections", "cores", "workers of async"]);
    }

    #[test]
    fn a_length_of_time_is_swept_between_the_values_of_its_knob() {
        let found = paths(include_str!("../../../scenarios/blocked-executor.ron"));
        let length = found.iter().find(|choice| choice.quantity == Quantity::Time).expect("a knob has lengths");
        assert!(length.usual.from < length.usual.to && length.path == "workload.tasks.hog.ops.1.0", "{length:?}");
        assert!(length.usual.points().is_ok());
    }

    #[test]
    fn whatever_is_offered_can_be_swept() {
        for scenario in crate::library::lessons().0 {
            let found = choices(&scenario);
            assert!(!found.is_empty(), "{}", scenario.id);
            for choice in found {
                let points = choice.usual.points().unwrap_or_else(|why| panic!("{}: {why}", choice.path));
                for value in [points[0], points[points.len() - 1]] {
                    let set = format!("{}={}", choice.path, choice.quantity.in_file(value));
                    assert!(scenario.with(std::slice::from_ref(&set)).is_ok(), "{}: {set}", scenario.id);
                }
            }
        }
    }
}
