//! A sentence whose nouns and moments are pieces of their own.

use std::fmt;

use super::Thing;
use crate::clock::write_length;
use crate::instant::{SimDuration, SimTime};
use crate::trace::Family;

/// A part of a sentence.
#[derive(Clone, PartialEq, Debug)]
pub enum Piece {
    /// Plain words.
    Text(String),
    /// Something to look at, under this name.
    Thing(Thing, String),
    /// A moment: its time, as people read it, and the event that stands for it if one does.
    Moment {
        /// When.
        time: SimTime,
        /// The event to go to; none: only the time.
        event: Option<usize>,
        /// The time as people read it: "15.0 ms".
        text: String,
    },
    /// A length of time.
    Length(SimDuration),
    /// Words of a program: "io(10 ms)".
    Code(String),
}

impl Piece {
    /// The piece in words.
    pub fn text(&self) -> String {
        match self {
            Piece::Text(text) | Piece::Thing(_, text) | Piece::Code(text) => text.clone(),
            Piece::Moment { text, .. } => text.clone(),
            Piece::Length(length) => write_length(*length),
        }
    }
}

impl From<&str> for Piece {
    fn from(text: &str) -> Piece {
        Piece::Text(text.to_owned())
    }
}

impl From<String> for Piece {
    fn from(text: String) -> Piece {
        Piece::Text(text)
    }
}

impl From<SimDuration> for Piece {
    fn from(length: SimDuration) -> Piece {
        Piece::Length(length)
    }
}

/// Pieces that are read one after the other.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Sentence {
    /// The pieces, with the spaces between them.
    pub pieces: Vec<Piece>,
}

impl Sentence {
    /// A sentence of these pieces.
    pub fn of(pieces: impl IntoIterator<Item = Piece>) -> Sentence {
        Sentence { pieces: pieces.into_iter().collect() }
    }

    /// A sentence of words alone.
    pub fn plain(text: impl Into<String>) -> Sentence {
        Sentence { pieces: vec![Piece::Text(text.into())] }
    }

    /// The sentence, and then this piece.
    pub fn and(mut self, piece: impl Into<Piece>) -> Sentence {
        self.pieces.push(piece.into());
        self
    }

    /// The sentence, and then another.
    pub fn then(mut self, other: Sentence) -> Sentence {
        self.pieces.extend(other.pieces);
        self
    }

    /// The same, its plain words said as this family's tasks ask.
    pub(super) fn of_family(mut self, family: Family) -> Sentence {
        for piece in &mut self.pieces {
            if let Piece::Text(text) = piece {
                // "worker 1 in hb's": in its poll.
                *text = if text == "'s" { String::new() } else { family.reword(text) };
            }
        }
        self
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// "a", "a and b", "a, b and c".
    pub fn list(items: Vec<Sentence>) -> Sentence {
        let last = items.len().saturating_sub(1);
        items.into_iter().enumerate().fold(Sentence::default(), |said, (i, item)| match i {
            0 => said.then(item),
            _ if i == last => said.and(" and ").then(item),
            _ => said.and(", ").then(item),
        })
    }
}

impl From<&str> for Sentence {
    fn from(text: &str) -> Sentence {
        Sentence::plain(text)
    }
}

impl From<Piece> for Sentence {
    fn from(piece: Piece) -> Sentence {
        Sentence { pieces: vec![piece] }
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|piece| f.write_str(&piece.text()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_reads_as_people_write_it() {
        let list =
            |n: usize| Sentence::list(["a", "b", "c"][..n].iter().map(|t| Sentence::plain(*t)).collect()).to_string();
        assert_eq!([list(0), list(1), list(2), list(3)], ["", "a", "a and b", "a, b and c"]);
    }
}
