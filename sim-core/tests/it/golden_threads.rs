//! The order that real POSIX threads gave, and ours: Linux 6.18, glibc 2.36, all threads pinned to one CPU,
//! SCHED_FIFO with one priority, 20 runs out of 20. Each workload was inferred from its name and its order.

use std::collections::VecDeque;
use std::sync::Arc;

use sim_core::sync::{BlockingMutex, Condvar};
use sim_core::{Scheduler, mark, thread};

use crate::support::{legal, marks, textbook};

/// Runs the root as the main thread of one core, under FIFO.
#[track_caller]
fn gives(root: fn(), order: &str) {
    let machine = textbook(1).scheduler(Scheduler::FifoPriority);
    assert_eq!(marks(&legal(machine.run_threads(root)).trace), order);
}

fn spawn(code: impl FnOnce() + Send + 'static) -> thread::JoinHandle<()> {
    thread::ThreadBuilder::new("").priority(10).spawn(code)
}

/// The root of each is the main thread; it goes by the same priority as those it creates.
fn main_thread(code: impl FnOnce() + Send + 'static) {
    spawn(code).join().unwrap();
}

fn join(threads: impl IntoIterator<Item = thread::JoinHandle<()>>) {
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

/// A condition under a lock, with its condition variable.
struct Monitor<T> {
    state: BlockingMutex<T>,
    changed: Condvar,
}

impl<T> Monitor<T> {
    fn new(state: T) -> Arc<Monitor<T>> {
        Arc::new(Monitor { state: BlockingMutex::new(state), changed: Condvar::new() })
    }
}

/// `sem_t`: a count, and threads that wait for it to be more than zero.
impl Monitor<u32> {
    fn post(&self) {
        *self.state.lock() += 1;
        self.changed.notify_one();
    }

    fn wait(&self) {
        let mut count = self.state.lock();
        while *count == 0 {
            count = self.changed.wait(count);
        }
        *count -= 1;
    }
}

#[test]
fn t01_a_spawned_thread_runs_when_the_one_that_spawned_it_waits() {
    gives(
        || {
            main_thread(|| {
                mark("R0");
                let threads = ["A1", "B1", "C1"].map(|name| spawn(move || mark(name)));
                mark("R1");
                join(threads);
                mark("R2");
            });
        },
        "R0 R1 A1 B1 C1 R2",
    );
}

#[test]
fn t02_a_yield_goes_to_the_tail() {
    gives(
        || {
            main_thread(|| {
                join(["A", "B", "C"].map(|name| {
                    spawn(move || {
                        for round in 1..=4 {
                            mark(format!("{name}{round}"));
                            thread::yield_now();
                        }
                    })
                }));
                mark("R");
            });
        },
        "A1 B1 C1 A2 B2 C2 A3 B3 C3 A4 B4 C4 R",
    );
}

/// Three wait for a condition variable, marking once inside the lock and once outside; one more broadcasts under the
/// lock (`!`), goes on (`x`) and unlocks (`u`).
#[test]
fn t04_after_a_broadcast_the_waiters_go_on_one_by_one_in_the_order_in_which_they_came() {
    gives(
        || {
            main_thread(|| {
                let monitor = Monitor::new(false);
                let waiters = ["A", "B", "C"].map(|name| {
                    let monitor = Arc::clone(&monitor);
                    spawn(move || {
                        let mut open = monitor.state.lock();
                        while !*open {
                            open = monitor.changed.wait(open);
                        }
                        mark(format!("{name}1"));
                        drop(open);
                        mark(format!("{name}2"));
                    })
                });
                let broadcaster = spawn(move || {
                    let mut open = monitor.state.lock();
                    *open = true;
                    mark("B!");
                    monitor.changed.notify_all();
                    mark("Bx");
                    drop(open);
                    mark("Bu");
                });
                join(waiters);
                broadcaster.join().unwrap();
                mark("R");
            });
        },
        "B! Bx Bu A1 A2 B1 B2 C1 C2 R",
    );
}

/// P and Q hand each other the turn four times by two semaphores, of which P's is free at first; D, created before
/// them, yields five times. A `sem_t` is a lock and a condition variable here, neither of which anyone competes for.
#[test]
fn t05_one_that_was_posted_runs_after_those_that_were_runnable_already() {
    gives(
        || {
            main_thread(|| {
                let (ping, pong) = (Monitor::new(1), Monitor::new(0));
                let yielder = spawn(|| {
                    for round in 1..=5 {
                        mark(format!("D{round}"));
                        thread::yield_now();
                    }
                });
                let turns = [("p", &ping, &pong), ("q", &pong, &ping)].map(|(name, own, other)| {
                    let (own, other) = (Arc::clone(own), Arc::clone(other));
                    spawn(move || {
                        for round in 1..=4 {
                            own.wait();
                            mark(format!("{name}{round}"));
                            other.post();
                        }
                    })
                });
                yielder.join().unwrap();
                join(turns);
                mark("R");
            });
        },
        "D1 p1 q1 D2 p2 D3 q2 D4 p3 D5 q3 p4 q4 R",
    );
}

/// Three wait for tickets; the main thread gives out one at a time, signals (`S`) and yields.
#[test]
fn t06_a_signal_wakes_the_one_that_waits_longest() {
    gives(
        || {
            main_thread(|| {
                let monitor = Monitor::new(0);
                let waiters = ["A1", "B1", "C1"].map(|name| {
                    let monitor = Arc::clone(&monitor);
                    spawn(move || {
                        monitor.wait();
                        mark(name);
                    })
                });
                thread::yield_now();
                for round in 1..=3 {
                    mark(format!("S{round}"));
                    monitor.post();
                    thread::yield_now();
                }
                join(waiters);
                mark("R");
            });
        },
        "S1 A1 S2 B1 S3 C1 R",
    );
}

/// A producer (`s` before it sends, `d` when it has) and a consumer (`r` when it has received), a queue with room for
/// one between them: a lock and two condition variables.
#[test]
fn t07_a_queue_with_room_for_one_alternates() {
    struct Queue {
        items: BlockingMutex<VecDeque<u32>>,
        filled: Condvar,
        emptied: Condvar,
    }
    gives(
        || {
            main_thread(|| {
                let items = BlockingMutex::new(VecDeque::new());
                let queue = Arc::new(Queue { items, filled: Condvar::new(), emptied: Condvar::new() });
                let from = Arc::clone(&queue);
                let producer = spawn(move || {
                    for n in 1..=4 {
                        mark(format!("s{n}"));
                        let mut items = queue.items.lock();
                        while items.len() == 1 {
                            items = queue.emptied.wait(items);
                        }
                        items.push_back(n);
                        queue.filled.notify_one();
                        drop(items);
                        mark(format!("d{n}"));
                    }
                    mark("Px");
                });
                let consumer = spawn(move || {
                    for _ in 1..=4 {
                        let mut items = from.items.lock();
                        while items.is_empty() {
                            items = from.filled.wait(items);
                        }
                        let n = items.pop_front().expect("there is one");
                        from.emptied.notify_one();
                        drop(items);
                        mark(format!("r{n}"));
                    }
                    mark("Cx");
                });
                join([producer, consumer]);
                mark("R");
            });
        },
        "s1 d1 s2 r1 d2 s3 r2 d3 s4 r3 d4 Px r4 Cx R",
    );
}

/// Three threads, each twice: lock, mark, yield with the lock held, unlock.
#[test]
fn whoever_unlocks_a_mutex_can_have_it_again_before_the_one_that_was_woken_for_it() {
    gives(
        || {
            main_thread(|| {
                let lock = Arc::new(BlockingMutex::new(()));
                join(["A", "B", "C"].map(|name| {
                    let lock = Arc::clone(&lock);
                    spawn(move || {
                        for _ in 0..2 {
                            let _held = lock.lock();
                            mark(name);
                            thread::yield_now();
                        }
                    })
                }));
            });
        },
        "A A C C B B",
    );
}
