//! The figures that an expectation can name.
//!
//! Owns how a figure is written in a file and in which unit it is: those of [`crate::analysis::metrics`], and those of
//! [`OWN`], which are no figure of a table but can be asserted.

use crate::analysis::metrics::{self, DEFINITIONS};
use crate::scenario::error::advice;

/// The unit of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A whole number.
    Count,
    /// A length of virtual time, or a moment as the time since the start.
    Time,
    /// A part of a whole.
    Share,
    /// A size in memory.
    Bytes,
    /// Words.
    Text,
}

impl From<metrics::Unit> for Unit {
    fn from(unit: metrics::Unit) -> Unit {
        match unit {
            metrics::Unit::Duration => Unit::Time,
            metrics::Unit::Count => Unit::Count,
            metrics::Unit::Ratio => Unit::Share,
            metrics::Unit::Bytes => Unit::Bytes,
        }
    }
}

/// A figure that can be asserted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measure {
    /// A figure of [`crate::analysis::metrics`], as it is written there.
    Metric(String, Unit),
    /// Findings of this kind; of every kind, if none is given.
    Findings(Option<String>),
    /// Events of this name.
    Events(String),
    /// Why the run ended.
    Ended,
    /// All markers in order.
    Marks,
    /// Who called poll on this task for the nth time.
    PolledBy(String, u32),
    /// Threads that were blocked when the run ended, but for workers with nothing to poll.
    BlockedAtEnd,
    /// What creating the workload's tasks or threads costs.
    SpawnBill,
    /// What all polls cost.
    PollBill,
}

/// The figures that are not in the table of [`crate::analysis::metrics`]: how each is written, its unit, what it is.
pub const OWN: [(&str, Unit, &str); 9] = [
    ("findings", Unit::Count, "how many findings there are"),
    ("findings(kind)", Unit::Count, "how many findings of this kind there are"),
    ("events(name)", Unit::Count, "how many events of this name there are"),
    ("ended", Unit::Text, "why the run ended: finished, stuck, step limit, time limit"),
    ("marks", Unit::Text, "all markers in order, blank-separated"),
    ("polled_by(who, n)", Unit::Text, "who called poll on it for the nth time, from 1: worker 0"),
    (
        "blocked_at_end",
        Unit::Count,
        "threads that were blocked when the run ended; workers with nothing to poll are not counted",
    ),
    ("spawn_bill", Unit::Time, "what creating the workload's tasks or threads costs"),
    ("poll_bill", Unit::Time, "what all polls cost"),
];

impl Measure {
    /// Reads a figure. The error says what was expected.
    pub fn parse(text: &str) -> Result<Measure, String> {
        let text = text.trim();
        let (name, argument) = match text.split_once('(') {
            None => (text, None),
            Some((name, rest)) => {
                let inside =
                    rest.strip_suffix(')').ok_or_else(|| format!("`{text}`: the parenthesis is not closed"))?;
                (name.trim(), Some(inside.trim()))
            }
        };
        match (name, argument) {
            ("findings", kind) => Ok(Measure::Findings(kind.map(str::to_owned))),
            ("events", Some(event)) => Ok(Measure::Events(event.to_owned())),
            ("ended", None) => Ok(Measure::Ended),
            ("marks", None) => Ok(Measure::Marks),
            ("polled_by", Some(rest)) => match rest.rsplit_once(',').map(|(who, n)| (who.trim(), n.trim().parse())) {
                Some((who, Ok(nth))) if nth > 0 => Ok(Measure::PolledBy(who.to_owned(), nth)),
                Some(_) | None => Err(unknown(text, name)),
            },
            ("blocked_at_end", None) => Ok(Measure::BlockedAtEnd),
            ("spawn_bill", None) => Ok(Measure::SpawnBill),
            ("poll_bill", None) => Ok(Measure::PollBill),
            _ => match metrics::definition(text) {
                Some(definition) => Ok(Measure::Metric(text.to_owned(), definition.unit.into())),
                None => Err(unknown(text, name)),
            },
        }
    }

    /// Its unit.
    pub const fn unit(&self) -> Unit {
        match self {
            Measure::Metric(_, unit) => *unit,
            Measure::Findings(_) | Measure::Events(_) | Measure::BlockedAtEnd => Unit::Count,
            Measure::Ended | Measure::Marks | Measure::PolledBy(..) => Unit::Text,
            Measure::SpawnBill | Measure::PollBill => Unit::Time,
        }
    }

    /// Whom a figure of the table is about: the `hb` of `polls(hb)` and of `lateness(hb, 10ms)`.
    pub fn subject(&self) -> Option<(&str, &str)> {
        if let Measure::PolledBy(who, _) = self {
            return Some(("polled_by", who));
        }
        let Measure::Metric(text, _) = self else { return None };
        let (name, rest) = text.split_once('(')?;
        let inside = rest.strip_suffix(')')?;
        let who = if name == "lateness" { inside.rsplit_once(',').map_or(inside, |(who, _)| who) } else { inside };
        Some((name, who.trim()))
    }
}

fn unknown(text: &str, name: &str) -> String {
    let forms: Vec<&str> = DEFINITIONS.iter().map(|d| d.id).chain(OWN.map(|(form, _, _)| form)).collect();
    let names = || forms.iter().map(|form| form.split('(').next().unwrap_or(form));
    if let Some(form) = forms.iter().find(|form| form.split('(').next() == Some(name)) {
        return format!("`{text}` is no figure: `{name}` is written `{form}`");
    }
    format!("`{text}` is no figure: {}", advice(name, names(), "figure"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_read_with_its_unit() {
        assert_eq!(Measure::parse("makespan").map(|m| m.unit()), Ok(Unit::Time));
        assert_eq!(Measure::parse("findings(LongPoll)"), Ok(Measure::Findings(Some("LongPoll".into()))));
        let late = Measure::parse("lateness(hb, 10.1ms)").unwrap();
        assert_eq!((late.unit(), late.subject()), (Unit::Time, Some(("lateness", "hb"))));
        assert_eq!(Measure::parse("marks").map(|m| m.unit()), Ok(Unit::Text));
        assert_eq!(Measure::parse("marks(beat)").map(|m| m.unit()), Ok(Unit::Count));
    }

    #[test]
    fn a_figure_that_is_wrong_says_what_was_expected() {
        assert!(Measure::parse("makspan").unwrap_err().contains("did you mean `makespan`?"));
        assert!(Measure::parse("finish").unwrap_err().contains("`finish(who)`"));
        assert!(Measure::parse("polls(a").unwrap_err().contains("not closed"));
    }
}
