//! What a wait is for, who can end it, and what they do meanwhile: the same words for a task that is Pending and a
//! thread that is Blocked.

use super::figures::{counted, thousands};
use super::here::Here;
use super::poll::{all_in_polls, in_poll_of};
use super::sentence::{Piece, Sentence};
use crate::instant::SimTime;
use crate::trace::family::Family;
use crate::trace::ids::*;
use crate::trace::snapshot::{RequestStage, Resource, TaskState, ThreadState, Wait, WorkerState};
use crate::trace::tables::ResourceKind;

impl<'a> Here<'a> {
    /// Why `who` cannot go on while it waits for this: a whole sentence about "it".
    pub(super) fn wait_told(&self, wait: Wait, who: Actor) -> Sentence {
        match wait {
            Wait::Io(request) => self.io_told(request, who),
            Wait::Timer(timer) => {
                let deadline = self.deadline(timer);
                if let (Some(due), Actor::Task(_)) = (self.state.unseen(self.tables(), wait, self.now()), who) {
                    let said = Sentence::plain("Its timer is due since ").and(self.moment(due.since, None));
                    return said.then(self.nobody_looked(due.of));
                }
                let left = deadline.since(self.now());
                let said = Sentence::plain("It sleeps until its timer fires at ").and(self.moment(deadline, None));
                if left.is_zero() { said.and(".") } else { said.and(", ").and(left).and(" from now.") }
            }
            Wait::Call(timer) => Sentence::plain("It is in a blocking call that returns at ")
                .and(self.moment(self.deadline(timer), None))
                .and("."),
            Wait::Lock(id) => self.lock_told(id, who),
            Wait::Send(id) => self.channel_told(id, Side::Full),
            Wait::Receive(id) => self.channel_told(id, Side::Empty),
            Wait::Notify(id) => self.notify_told(id),
            Wait::Join(Actor::Run) => Sentence::plain("It waits for everything that it started to end."),
            Wait::Join(target) if self.is_of_pool(target) => {
                let said = Sentence::plain("It waits for its closure on ")
                    .and(self.actor(target))
                    .and(" to end: that thread ");
                said.then(self.doing(target)).and(".")
            }
            Wait::Join(target) if self.state.has_ended(target) => {
                Sentence::plain("It waited for ").and(self.actor(target)).and(", which has ended: it goes on now.")
            }
            Wait::Join(target) => {
                let said = Sentence::plain("It waits for ").and(self.actor(target)).and(" to end, which ");
                said.then(self.doing(target)).and(".")
            }
            Wait::Park(_) => Sentence::plain("There is nothing for it to do: it sleeps until someone hands it work."),
        }
    }

    /// Who or what can end the wait; empty: the recording does not say.
    pub(super) fn who_could_end(&self, wait: Wait) -> Sentence {
        let resource = |id: ResourceId| self.state.resources.get(id.index());
        let actors = |actors: Vec<Actor>| self.several(actors.into_iter().map(|a| self.actor(a)).collect());
        match wait {
            Wait::Io(request) => match self.state.requests.get(&request) {
                Some(r) => self.the_device(r.device),
                None => Sentence::default(),
            },
            Wait::Timer(timer) | Wait::Call(timer) => {
                Sentence::plain("its timer, at ").and(self.moment(self.deadline(timer), None))
            }
            Wait::Lock(id) => actors(resource(id).map_or_else(Vec::new, holders)),
            Wait::Send(id) => actors(resource(id).map_or_else(Vec::new, |r| self.alive(&r.receivers))),
            Wait::Receive(id) => actors(resource(id).map_or_else(Vec::new, |r| self.alive(&r.senders))),
            Wait::Notify(id) => Sentence::plain("whoever notifies ").and(self.resource(id)),
            Wait::Join(target) => Sentence::from(self.actor(target)),
            Wait::Park(_) => Sentence::plain("whoever has work for it"),
        }
    }

    pub(super) fn deadline(&self, timer: TimerId) -> SimTime {
        self.tables().timers.get(timer.index()).copied().unwrap_or_default()
    }

    fn io_told(&self, id: RequestId, who: Actor) -> Sentence {
        let Some(request) = self.state.requests.get(&id) else {
            return Sentence::plain("The I/O that it waited for is done: it goes on now.");
        };
        let device = self.the_device(request.device);
        match request.stage {
            RequestStage::Submitted => {
                let in_flight = self.in_flight(request.device);
                let said =
                    Sentence::plain("It waits for I/O, and ").then(device).and(" has not begun with its request");
                said.and(format!(": it works on {}.", counted(in_flight as u64, "other", "others")))
            }
            RequestStage::Started { latency } => {
                let until = self.moment(request.since + latency, None);
                let said = Sentence::plain("It waits for I/O: ").then(device).and(" works on its request since ");
                said.and(self.moment(request.since, Some(request.last_event)))
                    .and(" and answers at ")
                    .and(until)
                    .and(".")
            }
            RequestStage::Unseen => {
                let said = Sentence::plain("The answer of ").then(device).and(" is there since ");
                let said = said.and(self.moment(request.since, Some(request.last_event)));
                // Only a task needs someone to look: the machine itself unblocks a thread.
                if let Actor::Thread(_) = who {
                    return said.and(": it is made Runnable now.");
                }
                let unseen = self.state.unseen(self.tables(), Wait::Io(id), self.now());
                said.then(self.nobody_looked(unseen.and_then(|unseen| unseen.of)))
            }
        }
    }

    /// Why what is there has not been seen, to follow since when it is there. `of` is the worker in whose driver it lies.
    fn nobody_looked(&self, of: Option<WorkerId>) -> Sentence {
        if let Some(own) = of {
            return self.has_not_looked(own);
        }
        let said = Sentence::plain(", but nobody has looked");
        let workers: Vec<WorkerId> = self.workers().collect();
        match workers.as_slice() {
            [one] if self.state.polled_by(*one).is_some() => said
                .and(". The only worker turns the driver between two polls, and ")
                .then(in_poll_of(self, *one))
                .and("."),
            many if many.len() > 1 && many.iter().all(|w| self.state.polled_by(*w).is_some()) => {
                said.and(". A worker turns the driver between two polls. ").then(all_in_polls(self, many)).and(".")
            }
            _ => said.and(": a worker sees it only when it turns the driver, between two polls."),
        }
    }

    /// The same where nobody but this worker can look.
    fn has_not_looked(&self, own: WorkerId) -> Sentence {
        let said = Sentence::plain(", but nobody has looked. It lies in the driver of ").and(self.worker(own));
        let said =
            said.and(", where nobody else looks: what is asked for on a worker is seen when that one turns its driver");
        match self.state.workers.get(own.index()).map(|w| w.state) {
            Some(WorkerState::Polling(_)) => said.and(", between two polls. ").then(in_poll_of(self, own)).and("."),
            Some(WorkerState::Idle | WorkerState::Searching | WorkerState::Parked) | None => said.and("."),
        }
    }

    /// Who holds the lock that is waited for, if it is one.
    pub(super) fn holder(&self, wait: Wait) -> Option<Actor> {
        match wait {
            Wait::Lock(id) => Some(self.state.resources.get(id.index())?.holders.first()?.actor),
            Wait::Io(_) | Wait::Timer(_) | Wait::Send(_) | Wait::Receive(_) | Wait::Notify(_) => None,
            Wait::Join(_) | Wait::Park(_) | Wait::Call(_) => None,
        }
    }

    /// How many requests the device works on.
    pub(super) fn in_flight(&self, device: DeviceId) -> usize {
        let started = |stage| matches!(stage, RequestStage::Started { .. });
        self.state.requests.values().filter(|r| r.device == device && started(r.stage)).count()
    }

    fn lock_told(&self, id: ResourceId, who: Actor) -> Sentence {
        let said = Sentence::plain("It waits for ").then(self.resource_with_kind(id));
        let Some(resource) = self.state.resources.get(id.index()) else { return said.and(".") };
        let place = resource.waiters.iter().position(|w| w.actor == who);
        let line = match place {
            Some(ahead) if ahead > 0 => format!(" It is number {} in line.", ahead + 1),
            Some(_) | None => String::new(),
        };
        let Some(first) = resource.holders.first() else {
            // A task's lock is handed over; for a thread's whoever comes first takes it.
            let next = match self.tables().resources.get(id.index()).map(|info| info.kind) {
                Some(ResourceKind::BlockingMutex) => "whoever comes first takes it",
                Some(_) | None => "the next in line takes it",
            };
            return said.and(format!(", which is free again: {next}.")).and(line);
        };
        if resource.holders.iter().all(|h| h.actor == who) {
            return said.and(", which it holds itself: it waits for itself.").and(line);
        }
        let others = resource.holders.iter().filter(|h| h.actor != first.actor).count();
        let since = self.moment(first.since, Some(first.event));
        let said = said.and(", held by ").and(self.actor(first.actor)).and(" since ").and(since);
        let said = match others {
            0 => said.and(". "),
            n => said.and(format!(" and by {}. ", counted(n as u64, "other", "others"))),
        };
        let said = said.and(self.actor(first.actor)).and(" ").then(self.doing(first.actor));
        let said = if self.waits_for(first.actor, who) { said.and(", held by ").and(self.actor(who)) } else { said };
        said.and(".").and(line)
    }

    /// Whether the first thing that `waiter` waits for is a lock that `holder` has.
    fn waits_for(&self, waiter: Actor, holder: Actor) -> bool {
        let wait = match waiter {
            Actor::Task(id) => match self.state.task(id) {
                Some(task) if task.state == TaskState::Pending => task.waits.first().map(|w| w.wait),
                Some(_) | None => None,
            },
            Actor::Thread(id) => match self.state.thread(id).map(|t| t.state) {
                Some(ThreadState::Blocked(wait)) => Some(wait),
                Some(ThreadState::NotCreated | ThreadState::Runnable | ThreadState::Running(_)) => None,
                Some(ThreadState::Exited { .. }) | None => None,
            },
            Actor::Run | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => None,
        };
        let lock = match wait {
            Some(Wait::Lock(id)) => self.state.resources.get(id.index()),
            Some(Wait::Io(_) | Wait::Timer(_) | Wait::Send(_) | Wait::Receive(_) | Wait::Notify(_)) => None,
            Some(Wait::Join(_) | Wait::Park(_) | Wait::Call(_)) | None => None,
        };
        lock.is_some_and(|lock| lock.holders.iter().any(|h| h.actor == holder))
    }

    fn channel_told(&self, id: ResourceId, side: Side) -> Sentence {
        let Some(resource) = self.state.resources.get(id.index()) else {
            return Sentence::plain("It waits for ").then(self.resource_with_kind(id)).and(".");
        };
        let (said, others, verb) = match side {
            Side::Full => {
                let full = format!(" is full ({})", counted(u64::from(resource.length), "message", "messages"));
                (
                    Sentence::from(self.channel(id)).and(full).and(": it waits for room. "),
                    &resource.receivers,
                    "receive",
                )
            }
            Side::Empty if self.tables().run.family() == Family::Actors => {
                return self.letter_told(id, resource.length);
            }
            Side::Empty => {
                (Sentence::from(self.channel(id)).and(" is empty: it waits for a message. "), &resource.senders, "send")
            }
        };
        let alive = self.alive(others);
        match alive.as_slice() {
            [] if others.is_empty() => said.and(format!("Nobody that the recording knows of could {verb}.")),
            [] => said.and(format!("Everyone who could {verb} has ended.")),
            [one] => said.and(self.actor(*one)).and(format!(" could {verb}, and ")).then(self.doing(*one)).and("."),
            many => {
                let names = many.iter().map(|a| self.actor(*a)).collect();
                said.then(self.several(names)).and(format!(" could {verb}."))
            }
        }
    }

    /// An actor that waits looks for one letter, and leaves the others where they are.
    fn letter_told(&self, id: ResourceId, others: u32) -> Sentence {
        let mailbox = self.resource(id);
        let said = match others {
            0 => Sentence::plain("It waits for a letter: ").and(mailbox).and(" is empty."),
            n => {
                let others = counted(u64::from(n), "other", "others");
                Sentence::plain("It waits for one letter: ").and(mailbox).and(format!(" holds {others}."))
            }
        };
        said.and(" Whoever knows its address could send one.")
    }

    fn channel(&self, id: ResourceId) -> Piece {
        let (kind, name) = (self.kind_word(id), self.tables().resource_name(id));
        let said = if name.starts_with(kind) { name } else { format!("{kind} {name}") };
        let mut letters = said.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        Piece::Thing(super::Thing::Resource(id), first.chain(letters).collect())
    }

    fn notify_told(&self, id: ResourceId) -> Sentence {
        let info = self.tables().resources.get(id.index());
        let waiting = self.state.resources.get(id.index()).map_or(0, |r| r.waiters.len());
        if let Some(info) = info.filter(|i| i.kind == ResourceKind::Barrier)
            && let Some(parties) = info.capacity
        {
            let (here, all) = (thousands(waiting as u64), thousands(u64::from(parties)));
            if self.is_of_actors() {
                let said = Sentence::plain("It has told ").and(self.resource(id)).and(" that it is here");
                return said.and(format!(", as {here} of {all} have. When the last one does, each gets an answer."));
            }
            let said = Sentence::plain("It waits at ").then(self.resource_with_kind(id));
            return said.and(format!(": {here} of {all} have come, and all go on together."));
        }
        let said = match self.is_of_actors() {
            true => Sentence::plain("It waits for a message from ").and(self.resource(id)),
            false => Sentence::plain("It waits to be notified through ").then(self.resource_with_kind(id)),
        };
        match waiting {
            0 | 1 => said.and(", and nobody has done so yet."),
            n => said.and(format!(", with {}.", counted(n as u64 - 1, "other", "others"))),
        }
    }

    fn alive(&self, actors: &[Actor]) -> Vec<Actor> {
        actors.iter().copied().filter(|a| !self.state.has_ended(*a)).collect()
    }
}

/// Why a channel stops someone.
enum Side {
    Full,
    Empty,
}

fn holders(resource: &Resource) -> Vec<Actor> {
    let mut actors: Vec<Actor> = Vec::new();
    for holder in &resource.holders {
        if !actors.contains(&holder.actor) {
            actors.push(holder.actor);
        }
    }
    actors
}
