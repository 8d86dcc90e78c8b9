//! A workload on a machine: as tasks of an async executor, as a thread a task, on a pool of threads, or on one.
//!
//! Owns which tasks exist at the start, in the order of the file, and when such a run is over: when every task, or
//! every thread, has ended.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use super::ast::Workload;
use super::listing::Shape;
use super::shared::{Ends, Outcome, Shared};
use super::way::{Live, Way};
use super::{as_actor, as_callbacks, as_coroutine, as_future, as_thread};
use crate::executor::Executor;
use crate::executor::core::EndsWith;
use crate::executor::policy::Pool;
use crate::machine::blocking::How;
use crate::machine::spec::Machine;
use crate::machine::threads::ThreadState;
use crate::observe::{Observed, observe};
use crate::thread::ThreadBuilder;
use crate::trace::{Family, Trace};

/// 8 MiB: `ulimit -s`.
const MAIN_STACK: usize = 8 << 20;

/// What makes a task's futures, when it is called.
type Unpolled = Box<dyn FnOnce() -> Vec<Observed<Pin<Box<dyn Future<Output = Outcome>>>>>>;

impl Machine {
    /// Runs a workload under an async executor: each task is a task of it. Names in it must fit together.
    pub fn run_workload_async(self, executor: Executor, workload: &Workload) -> Trace {
        // Kept beyond the run: the first tasks' handles are nobody's to drop.
        let mut handles = Vec::new();
        let (trace, _) = self.run_tasks(executor, EndsWith::All, || {
            start(workload, How::Task, Shape::Async, |shared, task, ends| {
                handles.extend(as_future::spawn(shared, task, ends, None))
            });
        });
        trace
    }

    /// Runs a workload without a heap: each task has so many slots as the workload has of it, and to spawn one fails while
    /// all are in use. Names in it must fit together.
    pub fn run_workload_static(self, workload: &Workload) -> Trace {
        let mut handles = Vec::new();
        let (trace, _) = self.run_tasks(Executor::embassy(), EndsWith::All, || {
            start(workload, How::Task, Shape::Async, |shared, task, ends| {
                shared.slots.fixed();
                handles.extend(as_future::spawn(shared, task, ends, None));
            });
        });
        trace
    }

    /// Runs a program without an executor: `main` makes the future of each task, polls none, and ends. Names in the workload must
    /// fit together.
    pub fn run_workload_unpolled(self, workload: &Workload) -> Trace {
        let (trace, _) = self.run_thread_bodies(
            || {
                let mut made: Vec<Unpolled> = Vec::new();
                start(workload, How::Task, Shape::Async, |shared, task, ends| {
                    made.push(Box::new({
                        let (shared, task, ends) = (Rc::clone(shared), task.to_owned(), ends.clone());
                        move || {
                            let instances = 0..shared.spec(&task).count;
                            let each = instances.map(|nth| as_future::instance(&shared, &task, &ends, None, nth));
                            each.map(|(name, future)| {
                                observe(name, Box::pin(future) as Pin<Box<dyn Future<Output = _>>>)
                            })
                            .collect()
                        }
                    }));
                });
                ThreadBuilder::new("main").spawn_steps(async move {
                    let futures: Vec<_> = made.into_iter().flat_map(|make| make()).collect();
                    drop(futures);
                });
            },
            |kernel| kernel.threads.iter().all(|thread| thread.state == ThreadState::Exited),
        );
        trace
    }

    /// Runs a workload as callbacks of an event loop: each task is a chain of them. Names in it must fit together.
    pub fn run_workload_callbacks(mut self, executor: Executor, workload: &Workload) -> Trace {
        self.info.family = Family::Callbacks;
        let mut handles = Vec::new();
        let (trace, _) = self.run_tasks(executor, EndsWith::All, || {
            start(workload, How::Task, Shape::Callbacks, |shared, task, ends| {
                handles.extend(as_callbacks::spawn(shared, task, ends, None));
            });
        });
        trace
    }

    /// Runs a workload as goroutines under an executor: each task is one. Names in it must fit together.
    pub fn run_workload_goroutines(self, executor: Executor, workload: &Workload) -> Trace {
        let mut handles = Vec::new();
        let (trace, _) = self.run_tasks(executor, EndsWith::All, || {
            start(workload, How::Task, Shape::Goroutines, |shared, task, ends| {
                handles.extend(as_coroutine::spawn(shared, task, ends));
            });
        });
        trace
    }

    /// Runs a workload as Erlang's processes under an executor. Names in it must fit together.
    pub fn run_workload_erlang(self, executor: Executor, workload: &Workload) -> Trace {
        self.run_workload_actors(executor, as_actor::Kind::Erlang, workload)
    }

    /// Runs a workload as Akka's actors under an executor. Names in it must fit together.
    pub fn run_workload_akka(self, executor: Executor, workload: &Workload) -> Trace {
        self.run_workload_actors(executor, as_actor::Kind::Akka, workload)
    }

    fn run_workload_actors(self, executor: Executor, kind: as_actor::Kind, workload: &Workload) -> Trace {
        let mut handles = Vec::new();
        let mut world = None;
        let shape = match kind {
            as_actor::Kind::Erlang => Shape::Erlang,
            as_actor::Kind::Akka => Shape::Akka,
        };
        let (trace, _) = self.run_tasks(executor, EndsWith::All, || {
            start(workload, How::Task, shape, |shared, task, ends| {
                let world = world.get_or_insert_with(|| as_actor::World::new(shared, kind));
                handles.extend(as_actor::spawn(world, task, ends));
            });
            // The actors alone keep it: with the last of them the owners end.
            world = None;
        });
        trace
    }

    /// Runs a workload with a thread a task. Names in it must fit together.
    pub fn run_workload_threads(self, workload: &Workload) -> Trace {
        let live: Live = Rc::new(Cell::new(0));
        let way = Way::Threads(Rc::clone(&live));
        let (trace, _) = self.run_thread_bodies(
            || {
                start(workload, How::Thread, Shape::Threads, |shared, task, ends| {
                    as_thread::spawn(shared, &way, task, ends);
                })
            },
            |kernel| live.get() == 0 && kernel.threads.iter().all(|thread| thread.state == ThreadState::Exited),
        );
        trace
    }

    /// Runs a workload on a pool of so many threads, which take its tasks from one queue and run each to its end, blocked
    /// wherever it waits. Names in it must fit together.
    pub fn run_workload_pool(self, threads: u32, workload: &Workload) -> Trace {
        let pool = Executor::with_policy(threads, Box::new(Pool::of_threads()));
        self.run_blocking(pool, (Family::Pool, &Way::Pool), workload)
    }

    /// Runs a workload on one thread, one task after another, in the order of the file. Names in it must fit together.
    pub fn run_workload_sequential(mut self, workload: &Workload) -> Trace {
        // As Linux gives a program's first thread: calls stand in calls there.
        self.stack_bytes = self.stack_bytes.max(MAIN_STACK);
        let thread = Executor::with_policy(1, Box::new(Pool::one_thread()));
        self.run_blocking(thread, (Family::Sequential, &Way::Calls(0)), workload)
    }

    fn run_blocking(mut self, executor: Executor, (family, way): (Family, &Way), workload: &Workload) -> Trace {
        self.info.family = family;
        let shape = if family == Family::Pool { Shape::Pool } else { Shape::Sequential };
        // Kept beyond the run: the first tasks' handles are nobody's to drop.
        let mut handles = Vec::new();
        let (trace, _) = self.run_tasks(executor, EndsWith::All, || {
            start(workload, How::Thread, shape, |shared, task, ends| {
                handles.extend(as_thread::spawn(shared, way, task, ends));
            });
        });
        trace
    }
}

fn start(workload: &Workload, how: How, shape: Shape, mut spawn: impl FnMut(&Rc<Shared>, &str, &Ends)) {
    let (shared, ends) = Shared::new(workload, how, shape);
    let later: Vec<String> = workload.spawned().into_iter().map(str::to_owned).collect();
    for name in workload.tasks.names().filter(|name| !later.iter().any(|l| l == name)) {
        spawn(&shared, name, &ends);
    }
}
