//! What is open: a scenario or a trace file, with its lesson; and what went wrong when it could not be opened.
//!
//! Owns the shapes that the window shows. Where they come from is [`super::jobs`]'s business.

use std::path::PathBuf;
use std::sync::Arc;

use sim_core::Costs;
use sim_core::scenario::Scenario;

use super::knobs::{Dial, Wanted};

/// A scenario of the library, as its card shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The name in commands: "blocked-executor".
    pub id: String,
    /// The place in the curriculum.
    pub number: u32,
    /// The chapter's letter: "F".
    pub part: String,
    /// The chapter's name: "Fairness".
    pub part_title: String,
    /// The name people read.
    pub title: String,
    /// What is to be learned, in one line.
    pub idea: String,
    /// How many steps its lesson has.
    pub steps: usize,
}

/// Where a document came from.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize, serde::Deserialize)]
pub enum Origin {
    /// The library.
    Library(String),
    /// A file.
    File(PathBuf),
}

impl Default for Origin {
    fn default() -> Origin {
        Origin::Library(String::new())
    }
}

/// What kind of thing is open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum DocumentKind {
    /// A scenario: it is run.
    #[default]
    Scenario,
    /// A recorded run: it is read.
    Recording,
}

/// What is open.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Document {
    /// Where it came from.
    pub origin: Origin,
    /// What kind of thing it is.
    pub kind: DocumentKind,
    /// Its title.
    pub title: String,
    /// What stands beside the title: "26 · Fairness", "recorded trace".
    pub subtitle: String,
    /// What is to be learned, in one line; may be empty.
    pub idea: String,
    /// The lesson, step by step; empty for a trace without one.
    pub steps: Vec<Step>,
    /// What is changed about the scenario, by the variant's id.
    pub variant: Option<String>,
    /// What else is set: "PATH=VALUE", in order.
    pub sets: Vec<String>,
    /// The scenario as its file has it; none for a recording.
    pub written: Option<Arc<Scenario>>,
    /// The scenario with variant and values set: what the runs are of. None for a recording.
    pub shown: Option<Arc<Scenario>>,
    /// What the runs are charged: the scenario's own costs, or those chosen in the settings.
    pub costs: Costs,
    /// Why it is not what was chosen there; empty if it is.
    pub costs_problem: String,
    /// The scenario's knobs, as they stand.
    pub dials: Vec<Dial>,
}

impl Document {
    /// What was asked for to get this.
    pub fn wanted(&self) -> Wanted {
        Wanted { origin: self.origin.clone(), variant: self.variant.clone(), sets: self.sets.clone() }
    }
}

/// A step of the lesson.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// The run whose moment it speaks of, from 0.
    pub run: usize,
    /// What it says, and where its moment is.
    pub says: sim_core::scenario::Step,
}

/// What is known of a run before it starts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunTitle {
    /// Its name, for people: "async, 1 worker".
    pub title: String,
    /// Whether it is of threads.
    pub threads: bool,
}

/// Why something could not be opened.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Problem {
    /// What is wrong, in a sentence.
    pub message: String,
    /// The file; empty if there is none.
    pub file: String,
    /// Line and column, from 1, where it is known.
    pub place: Option<(usize, usize)>,
    /// The line of the file that is meant, and how many letters of it from the column on.
    pub excerpt: Option<(String, usize)>,
    /// What is said right at the place.
    pub label: String,
    /// What to do.
    pub help: String,
}

impl Problem {
    /// A problem with a file as a whole.
    pub fn of_file(file: impl Into<String>, message: impl Into<String>, help: impl Into<String>) -> Problem {
        Problem {
            message: message.into(),
            file: file.into(),
            place: None,
            excerpt: None,
            label: String::new(),
            help: help.into(),
        }
    }

    /// "file:line:column", as far as it is known.
    pub fn location(&self) -> String {
        match self.place {
            Some((line, column)) => format!("{}:{line}:{column}", self.file),
            None => self.file.clone(),
        }
    }
}
