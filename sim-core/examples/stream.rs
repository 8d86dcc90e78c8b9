//! A `Stream` consumed in virtual time: a sensor is read every 10 ms, and each reading takes a while to digest.
//!
//! One sees that a consumer that is a little too slow once falls behind, and catches up: the beats keep their own
//! times. With `.take` and `.filter` from `futures`, unchanged.

use futures::{Stream, StreamExt as _, stream};
use sim_core::{Costs, Executor, Machine, SimDuration, SimTime, now, time, work};

/// A reading every 10 ms, with the time it was due.
fn readings() -> impl Stream<Item = (u64, SimTime)> {
    stream::unfold((time::interval(SimDuration::from_millis(10)), 0), |(mut beat, n)| async move {
        let due = beat.tick().await;
        Some(((n, due), (beat, n + 1)))
    })
}

fn main() {
    Machine::new().costs(Costs::zero()).run_async(Executor::fifo(1), || async {
        let mut readings = std::pin::pin!(readings().take(6));
        while let Some((n, due)) = readings.next().await {
            let late = now() - due;
            println!("{:>3} ms  reading {n}, {} ms late", now().as_millis(), late.as_millis());
            work(SimDuration::from_millis(if n == 1 { 25 } else { 4 }));
        }
    });
}
