//! `a.await; b.await` is one thing after the other; `futures::join!` lets both wait at the same time.
//!
//! One sees that two requests of 10 ms take 20 ms in sequence and 10 ms joined, and that the same does not help two
//! computations: a join is one task on one worker, so work in its branches adds up all the same.

use sim_core::{Costs, Executor, Machine, SimDuration, SimTime, io, work};

const TEN: SimDuration = SimDuration::from_millis(10);

async fn compute() {
    work(TEN);
}

/// Runs the root on one worker and answers when it ended.
fn time_of<F: Future<Output = ()> + Send + 'static>(root: fn() -> F) -> SimTime {
    Machine::new().costs(Costs::zero()).run_async(Executor::fifo(1), root).trace.end()
}

fn main() {
    let sequential = time_of(|| async {
        io(TEN).await;
        io(TEN).await;
    });
    let joined = time_of(|| async {
        futures::join!(io(TEN), io(TEN));
    });
    let computed = time_of(|| async {
        futures::join!(compute(), compute());
    });
    println!("two waits of 10ms, one after the other  {:>5.1} ms", sequential.as_millis_f64());
    println!("two waits of 10ms, joined               {:>5.1} ms", joined.as_millis_f64());
    println!("two computations of 10ms, joined        {:>5.1} ms", computed.as_millis_f64());
}
