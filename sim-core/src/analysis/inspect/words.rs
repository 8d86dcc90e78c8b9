//! What things are called, and what they do, as pieces of sentences.

use super::figures;
use super::here::Here;
use super::sentence::{Piece, Sentence};
use super::{Fact, Thing};
use crate::analysis::stands::stands;
use crate::analysis::track::{CounterKind, Link, LinkKind, TrackKind};
use crate::instant::SimTime;
use crate::trace::Family;
use crate::trace::ids::*;
use crate::trace::snapshot::{Activity, Busy, TaskState, ThreadState, Wait};
use crate::trace::tables::ResourceKind;

/// The device that a scenario has without naming one is called as what is asked of it.
const REASON: &str = "I/O";

impl Here<'_> {
    pub(super) fn moment(&self, time: SimTime, event: Option<usize>) -> Piece {
        Piece::Moment { time, event, text: self.clock().brief(time) }
    }

    pub(super) fn moment_of(&self, event: usize) -> Piece {
        self.moment(self.trace.time(event), Some(event))
    }

    pub(super) fn task(&self, id: TaskId) -> Piece {
        Piece::Thing(Thing::Track(TrackKind::Task(id)), self.tables().task_name(id))
    }

    pub(super) fn worker(&self, id: WorkerId) -> Piece {
        Piece::Thing(Thing::Track(TrackKind::Worker(id)), self.tables().worker_name(id))
    }

    pub(super) fn core(&self, id: CoreId) -> Piece {
        Piece::Thing(Thing::Track(TrackKind::Core(id)), id.to_string())
    }

    pub(super) fn device(&self, id: DeviceId) -> Piece {
        let name = self.tables().device_name(id);
        // "I/O works on its request" reads as if the reason did it.
        let name = if name == REASON { "I/O device".to_owned() } else { name };
        Piece::Thing(Thing::Track(TrackKind::Device(id)), name)
    }

    /// The device as the subject of a sentence: "the I/O device", "disk".
    pub(super) fn the_device(&self, id: DeviceId) -> Sentence {
        let article = if self.tables().device_name(id) == REASON { "the " } else { "" };
        Sentence::plain(article).and(self.device(id))
    }

    /// Whoever did a thing, as short as it gets: "I/O".
    pub(super) fn actor_short(&self, actor: Actor) -> Piece {
        match actor {
            Actor::Device(id) => Piece::Thing(Thing::Track(TrackKind::Device(id)), self.tables().device_name(id)),
            Actor::Timer(_) => "timer".into(),
            Actor::Run => "the run".into(),
            Actor::Foreign => "a real thread".into(),
            Actor::Task(_) | Actor::Thread(_) | Actor::Worker(_) => self.actor(actor),
        }
    }

    pub(super) fn resource(&self, id: ResourceId) -> Piece {
        Piece::Thing(Thing::Resource(id), self.tables().resource_name(id))
    }

    /// A thread; one that runs a worker is shown as that worker, whose row it has.
    pub(super) fn thread(&self, id: ThreadId) -> Piece {
        match self.worker_on(id) {
            Some(worker) => self.worker(worker),
            None => self.thread_itself(id),
        }
    }

    /// The same, as it was after an event.
    pub(super) fn thread_at(&self, id: ThreadId, event: usize) -> Piece {
        match self.index.moves().worker_on(self.tables(), id, event) {
            Some(worker) => self.worker(worker),
            None => self.thread_itself(id),
        }
    }

    /// A thread, and not the worker that it runs.
    pub(super) fn thread_itself(&self, id: ThreadId) -> Piece {
        Piece::Thing(Thing::Track(TrackKind::Thread(id)), self.tables().thread_title(id))
    }

    pub(super) fn actor(&self, actor: Actor) -> Piece {
        match actor {
            Actor::Task(id) => self.task(id),
            Actor::Thread(id) => self.thread(id),
            Actor::Worker(id) => self.worker(id),
            Actor::Device(id) => self.device(id),
            Actor::Timer(_) => "a timer".into(),
            Actor::Run => "the run itself".into(),
            Actor::Foreign => "a real thread outside the simulation".into(),
        }
    }

    pub(super) fn is_of_actors(&self) -> bool {
        self.tables().run.family() == Family::Actors
    }

    /// "lock x", the name a link.
    pub(super) fn resource_with_kind(&self, id: ResourceId) -> Sentence {
        // "Mailbox mailbox of a" says it once too often.
        match self.tables().resource_name(id).starts_with(self.kind_word(id)) {
            true => self.resource(id).into(),
            false => Sentence::plain(format!("{} ", self.kind_word(id))).and(self.resource(id)),
        }
    }

    pub(super) fn kind_word(&self, id: ResourceId) -> &'static str {
        let word = if self.is_of_actors() { actors_word } else { kind_word };
        self.tables().resources.get(id.index()).map_or("resource", |info| word(info.kind))
    }

    /// "a, b and 3 others".
    pub(super) fn several(&self, pieces: Vec<Piece>) -> Sentence {
        const NAMED: usize = 3;
        let more = pieces.len().saturating_sub(NAMED);
        let named = if more == 1 { NAMED + 1 } else { NAMED };
        let mut items: Vec<Sentence> = pieces.into_iter().take(named).map(Sentence::from).collect();
        if more > 1 {
            items.push(Sentence::plain(format!("{} others", figures::thousands(more as u64))));
        }
        Sentence::list(items)
    }

    /// What `actor` does right now, to follow "which": "is Pending: waits for lock x".
    pub(super) fn doing(&self, actor: Actor) -> Sentence {
        match actor {
            Actor::Task(id) => self.task_doing(id),
            Actor::Thread(id) => match self.state.thread(id).map(|t| t.state) {
                None | Some(ThreadState::NotCreated) => Sentence::plain("is not there yet"),
                Some(ThreadState::Runnable) => Sentence::plain("is Runnable and waits for a core"),
                Some(ThreadState::Running(core)) => Sentence::plain("runs on ").and(self.core(core)),
                Some(ThreadState::Blocked(Wait::Call(timer))) => {
                    let until = self.moment(self.deadline(timer), None);
                    Sentence::plain("is in a blocking call until ").and(until)
                }
                Some(ThreadState::Blocked(wait)) => {
                    Sentence::plain("is Blocked: waits for ").then(self.wait_noun(wait))
                }
                Some(ThreadState::Exited { panicked: false }) => Sentence::plain("has exited"),
                Some(ThreadState::Exited { panicked: true }) => Sentence::plain("has panicked"),
            },
            Actor::Run | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => {
                Sentence::plain("goes on")
            }
        }
    }

    fn task_doing(&self, id: TaskId) -> Sentence {
        let Some(task) = self.state.task(id) else { return Sentence::plain("is not there yet") };
        match task.state {
            TaskState::NotSpawned => Sentence::plain("is not there yet"),
            TaskState::Ready => Sentence::plain("is Ready and waits to be polled"),
            TaskState::Polling(worker) if self.is_on_core(worker) => {
                Sentence::plain("is being polled by ").and(self.worker(worker))
            }
            TaskState::Polling(worker) => {
                Sentence::plain("is inside its poll on ").and(self.worker(worker)).and(", off the core")
            }
            TaskState::WithoutWorker(thread) => {
                Sentence::plain("is inside its poll on ").and(self.thread_itself(thread)).and(", without a worker")
            }
            TaskState::Pending => match task.waits.first() {
                Some(first) => Sentence::plain("is Pending: waits for ").then(self.wait_noun(first.wait)),
                None if task.wakers == 0 => Sentence::plain("is Pending, and nothing will wake it"),
                None => Sentence::plain("is Pending"),
            },
            TaskState::Completed => Sentence::plain("has completed"),
            TaskState::Cancelled => Sentence::plain("was cancelled"),
            TaskState::Panicked => Sentence::plain("has panicked"),
        }
    }

    /// What is waited for, as a noun: "I/O", "lock x", "the end of hog".
    pub(super) fn wait_noun(&self, wait: Wait) -> Sentence {
        match wait {
            Wait::Io(_) => Sentence::plain("I/O"),
            Wait::Timer(_) => Sentence::plain("a timer"),
            Wait::Lock(id) | Wait::Notify(id) => self.resource_with_kind(id),
            Wait::Send(id) => Sentence::plain("room in ").then(self.resource_with_kind(id)),
            Wait::Receive(id) => Sentence::plain("a message in ").then(self.resource_with_kind(id)),
            Wait::Join(Actor::Run) => Sentence::plain("the others to end"),
            Wait::Join(target) if self.is_of_pool(target) => Sentence::plain("its closure on ").and(self.actor(target)),
            Wait::Join(target) => Sentence::plain("the end of ").and(self.actor(target)),
            Wait::Park(_) => Sentence::plain("something to do"),
            Wait::Call(_) => Sentence::plain("its blocking call"),
        }
    }

    /// What someone does with its time: ", which computes".
    pub(super) fn activity(&self, activity: Option<Activity>) -> &'static str {
        match activity.map(|a| a.kind) {
            Some(Busy::Working) => "computes",
            Some(Busy::Blocking) => "calls a blocking function",
            None => "runs its code",
        }
    }

    /// What a thread on a core does, to follow "which": "polls hb", "computes".
    pub(super) fn thread_does(&self, thread: ThreadId) -> Sentence {
        match self.worker_on(thread) {
            Some(worker) => match self.state.polled_by(worker) {
                Some(task) => Sentence::plain("polls ").and(self.task(task)),
                None => Sentence::plain("runs the executor's own code"),
            },
            None => match self.state.thread(thread).and_then(|t| t.without_worker) {
                Some(task) => Sentence::plain("is inside ").and(self.task(task)).and("'s poll, without a worker"),
                None => Sentence::plain(self.activity(self.state.thread(thread).and_then(|t| t.activity))),
            },
        }
    }

    /// A figure over time under this name; plain words where the recording has none.
    pub(super) fn counter(&self, kind: CounterKind, name: &str) -> Piece {
        let row = TrackKind::Counter(kind);
        self.track(row).map_or_else(|| name.into(), |_| Piece::Thing(Thing::Track(row), name.to_owned()))
    }

    /// What is waited for, as short as it gets: "I/O", "lock x", "blocking call".
    pub(super) fn wait_short(&self, wait: Wait) -> Sentence {
        match wait {
            Wait::Io(_) => Sentence::plain("I/O"),
            Wait::Timer(_) => Sentence::plain("timer"),
            Wait::Lock(id) | Wait::Notify(id) => self.resource_with_kind(id),
            Wait::Send(id) => Sentence::plain("room in ").and(self.resource(id)),
            Wait::Receive(id) => Sentence::plain("message in ").and(self.resource(id)),
            Wait::Join(Actor::Run) => Sentence::plain("others to end"),
            Wait::Join(target) if self.is_of_pool(target) => Sentence::plain("closure on ").and(self.actor(target)),
            Wait::Join(target) => Sentence::plain("end of ").and(self.actor(target)),
            Wait::Park(_) => Sentence::plain("parked"),
            Wait::Call(_) => Sentence::plain("blocking call"),
        }
    }

    /// "Ready for 62.0 ms": a state that goes on since then.
    pub(super) fn lasting(&self, state: &str, since: SimTime) -> Sentence {
        let lasts = self.lasts(since);
        if lasts.is_zero() {
            return Sentence::plain(format!("{state}, just now"));
        }
        Sentence::plain(format!("{state} for ")).and(lasts)
    }

    /// The same of a wait: in a run that is stuck, it never ends.
    pub(super) fn waiting(&self, state: &str, since: SimTime) -> Sentence {
        if self.is_stuck() { Sentence::plain(format!("{state} for ever")) } else { self.lasting(state, since) }
    }

    /// What follows the cause of a wait that the end of the run has made eternal.
    pub(super) fn unless_stuck(&self, told: Sentence) -> Sentence {
        if self.is_stuck() { told.and(" The run is stuck here: nothing is left that could change this.") } else { told }
    }

    /// What an arrow says: what caused what, and how long it took.
    pub fn link_told(&self, link: &Link) -> Sentence {
        let from = match link.kind {
            LinkKind::WakeToPoll => "This arrow: woken at ",
            LinkKind::UnblockToDispatch => "This arrow: unblocked at ",
            LinkKind::SendToReceive => "This arrow: sent at ",
            LinkKind::SpawnToFirst => "This arrow: spawned at ",
        };
        let to = match link.kind {
            LinkKind::WakeToPoll => ", polled at ",
            LinkKind::UnblockToDispatch => ", put on a core at ",
            LinkKind::SendToReceive => ", received at ",
            LinkKind::SpawnToFirst => ", run for the first time at ",
        };
        let said = Sentence::plain(from).and(self.moment(link.from_time, Some(link.from_event)));
        let said = said.and(to).and(self.moment(link.to_time, Some(link.to_event)));
        let took = link.to_time.since(link.from_time);
        if took.is_zero() { said.and(", at once.") } else { said.and(", ").and(took).and(" later.") }
    }

    /// The steps of its program that someone stands at: "io(10 ms).await, 2 of 10".
    pub(super) fn step_facts(&self, actor: Actor) -> Vec<Fact> {
        const TOLD: usize = 3;
        let stands = stands(actor, self.tables(), self.state);
        let told = stands.iter().take(TOLD).enumerate().filter_map(|(n, stand)| {
            let said = Sentence::from(Piece::Code(self.tables().step(stand.at.step())?.text.clone()));
            let said = match stand.rounds.last() {
                Some(round) => said.and(format!(", {} of {}", round.nth, round.of)),
                None => said,
            };
            Some(Fact { label: if n == 0 { "At step" } else { "and at" }, says: said })
        });
        told.collect()
    }
}

/// What actors make of it: they share nothing, and all of these are written to.
fn actors_word(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Channel => "mailbox",
        ResourceKind::Notify => "announcer",
        ResourceKind::Barrier => "meeting",
        // What an owner gives away, one after the other, is a lock all the same.
        ResourceKind::Mutex | ResourceKind::BlockingMutex | ResourceKind::RwLock => kind_word(kind),
        ResourceKind::Semaphore | ResourceKind::Condvar => kind_word(kind),
    }
}

fn kind_word(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Mutex | ResourceKind::BlockingMutex | ResourceKind::RwLock => "lock",
        ResourceKind::Semaphore => "semaphore",
        ResourceKind::Channel => "channel",
        ResourceKind::Condvar => "condition variable",
        ResourceKind::Notify => "notifier",
        ResourceKind::Barrier => "barrier",
    }
}
