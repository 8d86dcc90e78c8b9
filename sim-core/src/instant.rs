//! Virtual time: integer nanoseconds since the start of a run.
//!
//! Owns the two time types, how they are written ("10ms") and how they are read back. Knows no machine
//! and no wall clock.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Sub};
use std::str::FromStr;

/// A moment of a run: nanoseconds since its start. A trace holds 48 bits of it, 3.2 days.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct SimTime(u64);

/// A length of virtual time, in nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct SimDuration(u64);

impl SimTime {
    /// The start of every run.
    pub const ZERO: SimTime = SimTime(0);
    /// The last moment a trace can name: 2^48 − 1 ns, about 3.2 days.
    pub const MAX: SimTime = SimTime((1 << 48) - 1);

    /// The moment `ns` nanoseconds after the start.
    pub const fn from_nanos(ns: u64) -> SimTime {
        SimTime(ns)
    }

    /// This moment or the first after it that is a whole number of `step`s from the start; itself for a step of zero.
    pub const fn rounded_up(self, step: SimDuration) -> SimTime {
        match step.as_nanos() {
            0 => self,
            step => SimTime(self.0.next_multiple_of(step)),
        }
    }

    /// Nanoseconds since the start.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Whole milliseconds since the start; what is finer is cut off.
    pub const fn as_millis(self) -> u64 {
        self.0 / 1_000_000
    }

    /// Milliseconds since the start, for drawing; exact to 2^53 ns.
    pub fn as_millis_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// How long after `earlier` this is; zero if it is not after it.
    pub const fn since(self, earlier: SimTime) -> SimDuration {
        SimDuration(self.0.saturating_sub(earlier.0))
    }

    /// This moment later by `d`, held at [`SimTime::MAX`].
    pub const fn saturating_add(self, d: SimDuration) -> SimTime {
        let sum = self.0.saturating_add(d.0);
        if sum > SimTime::MAX.0 { SimTime::MAX } else { SimTime(sum) }
    }
}

impl SimDuration {
    /// No time at all.
    pub const ZERO: SimDuration = SimDuration(0);

    /// `n` nanoseconds.
    pub const fn from_nanos(n: u64) -> SimDuration {
        SimDuration(n)
    }

    /// `n` microseconds.
    pub const fn from_micros(n: u64) -> SimDuration {
        SimDuration(n * 1_000)
    }

    /// `n` milliseconds.
    pub const fn from_millis(n: u64) -> SimDuration {
        SimDuration(n * 1_000_000)
    }

    /// `n` seconds.
    pub const fn from_secs(n: u64) -> SimDuration {
        SimDuration(n * 1_000_000_000)
    }

    /// The length in nanoseconds.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// The length in whole milliseconds; what is finer is cut off.
    pub const fn as_millis(self) -> u64 {
        self.0 / 1_000_000
    }

    /// The length in milliseconds, for drawing.
    pub fn as_millis_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// Whether this is no time at all.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// `self − other`, or zero.
    pub const fn saturating_sub(self, other: SimDuration) -> SimDuration {
        SimDuration(self.0.saturating_sub(other.0))
    }
}

/// `std` durations longer than 584 years are held at that.
impl From<std::time::Duration> for SimDuration {
    fn from(d: std::time::Duration) -> SimDuration {
        SimDuration(u64::try_from(d.as_nanos()).unwrap_or(u64::MAX))
    }
}

impl Add<SimDuration> for SimTime {
    type Output = SimTime;
    fn add(self, d: SimDuration) -> SimTime {
        self.saturating_add(d)
    }
}

impl AddAssign<SimDuration> for SimTime {
    fn add_assign(&mut self, d: SimDuration) {
        *self = *self + d;
    }
}

impl Sub for SimTime {
    type Output = SimDuration;
    fn sub(self, earlier: SimTime) -> SimDuration {
        self.since(earlier)
    }
}

impl Add for SimDuration {
    type Output = SimDuration;
    fn add(self, other: SimDuration) -> SimDuration {
        SimDuration(self.0.saturating_add(other.0))
    }
}

impl AddAssign for SimDuration {
    fn add_assign(&mut self, other: SimDuration) {
        *self = *self + other;
    }
}

impl Mul<u64> for SimDuration {
    type Output = SimDuration;
    fn mul(self, times: u64) -> SimDuration {
        SimDuration(self.0.saturating_mul(times))
    }
}

impl Sum for SimDuration {
    fn sum<I: Iterator<Item = SimDuration>>(iter: I) -> SimDuration {
        iter.fold(SimDuration::ZERO, Add::add)
    }
}

const UNITS: [(&str, u64); 5] = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("µs", 1_000), ("ns", 1)];

/// Why a text is not a duration. Its message says what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// A bare number: nobody can tell which unit was meant.
    #[error("`{0}` has no unit: write for example \"{0}ms\" (ns, us, ms or s)")]
    NoUnit(String),
    /// Not a number followed by a unit.
    #[error("`{0}` is not a duration: write a number and a unit, for example \"1.5ms\" (ns, us, ms or s)")]
    Malformed(String),
    /// Finer than a nanosecond.
    #[error("`{0}` is finer than one nanosecond, the smallest step of virtual time")]
    TooFine(String),
    /// Beyond what a trace can hold.
    #[error("`{0}` is longer than a run can be (3.2 days)")]
    TooLong(String),
}

/// Reads "10ms", "1.5us", "250 ns", "2s". The result is exact.
///
/// ```
/// use sim_core::instant::SimDuration;
/// assert_eq!("1.5ms".parse(), Ok(SimDuration::from_micros(1_500)));
/// assert!("10".parse::<SimDuration>().unwrap_err().to_string().contains("no unit"));
/// ```
impl FromStr for SimDuration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<SimDuration, DurationError> {
        let trimmed = text.trim();
        let split = trimmed.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_'));
        let (number, unit) = trimmed.split_at(split.unwrap_or(trimmed.len()));
        let malformed = || DurationError::Malformed(text.to_owned());
        let digits = number.replace('_', "");
        let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        if whole.is_empty() || fraction.contains('.') || digits.ends_with('.') {
            return Err(malformed());
        }
        let unit = unit.trim();
        if unit.is_empty() {
            return Err(DurationError::NoUnit(text.to_owned()));
        }
        let (_, per_unit) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(malformed)?;
        let too_long = || DurationError::TooLong(text.to_owned());
        let mut ns = whole.parse::<u64>().map_err(|_| too_long())?.checked_mul(*per_unit).ok_or_else(too_long)?;
        let mut place = *per_unit;
        for digit in fraction.bytes() {
            let digit = u64::from(digit - b'0');
            if place % 10 != 0 && digit != 0 {
                return Err(DurationError::TooFine(text.to_owned()));
            }
            place /= 10;
            ns += digit * place;
        }
        if ns > SimTime::MAX.0 { Err(too_long()) } else { Ok(SimDuration(ns)) }
    }
}

/// Writes the largest unit in which the length needs at most three decimals: "10ms", "1.5us", "0ns".
impl fmt::Display for SimDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.pad("0ns");
        }
        let (unit, per_unit) = [("s", 1_000_000_000u64), ("ms", 1_000_000), ("us", 1_000), ("ns", 1)]
            .into_iter()
            .find(|(_, per)| self.0 >= *per && self.0.is_multiple_of((*per / 1_000).max(1)))
            .unwrap_or(("ns", 1));
        let whole = self.0 / per_unit;
        let fraction = format!("{:03}", (self.0 % per_unit) * 1_000 / per_unit);
        let fraction = fraction.trim_end_matches('0');
        if fraction.is_empty() { f.pad(&format!("{whole}{unit}")) } else { f.pad(&format!("{whole}.{fraction}{unit}")) }
    }
}

impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        SimDuration(self.0).fmt(f)
    }
}

impl fmt::Debug for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "t+{}", SimDuration(self.0))
    }
}

impl fmt::Debug for SimDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: u64) {
        assert_eq!(text.parse::<SimDuration>(), Ok(SimDuration(expected)), "{text}");
    }

    #[test]
    fn a_duration_is_read_with_its_unit() {
        check("10ms", 10_000_000);
        check("1.5us", 1_500);
        check("0.05 ms", 50_000);
        check("2s", 2_000_000_000);
        check("7ns", 7);
        check("1_000us", 1_000_000);
    }

    #[test]
    fn a_bare_number_is_refused_and_says_so() {
        assert!(matches!("10".parse::<SimDuration>(), Err(DurationError::NoUnit(_))));
        assert!(matches!("".parse::<SimDuration>(), Err(DurationError::Malformed(_))));
        assert!(matches!("-1ms".parse::<SimDuration>(), Err(DurationError::Malformed(_))));
        assert!(matches!("1.5ns".parse::<SimDuration>(), Err(DurationError::TooFine(_))));
        assert!(matches!("9999999999s".parse::<SimDuration>(), Err(DurationError::TooLong(_))));
    }

    #[test]
    fn what_is_written_reads_back() {
        for ns in [0, 1, 999, 1_000, 1_500, 10_000_000, 82_100_000, 1_000_000_001, 3_600_000_000_000] {
            let d = SimDuration(ns);
            assert_eq!(d.to_string().parse::<SimDuration>(), Ok(d), "{d}");
        }
    }
}
