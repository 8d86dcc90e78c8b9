//! The lesson as told: steps, questions, and the moments they speak of.
//!
//! Owns the types and the little markup of texts. An anchor names a moment by what it means, never by the number of
//! an event: it is true in every model and under every cost.
//!
//! Markup: `{hog}` is a name of a task, resource, device or run, `{worker 1}` of a runtime's thread; `` `20.1 ms` `` is a time, an id or code.

use serde::Deserialize;

use super::expect::Amount;
use super::measure::{Measure, Unit};
use crate::instant::SimDuration;
use crate::program::Named;
use crate::program::durations::duration;

/// One step of the lesson.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its headline.
    pub title: String,
    /// What it says.
    pub text: String,
    /// The moment it speaks of; where the cursor is, if left out.
    #[serde(default)]
    pub at: Option<Anchor>,
    /// The task to be selected.
    #[serde(default)]
    pub select: Option<String>,
    /// The stretch of time to be looked at; one that shows the moment, if left out.
    #[serde(default)]
    pub view: Option<Stretch>,
    /// The variant to be shown; the lesson as written, if left out.
    #[serde(default)]
    pub variant: Option<String>,
    /// A prediction to make before going on.
    #[serde(default)]
    pub question: Option<Question>,
}

/// A stretch of virtual time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stretch {
    /// Its start.
    #[serde(deserialize_with = "duration")]
    pub from: SimDuration,
    /// Its end.
    #[serde(deserialize_with = "duration")]
    pub to: SimDuration,
}

/// A prediction to make. What the runs say decides which answer is right: a figure or a moment of theirs.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// What is asked.
    pub ask: String,
    /// The figure that answers it. Either this or `moment` is given.
    #[serde(default)]
    pub figure: Option<Figure>,
    /// The moment whose time answers it.
    #[serde(default)]
    pub moment: Option<Anchor>,
    /// The answers to choose from; the one that the runs bear out is right.
    pub choices: Vec<Choice>,
    /// Why it is right in the lesson as written.
    pub because: String,
}

impl Question {
    /// The unit of what is asked for.
    pub fn unit(&self) -> Unit {
        let measure = self.figure.as_ref().and_then(|f| Measure::parse(&f.metric).ok());
        measure.map_or(Unit::Time, |measure| measure.unit())
    }
}

/// A figure of one run or of all.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// The run; every run, if left out.
    #[serde(default)]
    pub run: Option<String>,
    /// The variant to be run for it; what is shown, if left out.
    #[serde(default)]
    pub variant: Option<String>,
    /// The figure, as an expectation names it: "lateness(hb, 10.1ms)".
    pub metric: String,
}

/// An answer to choose.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Its words.
    pub says: String,
    /// What the runs must say for it to be right.
    pub when: When,
}

impl Choice {
    /// The answer's words.
    pub fn text(&self) -> &str {
        &self.says
    }
}

/// What must be true of the figure or moment that answers a question.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// It is this, as near as its unit allows.
    Is(Amount),
    /// It is this or more.
    AtLeast(Amount),
    /// It is this or less.
    AtMost(Amount),
    /// It is more than the first and less than the second.
    Between(Amount, Amount),
    /// There is none: the moment does not come, or what is measured does not end.
    Never,
    /// It is less in this run than in every other.
    Least(String),
    /// It is the same in all runs.
    Same,
    /// It is this in one run and that in another: `each({"async": "12ms", "threads": "72ms"})`.
    Each(Named<Amount>),
}

/// A moment of a run, by what happens there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// In which run; the first, if left out.
    #[serde(default)]
    pub run: Option<String>,
    /// The task that does it ("hb"; "conn.17" of many).
    pub task: String,
    /// The op that begins or ends there, by its name: "Block". The whole task, if neither this nor `mark` is given.
    #[serde(default)]
    pub op: Option<String>,
    /// The marker that stands there.
    #[serde(default)]
    pub mark: Option<String>,
    /// Whether the op begins or ends there.
    #[serde(default)]
    pub edge: Edge,
    /// The how manieth time, from 1.
    #[serde(default = "first")]
    pub nth: u32,
    /// So long after that moment.
    #[serde(default, deserialize_with = "duration")]
    pub after: SimDuration,
}

fn first() -> u32 {
    1
}

/// Which moment of something: its beginning, its end, or what lies between.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edge {
    /// Its beginning.
    #[default]
    Start,
    /// Its end.
    End,
    /// Where it has to wait: a lock is taken, a channel full or empty. Of a whole task, where it first waits.
    Wait,
    /// Where what it waits for is there: the task is woken, or the thread unblocked. It need not run yet.
    Wake,
}

/// A piece of a text with markup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'t> {
    /// Words.
    Plain(&'t str),
    /// The name of a task, resource, device or run, or of a runtime's thread.
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

/// The text without its markup, for a terminal or a screen reader.
pub fn plain(text: &str) -> String {
    pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Plain(words) | Piece::Name(words) | Piece::Code(words) => words,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_taken_apart_at_its_markup() {
        let text = "At `20.1 ms` the I/O wakes {hb}.";
        let expected = [
            Piece::Plain("At "),
            Piece::Code("20.1 ms"),
            Piece::Plain(" the I/O wakes "),
            Piece::Name("hb"),
            Piece::Plain("."),
        ];
        assert_eq!(pieces(text), expected);
        assert_eq!(plain(text), "At 20.1 ms the I/O wakes hb.");
    }

    #[test]
    fn an_open_brace_stands_for_itself() {
        assert_eq!(pieces("a { b"), [Piece::Plain("a { b")]);
        assert_eq!(pieces(""), []);
    }
}
