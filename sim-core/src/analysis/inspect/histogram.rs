//! How often something took how long, over the whole run, in powers of ten.

use super::Thing;
use super::figures::thousands;
use crate::analysis::index::Index;
use crate::analysis::track::{LinkKind, SpanState, Track, TrackKind};
use crate::instant::{SimDuration, SimTime};
use crate::trace::{Event, Family, Trace};

/// The powers of ten of nanoseconds that there are: 10^0 to 10^18.
const DECADES: usize = 20;
/// The decade below which all is one bucket: less than a microsecond.
const MICROSECOND: usize = 3;
/// A histogram has at least and at most so many buckets.
const BUCKETS: std::ops::RangeInclusive<usize> = 4..=7;
/// A bucket so many decades above the median's is one of slow ones, if it holds few.
const SLOW_DECADES: usize = 2;
/// Few: at most one in so many.
const SLOW_SHARE: u64 = 5;

/// How often something took how long.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Histogram {
    /// What was measured: "Wake → poll".
    pub title: &'static str,
    /// What was counted: "10 wakes".
    pub counted: String,
    /// From short to long; each but the first spans one power of ten.
    pub buckets: Vec<Bucket>,
}

/// Those that took about as long.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bucket {
    /// The shortest that it holds; of the first, zero.
    pub from: SimDuration,
    /// What it holds is shorter.
    pub to: SimDuration,
    /// How many.
    pub count: u64,
    /// Whether they are far slower than most.
    pub slow: bool,
}

impl Bucket {
    /// The bucket in words: "10 ms – 100 ms". What is as long as the upper end is in the next one.
    pub fn range_text(&self) -> String {
        if self.from.is_zero() {
            return format!("less than {}", edge_text(self.to));
        }
        format!("{} – {}", edge_text(self.from), edge_text(self.to))
    }
}

/// The end of a bucket, short: "100 ms".
fn edge_text(edge: SimDuration) -> String {
    const UNITS: [(u64, &str); 4] = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs"), (1, "ns")];
    let ns = edge.as_nanos();
    match UNITS.into_iter().find(|(unit, _)| ns >= *unit) {
        Some((unit, symbol)) => format!("{} {symbol}", thousands(ns / unit)),
        None => "0".to_owned(),
    }
}

/// The histograms of a thing over the whole run; none for what has no lengths of its own.
pub fn histograms(trace: &Trace, index: &Index, thing: Thing) -> Vec<Histogram> {
    let Thing::Track(kind) = thing else { return Vec::new() };
    let Some(track) = index.track(kind) else { return Vec::new() };
    let family = trace.tables().run.family();
    let (to, length) = titles(family);
    let turns = || Histogram::of(length, (family.turn(), family.turns()), polls(track, trace));
    let all = match kind {
        TrackKind::Task(_) => {
            vec![Histogram::of(to, ("wake", "wakes"), links(track, index, LinkKind::WakeToPoll)), turns()]
        }
        TrackKind::Thread(_) => vec![
            Histogram::of(
                "Unblock → dispatch",
                ("unblock", "unblocks"),
                links(track, index, LinkKind::UnblockToDispatch),
            ),
            Histogram::of("Time on a core", ("turn", "turns"), lengths(track)),
        ],
        TrackKind::Worker(_) => vec![turns()],
        TrackKind::Core(_) => vec![Histogram::of("Time of a thread on it", ("turn", "turns"), lengths(track))],
        TrackKind::Device(_) => vec![Histogram::of("Time of a request", ("request", "requests"), lengths(track))],
        TrackKind::Counter(_) => Vec::new(),
    };
    // One alone is no distribution.
    all.into_iter().flatten().filter(|h| h.buckets.iter().map(|b| b.count).sum::<u64>() > 1).collect()
}

/// What leads from a wake to, and how long one of these takes.
fn titles(family: Family) -> (&'static str, &'static str) {
    match family {
        Family::Async => ("Wake → poll", "Length of a poll"),
        Family::Threads | Family::Pool | Family::Sequential | Family::Coroutines => ("Wake → run", "Length of a run"),
        Family::Callbacks => ("Wake → callback", "Length of a callback"),
        Family::Actors => ("Wake → turn", "Length of a turn"),
    }
}

/// From cause to effect, of the arrows that lead to the row.
fn links(track: &Track, index: &Index, kind: LinkKind) -> Counts {
    let mut counts = Counts::default();
    for span in track.spans.iter() {
        for link in index.links_to(span.event).filter(|l| l.kind == kind && l.to == track.kind) {
            counts.add(link.to_time.since(link.from_time));
        }
    }
    counts
}

/// The lengths of polls, the time off the core included: from a `PollStarted` to the end of the last span before the next.
fn polls(track: &Track, trace: &Trace) -> Counts {
    let mut counts = Counts::default();
    let mut poll: Option<(SimTime, SimTime)> = None;
    for span in track.spans.iter() {
        match span.state {
            SpanState::Polling(_) | SpanState::Polls(_)
                if matches!(trace.event(span.event), Some(Event::PollStarted { .. })) =>
            {
                counts.add_between(poll.replace((span.start, span.end)));
            }
            SpanState::Polling(_) | SpanState::PollingOffCore(_) | SpanState::Polls(_) | SpanState::PollsOffCore(_) => {
                poll = poll.map(|(start, _)| (start, span.end));
            }
            SpanState::WithoutWorker(_) | SpanState::WithoutWorkerOffCore(_) => {
                poll = poll.map(|(start, _)| (start, span.end));
            }
            SpanState::Ready | SpanState::Pending(_) => counts.add_between(poll.take()),
            SpanState::Running(_) | SpanState::Runnable | SpanState::Blocked(_) => {}
            SpanState::Occupied(_) | SpanState::Serves(_) | SpanState::Level(_) => {}
        }
    }
    counts.add_between(poll);
    counts
}

/// The lengths of what a row does, waits left out.
fn lengths(track: &Track) -> Counts {
    let mut counts = Counts::default();
    for span in track.spans.iter() {
        match span.state {
            SpanState::Running(_) | SpanState::Occupied(_) | SpanState::Serves(_) => counts.add(span.length()),
            SpanState::Polling(_) | SpanState::PollingOffCore(_) | SpanState::Polls(_) => {}
            SpanState::WithoutWorker(_) | SpanState::WithoutWorkerOffCore(_) => {}
            SpanState::PollsOffCore(_) | SpanState::Ready | SpanState::Pending(_) => {}
            SpanState::Runnable | SpanState::Blocked(_) | SpanState::Level(_) => {}
        }
    }
    counts
}

/// How many by power of ten: place d holds what is shorter than 10^d ns, and no shorter than 10^(d-1).
#[derive(Default)]
struct Counts([u64; DECADES]);

impl Counts {
    fn add(&mut self, length: SimDuration) {
        let ns = length.as_nanos();
        let decade = if ns == 0 { 0 } else { ns.ilog10() as usize + 1 };
        self.0[decade.min(DECADES - 1)] += 1;
    }

    fn add_between(&mut self, ends: Option<(SimTime, SimTime)>) {
        if let Some((start, end)) = ends {
            self.add(end.since(start));
        }
    }

    fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// The decade that the one in the middle is in.
    fn median(&self) -> usize {
        let half = self.total().div_ceil(2);
        let mut seen = 0;
        self.0
            .iter()
            .position(|count| {
                seen += count;
                seen >= half
            })
            .unwrap_or(0)
    }
}

impl Histogram {
    /// What the axis says where each bucket begins, and where the last one ends: one more than there are buckets.
    pub fn edges(&self) -> Vec<String> {
        let last = self.buckets.last().map(|b| b.to);
        self.buckets.iter().map(|b| b.from).chain(last).map(edge_text).collect()
    }

    fn of(title: &'static str, nouns: (&str, &str), counts: Counts) -> Option<Histogram> {
        let total = counts.total();
        let shortest = counts.0.iter().position(|c| *c > 0)?;
        let longest = counts.0.iter().rposition(|c| *c > 0)?;
        // What is shorter than a microsecond is one bucket, and there is room at the left before there is at the right.
        let least = if longest > MICROSECOND { MICROSECOND } else { 0 };
        let first = shortest.min((longest + 1).saturating_sub(*BUCKETS.start())).max(least);
        let first = first.max((longest + 1).saturating_sub(*BUCKETS.end()));
        let last = longest.max(first + BUCKETS.start() - 1).min(DECADES - 1);
        let median = counts.median().max(first);
        let bucket = |decade: usize| {
            let below = if decade == first { 0 } else { decade };
            let count: u64 = counts.0[below..=decade].iter().sum();
            let slow = decade >= median + SLOW_DECADES && count > 0 && count * SLOW_SHARE <= total;
            let power = |d: usize| SimDuration::from_nanos(10u64.saturating_pow(d as u32));
            let from = if decade == first { SimDuration::ZERO } else { power(decade - 1) };
            Bucket { from, to: power(decade), count, slow }
        };
        let counted = super::figures::counted(total, nouns.0, nouns.1);
        Some(Histogram { title, counted, buckets: (first..=last).map(bucket).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lengths: &[u64]) -> Histogram {
        let mut counts = Counts::default();
        lengths.iter().for_each(|ns| counts.add(SimDuration::from_nanos(*ns)));
        Histogram::of("Wake → poll", ("wake", "wakes"), counts).expect("there are some")
    }

    #[test]
    fn one_that_is_far_slower_than_the_rest_stands_out() {
        let mut lengths = vec![1; 9];
        lengths.push(94_900_000);
        let histogram = of(&lengths);
        assert_eq!(histogram.edges(), ["0", "1 µs", "10 µs", "100 µs", "1 ms", "10 ms", "100 ms"]);
        let counts: Vec<_> = histogram.buckets.iter().map(|b| b.count).collect();
        assert_eq!(counts, [9, 0, 0, 0, 0, 1]);
        let slow: Vec<_> = histogram.buckets.iter().map(|b| b.slow).collect();
        assert_eq!(slow, [false, false, false, false, false, true]);
        assert_eq!(histogram.counted, "10 wakes");
        assert_eq!(histogram.buckets[5].range_text(), "10 ms – 100 ms");
        assert_eq!(histogram.buckets[0].range_text(), "less than 1 µs");
    }

    #[test]
    fn what_is_as_long_as_an_edge_stands_right_of_it() {
        let names = |lengths: &[u64]| -> Vec<String> {
            of(lengths).buckets.iter().filter(|b| b.count > 0).map(Bucket::range_text).collect()
        };
        assert_eq!(names(&[100_000_000]), ["100 ms – 1 s"]);
        assert_eq!(names(&[99_999_999]), ["10 ms – 100 ms"]);
        assert_eq!(names(&[0, 1]), ["less than 1 ns", "1 ns – 10 ns"]);
    }

    #[test]
    fn what_most_of_them_take_is_not_slow() {
        let mut lengths = vec![500_000; 60];
        lengths.extend([100; 22]);
        assert!(of(&lengths).buckets.iter().all(|b| !b.slow));
    }

    #[test]
    fn what_all_takes_about_as_long_stands_at_the_right_of_what_is_shorter() {
        assert_eq!(of(&[10_000_000; 11]).edges(), ["0", "100 µs", "1 ms", "10 ms", "100 ms"]);
        assert_eq!(of(&[2_000_000_000, 500_000_000]).edges(), ["0", "10 ms", "100 ms", "1 s", "10 s"]);
    }

    #[test]
    fn a_histogram_is_never_wider_than_can_be_read_nor_narrower() {
        for lengths in [vec![0], vec![3], vec![u64::MAX >> 17], vec![1, 1_000_000_000_000_000], vec![7_000_000]] {
            let buckets = of(&lengths).buckets;
            assert!(BUCKETS.contains(&buckets.len()), "{lengths:?}: {}", buckets.len());
            assert_eq!(buckets.iter().map(|b| b.count).sum::<u64>(), lengths.len() as u64, "{lengths:?}");
        }
    }
}
