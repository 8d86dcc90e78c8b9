//! `PATH=VALUE`: one value of a scenario file replaced, before it is read.
//!
//! Owns the edit. The value is put into the text where the old one stands, so that what was set goes through the same
//! reading and the same checks as what was written, and an error in it points at it. Paths are [`super::outline`]'s.
//!
//! - A value that is there is replaced. `runs.async.workers=2`, `workload.tasks.hog.ops.1=Yield`
//! - A field that was left out is added; so are the fields above it. `machine.cores=4`
//! - Where a text stands, quotes may be left out. `workload.tasks.hog.ops.1.0=50ms`

use std::fmt::Write;

use super::error::advice;
use super::outline::{Found, Node, Shape};

/// The text of a scenario file with one value set. The error says which part of the path is wrong.
pub fn set(text: &str, assignment: &str) -> Result<String, String> {
    let (path, value) = split(assignment)?;
    let outline = Node::of(text).ok_or("the file is not RON, so nothing in it can be set")?;
    match outline.find(path) {
        Found::Value(node) => {
            let is_text = node.shape == Shape::Leaf && text[node.span.clone()].ends_with(['"', '#']);
            let value = if is_text { quoted(value) } else { value.to_owned() };
            check_value(&value)?;
            Ok(format!("{}{value}{}", &text[..node.span.start], &text[node.span.end..]))
        }
        Found::Missing { at, missing } => add(text, path, value, at, missing),
    }
}

/// `PATH=VALUE` taken apart.
fn split(assignment: &str) -> Result<(&str, &str), String> {
    let (path, value) = assignment
        .split_once('=')
        .ok_or_else(|| format!("`{assignment}` is not PATH=VALUE: write for example \"machine.cores=4\""))?;
    let (path, value) = (path.trim(), value.trim());
    if path.is_empty() || value.is_empty() || path.split('.').any(str::is_empty) {
        return Err(format!("`{assignment}` is not PATH=VALUE: write for example \"machine.cores=4\""));
    }
    Ok((path, value))
}

fn quoted(value: &str) -> String {
    if value.starts_with(['"', 'r']) && value.ends_with(['"', '#']) { value.to_owned() } else { format!("{value:?}") }
}

/// A value that is not one whole RON value would change what stands around it.
fn check_value(value: &str) -> Result<(), String> {
    match Node::of(value) {
        Some(_) => Ok(()),
        None => Err(format!("`{value}` is not a value as a scenario file writes it (put texts in \"quotes\")")),
    }
}

/// Adds a field that was left out. Only a struct has such.
fn add(text: &str, path: &str, value: &str, at: &Node, missing: usize) -> Result<String, String> {
    let segments: Vec<&str> = path.split('.').collect();
    let name = segments[missing];
    let is_word = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let open = match at.shape {
        Shape::Parens { open } if is_word && at.children.iter().all(|c| !c.key.is_empty()) => open,
        Shape::Parens { .. } | Shape::Leaf | Shape::List | Shape::Map => {
            let keys = at.keys();
            let place = segments[..missing].join(".");
            let advice = if keys.is_empty() {
                format!("it holds {} values, counted from 0", at.children.len())
            } else {
                advice(name, keys.iter().map(String::as_str), "name")
            };
            return Err(format!("`{path}`: there is no `{name}` in `{place}`: {advice}"));
        }
    };
    // What is new cannot say whether it wants a text; what is not RON by itself ("50ms") can only be one.
    let value = if Node::of(value).is_some_and(|n| n.name != value || is_plain_word(value)) {
        value.to_owned()
    } else {
        quoted(value)
    };
    check_value(&value)?;
    let mut field = format!("{name}: ");
    segments[missing + 1..].iter().for_each(|s| write!(field, "({s}: ").expect("a String takes any text"));
    field.push_str(&value);
    field.push_str(&")".repeat(segments.len() - missing - 1));
    Ok(format!("{}{field}, {}", &text[..open], &text[open..]))
}

/// A number, or a word such as `true` or `fifo`: RON that needs no quotes. "50ms" is neither.
fn is_plain_word(value: &str) -> bool {
    value.parse::<f64>().is_ok() || value.starts_with(|c: char| c.is_ascii_alphabetic()) || value.starts_with('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        r#"(id: "x", machine: (cores: 1), tasks: {"hog": [Io("15ms"), Block("100ms")]}, runs: [(id: "async")])"#;

    fn check(assignment: &str, expected: &str) {
        let changed = set(TEXT, assignment).unwrap();
        assert!(changed.contains(expected), "{assignment}: {changed}");
    }

    #[test]
    fn a_value_that_is_there_is_replaced() {
        check("machine.cores=4", "machine: (cores: 4)");
        check("tasks.hog.1=Yield", r#"[Io("15ms"), Yield]"#);
        check("tasks.hog.1.0=50ms", r#"Block("50ms")"#);
        check(r#"tasks.hog.1.0="50ms""#, r#"Block("50ms")"#);
        check("id=y", r#"id: "y""#);
    }

    #[test]
    fn a_field_that_was_left_out_is_added() {
        check("runs.async.workers=2", r#"(workers: 2, id: "async")"#);
        check("machine.max_time=50ms", r#"(max_time: "50ms", cores: 1)"#);
        check("seed=9", r#"(seed: 9, id: "x""#);
        check("other.part=fifo", "(other: (part: fifo), id:");
    }

    #[test]
    fn a_path_that_leads_nowhere_names_what_is_there() {
        let error = |assignment| set(TEXT, assignment).unwrap_err();
        assert!(error("tasks.hug.0=Yield").contains("no `hug` in `tasks`: did you mean `hog`?"));
        assert!(error("runs.threads.workers=2").contains("no `threads` in `runs`"));
        assert!(error("tasks.hog.7=Yield").contains("counted from 0"));
        assert!(error("machine.cores").contains("PATH=VALUE"));
        assert!(error("=4").contains("PATH=VALUE"));
    }

    #[test]
    fn a_value_cannot_break_out_of_its_place() {
        assert!(set(TEXT, "machine.cores=1), (x: 2").is_err());
        assert!(set(TEXT, "machine.cores=(1").is_err());
    }
}
