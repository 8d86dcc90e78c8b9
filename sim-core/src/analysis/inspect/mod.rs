//! A thing at a moment, in words: what it does, why it is not running, what it was doing before.
//!
//! Owns the wording of causes: the direct one, read off the state after an event. Every noun and every moment of a
//! sentence is a piece of its own, so that a window can make it a link and a terminal can print it. Knows no drawing.
//!
//! A file for each kind of thing; `here` is the recording and the place in it, `words` what things are called there,
//! `waits` says what a wait is for.

mod alone;
mod core;
mod counter;
mod device;
mod figures;
mod here;
mod histogram;
mod history;
mod poll;
mod resource;
mod sentence;
mod task;
mod task_facts;
mod thread;
mod waits;
mod words;
mod worker;

pub use here::Here;
pub use histogram::{Bucket, Histogram, histograms};
pub use history::Entry;
pub use sentence::{Piece, Sentence};

use super::track::TrackKind;
use crate::trace::ids::ResourceId;
use crate::trace::{Family, Snapshot, Tables};

/// Something that can be looked at.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Thing {
    /// What has a row: a task, thread, worker, core, device or counter.
    Track(TrackKind),
    /// A lock, channel or other shared thing: it has no row of its own.
    Resource(ResourceId),
}

/// What a state looks like: which hue and which pattern.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Look {
    /// It executes, on a core.
    Runs,
    /// It is inside a poll, off the core.
    RunsOffCore,
    /// It could run.
    Wants,
    /// It waits for something.
    Waits,
    /// It has nothing to do, or is not there yet.
    Idle,
    /// It has ended well.
    Finished,
    /// It was dropped before its end.
    Cancelled,
    /// It panicked, or nothing will ever wake it.
    Wrong,
}

/// One line of the table beside the answer.
#[derive(Clone, PartialEq, Debug)]
pub struct Fact {
    /// What is told: "Woken by".
    pub label: &'static str,
    /// What it is: "I/O at 20.1 ms".
    pub says: Sentence,
}

/// A thing at a moment, in words.
#[derive(Clone, PartialEq, Debug)]
pub struct Inspection {
    /// What is looked at.
    pub thing: Thing,
    /// Its name.
    pub name: String,
    /// What it is, with its number: "task 0".
    pub id: String,
    /// Its state in a word or two: "Ready".
    pub state: &'static str,
    /// What the state looks like.
    pub look: Look,
    /// The state with its figure: "Ready for 62.0 ms".
    pub headline: Sentence,
    /// What a person asks when they see it: "Why not running?".
    pub question: &'static str,
    /// The answer: the direct cause.
    pub answer: Sentence,
    /// What else is known, the nearest to the answer first.
    pub facts: Vec<Fact>,
    /// What it did up to here, oldest first.
    pub history: Vec<Entry>,
}

/// What can be said of `thing` where one stands; none: the recording does not know it.
pub fn inspect(here: &Here<'_>, thing: Thing) -> Option<Inspection> {
    let said = match thing {
        Thing::Track(TrackKind::Task(id)) => task::inspect(here, id),
        Thing::Track(TrackKind::Thread(id)) => thread::inspect(here, id),
        Thing::Track(TrackKind::Worker(id)) => worker::inspect(here, id),
        Thing::Track(TrackKind::Core(id)) => core::inspect(here, id),
        Thing::Track(TrackKind::Device(id)) => device::inspect(here, id),
        Thing::Track(TrackKind::Counter(kind)) => counter::inspect(here, kind),
        Thing::Resource(id) => resource::inspect(here, id),
    }?;
    Some(in_words_of(here.tables().run.family(), Inspection { history: history::aligned(here, said.history), ..said }))
}

/// The words are written of futures: of other tasks others hold.
fn in_words_of(family: Family, said: Inspection) -> Inspection {
    if family == Family::Async || family == Family::Threads {
        return said;
    }
    let facts = said.facts.into_iter().map(|fact| Fact {
        label: if fact.label == "Polls" { "Runs" } else { fact.label },
        says: fact.says.of_family(family),
    });
    let history = said.history.into_iter().map(|entry| Entry { says: entry.says.of_family(family), ..entry });
    Inspection {
        id: family.reword(&said.id),
        state: state_of_family(family, said.state),
        headline: said.headline.of_family(family),
        answer: said.answer.of_family(family),
        facts: facts.collect(),
        history: history.collect(),
        ..said
    }
}

fn state_of_family(family: Family, state: &'static str) -> &'static str {
    let keeps = family == Family::Pool || family == Family::Sequential;
    match state {
        "Polling" => "Running",
        "Polling, off core" if keeps => "Keeps its thread",
        "Polling, off core" => "Running, off core",
        other => other,
    }
}

/// What the state of a task or thread looks like, without any words; other things look idle.
pub fn look_of(tables: &Tables, state: &Snapshot, kind: TrackKind) -> Look {
    match kind {
        TrackKind::Task(id) => task::look(tables, state, id),
        TrackKind::Thread(id) => thread::look(state, id),
        TrackKind::Worker(_) | TrackKind::Core(_) | TrackKind::Device(_) | TrackKind::Counter(_) => Look::Idle,
    }
}

impl Inspection {
    /// All of it as text, a line each: for terminals and tests.
    pub fn text(&self) -> String {
        let mut lines = vec![
            format!("{} ({}): {}", self.name, self.id, self.state),
            self.headline.to_string(),
            format!("{} {}", self.question, self.answer),
        ];
        lines.extend(self.facts.iter().map(|f| format!("{}: {}", f.label, f.says)));
        lines.extend(self.history.iter().map(|e| format!("{} {}", e.time, e.says)));
        lines.join("\n")
    }

    /// What the table says under a label.
    pub fn fact(&self, label: &str) -> Option<String> {
        self.facts.iter().find(|f| f.label == label).map(|f| f.says.to_string())
    }
}

fn fact(label: &'static str, says: Sentence) -> Fact {
    Fact { label, says }
}
