//! Expectations: what must be true of a run, as the file says it.
//!
//! Owns amounts, their units and how near is near enough. Which figures there are is [`super::measure`]'s.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

use super::measure::Unit;
use crate::instant::SimDuration;

/// A statement about one figure of one run.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// The run.
    pub run: String,
    /// The variant; the lesson as written, if left out.
    #[serde(default)]
    pub variant: Option<String>,
    /// The cost profile; "zero", textbook arithmetic, if left out.
    #[serde(default = "zero")]
    pub costs: String,
    /// The figure: "makespan", "polls(hb)".
    pub metric: String,
    /// It is this, as near as its unit allows.
    #[serde(default)]
    pub equals: Option<Amount>,
    /// It is this or more.
    #[serde(default)]
    pub at_least: Option<Amount>,
    /// It is this or less.
    #[serde(default)]
    pub at_most: Option<Amount>,
}

fn zero() -> String {
    "zero".to_owned()
}

impl Expectation {
    /// What is asked of the figure, in the order in which it is written out.
    pub fn bounds(&self) -> impl Iterator<Item = (Bound, &Amount)> {
        let bounds = [(Bound::Equals, &self.equals), (Bound::AtLeast, &self.at_least), (Bound::AtMost, &self.at_most)];
        bounds.into_iter().filter_map(|(bound, amount)| amount.as_ref().map(|a| (bound, a)))
    }
}

/// How a figure is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Equal, as near as the unit allows.
    Equals,
    /// This or more.
    AtLeast,
    /// This or less.
    AtMost,
}

impl Bound {
    /// The bound as a file writes it.
    pub const fn id(self) -> &'static str {
        match self {
            Bound::Equals => "equals",
            Bound::AtLeast => "at_least",
            Bound::AtMost => "at_most",
        }
    }

    /// The bound in words, before an amount.
    pub const fn words(self) -> &'static str {
        match self {
            Bound::Equals => "",
            Bound::AtLeast => "at least ",
            Bound::AtMost => "at most ",
        }
    }
}

/// A figure's value with its unit.
#[derive(Clone, Debug, PartialEq)]
pub enum Amount {
    /// 12
    Count(u64),
    /// "195.9ms"
    Time(SimDuration),
    /// "21%", as 0.21
    Share(f64),
    /// "19.5 GiB"
    Bytes(u64),
    /// "stuck", "A1 B1 A2": words.
    Text(String),
}

impl Amount {
    /// The unit it is in.
    pub const fn unit(&self) -> Unit {
        match self {
            Amount::Count(_) => Unit::Count,
            Amount::Time(_) => Unit::Time,
            Amount::Share(_) => Unit::Share,
            Amount::Bytes(_) => Unit::Bytes,
            Amount::Text(_) => Unit::Text,
        }
    }

    /// Reads an amount of this unit: the unit comes from the figure, so that "10mss" is no text.
    pub fn read(text: &str, unit: Unit) -> Result<Amount, String> {
        let wrong = |e: &dyn fmt::Display| e.to_string();
        match unit {
            Unit::Count => Err(format!("\"{text}\" is not a count: write a whole number without quotes")),
            Unit::Time => text.parse().map(Amount::Time).map_err(|e: crate::instant::DurationError| wrong(&e)),
            Unit::Share => {
                let number = text.strip_suffix('%').and_then(|n| n.trim().parse::<f64>().ok());
                let percent = number.filter(|n| n.is_finite());
                percent.map(|p| Amount::Share(p / 100.0)).ok_or(format!("\"{text}\" is not a share: write \"21%\""))
            }
            Unit::Bytes => {
                read_bytes(text).ok_or(format!("\"{text}\" is not a size: write \"4 MiB\"")).map(Amount::Bytes)
            }
            Unit::Text => Ok(Amount::Text(text.to_owned())),
        }
    }

    /// Whether this figure meets the bound. `slack` is how far two times may differ and still be equal.
    pub fn meets(&self, bound: Bound, other: &Amount, slack: SimDuration) -> bool {
        let (mine, theirs, slack) = match (self, other) {
            (Amount::Count(a), Amount::Count(b)) => (*a as f64, *b as f64, 0.0),
            (Amount::Time(a), Amount::Time(b)) => (a.as_nanos() as f64, b.as_nanos() as f64, slack.as_nanos() as f64),
            // Shares and sizes are written rounded: 8 of 38 ms is "21%", 19.53 GiB is "19.5 GiB".
            (Amount::Share(a), Amount::Share(b)) => (*a, *b, 0.005),
            (Amount::Bytes(a), Amount::Bytes(b)) => (*a as f64, *b as f64, *b as f64 * 0.01),
            (Amount::Text(a), Amount::Text(b)) => return a == b,
            (Amount::Count(_) | Amount::Time(_) | Amount::Share(_) | Amount::Bytes(_) | Amount::Text(_), _) => {
                return false;
            }
        };
        match bound {
            Bound::Equals => (mine - theirs).abs() <= slack,
            Bound::AtLeast => mine >= theirs - slack,
            Bound::AtMost => mine <= theirs + slack,
        }
    }
}

impl Amount {
    /// The amount in few letters: "195.9 ms", "0.034 ms". Another digit than zero stays.
    pub fn short(&self) -> String {
        match self {
            Amount::Time(t) => {
                let ms = t.as_millis_f64();
                let coarse = (ms * 10.0).round() / 10.0;
                if (ms - coarse).abs() < 5e-4 { format!("{coarse:.1} ms") } else { self.to_string() }
            }
            Amount::Text(text) if text.is_empty() => "nothing".to_owned(),
            Amount::Count(_) | Amount::Share(_) | Amount::Bytes(_) | Amount::Text(_) => self.to_string(),
        }
    }
}

const BYTE_UNITS: [(&str, f64); 4] = [("GiB", 1073741824.0), ("MiB", 1048576.0), ("KiB", 1024.0), ("B", 1.0)];

fn read_bytes(text: &str) -> Option<u64> {
    let (unit, factor) = BYTE_UNITS.iter().find(|(unit, _)| text.ends_with(unit))?;
    let number: f64 = text[..text.len() - unit.len()].trim().parse().ok()?;
    (number.is_finite() && number >= 0.0).then_some((number * factor).round() as u64)
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Amount::Count(n) => n.to_string(),
            Amount::Time(t) => time_for_people(*t),
            Amount::Share(share) => format!("{:.0}%", share * 100.0),
            Amount::Bytes(0) => "0 B".to_owned(),
            Amount::Bytes(n) => {
                let (unit, factor) = BYTE_UNITS.iter().find(|(_, f)| *n as f64 >= *f).unwrap_or(&BYTE_UNITS[3]);
                let number = *n as f64 / factor;
                if *unit == "B" || number >= 100.0 {
                    format!("{number:.0} {unit}")
                } else {
                    format!("{number:.1} {unit}")
                }
            }
            Amount::Text(text) => text.clone(),
        };
        f.pad(&text)
    }
}

/// A time in milliseconds with three decimals at most, as the clock of the window shows it.
fn time_for_people(t: SimDuration) -> String {
    format!("{:.3} ms", t.as_millis_f64())
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
        deserializer.deserialize_any(AmountVisitor)
    }
}

/// A text stays a text here: its unit comes with the figure, when the scenario is checked.
struct AmountVisitor;

impl Visitor<'_> for AmountVisitor {
    type Value = Amount;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number, or a text with a unit: \"10ms\", \"21%\", \"4 MiB\"")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Amount, E> {
        Ok(Amount::Count(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Amount, E> {
        Ok(Amount::Text(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_in_the_unit_of_its_figure() {
        assert_eq!(Amount::read("10ms", Unit::Time), Ok(Amount::Time(SimDuration::from_millis(10))));
        assert_eq!(Amount::read("21%", Unit::Share), Ok(Amount::Share(0.21)));
        assert_eq!(Amount::read("4 MiB", Unit::Bytes), Ok(Amount::Bytes(4 << 20)));
        assert!(Amount::read("10mss", Unit::Time).is_err());
        assert!(Amount::read("NaN%", Unit::Share).is_err());
        assert!(Amount::read("12", Unit::Count).is_err());
    }

    #[test]
    fn times_are_equal_within_the_slack() {
        let ms = |n| Amount::Time(SimDuration::from_millis(n));
        let near = Amount::Time(SimDuration::from_nanos(10_000_900));
        let slack = SimDuration::from_micros(1);
        assert!(near.meets(Bound::Equals, &ms(10), slack));
        assert!(!near.meets(Bound::Equals, &ms(10), SimDuration::ZERO));
        assert!(near.meets(Bound::AtMost, &ms(10), slack));
        assert!(!ms(11).meets(Bound::AtMost, &ms(10), slack));
        assert!(!Amount::Count(10).meets(Bound::AtLeast, &ms(10), slack), "different units never meet");
    }

    #[test]
    fn a_share_is_met_as_it_is_rounded() {
        assert!(Amount::Share(8.0 / 38.0).meets(Bound::Equals, &Amount::Share(0.21), SimDuration::ZERO));
        assert!(!Amount::Share(0.22).meets(Bound::Equals, &Amount::Share(0.21), SimDuration::ZERO));
    }

    #[test]
    fn amounts_are_written_for_people() {
        assert_eq!(Amount::Time(SimDuration::from_micros(94_900)).to_string(), "94.900 ms");
        assert_eq!(Amount::Share(0.2105).to_string(), "21%");
        assert_eq!(Amount::Bytes(20_971_520_000).to_string(), "19.5 GiB");
        assert_eq!(Amount::Bytes(400).to_string(), "400 B");
    }
}
