//! Workloads drawn at random, over everything that can be awaited, aborted, dropped and panicked: each run is legal,
//! tells all that the machine knows, and is the same a second time.

use std::sync::Arc;

use sim_core::sync::{self, BlockingMutex, Mutex, Notify, RwLock, Semaphore};
use sim_core::{
    Costs, Device, Executor, JoinHandle, Latency, Limits, Machine, Outcome, Scheduler, SimDuration, SimTime, block, io,
    spawn, spawn_blocking, thread, time, work, yield_now,
};

use crate::own_view::check;

/// A small generator of the test's own: the run's decisions stay the run's.
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }

    fn time(&mut self) -> SimDuration {
        SimDuration::from_micros(self.below(3_000))
    }

    fn fork(&mut self) -> Dice {
        Dice(self.below(u64::MAX - 1) + 1)
    }
}

struct Shared {
    lock: Mutex<u64>,
    blocking: BlockingMutex<u64>,
    outer: BlockingMutex<()>,
    gate: Semaphore,
    table: RwLock<u64>,
    notify: Notify,
    channel: (sync::Sender<u64>, sync::Receiver<u64>),
    foreign: tokio::sync::Mutex<u64>,
}

impl Shared {
    fn new() -> Arc<Shared> {
        Arc::new(Shared {
            lock: Mutex::new(0),
            blocking: BlockingMutex::new(0),
            outer: BlockingMutex::new(()),
            gate: Semaphore::new(2),
            table: RwLock::new(0),
            notify: Notify::new(),
            channel: sync::channel(2),
            foreign: tokio::sync::Mutex::new(0),
        })
    }
}

type Boxed = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

fn steps(mut dice: Dice, shared: Arc<Shared>, depth: u32) -> Boxed {
    Box::pin(async move {
        let mut children: Vec<JoinHandle<()>> = Vec::new();
        for _ in 0..dice.below(6) {
            step(&mut dice, &shared, depth, &mut children).await;
        }
        for child in children {
            match dice.below(4) {
                0 => child.abort(),
                1 => drop(child),
                _ => drop(child.await),
            }
        }
    })
}

async fn step(dice: &mut Dice, shared: &Arc<Shared>, depth: u32, children: &mut Vec<JoinHandle<()>>) {
    let inner = |dice: &mut Dice| steps(dice.fork(), Arc::clone(shared), depth + 1);
    let length = dice.time();
    match dice.below(if depth < 3 { 20 } else { 15 }) {
        0 => work(length),
        1 => block(length),
        2 => yield_now().await,
        3 => io(length).await,
        4 => sim_core::io::Request::new().submit().await,
        5 => time::sleep(length).await,
        6 => {
            let mut held = shared.lock.lock().await;
            io(length).await;
            *held += 1;
        }
        7 => {
            let _held = shared.blocking.lock();
            work(length);
        }
        8 => {
            let _permit = shared.gate.acquire().await;
            time::sleep(length).await;
        }
        9 => drop(time::timeout(length, shared.table.write()).await),
        10 => {
            let _read = shared.table.read().await;
            io(length).await;
        }
        11 => drop(time::timeout(length, shared.notify.notified()).await),
        12 => shared.notify.notify_one(),
        13 => drop(time::timeout(length, shared.channel.0.send(1)).await),
        14 => drop(time::timeout(length, shared.channel.1.recv()).await),
        15 => children.push(spawn(inner(dice))),
        16 => drop(time::timeout(length, inner(dice)).await),
        // The other branch never waits where this one may: a trace names who waits, and not in which of its branches.
        17 => drop(futures::future::select(inner(dice), Box::pin(io(length))).await),
        18 => drop(spawn_blocking(move || block(length)).await),
        _ => {
            let _held = shared.foreign.lock().await;
            inner(dice).await;
            assert!(dice.below(3) > 0, "as the dice fell");
        }
    }
}

fn machine(dice: &mut Dice) -> Machine {
    let cores = 1 + dice.below(4) as u32;
    let scheduler = match dice.below(3) {
        0 => Scheduler::RoundRobin(SimDuration::from_micros(500)),
        1 => Scheduler::FifoPriority,
        _ => Scheduler::Fair(SimDuration::from_micros(700)),
    };
    let costs = if dice.below(2) == 0 { Costs::zero() } else { Costs::cited() };
    let device = Device::new("disk", Latency::Uniform(SimDuration::ZERO, SimDuration::from_millis(2))).at_most(2);
    let limits = Limits { steps: 20_000, time: SimTime::from_nanos(500_000_000) };
    Machine::new().cores(cores).scheduler(scheduler).costs(costs).devices(vec![device]).limits(limits)
}

fn tasks(seed: u64) -> Outcome<()> {
    let mut dice = Dice::new(seed);
    let workers = 1 + dice.below(4) as u32;
    let executor = if dice.below(2) == 0 { Executor::fifo(workers) } else { Executor::stealing(workers) };
    let machine = machine(&mut dice).seed(seed);
    check(machine, |m| {
        m.run_async(executor, move || {
            let mut dice = dice.clone();
            async move {
                let shared = Shared::new();
                let tasks: Vec<_> = (0..5).map(|_| spawn(steps(dice.fork(), Arc::clone(&shared), 0))).collect();
                for task in tasks {
                    let _ = task.await;
                }
            }
        })
    })
}

fn threads(seed: u64) -> Outcome<()> {
    let mut dice = Dice::new(seed);
    let machine = machine(&mut dice).seed(seed);
    let machine = if dice.below(2) == 0 { machine.inheriting_priorities() } else { machine };
    check(machine, |m| {
        m.run_threads(move || {
            let mut dice = dice.clone();
            let shared = Shared::new();
            let threads: Vec<_> = (0..5)
                .map(|n| {
                    let (mut dice, shared) = (dice.fork(), Arc::clone(&shared));
                    let builder = thread::ThreadBuilder::new(format!("t{n}")).priority(dice.below(3) as i32);
                    builder.spawn(move || (0..dice.below(8)).for_each(|_| thread_step(&mut dice, &shared)))
                })
                .collect();
            threads.into_iter().for_each(|thread| drop(thread.join()));
        })
    })
}

fn thread_step(dice: &mut Dice, shared: &Arc<Shared>) {
    let length = dice.time();
    match dice.below(14) {
        0 | 1 => work(length),
        2 => block(length),
        13 => {
            let _first = shared.outer.lock();
            work(length);
            let _second = shared.blocking.lock();
            work(length);
        }
        3 => sim_core::io::Request::new().submit_blocking(),
        4 => thread::yield_now(),
        5 => {
            let _held = shared.blocking.lock();
            work(length);
        }
        6 => {
            let _permit = shared.gate.acquire_blocking();
            thread::sleep(length);
        }
        7 => *shared.table.write_blocking() += 1,
        8 => {
            let _read = shared.table.read_blocking();
            work(length);
        }
        9 => drop(shared.channel.0.send_blocking(1)),
        10 => drop(shared.channel.1.recv_blocking()),
        11 => {
            let child = thread::spawn(move || work(length));
            drop(if dice.below(2) == 0 { Some(child.join()) } else { None });
        }
        _ => {
            let _held = shared.blocking.lock();
            assert!(dice.below(3) > 0, "as the dice fell");
        }
    }
}

#[test]
fn of_tasks() {
    for seed in 1..40 {
        let first = tasks(seed);
        let again = tasks(seed);
        assert_eq!(first.trace.digest(), again.trace.digest(), "seed {seed}");
    }
}

#[test]
fn of_threads() {
    for seed in 1..40 {
        let first = threads(seed);
        let again = threads(seed);
        assert_eq!(first.trace.digest(), again.trace.digest(), "seed {seed}");
    }
}
