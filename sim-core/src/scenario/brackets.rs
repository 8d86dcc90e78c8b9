//! Brackets, quotes and comments of a text that is not RON: which of them is not closed, or closes nothing.
//!
//! Owns finding the one place to mend. A parser notices a forgotten bracket only where it can go on no more, which is
//! often the end of the file; a person wants to know where it was opened.

use std::ops::Range;

use super::outline::MAX_DEPTH;

/// What is wrong with the brackets of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Broken {
    /// This bracket is open to the end of the file.
    NeverClosed(Range<usize>),
    /// This bracket closes one of another kind, which was opened there.
    Crossed {
        /// The bracket that closes.
        close: Range<usize>,
        /// What should close here.
        expected: char,
        /// Where that was opened.
        open: usize,
    },
    /// This bracket closes nothing.
    ClosesNothing(Range<usize>),
    /// The text in quotes, or the comment, that begins here has no end.
    NeverEnds(Range<usize>, &'static str),
    /// This bracket is nested deeper than is read.
    TooDeep(Range<usize>),
}

impl Broken {
    /// The first thing that is wrong; none if all brackets match.
    pub fn find(text: &str) -> Option<Broken> {
        let mut open: Vec<(usize, char)> = Vec::new();
        // After a forgotten quote, what was outside is inside: the first text that goes over a line is the one.
        let mut over_lines: Option<usize> = None;
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            let here = at..at + c.len_utf8();
            match c {
                '(' | '[' | '{' if open.len() >= MAX_DEPTH => return Some(Broken::TooDeep(here)),
                '(' | '[' | '{' => open.push((at, closing(c))),
                ')' | ']' | '}' => match open.pop() {
                    None => return Some(Broken::ClosesNothing(here)),
                    Some((_, expected)) if expected == c => {}
                    Some((open, expected)) => return Some(Broken::Crossed { close: here, expected, open }),
                },
                _ => {}
            }
            at = match skipped(&text[at..], text[..at].chars().next_back()) {
                None => here.end,
                Some(Ok(length)) => {
                    if c == '"' && text[at..at + length].contains('\n') {
                        over_lines.get_or_insert(at);
                    }
                    at + length
                }
                Some(Err("text")) => {
                    let at = over_lines.unwrap_or(at);
                    return Some(Broken::NeverEnds(at..at + 1, "text"));
                }
                Some(Err(what)) => return Some(Broken::NeverEnds(here, what)),
            };
        }
        open.pop().map(|(at, _)| Broken::NeverClosed(at..at + 1))
    }
}

const fn closing(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

/// How long the quoted text or comment is that begins here, if one does; or what it is that has no end.
fn skipped(rest: &str, before: Option<char>) -> Option<Result<usize, &'static str>> {
    if rest.starts_with("//") {
        return Some(Ok(rest.find('\n').unwrap_or(rest.len())));
    }
    if rest.starts_with("/*") {
        return Some(comment(rest).ok_or("comment"));
    }
    let in_a_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if rest.starts_with('r') && !in_a_word {
        let hashes = rest[1..].len() - rest[1..].trim_start_matches('#').len();
        if rest[1 + hashes..].starts_with('"') {
            let from = hashes + 2;
            let end = format!("\"{}", "#".repeat(hashes));
            return Some(rest[from..].find(&end).map(|at| from + at + end.len()).ok_or("text"));
        }
    }
    rest.starts_with('"').then(|| quoted(rest).ok_or("text"))
}

fn quoted(rest: &str) -> Option<usize> {
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some(at + 1),
            '\\' => drop(chars.next()),
            _ => {}
        }
    }
    None
}

fn comment(rest: &str) -> Option<usize> {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        let step = match &rest.as_bytes()[at..] {
            [b'/', b'*', ..] => (1, 2),
            [b'*', b'/', ..] => (-1, 2),
            _ => (0, 1),
        };
        depth += step.0;
        at += step.1;
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_that_match_are_not_broken() {
        for text in
            ["", "(a: [1, {\"b\": ()}])", "(a: \"(\", b: r#\"[\"{\"#) // (\n/* [ /* { */ */", r#"("\"(")"#, "(for: 1)"]
        {
            assert_eq!(Broken::find(text), None, "{text}");
        }
    }

    #[test]
    fn the_bracket_to_mend_is_found() {
        assert_eq!(Broken::find("(a: [1, 2)"), Some(Broken::Crossed { close: 9..10, expected: ']', open: 4 }));
        assert_eq!(Broken::find("(a: [1], b: (2)"), Some(Broken::NeverClosed(0..1)));
        assert_eq!(Broken::find("(a: 1))"), Some(Broken::ClosesNothing(6..7)));
        assert_eq!(Broken::find("(a: \"x)"), Some(Broken::NeverEnds(4..5, "text")));
        assert_eq!(Broken::find("(a: /* x)"), Some(Broken::NeverEnds(4..5, "comment")));
        assert_eq!(Broken::find(&"[".repeat(1_000_000)), Some(Broken::TooDeep(128..129)));
    }
}
