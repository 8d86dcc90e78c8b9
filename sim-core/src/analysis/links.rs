//! Causal arrows: which event a poll, a dispatch or a receive is the effect of.
//!
//! Owns the pairing of causes and effects, and the two ways to look them up. Links stand in order of their effect, as
//! the trace does, so that they only ever grow at the end.

use std::collections::{BTreeMap, VecDeque};

use super::track::{Link, LinkKind, TrackKind};
use crate::instant::SimTime;
use crate::trace::event::{Event, WakeEffect};
use crate::trace::ids::*;
use crate::trace::tables::{Tables, ThreadKind};

/// All links of a trace so far, and the causes that have had no effect yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Links {
    links: Vec<Link>,
    by_cause: Vec<u32>,
    tasks: Vec<Option<Cause>>,
    threads: Vec<Option<Cause>>,
    sends: BTreeMap<ResourceId, VecDeque<Cause>>,
}

#[derive(Clone, Copy, Debug)]
struct Cause {
    kind: LinkKind,
    from: Option<TrackKind>,
    event: usize,
    time: SimTime,
}

impl Links {
    /// All links, by the event of their effect.
    pub(super) fn all(&self) -> &[Link] {
        &self.links
    }

    /// The links that this event causes.
    pub(super) fn from(&self, event: usize) -> impl Iterator<Item = &Link> {
        let first = self.by_cause.partition_point(|l| self.links[*l as usize].from_event < event);
        let rest = self.by_cause[first..].iter().map(|l| &self.links[*l as usize]);
        rest.take_while(move |l| l.from_event == event)
    }

    /// The links that this event is the effect of.
    pub(super) fn to(&self, event: usize) -> &[Link] {
        let first = self.links.partition_point(|l| l.to_event < event);
        let last = self.links.partition_point(|l| l.to_event <= event);
        &self.links[first..last]
    }

    /// Pairs the event with its cause, or keeps it as one.
    pub(super) fn note(&mut self, tables: &Tables, event: usize, time: SimTime, what: Event) {
        let cause = |kind, by| Cause { kind, from: track_of(by, tables), event, time };
        match what {
            Event::TaskSpawned { task, by } => {
                keep(&mut self.tasks, tables.tasks.len(), task.index(), cause(LinkKind::SpawnToFirst, by))
            }
            Event::Woken { task, by, effect } => match effect {
                WakeEffect::Queued | WakeEffect::OwnPoll | WakeEffect::DuringPoll => {
                    keep(&mut self.tasks, tables.tasks.len(), task.index(), cause(LinkKind::WakeToPoll, by));
                }
                WakeEffect::Redundant | WakeEffect::Stale => {}
            },
            Event::PollStarted { task, .. } => {
                let cause = self.tasks.get_mut(task.index()).and_then(Option::take);
                self.link(cause, TrackKind::Task(task), event, time);
            }
            Event::ThreadCreated { thread, by } => {
                keep(&mut self.threads, tables.threads.len(), thread.index(), cause(LinkKind::SpawnToFirst, by));
            }
            Event::ThreadUnblocked { thread, by } => {
                keep(&mut self.threads, tables.threads.len(), thread.index(), cause(LinkKind::UnblockToDispatch, by));
            }
            Event::Dispatched { thread, .. } => {
                let cause = self.threads.get_mut(thread.index()).and_then(Option::take);
                let to = track_of(Actor::Thread(thread), tables).unwrap_or(TrackKind::Thread(thread));
                self.link(cause, to, event, time);
            }
            Event::Sent { resource, by } => {
                self.sends.entry(resource).or_default().push_back(cause(LinkKind::SendToReceive, by));
            }
            Event::Received { resource, by } => {
                let cause = self.sends.get_mut(&resource).and_then(VecDeque::pop_front);
                if let Some(to) = track_of(by, tables) {
                    self.link(cause, to, event, time);
                }
            }
            // The rest is neither cause nor effect of an arrow.
            _ => {}
        }
    }

    fn link(&mut self, cause: Option<Cause>, to: TrackKind, to_event: usize, to_time: SimTime) {
        let Some(Cause { kind, from, event, time }) = cause else { return };
        self.links.push(Link { kind, from, to, from_event: event, to_event, from_time: time, to_time });
    }

    /// Sorts what came since the last time by cause.
    pub(super) fn settle(&mut self) {
        let known = self.by_cause.len();
        self.by_cause.extend((known..self.links.len()).map(|l| l as u32));
        let links = &self.links;
        self.by_cause.sort_by_key(|l| links[*l as usize].from_event);
    }
}

// The first cause counts: later ones found it able to run already.
fn keep(causes: &mut Vec<Option<Cause>>, known: usize, index: usize, cause: Cause) {
    if index >= causes.len() {
        // An id that the tables do not know is from a damaged file.
        if index >= known {
            return;
        }
        causes.resize(index + 1, None);
    }
    causes[index].get_or_insert(cause);
}

/// The row of whoever did something; a worker's thread is shown as its worker.
fn track_of(actor: Actor, tables: &Tables) -> Option<TrackKind> {
    match actor {
        Actor::Task(id) => Some(TrackKind::Task(id)),
        Actor::Thread(id) => match tables.threads.get(id.index()).map(|t| t.kind) {
            Some(ThreadKind::Worker(worker)) => Some(TrackKind::Worker(worker)),
            Some(ThreadKind::Plain | ThreadKind::Blocking | ThreadKind::Helper) | None => Some(TrackKind::Thread(id)),
        },
        Actor::Worker(id) => Some(TrackKind::Worker(id)),
        Actor::Device(id) => Some(TrackKind::Device(id)),
        Actor::Run | Actor::Timer(_) | Actor::Foreign => None,
    }
}
