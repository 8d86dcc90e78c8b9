//! Repeats a measurement until its time is over: the median of many batches, and how far they spread.

use std::time::{Duration, Instant};

/// Fewer batches than this have no middle to speak of.
const FEWEST: usize = 3;
/// More batches than this make no difference.
const MOST: usize = 5_000;

/// What one step takes, in nanoseconds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Sample {
    /// Half of the batches were faster.
    pub median: f64,
    /// A quarter of the batches were faster.
    pub low: f64,
    /// A quarter of the batches were slower.
    pub high: f64,
    /// How many batches there were.
    pub batches: usize,
}

impl Sample {
    /// The middle of these. None of none.
    pub fn of(mut steps: Vec<f64>) -> Option<Sample> {
        steps.sort_by(f64::total_cmp);
        let at = |quarter: usize| steps.get((steps.len() * quarter / 4).min(steps.len().saturating_sub(1))).copied();
        Some(Sample { median: at(2)?, low: at(1)?, high: at(3)?, batches: steps.len() })
    }
}

/// Measures one thing within its time.
pub struct Meter<'t> {
    budget: Duration,
    tick: &'t mut dyn FnMut(f64),
}

impl<'t> Meter<'t> {
    /// With so much time; `tick` is told after each batch which share of it has passed.
    pub fn new(budget: Duration, tick: &'t mut dyn FnMut(f64)) -> Meter<'t> {
        Meter { budget, tick }
    }

    /// Runs `batch`, which answers how long so many steps took, again and again. The first, which warms caches, is not
    /// counted.
    pub fn batches(&mut self, mut batch: impl FnMut() -> (Duration, u32)) -> Option<Sample> {
        batch();
        let start = Instant::now();
        let mut steps = Vec::new();
        while steps.len() < FEWEST || (start.elapsed() < self.budget && steps.len() < MOST) {
            let (took, of) = batch();
            steps.push(took.as_secs_f64() * 1e9 / f64::from(of));
            (self.tick)((start.elapsed().as_secs_f64() / self.budget.as_secs_f64()).min(1.0));
        }
        Sample::of(steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_many_is_the_median_whatever_their_order() {
        let sample = Sample::of(vec![9.0, 1.0, 5.0, 100.0, 3.0]).unwrap();
        assert_eq!((sample.low, sample.median, sample.high, sample.batches), (3.0, 5.0, 9.0, 5));
        assert_eq!(Sample::of(Vec::new()), None);
    }

    #[test]
    fn the_first_batch_is_not_counted_and_a_few_are_run_however_little_time_there_is() {
        let (mut run, mut told) = (0, 0);
        let mut tick = |_: f64| told += 1;
        let sample = Meter::new(Duration::ZERO, &mut tick).batches(|| {
            run += 1;
            (Duration::from_nanos(if run == 1 { 1_000_000 } else { 20 }), 10)
        });
        assert_eq!((sample.map(|s| (s.median, s.batches)), run, told), (Some((2.0, FEWEST)), FEWEST + 1, FEWEST));
    }
}
