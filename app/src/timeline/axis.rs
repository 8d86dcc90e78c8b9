//! Time to x and back, and where the axis has its ticks.
//!
//! Owns the mapping of one stretch of time onto one stretch of pixels. Times are nanoseconds as f64; x is in points.

use sim_core::clock::Clock;
use sim_core::instant::SimTime;

/// A stretch of time laid over a stretch of pixels.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Axis {
    /// The x of `start`.
    pub left: f32,
    /// The x of the end.
    pub right: f32,
    /// The time at the left edge, in nanoseconds.
    pub start: f64,
    /// How much time there is between the edges; more than zero.
    pub length: f64,
}

impl Axis {
    /// The x of a time. Far outside, it is held within reach of f32's precision.
    #[inline]
    pub fn x_from_time(&self, time: f64) -> f32 {
        let x = f64::from(self.left) + (time - self.start) * self.pixels_per_ns();
        x.clamp(f64::from(self.left) - 1e6, f64::from(self.right) + 1e6) as f32
    }

    /// The x of a moment of the run.
    #[inline]
    pub fn x(&self, time: SimTime) -> f32 {
        self.x_from_time(time.as_nanos() as f64)
    }

    /// The time at an x, in nanoseconds; may be before the run's start.
    pub fn time_from_x(&self, x: f32) -> f64 {
        self.start + f64::from(x - self.left) / self.pixels_per_ns()
    }

    /// The moment of the run at an x, held at its start.
    pub fn moment_from_x(&self, x: f32) -> SimTime {
        let ns = self.time_from_x(x).round().max(0.0);
        SimTime::from_nanos((ns as u64).min(SimTime::MAX.as_nanos()))
    }

    /// The time at the right edge.
    pub fn end(&self) -> f64 {
        self.start + self.length
    }

    /// How many points a nanosecond is wide.
    pub fn pixels_per_ns(&self) -> f64 {
        f64::from(self.width()) / self.length
    }

    /// The width in points; at least one.
    pub fn width(&self) -> f32 {
        (self.right - self.left).max(1.0)
    }

    /// Ticks at round times, at least `least_gap` points apart, in the unit that suits the gap.
    pub fn ticks(&self, least_gap: f32) -> Ticks {
        let least = self.length * f64::from(least_gap) / f64::from(self.width());
        // "12:00:00" takes more room than a number.
        let step = if self.end() >= HOUR { nice_step_of_hours(least * 1.7) } else { nice_step(least) };
        let unit = Unit::of(self.end().abs().max(step), step);
        let first = (self.start.max(0.0) / step).ceil() as i64;
        let last = (self.end() / step).floor() as i64;
        let marks = (first..=last)
            .take(MOST_TICKS)
            .map(|n| {
                let time = n as f64 * step;
                Tick { x: self.x_from_time(time), label: unit.write(time, step) }
            })
            .collect();
        Ticks { unit, step, marks }
    }
}

const MOST_TICKS: usize = 200;

/// The ticks of an axis, all in one unit.
#[derive(Clone, PartialEq, Debug)]
pub struct Ticks {
    /// The unit of every label.
    pub unit: Unit,
    /// How far they are apart, in nanoseconds.
    pub step: f64,
    /// The ticks, left to right.
    pub marks: Vec<Tick>,
}

impl Ticks {
    /// A moment in the unit of the labels, as exactly as the clock tells it, or as they stand apart if that is finer.
    pub fn write(&self, time: SimTime, clock: Clock) -> String {
        // In no unit there are more than three decimals.
        let finest = if self.unit == Unit::Hours { 1e6 } else { self.unit.nanos() / 1e3 };
        let step = self.step.min(clock.resolution().as_nanos() as f64).max(finest).max(1.0);
        // Whole decimals: ticks may be 20 apart.
        let step = 10f64.powf((step.log10() + 1e-9).floor());
        let ns = time.as_nanos();
        self.unit.write((ns - ns % step as u64) as f64, step)
    }
}

/// One tick.
#[derive(Clone, PartialEq, Debug)]
pub struct Tick {
    /// Where it is.
    pub x: f32,
    /// The time, without its unit.
    pub label: String,
}

/// The smallest of 1, 2, 5 × 10^n nanoseconds that is no less than `least`; at least one nanosecond.
pub fn nice_step(least: f64) -> f64 {
    let power = 10f64.powf(least.max(1.0).log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|s| *s >= least * 0.999_999).unwrap_or(10.0 * power)
}

const HOUR: f64 = 3.6e12;

/// The same in a run of hours: seconds and minutes go up to 60, hours to 24.
fn nice_step_of_hours(least: f64) -> f64 {
    const ROUND: [f64; 22] = [
        1.0,
        2.0,
        5.0,
        10.0,
        15.0,
        30.0,
        60.0,
        120.0,
        300.0,
        600.0,
        900.0,
        1_800.0,
        3_600.0,
        7_200.0,
        10_800.0,
        21_600.0,
        43_200.0,
        86_400.0,
        172_800.0,
        432_000.0,
        864_000.0,
        1_728_000.0,
    ];
    if least <= 0.5e9 {
        return nice_step(least);
    }
    ROUND.into_iter().map(|seconds| seconds * 1e9).find(|step| *step >= least * 0.999_999).unwrap_or(nice_step(least))
}

/// The unit that times are written in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Nanoseconds.
    Nanos,
    /// Microseconds.
    Micros,
    /// Milliseconds.
    Millis,
    /// Seconds.
    Seconds,
    /// Hours, minutes and seconds: "71:59:59".
    Hours,
}

impl Unit {
    /// The unit in which a step of this size has at most three decimals, and `largest` not too many digits.
    fn of(largest: f64, step: f64) -> Unit {
        match largest {
            _ if largest >= HOUR && step >= 1e6 => Unit::Hours,
            _ if step >= 1e9 || (largest >= 1e11 && step >= 1e6) => Unit::Seconds,
            _ if step >= 1e5 || (largest >= 1e8 && step >= 1e3) => Unit::Millis,
            _ if step >= 1e2 || (largest >= 1e5 && step >= 1.0) => Unit::Micros,
            _ => Unit::Nanos,
        }
    }

    /// The unit in which a clock tells a moment.
    pub const fn of_clock(clock: Clock) -> Unit {
        match clock {
            Clock::Nanos => Unit::Nanos,
            Clock::Micros => Unit::Micros,
            Clock::Millis => Unit::Millis,
            Clock::Hours => Unit::Hours,
        }
    }

    /// Nanoseconds in one.
    pub const fn nanos(self) -> f64 {
        match self {
            Unit::Nanos => 1.0,
            Unit::Micros => 1e3,
            Unit::Millis => 1e6,
            Unit::Seconds => 1e9,
            Unit::Hours => HOUR,
        }
    }

    /// How it is written.
    pub const fn symbol(self) -> &'static str {
        match self {
            Unit::Nanos => "ns",
            Unit::Micros => "µs",
            Unit::Millis => "ms",
            Unit::Seconds => "s",
            Unit::Hours => "h:m:s",
        }
    }

    /// A time in this unit, with the decimals that a step of this size needs.
    pub fn write(self, time: f64, step: f64) -> String {
        if self == Unit::Hours {
            let moment = SimTime::from_nanos(time.max(0.0).round() as u64);
            let written = Clock::Hours.write(moment);
            return if step >= 1e9 { written.split('.').next().unwrap_or_default().to_owned() } else { written };
        }
        let decimals = (self.nanos() / step).log10().ceil().clamp(0.0, 9.0) as usize;
        with_thousands(&format!("{:.decimals$}", time / self.nanos()))
    }
}

/// A number's whole part in groups of three.
pub fn with_thousands(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut grouped = String::with_capacity(number.len() + whole.len() / 3);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(start: f64, length: f64) -> Axis {
        Axis { left: 100.0, right: 1100.0, start, length }
    }

    #[test]
    fn x_and_time_are_inverse() {
        for (start, length) in [(0.0, 1e8), (-3e6, 2e7), (1e14, 30.0)] {
            let axis = axis(start, length);
            for share in [0.0, 0.1, 0.5, 1.0] {
                let time = start + share * length;
                let back = axis.time_from_x(axis.x_from_time(time));
                assert!((back - time).abs() <= length * 1e-6, "{time} came back as {back}");
            }
        }
    }

    #[test]
    fn ticks_are_round_and_far_enough_apart() {
        let ticks = axis(0.0, 1.3e8).ticks(50.0);
        let labels: Vec<_> = ticks.marks.iter().map(|t| t.label.as_str()).collect();
        assert_eq!(ticks.unit, Unit::Millis);
        assert_eq!(labels, ["0", "10", "20", "30", "40", "50", "60", "70", "80", "90", "100", "110", "120", "130"]);
        assert!(ticks.marks.windows(2).all(|w| w[1].x - w[0].x >= 50.0));
    }

    #[test]
    fn deep_in_a_long_run_ticks_keep_their_unit() {
        let ticks = axis(2.01e7, 100.0).ticks(100.0);
        assert_eq!(ticks.unit, Unit::Micros);
        assert_eq!(ticks.marks[1].label, "20,100.01");
        assert_eq!(axis(0.0, 20.0).ticks(100.0).marks[1].label, "2");
    }

    #[test]
    fn a_run_of_days_has_ticks_at_whole_hours_and_one_of_nanoseconds_at_each() {
        let labels = |axis: Axis| axis.ticks(100.0).marks.into_iter().map(|t| t.label).collect::<Vec<_>>();
        let days = axis(0.0, 2.85e14);
        assert_eq!(days.ticks(100.0).unit, Unit::Hours);
        assert_eq!(labels(days), ["0:00:00", "24:00:00", "48:00:00", "72:00:00"]);
        assert_eq!(labels(axis(2.5e14, 9e10))[0], "69:27:00", "a minute and a half of it");
        assert_eq!(labels(axis(0.0, 3.3)), ["0", "1", "2", "3"]);
    }

    #[test]
    fn a_moment_on_the_axis_is_told_in_the_unit_of_its_ticks() {
        let plate = |axis: Axis, clock: Clock, ns: u64| axis.ticks(100.0).write(SimTime::from_nanos(ns), clock);
        assert_eq!(plate(axis(0.0, 3.7e4), Clock::Micros, 3_000), "3.000", "beside ticks in µs");
        assert_eq!(plate(axis(0.0, 4e3), Clock::Nanos, 1_500), "1.500", "beside ticks in µs");
        assert_eq!(plate(axis(0.0, 1.3e8), Clock::Millis, 82_100_999), "82.100", "as the clock cuts it");
        assert_eq!(plate(axis(2.01e7, 100.0), Clock::Millis, 20_100_010), "20,100.01", "where ticks are finer");
        assert_eq!(plate(axis(2.01e7, 200.0), Clock::Millis, 20_100_010), "20,100.01", "with ticks 20 ns apart");
        assert_eq!(plate(axis(0.0, 2e12), Clock::Millis, 1_500_250_300_000), "1,500.250", "beside ticks in s");
        assert_eq!(plate(axis(0.0, 2.85e14), Clock::Hours, 2_000_000_000_000), "0:33:20.000");
    }
}
