//! From a file to a [`Scenario`]: size, encoding, RON, types; then the checks.
//!
//! Owns the limits and the translation of what `ron` says into what a person wrote. A file of no bytes, of binary
//! data, of 100 MB or nested a million deep is an error like any other.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use miette::NamedSource;
use ron::error::{Error as RonError, Position};
use ron::extensions::Extensions;
use serde::Deserialize;

use super::check::{check, check_parts};
use super::error::{Located, ScenarioErrors, Source, advice};
use super::outline::MAX_DEPTH;
use super::set::set;
use super::spec::{SCHEMA, Scenario};
use crate::machine::costs::Costs;

/// A scenario file is at most so long: 1 MiB. The longest of ours has 8 KiB.
pub const MAX_BYTES: u64 = 1 << 20;

impl Scenario {
    /// Reads a file, with `sets` ("PATH=VALUE") applied in order before it is read.
    pub fn read(path: &Path, sets: &[String]) -> Result<Scenario, ScenarioErrors> {
        let file = path.display().to_string();
        let fail = |message: String| ScenarioErrors::from(Located::in_file(&file, message));
        let bytes = read_limited(path).map_err(fail)?;
        Scenario::from_bytes(&file, bytes, sets)
    }

    /// Reads a scenario from the bytes of a file of that name.
    pub fn from_bytes(file: &str, bytes: Vec<u8>, sets: &[String]) -> Result<Scenario, ScenarioErrors> {
        let fail = |message: String| ScenarioErrors::from(Located::in_file(file, message));
        if bytes.len() as u64 > MAX_BYTES {
            let length = bytes.len();
            return Err(fail(format!("is too large for a scenario: {length} bytes, at most {MAX_BYTES} are read")));
        }
        let text = String::from_utf8(bytes).map_err(|e| {
            let valid = e.utf8_error().valid_up_to();
            fail(format!("is not a scenario: byte {valid} is not UTF-8 text"))
        })?;
        Scenario::parse(file, &text, sets)
    }

    /// Reads a scenario from a text; `file` is the name that errors give it.
    pub fn parse(file: &str, text: &str, sets: &[String]) -> Result<Scenario, ScenarioErrors> {
        let (scenario, errors) = Scenario::parse_all(file, text, sets)?;
        if errors.iter().any(|e| !e.warning) { Err(ScenarioErrors::new(file, errors)) } else { Ok(scenario) }
    }

    /// As [`Scenario::parse`], with what is wrong beside what could be read; of warnings only, the scenario can run.
    pub fn parse_all(file: &str, text: &str, sets: &[String]) -> Result<(Scenario, Vec<Located>), ScenarioErrors> {
        if text.trim().is_empty() {
            return Err(Located::in_file(file, "is empty: a scenario file begins with `(schema: 1, id: …`").into());
        }
        let source: Source = Arc::new(NamedSource::new(file, text.to_owned()));
        let scenario = Scenario::from_source(&source)?;
        let errors = check(&scenario, &source);
        if sets.is_empty() || errors.iter().any(|e| !e.warning) {
            return Ok((scenario, errors));
        }
        Ok((scenario.with(sets)?, errors))
    }

    fn from_source(source: &Source) -> Result<Scenario, ScenarioErrors> {
        let mut scenario: Scenario = read_ron(source)?;
        scenario.file = source.name().to_owned();
        scenario.text = source.inner().clone();
        Ok(scenario)
    }

    /// The scenario with these values set, in order. What is told and expected of the scenario as written is kept as it
    /// was, and may no longer fit.
    pub fn with(&self, sets: &[String]) -> Result<Scenario, ScenarioErrors> {
        let mut text = self.text.clone();
        for assignment in sets {
            text = set(&text, assignment).map_err(|why| {
                ScenarioErrors::from(Located::in_file(&self.file, format!("cannot set {assignment}: {why}")))
            })?;
        }
        let name = format!("{} (with {})", self.file, sets.join(", "));
        let source: Source = Arc::new(NamedSource::new(name, text));
        let mut changed = Scenario::from_source(&source)?;
        let errors = check_parts(&changed, &source);
        if !errors.is_empty() {
            return Err(ScenarioErrors::new(source.name(), errors));
        }
        changed.file = self.file.clone();
        Ok(changed)
    }

    /// The scenario as the variant changes it. Panics if there is no such variant: ask [`Scenario::variant`] first.
    pub fn with_variant(&self, id: &str) -> Result<Scenario, ScenarioErrors> {
        self.with(&self.variant(id).expect("a variant of this scenario").set)
    }
}

/// Reads a table of costs from a file.
pub fn costs(path: &Path) -> Result<Costs, ScenarioErrors> {
    let file = path.display().to_string();
    let fail = |message: String| ScenarioErrors::from(Located::in_file(&file, message));
    let bytes = read_limited(path).map_err(fail)?;
    let text = String::from_utf8(bytes).map_err(|_| fail("is not a table of costs: it is no UTF-8 text".to_owned()))?;
    let source: Source = Arc::new(NamedSource::new(&file, text));
    read_ron(&source)
}

fn read_limited(path: &Path) -> Result<Vec<u8>, String> {
    let length = std::fs::metadata(path).map_err(|e| format!("cannot be read: {e}"))?.len();
    if length > MAX_BYTES {
        return Err(format!("is too large: {length} bytes, at most {MAX_BYTES} are read"));
    }
    std::fs::read(path).map_err(|e| format!("cannot be read: {e}"))
}

/// Only the version, whatever else the file says: a newer file may have fields that this version does not know.
#[derive(Deserialize)]
struct Version {
    schema: u32,
}

fn options() -> ron::Options {
    ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME).with_recursion_limit(MAX_DEPTH)
}

fn read_ron<T: serde::de::DeserializeOwned>(source: &Source) -> Result<T, ScenarioErrors> {
    let text = source.inner();
    let mut deserializer = ron::Deserializer::from_str_with_options(text, &options())
        .map_err(|e| located(source, &e.code, bytes_between(text, &e.span.start, &e.span.end), ""))?;
    let result = serde_path_to_error::deserialize(&mut deserializer);
    let (code, path) = match result {
        Ok(value) => match deserializer.end() {
            Ok(()) => return Ok(value),
            Err(code) => (code, String::new()),
        },
        Err(error) => {
            let path = error.path().to_string();
            (error.into_inner(), path)
        }
    };
    if let Ok(Version { schema }) = options().from_str(text)
        && schema != SCHEMA
    {
        let message = format!("this file is of schema {schema}; this program reads schema {SCHEMA}");
        return Err(Located::at(source, 0..0, message).into());
    }
    let spanned = deserializer.span_error(code);
    let span = bytes_between(text, &spanned.span.start, &spanned.span.end);
    Err(located(source, &spanned.code, span, &path).into())
}

/// `ron`'s words about its own parser, in words about the file.
fn located(source: &Source, code: &RonError, span: Range<usize>, path: &str) -> Located {
    let error = |message: String| Located::at(source, tidy(source.inner(), span.clone()), message);
    let located = match code {
        RonError::NoSuchEnumVariant { expected, found, outer } => {
            let what = thing(outer.as_deref().unwrap_or(""));
            error(format!("`{found}` is no {what}")).label(format!("expected a {what}")).help(advice(
                found,
                expected.iter().copied(),
                what,
            ))
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
            let what = thing(outer.as_deref().unwrap_or(""));
            error(format!("the {what} lacks the field `{field}`")).label(format!("expected `{field}: …` before this"))
        }
        RonError::DuplicateStructField { field, .. } => {
            error(format!("the field `{field}` is there twice")).label("the second time")
        }
        RonError::ExceededRecursionLimit => error(format!("nested too deeply: at most {MAX_DEPTH} levels are read")),
        RonError::InvalidValueForType { expected, found } => {
            error(format!("expected {expected}, found {found}")).label(format!("expected {expected}"))
        }
        RonError::Eof => error("the file ends too early: a bracket or a quote is not closed".to_owned()),
        RonError::Message(message) => error(message.clone()),
        other => error(lowercase_first(&other.to_string())),
    };
    let has_help = located.help.is_some();
    if path.is_empty() || path == "." || has_help { located } else { located.help(format!("in `{path}`")) }
}

/// What people call our types.
fn thing(outer: &str) -> &'static str {
    match outer {
        "Op" => "step",
        "ResourceSpec" => "kind of resource",
        "ModelSpec" => "model",
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
        "Scenario" => "scenario",
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

/// `ron` counts lines and characters; errors here are kept in bytes.
fn bytes_between(text: &str, start: &Position, end: &Position) -> Range<usize> {
    let byte = |position: &Position| {
        let line = text.split_inclusive('\n').take(position.line - 1).map(str::len).sum::<usize>();
        let chars = text[line..].char_indices().nth(position.col - 1);
        chars.map_or(text.len(), |(at, _)| line + at)
    };
    byte(start)..byte(end)
}
