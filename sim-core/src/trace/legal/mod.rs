//! Whether a trace can have happened: every event against what was true before it.
//!
//! Owns the rules, most of them as data in `table.rs`; the rest are the counts and places that a list of states cannot
//! say: cores, queues, locks, channels, timers, requests. Every trace of every test is checked against them.

mod table;

use std::collections::BTreeSet;
use std::fmt::{self, Debug};

use super::event::{Event, Mode, NO_WAIT, Onto, PollFrom};
use super::family::Family;
use super::ids::*;
use super::names::{Moves, Names};
use super::snapshot::{RequestStage, Resource, Snapshot, TaskState, ThreadState, WaitFor, WorkerState};
use super::store::Trace;
use super::tables::{ResourceKind, Tables};
use super::text;
use crate::instant::SimTime;

/// At most so many illegal events are told: one mistake tends to cause many.
const MOST: usize = 100;

/// An event that cannot have happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Illegal {
    /// Its number.
    pub event: usize,
    /// When it is said to have happened.
    pub time: SimTime,
    /// The event as the text form writes it.
    pub line: String,
    /// Why it cannot have happened.
    pub why: String,
}

impl fmt::Display for Illegal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "event {} at {}: {}\n{}", self.event, self.time, self.why, self.line)
    }
}

/// Checks every event of the trace.
///
/// # Errors
/// The events that cannot have happened, the first hundred of them.
pub fn check(trace: &Trace) -> Result<(), Vec<Illegal>> {
    let tables = trace.tables();
    let mut checker = Checker {
        tables,
        state: Snapshot::initial(tables),
        given_up: BTreeSet::new(),
        aborted: BTreeSet::new(),
        moves: Moves::default(),
        illegal: Vec::new(),
    };
    for (n, time, event) in trace.events_from(0) {
        checker.event(n, time, event);
        if checker.illegal.len() >= MOST {
            break;
        }
    }
    if checker.illegal.is_empty() { Ok(()) } else { Err(checker.illegal) }
}

struct Checker<'a> {
    tables: &'a Tables,
    state: Snapshot,
    /// Requests that nobody wants any more while the device still works on them.
    given_up: BTreeSet<RequestId>,
    /// Tasks whose end was asked for: their destructors may compute without a poll.
    aborted: BTreeSet<TaskId>,
    /// What threads are called, for the words of what is wrong.
    moves: Moves,
    illegal: Vec<Illegal>,
}

type Verdict = Result<(), String>;

impl Checker<'_> {
    fn event(&mut self, n: usize, time: SimTime, event: Event) {
        let rules = [
            self.time_rule(time),
            self.task_rule(event),
            self.thread_rule(event),
            self.future_rule(event),
            self.acting_rule(event),
            self.place_rule(time, event),
        ];
        self.moves.note(self.tables, n, event);
        for why in rules.into_iter().filter_map(Result::err) {
            let line = text::line(n, time, &event, Names::at(self.tables, &self.moves, n));
            self.illegal.push(Illegal { event: n, time, line, why });
        }
        self.remember(event);
        self.state.events = n;
        self.state.apply_event(self.tables, time, event);
    }

    fn remember(&mut self, event: Event) {
        match event {
            Event::IoCancelled { request, .. } if self.is_on_device(request) => {
                self.given_up.insert(request);
            }
            Event::IoCompleted { request, .. } => {
                self.given_up.remove(&request);
            }
            Event::AbortRequested { task, .. } => {
                self.aborted.insert(task);
            }
            Event::TaskCancelled { task, .. } | Event::TaskCompleted { task, .. } => {
                self.aborted.remove(&task);
            }
            // The snapshot remembers the rest.
            _ => {}
        }
    }

    fn is_on_device(&self, request: RequestId) -> bool {
        self.state.requests.get(&request).is_some_and(|r| r.stage != RequestStage::Submitted)
    }

    fn time_rule(&self, time: SimTime) -> Verdict {
        demand(time >= self.state.time, || format!("time went back, from {}", self.state.time))
    }

    fn task_rule(&self, event: Event) -> Verdict {
        let Some((id, allowed)) = table::task_rule(event) else { return Ok(()) };
        demand(id.index() < self.tables.tasks.len(), || format!("{id} is in no table"))?;
        one_of(&self.tables.task_name(id), table::task_phase(self.state.task(id)), allowed)
    }

    fn thread_rule(&self, event: Event) -> Verdict {
        let Some((id, allowed)) = table::thread_rule(event) else { return Ok(()) };
        demand(id.index() < self.tables.threads.len(), || format!("{id} is in no table"))?;
        one_of(&self.tables.thread_name(id), table::thread_phase(self.state.thread(id)), allowed)
    }

    fn future_rule(&self, event: Event) -> Verdict {
        let Some((id, allowed)) = table::future_rule(event) else { return Ok(()) };
        demand(id.index() < self.tables.futures.len(), || format!("{id} is in no table"))?;
        let state = self.state.futures.get(id.index()).map_or_else(Default::default, |f| f.state);
        one_of(&self.tables.future_name(id), state, allowed)
    }

    fn acting_rule(&self, event: Event) -> Verdict {
        match table::acting(event) {
            Some(Actor::Task(id)) if self.aborted.contains(&id) => Ok(()),
            Some(Actor::Task(id)) => {
                one_of(&self.tables.task_name(id), table::task_phase(self.state.task(id)), &[table::TaskPhase::Polling])
            }
            Some(Actor::Thread(id)) => {
                let phase = table::thread_phase(self.state.thread(id));
                one_of(&self.tables.thread_name(id), phase, &[table::ThreadPhase::Running])
            }
            Some(Actor::Run | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign) | None => Ok(()),
        }
    }

    /// What a list of states cannot say.
    fn place_rule(&self, time: SimTime, event: Event) -> Verdict {
        match event {
            Event::PollStarted { task, at, from } => self.poll_starts(task, at, from),
            Event::PollEnded { task, at, .. } => self.poll_ends(task, at.worker),
            Event::Dequeued { task, queue, .. } => self.in_queue(queue, task),
            Event::Moved { queues, count, .. } => self.moves(queues, count),
            Event::WorkerParked { worker, thread } => {
                self.between_polls(worker)?;
                let there = self.state.thread_of(self.tables, worker);
                demand(there == Some(thread), || format!("{worker} is not on {thread}"))
            }
            Event::WorkerMoved { worker, thread } => self.changes_thread(worker, thread),
            Event::ThreadRunnable { thread, .. } => self.in_no_queue(thread),
            Event::Dispatched { thread, onto, .. } => self.dispatches(thread, onto),
            Event::SwitchedOut { thread, core, .. } => self.leaves(thread, core),
            Event::PriorityLent { thread, by } => self.lends(thread, by),
            Event::PriorityReturned { thread, to } => self.gives_back(thread, to),
            Event::Acquired { resource, by, mode } => {
                self.acquires(resource, mode)?;
                self.ends_a_wait(resource, by, Some(WaitFor::Acquire(mode)))
            }
            Event::Released { resource, by, mode } => self.releases(resource, by, mode),
            Event::WaitCancelled { resource, by } => {
                self.waits(resource, by)?;
                self.ends_a_wait(resource, by, None)
            }
            Event::Sent { resource, by } => {
                self.sends(resource)?;
                self.ends_a_wait(resource, by, Some(WaitFor::Send))
            }
            Event::Received { resource, by } => {
                self.receives(resource)?;
                self.ends_a_wait(resource, by, Some(WaitFor::Receive))
            }
            Event::NotifyReceived { resource, by } => self.ends_a_wait(resource, by, Some(WaitFor::Notify)),
            Event::TimerFired { timer } => self.fires(timer, time),
            Event::TimerCancelled { timer, .. } => self.armed(timer),
            Event::TimerSet { timer, .. } => {
                demand(timer.index() < self.tables.timers.len(), || format!("{timer} is in no table"))?;
                demand(self.armed(timer).is_err(), || format!("{timer} is armed already"))
            }
            Event::IoSubmitted { request, .. } => {
                demand(request.index() < self.tables.requests.len(), || format!("{request} is in no table"))?;
                demand(!self.state.requests.contains_key(&request), || format!("{request} was submitted already"))
            }
            Event::IoStarted { request, .. } => {
                self.request_at(request, "waiting for the device", |s| s == RequestStage::Submitted)
            }
            Event::IoCompleted { request, .. } if self.given_up.contains(&request) => Ok(()),
            Event::IoCompleted { request, .. } => {
                self.request_at(request, "being worked on", |s| matches!(s, RequestStage::Started { .. }))
            }
            Event::IoDelivered { request, .. } => {
                self.request_at(request, "completed and unseen", |s| s == RequestStage::Unseen)
            }
            Event::IoCancelled { request, .. } => self.request_at(request, "under way", |_| true),
            Event::StepBegan { at, by } => self.begins(at.step(), by),
            // The tables say all there is to the rest.
            _ => Ok(()),
        }
    }

    fn poll_starts(&self, task: TaskId, at: WorkerQueue, from: PollFrom) -> Verdict {
        self.between_polls(at.worker)?;
        if let Some(thread) = self.state.thread_of(self.tables, at.worker) {
            let on_core = self.state.thread(thread).is_none_or(|t| matches!(t.state, ThreadState::Running(_)));
            demand(on_core, || format!("{}'s thread is on no core", at.worker))?;
        }
        let queue = self.state.queues.get(at.queue.index());
        let (place, there) = match from {
            PollFrom::Direct => return Ok(()),
            PollFrom::Front => ("front", queue.and_then(|q| q.front())),
            PollFrom::Back => ("back", queue.and_then(|q| q.back())),
        };
        demand(there == Some(&task.0), || {
            let name = there.map_or_else(|| "nobody".to_owned(), |id| self.tables.task_name(TaskId(*id)));
            format!("at the {place} of {} stands {name}", self.tables.queue_name(at.queue))
        })
    }

    fn poll_ends(&self, task: TaskId, worker: WorkerId) -> Verdict {
        let alone = self.state.task(task).is_some_and(|t| matches!(t.state, TaskState::WithoutWorker(_)));
        demand(alone || self.state.polled_by(worker) == Some(task), || format!("{worker} does not poll it"))
    }

    /// A worker leaves its thread in the middle of a poll, or comes to one that is in such a poll.
    fn changes_thread(&self, worker: WorkerId, thread: ThreadId) -> Verdict {
        demand(worker.index() < self.tables.workers.len(), || format!("{worker} is in no table"))?;
        if let Some(other) = self.state.worker_on(thread) {
            return Err(format!("{other} is on {}", self.tables.thread_name(thread)));
        }
        let comes = self.state.thread(thread).is_some_and(|t| t.without_worker.is_some());
        demand(comes || self.state.polled_by(worker).is_some(), || {
            format!("{worker} leaves no poll and takes none over")
        })
    }

    fn between_polls(&self, worker: WorkerId) -> Verdict {
        match self.state.workers.get(worker.index()).map(|w| w.state) {
            Some(WorkerState::Polling(task)) => Err(format!("{worker} polls {} still", self.tables.task_name(task))),
            Some(WorkerState::Idle | WorkerState::Searching | WorkerState::Parked) => Ok(()),
            None => demand(worker.index() < self.tables.workers.len(), || format!("{worker} is in no table")),
        }
    }

    fn in_queue(&self, queue: QueueId, task: TaskId) -> Verdict {
        let there = self.state.queues.get(queue.index()).is_some_and(|q| q.contains(&task.0));
        demand(there, || format!("it is not in {}", self.tables.queue_name(queue)))
    }

    fn moves(&self, queues: QueuePair, count: u32) -> Verdict {
        let there = self.state.queues.get(queues.from.index()).map_or(0, |q| q.len());
        demand(count as usize <= there, || format!("only {there} stand in {}", self.tables.queue_name(queues.from)))
    }

    fn in_no_queue(&self, thread: ThreadId) -> Verdict {
        let queue = self.state.thread(thread).and_then(|t| t.queue);
        queue.map_or(Ok(()), |queue| Err(format!("it is in {} already", self.tables.queue_name(queue))))
    }

    fn dispatches(&self, thread: ThreadId, onto: Onto) -> Verdict {
        let cores = &self.state.cores;
        demand(onto.core.0 < self.tables.run.cores, || {
            format!("the machine has only {} cores", self.tables.run.cores)
        })?;
        if let Some(other) = cores.get(onto.core.index()).and_then(|c| c.thread) {
            return Err(format!("{} is on {} still", self.tables.thread_name(other), onto.core));
        }
        match cores.iter().position(|c| c.thread == Some(thread)) {
            Some(core) => Err(format!("it is on {} still", CoreId::from_index(core))),
            None => Ok(()),
        }
    }

    fn lends(&self, thread: ThreadId, by: ThreadId) -> Verdict {
        let name = |id| self.tables.thread_name(id);
        let waits = |r: &Resource| r.waiters.iter().any(|w| w.actor == Actor::Thread(by));
        let holds = |r: &Resource| r.holders.iter().any(|h| h.actor == Actor::Thread(thread));
        let between = self.state.resources.iter().any(|r| holds(r) && waits(r));
        demand(between, || format!("{} waits for nothing that {} holds", name(by), name(thread)))?;
        let own = self.tables.threads.get(thread.index()).map_or(0, |t| t.priority);
        let lent = self.state.thread(by).map_or(0, |t| t.priority);
        demand(lent > own, || format!("{}'s priority is not above {}'s", name(by), name(thread)))
    }

    fn gives_back(&self, thread: ThreadId, to: ThreadId) -> Verdict {
        let lender = self.state.thread(thread).and_then(|t| t.lender);
        demand(lender == Some(to), || {
            format!("{} lends {} nothing", self.tables.thread_name(to), self.tables.thread_name(thread))
        })
    }

    fn leaves(&self, thread: ThreadId, core: CoreId) -> Verdict {
        let there = self.state.cores.get(core.index()).and_then(|c| c.thread);
        demand(there == Some(thread), || format!("it is not on {core}"))
    }

    fn resource(&self, id: ResourceId) -> Result<(ResourceKind, Option<u32>, Option<&Resource>), String> {
        let info = self.tables.resources.get(id.index()).ok_or_else(|| format!("{id} is in no table"))?;
        Ok((info.kind, info.capacity, self.state.resources.get(id.index())))
    }

    fn acquires(&self, id: ResourceId, mode: Mode) -> Verdict {
        let (kind, capacity, state) = self.resource(id)?;
        let holders = state.map_or(&[][..], |r| &r.holders);
        let alone = holders.iter().any(|h| h.mode == Mode::Exclusive);
        let free = match kind {
            ResourceKind::Mutex | ResourceKind::BlockingMutex => holders.is_empty(),
            ResourceKind::RwLock if mode == Mode::Shared => !alone,
            ResourceKind::RwLock => holders.is_empty(),
            ResourceKind::Semaphore => capacity.is_none_or(|most| holders.len() < most as usize),
            ResourceKind::Channel | ResourceKind::Condvar | ResourceKind::Notify | ResourceKind::Barrier => true,
        };
        demand(free, || format!("{} is held already", self.tables.resource_name(id)))
    }

    fn releases(&self, id: ResourceId, by: Actor, mode: Mode) -> Verdict {
        let held = self.resource(id)?.2.is_some_and(|r| r.holders.iter().any(|h| h.actor == by && h.mode == mode));
        demand(held, || format!("{} does not hold {}", self.tables.actor_name(by), self.tables.resource_name(id)))
    }

    fn waits(&self, id: ResourceId, by: Actor) -> Verdict {
        let waits = self.resource(id)?.2.is_some_and(|r| r.waiters.iter().any(|w| w.actor == by));
        demand(waits, || format!("it does not wait for {}", self.tables.resource_name(id)))
    }

    /// A wait that was named for this event must be there.
    fn ends_a_wait(&self, id: ResourceId, by: Actor, kind: Option<WaitFor>) -> Verdict {
        let nth = self.state.named_wait();
        if nth == 0 {
            // None was named. Nobody counts the line, which may be long.
            return Ok(());
        }
        let waits = self.resource(id)?.2.map_or(0, |r| r.waits_of(by, kind).count());
        // What is no more than the end of a wait ends one.
        let is_there = if nth == NO_WAIT as usize { kind.is_some() } else { nth < waits };
        demand(is_there, || format!("it has only {waits} such waits for {}", self.tables.resource_name(id)))
    }

    fn sends(&self, id: ResourceId) -> Verdict {
        let (_, capacity, state) = self.resource(id)?;
        let length = state.map_or(0, |r| r.length);
        demand(capacity.is_none_or(|most| length < most.max(1)), || {
            format!("{} is full: {length} messages", self.tables.resource_name(id))
        })
    }

    fn receives(&self, id: ResourceId) -> Verdict {
        let length = self.resource(id)?.2.map_or(0, |r| r.length);
        demand(length > 0, || format!("{} is empty", self.tables.resource_name(id)))
    }

    fn armed(&self, timer: TimerId) -> Verdict {
        let deadline = self.tables.timers.get(timer.index()).copied().unwrap_or_default();
        demand(self.state.timers.contains_key(&(deadline, timer)), || format!("{timer} is not armed"))
    }

    fn fires(&self, timer: TimerId, time: SimTime) -> Verdict {
        self.armed(timer)?;
        let deadline = self.tables.timers.get(timer.index()).copied().unwrap_or_default();
        demand(time >= deadline, || format!("{timer} is due only at {deadline}"))
    }

    fn begins(&self, id: StepId, by: Actor) -> Verdict {
        let step = self.tables.step(id).ok_or_else(|| format!("{id} is in no table"))?;
        let own = self.tables.program_of(by);
        // Who calls another task goes through that one's program, too.
        let calls = self.tables.run.family() == Family::Sequential && own.is_some();
        demand(own == Some(step.program) || calls, || format!("{} has another program", self.tables.actor_name(by)))
    }

    fn request_at(&self, id: RequestId, wanted: &str, at: impl Fn(RequestStage) -> bool) -> Verdict {
        let there = self.state.requests.get(&id).is_some_and(|r| at(r.stage));
        demand(there, || format!("{id} is not {wanted}"))
    }
}

fn demand(holds: bool, why: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(why()) }
}

fn one_of<S: PartialEq + Debug>(who: &str, state: S, allowed: &[S]) -> Verdict {
    demand(allowed.contains(&state), || {
        let expected: Vec<String> = allowed.iter().map(|s| format!("{s:?}")).collect();
        format!("{who} is {state:?}; expected {}", expected.join(" or "))
    })
}
