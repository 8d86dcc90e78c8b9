//! embassy's executor: batches, the last woken first; fixed slots, and no heap.

use sim_core::scenario::{Measured, Scenario};
use sim_core::trace::Event;
use sim_core::{Costs, Executor, Machine, Outcome, SimDuration, SimTime, mark, spawn, work, yield_now};

use crate::lesson::{self, count, told};
use crate::support::{legal, marks};

fn text(workload: &str) -> String {
    lesson::text_with("cores: 1", "workers: 1", workload).replace("async_fifo, workers: 1", "static_executor")
}

/// The workload on the model, legal.
fn fixed(workload: &str) -> Measured {
    let scenario = Scenario::parse("lesson.ron", &text(workload), &[]).unwrap_or_else(|errors| panic!("{errors}"));
    lesson::run(&scenario, "async")
}

fn code<Fut: Future<Output = ()> + Send + 'static>(root: fn() -> Fut) -> Outcome<()> {
    legal(Machine::new().costs(Costs::zero()).run_async(Executor::embassy(), root))
}

#[test]
fn of_a_batch_the_last_that_came_runs_first() {
    let run = fixed(r#"tasks: {"a": (ops: [Mark("a")]), "b": (ops: [Mark("b")]), "c": (ops: [Mark("c")])}"#);
    assert_eq!(run.marks(), "c b a");
}

#[test]
fn who_is_woken_meanwhile_waits_for_the_next_batch() {
    let run = fixed(
        r#"tasks: {
            "x": (ops: [Mark("x")]),
            "y": (ops: [Notify("bell"), Mark("y")]),
            "z": (ops: [Mark("z1"), Wait("bell"), Mark("z2")]),
        }, resources: {"bell": notify}"#,
    );
    assert_eq!(run.marks(), "z1 y x z2", "z, woken by y, comes after x, which is of the batch that runs");
}

#[test]
fn a_task_that_wakes_itself_cannot_starve_the_others() {
    let run =
        fixed(r#"tasks: {"b": (ops: [Repeat(3, [Mark("b"), Yield])]), "a": (ops: [Repeat(3, [Mark("a"), Yield])])}"#);
    // a yields before b in the first batch, so b stands on top of it in the second.
    assert_eq!(run.marks(), "a b b a a b");
}

#[test]
fn a_task_that_wakes_itself_is_on_the_stack_before_those_that_come_later_in_its_poll() {
    let outcome = code(|| async {
        let twice = spawn(async {
            let mut polls = 0;
            std::future::poll_fn(|cx| {
                polls += 1;
                mark(format!("self{polls}"));
                if polls == 2 {
                    return std::task::Poll::Ready(());
                }
                cx.waker().wake_by_ref();
                for name in ["one", "two"] {
                    spawn(async move { mark(name) }).detach();
                }
                std::task::Poll::Pending
            })
            .await;
        });
        twice.await.unwrap();
        for _ in 0..3 {
            yield_now().await;
        }
    });
    assert_eq!(marks(&outcome.trace), "self1 two one self2");
}

#[test]
fn nothing_is_allocated() {
    let run = fixed(r#"tasks: {"a": (count: 3, ops: [Io("1ms"), Work("1ms")])}"#);
    assert_eq!((count(&run, "TaskAllocated"), run.metrics.memory.tasks), (0, 0));
}

const PARENT: &str = r#""parent": (ops: [Spawn("child"), Spawn("child"), Mark("both")])"#;

#[test]
fn to_spawn_a_task_whose_slot_is_in_use_fails() {
    let run = fixed(&format!(r#"tasks: {{{PARENT}, "child": (ops: [Io("5ms"), Mark("child")])}}"#));
    let failed = told(&run, "Failed");
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(failed[0].contains("child: every slot of it is in use"), "{failed:?}");
    assert_eq!(run.marks(), "child", "the first child runs on; the parent ended where it failed");
}

#[test]
fn of_several_instances_as_many_are_spawned_as_there_are_slots() {
    // One after the other: the first child ends after 2 ms, the second after 4 ms.
    let run = fixed(
        r#"tasks: {
            "parent": (ops: [Spawn("child"), Sleep("3ms"), Spawn("child")]),
            "child": (count: 2, ops: [Acquire("one", [Sleep("2ms")])]),
        }, resources: {"one": semaphore(permits: 1)}"#,
    );
    assert_eq!(told(&run, "Failed").len(), 1);
    assert_eq!(count(&run, "TaskSpawned"), 4, "the parent, two children, and one more in the slot that was free");
}

/// Tasks that wait for these moments and say so, beside one that computes from 1 ms to 10 ms; it wakes itself at 4 ms if so.
fn due_during_a_poll(sleepers: &'static [(&'static str, u64)], hog_wakes_itself: Wakes) -> String {
    let at = |ms| SimTime::from_nanos(ms * 1_000_000);
    let outcome = Machine::new().run_local(Executor::embassy(), move || async move {
        for (name, ms) in sleepers {
            let sleeper = async move {
                sim_core::time::sleep_until(at(*ms)).await;
                mark(name);
            };
            spawn(sleeper).detach();
        }
        sim_core::time::sleep_until(at(1)).await;
        work(SimDuration::from_millis(3));
        match hog_wakes_itself {
            Wakes::Itself => {
                let mut woken = false;
                std::future::poll_fn(|cx| {
                    if std::mem::replace(&mut woken, true) {
                        mark("hog");
                        return std::task::Poll::Ready(());
                    }
                    cx.waker().wake_by_ref();
                    work(SimDuration::from_millis(6));
                    std::task::Poll::Pending
                })
                .await;
            }
            Wakes::Nobody => work(SimDuration::from_millis(6)),
        }
        sim_core::time::sleep(SimDuration::from_millis(1)).await;
    });
    marks(&outcome.trace)
}

#[derive(Clone, Copy)]
enum Wakes {
    Nobody,
    Itself,
}

#[test]
fn of_timers_of_one_moment_the_first_that_was_set_goes_first() {
    // The batch begins with the task that was spawned last: c sets its timer first.
    assert_eq!(due_during_a_poll(&[("a", 5), ("b", 5), ("c", 5)], Wakes::Nobody), "c b a");
    // Of two moments that lie within one poll, the later is pushed last and polled first.
    assert_eq!(due_during_a_poll(&[("a", 5), ("b", 5), ("c", 3)], Wakes::Nobody), "b a c");
}

#[test]
fn who_woke_itself_stands_above_those_that_were_due_before_and_below_those_since() {
    let sleepers = &[("a", 3), ("b", 3), ("c", 8), ("d", 8)];
    assert_eq!(due_during_a_poll(sleepers, Wakes::Itself), "d c hog b a");
}

#[test]
fn a_slot_is_free_again_when_its_task_has_ended() {
    let run = fixed(
        r#"tasks: {
            "parent": (ops: [Repeat(3, [Spawn("child"), JoinTask("child")]), Mark("all")]),
            "child": (ops: [Sleep("1ms"), Mark("child")]),
        }"#,
    );
    assert_eq!(run.marks(), "child child child all");
    assert_eq!(count(&run, "Failed"), 0);
}

#[test]
fn what_needs_another_thread_or_a_heap_is_refused_when_the_scenario_is_read() {
    for (op, why) in
        [(r#"Offload("1ms")"#, "there is no other thread"), (r#"Cancel("b")"#, "a task in its slot runs to its end")]
    {
        let workload = format!(r#"tasks: {{"a": (ops: [Spawn("b"), {op}]), "b": (ops: [])}}"#);
        let errors = Scenario::parse("lesson.ron", &text(&workload), &[]).expect_err("it cannot be run").to_string();
        assert!(errors.contains("cannot do this") && errors.contains(why), "{errors}");
    }
}

#[test]
fn its_polls_are_those_of_any_executor_of_one_worker() {
    let workload = r#"tasks: {"req": (count: 5, ops: [Work("1ms"), Io("10ms"), Work("1ms")])}"#;
    let (fixed, (boxed, _)) = (fixed(workload), lesson::both(workload));
    assert_eq!((fixed.metrics.polls, fixed.metrics.makespan), (boxed.metrics.polls, boxed.metrics.makespan));
    let parked = |run: &Measured| crate::support::count(&run.trace, |e| matches!(e, Event::WorkerParked { .. }));
    assert_eq!(parked(&fixed), parked(&boxed));
}
