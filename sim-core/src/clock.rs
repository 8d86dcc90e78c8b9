//! Moments and lengths of time as people read them.
//!
//! The one table of thresholds between units, for texts and for windows: what stands side by side must agree. Knows
//! nothing of what the times are of.

use crate::instant::{SimDuration, SimTime};

const MICRO: u64 = 1_000;
const MILLI: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;
const HOUR: u64 = 3_600 * SECOND;

/// How the moments of a run are written: one clock for all that stands side by side.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Clock {
    /// "3": the whole run is a matter of nanoseconds.
    Nanos,
    /// "37.250": of microseconds.
    Micros,
    /// "82.100": nearly always.
    Millis,
    /// "71:59:59.250": the run takes hours or days.
    Hours,
}

impl Clock {
    /// The clock of runs of which the longest ends then.
    pub fn for_end(end: SimTime) -> Clock {
        match end.as_nanos() {
            0..10_000 => Clock::Nanos,
            10_000..MILLI => Clock::Micros,
            MILLI..HOUR => Clock::Millis,
            _ => Clock::Hours,
        }
    }

    /// What the numbers are of.
    pub const fn unit(self) -> &'static str {
        match self {
            Clock::Nanos => "ns",
            Clock::Micros => "µs",
            Clock::Millis => "ms",
            Clock::Hours => "h:m:s",
        }
    }

    /// The shortest time that it tells apart; what is finer is cut off.
    pub const fn resolution(self) -> SimDuration {
        match self {
            Clock::Nanos | Clock::Micros => SimDuration::from_nanos(1),
            Clock::Millis => SimDuration::from_micros(1),
            Clock::Hours => SimDuration::from_millis(1),
        }
    }

    /// A moment, without its unit.
    pub fn write(self, time: SimTime) -> String {
        self.figure(time, MOST_DECIMALS)
    }

    /// From one moment to a later one: "20.100 – 115.000 ms".
    pub fn range(self, from: SimTime, to: SimTime) -> String {
        format!("{} – {}", self.write(from), self.say(to))
    }

    /// A moment in a sentence: "82.100 ms", "71:59:59.250".
    pub fn say(self, time: SimTime) -> String {
        self.with_unit(self.write(time))
    }

    /// A moment in a sentence, as short as it is exact: "82.1 ms", "71:59:59".
    pub fn brief(self, time: SimTime) -> String {
        self.with_unit(self.figure(time, self.decimals(time)))
    }

    /// How many decimals a moment needs: few, if no more than the clock's resolution is lost.
    pub fn decimals(self, time: SimTime) -> u32 {
        let (few, step) = match self {
            Clock::Nanos => return 0,
            Clock::Micros => (1, MICRO / 10),
            Clock::Millis => (1, MILLI / 10),
            Clock::Hours => (0, SECOND),
        };
        if time.as_nanos() % step < self.resolution().as_nanos() { few } else { MOST_DECIMALS }
    }

    /// A moment without its unit, with so many decimals: of those in a column, the most that one of them needs.
    pub fn figure(self, time: SimTime, decimals: u32) -> String {
        let ns = time.as_nanos();
        match self {
            Clock::Nanos => thousands(ns),
            Clock::Micros => thousands(ns / MICRO) + &fraction(ns, MICRO, decimals),
            Clock::Millis => thousands(ns / MILLI) + &fraction(ns, MILLI, decimals),
            Clock::Hours => {
                let seconds = ns / SECOND;
                let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
                format!("{hours}:{minutes:02}:{:02}{}", seconds % 60, fraction(ns, SECOND, decimals))
            }
        }
    }

    fn with_unit(self, figure: String) -> String {
        match self {
            Clock::Nanos | Clock::Micros | Clock::Millis => format!("{figure} {}", self.unit()),
            Clock::Hours => figure,
        }
    }
}

/// No clock has more.
const MOST_DECIMALS: u32 = 3;

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

/// What is left of whole units, cut after so many decimals: ".250".
fn fraction(ns: u64, unit: u64, decimals: u32) -> String {
    if decimals == 0 {
        return String::new();
    }
    let width = decimals as usize;
    format!(".{:0width$}", ns % unit / (unit / 10u64.pow(decimals)))
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
    fn a_moment_is_written_as_the_length_of_its_run_asks() {
        let say = |end: u64, at: u64| Clock::for_end(SimTime::from_nanos(end)).say(SimTime::from_nanos(at));
        assert_eq!(say(3, 2), "2 ns");
        assert_eq!(Clock::Nanos.range(SimTime::ZERO, SimTime::from_nanos(1_500)), "0 – 1,500 ns");
        assert_eq!(say(37_000, 3_000), "3.000 µs");
        assert_eq!(say(999_999, 50_001), "50.001 µs");
        assert_eq!(say(195_900_000, 82_100_999), "82.100 ms");
        assert_eq!(say(3 * 86_400 * SECOND, 259_199_250_000_000), "71:59:59.250");
    }

    #[test]
    fn a_moment_is_told_as_exactly_as_it_must_be() {
        let text = |ns, end| Clock::for_end(SimTime::from_nanos(end)).brief(SimTime::from_nanos(ns));
        assert_eq!(text(15_000_001, SECOND), "15.0 ms");
        assert_eq!(text(1_062_853_000, 2 * SECOND), "1,062.853 ms");
        assert_eq!(text(50_000, 400_000), "50.0 µs");
        assert_eq!(text(2, 3), "2 ns");
        assert_eq!(text(2_000 * SECOND, 4 * HOUR), "0:33:20");
        assert_eq!(text(13_100_250_000_000, 4 * HOUR), "3:38:20.250");
    }

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
