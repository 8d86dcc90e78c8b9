//! `tracing` while several runs go on in one process.

use sim_core::trace::event::Event;
use sim_core::{Executor, Machine};

use crate::support::{count, textbook};

fn ticks(disturb: bool) -> usize {
    let outcome = textbook(1).run_local(Executor::fifo(1), move || async move {
        for tick in 0..4 {
            tracing::info!("tick");
            if disturb && tick == 1 {
                let other = || drop(Machine::new().without_recording().run_threads(|| ()));
                std::thread::spawn(other).join().unwrap();
            }
        }
    });
    count(&outcome.trace, |e| matches!(e, Event::Traced { .. }))
}

#[test]
fn a_run_on_another_os_thread_takes_no_tracing_event_away() {
    assert_eq!((ticks(false), ticks(true)), (4, 4));
}
