//! Causal arrows: which event a poll, a dispatch or a receive is the effect of.
//!
//! Owns the pairing of causes and effects, and finding them by effect. Links stand in order of their effect, as the
//! trace does, so that they only ever grow at the end.

use std::collections::{BTreeMap, VecDeque};

use super::packed::PackedLink;
use super::track::{Link, LinkKind, TrackKind};
use crate::instant::{SimDuration, SimTime};
use crate::trace::event::{Event, WakeEffect};
use crate::trace::ids::*;
use crate::trace::snapshot::Snapshot;
use crate::trace::tables::Tables;

/// All links of a trace so far, and the causes that have had no effect yet.
#[derive(Clone, Debug, Default)]
pub struct Links {
    links: Vec<PackedLink>,
    slowest: Option<(SimDuration, u32)>,
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
    /// How many there are.
    pub fn len(&self) -> usize {
        self.links.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// A link by its number: they are numbered in order of their effects.
    pub fn get(&self, number: usize) -> Option<Link> {
        self.links.get(number).map(PackedLink::link)
    }

    /// All links, by the event of their effect.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Link> + ExactSizeIterator {
        self.links.iter().map(PackedLink::link)
    }

    /// The links that this event is the effect of.
    pub(super) fn to(&self, event: usize) -> impl Iterator<Item = Link> {
        let first = self.links.partition_point(|l| l.effect_event() < event);
        self.links[first..].iter().map(PackedLink::link).take_while(move |l| l.to_event == event)
    }

    /// Where a link's effect is in time.
    pub(super) fn effect(&self, number: u32) -> SimTime {
        self.links[number as usize].effect_time()
    }

    /// The wake or unblock that took longest, if any took time, to lead to a poll or dispatch.
    pub(super) fn slowest(&self) -> Option<Link> {
        self.slowest.and_then(|(_, number)| self.get(number as usize))
    }

    /// Pairs the event with its cause, or keeps it as one.
    /// Answers the new link's number, and whom it leads to.
    pub(super) fn note(
        &mut self,
        tables: &Tables,
        state: &Snapshot,
        event: usize,
        time: SimTime,
        what: Event,
    ) -> Option<(u32, TrackKind)> {
        let cause = |kind, by| Cause { kind, from: track_of(by, state), event, time };
        match what {
            Event::TaskSpawned { task, by } => {
                keep(&mut self.tasks, tables.tasks.len(), task.index(), cause(LinkKind::SpawnToFirst, by));
                None
            }
            Event::Woken { task, by, effect } => match effect {
                WakeEffect::Queued | WakeEffect::OwnPoll | WakeEffect::DuringPoll => {
                    keep(&mut self.tasks, tables.tasks.len(), task.index(), cause(LinkKind::WakeToPoll, by));
                    None
                }
                WakeEffect::Redundant | WakeEffect::Stale => None,
            },
            Event::PollStarted { task, .. } => {
                let cause = self.tasks.get_mut(task.index()).and_then(Option::take);
                self.link(cause, TrackKind::Task(task), event, time)
            }
            Event::ThreadCreated { thread, by } => {
                keep(&mut self.threads, tables.threads.len(), thread.index(), cause(LinkKind::SpawnToFirst, by));
                None
            }
            Event::ThreadUnblocked { thread, by } => {
                keep(&mut self.threads, tables.threads.len(), thread.index(), cause(LinkKind::UnblockToDispatch, by));
                None
            }
            Event::Dispatched { thread, .. } => {
                let cause = self.threads.get_mut(thread.index()).and_then(Option::take);
                let to = track_of(Actor::Thread(thread), state).unwrap_or(TrackKind::Thread(thread));
                self.link(cause, to, event, time)
            }
            Event::Sent { resource, by } => {
                self.sends.entry(resource).or_default().push_back(cause(LinkKind::SendToReceive, by));
                None
            }
            Event::Received { resource, by } => {
                let cause = self.sends.get_mut(&resource).and_then(VecDeque::pop_front);
                self.link(cause, track_of(by, state)?, event, time)
            }
            // The rest is neither cause nor effect of an arrow.
            _ => None,
        }
    }

    fn link(
        &mut self,
        cause: Option<Cause>,
        to: TrackKind,
        to_event: usize,
        to_time: SimTime,
    ) -> Option<(u32, TrackKind)> {
        let Cause { kind, from, event, time } = cause?;
        let number = u32::try_from(self.links.len()).expect("a trace that is drawn has fewer than 2^32 links");
        let link = Link { kind, from, to, from_event: event, to_event, from_time: time, to_time };
        self.links.push(PackedLink::new(link));
        let latency = to_time - time;
        let longest = self.slowest.map_or(SimDuration::ZERO, |(longest, _)| longest);
        if is_wait_of_workload(&link) && latency > longest {
            self.slowest = Some((latency, number));
        }
        Some((number, to))
    }

    pub(super) fn shrink(&mut self) {
        self.links.shrink_to_fit();
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.links.capacity() * size_of::<PackedLink>()
    }
}

impl PartialEq for Links {
    fn eq(&self, other: &Links) -> bool {
        self.links == other.links
    }
}

fn is_wait_of_workload(link: &Link) -> bool {
    match (link.kind, link.to) {
        (LinkKind::WakeToPoll, _) => true,
        (LinkKind::UnblockToDispatch, to) => matches!(to, TrackKind::Thread(_)),
        (LinkKind::SendToReceive | LinkKind::SpawnToFirst, _) => false,
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
fn track_of(actor: Actor, state: &Snapshot) -> Option<TrackKind> {
    match actor {
        Actor::Task(id) => Some(TrackKind::Task(id)),
        Actor::Thread(id) => Some(state.worker_on(id).map_or(TrackKind::Thread(id), TrackKind::Worker)),
        Actor::Worker(id) => Some(TrackKind::Worker(id)),
        Actor::Device(id) => Some(TrackKind::Device(id)),
        Actor::Run | Actor::Timer(_) | Actor::Foreign => None,
    }
}
