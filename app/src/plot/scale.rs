//! Values over a stretch of points, and where an axis has its ticks.

use sim_core::clock::thousands;
use sim_core::scenario::Unit;
use sim_core::scenario::sweep::{Over, Quantity, Scale};

/// What kind of values an axis has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Ground {
    /// In what they are measured.
    pub figure: Unit,
    /// Whether their ratio counts, not their difference.
    pub log: bool,
}

/// Values laid over a stretch of points.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Axis {
    ground: Ground,
    /// The values at both ends; on a logarithmic scale without 0, which has a place of its own at the first.
    from: f64,
    to: f64,
    ends: [f32; 2],
    /// Where 0 stands, if some value is 0 and the scale has none.
    zero: Option<f32>,
}

/// What 0 takes of a logarithmic scale, in points.
const ZERO_ROOM: f32 = 18.0;

impl Axis {
    /// The axis of what is turned: from the first value to the last.
    pub fn of_points(over: &Over, ends: [f32; 2]) -> Axis {
        let (from, to) = (over.points.first().copied().unwrap_or(1), over.points.last().copied().unwrap_or(1));
        let figure = match over.quantity {
            Quantity::Count => Unit::Count,
            Quantity::Time => Unit::Time,
        };
        let ground = Ground { figure, log: over.scale == Scale::Log };
        Axis { ground, from: from as f64, to: (to as f64).max(from as f64 + 1.0), ends, zero: None }
    }

    /// The axis of these values, to the next round ones. None if there are none.
    pub fn of_values(values: impl Iterator<Item = u64> + Clone, ground: Ground, ends: [f32; 2]) -> Option<Axis> {
        let most = values.clone().max()? as f64;
        if !ground.log || most == 0.0 {
            let to = round_up(most.max(1.0), &steps(ground.figure));
            return Some(Axis { ground: Ground { log: false, ..ground }, from: 0.0, to, ends, zero: None });
        }
        let least = values.clone().filter(|value| *value > 0).min()? as f64;
        let steps = steps(ground.figure);
        let (from, to) = (round_down(least, &steps), round_up(most, &steps));
        let to = if to > from { to } else { from * 10.0 };
        let has_zero = values.clone().any(|value| value == 0);
        let zero = has_zero.then_some(ends[0]);
        let ends = [if has_zero { ends[0] + ZERO_ROOM * (ends[1] - ends[0]).signum() } else { ends[0] }, ends[1]];
        Some(Axis { ground, from, to, ends, zero })
    }

    /// Whether ratios count.
    pub fn is_log(&self) -> bool {
        self.ground.log
    }

    /// Whether its values are lengths of time, which are written with a unit.
    pub fn is_time(&self) -> bool {
        self.ground.figure == Unit::Time
    }

    /// Where a value stands.
    pub fn at(&self, value: u64) -> f32 {
        match self.zero {
            Some(zero) if value == 0 => zero,
            Some(_) | None => self.place(value as f64),
        }
    }

    fn place(&self, value: f64) -> f32 {
        let share = match self.ground.log {
            true => (value / self.from).ln() / (self.to / self.from).ln(),
            false => (value - self.from) / (self.to - self.from),
        };
        self.ends[0] + (self.ends[1] - self.ends[0]) * share as f32
    }

    /// Round values with their places, at least so many points apart.
    pub fn ticks(&self, apart: f32) -> Vec<(String, f32)> {
        let candidates = if self.ground.log { self.log_ticks(apart) } else { self.linear_ticks(apart) };
        let zero = self.zero.map(|at| ("0".to_owned(), at));
        zero.into_iter().chain(candidates.into_iter().map(|value| (self.write(value), self.place(value)))).collect()
    }

    /// 1, 2, 5, 10, … where there is room; else 1, 10, 100, …; else fewer of those.
    fn log_ticks(&self, apart: f32) -> Vec<f64> {
        let within = |value: &f64| (self.from * 0.9999..=self.to * 1.0001).contains(value);
        let all: Vec<f64> = steps(self.ground.figure).into_iter().filter(within).collect();
        let ones: Vec<f64> = all.iter().copied().filter(|value| self.is_one(*value)).collect();
        if self.are_apart(&all, apart) || ones.len() < 2 {
            return self.thinned(all, apart);
        }
        self.thinned(ones, apart)
    }

    /// 1, 10, 100 of a unit.
    fn is_one(&self, value: f64) -> bool {
        let written = self.write(value);
        let digits = written.trim_end_matches(|c: char| !c.is_ascii_digit());
        matches!(digits, "1" | "10" | "100")
    }

    fn thinned(&self, all: Vec<f64>, apart: f32) -> Vec<f64> {
        let keep = (1..=all.len().max(1)).map(|every| all.iter().copied().step_by(every).collect::<Vec<_>>());
        keep.into_iter().find(|some| self.are_apart(some, apart)).unwrap_or_default()
    }

    fn are_apart(&self, values: &[f64], apart: f32) -> bool {
        values.windows(2).all(|pair| (self.place(pair[1]) - self.place(pair[0])).abs() >= apart)
    }

    fn linear_ticks(&self, apart: f32) -> Vec<f64> {
        let room = (self.ends[1] - self.ends[0]).abs();
        let least = (self.to - self.from) * f64::from(apart) / f64::from(room.max(1.0));
        let step = steps(self.ground.figure).into_iter().find(|step| *step >= least.max(1.0)).unwrap_or(self.to);
        let first = (self.from / step).ceil() as u64;
        (first..).map(|n| n as f64 * step).take_while(|value| *value <= self.to * 1.0001).collect()
    }

    fn write(&self, value: f64) -> String {
        let units: &[(f64, &str)] = match self.ground.figure {
            Unit::Time => &[(1.0, " ns"), (1e3, " µs"), (1e6, " ms"), (1e9, " s")],
            Unit::Bytes => &[(1.0, " B"), (1024.0, " KiB"), (1_048_576.0, " MiB"), (1_073_741_824.0, " GiB")],
            Unit::Count | Unit::Share | Unit::Text => &[(1.0, ""), (1e3, "k"), (1e6, "M"), (1e9, "G")],
        };
        if value < 0.5 {
            return "0".to_owned();
        }
        let unit = units.iter().rev().find(|(per, _)| value >= *per * 0.9999).unwrap_or(&units[0]);
        let number = (value / unit.0 * 10.0).round() / 10.0;
        let text = if number.fract() == 0.0 { thousands(number as u64) } else { number.to_string() };
        format!("{text}{}", unit.1)
    }
}

/// Round values of a unit, ascending: 1, 2, 5, 10, … of each of its sizes.
fn steps(unit: Unit) -> Vec<f64> {
    let sizes: [f64; 4] = match unit {
        Unit::Bytes => [1.0, 1024.0, 1_048_576.0, 1_073_741_824.0],
        Unit::Time | Unit::Count | Unit::Share | Unit::Text => [1.0, 1e3, 1e6, 1e9],
    };
    let within = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0];
    let above = [1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 1e7, 1e8, 1e9, 1e10];
    let small = sizes.into_iter().flat_map(|size| within.map(|n| n * size));
    small.chain(above.map(|n| n * sizes[3])).collect()
}

fn round_up(value: f64, steps: &[f64]) -> f64 {
    steps.iter().copied().find(|step| *step >= value).unwrap_or(value)
}

fn round_down(value: f64, steps: &[f64]) -> f64 {
    steps.iter().rev().copied().find(|step| *step <= value).unwrap_or(value)
}
