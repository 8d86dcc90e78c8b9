//! asyncio's loop as a policy of a library user's own: the order of CPython 3.11.7, which has one queue and no phases.
//!
//! The expected orders were printed by CPython itself, 20 identical repeats each.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::task::Poll;

use sim_core::executor::policy::{Came, Driver, Move, Next, QueueSpec, Ready, Rules, TaskPolicy};
use sim_core::trace::WorkerId;
use sim_core::trace::event::End;
use sim_core::{Executor, JoinHandle, SimDuration, mark, spawn_local, time, yield_now};

use crate::event_loop::Resolves;
use crate::support::{legal, marks, textbook};

/// `BaseEventLoop._run_once` (`Lib/asyncio/base_events.py`): waits for events only if nothing is ready, adds what came
/// and the timers that are due to the back of `_ready`, and runs so many handles as stand there then.
#[derive(Default)]
struct RunOnce {
    /// Handles of this round that are left.
    left: usize,
    at: At,
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum At {
    #[default]
    Begin,
    Select,
    Run,
}

impl TaskPolicy for RunOnce {
    fn name(&self) -> &'static str {
        "asyncio"
    }

    fn describe(&self) -> String {
        "one queue, events and timers added at the start of each round".to_owned()
    }

    fn queues(&self, _: u32) -> Vec<QueueSpec> {
        vec![QueueSpec::kept("_ready", WorkerId(0))]
    }

    fn rules(&self) -> Rules {
        Rules { driver: Driver::Turned, ..Rules::default() }
    }

    fn place(&mut self, _: &Came, _: &Ready<'_>, _: &mut Vec<Move>) -> (usize, End) {
        (0, End::Back)
    }

    fn unpark(&mut self, _: usize, _: &Came, ready: &Ready<'_>) -> Option<WorkerId> {
        ready.first_parked()
    }

    fn next(&mut self, _: WorkerId, ready: &Ready<'_>, _: &mut dyn FnMut(u64) -> u64) -> Next {
        if self.left > 0 {
            self.left -= 1;
            return Next::Poll { queue: 0, end: End::Front };
        }
        loop {
            match self.at {
                At::Begin => {
                    self.at = At::Select;
                    if ready.len(0) == 0 {
                        return Next::ParkInDriver;
                    }
                }
                At::Select => {
                    self.at = At::Run;
                    return Next::Turn;
                }
                At::Run => {
                    self.at = At::Begin;
                    if let Some(left) = ready.len(0).checked_sub(1) {
                        self.left = left;
                        return Next::Poll { queue: 0, end: End::Front };
                    }
                }
            }
        }
    }
}

#[track_caller]
fn check<Fut: Future<Output = ()> + 'static>(expected: &str, root: fn() -> Fut) {
    let executor = Executor::with_policy(1, Box::new(RunOnce::default()));
    assert_eq!(marks(&legal(textbook(1).run_local(executor, root)).trace), expected);
}

async fn all(tasks: Vec<JoinHandle<()>>) {
    for task in tasks {
        task.await.unwrap();
    }
}

/// Marks `name1`, `name2` … with `asyncio.sleep(0)` between two.
async fn steps(name: &'static str, count: usize) {
    for step in 1..=count {
        if step > 1 {
            yield_now().await;
        }
        mark(format!("{name}{step}"));
    }
}

#[test]
fn e01_a_timer_that_is_due_comes_before_what_this_round_adds() {
    check("sync c1 c2 c3 later0 c1a", || async {
        let first = spawn_local(async {
            mark("c1");
            spawn_local(async { mark("c1a") }).await.unwrap();
        });
        let mut tasks = vec![first];
        tasks.extend(["c2", "c3"].map(|name| spawn_local(async move { mark(name) })));
        // Set now, as `call_later` does, and not when whoever waits for it runs.
        let mut timer = Box::pin(time::sleep(SimDuration::ZERO));
        poll_fn(|cx| Poll::Ready(timer.as_mut().poll(cx).is_ready())).await;
        tasks.push(spawn_local(async {
            timer.await;
            mark("later0");
        }));
        mark("sync");
        all(tasks).await;
    });
}

#[test]
fn w01_a_task_begins_in_the_round_after_it_was_made() {
    check("R0 R1 A B C R2", || async {
        mark("R0");
        let tasks = ["A", "B", "C"].map(|name| spawn_local(async move { mark(name) })).into();
        mark("R1");
        all(tasks).await;
        mark("R2");
    });
}

#[test]
fn w02_tasks_that_sleep_for_nothing_take_turns() {
    check("A1 B1 C1 A2 B2 C2 A3 B3 C3 A4 B4 C4 RA RB RC", || async {
        for (name, task) in ["A", "B", "C"].map(|name| (name, spawn_local(steps(name, 4)))) {
            task.await.unwrap();
            mark(format!("R{name}"));
        }
    });
}

#[test]
fn w05_a_child_runs_after_those_that_were_ready_before_it() {
    check("A1 A2 B1 B2 a1 A3 b1 B3 a2 b2 A4 B4 R", || async {
        let parent = |name: &'static str, child: &'static str| async move {
            mark(format!("{name}1"));
            let child = spawn_local(steps(child, 2));
            mark(format!("{name}2"));
            yield_now().await;
            mark(format!("{name}3"));
            child.await.unwrap();
            mark(format!("{name}4"));
        };
        all([spawn_local(parent("A", "a")), spawn_local(parent("B", "b"))].into()).await;
        mark("R");
    });
}

/// `asyncio.Queue` (`Lib/asyncio/queues.py`): a put that finds it full and a get that finds it empty leave a future in a
/// list, and look again when it is resolved. Any other goes on at once.
struct Queue {
    items: RefCell<VecDeque<Option<u32>>>,
    room: usize,
    getters: Resolves,
    putters: Resolves,
}

impl Queue {
    async fn put(&self, item: Option<u32>) {
        while self.items.borrow().len() >= self.room {
            self.putters.wait().await;
        }
        self.items.borrow_mut().push_back(item);
        self.getters.resolve_first();
    }

    async fn get(&self) -> Option<u32> {
        loop {
            let item = self.items.borrow_mut().pop_front();
            if let Some(item) = item {
                self.putters.resolve_first();
                return item;
            }
            self.getters.wait().await;
        }
    }
}

#[test]
fn w06_a_queue_of_one_passes_the_turn_to_and_fro() {
    check("s1 d1 s2 r1 d2 s3 r2 d3 s4 r3 d4 r4 Px Cx R", || async {
        let (getters, putters) = (Resolves::default(), Resolves::default());
        let puts = Rc::new(Queue { items: RefCell::default(), room: 1, getters, putters });
        let gets = Rc::clone(&puts);
        let producer = spawn_local(async move {
            for i in 1..=4 {
                mark(format!("s{i}"));
                puts.put(Some(i)).await;
                mark(format!("d{i}"));
            }
            puts.put(None).await;
            mark("Px");
        });
        let consumer = spawn_local(async move {
            while let Some(i) = gets.get().await {
                mark(format!("r{i}"));
            }
            mark("Cx");
        });
        all([producer, consumer].into()).await;
        mark("R");
    });
}
