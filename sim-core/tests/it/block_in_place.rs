//! `block_in_place`: a worker goes on on another thread, and comes back if nobody came to it.

use std::collections::BTreeSet;
use std::sync::Arc;

use sim_core::analysis::index::Index;
use sim_core::analysis::inspect::Thing;
use sim_core::analysis::track::{SpanState, TrackKind};
use sim_core::executor::policy::TokioMultiThread;
use sim_core::scenario::{RunOptions, Scenario};
use sim_core::sync::Notify;
use sim_core::trace::event::Event;
use sim_core::trace::snapshot::TaskState;
use sim_core::trace::{Moves, Names, Snapshot, TaskId, ThreadId, Trace, WorkerId};
use sim_core::{
    Costs, EndReason, Executor, JoinError, Limits, Machine, Outcome, SimDuration, TaskBuilder, block, block_in_place,
    io, mark, spawn, spawn_blocking, sync, thread, time, work, yield_now,
};

use crate::inspect_scenarios::Asked;
use crate::own_view::check;
use crate::support::count;

fn ms(n: u64) -> SimDuration {
    SimDuration::from_millis(n)
}

/// Under so many workers, on so many cores; watched.
fn run<F, Fut>(workers: u32, cores: u32, root: F) -> Outcome<Fut::Output>
where
    F: Fn() -> Fut + 'static,
    Fut: Future + Send + 'static,
    Fut::Output: Send + 'static,
{
    check(machine(cores), |m| m.run_async(Executor::tokio_multi_thread(workers), root))
}

fn machine(cores: u32) -> Machine {
    Machine::new().cores(cores).costs(Costs::zero()).limits(Limits { steps: 100_000, ..Limits::default() })
}

/// When which worker went to which thread.
fn moves(trace: &Trace) -> Vec<(u64, WorkerId, ThreadId)> {
    let moved = |(_, time, event): (usize, sim_core::SimTime, Event)| match event {
        Event::WorkerMoved { worker, thread } => Some((time.as_millis(), worker, thread)),
        _ => None,
    };
    trace.events_from(0).filter_map(moved).collect()
}

fn markers(trace: &Trace) -> Vec<String> {
    trace.markers().map(|m| format!("{} {}", m.time.as_millis(), m.text)).collect()
}

/// With what it panicked, without the place.
fn panicked(result: Result<(), JoinError>) -> String {
    match result {
        Err(JoinError::Panicked(why)) => why.split(" at ").next().unwrap_or_default().to_owned(),
        other => panic!("{other:?}"),
    }
}

async fn one_blocks() {
    let blocking = spawn(async {
        block_in_place(|| block(ms(30)));
        mark("back");
        work(ms(5));
    });
    let other = spawn(async {
        mark("other");
        yield_now().await;
        mark("again");
    });
    blocking.await.unwrap();
    other.await.unwrap();
}

#[test]
fn others_are_polled_while_one_blocks_in_place() {
    for cores in [1, 2] {
        let outcome = run(1, cores, one_blocks);
        assert_eq!(outcome.end, EndReason::Finished);
        assert_eq!(markers(&outcome.trace), ["0 other", "0 again", "30 back"]);
        // Threads 0 and 1 are the worker's and the root's, thread 2 is the pool's.
        assert_eq!(moves(&outcome.trace), [(0, WorkerId(0), ThreadId(2))]);
    }
}

#[test]
fn the_task_is_in_its_poll_on_the_old_thread_and_its_row_shows_one_poll_to_its_end() {
    let trace = run(1, 2, one_blocks).trace;
    let index = Index::build(&trace);
    let states = |kind| -> Vec<(u64, u64, SpanState)> {
        let spans = index.track(kind).unwrap().spans.iter().filter(|span| !span.length().is_zero());
        spans.map(|span| (span.start.as_millis(), span.end.as_millis(), span.state)).collect()
    };
    let task = TaskId(1);
    let polls: Vec<_> = states(TrackKind::Task(task)).into_iter().filter(|(from, to, _)| to > from).collect();
    let first = ThreadId(0);
    assert_eq!(
        polls,
        [(0, 30, SpanState::WithoutWorkerOffCore(first)), (30, 35, SpanState::WithoutWorker(first))],
        "blocked, then computing, without a worker"
    );
    assert_eq!(index.track(TrackKind::Thread(first)).map(|track| track.name.as_str()), Some("thread 0"));
    let by_worker = states(TrackKind::Worker(WorkerId(0)));
    assert!(by_worker.iter().all(|(_, _, state)| *state != SpanState::PollsOffCore(task)), "{by_worker:?}");
    // The end of its poll says nothing of the worker, which is elsewhere.
    let mut state = Snapshot::initial(trace.tables());
    for (n, _, event) in trace.events_from(0) {
        let before = state.clone();
        state.apply(trace.tables(), trace.record(n));
        if matches!(event, Event::PollEnded { task: ended, .. } if ended == task) {
            assert_eq!(before.task(task).unwrap().state, TaskState::WithoutWorker(first));
            assert_eq!(before.workers[0], state.workers[0]);
            assert_eq!(state.threads[0].without_worker, None);
        }
    }
}

#[test]
fn a_worker_that_nobody_came_to_stays_and_the_poll_goes_on_with_it() {
    // One core: the pool's thread gets it only when the closure has returned.
    let outcome = run(1, 1, || async {
        let computing = spawn(async {
            block_in_place(|| work(ms(3)));
            spawn(async { mark("spawned") });
            mark("back");
        });
        let other = spawn(async { mark("other") });
        computing.await.unwrap();
        other.await.unwrap();
        time::sleep(ms(1)).await;
    });
    // What it spawns afterwards is in its LIFO slot again, and so comes first.
    assert_eq!(markers(&outcome.trace), ["3 back", "3 spawned", "3 other"]);
    assert_eq!(moves(&outcome.trace), []);
    assert_eq!(count(&outcome.trace, |e| matches!(e, Event::ThreadCreated { .. })), 3, "the pool's thread was made");
}

#[test]
fn two_workers_steal_what_one_leaves_and_no_task_is_polled_twice_at_once() {
    for seed in 0..20 {
        for cores in [1, 2, 4] {
            let machine = machine(cores).seed(seed);
            let outcome = check(machine, |m| m.run_async(Executor::tokio_multi_thread(2), many));
            assert_eq!(outcome.end, EndReason::Finished);
            assert_eq!(count(&outcome.trace, |e| matches!(e, Event::Marked { .. })), 24);
            each_thread_has_one_worker(&outcome.trace);
        }
    }
}

async fn many() {
    let lock = Arc::new(sync::Mutex::new(0));
    let tasks: Vec<_> = (0..12u64)
        .map(|i| {
            let lock = Arc::clone(&lock);
            spawn(async move {
                yield_now().await;
                block_in_place(|| if i % 3 == 0 { work(ms(i % 4)) } else { block(ms(i % 4)) });
                *lock.lock().await += 1;
                mark("one");
                let child = spawn(async { work(ms(1)) });
                block_in_place(|| block(ms(1)));
                yield_now().await;
                io(ms(1)).await;
                child.await.unwrap();
                mark("two");
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

fn each_thread_has_one_worker(trace: &Trace) {
    let mut state = Snapshot::initial(trace.tables());
    for n in 0..trace.len() {
        state.apply(trace.tables(), trace.record(n));
        let threads: Vec<ThreadId> = state.workers.iter().filter_map(|worker| worker.thread).collect();
        assert_eq!(threads.iter().collect::<BTreeSet<_>>().len(), threads.len(), "event {n}");
        let polled = state.tasks.iter().filter(|t| matches!(t.state, TaskState::WithoutWorker(_))).count();
        assert_eq!(polled, state.threads.iter().filter(|t| t.without_worker.is_some()).count(), "event {n}");
    }
}

#[test]
fn with_the_pool_full_the_worker_waits_in_its_line() {
    let policy = TokioMultiThread::default().max_blocking_threads(1);
    let outcome = check(machine(2), |m| {
        m.run_async(Executor::with_policy(1, Box::new(policy)), || async {
            let busy = spawn_blocking(|| block(ms(10)));
            let blocking = spawn(async {
                block_in_place(|| block(ms(30)));
                mark("back");
            });
            spawn(async { mark("other") }).await.unwrap();
            blocking.await.unwrap();
            busy.await.unwrap();
        })
    });
    assert_eq!(markers(&outcome.trace), ["10 other", "30 back"]);
}

#[test]
fn the_run_ends_in_the_middle_of_it_in_every_state() {
    // The root ends while the closure blocks, while it computes, while its worker is offered, and while it goes on without.
    for (cores, ends_at) in [(1, 0), (1, 5), (2, 0), (2, 5), (2, 12), (2, 25)] {
        let outcome = run(2, cores, move || async move {
            drop(spawn(async {
                block_in_place(|| {
                    block(ms(10));
                    work(ms(10));
                });
                work(ms(10));
            }));
            yield_now().await;
            time::sleep(ms(ends_at)).await;
        });
        assert_eq!(outcome.end, EndReason::Finished, "{cores} cores, {ends_at} ms");
    }
    let never = run(1, 2, || async {
        let gate = Arc::new(Notify::new());
        spawn(async move { block_in_place(|| gate.wait_blocking()) }).await.unwrap();
    });
    assert_eq!(never.end, EndReason::Stuck);
}

#[test]
fn a_closure_that_panics_ends_its_task_and_the_worker_goes_on() {
    let outcome = run(1, 2, || async {
        let failed = spawn(async {
            block_in_place(|| {
                block(ms(2));
                panic!("on purpose");
            })
        });
        let other = spawn(async { mark("other") });
        other.await.unwrap();
        failed.await
    });
    assert_eq!(panicked(outcome.output.unwrap()), "on purpose");
    assert_eq!(markers(&outcome.trace), ["0 other"]);
}

#[test]
fn a_task_that_is_aborted_meanwhile_is_dropped_when_its_poll_ends() {
    let outcome = run(1, 2, || async {
        let blocking = spawn(async {
            block_in_place(|| block(ms(10)));
            mark("back");
            io(ms(100)).await;
        });
        time::sleep(ms(2)).await;
        blocking.abort();
        blocking.await
    });
    assert_eq!(outcome.output, Some(Err(JoinError::Cancelled)));
    assert_eq!(markers(&outcome.trace), ["10 back"]);
    assert_eq!(outcome.trace.end().as_millis(), 10);
}

#[test]
fn the_root_blocks_only_itself_and_a_thread_of_the_pool_nobody() {
    let outcome = run(1, 2, || async {
        let other = spawn(async { mark("other") });
        block_in_place(|| block(ms(5)));
        mark("root");
        spawn_blocking(|| block_in_place(|| block(ms(5)))).await.unwrap();
        other.await.unwrap();
    });
    assert_eq!(markers(&outcome.trace), ["0 other", "5 root"]);
    assert_eq!(moves(&outcome.trace), []);
}

#[test]
fn the_thread_that_has_lost_its_worker_serves_the_pool() {
    let outcome = run(1, 2, || async {
        spawn(async { block_in_place(|| block(ms(1))) }).await.unwrap();
        time::sleep(ms(1)).await;
        spawn_blocking(|| mark("closure")).await.unwrap();
    });
    let on = outcome.trace.events_from(0).find_map(|(n, _, event)| match event {
        Event::Offloaded { to, .. } => Some((n, to)),
        _ => None,
    });
    assert_eq!(on.map(|(_, to)| to), Some(ThreadId(0)));
    assert_eq!(count(&outcome.trace, |e| matches!(e, Event::ThreadCreated { .. })), 3);
}

#[test]
fn under_one_thread_it_panics_with_tokios_words_and_elsewhere_it_is_a_plain_call() {
    let expected = "can call blocking only when running on the multi-threaded runtime";
    for executor in [Executor::tokio_current_thread(), Executor::tokio_local_set()] {
        let outcome = machine(1).run_async(executor, || async { spawn(async { block_in_place(|| ()) }).await });
        assert_eq!(panicked(outcome.output.unwrap()), expected);
    }
    let pool = machine(1).run_async(Executor::tokio_current_thread(), || async {
        spawn_blocking(|| block_in_place(|| 7)).await.unwrap()
    });
    assert_eq!(pool.output, Some(7));
    assert_eq!(machine(1).run_async(Executor::smol(1), || async { block_in_place(|| 7) }).output, Some(7));
    assert_eq!(machine(1).run_threads(|| thread::spawn(|| block_in_place(|| 7)).join().unwrap()).output, Some(7));
    assert_eq!(block_in_place(|| 7), 7, "outside a run");
}

#[test]
fn the_budget_rests_in_the_closure_and_is_as_it_was_afterwards() {
    // 100 operations before, 100 inside, 27 after; the 128th of the poll comes after another's turn.
    let operations = |in_place: bool| {
        run(1, 2, move || async move {
            let (sender, receiver) = sync::unbounded();
            (0..400).for_each(|n| sender.send_blocking(n).unwrap());
            let reading = spawn(async move {
                for _ in 0..100 {
                    receiver.recv().await.unwrap();
                }
                if in_place {
                    block_in_place(|| block(ms(1)));
                }
                for n in 0..100 {
                    receiver.recv().await.unwrap();
                    mark(format!("{n}"));
                }
            });
            reading.await.unwrap();
        })
    };
    for in_place in [false, true] {
        let trace = operations(in_place).trace;
        let exhausted = trace.events_from(0).position(|(_, _, e)| matches!(e, Event::BudgetExhausted { .. })).unwrap();
        let before = trace.events_from(0).take(exhausted).filter(|(_, _, e)| matches!(e, Event::Marked { .. })).count();
        assert_eq!(before, 28, "in place: {in_place}");
    }
}

#[test]
fn of_each_it_is_said_where_it_goes_on() {
    let trace = run(1, 2, || async {
        let hog = TaskBuilder::new("hog").spawn(async {
            block_in_place(|| block(ms(30)));
            work(ms(5));
        });
        let other = TaskBuilder::new("other").spawn(async { work(ms(50)) });
        hog.await.unwrap();
        other.await.unwrap();
    });
    let asked = Asked::of(trace.trace);
    let says = |at, track| asked.at(at, Thing::Track(track)).answer.to_string();
    let task = TrackKind::Task(TaskId(1));
    let elsewhere = "Whoever it wakes or spawns meanwhile goes to the shared queue.";
    let why =
        format!("It is inside block_in_place on thread 0 until 30.0 ms; worker 0 goes on on blocking 0. {elsewhere}");
    assert_eq!(says(10.0, task), why);
    let why = format!(
        "It called block_in_place, and computes for 5.0 ms on thread 0; worker 0 goes on on blocking 0. {elsewhere}"
    );
    assert_eq!(says(32.0, task), why);
    let old = says(10.0, TrackKind::Thread(ThreadId(0)));
    assert!(old.ends_with("It is inside hog's poll, in block_in_place; worker 0 goes on on blocking 0."), "{old}");
    let back = says(32.0, TrackKind::Thread(ThreadId(0)));
    assert!(back.ends_with("It is inside hog's poll, without a worker; worker 0 goes on on blocking 0."), "{back}");
    let row = asked.at(32.0, Thing::Track(TrackKind::Thread(ThreadId(0)))).history;
    assert_eq!(row[0].says.to_string(), "left by its worker → Blocked (blocking call)");
    let new = says(10.0, TrackKind::Thread(ThreadId(2)));
    assert!(new.ends_with("It runs worker 0, which came from another thread."), "{new}");
    let worker = asked.at(10.0, Thing::Track(TrackKind::Worker(WorkerId(0))));
    assert_eq!(worker.id, "on blocking 0");
    let left = worker.facts.iter().find(|fact| fact.label == "Left behind").map(|fact| fact.says.to_string());
    assert_eq!(left.as_deref(), Some("hog: its poll goes on without a worker"));
}

#[test]
fn a_program_says_it_where_the_model_can_and_is_refused_where_it_cannot() {
    let parsed = |model: &str| {
        let text = format!(
            r#"(schema: 1, id: "in_place", number: 1, part: A, title: "In place", idea: "An idea.", costs: "zero",
    workload: (tasks: {{"a": (ops: [BlockInPlace("30ms")]), "b": (ops: [Work("1ms"), Mark("b")])}}),
    runs: [(id: "one", model: {model}), (id: "threads", model: thread_per_task)])"#
        );
        Scenario::parse("in_place.ron", &text, &[])
    };
    for model in ["tokio_multi_thread", "coroutines", "thread_pool", "sequential", "no_executor"] {
        let trace = parsed(model).unwrap().execute("one", &RunOptions::default(), None);
        // A goroutine makes a system call: its P goes away, and comes back.
        let expected = usize::from(model == "tokio_multi_thread") + 2 * usize::from(model == "coroutines");
        assert_eq!(moves(&trace).len(), expected, "{model}");
    }
    for model in ["tokio_current_thread", "tokio_local_set", "smol", "event_loop", "actors", "static_executor"] {
        let refused = parsed(model).unwrap_err();
        let (errors, help) = (refused.to_string(), refused.errors()[0].help.clone());
        assert!(errors.contains(&format!("{model} has no BlockInPlace, because")), "{errors}");
        let can = "give that run a model that can, such as `tokio_multi_thread`, `thread_per_task`, `thread_pool`, `coroutines`";
        // The one that has no other thread has no Offload either.
        let or = if model == "static_executor" { "leave the step out" } else { "write Offload, which it has" };
        assert_eq!(help, Some(format!("{can}, or {or}")), "{model}");
    }
    assert!(parsed("event_loop").unwrap_err().to_string().contains("Node has no such call"), "its own reason");
    assert!(parsed("tokio_current_thread").unwrap_err().to_string().contains("panics on this runtime"), "and tokio's");
}

#[test]
fn a_thread_that_its_worker_has_left_may_run_another_and_is_told_as_that_one() {
    let root = || async {
        // Two at a time, so that both workers are left and taken over again and again.
        let calls: Vec<_> = (0..40)
            .map(|n| {
                spawn(async move {
                    time::sleep(ms(n / 2)).await;
                    block_in_place(|| block(ms(3)));
                })
            })
            .collect();
        for call in calls {
            call.await.unwrap();
        }
    };
    let asked = Asked::of(run(2, 4, root).trace);
    let tables = asked.trace.tables();
    let to_another = |event| match event {
        Event::WorkerMoved { worker, thread } if thread.index() < 2 => {
            (thread.0 != worker.0).then_some((worker, thread))
        }
        _ => None,
    };
    let mut moved = asked.trace.events_from(0).filter_map(|(n, _, event)| Some((n, event, to_another(event)?)));
    let (n, event, (worker, thread)) = moved.next().expect("a thread of one worker takes over the other");
    let told = asked.after(n + 1, Thing::Track(TrackKind::Thread(thread)));
    assert_eq!((told.thing, told.id), (Thing::Track(TrackKind::Worker(worker)), format!("on {thread}")));
    // By its name it would be taken for the worker that it had at first.
    assert_eq!(
        sim_core::trace::text::describe(&event, Names::at(tables, &Moves::of(&asked.trace), n)).detail,
        format!("goes on on {thread}")
    );
}

/// Every event about `who`, as it is told: its time in ms, its name.
fn told(trace: &Trace, who: &str) -> Vec<(u64, &'static str)> {
    let moves = Moves::of(trace);
    let rows = trace
        .events_from(0)
        .map(|(n, time, event)| (time, sim_core::trace::text::describe(&event, Names::at(trace.tables(), &moves, n))));
    rows.filter(|(_, row)| row.who == who).map(|(time, row)| (time.as_millis(), row.event)).collect()
}

#[test]
fn a_thread_is_told_as_a_worker_only_while_it_runs_it() {
    let trace = run(1, 2, one_blocks).trace;
    let old = told(&trace, "thread 0");
    assert_eq!(old[..3], [(30, "ThreadUnblocked"), (30, "ThreadRunnable"), (30, "Dispatched")], "{old:?}");
    let worker = told(&trace, "worker 0");
    let after: Vec<_> = worker.iter().skip_while(|(_, event)| *event != "WorkerMoved").collect();
    assert!(
        after.iter().any(|(_, event)| *event == "ThreadBlocked"),
        "the pool's thread sleeps as worker 0: {after:?}"
    );
    let new = told(&trace, "blocking 0");
    assert_eq!(new.last(), Some(&(0, "Dispatched")), "afterwards it is the worker's: {new:?}");
    let completed = trace.events_from(0).find_map(|(n, _, event)| match event {
        Event::TaskCompleted { task: TaskId(1), .. } => Some((n, event)),
        _ => None,
    });
    let (n, event) = completed.expect("it has ended");
    let names = Names::at(trace.tables(), &Moves::of(&trace), n).polled_by(TaskId(1), WorkerId(0));
    assert_eq!(names, "thread 0", "{event:?}");
}

#[test]
fn the_names_of_threads_agree_with_the_state_after_every_event() {
    for seed in 0..10 {
        let trace = check(machine(3).seed(seed), |m| m.run_async(Executor::tokio_multi_thread(2), many)).trace;
        let (tables, moves) = (trace.tables(), Moves::of(&trace));
        let mut state = Snapshot::initial(tables);
        for n in 0..trace.len() {
            state.apply(tables, trace.record(n));
            for (i, thread) in state.threads.iter().enumerate().filter(|(_, t)| t.worker.is_some()) {
                assert_eq!(moves.worker_on(tables, ThreadId::from_index(i), n), thread.worker, "event {n}");
            }
            for worker in (0..2).map(WorkerId::from_index) {
                assert_eq!(moves.thread_of(tables, worker, n), state.thread_of(tables, worker), "event {n}");
            }
            for (i, task) in state.tasks.iter().enumerate() {
                if let TaskState::WithoutWorker(thread) = task.state {
                    assert_eq!(moves.without_worker(TaskId::from_index(i), n), Some(thread), "event {n}");
                }
                if let TaskState::Polling(_) = task.state {
                    assert_eq!(moves.without_worker(TaskId::from_index(i), n), None, "event {n}");
                }
            }
        }
    }
}

#[test]
fn on_its_core_a_thread_has_another_name_from_the_event_with_which_a_worker_comes_or_goes() {
    // On a busy machine the closure computes: the old thread keeps its core when its worker leaves.
    let trace = run(1, 2, || async {
        let computes = spawn(async { block_in_place(|| work(ms(10))) });
        let other = spawn(async { work(ms(5)) });
        computes.await.unwrap();
        other.await.unwrap();
    })
    .trace;
    let index = Index::build(&trace);
    let mut names = Vec::new();
    for track in index.tracks.iter().filter(|track| matches!(track.kind, TrackKind::Core(_))) {
        for span in track.spans.iter().filter(|span| !span.length().is_zero()) {
            if let SpanState::Occupied(thread) = span.state {
                let name = Names::at(trace.tables(), index.moves(), span.event).thread(thread);
                names.push((name, span.start.as_millis(), span.end.as_millis()));
            }
        }
    }
    assert!(names.contains(&("thread 0".to_owned(), 0, 10)), "{names:?}");
    assert!(names.contains(&("worker 0".to_owned(), 0, 5)), "{names:?}");
}
