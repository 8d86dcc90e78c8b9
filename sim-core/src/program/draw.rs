//! How long a request takes: always the same, or drawn.
//!
//! Owns the three shapes, how they are written, and the draw itself: a pure function of 64 random bits, in integers,
//! so that it is the same on every machine. Where the bits come from is the world's business (a Decision).

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

use crate::instant::{DurationError, SimDuration};

/// A length of time, fixed or drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Latency {
    /// "10ms": always this.
    Fixed(SimDuration),
    /// "5ms..15ms": every length between the two is as likely.
    Uniform(SimDuration, SimDuration),
    /// "10ms±2ms": near the first, one standard deviation is the second; never further away than three, never below 0.
    Around(SimDuration, SimDuration),
}

impl Latency {
    /// Whether a draw is needed.
    pub const fn is_fixed(&self) -> bool {
        matches!(self, Latency::Fixed(_))
    }

    /// The length that these random bits choose.
    pub fn draw(&self, bits: u64) -> SimDuration {
        match *self {
            Latency::Fixed(length) => length,
            Latency::Uniform(from, to) => {
                from + SimDuration::from_nanos(scale(bits, to.saturating_sub(from).as_nanos()))
            }
            Latency::Around(middle, deviation) => {
                // Offsets are kept in thousandths of a deviation: integers only.
                let offset = normal_thousandths(bits) as i128 * i128::from(deviation.as_nanos()) / 1_000;
                let ns = (i128::from(middle.as_nanos()) + offset).max(0);
                SimDuration::from_nanos(u64::try_from(ns).unwrap_or(u64::MAX))
            }
        }
    }
}

/// `bits` as a share of 2^64, of `range`.
fn scale(bits: u64, range: u64) -> u64 {
    (u128::from(bits) * u128::from(range) >> 64) as u64
}

/// A draw from about the normal distribution, in thousandths of a standard deviation, within ±3,000: the sum of
/// twelve uniform draws of 0..1 has variance 1 and mean 6.
fn normal_thousandths(bits: u64) -> i64 {
    let mut state = bits;
    let sum: u64 = (0..12)
        .map(|_| {
            state = splitmix(state);
            scale(state, 1_000)
        })
        .sum();
    (sum as i64 - 6_000).clamp(-3_000, 3_000)
}

/// One step of SplitMix64 (Steele, Lea, Flood 2014): spreads one random word into several.
fn splitmix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

impl FromStr for Latency {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Latency, DurationError> {
        if let Some((from, to)) = text.split_once("..") {
            let (from, to) = (from.parse()?, to.parse()?);
            return if to < from {
                Err(DurationError::Malformed(text.to_owned()))
            } else {
                Ok(Latency::Uniform(from, to))
            };
        }
        match text.split_once('±').or_else(|| text.split_once("+-")) {
            Some((middle, deviation)) => Ok(Latency::Around(middle.parse()?, deviation.parse()?)),
            None => text.parse().map(Latency::Fixed),
        }
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Latency::Fixed(length) => length.fmt(f),
            Latency::Uniform(from, to) => write!(f, "{from}..{to}"),
            Latency::Around(middle, deviation) => write!(f, "{middle}±{deviation}"),
        }
    }
}

impl<'de> Deserialize<'de> for Latency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Latency, D::Error> {
        deserializer.deserialize_any(Text::<Latency>::new(
            "a duration with its unit, such as \"10ms\", \"5ms..15ms\" or \"10ms±2ms\"",
        ))
    }
}

/// For `#[serde(deserialize_with)]`: a duration written as text with its unit.
pub fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SimDuration, D::Error> {
    deserializer.deserialize_any(Text::new("a duration with its unit, such as \"10ms\""))
}

/// For `#[serde(default, deserialize_with)]`: as [`duration`], where it may be left out.
pub fn some_duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SimDuration>, D::Error> {
    duration(deserializer).map(Some)
}

/// Reads a text; a bare number gets the error that names its missing unit.
struct Text<T> {
    expected: &'static str,
    value: std::marker::PhantomData<T>,
}

impl<T> Text<T> {
    fn new(expected: &'static str) -> Text<T> {
        Text { expected, value: std::marker::PhantomData }
    }
}

impl<T: FromStr<Err = DurationError>> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        Err(E::custom(DurationError::NoUnit(number.to_string())))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        Err(E::custom(DurationError::Malformed(number.to_string())))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        Err(E::custom(DurationError::NoUnit(number.to_string())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(n: u64) -> SimDuration {
        SimDuration::from_millis(n)
    }

    #[test]
    fn a_latency_is_read_in_its_three_shapes() {
        assert_eq!("10ms".parse(), Ok(Latency::Fixed(ms(10))));
        assert_eq!("5ms..15ms".parse(), Ok(Latency::Uniform(ms(5), ms(15))));
        assert_eq!("10ms±2ms".parse(), Ok(Latency::Around(ms(10), ms(2))));
        assert_eq!("1000ms+-25ms".parse(), Ok(Latency::Around(ms(1_000), ms(25))));
        assert!("15ms..5ms".parse::<Latency>().is_err());
        assert!(matches!("10".parse::<Latency>(), Err(DurationError::NoUnit(_))));
    }

    #[test]
    fn what_is_written_reads_back() {
        for text in ["10ms", "5ms..15ms", "1s±25ms"] {
            assert_eq!(text.parse::<Latency>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_uniform_draw_stays_between_its_ends() {
        let latency = Latency::Uniform(ms(5), ms(15));
        assert_eq!(latency.draw(0), ms(5));
        assert_eq!(latency.draw(1 << 63), ms(10));
        assert!(latency.draw(u64::MAX) <= ms(15));
    }

    #[test]
    fn draws_around_a_middle_have_its_mean_and_deviation() {
        let latency = Latency::Around(ms(1_000), ms(25));
        let draws: Vec<f64> = (0..10_000).map(|i| latency.draw(splitmix(i)).as_millis_f64()).collect();
        let mean = draws.iter().sum::<f64>() / 10_000.0;
        let deviation = (draws.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / 10_000.0).sqrt();
        assert!((mean - 1_000.0).abs() < 2.0, "mean {mean}");
        assert!((deviation - 25.0).abs() < 1.0, "deviation {deviation}");
        assert!(draws.iter().all(|d| (925.0..=1_075.0).contains(d)));
    }
}
