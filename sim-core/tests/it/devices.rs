//! Devices: how many requests at a time, in which order, how long.

use sim_core::io::Request;
use sim_core::trace::event::Event;
use sim_core::{Costs, Device, Executor, Latency, Machine, Outcome, TaskBuilder, mark, spawn, time};

use crate::support::{count, legal, marks, millis, timed_marks};

fn machine(device: Device) -> Machine {
    Machine::new().costs(Costs::zero()).devices(vec![device])
}

fn five_requests(device: Device) -> Outcome<()> {
    legal(machine(device).run_async(Executor::fifo(1), || async {
        let tasks = ["a", "b", "c", "d", "e"].map(|name| {
            spawn(async move {
                Request::new().submit().await;
                mark(name);
            })
        });
        for task in tasks {
            task.await.unwrap();
        }
    }))
}

#[test]
fn a_device_without_a_limit_serves_all_at_once() {
    let outcome = five_requests(Device::new("net", millis(5)));
    assert_eq!(timed_marks(&outcome.trace), "a@5 b@5 c@5 d@5 e@5");
}

#[test]
fn a_device_with_a_limit_serves_in_order_of_submission() {
    let outcome = five_requests(Device::new("disk", millis(5)).at_most(2));
    assert_eq!(timed_marks(&outcome.trace), "a@5 b@5 c@10 d@10 e@15");
}

#[test]
fn a_request_taken_back_in_line_makes_room_for_the_next() {
    let outcome = legal(machine(Device::new("disk", millis(10)).at_most(1)).run_async(Executor::fifo(1), || async {
        let [a, b, c] = ["a", "b", "c"].map(|name| {
            spawn(async move {
                Request::new().submit().await;
                mark(name);
            })
        });
        time::sleep(millis(1)).await;
        b.abort();
        a.await.unwrap();
        c.await.unwrap();
    }));
    assert_eq!(timed_marks(&outcome.trace), "a@10 c@20");
    assert_eq!(count(&outcome.trace, |e| matches!(e, Event::IoStarted { .. })), 2);
}

#[test]
fn a_request_given_up_while_the_device_works_on_it_still_takes_its_time() {
    let outcome = legal(machine(Device::new("disk", millis(10)).at_most(1)).run_async(Executor::fifo(1), || async {
        let [a, b] = ["a", "b"].map(|name| {
            spawn(async move {
                Request::new().submit().await;
                mark(name);
            })
        });
        time::sleep(millis(1)).await;
        a.abort();
        b.await.unwrap();
    }));
    assert_eq!(timed_marks(&outcome.trace), "b@20");
}

#[test]
fn a_request_goes_to_the_device_it_names() {
    let devices = vec![Device::new("fast", millis(1)), Device::new("slow", millis(9))];
    let outcome = legal(Machine::new().costs(Costs::zero()).devices(devices).run_async(Executor::fifo(1), || async {
        let slow = spawn(async {
            Request::new().to("slow").submit().await;
            mark("slow");
        });
        Request::new().to("fast").submit().await;
        mark("fast");
        Request::new().to("fast").taking(millis(3)).submit().await;
        mark("fast, told how long");
        slow.await.unwrap();
    }));
    assert_eq!(timed_marks(&outcome.trace), "fast@1 fast, told how long@4 slow@9");
}

#[test]
fn a_request_to_no_such_device_panics_and_names_it() {
    let outcome = legal(Machine::new().run_async(Executor::fifo(1), || async {
        spawn(async { Request::new().to("tape").submit().await }).await.unwrap_err().to_string()
    }));
    assert!(outcome.output.unwrap().contains("the machine has no device called `tape`"));
}

#[test]
fn a_drawn_latency_stays_within_its_bounds() {
    for (latency, least, most) in [
        (Latency::Uniform(millis(5), millis(8)), 5, 8),
        (Latency::Around(millis(10), millis(4)), 6, 14),
        (Latency::Uniform(millis(5), millis(5)), 5, 5),
        (Latency::Uniform(millis(5), millis(3)), 5, 5),
    ] {
        let outcome = legal(machine(Device::new("net", latency)).run_async(Executor::fifo(1), || async {
            let tasks: Vec<_> = (0..200)
                .map(|n| TaskBuilder::new(format!("t{n}")).spawn(async { Request::new().submit().await }))
                .collect();
            for task in tasks {
                task.await.unwrap();
            }
        }));
        for (_, _, event) in outcome.trace.events_from(0) {
            if let Event::IoStarted { latency, .. } = event {
                assert!(latency >= millis(least) && latency <= millis(most), "{latency}");
            }
        }
        assert_eq!(marks(&outcome.trace), "");
    }
}
