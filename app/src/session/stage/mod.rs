//! The executor as a picture, as data: who wants to run, who runs, who waits for what, at one moment of a run.
//!
//! Owns what stands where on the Stage. Reads a snapshot; knows no pixels.

mod named;
mod shorter;

use sim_core::analysis::track::{TrackKind, Wait};
use sim_core::clock::Clock;
use sim_core::instant::SimTime;
use sim_core::trace::event::EndReason;
use sim_core::trace::snapshot::{RequestStage, Resource, TaskState, Thread, ThreadState, WorkerState};
use sim_core::trace::tables::{QueueKind, ThreadKind};
use sim_core::trace::{Actor, Family, QueueId, Snapshot, Tables, TaskId, ThreadId, WorkerId};

use crate::timeline::scene::Sign;
use crate::timeline::words::{sign_of, thread_in, wait_words};

use super::run::Run;

pub use named::{Named, named};
pub use shorter::shorter;

/// One run's Stage.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Stage {
    /// The queues of those who want to run.
    pub wants: Vec<Queue>,
    /// Workers, or cores.
    pub runs: Vec<Place>,
    /// Threads that their worker has left in the middle of a poll, which goes on there.
    pub left: Vec<Place>,
    /// The threads of the blocking pool, once there are any.
    pub pool: Vec<Place>,
    /// Those who wait for something: by deadline where it is known, then those who waited longest.
    pub waits: Vec<Waiter>,
    /// How many more wait.
    pub more_waits: usize,
    /// How many have ended.
    pub ended: usize,
    /// Whether anything has happened at all.
    pub begun: bool,
    /// When the run ended, if it has.
    pub over: Option<SimTime>,
    /// Whether it ended with something left that nothing will ever wake.
    pub stuck: bool,
}

/// A queue.
#[derive(Clone, PartialEq, Debug)]
pub struct Queue {
    /// Its name.
    pub name: String,
    /// Who stands in it, front first; at most [`MOST_CHIPS`].
    pub chips: Vec<Chip>,
    /// How many stand in it.
    pub length: usize,
    /// Whether anyone who takes from it is on a core, or free to be.
    pub served: bool,
}

/// Someone in a queue.
#[derive(Clone, PartialEq, Debug)]
pub struct Chip {
    /// The name.
    pub name: String,
    /// For how long it has wanted to run, in nanoseconds.
    pub age: u64,
    /// Its row.
    pub track: TrackKind,
}

/// A worker or core.
#[derive(Clone, PartialEq, Debug)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Its state, in a few words.
    pub state: String,
    /// What it runs.
    pub occupant: Option<Occupant>,
    /// Its row.
    pub track: TrackKind,
}

/// What a worker polls, or what is on a core.
#[derive(Clone, PartialEq, Debug)]
pub struct Occupant {
    /// The name, and which poll.
    pub name: String,
    /// For how long, in nanoseconds.
    pub age: u64,
    /// How it is: what it looks like follows from that.
    pub standing: Standing,
    /// Its row.
    pub track: TrackKind,
}

/// How someone is who stands on the Stage.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// It wants to run.
    Wants,
    /// It is on a core.
    Runs,
    /// It is inside a poll whose worker is off its core.
    OffCore,
    /// It waits for what this sign says: a thread of the blocking pool in its call.
    Blocked(Sign),
}

/// Someone who waits.
#[derive(Clone, PartialEq, Debug)]
pub struct Waiter {
    /// The name.
    pub name: String,
    /// The sign of what it waits for.
    pub sign: Sign,
    /// What it waits for, in words.
    pub what: String,
    /// Until when, where that is known.
    pub until: Option<SimTime>,
    /// Its row.
    pub track: TrackKind,
}

impl Place {
    /// Whether it is inside a poll, and off its core.
    fn is_off_core(&self) -> bool {
        self.occupant.as_ref().is_some_and(|o| o.standing == Standing::OffCore)
    }
}

/// So many chips of a queue are named.
pub const MOST_CHIPS: usize = 6;
/// So many waits are named.
pub const MOST_WAITS: usize = 8;

impl Stage {
    /// The Stage of a run where the cursor stands, at time `now`, told by the clock of all runs.
    pub fn of(run: &Run, now: SimTime, clock: Clock) -> Stage {
        let (state, tables) = (run.snapshot(), run.trace.tables());
        let at = At { state, tables, now, clock };
        let over = state.ended.map(|_| state.time);
        let mut stage =
            Stage { begun: state.events > 0, over, stuck: state.ended == Some(EndReason::Stuck), ..Stage::default() };
        if run.threads {
            stage.runs = (0..state.cores.len()).map(|c| at.core(c)).collect();
            stage.wants = at.queues(|kind| matches!(kind, QueueKind::Run), true);
        } else {
            stage.runs = (0..state.workers.len()).map(|w| at.worker(WorkerId::from_index(w))).collect();
            let served = stage.runs.is_empty() || stage.runs.iter().any(|p| !p.is_off_core());
            stage.wants = at.queues(|kind| matches!(kind, QueueKind::Ready { .. }), served);
            (stage.left, stage.pool) = (at.left(), at.pool());
        }
        at.waiters(run.threads, &mut stage);
        stage
    }
}

struct At<'a> {
    state: &'a Snapshot,
    tables: &'a Tables,
    now: SimTime,
    clock: Clock,
}

impl At<'_> {
    fn queues(&self, wanted: impl Fn(&QueueKind) -> bool, served: bool) -> Vec<Queue> {
        let queues = self.tables.queues.iter().enumerate().filter(|(_, q)| wanted(&q.kind));
        queues.map(|(i, info)| self.queue(QueueId::from_index(i), &info.kind, served)).collect()
    }

    fn queue(&self, id: QueueId, kind: &QueueKind, served: bool) -> Queue {
        let entries = self.state.queues.get(id.index());
        let length = entries.map_or(0, |q| q.len());
        let chip = |entry: &u32| match kind {
            QueueKind::Ready { .. } => self.task_chip(TaskId(*entry)),
            QueueKind::Run => self.thread_chip(ThreadId(*entry)),
        };
        let chips = entries.into_iter().flatten().take(MOST_CHIPS).map(chip).collect();
        Queue { name: self.tables.queue_name(id), chips, length, served: served || length == 0 }
    }

    fn task_chip(&self, id: TaskId) -> Chip {
        let since = self.state.task(id).map_or(self.now, |t| t.since);
        Chip { name: self.tables.task_name(id), age: self.age(since), track: TrackKind::Task(id) }
    }

    fn thread_chip(&self, id: ThreadId) -> Chip {
        let since = self.state.thread(id).map_or(self.now, |t| t.since);
        Chip { name: thread_in(self.tables, self.state, id), age: self.age(since), track: TrackKind::Thread(id) }
    }

    fn age(&self, since: SimTime) -> u64 {
        self.now.since(since).as_nanos()
    }

    fn core(&self, core: usize) -> Place {
        let track = TrackKind::Core(sim_core::trace::CoreId::from_index(core));
        let of = &self.state.cores[core];
        // Who has ended computes no more, even where nobody has taken it off yet.
        let ended = |id: &ThreadId| self.state.thread(*id).is_some_and(|t| t.state.is_end());
        let occupant = of.thread.filter(|id| !ended(id)).map(|id| Occupant {
            name: thread_in(self.tables, self.state, id),
            age: self.age(of.since),
            standing: Standing::Runs,
            track: TrackKind::Thread(id),
        });
        let state = match &occupant {
            Some(_) => "busy".to_owned(),
            None if of.thread.is_some() => "its thread has ended".to_owned(),
            None if self.state.ended.is_some() => self.ended().to_owned(),
            None if of.since == SimTime::ZERO => "idle, free to run".to_owned(),
            None => format!("idle since {}, free to run", self.clock.brief(of.since)),
        };
        Place { name: format!("core {core}"), state, occupant, track }
    }

    /// How a worker or core stands when the run is over.
    fn ended(&self) -> &'static str {
        match self.state.ended {
            Some(EndReason::Stuck) => "stuck: nobody will be woken",
            _ => "the run has ended",
        }
    }

    /// The threads that run blocking closures: each frees its core, and no worker, while it is in its call. Those that a
    /// worker has left are among them once their poll is over; one that runs a worker stands there as that worker.
    fn pool(&self) -> Vec<Place> {
        let threads = self.tables.threads.iter().enumerate().filter(|(_, thread)| match thread.kind {
            ThreadKind::Blocking | ThreadKind::Worker(_) => true,
            ThreadKind::Plain | ThreadKind::Helper => false,
        });
        threads.filter_map(|(i, _)| self.pool_thread(ThreadId::from_index(i))).collect()
    }

    /// Each thread on which a poll goes on that its worker has left: it is no worker's, and not yet the pool's.
    fn left(&self) -> Vec<Place> {
        let threads = self.state.threads.iter().enumerate();
        let left = threads.filter_map(|(i, t)| Some((ThreadId::from_index(i), t.state, t.without_worker?)));
        left.map(|(id, state, task)| {
            let off_core = !matches!(state, ThreadState::Running(_));
            let standing = if off_core { Standing::OffCore } else { Standing::Runs };
            let (name, track) = (self.tables.thread_title(id), TrackKind::Thread(id));
            let state = self.without_worker(state, task).to_owned();
            Place { name, state, occupant: Some(self.polled(task, standing)), track }
        })
        .collect()
    }

    fn without_worker(&self, thread: ThreadState, task: TaskId) -> &'static str {
        let stand = self.state.stands(Actor::Task(task)).and_then(|stands| stands.latest());
        let step = stand.and_then(|stand| self.tables.step(stand.at.step())).map_or("", |step| &step.text);
        match (thread, self.tables.run.family()) {
            (ThreadState::Blocked(Wait::Call(_)), Family::Coroutines) => "inside a system call",
            (ThreadState::Blocked(_), _) if step.starts_with("block_in_place") => "inside block_in_place",
            (ThreadState::Blocked(_), _) => "blocked, no longer a worker",
            (ThreadState::Runnable, _) => "waits for a core, no longer a worker",
            (ThreadState::NotCreated | ThreadState::Running(_) | ThreadState::Exited { .. }, _) => "no longer a worker",
        }
    }

    fn pool_thread(&self, id: ThreadId) -> Option<Place> {
        let is_free = |thread: &&Thread| thread.worker.is_none() && thread.without_worker.is_none();
        let thread = self.state.thread(id).filter(is_free)?;
        let (track, name) = (TrackKind::Thread(id), self.tables.thread_title(id));
        let (state, standing) = match thread.state {
            ThreadState::NotCreated | ThreadState::Exited { .. } => return None,
            ThreadState::Runnable => ("waits for a core".to_owned(), Some(Standing::Wants)),
            ThreadState::Running(_) => ("runs a closure".to_owned(), Some(Standing::Runs)),
            ThreadState::Blocked(Wait::Park(_)) => ("nothing to do".to_owned(), None),
            ThreadState::Blocked(wait) => {
                (wait_words(self.tables, Some(wait)), Some(Standing::Blocked(sign_of(Some(wait)))))
            }
        };
        let age = self.age(thread.since);
        let occupant = standing.map(|standing| Occupant { name: name.clone(), age, standing, track });
        Some(Place { name, state, occupant, track })
    }

    fn worker(&self, id: WorkerId) -> Place {
        let thread = self.state.thread_of(self.tables, id).and_then(|t| self.state.thread(t)).map(|t| t.state);
        let off_core = thread.is_some_and(|t| !matches!(t, ThreadState::Running(_)));
        let standing = if off_core { Standing::OffCore } else { Standing::Runs };
        let doing = self.state.workers[id.index()].state;
        let occupant = match doing {
            WorkerState::Polling(task) => Some(self.polled(task, standing)),
            WorkerState::Idle | WorkerState::Searching | WorkerState::Parked => None,
        };
        let state = match (doing, thread) {
            _ if self.state.ended.is_some() => self.ended(),
            (WorkerState::Polling(_), Some(ThreadState::Blocked(_))) => "blocked, off core",
            (_, Some(ThreadState::Runnable)) => "waits for a core",
            (WorkerState::Polling(_), _) => "polls",
            (WorkerState::Searching, _) => "looks for work",
            (WorkerState::Parked, _) => "parked: nothing to poll",
            (WorkerState::Idle, None) => "not started",
            (WorkerState::Idle, _) => "between polls",
        };
        let (name, state) = (self.tables.worker_name(id), self.tables.run.family().reword(state));
        Place { name, state, occupant, track: TrackKind::Worker(id) }
    }

    fn polled(&self, id: TaskId, standing: Standing) -> Occupant {
        let task = self.state.task(id);
        let polls = task.map_or(0, |t| t.polls);
        let age = self.age(task.map_or(self.now, |t| t.since));
        let name = match self.tables.run.family() {
            Family::Async => format!("{}, poll {polls}", self.tables.task_name(id)),
            Family::Threads | Family::Callbacks | Family::Coroutines | Family::Actors => self.tables.task_name(id),
            Family::Pool | Family::Sequential => self.tables.task_name(id),
        };
        Occupant { name, age, standing, track: TrackKind::Task(id) }
    }

    fn waiters(&self, threads: bool, stage: &mut Stage) {
        let mut waits = Vec::new();
        for (i, task) in self.state.tasks.iter().enumerate() {
            let id = TaskId::from_index(i);
            stage.ended += usize::from(task.state.is_end());
            if task.state == TaskState::Pending {
                let wait = task.waits.first().map(|w| w.wait);
                waits.push((task.since, TrackKind::Task(id), wait));
            }
            if let Some((since, wait)) = self.kept_thread(task.state) {
                waits.push((since, TrackKind::Task(id), Some(wait)));
            }
        }
        for (i, thread) in self.state.threads.iter().enumerate().filter(|_| threads) {
            let id = ThreadId::from_index(i);
            stage.ended += usize::from(thread.state.is_end());
            if let ThreadState::Blocked(wait) = thread.state {
                waits.push((thread.since, TrackKind::Thread(id), Some(wait)));
            }
        }
        let until = |wait: Option<Wait>| self.until(wait).map_or((1, SimTime::ZERO), |until| (0, until));
        let mut waits: Vec<_> =
            waits.into_iter().map(|(since, track, wait)| ((until(wait), since, track), wait)).collect();
        stage.more_waits = waits.len().saturating_sub(MOST_WAITS);
        if stage.more_waits > 0 {
            waits.select_nth_unstable_by_key(MOST_WAITS - 1, |(key, _)| *key);
            waits.truncate(MOST_WAITS);
        }
        waits.sort_by_key(|(key, _)| *key);
        stage.waits = waits.into_iter().map(|((_, _, track), wait)| self.waiter(track, wait)).collect();
    }

    /// Of a task that keeps its thread while it waits: since when, and for what.
    fn kept_thread(&self, state: TaskState) -> Option<(SimTime, Wait)> {
        let TaskState::Polling(worker) = state else { return None };
        match self.tables.run.family() {
            Family::Pool | Family::Sequential => {}
            Family::Async | Family::Threads | Family::Callbacks | Family::Coroutines | Family::Actors => return None,
        }
        let thread = self.state.thread_of(self.tables, worker).and_then(|id| self.state.thread(id))?;
        match thread.state {
            ThreadState::Blocked(wait) => Some((thread.since, wait)),
            ThreadState::NotCreated | ThreadState::Runnable | ThreadState::Running(_) => None,
            ThreadState::Exited { .. } => None,
        }
    }

    fn waiter(&self, track: TrackKind, wait: Option<Wait>) -> Waiter {
        let name = match track {
            TrackKind::Task(id) => self.tables.task_name(id),
            TrackKind::Thread(id) => self.tables.thread_name(id),
            _ => String::new(),
        };
        let (sign, what) = match (wait, track) {
            // The recording has no name for what it waits for, but someone keeps its waker.
            (None, TrackKind::Task(id)) if self.state.task(id).is_some_and(|task| task.wakers > 0) => {
                (Sign::Notify, "to be woken".to_owned())
            }
            _ => (sign_of(wait), self.what(wait)),
        };
        Waiter { name, sign, what, until: self.until(wait), track }
    }

    /// What is waited for, with who stands in the way.
    fn what(&self, wait: Option<Wait>) -> String {
        let words = wait_words(self.tables, wait);
        match wait {
            Some(Wait::Io(id)) => match self.state.requests.get(&id).map(|r| r.stage) {
                Some(RequestStage::Unseen) => self.unseen(Wait::Io(id), "I/O done"),
                Some(RequestStage::Submitted) => "I/O, in line".to_owned(),
                _ => words,
            },
            Some(wait @ Wait::Timer(_)) if self.state.unseen(self.tables, wait, self.now).is_some() => {
                self.unseen(wait, "timer due")
            }
            Some(Wait::Lock(id)) => {
                self.state.resources.get(id.index()).map_or(words.clone(), |r| self.held(&words, r))
            }
            _ => words,
        }
    }

    /// That nobody has seen what has come; where only one worker can, which.
    fn unseen(&self, wait: Wait, what: &str) -> String {
        let of = self.state.unseen(self.tables, wait, self.now).and_then(|unseen| unseen.of);
        match of {
            Some(worker) => format!("{what}, unseen by {}", self.tables.worker_name(worker)),
            None => format!("{what}, unseen"),
        }
    }

    /// A lock with who holds it, and how many stand in line for it.
    fn held(&self, words: &str, lock: &Resource) -> String {
        let holder = lock.holders.first().map(|h| format!(", held by {}", self.tables.actor_name(h.actor)));
        let line = Some(lock.waiters.len()).filter(|n| *n > 1).map(|n| format!(", {n} in line"));
        format!("{words}{}{}", holder.unwrap_or_default(), line.unwrap_or_default())
    }

    fn until(&self, wait: Option<Wait>) -> Option<SimTime> {
        match wait? {
            Wait::Io(id) => match self.state.requests.get(&id) {
                Some(request) => match request.stage {
                    RequestStage::Started { latency } => Some(request.since + latency),
                    RequestStage::Submitted | RequestStage::Unseen => None,
                },
                None => None,
            },
            wait @ Wait::Timer(_) if self.state.unseen(self.tables, wait, self.now).is_some() => None,
            Wait::Timer(id) | Wait::Call(id) => self.tables.timers.get(id.index()).copied(),
            Wait::Lock(_) | Wait::Send(_) | Wait::Receive(_) | Wait::Notify(_) | Wait::Join(_) | Wait::Park(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::fixture;
    use sim_core::trace::{Trace, TracePart};
    use std::sync::Arc;

    fn stage_at(trace: &Trace, threads: bool, ns: u64) -> Stage {
        stage_told_by(Clock::Millis, trace, threads, ns)
    }

    fn stage_told_by(clock: Clock, trace: &Trace, threads: bool, ns: u64) -> Stage {
        let mut run = Run::new(String::new(), threads);
        run.append(TracePart { chunk: Arc::clone(&trace.chunks()[0]), tables: trace.tables().clone() });
        let now = SimTime::from_nanos(ns);
        run.show(run.trace.events_until(now));
        Stage::of(&run, now, clock)
    }

    #[test]
    fn behind_a_blocking_call_a_ready_task_stands_in_a_queue_that_nobody_serves() {
        let stage = stage_at(&fixture::async_run(), false, 82_100_000);
        let queue = &stage.wants[0];
        assert_eq!((queue.chips[0].name.as_str(), queue.chips[0].age, queue.served), ("hb", 62_000_000, false));
        let worker = &stage.runs[0];
        assert_eq!(worker.state, "blocked, off core");
        let hog = worker.occupant.as_ref().expect("the worker is inside a poll");
        assert_eq!((hog.name.as_str(), hog.age, hog.standing), ("hog, poll 2", 67_100_000, Standing::OffCore));
        assert_eq!(stage.waits, []);
    }

    #[test]
    fn after_its_end_a_run_says_that_it_has_ended() {
        let stage = stage_at(&fixture::thread_run(), true, 150_000_000);
        assert_eq!(stage.over, Some(SimTime::from_nanos(115_000_000)));
        assert_eq!(stage.runs[0].state, "the run has ended");
    }

    #[test]
    fn as_threads_both_wait_and_the_core_is_free() {
        let stage = stage_at(&fixture::thread_run(), true, 82_100_000);
        assert_eq!(stage.wants[0].length, 0);
        assert_eq!((&stage.runs[0].occupant, stage.runs[0].state.as_str()), (&None, "idle since 80.8 ms, free to run"));
        let waits: Vec<_> = stage.waits.iter().map(|w| (w.name.as_str(), w.what.as_str(), w.until)).collect();
        let ms = |tenths: u64| Some(SimTime::from_nanos(tenths * 100_000));
        assert_eq!(waits, [("hb", "I/O", ms(908)), ("hog", "blocking call", ms(1_150))]);
    }

    #[test]
    fn what_has_come_and_nobody_has_seen_is_told_as_such() {
        use sim_core::{Costs, Executor, Machine, SimDuration, io, spawn, time, work};
        let root = || async {
            let reads = spawn(io(SimDuration::from_millis(3)));
            let sleeps = spawn(time::sleep(SimDuration::from_millis(5)));
            let hogs = spawn(async { work(SimDuration::from_millis(40)) });
            let _ = (reads.await, sleeps.await, hogs.await);
        };
        let outcome = Machine::new().costs(Costs::zero()).run_async(Executor::tokio_current_thread(), root);
        let waits = |ns| {
            let stage = stage_at(&outcome.trace, false, ns);
            let told = stage.waits.iter().map(|w| (w.what.clone(), w.until.is_some()));
            told.filter(|(what, _)| what.contains("I/O") || what.contains("timer")).collect::<Vec<_>>()
        };
        let told = |what: &str, until| (what.to_owned(), until);
        assert_eq!(waits(1_000_000), [told("I/O", true), told("timer", true)]);
        assert_eq!(waits(20_000_000), [told("I/O done, unseen", false), told("timer due, unseen", false)]);
    }

    #[test]
    fn where_each_worker_has_a_driver_it_is_told_who_has_not_looked() {
        use sim_core::{Costs, Executor, Machine, SimDuration, io, spawn, work};
        let root = || async {
            let reads = spawn(io(SimDuration::from_millis(3)));
            let hogs = spawn(async { work(SimDuration::from_millis(40)) });
            let _ = (reads.await, hogs.await);
        };
        for executor in [Executor::monoio(2), Executor::glommio(2, []), Executor::thread_per_core(2)] {
            let outcome = Machine::new().cores(2).costs(Costs::zero()).run_async(executor, root);
            let stage = stage_at(&outcome.trace, false, 20_000_000);
            let told: Vec<&str> = stage.waits.iter().map(|w| w.what.as_str()).collect();
            assert!(told.contains(&"I/O done, unseen by worker 0"), "{told:?}");
        }
    }

    #[test]
    fn a_thread_that_its_worker_has_left_in_a_poll_has_a_box_of_its_own_and_is_not_the_pools() {
        use sim_core::{Costs, Executor, Machine, SimDuration, block, block_in_place, spawn, work};
        let ms = SimDuration::from_millis;
        let root = move || async move {
            let hog = spawn(async move {
                block_in_place(|| block(ms(20)));
                work(ms(5));
            });
            let other = spawn(async move { work(ms(3)) });
            let _ = (hog.await, other.await);
        };
        let machine = Machine::new().cores(2).costs(Costs::zero());
        let trace = machine.run_async(Executor::tokio_multi_thread(1), root).trace;
        let told = |places: &[Place]| -> Vec<(String, String)> {
            places.iter().map(|place| (place.name.clone(), place.state.clone())).collect()
        };
        let place = |name: &str, state: &str| (name.to_owned(), state.to_owned());
        let blocks = stage_at(&trace, false, 1_000_000);
        assert_eq!(told(&blocks.runs)[0], place("worker 0", "polls"), "on the pool's thread");
        assert_eq!(told(&blocks.left), [place("thread 0", "blocked, no longer a worker")]);
        assert_eq!(told(&blocks.pool), []);
        let back = stage_at(&trace, false, 22_000_000);
        let on = back.left[0].occupant.as_ref().expect("its poll goes on there");
        assert_eq!((told(&back.left), on.standing), (vec![place("thread 0", "no longer a worker")], Standing::Runs));
    }

    #[test]
    fn beside_a_run_of_hours_a_moment_is_told_by_its_clock() {
        let stage = stage_told_by(Clock::Hours, &fixture::thread_run(), true, 82_100_000);
        assert_eq!(stage.runs[0].state, "idle since 0:00:00.080, free to run");
    }
}
