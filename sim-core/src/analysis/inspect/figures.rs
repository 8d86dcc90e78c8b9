//! Times and counts as sentences write them: the unit is always there, one decimal where that is the truth.

pub use crate::clock::thousands;
use crate::instant::SimTime;

const MICRO: u64 = 1_000;
const MILLI: u64 = 1_000_000;

/// A moment for people, in the unit that suits a run that ends at `end`: "15.0 ms". Where one decimal would hide more
/// than a microsecond, three are written, as the clock does.
pub fn moment_text(time: SimTime, end: SimTime) -> String {
    let symbol = unit_of(end);
    format!("{} {symbol}", moment_figure(time, end, moment_decimals(time, end)))
}

/// How many decimals a moment needs in a run that ends at `end`.
pub(super) fn moment_decimals(time: SimTime, end: SimTime) -> u32 {
    let Some(unit) = divided_unit(end) else { return 0 };
    let off = time.as_nanos() % (unit / 10);
    if off * 100 < unit / 10 { 1 } else { 3 }
}

/// A moment without its unit, with so many decimals.
pub(super) fn moment_figure(time: SimTime, end: SimTime, decimals: u32) -> String {
    match divided_unit(end) {
        Some(unit) => decimal(time.as_nanos(), unit, decimals),
        None => thousands(time.as_nanos()),
    }
}

/// The unit of moments in nanoseconds, if it has decimals.
fn divided_unit(end: SimTime) -> Option<u64> {
    match unit_of(end) {
        "ms" => Some(MILLI),
        "µs" => Some(MICRO),
        _ => None,
    }
}

/// The unit of moments in a run that ends at `end`.
pub fn unit_of(end: SimTime) -> &'static str {
    match end.as_nanos() {
        MILLI.. => "ms",
        10_000..MILLI => "µs",
        0..10_000 => "ns",
    }
}

/// "1 task", "12,345 tasks".
pub fn counted(number: u64, one: &str, more: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{} {more}", thousands(number)) }
}

/// A number of units with so many decimals: "1,062.8".
fn decimal(ns: u64, unit: u64, decimals: u32) -> String {
    let scale = 10u64.pow(decimals);
    // In whole steps of the last decimal, rounded to the nearest.
    let step = unit / scale;
    let steps = ns.saturating_add(step / 2) / step;
    let width = decimals as usize;
    format!("{}.{:0width$}", thousands(steps / scale), steps % scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn a_moment_is_told_as_exactly_as_it_must_be() {
        let text = |ns, end| moment_text(SimTime::from_nanos(ns), SimTime::from_nanos(end));
        assert_eq!(text(15_000_001, SECOND), "15.0 ms");
        assert_eq!(text(1_062_853_000, 2 * SECOND), "1,062.853 ms");
        assert_eq!(text(50_000, 400_000), "50.0 µs");
        assert_eq!(text(2, 3), "2 ns");
    }
}
