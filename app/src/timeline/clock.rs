//! Moments as a run of this length is best read: nanoseconds, milliseconds, or hours.

use sim_core::instant::SimTime;

use super::axis::{with_thousands, write_clock};

/// How the moments of a run are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Clock {
    /// "3": the whole run is a matter of nanoseconds.
    Nanos,
    /// "82.100": nearly always.
    Millis,
    /// "71:59:59.250": the run takes hours or days.
    Hours,
}

impl Clock {
    /// The clock of a run that ends then.
    pub fn for_end(end: SimTime) -> Clock {
        match end.as_nanos() {
            0..100_000 => Clock::Nanos,
            100_000..3_600_000_000_000 => Clock::Millis,
            _ => Clock::Hours,
        }
    }

    /// What the numbers are of.
    pub const fn unit(self) -> &'static str {
        match self {
            Clock::Nanos => "ns",
            Clock::Millis => "ms",
            Clock::Hours => "h:m:s",
        }
    }

    /// A moment, without its unit.
    pub fn write(self, time: SimTime) -> String {
        let ns = time.as_nanos();
        match self {
            Clock::Nanos => with_thousands(&ns.to_string()),
            Clock::Millis => write_clock(time),
            Clock::Hours => {
                let (seconds, millis) = (ns / 1_000_000_000, ns / 1_000_000 % 1_000);
                format!("{}:{:02}:{:02}.{millis:03}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
            }
        }
    }

    /// From one moment to a later one: "20.100 – 115.000 ms".
    pub fn range(self, from: SimTime, to: SimTime) -> String {
        format!("{} – {}", self.write(from), self.say(to))
    }

    /// A moment in a sentence: "82.100 ms", "71:59:59.250".
    pub fn say(self, time: SimTime) -> String {
        match self {
            Clock::Nanos | Clock::Millis => format!("{} {}", self.write(time), self.unit()),
            Clock::Hours => self.write(time),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_the_length_of_its_run_asks() {
        let say = |end: u64, at: u64| Clock::for_end(SimTime::from_nanos(end)).say(SimTime::from_nanos(at));
        assert_eq!(say(3, 2), "2 ns");
        assert_eq!(Clock::Nanos.range(SimTime::ZERO, SimTime::from_nanos(1_500)), "0 – 1,500 ns");
        assert_eq!(say(195_900_000, 82_100_000), "82.100 ms");
        assert_eq!(say(3 * 86_400_000_000_000, 259_199_250_000_000), "71:59:59.250");
    }
}
