//! What each step costs, to the nanosecond, and that nothing is charged twice.

use sim_core::{Costs, Executor, Machine, SimDuration, io, io_blocking, spawn, thread, work, yield_now};

use crate::support::{legal, millis};

const MS: u64 = 1_000_000;

fn nanos_of_tasks<Fut: Future<Output = ()> + Send + 'static>(costs: Costs, root: fn() -> Fut) -> u64 {
    legal(Machine::new().costs(costs).run_async(Executor::fifo(1), root)).trace.end().as_nanos()
}

fn nanos_of_threads(costs: Costs, root: fn()) -> u64 {
    legal(Machine::new().costs(costs).run_threads(root)).trace.end().as_nanos()
}

fn ns(n: u64) -> SimDuration {
    SimDuration::from_nanos(n)
}

#[test]
fn the_cited_profile_is_the_measured_table() {
    let cited = Costs::cited();
    assert_eq!(Costs::default(), cited);
    assert_eq!((cited.poll, cited.wake, cited.syscall, cited.thread_switch), (ns(60), ns(7), ns(150), ns(2_400)));
    assert_eq!(cited.waker_clone + cited.waker_drop, ns(14));
    assert_eq!((cited.sync_op, cited.timer, cited.task_bytes), (ns(15), ns(560), 128));
    assert_eq!(cited.stack_resident, 37 * 1024);
    // tokio's spawn + join took 370: two polls, a wake and a waker of its own come on top of the spawn.
    let join = cited.poll * 2 + cited.waker_clone + cited.waker_drop;
    assert!(cited.task_spawn + join >= ns(355) && cited.task_spawn + join <= ns(385));
    // A thread's spawn + join took 32,000: two switches come on top of the spawn.
    assert_eq!(cited.thread_spawn + cited.thread_switch * 2, ns(32_000));
}

#[test]
fn the_textbook_charges_polls_alone() {
    assert_eq!(nanos_of_tasks(Costs::zero(), || async { work(millis(3)) }), 3 * MS + 1);
    let three_yields = || async {
        for _ in 0..3 {
            yield_now().await;
        }
    };
    assert_eq!(nanos_of_tasks(Costs::zero(), three_yields), 4);
    assert_eq!(nanos_of_threads(Costs::zero(), || io_blocking(millis(3))), 3 * MS);
}

#[test]
fn a_blocking_request_costs_a_creation_a_system_call_and_the_switch_back() {
    let Costs { thread_spawn, syscall, thread_switch, .. } = Costs::cited();
    let expected = thread_spawn + millis(1) + thread_switch + syscall;
    assert_eq!(nanos_of_threads(Costs::cited(), || io_blocking(millis(1))), expected.as_nanos());
}

#[test]
fn a_switch_is_paid_by_the_thread_that_comes() {
    let root = || {
        let other = thread::spawn(|| work(millis(1)));
        other.join().unwrap();
    };
    let Costs { thread_spawn, thread_switch, .. } = Costs::jimblandy();
    // Two creations; a switch to the other and one back.
    let expected = thread_spawn * 2 + thread_switch * 2 + millis(1);
    assert_eq!(nanos_of_threads(Costs::jimblandy(), root), expected.as_nanos());
}

#[test]
fn yields_cost_a_poll_and_a_wake_each() {
    let Costs { task_spawn, poll, wake, .. } = Costs::cited();
    let root = || async {
        for _ in 0..10 {
            yield_now().await;
        }
    };
    let expected = task_spawn + poll * 11 + wake * 10;
    assert_eq!(nanos_of_tasks(Costs::cited(), root), expected.as_nanos());
}

#[test]
fn a_spawned_task_is_paid_by_its_spawner() {
    let Costs { task_spawn, poll, wake, waker_clone, waker_drop, .. } = Costs::cited();
    // The root is polled, clones its waker for the handle, and is polled again when the child has woken it.
    let expected = task_spawn * 2 + poll * 3 + waker_clone + wake + waker_drop;
    assert_eq!(nanos_of_tasks(Costs::cited(), || async { spawn(async {}).await.unwrap() }), expected.as_nanos());
}

#[test]
fn an_awaited_request_costs_its_last_poll_and_the_workers_parking() {
    let Costs { poll, syscall, thread_switch, .. } = Costs::cited();
    // The request is under way while the first poll is paid. The reactor's wake is free. Then: the switch to the worker,
    // what it owes for parking, and a poll, in which the answer is there and no waker is cloned.
    let expected = millis(1) + thread_switch + syscall + poll;
    assert_eq!(nanos_of_tasks(Costs::cited(), || async { io(millis(1)).await }), expected.as_nanos());
}

#[test]
fn work_is_as_long_as_it_says_whatever_is_owed_before() {
    let root = || async {
        spawn(async {});
        let before = sim_core::now();
        work(millis(2));
        assert!(sim_core::now() - before >= millis(2));
        let before = sim_core::now();
        work(millis(2));
        assert_eq!(sim_core::now() - before, millis(2));
    };
    let ended = legal(Machine::new().run_async(Executor::fifo(1), root));
    assert_eq!(ended.output, Some(()));
}
