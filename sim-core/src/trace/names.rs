//! What a thread is called at a moment: a worker may leave its thread and go on on another.
//!
//! Owns which thread each worker was on after any event, and which poll a worker has left behind. A thread that runs a
//! worker is told as that worker; before and afterwards it goes by a name of its own.

use std::collections::BTreeMap;

use super::event::Event;
use super::ids::*;
use super::store::Trace;
use super::tables::{Tables, ThreadKind};

/// Where workers went in a run, in order of the events. Grows with its trace.
#[derive(Clone, Debug, Default)]
pub struct Moves {
    /// Where each worker that ever moved went: with which event, to which thread.
    workers: BTreeMap<WorkerId, Vec<(usize, ThreadId)>>,
    /// What became of each thread that took part: with which event it got a worker, or lost its own.
    threads: BTreeMap<ThreadId, Vec<(usize, Option<WorkerId>)>>,
    /// The task that each worker began to poll last.
    polls: BTreeMap<WorkerId, Option<TaskId>>,
    /// Polls that went on where their worker had left them.
    left: BTreeMap<TaskId, Vec<Left>>,
}

/// A poll that its worker has left behind.
#[derive(Clone, Copy, Debug)]
struct Left {
    /// The event with which the worker left.
    from: usize,
    /// The event with which it came back, or with which the task's next poll began; none so far: `usize::MAX`.
    until: usize,
    thread: ThreadId,
}

impl Moves {
    /// The moves of a whole trace.
    pub fn of(trace: &Trace) -> Moves {
        let mut moves = Moves::default();
        trace.events_from(0).for_each(|(n, _, event)| moves.note(trace.tables(), n, event));
        moves
    }

    /// Takes in the next event.
    pub fn note(&mut self, tables: &Tables, n: usize, event: Event) {
        match event {
            Event::PollStarted { task, at, .. } => {
                self.polls.insert(at.worker, Some(task));
                self.close(task, n);
            }
            Event::PollEnded { task, at, .. } => {
                let polled = self.polls.entry(at.worker).or_default();
                *polled = polled.filter(|other| *other != task);
            }
            Event::WorkerMoved { worker, thread } => self.moved(tables, n, worker, thread),
            // Nothing else takes a worker to another thread.
            _ => {}
        }
    }

    fn moved(&mut self, tables: &Tables, n: usize, worker: WorkerId, to: ThreadId) {
        let polled = self.polls.entry(worker).or_default().take();
        if let Some(from) = self.thread_of(tables, worker, n) {
            self.threads.entry(from).or_default().push((n, None));
            if let Some(task) = polled {
                self.left.entry(task).or_default().push(Left { from: n, until: usize::MAX, thread: from });
            }
        }
        let waits_there = |lefts: &Vec<Left>| lefts.last().is_some_and(|l| l.until == usize::MAX && l.thread == to);
        if let Some(task) = self.left.iter().find(|(_, lefts)| waits_there(lefts)).map(|(task, _)| *task) {
            self.close(task, n);
            self.polls.insert(worker, Some(task));
        }
        self.workers.entry(worker).or_default().push((n, to));
        self.threads.entry(to).or_default().push((n, Some(worker)));
    }

    fn close(&mut self, task: TaskId, n: usize) {
        if let Some(left) = self.left.get_mut(&task).and_then(|lefts| lefts.last_mut()) {
            left.until = left.until.min(n);
        }
    }

    /// The thread that the worker was on after this event.
    pub fn thread_of(&self, tables: &Tables, worker: WorkerId, event: usize) -> Option<ThreadId> {
        let moved = self.workers.get(&worker).and_then(|moves| latest(moves, event));
        moved.or_else(|| tables.workers.get(worker.index()).copied())
    }

    /// The worker that the thread ran after this event.
    pub fn worker_on(&self, tables: &Tables, thread: ThreadId, event: usize) -> Option<WorkerId> {
        let own = || match tables.threads.get(thread.index())?.kind {
            ThreadKind::Worker(worker) => Some(worker),
            ThreadKind::Plain | ThreadKind::Blocking | ThreadKind::Helper => None,
        };
        self.threads.get(&thread).and_then(|moves| latest(moves, event)).unwrap_or_else(own)
    }

    /// The thread on which this task's poll went on, or came to its end, without a worker.
    pub fn without_worker(&self, task: TaskId, event: usize) -> Option<ThreadId> {
        let lefts = self.left.get(&task)?;
        lefts.iter().find(|left| (left.from..left.until).contains(&event)).map(|left| left.thread)
    }
}

fn latest<T: Copy>(moves: &[(usize, T)], event: usize) -> Option<T> {
    let before = moves.partition_point(|(n, _)| *n <= event);
    before.checked_sub(1).map(|last| moves[last].1)
}

/// The names of things as they are after one event.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    tables: &'a Tables,
    moves: &'a Moves,
    event: usize,
}

impl<'a> Names<'a> {
    /// The names after this event.
    pub fn at(tables: &'a Tables, moves: &'a Moves, event: usize) -> Names<'a> {
        Names { tables, moves, event }
    }

    /// The side tables that the names stand in.
    pub fn tables(&self) -> &'a Tables {
        self.tables
    }

    /// The name of a thread: the worker's that it runs, else its own.
    pub fn thread(&self, id: ThreadId) -> String {
        match self.moves.worker_on(self.tables, id, self.event) {
            Some(worker) => self.tables.worker_name(worker),
            None => self.tables.thread_title(id),
        }
    }

    /// The name of whoever did a thing.
    pub fn actor(&self, actor: Actor) -> String {
        match actor {
            Actor::Thread(id) => self.thread(id),
            Actor::Run | Actor::Task(_) | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => {
                self.tables.actor_name(actor)
            }
        }
    }

    /// Where a task that this worker began to poll was polled to its end: by it, or on the thread that it has left.
    pub fn polled_by(&self, task: TaskId, worker: WorkerId) -> String {
        match self.moves.without_worker(task, self.event) {
            Some(thread) => self.thread(thread),
            None => self.tables.worker_name(worker),
        }
    }
}
