//! The same workload as threads and as tasks, on the same one-core machine.
//!
//! Each of three clients computes 2 ms, waits 10 ms for a request, and computes 2 ms. One sees nearly the same times -
//! waiting overlaps in both - and what it costs: threads pay for each switch and each creation in the kernel, tasks
//! with a poll. The prices are the cited ones (measured on Linux 6.18).

use sim_core::analysis::metrics::Metrics;
use sim_core::{Executor, Machine, SimDuration, Trace, io, io_blocking, spawn, thread, work};

const COMPUTE: SimDuration = SimDuration::from_millis(2);
const REQUEST: SimDuration = SimDuration::from_millis(10);

fn as_threads() -> Trace {
    let outcome = Machine::new().run_threads(|| {
        let client = || {
            work(COMPUTE);
            io_blocking(REQUEST);
            work(COMPUTE);
        };
        let clients = [0; 3].map(|_| thread::spawn(client));
        clients.into_iter().for_each(|client| client.join().unwrap());
    });
    outcome.trace
}

fn as_tasks() -> Trace {
    let outcome = Machine::new().run_async(Executor::fifo(1), || async {
        let client = || async {
            work(COMPUTE);
            io(REQUEST).await;
            work(COMPUTE);
        };
        let clients = [0; 3].map(|_| spawn(client()));
        for client in clients {
            client.await.unwrap();
        }
    });
    outcome.trace
}

fn main() {
    for (name, trace) in [("threads", as_threads()), ("tasks", as_tasks())] {
        let metrics = Metrics::of(&trace);
        println!(
            "{name:<8} ended at {:>7.3} ms, {:>2} context switches, {:>2} polls",
            trace.end().as_millis_f64(),
            metrics.switches.all,
            metrics.polls,
        );
    }
}
