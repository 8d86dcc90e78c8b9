//! Lengths of time as people read them.
//!
//! The one table of thresholds between units, for texts and for windows: what stands side by side must agree. Knows
//! nothing of what the times are of.

use crate::instant::SimDuration;

const MICRO: u64 = 1_000;
const MILLI: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;
const HOUR: u64 = 3_600 * SECOND;

/// The unit of a length of time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LengthUnit {
    /// Nanoseconds, never divided.
    Nanos,
    /// Microseconds.
    Micros,
    /// Milliseconds: up to ten seconds, since everything of a lesson takes some.
    Millis,
    /// Seconds.
    Seconds,
    /// Hours.
    Hours,
}

impl LengthUnit {
    /// The unit that suits a length; of several that are compared, that of the longest.
    pub fn of(length: SimDuration) -> LengthUnit {
        // What would be written as 1,000.0 of a unit is 1.0 of the next.
        match length.as_nanos() {
            0..MICRO => LengthUnit::Nanos,
            MICRO..999_950 => LengthUnit::Micros,
            999_950..10_000_000_000 => LengthUnit::Millis,
            10_000_000_000..3_599_950_000_000 => LengthUnit::Seconds,
            _ => LengthUnit::Hours,
        }
    }

    /// How it is written: "ms".
    pub const fn symbol(self) -> &'static str {
        match self {
            LengthUnit::Nanos => "ns",
            LengthUnit::Micros => "µs",
            LengthUnit::Millis => "ms",
            LengthUnit::Seconds => "s",
            LengthUnit::Hours => "h",
        }
    }

    /// A length in this unit, with one decimal where the unit has any: "94.9 ms".
    pub fn write(self, length: SimDuration) -> String {
        let ns = length.as_nanos();
        let figure = match self {
            LengthUnit::Nanos => thousands(ns),
            LengthUnit::Micros => one_decimal(ns, MICRO),
            LengthUnit::Millis => one_decimal(ns, MILLI),
            LengthUnit::Seconds => one_decimal(ns, SECOND),
            LengthUnit::Hours => one_decimal(ns, HOUR),
        };
        format!("{figure} {}", self.symbol())
    }
}

/// A length of time for people, in the unit that suits it: "94.9 ms".
pub fn write_length(length: SimDuration) -> String {
    LengthUnit::of(length).write(length)
}

/// A number for people: "12,345".
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// So many units, to the nearest tenth.
fn one_decimal(ns: u64, unit: u64) -> String {
    let tenths = ns.saturating_add(unit / 20) / (unit / 10);
    format!("{}.{}", thousands(tenths / 10), tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_has_the_unit_that_suits_it() {
        let text = |ns| write_length(SimDuration::from_nanos(ns));
        assert_eq!(text(7), "7 ns");
        assert_eq!(text(1_250), "1.3 µs");
        assert_eq!((text(999_949), text(999_999)), ("999.9 µs".to_owned(), "1.0 ms".to_owned()));
        assert_eq!(text(62_000_001), "62.0 ms");
        assert_eq!(text(3_000_000_000), "3,000.0 ms");
        assert_eq!(text(3_000 * SECOND), "3,000.0 s");
    }

    #[test]
    fn what_takes_hours_is_told_in_hours() {
        let text = |ns| write_length(SimDuration::from_nanos(ns));
        assert_eq!(text(19_000 * SECOND), "5.3 h");
        assert_eq!((text(3_599_900_000_000), text(3_599_960_000_000)), ("3,599.9 s".to_owned(), "1.0 h".to_owned()));
        assert_eq!(text(72 * HOUR), "72.0 h");
    }
}
