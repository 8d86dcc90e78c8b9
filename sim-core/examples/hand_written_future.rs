//! A future written by hand, and the waker it leaves behind.
//!
//! `poll` is a plain call that must not wait. A future that is not ready keeps the waker, answers `Pending`, and is left
//! alone until someone calls that waker. So one sees just two polls here, 10 ms of virtual time apart: nobody asks in
//! between, and the worker is free for other tasks.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use sim_core::{Costs, Executor, Machine, SimDuration, io, now, spawn};

/// Closed at first; whoever opens it wakes the one that waits.
#[derive(Default)]
struct Gate {
    open: bool,
    waker: Option<Waker>,
}

struct Opened(Arc<Mutex<Gate>>);

impl Future for Opened {
    type Output = &'static str;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<&'static str> {
        let mut gate = self.0.lock().unwrap();
        if gate.open {
            println!("{:>3} ms  poll: Ready", now().as_millis());
            return Poll::Ready("came through");
        }
        // The waker must be kept before answering Pending: without it nobody would ever poll this task again.
        gate.waker = Some(cx.waker().clone());
        println!("{:>3} ms  poll: Pending, the waker is kept", now().as_millis());
        Poll::Pending
    }
}

fn main() {
    let outcome = Machine::new().costs(Costs::zero()).run_async(Executor::fifo(1), || async {
        let gate = Arc::new(Mutex::new(Gate::default()));
        let waiting = spawn(Opened(Arc::clone(&gate)));
        io(SimDuration::from_millis(10)).await;
        let waker = {
            let mut gate = gate.lock().unwrap();
            gate.open = true;
            gate.waker.take()
        };
        println!("{:>3} ms  the gate opens: wake", now().as_millis());
        // Outside the lock: the one that is woken may run at once on another worker.
        waker.expect("the task was polled, and waits").wake();
        waiting.await.unwrap()
    });
    println!("the task {}", outcome.output.unwrap());
}
