//! The event loop gives callbacks the order in which Node calls them.
//!
//! The expected orders were printed by Node 20.20.2 (libuv 1.46.0), 20 identical repeats each. A JavaScript `async`
//! function is called with [`call`]: its part up to the first await runs at once. An await of nothing is a microtask.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use serde_json::Value;
use sim_core::callbacks::{call, immediate, microtask, next_tick, queue_microtask, set_immediate, set_timeout};
use sim_core::{Executor, JoinHandle, Outcome, SimDuration, io, mark, time, work};

use crate::support::{legal, marks, textbook};

fn run<Fut: Future<Output = ()> + 'static>(root: fn() -> Fut) -> Outcome<()> {
    legal(textbook(1).run_local(Executor::event_loop(), root))
}

#[track_caller]
fn check<Fut: Future<Output = ()> + 'static>(expected: &str, root: fn() -> Fut) {
    assert_eq!(marks(&run(root).trace), expected);
}

/// `await promise`: goes on as a microtask, also if the promise is resolved already.
async fn settled<T: 'static>(promise: JoinHandle<T>) -> T {
    if promise.is_finished() {
        microtask().await;
    }
    promise.await.unwrap()
}

/// `await new Promise(resolve => setImmediate(resolve))`: the immediate resolves, and its microtask goes on.
async fn resolved_by_an_immediate() {
    immediate().await;
    microtask().await;
}

/// A callback that only leaves its name.
async fn says(name: &'static str) {
    mark(name);
}

/// `fs.readFile(…, callback)`.
async fn from_io<F: Future>(callback: F) -> F::Output {
    io(SimDuration::from_millis(1)).await;
    callback.await
}

#[test]
fn e01_after_io_come_ticks_then_microtasks_then_immediates_then_timers() {
    let expected =
        "sync nextTick micro queueMicrotask immediate1 tick-in-immediate micro-in-immediate immediate2 timeout0";
    check(expected, || {
        from_io(async {
            let timer = set_timeout(SimDuration::from_millis(1), says("timeout0"));
            set_immediate(async {
                mark("immediate1");
                next_tick(says("tick-in-immediate"));
                queue_microtask(says("micro-in-immediate"));
            });
            set_immediate(says("immediate2"));
            next_tick(says("nextTick"));
            queue_microtask(says("micro"));
            queue_microtask(says("queueMicrotask"));
            mark("sync");
            timer.await.unwrap();
        })
    });
}

#[test]
fn e04_microtasks_that_make_microtasks_starve_an_immediate() {
    check("m1 m2 m3 m4 m5 m6 imm", || async {
        let last = set_immediate(says("imm"));
        for n in 1..=6 {
            microtask().await;
            mark(format!("m{n}"));
        }
        last.await.unwrap();
    });
}

#[test]
fn e05_an_immediate_asked_for_by_an_immediate_waits_for_the_next_round() {
    check("i1 i1a i1b", || async {
        let first = set_immediate(async {
            mark("i1");
            let next = set_immediate(says("i1b"));
            next_tick(says("i1a"));
            next.await.unwrap();
        });
        first.await.unwrap();
    });
    // With another that stood in line before: the new one comes after it, in a round of its own.
    check("i1 i2 i1a", || async {
        let first = set_immediate(async {
            mark("i1");
            set_immediate(says("i1a")).await.unwrap();
        });
        set_immediate(says("i2"));
        first.await.unwrap();
    });
}

#[test]
fn w01_an_async_function_begins_inside_its_call() {
    check("R0 A B C R1 R2", || async {
        mark("R0");
        let mut called = Vec::new();
        for name in ["A", "B", "C"] {
            called.push(call(says(name)).await);
        }
        mark("R1");
        for promise in called {
            settled(promise).await;
        }
        mark("R2");
    });
}

/// Three functions that leave four marks each, with `pause` between two; and who waits for them leaves one for each.
async fn rounds<F: Future<Output = ()> + 'static>(pause: fn() -> F) {
    let mut called = Vec::new();
    for name in ["A", "B", "C"] {
        let steps = async move {
            for step in 1..=4 {
                if step > 1 {
                    pause().await;
                }
                mark(format!("{name}{step}"));
            }
        };
        called.push((name, call(steps).await));
    }
    for (name, promise) in called {
        settled(promise).await;
        mark(format!("R{name}"));
    }
}

#[test]
fn w02_functions_that_await_nothing_take_turns() {
    check("A1 B1 C1 A2 B2 C2 A3 B3 C3 A4 B4 C4 RA RB RC", || rounds(microtask));
}

#[test]
fn w02i_functions_that_await_an_immediate_take_turns_and_microtasks_come_between() {
    check("A1 B1 C1 A2 B2 C2 A3 B3 C3 A4 RA B4 RB C4 RC", || rounds(resolved_by_an_immediate));
}

#[test]
fn w05_nested_functions_begin_inside_their_callers() {
    check("A1 a1 A2 B1 b1 B2 a2 A3 b2 B3 A4 B4 R", || async {
        let child = |name: &'static str| async move {
            mark(format!("{name}1"));
            microtask().await;
            mark(format!("{name}2"));
        };
        let parent = move |name: &'static str, of: &'static str| async move {
            mark(format!("{name}1"));
            let promise = call(child(of)).await;
            mark(format!("{name}2"));
            microtask().await;
            mark(format!("{name}3"));
            settled(promise).await;
            mark(format!("{name}4"));
        };
        let a = call(parent("A", "a")).await;
        let b = call(parent("B", "b")).await;
        settled(a).await;
        settled(b).await;
        mark("R");
    });
}

/// A channel of promises, as one writes it in JavaScript: whoever finds it full, or empty, leaves a promise's `resolve`
/// in a list, and looks again when it is called.
#[derive(Default)]
struct Channel {
    queue: RefCell<VecDeque<u32>>,
    closed: Cell<bool>,
    getters: Resolves,
    putters: Resolves,
}

/// A list of promises, each with whoever awaits it.
#[derive(Default)]
pub struct Resolves(RefCell<VecDeque<Rc<Promise>>>);

#[derive(Default)]
struct Promise {
    resolved: Cell<bool>,
    waker: RefCell<Option<std::task::Waker>>,
}

impl Resolves {
    /// Resolves the promise that was left first, if there is one.
    pub fn resolve_first(&self) {
        let first = self.0.borrow_mut().pop_front();
        if let Some(promise) = first {
            promise.resolved.set(true);
            let waker = promise.waker.take();
            waker.into_iter().for_each(std::task::Waker::wake);
        }
    }

    /// Leaves a promise, and awaits it.
    pub async fn wait(&self) {
        let promise = Rc::new(Promise::default());
        self.0.borrow_mut().push_back(Rc::clone(&promise));
        std::future::poll_fn(|cx| {
            if promise.resolved.get() {
                return Poll::Ready(());
            }
            promise.waker.replace(Some(cx.waker().clone()));
            Poll::Pending
        })
        .await;
    }
}

impl Channel {
    async fn send(&self, value: u32) {
        while !self.queue.borrow().is_empty() {
            self.putters.wait().await;
        }
        self.queue.borrow_mut().push_back(value);
        self.getters.resolve_first();
        // The async function's own promise: whoever awaits it goes on as a microtask.
        microtask().await;
    }

    async fn recv(&self) -> Option<u32> {
        while self.queue.borrow().is_empty() {
            if self.closed.get() {
                return None;
            }
            self.getters.wait().await;
        }
        let value = self.queue.borrow_mut().pop_front();
        self.putters.resolve_first();
        microtask().await;
        value
    }
}

#[test]
fn w06_a_channel_of_one_passes_the_turn_to_and_fro() {
    check("s1 d1 s2 r1 d2 s3 r2 d3 s4 r3 d4 Px r4 Cx R", || async {
        let sends = Rc::new(Channel::default());
        let receives = Rc::clone(&sends);
        let producer = call(async move {
            for i in 1..=4 {
                mark(format!("s{i}"));
                sends.send(i).await;
                mark(format!("d{i}"));
            }
            sends.closed.set(true);
            sends.getters.resolve_first();
            mark("Px");
        });
        let producer = producer.await;
        let consumer = call(async move {
            while let Some(i) = receives.recv().await {
                mark(format!("r{i}"));
            }
            mark("Cx");
        });
        let consumer = consumer.await;
        settled(producer).await;
        settled(consumer).await;
        mark("R");
    });
}

/// Programs drawn at random, each with the order in which Node 20.20.2 left its marks, three times out of three.
///
/// A program is a list of `async` functions, of which the main script calls the first; a function is a list of steps:
///
/// ```text
/// ["mark", name]                            leaves a mark
/// ["await"]                                 await null
/// ["immediate"]                             await new Promise(resolve => setImmediate(resolve))
/// ["call", n]                               calls function n, and keeps its promise
/// ["settled", k]                            awaits the promise that was kept as number k
/// ["tick" | "micro" | "check", steps]       process.nextTick, queueMicrotask or setImmediate of a plain function, whose
///                                           steps are marks and more such calls
/// ```
const RANDOM: &str = include_str!("golden/node_20.20.2.json");

#[test]
fn programs_drawn_at_random_leave_their_marks_as_on_node() {
    let programs: Vec<Value> = serde_json::from_str(RANDOM).expect("the file is JSON");
    for (place, program) in programs.iter().enumerate() {
        let expected = program["order"].as_str().unwrap();
        assert_eq!(marks_under(Executor::event_loop(), program), expected, "program {place}: {program}");
    }
    // Under another order of callbacks most of them tell the difference.
    let differs = |program: &&Value| marks_under(Executor::fifo(1), program) != program["order"].as_str().unwrap();
    let told = programs.iter().filter(differs).count();
    println!("{} programs, 0 differences; {told} differ under a plain FIFO queue", programs.len());
    assert!(programs.len() == 200 && told > 150, "{told} of {}", programs.len());
}

/// The marks of the program, called by the main script.
fn marks_under(executor: Executor, program: &Value) -> String {
    let functions = Functions::from(program["functions"].clone());
    let outcome = legal(textbook(1).run_local(executor, move || {
        let main = functions.clone();
        async move {
            function(main, 0).await;
            // The root's end would end the run.
            set_timeout(SimDuration::from_secs(1), async {}).await.unwrap();
        }
    }));
    marks(&outcome.trace)
}

#[derive(Clone, Debug)]
struct Functions(Rc<Value>);

impl From<Value> for Functions {
    fn from(functions: Value) -> Functions {
        Functions(Rc::new(functions))
    }
}

fn function(functions: Functions, n: usize) -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async move {
        let mut kept = Vec::new();
        for step in functions.0[n].as_array().unwrap() {
            match step[0].as_str().unwrap() {
                "await" => microtask().await,
                "immediate" => resolved_by_an_immediate().await,
                "call" => {
                    let nth = step[1].as_u64().unwrap() as usize;
                    kept.push(Some(call(function(functions.clone(), nth)).await));
                }
                // A promise that was awaited before is resolved.
                "settled" => match kept[step[1].as_u64().unwrap() as usize].take() {
                    Some(promise) => settled(promise).await,
                    None => microtask().await,
                },
                _ => plain_step(step),
            }
        }
    })
}

fn plain_step(step: &Value) {
    let steps = step[1].clone();
    let callback = async move { steps.as_array().unwrap().iter().for_each(plain_step) };
    match step[0].as_str().unwrap() {
        "mark" => mark(step[1].as_str().unwrap()),
        "tick" => drop(next_tick(callback)),
        "micro" => drop(queue_microtask(callback)),
        "check" => drop(set_immediate(callback)),
        other => panic!("no step is called {other}"),
    }
}

/// A function that waits so long and leaves its name: the timer is set in its call.
async fn in_ms(length: u64, name: &'static str) -> JoinHandle<()> {
    call(async move {
        time::sleep(SimDuration::from_millis(length)).await;
        mark(name);
    })
    .await
}

#[test]
fn timers_of_one_length_that_are_due_are_called_together_before_those_of_another() {
    // Node 20.20.2 printed this seven times out of seven: C10 was due at 60 ms, B40 at 40 and E45 at 45.
    check("A10 C10 B40 E45 ", || async {
        in_ms(10, "A10").await;
        in_ms(40, "B40").await;
        in_ms(45, "E45").await;
        work(SimDuration::from_millis(50));
        in_ms(10, "C10").await;
        work(SimDuration::from_millis(60));
        in_ms(200, "").await.await.unwrap();
    });
}

#[test]
fn set_timeout_counts_from_its_call_however_long_the_callback_goes_on() {
    let ms = SimDuration::from_millis;
    let outcome = legal(textbook(1).run_local(Executor::event_loop(), move || async move {
        let first = set_timeout(ms(10), says("10"));
        work(ms(4));
        let second = set_timeout(ms(3), says("3"));
        first.await.unwrap();
        second.await.unwrap();
    }));
    let marks: Vec<(String, u64)> =
        outcome.trace.markers().map(|mark| (mark.text.to_owned(), mark.time.as_millis())).collect();
    assert_eq!(marks, [("3".to_owned(), 7), ("10".to_owned(), 10)]);
}

/// Node 20.20.2, whose milliseconds begin anywhere: with 2.5 ms between the two, one order in half of 10 runs and the other
/// in the rest; with 2.9 ms between them, `X5 Y2` in 10 of 10.
#[test]
fn timers_that_are_due_in_the_same_millisecond_go_by_which_length_was_there_first() {
    let order = |phase: u64| {
        let (ms, us) = (SimDuration::from_millis, SimDuration::from_micros);
        let outcome = legal(textbook(1).run_local(Executor::event_loop(), move || async move {
            work(us(phase));
            let x = set_timeout(ms(5), says("X5"));
            work(us(2_500));
            let y = set_timeout(ms(2), says("Y2"));
            work(ms(20));
            x.await.unwrap();
            y.await.unwrap();
        }));
        marks(&outcome.trace)
    };
    assert_eq!(order(50), "Y2 X5");
    assert_eq!(order(700), "X5 Y2");
}

#[test]
fn the_first_call_that_blocks_creates_all_four_threads_of_the_pool() {
    let threads = |calls: usize| {
        let outcome = legal(textbook(1).run_local(Executor::event_loop(), move || async move {
            for _ in 0..calls {
                sim_core::spawn_blocking(|| work(SimDuration::from_millis(1))).await.unwrap();
            }
            time::sleep(SimDuration::from_millis(1)).await;
        }));
        outcome.trace.tables().threads.len()
    };
    assert_eq!((threads(0), threads(1), threads(6)), (1, 5, 5));
}
