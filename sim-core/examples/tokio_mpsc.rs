//! `tokio::sync::mpsc`, unchanged, with backpressure: a channel of two between a fast sender and a slow receiver.
//!
//! tokio's channels need no tokio runtime: they are futures with wakers, so they run here, in virtual time. One sees
//! the sender race ahead until the channel is full, and then go at the pace of the receiver.

use sim_core::{Costs, Executor, Machine, SimDuration, io, now, spawn};
use tokio::sync::mpsc;

fn say(what: impl std::fmt::Display) {
    println!("{:>3} ms  {what}", now().as_millis());
}

fn main() {
    Machine::new().costs(Costs::zero()).run_async(Executor::fifo(1), || async {
        let (sender, mut receiver) = mpsc::channel(2);
        let producer = spawn(async move {
            for n in 1..=5 {
                sender.send(n).await.unwrap();
                say(format_args!("sent {n}"));
            }
        });
        while let Some(n) = receiver.recv().await {
            io(SimDuration::from_millis(10)).await;
            say(format_args!("    {n} is stored"));
        }
        producer.await.unwrap();
    });
}
