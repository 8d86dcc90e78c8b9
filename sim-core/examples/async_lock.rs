//! `async_lock::Mutex`, unchanged: a lock that is held across an await, which a `std::sync::Mutex` must never be.
//!
//! Three tasks want one connection. One sees them take turns, each holding the lock while its request is under way:
//! whoever waits for the lock is Pending, and the worker is free meanwhile - the clock task is never late.

use std::sync::Arc;

use async_lock::Mutex;
use sim_core::{Costs, Executor, Machine, SimDuration, io, now, spawn, time};

const TEN: SimDuration = SimDuration::from_millis(10);

fn say(who: &str, what: &str) {
    println!("{:>3} ms  {who} {what}", now().as_millis());
}

fn main() {
    Machine::new().costs(Costs::zero()).run_async(Executor::fifo(1), || async {
        let connection = Arc::new(Mutex::new(0));
        let clients = ["a", "b", "c"].map(|who| {
            let connection = Arc::clone(&connection);
            spawn(async move {
                let mut uses = connection.lock().await;
                say(who, "has the connection");
                io(TEN).await;
                *uses += 1;
            })
        });
        let clock = spawn(async {
            for _ in 0..3 {
                time::sleep(TEN).await;
                say("", "tick");
            }
        });
        for client in clients {
            client.await.unwrap();
        }
        clock.await.unwrap();
        println!("the connection was used {} times", connection.lock().await);
    });
}
