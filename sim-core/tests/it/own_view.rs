//! The trace tells all: folded, it gives what the machine knows of itself, after every step of every kind of run.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use sim_core::sync::{self, Barrier, BlockingMutex, Condvar, Mutex, Notify, RwLock, Semaphore};
use sim_core::trace::event::{EndReason, Event};
use sim_core::trace::snapshot::SnapshotView;
use sim_core::trace::{CoreId, Snapshot, Trace, legal};
use sim_core::{
    Costs, Device, Executor, Latency, Machine, Outcome, Scheduler, SimDuration, TaskBuilder, block, io, io_blocking,
    mark, spawn, spawn_blocking, thread, time, work, yield_now,
};

fn ms(n: u64) -> SimDuration {
    SimDuration::from_millis(n)
}

type Views = Rc<RefCell<Vec<(usize, SnapshotView)>>>;

/// Runs what `run` does with the machine, and checks its trace against the machine's own view after every step.
pub fn check<T>(machine: Machine, run: impl FnOnce(Machine) -> Outcome<T>) -> Outcome<T> {
    check_trace(machine, run, |outcome| &outcome.trace)
}

/// The same for whatever has a trace.
pub fn check_trace<T>(machine: Machine, run: impl FnOnce(Machine) -> T, trace: impl Fn(&T) -> &Trace) -> T {
    let views: Views = Rc::default();
    let seen = Rc::clone(&views);
    let outcome = run(machine.watch(Box::new(move |events, view| seen.borrow_mut().push((events, view.clone())))));
    let trace = trace(&outcome);
    if let Err(illegal) = legal::check(trace) {
        panic!("{}\n{}", illegal[0], sim_core::trace::text::text(trace));
    }
    let mut state = Snapshot::initial(trace.tables());
    let mut folded = 0;
    for (events, view) in views.borrow().iter() {
        while folded < *events {
            state.apply(trace.tables(), trace.record(folded));
            folded += 1;
        }
        let told = state.view();
        assert!(
            told == *view,
            "after event {events}:\ntold  {told:?}\nknown {view:?}\n{}",
            sim_core::trace::text::text(trace)
        );
    }
    assert!(!views.borrow().is_empty(), "the machine was watched");
    one_thread_on_a_core(trace);
    outcome
}

fn one_thread_on_a_core(trace: &Trace) {
    let mut on: [Option<u32>; 64] = [None; 64];
    for (n, _, event) in trace.events_from(0) {
        match event {
            Event::Dispatched { thread, onto, .. } => {
                assert_eq!(on[onto.core.index()].replace(thread.0), None, "event {n}");
            }
            Event::SwitchedOut { thread, core: CoreId(core), .. } => {
                assert_eq!(on[core as usize].take(), Some(thread.0), "event {n}");
            }
            _ => {}
        }
    }
}

async fn busy_tasks() {
    let lock = Arc::new(Mutex::new(0));
    let gate = Arc::new(Semaphore::new(2));
    let (sender, receiver) = sync::channel(2);
    let notify = Arc::new(Notify::new());
    let barrier = Arc::new(Barrier::new(3));
    let table = Arc::new(RwLock::new(0));
    for i in 0..3u64 {
        let (lock, gate, sender) = (Arc::clone(&lock), Arc::clone(&gate), sender.clone());
        let (notify, barrier, table) = (Arc::clone(&notify), Arc::clone(&barrier), Arc::clone(&table));
        TaskBuilder::new(format!("t{i}")).spawn(async move {
            let permit = gate.acquire().await;
            work(ms(i + 1));
            for n in 0..3 {
                *lock.lock().await += 1;
                sender.send(n).await.unwrap();
                io(ms(2)).await;
            }
            drop(permit);
            let read = *table.read().await;
            *table.write().await += read + 1;
            barrier.wait().await;
            notify.notify_one();
            let _ = time::timeout(ms(3), io(ms(5 + i))).await;
            mark("done");
        });
    }
    drop(sender);
    let consumer = spawn(async move {
        let mut sum = 0;
        while let Ok(n) = receiver.recv().await {
            work(ms(1));
            yield_now().await;
            sum += n;
        }
        sum
    });
    let aborted = spawn(async {
        io(ms(50)).await;
    });
    let offloaded = spawn_blocking(|| block(ms(7)));
    notify.notified().await;
    aborted.abort();
    assert!(aborted.await.is_err());
    offloaded.await.unwrap();
    assert_eq!(consumer.await.unwrap(), 9);
    let mut all: FuturesUnordered<_> = (0..4).map(|i| time::sleep(ms(i))).collect();
    while all.next().await.is_some() {}
}

#[test]
fn a_run_of_tasks_tells_all_under_every_policy_and_number_of_workers() {
    for workers in [1, 2, 4] {
        for cores in [1, 2, 4] {
            for costs in [Costs::zero(), Costs::cited()] {
                let machine =
                    || Machine::new().cores(cores).costs(costs.clone()).scheduler(Scheduler::RoundRobin(ms(1)));
                let fifo = check(machine(), |m| m.run_async(Executor::fifo(workers), busy_tasks));
                let stealing = check(machine(), |m| m.run_async(Executor::stealing(workers), busy_tasks));
                assert_eq!((fifo.end, stealing.end), (EndReason::Finished, EndReason::Finished));
            }
        }
    }
}

fn busy_threads() {
    let lock = Arc::new(BlockingMutex::new(Vec::new()));
    let ready = Arc::new(Condvar::new());
    let gate = Arc::new(Semaphore::new(1));
    let barrier = Arc::new(Barrier::new(3));
    let table = Arc::new(RwLock::new(0));
    let (sender, receiver) = sync::channel(1);
    let threads: Vec<_> = (0..3u64)
        .map(|i| {
            let (lock, ready, gate) = (Arc::clone(&lock), Arc::clone(&ready), Arc::clone(&gate));
            let (barrier, table, sender) = (Arc::clone(&barrier), Arc::clone(&table), sender.clone());
            thread::spawn(move || {
                for n in 0..2 {
                    let mut list = lock.lock();
                    work(ms(2));
                    list.push(i);
                    drop(list);
                    sender.send_blocking(n).unwrap();
                }
                let permit = gate.acquire_blocking();
                io_blocking(ms(1));
                drop(permit);
                let read = *table.read_blocking();
                *table.write_blocking() += read + 1;
                barrier.wait_blocking();
                thread::yield_now();
                ready.notify_one();
                i
            })
        })
        .collect();
    drop(sender);
    let mut received = 0;
    while receiver.recv_blocking().is_ok() {
        received += 1;
        thread::sleep(ms(1));
    }
    assert_eq!(received, 6);
    let sum: u64 = threads.into_iter().map(|t| t.join().unwrap()).sum();
    assert_eq!(sum, 3);
    let list = lock.lock();
    let waker = {
        let ready = Arc::clone(&ready);
        thread::spawn(move || {
            work(ms(3));
            ready.notify_all();
        })
    };
    drop(ready.wait(list));
    waker.join().unwrap();
    assert!(thread::spawn(|| panic!("on purpose")).join().is_err());
}

#[test]
fn a_run_of_threads_tells_all_under_every_scheduler() {
    for cores in [1, 2, 4] {
        for scheduler in [Scheduler::RoundRobin(ms(1)), Scheduler::FifoPriority, Scheduler::Fair(ms(2))] {
            for costs in [Costs::zero(), Costs::cited()] {
                let machine = Machine::new().cores(cores).costs(costs).scheduler(scheduler);
                let outcome = check(machine, |m| m.run_threads(busy_threads));
                assert_eq!(outcome.end, EndReason::Finished);
                assert_eq!(outcome.output, Some(()));
            }
        }
    }
}

#[test]
fn requests_beyond_what_a_device_takes_wait_their_turn() {
    let machine = Machine::new().costs(Costs::zero()).devices(vec![Device::new("disk", ms(5)).at_most(2)]);
    let outcome = check(machine, |m| {
        m.run_async(Executor::fifo(1), || async {
            let requests = (0..5).map(|_| spawn(sim_core::io::Request::new().to("disk").submit())).collect::<Vec<_>>();
            let given_up = spawn(sim_core::io::Request::new().to("disk").submit());
            time::sleep(ms(1)).await;
            given_up.abort();
            for request in requests {
                request.await.unwrap();
            }
            sim_core::now().as_nanos() / 1_000_000
        })
    });
    assert_eq!(outcome.output, Some(15));
}

#[test]
fn a_drawn_latency_is_the_same_in_tasks_and_in_threads() {
    let machine = || {
        let device = Device::new("net", Latency::Around(ms(10), ms(5)));
        Machine::new().costs(Costs::zero()).devices(vec![device]).seed(7)
    };
    let tasks = check(machine(), |m| {
        m.run_async(Executor::fifo(1), || async {
            let fetch = |name: &str| {
                TaskBuilder::new(name).spawn(async {
                    sim_core::io::Request::new().submit().await;
                    sim_core::now().as_nanos() / 1_000
                })
            };
            let (a, b) = (fetch("a"), fetch("b"));
            (a.await.unwrap(), b.await.unwrap())
        })
    });
    let threads = check(machine(), |m| {
        m.run_threads(|| {
            let fetch = |name: &str| {
                thread::ThreadBuilder::new(name).spawn(|| {
                    sim_core::io::Request::new().submit_blocking();
                    sim_core::now().as_nanos() / 1_000
                })
            };
            // The other way round: the world does not depend on the order of arrival.
            let (b, a) = (fetch("b"), fetch("a"));
            (a.join().unwrap(), b.join().unwrap())
        })
    });
    assert_eq!(tasks.output, threads.output);
    let (a, b) = tasks.output.unwrap();
    assert_ne!(a, b);
}

#[test]
fn a_receiver_that_was_told_of_the_last_message_no_longer_waits_once_the_senders_are_gone() {
    let outcome = check(Machine::new().costs(Costs::zero()), |m| {
        m.run_async(Executor::fifo(1), || async {
            let (sender, receiver) = sync::channel(1);
            let receiving = spawn(async move { receiver.recv().await });
            yield_now().await;
            sender.send(7).await.unwrap();
            drop(sender);
            yield_now().await;
            receiving.await.unwrap()
        })
    });
    assert_eq!(outcome.output, Some(Ok(7)));
}

#[test]
fn a_receiver_that_is_aborted_after_the_closing_does_not_give_up_a_wait_that_is_over() {
    let outcome = check(Machine::new().costs(Costs::zero()), |m| {
        m.run_async(Executor::fifo(1), || async {
            let (sender, receiver) = sync::channel(1);
            let receiving = spawn(async move { receiver.recv().await });
            yield_now().await;
            sender.send(7).await.unwrap();
            drop(sender);
            receiving.abort();
            receiving.await.is_err()
        })
    });
    assert_eq!(outcome.output, Some(true));
}
