//! What a sweep turns: a value of the scenario's file, and the values it is given one after the other.
//!
//! ```text
//! over     = path "=" from ".." to { ":" option }
//! option   = "log" | "linear" | how many values
//! from, to = whole numbers, or durations with a unit
//! ```
//!
//! `workload.tasks.conn.count=1..100000:log`, `machine.cores=1..8`, `workload.tasks.hog.ops.1.0=1ms..1s:log:7`. The path
//! is that of `--set`. Without how many, the values are round: 1, 2, 5, 10, 20, 50 …; both ends are always among them.

use std::ops::Range;
use std::sync::Arc;

use miette::NamedSource;

use crate::clock::thousands;
use crate::instant::SimDuration;
use crate::scenario::error::{Located, ScenarioErrors, Source, advice};

/// A sweep has at most so many values.
pub const MOST_POINTS: usize = 200;

/// Round values are at most so many on a linear scale, the ends not counted.
const ROUND_STEPS: u64 = 12;

/// From this ratio of the ends on, the scale is logarithmic unless another is asked for.
const WIDE: u64 = 20;

/// What is turned, and the values it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Over {
    /// Which value of the file: "workload.tasks.conn.count".
    pub path: String,
    /// What the values are.
    pub quantity: Quantity,
    /// How they are spread.
    pub scale: Scale,
    /// The values, ascending: whole numbers, or nanoseconds.
    pub points: Vec<u64>,
}

/// What the values of a sweep are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Whole numbers.
    Count,
    /// Lengths of time, in nanoseconds.
    Time,
}

/// How the values of a sweep are spread between its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Each so many times the one before.
    Log,
    /// Each so much more than the one before.
    Linear,
}

/// The ends of a sweep, and how it goes from one to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Between {
    /// The first value.
    pub from: u64,
    /// The last.
    pub to: u64,
    /// How the values are spread.
    pub scale: Scale,
    /// How many there are; round ones if none.
    pub steps: Option<usize>,
}

impl Over {
    /// Reads a sweep as the command line writes it; `steps` is how many values it is to have, if that is asked apart.
    pub fn parse(text: &str, steps: Option<usize>) -> Result<Over, ScenarioErrors> {
        Reader::new(text).read(steps)
    }

    /// What sets a value in the file: "machine.cores=4".
    pub fn assignment(&self, value: u64) -> String {
        format!("{}={}", self.path, self.quantity.in_file(value))
    }
}

impl Quantity {
    /// A value as a file writes it: "4", "1.5ms".
    pub fn in_file(self, value: u64) -> String {
        match self {
            Quantity::Count => value.to_string(),
            Quantity::Time => SimDuration::from_nanos(value).to_string(),
        }
    }

    /// A value for people: "100,000", "1.5 ms".
    pub fn write(self, value: u64) -> String {
        match self {
            Quantity::Count => thousands(value),
            Quantity::Time => {
                let text = SimDuration::from_nanos(value).to_string().replace('u', "µ");
                let unit = text.find(|c: char| c.is_alphabetic()).unwrap_or(text.len());
                format!("{} {}", &text[..unit], &text[unit..])
            }
        }
    }
}

impl Scale {
    /// The scale that suits these ends.
    pub fn suiting(from: u64, to: u64) -> Scale {
        if from >= 1 && to / from >= WIDE { Scale::Log } else { Scale::Linear }
    }

    /// Its name: "log", "linear".
    pub const fn id(self) -> &'static str {
        match self {
            Scale::Log => "log",
            Scale::Linear => "linear",
        }
    }
}

impl Between {
    /// The values, ascending, both ends among them. The error says what is wrong with the ends or the number.
    pub fn points(self) -> Result<Vec<u64>, String> {
        let Between { from, to, scale, steps } = self;
        if from >= to {
            return Err("the first value must be less than the last".to_owned());
        }
        if scale == Scale::Log && from == 0 {
            return Err("a logarithmic scale has no 0: begin at 1, or take a linear one".to_owned());
        }
        if let Some(steps) = steps.filter(|n| !(2..=MOST_POINTS).contains(n)) {
            return Err(format!("{steps} values cannot be swept: ask for 2 to {MOST_POINTS}"));
        }
        let mut points = match (scale, steps) {
            (Scale::Log, None) => round_log(from, to),
            (Scale::Log, Some(steps)) => even_log(from, to, steps),
            (Scale::Linear, None) => round_linear(from, to),
            (Scale::Linear, Some(steps)) => even_linear(from, to, steps),
        };
        points.sort_unstable();
        points.dedup();
        Ok(points)
    }
}

/// 1, 2, 5, 10, 20, 50, … between the ends.
fn round_log(from: u64, to: u64) -> Vec<u64> {
    std::iter::once(from).chain(round_numbers().filter(|n| (from..to).contains(n))).chain([to]).collect()
}

/// 1, 2, 5, 10, 20, 50, …: ascending.
fn round_numbers() -> impl Iterator<Item = u64> {
    let decades = std::iter::successors(Some(1u64), |decade| decade.checked_mul(10));
    decades.flat_map(|decade| [1, 2, 5].into_iter().filter_map(move |n| decade.checked_mul(n)))
}

/// So many, each the same number of times the one before, of two figures each: a value is to be read at a glance.
fn even_log(from: u64, to: u64, steps: usize) -> Vec<u64> {
    let ratio = to as f64 / from as f64;
    let inner = (1..steps - 1).map(|n| {
        let exact = from as f64 * ratio.powf(n as f64 / (steps - 1) as f64);
        two_figures(exact).clamp(from, to)
    });
    std::iter::once(from).chain(inner).chain([to]).collect()
}

fn two_figures(value: f64) -> u64 {
    let mut unit = 1u64;
    while value / unit as f64 >= 100.0 {
        unit *= 10;
    }
    (value / unit as f64).round() as u64 * unit
}

/// Multiples of a round step between the ends.
fn round_linear(from: u64, to: u64) -> Vec<u64> {
    let least = (to - from).div_ceil(ROUND_STEPS);
    let step = round_numbers().find(|step| *step >= least).unwrap_or(to);
    let first = (from / step + 1).checked_mul(step).unwrap_or(to);
    let inner = std::iter::successors(Some(first), |value| value.checked_add(step)).take_while(|value| *value < to);
    std::iter::once(from).chain(inner).chain([to]).collect()
}

fn even_linear(from: u64, to: u64, steps: usize) -> Vec<u64> {
    let last = steps as u128 - 1;
    (0..=last).map(|n| from + ((u128::from(to - from) * n + last / 2) / last) as u64).collect()
}

/// Reads the text, and knows where in it everything stands.
struct Reader<'t> {
    text: &'t str,
    source: Source,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Reader<'t> {
        Reader { text, source: Arc::new(NamedSource::new("--over", text.to_owned())) }
    }

    fn read(&self, steps: Option<usize>) -> Result<Over, ScenarioErrors> {
        const FORM: &str = "write for example \"workload.tasks.conn.count=1..10000:log\"";
        let whole = || ScenarioErrors::from(self.at(0..self.text.len(), "this is not PATH=FROM..TO").help(FORM));
        let (path, rest) = self.text.split_once('=').ok_or_else(whole)?;
        let (ends, options) = rest.split_once(':').map_or((rest, None), |(ends, options)| (ends, Some(options)));
        let (from, to) = ends.split_once("..").ok_or_else(|| {
            self.at(self.place(ends), "a sweep goes from a value to another").label("no `..` in it").help(FORM)
        })?;
        if path.trim().is_empty() {
            return Err(whole());
        }
        let (first, quantity) = self.value(from)?;
        let (last, other) = self.value(to)?;
        if quantity != other {
            let message = "one end is a number, and the other a length of time";
            return Err(self
                .at(self.place(ends), message)
                .help("write both with a unit, or none: \"1ms..100ms\"")
                .into());
        }
        let (mut scale, mut count) = (None, steps);
        for option in options.into_iter().flat_map(|options| options.split(':')) {
            match (option.trim(), option.trim().parse()) {
                ("log", _) => scale = Some(Scale::Log),
                ("linear", _) => scale = Some(Scale::Linear),
                (_, Ok(steps)) => count = Some(steps),
                (other, Err(_)) => {
                    let message = format!("`{other}` is no way from one end to the other");
                    let help = format!("{}; or write how many values", advice(other, ["log", "linear"], "scale"));
                    return Err(self.at(self.place(option), message).help(help).into());
                }
            }
        }
        let scale = scale.unwrap_or_else(|| Scale::suiting(first, last));
        let between = Between { from: first, to: last, scale, steps: count };
        let points = between.points().map_err(|why| self.at(self.place(rest), why).help(FORM))?;
        Ok(Over { path: path.trim().to_owned(), quantity, scale, points })
    }

    fn value(&self, text: &str) -> Result<(u64, Quantity), ScenarioErrors> {
        let plain = text.trim().replace('_', "");
        if let Ok(count) = plain.parse::<u64>() {
            return Ok((count, Quantity::Count));
        }
        // What begins like a number was to be a length of time; what does not may be anything.
        match plain.parse::<SimDuration>() {
            Ok(length) => Ok((length.as_nanos(), Quantity::Time)),
            Err(why) if plain.starts_with(|c: char| c.is_ascii_digit()) => {
                Err(self.at(self.place(text), why.to_string()).into())
            }
            Err(_) => {
                let message = format!("`{}` is neither a whole number nor a length of time", text.trim());
                Err(self.at(self.place(text), message).help("write for example \"1..100000\" or \"1ms..1s\"").into())
            }
        }
    }

    fn at(&self, span: Range<usize>, message: impl Into<String>) -> Located {
        Located::at(&self.source, span, message)
    }

    /// Where a part of the text stands in it.
    fn place(&self, part: &str) -> Range<usize> {
        let start = part.as_ptr() as usize - self.text.as_ptr() as usize;
        start..start + part.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(text: &str) -> Vec<u64> {
        Over::parse(text, None).unwrap_or_else(|e| panic!("{text}: {e}")).points
    }

    #[test]
    fn a_logarithmic_sweep_goes_by_round_numbers() {
        assert_eq!(points("a.count=1..1000:log"), [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000]);
        assert_eq!(
            points("a.count=3..300"),
            [3, 5, 10, 20, 50, 100, 200, 300],
            "what is wide is logarithmic by itself"
        );
        assert_eq!(points("a.count=1..100_000").len(), 16);
    }

    #[test]
    fn a_linear_sweep_goes_by_round_steps() {
        assert_eq!(points("machine.cores=1..8"), [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(points("a=0..1000:linear"), [0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000]);
        assert_eq!(points("a=30..100:linear"), [30, 40, 50, 60, 70, 80, 90, 100]);
        assert_eq!(points("a=0..2"), [0, 1, 2]);
    }

    #[test]
    fn so_many_values_are_swept_as_are_asked_for() {
        assert_eq!(points("a=1..10000:log:5"), [1, 10, 100, 1_000, 10_000]);
        assert_eq!(points("a=1..100000:7"), [1, 7, 46, 320, 2_200, 15_000, 100_000]);
        assert_eq!(points("a=10..20:linear:3"), [10, 15, 20]);
        assert_eq!(points("a=1..3:linear:10"), [1, 2, 3], "each value once");
        assert_eq!(Over::parse("a=1..9:log", Some(2)).unwrap().points, [1, 9]);
    }

    #[test]
    fn lengths_of_time_are_swept_too() {
        let over = Over::parse("tasks.hog.0=1ms..100ms:log", None).unwrap();
        assert_eq!(over.quantity, Quantity::Time);
        let written: Vec<String> = over.points.iter().map(|value| over.assignment(*value)).collect();
        assert_eq!(written[..3], ["tasks.hog.0=1ms", "tasks.hog.0=2ms", "tasks.hog.0=5ms"]);
        assert_eq!([1_500_000, 20_000].map(|ns| Quantity::Time.write(ns)), ["1.5 ms", "20 µs"]);
    }

    #[test]
    fn the_widest_sweeps_have_an_end() {
        for text in ["a=1..18446744073709551615:log", "a=0..18446744073709551615:linear"] {
            assert!(points(text).len() <= MOST_POINTS && points(text).is_sorted(), "{text}");
        }
        assert_eq!(points("a=1..18446744073709551615:linear:3")[1], 9_223_372_036_854_775_808);
    }

    #[test]
    fn what_is_wrong_is_shown_where_it_stands() {
        let wrong = |text: &str| Over::parse(text, None).unwrap_err().errors()[0].clone();
        let check = |text: &str, column: usize, says: &str| {
            let error = wrong(text);
            assert!(error.message.contains(says) && error.column == column, "{text}: {} at {}", error, error.column);
        };
        check("machine.cores", 1, "PATH=FROM..TO");
        check("=1..2", 1, "PATH=FROM..TO");
        check("machine.cores=4", 15, "from a value to another");
        check("a=1..b", 6, "neither a whole number");
        check("a=1ms..100", 3, "one end is a number");
        check("a=1..8x", 6, "not a duration");
        check("a=8..1", 3, "must be less");
        check("a=0..100:log", 3, "no 0");
        check("a=1..8:lgo", 8, "`lgo`");
        assert!(wrong("a=1..8:lgo").help.unwrap().starts_with("did you mean `log`?"));
        check("a=1..8:1000", 3, "2 to 200");
        check("a=1..8:0", 3, "0 values");
    }
}
