//! WaitCycle: tasks or threads that wait for each other in a circle, so that none of them ever goes on.
//!
//! Looked for at the end of a run, whatever ended it. Where a run ended stuck nothing could happen any more. Elsewhere
//! only those are looked at whom nobody can free: all they wait for is with others of whom the same holds, and no timer,
//! device or unknown waker may come. An edge leads from
//! who waits to whoever could end the wait: the holder of a lock, the one joined, the known users of a channel's other
//! end. A task that is Ready waits for its worker: for the task in whose poll that worker's thread is blocked.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::trace::Family;
use crate::trace::event::EndReason;
use crate::trace::ids::*;
use crate::trace::snapshot::{TaskState, ThreadState, Wait};
use crate::trace::tables::{TaskKind, ThreadKind};

#[derive(Default)]
pub(super) struct WaitCycle {
    found: Vec<Finding>,
}

impl Watch for WaitCycle {
    fn note(&mut self, seen: &Seen<'_>) {
        let stuck = match seen.event {
            // The run is over, and what is left is dropped from here on: a circle comes apart before the run's end.
            Event::TaskCompleted { task, .. } if is_main(seen.tables, task) => false,
            Event::RunEnded { reason: EndReason::Stuck } => true,
            Event::RunEnded { reason: EndReason::Finished } if !self.found.is_empty() => return,
            Event::RunEnded { .. } => false,
            // Elsewhere a circle may come apart.
            _ => return,
        };
        let mut graph = Graph { state: seen.state, tables: seen.tables, only: None };
        if !stuck {
            graph.only = Some(graph.lost());
        }
        self.found = graph.cycles().iter().map(|cycle| graph.finding(cycle, seen)).collect();
    }

    fn finish(self: Box<Self>, _: &Snapshot, _: &Tables, _: &Thresholds) -> Vec<Finding> {
        self.found
    }
}

fn is_main(tables: &Tables, task: TaskId) -> bool {
    tables.tasks.get(task.index()).is_some_and(|t| t.kind == TaskKind::Main)
}

struct Graph<'a> {
    state: &'a Snapshot,
    tables: &'a Tables,
    /// Whom to look at; none: everybody.
    only: Option<BTreeSet<Actor>>,
}

/// One who waits, and for whom.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Edge {
    from: Actor,
    to: Actor,
    why: Why,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Why {
    /// It waits for something that the other has or does.
    Waits(Wait),
    /// It is Ready, and this worker is blocked inside the other's poll.
    Worker(WorkerId),
}

impl Graph<'_> {
    /// Every circle once, each from its first member on.
    fn cycles(&self) -> Vec<Vec<Edge>> {
        let mut done = BTreeSet::new();
        let mut cycles = Vec::new();
        for start in self.everybody().filter(|actor| self.only.as_ref().is_none_or(|only| only.contains(actor))) {
            cycles.extend(self.cycle_from(start, &mut done));
        }
        cycles
    }

    fn everybody(&self) -> impl Iterator<Item = Actor> + use<> {
        let tasks = (0..self.state.tasks.len()).map(|i| Actor::Task(TaskId::from_index(i)));
        tasks.chain((0..self.state.threads.len()).map(|i| Actor::Thread(ThreadId::from_index(i))))
    }

    /// Those whom nobody can free any more: each waits for others of them, and for nothing else.
    fn lost(&self) -> BTreeSet<Actor> {
        let mut lost: BTreeMap<Actor, Vec<Vec<Actor>>> =
            self.everybody().filter_map(|actor| Some((actor, self.known_waits(actor)?))).collect();
        // Whoever may go on may free others: those come out too, until nobody does.
        let mut frees: BTreeMap<Actor, Vec<Actor>> = BTreeMap::new();
        let mut free: Vec<Actor> = Vec::new();
        for (actor, waits) in &lost {
            for end in waits.iter().flatten() {
                frees.entry(*end).or_default().push(*actor);
                if !lost.contains_key(end) {
                    free.push(*actor);
                }
            }
        }
        while let Some(actor) = free.pop() {
            if lost.remove(&actor).is_some() {
                free.extend(frees.remove(&actor).unwrap_or_default());
            }
        }
        lost.into_keys().collect()
    }

    /// For each thing that an actor waits for, who could end the wait. None if it may go on by itself, or if something
    /// that is not known here could wake it.
    fn known_waits(&self, actor: Actor) -> Option<Vec<Vec<Actor>>> {
        if let Actor::Task(id) = actor {
            let task = self.state.task(id)?;
            let stands = match task.state {
                TaskState::Pending => task.wakers as usize <= task.waits.len(),
                TaskState::Polling(_) | TaskState::WithoutWorker(_) => self
                    .state
                    .polled_on(self.tables, id)
                    .and_then(|thread| self.state.thread(thread))
                    .is_some_and(|thread| matches!(thread.state, ThreadState::Blocked(_))),
                TaskState::NotSpawned | TaskState::Ready => false,
                TaskState::Completed | TaskState::Cancelled | TaskState::Panicked => false,
            };
            if !stands || task.abort_requested {
                return None;
            }
        }
        let waits = self.waits(actor);
        let ends = |wait: &Wait| {
            let ends: Vec<Actor> =
                self.who_could_end(*wait).into_iter().filter(|to| !self.state.has_ended(*to)).collect();
            (!ends.is_empty() && !self.is_a_race(*wait)).then_some(ends)
        };
        if waits.is_empty() { None } else { waits.iter().map(ends).collect() }
    }

    /// Whether the wait is for a helper thread: another helper may be first, or a timer.
    fn is_a_race(&self, wait: Wait) -> bool {
        let Wait::Join(Actor::Thread(id)) = wait else { return false };
        self.tables.threads.get(id.index()).is_some_and(|thread| thread.kind == ThreadKind::Helper)
    }

    /// Depth first, without recursion: a chain of waits may be long. Whoever is `done` leads to no new circle.
    fn cycle_from(&self, start: Actor, done: &mut BTreeSet<Actor>) -> Option<Vec<Edge>> {
        if !done.insert(start) {
            return None;
        }
        let mut on_path = BTreeSet::from([start]);
        let mut path: Vec<Edge> = Vec::new();
        let mut open = vec![self.edges(start)];
        while let Some(edges) = open.last_mut() {
            let Some(edge) = edges.pop() else {
                open.pop();
                on_path.remove(&path.pop().map_or(start, |e| e.to));
                continue;
            };
            if on_path.contains(&edge.to) {
                path.push(edge);
                let first = path.iter().position(|e| e.from == edge.to)?;
                return Some(from_least(path.split_off(first)));
            }
            if done.insert(edge.to) {
                on_path.insert(edge.to);
                path.push(edge);
                open.push(self.edges(edge.to));
            }
        }
        None
    }

    /// Whom an actor waits for, in reverse order.
    fn edges(&self, from: Actor) -> Vec<Edge> {
        let mut edges = Vec::new();
        for wait in self.waits(from) {
            let ends = self.who_could_end(wait).into_iter().filter(|to| !self.state.has_ended(*to));
            edges.extend(ends.map(|to| Edge { from, to, why: Why::Waits(wait) }));
        }
        if let Actor::Task(id) = from
            && self.state.task(id).is_some_and(|t| t.state == TaskState::Ready)
        {
            edges.extend(self.blocked_polls().map(|(worker, to)| Edge { from, to, why: Why::Worker(worker) }));
        }
        edges.reverse();
        edges
    }

    fn waits(&self, actor: Actor) -> Vec<Wait> {
        match actor {
            Actor::Task(id) => match self.state.task(id) {
                Some(task) if !task.state.is_end() => task.waits.iter().map(|w| w.wait).collect(),
                Some(_) | None => Vec::new(),
            },
            Actor::Thread(id) => match self.state.thread(id).map(|t| t.state) {
                Some(ThreadState::Blocked(wait)) => vec![wait],
                Some(ThreadState::NotCreated | ThreadState::Runnable | ThreadState::Running(_)) => Vec::new(),
                Some(ThreadState::Exited { .. }) | None => Vec::new(),
            },
            Actor::Run | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => Vec::new(),
        }
    }

    fn who_could_end(&self, wait: Wait) -> Vec<Actor> {
        let resource = |id: ResourceId| self.state.resources.get(id.index());
        match wait {
            Wait::Lock(id) => resource(id).map_or_else(Vec::new, |r| r.holders.iter().map(|h| h.actor).collect()),
            Wait::Send(id) => resource(id).map_or_else(Vec::new, |r| r.receivers.clone()),
            Wait::Receive(id) => resource(id).map_or_else(Vec::new, |r| r.senders.clone()),
            Wait::Join(target) => vec![target],
            // Who would notify is not known, and time and devices are no part of a circle.
            Wait::Notify(_) | Wait::Io(_) | Wait::Timer(_) | Wait::Park(_) | Wait::Call(_) => Vec::new(),
        }
    }

    /// The tasks in whose polls a worker's thread is blocked.
    fn blocked_polls(&self) -> impl Iterator<Item = (WorkerId, Actor)> + '_ {
        (0..self.tables.workers.len()).map(WorkerId::from_index).filter_map(|worker| {
            let thread = self.state.thread_of(self.tables, worker)?;
            let blocked = matches!(self.state.thread(thread)?.state, ThreadState::Blocked(_));
            let task = self.state.polled_by(worker).filter(|_| blocked)?;
            Some((worker, Actor::Task(task)))
        })
    }

    fn finding(&self, cycle: &[Edge], seen: &Seen<'_>) -> Finding {
        let names: Vec<String> = cycle.iter().map(|e| self.tables.actor_name(e.from)).collect();
        let title = match cycle {
            [_] => format!("{} waits for itself", names[0]),
            _ => format!("{} wait for each other", names_of(&names)),
        };
        let story: Vec<String> = cycle.iter().map(|e| self.sentence(e)).collect();
        let never = if names.len() == 1 { "It can never go on" } else { "None of them can ever go on" };
        let mut proof: Vec<usize> = cycle.iter().flat_map(|e| self.proof(e)).collect();
        proof.sort_unstable();
        proof.dedup();
        let since = proof.first().map_or(seen.time, |_| self.since(cycle, seen.time));
        Finding {
            kind: FindingKind::WaitCycle,
            severity: Severity::Error,
            title,
            explanation: format!("{}. {never}. {}", story.join("; "), advice(cycle, self.tables.run.family())),
            subjects: cycle.iter().filter_map(|e| track_of(e.from)).collect(),
            span: (since, seen.time),
            proof,
        }
    }

    fn sentence(&self, edge: &Edge) -> String {
        let (from, to) = (self.tables.actor_name(edge.from), self.tables.actor_name(edge.to));
        let holds = self.held_by(edge.from);
        let joint = if holds.is_empty() { "" } else { " and" };
        let wait = match edge.why {
            Why::Worker(worker) => {
                let (worker, family) = (self.tables.worker_name(worker), self.tables.run.family());
                return match family {
                    Family::Pool => {
                        format!("{from}{holds}{joint} stands in the queue, but {worker} is blocked inside {to}")
                    }
                    Family::Sequential => {
                        format!("{from}{holds}{joint} comes after {to}, in which {worker} is blocked")
                    }
                    Family::Async | Family::Threads | Family::Callbacks | Family::Coroutines | Family::Actors => {
                        let turn = family.turn();
                        format!(
                            "{from}{holds}{joint} is ready to go on, but {worker} is blocked inside the {turn} of {to}"
                        )
                    }
                };
            }
            Why::Waits(wait) => wait,
        };
        match wait {
            Wait::Lock(id) => {
                format!("{from}{holds}{joint} waits for {}, held by {to}", self.tables.resource_name(id))
            }
            Wait::Send(id) => {
                format!("{from}{holds}{joint} waits for room in {}, which {to} empties", self.tables.resource_name(id))
            }
            Wait::Receive(id) => {
                let channel = self.tables.resource_name(id);
                format!("{from}{holds}{joint} waits for a message from {channel}, which {to} fills")
            }
            Wait::Join(_) => format!("{from}{holds}{joint} waits for {to} to end"),
            Wait::Notify(_) | Wait::Io(_) | Wait::Timer(_) | Wait::Park(_) | Wait::Call(_) => {
                format!("{from}{holds}{joint} waits for {to}")
            }
        }
    }

    /// " holds x", or nothing.
    fn held_by(&self, actor: Actor) -> String {
        let held = self.state.resources.iter().enumerate().filter(|(_, r)| r.holders.iter().any(|h| h.actor == actor));
        let names: Vec<String> = held.map(|(i, _)| self.tables.resource_name(ResourceId::from_index(i))).collect();
        if names.is_empty() { String::new() } else { format!(" holds {}", names_of(&names)) }
    }

    /// The events that say that one waits, and that the other has what it waits for.
    fn proof(&self, edge: &Edge) -> Vec<usize> {
        let Why::Waits(wait) = edge.why else {
            let Actor::Task(id) = edge.from else { return Vec::new() };
            return self.state.task(id).map(|t| t.last_event).into_iter().collect();
        };
        let mut events = Vec::new();
        if let Some(resource) = wait.resource().and_then(|id| self.state.resources.get(id.index())) {
            events.extend(resource.waiters.iter().filter(|w| w.actor == edge.from).map(|w| w.event));
            events.extend(resource.holders.iter().filter(|h| h.actor == edge.to).map(|h| h.event));
        }
        match edge.from {
            Actor::Task(id) => {
                let waits = self.state.task(id).into_iter().flat_map(|t| &t.waits);
                events.extend(waits.filter(|w| w.wait == wait).map(|w| w.event));
            }
            Actor::Thread(id) => events.extend(self.state.thread(id).map(|t| t.last_event)),
            Actor::Run | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => {}
        }
        events
    }

    /// Since when the circle is closed: the last of its waits.
    fn since(&self, cycle: &[Edge], end: SimTime) -> SimTime {
        let began = |e: &Edge| match e.from {
            Actor::Task(id) => self.state.task(id).map(|t| t.since),
            Actor::Thread(id) => self.state.thread(id).map(|t| t.since),
            Actor::Run | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => None,
        };
        cycle.iter().filter_map(began).max().unwrap_or(end)
    }
}

/// What to do about a circle, by what holds it together.
fn advice(cycle: &[Edge], family: Family) -> &'static str {
    let any = |is: fn(&Why) -> bool| cycle.iter().any(|edge| is(&edge.why));
    if any(|why| matches!(why, Why::Worker(_))) {
        match family {
            Family::Pool => {
                return "A task that waits keeps its thread. Give the pool a thread for each task that may wait for \
                        another, or have what is waited for done on another pool.";
            }
            Family::Sequential => {
                return "One thread cannot wait for what it does only later. Change the order, or let another thread do it.";
            }
            Family::Async | Family::Threads | Family::Callbacks | Family::Coroutines | Family::Actors => {}
        }
        return "A blocking lock stops the whole worker, and with it the task that holds the lock. Drop the guard before \
                the await, or use an async lock.";
    }
    let locks = any(|why| matches!(why, Why::Waits(Wait::Lock(_))));
    let sends = any(|why| matches!(why, Why::Waits(Wait::Send(_))));
    let receives = any(|why| matches!(why, Why::Waits(Wait::Receive(_))));
    match (locks, sends, receives, cycle.len()) {
        (true, _, _, 1) => "Drop the guard before the same lock is taken again.",
        (true, _, _, _) => {
            "Take locks in the same order everywhere, hold them for short, and let nobody wait for one that waits for it."
        }
        (false, true, _, 1) => {
            "Let another take the messages out, or give the channel room for all that is sent before the first is taken \
             out."
        }
        (false, true, _, _) => {
            "Give a channel room for all that may wait in it, or let one of them take messages out before it sends more."
        }
        (false, false, true, 1) => {
            "Let another send, or drop the last sender: then the channel closes and the wait ends."
        }
        (false, false, true, _) => "Let one of them send before it waits for a message.",
        (false, false, false, _) => "Let nobody wait for the end of one that waits for it.",
    }
}

/// The same circle, told from its least member on.
fn from_least(mut cycle: Vec<Edge>) -> Vec<Edge> {
    let least = cycle.iter().enumerate().min_by_key(|(_, e)| e.from).map_or(0, |(i, _)| i);
    cycle.rotate_left(least);
    cycle
}

fn track_of(actor: Actor) -> Option<TrackKind> {
    match actor {
        Actor::Task(id) => Some(TrackKind::Task(id)),
        Actor::Thread(id) => Some(TrackKind::Thread(id)),
        Actor::Run | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => None,
    }
}
