//! `block_in_place`: a worker goes on on another thread, and comes back if none came to it.

use sim_core::trace::event::Event;
use sim_core::trace::{ThreadId, Trace, WorkerId};
use sim_core::{
    Costs, EndReason, Executor, Machine, Outcome, SimDuration, block, block_in_place, mark, spawn, yield_now,
};

use crate::own_view::check;

fn ms(n: u64) -> SimDuration {
    SimDuration::from_millis(n)
}

fn run<F, Fut>(workers: u32, cores: u32, root: F) -> Outcome<Fut::Output>
where
    F: Fn() -> Fut + 'static,
    Fut: Future + Send + 'static,
    Fut::Output: Send + 'static,
{
    check(Machine::new().cores(cores).costs(Costs::zero()), |m| {
        m.run_async(Executor::tokio_multi_thread(workers), root)
    })
}

fn moves(trace: &Trace) -> Vec<(u64, WorkerId, ThreadId)> {
    let moved = |(_, time, event): (usize, sim_core::SimTime, Event)| match event {
        Event::WorkerMoved { worker, thread } => Some((time.as_millis(), worker, thread)),
        _ => None,
    };
    trace.events_from(0).filter_map(moved).collect()
}

fn markers(trace: &Trace) -> Vec<String> {
    trace.markers().map(|m| format!("{} {}", m.time.as_millis(), m.text)).collect()
}

#[test]
fn others_are_polled_while_one_blocks_in_place() {
    let outcome = run(1, 1, || async {
        let blocking = spawn(async {
            block_in_place(|| block(ms(30)));
            mark("back");
        });
        let other = spawn(async {
            mark("other");
            yield_now().await;
            mark("again");
        });
        blocking.await.unwrap();
        other.await.unwrap();
    });
    assert_eq!(outcome.end, EndReason::Finished);
    assert_eq!(markers(&outcome.trace), ["0 other", "0 again", "30 back"]);
    assert_eq!(moves(&outcome.trace).len(), 1);
}
