//! A latency around a mean, with a spread beyond a second.

use sim_core::io::Request;
use sim_core::{Device, Executor, Latency, SimDuration, now};

use crate::support::textbook;

#[test]
fn a_latency_spread_over_seconds_is_drawn_on_both_sides_of_its_mean() {
    let network = Device::new("network", "10s±5s".parse::<Latency>().unwrap());
    let outcome = textbook(1).devices(vec![network]).run_async(Executor::fifo(1), || async {
        let mut latencies = Vec::new();
        for _ in 0..200 {
            let asked = now();
            Request::new().submit().await;
            latencies.push(now() - asked);
        }
        latencies.sort_unstable();
        latencies
    });
    let latencies = outcome.output.unwrap();
    let seconds = SimDuration::from_secs;
    assert!(latencies[0] >= seconds(5) && latencies[0] < seconds(8), "{}", latencies[0]);
    assert!(latencies[100] > seconds(9) && latencies[100] < seconds(11), "{}", latencies[100]);
    assert!(latencies[199] > seconds(12) && latencies[199] <= seconds(15) + seconds(1), "{}", latencies[199]);
}
