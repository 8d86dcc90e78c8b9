//! Lengths of time as a person reads them in code.

use crate::instant::SimDuration;
use crate::machine::spec::Latency;

/// A latency as an argument: "10 ms", "5 ms..15 ms", "10 ms ± 2 ms".
pub(super) fn latency(latency: &Latency) -> String {
    match latency {
        Latency::Fixed(d) => length(*d),
        Latency::Uniform(from, to) => format!("{}..{}", length(*from), length(*to)),
        Latency::Around(middle, spread) => format!("{} ± {}", length(*middle), length(*spread)),
    }
}

/// A length of time in full, with its unit: "10 ms", "0.1 ms", "50 µs", "1.55 µs".
pub(super) fn length(d: SimDuration) -> String {
    let ns = d.as_nanos();
    let unit = match ns {
        1_000_000_000.. => ("s", 1_000_000_000),
        100_000.. => ("ms", 1_000_000),
        1_000.. => ("µs", 1_000),
        0.. => ("ns", 1),
    };
    let (whole, rest) = (ns / unit.1, ns % unit.1);
    let digits = unit.1.ilog10() as usize;
    let decimals = if digits == 0 { String::new() } else { format!(".{rest:0digits$}") };
    format!("{whole}{} {}", decimals.trim_end_matches('0').trim_end_matches('.'), unit.0)
}
