//! What is open: a scenario or a trace file, with its lesson; and what went wrong when it could not be opened.
//!
//! Owns the shapes that the window shows. Where they come from is [`super::jobs`]'s business.

use std::path::PathBuf;

use sim_core::instant::SimTime;

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
}

/// Where a document came from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// The library.
    Library(String),
    /// A file.
    File(PathBuf),
}

/// What is open.
#[derive(Clone, PartialEq, Debug)]
pub struct Document {
    /// Where it came from.
    pub origin: Origin,
    /// Its title.
    pub title: String,
    /// What stands beside the title: "26 · Fairness", "recorded trace".
    pub subtitle: String,
    /// What is to be learned, in one line; may be empty.
    pub idea: String,
    /// The lesson, step by step; empty for a trace without one.
    pub steps: Vec<Step>,
}

/// A step of the lesson.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// Its headline.
    pub title: String,
    /// What it says, with markup: `{name}`, `` `code` ``.
    pub text: String,
    /// The run whose moment it speaks of, from 0.
    pub run: usize,
    /// The task or thread to be selected, by name; empty for none.
    pub select: String,
    /// Finds the moment in the run's trace.
    pub at: Moment,
}

/// How a moment is found.
#[derive(Clone, Copy)]
pub enum Moment {
    /// Where the cursor is.
    Here,
    /// A fixed time.
    At(SimTime),
}

impl PartialEq for Moment {
    fn eq(&self, other: &Moment) -> bool {
        match (self, other) {
            (Moment::Here, Moment::Here) => true,
            (Moment::At(a), Moment::At(b)) => a == b,
            _ => false,
        }
    }
}

impl std::fmt::Debug for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Moment::Here => f.write_str("Here"),
            Moment::At(t) => write!(f, "At({t})"),
        }
    }
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
#[derive(Clone, PartialEq, Eq, Debug)]
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

/// A piece of a text with markup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'t> {
    /// Words.
    Plain(&'t str),
    /// The name of a task, resource, device or run.
    Name(&'t str),
    /// A time, an id or code.
    Code(&'t str),
}

/// Takes a text apart. A brace or backtick that is not closed stands for itself.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find(['{', '`']) {
        let close = if rest.as_bytes()[open] == b'{' { '}' } else { '`' };
        let Some(length) = rest[open + 1..].find(close) else { break };
        if open > 0 {
            pieces.push(Piece::Plain(&rest[..open]));
        }
        let inside = &rest[open + 1..open + 1 + length];
        pieces.push(if close == '}' { Piece::Name(inside) } else { Piece::Code(inside) });
        rest = &rest[open + length + 2..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Plain(rest));
    }
    pieces
}
