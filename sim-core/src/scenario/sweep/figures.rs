//! The figures of a sweep: what a run comes to, in four numbers.

use crate::analysis::metrics::Metrics;
use crate::clock::thousands;
use crate::scenario::measure::Unit;
use crate::trace::Trace;
use crate::trace::event::{EndReason, Event};

/// What one run comes to at one value of what is swept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Why the run ended; none if it was cut off.
    pub ended: Option<EndReason>,
    /// Tasks and threads of the workload that had not ended when the run did.
    pub unfinished: u64,
    /// The figures in order of [`Figure::ALL`]: nanoseconds, numbers, bytes. None where there is no such figure.
    values: [Option<u64>; Figure::ALL.len()],
}

/// A figure that is swept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// When all is done.
    Makespan,
    /// How often a core changed its thread.
    Switches,
    /// What tasks and stacks hold.
    Memory,
    /// How long nearly all wait at most from being able to run to running.
    Latency,
}

impl Figure {
    /// Every figure, in the order in which they are shown.
    pub const ALL: [Figure; 4] = [Figure::Makespan, Figure::Switches, Figure::Memory, Figure::Latency];

    /// Its name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Figure::Makespan => "Makespan",
            Figure::Switches => "Context switches",
            Figure::Memory => "Memory, peak",
            Figure::Latency => "Wait to run, p99",
        }
    }

    /// What exactly it is.
    pub const fn definition(self) -> &'static str {
        match self {
            Figure::Makespan => "end of the last task that is not a helper",
            Figure::Switches => {
                "dispatches onto a core that had run before, if another thread was on it last or it stood empty in between"
            }
            Figure::Memory => "the most bytes of tasks at a time, and the most bytes of stacks in memory at a time",
            Figure::Latency => {
                "99 % of the waits from being able to run (spawn included) to running are at most this long"
            }
        }
    }

    /// The same in a few words, for an axis.
    pub const fn means(self) -> &'static str {
        match self {
            Figure::Makespan => "until the last task ends",
            Figure::Switches => "on all cores",
            Figure::Memory => "tasks and resident stacks",
            Figure::Latency => "from able to run to running",
        }
    }

    /// Its name for programs, with its unit.
    pub const fn column(self) -> &'static str {
        match self {
            Figure::Makespan => "makespan_ns",
            Figure::Switches => "context_switches",
            Figure::Memory => "memory_bytes",
            Figure::Latency => "latency_p99_ns",
        }
    }

    /// In what it is measured.
    pub const fn unit(self) -> Unit {
        match self {
            Figure::Makespan | Figure::Latency => Unit::Time,
            Figure::Switches => Unit::Count,
            Figure::Memory => Unit::Bytes,
        }
    }

    /// A value of it for people, in three figures: "1.13 s", "12,500", "195 MiB".
    pub fn write(self, value: u64) -> String {
        match self.unit() {
            Unit::Time => write_in(value, &[(1, "ns"), (1_000, "µs"), (1_000_000, "ms"), (1_000_000_000, "s")]),
            Unit::Bytes => write_in(value, &[(1, "B"), (1 << 10, "KiB"), (1 << 20, "MiB"), (1 << 30, "GiB")]),
            Unit::Count | Unit::Share | Unit::Text => thousands(value),
        }
    }
}

/// In the largest unit of which it is one at least.
fn write_in(value: u64, units: &[(u64, &str)]) -> String {
    // What would be written as 1,000 of a unit is 1 of the next.
    let unit = units.iter().rev().find(|(per, _)| value as f64 / *per as f64 >= 0.9995);
    let (per, name) = unit.copied().unwrap_or(units[0]);
    let number = value as f64 / per as f64;
    let text = match (per, number) {
        (1, _) => value.to_string(),
        (_, 0.0..9.995) => format!("{number:.2}"),
        (_, 9.995..99.95) => format!("{number:.1}"),
        (..) => thousands(number.round() as u64),
    };
    format!("{text} {name}")
}

impl Figures {
    /// The figures of a whole recording.
    pub fn of(trace: &Trace) -> Figures {
        let metrics = Metrics::of(trace);
        let last = trace.len().checked_sub(1).and_then(|n| trace.event(n));
        let ended = match last {
            Some(Event::RunEnded { reason }) => Some(reason),
            Some(_) | None => None,
        };
        let value = |figure| match figure {
            // Where something is left undone, the end of the last task is no end of the work.
            Figure::Makespan => (metrics.unfinished == 0).then_some(metrics.makespan.as_nanos()),
            Figure::Switches => Some(metrics.switches.all),
            Figure::Memory => Some(metrics.memory.tasks + metrics.memory.stack_resident),
            Figure::Latency => (metrics.wait.count > 0).then_some(metrics.wait.p99.as_nanos()),
        };
        Figures { ended, unfinished: metrics.unfinished, values: Figure::ALL.map(value) }
    }

    /// A figure: nanoseconds, a number, bytes. None if the run has no such figure.
    pub fn get(&self, figure: Figure) -> Option<u64> {
        self.values[figure as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_in_three_digits_with_their_unit() {
        let time = [999, 1_000, 999_600, 12_345_678, 1_126_301_000].map(|ns| Figure::Makespan.write(ns));
        assert_eq!(time, ["999 ns", "1.00 µs", "1.00 ms", "12.3 ms", "1.13 s"]);
        let bytes = [0, 512, 3 << 20, 195 << 20, 20_937_965_568].map(|n| Figure::Memory.write(n));
        assert_eq!(bytes, ["0 B", "512 B", "3.00 MiB", "195 MiB", "19.5 GiB"]);
        assert_eq!(Figure::Switches.write(12_500), "12,500");
    }

    #[test]
    fn the_figures_stand_in_the_order_of_their_list() {
        for (n, figure) in Figure::ALL.into_iter().enumerate() {
            assert_eq!(figure as usize, n);
        }
    }
}
