//! The same seed and decisions give the same trace, byte for byte: again and again, in another process, in debug and
//! release alike. Set `WAKELINE_BLESS=1` to write the golden digests anew, and review the difference.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use sim_core::io::Request;
use sim_core::{
    Costs, Device, Executor, JoinHandle, Latency, Machine, Scheduler, TaskBuilder, Trace, io, mark, spawn,
    spawn_blocking, sync, thread, time, work, yield_now,
};

use crate::support::{legal, marks, millis};

/// A machine on which every kind of choice is left to the seed.
fn undecided(seed: u64) -> Machine {
    let network = Device::new("network", Latency::Around(millis(10), millis(9)));
    Machine::new().cores(3).scheduler(Scheduler::RoundRobin(millis(1))).devices(vec![network]).seed(seed)
}

async fn of_everything() {
    let lock = Arc::new(tokio::sync::Mutex::new(0));
    let (sender, receiver) = async_channel::bounded(2);
    let tasks: Vec<JoinHandle<()>> = (0..6)
        .map(|i| {
            let (lock, sender) = (Arc::clone(&lock), sender.clone());
            TaskBuilder::new(format!("t{i}")).spawn(async move {
                Request::new().submit().await;
                work(millis(1));
                *lock.lock().await += 1;
                yield_now().await;
                let _ = time::timeout(millis(5), Request::new().submit()).await;
                sender.send(i).await.unwrap();
                mark(format!("t{i}"));
            })
        })
        .collect();
    drop(sender);
    let offloaded = spawn_blocking(|| sim_core::block(millis(3)));
    let mut children: FuturesUnordered<_> = (0..3).map(|_| Request::new().submit()).collect();
    while children.next().await.is_some() {}
    while let Ok(n) = receiver.recv().await {
        mark(format!("got {n}"));
    }
    offloaded.await.unwrap();
    for task in tasks {
        task.await.unwrap();
    }
}

fn with_stealing(seed: u64) -> Trace {
    legal(undecided(seed).run_async(Executor::stealing(3), of_everything)).trace
}

fn with_one_queue(seed: u64) -> Trace {
    legal(undecided(seed).run_async(Executor::fifo(2), of_everything)).trace
}

fn with_threads(seed: u64) -> Trace {
    let outcome = undecided(seed).run_threads(|| {
        let lock = Arc::new(sync::BlockingMutex::new(0));
        let threads: Vec<_> = (0..6)
            .map(|i| {
                let lock = Arc::clone(&lock);
                thread::ThreadBuilder::new(format!("t{i}")).spawn(move || {
                    Request::new().submit_blocking();
                    let mut count = lock.lock();
                    work(millis(2));
                    *count += 1;
                    mark(format!("t{i}"));
                })
            })
            .collect();
        threads.into_iter().for_each(|t| t.join().unwrap());
    });
    legal(outcome).trace
}

/// Nothing here is left to the seed.
fn decided(seed: u64) -> Trace {
    let root = || async {
        let tasks = [3, 1, 2].map(|n| spawn(async move { io(millis(n)).await }));
        for task in tasks {
            task.await.unwrap();
        }
    };
    legal(Machine::new().cores(2).seed(seed).run_async(Executor::fifo(2), root)).trace
}

fn digests() -> String {
    let seeds = [0, 7];
    let of = |name: &str, run: fn(u64) -> Trace| {
        seeds.map(|seed| format!("{name}, seed {seed}: {}\n", run(seed).digest())).concat()
    };
    [
        of("stealing", with_stealing),
        of("one queue", with_one_queue),
        of("threads", with_threads),
        of("decided", decided),
    ]
    .concat()
}

#[test]
fn a_hundred_runs_in_one_process_are_one() {
    for run in [with_stealing, with_one_queue, with_threads] {
        let first = run(3).digest();
        for _ in 1..100 {
            assert_eq!(run(3).digest(), first);
        }
    }
}

#[test]
fn runs_on_other_os_threads_at_the_same_time_do_not_meet() {
    let alone = with_stealing(3).digest();
    let others: Vec<_> = (0..4).map(|_| std::thread::spawn(|| with_stealing(3).digest())).collect();
    others.into_iter().for_each(|other| assert_eq!(other.join().unwrap(), alone));
}

const FOR_A_PARENT: &str = "WAKELINE_PRINT_DIGESTS";

#[test]
fn another_process_records_the_same() {
    let mine = digests();
    if std::env::var_os(FOR_A_PARENT).is_some() {
        return print!("\n{mine}");
    }
    let this_test = "determinism::another_process_records_the_same";
    let child = Command::new(std::env::current_exe().expect("a test knows its binary"))
        .args(["--exact", this_test, "--nocapture", "--test-threads=1"])
        .env(FOR_A_PARENT, "1")
        .output()
        .expect("a test binary can be started again");
    let told = String::from_utf8_lossy(&child.stdout);
    assert!(told.contains(&mine), "told {told}\nexpected {mine}");
}

#[test]
fn debug_and_release_on_every_platform_record_what_was_recorded_before() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden/digests.txt");
    let now = digests();
    if std::env::var_os("WAKELINE_BLESS").is_some() {
        std::fs::write(&path, &now).expect("the golden file is writable");
    }
    let golden = std::fs::read_to_string(&path).expect("the golden file is there");
    // A checkout may have turned line ends into those of its platform.
    assert_eq!(now, golden.replace("\r\n", "\n"));
}

#[test]
fn another_seed_is_another_run_where_there_is_a_choice() {
    for run in [with_stealing, with_one_queue, with_threads] {
        assert_ne!(run(1).digest(), run(2).digest());
    }
}

#[test]
fn the_seed_changes_nothing_where_there_is_no_choice() {
    assert_eq!(decided(1).digest(), decided(2).digest());
    assert!(decided(1).decisions().is_empty());
}

#[test]
fn the_seed_draws_the_victim_of_a_theft() {
    let first_victim = |seed| {
        let root = || async {
            let tasks: Vec<_> = (0..12).map(|_| spawn(async { work(millis(3)) })).collect();
            for task in tasks {
                task.await.unwrap();
            }
        };
        let outcome = Machine::new().cores(4).costs(Costs::zero()).seed(seed).run_async(Executor::stealing(4), root);
        legal(outcome).trace.decisions().first().map(|(d, _)| (d.taken, d.among))
    };
    let drawn: std::collections::BTreeSet<_> =
        (0..20).map(|seed| first_victim(seed).expect("someone steals")).collect();
    assert_eq!(drawn.into_iter().collect::<Vec<_>>(), [(0, 4), (1, 4), (2, 4), (3, 4)]);
}

#[test]
fn a_user_draw_is_the_seeds() {
    let drawn = |seed| {
        let root = || async { [(); 8].map(|()| sim_core::draw(1_000)) };
        legal(Machine::new().seed(seed).run_async(Executor::fifo(1), root)).output.unwrap()
    };
    assert_eq!(drawn(5), drawn(5));
    assert_ne!(drawn(5), drawn(6));
}

#[test]
fn what_is_not_recorded_goes_the_same_way() {
    let root = || async {
        of_everything().await;
        sim_core::now()
    };
    let loud = undecided(4).run_async(Executor::stealing(3), root);
    let silent = undecided(4).without_recording().run_async(Executor::stealing(3), root);
    assert_eq!(loud.output, silent.output);
    assert!(silent.trace.is_empty() && !marks(&loud.trace).is_empty());
}
