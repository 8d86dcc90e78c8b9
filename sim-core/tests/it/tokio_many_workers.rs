//! tokio's multi_thread with several workers: its order is a race, in the real runtime too. What its source promises
//! whatever the order is checked here, event by event, over many seeds (tokio 1.54.1,
//! `runtime/scheduler/multi_thread/`); and many seeds must give many orders.

use std::collections::BTreeSet;

use sim_core::executor::policy::TokioMultiThread;
use sim_core::trace::event::{EndReason, Event, PollResult};
use sim_core::trace::tables::QueueKind;
use sim_core::trace::{Actor, QueueId, Snapshot, Trace, WorkerId};
use sim_core::{
    Costs, Executor, Machine, Outcome, SimDuration, TaskBuilder, io, mark, spawn, spawn_blocking, time, work, yield_now,
};

use crate::own_view::check;
use crate::support::{count, legal, marks, textbook};

const SEEDS: u64 = 40;

fn micros(n: u64) -> SimDuration {
    SimDuration::from_micros(n)
}

/// A little of all: bursts that overflow, chains, timers, answers, yields, and work that takes more or less time.
async fn mixed() {
    let mut tasks = Vec::new();
    for n in 0..400u64 {
        tasks.push(TaskBuilder::new(format!("t{n}")).spawn(async move {
            work(micros(1 + n * 7 % 13));
            if n % 3 == 0 {
                yield_now().await;
            }
            if n % 5 == 0 {
                io(micros(50 + n)).await;
            }
            if n % 7 == 0 {
                time::sleep(SimDuration::from_millis(1 + n % 3)).await;
            }
            let child = spawn(async move { work(micros(n % 11)) });
            work(micros(n % 4));
            child.await.unwrap();
            mark(n.to_string());
        }));
    }
    spawn_blocking(|| sim_core::block(micros(300))).await.unwrap();
    for task in tasks {
        task.await.unwrap();
    }
}

/// The root is a task, so that what it spawns begins on a worker.
fn run(workers: u32, cores: u32, seed: u64) -> Outcome<()> {
    let machine = Machine::new().cores(cores).costs(Costs::cited()).seed(seed);
    let outcome = machine.run_async(Executor::tokio_multi_thread(workers), || async { spawn(mixed()).await.unwrap() });
    assert_eq!(outcome.end, EndReason::Finished);
    outcome
}

fn each_run(workers: u32, mut such: impl FnMut(&Trace)) {
    for seed in 0..SEEDS {
        such(&run(workers, workers, seed).trace);
    }
}

/// Walks through the trace: each event with the state before it.
fn walk(trace: &Trace, mut such: impl FnMut(&Snapshot, Event)) {
    let mut state = Snapshot::initial(trace.tables());
    for (n, _, event) in trace.events_from(0) {
        such(&state, event);
        state.apply(trace.tables(), trace.record(n));
    }
}

fn is(trace: &Trace, queue: QueueId, what: &str) -> bool {
    trace.tables().queue_name(queue).starts_with(what)
}

fn len(state: &Snapshot, queue: QueueId) -> usize {
    state.queues.get(queue.index()).map_or(0, |queue| queue.len())
}

fn owned<'a>(trace: &'a Trace, what: &'a str) -> impl Iterator<Item = QueueId> + 'a {
    (0..trace.tables().queues.len()).map(QueueId::from_index).filter(move |queue| {
        let owned = matches!(trace.tables().queues[queue.index()].kind, QueueKind::Ready { owner: Some(_) });
        owned && is(trace, *queue, what)
    })
}

#[test]
fn nothing_is_stolen_from_a_lifo_slot_and_half_of_a_queue_at_most() {
    let mut steals = 0;
    each_run(4, |trace| {
        walk(trace, |state, event| {
            let Event::Moved { queues, count, ends } = event else { return };
            if !ends.stolen {
                return;
            }
            steals += 1;
            assert!(is(trace, queues.from, "queue of"), "from {}", trace.tables().queue_name(queues.from));
            assert_eq!(count as usize, len(state, queues.from).div_ceil(2), "half, rounded up (queue.rs, steal_into2)");
            assert_eq!(len(state, queues.to), 0, "who steals has nothing");
        });
    });
    assert!(steals > 100, "{steals}");
}

#[test]
fn the_task_stolen_last_is_polled_first() {
    let mut several = 0;
    each_run(4, |trace| {
        let mut stolen: Option<(QueueId, u32)> = None;
        walk(trace, |state, event| {
            if let Event::Moved { queues, count, ends } = event
                && ends.stolen
            {
                let victim = &state.queues[queues.from.index()];
                stolen = Some((queues.to, victim[count as usize - 1]));
                several += usize::from(count > 1);
            }
            if let (Event::PollStarted { task, at, .. }, Some((queue, last))) = (event, stolen) {
                if at.queue == queue {
                    assert_eq!(task.0, last);
                }
                stolen = None;
            }
        });
    });
    assert!(several > 20, "{several}");
}

#[test]
fn a_local_queue_holds_256_at_most_and_a_lifo_slot_one() {
    let mut longest = 0;
    each_run(4, |trace| {
        let (locals, slots): (Vec<_>, Vec<_>) = (owned(trace, "queue").collect(), owned(trace, "LIFO").collect());
        assert_eq!((locals.len(), slots.len()), (4, 4));
        walk(trace, |state, _| {
            longest = longest.max(locals.iter().map(|queue| len(state, *queue)).max().unwrap());
            assert!(slots.iter().all(|slot| len(state, *slot) <= 1));
        });
    });
    assert!((200..=256).contains(&longest), "{longest}");
}

/// Which workers search: from being notified, or from looking into the others' queues, until they poll or park.
#[derive(Default)]
struct Searching(BTreeSet<WorkerId>);

impl Searching {
    fn after(&mut self, event: Event) {
        match event {
            Event::WorkerUnparked { worker, by: Actor::Task(_) | Actor::Worker(_) | Actor::Thread(_) } => {
                self.0.insert(worker);
            }
            Event::WorkerSearching { worker } => {
                self.0.insert(worker);
            }
            Event::PollStarted { at, .. } => {
                self.0.remove(&at.worker);
            }
            Event::WorkerParked { worker, .. } => {
                self.0.remove(&worker);
            }
            _ => {}
        }
    }
}

#[test]
fn at_most_half_of_the_workers_search_and_a_sleeper_is_notified_only_while_nobody_does() {
    for workers in [2, 4, 8] {
        let (mut notified, mut most) = (0, 0);
        each_run(workers, |trace| {
            let caller = WorkerId(workers);
            let mut searching = Searching::default();
            walk(trace, |_, event| {
                if let Event::WorkerUnparked { worker, by: Actor::Task(_) | Actor::Worker(_) | Actor::Thread(_) } =
                    event
                    && worker != caller
                {
                    notified += 1;
                    // One that polls next unparks it on the way out of its own search.
                    searching.0.retain(|other| Actor::Worker(*other) != by_of(event));
                    assert!(searching.0.is_empty(), "{worker} was notified while {:?} searched", searching.0);
                }
                searching.after(event);
                searching.0.remove(&caller);
                most = most.max(searching.0.len());
                assert!(2 * searching.0.len() <= workers as usize + 1, "{:?} of {workers} search", searching.0);
            });
        });
        assert!(notified > 100 && most > 0, "{notified} {most}");
    }
}

fn by_of(event: Event) -> Actor {
    let Event::WorkerUnparked { by, .. } = event else { unreachable!("asked of an unparking only") };
    by
}

/// Only work and children: nobody is woken by the driver.
async fn bursts() {
    for round in 0..20u64 {
        let tasks: Vec<_> = (0..10)
            .map(|n| {
                spawn(async move {
                    work(micros(1 + (round + n) % 9));
                    spawn(async move { work(micros(n)) }).await.unwrap();
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    }
}

#[test]
fn the_sleeper_that_went_to_sleep_last_is_notified_first() {
    for seed in 0..SEEDS {
        let machine = Machine::new().cores(4).costs(Costs::cited()).seed(seed);
        let outcome = machine.run_async(Executor::tokio_multi_thread(4), || async { spawn(bursts()).await.unwrap() });
        let mut sleepers: Vec<WorkerId> = Vec::new();
        let mut notified = 0;
        walk(&outcome.trace, |_, event| match event {
            Event::WorkerParked { worker, .. } if worker != WorkerId(4) => sleepers.push(worker),
            Event::WorkerUnparked { worker, .. } if worker != WorkerId(4) => {
                assert_eq!(sleepers.pop(), Some(worker));
                notified += 1;
            }
            _ => {}
        });
        assert!(notified > 20, "{notified}");
    }
}

#[test]
fn the_first_task_in_an_empty_lifo_slot_unparks_nobody() {
    let outcome = legal(textbook(4).run_async(Executor::tokio_multi_thread(4), || async {
        let parent = spawn(async {
            // The others have parked by now.
            work(micros(100));
            let only = spawn(async { work(micros(100)) });
            work(micros(100));
            mark("spawned");
            only.await.unwrap();
        });
        parent.await.unwrap();
    }));
    let by_task = |event: Event| matches!(event, Event::WorkerUnparked { by: Actor::Task(task), .. } if task.0 != 0);
    // Who spawned it is unparked by the end of its child and of nothing else: the worker is there already; the root is.
    let unparked = outcome.trace.events_from(0).filter(|(_, _, event)| by_task(*event));
    let whom: Vec<WorkerId> = unparked
        .map(|(_, _, event)| match event {
            Event::WorkerUnparked { worker, .. } => worker,
            _ => unreachable!("only those were kept"),
        })
        .collect();
    assert_eq!(whom, [WorkerId(4)], "only the caller of block_on, at the very end");
}

#[test]
fn after_a_poll_at_most_three_follow_out_of_the_lifo_slot() {
    let mut longest = 0;
    each_run(4, |trace| {
        let mut in_a_row = [0; 5];
        walk(trace, |state, event| match event {
            // Filled by the driver, between polls: it is looked into first at the top of the loop, with a fresh budget.
            Event::Queued { queue, .. } if is(trace, queue, "LIFO") => {
                let QueueKind::Ready { owner: Some(worker) } = trace.tables().queues[queue.index()].kind else {
                    unreachable!("a slot has its worker")
                };
                if state.polled_by(worker).is_none() {
                    in_a_row[worker.index()] = -1;
                }
            }
            Event::PollStarted { at, .. } => {
                let row = &mut in_a_row[at.worker.index()];
                *row = if is(trace, at.queue, "LIFO") { *row + 1 } else { 0 };
                longest = longest.max(*row);
                assert!(*row <= 3, "{row} polls out of the slot of {}", at.worker);
            }
            _ => {}
        });
    });
    assert_eq!(longest, 3);
}

#[test]
fn the_driver_has_at_most_one_worker_and_sleepers_leave_nothing_undone() {
    for seed in 0..SEEDS {
        let trace = run(4, 2, seed).trace;
        let completed = |event| matches!(event, Event::PollEnded { result: PollResult::Ready, .. });
        assert_eq!(count(&trace, completed), 2 + 400 * 2);
    }
}

#[test]
fn many_seeds_give_many_orders_and_one_seed_one() {
    let orders: BTreeSet<String> = (0..SEEDS).map(|seed| marks(&run(4, 4, seed).trace)).collect();
    println!("{} distinct orders of {SEEDS} seeds", orders.len());
    assert!(orders.len() as u64 > SEEDS / 2, "{}", orders.len());
    assert_eq!(marks(&run(4, 4, 7).trace), marks(&run(4, 4, 7).trace));
}

#[test]
fn a_run_tells_all_with_one_two_and_four_workers() {
    for workers in [1, 2, 4] {
        for cores in [1, 2, 4] {
            for costs in [Costs::zero(), Costs::cited()] {
                let machine = Machine::new().cores(cores).costs(costs).seed(u64::from(workers * cores));
                let policy = || Box::new(TokioMultiThread::default().global_queue_interval(31));
                let outcome = check(machine, |m| {
                    m.run_async(Executor::with_policy(workers, policy()), || async { spawn(mixed()).await.unwrap() })
                });
                assert_eq!(outcome.end, EndReason::Finished);
            }
        }
    }
}

#[test]
fn whether_someone_watches_changes_nothing() {
    // Who watches is shown every step; a run that nobody watches goes from one core's work to the next by itself.
    for (workers, cores) in [(1, 1), (1, 2), (4, 2), (4, 4)] {
        let run = |seed: u64| Machine::new().cores(cores).costs(Costs::cited()).seed(seed);
        let watched = |seed| check(run(seed), |m| m.run_async(Executor::tokio_multi_thread(workers), mixed)).trace;
        let alone = |seed| run(seed).run_async(Executor::tokio_multi_thread(workers), mixed).trace;
        for seed in 0..3 {
            assert_eq!(watched(seed).digest(), alone(seed).digest());
        }
    }
}
