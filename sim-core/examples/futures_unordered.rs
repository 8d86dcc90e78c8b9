//! `FuturesUnordered` hands out results as they come, not in the order in which they were asked for.
//!
//! Four requests are in flight inside one task. One sees the fastest answer first, and the whole take as long as its
//! slowest part. It is the `futures` crate's own code, polled in virtual time.

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use sim_core::{Costs, Executor, Machine, SimDuration, io, now};

async fn fetch(name: &str, latency: u64) -> &str {
    io(SimDuration::from_millis(latency)).await;
    name
}

fn main() {
    let outcome = Machine::new().costs(Costs::zero()).run_async(Executor::fifo(1), || async {
        let requests = [("north", 30), ("east", 10), ("south", 40), ("west", 20)];
        println!("asked for: {}", requests.map(|(name, _)| name).join(", "));
        let mut answers: FuturesUnordered<_> = requests.into_iter().map(|(name, d)| fetch(name, d)).collect();
        while let Some(name) = answers.next().await {
            println!("{:>3} ms  {name}", now().as_millis());
        }
    });
    println!("all of it took {:.0} ms", outcome.trace.end().as_millis_f64());
}
