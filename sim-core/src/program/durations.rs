//! How lengths of time are written in files: always with a unit, fixed or drawn.
//!
//! Owns reading and writing; what a drawn latency means is the machine's.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

use crate::instant::{DurationError, SimDuration};
use crate::machine::spec::Latency;

/// "10ms": always this. "5ms..15ms": anything between. "10ms±2ms": around the first, at most the second away.
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
            Some((middle, spread)) => Ok(Latency::Around(middle.parse()?, spread.parse()?)),
            None => text.parse().map(Latency::Fixed),
        }
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Latency::Fixed(length) => length.fmt(f),
            Latency::Uniform(from, to) => write!(f, "{from}..{to}"),
            Latency::Around(middle, spread) => write!(f, "{middle}±{spread}"),
        }
    }
}

impl<'de> Deserialize<'de> for Latency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Latency, D::Error> {
        let expected = "a duration with its unit, such as \"10ms\", \"5ms..15ms\" or \"10ms±2ms\"";
        deserializer.deserialize_any(Text::<Latency>::new(expected))
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
}
