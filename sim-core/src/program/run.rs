//! A workload on a machine: as tasks of an async executor, or as a thread a task.
//!
//! Owns which tasks exist at the start, in the order of the file, and when such a run is over: when every task, or
//! every thread, has ended.

use std::cell::Cell;
use std::rc::Rc;

use super::ast::Workload;
use super::listing::Shape;
use super::shared::{Ends, Shared};
use super::{as_actor, as_coroutine, as_future, as_thread};
use crate::executor::Executor;
use crate::executor::core::EndsWith;
use crate::machine::blocking::How;
use crate::machine::spec::Machine;
use crate::machine::threads::ThreadState;
use crate::trace::Trace;

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
        let live: as_thread::Live = Rc::new(Cell::new(0));
        let threads = Rc::clone(&live);
        let (trace, _) = self.run_thread_bodies(
            || {
                start(workload, How::Thread, Shape::Threads, |shared, task, ends| {
                    as_thread::spawn(shared, &threads, task, ends)
                })
            },
            |kernel| live.get() == 0 && kernel.threads.iter().all(|thread| thread.state == ThreadState::Exited),
        );
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
