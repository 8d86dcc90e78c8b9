//! What `ron` says about its own parser, in words about the file.
//!
//! Owns the sentences. Where brackets do not match, the parser's complaint is about a consequence: the bracket is told.

use std::ops::Range;

use ron::error::Error as RonError;

use super::brackets::Broken;
use super::error::{Located, Source, advice, nearest};
use super::missing;
use super::outline::MAX_DEPTH;
use crate::program::Op;

/// What is wrong at these bytes of the file; below `path`, if that is known.
pub(super) fn located(source: &Source, code: &RonError, span: Range<usize>, path: &str) -> Vec<Located> {
    let broken = Broken::find(source.inner()).map(|broken| bracket(source, &broken));
    let of_meaning = match code {
        RonError::NoSuchEnumVariant { .. }
        | RonError::NoSuchStructField { .. }
        | RonError::MissingStructField { .. }
        | RonError::DuplicateStructField { .. }
        | RonError::InvalidValueForType { .. }
        | RonError::Message(_) => true,
        // The rest is about shape.
        _ => false,
    };
    let told = value(source, code, span, path);
    match broken {
        // A wrong word before the place is wrong as well.
        Some(broken) if of_meaning && (told.line, told.column) < (broken.line, broken.column) => vec![told, broken],
        Some(broken) => vec![broken],
        None => vec![told],
    }
}

fn bracket(source: &Source, broken: &Broken) -> Located {
    let text = source.inner();
    let error = |span: &Range<usize>, message: String| Located::at(source, span.clone(), message);
    let line_of = |at: usize| 1 + text[..at].matches('\n').count();
    match broken {
        Broken::NeverClosed(at) => error(at, format!("this `{}` is never closed", &text[at.clone()]))
            .label("opened here")
            .help("close it where what it holds ends"),
        Broken::Crossed { close, expected, open } => {
            let (opened, line) = (&text[*open..*open + 1], line_of(*open));
            error(close, format!("`{}` cannot close the `{opened}` of line {line}", &text[close.clone()]))
                .label(format!("expected `{expected}`"))
                .help(format!("close the `{opened}` first, or take this bracket away"))
        }
        Broken::ClosesNothing(at) => {
            error(at, format!("this `{}` closes nothing", &text[at.clone()])).help("take it away")
        }
        Broken::NeverEnds(at, what) => error(at, format!("this {what} never ends"))
            .label("begins here")
            .help(if *what == "text" { "end it with a quote: \"…\"" } else { "end it with */" }),
        Broken::TooDeep(at) => error(at, too_deep()).label("one level too many"),
    }
}

fn too_deep() -> String {
    format!("nested too deeply: at most {MAX_DEPTH} levels are read")
}

fn value(source: &Source, code: &RonError, span: Range<usize>, path: &str) -> Located {
    let place = tidy(source.inner(), span);
    let error = |message: String| Located::at(source, place.clone(), message);
    // What the parser wanted, and what stands there instead.
    let expected = |what: &str| {
        let found = token(source.inner(), place.start);
        error(format!("expected {what}, found {found}")).label(format!("expected {what}"))
    };
    let located = match code {
        RonError::NoSuchEnumVariant { expected, found, outer } => {
            let what = thing(outer.as_deref().unwrap_or(""));
            error(format!("`{found}` is no {what}")).label(format!("expected a {what}")).help(match outer.as_deref() {
                Some("Op") => step_advice(found),
                _ => advice(found, expected.iter().copied(), what),
            })
        }
        RonError::NoSuchStructField { expected, found, outer } => {
            let what = thing(outer.as_deref().unwrap_or(""));
            error(format!("a {what} has no field `{found}`")).label("not a field here").help(advice(
                found,
                expected.iter().copied(),
                "field",
            ))
        }
        RonError::MissingStructField { field, outer } => {
            let outer = outer.as_deref().unwrap_or("");
            let all = missing::fields(source.inner(), place.start, outer, field);
            let form: Vec<String> = all.iter().map(|field| format!("{field}: …")).collect();
            error(format!("the {} lacks the {}", thing(outer), missing::named(&all)))
                .label(format!("expected `{}` before this", form.join(", ")))
        }
        RonError::DuplicateStructField { field, .. } => {
            error(format!("the field `{field}` is there twice")).label("the second time")
        }
        RonError::ExceededRecursionLimit => error(too_deep()).label("one level too many"),
        RonError::InvalidValueForType { expected, found } => {
            error(format!("expected {expected}, found {found}")).label(format!("expected {expected}"))
        }
        RonError::Eof => error("the file ends too early: a bracket or a quote is not closed".to_owned()),
        RonError::Message(message) => error(message.clone()),
        RonError::ExpectedComma => expected("a comma or the closing bracket"),
        RonError::ExpectedArray => expected("a list: `[…]`"),
        RonError::ExpectedArrayEnd => expected("a comma or `]`"),
        RonError::ExpectedMap => expected("names with what they stand for: `{\"name\": …}`"),
        RonError::ExpectedMapColon => expected("a colon, and the value after it"),
        RonError::ExpectedMapEnd => expected("a comma or `}`"),
        RonError::ExpectedStructLike | RonError::ExpectedNamedStructLike(_) => expected("`(`"),
        RonError::ExpectedStructLikeEnd => expected("a comma or `)`"),
        RonError::ExpectedString => expected("a text in \"quotes\""),
        RonError::ExpectedInteger => expected("a whole number"),
        RonError::ExpectedFloat => expected("a number"),
        RonError::ExpectedIdentifier => expected("a name"),
        RonError::ExpectedBoolean => expected("`true` or `false`"),
        RonError::IntegerOutOfBounds => error("this number is too large, or below 0".to_owned()),
        RonError::InvalidEscape(_) => {
            error("after a `\\` in a text, this is not known".to_owned()).help("write `\\\\` for the sign itself")
        }
        RonError::TrailingCharacters => {
            error(format!("the last bracket is closed, but {} follows", token(source.inner(), place.start)))
                .label("expected the end of the file")
        }
        other => error(lowercase_first(&other.to_string())),
    };
    let has_help = located.help.is_some();
    if path.is_empty() || path == "." || path.contains('?') || has_help {
        located
    } else {
        located.help(format!("in `{path}`"))
    }
}

/// The step that was meant, or where all of them are listed: there are too many for a line.
fn step_advice(wrong: &str) -> String {
    let names = || Op::KINDS.iter().map(|kind| kind.name);
    match nearest(wrong, names()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!(
            "there are {}, and so on: `wakeline steps` lists all {}",
            names().take(8).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
            Op::KINDS.len()
        ),
    }
}

/// What people call our types.
fn thing(outer: &str) -> &'static str {
    match outer {
        "Op" => "step",
        "ResourceSpec" => "kind of resource",
        "Model" => "model",
        "PolicySpec" => "thread policy",
        "Part" => "part of the curriculum (A to H)",
        "TaskSpec" => "task",
        "Workload" => "workload",
        "MachineSpec" => "machine",
        "DeviceSpec" => "device",
        "RunSpec" => "run",
        "Knob" => "knob",
        "KnobValues" => "range of a knob",
        "Variant" => "variant",
        "Expectation" => "expectation",
        "Step" => "step of the narration",
        "Anchor" => "moment",
        "Edge" => "edge",
        "Question" => "question",
        "Choice" => "choice",
        "Figure" => "figure",
        "When" => "test of an answer (is, at_least, at_most, between, never, least, same, each)",
        "Stretch" => "stretch of time",
        "Scenario" => "scenario",
        "Costs" => "cost profile",
        "ModelCosts" => "model's prices",
        _ => "value",
    }
}

fn lowercase_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// The span without blanks around it; where it is nothing but blanks, the character after.
fn tidy(text: &str, span: Range<usize>) -> Range<usize> {
    let end = span.end.min(text.len());
    let slice = &text[span.start.min(end)..end];
    let start = end - slice.trim_start_matches(|c: char| c.is_whitespace() || c == ',').len();
    let end = start + text[start..end].trim_end_matches(|c: char| c.is_whitespace() || c == ',').len();
    if start < end { start..end } else { start..text[start..].chars().next().map_or(start, |c| start + c.len_utf8()) }
}

/// The word, number, text or sign that stands there, for a sentence.
fn token(text: &str, at: usize) -> String {
    let rest = &text[at.min(text.len())..];
    let Some(first) = rest.chars().next() else { return "the end of the file".to_owned() };
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.' || c == '-';
    let end = match first {
        '"' => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
        c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
        c => c.len_utf8(),
    };
    let shown: String = rest[..end].chars().take(24).collect();
    if shown.len() < end { format!("`{shown}…`") } else { format!("`{shown}`") }
}
