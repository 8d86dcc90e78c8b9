//! A lock, channel or other shared thing: who has it, who waits for it.

use super::figures::{counted, thousands};
use super::here::Here;
use super::sentence::Sentence;
use super::{Fact, Inspection, Look, Thing, fact, history};
use crate::trace::ids::*;
use crate::trace::snapshot::{Resource, WaitFor};
use crate::trace::tables::{ResourceInfo, ResourceKind};

/// So many rows of its past, and so many who wait, are told.
const TOLD: usize = 6;

pub(super) fn inspect(here: &Here<'_>, id: ResourceId) -> Option<Inspection> {
    let info = here.tables().resources.get(id.index())?;
    let none = Resource::default();
    let resource = here.state.resources.get(id.index()).unwrap_or(&none);
    let (state, look, headline) = match info.kind {
        ResourceKind::Mutex | ResourceKind::BlockingMutex | ResourceKind::RwLock | ResourceKind::Semaphore => {
            lock_head(here, info, resource)
        }
        ResourceKind::Channel => channel_head(info, resource),
        ResourceKind::Condvar | ResourceKind::Notify | ResourceKind::Barrier => {
            let waiting = counted(resource.waiters.len() as u64, "waits", "wait");
            let look = if resource.waiters.is_empty() { Look::Idle } else { Look::Waits };
            let state = if resource.waiters.is_empty() { "Nobody waits" } else { "Waited for" };
            (state, look, Sentence::plain(waiting))
        }
    };
    let (question, answer) = match info.kind {
        ResourceKind::Channel => ("Who fills it, who empties it?", channel_told(here, resource)),
        ResourceKind::Mutex | ResourceKind::BlockingMutex | ResourceKind::RwLock | ResourceKind::Semaphore => {
            ("Who has it, who waits for it?", lock_told(here, resource))
        }
        ResourceKind::Condvar | ResourceKind::Notify | ResourceKind::Barrier => {
            ("Who waits for it?", waiters_told(here, resource))
        }
    };
    Some(Inspection {
        thing: Thing::Resource(id),
        name: here.tables().resource_name(id),
        id: here.kind_word(id).to_owned(),
        state,
        look,
        headline,
        question,
        answer,
        facts: facts(here, info, resource),
        history: history::of_resource(here, id, TOLD),
    })
}

fn lock_head(here: &Here<'_>, info: &ResourceInfo, resource: &Resource) -> (&'static str, Look, Sentence) {
    let Some(first) = resource.holders.first() else {
        return ("Free", Look::Idle, Sentence::plain("Free"));
    };
    let permits = info.kind == ResourceKind::Semaphore;
    let headline = match (permits, info.capacity, resource.holders.len() as u64) {
        (true, Some(all), taken) => {
            Sentence::plain(format!("{} of {} permits taken", thousands(taken), thousands(u64::from(all))))
        }
        (_, _, 1) => here.waiting("Held", first.since),
        (_, _, n) => Sentence::plain(format!("Held by {}", thousands(n))),
    };
    let look = if resource.waiters.is_empty() { Look::Runs } else { Look::Waits };
    ("Held", look, headline)
}

fn lock_told(here: &Here<'_>, resource: &Resource) -> Sentence {
    let said = match resource.holders.as_slice() {
        [] => Sentence::plain("Nobody has it."),
        [one] => {
            let since = here.moment(one.since, Some(one.event));
            let said = Sentence::from(here.actor(one.actor)).and(" has it since ").and(since).and(", and ");
            said.then(here.doing(one.actor)).and(".")
        }
        several => here.several(several.iter().map(|h| here.actor(h.actor)).collect()).and(" have it."),
    };
    said.and(" ").then(waiters_told(here, resource))
}

fn waiters_told(here: &Here<'_>, resource: &Resource) -> Sentence {
    let names: Vec<_> = resource.waiters.iter().map(|w| here.actor(w.actor)).collect();
    match names.len() {
        0 => Sentence::plain("Nobody waits for it."),
        1 => here.several(names).and(" waits for it."),
        _ => here.several(names).and(" wait for it, in this order."),
    }
}

fn channel_head(info: &ResourceInfo, resource: &Resource) -> (&'static str, Look, Sentence) {
    let length = thousands(u64::from(resource.length));
    let headline = match info.capacity {
        Some(all) => format!("{length} of {}", counted(u64::from(all), "message", "messages")),
        None => format!("{}, without limit", counted(u64::from(resource.length), "message", "messages")),
    };
    let (state, look) = match (resource.length, info.capacity) {
        _ if resource.closed => ("Closed", Look::Finished),
        (0, _) => ("Empty", Look::Idle),
        (n, Some(all)) if n >= all => ("Full", Look::Waits),
        (_, _) => ("Open", Look::Runs),
    };
    (state, look, Sentence::plain(headline))
}

fn channel_told(here: &Here<'_>, resource: &Resource) -> Sentence {
    let side = |actors: &[Actor], verb: &str, verb_one: &str| {
        let names: Vec<_> = actors.iter().map(|a| here.actor(*a)).collect();
        match names.len() {
            0 => Sentence::plain(format!("Nobody is known to {verb}.")),
            1 => here.several(names).and(format!(" {verb_one}.")),
            _ => here.several(names).and(format!(" {verb}.")),
        }
    };
    let said = match here.is_of_actors() && resource.senders.is_empty() {
        true => Sentence::plain("Whoever has its address can send. "),
        false => side(&resource.senders, "send", "sends").and(" "),
    };
    let said = said.then(side(&resource.receivers, "receive", "receives"));
    if resource.closed { said.and(" One side is gone.") } else { said }
}

fn facts(here: &Here<'_>, info: &ResourceInfo, resource: &Resource) -> Vec<Fact> {
    let mut facts = Vec::new();
    for holder in resource.holders.iter().skip(1).take(TOLD) {
        let said = Sentence::from(here.actor(holder.actor)).and(" since ");
        facts.push(fact("Also held by", said.and(here.moment(holder.since, Some(holder.event)))));
    }
    for (i, waiter) in resource.waiters.iter().take(TOLD).enumerate() {
        let wants = match waiter.wants {
            WaitFor::Acquire(_) => "",
            WaitFor::Send => " to send",
            WaitFor::Receive => " to receive",
            WaitFor::Notify => " to be notified",
        };
        let said = Sentence::from(here.actor(waiter.actor)).and(format!("{wants} since "));
        facts.push(fact(
            if i == 0 { "In line" } else { "then" },
            said.and(here.moment(waiter.since, Some(waiter.event))),
        ));
    }
    if resource.waiters.len() > TOLD {
        facts.push(fact("and", Sentence::plain(format!("{} more", thousands((resource.waiters.len() - TOLD) as u64)))));
    }
    let kind = if here.is_of_actors() { actors_kind(info.kind) } else { kind(info.kind) };
    facts.push(fact("Kind", Sentence::plain(kind)));
    facts
}

fn kind(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Mutex => "a lock, handed to the first in line",
        ResourceKind::BlockingMutex => "a lock for threads: whoever comes first takes it",
        ResourceKind::RwLock => "many readers or one writer",
        ResourceKind::Semaphore => "so many permits",
        ResourceKind::Channel => "a channel",
        ResourceKind::Condvar => "a condition variable",
        ResourceKind::Notify => "a notifier",
        ResourceKind::Barrier => "a barrier",
    }
}

/// What it is among actors, who share nothing.
fn actors_kind(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Mutex | ResourceKind::BlockingMutex => "kept by an owner, who gives it to one after the other",
        ResourceKind::RwLock => "kept by an owner, who gives it to many readers or one writer",
        ResourceKind::Semaphore => "so many permits, given out by their owner",
        ResourceKind::Channel => "a mailbox",
        ResourceKind::Condvar => "a condition variable",
        ResourceKind::Notify => "an announcer: its message goes to who waits for one",
        ResourceKind::Barrier => "a meeting: when the last has come, each gets a message",
    }
}

/// What someone holds, if anything.
pub(super) fn held_fact(here: &Here<'_>, actor: Actor) -> Option<Fact> {
    let holds = |r: &Resource| r.holders.iter().any(|h| h.actor == actor);
    let held: Vec<_> = here.state.resources.iter().enumerate().filter(|(_, r)| holds(r)).collect();
    if held.is_empty() {
        return None;
    }
    Some(fact("Holds", here.several(held.iter().map(|(i, _)| here.resource(ResourceId::from_index(*i))).collect())))
}
